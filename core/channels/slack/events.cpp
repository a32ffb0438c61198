// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/slack/events.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"
#include "core/channels/slack/limits.h"
#include "core/channels/slack/text.h"
#include "core/channels/slack/words.h"
#include "core/channels/vendor/items.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace peerdesk::channels::slack {

using namespace Qt::StringLiterals;
using namespace channels::vendor;

namespace {

constexpr qsizetype MaxSelected = 100;
constexpr qsizetype MaxLines = 500;

/// What a message may be besides plainly said.
const QStringList Said{u""_s, u"file_share"_s, u"thread_broadcast"_s, u"me_message"_s,
                       u"bot_message"_s};
/// What goes on in a channel and says nothing to us.
const QStringList Housekeeping{
    u"channel_join"_s,        u"channel_leave"_s,   u"channel_topic"_s,
    u"channel_purpose"_s,     u"channel_name"_s,    u"channel_archive"_s,
    u"channel_unarchive"_s,   u"group_join"_s,      u"group_leave"_s,
    u"group_topic"_s,         u"group_purpose"_s,   u"group_name"_s,
    u"group_archive"_s,       u"group_unarchive"_s, u"pinned_item"_s,
    u"unpinned_item"_s,       u"bot_add"_s,         u"bot_remove"_s,
    u"message_replied"_s,     u"reminder_add"_s,    u"channel_convert_to_private"_s,
    u"tombstone"_s,           u"bot_enable"_s,      u"bot_disable"_s,
    u"assistant_app_thread"_s};

QString textOf(const QJsonObject &object, const QString &key)
{
    return object.value(key).toString();
}

QString idIn(const QJsonValue &value)
{
    const QString id = value.toString();
    return isId(id) ? id : QString();
}

QString timestampIn(const QJsonValue &value)
{
    const QString ts = value.toString();
    return isTimestamp(ts) ? ts : QString();
}

QString threadIn(const QString &channel, const QString &root)
{
    return isDirect(channel) ? channel : channel + u'/' + root;
}

/// One payload on its way to items.
class Reader
{
public:
    explicit Reader(const Context &context)
        : m_context(context)
    {}

    Event read(const QString &type, const QJsonObject &payload)
    {
        if (type == u"events_api")
            takeEvent(payload.value(u"event"_s).toObject());
        else if (type == u"interactive" && textOf(payload, u"type"_s) == u"block_actions")
            takeActions(payload);
        else if (type == u"interactive" && textOf(payload, u"type"_s) == u"view_submission")
            takeForm(payload);
        else if (type == u"slash_commands")
            takeCommand(payload);
        return std::move(m_event);
    }

    Event readMessage(const QJsonObject &message)
    {
        takeMessage(message);
        return std::move(m_event);
    }

private:
    void takeEvent(const QJsonObject &event)
    {
        const QString type = textOf(event, u"type"_s);
        if (type == u"message" || type == u"app_mention")
            takeMessage(event);
        else if (type == u"reaction_added" || type == u"reaction_removed")
            takeReaction(event, type == u"reaction_added");
    }

    Identity identityOf(const QString &user, const QString &name) const
    {
        return {u"slack"_s, m_context.team, user, cleanText(name, 200).simplified(),
                Evidence::Provider};
    }

    bool isOwn(const QJsonObject &message) const
    {
        return textOf(message, u"user"_s) == m_context.user ||
               (!m_context.bot.isEmpty() && textOf(message, u"bot_id"_s) == m_context.bot);
    }

    /// People of our workspace, where only others are customers.
    bool isColleague(const QJsonObject &message) const
    {
        QString team = textOf(message, u"user_team"_s);
        if (team.isEmpty())
            team = textOf(message, u"team"_s);
        return m_context.onlyOthers && (team.isEmpty() || team == m_context.team);
    }

