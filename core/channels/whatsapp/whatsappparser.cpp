// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/whatsapp/whatsappparser.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/phone.h"
#include "core/channels/whatsapp/errors.h"
#include "core/channels/whatsapp/words.h"

#include <QCryptographicHash>
#include <QRegularExpression>

namespace peerdesk::channels::whatsapp {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxId = 300;
constexpr int MaxContactLines = 100;
constexpr size_t MaxItems = 5'000; ///< WhatsApp puts up to 1,000 into a call

Time secondsAt(const QJsonObject &object, const QString &key)
{
    const QJsonValue value = object.value(key);
    const qint64 seconds = value.isString() ? value.toString().toLongLong() : value.toInteger();
    constexpr qint64 Latest = 32'503'680'000; // the year 3000
    return {seconds > 0 && seconds < Latest ? seconds * 1000 : 0};
}

/// Who somebody is, from what this message and the call's `contacts` say.
struct Person
{
    QString userId; ///< business-scoped
    QString phone;  ///< E.164
    QString name;
    QString username;
};

QJsonObject contactOf(const QJsonArray &contacts, const QString &waId, const QString &userId)
{
    for (const QJsonValue contact : contacts) {
        const bool isPhone = !waId.isEmpty() && contact[u"wa_id"].toString() == waId;
        const bool isUser = !userId.isEmpty() && contact[u"user_id"].toString() == userId;
        if (isPhone || isUser)
            return contact.toObject();
    }
    return contacts.size() == 1 ? contacts[0].toObject() : QJsonObject();
}

/// `side` is "from" or, for echoes, "to".
Person personOf(const QJsonObject &message, const QString &side, const QJsonArray &contacts)
{
    Person person;
    QString waId = textAt(message, side);
    person.userId = textAt(message, side + u"_user_id"_s);
    if (isUserId(waId)) {
        person.userId = waId;
        waId.clear();
    }
    const QJsonObject contact = contactOf(contacts, waId, person.userId);
    if (person.userId.isEmpty())
        person.userId = textAt(contact, u"user_id"_s);
    if (waId.isEmpty())
        waId = textAt(contact, u"wa_id"_s);
    if (!isUserId(person.userId))
        person.userId.clear();
    person.phone = phoneOf(waId);
    person.name = contact.value(u"profile"_s)[u"name"].toString();
    person.username = contact.value(u"profile"_s)[u"username"].toString();
    if (person.username.isEmpty())
        person.username = textAt(contact, u"username"_s);
    return person;
}

Identity phoneIdentity(const QString &phone)
{
    const auto known = vendor::phoneNumber(phone);
    return {u"phone"_s, {}, phone, known ? known->shown : phone, Evidence::Provider};
}

Identity identityOf(const Person &person, const QString &business)
{
    if (person.userId.isEmpty() && !person.phone.isEmpty())
        return phoneIdentity(person.phone);
    QString shown = person.phone.isEmpty() ? QString() : phoneIdentity(person.phone).display;
    if (shown.isEmpty() && !person.username.isEmpty())
        shown = u'@' + vendor::cleanText(person.username, 60);
    const QString value = person.userId.isEmpty() ? u"unknown"_s : person.userId;
    return {u"whatsapp"_s, business, value, shown.isEmpty() ? value : shown, Evidence::Provider};
}

/// One message on its way to an item.
class Reading
{
public:
    Reading(const QJsonObject &message, const Person &person, const QString &business)
        : m_message(message)
        , m_type(textAt(message, u"type"_s))
        , m_sender(identityOf(person, business))
        , m_person(person)
    {
        m_id = textAt(message, u"id"_s).left(MaxId);
        if (m_id.isEmpty()) {
            const QByteArray whole = QJsonDocument(message).toJson(QJsonDocument::Compact);
            m_id =
                u"odd:"_s +
                QString::fromLatin1(
                    QCryptographicHash::hash(whole, QCryptographicHash::Sha256).toHex().left(32));
        }
    }

