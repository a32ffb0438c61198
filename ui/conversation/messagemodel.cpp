// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/messagemodel.h"

#include "core/base/json.h"
#include "ui/common/timetext.h"
#include "ui/conversation/moderation.h"

#include <QCoreApplication>

#include <algorithm>

namespace peerdesk::ui {

namespace {
struct Delivery
{
    Q_DECLARE_TR_FUNCTIONS(Delivery)
};
} // namespace

QString deliveryText(MessageState state)
{
    switch (state) {
    case MessageState::Received:
        return {};
    case MessageState::Scheduled:
        return Delivery::tr("Scheduled");
    case MessageState::Queued:
        return Delivery::tr("Queued");
    case MessageState::Sending:
        return Delivery::tr("Sending");
    case MessageState::Sent:
        return Delivery::tr("Sent");
    case MessageState::Delivered:
        return Delivery::tr("Delivered");
    case MessageState::Read:
        return Delivery::tr("Read", "by the customer");
    case MessageState::Failed:
        return Delivery::tr("Not sent");
    case MessageState::Uncertain:
        return Delivery::tr("Maybe sent");
    case MessageState::Canceled:
        return Delivery::tr("Canceled");
    }
    return {};
}

MessageModel::MessageModel(const Context &context, QObject *parent)
    : QAbstractListModel(parent)
    , m_context(context)
{
    connect(&context.desk, &api::Desk::changed, this, &MessageModel::onChanged);
}

void MessageModel::open(ConversationId conversation)
{
    beginResetModel();
    m_conversation = conversation;
    m_messages.clear();
    m_held.clear();
    m_next.clear();
    endResetModel();
    m_isLoading = !conversation.isNull();
    const quint64 request = ++m_request;
    if (conversation.isNull())
        return;
    m_context.desk.messages(conversation, {PageSize, {}},
                            {this, [this, request](const Result<api::PageOf<Message>> &page) {
                                 if (request == m_request)
                                     onPage(page, true);
                             }});
}

void MessageModel::loadOlder()
{
    if (m_isLoading || m_next.isEmpty())
        return;
    m_isLoading = true;
    const quint64 request = m_request;
    m_context.desk.messages(m_conversation, {PageSize, m_next},
                            {this, [this, request](const Result<api::PageOf<Message>> &page) {
                                 if (request == m_request)
                                     onPage(page, false);
                             }});
}

void MessageModel::onPage(const Result<api::PageOf<Message>> &page, bool isFirst)
{
    m_isLoading = false;
    if (!page)
        return Q_EMIT failed(page.error());
    m_next = page->next;
    if (isFirst) {
        beginResetModel();
        m_messages = page->items;
        endResetModel();
        return Q_EMIT opened();
    }
    if (page->items.empty())
        return;
    beginInsertRows({}, 0, int(page->items.size()) - 1);
    m_messages.insert(m_messages.begin(), page->items.begin(), page->items.end());
    endInsertRows();
}

void MessageModel::onChanged(const api::Changes &changes)
{
    if (m_conversation.isNull())
        return;
    for (const MessageId id : changes.messages) {
        m_context.desk.message(id, {this, [this](const Result<Message> &message) {
                                        if (message && message->conversation == m_conversation)
                                            take(*message);
                                    }});
    }
}

void MessageModel::take(const Message &message)
{
    const int known = rowOf(message.id);
    if (known >= 0) {
        if (m_messages[size_t(known)] == message)
            return;
        m_messages[size_t(known)] = message;
        return Q_EMIT dataChanged(index(known), index(known));
    }
    if (m_isLoading && m_messages.empty())
        return; // the page that is on its way holds it
    const auto place = std::upper_bound(
        m_messages.begin(), m_messages.end(), message,
        [](const Message &a, const Message &b) { return a.createdAt < b.createdAt; });
    const int row = int(place - m_messages.begin());
    if (row == 0 && hasOlder())
        return; // older than what is loaded
    beginInsertRows({}, row, row);
    m_messages.insert(place, message);
    endInsertRows();
    Q_EMIT arrived(message);
}

void MessageModel::setHeld(std::vector<Held> held)
{
    const auto isSame = [](const Held &a, const Held &b) { return a.message.id == b.message.id; };
    const int first = int(m_messages.size());
    if (std::equal(held.begin(), held.end(), m_held.begin(), m_held.end(), isSame)) {
        for (size_t i = 0; i < held.size(); ++i) {
            if (m_held[i] == held[i])
                continue;
            m_held[i] = held[i];
            Q_EMIT dataChanged(index(first + int(i)), index(first + int(i)));
        }
        return;
    }
    if (!m_held.empty()) {
        beginRemoveRows({}, first, first + int(m_held.size()) - 1);
        m_held.clear();
        endRemoveRows();
    }
    if (held.empty())
        return;
    beginInsertRows({}, first, first + int(held.size()) - 1);
    m_held = std::move(held);
    endInsertRows();
}

int MessageModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_messages.size() + m_held.size());
}

