// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/wire.h"

#include <QObject>

#include <map>
#include <set>

namespace peerdesk::cluster {

/// The office's log as this node knows it now.
struct ClusterState
{
    State state = State::Unavailable;
    quint64 term = 0;
    QString leader; ///< node; empty = none known
    Configuration members;
    std::set<QString> reachable;              ///< members that this node can speak to
    std::map<QString, QString> versions = {}; ///< of their programs, as they last said
    std::map<QString, Refusal> refused = {};  ///< members that are not spoken with
    quint64 logEnd = 0; ///< while far behind it: where the office's log is known to end; else 0
    int copied = 0;     ///< per cent of the copy of the tables that is being fetched
    /// As the router: what is committed may be on this PC only, although the office has others.
    bool isOnlyHere = false;
    QByteArray takeover; ///< Takeover that the office goes by; empty = none
    bool operator==(const ClusterState &) const = default;
};

/// The replicated log as the node sees it: opaque bytes in, the same bytes out once they are
/// committed. Thread: node. Only while it leads may anything be submitted, and then it is committed
/// in order or not at all.
class Consensus : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Starts from what is stored; committed() reports everything above `appliedIndex`.
    virtual void start(quint64 appliedIndex) = 0;
    /// Appends at the current term. Order of calls = order in the log. Dropped unless leading.
    virtual void submit(const QByteArray &payload) = 0;
    virtual quint64 term() const = 0;
    /// The index that the next submitted entry gets if this leadership lasts.
    virtual quint64 nextIndex() const = 0;
    /// Entries up to here are fsynced in office.db and may be cut from the log.
    virtual void setApplied(quint64 index) = 0;
    /// What stood in entries up to here was erased: they leave the log now, and nothing of them is
    /// left in its file. A member that lacks them gets a copy of the tables.
    virtual void forgetUpTo(quint64 index) { Q_UNUSED(index) }
    /// From now on, whenever this node leads and another can, that one is to lead: it only votes,
    /// or cannot decide any more.
    virtual void standBack() {}
    /// The PC is about to sleep: another is to lead and what this one votes is not waited for;
    /// rested() follows, after some seconds at the latest. Until wake() it speaks with nobody.
    virtual void rest() { Q_EMIT rested(); }
    virtual void wake() {}
    /// To another member, best effort, in order.
    virtual void tell(const QString &node, const QByteArray &bytes) = 0;
    /// Hands leadership over where it can, writes what is queued, then emits stopped().
    virtual void stop() = 0;

Q_SIGNALS:
    /// Commands only carry a payload; other kinds come with an empty one.
    void committed(const std::vector<peerdesk::store::LogEntry> &entries);
    /// This node leads, and everything before nextIndex() is committed: once that is applied,
    /// decisions may begin (design rule 1).
    void ready();
    /// It does not lead any more, or numbering began anew. What was submitted and is not committed
    /// yet is surely not in the log (`isSure`), or of unknown outcome.
    void lost(const peerdesk::Error &error, bool isSure);
    void stateChanged(const peerdesk::cluster::ClusterState &state);
    void heard(const QString &node, const QByteArray &bytes);
    void stopped();
    void rested();
};

} // namespace peerdesk::cluster
