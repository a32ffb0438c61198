// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/line/lineparser.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"
#include "core/channels/line/words.h"
#include "core/channels/vendor/items.h"

#include <QCryptographicHash>

namespace peerdesk::channels::line {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxId = 200;
constexpr qsizetype MaxEvents = 1'000; ///< LINE sends some hundreds at most

Time timeOf(const QJsonObject &event)
{
    const double ms = event.value(u"timestamp"_s).toDouble();
    constexpr double Latest = 32'503'680'000'000.0; // the year 3000
    return {ms > 0 && ms < Latest ? qint64(ms) : 0};
}

/// Nothing that a customer says: about the channel, or what people do beside the conversation.
bool isBeside(const QString &type)
{
    static const QStringList kinds{
        u"join"_s,       u"leave"_s,       u"memberJoined"_s, u"memberLeft"_s,
        u"beacon"_s,     u"accountLink"_s, u"membership"_s,   u"videoPlayComplete"_s,
        u"module"_s,     u"activated"_s,   u"deactivated"_s,  u"botSuspended"_s,
        u"botResumed"_s, u"delivery"_s};
    return kinds.contains(type);
}

/// One event on its way to an item.
class Reading
{
public:
    Reading(const QJsonObject &event, const QString &bot, Delivery &out)
        : m_event(event)
        , m_source(event.value(u"source"_s).toObject())
        , m_message(event.value(u"message"_s).toObject())
        , m_type(textAt(event, u"type"_s))
        , m_out(out)
    {
        m_user = textAt(m_source, u"userId"_s).left(MaxId);
        const QString kind = textAt(m_source, u"type"_s);
        if (kind == u"group"_s || kind == u"room"_s)
            m_group = textAt(m_source, kind + u"Id"_s).left(MaxId);
        const QString value = m_user.isEmpty() ? m_group : m_user;
        m_sender = {u"line"_s, bot, value.isEmpty() ? u"unknown"_s : value, {}, Evidence::Provider};
        m_id = textAt(event, u"webhookEventId"_s).left(MaxId);
        if (m_id.isEmpty()) {
            const QByteArray whole = QJsonDocument(event).toJson(QJsonDocument::Compact);
            m_id =
                u"odd:"_s +
                QString::fromLatin1(
                    QCryptographicHash::hash(whole, QCryptographicHash::Sha256).toHex().left(32));
        }
    }

    void run()
    {
        if (m_type == u"botSuspended"_s)
            m_out.isSuspended = true;
        if (isBeside(m_type))
            return;
        InboundItem item = read();
        item.thread = m_group;
        const bool isStandby = textAt(m_event, u"mode"_s) == u"standby"_s;
        item.isAutomatic = item.isAutomatic || isStandby; // another module answers
        const QString token = textAt(m_event, u"replyToken"_s);
        QJsonObject headers{{u"event"_s, m_id}};
        if (!token.isEmpty())
            headers.insert(u"reply_token"_s, token.left(MaxId));
        if (const QString quote = textAt(m_message, u"quoteToken"_s); !quote.isEmpty())
            headers.insert(u"quote_token"_s, quote.left(500));
        if (m_event.value(u"deliveryContext"_s)[u"isRedelivery"].toBool())
            headers.insert(u"redelivered"_s, true);
        vendor::addHeaders(item, headers);
        if (const QString read = textAt(m_message, u"markAsReadToken"_s); !read.isEmpty())
            m_out.readTokens[m_group.isEmpty() ? m_user : m_group] = read;
        if (!m_user.isEmpty())
            m_out.people.push_back({m_out.items.size(), m_user, groupPath()});
        m_out.items.push_back(std::move(item));
    }

private:
    QString groupPath() const
    {
        return m_group.isEmpty() ? QString() : textAt(m_source, u"type"_s) + u'/' + m_group;
    }
    InboundItem plain(const QString &id, const QString &text) const
    {
        return vendor::messageItem(id, m_sender, text, timeOf(m_event), m_event);
    }
    InboundItem unsupported(const QString &kind) const
    {
        return vendor::unsupportedItem(m_id, m_sender, kind.isEmpty() ? u"without a type"_s : kind,
                                       timeOf(m_event), m_event);
    }
    InboundItem automatic(const QString &text) const
    {
        InboundItem item = plain(m_id, text);
        item.isAutomatic = true;
        return item;
    }

    InboundItem read()
    {
        if (m_type == u"message"_s)
            return message();
        if (m_type == u"postback"_s)
            return postback();
        if (m_type == u"follow"_s)
            return automatic(words("[Has added you as a friend]"));
        if (m_type == u"unfollow"_s)
            return automatic(words("[Has blocked you: nothing can be sent any more]"));
        const QString gone = m_event.value(u"unsend"_s)[u"messageId"].toString().left(MaxId);
        if (m_type != u"unsend"_s || gone.isEmpty())
            return unsupported(m_type);
        InboundItem item = plain(m_id, {});
        item.kind = ItemKind::Deleted;
        item.receiptFor = gone;
        return item;
    }

