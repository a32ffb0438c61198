// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/body.h"
#include "core/doors/history.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

constexpr qint64 MaxLineBytes = 4LL * 1024 * 1024;
constexpr qint64 MaxDocumentBytes = 64LL * 1024 * 1024;
constexpr qint64 MaxAttachmentBytes = 50LL * 1024 * 1024;
/// Of one command, which is one entry of the log.
constexpr size_t MaxMessagesAtOnce = 50;
constexpr qsizetype MaxBytesAtOnce = 96 * 1024;
constexpr int MaxProblems = 20;
constexpr int FormatVersion = 1;

/// An id for what has none in the file: the same file again means the same thing.
template <typename IdType>
IdType idOf(const QJsonObject &line)
{
    const QByteArray text = QJsonDocument(line).toJson(QJsonDocument::Compact);
    return {QUuid::fromRfc4122(
        QCryptographicHash::hash("import " + text, QCryptographicHash::Sha256).left(16))};
}

std::optional<Error> readAddresses(const QJsonObject &line, std::vector<Identity> &into,
                                   std::map<AddressId, Identity> &byId)
{
    for (const QString &kind : {u"email"_s, u"phone"_s}) {
        const QString value = line.value(kind).toString().trimmed();
        if (!value.isEmpty())
            into.push_back(
                {kind, {}, kind == u"email"_s ? value.toLower() : value, {}, Evidence::Provider});
    }
    for (const QJsonValue item : line.value(u"addresses"_s).toArray()) {
        Identity identity;
        AddressId id;
        Body in(item.toObject());
        in.require("kind").require("value").take("kind", identity.kind);
        in.take("scope", identity.scope).take("value", identity.value);
        in.take("display", identity.display).take("evidence", identity.evidence).take("id", id);
        if (in.error())
            return in.error();
        into.push_back(identity);
        if (!id.isNull())
            byId[id] = identity;
    }
    return {};
}

} // namespace

HistoryImport::HistoryImport(api::Desk &desk, api::Caller caller, QString file,
                             Completion<QJsonObject> done)
    : Operation<QJsonObject>(std::move(done), &desk)
    , m_desk(desk)
    , m_caller(std::move(caller))
    , m_path(std::move(file))
{}

void HistoryImport::start()
{
    if (QFileInfo(m_path).isDir())
        m_path = QDir(m_path).filePath(QLatin1String(HistoryFile));
    m_attachments =
        QFileInfo(m_path).absoluteDir().filePath(QLatin1String(HistoryAttachments)) + u'/';
    if (const Result<Done> opened = openFile(); !opened)
        return finish(opened.error());
    next();
}

/// A list of customers, or an object with one, is read as a whole; lines are read one by one.
Result<Done> HistoryImport::openFile()
{
    m_file.setFileName(m_path);
    if (!m_file.open(QIODevice::ReadOnly))
        return notFound(u"Cannot read %1: %2"_s.arg(m_path, m_file.errorString()));
    const QByteArray start = m_file.peek(MaxLineBytes);
    const bool isLine =
        QJsonDocument::fromJson(start.left(std::max<qsizetype>(0, start.indexOf('\n')))).isObject();
    if (isLine || m_file.size() > MaxDocumentBytes)
        return Done{};
    const QJsonDocument document = QJsonDocument::fromJson(m_file.peek(MaxDocumentBytes));
    QJsonArray list = document.array();
    if (document.isObject() && document.object().contains(u"customers"_s))
        list = document.object().value(u"customers"_s).toArray();
    else if (document.isObject())
        list.append(document.object());
    for (const QJsonValue item : list)
        m_listed.push_back(item.toObject());
    if (!m_listed.empty())
        m_file.seek(m_file.size());
    return Done{};
}

std::optional<QJsonObject> HistoryImport::nextObject()
{
    while (true) {
        if (m_listed.empty() && m_file.atEnd())
            return std::nullopt;
        ++m_line;
        if (!m_listed.empty()) {
            const QJsonObject listed = m_listed.front();
            m_listed.pop_front();
            return listed;
        }
        const QByteArray bytes = m_file.readLine(MaxLineBytes);
        if (bytes.trimmed().isEmpty())
            continue;
        QJsonParseError trouble;
        const QJsonDocument document = QJsonDocument::fromJson(bytes, &trouble);
        if (document.isObject())
            return document.object();
        complain(trouble.error == QJsonParseError::NoError ? u"this is no object"_s
                                                           : trouble.errorString());
    }
}

