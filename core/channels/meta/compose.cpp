// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/meta/compose.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"
#include "core/channels/meta/messaging.h"
#include "core/channels/meta/numbers.h"
#include "core/channels/vendor/outgoing.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QTimeZone>

namespace peerdesk::channels::meta {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("meta", text);
}

bool isTooLong(const std::vector<rich::Option> &options, int most)
{
    return std::any_of(options.begin(), options.end(), [most](const rich::Option &option) {
        return option.title.size() > most || option.title.isEmpty();
    });
}

QJsonObject templateOf(const QJsonObject &payload)
{
    return {{u"attachment"_s, QJsonObject{{u"type"_s, u"template"_s}, {u"payload"_s, payload}}}};
}

QJsonObject generic(const QJsonArray &elements)
{
    return templateOf({{u"template_type"_s, u"generic"_s}, {u"elements"_s, elements}});
}

QJsonObject button(const rich::Option &option, int place)
{
    if (!option.url.isEmpty())
        return {{u"type"_s, u"web_url"_s}, {u"title"_s, option.title}, {u"url"_s, option.url}};
    return {{u"type"_s, u"postback"_s},
            {u"title"_s, option.title},
            {u"payload"_s, rich::payloadOf(option, place, numbers::Payload)}};
}

QJsonObject quickReplies(const QString &text, const std::vector<rich::Option> &options)
{
    QJsonArray replies;
    int place = 0;
    for (const rich::Option &option : options) {
        QJsonObject reply{{u"content_type"_s, u"text"_s},
                          {u"title"_s, option.title},
                          {u"payload"_s, rich::payloadOf(option, ++place, numbers::Payload)}};
        if (!option.imageUrl.isEmpty())
            reply.insert(u"image_url"_s, option.imageUrl);
        replies.append(reply);
    }
    return {{u"text"_s, text}, {u"quick_replies"_s, replies}};
}

/// A card for each choice, with one button that is the choice.
QJsonObject pickerOf(const std::vector<rich::Option> &options, const QString &word)
{
    QJsonArray elements;
    int place = 0;
    for (const rich::Option &option : options) {
        rich::Option choose = option;
        choose.title = word;
        QJsonObject element{{u"title"_s, option.title},
                            {u"buttons"_s, QJsonArray{button(choose, ++place)}}};
        const QString below = option.description.isEmpty() ? option.section : option.description;
        if (!below.isEmpty())
            element.insert(u"subtitle"_s, rich::shortened(below, numbers::ElementTitle));
        if (!option.imageUrl.isEmpty())
            element.insert(u"image_url"_s, option.imageUrl);
        elements.append(element);
    }
    return generic(elements);
}

/// Nothing where it does not fit: a link has to be read whole.
std::optional<QJsonObject> linkOf(const QJsonObject &rich)
{
    const QString title = rich.value(u"title"_s).toString();
    const QString text = rich.value(u"text"_s).toString();
    const QString image = rich.value(u"image_url"_s).toString();
    if (title.isEmpty() || title.size() > numbers::ElementTitle ||
        text.size() > numbers::ElementTitle)
        return std::nullopt;
    QJsonObject element{{u"title"_s, title},
                        {u"default_action"_s,
                         QJsonObject{{u"type"_s, u"web_url"_s}, {u"url"_s, rich.value(u"url"_s)}}}};
    if (!text.isEmpty())
        element.insert(u"subtitle"_s, text);
    if (!image.isEmpty())
        element.insert(u"image_url"_s, image);
    return generic({element});
}

/// The cards, or nothing if they do not fit. Places of options count on from card to card.
std::optional<QJsonObject> cardsOf(const QJsonObject &rich)
{
    const QJsonArray cards = rich.value(u"cards"_s).toArray();
    QJsonArray elements;
    int place = 0;
    for (const QJsonValue value : cards) {
        const QJsonObject card = value.toObject();
        const QString title = card.value(u"title"_s).toString();
        const QString text = card.value(u"text"_s).toString();
        const std::vector<rich::Option> options =
            rich::optionsOf({{u"kind"_s, u"buttons"_s}, {u"options"_s, card.value(u"options"_s)}});
        if (title.isEmpty() || title.size() > numbers::ElementTitle ||
            text.size() > numbers::ElementTitle || options.size() > size_t(numbers::Buttons) ||
            isTooLong(options, numbers::ButtonTitle))
            return std::nullopt;
        QJsonObject element{{u"title"_s, title}};
        if (!text.isEmpty())
            element.insert(u"subtitle"_s, text);
        if (const QString image = card.value(u"image_url"_s).toString(); !image.isEmpty())
            element.insert(u"image_url"_s, image);
        QJsonArray buttons;
        for (const rich::Option &option : options)
            buttons.append(button(option, ++place));
        if (!buttons.isEmpty())
            element.insert(u"buttons"_s, buttons);
        elements.append(element);
    }
    if (elements.isEmpty() || elements.size() > numbers::Elements)
        return std::nullopt;
    return generic(elements);
}

