// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/id.h"

namespace peerdesk {

using OfficeId = Id<struct OfficeTag>;
using NodeId = Id<struct NodeTag>;
using CommandId = Id<struct CommandTag>;
using AgentId = Id<struct AgentTag>;
using SessionId = Id<struct SessionTag>;
using WorkerId = Id<struct WorkerTag>;
using ActivityId = Id<struct ActivityTag>;
using QueueId = Id<struct QueueTag>;
using WorkflowId = Id<struct WorkflowTag>;
using TaskChannelId = Id<struct TaskChannelTag>;
using TaskId = Id<struct TaskTag>;
using ReservationId = Id<struct ReservationTag>;
using TransferId = Id<struct TransferTag>;
using CustomerId = Id<struct CustomerTag>;
using AddressId = Id<struct AddressTag>;
using ConversationId = Id<struct ConversationTag>;
using MessageId = Id<struct MessageTag>;
using AccountId = Id<struct AccountTag>; ///< a channel account
using FlowId = Id<struct FlowTag>;
using ExecutionId = Id<struct ExecutionTag>;
using EffectId = Id<struct EffectTag>;
using SealId = Id<struct SealTag>;
using WebhookId = Id<struct WebhookTag>;

} // namespace peerdesk
