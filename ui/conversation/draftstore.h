// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"

namespace peerdesk::ui {

enum class DraftMode { Reply, Note };

/// What an agent has written and not yet sent. With a command id it is *held*: pressed Send, still
/// inside the undo time or not yet answered by the office.
struct Draft
{
    ConversationId conversation;
    AgentId agent;
    DraftMode mode = DraftMode::Reply;
    CommandId command; ///< null while it is being written
    QString text;
    std::vector<Attachment> attachments;
    Json rich = {}; ///< what goes with the text, without the text itself; empty = none
    Time savedAt;
    Visibility visibility = Visibility::Public; ///< where the channel has both

    bool isEmpty() const { return text.isEmpty() && attachments.empty() && rich.isEmpty(); }
    bool operator==(const Draft &) const = default;
};

/// Where drafts survive a restart. Key: (agent, conversation, mode, command). Lies on this PC only.
class DraftStore
{
public:
    virtual ~DraftStore() = default;
    virtual void load(AgentId agent, Completion<std::vector<Draft>> done) = 0;
    /// An empty draft removes what is there. Answers when it is on disk. Errors: Storage.
    virtual void save(const Draft &draft, Completion<Done> done) = 0;
};

} // namespace peerdesk::ui