/// The native form, or nothing where the limits do not allow it: then it goes as text.
std::optional<std::vector<QJsonObject>> nativeOf(const QJsonObject &rich, qsizetype maxText)
{
    const QString kind = rich::kindOf(json::canonical(rich));
    QStringList lines{rich.value(u"text"_s).toString(), rich.value(u"location"_s).toString()};
    lines.removeAll(QString());
    const QString text = lines.join(u'\n');
    const std::vector<rich::Option> options = rich::optionsOf(rich);
    const size_t count = options.size();
    const auto intro = [&](const QJsonObject &main) {
        std::vector<QJsonObject> out;
        if (!text.isEmpty())
            out.push_back({{u"text"_s, text}});
        out.push_back(main);
        return out;
    };
    if (text.toUtf8().size() > maxText)
        return std::nullopt;
    if (kind == u"quick_replies" && !text.isEmpty() && count <= size_t(numbers::QuickReplies) &&
        !isTooLong(options, numbers::ButtonTitle))
        return std::vector{quickReplies(text, options)};
    if (kind == u"buttons" && !text.isEmpty() && text.size() <= numbers::ButtonText &&
        count <= size_t(numbers::Buttons) && !isTooLong(options, numbers::ButtonTitle)) {
        QJsonArray buttons;
        for (size_t i = 0; i < count; ++i)
            buttons.append(button(options[i], int(i) + 1));
        return std::vector{templateOf(
            {{u"template_type"_s, u"button"_s}, {u"text"_s, text}, {u"buttons"_s, buttons}})};
    }
    if ((kind == u"list_picker" || kind == u"time_picker") && count > 0 &&
        count <= size_t(numbers::Elements) && !isTooLong(options, numbers::ElementTitle)) {
        return intro(pickerOf(options, tr("Choose"))); // "button" is what opens a list
    }
    if (kind == u"rich_link") {
        if (const auto link = linkOf(rich))
            return std::vector{*link};
    }
    if (kind == u"card" || kind == u"carousel") {
        if (const auto cards = cardsOf(rich))
            return intro(*cards);
    }
    return std::nullopt;
}

/// Texts of at most so many bytes (Instagram) or characters (Messenger).
std::vector<QString> textParts(const QString &text, Product product)
{
    if (product == Product::Messenger)
        return vendor::splitText(text, numbers::MessengerText);
    std::vector<QString> out;
    // A UTF-16 unit has 3 bytes at most: parts of a third of the bytes always fit.
    const bool fits = text.toUtf8().size() <= numbers::InstagramText;
    return fits ? std::vector{text} : vendor::splitText(text, numbers::InstagramText / 3);
}

QString typeOf(const QString &mimeType)
{
    for (const QString &kind : {u"image"_s, u"audio"_s, u"video"_s}) {
        if (mimeType.startsWith(kind + u'/'))
            return kind;
    }
    return u"file"_s;
}

Result<Done> addFiles(const Outgoing &outgoing, Product product, std::vector<Part> &parts)
{
    for (const Attachment &file : outgoing.message.content.attachments) {
        if (product == Product::Instagram)
            return invalid(tr("Instagram takes no files from here: it would have to fetch them "
                              "from a public address."));
        if (file.size > numbers::MaxFile)
            return invalid(tr("%1 is larger than the 25 MB that Messenger takes.").arg(file.name));
        if (!outgoing.attachments.contains(file.sha256))
            return invalid(tr("%1 is not there any more.").arg(file.name));
        const QJsonObject payload{{u"is_reusable"_s, false}};
        Part part;
        part.what = tr("the file %1").arg(file.name);
        part.message = {{u"attachment"_s,
                         QJsonObject{{u"type"_s, typeOf(file.mimeType)}, {u"payload"_s, payload}}}};
        part.file = file.sha256;
        part.fileName = file.name;
        part.fileType = file.mimeType.toLatin1();
        parts.push_back(part);
    }
    return Done{};
}

} // namespace

