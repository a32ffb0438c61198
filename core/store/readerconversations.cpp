// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/columns.h"
#include "core/store/readerlist.h"

namespace peerdesk::store {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxTimeline = 100;
constexpr int MaxSnoozeDue = 1000;

/// What a conversation list is ordered by.
struct Order
{
    QString column;
    bool isDescending = true;
};

Order orderOf(api::ConversationOrder order)
{
    switch (order) {
    case api::ConversationOrder::NewestFirst:
        return {u"last_message_at"_s, true};
    case api::ConversationOrder::ReplyDueFirst:
        return {u"reply_due"_s, false};
    case api::ConversationOrder::LongestWaiting:
        return {u"last_message_at"_s, false};
    }
    return {};
}

qint64 orderValue(const Conversation &conversation, api::ConversationOrder order)
{
    if (order != api::ConversationOrder::ReplyDueFirst)
        return conversation.lastMessageAt.ms;
    return conversation.replyDueAt.isSet() ? conversation.replyDueAt.ms : NeverDue;
}

/// The narrowest index for the filter. Chosen here and not by SQLite, which has no statistics.
struct Choice
{
    QString index;
    QString condition;
    QVariantList values;
};

Choice choose(const api::ConversationFilter &filter)
{
    const bool byDue = filter.order == api::ConversationOrder::ReplyDueFirst;
    if (!filter.customer.isNull() && !byDue) {
        return {u"conversation_by_customer"_s, u"customer = ? AND "_s, {filter.customer.toBytes()}};
    }
    if (!filter.queue.isNull()) {
        return {byDue ? u"conversation_by_queue_due"_s : u"conversation_by_queue"_s,
                u"queue = ? AND "_s,
                {filter.queue.toBytes()}};
    }
    if (!filter.agent.isNull() || filter.onlyUnassigned) {
        return {byDue ? u"conversation_by_assignee_due"_s : u"conversation_by_assignee"_s,
                u"assignee = ? AND "_s,
                {filter.onlyUnassigned ? AgentId{}.toBytes() : filter.agent.toBytes()}};
    }
    return {byDue ? u"conversation_by_due"_s : u"conversation_by_time"_s, {}, {}};
}

bool hasTag(const Conversation &c, const QString &tag)
{
    return std::ranges::any_of(
        c.tags, [&](const QString &one) { return one.compare(tag, Qt::CaseInsensitive) == 0; });
}

bool passes(const Conversation &c, const api::ConversationFilter &filter)
{
    return (!filter.status || c.status == *filter.status) &&
           (!filter.onlyActive || !isDone(c.status)) && (!filter.onlyDone || isDone(c.status)) &&
           (!filter.onlyUnassigned || c.assignee.isNull()) &&
           (filter.queue.isNull() || c.queue == filter.queue) &&
           (filter.agent.isNull() || c.assignee == filter.agent) &&
           (filter.channel.isEmpty() || c.channel == filter.channel) &&
           (filter.tag.isEmpty() || hasTag(c, filter.tag)) &&
           (filter.customer.isNull() || c.customer == filter.customer);
}

bool precedes(const Conversation &left, const Conversation &right, api::ConversationOrder order)
{
    const qint64 first = orderValue(left, order);
    const qint64 second = orderValue(right, order);
    const bool isDescending = orderOf(order).isDescending;
    if (first != second)
        return isDescending ? first > second : first < second;
    return isDescending ? right.id < left.id : left.id < right.id;
}

bool mayBeDone(const api::ConversationFilter &filter, bool areDone)
{
    if (areDone ? filter.onlyActive : filter.onlyDone)
        return false;
    return !filter.status || isDone(*filter.status) == areDone;
}

} // namespace

Result<QVariantList> valuesOfCursor(const QString &cursor)
{
    if (cursor.isEmpty())
        return QVariantList{};
    const qsizetype dash = cursor.lastIndexOf(u'-');
    bool isNumber = false;
    const qint64 number = cursor.left(dash).toLongLong(&isNumber);
    const auto id = Id<struct AnyTag>::fromString(QStringView(cursor).mid(dash + 1));
    if (dash < 1 || !isNumber || cursor.size() - dash - 1 != 32)
        return invalid(u"not a cursor of this list"_s);
    return QVariantList{number, id.toBytes()};
}

std::vector<Conversation> OfficeReader::conversationsIn(bool areDone,
                                                        const api::ConversationFilter &filter,
                                                        const QVariantList &after, int limit) const
{
    const Order order = orderOf(filter.order);
    const Choice choice = choose(filter);
    const QString direction = order.isDescending ? u"DESC"_s : u"ASC"_s;
    // Every piece is a constant of this file.
    QString sql = u"SELECT body FROM conversation INDEXED BY %1 WHERE %2done = ?"_s.arg(
        choice.index, choice.condition);
    QVariantList values = choice.values;
    values += int(areDone);
    if (!after.isEmpty()) {
        sql += u" AND (%1, id) %2 (?, ?)"_s.arg(order.column, order.isDescending ? u"<"_s : u">"_s);
        values += after;
    }
    sql += u" ORDER BY %1 %2, id %2"_s.arg(order.column, direction);

    std::vector<Conversation> found;
    const auto rows = m_db->run(sql, values);
    if (!rows) {
        note(rows.error());
        return found;
    }
    while (int(found.size()) < limit && (*rows)->next()) {
        auto conversation = decoded<Conversation>((*rows)->value(0).toByteArray());
        if (conversation && passes(*conversation, filter))
            found.push_back(std::move(*conversation));
    }
    if ((*rows)->lastError().isValid())
        note(storageError((*rows)->lastError(), u"reading conversations"_s));
    (*rows)->finish();
    return found;
}

