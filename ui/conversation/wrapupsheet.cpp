// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/wrapupsheet.h"

#include "ui/common/announcer.h"
#include "ui/common/timetext.h"

#include <QKeyEvent>
#include <QVBoxLayout>

#include <algorithm>

namespace peerdesk::ui {

namespace {
constexpr int MaxForms = 200; ///< half-filled sheets that are kept
constexpr int MaxNote = 8000; ///< characters
constexpr int LookBack = 50;  ///< messages among which the last word is looked for
} // namespace

WrapUpSheet::WrapUpSheet(const Context &context, const Outbox &outbox, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_outbox(outbox)
    , m_title(new Label(context.look, {16, QFont::DemiBold, Ink::Text, true}, {}, this))
    , m_time(new Label(context.look, {12.5, QFont::Medium, Ink::Text2}, {}, this))
    , m_outcome(new QLineEdit(this))
    , m_recentRow(new QWidget(this))
    , m_tags(new QLineEdit(this))
    , m_note(new QPlainTextEdit(this))
    , m_followUp(new QComboBox(this))
    , m_error(new Label(context.look, {12.5, QFont::Medium, Ink::Danger, false, true}, {}, this))
    , m_question(new QWidget(this))
    , m_anyway(new Button(context.look, Button::Kind::Plain, tr("Finish anyway"), m_question))
    , m_back(new Button(context.look, Button::Kind::Plain, tr("Back"), m_question))
    , m_finish(new Button(context.look, Button::Kind::Primary, tr("Finish   Ctrl+Enter"), this))
{
    build();
    m_timer.setInterval(std::chrono::seconds(1));
    connect(&m_timer, &QTimer::timeout, this, &WrapUpSheet::showTime);
    connect(m_finish, &QPushButton::clicked, this, &WrapUpSheet::finish);
    connect(m_anyway, &QPushButton::clicked, this, &WrapUpSheet::sendAll);
    connect(m_back, &QPushButton::clicked, this, [this] {
        ask(false);
        close();
    });
    hide();
}

void WrapUpSheet::build()
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(20, 18, 20, 20);
    column->setSpacing(8);
    auto *top = new QHBoxLayout;
    auto *away = new IconButton(m_context.look, Icon::Close, tr("Close, keep what is filled in"));
    top->addWidget(m_title, 1);
    top->addWidget(away);
    column->addLayout(top);
    column->addWidget(m_time);
    const auto add = [&](const QString &name, QWidget *field) {
        auto *label = new Label(m_context.look, {12.5, QFont::Medium, Ink::Text2}, name, this);
        label->setBuddy(field);
        field->setAccessibleName(name);
        column->addSpacing(4);
        column->addWidget(label);
        column->addWidget(field);
    };
    add(tr("Outcome"), m_outcome);
    m_recentRow->setLayout(new FlowLayout(6));
    column->addWidget(m_recentRow);
    add(tr("Tags, with commas between"), m_tags);
    add(tr("Note for colleagues"), m_note);
    add(tr("Look again"), m_followUp);
    m_outcome->setMaxLength(120);
    m_tags->setMaxLength(400);
    m_note->setTabChangesFocus(true);
    m_note->setMinimumHeight(m_context.look.px(80));
    m_followUp->addItems(
        {tr("Not again"), tr("In 1 hour"), tr("Tomorrow at 9:00"), tr("In a week at 9:00")});
    column->addWidget(m_error);
    column->addStretch(1);
    auto *question = new QVBoxLayout(m_question);
    question->setContentsMargins(0, 0, 0, 0);
    question->addWidget(new Label(m_context.look, {13, QFont::DemiBold, Ink::Warning, false, true},
                                  tr("The customer's last message has no answer"), m_question));
    auto *answers = new QHBoxLayout;
    answers->addWidget(m_back);
    answers->addWidget(m_anyway);
    question->addLayout(answers);
    m_question->hide();
    column->addWidget(m_question);
    column->addWidget(m_finish);
    connect(away, &QToolButton::clicked, this, &WrapUpSheet::close);
}

void WrapUpSheet::open(const Conversation &conversation, const Task &task)
{
    keep();
    m_conversation = conversation;
    m_task = task;
    const auto known = m_forms.find(conversation.id);
    const Form form = known == m_forms.end() ? Form{} : known->second;
    m_title->setText(tr("Wrap up %1").arg(conversation.customerName));
    m_outcome->setText(form.outcome);
    m_tags->setText(form.tags);
    m_note->setPlainText(form.note);
    m_followUp->setCurrentIndex(form.followUp);
    m_error->clear();
    ask(false);
    showRecent();
    showTime();
    m_timer.start();
    show();
    raise();
    m_outcome->setFocus(Qt::OtherFocusReason);
}

void WrapUpSheet::keep()
{
    if (m_conversation.id.isNull() || m_forms.size() >= MaxForms)
        return;
    m_forms[m_conversation.id] = {m_outcome->text(), m_tags->text(),
                                  m_note->toPlainText().left(MaxNote), m_followUp->currentIndex()};
}

void WrapUpSheet::close()
{
    if (!isVisible())
        return;
    keep();
    m_timer.stop();
    hide();
    Q_EMIT closed();
}

void WrapUpSheet::showTask(const std::optional<Task> &task)
{
    if (!isVisible())
        return;
    if (!task || task->id != m_task.id)
        return close(); // completed elsewhere, or another conversation is open
    m_task = *task;
    showTime();
}

void WrapUpSheet::showTime()
{
    if (!m_task.wrapUpEndsAt.isSet())
        return m_time->clear();
    const Milliseconds left = m_task.wrapUpEndsAt - m_context.clock.wall();
    m_time->setText(left.count() > 0 ? tr("Wrap-up time left: %1").arg(spanText(left))
                                     : tr("The wrap-up time is over"));
    m_time->setInk(left.count() > 10'000 ? Ink::Text2 : Ink::Warning);
}

void WrapUpSheet::showRecent()
{
    QLayout *row = m_recentRow->layout();
    while (QLayoutItem *item = row->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const QString &outcome : m_recent) {
        auto *chip = new Button(m_context.look, Button::Kind::Plain, outcome, m_recentRow);
        connect(chip, &QPushButton::clicked, m_outcome,
                [this, outcome] { m_outcome->setText(outcome); });
        row->addWidget(chip);
    }
    m_recentRow->setVisible(!m_recent.isEmpty());
}

Time WrapUpSheet::followUpAt() const
{
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(m_context.clock.wall().ms);
    switch (m_followUp->currentIndex()) {
    case 1:
        return {now.addSecs(3600).toMSecsSinceEpoch()};
    case 2:
        return {QDateTime(now.date().addDays(1), QTime(9, 0)).toMSecsSinceEpoch()};
    case 3:
        return {QDateTime(now.date().addDays(7), QTime(9, 0)).toMSecsSinceEpoch()};
    default:
        return {};
    }
}

void WrapUpSheet::submit(const api::Command &command, const std::function<void()> &next)
{
    m_context.desk.submit(m_context.caller, randomId<CommandId>(), command,
                          {this, [this, next](const Result<api::Outcome> &outcome) {
                               if (outcome)
                                   return next();
                               m_finish->setEnabled(true);
                               m_error->setText(sentence(outcome.error()));
                               if (!isVisible())
                                   Q_EMIT failed(m_error->text());
                           }});
}

void WrapUpSheet::finish()
{
    if (!isVisible() || !m_finish->isEnabled())
        return;
    if (isAsking())
        return m_anyway->setFocus(Qt::OtherFocusReason);
    const auto held = m_outbox.allHeld(m_conversation.id);
    const bool isAnswering = std::ranges::any_of(
        held, [](const Outbox::Held &text) { return text.draft.mode == DraftMode::Reply; });
    if (followUpAt().isSet() || isAnswering)
        return sendAll();
    m_finish->setEnabled(false);
    const TaskId task = m_task.id;
    m_context.desk.messages(m_conversation.id, {LookBack, {}},
                            {this, [this, task](const Result<api::PageOf<Message>> &page) {
                                 m_finish->setEnabled(true);
                                 if (isVisible() && m_task.id == task)
                                     onMessages(page);
                             }});
}

/// What was said last decides; when it cannot be read, whether an answer is due.
void WrapUpSheet::onMessages(const Result<api::PageOf<Message>> &page)
{
    bool isOpen = m_conversation.replyDueAt.isSet();
    for (const Message &message : page ? page->items : std::vector<Message>{}) {
        if (message.kind == MessageKind::Inbound || message.kind == MessageKind::Reply)
            isOpen = message.kind == MessageKind::Inbound;
    }
    if (!isOpen)
        return sendAll();
    ask(true);
    m_back->setFocus(Qt::OtherFocusReason);
}

void WrapUpSheet::ask(bool isAsked)
{
    m_question->setVisible(isAsked);
    m_finish->setVisible(!isAsked);
    if (isAsked)
        m_context.announcer.announce(tr("The customer's last message has no answer"));
}

api::UpdateConversation WrapUpSheet::update() const
{
    api::UpdateConversation update;
    update.conversation = m_conversation.id;
    std::vector<QString> tags = m_conversation.tags;
    for (const QString &word : m_tags->text().split(u',', Qt::SkipEmptyParts)) {
        const QString tag = word.simplified().left(40);
        if (!tag.isEmpty() && std::find(tags.begin(), tags.end(), tag) == tags.end())
            tags.push_back(tag);
    }
    if (tags != m_conversation.tags)
        update.tags = tags;
    if (followUpAt().isSet())
        update.snoozeUntil = followUpAt();
    return update;
}

/// Note, then tags and follow-up, then the end of the task, then Done: what fails stops the rest,
/// and what was filled in stays.
void WrapUpSheet::sendAll()
{
    ask(false);
    const Ending ending{m_conversation, m_task.id, m_outcome->text().simplified(),
                        !followUpAt().isSet()};
    const auto tell = [this, update = update(), ending] {
        if (update.tags || update.snoozeUntil)
            submit(update, [this, ending] { complete(ending); });
        else
            complete(ending);
    };
    m_finish->setEnabled(false);
    m_error->clear();
    const QString text = m_note->toPlainText().trimmed().left(MaxNote);
    if (text.isEmpty())
        return tell();
    api::SendMessage note;
    note.conversation = m_conversation.id;
    note.kind = MessageKind::Note;
    note.content.text = text;
    submit(note, [this, tell, id = m_conversation.id] {
        if (m_conversation.id == id)
            m_note->clear(); // it is saved: a second try must not save it twice
        m_forms[id].note.clear();
        tell();
    });
}

void WrapUpSheet::complete(const Ending &ending)
{
    submit(api::CompleteTask{ending.task, ending.outcome}, [this, ending] {
        if (!ending.isDone)
            return end(ending);
        submit(
            api::UpdateConversation{ending.conversation.id, ConversationStatus::Resolved, {}, {}},
            [this, ending] { end(ending); });
    });
}

void WrapUpSheet::end(const Ending &ending)
{
    m_recent.removeAll(ending.outcome);
    if (!ending.outcome.isEmpty())
        m_recent.prepend(ending.outcome);
    m_recent = m_recent.mid(0, MaxRecent);
    m_finish->setEnabled(true);
    if (m_conversation.id == ending.conversation.id) {
        close();
        m_conversation = {};
    }
    m_forms.erase(ending.conversation.id);
    Q_EMIT finished(ending.conversation, ending.isDone);
}

void WrapUpSheet::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        return close();
    QWidget::keyPressEvent(event);
}

void WrapUpSheet::paintEvent(QPaintEvent *)
{
    const Theme &t = m_context.look.theme();
    QPainter painter(this);
    painter.fillRect(rect(), t.surface);
    painter.fillRect(QRect(layoutDirection() == Qt::RightToLeft ? width() - 1 : 0, 0, 1, height()),
                     t.border);
}

} // namespace peerdesk::ui

#include "moc_wrapupsheet.cpp"