Permission permissionAt(Time now, Time lastInboundAt, bool isHuman)
{
    if (!lastInboundAt.isSet())
        return Permission::Closed;
    const Milliseconds age = now - lastInboundAt;
    if (age < numbers::ReplyWindow)
        return Permission::Plain;
    return isHuman && age <= numbers::HumanWindow ? Permission::Tagged : Permission::Closed;
}

Result<std::vector<Part>> partsOf(const Outgoing &outgoing, Product product,
                                  const Capabilities &capabilities)
{
    const Content &content = outgoing.message.content;
    const QJsonObject rich = vendor::richOf(content);
    const auto who = outgoing.agentName.isEmpty() ? rich::Sender::Flow : rich::Sender::Agent;
    const QString kind = rich.value(u"kind"_s).toString();
    std::vector<Part> parts;
    QString text = content.text;
    std::optional<std::vector<QJsonObject>> native;
    if (!rich.isEmpty() && rich::isNative(capabilities, kind, who))
        native = nativeOf(rich, product == Product::Messenger ? numbers::MessengerText
                                                              : numbers::InstagramText);
    if (native)
        text = text == rich.value(u"text"_s).toString() || text == rich::fallbackText(rich)
                   ? QString()
                   : text;
    else if (!rich.isEmpty())
        text = rich::fallbackText(rich);
    if (!text.trimmed().isEmpty()) {
        for (const QString &piece : textParts(text, product))
            parts.push_back({tr("the text"), {{u"text"_s, piece}}, {}, {}, {}, piece});
    }
    if (const Result<Done> files = addFiles(outgoing, product, parts); !files)
        return files.error();
    for (const QJsonObject &message : native.value_or(std::vector<QJsonObject>()))
        parts.push_back(
            {tr("the choices"), message, {}, {}, {}, message.value(u"text"_s).toString()});
    if (parts.empty())
        return invalid(tr("There is nothing to send."));
    if (parts.size() > size_t(numbers::MaxParts))
        return invalid(tr("This is too long: it would be %1 messages.").arg(parts.size()));
    if (product == Product::Messenger) { // its echo comes back with that
        for (Part &part : parts)
            part.message.insert(u"metadata"_s, OwnMark + outgoing.message.id.toString());
    }
    return parts;
}

vendor::ApiCall sendCall(const QString &selfId, const QJsonObject &recipient, Permission permission,
                         const Part &part)
{
    QJsonObject body{{u"recipient"_s, recipient}, {u"message"_s, part.message}};
    if (!recipient.contains(u"comment_id"_s))
        body.insert(u"messaging_type"_s,
                    permission == Permission::Tagged ? u"MESSAGE_TAG"_s : u"RESPONSE"_s);
    if (permission == Permission::Tagged)
        body.insert(u"tag"_s, u"HUMAN_AGENT"_s);
    vendor::ApiCall call = vendor::jsonCall("POST", u"/%1/messages"_s.arg(selfId), body);
    call.bucket = u"text"_s;
    return call;
}

vendor::ApiCall fileCall(const vendor::ApiCall &call, const Part &part, const QByteArray &bytes)
{
    std::vector<vendor::FormPart> fields;
    const QJsonObject body = QJsonDocument::fromJson(call.body).object();
    for (auto it = body.begin(); it != body.end(); ++it) {
        const QByteArray value = it->isObject()
                                     ? QJsonDocument(it->toObject()).toJson(QJsonDocument::Compact)
                                     : it->toString().toUtf8();
        fields.push_back({it.key().toLatin1(), value, {}, {}});
    }
    const QByteArray type =
        part.fileType.isEmpty() ? QByteArray("application/octet-stream") : part.fileType;
    fields.push_back({"filedata", bytes, part.fileName, type});
    vendor::ApiCall out = vendor::multipartCall(call.path, fields);
    out.bucket = u"media"_s;
    out.timeout = std::chrono::minutes(2);
    return out;
}

} // namespace peerdesk::channels::meta
