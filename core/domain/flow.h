// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/domain/ids.h"

namespace peerdesk {

/// A flow: its definition in the shape of Twilio Studio's flow JSON. Customers meet `definition`;
/// what is worked on is a draft until somebody publishes it.
struct Flow
{
    using Key = FlowId;
    FlowId id;
    QString friendlyName;
    Json definition;
    int revision = 1;         ///< of `definition`
    Json draft;               ///< not published yet; empty = there is none
    bool wasPublished = true; ///< false = `definition` is the first draft
    QString message;          ///< what the last publishing or saving changed, in somebody's words

    static constexpr const char *table = "flow";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Flow::id),
                         field(2, "friendly_name", &Flow::friendlyName),
                         field(3, "definition", &Flow::definition),
                         field(4, "revision", &Flow::revision),
                         field(5, "draft", &Flow::draft),
                         field(6, "was_published", &Flow::wasPublished),
                         field(7, "commit_message", &Flow::message)};
    }
    Key key() const { return id; }
    bool operator==(const Flow &) const = default;
};

enum class ExecutionStatus { Active, Ended };
template <>
struct EnumNames<ExecutionStatus>
{
    static constexpr std::array names{"active", "ended"};
};

/// A flow running for one conversation: where it stands and what it knows. One active per
/// conversation.
struct Execution
{
    using Key = ExecutionId;
    ExecutionId id;
    FlowId flow;
    int revision = 0; ///< of the definition it runs
    ConversationId conversation;
    ExecutionStatus status = ExecutionStatus::Active;
    QString state;     ///< name of the widget it is in
    Json variables;    ///< {"flow":{"variables":{}},"widgets":{},"trigger":{}}
    Time waitsUntil;   ///< reply time-out; not set = not waiting for one
    int steps = 0;     ///< transitions so far, bounds endless loops
    EffectId awaiting; ///< the bot call or message whose result it waits for; null = none

    static constexpr const char *table = "execution";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Execution::id),
                         field(2, "flow", &Execution::flow),
                         field(3, "revision", &Execution::revision),
                         field(4, "conversation", &Execution::conversation),
                         field(5, "status", &Execution::status),
                         field(6, "state", &Execution::state),
                         personal(7, "variables", &Execution::variables),
                         field(8, "waits_until", &Execution::waitsUntil),
                         field(9, "steps", &Execution::steps),
                         field(10, "awaiting", &Execution::awaiting)};
    }
    Key key() const { return id; }
    bool operator==(const Execution &) const = default;
};

} // namespace peerdesk
