// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/telegram/requests.h"

#include "core/channels/api/rich.h"
#include "core/channels/telegram/limits.h"
#include "core/channels/telegram/words.h"
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/markup.h"
#include "core/channels/vendor/outgoing.h"

#include <QJsonDocument>

namespace peerdesk::channels::telegram {

using namespace Qt::StringLiterals;
using namespace channels::vendor;

namespace {

QString textOf(const QJsonObject &object, const QString &key)
{
    return object.value(key).toString();
}

/// Buttons under a message.
class Keyboard
{
public:
    /// `payload` goes back to us; an option with an address opens it instead.
    void add(const rich::Option &option, const QString &payload)
    {
        const QString title = option.title.left(limits::ButtonCharacters);
        QJsonObject button{{u"text"_s, title}};
        if (option.url.isEmpty())
            button.insert(u"callback_data"_s, payload);
        else
            button.insert(u"url"_s, option.url);
        const bool isShort = title.size() <= limits::ShortButton;
        const bool fits = isShort && m_isShort && m_row.size() < limits::ButtonsInRow;
        if (!fits)
            endRow();
        m_isShort = isShort;
        m_row.append(button);
    }
    bool isEmpty() const { return m_row.isEmpty() && m_rows.isEmpty(); }
    QJsonObject markup()
    {
        endRow();
        return {{u"inline_keyboard"_s, m_rows}};
    }

private:
    void endRow()
    {
        if (!m_row.isEmpty())
            m_rows.append(std::exchange(m_row, QJsonArray()));
    }

    QJsonArray m_rows;
    QJsonArray m_row;
    bool m_isShort = true;
};

QString descriptionsOf(const std::vector<rich::Option> &options)
{
    QStringList lines;
    for (const rich::Option &option : options) {
        if (!option.description.isEmpty())
            lines << u"• %1 – %2"_s.arg(option.title, option.description);
    }
    return lines.join(u'\n');
}

/// A message of ours on its way to requests.
class Builder
{
public:
    explicit Builder(const Outgoing &outgoing)
        : m_outgoing(outgoing)
        , m_chat(chatFrom(outgoing.conversation.thread))
    {}

    Result<std::vector<Request>> build()
    {
        if (m_chat.id.isEmpty())
            return invalid(words("It is not known which Telegram chat this belongs to"));
        const QJsonObject content = richOf(m_outgoing.message.content);
        if (content.isEmpty())
            addText(m_outgoing.message.content.text);
        else
            addRich(content);
        for (const Attachment &file : m_outgoing.message.content.attachments) {
            if (const Result<Done> added = addFile(file); !added)
                return added.error();
        }
        joinCaption();
        if (m_requests.empty())
            return invalid(words("There is nothing in this message"));
        return std::move(m_requests);
    }

private:
    QJsonObject body() const
    {
        QJsonObject common{{u"chat_id"_s, m_chat.id.toLongLong()}};
        if (!m_chat.topic.isEmpty())
            common.insert(u"message_thread_id"_s, m_chat.topic.toLongLong());
        if (!m_chat.business.isEmpty())
            common.insert(u"business_connection_id"_s, m_chat.business);
        return common;
    }

    void addText(const QString &text)
    {
        if (text.trimmed().isEmpty())
            return;
        for (const QString &part : splitText(text, limits::TextCharacters)) {
            if (part.trimmed().isEmpty())
                continue;
            QJsonObject fields = body();
            fields.insert(u"text"_s, part);
            m_requests.push_back({words("the text"), u"sendMessage"_s, fields, {}, false});
        }
    }

    void addRich(const QJsonObject &content)
    {
        const QString kind = textOf(content, u"kind"_s);
        const bool isMultiple = content.value(u"multiple"_s).toBool();
        if (kind == u"card" || kind == u"carousel")
            return addCards(content);
        if (kind == u"markup_text")
            return addMarkup(textOf(content, u"markdown"_s));
        if (kind == u"rich_link")
            return addLink(content);
        if (kind == u"location")
            return addPlace(content);
        const bool isChoice = kind == u"quick_replies" || kind == u"buttons" ||
                              kind == u"time_picker" || (kind == u"list_picker" && !isMultiple);
        const std::vector<rich::Option> options = rich::optionsOf(content);
        if (!isChoice || options.empty() || options.size() > size_t(limits::Buttons))
            return addText(rich::fallbackText(content));
        addChoice(content, options);
    }

    void addChoice(const QJsonObject &content, const std::vector<rich::Option> &options)
    {
        QStringList lines{textOf(content, u"text"_s), textOf(content, u"location"_s),
                          descriptionsOf(options)};
        lines.removeAll(QString());
        if (lines.isEmpty())
            lines << words("Please choose:");
        addText(lines.join(u'\n'));
        Keyboard keyboard;
        int place = 0;
        for (const rich::Option &option : options) {
            ++place;
            keyboard.add(option, rich::payloadOf(option, place, limits::CallbackBytes));
        }
        m_requests.back().body.insert(u"reply_markup"_s, keyboard.markup());
        m_requests.back().isMain = true;
    }

