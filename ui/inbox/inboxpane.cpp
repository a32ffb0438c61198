// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inbox/inboxpane.h"

#include "ui/common/plural.h"
#include "ui/common/timetext.h"

#include <QActionGroup>
#include <QMenu>
#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::milliseconds SearchPause{80};
constexpr std::chrono::milliseconds SkeletonAfter{150};
constexpr std::chrono::seconds TypingLasts{6};

/// Six grey rows while the first page is on its way.
class Skeleton : public QWidget
{
public:
    Skeleton(const Look &look, QWidget *parent)
        : QWidget(parent)
        , m_look(look)
    {}

protected:
    void paintEvent(QPaintEvent *) override
    {
        const int row = m_look.px(82);
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_look.theme().hover);
        for (int i = 0; i < 6; ++i) {
            const int top = i * row;
            painter.drawEllipse(QRectF(20, top + 13, 40, 40));
            painter.drawRoundedRect(QRectF(74, top + 15, width() * 0.35, 12), 6, 6);
            painter.drawRoundedRect(QRectF(74, top + 37, width() * 0.6, 10), 5, 5);
        }
    }

private:
    const Look &m_look;
};

QString countText(int count)
{
    return count >= ConversationFeed::CountLimit ? u"99+"_s : QString::number(count);
}

} // namespace

InboxPane::InboxPane(const Context &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new ConversationModel(context, this))
    , m_feed(new ConversationFeed(context, *m_model, this))
    , m_search(new QLineEdit(this))
    , m_views(new Segments(context.look, this))
    , m_pages(new QStackedWidget(this))
    , m_list(new ConversationList(context, *m_model, this))
    , m_bulk(new BulkBar(context, *m_list, this))
    , m_skeleton(new Skeleton(context.look, this))
    , m_pill(new Button(context.look, Button::Kind::Primary, {}, this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildHeader());
    column->addWidget(m_bulk);
    column->addWidget(m_pages, 1);
    m_pages->addWidget(m_list);
    m_pages->addWidget(buildEmptyPage());
    m_pages->addWidget(m_skeleton);
    m_pill->hide();
    connectFeed();
    setMinimumWidth(260);
}

void InboxPane::start()
{
    m_feed->setView(InboxView::Mine);
}

QWidget *InboxPane::buildHeader()
{
    auto *header = new QWidget(this);
    auto *column = new QVBoxLayout(header);
    column->setContentsMargins(16, 14, 16, 10);
    column->setSpacing(10);
    auto *row = new QHBoxLayout;
    row->addWidget(
        new Label(m_context.look, {20, QFont::Bold, Ink::Text, true}, tr("Inbox"), header), 1);
    m_sort = new IconButton(m_context.look, Icon::Sort, tr("Sort conversations"), header);
    connect(m_sort, &QToolButton::clicked, this, &InboxPane::openSortMenu);
    row->addWidget(m_sort);
    column->addLayout(row);
    m_search->setPlaceholderText(tr("Search people and messages"));
    m_search->setAccessibleName(tr("Search people and messages"));
    m_search->setClearButtonEnabled(true);
    m_search->setMaxLength(200);
    const auto icon = [this] {
        m_search->setFont(m_context.look.font(13));
        for (QAction *old : m_search->actions())
            old->setIcon(makeIcon(Icon::Search, m_context.look.theme().text3, 18));
    };
    m_search->addAction(QIcon(), QLineEdit::LeadingPosition);
    icon();
    connect(&m_context.look, &Look::changed, this, icon);
    column->addWidget(m_search);
    m_views->setAccessibleName(tr("Which conversations"));
    for (const QString &name : {tr("Mine"), tr("Queue"), tr("Team"), tr("Later"), tr("Done")})
        m_views->addTab(name);
    column->addWidget(m_views);
    return header;
}