    void takeMessage(const QJsonObject &message)
    {
        const QString subtype = textOf(message, u"subtype"_s);
        const QString channel = idIn(message.value(u"channel"_s));
        if (channel.isEmpty() || Housekeeping.contains(subtype))
            return;
        if (subtype == u"message_changed")
            return takeEdit(message, channel);
        if (subtype == u"message_deleted")
            return takeDeletion(message, channel);
        const QString ts = timestampIn(message.value(u"ts"_s));
        if (ts.isEmpty() || isOwn(message))
            return;
        m_event.channel = channel;
        m_event.newest = ts;
        m_event.root = timestampIn(message.value(u"thread_ts"_s));
        m_event.items.push_back(itemFor(message, channel, messageKey(channel, ts)));
    }

    InboundItem itemFor(const QJsonObject &message, const QString &channel, const QString &key)
    {
        const QString ts = timestampIn(message.value(u"ts"_s));
        const QString root = timestampIn(message.value(u"thread_ts"_s));
        const QString subtype = textOf(message, u"subtype"_s);
        const bool isBot = subtype == u"bot_message" || message.contains(u"bot_id"_s);
        QString user = idIn(message.value(u"user"_s));
        if (user.isEmpty())
            user = idIn(message.value(u"bot_id"_s));
        if (user.isEmpty())
            user = u"UNKNOWN"_s;
        const Identity sender = identityOf(user, textOf(message, u"username"_s));
        const QJsonArray files = message.value(u"files"_s).toArray();
        const QString text = textIn(message);
        const Time at{millisecondsOf(ts)};
        const bool isSaid = Said.contains(subtype) && (!text.isEmpty() || !files.isEmpty());
        InboundItem item =
            isSaid ? messageItem(key, sender, text, at, message)
                   : unsupportedItem(key, sender, subtype.isEmpty() ? u"empty"_s : subtype, at,
                                     message);
        item.thread = threadIn(channel, root.isEmpty() ? ts : root);
        item.isAutomatic = isBot;
        if (isDirect(channel) && !root.isEmpty())
            addHeaders(item, {{u"thread_ts"_s, root}});
        if (!isBot && isColleague(message)) {
            item.isAutomatic = true;
            addHeaders(item, {{u"outside"_s, true}});
        }
        addFiles(item, files);
        return item;
    }

    /// Apps of others may say all in attachments, the older form of blocks.
    QString textIn(const QJsonObject &message) const
    {
        QString text = readable(textOf(message, u"text"_s));
        const QString own = u'@' + m_context.user;
        if (text.startsWith(own))
            text = text.mid(own.size()).trimmed();
        if (!text.isEmpty())
            return text;
        QStringList lines;
        addWords(message.value(u"blocks"_s), 0, lines);
        for (const QJsonValue part : message.value(u"attachments"_s).toArray()) {
            const qsizetype before = lines.size();
            lines << readable(part[u"fallback"].toString());
            lines.removeAll(QString());
            if (lines.size() == before) {
                for (const QString &key : {u"pretext"_s, u"title"_s, u"text"_s})
                    lines << readable(part[key].toString());
                addWords(part[u"blocks"], 0, lines);
            }
        }
        lines.removeAll(QString());
        return lines.join(u'\n');
    }

