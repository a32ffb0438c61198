// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inbox/bulkbar.h"

#include "ui/common/announcer.h"

#include <QHBoxLayout>
#include <QInputDialog>
#include <QMenu>

namespace peerdesk::ui {

using Steps = std::vector<std::pair<api::Command, std::optional<api::Command>>>;

BulkBar::BulkBar(const Context &context, ConversationList &list, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_list(list)
    , m_words(new Label(context.look, {13, QFont::DemiBold, Ink::Text, true}, {}, this))
    , m_undo(new Button(context.look, Button::Kind::Quiet, tr("Undo"), this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(16, 4, 10, 4);
    row->setSpacing(2);
    row->addWidget(m_words, 1);
    const auto add = [&](Icon icon, const QString &name, void (BulkBar::*act)()) {
        auto *button = new IconButton(context.look, icon, name, this);
        connect(button, &QToolButton::clicked, this, act);
        row->addWidget(button);
        m_tools.push_back(button);
    };
    add(Icon::Transfer, tr("Assign the selected"), &BulkBar::openAssign);
    add(Icon::Snooze, tr("Snooze the selected"), &BulkBar::openSnooze);
    add(Icon::Tag, tr("Tag the selected"), &BulkBar::openTags);
    add(Icon::Check, tr("Mark the selected as done"), &BulkBar::resolve);
    row->addWidget(m_undo);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_back.clear();
        showCount(int(m_list.gathered().size()));
    });
    connect(m_undo, &QPushButton::clicked, this, &BulkBar::undo);
    connect(&list, &ConversationList::gatheredChanged, this, &BulkBar::showCount);
    hide();
}

void BulkBar::setTools(bool areVisible)
{
    for (QWidget *tool : m_tools)
        tool->setVisible(areVisible);
    m_undo->setVisible(!areVisible && !m_back.empty());
}

void BulkBar::showCount(int count)
{
    if (count == 0 && m_timer.isActive())
        return; // the offer to undo stands
    m_timer.stop();
    m_back.clear();
    m_words->setText(tr("%n selected", nullptr, count));
    setTools(true);
    setVisible(count > 0);
}

void BulkBar::run(const Steps &steps, const QString &words)
{
    if (steps.empty())
        return;
    m_list.dropGathered();
    m_back.clear();
    m_failed = 0;
    for (const auto &[command, back] : steps) {
        if (back)
            m_back.push_back(*back);
    }
    if (m_back.size() != steps.size())
        m_back.clear(); // half an undo would be worse than none
    m_words->setText(words);
    setTools(false);
    show();
    m_timer.start(UndoLasts);
    m_context.announcer.announce(words);
    for (const auto &[command, back] : steps)
        m_context.desk.submit(m_context.caller, randomId<CommandId>(), command,
                              {this, [this](const auto &outcome) { onOutcome(outcome); }});
}

void BulkBar::onOutcome(const Result<api::Outcome> &outcome)
{
    if (outcome)
        return;
    ++m_failed;
    m_words->setText(tr("%n not changed. %1", nullptr, m_failed).arg(sentence(outcome.error())));
    show();
    m_timer.start(UndoLasts);
}

void BulkBar::undo()
{
    const std::vector<api::Command> back = std::exchange(m_back, {});
    m_timer.stop();
    hide();
    for (const api::Command &command : back)
        m_context.desk.submit(m_context.caller, randomId<CommandId>(), command,
                              {this, [this](const auto &outcome) { onOutcome(outcome); }});
}

void BulkBar::resolve()
{
    Steps steps;
    for (const Conversation &c : m_list.gathered()) {
        api::UpdateConversation done{c.id, ConversationStatus::Resolved, {}, {}};
        steps.emplace_back(done, api::UpdateConversation{c.id, c.status, {}, {}});
    }
    run(steps, tr("%n done", "conversations", int(steps.size())));
}

void BulkBar::snooze(Time until, const QString &words)
{
    Steps steps;
    for (const Conversation &c : m_list.gathered())
        steps.emplace_back(api::UpdateConversation{c.id, {}, {}, until},
                           api::UpdateConversation{c.id, {}, {}, c.snoozeUntil});
    run(steps, tr("%n snoozed: %1", "conversations", int(steps.size())).arg(words));
}

void BulkBar::tag(const QString &tag)
{
    Steps steps;
    for (const Conversation &c : m_list.gathered()) {
        std::vector<QString> tags = c.tags;
        if (std::find(tags.begin(), tags.end(), tag) != tags.end())
            continue;
        tags.push_back(tag);
        steps.emplace_back(api::UpdateConversation{c.id, {}, tags, {}},
                           api::UpdateConversation{c.id, {}, c.tags, {}});
    }
    run(steps, tr("%n tagged \u201c%1\u201d", "conversations", int(steps.size())).arg(tag));
}

/// What nobody had cannot be given back to nobody: then there is no Undo.
void BulkBar::assign(const Agent &agent)
{
    Steps steps;
    for (const Conversation &c : m_list.gathered()) {
        if (c.assignee == agent.id)
            continue;
        std::optional<api::Command> back;
        if (!c.assignee.isNull())
            back = api::AssignConversation{c.id, c.assignee};
        steps.emplace_back(api::AssignConversation{c.id, agent.id}, back);
    }
    run(steps, tr("%n given to %1", "conversations", int(steps.size())).arg(isolate(agent.name)));
}

void BulkBar::openSnooze()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(m_context.clock.wall().ms);
    const auto add = [&](const QString &text, const QDateTime &until) {
        const Time moment{until.toMSecsSinceEpoch()};
        connect(menu->addAction(text), &QAction::triggered, this,
                [this, moment, text] { snooze(moment, text); });
    };
    add(tr("in 1 hour"), now.addSecs(3600));
    add(tr("tomorrow at 9:00"), QDateTime(now.date().addDays(1), QTime(9, 0)));
    add(tr("Monday at 9:00"),
        QDateTime(now.date().addDays(8 - now.date().dayOfWeek()), QTime(9, 0)));
    menu->popup(mapToGlobal(QPoint(0, height())));
}

void BulkBar::openTags()
{
    auto *dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Tag the selected"));
    dialog->setLabelText(tr("Tag"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString &text) {
        if (const QString word = text.simplified().left(40); !word.isEmpty())
            tag(word);
    });
    dialog->open();
}

void BulkBar::openAssign()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const Agent &agent : m_context.directory.agents()) {
        if (!agent.isActive || agent.role == Role::Channel)
            continue;
        connect(menu->addAction(agent.name), &QAction::triggered, this,
                [this, agent] { assign(agent); });
    }
    menu->popup(mapToGlobal(QPoint(0, height())));
}

void BulkBar::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), m_context.look.theme().infoBg);
}

} // namespace peerdesk::ui

#include "moc_bulkbar.cpp"
