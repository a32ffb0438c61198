// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/discord/events.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"
#include "core/channels/discord/limits.h"
#include "core/channels/discord/words.h"
#include "core/channels/vendor/items.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace peerdesk::channels::discord {

using namespace Qt::StringLiterals;
using namespace channels::vendor;

namespace {

constexpr qint64 Epoch = 1'420'070'400'000; // 2015-01-01, from which ids count milliseconds
constexpr qsizetype MaxMentions = 100;
constexpr qsizetype MaxSelected = 25;

enum InteractionType { Command = 2, Component = 3, Modal = 5 };

QString textOf(const QJsonObject &object, const QString &key)
{
    return object.value(key).toString();
}

QString snowflake(const QJsonValue &value)
{
    const QString id = value.toString();
    return isSnowflake(id) ? id : QString();
}

/// As the vendor says; ids tell too when they were made.
Time timeOf(const QString &id, const QString &stamp = {})
{
    const Time said = Time::fromString(stamp);
    return said.isSet() ? said : Time{qint64(id.toULongLong() >> 22) + Epoch};
}

QString nameOf(const QJsonObject &user)
{
    const QString name = textOf(user, u"global_name"_s);
    return cleanText(name.isEmpty() ? textOf(user, u"username"_s) : name, 200).simplified();
}

Identity identityOf(const QJsonObject &user)
{
    Identity identity;
    identity.kind = u"discord"_s;
    identity.value = snowflake(user.value(u"id"_s));
    const QString handle = cleanText(textOf(user, u"username"_s), 64);
    identity.display = handle.isEmpty() ? nameOf(user) : u'@' + handle;
    return identity;
}

bool isThreadType(int type)
{
    return type >= 10 && type <= 12;
}

/// One event on its way to items.
class Reader
{
public:
    Reader(const QJsonObject &data, const Context &context)
        : m_data(data)
        , m_context(context)
        , m_channel(snowflake(data.value(u"channel_id"_s)))
        , m_isDirect(!data.contains(u"guild_id"_s))
    {}

    Event read(const QString &name)
    {
        if (name == u"MESSAGE_CREATE")
            takeMessage();
        else if (name == u"MESSAGE_UPDATE")
            takeEdit();
        else if (name == u"MESSAGE_DELETE")
            takeDeletion(snowflake(m_data.value(u"id"_s)));
        else if (name == u"MESSAGE_DELETE_BULK")
            takeDeletions();
        else if (name == u"MESSAGE_REACTION_ADD" || name == u"MESSAGE_REACTION_REMOVE")
            takeReaction(name.endsWith(u"ADD"));
        else if (name == u"INTERACTION_CREATE")
            takeInteraction();
        else if (name == u"TYPING_START")
            takeTyping();
        else
            takeThreads(name);
        return std::move(m_event);
    }

private:
    bool isThread() const
    {
        const auto known = m_context.channels.find(m_channel);
        return m_context.threads.contains(m_channel) ||
               isThreadType(m_data.value(u"channel_type"_s).toInt(-1)) ||
               (known != m_context.channels.end() && known->second.place == Place::Thread);
    }
    Place place() const
    {
        return m_isDirect ? Place::Direct : isThread() ? Place::Thread : Place::Server;
    }
    /// In a server's channel everybody has a conversation of their own.
    QString threadFor(const QString &user) const
    {
        return place() == Place::Server ? m_channel + u'/' + user : m_channel;
    }

    /// In servers only what is said to the bot, or where it was spoken to before.
    bool isForUs() const
    {
        if (m_channel.isEmpty())
            return false;
        if (m_isDirect)
            return true;
        if (isThread() &&
            (m_context.threads.contains(m_channel) || m_context.channels.contains(m_channel)))
            return true;
        const QJsonValue answered = m_data.value(u"referenced_message"_s)[u"author"][u"id"];
        return mentionsBot() || answered.toString() == m_context.bot;
    }
    bool mentionsBot() const
    {
        const QJsonArray mentions = m_data.value(u"mentions"_s).toArray();
        return std::any_of(mentions.begin(), mentions.end(), [this](const QJsonValue &user) {
            return user[u"id"].toString() == m_context.bot;
        });
    }

    QJsonObject author() const { return m_data.value(u"author"_s).toObject(); }

    void takeMessage()
    {
        const QString id = snowflake(m_data.value(u"id"_s));
        const QJsonObject user = author();
        if (id.isEmpty() || textOf(user, u"id"_s) == m_context.bot || !isForUs())
            return;
        InboundItem item = itemFor(id, id);
        const QString answered = snowflake(m_data.value(u"message_reference"_s)[u"message_id"]);
        if (!answered.isEmpty())
            item.threadHints = {answered};
        m_event.items.push_back(std::move(item));
        m_event.channel = m_channel;
        m_event.newest = id;
        m_event.place = place();
    }

