// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/history.h"

#include "core/base/json.h"

#include <QDir>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

constexpr int PageItems = 200;

} // namespace

HistoryExport::HistoryExport(api::Desk &desk, api::Caller caller, QString folder,
                             Completion<QJsonObject> done)
    : Operation<QJsonObject>(std::move(done), &desk)
    , m_desk(desk)
    , m_caller(std::move(caller))
    , m_folder(std::move(folder))
{}

template <typename T>
Completion<T> HistoryExport::then(void (HistoryExport::*next)(const T &))
{
    return {this, [this, next](const Result<T> &result) {
                result ? (this->*next)(*result) : finish(result.error());
            }};
}

void HistoryExport::start()
{
    if (const Result<Done> ready = prepare(); !ready)
        return finish(ready.error());
    m_desk.status({this, [this](const Result<api::OfficeStatus> &status) {
                       if (!status)
                           return finish(status.error());
                       if (write(QLatin1String(HistoryFormat),
                                 {{u"version"_s, 1}, {u"office"_s, status->office.name}}))
                           nextCustomers();
                   }});
}

/// Other people's words are for nobody but who asked for them.
Result<Done> HistoryExport::prepare()
{
    const QDir folder(m_folder);
    if (folder.exists() && !folder.isEmpty())
        return rejected(u"%1 is not empty: name a new folder"_s.arg(m_folder), u"exists"_s);
    if (!QDir().mkpath(folder.filePath(QLatin1String(HistoryAttachments))))
        return Error{Error::Code::Storage, u"Cannot create %1"_s.arg(m_folder), {}};
    QFile::setPermissions(m_folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    m_file.setFileName(folder.filePath(QLatin1String(HistoryFile)));
    if (!m_file.open(QIODevice::WriteOnly | QIODevice::NewOnly))
        return Error{
            Error::Code::Storage, u"%1: %2"_s.arg(m_file.fileName(), m_file.errorString()), {}};
    m_file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    return Done{};
}

bool HistoryExport::write(const QString &type, QJsonObject line)
{
    line.insert(u"type"_s, type);
    const QByteArray bytes = QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n';
    if (m_file.write(bytes) == bytes.size()) {
        ++m_counts[type + u's'];
        return true;
    }
    finish(
        Error{Error::Code::Storage, u"%1: %2"_s.arg(m_file.fileName(), m_file.errorString()), {}});
    return false;
}

void HistoryExport::nextCustomers()
{
    if (m_isLastCustomers)
        return end();
    m_desk.customers({}, {PageItems, m_nextCustomers},
                     {this, [this](const Result<api::PageOf<Customer>> &page) {
                          if (!page)
                              return finish(page.error());
                          m_nextCustomers = page->next;
                          m_isLastCustomers = page->next.isEmpty();
                          m_customers.assign(page->items.begin(), page->items.end());
                          nextCustomer();
                      }});
}

void HistoryExport::nextCustomer()
{
    if (m_customers.empty())
        return nextCustomers();
    m_customer = m_customers.front().id;
    m_customers.pop_front();
    m_desk.customer(m_customer, {this, [this](const Result<api::CustomerCard> &card) {
                                     if (card)
                                         return takeCard(*card);
                                     const bool isGone = card.error().code == Error::Code::NotFound;
                                     isGone ? nextCustomer() : finish(card.error());
                                 }});
}

void HistoryExport::takeCard(const api::CustomerCard &card)
{
    QJsonObject line = json::write(card.customer).toObject();
    line.insert(u"addresses"_s, json::write(card.addresses));
    if (!write(u"customer"_s, line))
        return;
    m_nextConversations.clear();
    m_isLastConversations = false;
    nextConversations();
}

void HistoryExport::nextConversations()
{
    if (m_isLastConversations)
        return nextCustomer();
    api::ConversationFilter filter;
    filter.customer = m_customer;
    m_desk.conversations(filter, {PageItems, m_nextConversations},
                         {this, [this](const Result<api::PageOf<Conversation>> &page) {
                              if (!page)
                                  return finish(page.error());
                              m_nextConversations = page->next;
                              m_isLastConversations = page->next.isEmpty();
                              m_conversations.assign(page->items.begin(), page->items.end());
                              nextConversation();
                          }});
}

void HistoryExport::nextConversation()
{
    if (m_conversations.empty())
        return nextConversations();
    const Conversation conversation = m_conversations.front();
    m_conversations.pop_front();
    m_conversation = conversation.id;
    if (!write(u"conversation"_s, json::write(conversation).toObject()))
        return;
    m_nextMessages.clear();
    m_isLastMessages = false;
    nextMessages();
}

void HistoryExport::nextMessages()
{
    if (m_isLastMessages)
        return nextConversation();
    m_desk.messages(m_conversation, {PageItems, m_nextMessages},
                    {this, [this](const Result<api::PageOf<Message>> &page) {
                         if (page)
                             return takeMessages(*page);
                         const bool isGone = page.error().code == Error::Code::NotFound;
                         isGone ? nextConversation() : finish(page.error());
                     }});
}

void HistoryExport::takeMessages(const api::PageOf<Message> &page)
{
    m_nextMessages = page.next;
    m_isLastMessages = page.next.isEmpty();
    for (const Message &message : page.items) {
        if (!write(u"message"_s, json::write(message).toObject()))
            return;
        for (const Attachment &attachment : message.content.attachments) {
            if (m_known.insert(attachment.sha256).second)
                m_attachments.push_back(attachment.sha256);
        }
    }
    nextAttachment();
}

void HistoryExport::nextAttachment()
{
    if (m_attachments.empty())
        return nextMessages();
    const QByteArray sha256 = m_attachments.front();
    m_attachments.pop_front();
    m_desk.attachment(m_caller, sha256, {this, [this, sha256](const Result<QByteArray> &bytes) {
                                             keepAttachment(sha256, bytes);
                                         }});
}

/// One that no PC of the office has is counted and passed over.
void HistoryExport::keepAttachment(const QByteArray &sha256, const Result<QByteArray> &bytes)
{
    if (!bytes) {
        ++m_counts[u"missing_attachments"_s];
        return nextAttachment();
    }
    QFile file(QDir(m_folder).filePath(QLatin1String(HistoryAttachments) + u'/' +
                                       QString::fromLatin1(sha256.toHex())));
    if (!file.open(QIODevice::WriteOnly) || file.write(*bytes) != bytes->size() || !file.flush())
        return finish(
            Error{Error::Code::Storage, u"%1: %2"_s.arg(file.fileName(), file.errorString()), {}});
    ++m_counts[u"attachments"_s];
    nextAttachment();
}

void HistoryExport::end()
{
    if (!m_file.flush())
        return finish(Error{
            Error::Code::Storage, u"%1: %2"_s.arg(m_file.fileName(), m_file.errorString()), {}});
    m_file.close();
    QJsonObject answer{{u"dir"_s, m_folder}, {u"file"_s, m_file.fileName()}};
    for (const auto &[name, count] : m_counts)
        answer.insert(name, count);
    answer.remove(QLatin1String(HistoryFormat) + u's');
    for (const QString &name :
         {u"customers"_s, u"conversations"_s, u"messages"_s, u"attachments"_s}) {
        if (!answer.contains(name))
            answer.insert(name, 0);
    }
    finish(answer);
}

} // namespace peerdesk::doors
