// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/whatsapp/whatsapprequests.h"

#include "core/channels/api/rich.h"
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/outgoing.h"
#include "core/channels/whatsapp/errors.h"
#include "core/channels/whatsapp/interactive.h"
#include "core/channels/whatsapp/numbers.h"
#include "core/channels/whatsapp/whatsappparser.h"
#include "core/channels/whatsapp/words.h"
#include "core/domain/providerids.h"

namespace peerdesk::channels::whatsapp {

using namespace Qt::StringLiterals;

namespace {

constexpr int WindowOver = 131047;

Error no(const QString &reason)
{
    return rejected(reason, u"refused"_s);
}

/// The number where it is known: an id in `to` would be taken for one and lead nowhere.
QJsonObject addressing(const Outgoing &outgoing)
{
    QJsonObject body{{u"messaging_product"_s, u"whatsapp"_s},
                     {u"recipient_type"_s, u"individual"_s}};
    const QString known = phoneOf(vendor::answeredHeader(outgoing, u"wa_id"_s));
    const QString value = outgoing.address.value;
    if (!known.isEmpty())
        body.insert(u"to"_s, known.mid(1));
    else if (outgoing.address.kind == u"phone"_s && !phoneOf(value).isEmpty())
        body.insert(u"to"_s, phoneOf(value).mid(1));
    else if (outgoing.address.kind == u"whatsapp"_s && isUserId(value))
        body.insert(u"recipient"_s, value);
    else
        return {};
    return body;
}

/// What the file is to WhatsApp, and how large it may be.
struct FileKind
{
    QString kind;
    qint64 maxBytes;
};
FileKind fileKindOf(const Attachment &file)
{
    static const QStringList audio{u"audio/aac"_s, u"audio/mp4"_s, u"audio/mpeg"_s, u"audio/amr"_s,
                                   u"audio/ogg"_s};
    const QString type = file.mimeType.section(u';', 0, 0).trimmed().toLower();
    if (type == u"image/jpeg"_s || type == u"image/png"_s)
        return file.size <= MaxImage ? FileKind{u"image"_s, MaxImage}
                                     : FileKind{u"document"_s, MaxDocument};
    if (type == u"video/mp4"_s || type == u"video/3gpp"_s)
        return file.size <= MaxVideo ? FileKind{u"video"_s, MaxVideo}
                                     : FileKind{u"document"_s, MaxDocument};
    if (audio.contains(type) && file.size <= MaxAudio)
        return {u"audio"_s, MaxAudio};
    return {u"document"_s, MaxDocument};
}

SendRequest fileRequest(const Attachment &file, const QString &caption)
{
    const FileKind kind = fileKindOf(file);
    QJsonObject media;
    if (kind.kind == u"document"_s)
        media.insert(u"filename"_s, file.name);
    if (!caption.isEmpty())
        media.insert(u"caption"_s, caption);
    return {words("file %1").arg(file.name),
            {{u"type"_s, kind.kind}, {kind.kind, media}},
            file.sha256,
            file.name,
            file.mimeType,
            kind.kind};
}

SendRequest textRequest(const QString &name, const QString &text)
{
    const bool hasLink = text.contains(u"https://"_s) || text.contains(u"http://"_s);
    return {name,
            {{u"type"_s, u"text"_s},
             {u"text"_s, QJsonObject{{u"preview_url"_s, hasLink}, {u"body"_s, text}}}},
            {},
            {},
            {},
            {}};
}

void addText(const QString &text, std::vector<SendRequest> &requests)
{
    if (text.trimmed().isEmpty())
        return;
    const std::vector<QString> parts = vendor::splitText(text, MaxText);
    for (size_t i = 0; i < parts.size(); ++i) {
        const QString name = parts.size() == 1
                                 ? words("text")
                                 : words("part %1 of %2 of the text").arg(i + 1).arg(parts.size());
        requests.push_back(textRequest(name, parts[i]));
    }
}

SendRequest kindRequest(const QString &name, const QString &kind, const QJsonObject &object)
{
    return {name, {{u"type"_s, kind}, {kind, object}}, {}, {}, {}, {}};
}

void addRich(const QJsonObject &rich, std::vector<SendRequest> &requests)
{
    const QString kind = rich.value(u"kind"_s).toString();
    if (kind == u"template"_s)
        return requests.push_back(kindRequest(words("template"), u"template"_s, templateOf(rich)));
    if (kind == u"location"_s) {
        QJsonObject place{
            {u"latitude"_s, QString::number(rich.value(u"latitude"_s).toDouble(), 'f', 6)},
            {u"longitude"_s, QString::number(rich.value(u"longitude"_s).toDouble(), 'f', 6)}};
        if (const QString title = rich.value(u"title"_s).toString(); !title.isEmpty())
            place.insert(u"name"_s, title);
        if (const QString text = rich.value(u"text"_s).toString(); !text.isEmpty())
            place.insert(u"address"_s, text);
        return requests.push_back(kindRequest(words("location"), u"location"_s, place));
    }
    if (kind == u"markup_text"_s)
        return addText(vendor::withMarks(rich.value(u"markdown"_s).toString(),
                                         {u"*"_s, u"_"_s, u"~"_s, u"`"_s}),
                       requests);
    const bool isChoice = kind == u"quick_replies"_s || kind == u"buttons"_s ||
                          kind == u"list_picker"_s || kind == u"time_picker"_s;
    const QJsonObject interactive = isChoice ? interactiveOf(rich) : QJsonObject();
    if (interactive.isEmpty())
        return addText(rich::fallbackText(rich), requests);
    requests.push_back(kindRequest(words("choice"), u"interactive"_s, interactive));
}

QString filesProblem(const std::vector<Attachment> &files)
{
    for (const Attachment &file : files) {
        const FileKind kind = fileKindOf(file);
        if (file.size > kind.maxBytes)
            return words("%1 is larger than %2 MB, which is all that WhatsApp takes.")
                .arg(file.name)
                .arg(kind.maxBytes / 1024 / 1024);
    }
    return {};
}

bool takesCaption(const std::vector<Attachment> &files, const QString &text)
{
    return files.size() == 1 && text.size() <= MaxCaption &&
           fileKindOf(files.front()).kind != u"audio"_s;
}

} // namespace

Result<std::vector<SendRequest>> requestsOf(const Outgoing &outgoing, Time now)
{
    const Content &content = outgoing.message.content;
    const QJsonObject rich = vendor::richOf(content);
    const QJsonObject address = addressing(outgoing);
    if (address.isEmpty())
        return no(words("This customer has no address that can be written to from here."));
    const bool isTemplate = rich.value(u"kind"_s).toString() == u"template"_s;
    if (!isTemplate && vendor::isWindowOver(outgoing, Window, now))
        return no(errorSentence(WindowOver, {}));
    if (const QString reason = filesProblem(content.attachments); !reason.isEmpty())
        return no(reason);
    std::vector<SendRequest> requests;
    QString caption;
    if (!rich.isEmpty())
        addRich(rich, requests);
    else if (takesCaption(content.attachments, content.text))
        caption = content.text;
    else
        addText(content.text, requests);
    for (const Attachment &file : content.attachments)
        requests.push_back(fileRequest(file, std::exchange(caption, {})));
    if (requests.empty())
        return no(words("There is nothing in it to be sent."));
    const bool isQuoting = outgoing.answered && !outgoing.message.replyTo.isNull() &&
                           outgoing.answered->id == outgoing.message.replyTo;
    if (isQuoting)
        requests.front().body.insert(
            u"context"_s,
            QJsonObject{{u"message_id"_s, mainProviderId(outgoing.answered->providerId)}});
    for (size_t i = 0; i < requests.size(); ++i) {
        QJsonObject &body = requests[i].body;
        for (auto it = address.begin(); it != address.end(); ++it)
            body.insert(it.key(), it.value());
        body.insert(u"biz_opaque_callback_data"_s,
                    outgoing.message.id.toString() + u':' + QString::number(i));
    }
    return requests;
}

QJsonObject readMark(const QString &messageId, bool isTyping)
{
    QJsonObject body{{u"messaging_product"_s, u"whatsapp"_s},
                     {u"status"_s, u"read"_s},
                     {u"message_id"_s, messageId}};
    if (isTyping)
        body.insert(u"typing_indicator"_s, QJsonObject{{u"type"_s, u"text"_s}});
    return body;
}

} // namespace peerdesk::channels::whatsapp
