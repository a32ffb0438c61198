// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/conversationpane.h"

#include "core/base/json.h"
#include "ui/common/announcer.h"
#include "ui/conversation/mailview.h"
#include "ui/conversation/pictureviewer.h"
#include "ui/conversation/richdraft.h"
#include "ui/conversation/sendguard.h"

#include <QDesktopServices>
#include <QFileDialog>
#include <QInputDialog>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSaveFile>
#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

ConversationPane::ConversationPane(const Context &context, const ConversationParts &parts,
                                   QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_parts(parts)
    , m_messages(new MessageModel(context, this))
    , m_collision(new Collision(context, this))
    , m_pages(new QStackedWidget(this))
    , m_header(new ConversationHeader(context, this))
    , m_channel(new ChannelStrip(context, parts.office, this))
    , m_presence(new Strip(context.look, this))
    , m_error(new Strip(context.look, this))
    , m_timeline(new TimelineView(context, *m_messages, this))
    , m_find(new FindBar(context, *m_messages, *m_timeline, this))
    , m_guard(new Strip(context.look, this))
    , m_composer(new Composer(context, parts.drafts, parts.preferences, this))
{
    build();
    connectParts();
    connectOutbox();
    connectTimeline();
    showOffice();
}

void ConversationPane::build()
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_pages);
    auto *page = new QWidget(this);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    for (QWidget *part :
         std::initializer_list<QWidget *>{m_header, m_channel, m_presence, m_error, m_find})
        column->addWidget(part);
    column->addWidget(m_timeline, 1);
    column->addWidget(m_guard);
    column->addWidget(m_composer);
    m_pages->addWidget(buildEmptyPage());
    m_pages->addWidget(page);
    m_timeline->installEventFilter(this);
    m_composer->editor().installEventFilter(this);
    setMinimumWidth(360);
}

QWidget *ConversationPane::buildEmptyPage()
{
    auto *page = new QWidget(this);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(32, 32, 32, 32);
    auto *title = new Label(m_context.look, {16, QFont::DemiBold, Ink::Text, false, true},
                            tr("No conversation is open"), page);
    auto *keys = new Label(
        m_context.look, {13, QFont::Normal, Ink::Text2, false, true},
        tr("Alt+Down opens the next one \u00b7 F9 accepts an offer \u00b7 Ctrl+/ shows all keys"),
        page);
    title->setAlignment(Qt::AlignHCenter);
    keys->setAlignment(Qt::AlignHCenter);
    column->addStretch(2);
    column->addWidget(title);
    column->addWidget(keys);
    column->addStretch(3);
    return page;
}

void ConversationPane::connectParts()
{
    connect(m_header, &ConversationHeader::commandWanted, this, &ConversationPane::submit);
    connect(m_header, &ConversationHeader::backWanted, this, &ConversationPane::backWanted);
    connect(m_header, &ConversationHeader::cardWanted, this, &ConversationPane::cardWanted);
    connect(m_header, &ConversationHeader::whyWanted, this, &ConversationPane::whyWanted);
    connect(m_header, &ConversationHeader::wrapUpWanted, this, &ConversationPane::wrapUpWanted);
    connect(m_composer, &Composer::continueWanted, this, &ConversationPane::continueBy);
    connect(m_composer, &Composer::sendWanted, this, &ConversationPane::onSend);
    connect(m_composer, &Composer::typed, this, [this] {
        m_guard->clear();
        m_guarding = Guard::None;
        m_composer->mode() == DraftMode::Reply ? m_collision->typed() : m_collision->used();
    });
    connect(m_guard, &Strip::actionTriggered, this, &ConversationPane::review);
    connect(m_guard, &Strip::otherTriggered, this, [this] {
        m_isGuardPassed = true;
        onSend(m_parts.drafts.draft(m_conversation.id, m_composer->mode()), m_guardedSendAt);
    });
    connect(m_collision, &Collision::changed, this, &ConversationPane::showPresence);
    connect(m_find, &FindBar::closed, m_timeline, qOverload<>(&QWidget::setFocus));
    connect(&m_parts.office, &OfficeState::changed, this, &ConversationPane::showOffice);
    connect(&m_parts.preferences, &Preferences::changed, this, &ConversationPane::showLibraries);
    connect(&m_context.desk, &api::Desk::changed, this, &ConversationPane::onChanged);
}