    InboundItem itemFor(const QString &id, const QString &key)
    {
        Identity sender = identityOf(author());
        if (sender.value.isEmpty())
            sender.value = u"unknown"_s;
        const int type = m_data.value(u"type"_s).toInt();
        const bool isSaid = type == 0 || type == 19 || type == 20 || type == 23;
        QJsonObject said = m_data;
        const QJsonArray forwarded = m_data.value(u"message_snapshots"_s).toArray();
        if (!forwarded.isEmpty())
            said = forwarded.first()[u"message"].toObject();
        const QString text = isSaid ? textIn(said) : QString();
        const Time at = timeOf(id, textOf(m_data, u"timestamp"_s));
        const QJsonArray files = said.value(u"attachments"_s).toArray();
        InboundItem item = text.isEmpty() && files.isEmpty()
                               ? unsupportedItem(key, sender, kindOf(type), at, m_data)
                               : messageItem(key, sender, text, at, m_data);
        item.thread = threadFor(sender.value);
        item.senderName = nameOf(author());
        item.isAutomatic = author().value(u"bot"_s).toBool() || m_data.contains(u"webhook_id"_s);
        addFiles(item, files);
        return item;
    }

    static QString kindOf(int type)
    {
        return type == 0 ? words("without text; the bot may lack the message content switch")
                         : u"Discord %1"_s.arg(type);
    }

    QString textIn(const QJsonObject &said) const
    {
        QStringList lines{readable(textOf(said, u"content"_s))};
        for (const QJsonValue sticker : said.value(u"sticker_items"_s).toArray())
            lines << words("[Sticker: %1]").arg(sticker[u"name"].toString());
        const QJsonObject poll = said.value(u"poll"_s).toObject();
        if (!poll.isEmpty())
            lines << words("Poll: %1").arg(poll.value(u"question"_s)[u"text"].toString());
        for (const QJsonValue answer : poll.value(u"answers"_s).toArray())
            lines << u"• "_s + answer[u"poll_media"][u"text"].toString();
        lines.removeAll(QString());
        if (lines.isEmpty()) // programs say all in embeds; with people's words they are previews
            addEmbeds(said, lines);
        return lines.join(u'\n');
    }

    void addEmbeds(const QJsonObject &said, QStringList &lines) const
    {
        constexpr qsizetype MostEmbeds = 10;
        const QJsonArray embeds = said.value(u"embeds"_s).toArray();
        for (const QJsonValue embed : embeds) {
            if (lines.size() > MostEmbeds * 30)
                return;
            for (const QString &key : {u"title"_s, u"description"_s, u"url"_s})
                lines << readable(embed[key].toString());
            for (const QJsonValue field : embed[u"fields"].toArray())
                lines << readable(field[u"name"].toString() + u": "_s + field[u"value"].toString());
        }
        lines.removeAll(QString());
    }

    /// Names for numbers; the call to the bot at the beginning is only an address.
    QString readable(QString text) const
    {
        static const QRegularExpression custom(u"<a?:([A-Za-z0-9_]{2,32}):[0-9]{1,20}>"_s);
        const QJsonArray mentions = m_data.value(u"mentions"_s).toArray();
        for (qsizetype i = 0; i < std::min(MaxMentions, mentions.size()); ++i) {
            const QString id = snowflake(mentions.at(i)[u"id"]);
            const QString name = u'@' + nameOf(mentions.at(i).toObject());
            if (id.isEmpty())
                continue;
            for (const QString &form : {u"<@%1>"_s.arg(id), u"<@!%1>"_s.arg(id)}) {
                if (id == m_context.bot && text.startsWith(form))
                    text = text.mid(form.size()).trimmed();
                text.replace(form, name);
            }
        }
        return text.replace(custom, u":\\1:"_s);
    }

    void addFiles(InboundItem &item, const QJsonArray &files)
    {
        for (const QJsonValue file : files) {
            const QString name = file[u"filename"].toString();
            const QString address = file[u"url"].toString();
            if (file[u"size"].toInteger() > limits::DownloadBytes || address.isEmpty())
                addMissingFile(item, name,
                               address.isEmpty() ? words("Discord named no place for it")
                                                 : words("it is larger than 50 MB"));
            else
                m_event.files.push_back({0, name, address, {}});
        }
    }