    void addCards(const QJsonObject &content)
    {
        addText(textOf(content, u"text"_s));
        int place = 0;
        for (const QJsonValue value : content.value(u"cards"_s).toArray()) {
            const QJsonObject card = value.toObject();
            Keyboard keyboard;
            for (const rich::Option &option :
                 rich::optionsOf({{u"options"_s, card.value(u"options"_s)}}))
                keyboard.add(option, u'#' + QString::number(++place)); // ids repeat among cards
            addCard(card, keyboard);
        }
    }

    void addCard(const QJsonObject &card, Keyboard &keyboard)
    {
        QStringList lines{textOf(card, u"title"_s), textOf(card, u"text"_s)};
        lines.removeAll(QString());
        const QString text = lines.join(u'\n');
        const QString picture = textOf(card, u"image_url"_s);
        Request request{words("the card %1").arg(textOf(card, u"title"_s)),
                        u"sendMessage"_s,
                        body(),
                        {},
                        !keyboard.isEmpty()};
        if (picture.isEmpty()) {
            request.body.insert(u"text"_s, text.left(limits::TextCharacters));
        } else {
            request.method = u"sendPhoto"_s;
            request.body.insert(u"photo"_s, picture);
            request.body.insert(u"caption"_s, text.left(limits::CaptionCharacters));
        }
        if (!keyboard.isEmpty())
            request.body.insert(u"reply_markup"_s, keyboard.markup());
        m_requests.push_back(std::move(request));
    }

    /// Places in the text, not marks: nothing has to be escaped.
    void addMarkup(const QString &markdown)
    {
        QString text;
        QJsonArray entities;
        const auto mark = [&](const QString &type, const Run &run) {
            QJsonObject entity{
                {u"type"_s, type}, {u"offset"_s, text.size()}, {u"length"_s, run.text.size()}};
            if (type == u"text_link")
                entity.insert(u"url"_s, run.link);
            entities.append(entity);
        };
        for (const Run &run : runsOf(markdown)) {
            if (run.isBold)
                mark(u"bold"_s, run);
            if (run.isItalic)
                mark(u"italic"_s, run);
            if (run.isStruck)
                mark(u"strikethrough"_s, run);
            if (run.isCode)
                mark(u"code"_s, run);
            if (!run.link.isEmpty())
                mark(u"text_link"_s, run);
            text += run.text;
        }
        if (text.size() > limits::TextCharacters || text.trimmed().isEmpty())
            return addText(text); // places do not survive a cut
        addText(text);
        if (!entities.isEmpty())
            m_requests.back().body.insert(u"entities"_s, entities);
    }

    void addLink(const QJsonObject &content)
    {
        QStringList lines{textOf(content, u"title"_s), textOf(content, u"text"_s),
                          textOf(content, u"url"_s)};
        lines.removeAll(QString());
        addText(lines.join(u'\n'));
        m_requests.back().body.insert(
            u"link_preview_options"_s,
            QJsonObject{{u"url"_s, textOf(content, u"url"_s)}, {u"prefer_large_media"_s, true}});
    }

    void addPlace(const QJsonObject &content)
    {
        QJsonObject fields = body();
        fields.insert(u"latitude"_s, content.value(u"latitude"_s));
        fields.insert(u"longitude"_s, content.value(u"longitude"_s));
        const QString title = textOf(content, u"title"_s);
        const QString address = textOf(content, u"text"_s);
        const bool isVenue = !title.isEmpty() && !address.isEmpty();
        if (isVenue) {
            fields.insert(u"title"_s, title);
            fields.insert(u"address"_s, address);
        } else {
            addText(title + address);
        }
        m_requests.push_back({words("the location"),
                              isVenue ? u"sendVenue"_s : u"sendLocation"_s,
                              fields,
                              {},
                              false});
    }

    Result<Done> addFile(const Attachment &file)
    {
        const auto bytes = m_outgoing.attachments.find(file.sha256);
        if (bytes == m_outgoing.attachments.end())
            return invalid(words("The file %1 is not on this PC").arg(file.name));
        if (bytes->second.isEmpty())
            return invalid(words("The file %1 is empty; Telegram takes none").arg(file.name));
        if (bytes->second.size() > limits::UploadBytes)
            return Error{
                Error::Code::TooLarge,
                words("The file %1 is larger than the 50 MB that Telegram takes").arg(file.name),
                {}};
        static const QStringList photos{u"image/jpeg"_s, u"image/png"_s, u"image/webp"_s};
        const bool isPhoto =
            photos.contains(file.mimeType) && bytes->second.size() <= limits::PhotoBytes;
        const bool isVideo = file.mimeType == u"video/mp4";
        Request request{words("the file %1").arg(file.name), u"sendDocument"_s, body(), {}, false};
        if (isPhoto || isVideo)
            request.method = isPhoto ? u"sendPhoto"_s : u"sendVideo"_s;
        request.upload = Upload{isPhoto   ? "photo"
                                : isVideo ? "video"
                                          : "document",
                                bytes->second, file.name, file.mimeType.toLatin1()};
        m_requests.push_back(std::move(request));
        return Done{};
    }