QWidget *InboxPane::buildEmptyPage()
{
    auto *page = new QWidget(this);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(24, 24, 24, 24);
    column->setSpacing(10);
    m_emptyTitle =
        new Label(m_context.look, {16, QFont::DemiBold, Ink::Text, false, true}, {}, page);
    m_emptyText = new Label(m_context.look, {13, QFont::Normal, Ink::Text2, false, true}, {}, page);
    m_emptyAction = new Button(m_context.look, Button::Kind::Plain, tr("Clear search"), page);
    m_firstUseAction = new Button(m_context.look, Button::Kind::Primary, {}, page);
    for (QLabel *label : {static_cast<QLabel *>(m_emptyTitle), static_cast<QLabel *>(m_emptyText)})
        label->setAlignment(Qt::AlignHCenter);
    column->addStretch(1);
    column->addWidget(m_emptyTitle);
    column->addWidget(m_emptyText);
    column->addWidget(m_emptyAction, 0, Qt::AlignHCenter);
    column->addWidget(m_firstUseAction, 0, Qt::AlignHCenter);
    m_firstUseChoices = new QWidget(page);
    auto *choices = new QVBoxLayout(m_firstUseChoices);
    choices->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_firstUseChoices, 0, Qt::AlignHCenter);
    column->addStretch(2);
    connect(m_emptyAction, &QPushButton::clicked, this, &InboxPane::runEmptyAction);
    return page;
}

/// The way out of an empty view: away with the words, or to where the work is.
void InboxPane::runEmptyAction()
{
    if (!m_feed->text().isEmpty() || !m_search->text().isEmpty())
        m_search->clear();
    else
        m_views->setCurrentIndex(int(m_queue > 0 ? InboxView::Queue : InboxView::Mine));
}

void InboxPane::setFirstUseAction(const QString &text, const std::function<void()> &run)
{
    m_firstUseAction->setText(text);
    m_hasFirstUseAction = true;
    connect(m_firstUseAction, &QPushButton::clicked, this, run);
    if (m_pages->currentIndex() == 1)
        showEmpty();
}

void InboxPane::addFirstUseChoice(const QString &text, const std::function<void()> &run)
{
    auto *button = new Button(m_context.look, Button::Kind::Quiet, text, m_firstUseChoices);
    connect(button, &QPushButton::clicked, this, run);
    m_firstUseChoices->layout()->addWidget(button);
}

void InboxPane::connectFeed()
{
    m_searchTimer.setSingleShot(true);
    m_skeletonTimer.setSingleShot(true);
    connect(m_search, &QLineEdit::textChanged, this, [this] { m_searchTimer.start(SearchPause); });
    connect(&m_searchTimer, &QTimer::timeout, this,
            [this] { m_feed->setText(m_search->text().trimmed()); });
    connect(&m_skeletonTimer, &QTimer::timeout, this,
            [this] { m_pages->setCurrentWidget(m_skeleton); });
    m_skeletonTimer.start(SkeletonAfter);
    connect(m_views, &QTabBar::currentChanged, this, [this](int tab) {
        m_skeletonTimer.start(SkeletonAfter);
        m_feed->setView(InboxView(tab));
    });
    connect(m_feed, &ConversationFeed::loaded, this, &InboxPane::onLoaded);
    connect(m_feed, &ConversationFeed::counted, this, &InboxPane::onCounted);
    connect(m_feed, &ConversationFeed::failed, this, [this](const Error &error) {
        m_skeletonTimer.stop();
        m_isUnreadable = true;
        m_emptyTitle->setText(tr("The list could not be read"));
        m_emptyText->setText(sentence(error));
        m_emptyAction->hide();
        m_firstUseAction->hide();
        m_firstUseChoices->hide();
        m_pages->setCurrentIndex(1);
    });
    connect(m_model, &ConversationModel::pendingChanged, this, &InboxPane::showPill);
    connect(m_pill, &QPushButton::clicked, m_model, &ConversationModel::applyPending);
    connect(m_list, &ConversationList::conversationSelected, this,
            &InboxPane::conversationSelected);
    connect(&m_context.desk, &api::Desk::presenceChanged, this, &InboxPane::onPresence);
}

void InboxPane::onLoaded()
{
    m_skeletonTimer.stop();
    m_isUnreadable = false;
    if (m_model->rowCount() > 0)
        m_pages->setCurrentWidget(m_list);
    else
        showEmpty();
}