const Message &MessageModel::at(int row) const
{
    return isHeld(row) ? heldAt(row).message : m_messages[size_t(row)];
}

QVariant MessageModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Message &message = at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return message.content.text;
    case IdRole:
        return message.id.value;
    case Qt::AccessibleTextRole:
        return spokenText(index.row());
    default:
        return {};
    }
}

/// UX-82: "Aiko, 10:43, Yes, that is the right address, read".
QString MessageModel::spokenText(int row) const
{
    const Message &message = at(row);
    QStringList parts{authorName(message), clockText(message.createdAt)};
    if (!message.content.subject.isEmpty())
        parts += tr("subject %1").arg(message.content.subject);
    if (!message.content.text.isEmpty())
        parts += message.content.text;
    if (const QString said = systemSentence(message, authorName(message)); !said.isEmpty())
        parts += said;
    if (isPrivateAnswer(message))
        parts += tr("private");
    if (message.kind == MessageKind::Note)
        parts += tr("internal note, not visible to the customer");
    for (const Attachment &attachment : message.content.attachments)
        parts += tr("attachment %1").arg(attachment.name);
    for (const QString &choice : message.content.quickReplies)
        parts += tr("choice %1").arg(choice);
    if (message.deletedAt.isSet())
        parts += tr("deleted by the sender");
    else if (message.editedAt.isSet())
        parts += tr("edited");
    for (const auto &[who, emoji] : message.reactions)
        parts += tr("reaction %1").arg(emoji);
    if (isHeld(row))
        parts += heldAt(row).isWaiting ? tr("waits for the office") : tr("being sent");
    else if (message.kind == MessageKind::Reply)
        parts += deliveryText(message.state);
    if (message.state == MessageState::Failed && !message.failure.isEmpty())
        parts += message.failure;
    return parts.join(QStringLiteral(", "));
}

Json MessageModel::questionOf(const Message &message) const
{
    if (message.kind != MessageKind::Inbound || message.content.rich.isEmpty())
        return {};
    const QJsonObject rich = json::object(message.content.rich);
    const auto id = MessageId::fromString(rich[QStringLiteral("question")].toString());
    const int row = id.isNull() ? -1 : rowOf(id);
    return row < 0 ? Json() : at(row).content.rich;
}

int MessageModel::rowOf(MessageId id) const
{
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (at(row).id == id)
            return row;
    }
    return -1;
}

QString MessageModel::authorName(const Message &message) const
{
    switch (message.authorKind) {
    case AuthorKind::Customer:
        return m_customerName;
    case AuthorKind::Bot:
        return tr("Bot");
    case AuthorKind::System:
        return tr("Peerdesk");
    case AuthorKind::Agent:
        break;
    }
    if (message.author == m_context.caller.agent)
        return tr("You");
    const QString name = m_context.directory.agentName(message.author);
    return name.isEmpty() ? tr("A colleague") : name;
}

} // namespace peerdesk::ui

#include "moc_messagemodel.cpp"
