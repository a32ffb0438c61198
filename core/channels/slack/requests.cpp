// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/slack/requests.h"

#include "core/channels/api/rich.h"
#include "core/channels/slack/limits.h"
#include "core/channels/slack/text.h"
#include "core/channels/slack/words.h"
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/outgoing.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace peerdesk::channels::slack {

using namespace Qt::StringLiterals;
using namespace channels::vendor;

namespace {

QString fieldOf(const QJsonObject &object, const QString &key)
{
    return object.value(key).toString();
}

QJsonObject plainText(const QString &text, int most)
{
    return {{u"type"_s, u"plain_text"_s}, {u"text"_s, text.left(most)}, {u"emoji"_s, true}};
}

QJsonObject section(const QString &markup)
{
    return {{u"type"_s, u"section"_s},
            {u"text"_s, QJsonObject{{u"type"_s, u"mrkdwn"_s}, {u"text"_s, markup}}}};
}

/// Blocks with the whole text: one block takes less than a message.
QJsonArray sectionsOf(const QString &markup)
{
    QJsonArray blocks;
    for (const QString &part : splitText(markup, limits::SectionCharacters)) {
        if (!part.trimmed().isEmpty())
            blocks.append(section(part));
    }
    return blocks;
}

QJsonObject optionFor(const rich::Option &option, int place)
{
    QJsonObject entry{{u"text"_s, plainText(option.title, limits::SelectCharacters)},
                      {u"value"_s, rich::payloadOf(option, place, limits::SelectValue)}};
    if (!option.description.isEmpty())
        entry.insert(u"description"_s, plainText(option.description, limits::SelectCharacters));
    return entry;
}

QJsonArray entriesOf(const std::vector<rich::Option> &options)
{
    QJsonArray entries;
    for (const rich::Option &option : options)
        entries.append(optionFor(option, int(entries.size()) + 1));
    return entries;
}

QJsonObject buttonFor(const rich::Option &option, int place, const QString &payload)
{
    QJsonObject button{{u"type"_s, u"button"_s},
                       {u"text"_s, plainText(option.title, limits::ButtonCharacters)},
                       {u"action_id"_s, QString(OptionMark) + QString::number(place)}};
    if (option.url.isEmpty()) {
        button.insert(u"value"_s, payload);
    } else {
        button.insert(u"action_id"_s, QString(LinkMark) + QString::number(place));
        button.insert(u"url"_s, option.url);
    }
    return button;
}

QJsonObject actions(const QJsonArray &elements)
{
    return {{u"type"_s, u"actions"_s}, {u"elements"_s, elements}};
}

QJsonObject plainButton(const QString &text, const QString &name)
{
    return {{u"type"_s, u"button"_s},
            {u"text"_s, plainText(text, limits::ButtonCharacters)},
            {u"action_id"_s, name}};
}

QJsonObject selectFor(const std::vector<rich::Option> &options, const QString &button,
                      bool isMultiple)
{
    return {{u"type"_s, isMultiple ? u"multi_static_select"_s : u"static_select"_s},
            {u"action_id"_s, QString(isMultiple ? SeveralName : SelectName)},
            {u"placeholder"_s,
             plainText(button.isEmpty() ? words("Choose") : button, limits::SelectCharacters)},
            {u"options"_s, entriesOf(options)}};
}

/// A message of ours on its way to requests.
class Builder
{
public:
    explicit Builder(const Outgoing &outgoing)
        : m_outgoing(outgoing)
        , m_place(placeOf(outgoing))
    {}

    Result<std::vector<Request>> build()
    {
        if (!isId(m_place.channel))
            return invalid(words("It is not known which Slack channel this belongs to"));
        const QJsonObject content = richOf(m_outgoing.message.content);
        if (content.isEmpty())
            addText(m_outgoing.message.content.text);
        else
            addRich(content);
        for (const Attachment &file : m_outgoing.message.content.attachments) {
            if (const Result<Done> added = addFile(file); !added)
                return added.error();
        }
        if (m_requests.empty())
            return invalid(words("There is nothing in this message"));
        return std::move(m_requests);
    }

private:
    /// `text` is what notifications and programs without blocks show.
    void add(const QString &text, const QJsonArray &blocks, bool isMain = false)
    {
        const QString key = u"%1-%2"_s.arg(m_outgoing.message.id.toString()).arg(m_requests.size());
        const QJsonObject metadata{{u"event_type"_s, u"peerdesk_message"_s},
                                   {u"event_payload"_s, QJsonObject{{u"key"_s, key}}}};
        QJsonObject message{{u"channel"_s, m_place.channel},
                            {u"text"_s, text},
                            {u"metadata"_s, metadata},
                            {u"unfurl_links"_s, false},
                            {u"unfurl_media"_s, false}};
        if (!m_place.root.isEmpty())
            message.insert(u"thread_ts"_s, m_place.root);
        if (!blocks.isEmpty() && blocks.size() <= limits::Blocks)
            message.insert(u"blocks"_s, blocks);
        m_requests.push_back({words("the text"), message, {}, {}, key, isMain});
    }

    void addText(const QString &text)
    {
        if (text.trimmed().isEmpty())
            return;
        for (const QString &part : splitText(text, limits::TextCharacters)) {
            if (!part.trimmed().isEmpty())
                add(escaped(part), {});
        }
    }

    void addRich(const QJsonObject &content)
    {
        const QString kind = fieldOf(content, u"kind"_s);
        const std::vector<rich::Option> options = rich::optionsOf(content);
        const bool isChoice = kind == u"quick_replies" || kind == u"buttons" ||
                              kind == u"list_picker" || kind == u"time_picker";
        if (kind == u"markup_text") {
            const QString markup = toMarkup(fieldOf(content, u"markdown"_s));
            return add(markup, sectionsOf(markup));
        }
        if (kind == u"rich_link")
            return addLink(content);
        if (kind == u"card" || kind == u"carousel")
            return addCards(content, options);
        if (kind == u"form" && modalFor(content, {}))
            return addForm(content);
        if (!isChoice || options.empty() || options.size() > size_t(limits::SelectOptions))
            return addText(rich::fallbackText(content));
        addChoice(content, options);
    }

    void addChoice(const QJsonObject &content, const std::vector<rich::Option> &options)
    {
        const QString kind = fieldOf(content, u"kind"_s);
        const QString asked = fieldOf(content, u"text"_s);
        const QString text = asked.isEmpty() ? words("Please choose:") : asked;
        const bool isMultiple = content.value(u"multiple"_s).toBool();
        QJsonArray blocks = sectionsOf(escaped(text));
        const bool isButtons = (kind == u"quick_replies" || kind == u"buttons") &&
                               options.size() <= size_t(limits::ButtonsInBlock);
        QJsonArray elements;
        if (isButtons) {
            for (const rich::Option &option : options) {
                const int place = int(elements.size()) + 1;
                elements.append(
                    buttonFor(option, place, rich::payloadOf(option, place, limits::ButtonValue)));
            }
        } else {
            elements.append(selectFor(options, fieldOf(content, u"button"_s), isMultiple));
            if (isMultiple)
                elements.append(plainButton(words("Send"), QString(DoneName)));
        }
        blocks.append(actions(elements));
        add(escaped(rich::fallbackText(content)).left(limits::TextCharacters), blocks, true);
    }

    void addForm(const QJsonObject &content)
    {
        QJsonArray blocks = sectionsOf(escaped(fieldOf(content, u"text"_s)));
        blocks.append(actions({plainButton(words("Fill in"), QString(FormName))}));
        add(escaped(rich::fallbackText(content)).left(limits::TextCharacters), blocks, true);
    }

    void addLink(const QJsonObject &content)
    {
        const QString title = fieldOf(content, u"title"_s);
        const QString url = fieldOf(content, u"url"_s);
        QString text = title.isEmpty()
                           ? u"<%1>"_s.arg(escaped(url))
                           : u"<%1|%2>"_s.arg(escaped(url), escaped(title).replace(u'|', u'/'));
        if (const QString more = fieldOf(content, u"text"_s); !more.isEmpty())
            text += u'\n' + escaped(more);
        add(text, {});
        m_requests.back().message.insert(u"unfurl_links"_s, true);
        m_requests.back().message.insert(u"unfurl_media"_s, true);
    }

    void addCards(const QJsonObject &content, const std::vector<rich::Option> &options)
    {
        QJsonArray blocks = sectionsOf(escaped(fieldOf(content, u"text"_s)));
        int place = 0;
        for (const QJsonValue card : content.value(u"cards"_s).toArray()) {
            const QString title = escaped(card[u"title"].toString());
            const QString text = escaped(card[u"text"].toString());
            QJsonObject block =
                section(u"*%1*\n%2"_s.arg(title, text).left(limits::SectionCharacters));
            if (const QString picture = card[u"image_url"].toString(); !picture.isEmpty())
                block.insert(u"accessory"_s,
                             QJsonObject{{u"type"_s, u"image"_s},
                                         {u"image_url"_s, picture},
                                         {u"alt_text"_s, card[u"title"].toString()}});
            blocks.append(block);
            QJsonArray elements; // ids repeat among cards
            for (const rich::Option &option : rich::optionsOf({{u"options"_s, card[u"options"]}})) {
                ++place;
                if (elements.size() < limits::ButtonsInBlock)
                    elements.append(buttonFor(option, place, u'#' + QString::number(place)));
            }
            if (!elements.isEmpty())
                blocks.append(actions(elements));
        }
        add(escaped(rich::fallbackText(content)).left(limits::TextCharacters), blocks,
            !options.empty());
    }

    Result<Done> addFile(const Attachment &file)
    {
        const auto bytes = m_outgoing.attachments.find(file.sha256);
        if (bytes == m_outgoing.attachments.end())
            return invalid(words("The file %1 is not on this PC").arg(file.name));
        if (bytes->second.isEmpty())
            return invalid(words("The file %1 is empty; Slack takes none").arg(file.name));
        if (bytes->second.size() > limits::UploadBytes)
            return Error{Error::Code::TooLarge,
                         words("The file %1 is larger than 100 MB").arg(file.name),
                         {}};
        const QString name = file.name.isEmpty() ? u"file"_s : file.name;
        m_requests.push_back({words("the file %1").arg(name), {}, name, bytes->second, {}, false});
        return Done{};
    }

    const Outgoing &m_outgoing;
    Place m_place;
    std::vector<Request> m_requests;
};

QJsonObject elementFor(const QJsonObject &field)
{
    const QString type = fieldOf(field, u"type"_s);
    const std::vector<rich::Option> options =
        rich::optionsOf({{u"options"_s, field.value(u"options"_s)}});
    if (type == u"choice" && !options.empty())
        return {{u"type"_s, u"static_select"_s},
                {u"action_id"_s, u"v"_s},
                {u"options"_s, entriesOf(options)}};
    if (type == u"switch")
        return {
            {u"type"_s, u"checkboxes"_s},
            {u"action_id"_s, u"v"_s},
            {u"options"_s, entriesOf({{u"true"_s, fieldOf(field, u"label"_s), {}, {}, {}, {}}})}};
    if (type == u"date")
        return {{u"type"_s, u"datepicker"_s}, {u"action_id"_s, u"v"_s}};
    return {{u"type"_s, u"plain_text_input"_s},
            {u"action_id"_s, u"v"_s},
            {u"multiline"_s, type == u"long_text"}};
}

} // namespace

Place placeOf(const Outgoing &outgoing)
{
    Place place = placeFrom(outgoing.conversation.thread);
    if (isDirect(place.channel)) { // where the customer wrote last
        const QString root = answeredHeader(outgoing, u"thread_ts"_s);
        place.root = isTimestamp(root) ? root : QString();
    }
    return place;
}

Result<std::vector<Request>> requestsFor(const Outgoing &outgoing)
{
    return Builder(outgoing).build();
}

std::optional<QJsonObject> modalFor(const QJsonObject &form, const FormWish &wish)
{
    const QJsonArray fields = form.value(u"fields"_s).toArray();
    const QJsonObject asked{{u"thread"_s, wish.thread}, {u"message"_s, wish.message}};
    const QByteArray metadata = QJsonDocument(asked).toJson(QJsonDocument::Compact);
    if (fields.isEmpty() || fields.size() >= limits::ModalBlocks ||
        metadata.size() > limits::MetadataCharacters)
        return std::nullopt;
    QJsonArray blocks;
    for (const QJsonValue value : fields) {
        const QJsonObject field = value.toObject();
        blocks.append(
            QJsonObject{{u"type"_s, u"input"_s},
                        {u"block_id"_s, QString(FieldMark) + fieldOf(field, u"id"_s)},
                        {u"optional"_s, !field.value(u"required"_s).toBool()},
                        {u"label"_s, plainText(fieldOf(field, u"label"_s), limits::ModalLabel)},
                        {u"element"_s, elementFor(field)}});
    }
    const QString submit = fieldOf(form, u"submit"_s);
    return QJsonObject{
        {u"type"_s, u"modal"_s},
        {u"callback_id"_s, u"form"_s},
        {u"title"_s, plainText(words("Please fill in"), limits::ModalTitle)},
        {u"submit"_s, plainText(submit.isEmpty() ? words("Send") : submit, limits::ModalTitle)},
        {u"private_metadata"_s, QString::fromUtf8(metadata)},
        {u"blocks"_s, blocks}};
}

QString errorOf(const ApiReply &reply)
{
    const QJsonObject object = reply.object();
    if (reply.isSuccess() && object.value(u"ok"_s).toBool())
        return {};
    const QString error = cleanText(fieldOf(object, u"error"_s), 100);
    if (!error.isEmpty())
        return error;
    return reply.isSuccess() ? u"unreadable"_s : u"status_%1"_s.arg(reply.status);
}

QString sentenceFor(const QString &error, const ApiReply &reply)
{
    static const QStringList tokens{u"invalid_auth"_s, u"not_authed"_s, u"token_revoked"_s,
                                    u"token_expired"_s, u"account_inactive"_s};
    if (tokens.contains(error))
        return words("Slack does not accept the token any more (%1). Install the app again and "
                     "put in the new one.")
            .arg(error);
    if (error == u"missing_scope")
        return words("The app lacks the permission %1: add it under OAuth & Permissions and "
                     "install the app again.")
            .arg(cleanText(fieldOf(reply.object(), u"needed"_s), 100));
    if (error == u"not_in_channel" || error == u"channel_not_found")
        return words("The app is not in this channel: invite it there with /invite.");
    if (error == u"is_archived")
        return words("This Slack channel is archived.");
    if (error == u"messages_tab_disabled")
        return words("Direct messages to the app are switched off: App Home > Messages Tab.");
    if (error == u"msg_too_long" || error == u"msg_blocks_too_long")
        return words("The text is too long for Slack.");
    if (error == u"not_allowed_token_type")
        return words("This is not the right kind of token: xoxb- for the bot, xapp- for the app.");
    return words("Slack refused it: %1").arg(error);
}

SendResult resultOf(const Result<ApiReply> &reply, const QString &id, Time now)
{
    static const QStringList unclear{u"fatal_error"_s, u"internal_error"_s, u"request_timeout"_s,
                                     u"service_unavailable"_s, u"unreadable"_s};
    if (!reply)
        return failedSend(reply, reply.error().detail, now);
    const QString error = errorOf(*reply);
    if (error.isEmpty() && !id.isEmpty())
        return {SendResult::Kind::Accepted, id, {}, {}};
    if (error.isEmpty() || unclear.contains(error) || reply->status >= 500)
        return {SendResult::Kind::Uncertain,
                {},
                words("Slack's answer was not clear (%1)").arg(error),
                {}};
    if (reply->status == 429 || error == u"ratelimited" || error == u"rate_limited")
        return {SendResult::Kind::Later,
                {},
                words("Slack asks us to slow down"),
                reply->retryAfter(now)};
    return {SendResult::Kind::Refused, {}, sentenceFor(error, *reply), {}};
}

QString findByKey(const QJsonArray &messages, const QString &channel, const QString &key)
{
    for (const QJsonValue message : messages) {
        const QString ts = message[u"ts"].toString();
        if (!key.isEmpty() && isTimestamp(ts) &&
            message[u"metadata"][u"event_payload"][u"key"].toString() == key)
            return messageKey(channel, ts);
    }
    return {};
}

} // namespace peerdesk::channels::slack
