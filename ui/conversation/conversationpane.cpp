// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/conversationpane.h"

#include "ui/common/announcer.h"
#include "ui/conversation/mailview.h"

#include <QDesktopServices>
#include <QFileDialog>
#include <QSaveFile>
#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr std::chrono::seconds PresenceLasts{60};
constexpr std::chrono::seconds TypingEvery{3};
} // namespace

ConversationPane::ConversationPane(const Context &context, Drafts &drafts, Outbox &outbox,
                                   QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_drafts(drafts)
    , m_outbox(outbox)
    , m_messages(new MessageModel(context, this))
    , m_pages(new QStackedWidget(this))
    , m_header(new ConversationHeader(context, this))
    , m_banner(new Strip(context.look, this))
    , m_presence(new Strip(context.look, this))
    , m_error(new Strip(context.look, this))
    , m_timeline(new TimelineView(context, *m_messages, this))
    , m_composer(new Composer(context, drafts, this))
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_pages);
    auto *page = new QWidget(this);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    for (QWidget *part : std::initializer_list<QWidget *>{m_header, m_banner, m_presence, m_error})
        column->addWidget(part);
    column->addWidget(m_timeline, 1);
    column->addWidget(m_composer);
    m_pages->addWidget(buildEmptyPage());
    m_pages->addWidget(page);
    setMinimumWidth(360);
    m_presenceTimer.setSingleShot(true);
    m_typingPause.setSingleShot(true);
    connectParts();
    connectTimeline();
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
    connect(m_composer, &Composer::sendWanted, this, &ConversationPane::onSend);
    connect(m_composer, &Composer::typed, this, &ConversationPane::onTyped);
    const auto undo = [this] { m_outbox.undo(m_conversation.id); };
    connect(m_composer, &Composer::undoWanted, this, undo);
    connect(m_timeline, &TimelineView::undoWanted, this, undo);
    connect(&m_outbox, &Outbox::heldChanged, this, [this](ConversationId id) {
        if (id == m_conversation.id)
            showHeld();
    });
    connect(&m_outbox, &Outbox::undone, this, [this](ConversationId id) {
        if (id != m_conversation.id)
            return;
        m_composer->setMode(m_drafts.mode(id));
        m_composer->focusText();
    });
    connect(&m_outbox, &Outbox::failed, this, &ConversationPane::onSendFailed);
    connect(m_error, &Strip::actionTriggered, this, [this] {
        m_error->setMessage(Strip::Tone::Info, Icon::Warning, {});
        m_outbox.askAgain(m_conversation.id);
    });
    connect(&m_presenceTimer, &QTimer::timeout, this, [this] {
        m_presence->setMessage(Strip::Tone::Info, Icon::Eye, {});
        m_composer->setNotice({});
    });
    connect(&m_context.desk, &api::Desk::changed, this, &ConversationPane::onChanged);
    connect(&m_context.desk, &api::Desk::presenceChanged, this, &ConversationPane::onPresence);
}

void ConversationPane::connectTimeline()
{
    connect(m_timeline, &TimelineView::retryWanted, this,
            [this](MessageId id) { submit(api::RetryMessage{id}); });
    connect(m_timeline, &TimelineView::cancelWanted, this,
            [this](MessageId id) { submit(api::CancelMessage{id}); });
    connect(m_timeline, &TimelineView::attachmentWanted, this, &ConversationPane::saveAttachment);
    connect(m_timeline, &TimelineView::mailWanted, this, &ConversationPane::openMail);
    connect(m_timeline, &TimelineView::linkActivated, this, &ConversationPane::openLink);
    connect(m_timeline, &TimelineView::bottomSeen, this, &ConversationPane::markRead);
    connect(m_messages, &MessageModel::arrived, this, [this](const Message &message) {
        if (message.kind == MessageKind::Inbound)
            m_context.announcer.announce(
                tr("New message from %1").arg(m_conversation.customerName));
    });
    connect(m_messages, &MessageModel::failed, this, [this](const Error &error) {
        m_error->setMessage(Strip::Tone::Danger, Icon::Warning, sentence(error));
    });
}

void ConversationPane::open(ConversationId conversation)
{
    if (conversation == m_wanted)
        return;
    m_wanted = conversation;
    m_error->setMessage(Strip::Tone::Info, Icon::Warning, {});
    m_presence->setMessage(Strip::Tone::Info, Icon::Eye, {});
    m_markedUpTo = {};
    if (conversation.isNull()) {
        m_conversation = {};
        m_messages->open({});
        m_pages->setCurrentIndex(0);
        return;
    }
    refresh();
    m_context.desk.announcePresence(
        {conversation, m_context.caller.agent, m_context.caller.name, false});
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
    const bool hasOtherTask = conversation.task != m_conversation.task;
    m_conversation = conversation;
    if (isOther || hasOtherTask)
        m_task.reset();
    m_header->showConversation(conversation, m_task);
    if (isOther) {
        m_heldSeconds = -1;
        m_recipient.clear();
        m_messages->setCustomerName(conversation.customerName);
        m_messages->open(conversation.id);
        m_timeline->setReadUpTo(conversation.unread > 0 ? conversation.readUpTo : Time{});
        m_pages->setCurrentIndex(1);
        loadRecipient();
        showHeld();
        Q_EMIT customerShown(conversation.customer);
    }
    showRecipient();
    loadTask();
}

