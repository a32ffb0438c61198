// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/channels/api/connector.h"

#include <deque>

namespace peerdesk::channels::twilio {

/// Files that Twilio comes to fetch, each under an address that cannot be guessed. In memory, for
/// some hours, bounded: the oldest go first. Thread: node.
class ServedFiles
{
public:
    explicit ServedFiles(Clock &clock)
        : m_clock(clock)
    {}

    /// Path below the account's hook: "media/TOKEN/NAME".
    QString add(const QByteArray &bytes, const QString &name, const QString &mimeType);
    /// 404 for what is not there (any more), 405 for anything but GET and HEAD.
    HookAnswer answer(const HookCall &call);

private:
    struct File
    {
        QString path;
        QByteArray bytes;
        QByteArray mimeType;
        Milliseconds until{0};
    };
    void forgetOld();

    Clock &m_clock;
    std::deque<File> m_files;
    qsizetype m_bytes = 0;
};

} // namespace peerdesk::channels::twilio
