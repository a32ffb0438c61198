// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inbox/conversationfeed.h"

namespace peerdesk::ui {

namespace {
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
             m_model.reset(page->items);
             m_model.setHasMore(!m_next.isEmpty());
             Q_EMIT loaded();
         }});
    count(InboxView::Mine);
    count(InboxView::Queue);
    count(InboxView::Team);
}

void ConversationFeed::onChanged(const api::Changes &changes)
{
    if (changes.conversations.empty() && changes.tasks.empty())
        return;
    m_isDirty = true;
    if (!m_pause.isActive())
        onPauseEnded();
}

void ConversationFeed::onPauseEnded()
{
    if (!std::exchange(m_isDirty, false))
        return;
    m_pause.start();
    refresh();
}

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
                 return; // the view changed, or the next change reads again
             std::vector<Conversation> rows = page->items;
             for (int row = RefreshLimit; row < loaded && row < m_model.rowCount(); ++row)
                 rows.push_back(m_model.at(row));
             if (loaded <= RefreshLimit)
                 m_next = page->next;
             m_model.merge(std::move(rows));
             m_model.setHasMore(!m_next.isEmpty());
             Q_EMIT this->loaded();
         }});
    count(InboxView::Mine);
    count(InboxView::Queue);
    count(InboxView::Team);
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
             m_model.append(page->items);
             m_model.setHasMore(!m_next.isEmpty());
         }});
}

void ConversationFeed::count(InboxView view)
{
    m_context.desk.conversations(
        filter(view), {CountLimit, {}},
        {this, [this, view](const Result<api::PageOf<Conversation>> &page) {
             if (page)
                 Q_EMIT counted(view, int(page->items.size()));
         }});
}

} // namespace peerdesk::ui
