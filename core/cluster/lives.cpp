// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/lives.h"

namespace peerdesk::cluster {

Refusal Lives::meet(const Hello &said, const std::set<QByteArray> &open)
{
    Known &known = m_known[said.node];
    if (said.life != known.life && said.startedWith != 0 && said.startedWith < known.acknowledged)
        return Refusal::Older;
    if (said.life.isEmpty() || said.life == known.life)
        return Refusal::None;
    const auto ended = std::find(known.ended.begin(), known.ended.end(), said.life);
    if (ended != known.ended.end()) {
        if (open.contains(known.life))
            return Refusal::Twin;
        known.ended.erase(ended); // the copy has stopped
    }
    if (!known.life.isEmpty())
        known.ended.push_back(known.life);
    if (known.ended.size() > MostEnded)
        known.ended.pop_front();
    known.life = said.life;
    return Refusal::None;
}

void Lives::acknowledged(const QString &node, quint64 index)
{
    quint64 &known = m_known[node].acknowledged;
    known = std::max(known, index);
}

} // namespace peerdesk::cluster