void ConversationPane::loadTask()
{
    if (m_conversation.task.isNull())
        return;
    const TaskId id = m_conversation.task;
    m_context.desk.task(id, {this, [this, id](const Result<Task> &task) {
                                 if (!task || m_conversation.task != id)
                                     return; // the header then offers what needs no task
                                 m_task = *task;
                                 m_header->showConversation(m_conversation, m_task);
                             }});
}

void ConversationPane::loadRecipient()
{
    const ConversationId id = m_conversation.id;
    m_context.desk.customer(m_conversation.customer,
                            {this, [this, id](const Result<api::CustomerCard> &card) {
                                 if (!card || m_conversation.id != id)
                                     return; // the name stands there until then
                                 for (const Address &address : card->addresses) {
                                     if (address.id == m_conversation.address)
                                         m_recipient = isolateLtr(address.display.isEmpty()
                                                                      ? address.value
                                                                      : address.display);
                                 }
                                 showRecipient();
                             }});
}

void ConversationPane::showRecipient()
{
    m_composer->open(m_conversation,
                     m_recipient.isEmpty() ? m_conversation.customerName : m_recipient);
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
}

void ConversationPane::onPresence(const api::Presence &presence)
{
    if (presence.conversation != m_conversation.id || presence.agent.isNull() ||
        presence.agent == m_context.caller.agent)
        return;
    const QString name = isolate(presence.name);
    if (presence.isTyping) {
        m_presence->setMessage(Strip::Tone::Warning, Icon::Warning,
                               tr("%1 is writing a reply").arg(name));
        m_composer->setNotice(tr("%1 is writing a reply").arg(name));
    } else {
        m_presence->setMessage(Strip::Tone::Info, Icon::Eye,
                               tr("%1 is viewing this conversation too").arg(name));
        m_composer->setNotice({});
    }
    m_presenceTimer.start(PresenceLasts);
}

void ConversationPane::onTyped()
{
    if (m_typingPause.isActive())
        return;
    m_typingPause.start(TypingEvery);
    if (m_composer->mode() == DraftMode::Reply)
        m_context.desk.announcePresence(
            {m_conversation.id, m_context.caller.agent, m_context.caller.name, true});
}

void ConversationPane::onSend(const Draft &draft)
{
    const bool isNote = draft.mode == DraftMode::Note;
    m_error->setMessage(Strip::Tone::Info, Icon::Warning, {});
    m_outbox.send(draft,
                  isNote ? std::chrono::seconds(0) : Outbox::holdTime(m_conversation.channel));
}

void ConversationPane::onSendFailed(ConversationId conversation, const Error &error)
{
    m_context.announcer.announce(tr("A message was not sent"));
    if (conversation != m_conversation.id)
        return; // its text is in its draft, and the list shows that
    m_composer->reload();
    if (error.code == Error::Code::Unknown)
        m_error->setMessage(
            Strip::Tone::Warning, Icon::Warning,
            tr("It is not known whether the office has your message. Asking again is safe."),
            tr("Ask again"));
    else
        m_error->setMessage(Strip::Tone::Danger, Icon::Warning,
                            tr("Not sent: your text is back below. %1").arg(sentence(error)));
}

void ConversationPane::showHeld()
{
    const auto held = m_outbox.held(m_conversation.id);
    if (!held) {
        m_heldSeconds = -1;
        return m_messages->setHeld(std::nullopt, {});
    }
    const Milliseconds left = held->isSubmitted ? Milliseconds(0) : m_outbox.remaining(*held);
    const int seconds = int((left.count() + 999) / 1000);
    if (seconds == m_heldSeconds)
        return;
    m_heldSeconds = seconds;
    Message message;
    message.id = {held->draft.command.value};
    message.conversation = m_conversation.id;
    message.kind = held->draft.mode == DraftMode::Note ? MessageKind::Note : MessageKind::Reply;
    message.state = MessageState::Sending;
    message.authorKind = AuthorKind::Agent;
    message.author = m_context.caller.agent;
    message.content.text = held->draft.text;
    message.content.attachments = held->draft.attachments;
    message.createdAt = m_context.clock.wall();
    m_messages->setHeld(message, left);
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
                                   return m_error->setMessage(Strip::Tone::Info, Icon::Warning, {});
                               m_error->setMessage(Strip::Tone::Danger, Icon::Warning,
                                                   sentence(outcome.error()));
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
                                      file.write(*bytes) == bytes->size() && file.commit();
                 if (!isSaved)
                     m_error->setMessage(Strip::Tone::Danger, Icon::Warning,
                                         tr("The attachment could not be saved."));
             }});
    });
    dialog->open();
}

void ConversationPane::openMail(const Message &message)
{
    auto *dialog = new MailDialog(m_context, message, this);
    connect(dialog, &MailDialog::linkActivated, this, &ConversationPane::openLink);
    dialog->open();
}

void ConversationPane::openLink(const QUrl &url)
{
    if (url.scheme() == u"http" || url.scheme() == u"https" || url.scheme() == u"mailto")
        QDesktopServices::openUrl(url);
}

void ConversationPane::setBanner(const QString &text)
{
    m_banner->setMessage(Strip::Tone::Warning, Icon::Offline, text);
}

void ConversationPane::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), m_context.look.theme().surface);
}

} // namespace peerdesk::ui
