// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/completion.h"
#include "core/store/attachmentstore.h"

#include <QObject>
#include <QThreadPool>

#include <vector>

namespace peerdesk::node {

/// Hashes and syncs attachments in a thread of the pool, so that neither a click nor a read waits
/// for them. What was asked first is answered first. Thread: its owner's; deleting it waits for
/// what is being written, and the rest is Cancelled.
class AttachmentWork final : public QObject
{
    Q_OBJECT

public:
    /// Most bytes that wait for the disk; more is Busy.
    static constexpr qsizetype MaxBytes = 256 * 1024 * 1024;

    explicit AttachmentWork(store::AttachmentStore attachments, QObject *parent = nullptr);
    ~AttachmentWork() override;

    /// The SHA-256 of each file, once all of them are fsynced (design rule 7). Errors: Busy,
    /// TooLarge, Storage.
    void put(const std::vector<QByteArray> &files, Completion<std::vector<QByteArray>> done);
    /// Whether something that was asked is not answered yet.
    bool isBusy() const { return m_asked > 0; }

private:
    store::AttachmentStore m_attachments;
    QThreadPool m_pool;
    qsizetype m_waitingBytes = 0;
    int m_asked = 0;
};

} // namespace peerdesk::node
