// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/events/levels.h"

#include <algorithm>
#include <span>

namespace peerdesk::events {

namespace {

struct Since
{
    int type = 0;
    int version = 0;
    int level = 1;
};
/// Versions of facts that are of a later level than 1. There were none yet.
constexpr std::span<const Since> later;

} // namespace

int featureLevel()
{
    int highest = 1;
    for (const Since &since : later)
        highest = std::max(highest, since.level);
    return highest;
}

int levelOf(int type, int version)
{
    const auto since = std::ranges::find_if(
        later, [=](const Since &s) { return s.type == type && s.version == version; });
    return since == later.end() ? 1 : since->level;
}

} // namespace peerdesk::events
