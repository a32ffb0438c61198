// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/conversation/conversationpane.h"
#include "ui/customer/customerpane.h"

namespace peerdesk::ui {

/// The libraries on the card follow what the open conversation's channel takes, and what is chosen
/// there goes into the reply (M67).
void connectLibraries(ConversationPane &conversation, CustomerPane &card);

} // namespace peerdesk::ui