    /// The words of blocks in reading order; rich text stands in pieces within its line.
    static void addWords(const QJsonValue &value, int depth, QStringList &lines)
    {
        constexpr int MaxDepth = 8;
        if (depth > MaxDepth || lines.size() > MaxLines)
            return;
        for (const QJsonValue block : value.toArray()) {
            const QString type = block[u"type"].toString();
            if (type == u"rich_text_section" || type == u"rich_text_preformatted" ||
                type == u"rich_text_quote") {
                QString line;
                for (const QJsonValue piece : block[u"elements"].toArray())
                    line += pieceOf(piece);
                lines << line;
                continue;
            }
            const QJsonValue text = block[u"text"];
            lines << readable(text.isObject() ? text[u"text"].toString() : text.toString());
            lines << block[u"alt_text"].toString();
            for (const QString &key : {u"fields"_s, u"elements"_s})
                addWords(block[key], depth + 1, lines);
        }
    }
    static QString pieceOf(const QJsonValue &piece)
    {
        const QString type = piece[u"type"].toString();
        const QString text = piece[u"text"].toString();
        const QString url = piece[u"url"].toString();
        if (type == u"emoji")
            return emojiFor(piece[u"name"].toString());
        if (type == u"user" || type == u"usergroup")
            return u'@' + piece[type == u"user" ? u"user_id" : u"usergroup_id"].toString();
        if (type == u"channel")
            return u'#' + piece[u"channel_id"].toString();
        if (type == u"broadcast")
            return u'@' + piece[u"range"].toString();
        if (type == u"link")
            return text.isEmpty() || text == url ? url : u"%1 (%2)"_s.arg(text, url);
        return text;
    }

    void addFiles(InboundItem &item, const QJsonArray &files)
    {
        for (const QJsonValue value : files) {
            const QJsonObject file = value.toObject();
            const QString name = textOf(file, u"name"_s);
            const QString mode = textOf(file, u"mode"_s);
            const QString address = textOf(file, u"url_private_download"_s).isEmpty()
                                        ? textOf(file, u"url_private"_s)
                                        : textOf(file, u"url_private_download"_s);
            if (mode == u"tombstone")
                addMissingFile(item, name, words("it was deleted"));
            else if (file.value(u"is_external"_s).toBool() || mode == u"external")
                addMissingFile(item, name, words("it lies elsewhere: %1").arg(address));
            else if (file.value(u"size"_s).toInteger() > limits::DownloadBytes)
                addMissingFile(item, name, words("it is larger than 50 MB"));
            else if (textOf(file, u"file_access"_s) == u"check_file_info" || address.isEmpty())
                m_event.files.push_back({0, name, idIn(file.value(u"id"_s)), u"info"_s});
            else
                m_event.files.push_back({0, name, address, {}});
        }
    }

    /// Only what people changed: previews of links come as changes too.
    void takeEdit(const QJsonObject &event, const QString &channel)
    {
        const QJsonObject message = event.value(u"message"_s).toObject();
        const QString ts = timestampIn(message.value(u"ts"_s));
        const QString at = timestampIn(message.value(u"edited"_s)[u"ts"]);
        if (ts.isEmpty() || isOwn(message))
            return;
        if (textOf(message, u"subtype"_s) == u"tombstone")
            return addDeletion(channel, ts, message);
        const QJsonObject before = event.value(u"previous_message"_s).toObject();
        if (at.isEmpty() ||
            (textOf(before, u"text"_s) == textOf(message, u"text"_s) && before.contains(u"text"_s)))
            return;
        InboundItem item =
            itemFor(message, channel, u"edit:%1:%2"_s.arg(messageKey(channel, ts), at));
        item.kind = ItemKind::Edited;
        item.receiptFor = messageKey(channel, ts);
        item.providerTime = {millisecondsOf(at)};
        m_event.items.push_back(std::move(item));
    }

    void takeDeletion(const QJsonObject &event, const QString &channel)
    {
        const QJsonObject before = event.value(u"previous_message"_s).toObject();
        const QString ts = timestampIn(event.value(u"deleted_ts"_s));
        if (!ts.isEmpty() && !isOwn(before))
            addDeletion(channel, ts, before);
    }
    void addDeletion(const QString &channel, const QString &ts, const QJsonObject &before)
    {
        const QString root = timestampIn(before.value(u"thread_ts"_s));
        InboundItem item;
        item.kind = ItemKind::Deleted;
        item.receiptFor = messageKey(channel, ts);
        item.providerId = u"delete:"_s + item.receiptFor;
        item.thread = threadIn(channel, root.isEmpty() ? ts : root);
        item.sender = identityOf(idIn(before.value(u"user"_s)), {});
        m_event.items.push_back(std::move(item));
    }

