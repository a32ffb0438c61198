// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/conversation.h"

/// Part of core/events/facts.h, whose rules hold here.
namespace peerdesk::events {

/// A person wants to be forgotten. What these were and said is gone: rows, history, files.
/// Of tasks and offers the times stay, without words; of commands that they were done.
struct ContentErased
{
    static constexpr int type = 67;
    static constexpr int version = 1;
    std::vector<MessageId> messages;
    std::vector<ConversationId> conversations; ///< of which nothing is left after this
    std::vector<EffectId> effects;
    std::vector<ExecutionId> executions;
    std::vector<TaskId> tasks;
    std::vector<ReservationId> reservations;
    std::vector<CommandId> commands;
    std::vector<QByteArray> attachments; ///< nobody else's: every PC deletes its copy

    static constexpr auto fields()
    {
        return FieldList{field(1, "messages", &ContentErased::messages),
                         field(2, "conversations", &ContentErased::conversations),
                         field(3, "effects", &ContentErased::effects),
                         field(4, "executions", &ContentErased::executions),
                         field(5, "tasks", &ContentErased::tasks),
                         field(6, "reservations", &ContentErased::reservations),
                         field(7, "commands", &ContentErased::commands),
                         personal(8, "attachments", &ContentErased::attachments)};
    }
    bool operator==(const ContentErased &) const = default;
};

/// The card is gone, with those that were merged into it, and does not come back.
struct CustomerErased
{
    static constexpr int type = 44;
    static constexpr int version = 1;
    CustomerId customer;
    std::vector<CustomerId> merged;
    std::vector<AddressId> addresses;
    std::vector<CommandId> commands; ///< that wrote on these cards

    static constexpr auto fields()
    {
        return FieldList{field(1, "customer", &CustomerErased::customer),
                         field(2, "merged", &CustomerErased::merged),
                         field(3, "addresses", &CustomerErased::addresses),
                         field(4, "commands", &CustomerErased::commands)};
    }
    bool operator==(const CustomerErased &) const = default;
};

/// A conversation of another office or of an earlier time, as it was. No flow, no task.
struct ConversationImported
{
    static constexpr int type = 55;
    static constexpr int version = 1;
    Conversation conversation;

    static constexpr auto fields()
    {
        return FieldList{field(1, "conversation", &ConversationImported::conversation)};
    }
    bool operator==(const ConversationImported &) const = default;
};

/// A message of such a conversation.
struct MessageImported
{
    static constexpr int type = 68;
    static constexpr int version = 1;
    Message message;

    static constexpr auto fields()
    {
        return FieldList{field(1, "message", &MessageImported::message)};
    }
    bool operator==(const MessageImported &) const = default;
};

} // namespace peerdesk::events
