// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/byoc/byocitems.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"
#include "core/channels/vendor/items.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace peerdesk::channels::byoc {

using namespace Qt::StringLiterals;

namespace {

/// One message on its way from JSON to an item; the first thing that is wrong ends it.
class Reader
{
public:
    Reader(const QJsonObject &json, const QString &place, Inbound &out)
        : m_json(json)
        , m_place(place)
        , m_out(out)
    {}

    std::optional<Error> read(const QString &scope, Time now)
    {
        const QString kind = m_json[u"kind"_s].toString(u"message"_s);
        if (kind == u"typing"_s)
            return readTyping();
        const auto known = enumFromName<ItemKind>(kind);
        if (!known || *known == ItemKind::Quarantined)
            return wrong(u"kind"_s, u"is message, receipt, edited, deleted, reacted or typing"_s);
        const QString id = text(u"id"_s, MaxIdCharacters, true);
        readSender(scope);
        const Time at = readTime(now);
        if (m_error)
            return m_error;
        m_item = vendor::messageItem(id, m_sender, text(u"text"_s, MaxTextCharacters), at,
                                     m_json.contains(u"attachments"_s) ? QJsonObject() : m_json);
        m_item.kind = *known;
        m_item.thread = text(u"thread"_s, MaxIdCharacters);
        m_item.language = text(u"language"_s, MaxLanguageCharacters);
        m_item.content.subject = text(u"subject"_s, MaxSubjectCharacters);
        m_item.isAutomatic = m_json[u"automatic"_s].toBool() || m_json[u"outside"_s].toBool();
        readAbout();
        readRich();
        readAttachments();
        if (!m_error)
            m_out.page.items.push_back(m_item);
        return m_error;
    }

private:
    Error wrong(const QString &member, const QString &what)
    {
        m_error = m_error ? m_error : invalid(u"%1%2 %3"_s.arg(m_place, member, what));
        return *m_error;
    }

    QString text(const QString &member, qsizetype max, bool isRequired = false)
    {
        return textIn(m_json, member, member, max, isRequired);
    }
    QString textIn(const QJsonObject &object, const QString &member, const QString &shown,
                   qsizetype max, bool isRequired = false)
    {
        const QJsonValue value = object.value(member);
        if (!value.isString() && !value.isUndefined() && !value.isNull())
            wrong(shown, u"is not a text"_s);
        if (isRequired && value.toString().trimmed().isEmpty())
            wrong(shown, u"is missing"_s);
        if (value.toString().size() > max)
            wrong(shown, u"has more than %1 characters"_s.arg(max));
        return value.toString();
    }

    std::optional<Error> readTyping()
    {
        const QString sender = m_json[u"from"_s][u"id"_s].toString();
        const QString thread = text(u"thread"_s, MaxIdCharacters);
        m_out.typing.emplace_back(thread.isEmpty() ? sender : thread,
                                  m_json[u"typing"_s].toBool(true));
        return m_error;
    }

    void readSender(const QString &scope)
    {
        const QJsonObject from = m_json[u"from"_s].toObject();
        m_sender = {u"byoc"_s, scope, textIn(from, u"id"_s, u"from.id"_s, MaxIdCharacters, true),
                    textIn(from, u"name"_s, u"from.name"_s, MaxNameCharacters), Evidence::Provider};
        for (const QString &kind : {u"email"_s, u"phone"_s}) {
            const QString value =
                textIn(from, kind, u"from."_s + kind, MaxAddressCharacters).trimmed();
            if (!value.isEmpty())
                m_also.push_back(
                    {kind, {}, value.toLower(), value, Evidence::Typed}); // who typed it is unknown
        }
    }

    Time readTime(Time now)
    {
        const QString said = text(u"time"_s, MaxTimeCharacters);
        const Time at = Time::fromString(said);
        if (!said.isEmpty() && !at.isSet())
            wrong(u"time"_s, u"must look like 2026-11-20T10:43:00Z"_s);
        return at.isSet() ? at : now;
    }

