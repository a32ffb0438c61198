// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/twilio/twiliorequests.h"

#include "core/channels/api/rich.h"
#include "core/channels/twilio/errors.h"
#include "core/channels/twilio/numbers.h"
#include "core/channels/twilio/words.h"
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/outgoing.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace peerdesk::channels::twilio {

using namespace Qt::StringLiterals;

namespace {

Error no(const QString &reason)
{
    return rejected(reason, u"refused"_s);
}

QString isForbidden(const Outgoing &outgoing, const Sender &sender, bool isTemplate, Time now)
{
    if (sender.medium == Medium::Sms && vendor::answeredHeader(outgoing, u"opt"_s) == u"out"_s)
        return errorSentence(OptedOut, {});
    if (sender.medium == Medium::WhatsApp && !isTemplate &&
        vendor::isWindowOver(outgoing, WhatsAppWindow, now))
        return words("More than 24 hours have passed since the customer wrote: WhatsApp takes an "
                     "approved template only.");
    if (isTemplate && sender.medium == Medium::Sms)
        return words("A template can be sent by WhatsApp only.");
    return {};
}

QString bodyOf(const Outgoing &outgoing, const QJsonObject &rich, Medium medium)
{
    const QString kind = rich.value(u"kind"_s).toString();
    if (kind.isEmpty())
        return outgoing.message.content.text;
    if (kind == u"markup_text"_s && medium == Medium::WhatsApp)
        return vendor::withMarks(rich.value(u"markdown"_s).toString(),
                                 {u"*"_s, u"_"_s, u"~"_s, u"`"_s});
    if (kind == u"location"_s && medium == Medium::WhatsApp) {
        const QString title = rich.value(u"title"_s).toString();
        const QString text = rich.value(u"text"_s).toString();
        return !text.isEmpty() ? text : !title.isEmpty() ? title : words("Location");
    }
    return rich::fallbackText(rich);
}

/// Twilio counts a template's variables through: header, body, buttons.
Result<SendRequest> templateRequest(const QJsonObject &rich)
{
    static const QRegularExpression sid(u"^HX[0-9a-fA-F]{32}$"_s);
    const QString name = rich.value(u"name"_s).toString().trimmed();
    if (!sid.match(name).hasMatch())
        return no(words("Twilio names a template by its ContentSid: HX and 32 digits. You find it "
                        "in the Twilio console under Content Template Builder."));
    QJsonObject variables;
    for (const QString &part : {u"header"_s, u"body"_s, u"buttons"_s}) {
        for (const QJsonValue value : rich.value(part).toArray()) {
            if (!value.toString().isEmpty()) // else a button with nothing to fill in
                variables.insert(QString::number(variables.size() + 1), value.toString());
        }
    }
    SendRequest request{words("template"), {}, {}, {{u"ContentSid"_s, name}}};
    if (!variables.isEmpty())
        request.fields.emplace_back(
            u"ContentVariables"_s,
            QString::fromUtf8(QJsonDocument(variables).toJson(QJsonDocument::Compact)));
    return request;
}

/// Longitude and latitude travel beside the text.
void addLocation(SendRequest &request, const QJsonObject &rich)
{
    QString label = rich.value(u"title"_s).toString().left(100);
    label.remove(u'|');
    const QString place = u"geo:%1,%2"_s.arg(rich.value(u"latitude"_s).toDouble(), 0, 'f', 6)
                              .arg(rich.value(u"longitude"_s).toDouble(), 0, 'f', 6);
    request.fields.emplace_back(u"PersistentAction"_s,
                                label.isEmpty() ? place : place + u'|' + label);
}

std::vector<SendRequest> textRequests(const QString &body)
{
    std::vector<SendRequest> requests;
    const std::vector<QString> parts = vendor::splitText(body, MaxBody);
    for (size_t i = 0; i < parts.size(); ++i) {
        const QString name = parts.size() == 1
                                 ? words("text")
                                 : words("part %1 of %2 of the text").arg(i + 1).arg(parts.size());
        requests.push_back({name, {}, parts[i], {{u"Body"_s, parts[i]}}});
    }
    return requests;
}

QString filesProblem(const std::vector<Attachment> &files, const std::vector<QString> &urls,
                     const FileRules &rules)
{
    if (urls.size() != files.size())
        return words("Twilio fetches files from a public address, and this office has none. Ask "
                     "an admin to put one in under Settings > Channels, or send a link.");
    if (files.size() > size_t(rules.maxCount))
        return words("One message takes at most %1 files.").arg(rules.maxCount);
    const auto megabytes = [](qint64 bytes) { return QString::number(bytes / 1024 / 1024); };
    qint64 total = 0;
    for (const Attachment &file : files) {
        const qint64 limit = rules.maxBytesOf(file.mimeType);
        if (file.size > limit)
            return words("%1 is larger than %2 MB, which is all that Twilio takes.")
                .arg(file.name, megabytes(limit));
        total += file.size;
    }
    if (rules.maxTotalBytes > 0 && total > rules.maxTotalBytes)
        return words("The files together are larger than %1 MB, which is all that Twilio takes.")
            .arg(megabytes(rules.maxTotalBytes));
    return {};
}

/// An MMS carries the text and all files; a WhatsApp message one of them.
void addFiles(std::vector<SendRequest> &requests, const std::vector<Attachment> &files,
              const std::vector<QString> &urls, Medium medium)
{
    for (size_t i = 0; i < files.size(); ++i) {
        const bool joins = medium == Medium::Sms ? !requests.empty() : i == 0 && !requests.empty();
        if (!joins)
            requests.push_back({words("file %1").arg(files[i].name), {}, {}, {}});
        requests.back().fields.emplace_back(u"MediaUrl"_s, urls[i]);
    }
}

} // namespace

FileRules filesOf(Medium medium)
{
    FileRules rules;
    if (medium == Medium::Sms) {
        rules.maxBytes = rules.maxTotalBytes = MaxMmsBytes;
        rules.maxCount = MaxMedia;
        // Source: Twilio, "Accepted content types for media", column MMS.
        rules.types = {u"image/jpeg"_s,      u"image/png"_s,
                       u"image/gif"_s,       u"image/heic"_s,
                       u"image/heif"_s,      u"image/tiff"_s,
                       u"image/bmp"_s,       u"video/*"_s,
                       u"audio/*"_s,         u"text/vcard"_s,
                       u"text/x-vcard"_s,    u"text/csv"_s,
                       u"text/rtf"_s,        u"text/calendar"_s,
                       u"application/pdf"_s, u"application/vnd.apple.pkpass"_s};
        return rules;
    }
    rules.maxBytes = MaxWhatsAppBytes;
    rules.maxPictureBytes = MaxWhatsAppPictureBytes;
    // Source: Twilio, "Guidance on WhatsApp media messages"; webp is for stickers.
    const QString office = u"application/vnd.openxmlformats-officedocument."_s;
    rules.types = {u"image/jpeg"_s,
                   u"image/png"_s,
                   u"audio/ogg"_s,
                   u"audio/amr"_s,
                   u"audio/3gpp"_s,
                   u"audio/aac"_s,
                   u"audio/mpeg"_s,
                   u"video/mp4"_s,
                   u"application/pdf"_s,
                   u"application/msword"_s,
                   office + u"wordprocessingml.document"_s,
                   office + u"spreadsheetml.sheet"_s,
                   office + u"presentationml.presentation"_s,
                   u"text/vcard"_s,
                   u"text/x-vcard"_s};
    return rules;
}

Result<std::vector<SendRequest>> requestsOf(const Outgoing &outgoing, const Sender &sender,
                                            const std::vector<QString> &mediaUrls, Time now)
{
    const QJsonObject rich = vendor::richOf(outgoing.message.content);
    const QString kind = rich.value(u"kind"_s).toString();
    const bool isTemplate = kind == u"template"_s;
    const QString to = twilioAddress(outgoing.address.kind, outgoing.address.value, sender.medium);
    if (to.isEmpty())
        return no(words("This customer has no address that can be written to from here."));
    if (const QString reason = isForbidden(outgoing, sender, isTemplate, now); !reason.isEmpty())
        return no(reason);
    const std::vector<Attachment> &files = outgoing.message.content.attachments;
    if (const QString reason = filesProblem(files, mediaUrls, filesOf(sender.medium));
        !files.empty() && !reason.isEmpty())
        return no(reason);
    std::vector<SendRequest> requests;
    const QString body = isTemplate ? QString() : bodyOf(outgoing, rich, sender.medium);
    if (isTemplate) {
        const Result<SendRequest> made = templateRequest(rich);
        if (!made)
            return made.error();
        requests.push_back(*made);
    } else if (!body.trimmed().isEmpty()) {
        requests = textRequests(body);
    }
    if (kind == u"location"_s && sender.medium == Medium::WhatsApp && !requests.empty())
        addLocation(requests.back(), rich);
    addFiles(requests, files, mediaUrls, sender.medium);
    if (requests.empty())
        return no(words("There is nothing in it to be sent."));
    const QString from =
        sender.medium == Medium::WhatsApp ? u"whatsapp:"_s + sender.from : sender.from;
    for (SendRequest &request : requests) {
        request.to = to;
        request.fields.emplace_back(u"To"_s, to);
        if (!sender.service.isEmpty())
            request.fields.emplace_back(u"MessagingServiceSid"_s, sender.service);
        request.fields.emplace_back(u"From"_s, from);
    }
    return requests;
}

} // namespace peerdesk::channels::twilio