void InboxPane::showEmpty()
{
    const bool isSearch = !m_feed->text().isEmpty();
    const bool isFirstUse = !isSearch && m_team == 0 && m_queue == 0 && m_hasFirstUseAction &&
                            m_feed->view() != InboxView::Done;
    if (isSearch) {
        m_emptyTitle->setText(tr("Nothing found"));
        m_emptyText->setText(tr("No conversation in this view matches \u201c%1\u201d.")
                                 .arg(isolate(m_feed->text())));
    } else if (m_feed->view() == InboxView::Mine && !isFirstUse) {
        m_emptyTitle->setText(m_queue > 0 ? tr("Nothing is yours") : tr("All done"));
        const QString waits =
            m_queue == 0
                ? QString()
                : counted(m_queue, tr("%1 waits in Queue."), tr("%1 wait in Queue.")) + u' ';
        m_emptyText->setText(
            waits +
            (m_later > 0
                 ? tr("%n put off. %1.", nullptr, m_later)
                       .arg(wakeText(m_feed->nextWake(), m_context.clock.wall()))
                 : tr("New work comes to you as an offer while you are available. Everything that "
                      "waits is under Queue.")));
    } else if (m_feed->view() == InboxView::Later) {
        m_emptyTitle->setText(tr("Nothing is put off"));
        m_emptyText->setText(
            tr("What you snooze waits here and comes back by itself at its time, or when the "
               "customer writes."));
    } else if (m_feed->view() == InboxView::Queue && !isFirstUse) {
        m_emptyTitle->setText(tr("Nobody waits"));
        m_emptyText->setText(tr("Who needs a person and has none is here."));
    } else if (m_feed->view() == InboxView::Done) {
        m_emptyTitle->setText(tr("Nothing done yet"));
        m_emptyText->setText(tr("Conversations that are wrapped up come here."));
    } else {
        m_emptyTitle->setText(tr("No conversations yet"));
        m_emptyText->setText(
            tr("As soon as a customer writes on a connected channel, the conversation is here."));
    }
    const bool isQueueNext = m_feed->view() == InboxView::Mine && m_queue > 0;
    m_emptyAction->setText(isSearch      ? tr("Clear search")
                           : isQueueNext ? tr("Show the queue")
                                         : tr("Show mine"));
    m_emptyAction->setVisible(isSearch || isQueueNext || m_feed->view() != InboxView::Mine);
    m_firstUseAction->setVisible(isFirstUse);
    m_firstUseChoices->setVisible(isFirstUse);
    m_pages->setCurrentIndex(1);
}

/// What is the same is not laid out and painted anew.
void InboxPane::nameView(InboxView view, const QString &name)
{
    if (m_views->tabText(int(view)) != name)
        m_views->setTabText(int(view), name);
}

void InboxPane::onCounted(InboxView view, int count)
{
    if (view == InboxView::Team) {
        m_team = count;
    } else if (view == InboxView::Later) {
        m_later = count;
        nameView(view, count > 0 ? tr("Later %1").arg(countText(count)) : tr("Later"));
    } else if (view == InboxView::Mine) {
        nameView(view, count > 0 ? tr("Mine %1").arg(countText(count)) : tr("Mine"));
        Q_EMIT mineCounted(count);
    } else if (view == InboxView::Queue) {
        m_queue = count;
        nameView(view, count > 0 ? tr("Queue %1").arg(countText(count)) : tr("Queue"));
    }
    if (m_pages->currentIndex() == 1 && m_model->rowCount() == 0 && !m_isUnreadable)
        showEmpty(); // it names the numbers
}

void InboxPane::onPresence(const api::Presence &presence)
{
    if (!presence.agent.isNull())
        return;
    m_model->setTyping(presence.conversation, presence.isTyping);
    if (presence.isTyping) {
        const ConversationId id = presence.conversation;
        QTimer::singleShot(TypingLasts, m_model, [this, id] { m_model->setTyping(id, false); });
    }
}

void InboxPane::showPill(int moves)
{
    m_pill->setVisible(moves > 0);
    if (moves == 0)
        return;
    m_pill->setText(tr("%n moved \u2013 update", nullptr, moves));
    m_pill->adjustSize();
    m_pill->move((width() - m_pill->width()) / 2, m_pages->y() + 6);
    m_pill->raise();
}

void InboxPane::openSortMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto *group = new QActionGroup(menu);
    const auto add = [&](const QString &text, api::ConversationOrder order) {
        QAction *action = menu->addAction(text);
        action->setCheckable(true);
        action->setChecked(m_feed->order() == order);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, order] { m_feed->setOrder(order); });
    };
    add(tr("Reply due first"), api::ConversationOrder::ReplyDueFirst);
    add(tr("Newest first"), api::ConversationOrder::NewestFirst);
    add(tr("Longest waiting first"), api::ConversationOrder::LongestWaiting);
    menu->popup(m_sort->mapToGlobal(QPoint(0, m_sort->height())));
}

void InboxPane::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_pill->move((width() - m_pill->width()) / 2, m_pages->y() + 6);
}

void InboxPane::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), m_context.look.theme().surface);
}

} // namespace peerdesk::ui

#include "moc_inboxpane.cpp"