void HistoryImport::next()
{
    const auto line = m_held ? std::exchange(m_held, {}) : nextObject();
    if (!line) {
        if (!flush())
            end();
        return;
    }
    take(*line);
}

void HistoryImport::goOn()
{
    QMetaObject::invokeMethod(
        this, [this] { next(); }, Qt::QueuedConnection);
}

void HistoryImport::take(const QJsonObject &line)
{
    const QString type = line.value(u"type"_s).toString(u"customer"_s);
    if (type == u"message")
        return takeMessage(line);
    m_held = line;
    if (flush()) // the messages before belong to what was before
        return;
    m_held.reset();
    if (type == u"customer")
        return takeCustomer(line);
    if (type == u"conversation")
        return takeConversation(line);
    if (type == QLatin1String(HistoryFormat)) {
        if (line.value(u"version"_s).toInt() > FormatVersion)
            return finish(
                rejected(u"This file was written by a newer Peerdesk"_s, u"newer-version"_s));
    } else {
        complain(u"nothing is called \"%1\""_s.arg(type.left(64)));
    }
    goOn();
}

void HistoryImport::takeCustomer(const QJsonObject &line)
{
    api::ImportCard command;
    Body in(line);
    in.takeAll(command.customer);
    auto wrong = in.error();
    if (!wrong)
        wrong = readAddresses(line, command.addresses, m_addresses);
    if (!wrong && command.customer.name.trimmed().isEmpty() && command.addresses.empty())
        wrong = invalid(u"a customer needs a name or an address"_s);
    if (wrong) {
        complain(wrong->detail);
        return goOn();
    }
    if (command.customer.id.isNull())
        command.customer.id = idOf<CustomerId>(line);
    submit(command, [this, id = command.customer.id](const api::Outcome &outcome) {
        ++m_counts[outcome.state == u"created" ? u"customers"_s : outcome.state];
        if (outcome.as<CustomerId>() != id)
            m_here[id] = outcome.as<CustomerId>();
        next();
    });
}

void HistoryImport::takeConversation(const QJsonObject &line)
{
    m_waiting = {};
    m_waitingBytes = 0;
    Body in(line);
    in.takeAll(m_waiting.conversation);
    Conversation &conversation = m_waiting.conversation;
    if (in.error() || conversation.id.isNull() || conversation.customer.isNull()) {
        complain(in.error() ? in.error()->detail : u"a conversation needs id and customer"_s);
        conversation = {};
        return goOn();
    }
    const auto here = m_here.find(conversation.customer);
    if (here != m_here.end())
        conversation.customer = here->second;
    const auto address = m_addresses.find(conversation.address);
    if (address != m_addresses.end())
        m_waiting.address = address->second;
    submit(m_waiting, [this](const api::Outcome &outcome) {
        ++m_counts[outcome.state == u"created" ? u"conversations"_s : outcome.state];
        if (outcome.state == u"erased")
            m_erased = std::exchange(m_waiting, {}).conversation.id;
        next();
    });
}

void HistoryImport::takeMessage(const QJsonObject &line)
{
    Message message;
    Body in(line);
    in.takeAll(message);
    if (!in.error() && !m_erased.isNull() && message.conversation == m_erased) {
        ++m_counts[u"erased"_s];
        return goOn();
    }
    const bool isStray =
        m_waiting.conversation.id.isNull() || message.conversation != m_waiting.conversation.id;
    if (in.error() || message.id.isNull() || isStray) {
        complain(in.error() ? in.error()->detail
                            : u"a message needs an id, behind its conversation"_s);
        return goOn();
    }
    const qsizetype bytes = QJsonDocument(line).toJson(QJsonDocument::Compact).size();
    const bool isFull = m_waiting.messages.size() >= MaxMessagesAtOnce ||
                        (m_waitingBytes + bytes > MaxBytesAtOnce && !m_waiting.messages.empty());
    if (isFull) {
        m_held = line;
        flush();
        return;
    }
    m_waitingBytes += bytes;
    m_waiting.messages.push_back(std::move(message));
    goOn();
}

