// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/meta/messaging.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"
#include "core/channels/meta/graph.h"
#include "core/channels/meta/numbers.h"

#include <QJsonArray>

namespace peerdesk::channels::meta {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxEvents = 10'000; ///< of one call; Meta sends up to 1,000
constexpr size_t MaxMarks = 500;        ///< of one call
constexpr qsizetype MaxFiles = 20;      ///< of one message

Identity identityOf(const QString &id, const QString &name, const Self &self)
{
    const QString kind = self.product == Product::Instagram ? u"instagram"_s : u"messenger"_s;
    const QString display = vendor::cleanText(name, 200).simplified();
    return {kind, self.id, id, display, Evidence::Provider};
}

/// One message on its way to an item.
class Draft
{
public:
    Draft(InboundItem item, Parsed &parsed)
        : m_item(std::move(item))
        , m_parsed(parsed)
    {}

    void line(const QString &text)
    {
        const QString clean = vendor::cleanText(text, 2'000);
        if (!clean.isEmpty())
            m_item.content.text += (m_item.content.text.isEmpty() ? QString() : u"\n"_s) + clean;
    }
    void file(const QString &url, const QString &name)
    {
        if (m_files++ >= MaxFiles || url.isEmpty())
            return line(u"[File: %1]"_s.arg(name));
        m_parsed.files.push_back({m_parsed.items.size(), name, url, {}});
    }
    InboundItem &item() { return m_item; }
    /// Nothing that we know was in it: it is shown so.
    void finish(bool isKnown)
    {
        const bool hasFile =
            !m_parsed.files.empty() && m_parsed.files.back().item == m_parsed.items.size();
        if (!isKnown && m_item.content.text.isEmpty() && !hasFile)
            line(u"[Unsupported message]"_s);
        m_parsed.items.push_back(std::move(m_item));
    }

private:
    InboundItem m_item;
    Parsed &m_parsed;
    qsizetype m_files = 0;
};

void addLocation(Draft &draft, const QJsonObject &payload, const QString &title)
{
    const QJsonObject place = payload.value(u"coordinates"_s).toObject();
    const double latitude = place.value(u"lat"_s).toDouble();
    const double longitude = place.value(u"long"_s).toDouble();
    draft.line(u"[Location: %1, %2] %3"_s.arg(latitude).arg(longitude).arg(title).trimmed());
    draft.item().content.rich = json::canonical({{u"kind"_s, u"location"_s},
                                                 {u"latitude"_s, latitude},
                                                 {u"longitude"_s, longitude},
                                                 {u"title"_s, title.left(200)}});
}

/// What is shared has a link and sometimes a title; a story also has a picture that is soon gone.
void addShared(Draft &draft, const QString &type, const QJsonObject &attachment)
{
    const QJsonObject payload = attachment.value(u"payload"_s).toObject();
    QString title = textIn(payload, u"title"_s);
    if (title.isEmpty())
        title = textIn(attachment, u"title"_s);
    QString url = textIn(payload, u"url"_s);
    if (url.isEmpty())
        url = textIn(attachment, u"url"_s);
    static const std::map<QString, QString> words{
        {u"story_mention"_s, u"[Mentioned you in a story]"_s},
        {u"ig_story"_s, u"[Shared a story]"_s},
        {u"share"_s, u"[Shared a post]"_s},
        {u"post"_s, u"[Shared a post]"_s},
        {u"ig_post"_s, u"[Shared a post]"_s},
        {u"reel"_s, u"[Shared a reel]"_s},
        {u"ig_reel"_s, u"[Shared a reel]"_s},
        {u"fallback"_s, u"[Link]"_s},
        {u"template"_s, u"[Card]"_s}};
    const auto word = words.find(type);
    if (word == words.end())
        return draft.line(u"[Unsupported attachment: %1]"_s.arg(type.left(60)));
    const bool isPicture = type == u"story_mention" || type == u"ig_story";
    draft.line(u"%1 %2 %3"_s.arg(word->second, title, isPicture ? QString() : url).simplified());
    vendor::addHeaders(draft.item(), {{u"shared"_s, type}, {u"url"_s, url.left(2'000)}});
    if (isPicture)
        draft.file(url, u"story"_s);
}

void addAttachment(Draft &draft, const QJsonObject &attachment)
{
    const QString type = textIn(attachment, u"type"_s);
    const QJsonObject payload = attachment.value(u"payload"_s).toObject();
    if (type == u"image" || type == u"audio" || type == u"video" || type == u"file")
        draft.file(textIn(payload, u"url"_s), type);
    else if (type == u"location")
        addLocation(draft, payload, textIn(attachment, u"title"_s));
    else
        addShared(draft, type, attachment);
}

/// One event of `messaging` or `standby`.
class Event
{
public:
    Event(const QJsonObject &event, const Self &self, Parsed &parsed)
        : m_event(event)
        , m_self(self)
        , m_parsed(parsed)
        , m_message(event.value(u"message"_s).toObject())
        , m_isEcho(m_message.value(u"is_echo"_s).toBool() ||
                   idIn(event.value(u"sender"_s).toObject(), u"id"_s) == self.id)
        , m_customer(idIn(event.value(m_isEcho ? u"recipient"_s : u"sender"_s).toObject(), u"id"_s))
        , m_at(timeOf(event.value(u"timestamp"_s)))
    {}

    void take(bool isStandby)
    {
        if (m_customer.isEmpty() || m_customer == m_self.id)
            return; // about the page itself
        if (m_event.contains(u"message"_s))
            return message(isStandby);
        if (m_event.contains(u"postback"_s))
            return postback(m_event.value(u"postback"_s).toObject());
        if (m_event.contains(u"message_edit"_s))
            return edit(m_event.value(u"message_edit"_s).toObject());
        if (m_event.contains(u"reaction"_s))
            return reaction(m_event.value(u"reaction"_s).toObject());
        if (m_event.contains(u"delivery"_s))
            return receipt(m_event.value(u"delivery"_s).toObject(), MessageState::Delivered);
        if (m_event.contains(u"read"_s))
            return receipt(m_event.value(u"read"_s).toObject(), MessageState::Read);
        if (m_event.contains(u"referral"_s))
            return referral(m_event.value(u"referral"_s).toObject());
        other();
    }

private:
    Identity sender() const { return identityOf(m_customer, {}, m_self); }
    QString keyFor(const QString &kind) const
    {
        return u"%1:%2:%3"_s.arg(kind, m_customer).arg(m_at.ms);
    }

    void message(bool isStandby)
    {
        const QString mid = idIn(m_message, u"mid"_s);
        if (m_isEcho && textIn(m_message, u"metadata"_s).startsWith(OwnMark))
            return; // we said it, and know
        if (m_message.value(u"is_deleted"_s).toBool())
            return deleted(mid);
        const QString key = mid.isEmpty() ? keyFor(u"message"_s) : mid;
        Draft draft(vendor::messageItem(key, sender(), {}, m_at, m_event), m_parsed);
        draft.item().thread = m_customer;
        story(draft);
        draft.line(textIn(m_message, u"text"_s));
        const QString payload = textIn(m_message.value(u"quick_reply"_s).toObject(), u"payload"_s);
        if (!payload.isEmpty())
            draft.item().content.rich =
                json::canonical(rich::answer(payload, textIn(m_message, u"text"_s)));
        for (const QJsonValue attachment : m_message.value(u"attachments"_s).toArray())
            addAttachment(draft, attachment.toObject());
        if (m_isEcho)
            vendor::markOutside(draft.item(), m_self.name);
        if (isStandby) // another program answers it
            draft.item().isAutomatic = true;
        if (m_message.value(u"is_unsupported"_s).toBool())
            draft.line(u"[Unsupported message: Meta does not pass it on. See it in its app.]"_s);
        draft.finish(false);
    }
    void story(Draft &draft)
    {
        const QJsonObject to = m_message.value(u"reply_to"_s).toObject();
        const QString mid = idIn(to, u"mid"_s);
        if (!mid.isEmpty()) {
            draft.item().threadHints = {mid};
            vendor::addHeaders(draft.item(), {{u"reply_to"_s, mid}});
        }
        const QJsonObject story = to.value(u"story"_s).toObject();
        if (story.isEmpty())
            return;
        draft.line(u"[Reply to your story]"_s);
        draft.file(textIn(story, u"url"_s), u"story"_s);
    }
    void about(InboundItem &item, ItemKind kind, const QString &mid)
    {
        item.kind = kind;
        item.receiptFor = mid;
        item.thread = m_customer;
        if (m_isEcho)
            vendor::markOutside(item, m_self.name);
        if (!mid.isEmpty())
            m_parsed.items.push_back(item);
    }
    void deleted(const QString &mid)
    {
        InboundItem item = vendor::messageItem(mid + u"#deleted"_s, sender(), {}, m_at, {});
        about(item, ItemKind::Deleted, mid);
    }
    void edit(const QJsonObject &edit)
    {
        const QString mid = idIn(edit, u"mid"_s);
        const QString key = u"%1#edit%2#%3"_s.arg(mid, idIn(edit, u"num_edit"_s).left(8),
                                                  shortHash(textIn(edit, u"text"_s)));
        InboundItem item =
            vendor::messageItem(key, sender(), textIn(edit, u"text"_s), m_at, m_event);
        about(item, ItemKind::Edited, mid);
    }
    void reaction(const QJsonObject &reaction)
    {
        const QString mid = idIn(reaction, u"mid"_s);
        const bool isBack = textIn(reaction, u"action"_s) == u"unreact";
        QString shown = textIn(reaction, u"emoji"_s);
        if (shown.isEmpty())
            shown = textIn(reaction, u"reaction"_s);
        InboundItem item =
            vendor::messageItem(mid + u'#' + keyFor(isBack ? u"unreact"_s : u"react"_s), sender(),
                                isBack ? QString() : vendor::cleanText(shown, 20), m_at, m_event);
        about(item, ItemKind::Reacted, mid);
    }
    void receipt(const QJsonObject &receipt, MessageState state)
    {
        QJsonArray mids = receipt.value(u"mids"_s).toArray();
        if (receipt.contains(u"mid"_s))
            mids.append(receipt.value(u"mid"_s));
        for (const QJsonValue mid : mids) {
            const QString about = mid.toString().left(MaxIdLength);
            if (!about.isEmpty())
                m_parsed.items.push_back(
                    vendor::receiptItem(about + u'#' + enumName(state), about, state, m_at));
        }
        const Time upTo = timeOf(receipt.value(u"watermark"_s));
        if (upTo.isSet())
            mark({m_customer, upTo, state});
    }
    /// Of one thread the last counts. What is above the bound is told again with the next one.
    void mark(const Watermark &given)
    {
        for (Watermark &known : m_parsed.watermarks) {
            if (known.thread != given.thread || known.state != given.state)
                continue;
            known.upTo = std::max(known.upTo, given.upTo);
            return;
        }
        if (m_parsed.watermarks.size() < MaxMarks)
            m_parsed.watermarks.push_back(given);
    }
    void postback(const QJsonObject &postback)
    {
        const QString mid = idIn(postback, u"mid"_s);
        const QString title = textIn(postback, u"title"_s);
        Draft draft(vendor::messageItem(mid.isEmpty() ? keyFor(u"postback"_s) : mid, sender(),
                                        title.isEmpty() ? u"[Pressed a button]"_s : title, m_at,
                                        m_event),
                    m_parsed);
        draft.item().thread = m_customer;
        draft.item().content.rich =
            json::canonical(rich::answer(textIn(postback, u"payload"_s), title));
        draft.finish(true);
    }
    void referral(const QJsonObject &referral)
    {
        const QString from = textIn(referral, u"source"_s);
        Draft draft(vendor::messageItem(keyFor(u"referral"_s), sender(),
                                        u"[Opened the chat from: %1 %2]"_s.arg(
                                            from, textIn(referral, u"ref"_s).left(200)),
                                        m_at, m_event),
                    m_parsed);
        draft.item().thread = m_customer;
        draft.item().isAutomatic = true;
        draft.finish(true);
    }
    /// What concerns programs only is no message; all else is shown, known or not.
    void other()
    {
        static const QStringList silent{u"pass_thread_control"_s, u"take_thread_control"_s,
                                        u"request_thread_control"_s, u"app_roles"_s,
                                        u"account_linking"_s};
        static const QStringList frame{u"sender"_s, u"recipient"_s, u"timestamp"_s};
        for (const QString &key : m_event.keys()) {
            if (frame.contains(key) || silent.contains(key))
                continue;
            InboundItem item =
                vendor::unsupportedItem(keyFor(key.left(60)), sender(), key, m_at, m_event);
            item.thread = m_customer;
            item.isAutomatic = true;
            m_parsed.items.push_back(item);
            return;
        }
    }

    const QJsonObject m_event;
    const Self &m_self;
    Parsed &m_parsed;
    const QJsonObject m_message;
    const bool m_isEcho;
    const QString m_customer;
    const Time m_at;
};

/// A file of the message edge: whichever address it has.
void addEdgeFile(Draft &draft, const QJsonObject &file)
{
    QString url = textIn(file, u"file_url"_s);
    for (const QString &kind : {u"image_data"_s, u"video_data"_s, u"audio_data"_s}) {
        if (url.isEmpty())
            url = textIn(file.value(kind).toObject(), u"url"_s);
    }
    const QString name = textIn(file, u"name"_s);
    draft.file(url, name.isEmpty() ? u"file"_s : name);
}

void addEdgeExtras(Draft &draft, const QJsonObject &message)
{
    const QJsonObject story = message.value(u"story"_s).toObject();
    if (story.contains(u"mention"_s)) {
        draft.line(u"[Mentioned you in a story]"_s);
        draft.file(textIn(story.value(u"mention"_s).toObject(), u"link"_s), u"story"_s);
    }
    if (story.contains(u"reply_to"_s)) {
        draft.line(u"[Reply to your story]"_s);
        draft.file(textIn(story.value(u"reply_to"_s).toObject(), u"link"_s), u"story"_s);
    }
    draft.line(textIn(message, u"message"_s));
    for (const QJsonValue file :
         message.value(u"attachments"_s).toObject().value(u"data"_s).toArray())
        addEdgeFile(draft, file.toObject());
    for (const QJsonValue value : message.value(u"shares"_s).toObject().value(u"data"_s).toArray())
        draft.line(
            u"[Shared a post] %1 %2"_s
                .arg(textIn(value.toObject(), u"name"_s), textIn(value.toObject(), u"link"_s))
                .simplified());
    if (message.contains(u"sticker"_s))
        draft.file(textIn(message, u"sticker"_s), u"sticker"_s);
    if (message.value(u"is_unsupported"_s).toBool())
        draft.line(u"[Unsupported message: Meta does not pass it on. See it in its app.]"_s);
}

QString nameIn(const QJsonObject &person)
{
    const QString name = textIn(person, u"name"_s);
    return name.isEmpty() ? textIn(person, u"username"_s) : name;
}

void takeEdgeMessage(const QJsonObject &message, const QJsonObject &customer, const Self &self,
                     Parsed &parsed)
{
    const bool isOurs = idIn(message.value(u"from"_s).toObject(), u"id"_s) == self.id;
    const Identity sender = identityOf(idIn(customer, u"id"_s), nameIn(customer), self);
    Draft draft(vendor::messageItem(idIn(message, u"id"_s), sender, {},
                                    timeOf(message.value(u"created_time"_s)), message),
                parsed);
    draft.item().thread = sender.value;
    addEdgeExtras(draft, message);
    if (isOurs)
        vendor::markOutside(draft.item(), self.name);
    draft.finish(false);
}

QJsonObject customerOf(const QJsonObject &conversation, const Self &self)
{
    for (const QJsonValue person :
         conversation.value(u"participants"_s).toObject().value(u"data"_s).toArray()) {
        const QString id = idIn(person.toObject(), u"id"_s);
        if (!id.isEmpty() && id != self.id)
            return person.toObject();
    }
    return {};
}

/// The events of an entry. Instagram's own log-in sends them as changes of fields, too.
QJsonArray eventsOf(const QJsonObject &entry, const QString &list)
{
    QJsonArray events = entry.value(list).toArray();
    QJsonArray changes = entry.value(u"changes"_s).toArray();
    if (entry.contains(u"field"_s))
        changes.append(entry);
    for (const QJsonValue change : changes) {
        const bool isStandby = change[u"field"].toString() == u"standby";
        const QJsonObject event = change[u"value"].toObject();
        if (event.contains(u"sender"_s) && isStandby == (list == u"standby"))
            events.append(event);
    }
    return events;
}

} // namespace

Result<Parsed> parseWebhook(const QByteArray &body, const Self &self)
{
    const QJsonDocument document = QJsonDocument::fromJson(body);
    const QJsonValue entries = document.object().value(u"entry"_s);
    if (!entries.isArray())
        return invalid(u"the call has no entries"_s);
    Parsed parsed;
    qsizetype events = 0;
    for (const QJsonValue value : entries.toArray()) {
        const QJsonObject entry = value.toObject();
        if (idIn(entry, u"id"_s) != self.id)
            continue; // another page of the same app
        for (const QString &list : {u"messaging"_s, u"standby"_s}) {
            for (const QJsonValue event : eventsOf(entry, list)) {
                if (++events > MaxEvents)
                    return invalid(u"the call has more than %1 events"_s.arg(MaxEvents));
                Event(event.toObject(), self, parsed).take(list == u"standby");
            }
        }
    }
    return parsed;
}

ConversationPage parseConversations(const QJsonObject &page, const Self &self, Time newerThan)
{
    ConversationPage out;
    for (const QJsonValue value : page.value(u"data"_s).toArray()) {
        const QJsonObject conversation = value.toObject();
        const Time updated = timeOf(conversation.value(u"updated_time"_s));
        if (updated.isSet()) {
            out.newest = std::max(out.newest, updated);
            out.oldest = out.oldest.isSet() ? std::min(out.oldest, updated) : updated;
        }
        const QJsonObject customer = customerOf(conversation, self);
        if (customer.isEmpty() || (updated.isSet() && updated < newerThan))
            continue;
        const QJsonArray messages =
            conversation.value(u"messages"_s).toObject().value(u"data"_s).toArray();
        qsizetype fresh = 0;
        for (qsizetype i = messages.size() - 1; i >= 0; --i) { // newest first there
            const QJsonObject message = messages.at(i).toObject();
            if (timeOf(message.value(u"created_time"_s)) < newerThan ||
                idIn(message, u"id"_s).isEmpty())
                continue;
            takeEdgeMessage(message, customer, self, out.parsed);
            ++fresh;
        }
        out.hasGap = out.hasGap || fresh >= numbers::MessagesPerThread;
    }
    const QJsonObject paging = page.value(u"paging"_s).toObject();
    if (paging.contains(u"next"_s))
        out.after = textIn(paging.value(u"cursors"_s).toObject(), u"after"_s).left(2'000);
    return out;
}

QString conversationFields()
{
    return u"id,updated_time,participants,messages.limit(%1){id,created_time,from,to,message,"
           "attachments,shares,sticker,story,is_unsupported}"_s.arg(numbers::MessagesPerThread);
}

} // namespace peerdesk::channels::meta
