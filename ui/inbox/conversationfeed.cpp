// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inbox/conversationfeed.h"

#include <algorithm>

namespace peerdesk::ui {

namespace {
constexpr int MaxWatched = 50; ///< messages of one change that are looked at
constexpr Milliseconds LongestWait{3'600'000};
constexpr std::chrono::milliseconds PauseTime{33};
constexpr int RefreshLimit = 500; ///< rows read again after a change; later ones update in place
} // namespace

ConversationFeed::ConversationFeed(const Context &context, ConversationModel &model,
                                   QObject *parent)
    : QObject(parent)
    , m_context(context)
    , m_model(model)
{
    m_pause.setSingleShot(true);
    m_pause.setInterval(PauseTime);
    connect(&m_pause, &QTimer::timeout, this, &ConversationFeed::onPauseEnded);
    m_wake.setSingleShot(true);
    connect(&m_wake, &QTimer::timeout, this, &ConversationFeed::refresh);
    connect(&context.desk, &api::Desk::changed, this, &ConversationFeed::onChanged);
    connect(&model, &ConversationModel::moreWanted, this, &ConversationFeed::loadMore);
}

void ConversationFeed::setView(InboxView view)
{
    m_view = view;
    reload();
}

void ConversationFeed::setText(const QString &text)
{
    m_text = text;
    reload();
}

void ConversationFeed::setOrder(api::ConversationOrder order)
{
    m_order = order;
    reload();
}

api::ConversationFilter ConversationFeed::filter(InboxView view) const
{
    api::ConversationFilter filter;
    filter.order = m_order;
    switch (view) {
    case InboxView::Mine:
    case InboxView::Later:
        filter.onlyActive = true;
        filter.agent = m_context.caller.agent;
        break;
    case InboxView::Queue:
        filter.onlyActive = true;
        filter.onlyUnassigned = true;
        break;
    case InboxView::Team:
        filter.onlyActive = true;
        break;
    case InboxView::Done:
        filter.onlyDone = true;
        filter.order = api::ConversationOrder::NewestFirst;
        break;
    }
    return filter;
}

void ConversationFeed::reload()
{
    const quint64 request = ++m_request;
    m_model.setHasMore(false);
    api::ConversationFilter wanted = filter(m_view);
    wanted.text = m_text;
    m_context.desk.conversations(
        wanted, {PageSize, {}},
        {this, [this, request](const Result<api::PageOf<Conversation>> &page) {
             if (request != m_request)
                 return;
             if (!page)
                 return Q_EMIT failed(page.error());
             m_next = page->next;
             m_model.reset(fitting(page->items));
             m_model.setHasMore(!m_next.isEmpty());
             if (m_model.rowCount() == 0)
                 loadMore();
             Q_EMIT loaded();
         }});
    countAll();
}

bool ConversationFeed::belongs(InboxView view, const Conversation &conversation) const
{
    if (view == InboxView::Queue)
        return !conversation.task.isNull();
    const bool isSnoozed = conversation.snoozeUntil > m_context.clock.wall();
    return view == InboxView::Done || isSnoozed == (view == InboxView::Later);
}

std::vector<Conversation> ConversationFeed::fitting(std::vector<Conversation> rows) const
{
    if (m_text.isEmpty() || m_view == InboxView::Queue) // a search finds what is put off as well
        std::erase_if(rows, [this](const Conversation &row) { return !belongs(m_view, row); });
    return rows;
}

void ConversationFeed::watchFailures(const api::Changes &changes)
{
    int asked = 0;
    for (const MessageId id : changes.messages) {
        if (++asked > MaxWatched)
            return;
        m_context.desk.message(id, {this, [this](const Result<Message> &message) {
                                        if (message && message->kind == MessageKind::Reply)
                                            onReply(*message);
                                    }});
    }
}

void ConversationFeed::onReply(const Message &message)
{
    const auto known = m_failures.find(message.conversation);
    if (message.state == MessageState::Failed)
        m_failures[message.conversation] = message.id;
    else if (known != m_failures.end() && known->second == message.id)
        m_failures.erase(known);
    else
        return;
    m_model.setFailed(message.conversation, m_failures.contains(message.conversation));
}

void ConversationFeed::onChanged(const api::Changes &changes)
{
    if (!changes.conversations.empty() || !changes.tasks.empty()) {
        m_isDirty = true;
        if (!m_pause.isActive())
            onPauseEnded();
    }
    watchFailures(changes);
}

void ConversationFeed::onPauseEnded()
{
    if (!std::exchange(m_isDirty, false))
        return;
    m_pause.start();
    refresh();
}

/// The rows first: what is counted beside them is asked for when they are there, and painted after.
void ConversationFeed::refresh()
{
    const quint64 request = m_request;
    const int loaded = qMax(PageSize, m_model.rowCount());
    api::ConversationFilter wanted = filter(m_view);
    wanted.text = m_text;
    m_context.desk.conversations(
        wanted, {qMin(loaded, RefreshLimit), {}},
        {this, [this, request, loaded](const Result<api::PageOf<Conversation>> &page) {
             if (request != m_request || !page)
                 return countAll(); // the view changed, or the next change reads again
             std::vector<Conversation> rows = fitting(page->items);
             for (int row = RefreshLimit; row < loaded && row < m_model.rowCount(); ++row)
                 rows.push_back(m_model.at(row));
             if (loaded <= RefreshLimit)
                 m_next = page->next;
             m_model.merge(std::move(rows));
             m_model.setHasMore(!m_next.isEmpty());
             Q_EMIT this->loaded();
             countAll();
         }});
}

void ConversationFeed::loadMore()
{
    if (m_next.isEmpty())
        return;
    const quint64 request = m_request;
    api::ConversationFilter wanted = filter(m_view);
    wanted.text = m_text;
    m_context.desk.conversations(
        wanted, {PageSize, m_next},
        {this, [this, request](const Result<api::PageOf<Conversation>> &page) {
             if (request != m_request || !page)
                 return; // scrolling further asks again
             m_next = page->next;
             m_model.append(fitting(page->items));
             m_model.setHasMore(!m_next.isEmpty());
             if (m_model.rowCount() == 0)
                 return loadMore(); // nothing on this page belongs here
             Q_EMIT loaded();
         }});
}

void ConversationFeed::countAll()
{
    count(InboxView::Mine);
    countQueue();
    count(InboxView::Team);
}

void ConversationFeed::count(InboxView view)
{
    m_context.desk.conversations(
        filter(view), {CountLimit, {}},
        {this, [this, view](const Result<api::PageOf<Conversation>> &page) {
             if (!page)
                 return; // the next change counts again
             if (view == InboxView::Mine)
                 return countMine(page->items);
             Q_EMIT counted(view, int(std::count_if(page->items.begin(), page->items.end(),
                                                    [&](const Conversation &row) {
                                                        return belongs(view, row);
                                                    })));
         }});
}

void ConversationFeed::countQueue()
{
    for (const TaskStatus status : {TaskStatus::Pending, TaskStatus::Reserved})
        m_context.desk.tasks(status, {CountLimit, {}},
                             {this, [this, status](const Result<api::PageOf<Task>> &page) {
                                  if (!page)
                                      return; // the next change counts again
                                  m_waiting[status == TaskStatus::Reserved] =
                                      int(std::ranges::count_if(page->items, [](const Task &task) {
                                          return !task.conversation.isNull();
                                      }));
                                  Q_EMIT counted(InboxView::Queue, m_waiting[0] + m_waiting[1]);
                              }});
}

/// Mine and Later are one question to the office, and say when the next one comes back.
void ConversationFeed::countMine(const std::vector<Conversation> &rows)
{
    int later = 0;
    m_nextWake = {};
    for (const Conversation &row : rows) {
        if (!belongs(InboxView::Later, row))
            continue;
        ++later;
        if (!m_nextWake.isSet() || row.snoozeUntil < m_nextWake)
            m_nextWake = row.snoozeUntil;
    }
    if (m_nextWake.isSet())
        m_wake.start(m_context.clock.toReal(
            std::min(LongestWait, m_nextWake - m_context.clock.wall() + Milliseconds(500))));
    else
        m_wake.stop();
    Q_EMIT counted(InboxView::Later, later);
    Q_EMIT counted(InboxView::Mine, int(rows.size()) - later);
}

} // namespace peerdesk::ui

#include "moc_conversationfeed.cpp"