    /// Only what people changed: previews of links come as updates too.
    void takeEdit()
    {
        const QString id = snowflake(m_data.value(u"id"_s));
        const QString at = textOf(m_data, u"edited_timestamp"_s);
        if (id.isEmpty() || at.isEmpty() || author().isEmpty() || !isForUs() ||
            textOf(author(), u"id"_s) == m_context.bot)
            return;
        InboundItem item = itemFor(id, u"edit:%1:%2"_s.arg(id, at.left(40)));
        item.kind = ItemKind::Edited;
        item.receiptFor = id;
        if (const Time edited = Time::fromString(at); edited.isSet())
            item.providerTime = edited;
        m_event.items.push_back(std::move(item));
    }

    void takeDeletions()
    {
        for (const QJsonValue id : m_data.value(u"ids"_s).toArray())
            takeDeletion(snowflake(id));
    }
    void takeDeletion(const QString &id)
    {
        if (id.isEmpty() || (!m_isDirect && !m_context.channels.contains(m_channel)))
            return;
        InboundItem item;
        item.kind = ItemKind::Deleted;
        item.receiptFor = id;
        item.providerId = u"delete:"_s + id;
        item.thread = m_channel;
        item.sender.kind = u"discord"_s;
        m_event.items.push_back(std::move(item));
    }

    void takeReaction(bool isAdded)
    {
        const QString message = snowflake(m_data.value(u"message_id"_s));
        const QString user = snowflake(m_data.value(u"user_id"_s));
        const bool isOurs = textOf(m_data, u"message_author_id"_s) == m_context.bot;
        if (message.isEmpty() || user.isEmpty() || user == m_context.bot ||
            !(m_isDirect || isOurs || m_context.channels.contains(m_channel)))
            return;
        const QJsonObject emoji = m_data.value(u"emoji"_s).toObject();
        const QString name = cleanText(textOf(emoji, u"name"_s), 40);
        const bool isCustom = !textOf(emoji, u"id"_s).isEmpty();
        const QJsonObject member = m_data.value(u"member"_s)[u"user"].toObject();
        InboundItem item;
        item.kind = ItemKind::Reacted;
        item.receiptFor = message;
        item.providerId = u"react:%1:%2:%3"_s.arg(message, user, m_context.tag);
        item.thread = threadFor(user);
        item.sender = identityOf(member);
        item.sender.value = user;
        item.senderName = nameOf(member);
        if (isAdded)
            item.content.text = isCustom ? u':' + name + u':' : name;
        m_event.items.push_back(std::move(item));
    }

    void takeTyping()
    {
        const QString user = snowflake(m_data.value(u"user_id"_s));
        if (!m_channel.isEmpty() && !user.isEmpty() && user != m_context.bot)
            m_event.typing = threadFor(user);
    }

    void takeInteraction()
    {
        const QString id = snowflake(m_data.value(u"id"_s));
        const QJsonObject user = m_isDirect ? m_data.value(u"user"_s).toObject()
                                            : m_data.value(u"member"_s)[u"user"].toObject();
        const Identity sender = identityOf(user);
        const int type = m_data.value(u"type"_s).toInt();
        const QJsonObject data = m_data.value(u"data"_s).toObject();
        if (id.isEmpty() || sender.value.isEmpty() || m_channel.isEmpty() ||
            (type != Command && type != Component && type != Modal))
            return;
        Interaction interaction{id,
                                textOf(m_data, u"token"_s).left(500),
                                threadFor(sender.value),
                                snowflake(m_data.value(u"message"_s)[u"id"]),
                                type == Component && textOf(data, u"custom_id"_s) == FormName,
                                type == Command};
        if (!interaction.opensForm) {
            InboundItem item = messageItem(u"interaction:"_s + id, sender, {}, timeOf(id), data);
            item.thread = interaction.thread;
            item.senderName = nameOf(user);
            item.language = textOf(m_data, u"locale"_s).left(35);
            if (!interaction.message.isEmpty())
                item.threadHints = {interaction.message};
            fillAnswer(item, type, data);
            m_event.items.push_back(std::move(item));
        }
        m_event.interaction = std::move(interaction);
    }