    /// Its own id is the key: "unsend" refers to it, and a redelivery keeps it.
    InboundItem message()
    {
        const QString id = textAt(m_message, u"id"_s).left(MaxId);
        const QString kind = textAt(m_message, u"type"_s);
        InboundItem item = id.isEmpty() ? unsupported(kind) : content(id, kind);
        if (const QString quoted = textAt(m_message, u"quotedMessageId"_s); !quoted.isEmpty())
            item.threadHints.push_back(quoted.left(MaxId));
        return item;
    }

    InboundItem content(const QString &id, const QString &kind)
    {
        if (kind == u"text"_s)
            return plain(id, textAt(m_message, u"text"_s));
        if (kind == u"sticker"_s)
            return plain(id, stickerText());
        if (kind == u"location"_s) {
            const QJsonObject place{{u"kind"_s, u"location"_s},
                                    {u"latitude"_s, m_message.value(u"latitude"_s).toDouble()},
                                    {u"longitude"_s, m_message.value(u"longitude"_s).toDouble()},
                                    {u"title"_s, textAt(m_message, u"title"_s)},
                                    {u"text"_s, textAt(m_message, u"address"_s)}};
            InboundItem item = plain(id, rich::fallbackText(place));
            item.content.rich = json::canonical(place);
            return item;
        }
        static const std::map<QString, QString> names{{u"image"_s, u"image.jpg"_s},
                                                      {u"video"_s, u"video.mp4"_s},
                                                      {u"audio"_s, u"audio.m4a"_s},
                                                      {u"file"_s, u"file"_s}};
        const auto name = names.find(kind);
        if (name == names.end())
            return vendor::unsupportedItem(id, m_sender, kind, timeOf(m_event), m_event);
        InboundItem item = plain(id, {});
        const QJsonValue provider = m_message.value(u"contentProvider"_s);
        const QString given = textAt(m_message, u"fileName"_s);
        if (provider[u"type"].toString() == u"external"_s) // at anybody's server: not fetched
            item.content.text =
                vendor::cleanText(provider[u"originalContentUrl"].toString(), 2'000);
        else
            m_out.files.push_back(
                {m_out.items.size(), given.isEmpty() ? name->second : given, id, kind});
        return item;
    }

    QString stickerText() const
    {
        QStringList keywords;
        for (const QJsonValue word : m_message.value(u"keywords"_s).toArray())
            keywords << word.toString();
        const QString said = textAt(m_message, u"text"_s);
        const QString what = !said.isEmpty() ? said : keywords.mid(0, 5).join(u", "_s);
        return what.isEmpty() ? words("[Sticker]") : words("[Sticker: %1]").arg(what);
    }

    /// A tap, or a date and time that was picked.
    InboundItem postback() const
    {
        const QJsonObject given = m_event.value(u"postback"_s).toObject();
        const QJsonObject picked = given.value(u"params"_s).toObject();
        const QString data = textAt(given, u"data"_s);
        QString when;
        for (const QString &key : {u"datetime"_s, u"date"_s, u"time"_s}) {
            if (when.isEmpty())
                when = textAt(picked, key);
        }
        InboundItem item = plain(m_id, when.isEmpty() ? data : QString(when).replace(u'T', u' '));
        item.content.rich =
            json::canonical(when.isEmpty() ? rich::answer(data) : rich::formAnswer(picked));
        return item;
    }

    const QJsonObject m_event;
    const QJsonObject m_source;
    const QJsonObject m_message;
    const QString m_type;
    Delivery &m_out;
    Identity m_sender;
    QString m_user;
    QString m_group;
    QString m_id;
};

} // namespace

Result<Delivery> deliveryOf(const QByteArray &body)
{
    QJsonParseError wrong{};
    const QJsonDocument document = QJsonDocument::fromJson(body, &wrong);
    if (!document.isObject())
        return invalid(u"no JSON object: "_s + wrong.errorString());
    const QJsonObject call = document.object();
    if (!call.value(u"events"_s).isArray())
        return invalid(u"no call of LINE: it has no events"_s);
    const QJsonArray events = call.value(u"events"_s).toArray();
    if (events.size() > MaxEvents)
        return Error{Error::Code::TooLarge, u"more events in one call than LINE sends"_s, {}};
    Delivery out;
    out.destination = textAt(call, u"destination"_s).left(MaxId);
    for (const QJsonValue event : events)
        Reading(event.toObject(), out.destination, out).run();
    return out;
}

} // namespace peerdesk::channels::line
