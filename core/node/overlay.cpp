// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/overlay.h"

#include "core/domain/providerids.h"
#include "core/node/overlaytables.h"

namespace peerdesk::node {

namespace {
/// Facts looked at for a message that holds a file.
constexpr int MaxHolders = 200;
/// Most executions and effects loaded at start; an office with more open ones is beyond any small
/// office.
constexpr int MaxWarmRows = 1'000'000;
} // namespace

/// What is in flight, table by table, and what is always in memory.
class Overlay::Tables final : public events::Replicated<OverlayTables>
{
    friend class Overlay;

public:
    using events::Replicated<OverlayTables>::OverlayTables;
};

Overlay::Overlay(store::OfficeReader &reader)
    : m_own(std::make_unique<Tables>(reader))
    , m_tables(*m_own)
    , m_warm(m_own->m_warm)
    , m_reader(reader)
{}

Overlay::~Overlay() = default;

void Overlay::begin(quint64 index)
{
    m_own->m_index = index;
    m_own->m_undo.clear();
}

void Overlay::commit()
{
    m_own->m_undo.clear();
}

void Overlay::rollback()
{
    std::vector<std::function<void()>> &undos = m_own->m_undo;
    for (auto undo = undos.rbegin(); undo != undos.rend(); ++undo)
        (*undo)();
    undos.clear();
}

void Overlay::evict(quint64 appliedIndex)
{
    m_own->evictRows(appliedIndex);
}

Result<Done> Overlay::reload()
{
    m_own->forgetRows();
    m_own->m_undo.clear();
    Warm &warm = m_own->m_warm;
    warm = {};
    const auto load = [&warm]<typename Record>(const std::vector<Record> &records) {
        for (const Record &record : records)
            warm.keep<Record>(record.key(), record);
    };
    load(m_reader.all<Office>());
    load(m_reader.all<Node>());
    load(m_reader.all<Activity>());
    load(m_reader.all<Webhook>());
    load(m_reader.all<TaskChannel>());
    load(m_reader.all<Worker>());
    load(m_reader.all<Queue>());
    load(m_reader.all<Workflow>());
    load(m_reader.all<Agent>());
    load(m_reader.all<ChannelAccount>());
    load(m_reader.all<Flow>());
    load(m_reader.all<SealedSecret>());
    load(m_reader.openTasks());
    load(m_reader.liveReservations());
    load(m_reader.activeExecutions(MaxWarmRows));
    load(m_reader.readyEffects(MaxWarmRows));
    load(m_reader.claimedEffects(MaxWarmRows));
    if (const std::optional<Error> trouble = m_reader.takeTrouble())
        return *trouble;
    return Done{};
}

void Overlay::apply(const events::Fact &fact, const events::Position &at)
{
    events::apply(fact, at, *m_own);
}

void Overlay::follow(const events::Batch &batch, quint64 index)
{
    m_own->m_isFollowing = true;
    int ordinal = 0;
    for (const events::Fact &fact : batch.facts)
        apply(fact, {index, ordinal++, batch.time});
    m_own->m_isFollowing = false;
    for (const std::function<void()> &refresh : std::exchange(m_own->m_touched, {}))
        refresh();
}

std::optional<Execution> Overlay::executionOf(ConversationId conversation) const
{
    const auto it = m_warm.executionOfConversation.find(conversation);
    return it == m_warm.executionOfConversation.end() ? std::nullopt : get<Execution>(it->second);
}

std::optional<Conversation> Overlay::byThread(AccountId account, const QString &thread) const
{
    std::optional<Conversation> newest;
    const auto consider = [&](const std::optional<Conversation> &found) {
        const auto route = found ? routeOf(found->id, account) : std::nullopt;
        const bool goesThere = found && found->account == account && found->thread == thread;
        const bool wentThere =
            found && found->account != account && route && route->thread == thread;
        if ((goesThere || wentThere) && (!newest || isNewer(*found, *newest)))
            newest = found;
    };
    for (const auto &[id, row] : m_own->rowsOf(std::type_identity<Conversation>{}))
        consider(row.record);
    for (const auto &[id, row] : m_own->rowsOf(std::type_identity<Route>{})) {
        if (row.record)
            consider(get<Conversation>(row.record->conversation));
    }
    if (const auto stored = m_reader.latestConversation(account, thread))
        consider(get<Conversation>(stored->id));
    return newest;
}

std::vector<Route> Overlay::routesOf(ConversationId conversation) const
{
    return m_own->current(m_reader.routesOf(conversation),
                          [&](const Route &one) { return one.conversation == conversation; });
}

std::optional<Conversation> Overlay::bySubject(CustomerId customer, AccountId account,
                                               const QString &subject) const
{
    const auto fits = [&](const Conversation &c) {
        return c.customer == customer && c.account == account &&
               c.subject.endsWith(subject, Qt::CaseInsensitive);
    };
    for (const auto &[id, row] : m_own->rowsOf(std::type_identity<Conversation>{})) {
        if (row.record && fits(*row.record))
            return row.record;
    }
    api::ConversationFilter filter;
    filter.customer = customer;
    const auto stored = m_reader.conversations(filter, {});
    if (!stored)
        return std::nullopt; // the reader remembers its trouble; the decision is refused by it
    const auto it = std::find_if(stored->items.begin(), stored->items.end(), fits);
    return it == stored->items.end() ? std::nullopt : get<Conversation>(it->id);
}

std::optional<Address> Overlay::addressOf(const Identity &identity) const
{
    for (const auto &[id, row] : m_own->rowsOf(std::type_identity<Address>{})) {
        if (row.record && row.record->kind == identity.kind &&
            row.record->scope == identity.scope && row.record->value == identity.value)
            return row.record;
    }
    const auto stored = m_reader.addressOf(identity.kind, identity.scope, identity.value);
    return stored ? get<Address>(stored->id) : std::nullopt;
}

std::vector<Address> Overlay::addressesOf(CustomerId customer) const
{
    return m_own->current(m_reader.addressesOf(customer),
                          [&](const Address &address) { return address.customer == customer; });
}

std::vector<CardJoin> Overlay::joinsInto(CustomerId customer) const
{
    return m_own->current(m_reader.joinsInto(customer),
                          [&](const CardJoin &one) { return one.after.id == customer; });
}

std::vector<Conversation> Overlay::snoozeDue(Time now, int limit) const
{
    std::vector<Conversation> due;
    for (const Conversation &stored : m_reader.snoozeDue(now, limit)) {
        const auto current = get<Conversation>(stored.id);
        if (current && current->snoozeUntil.isSet() && current->snoozeUntil <= now)
            due.push_back(*current);
    }
    return due;
}

std::vector<CommandId> Overlay::passedCommands(Time before, int limit) const
{
    std::vector<CommandId> passed = m_reader.passedCommands(before, limit);
    std::erase_if(passed, [this](CommandId id) { return !get<CommandRecord>(id); });
    return passed;
}

std::vector<SessionId> Overlay::endedSessions(int limit) const
{
    std::vector<SessionId> ended;
    for (const Session &stored : m_reader.endedSessions(limit)) {
        const auto session = get<Session>(stored.id);
        const auto agent = session ? get<Agent>(session->agent) : std::nullopt;
        if (agent && session->beganAt < agent->sessionsFrom)
            ended.push_back(session->id);
    }
    return ended;
}

std::vector<Conversation> Overlay::conversationsOf(CustomerId customer, int limit) const
{
    api::ConversationFilter filter;
    filter.customer = customer;
    const auto stored = m_reader.conversations(filter, {limit, {}});
    if (!stored)
        return {}; // the reader remembers its trouble; the decision is refused by it
    return m_own->current(stored->items,
                          [&](const Conversation &one) { return one.customer == customer; });
}

std::vector<Message> Overlay::messagesIn(ConversationId conversation, int limit) const
{
    return m_own->current(m_reader.messagesIn(conversation, limit),
                          [&](const Message &one) { return one.conversation == conversation; });
}

std::vector<Message> Overlay::newestMessages(ConversationId conversation, int limit) const
{
    std::vector<Message> all;
    const auto stored = m_reader.messages(conversation, {limit, {}});
    for (const Message &message : stored ? stored->items : std::vector<Message>()) {
        if (const auto now = get<Message>(message.id))
            all.push_back(*now);
    }
    const auto applied = std::ssize(all);
    for (const auto &[id, row] : m_own->rowsOf(std::type_identity<Message>{})) {
        const std::optional<Message> &written = row.record;
        const auto isIt = [&](const Message &one) { return one.id == written->id; };
        if (written && written->conversation == conversation && std::ranges::none_of(all, isIt))
            all.push_back(*written);
    }
    std::ranges::stable_sort(all.begin() + applied, all.end(), {}, &Message::createdAt);
    return all;
}

std::vector<Task> Overlay::tasksOf(ConversationId conversation) const
{
    return m_own->current(m_reader.tasksOf(conversation),
                          [&](const Task &one) { return one.conversation == conversation; });
}

std::vector<Reservation> Overlay::reservationsOf(TaskId task) const
{
    return m_own->current(m_reader.reservationsOf(task),
                          [&](const Reservation &one) { return one.task == task; });
}

std::vector<Execution> Overlay::executionsOf(ConversationId conversation) const
{
    std::vector<Execution> stored;
    for (const ExecutionId &id : m_reader.executionsOf(conversation)) {
        if (const auto execution = get<Execution>(id))
            stored.push_back(*execution);
    }
    return m_own->current(stored,
                          [&](const Execution &one) { return one.conversation == conversation; });
}

std::vector<Effect> Overlay::effectsOf(const Message &message) const
{
    return m_own->current(m_reader.effectsOf(message.id),
                          [&](const Effect &one) { return one.message == message.id; });
}

Result<std::vector<QByteArray>> Overlay::filesOf(MessageId message) const
{
    return m_reader.filesOf(message);
}

std::vector<CommandId> Overlay::commandsNaming(const std::vector<QByteArray> &ids) const
{
    return m_reader.commandsNaming(ids);
}

Result<store::CardHistory> Overlay::cardHistory(CustomerId customer) const
{
    return m_reader.cardHistory(customer);
}

std::vector<Effect> Overlay::effectsOf(ExecutionId execution) const
{
    return m_own->current(m_reader.effectsOf(execution),
                          [&](const Effect &one) { return one.execution == execution; });
}

bool Overlay::isHeld(const QByteArray &sha256, const std::set<MessageId> &besides) const
{
    const auto holds = [&](const std::optional<Message> &message) {
        if (!message || besides.contains(message->id))
            return false;
        const auto &held = message->content.attachments;
        return std::any_of(held.begin(), held.end(),
                           [&](const Attachment &one) { return one.sha256 == sha256; });
    };
    for (const auto &[id, row] : m_own->rowsOf(std::type_identity<Message>{})) {
        if (holds(row.record))
            return true;
    }
    const auto naming = m_reader.factsNaming(sha256.left(16), MaxHolders);
    if (!naming || int(naming->size()) >= MaxHolders)
        return true; // so many: surely not one person's alone
    return std::any_of(naming->begin(), naming->end(), [&](const store::HistoricFact &historic) {
        if (const auto *received = std::get_if<events::MessageReceived>(&historic.fact))
            return holds(get<Message>(received->message.id));
        if (const auto *added = std::get_if<events::MessageAdded>(&historic.fact))
            return holds(get<Message>(added->message.id));
        if (const auto *imported = std::get_if<events::MessageImported>(&historic.fact))
            return holds(get<Message>(imported->message.id));
        const auto *altered = std::get_if<events::MessageAltered>(&historic.fact);
        return altered && holds(get<Message>(altered->message));
    });
}

std::optional<Message> Overlay::byProviderId(AccountId account, const QString &providerId) const
{
    if (const auto seen = get<Seen>(Seen::idFor(account, providerId));
        seen && !seen->message.isNull())
        return get<Message>(seen->message);
    for (const auto &[id, row] : m_own->rowsOf(std::type_identity<Message>{})) {
        if (!row.record || mainProviderId(row.record->providerId) != providerId)
            continue;
        const auto conversation = get<Conversation>(row.record->conversation);
        if (conversation && goesOver(*conversation, account))
            return row.record;
    }
    const std::optional<Message> stored = m_reader.messageByProviderId(account, providerId);
    return stored ? get<Message>(stored->id) : std::nullopt;
}

} // namespace peerdesk::node
