// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/channel.h"
#include "core/domain/conversation.h"
#include "core/domain/flow.h"
#include "core/domain/identity.h"
#include "core/domain/ledger.h"
#include "core/domain/message.h"
#include "core/domain/office.h"
#include "core/domain/routing.h"
#include "core/domain/secret.h"
#include "core/domain/webhook.h"

#include <optional>

namespace peerdesk::events {

/// One replicated table as `apply` and `decide` see it.
template <typename Record>
class TableOf
{
public:
    virtual ~TableOf() = default;
    virtual std::optional<Record> find(const typename Record::Key &key) const = 0;
    virtual void put(const Record &record) = 0;
    virtual void erase(const typename Record::Key &key) = 0;
};

template <typename... Records>
class TableSet : public TableOf<Records>...
{
public:
    template <typename Record>
    TableOf<Record> &of()
    {
        return *this;
    }
    template <typename Record>
    const TableOf<Record> &of() const
    {
        return *this;
    }
};

/// All replicated records: the digest covers exactly these. Two implementations: the SQLite
/// projection (core/store) and the router's overlay of what is in flight (core/node). A new record
/// type is added here and nowhere else.
template <template <typename...> typename List>
using Replicated = List<Office, Node, Agent, Session, Activity, TaskChannel, Worker, Queue,
                        Workflow, Task, Reservation, Customer, Address, Conversation, Message,
                        ChannelAccount, Effect, Flow, Execution, Seen, CommandRecord, SealedSecret,
                        Webhook, Tombstone, Route, CardJoin, Likeness, OptOut>;

using Tables = Replicated<TableSet>;

} // namespace peerdesk::events