Result<api::PageOf<Conversation>> OfficeReader::conversations(const api::ConversationFilter &filter,
                                                              const api::Page &page) const
{
    const auto after = valuesOfCursor(page.after);
    if (!after)
        return after.error();
    const int limit = pageLimit(page);
    api::PageOf<Conversation> answer;
    for (const bool areDone : {false, true}) {
        if (!mayBeDone(filter, areDone))
            continue;
        std::vector<Conversation> part = conversationsIn(areDone, filter, *after, limit + 1);
        std::vector<Conversation> merged;
        std::merge(std::make_move_iterator(answer.items.begin()),
                   std::make_move_iterator(answer.items.end()),
                   std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()),
                   std::back_inserter(merged),
                   [&](const auto &l, const auto &r) { return precedes(l, r, filter.order); });
        answer.items = std::move(merged);
    }
    if (auto trouble = takeTrouble())
        return *trouble;
    if (int(answer.items.size()) > limit) {
        answer.items.resize(size_t(limit));
        const Conversation &last = answer.items.back();
        answer.next = cursorOf(orderValue(last, filter.order), last.id);
    }
    return answer;
}

std::vector<Conversation> OfficeReader::conversationsOf(const std::vector<ConversationId> &ids,
                                                        const api::ConversationFilter &filter) const
{
    std::vector<Conversation> found;
    for (const ConversationId &id : ids) {
        auto conversation = find<Conversation>(id);
        if (conversation && passes(*conversation, filter))
            found.push_back(std::move(*conversation));
    }
    return found;
}

std::optional<Conversation> OfficeReader::openConversation(AccountId account,
                                                           const QString &thread) const
{
    return first<Conversation>(u"SELECT body FROM conversation WHERE account = ? AND thread = ? "
                               "AND +done = 0 ORDER BY created_at DESC LIMIT 1"_s,
                               {account.toBytes(), thread});
}

std::optional<Conversation> OfficeReader::latestConversation(AccountId account,
                                                             const QString &thread) const
{
    constexpr int LookedAt = 20; // at most one of a thread is not done
    std::optional<Conversation> latest;
    for (const Conversation &one :
         list<Conversation>(u"SELECT body FROM conversation WHERE account = ? AND thread = ? "
                            "ORDER BY created_at DESC LIMIT ?"_s,
                            {account.toBytes(), thread, LookedAt})) {
        if (!latest || isNewer(one, *latest))
            latest = one;
    }
    for (const Route &route : routesOn(account, thread)) {
        const auto found = find<Conversation>(route.conversation);
        if (found && (!latest || isNewer(*found, *latest)))
            latest = found;
    }
    return latest;
}

std::vector<Route> OfficeReader::routesOn(AccountId account, const QString &thread) const
{
    return list<Route>(u"SELECT body FROM route WHERE account = ? AND thread = ?"_s,
                       {account.toBytes(), thread});
}

std::vector<Route> OfficeReader::routesOf(ConversationId conversation) const
{
    return list<Route>(u"SELECT body FROM route WHERE conversation = ?"_s,
                       {conversation.toBytes()});
}

std::vector<CardJoin> OfficeReader::joinsInto(CustomerId customer) const
{
    return list<CardJoin>(u"SELECT body FROM card_join WHERE stayed = ? ORDER BY rowid DESC"_s,
                          {customer.toBytes()});
}

std::vector<Likeness> OfficeReader::likenessesOf(CustomerId customer) const
{
    return list<Likeness>(u"SELECT body FROM likeness WHERE one = ?1 UNION ALL "
                          "SELECT body FROM likeness WHERE other = ?1"_s,
                          {customer.toBytes()});
}

int OfficeReader::conversationCount(CustomerId customer) const
{
    return int(
        number(u"SELECT count(*) FROM conversation WHERE customer = ?"_s, {customer.toBytes()}));
}

std::vector<Conversation> OfficeReader::snoozeDue(Time now, int limit) const
{
    return list<Conversation>(u"SELECT body FROM conversation WHERE snooze_until <= ? "
                              "ORDER BY snooze_until LIMIT ?"_s,
                              {now.ms, qBound(0, limit, MaxSnoozeDue)});
}

Result<api::CustomerCard> OfficeReader::card(CustomerId customer) const
{
    auto found = find<Customer>(customer);
    if (auto trouble = takeTrouble())
        return *trouble;
    if (!found)
        return notFound(u"no such customer"_s);
    api::CustomerCard card{std::move(*found), addressesOf(customer), {}};
    api::ConversationFilter filter;
    filter.customer = customer;
    const auto timeline = conversations(filter, {MaxTimeline, {}});
    if (!timeline)
        return timeline.error();
    for (const Conversation &c : timeline->items) {
        card.timeline.push_back({c.id, c.channel, c.subject.isEmpty() ? c.snippet : c.subject,
                                 c.lastMessageAt.isSet() ? c.lastMessageAt : c.createdAt});
    }
    addIdentity(card);
    if (auto trouble = takeTrouble())
        return *trouble;
    return card;
}

void OfficeReader::addIdentity(api::CustomerCard &card) const
{
    const CustomerId id = card.customer.id;
    for (const Likeness &likeness : likenessesOf(id)) {
        const auto other = find<Customer>(likeness.one == id ? likeness.other : likeness.one);
        const auto address = find<Address>(likeness.address);
        if (other && address && !likeness.isDenied)
            card.sameMaybe.push_back({*other, *address});
    }
    card.joins = joinsInto(id);
    for (const Address &address : card.addresses) {
        if (const auto optOut = find<OptOut>(OptOut::idFor(address.id)))
            card.optOuts.push_back(*optOut);
    }
}

} // namespace peerdesk::store