bool HistoryImport::flush()
{
    if (m_waiting.messages.empty())
        return false;
    for (const Message &message : m_waiting.messages) {
        for (const Attachment &attachment : message.content.attachments) {
            if (!m_present.contains(attachment.sha256) && !m_absent.contains(attachment.sha256))
                m_files.push_back(attachment.sha256);
        }
    }
    nextFile();
    return true;
}

void HistoryImport::nextFile()
{
    if (m_files.empty())
        return submitWaiting();
    const QByteArray sha256 = m_files.front();
    m_files.pop_front();
    QFile file(m_attachments + QString::fromLatin1(sha256.toHex()));
    const bool isThere = sha256.size() == 32 && !file.isSequential() &&
                         file.size() <= MaxAttachmentBytes && file.open(QIODevice::ReadOnly);
    const QByteArray bytes = isThere ? file.readAll() : QByteArray();
    if (!isThere || QCryptographicHash::hash(bytes, QCryptographicHash::Sha256) != sha256) {
        if (m_absent.insert(sha256).second)
            ++m_counts[u"missing_attachments"_s];
        return nextFile();
    }
    m_desk.storeAttachment(bytes, {this, [this, sha256](const Result<QByteArray> &stored) {
                                       if (!stored)
                                           return finish(stored.error());
                                       if (m_present.insert(sha256).second)
                                           ++m_counts[u"attachments"_s];
                                       nextFile();
                                   }});
}

/// What is nowhere is not promised.
void HistoryImport::submitWaiting()
{
    for (Message &message : m_waiting.messages)
        std::erase_if(message.content.attachments,
                      [this](const Attachment &one) { return !m_present.contains(one.sha256); });
    const int count = int(m_waiting.messages.size());
    submit(m_waiting, [this, count](const api::Outcome &outcome) {
        m_counts[outcome.state == u"created" ? u"messages"_s : outcome.state] += count;
        m_waiting.messages.clear();
        m_waitingBytes = 0;
        next();
    });
}

void HistoryImport::submit(const api::Command &command,
                           const std::function<void(const api::Outcome &)> &next)
{
    m_desk.submit(m_caller, randomId<CommandId>(), command,
                  {this, [this, next](const Result<api::Outcome> &outcome) {
                       if (outcome)
                           return next(*outcome);
                       const bool isItsOwn = outcome.error().code == Error::Code::Invalid ||
                                             outcome.error().code == Error::Code::TooLarge ||
                                             outcome.error().code == Error::Code::NotFound;
                       if (!isItsOwn)
                           return finish(outcome.error());
                       complain(outcome.error().detail);
                       m_waiting.messages.clear();
                       m_waitingBytes = 0;
                       this->next();
                   }});
}

void HistoryImport::complain(const QString &why)
{
    ++m_counts[u"skipped"_s];
    if (m_problems.size() < MaxProblems)
        m_problems.append(QJsonObject{{u"line"_s, m_line}, {u"detail"_s, why.left(300)}});
}

void HistoryImport::end()
{
    QJsonObject answer;
    for (const auto &[name, count] : m_counts)
        answer.insert(name, count);
    const bool isNothing =
        answer.isEmpty() || (m_counts.size() == 1 && answer.contains(u"skipped"_s));
    if (isNothing)
        return finish(invalid(u"%1 holds no customers or history that can be read%2"_s.arg(
            m_path, m_problems.isEmpty() ? QString()
                                         : u" (line %1: %2)"_s.arg(m_problems[0][u"line"_s].toInt())
                                               .arg(m_problems[0][u"detail"_s].toString()))));
    for (const QString &name : {u"customers"_s, u"conversations"_s, u"messages"_s}) {
        if (!answer.contains(name))
            answer.insert(name, 0);
    }
    answer.insert(u"problems"_s, m_problems);
    finish(answer);
}

} // namespace peerdesk::doors