void ConversationPane::connectOutbox()
{
    const auto undo = [this] { m_parts.outbox.undo(m_conversation.id); };
    connect(m_composer, &Composer::undoWanted, this, undo);
    connect(m_timeline, &TimelineView::undoWanted, this, undo);
    connect(&m_parts.outbox, &Outbox::heldChanged, this, [this](ConversationId id) {
        if (id != m_conversation.id)
            return;
        showHeld();
        showUnknown();
    });
    connect(&m_parts.outbox, &Outbox::undone, this, [this](ConversationId id) {
        if (id != m_conversation.id)
            return;
        m_composer->setMode(m_parts.drafts.mode(id));
        m_composer->focusText();
    });
    connect(&m_parts.outbox, &Outbox::failed, this, &ConversationPane::onSendFailed);
    connect(m_error, &Strip::actionTriggered, this, [this] {
        m_error->clear();
        m_isUnknownShown = false;
        m_parts.outbox.askAgain(m_conversation.id);
    });
}

void ConversationPane::connectTimeline()
{
    connect(m_timeline, &TimelineView::retryWanted, this,
            [this](MessageId id) { submit(api::RetryMessage{id}); });
    connect(m_timeline, &TimelineView::copyWanted, this, [this](const Message &message) {
        m_composer->setMode(DraftMode::Reply);
        m_composer->append(message.content.text);
    });
    connect(m_timeline, &TimelineView::cancelWanted, this,
            [this](MessageId id) { submit(api::CancelMessage{id}); });
    connect(m_timeline, &TimelineView::attachmentWanted, this, &ConversationPane::saveAttachment);
    connect(m_timeline, &TimelineView::pictureWanted, this, &ConversationPane::showPicture);
    connect(m_timeline, &TimelineView::mailWanted, this, &ConversationPane::openMail);
    connect(m_timeline, &TimelineView::actionWanted, this, &ConversationPane::onAction);
    connect(m_timeline, &TimelineView::linkActivated, this, &ConversationPane::openLink);
    connect(m_timeline, &TimelineView::bottomSeen, this, &ConversationPane::markRead);
    connect(m_messages, &MessageModel::arrived, this, [this](const Message &message) {
        if (message.kind == MessageKind::Inbound)
            m_context.announcer.announce(
                tr("New message from %1").arg(m_conversation.customerName));
    });
    connect(m_messages, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex &index) {
        if (m_messages->at(index.row()).state == MessageState::Failed)
            m_context.announcer.announce(tr("A message was not sent"));
    });
    connect(m_messages, &MessageModel::opened, this, [this] {
        if (const QString words = std::exchange(m_words, {}); !words.isEmpty())
            m_find->open(words);
    });
    connect(m_messages, &MessageModel::failed, this, [this](const Error &error) {
        m_error->setMessage(Strip::Tone::Danger, Icon::Warning, sentence(error));
    });
}

void ConversationPane::open(ConversationId conversation, const QString &words)
{
    if (conversation == m_wanted) {
        if (!words.isEmpty())
            m_find->open(words);
        return;
    }
    m_wanted = conversation;
    m_words = words;
    m_error->clear();
    m_isUnknownShown = false;
    m_guard->clear();
    m_guarding = Guard::None;
    m_markedUpTo = {};
    if (m_find->isVisible())
        m_find->close();
    m_collision->open(conversation);
    if (conversation.isNull()) {
        m_conversation = {};
        m_task.reset();
        m_messages->open({});
        m_pages->setCurrentIndex(0);
        return;
    }
    refresh();
}

void ConversationPane::refresh()
{
    const ConversationId wanted = m_wanted;
    m_context.desk.conversation(wanted, {this, [this, wanted](const Result<Conversation> &c) {
                                             if (wanted != m_wanted)
                                                 return;
                                             if (c)
                                                 return onConversation(*c);
                                             m_error->setMessage(Strip::Tone::Danger, Icon::Warning,
                                                                 sentence(c.error()));
                                         }});
}

