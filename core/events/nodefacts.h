// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/office.h"

/// Part of core/events/facts.h, whose rules hold here.
namespace peerdesk::events {

struct NodeJoined
{
    static constexpr int type = 2;
    static constexpr int version = 2;
    Node node;

    static constexpr auto fields() { return FieldList{field(1, "node", &NodeJoined::node)}; }
    bool operator==(const NodeJoined &) const = default;
};

/// Where a PC is, what it is called, or that it was retired.
struct NodeChanged
{
    static constexpr int type = 113;
    static constexpr int version = 2;
    Node node;

    static constexpr auto fields() { return FieldList{field(1, "node", &NodeChanged::node)}; }
    bool operator==(const NodeChanged &) const = default;
};

/// Takeovers are signed by this key from now on; empty = a new one has to be made.
struct RecoveryKeySet
{
    static constexpr int type = 120;
    static constexpr int version = 1;
    OfficeId office;
    QByteArray publicKey;

    static constexpr auto fields()
    {
        return FieldList{field(1, "office", &RecoveryKeySet::office),
                         field(2, "public_key", &RecoveryKeySet::publicKey)};
    }
    bool operator==(const RecoveryKeySet &) const = default;
};

/// One PC went on without the others: what they did behind `keptUpTo` is not in this log.
struct OfficeTakenOver
{
    static constexpr int type = 121;
    static constexpr int version = 1;
    NodeId node;
    quint64 generation = 0;
    quint64 keptUpTo = 0;

    static constexpr auto fields()
    {
        return FieldList{field(1, "node", &OfficeTakenOver::node),
                         field(2, "generation", &OfficeTakenOver::generation),
                         field(3, "kept_up_to", &OfficeTakenOver::keptUpTo)};
    }
    bool operator==(const OfficeTakenOver &) const = default;
};

/// Every PC's program knows what this level brings: it may be decided from now on. Never goes back.
struct FeatureLevelRaised
{
    static constexpr int type = 122;
    static constexpr int version = 1;
    OfficeId office;
    int level = 1;

    static constexpr auto fields()
    {
        return FieldList{field(1, "office", &FeatureLevelRaised::office),
                         field(2, "level", &FeatureLevelRaised::level)};
    }
    bool operator==(const FeatureLevelRaised &) const = default;
};

} // namespace peerdesk::events