    void fillAnswer(InboundItem &item, int type, const QJsonObject &data)
    {
        if (type == Command) {
            item.content.text = commandText(data);
            return;
        }
        if (type == Modal) {
            const QJsonObject values = valuesIn(data);
            QStringList lines;
            for (auto it = values.begin(); it != values.end(); ++it)
                lines << u"%1: %2"_s.arg(it.key(), it.value().toString());
            item.content.text = cleanText(lines.join(u'\n'));
            item.content.rich = json::canonical(rich::formAnswer(values));
            const QString asked = textOf(data, u"custom_id"_s);
            if (asked.startsWith(ModalMark) && isSnowflake(asked.mid(ModalMark.size())))
                item.threadHints = {asked.mid(ModalMark.size())};
            return;
        }
        QStringList payloads;
        const QString name = textOf(data, u"custom_id"_s);
        const QJsonArray values = data.value(u"values"_s).toArray();
        if (values.isEmpty())
            payloads << (name.startsWith(OptionMark) ? name.mid(OptionMark.size()) : name);
        for (qsizetype i = 0; i < std::min(MaxSelected, values.size()); ++i)
            payloads << values.at(i).toString();
        QStringList titles;
        for (const QString &payload : payloads)
            titles << titleOf(name, payload);
        item.content.text = cleanText(titles.join(u", "_s), 4'000);
        QJsonObject answer = rich::answer(payloads.first(), titles.first());
        if (payloads.size() > 1) {
            answer = rich::answer({}, titles.join(u", "_s));
            answer.insert(u"options"_s, QJsonArray::fromStringList(payloads));
        }
        item.content.rich = json::canonical(answer);
    }

    static QString commandText(const QJsonObject &data)
    {
        QString text = u'/' + textOf(data, u"name"_s);
        QJsonArray options = data.value(u"options"_s).toArray();
        for (int depth = 0; depth < 3 && !options.isEmpty(); ++depth) { // group, command, values
            QJsonArray below;
            for (const QJsonValue option : options) {
                const bool isCommand = option[u"options"].isArray();
                text += u' ' + (isCommand ? option[u"name"].toString()
                                          : option[u"value"].toVariant().toString());
                if (isCommand)
                    below = option[u"options"].toArray();
            }
            options = below;
        }
        return cleanText(text, 4'000);
    }

    static QJsonObject valuesIn(const QJsonObject &data)
    {
        QJsonObject values;
        for (const QJsonValue row : data.value(u"components"_s).toArray()) {
            QJsonArray fields = row[u"components"].toArray();
            if (row[u"component"].isObject())
                fields.append(row[u"component"]);
            for (const QJsonValue field : fields) {
                const QString id = field[u"custom_id"].toString();
                QStringList said{field[u"value"].toString()};
                for (const QJsonValue one : field[u"values"].toArray()) // chosen, not written
                    said << one.toString();
                said.removeAll(QString());
                if (values.size() < limits::ModalFields && !id.isEmpty())
                    values.insert(id.left(limits::CustomIdCharacters),
                                  cleanText(said.join(u", "_s), 4'000));
            }
        }
        return values;
    }

    /// What the button or the choice says, from the message that carries it.
    QString titleOf(const QString &name, const QString &payload) const
    {
        for (const QJsonValue row : m_data.value(u"message"_s)[u"components"].toArray()) {
            for (const QJsonValue component : row[u"components"].toArray()) {
                if (component[u"custom_id"].toString() != name)
                    continue;
                for (const QJsonValue option : component[u"options"].toArray()) {
                    if (option[u"value"].toString() == payload)
                        return option[u"label"].toString();
                }
                if (!component[u"label"].toString().isEmpty())
                    return component[u"label"].toString();
            }
        }
        return payload;
    }

    void takeThreads(const QString &name)
    {
        const auto join = [this](const QJsonValue &thread) {
            const bool isIn =
                thread[u"member"].isObject() || thread[u"owner_id"].toString() == m_context.bot;
            if (const QString id = snowflake(thread[u"id"]); isIn && !id.isEmpty())
                m_event.joined.push_back(id);
        };
        if (name == u"GUILD_CREATE" || name == u"THREAD_LIST_SYNC") {
            for (const QJsonValue thread : m_data.value(u"threads"_s).toArray())
                join(thread);
        } else if (name == u"THREAD_CREATE") {
            join(m_data);
        } else if (name == u"THREAD_DELETE") {
            m_event.left.push_back(snowflake(m_data.value(u"id"_s)));
        } else if (name == u"THREAD_MEMBERS_UPDATE") {
            const QString id = snowflake(m_data.value(u"id"_s));
            for (const QJsonValue member : m_data.value(u"added_members"_s).toArray()) {
                if (member[u"user_id"].toString() == m_context.bot)
                    m_event.joined.push_back(id);
            }
            for (const QJsonValue member : m_data.value(u"removed_member_ids"_s).toArray()) {
                if (member.toString() == m_context.bot)
                    m_event.left.push_back(id);
            }
        }
    }

    const QJsonObject &m_data;
    const Context &m_context;
    QString m_channel;
    bool m_isDirect;
    Event m_event;
};

} // namespace

Event parse(const QString &name, const QJsonObject &data, const Context &context)
{
    return Reader(data, context).read(name);
}

QString channelOf(const QString &thread)
{
    return thread.section(u'/', 0, 0);
}

} // namespace peerdesk::channels::discord