void ConversationPane::onConversation(const Conversation &conversation)
{
    const bool isOther = conversation.id != m_conversation.id;
    const bool isOtherCard = conversation.customer != m_conversation.customer;
    const bool isOtherWay = conversation.account != m_conversation.account;
    const bool hasOtherTask = conversation.task != m_conversation.task;
    m_conversation = conversation;
    if (isOther || hasOtherTask)
        m_task.reset();
    m_header->showConversation(conversation, m_task);
    m_channel->setAccount(conversation.account);
    if (isOther) {
        m_recipient.clear();
        m_messages->setCustomerName(conversation.customerName);
        m_timeline->setReadUpTo(conversation.unread > 0 ? conversation.readUpTo : Time{});
        m_pages->setCurrentIndex(1);
        m_messages->open(conversation.id);
        loadRecipient();
        showHeld();
        showUnknown();
        Q_EMIT customerShown(conversation.customer);
    } else if (isOtherWay || isOtherCard) {
        loadRecipient();
    }
    if (isOtherCard && !isOther)
        Q_EMIT customerShown(conversation.customer);
    showRecipient();
    loadTask();
}

void ConversationPane::loadTask()
{
    if (m_conversation.task.isNull())
        return Q_EMIT taskShown(std::nullopt);
    const TaskId id = m_conversation.task;
    m_context.desk.task(id, {this, [this, id](const Result<Task> &task) {
                                 if (m_conversation.task != id)
                                     return;
                                 if (!task) { // then the header offers what needs none
                                     Conversation without = m_conversation;
                                     without.task = {};
                                     return m_header->showConversation(without, std::nullopt);
                                 }
                                 m_task = *task;
                                 m_header->showConversation(m_conversation, m_task);
                                 Q_EMIT taskShown(m_task);
                             }});
}

void ConversationPane::loadRecipient()
{
    const ConversationId id = m_conversation.id;
    m_context.desk.customer(m_conversation.customer,
                            {this, [this, id](const Result<api::CustomerCard> &card) {
                                 if (!card || m_conversation.id != id)
                                     return; // the name stands there until then
                                 m_card = *card;
                                 for (const Address &address : card->addresses) {
                                     if (address.id == m_conversation.address)
                                         m_recipient = isolateLtr(address.display.isEmpty()
                                                                      ? address.value
                                                                      : address.display);
                                 }
                                 showRecipient();
                             }});
}

/// Where else the customer can be reached, and whether here at all.
void ConversationPane::showReach()
{
    const bool isOurs = m_card.customer.id == m_conversation.customer;
    const api::CustomerCard card = isOurs ? m_card : api::CustomerCard();
    const std::vector<Way> ways = otherWays(m_context.desk.channelTypes(),
                                            m_parts.office.status().channels, card, m_conversation);
    m_header->setWays(ways);
    m_composer->setReach(ways, isOptedOut(card, m_conversation.address));
}

void ConversationPane::continueBy(const Way &way)
{
    submit(api::ContinueConversation{m_conversation.id, way.account, way.address});
}

void ConversationPane::showRecipient()
{
    m_composer->open(m_conversation,
                     m_recipient.isEmpty() ? m_conversation.customerName : m_recipient);
    showRights();
}

void ConversationPane::showRights()
{
    const api::AccountStatus *status = m_parts.office.account(m_conversation.account);
    m_composer->setAccount(status ? &status->account : nullptr);
    m_timeline->setLimits(status ? m_composer->limits() : ChannelLimits());
    showReach();
    showLibraries();
}

void ConversationPane::showLibraries()
{
    Q_EMIT librariesShown(librariesOf(m_parts.preferences, m_composer->limits(),
                                      channelName(m_conversation.channel)));
}

void ConversationPane::useLibraryItem(const LibraryItem &item)
{
    if (!item.rich.isEmpty())
        return m_composer->insertRich(item.rich);
    m_composer->insertReply(item.text);
    m_parts.preferences.countUse(item.name);
}

