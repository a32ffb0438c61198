// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/store/officereader.h"
#include "core/store/officestore.h"

#include <QObject>
#include <QTimer>

namespace peerdesk::node {

/// The apply loop: committed entries go into office.db, group by group. Thread: apply.
class Applier final : public QObject
{
    Q_OBJECT

public:
    /// Opens `path` on first use, in its own thread.
    /// Erased files leave `attachments`; empty = there are none.
    explicit Applier(QString path, QString attachments = {});

    /// At once.
    void apply(const std::vector<store::LogEntry> &entries);
    /// Soon, in one group with whatever else has come by then.
    void add(const std::vector<store::LogEntry> &entries);
    /// The tables become what `copy` holds, as of `base`; replaced() follows.
    void replaceBy(const store::LogBase &base, const QString &copy);

Q_SIGNALS:
    void replaced(const peerdesk::store::LogBase &base,
                  const peerdesk::Result<peerdesk::Done> &result, const QByteArray &digest);
    /// In order; `changes` is what views refresh by. Shared and constant: several threads read it.
    void applied(std::shared_ptr<const peerdesk::store::Applied> applied,
                 const peerdesk::api::Changes &changes, const QByteArray &digest);
    /// The disk is full: nothing of what waits was applied, it is tried again every second.
    void stalled(const peerdesk::Error &error);
    /// Applying stopped: the log goes on, this PC does not (unknown fact, broken disk).
    void stopped(const peerdesk::Error &error);

private:
    Result<Done> open();
    void applyWaiting();

    QString m_path;
    QString m_attachments;
    std::unique_ptr<store::OfficeStore> m_office;
    std::unique_ptr<store::OfficeReader> m_reader;
    /// Committed and not applied. Bounded by what Core lets be in flight.
    std::vector<store::LogEntry> m_waiting;
    QTimer m_retry;
    bool m_isDue = false; ///< applyWaiting() comes by itself
    bool m_isStopped = false;
};

} // namespace peerdesk::node