    /// Files are about the item `place`.
    InboundItem item(size_t place, std::vector<vendor::WantedFile> &files) const
    {
        InboundItem out = read(place, files);
        const bool hasFile = !files.empty() && files.back().item == place;
        if (out.kind == ItemKind::Message && out.content.text.isEmpty() && !hasFile)
            out = unsupported(m_type);
        out.senderName = vendor::cleanText(m_person.name, 200).simplified();
        if (out.senderName.isEmpty() && !m_person.username.isEmpty())
            out.senderName = u'@' + vendor::cleanText(m_person.username, 60);
        if (m_sender.kind == u"whatsapp"_s && !m_person.phone.isEmpty())
            out.also.push_back(phoneIdentity(m_person.phone));
        if (!m_person.phone.isEmpty())
            vendor::addHeaders(out, {{u"wa_id"_s, m_person.phone.mid(1)}});
        const QString quoted = m_message.value(u"context"_s)[u"id"].toString();
        if (!quoted.isEmpty())
            out.threadHints.push_back(quoted);
        return out;
    }
    const Identity &sender() const { return m_sender; }
    const QString &id() const { return m_id; }

private:
    Time at() const { return secondsAt(m_message, u"timestamp"_s); }
    QJsonObject part(const QString &key) const { return m_message.value(key).toObject(); }

    InboundItem plain(const QString &text) const
    {
        return vendor::messageItem(m_id, m_sender, text, at(), m_message);
    }
    InboundItem unsupported(const QString &kind) const
    {
        return vendor::unsupportedItem(m_id, m_sender, kind.isEmpty() ? u"without a type"_s : kind,
                                       at(), m_message);
    }
    InboundItem withRich(const QString &text, const QJsonObject &content) const
    {
        InboundItem out = plain(text);
        out.content.rich = json::canonical(content);
        return out;
    }
    InboundItem about(ItemKind kind, const QString &original, const QString &text) const
    {
        InboundItem out = plain(text);
        out.kind = kind;
        out.receiptFor = original.left(MaxId);
        return original.isEmpty() ? unsupported(m_type) : out;
    }

    InboundItem read(size_t place, std::vector<vendor::WantedFile> &files) const
    {
        if (m_type == u"text"_s)
            return plain(part(u"text"_s).value(u"body"_s).toString());
        if (m_type == u"reaction"_s)
            return about(ItemKind::Reacted, textAt(part(m_type), u"message_id"_s),
                         textAt(part(m_type), u"emoji"_s));
        if (m_type == u"revoke"_s)
            return about(ItemKind::Deleted, textAt(part(m_type), u"original_message_id"_s), {});
        if (m_type == u"edit"_s)
            return edited(place, files);
        if (m_type == u"interactive"_s || m_type == u"button"_s)
            return answered();
        if (m_type == u"location"_s)
            return located();
        if (m_type == u"contacts"_s)
            return plain(contactsText());
        if (m_type == u"order"_s)
            return plain(orderText());
        if (m_type == u"system"_s)
            return fromSystem();
        if (isMedia(m_type))
            return media(place, files);
        return unsupported(m_type);
    }

    static bool isMedia(const QString &type)
    {
        static const QStringList kinds{u"image"_s, u"video"_s,    u"audio"_s,
                                       u"voice"_s, u"document"_s, u"sticker"_s};
        return kinds.contains(type);
    }

    InboundItem media(size_t place, std::vector<vendor::WantedFile> &files) const
    {
        const QJsonObject file = part(m_type);
        QString name = textAt(file, u"filename"_s);
        if (name.isEmpty())
            name = m_type + endingOf(textAt(file, u"mime_type"_s));
        InboundItem out = plain(textAt(file, u"caption"_s));
        const QString id = textAt(file, u"id"_s);
        if (id.isEmpty())
            vendor::addMissingFile(out, name, u"WhatsApp named no file"_s);
        else
            files.push_back({place, name, id, m_type});
        return out;
    }
    static QString endingOf(const QString &type)
    {
        const QString kind = type.section(u';', 0, 0).section(u'/', 1).trimmed();
        static const QRegularExpression simple(u"^[a-z0-9]{2,5}$"_s);
        if (kind == u"jpeg"_s)
            return u".jpg"_s;
        return simple.match(kind).hasMatch() ? u'.' + kind : QString();
    }

    InboundItem edited(size_t place, std::vector<vendor::WantedFile> &files) const
    {
        const QJsonObject edit = part(u"edit"_s);
        QJsonObject inner = edit.value(u"message"_s).toObject();
        const QString type = textAt(inner, u"type"_s);
        if (type == u"edit"_s || type == u"revoke"_s || type.isEmpty())
            return unsupported(m_type);
        inner.insert(u"id"_s, m_id);
        inner.insert(u"timestamp"_s, m_message.value(u"timestamp"_s));
        Reading now(inner, m_person, m_sender.scope);
        InboundItem out = now.read(place, files);
        const InboundItem marked =
            about(ItemKind::Edited, textAt(edit, u"original_message_id"_s), {});
        out.kind = marked.kind;
        out.receiptFor = marked.receiptFor;
        out.headers = marked.headers;
        return out;
    }

