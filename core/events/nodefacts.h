// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/office.h"

/// Part of core/events/facts.h, whose rules hold here.
namespace peerdesk::events {

struct NodeJoined
{
    static constexpr int type = 2;
    static constexpr int version = 1;
    Node node;

    static constexpr auto fields() { return std::tuple{field(1, "node", &NodeJoined::node)}; }
    bool operator==(const NodeJoined &) const = default;
};

/// Where a PC is, what it is called, or that it was retired.
struct NodeChanged
{
    static constexpr int type = 113;
    static constexpr int version = 1;
    Node node;

    static constexpr auto fields() { return std::tuple{field(1, "node", &NodeChanged::node)}; }
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
        return std::tuple{field(1, "office", &RecoveryKeySet::office),
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
        return std::tuple{field(1, "node", &OfficeTakenOver::node),
                          field(2, "generation", &OfficeTakenOver::generation),
                          field(3, "kept_up_to", &OfficeTakenOver::keptUpTo)};
    }
    bool operator==(const OfficeTakenOver &) const = default;
};

} // namespace peerdesk::events