    void takeReaction(const QJsonObject &event, bool isAdded)
    {
        const QJsonObject about = event.value(u"item"_s).toObject();
        const QString channel = idIn(about.value(u"channel"_s));
        const QString ts = timestampIn(about.value(u"ts"_s));
        const QString user = idIn(event.value(u"user"_s));
        if (channel.isEmpty() || ts.isEmpty() || user.isEmpty() || user == m_context.user)
            return;
        const QString name = textOf(event, u"reaction"_s);
        InboundItem item;
        item.kind = ItemKind::Reacted;
        item.receiptFor = messageKey(channel, ts);
        item.providerId = u"react:%1:%2:%3:%4"_s.arg(item.receiptFor, user, name.left(100),
                                                     timestampIn(event.value(u"event_ts"_s)));
        item.thread = threadIn(channel, ts);
        item.sender = identityOf(user, {});
        item.providerTime = {millisecondsOf(timestampIn(event.value(u"event_ts"_s)))};
        if (isAdded)
            item.content.text = emojiFor(name);
        m_event.items.push_back(std::move(item));
    }

    InboundItem answerItem(const QString &key, const QJsonObject &user, const QString &text,
                           const QJsonObject &raw) const
    {
        const Identity sender = identityOf(idIn(user.value(u"id"_s)), textOf(user, u"name"_s));
        return messageItem(key, sender, text, {}, raw);
    }

    void takeActions(const QJsonObject &payload)
    {
        const QJsonObject action = payload.value(u"actions"_s).toArray().first().toObject();
        const QJsonObject message = payload.value(u"message"_s).toObject();
        const QString name = textOf(action, u"action_id"_s);
        const QString channel = idIn(payload.value(u"channel"_s)[u"id"]);
        const QString ts = timestampIn(message.value(u"ts"_s));
        const QString root = timestampIn(message.value(u"thread_ts"_s));
        const QJsonObject user = payload.value(u"user"_s).toObject();
        if (channel.isEmpty() || ts.isEmpty() || idIn(user.value(u"id"_s)).isEmpty())
            return;
        const QString thread = threadIn(channel, root.isEmpty() ? ts : root);
        if (name == FormName) {
            m_event.form = FormWish{textOf(payload, u"trigger_id"_s).left(200), thread,
                                    messageKey(channel, ts)};
            return;
        }
        const QJsonObject answer = answerIn(action, payload);
        if (answer.isEmpty())
            return;
        InboundItem item = answerItem(
            u"action:%1:%2"_s.arg(textOf(action, u"action_ts"_s).left(40), textOf(user, u"id"_s)),
            user, textOf(answer, u"title"_s), action);
        item.thread = thread;
        item.threadHints = {messageKey(channel, ts)};
        item.content.rich = json::canonical(answer);
        m_event.items.push_back(std::move(item));
    }

    static QJsonObject answerIn(const QJsonObject &action, const QJsonObject &payload)
    {
        const QString name = textOf(action, u"action_id"_s);
        const auto label = [](const QJsonValue &of) {
            return cleanText(of[u"text"][u"text"].toString(), 200);
        };
        if (name.startsWith(OptionMark))
            return rich::answer(textOf(action, u"value"_s).left(limits::ButtonValue),
                                label(action));
        const QJsonValue chosen = action.value(u"selected_option"_s);
        if (name == SelectName)
            return rich::answer(chosen[u"value"].toString(), label(chosen));
        if (name != DoneName) // a link was opened, or choosing goes on
            return {};
        QStringList payloads;
        QStringList titles;
        for (const QJsonValue block : payload.value(u"state"_s)[u"values"].toObject()) {
            for (const QJsonValue option :
                 block[QString(SeveralName)][u"selected_options"].toArray()) {
                if (payloads.size() < MaxSelected) {
                    payloads << option[u"value"].toString();
                    titles << label(option);
                }
            }
        }
        if (payloads.isEmpty())
            return {};
        if (payloads.size() == 1)
            return rich::answer(payloads.first(), titles.first());
        QJsonObject answer = rich::answer({}, titles.join(u", "_s));
        answer.insert(u"options"_s, QJsonArray::fromStringList(payloads));
        return answer;
    }

