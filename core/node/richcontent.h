// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/node/decision.h"

namespace peerdesk::node {

/// Makes outgoing content whole: rich content is checked, its readable text stands in `text`, and
/// `rich.degraded` is true where the channel sends only that text. Notes are left as they are.
/// Errors: Invalid with the place in `rich`, TooLarge.
Result<Done> prepareContent(const ChannelRules &rules, Content &content);

/// An inbound message that answers rich content of ours says so: `rich` becomes the answer to
/// `item.receiptFor`, else to the conversation's last question. By number, title or payload.
void completeAnswer(const Decision &decision, const Conversation &conversation,
                    const InboundItem &item, Content &content);

/// Why nothing may be sent to the customer at `when` (the reply window has closed), or success.
/// Error state: "window-closed".
Result<Done> checkWindow(const ChannelRules &rules, const Conversation &conversation, Time when,
                         const Content &content);

} // namespace peerdesk::node