/// Deleting cannot be undone, and asks.
void ConversationPane::onAction(MessageId message, MessageAction action, const QString &text)
{
    api::SendMessage command;
    command.conversation = m_conversation.id;
    command.replyTo = message;
    command.action = action;
    command.content.text = text;
    if (action == MessageAction::Edit)
        return edit(command);
    if (action != MessageAction::Delete)
        return submit(command);
    const bool canHide = std::ranges::count(m_composer->limits().actions, MessageAction::Hide) > 0;
    const QString question = canHide ? tr("Delete the comment?") : tr("Delete the message?");
    QString more = tr("It goes for everybody, at the provider too, and cannot be brought back.");
    if (canHide)
        more += u' ' + tr("Hiding it can be undone.");
    auto *box = new QMessageBox(QMessageBox::Question, question, more, QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    const QAbstractButton *deletes = box->addButton(tr("Delete"), QMessageBox::DestructiveRole);
    connect(box, &QMessageBox::buttonClicked, this,
            [this, deletes, command](const QAbstractButton *pressed) {
                if (pressed == deletes)
                    submit(command);
            });
    box->open();
}

/// The customer reads the new text where the old one stood.
void ConversationPane::edit(const api::SendMessage &command)
{
    auto *box = new QInputDialog(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setOption(QInputDialog::UsePlainTextEditForTextInput);
    box->setWindowTitle(tr("Edit the message"));
    box->setLabelText(tr("The customer reads this where the message stands now:"));
    box->setTextValue(command.content.text);
    box->setOkButtonText(tr("Change"));
    connect(box, &QInputDialog::textValueSelected, this, [this, command](const QString &text) {
        api::SendMessage changed = command;
        changed.content.text = text.trimmed();
        if (!changed.content.text.isEmpty() && changed.content.text != command.content.text)
            submit(changed);
    });
    box->resize(box->sizeHint().expandedTo(QSize(480, 240)));
    box->open();
    if (auto *words =
            box->findChild<QPlainTextEdit *>()) { // as wide as it is, and nothing selected
        words->setLineWrapMode(QPlainTextEdit::WidgetWidth);
        words->moveCursor(QTextCursor::End);
    }
}

void ConversationPane::onChanged(const api::Changes &changes)
{
    const auto has = [](const auto &list, const auto &id) {
        return std::find(list.begin(), list.end(), id) != list.end();
    };
    if (m_wanted.isNull())
        return;
    if (has(changes.conversations, m_wanted) || has(changes.tasks, m_conversation.task))
        refresh();
    if (has(changes.conversations, m_wanted) || has(changes.customers, m_conversation.customer))
        loadRecipient(); // a STOP comes as a message
}

/// UX-23: the same words in the strip and, when someone writes, above Send.
void ConversationPane::showPresence()
{
    const QString writing = m_collision->writing();
    if (!writing.isEmpty())
        m_presence->setMessage(Strip::Tone::Warning, Icon::Warning, writing);
    else
        m_presence->setMessage(Strip::Tone::Info, Icon::Eye, m_collision->viewing());
    m_composer->setNotice(writing);
}

void ConversationPane::showOffice()
{
    const OfficeState::Link link = m_parts.office.link();
    m_composer->setBlocked(link == OfficeState::Link::Halted ? m_parts.office.trouble()
                                                             : QString());
    m_composer->setQueues(!m_parts.office.canDecide() && link != OfficeState::Link::Halted);
    m_parts.outbox.setReachable(m_parts.office.canDecide());
    showRights();
}

ConversationPane::Guard ConversationPane::check(const Draft &draft)
{
    if (draft.mode == DraftMode::Note)
        return Guard::None;
    const auto row = missedColleague(*m_messages, m_context.caller.agent,
                                     m_parts.drafts.startedAt(draft.conversation, draft.mode),
                                     [this](MessageId id) { return m_timeline->wasSeen(id); });
    if (row) {
        m_guardRow = *row;
        const Message &message = m_messages->at(*row);
        const QString name = isolate(m_messages->authorName(message));
        m_guard->setMessage(Strip::Tone::Warning, Icon::Warning,
                            message.kind == MessageKind::Note
                                ? tr("%1 left a note while you were writing").arg(name)
                                : tr("%1 replied while you were writing").arg(name),
                            tr("Review"));
        return Guard::Colleague;
    }
    const auto empty = findPlaceholders(draft.text);
    if (empty.empty())
        return Guard::None;
    m_guard->setMessage(
        Strip::Tone::Warning, Icon::Warning,
        tr("%1 is not filled in yet").arg(draft.text.mid(empty[0].first, empty[0].second)),
        tr("Go to it"));
    return Guard::Placeholder;
}

void ConversationPane::onSend(const Draft &draft, Time sendAt)
{
    const bool isPassed = std::exchange(m_isGuardPassed, false);
    m_guarding = isPassed ? Guard::None : check(draft);
    if (m_guarding != Guard::None) {
        m_guardedSendAt = sendAt;
        m_guard->setOtherAction(tr("Send anyway"));
        m_context.announcer.announce(m_guard->text());
        return;
    }
    m_guard->clear();
    m_error->clear();
    const bool isNote = draft.mode == DraftMode::Note;
    m_parts.outbox.send(draft,
                        isNote ? std::chrono::seconds(0)
                               : m_parts.preferences.holdTime(m_conversation.channel),
                        sendAt, seen());
    m_composer->clearDraft();
    if (isNote)
        m_composer->setMode(DraftMode::Reply); // the next words are for the customer (UX-30)
}

api::WaitedSince ConversationPane::seen() const
{
    const std::vector<Message> &messages = m_messages->all();
    api::WaitedSince out;
    out.seen = messages.empty() ? MessageId() : messages.back().id;
    if (m_conversation.assignee == m_context.caller.agent)
        out.task = m_conversation.task;
    return out;
}

void ConversationPane::review()
{
    const Guard guard = std::exchange(m_guarding, Guard::None);
    m_guard->clear();
    if (guard == Guard::Colleague && m_guardRow < m_messages->rowCount())
        return m_timeline->reveal(m_guardRow, {});
    const auto empty = findPlaceholders(m_composer->editor().toPlainText());
    if (guard != Guard::Placeholder || empty.empty())
        return;
    QTextCursor cursor = m_composer->editor().textCursor();
    cursor.setPosition(empty[0].first);
    cursor.setPosition(empty[0].first + empty[0].second, QTextCursor::KeepAnchor);
    m_composer->editor().setTextCursor(cursor);
    m_composer->focusText();
}

void ConversationPane::onSendFailed(ConversationId conversation, const Error &error)
{
    const bool isUnknown = error.code == Error::Code::Unknown;
    m_context.announcer.announce(isUnknown
                                     ? tr("It is not known whether a message was sent")
                                     : tr("A message was not sent. Its text is in the draft"));
    if (conversation != m_conversation.id)
        return; // its text is in its draft, and the list shows that; or it is held and asked again
    if (isUnknown)
        return showUnknown();
    m_isUnknownShown = false;
    m_composer->reload();
    m_error->setMessage(Strip::Tone::Danger, Icon::Warning,
                        tr("Not sent: your text is back below. %1").arg(waySentence(error)));
}

/// As long as nobody knows, whichever conversation was open when it happened.
void ConversationPane::showUnknown()
{
    const bool isUnknown = m_parts.outbox.isUnknown(m_conversation.id);
    if (isUnknown)
        m_error->setMessage(
            Strip::Tone::Warning, Icon::Warning,
            tr("It is not known whether the office has your message. Asking again is safe."),
            tr("Ask again"));
    else if (m_isUnknownShown)
        m_error->clear();
    m_isUnknownShown = isUnknown;
}

void ConversationPane::showHeld()
{
    std::vector<MessageModel::Held> rows;
    for (const Outbox::Held &held : m_parts.outbox.allHeld(m_conversation.id)) {
        const Milliseconds left = m_parts.outbox.remaining(held);
        MessageModel::Held row;
        row.seconds = held.isSubmitted ? 0 : int((left.count() + 999) / 1000);
        row.canUndo = !held.isSubmitted;
        row.isWaiting = !held.isSubmitted && left.count() == 0;
        Message &message = row.message;
        message.id = {held.draft.command.value};
        message.conversation = m_conversation.id;
        message.kind = held.draft.mode == DraftMode::Note ? MessageKind::Note : MessageKind::Reply;
        message.state = MessageState::Sending;
        message.authorKind = AuthorKind::Agent;
        message.author = m_context.caller.agent;
        message.content.text = held.draft.text;
        message.content.attachments = held.draft.attachments;
        if (!held.draft.rich.isEmpty())
            message.content.rich =
                json::canonical(withWords(json::object(held.draft.rich), held.draft.text));
        if (held.draft.visibility == Visibility::Private)
            message.headers = json::canonical({{u"visibility"_s, u"private"_s}});
        message.createdAt = held.pressedAt;
        rows.push_back(std::move(row));
    }
    m_messages->setHeld(std::move(rows));
}

void ConversationPane::markRead()
{
    const bool isSeen = isVisible() && window()->isActiveWindow();
    if (!isSeen || m_conversation.unread == 0 || m_markedUpTo == m_conversation.lastMessageAt)
        return;
    m_markedUpTo = m_conversation.lastMessageAt;
    m_context.desk.submit(m_context.caller, randomId<CommandId>(),
                          api::MarkRead{m_conversation.id, m_conversation.lastMessageAt},
                          {this, [this](const Result<api::Outcome> &outcome) {
                               if (!outcome)
                                   m_markedUpTo = {}; // the next look marks it
                           }});
}

void ConversationPane::submit(const api::Command &command)
{
    m_context.desk.submit(m_context.caller, randomId<CommandId>(), command,
                          {this, [this](const Result<api::Outcome> &outcome) {
                               if (outcome)
                                   return m_error->clear();
                               m_error->setMessage(Strip::Tone::Danger, Icon::Warning,
                                                   waySentence(outcome.error()));
                           }});
}

void ConversationPane::saveAttachment(const Attachment &attachment)
{
    auto *dialog = new QFileDialog(this, tr("Save attachment"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(QFileInfo(attachment.name).fileName());
    const QByteArray sha256 = attachment.sha256;
    connect(dialog, &QFileDialog::fileSelected, this, [this, sha256](const QString &path) {
        m_context.desk.attachment(
            m_context.caller, sha256,
            {this, [this, path](const Result<QByteArray> &bytes) {
                 QSaveFile file(path);
                 const bool isSaved = bytes && file.open(QIODevice::WriteOnly) &&
                                      file.write(*bytes) == bytes->size() && file.flush() &&
                                      file.commit();
                 if (!isSaved)
                     m_error->setMessage(Strip::Tone::Danger, Icon::Warning,
                                         tr("The attachment could not be saved."));
             }});
    });
    dialog->open();
}

void ConversationPane::showPicture(const Attachment &attachment)
{
    auto *viewer = new PictureViewer(m_context, attachment, this);
    connect(viewer, &PictureViewer::saveWanted, this, &ConversationPane::saveAttachment);
    viewer->open();
}

void ConversationPane::openMail(const Message &message)
{
    auto *dialog = new MailDialog(m_context, m_parts.pictures, message, this);
    connect(dialog, &MailDialog::linkActivated, this, &ConversationPane::openLink);
    dialog->open();
}

void ConversationPane::openLink(const QUrl &url)
{
    if (url.scheme() == u"http" || url.scheme() == u"https" || url.scheme() == u"mailto")
        QDesktopServices::openUrl(url);
}

void ConversationPane::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::ActivationChange) {
        m_collision->setInFront(isActiveWindow());
        if (m_timeline->isAtBottom())
            markRead(); // what came while the window was behind is seen now
    }
}

bool ConversationPane::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress || event->type() == QEvent::MouseButtonPress ||
        event->type() == QEvent::Wheel)
        m_collision->used();
    return QWidget::eventFilter(watched, event);
}

void ConversationPane::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), m_context.look.theme().surface);
}

} // namespace peerdesk::ui

#include "moc_conversationpane.cpp"