    void takeForm(const QJsonObject &payload)
    {
        const QJsonObject view = payload.value(u"view"_s).toObject();
        const QJsonObject asked =
            QJsonDocument::fromJson(textOf(view, u"private_metadata"_s).toUtf8()).object();
        const QJsonObject user = payload.value(u"user"_s).toObject();
        const QString thread = textOf(asked, u"thread"_s);
        if (!isId(placeFrom(thread).channel) || idIn(user.value(u"id"_s)).isEmpty())
            return;
        const QJsonObject values = valuesIn(view.value(u"state"_s)[u"values"].toObject());
        QStringList lines;
        for (auto it = values.begin(); it != values.end(); ++it)
            lines << u"%1: %2"_s.arg(it.key(), it.value().toVariant().toString());
        InboundItem item = answerItem(u"view:"_s + textOf(view, u"id"_s).left(40), user,
                                      lines.join(u'\n'), values);
        item.thread = thread;
        item.threadHints = {textOf(asked, u"message"_s)};
        item.content.rich = json::canonical(rich::formAnswer(values));
        m_event.items.push_back(std::move(item));
    }

    static QJsonObject valuesIn(const QJsonObject &blocks)
    {
        QJsonObject values;
        for (auto block = blocks.begin(); block != blocks.end(); ++block) {
            const QJsonObject elements = block.value().toObject();
            if (!block.key().startsWith(FieldMark) || elements.isEmpty() ||
                values.size() >= limits::ModalBlocks)
                continue;
            const QJsonObject field = elements.begin().value().toObject();
            QJsonValue value = field.value(u"value"_s);
            if (field.contains(u"selected_date"_s))
                value = field.value(u"selected_date"_s);
            if (field.contains(u"selected_option"_s))
                value = field.value(u"selected_option"_s)[u"value"];
            if (field.contains(u"selected_options"_s))
                value = !field.value(u"selected_options"_s).toArray().isEmpty();
            if (value.isString())
                value = cleanText(value.toString(), 4'000);
            values.insert(block.key().mid(FieldMark.size()), value);
        }
        return values;
    }

    void takeCommand(const QJsonObject &payload)
    {
        const QString channel = idIn(payload.value(u"channel_id"_s));
        const QString user = idIn(payload.value(u"user_id"_s));
        if (channel.isEmpty() || user.isEmpty())
            return;
        const QString trigger = textOf(payload, u"trigger_id"_s).left(200);
        InboundItem item =
            messageItem(u"command:"_s + trigger, identityOf(user, textOf(payload, u"user_name"_s)),
                        textOf(payload, u"command"_s) + u' ' + textOf(payload, u"text"_s), {}, {});
        // Outside direct channels it begins no thread that could be answered in.
        item.thread = isDirect(channel) ? channel : channel + u'/';
        m_event.items.push_back(std::move(item));
    }

    const Context &m_context;
    Event m_event;
};

} // namespace

Event parse(const QString &type, const QJsonObject &payload, const Context &context)
{
    return Reader(context).read(type, payload);
}

Event parseMessage(QJsonObject message, const QString &channel, const Context &context)
{
    message.insert(u"channel"_s, channel);
    return Reader(context).readMessage(message);
}

Place placeFrom(const QString &thread)
{
    return {thread.section(u'/', 0, 0), thread.section(u'/', 1)};
}

bool isDirect(const QString &channel)
{
    return channel.startsWith(u'D');
}

QString messageKey(const QString &channel, const QString &ts)
{
    return channel + u':' + ts;
}

} // namespace peerdesk::channels::slack