    void readAbout()
    {
        m_item.also = m_also;
        m_item.receiptFor = text(u"about"_s, MaxIdCharacters);
        if (m_item.kind == ItemKind::Message) {
            if (!m_item.receiptFor.isEmpty())
                m_item.threadHints.push_back(m_item.receiptFor);
            return;
        }
        if (m_item.receiptFor.isEmpty())
            wrong(u"about"_s, u"is missing: the id of the message"_s);
        if (m_item.kind == ItemKind::Reacted)
            m_item.content.text = text(u"emoji"_s, MaxEmojiCharacters);
        if (m_item.kind != ItemKind::Receipt)
            return;
        const auto state = enumFromName<MessageState>(m_json[u"state"_s].toString());
        const bool isKnown =
            state && (*state == MessageState::Sent || *state == MessageState::Delivered ||
                      *state == MessageState::Read || *state == MessageState::Failed);
        if (!isKnown)
            wrong(u"state"_s, u"is sent, delivered, read or failed"_s);
        m_item.receiptState = state.value_or(MessageState::Delivered);
        m_item.receiptReason = text(u"reason"_s, MaxReasonCharacters);
    }

    /// What the customer chose or filled in, or something rich that an agent is to see.
    void readRich()
    {
        const QJsonObject answer = m_json[u"answer"_s].toObject();
        if (answer.isEmpty())
            return;
        QJsonObject rich =
            answer[u"values"_s].isObject()
                ? rich::formAnswer(answer[u"values"_s].toObject())
                : rich::answer(textIn(answer, u"option"_s, u"answer.option"_s, MaxIdCharacters),
                               textIn(answer, u"title"_s, u"answer.title"_s, MaxNameCharacters));
        m_item.content.rich = json::canonical(rich);
    }

    void readAttachments()
    {
        const QJsonValue list = m_json[u"attachments"_s];
        if (!list.isUndefined() && !list.isArray())
            wrong(u"attachments"_s, u"is not a list"_s);
        if (list.toArray().size() > MaxAttachments)
            wrong(u"attachments"_s, u"has more than %1 entries"_s.arg(MaxAttachments));
        for (const QJsonValue entry : list.toArray())
            readAttachment(entry.toObject());
    }

    void readAttachment(const QJsonObject &file)
    {
        const QString name = textIn(file, u"name"_s, u"attachments.name"_s, MaxFileNameCharacters);
        const QString stored = textIn(file, u"sha256"_s, u"attachments.sha256"_s, 64);
        if (!stored.isEmpty()) {
            const QByteArray hash = QByteArray::fromHex(stored.toLatin1());
            if (hash.size() != 32)
                wrong(u"attachments.sha256"_s, u"is not the sha256 of uploaded bytes"_s);
            m_item.content.attachments.push_back(
                {hash,
                 vendor::cleanText(name, 255),
                 textIn(file, u"mime_type"_s, u"attachments.mime_type"_s, MaxMimeTypeCharacters),
                 file[u"size"_s].toInteger(),
                 {},
                 false});
            return;
        }
        const auto bytes = QByteArray::fromBase64Encoding(file[u"data"_s].toString().toLatin1(),
                                                          QByteArray::AbortOnBase64DecodingErrors);
        if (!bytes || (*bytes).isEmpty()) {
            wrong(u"attachments"_s, u"need \"sha256\" of uploaded bytes, or \"data\" in base64"_s);
            return;
        }
        m_item.content.attachments.push_back(vendor::addAttachment(m_out.page, *bytes, name));
    }

