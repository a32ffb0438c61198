// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/telegram/updates.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"
#include "core/channels/telegram/limits.h"
#include "core/channels/telegram/words.h"
#include "core/channels/vendor/items.h"

#include <QJsonDocument>

namespace peerdesk::channels::telegram {

using namespace Qt::StringLiterals;
using namespace channels::vendor;

namespace {

constexpr int MaxTextDepth = 16;
constexpr qsizetype MaxTextLines = 1'000;
constexpr double MaxExactInteger = 9'007'199'254'740'992.0; // 2^53

/// Ids exceed 32 bit and fit into 52; anything else is none.
qint64 idIn(const QJsonValue &value)
{
    const double number = value.toDouble(0);
    return std::abs(number) < MaxExactInteger ? qint64(number) : 0;
}

QString idText(const QJsonValue &value)
{
    const qint64 id = idIn(value);
    return id == 0 ? QString() : QString::number(id);
}

Time timeIn(const QJsonValue &value)
{
    constexpr qint64 MaxSeconds = 253'402'300'799; // the year 9999
    const qint64 seconds = idIn(value);
    return {seconds > 0 && seconds <= MaxSeconds ? seconds * 1000 : 0};
}

QString nameOf(const QJsonObject &user)
{
    const QString name =
        user.value(u"first_name"_s).toString() + u' ' + user.value(u"last_name"_s).toString();
    return cleanText(name, 200).simplified();
}

Identity identityOf(const QJsonObject &user)
{
    Identity identity;
    identity.kind = u"telegram"_s;
    identity.value = idText(user.value(u"id"_s));
    const QString handle = cleanText(user.value(u"username"_s).toString(), 64);
    identity.display = handle.isEmpty() ? nameOf(user) : u'@' + handle;
    return identity;
}

/// Links behind words are shown: the words alone say nothing.
QString withLinks(const QString &text, const QJsonArray &entities)
{
    constexpr qsizetype MaxLinks = 100;
    std::map<qsizetype, QString> links; // by the place behind the words
    for (const QJsonValue entity : entities) {
        const qsizetype end = entity[u"offset"].toInt() + entity[u"length"].toInt();
        const QString url = entity[u"url"].toString();
        if (entity[u"type"].toString() == u"text_link" && end > 0 && end <= text.size() &&
            qsizetype(links.size()) < MaxLinks)
            links[end] = u" (%1)"_s.arg(url.left(2'000));
    }
    QString whole = text;
    for (auto link = links.rbegin(); link != links.rend(); ++link)
        whole.insert(link->first, link->second);
    return whole;
}

/// A kind of file that messages carry.
struct FileKind
{
    const char *key;
    const char *fallbackName;
};
constexpr FileKind FileKinds[] = {{"document", "file"},        {"video", "video.mp4"},
                                  {"audio", "audio.mp3"},      {"voice", "voice.ogg"},
                                  {"video_note", "video.mp4"}, {"animation", "animation.mp4"},
                                  {"sticker", "sticker.webp"}};

/// What every message has, or what says more about one that is understood: no kind of its own.
const QStringList Envelope{u"message_id"_s,
                           u"message_thread_id"_s,
                           u"from"_s,
                           u"sender_chat"_s,
                           u"sender_boost_count"_s,
                           u"sender_business_bot"_s,
                           u"sender_tag"_s,
                           u"date"_s,
                           u"business_connection_id"_s,
                           u"chat"_s,
                           u"forward_origin"_s,
                           u"is_topic_message"_s,
                           u"is_automatic_forward"_s,
                           u"reply_to_message"_s,
                           u"external_reply"_s,
                           u"quote"_s,
                           u"reply_to_story"_s,
                           u"via_bot"_s,
                           u"edit_date"_s,
                           u"has_protected_content"_s,
                           u"is_from_offline"_s,
                           u"is_paid_post"_s,
                           u"media_group_id"_s,
                           u"author_signature"_s,
                           u"paid_star_count"_s,
                           u"text"_s,
                           u"entities"_s,
                           u"link_preview_options"_s,
                           u"effect_id"_s,
                           u"caption"_s,
                           u"caption_entities"_s,
                           u"show_caption_above_media"_s,
                           u"has_media_spoiler"_s,
                           u"reply_markup"_s,
                           u"direct_messages_topic"_s,
                           u"guest_query_id"_s,
                           u"guest_bot_caller_user"_s,
                           u"guest_bot_caller_chat"_s,
                           u"reply_to_checklist_task_id"_s,
                           u"reply_to_poll_option_id"_s,
                           u"suggested_post_info"_s};

/// Updates that are no message of anybody's to us, should they ever be switched on for this bot.
const QStringList Beside{u"update_id"_s,
                         u"business_connection"_s,
                         u"channel_post"_s,
                         u"edited_channel_post"_s,
                         u"inline_query"_s,
                         u"chosen_inline_result"_s,
                         u"message_reaction_count"_s,
                         u"poll"_s,
                         u"poll_answer"_s,
                         u"chat_member"_s,
                         u"chat_boost"_s,
                         u"removed_chat_boost"_s,
                         u"managed_bot"_s};

/// Updates on their way to items.
class Reader
{
public:
    Reader(const Cursor &cursor, const QString &bot)
        : m_bot(bot)
    {
        m_out.cursor = cursor;
    }

    Updates read(const QJsonArray &updates)
    {
        for (const QJsonValue value : updates) {
            const QJsonObject update = value.toObject();
            const qint64 id = idIn(update.value(u"update_id"_s));
            if (m_fileBytes >= limits::PageFileBytes) {
                m_out.isCut = true;
                break;
            }
            if (id < 0 || !update.contains(u"update_id"_s))
                continue; // no update: it will not come again either
            m_update = id;
            take(update);
            m_out.cursor.offset = std::max(m_out.cursor.offset, id + 1);
        }
        return std::move(m_out);
    }

private:
    void take(const QJsonObject &update)
    {
        const auto part = [&](const QString &key) { return update.value(key).toObject(); };
        if (update.contains(u"message"_s))
            takeMessage(part(u"message"_s));
        else if (update.contains(u"business_message"_s))
            takeMessage(part(u"business_message"_s));
        else if (update.contains(u"edited_message"_s))
            takeEdit(part(u"edited_message"_s));
        else if (update.contains(u"edited_business_message"_s))
            takeEdit(part(u"edited_business_message"_s));
        else if (update.contains(u"deleted_business_messages"_s))
            takeDeletions(part(u"deleted_business_messages"_s));
        else if (update.contains(u"callback_query"_s))
            takeCallback(part(u"callback_query"_s));
        else if (update.contains(u"message_reaction"_s))
            takeReaction(part(u"message_reaction"_s));
        else if (update.contains(u"my_chat_member"_s))
            takeMembership(part(u"my_chat_member"_s));
        else
            takeUnknown(update);
    }

    /// Newer than this program: to be seen by people, and nobody's message to be answered.
    void takeUnknown(const QJsonObject &update)
    {
        for (auto it = update.begin(); it != update.end(); ++it) {
            if (Beside.contains(it.key()) || !it->isObject())
                continue;
            const QJsonObject what = it->toObject();
            QJsonObject user = what.value(u"from"_s).toObject();
            if (user.isEmpty())
                user = what.value(u"user"_s).toObject();
            const Chat chat = chatOf(what);
            Identity sender = identityOf(user);
            if (sender.value.isEmpty() && chat.id.isEmpty())
                continue; // nobody's
            if (sender.value.isEmpty())
                sender = {u"telegram"_s, {}, chat.id, words("Unknown sender"), Evidence::Provider};
            InboundItem item = unsupportedItem(u"update:%1"_s.arg(m_update), sender, it.key(),
                                               timeIn(what.value(u"date"_s)), update);
            item.thread = chat.id.isEmpty() ? sender.value : threadOf(chat);
            item.senderName = nameOf(user);
            item.isAutomatic = true;
            m_out.items.push_back(std::move(item));
            return;
        }
    }

    Chat chatOf(const QJsonObject &message) const
    {
        QString id = idText(message.value(u"chat"_s)[u"id"]);
        const auto moved = m_out.cursor.moved.find(id);
        if (moved != m_out.cursor.moved.end())
            id = moved->second;
        const bool isTopic = message.value(u"is_topic_message"_s).toBool();
        return {id, isTopic ? idText(message.value(u"message_thread_id"_s)) : QString(),
                message.value(u"business_connection_id"_s).toString().left(100)};
    }

    /// Who wrote: a person, or the group or channel in whose name they did.
    static QJsonObject senderOf(const QJsonObject &message)
    {
        const QJsonObject chat = message.value(u"sender_chat"_s).toObject();
        if (chat.isEmpty())
            return message.value(u"from"_s).toObject();
        return {{u"id"_s, chat.value(u"id"_s)},
                {u"first_name"_s, chat.value(u"title"_s)},
                {u"username"_s, chat.value(u"username"_s)}};
    }

    bool isOwn(const QJsonObject &message) const
    {
        const QString bot = idText(message.value(u"sender_business_bot"_s)[u"id"]);
        return idText(message.value(u"from"_s)[u"id"]) == m_bot || (!bot.isEmpty() && bot == m_bot);
    }

    /// In a business chat the other person's id is the chat's: who else writes is the account.
    static bool isOutside(const QJsonObject &message)
    {
        return message.contains(u"business_connection_id"_s) &&
               idIn(message.value(u"from"_s)[u"id"]) != idIn(message.value(u"chat"_s)[u"id"]);
    }

    void takeMessage(const QJsonObject &message)
    {
        const qint64 id = idIn(message.value(u"message_id"_s));
        const Chat chat = chatOf(message);
        if (takeMove(message) || isOwn(message))
            return;
        if (id <= 0 || chat.id.isEmpty())
            return takeBroken(message);
        InboundItem item = itemFor(message, chat, messageKey(chat, id));
        const qint64 answered = idIn(message.value(u"reply_to_message"_s)[u"message_id"]);
        if (answered > 0)
            item.threadHints = {messageKey(chat, answered)};
        if (!chat.business.isEmpty() && !item.isAutomatic)
            m_out.lastInBusiness[item.thread] = id;
        add(std::move(item), message);
    }

    /// Without a chat nobody can answer it, but somebody wrote.
    void takeBroken(const QJsonObject &message)
    {
        Identity sender = identityOf(senderOf(message));
        if (sender.value.isEmpty())
            sender = {u"telegram"_s, {}, u"unknown"_s, words("Unknown sender"), Evidence::Provider};
        InboundItem item = unsupportedItem(u"update:%1"_s.arg(m_update), sender, u"damaged"_s,
                                           timeIn(message.value(u"date"_s)), message);
        item.isAutomatic = true;
        m_out.items.push_back(std::move(item));
    }

    InboundItem itemFor(const QJsonObject &message, const Chat &chat, const QString &key)
    {
        QJsonObject sender = senderOf(message);
        const bool outside = isOutside(message);
        if (outside) // the conversation is the customer's
            sender = message.value(u"chat"_s).toObject();
        Identity identity = identityOf(sender);
        if (identity.value.isEmpty())
            identity.value = chat.id;
        InboundItem item = contentOf(message, key, identity);
        item.thread = threadOf(chat);
        item.senderName = nameOf(sender);
        item.language = message.value(u"from"_s)[u"language_code"].toString().left(35);
        if (outside) {
            item.isAutomatic = true;
            item.senderName = nameOf(message.value(u"from"_s).toObject());
            item.language.clear();
            addHeaders(item, {{u"outside"_s, true}});
        }
        addOwnPhone(item, message);
        return item;
    }

    /// Telegram fills in the user of a contact: one's own number, not a typed one.
    static void addOwnPhone(InboundItem &item, const QJsonObject &message)
    {
        const QJsonObject contact = message.value(u"contact"_s).toObject();
        QString number = contact.value(u"phone_number"_s).toString();
        number.remove(u'+').remove(u' ');
        const bool isNumber =
            number.size() >= 8 && number.size() <= 15 && !number.startsWith(u'0') &&
            std::all_of(number.begin(), number.end(), [](QChar c) { return c.isDigit(); });
        if (isNumber && !item.isAutomatic && idIn(contact.value(u"user_id"_s)) != 0 &&
            idIn(contact.value(u"user_id"_s)) == idIn(message.value(u"from"_s)[u"id"]))
            item.also.push_back({u"phone"_s, {}, u'+' + number, u'+' + number, Evidence::Provider});
    }

    static InboundItem contentOf(const QJsonObject &message, const QString &key,
                                 const Identity &sender)
    {
        const Time at = timeIn(message.value(u"date"_s));
        if (const QString text = textIn(message); !text.isEmpty()) {
            InboundItem item = messageItem(key, sender, text, at, message);
            if (const QJsonObject place = placeIn(message); !place.isEmpty())
                item.content.rich = json::canonical(place);
            return item;
        }
        const bool hasFile =
            message.contains(u"photo"_s) ||
            std::any_of(std::begin(FileKinds), std::end(FileKinds), [&](const FileKind &kind) {
                return message.contains(QLatin1StringView(kind.key));
            });
        if (hasFile)
            return messageItem(key, sender, {}, at, message);
        return unsupportedItem(key, sender, kindOf(message), at, message);
    }

    static QString kindOf(const QJsonObject &message)
    {
        for (auto it = message.begin(); it != message.end(); ++it) {
            if (!Envelope.contains(it.key()))
                return it.key();
        }
        return u"empty"_s;
    }

    static QString textIn(const QJsonObject &message)
    {
        const QJsonObject contact = message.value(u"contact"_s).toObject();
        const QJsonObject poll = message.value(u"poll"_s).toObject();
        if (message.contains(u"text"_s))
            return withLinks(message.value(u"text"_s).toString(),
                             message.value(u"entities"_s).toArray());
        if (message.contains(u"caption"_s))
            return withLinks(message.value(u"caption"_s).toString(),
                             message.value(u"caption_entities"_s).toArray());
        if (!contact.isEmpty())
            return words("Contact: %1, %2")
                .arg(nameOf(contact), contact.value(u"phone_number"_s).toString());
        if (!poll.isEmpty())
            return pollText(poll);
        if (message.contains(u"rich_message"_s)) {
            QStringList lines;
            addBlocks(message.value(u"rich_message"_s)[u"blocks"], 0, lines);
            return lines.join(u'\n');
        }
        if (message.contains(u"checklist"_s))
            return checklistText(message.value(u"checklist"_s));
        if (message.contains(u"web_app_data"_s))
            return u"%1: %2"_s.arg(message.value(u"web_app_data"_s)[u"button_text"].toString(),
                                   message.value(u"web_app_data"_s)[u"data"].toString());
        if (message.contains(u"dice"_s))
            return u"%1 %2"_s.arg(message.value(u"dice"_s)[u"emoji"].toString())
                .arg(message.value(u"dice"_s)[u"value"].toInt());
        if (message.contains(u"sticker"_s))
            return message.value(u"sticker"_s)[u"emoji"].toString();
        const QJsonObject place = placeIn(message);
        return place.isEmpty() ? QString() : rich::fallbackText(place);
    }

    static QString pollText(const QJsonObject &poll)
    {
        QStringList lines{words("Poll: %1").arg(poll.value(u"question"_s).toString())};
        for (const QJsonValue option : poll.value(u"options"_s).toArray())
            lines << u"• "_s + option[u"text"].toString();
        return lines.join(u'\n');
    }

    static QString checklistText(const QJsonValue &list)
    {
        QStringList lines{list[u"title"].toString()};
        for (const QJsonValue task : list[u"tasks"].toArray())
            lines << (task[u"completion_date"].toInt() > 0 ? u"☑ "_s : u"☐ "_s) +
                         task[u"text"].toString();
        return lines.join(u'\n');
    }

    /// Text in pieces within pieces; an address stands behind its words.
    static QString wordsOf(const QJsonValue &text, int depth)
    {
        const bool hasPieces = text.isArray() || text.isObject();
        if (!hasPieces || depth > MaxTextDepth)
            return text.toString();
        QString all;
        for (const QJsonValue piece : text.toArray())
            all += wordsOf(piece, depth + 1);
        for (const QString &key : {u"text"_s, u"alternative_text"_s, u"expression"_s})
            all += wordsOf(text[key], depth + 1);
        const QString url = text[u"url"].toString();
        return url.isEmpty() || url == all ? all : u"%1 (%2)"_s.arg(all, url);
    }
    /// A formatted message in reading order.
    static void addBlocks(const QJsonValue &blocks, int depth, QStringList &lines)
    {
        if (depth > MaxTextDepth || lines.size() > MaxTextLines)
            return;
        for (const QJsonValue block : blocks.toArray()) {
            QString line = block[u"label"].toString();
            for (const QString &key : {u"summary"_s, u"text"_s, u"expression"_s}) {
                const QString said = wordsOf(block[key], 0);
                line += (line.isEmpty() || said.isEmpty() ? QString() : u" "_s) + said;
            }
            if (block.isArray()) // a row of a table
                addBlocks(block, depth + 1, lines);
            else if (!line.isEmpty())
                lines << line;
            for (const QString &key : {u"blocks"_s, u"items"_s, u"cells"_s})
                addBlocks(block[key], depth + 1, lines);
            for (const QJsonValue &below : {block[u"caption"][u"text"], block[u"credit"]}) {
                if (const QString said = wordsOf(below, 0); !said.isEmpty())
                    lines << said;
            }
        }
    }

    static QJsonObject placeIn(const QJsonObject &message)
    {
        const QJsonObject venue = message.value(u"venue"_s).toObject();
        const QJsonObject place = venue.isEmpty() ? message.value(u"location"_s).toObject()
                                                  : venue.value(u"location"_s).toObject();
        const double latitude = place.value(u"latitude"_s).toDouble(1000);
        const double longitude = place.value(u"longitude"_s).toDouble(1000);
        if (std::abs(latitude) > 90 || std::abs(longitude) > 180)
            return {};
        return {{u"kind"_s, u"location"_s},
                {u"latitude"_s, latitude},
                {u"longitude"_s, longitude},
                {u"title"_s, cleanText(venue.value(u"title"_s).toString(), 200)},
                {u"text"_s, cleanText(venue.value(u"address"_s).toString(), 500)}};
    }

    void add(InboundItem item, const QJsonObject &message)
    {
        addFiles(item, message);
        m_out.items.push_back(std::move(item));
    }

    void addFiles(InboundItem &item, const QJsonObject &message)
    {
        const QJsonArray sizes = message.value(u"photo"_s).toArray(); // smallest first
        if (!sizes.isEmpty())
            want(item, sizes.last().toObject(), {"photo", "photo.jpg"});
        for (const FileKind &kind : FileKinds) {
            const QJsonObject file = message.value(QLatin1StringView(kind.key)).toObject();
            const bool isTwice = qstrcmp(kind.key, "document") == 0 && // an animation is both
                                 message.contains(u"animation"_s);
            if (!file.isEmpty() && !isTwice)
                want(item, file, kind);
        }
    }

    void want(InboundItem &item, const QJsonObject &file, const FileKind &kind)
    {
        QString name = file.value(u"file_name"_s).toString();
        if (name.isEmpty())
            name = QLatin1StringView(kind.fallbackName);
        const qint64 size = idIn(file.value(u"file_size"_s));
        if (size > limits::DownloadBytes)
            return addMissingFile(item, name,
                                  words("it is larger than the 20 MB that Telegram hands out"));
        m_out.files.push_back({m_out.items.size(), name, file.value(u"file_id"_s).toString(),
                               QLatin1StringView(kind.key)});
        m_fileBytes += size;
    }

    void takeEdit(const QJsonObject &message)
    {
        const qint64 id = idIn(message.value(u"message_id"_s));
        const Chat chat = chatOf(message);
        if (id <= 0 || chat.id.isEmpty() || isOwn(message))
            return;
        InboundItem item =
            itemFor(message, chat, u"edit:%1:%2"_s.arg(messageKey(chat, id)).arg(m_update));
        item.kind = ItemKind::Edited;
        item.receiptFor = messageKey(chat, id);
        const Time at = timeIn(message.value(u"edit_date"_s));
        if (at.isSet())
            item.providerTime = at;
        add(std::move(item), message);
    }

    void takeDeletions(const QJsonObject &deleted)
    {
        constexpr int MaxDeleted = 100;
        const Chat chat = chatOf(deleted);
        if (chat.id.isEmpty())
            return;
        for (const QJsonValue value : deleted.value(u"message_ids"_s).toArray()) {
            const qint64 id = idIn(value);
            if (id <= 0 || m_out.items.size() >= size_t(limits::UpdatesPerPage * MaxDeleted))
                continue;
            InboundItem item;
            item.kind = ItemKind::Deleted;
            item.receiptFor = messageKey(chat, id);
            item.providerId = u"delete:"_s + item.receiptFor;
            item.thread = threadOf(chat);
            item.sender = identityOf(deleted.value(u"chat"_s).toObject());
            m_out.items.push_back(std::move(item));
        }
    }

    void takeCallback(const QJsonObject &query)
    {
        const QString id = query.value(u"id"_s).toString().left(100);
        const QJsonObject question = query.value(u"message"_s).toObject();
        const Chat chat = chatOf(question);
        const QString data = query.value(u"data"_s).toString();
        if (id.isEmpty())
            return;
        m_out.callbacks.push_back(id);
        if (chat.id.isEmpty())
            return; // a button of a message that is not in any chat of the bot's: not ours
        const QString title = titleOf(question, data);
        const QJsonObject user = query.value(u"from"_s).toObject();
        InboundItem item = messageItem(u"callback:"_s + id, identityOf(user),
                                       title.isEmpty() ? data : title, {}, query);
        item.thread = threadOf(chat);
        item.senderName = nameOf(user);
        item.language = user.value(u"language_code"_s).toString().left(35);
        item.content.rich = json::canonical(rich::answer(data.left(limits::CallbackBytes), title));
        item.threadHints = {messageKey(chat, idIn(question.value(u"message_id"_s)))};
        m_out.items.push_back(std::move(item));
    }

    static QString titleOf(const QJsonObject &question, const QString &data)
    {
        const QJsonArray rows = question.value(u"reply_markup"_s)[u"inline_keyboard"].toArray();
        for (const QJsonValue row : rows) {
            for (const QJsonValue button : row.toArray()) {
                if (!data.isEmpty() && button[u"callback_data"].toString() == data)
                    return cleanText(button[u"text"].toString(), 200);
            }
        }
        return {};
    }

    void takeReaction(const QJsonObject &reaction)
    {
        const qint64 id = idIn(reaction.value(u"message_id"_s));
        const Chat chat = chatOf(reaction);
        const QJsonObject user = reaction.value(u"user"_s).toObject();
        if (id <= 0 || chat.id.isEmpty() || user.isEmpty() || idText(user.value(u"id"_s)) == m_bot)
            return;
        InboundItem item;
        item.kind = ItemKind::Reacted;
        item.receiptFor = messageKey(chat, id);
        item.providerId =
            u"react:%1:%2:%3"_s.arg(item.receiptFor, idText(user.value(u"id"_s))).arg(m_update);
        item.thread = threadOf(chat);
        item.sender = identityOf(user);
        item.senderName = nameOf(user);
        item.providerTime = timeIn(reaction.value(u"date"_s));
        const QJsonArray now = reaction.value(u"new_reaction"_s).toArray();
        if (!now.isEmpty()) {
            const QString emoji = now.last()[u"emoji"].toString();
            item.content.text = emoji.isEmpty() ? u"⭐"_s : cleanText(emoji, 16);
        }
        m_out.items.push_back(std::move(item));
    }

    /// In a private chat: the customer has shut the bot out, or let it in again.
    void takeMembership(const QJsonObject &change)
    {
        const Chat chat = chatOf(change);
        if (change.value(u"chat"_s)[u"type"].toString() != u"private" || chat.id.isEmpty())
            return;
        const QString status = change.value(u"new_chat_member"_s)[u"status"].toString();
        const QString before = change.value(u"old_chat_member"_s)[u"status"].toString();
        if (status == before || (status != u"kicked" && before != u"kicked"))
            return; // the first /start says it all
        const QString text = status == u"kicked"
                                 ? words("[The customer has blocked this bot. Answers do not "
                                         "arrive until they allow it again.]")
                                 : words("[The customer allows messages of this bot again.]");
        const QJsonObject user = change.value(u"from"_s).toObject();
        InboundItem item =
            messageItem(u"member:%1:%2"_s.arg(chat.id).arg(m_update), identityOf(user), text,
                        timeIn(change.value(u"date"_s)), change);
        item.thread = threadOf(chat);
        item.senderName = nameOf(user);
        item.isAutomatic = true;
        addHeaders(item, {{u"notice"_s, true}});
        m_out.items.push_back(std::move(item));
    }

    /// A group got another id. Nothing to show: its conversation goes on.
    bool takeMove(const QJsonObject &message)
    {
        const QString to = idText(message.value(u"migrate_to_chat_id"_s));
        const QString from = idText(message.value(u"migrate_from_chat_id"_s));
        if (to.isEmpty() && from.isEmpty())
            return false;
        const QString here = idText(message.value(u"chat"_s)[u"id"]);
        auto &moved = m_out.cursor.moved;
        if (!here.isEmpty() && moved.size() < size_t(limits::Moved))
            moved.emplace(to.isEmpty() ? here : to, to.isEmpty() ? from : here);
        return true;
    }

    QString m_bot;
    Updates m_out;
    qint64 m_update = 0;
    qint64 m_fileBytes = 0;
};

} // namespace

Cursor cursorFrom(const QByteArray &bytes)
{
    const QJsonObject object = QJsonDocument::fromJson(bytes).object();
    Cursor cursor;
    cursor.offset = std::max<qint64>(0, idIn(object.value(u"offset"_s)));
    cursor.at = {idIn(object.value(u"at"_s))};
    cursor.gapFrom = {idIn(object.value(u"gap_from"_s))};
    cursor.gapTo = {idIn(object.value(u"gap_to"_s))};
    const QJsonObject moved = object.value(u"moved"_s).toObject();
    for (auto it = moved.begin(); it != moved.end(); ++it)
        cursor.moved[it.key()] = it.value().toString();
    return cursor;
}

QByteArray toBytes(const Cursor &cursor)
{
    QJsonObject moved;
    for (const auto &[to, from] : cursor.moved)
        moved.insert(to, from);
    QJsonObject object{{u"offset"_s, cursor.offset}, {u"at"_s, cursor.at.ms}};
    if (cursor.gapTo.isSet()) {
        object.insert(u"gap_from"_s, cursor.gapFrom.ms);
        object.insert(u"gap_to"_s, cursor.gapTo.ms);
    }
    if (!moved.isEmpty())
        object.insert(u"moved"_s, moved);
    return json::canonical(object).text;
}

Chat chatFrom(const QString &thread)
{
    const QStringList parts = thread.split(u'/');
    if (parts.size() == 3 && parts.first() == u"business")
        return {parts.at(2), {}, parts.at(1)};
    return {parts.first(), parts.size() == 2 ? parts.at(1) : QString(), {}};
}

QString threadOf(const Chat &chat)
{
    if (!chat.business.isEmpty())
        return u"business/%1/%2"_s.arg(QString(chat.business).remove(u'/'), chat.id);
    return chat.topic.isEmpty() ? chat.id : chat.id + u'/' + chat.topic;
}

QString messageKey(const Chat &chat, qint64 message)
{
    const QString key = u"%1:%2"_s.arg(chat.id).arg(message);
    return chat.business.isEmpty() ? key : u"%1:%2"_s.arg(chat.business, key);
}

Updates parse(const QJsonArray &updates, const Cursor &cursor, const QString &bot)
{
    return Reader(cursor, bot).read(updates);
}

QJsonArray wantedUpdates()
{
    return {u"message"_s,          u"edited_message"_s,          u"callback_query"_s,
            u"my_chat_member"_s,   u"message_reaction"_s,        u"business_connection"_s,
            u"business_message"_s, u"edited_business_message"_s, u"deleted_business_messages"_s};
}

} // namespace peerdesk::channels::telegram
