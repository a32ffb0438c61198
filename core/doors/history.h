// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/base/operation.h"

#include <QFile>
#include <QJsonObject>

#include <deque>
#include <map>
#include <set>

namespace peerdesk::doors {

/// The open format of `export` and `import`: a folder with `history.jsonl`, one JSON object in each
/// line, and `attachments/` by SHA-256. A line has a `type`: first `peerdesk-history` with a
/// version, then for each `customer` its `conversation`s, each with its `message`s behind it;
/// members are named as the API names them.
inline constexpr auto HistoryFormat = "peerdesk-history";
inline constexpr auto HistoryFile = "history.jsonl";
inline constexpr auto HistoryAttachments = "attachments";

/// Writes everything about customers into a folder that is not there yet or empty. Answers with how
/// much it was. Errors: Rejected "exists", Storage, and those of reading. Thread: the desk's.
class HistoryExport final : public Operation<QJsonObject>
{
public:
    HistoryExport(api::Desk &desk, api::Caller caller, QString folder,
                  Completion<QJsonObject> done);

    void start() override;

private:
    Result<Done> prepare();
    void nextCustomers();
    void nextCustomer();
    void takeCard(const api::CustomerCard &card);
    void nextConversations();
    void nextConversation();
    void nextMessages();
    void takeMessages(const api::PageOf<Message> &page);
    void nextAttachment();
    void keepAttachment(const QByteArray &sha256, const Result<QByteArray> &bytes);
    bool write(const QString &type, QJsonObject line);
    void end();
    template <typename T>
    Completion<T> then(void (HistoryExport::*next)(const T &));

    api::Desk &m_desk;
    api::Caller m_caller;
    QString m_folder;
    QFile m_file;
    std::deque<Customer> m_customers;
    std::deque<Conversation> m_conversations;
    std::deque<QByteArray> m_attachments;
    std::set<QByteArray> m_known; ///< attachments that were written
    CustomerId m_customer;
    ConversationId m_conversation;
    QString m_nextCustomers;
    QString m_nextConversations;
    QString m_nextMessages;
    bool m_isLastCustomers = false;
    bool m_isLastConversations = false;
    bool m_isLastMessages = true;
    std::map<QString, int> m_counts;
};

/// Takes such a folder or file over: what the office has stays, what was erased does not come back,
/// the same file again changes nothing. Also plain lists of customers: a JSON array or lines of
/// objects with `name` and `email`, `phone` or `addresses`. A line that cannot be read is counted
/// and told; the rest is taken. Errors: NotFound, Invalid (nothing in it could be read), and those
/// of submitting. Thread: the desk's.
class HistoryImport final : public Operation<QJsonObject>
{
public:
    HistoryImport(api::Desk &desk, api::Caller caller, QString file, Completion<QJsonObject> done);

    void start() override;

private:
    Result<Done> openFile();
    void next();
    /// As long a file as there may be: not by calling itself.
    void goOn();
    /// The next object of the file; nothing = it has ended.
    std::optional<QJsonObject> nextObject();
    void take(const QJsonObject &line);
    void takeCustomer(const QJsonObject &line);
    void takeConversation(const QJsonObject &line);
    void takeMessage(const QJsonObject &line);
    /// Brings files of the waiting messages here, then submits them. False = nothing waits.
    bool flush();
    void nextFile();
    void submitWaiting();
    void submit(const api::Command &command, const std::function<void(const api::Outcome &)> &next);
    void complain(const QString &why);
    void end();

    api::Desk &m_desk;
    api::Caller m_caller;
    QString m_path;
    QString m_attachments;
    QFile m_file;
    std::deque<QJsonObject> m_listed; ///< of a file that is one document
    qint64 m_line = 0;
    std::map<CustomerId, CustomerId> m_here; ///< cards that are other ones here
    std::map<AddressId, Identity> m_addresses;
    api::ImportConversation m_waiting;
    ConversationId m_erased; ///< the last one that must not come back
    qsizetype m_waitingBytes = 0;
    std::optional<QJsonObject> m_held; ///< read, and taken when what waits is done
    std::deque<QByteArray> m_files;
    std::set<QByteArray> m_absent;
    std::set<QByteArray> m_present;
    std::map<QString, int> m_counts;
    QJsonArray m_problems;
};

} // namespace peerdesk::doors
