// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/engine.h"

#include <set>

namespace peerdesk::cluster {

/// Raft's number of a node: the first 8 bytes of the SHA-256 of its id's text, never 0.
quint64 serverId(const QString &node);

/// What the leader sees of the office when it thinks about who should vote.
struct Census
{
    QString self;
    Configuration configuration;
    std::set<QString> members;    ///< who belongs to the office
    std::set<QString> removed;    ///< who was retired
    std::set<QString> reachable;  ///< now, this node included
    std::set<QString> silent;     ///< unreachable for so long that another should vote in its place
    std::set<QString> catchingUp; ///< spares to which the log is on its way
    std::set<QString> caughtUp;   ///< spares that hold the whole log
    std::set<QString> leaving;    ///< about to be closed; still reachable
    std::set<QString> behind;     ///< lack much of the log: nothing may wait for their copy
};

/// The next single step towards the right configuration.
struct Step
{
    enum class Kind { Nothing, CatchUp, Change };
    Kind kind = Kind::Nothing;
    QString node;                ///< whom it is about
    Configuration configuration; ///< of a Change: all of it
    bool operator==(const Step &) const = default;
};

/// How many of so many replicas vote: 1 of 1 and of 2, 3 of 3 to 6, 5 of 7 and more.
int votersFor(int replicas);

/// Pure. One step at a time, and none that those who are reachable and hold the log could not
/// commit at once; a replacement votes before the silent one stops to. Who leaves hands its vote
/// over, down to a single voter: the last PC that is on in the evening begins alone in the morning.
Step nextStep(const Census &census);

} // namespace peerdesk::cluster