    /// A tap on a button or a row, or what was filled in.
    InboundItem answered() const
    {
        const QJsonObject choice = part(m_type);
        if (m_type == u"button"_s)
            return withRich(textAt(choice, u"text"_s),
                            rich::answer(textAt(choice, u"payload"_s), textAt(choice, u"text"_s)));
        const QString kind = textAt(choice, u"type"_s);
        const QJsonObject reply = choice.value(kind).toObject();
        if (kind == u"button_reply"_s || kind == u"list_reply"_s)
            return withRich(textAt(reply, u"title"_s),
                            rich::answer(textAt(reply, u"id"_s), textAt(reply, u"title"_s)));
        if (kind != u"nfm_reply"_s)
            return unsupported(u"interactive "_s + kind);
        const QJsonObject values =
            QJsonDocument::fromJson(textAt(reply, u"response_json"_s).toUtf8()).object();
        const QString text = linesOf(values, 0).join(u'\n');
        return withRich(text.isEmpty() ? textAt(reply, u"body"_s) : text, rich::formAnswer(values));
    }
    /// What was filled in, line by line; what was chosen of several, apart by commas.
    static QStringList linesOf(const QJsonObject &values, int depth)
    {
        constexpr int MaxDepth = 4;
        QStringList lines;
        for (auto it = values.begin(); it != values.end(); ++it) {
            if (it->isObject() && depth < MaxDepth) {
                lines += linesOf(it->toObject(), depth + 1);
            } else if (it.key() != u"flow_token"_s) {
                QStringList said;
                for (const QJsonValue one : it->isArray() ? it->toArray() : QJsonArray{*it})
                    said << (one.isObject() ? linesOf(one.toObject(), MaxDepth).join(u", "_s)
                                            : one.toVariant().toString());
                lines << it.key() + u": "_s + said.join(u", "_s);
            }
        }
        return lines;
    }

    InboundItem located() const
    {
        const QJsonObject place = part(m_type);
        const QJsonObject content{{u"kind"_s, u"location"_s},
                                  {u"latitude"_s, place.value(u"latitude"_s).toDouble()},
                                  {u"longitude"_s, place.value(u"longitude"_s).toDouble()},
                                  {u"title"_s, textAt(place, u"name"_s)},
                                  {u"text"_s, textAt(place, u"address"_s)}};
        return withRich(rich::fallbackText(content), content);
    }

    QString contactsText() const
    {
        QStringList lines;
        for (const QJsonValue contact : m_message.value(u"contacts"_s).toArray()) {
            lines << contact[u"name"][u"formatted_name"].toString();
            for (const QJsonValue phone : contact[u"phones"].toArray())
                lines << phone[u"phone"].toString();
            for (const QJsonValue email : contact[u"emails"].toArray())
                lines << email[u"email"].toString();
            if (lines.size() > MaxContactLines)
                break;
        }
        lines.removeAll(QString());
        return lines.isEmpty() ? u"[Contact]"_s : lines.mid(0, MaxContactLines).join(u'\n');
    }
    QString orderText() const
    {
        const QJsonObject order = part(m_type);
        QStringList lines{textAt(order, u"text"_s)};
        for (const QJsonValue product : order.value(u"product_items"_s).toArray())
            lines << u"%1 x %2 (%3 %4)"_s.arg(product[u"quantity"].toInt())
                         .arg(product[u"product_retailer_id"].toString())
                         .arg(product[u"item_price"].toDouble())
                         .arg(product[u"currency"].toString());
        lines.removeAll(QString());
        return lines.mid(0, MaxContactLines).join(u'\n');
    }
    /// "... changed their phone number": to be seen, not to be answered.
    InboundItem fromSystem() const
    {
        const QString said = textAt(part(m_type), u"body"_s);
        InboundItem out = said.isEmpty()
                              ? unsupported(u"system "_s + textAt(part(m_type), u"type"_s))
                              : plain(said);
        out.isAutomatic = true;
        return out;
    }

