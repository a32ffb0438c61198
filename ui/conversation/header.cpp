// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/header.h"

#include "ui/common/announcer.h"
#include "ui/common/timetext.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int TextButtonsFrom = 660; ///< pixels of width from which Transfer shows its word
}

ConversationHeader::ConversationHeader(const Context &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_back(new IconButton(context.look, Icon::Back, tr("Back to the list"), this))
    , m_avatar(new Avatar(context.look, 40, this))
    , m_name(new Label(context.look, {16, QFont::DemiBold, Ink::Text, true}, {}, this))
    , m_due(new ChipLabel(context.look, this))
    , m_subtitle(new Label(context.look, {12.5, QFont::Normal, Ink::Text2, true}, {}, this))
    , m_transfer(new IconButton(context.look, Icon::Transfer, tr("Transfer (Ctrl+Shift+T)"), this))
    , m_snooze(new IconButton(context.look, Icon::Snooze, tr("Snooze (Ctrl+Shift+S)"), this))
    , m_more(new IconButton(context.look, Icon::More, tr("More actions"), this))
    , m_card(new IconButton(context.look, Icon::Card, tr("Customer card (Ctrl+I)"), this))
    , m_main(new Button(context.look, Button::Kind::Primary, {}, this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(24, 12, 18, 12);
    row->setSpacing(4);
    auto *names = new QVBoxLayout;
    names->setSpacing(1);
    auto *first = new QHBoxLayout;
    first->setSpacing(8);
    first->addWidget(m_name);
    first->addWidget(m_due);
    first->addStretch(1);
    names->addLayout(first);
    names->addWidget(m_subtitle);
    row->addWidget(m_back);
    row->addWidget(m_avatar);
    row->addSpacing(10);
    row->addLayout(names, 1);
    for (QWidget *button : std::initializer_list<QWidget *>{m_transfer, m_snooze, m_more, m_card})
        row->addWidget(button);
    row->addSpacing(6);
    row->addWidget(m_main);
    m_back->hide();
    m_back->setDirectional(true);
    m_transfer->setDirectional(true);
    m_transfer->setText(tr("Transfer"));
    m_main->setShape(Icon::Check);
    connect(m_back, &QToolButton::clicked, this, &ConversationHeader::backWanted);
    connect(m_card, &QToolButton::clicked, this, &ConversationHeader::cardWanted);
    connect(m_transfer, &QToolButton::clicked, this, &ConversationHeader::openTransfer);
    connect(m_snooze, &QToolButton::clicked, this, &ConversationHeader::openSnooze);
    connect(m_more, &QToolButton::clicked, this, &ConversationHeader::openMore);
    connect(m_main, &QPushButton::clicked, this, &ConversationHeader::runMain);
    connect(&context.directory, &Directory::changed, this, &ConversationHeader::refresh);
    m_timer.setInterval(std::chrono::seconds(1));
    connect(&m_timer, &QTimer::timeout, this, &ConversationHeader::refreshDue);
}

void ConversationHeader::showConversation(const Conversation &conversation,
                                          const std::optional<Task> &task)
{
    m_conversation = conversation;
    m_task = task;
    refresh();
}

bool ConversationHeader::isMine() const
{
    return m_conversation.assignee == m_context.caller.agent;
}

bool ConversationHeader::isDone() const
{
    return m_conversation.status == ConversationStatus::Resolved ||
           m_conversation.status == ConversationStatus::Closed;
}

QString ConversationHeader::subtitle() const
{
    QStringList parts{channelName(m_conversation.channel)};
    if (const QString queue = m_context.directory.queueName(m_conversation.queue); !queue.isEmpty())
        parts += queue;
    if (isDone())
        parts += tr("done");
    else if (m_conversation.assignee.isNull())
        parts += tr("not assigned");
    else if (isMine())
        parts += tr("assigned to you");
    else
        parts += tr("assigned to %1")
                     .arg(isolate(m_context.directory.agentName(m_conversation.assignee)));
    if (m_conversation.snoozeUntil.isSet() && m_conversation.snoozeUntil > m_context.clock.wall())
        parts += tr("snoozed until %1").arg(clockText(m_conversation.snoozeUntil));
    return parts.join(u" \u00b7 "_s);
}

void ConversationHeader::refresh()
{
    m_avatar->setPerson(m_conversation.customerName, m_conversation.channel);
    m_name->setText(m_conversation.customerName);
    m_subtitle->setText(subtitle());
    const bool isWrapping = m_task && m_task->assignmentStatus == TaskStatus::Wrapping;
    if (isDone())
        m_main->setText(tr("Reopen"));
    else if (!isMine())
        m_main->setText(tr("Take"));
    else if (isWrapping)
        m_main->setText(tr("Finish"));
    else if (!m_conversation.task.isNull())
        m_main->setText(tr("Wrap up"));
    else
        m_main->setText(tr("Done"));
    const bool isReading = isMine() && !isDone() && !m_conversation.task.isNull() && !m_task;
    m_main->setEnabled(!isReading); // what it does depends on the task
    m_transfer->setVisible(!isDone());
    const bool isAlone = colleagues().empty();
    m_transfer->setEnabled(!isAlone);
    m_transfer->setToolTip(isAlone ? tr("No colleague to hand over to yet")
                                   : tr("Transfer (Ctrl+Shift+T)"));
    m_snooze->setVisible(!isDone());
    m_more->setVisible(!isDone() && isMine());
    refreshDue();
}

void ConversationHeader::refreshDue()
{
    const Due due =
        dueText(m_conversation.replyDueAt, m_conversation.lastMessageAt, m_context.clock.wall());
    m_due->setVisible(due.urgency != Urgency::None);
    m_due->setChip(due.text,
                   due.urgency == Urgency::Late   ? ChipLabel::Tone::Danger
                   : due.urgency == Urgency::Soon ? ChipLabel::Tone::Warning
                                                  : ChipLabel::Tone::Neutral,
                   true);
    due.urgency == Urgency::None ? m_timer.stop() : m_timer.start();
}

void ConversationHeader::runMain()
{
    const ConversationId id = m_conversation.id;
    if (isDone()) {
        api::UpdateConversation reopen;
        reopen.conversation = id;
        reopen.status = ConversationStatus::Open;
        return Q_EMIT commandWanted(reopen);
    }
    if (!isMine())
        return Q_EMIT commandWanted(api::TakeConversation{id});
    if (m_task) {
        if (m_task->assignmentStatus != TaskStatus::Wrapping)
            Q_EMIT commandWanted(api::WrapUpTask{m_task->id});
        return Q_EMIT wrapUpWanted();
    }
    api::UpdateConversation done;
    done.conversation = id;
    done.status = ConversationStatus::Resolved;
    Q_EMIT commandWanted(done);
}

QMenu *ConversationHeader::newMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    return menu;
}

/// Whom this can be handed to; those who are available come first.
std::vector<Agent> ConversationHeader::colleagues() const
{
    const auto canTake = [this](const Agent &agent) {
        return agent.id != m_conversation.assignee && agent.isActive &&
               agent.role != Role::Channel && m_context.directory.worker(agent.worker);
    };
    std::vector<Agent> all;
    std::ranges::copy_if(m_context.directory.agents(), std::back_inserter(all), canTake);
    std::ranges::stable_partition(all, [this](const Agent &agent) {
        return m_context.directory.worker(agent.worker)->available;
    });
    return all;
}

void ConversationHeader::openTransfer()
{
    if (!m_transfer->isEnabled())
        return m_context.announcer.announce(m_transfer->toolTip());
    QMenu *menu = newMenu();
    menu->addSection(tr("Hand over to"));
    bool isHere = true;
    for (const Agent &agent : colleagues()) {
        const auto worker = m_context.directory.worker(agent.worker);
        if (isHere && worker && !worker->available) {
            isHere = false;
            menu->addSection(tr("Not available now"));
        }
        const auto activity =
            worker ? m_context.directory.activity(worker->activity) : std::nullopt;
        const QString text = activity ? tr("%1 \u2013 %2", "agent, activity")
                                            .arg(isolate(agent.name), activity->friendlyName)
                                      : agent.name;
        const api::AssignConversation command{m_conversation.id, agent.id};
        connect(menu->addAction(text), &QAction::triggered, this,
                [this, command] { Q_EMIT commandWanted(command); });
    }
    menu->popup(m_transfer->mapToGlobal(QPoint(0, m_transfer->height())));
}

void ConversationHeader::openSnooze()
{
    QMenu *menu = newMenu();
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(m_context.clock.wall().ms);
    const auto add = [&](const QString &text, const QDateTime &until) {
        api::UpdateConversation command;
        command.conversation = m_conversation.id;
        command.snoozeUntil = Time{until.toMSecsSinceEpoch()};
        connect(menu->addAction(text), &QAction::triggered, this,
                [this, command] { Q_EMIT commandWanted(command); });
    };
    add(tr("In 1 hour"), now.addSecs(3600));
    add(tr("In 3 hours"), now.addSecs(3 * 3600));
    add(tr("Tomorrow at 9:00"), QDateTime(now.date().addDays(1), QTime(9, 0)));
    const int toMonday = 8 - now.date().dayOfWeek();
    add(tr("Monday at 9:00"), QDateTime(now.date().addDays(toMonday), QTime(9, 0)));
    menu->popup(m_snooze->mapToGlobal(QPoint(0, m_snooze->height())));
}

/// What is not possible stands there with its reason.
void ConversationHeader::addWays(QMenu &menu)
{
    QMenu *ways = menu.addMenu(tr("Continue by"));
    ways->setEnabled(!m_ways.empty());
    if (m_ways.empty())
        ways->setTitle(tr("Continue by (no other channel of this customer is known)"));
    for (const Way &way : m_ways) {
        const bool isPossible = way.reason.isEmpty();
        QAction *action = ways->addAction(
            isPossible ? way.label
                       : tr("%1 \u2013 %2", "channel, reason").arg(way.label, way.reason));
        action->setEnabled(isPossible);
        const api::ContinueConversation command{m_conversation.id, way.account, way.address};
        connect(action, &QAction::triggered, this,
                [this, command] { Q_EMIT commandWanted(command); });
    }
}

void ConversationHeader::openMore()
{
    QMenu *menu = newMenu();
    addWays(*menu);
    const ConversationId id = m_conversation.id;
    if (m_conversation.status == ConversationStatus::Pending)
        connect(menu->addAction(tr("Resume")), &QAction::triggered, this,
                [this, id] { Q_EMIT commandWanted(api::ResumeConversation{id}); });
    else
        connect(menu->addAction(tr("Park until the customer writes")), &QAction::triggered, this,
                [this, id] { Q_EMIT commandWanted(api::ParkConversation{id}); });
    const bool isSupervisor = m_context.caller.role != Role::Agent;
    QAction *why = menu->addAction(isSupervisor ? tr("Why is this waiting?")
                                                : tr("Why is this waiting? (for supervisors)"));
    why->setEnabled(isSupervisor && m_task);
    if (m_task) {
        if (!m_conversation.assignee.isNull() && isSupervisor)
            why->setText(tr("Why is it with this person?"));
        const TaskId task = m_task->id;
        connect(why, &QAction::triggered, this, [this, task] { Q_EMIT whyWanted(task); });
    }
    menu->popup(m_more->mapToGlobal(QPoint(0, m_more->height())));
}

void ConversationHeader::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_transfer->setToolButtonStyle(width() >= m_context.look.px(TextButtonsFrom)
                                       ? Qt::ToolButtonTextBesideIcon
                                       : Qt::ToolButtonIconOnly);
}

void ConversationHeader::paintEvent(QPaintEvent *)
{
    const Theme &t = m_context.look.theme();
    QPainter painter(this);
    painter.fillRect(rect(), t.surface);
    painter.fillRect(QRect(0, height() - 1, width(), 1), t.border);
}

} // namespace peerdesk::ui

#include "moc_header.cpp"
