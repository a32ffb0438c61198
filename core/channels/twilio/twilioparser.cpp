// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/twilio/twilioparser.h"

#include "core/channels/twilio/errors.h"
#include "core/channels/twilio/keywords.h"
#include "core/channels/twilio/numbers.h"
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/phone.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace peerdesk::channels::twilio {

using namespace Qt::StringLiterals;

namespace {

constexpr QLatin1StringView WhatsAppPrefix{"whatsapp:"};
constexpr QLatin1StringView Withheld{"unknown"}; ///< instead of a number that was not told
constexpr int MaxAddress = 200;

Time timeIn(const QJsonObject &message, const QString &key)
{
    const QDateTime at = QDateTime::fromString(message.value(key).toString(), Qt::RFC2822Date);
    return {at.isValid() ? at.toMSecsSinceEpoch() : 0};
}

/// Below the API's root only: an address in a payload is no reason to call another place.
QString ownPath(const QString &path)
{
    static const QRegularExpression safe(u"^/2010-04-01/[A-Za-z0-9_./?=&%:+<>-]{1,1000}$"_s);
    return safe.match(path).hasMatch() && !path.contains(u".."_s) ? path : QString();
}

QString endingOf(const QString &type)
{
    static const std::map<QString, QString> endings{
        {u"image/jpeg"_s, u".jpg"_s}, {u"image/png"_s, u".png"_s},
        {u"image/gif"_s, u".gif"_s},  {u"image/webp"_s, u".webp"_s},
        {u"audio/ogg"_s, u".ogg"_s},  {u"audio/mpeg"_s, u".mp3"_s},
        {u"audio/amr"_s, u".amr"_s},  {u"video/mp4"_s, u".mp4"_s},
        {u"video/3gpp"_s, u".3gp"_s}, {u"application/pdf"_s, u".pdf"_s},
        {u"text/vcard"_s, u".vcf"_s}, {u"text/x-vcard"_s, u".vcf"_s}};
    const auto known = endings.find(type.section(u';', 0, 0).trimmed().toLower());
    return known == endings.end() ? QString() : known->second;
}

} // namespace

std::optional<MessageRow> messageRow(const QJsonObject &message)
{
    static const QRegularExpression sid(u"^(SM|MM)[0-9a-fA-F]{32}$"_s);
    MessageRow row;
    row.sid = message.value(u"sid"_s).toString();
    row.from = message.value(u"from"_s).toString().trimmed();
    row.to = message.value(u"to"_s).toString().trimmed();
    if (!sid.match(row.sid).hasMatch() || row.from.size() > MaxAddress ||
        row.to.size() > MaxAddress)
        return std::nullopt;
    row.body = message.value(u"body"_s).toString();
    row.status = message.value(u"status"_s).toString();
    row.isInbound = message.value(u"direction"_s).toString() == u"inbound"_s;
    row.at = timeIn(message, u"date_sent"_s);
    if (!row.at.isSet())
        row.at = timeIn(message, u"date_created"_s);
    row.updated = timeIn(message, u"date_updated"_s);
    row.files = std::clamp(message.value(u"num_media"_s).toString().toInt(), 0, MaxMedia);
    if (row.files > 0)
        row.mediaPath = ownPath(message.value(u"subresource_uris"_s)[u"media"].toString());
    row.errorCode = message.value(u"error_code"_s).toInt();
    row.errorMessage = message.value(u"error_message"_s).toString();
    row.raw = message;
    return row;
}

Result<MessageList> messageList(const QJsonObject &answer)
{
    const QJsonValue messages = answer.value(u"messages"_s);
    if (!messages.isArray())
        return invalid(u"Twilio's answer holds no list of messages"_s);
    MessageList list;
    for (const QJsonValue message : messages.toArray()) {
        if (const auto row = messageRow(message.toObject()))
            list.rows.push_back(*row);
    }
    list.next = ownPath(answer.value(u"next_page_uri"_s).toString());
    return list;
}

std::vector<MediaEntry> mediaList(const QJsonObject &answer)
{
    std::vector<MediaEntry> list;
    for (const QJsonValue media : answer.value(u"media_list"_s).toArray()) {
        QString path = ownPath(media[u"uri"].toString());
        if (path.endsWith(u".json"_s))
            path.chop(5); // the description; without it the bytes
        const QString type = media[u"content_type"].toString();
        if (!path.isEmpty() && list.size() < size_t(MaxMedia))
            list.push_back({path, u"file-%1%2"_s.arg(list.size() + 1).arg(endingOf(type))});
    }
    return list;
}

Identity identityOf(const QString &address, const QString &scope)
{
    const bool isWhatsApp = address.startsWith(WhatsAppPrefix);
    const QString value = isWhatsApp ? address.mid(WhatsAppPrefix.size()) : address;
    if (const auto phone = value.startsWith(u'+') ? vendor::phoneNumber(value) : std::nullopt)
        return {u"phone"_s, {}, phone->e164, phone->shown, Evidence::Provider};
    const QString kind = isWhatsApp ? u"whatsapp"_s : u"sms_sender"_s;
    QString name = vendor::cleanText(value, MaxAddress).simplified();
    if (name.isEmpty())
        name = Withheld;
    return {kind, scope, name, name, Evidence::Provider};
}

QString twilioAddress(const QString &kind, const QString &value, Medium medium)
{
    if (value == Withheld)
        return {};
    if (kind == u"phone"_s && value.startsWith(u'+'))
        return medium == Medium::WhatsApp ? WhatsAppPrefix + value : value;
    if (kind == u"whatsapp"_s && medium == Medium::WhatsApp)
        return WhatsAppPrefix + value;
    if (kind == u"sms_sender"_s && medium == Medium::Sms)
        return value;
    return {};
}

InboundItem itemOf(const MessageRow &row, Medium medium, const QString &scope)
{
    const Identity sender = identityOf(row.from, scope);
    if (row.body.isEmpty() && row.files == 0) {
        // A place, a contact: the list does not say what it was.
        return vendor::unsupportedItem(row.sid, sender, u"no text"_s, row.at, row.raw);
    }
    InboundItem item = vendor::messageItem(row.sid, sender, row.body, row.at, row.raw);
    if (const Wish wish = wishOf(row.body); medium == Medium::Sms && wish != Wish::None) {
        vendor::addHeaders(item, {{u"opt"_s, wishName(wish)}});
        // YES is a word that people answer with: it takes back a STOP, but it is a message too.
        item.isAutomatic = row.body.trimmed().compare(u"yes"_s, Qt::CaseInsensitive) != 0;
    }
    return item;
}

std::optional<InboundItem> receiptOf(const MessageRow &row)
{
    const QString key = row.sid + u':' + row.status;
    if (row.status == u"sent"_s)
        return vendor::receiptItem(key, row.sid, MessageState::Sent, row.at);
    if (row.status == u"delivered"_s)
        return vendor::receiptItem(key, row.sid, MessageState::Delivered, row.at);
    if (row.status == u"read"_s)
        return vendor::receiptItem(key, row.sid, MessageState::Read, row.at);
    if (row.status == u"failed"_s || row.status == u"undelivered"_s || row.status == u"canceled"_s)
        return vendor::receiptItem(key, row.sid, MessageState::Failed, row.at,
                                   errorSentence(row.errorCode, row.errorMessage));
    return std::nullopt;
}

bool isFinal(const QString &status, Medium medium)
{
    if (status == u"delivered"_s)
        return medium == Medium::Sms; // WhatsApp tells when it was read
    return status == u"read"_s || status == u"failed"_s || status == u"undelivered"_s ||
           status == u"canceled"_s;
}

} // namespace peerdesk::channels::twilio
