// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/flow/flow.h"
#include "core/node/decision.h"

namespace peerdesk::node {

/// Starts the account's flow for a conversation, or hands a further message to the execution that
/// waits.
void runFlow(Decision &decision, const Conversation &conversation, const Message &message);
/// Whether what the customer writes is for a flow: nobody has the conversation, and no task waits
/// but one that its flow waits beside.
bool isForFlow(const Decision &decision, const Conversation &conversation);
/// Hands an input (a result, a time-out) to a waiting execution.
void resumeFlow(Decision &decision, const Execution &execution, const flow::Input &input);

} // namespace peerdesk::node
