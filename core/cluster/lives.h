// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/wire.h"

#include <deque>
#include <map>
#include <set>

namespace peerdesk::cluster {

/// What this node remembers of each member's lives, so that a data folder that was copied to a
/// second PC, or comes from a backup, is not counted as the member it was.
class Lives
{
public:
    /// Whether who says this may be spoken with. A newer life ends the one before it; whoever shows
    /// an ended one while its successor has a link (`open`: the lives that have one) runs beside
    /// it.
    Refusal meet(const Hello &said, const std::set<QByteArray> &open);
    /// It has entries up to here durably, all of them committed: no life of it begins with less.
    void acknowledged(const QString &node, quint64 index);
    /// The office goes on by another log (Takeover).
    void forget() { m_known.clear(); }

private:
    /// More are forgotten, the oldest first: by then nobody runs any more who was copied.
    static constexpr size_t MostEnded = 1000;
    struct Known
    {
        QByteArray life;
        std::deque<QByteArray> ended;
        quint64 acknowledged = 0;
    };
    std::map<QString, Known> m_known;
};

} // namespace peerdesk::cluster
