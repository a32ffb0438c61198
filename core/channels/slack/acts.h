// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/slack/requests.h"
#include "core/channels/vendor/act.h"

/// What is done to messages that are in a channel already. Pure.
namespace peerdesk::channels::slack {

/// One call of the Web API.
struct ActRequest
{
    QString method;
    QJsonObject body;

    bool operator==(const ActRequest &) const = default;
};

/// In the order in which they are made; none = nothing is to be done. Errors: Invalid, why it
/// cannot be done, in plain words.
Result<std::vector<ActRequest>> actsFor(const Outgoing &outgoing, const vendor::Act &act);
SendResult resultOf(const Result<vendor::ApiReply> &reply, const ActRequest &request,
                    const QString &target, Time now);

} // namespace peerdesk::channels::slack
