// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/store/logstore.h"

#include <QObject>

#include <memory>
#include <vector>

namespace peerdesk::cluster {

/// The replicated log as the node sees it: opaque bytes in, the same bytes out once they are
/// committed. Thread: node. What is submitted in one term is committed in order or not at all; loss
/// of the term means "outcome unknown".
class Consensus : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Starts from what is stored; committed() first reports everything above `appliedIndex`, then
    /// ready().
    virtual void start(quint64 appliedIndex) = 0;
    /// Appends at the current term. Order of calls = order in the log.
    virtual void submit(const QByteArray &payload) = 0;
    virtual quint64 term() const = 0;
    /// The index that the next submitted entry gets if this term lasts.
    virtual quint64 nextIndex() const = 0;
    /// Entries up to here are fsynced in office.db and may be cut from the log.
    virtual void setApplied(quint64 index) = 0;
    /// Writes what is queued, then emits stopped().
    virtual void stop() = 0;

Q_SIGNALS:
    void committed(const std::vector<peerdesk::store::LogEntry> &entries);
    /// Everything that was in the log at election has been reported: decisions may begin (design
    /// rule 1).
    void ready();
    /// Everything submitted and not yet reported committed is surely not in the log (disk full) or
    /// of unknown outcome.
    void lost(const peerdesk::Error &error);
    void stopped();
};

/// A lone PC: one voter, which commits what its own disk has (one fsync per group). Log thread
/// inside; it opens `path`.
std::unique_ptr<Consensus> soleVoter(const QString &path);

} // namespace peerdesk::cluster
