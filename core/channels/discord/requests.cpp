// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/discord/requests.h"

#include "core/channels/api/rich.h"
#include "core/channels/discord/limits.h"
#include "core/channels/discord/words.h"
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/outgoing.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace peerdesk::channels::discord {

using namespace Qt::StringLiterals;
using namespace channels::vendor;

namespace {

// Component types. Source: "Component Reference".
enum Component { Row = 1, Button = 2, Select = 3, TextInput = 4 };
enum ButtonStyle { Grey = 2, Link = 5 };
enum InputStyle { Short = 1, Long = 2 };
// Interaction callbacks. Source: "Interaction Callback Type".
enum Callback { Say = 4, Quietly = 6, OpenModal = 9 };
constexpr int OnlyForThem = 1 << 6; ///< message flag
constexpr qsizetype PayloadBytes = limits::CustomIdCharacters - 2;

QString fieldOf(const QJsonObject &object, const QString &key)
{
    return object.value(key).toString();
}

QJsonObject rowOf(const QJsonArray &components)
{
    return {{u"type"_s, Row}, {u"components"_s, components}};
}

QJsonObject buttonFor(const rich::Option &option, const QString &payload)
{
    const QString label = option.title.left(limits::ButtonCharacters);
    if (!option.url.isEmpty())
        return {
            {u"type"_s, Button}, {u"style"_s, Link}, {u"label"_s, label}, {u"url"_s, option.url}};
    return {{u"type"_s, Button},
            {u"style"_s, Grey},
            {u"label"_s, label},
            {u"custom_id"_s, QString(OptionMark) + payload}};
}

QJsonArray rowsOf(const QJsonArray &buttons)
{
    QJsonArray rows;
    QJsonArray row;
    for (const QJsonValue button : buttons) {
        if (row.size() == limits::ButtonsInRow)
            rows.append(rowOf(std::exchange(row, QJsonArray())));
        row.append(button);
    }
    if (!row.isEmpty())
        rows.append(rowOf(row));
    return rows;
}

QJsonArray selectFor(const std::vector<rich::Option> &options, bool isMultiple)
{
    QJsonArray choices;
    for (const rich::Option &option : options) {
        QJsonObject choice{
            {u"label"_s, option.title.left(limits::SelectCharacters)},
            {u"value"_s, rich::payloadOf(option, int(choices.size()) + 1, PayloadBytes)}};
        if (!option.description.isEmpty())
            choice.insert(u"description"_s, option.description.left(limits::SelectCharacters));
        choices.append(choice);
    }
    const QJsonObject select{{u"type"_s, Select},
                             {u"custom_id"_s, QString(SelectName)},
                             {u"options"_s, choices},
                             {u"min_values"_s, 1},
                             {u"max_values"_s, isMultiple ? qint64(choices.size()) : 1}};
    return {rowOf({select})};
}

/// A message of ours on its way to requests.
class Builder
{
public:
    explicit Builder(const Outgoing &outgoing)
        : m_outgoing(outgoing)
    {}

    Result<std::vector<Request>> build()
    {
        const QJsonObject content = richOf(m_outgoing.message.content);
        if (content.isEmpty())
            addText(m_outgoing.message.content.text);
        else
            addRich(content);
        if (const Result<Done> files = addFiles(); !files)
            return files.error();
        if (m_requests.empty())
            return invalid(words("There is nothing in this message"));
        finish();
        return std::move(m_requests);
    }

private:
    void addText(const QString &text)
    {
        if (text.trimmed().isEmpty())
            return;
        for (const QString &part : splitText(text, limits::TextCharacters)) {
            if (!part.trimmed().isEmpty())
                m_requests.push_back(
                    {words("the text"), QJsonObject{{u"content"_s, part}}, {}, false});
        }
    }
    void addComponents(const QJsonArray &rows)
    {
        if (m_requests.empty())
            m_requests.push_back(
                {words("the text"), {{u"content"_s, words("Please choose:")}}, {}, false});
        m_requests.back().payload.insert(u"components"_s, rows);
        m_requests.back().isMain = true;
    }

    void addRich(const QJsonObject &content)
    {
        const QString kind = fieldOf(content, u"kind"_s);
        const std::vector<rich::Option> options = rich::optionsOf(content);
        const size_t most = kind == u"list_picker" || kind == u"time_picker"
                                ? size_t(limits::SelectOptions)
                                : size_t(limits::ButtonsInRow * limits::Rows);
        const bool isChoice = kind == u"quick_replies" || kind == u"buttons" ||
                              kind == u"list_picker" || kind == u"time_picker";
        if (kind == u"markup_text")
            return addText(fieldOf(content, u"markdown"_s)); // the vendor's own markup
        if (kind == u"rich_link")
            return addLink(content);
        if ((kind == u"card" || kind == u"carousel") &&
            content.value(u"cards"_s).toArray().size() <= limits::Embeds && options.size() <= most)
            return addCards(content, options);
        if (kind == u"form" && modalFor(content, {}))
            return addForm(content);
        if (!isChoice || options.empty() || options.size() > most)
            return addText(rich::fallbackText(content));
        addText(fieldOf(content, u"text"_s));
        if (kind == u"quick_replies" || kind == u"buttons")
            return addComponents(rowsOf(buttonsFor(options)));
        addComponents(selectFor(options, content.value(u"multiple"_s).toBool()));
    }

    static QJsonArray buttonsFor(const std::vector<rich::Option> &options)
    {
        QJsonArray buttons;
        for (const rich::Option &option : options)
            buttons.append(
                buttonFor(option, rich::payloadOf(option, int(buttons.size()) + 1, PayloadBytes)));
        return buttons;
    }

    void addForm(const QJsonObject &content)
    {
        addText(fieldOf(content, u"text"_s));
        const QJsonObject button{{u"type"_s, Button},
                                 {u"style"_s, Grey},
                                 {u"label"_s, words("Fill in")},
                                 {u"custom_id"_s, QString(FormName)}};
        addComponents({rowOf({button})});
    }

    void addLink(const QJsonObject &content)
    {
        QJsonObject embed{{u"url"_s, fieldOf(content, u"url"_s)},
                          {u"title"_s, (content.contains(u"title"_s) ? fieldOf(content, u"title"_s)
                                                                     : fieldOf(content, u"url"_s))
                                           .left(limits::EmbedTitle)},
                          {u"description"_s, fieldOf(content, u"text"_s).left(limits::EmbedText)}};
        if (const QString picture = fieldOf(content, u"image_url"_s); !picture.isEmpty())
            embed.insert(u"image"_s, QJsonObject{{u"url"_s, picture}});
        m_requests.push_back(
            {words("the link"),
             {{u"content"_s, fieldOf(content, u"url"_s)}, {u"embeds"_s, QJsonArray{embed}}},
             {},
             false});
    }

    void addCards(const QJsonObject &content, const std::vector<rich::Option> &options)
    {
        QJsonArray embeds;
        for (const QJsonValue card : content.value(u"cards"_s).toArray()) {
            QJsonObject embed{
                {u"title"_s, card[u"title"].toString().left(limits::EmbedTitle)},
                {u"description"_s, card[u"text"].toString().left(500)}}; // 6,000 in all
            if (const QString picture = card[u"image_url"].toString(); !picture.isEmpty())
                embed.insert(u"image"_s, QJsonObject{{u"url"_s, picture}});
            embeds.append(embed);
        }
        QJsonObject payload{{u"embeds"_s, embeds}};
        const QString text = fieldOf(content, u"text"_s);
        if (!text.isEmpty())
            payload.insert(u"content"_s, text.left(limits::TextCharacters));
        m_requests.push_back({words("the cards"), payload, {}, true});
        QJsonArray buttons; // ids repeat among cards
        for (const rich::Option &option : options)
            buttons.append(buttonFor(option, u'#' + QString::number(buttons.size() + 1)));
        if (!buttons.isEmpty())
            addComponents(rowsOf(buttons));
    }

    Result<Done> addFiles()
    {
        qint64 bytesInRequest = 0;
        bool isFirst = true;
        for (const Attachment &file : m_outgoing.message.content.attachments) {
            const auto bytes = m_outgoing.attachments.find(file.sha256);
            if (bytes == m_outgoing.attachments.end())
                return invalid(words("The file %1 is not on this PC").arg(file.name));
            const qint64 size = bytes->second.size();
            if (size > limits::UploadBytes)
                return Error{
                    Error::Code::TooLarge,
                    words("The file %1 is larger than the 10 MB that Discord takes").arg(file.name),
                    {}};
            const bool isFull = m_requests.empty() ||
                                m_requests.back().files.size() == size_t(limits::FilesPerMessage) ||
                                bytesInRequest + size > limits::RequestBytes;
            if (isFull || (isFirst && m_requests.back().isMain)) {
                m_requests.push_back({words("the files"), {}, {}, false});
                bytesInRequest = 0;
            }
            isFirst = false;
            bytesInRequest += size;
            m_requests.back().files.push_back({file.name, file.mimeType.toLatin1(), bytes->second});
        }
        return Done{};
    }

    /// What every message has.
    void finish()
    {
        const QByteArray id = m_outgoing.message.id.toBytes().toBase64(
            QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
        const bool isInServer = m_outgoing.conversation.thread.contains(u'/');
        for (size_t i = 0; i < m_requests.size(); ++i) {
            Request &request = m_requests[i];
            const QString nonce = QString::fromLatin1(id) + QString::number(i);
            request.payload.insert(u"nonce"_s, nonce.left(limits::NonceCharacters));
            request.payload.insert(u"enforce_nonce"_s, true);
            request.payload.insert(u"allowed_mentions"_s, mentions(isInServer));
            if (isInServer && i == 0 && m_outgoing.answered &&
                isSnowflake(m_outgoing.answered->providerId))
                request.payload.insert(
                    u"message_reference"_s,
                    QJsonObject{{u"message_id"_s, m_outgoing.answered->providerId},
                                {u"fail_if_not_exists"_s, false}});
            QJsonArray files;
            for (const Upload &file : request.files)
                files.append(QJsonObject{{u"id"_s, QString::number(files.size())},
                                         {u"filename"_s, file.name}});
            if (!files.isEmpty())
                request.payload.insert(u"attachments"_s, files);
        }
    }

    /// Nobody is called by what an agent types; in a server the one who is answered is.
    static QJsonObject mentions(bool isInServer)
    {
        return {{u"parse"_s, QJsonArray()}, {u"replied_user"_s, isInServer}};
    }

    const Outgoing &m_outgoing;
    std::vector<Request> m_requests;
};

QString refusalOf(const ApiReply &reply)
{
    const int code = reply.object().value(u"code"_s).toInt();
    switch (code) {
    case 50007:
    case 50278:
        return words("The customer takes no direct messages from this bot: they have shut it out "
                     "or share no server with it any more");
    case 10003:
        return words("This Discord channel is not there any more");
    case 50001:
    case 50013:
        return words("The bot may not write in this channel: give it View Channel, Send Messages "
                     "and Send Messages in Threads there");
    case 40005:
        return words("The files are too large for Discord");
    case 50083:
        return words("This thread is archived");
    default:
        break;
    }
    if (reply.status == 401)
        return words("Discord does not accept the token of this bot");
    return words("Discord refused it: %1").arg(complaintOf(reply));
}

} // namespace

Result<std::vector<Request>> requestsFor(const Outgoing &outgoing)
{
    return Builder(outgoing).build();
}

ApiCall callFor(const QString &channel, const Request &request)
{
    const QString path = u"/channels/%1/messages"_s.arg(channel);
    if (request.files.empty())
        return jsonCall("POST", path, request.payload);
    std::vector<FormPart> parts{{"payload_json",
                                 QJsonDocument(request.payload).toJson(QJsonDocument::Compact),
                                 {},
                                 "application/json"}};
    for (const Upload &file : request.files)
        parts.push_back({"files[" + QByteArray::number(qsizetype(parts.size()) - 1) + ']',
                         file.bytes, file.name.isEmpty() ? u"file"_s : file.name,
                         file.type.isEmpty() ? "application/octet-stream" : file.type});
    ApiCall call = multipartCall(path, parts);
    call.timeout = Seconds(120);
    return call;
}

QString complaintOf(const ApiReply &reply)
{
    const QString said = cleanText(fieldOf(reply.object(), u"message"_s), 300);
    return said.isEmpty() ? words("status %1").arg(reply.status) : said;
}

SendResult resultOf(const Result<ApiReply> &reply, Time now)
{
    if (!reply)
        return failedSend(reply, reply.error().detail, now);
    const QString id = fieldOf(reply->object(), u"id"_s);
    if (reply->isSuccess() && isSnowflake(id))
        return {SendResult::Kind::Accepted, id, {}, {}};
    if (reply->isSuccess())
        return {SendResult::Kind::Uncertain, {}, words("Discord's answer was not readable"), {}};
    ApiReply told = *reply;
    const double wait = told.object().value(u"retry_after"_s).toDouble();
    if (told.status == 429 && wait > 0)
        told.headers["retry-after"] = QByteArray::number(wait);
    return failedSend(told, refusalOf(told), now);
}

Milliseconds pauseAfter(const ApiReply &reply)
{
    const auto remaining = reply.headers.find("x-ratelimit-remaining");
    const auto after = reply.headers.find("x-ratelimit-reset-after");
    if (remaining == reply.headers.end() || after == reply.headers.end() ||
        remaining->second != "0")
        return Milliseconds(0);
    constexpr double MaxSeconds = 60;
    const double seconds = after->second.toDouble();
    return Milliseconds(seconds > 0 ? qint64(std::min(seconds, MaxSeconds) * 1000) : 0);
}

std::optional<QJsonObject> modalFor(const QJsonObject &form, const QString &message)
{
    const QJsonArray fields = form.value(u"fields"_s).toArray();
    if (fields.isEmpty() || fields.size() > limits::ModalFields)
        return std::nullopt;
    QJsonArray rows;
    for (const QJsonValue value : fields) {
        const QJsonObject field = value.toObject();
        const QString id = fieldOf(field, u"id"_s);
        if (id.isEmpty() || id.size() > limits::CustomIdCharacters)
            return std::nullopt;
        QStringList titles;
        for (const rich::Option &option :
             rich::optionsOf({{u"options"_s, field.value(u"options"_s)}}))
            titles << option.title;
        QJsonObject input{{u"type"_s, TextInput},
                          {u"custom_id"_s, id},
                          {u"label"_s, fieldOf(field, u"label"_s).left(limits::ModalLabel)},
                          {u"style"_s, fieldOf(field, u"type"_s) == u"long_text" ? Long : Short},
                          {u"required"_s, field.value(u"required"_s).toBool()}};
        if (!titles.isEmpty())
            input.insert(u"placeholder"_s, titles.join(u" / "_s).left(limits::ModalPlaceholder));
        rows.append(rowOf({input}));
    }
    const QString title = fieldOf(form, u"text"_s).section(u'\n', 0, 0).left(limits::ModalTitle);
    return QJsonObject{{u"title"_s, title.isEmpty() ? words("Please fill in") : title},
                       {u"custom_id"_s, QString(ModalMark) + message},
                       {u"components"_s, rows}};
}

ApiCall acknowledgement(const Interaction &interaction)
{
    QJsonObject answer{{u"type"_s, Quietly}};
    if (interaction.isCommand) // a command shows "thinking" until something is said
        answer = {{u"type"_s, Say},
                  {u"data"_s, QJsonObject{{u"content"_s, words("Thank you. We will answer here.")},
                                          {u"flags"_s, OnlyForThem}}}};
    const QString path = u"/interactions/%1/%2/callback"_s.arg(
        interaction.id, QString::fromLatin1(QUrl::toPercentEncoding(interaction.token)));
    return jsonCall("POST", path, answer);
}

ApiCall opening(const Interaction &interaction, const QJsonObject &modal)
{
    const QJsonObject answer{{u"type"_s, OpenModal}, {u"data"_s, modal}};
    ApiCall call = acknowledgement(interaction);
    call.body = QJsonDocument(answer).toJson(QJsonDocument::Compact);
    return call;
}

} // namespace peerdesk::channels::discord
