// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "ui/conversation/channellimits.h"

#include <vector>

namespace peerdesk::ui {

/// One entry of a message's menu: something that is done to it at the provider.
struct OfferedAct
{
    MessageAction action = MessageAction::None;
    QString text; ///< Edit: as it reads now. React: the emoji, empty = ours is taken back
    QString label;
    QString whyNot; ///< empty = it can be done

    bool operator==(const OfferedAct &) const = default;
};

/// To change, delete and react; with the reason where a message of ours allows it not. Nothing for
/// what the provider does not have. `messages` hold what was done before.
std::vector<OfferedAct> offeredActs(const ChannelLimits &limits, const Message &target,
                                    const std::vector<Message> &messages,
                                    const api::Caller &caller);

} // namespace peerdesk::ui
