// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/operation.h"
#include "core/channels/api/connector.h"

namespace peerdesk::channels::vendor {

/// One of several vendor messages that a message of ours becomes.
struct SendPart
{
    QString name; ///< in a sentence: "text", "file offer.pdf"
    std::function<void(Completion<SendResult>)> send;
    bool isMain = false; ///< what is said of it is said of the whole; without any, the first
};

/// Sends the parts one after the other; what went out never goes out again. The whole is
/// - Accepted once all were, with the ids of all: core/domain/providerids.h,
/// - as the first part ended, if that was no success,
/// - Refused or Uncertain with what went out and what did not, if a later part failed. One that
///   surely was not sent (Later) is tried again here, as the whole cannot be.
class PartSending final : public Operation<SendResult>
{
public:
    PartSending(std::vector<SendPart> parts, Clock &clock, Completion<SendResult> done,
                QObject *parent);
    void start() override { next(); }

private:
    void next();
    void onSent(const SendResult &result);
    void keep(const QString &id);
    QString whatWentOut() const;

    std::vector<SendPart> m_parts;
    Clock &m_clock;
    QStringList m_kept; ///< the main one first
    bool m_hasMain = false;
    size_t m_at = 0;
    int m_tries = 0;
};

} // namespace peerdesk::channels::vendor