    const QJsonObject m_message;
    const QString m_type;
    const Identity m_sender;
    const Person m_person;
    QString m_id;
};

void takeMessages(const QJsonObject &value, const QString &business, Delivery &out)
{
    const QJsonArray contacts = value.value(u"contacts"_s).toArray();
    for (const QJsonValue entry : value.value(u"messages"_s).toArray()) {
        const QJsonObject message = entry.toObject();
        const Reading reading(message, personOf(message, u"from"_s, contacts), business);
        out.items.push_back(reading.item(out.items.size(), out.files));
        out.latest.push_back({reading.sender().value, reading.id()});
    }
}

/// Typed into the business's own app: part of the conversation, but nobody has to answer it.
void takeEchoes(const QJsonObject &value, const QString &business, Delivery &out)
{
    const QJsonArray contacts = value.value(u"contacts"_s).toArray();
    for (const QJsonValue entry : value.value(u"message_echoes"_s).toArray()) {
        const QJsonObject message = entry.toObject();
        const Reading reading(message, personOf(message, u"to"_s, contacts), business);
        InboundItem item = reading.item(out.items.size(), out.files);
        item.isAutomatic = true;
        item.senderName.clear(); // the customer's card is not to be named after the business
        vendor::addHeaders(item, {{u"outside"_s, true}});
        out.items.push_back(std::move(item));
    }
}

void takeStatuses(const QJsonObject &value, Delivery &out)
{
    static const std::map<QString, MessageState> states{{u"sent"_s, MessageState::Sent},
                                                        {u"delivered"_s, MessageState::Delivered},
                                                        {u"read"_s, MessageState::Read},
                                                        {u"played"_s, MessageState::Read},
                                                        {u"failed"_s, MessageState::Failed}};
    for (const QJsonValue entry : value.value(u"statuses"_s).toArray()) {
        const QJsonObject status = entry.toObject();
        const QString id = textAt(status, u"id"_s).left(MaxId);
        const auto state = states.find(textAt(status, u"status"_s));
        if (id.isEmpty() || state == states.end())
            continue; // "deleted", "warning": nothing that a tick could show
        const QJsonArray errors = status.value(u"errors"_s).toArray();
        const QString reason = errors.isEmpty() ? QString() : errorSentence(errors[0].toObject());
        out.items.push_back(vendor::receiptItem(id + u':' + state->first, id, state->second,
                                                secondsAt(status, u"timestamp"_s), reason));
        if (const QString mark = textAt(status, u"biz_opaque_callback_data"_s);
            !mark.isEmpty() && state->second != MessageState::Failed)
            out.marks.push_back({mark, id});
    }
}

void takeChange(const QJsonObject &change, const QString &business, const QString &phoneNumberId,
                Delivery &out)
{
    const QString field = textAt(change, u"field"_s);
    if (field != u"messages"_s && field != u"smb_message_echoes"_s)
        return; // about templates, the account's review and such
    const QJsonObject value = change.value(u"value"_s).toObject();
    const QString number = value.value(u"metadata"_s)[u"phone_number_id"].toString();
    if (number != phoneNumberId) {
        if (!out.otherNumbers.contains(number))
            out.otherNumbers << number.left(60);
        return;
    }
    takeMessages(value, business, out);
    takeEchoes(value, business, out);
    takeStatuses(value, out);
    for (const QJsonValue error : value.value(u"errors"_s).toArray())
        out.troubles << errorSentence(error.toObject());
}

} // namespace

QString phoneOf(const QString &waId)
{
    static const QRegularExpression digits(u"^\\+?[0-9]{5,15}$"_s);
    if (!digits.match(waId).hasMatch())
        return {};
    return waId.startsWith(u'+') ? waId : u'+' + waId;
}

bool isUserId(const QString &text)
{
    static const QRegularExpression form(u"^[A-Z]{2}\\.([A-Z]{3}\\.)?[A-Za-z0-9]{1,128}$"_s);
    return form.match(text).hasMatch();
}

Result<Delivery> deliveryOf(const QByteArray &body, const QString &phoneNumberId)
{
    QJsonParseError wrong{};
    const QJsonDocument document = QJsonDocument::fromJson(body, &wrong);
    if (!document.isObject())
        return invalid(u"no JSON object: "_s + wrong.errorString());
    const QJsonObject call = document.object();
    if (textAt(call, u"object"_s) != u"whatsapp_business_account"_s)
        return invalid(u"no call about a WhatsApp business account"_s);
    Delivery out;
    for (const QJsonValue entry : call.value(u"entry"_s).toArray()) {
        const QString business = entry[u"id"].toString().left(60);
        for (const QJsonValue change : entry[u"changes"].toArray())
            takeChange(change.toObject(), business, phoneNumberId, out);
        if (out.items.size() > MaxItems)
            return Error{
                Error::Code::TooLarge, u"more messages in one call than WhatsApp sends"_s, {}};
    }
    return out;
}

} // namespace peerdesk::channels::whatsapp