    /// A short text and a file are one message: both arrive or neither.
    void joinCaption()
    {
        if (m_requests.size() < 2 || m_requests[0].method != u"sendMessage" ||
            !m_requests[1].upload || m_requests[0].isMain ||
            m_requests[0].body.contains(u"entities"_s) ||
            m_requests[0].body.contains(u"link_preview_options"_s))
            return;
        const QString text = textOf(m_requests[0].body, u"text"_s);
        if (text.size() > limits::CaptionCharacters)
            return;
        m_requests[1].body.insert(u"caption"_s, text);
        m_requests[1].name = words("the text with the file %1").arg(m_requests[1].upload->name);
        m_requests.erase(m_requests.begin());
    }

    const Outgoing &m_outgoing;
    Chat m_chat;
    std::vector<Request> m_requests;
};

QByteArray fieldBytes(const QJsonValue &value)
{
    if (value.isObject())
        return QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact);
    if (value.isArray())
        return QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact);
    if (value.isDouble())
        return QByteArray::number(value.toInteger());
    return value.toString().toUtf8();
}

QString refusalFor(const ApiReply &reply, const QString &said)
{
    if (said.contains(u"blocked by the user"_s))
        return words("The customer has blocked this bot; the message was not delivered");
    if (said.contains(u"user is deactivated"_s))
        return words("This Telegram account was deleted");
    if (said.contains(u"can't initiate conversation"_s) || said.contains(u"chat not found"_s))
        return words("The customer has to write to the bot first (Telegram: %1)").arg(said);
    if (said.contains(u"kicked"_s) || said.contains(u"not a member"_s))
        return words("The bot was removed from this group");
    if (said.contains(u"BUSINESS_"_s))
        return words("The business account does not let the bot answer: check Settings > Telegram "
                     "Business > Chatbots there (Telegram: %1)")
            .arg(said);
    if (reply.status == 401 || reply.status == 404)
        return words("Telegram does not accept the token of this bot");
    return words("Telegram refused it: %1").arg(said);
}

} // namespace

Result<std::vector<Request>> requestsFor(const Outgoing &outgoing)
{
    return Builder(outgoing).build();
}

Request asDocument(Request request)
{
    request.method = u"sendDocument"_s;
    if (request.upload)
        request.upload->field = "document";
    return request;
}

ApiCall callFor(const QString &token, const QString &method, const QJsonObject &body)
{
    return jsonCall("POST", u"/bot%1/%2"_s.arg(token, method), body);
}

ApiCall callFor(const QString &token, const Request &request)
{
    ApiCall call = callFor(token, request.method, request.body);
    if (request.upload) {
        std::vector<FormPart> parts;
        for (auto it = request.body.begin(); it != request.body.end(); ++it)
            parts.push_back({it.key().toLatin1(), fieldBytes(it.value()), {}, {}});
        const Upload &file = *request.upload;
        parts.push_back({file.field, file.bytes, file.name.isEmpty() ? u"file"_s : file.name,
                         file.type.isEmpty() ? "application/octet-stream" : file.type});
        call = multipartCall(call.path, parts);
        call.timeout = Seconds(120);
    }
    call.bucket = u"send"_s;
    return call;
}

QString descriptionOf(const ApiReply &reply)
{
    return cleanText(textOf(reply.object(), u"description"_s), limits::ErrorDetail);
}

ApiReply withRetryAfter(ApiReply reply)
{
    const int seconds = reply.object().value(u"parameters"_s)[u"retry_after"].toInt();
    if (seconds > 0)
        reply.headers["retry-after"] = QByteArray::number(seconds);
    return reply;
}

QString movedTo(const ApiReply &reply)
{
    const qint64 id = reply.object().value(u"parameters"_s)[u"migrate_to_chat_id"].toInteger();
    return id == 0 ? QString() : QString::number(id);
}

bool isPhotoTrouble(const ApiReply &reply)
{
    const QString said = descriptionOf(reply);
    return reply.status == 400 &&
           (said.contains(u"PHOTO_"_s) || said.contains(u"IMAGE_PROCESS_FAILED"_s));
}

SendResult resultOf(const Result<ApiReply> &reply, const Chat &chat, Time now)
{
    if (!reply)
        return failedSend(reply, reply.error().detail, now);
    const QJsonObject message = reply->object().value(u"result"_s).toObject();
    const qint64 id = message.value(u"message_id"_s).toInteger();
    if (reply->isSuccess() && reply->object().value(u"ok"_s).toBool() && id > 0)
        return {SendResult::Kind::Accepted, messageKey(chat, id), {}, {}};
    const QString said = descriptionOf(*reply);
    if (reply->isSuccess()) // a 200 that says nothing
        return {SendResult::Kind::Uncertain, {}, words("Telegram's answer was not readable"), {}};
    return failedSend(withRetryAfter(*reply), refusalFor(*reply, said), now);
}

} // namespace peerdesk::channels::telegram