    const QJsonObject m_json;
    const QString m_place;
    Inbound &m_out;
    InboundItem m_item;
    Identity m_sender;
    std::vector<Identity> m_also;
    std::optional<Error> m_error;
};

/// The entries of `member`, or the object itself.
Result<QJsonArray> entriesOf(const QByteArray &body, const QString &member)
{
    QJsonParseError trouble;
    const QJsonDocument document = QJsonDocument::fromJson(body, &trouble);
    if (!document.isObject())
        return invalid(u"The body is not a JSON object: %1"_s.arg(trouble.errorString()));
    const QJsonValue list = document.object().value(member);
    if (list.isUndefined())
        return QJsonArray{document.object()};
    if (!list.isArray())
        return invalid(u"\"%1\" is not a list"_s.arg(member));
    if (list.toArray().size() > MaxMessagesPerCall)
        return invalid(u"\"%1\" has more than %2 entries"_s.arg(member).arg(MaxMessagesPerCall));
    return list.toArray();
}

} // namespace

Result<Inbound> readInbound(const QByteArray &body, const QString &scope, Time now)
{
    const Result<QJsonArray> entries = entriesOf(body, u"messages"_s);
    if (!entries)
        return entries.error();
    Inbound out;
    for (qsizetype i = 0; i < entries->size(); ++i) {
        if (!entries->at(i).isObject())
            return invalid(u"messages[%1] is not an object"_s.arg(i));
        Reader reader(entries->at(i).toObject(), u"messages[%1]."_s.arg(i), out);
        if (const auto error = reader.read(scope, now))
            return *error;
    }
    return out;
}

Outgoing shownAs(Outgoing outgoing, const QStringList &kinds)
{
    Content &content = outgoing.message.content;
    if (kinds.isEmpty() || content.rich.isEmpty() || kinds.contains(rich::kindOf(content.rich)))
        return outgoing;
    content.text = rich::fallbackText(json::object(content.rich));
    content.rich = {};
    return outgoing;
}

QJsonObject outgoingJson(const Outgoing &outgoing)
{
    const Message &message = outgoing.message;
    QJsonArray files;
    for (const Attachment &file : message.content.attachments) {
        const auto bytes = outgoing.attachments.find(file.sha256);
        QJsonObject entry{{u"name"_s, file.name},
                          {u"mime_type"_s, file.mimeType},
                          {u"size"_s, file.size},
                          {u"sha256"_s, QString::fromLatin1(file.sha256.toHex())}};
        if (bytes != outgoing.attachments.end())
            entry.insert(u"data"_s, QString::fromLatin1(bytes->second.toBase64()));
        files.append(entry);
    }
    QJsonObject out{{u"id"_s, message.id.toString()},
                    {u"conversation"_s, outgoing.conversation.id.toString()},
                    {u"thread"_s, outgoing.conversation.thread},
                    {u"to"_s, QJsonObject{{u"id"_s, outgoing.address.value},
                                          {u"name"_s, outgoing.address.display}}},
                    {u"author"_s, outgoing.agentName},
                    {u"text"_s, message.content.text},
                    {u"attachments"_s, files},
                    {u"time"_s, message.createdAt.toString()}};
    if (!message.content.html.isEmpty())
        out.insert(u"html"_s, message.content.html);
    if (!message.content.rich.isEmpty())
        out.insert(u"rich"_s, json::object(message.content.rich));
    if (outgoing.answered)
        out.insert(u"answers"_s, outgoing.answered->providerId);
    return out;
}

Result<std::vector<Acknowledgement>> readAcknowledgements(const QByteArray &body)
{
    const Result<QJsonArray> entries = entriesOf(body, u"acks"_s);
    if (!entries)
        return entries.error();
    std::vector<Acknowledgement> acks;
    for (const QJsonValue entry : *entries) {
        Acknowledgement ack{entry[u"id"].toString(), entry[u"provider_id"].toString(),
                            vendor::cleanText(entry[u"error"].toString(), MaxReasonCharacters),
                            Seconds(std::clamp(entry[u"retry_after"].toInt(0), 0, 3600))};
        if (ack.id.isEmpty() || ack.providerId.size() > MaxIdCharacters)
            return invalid(u"An acknowledgement needs the \"id\" of a message of the outbox"_s);
        acks.push_back(ack);
    }
    return acks;
}

} // namespace peerdesk::channels::byoc
