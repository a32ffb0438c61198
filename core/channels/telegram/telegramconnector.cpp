// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/telegram/telegramconnector.h"

#include "core/channels/telegram/acts.h"
#include "core/channels/telegram/limits.h"
#include "core/channels/vendor/download.h"
#include "core/channels/vendor/outgoing.h"
#include "core/channels/vendor/partsending.h"

#include <QLocale>

namespace peerdesk::channels::telegram {

using namespace Qt::StringLiterals;
using namespace channels::vendor;

namespace {

const QString StandardBase = u"https://api.telegram.org"_s;
constexpr Milliseconds MinPause{1'000};
constexpr size_t MaxTypingThreads = 1'000;

VendorApi::Options optionsFor(const ChannelAccount &account)
{
    VendorApi::Options options;
    options.base = baseUrl(account, StandardBase);
    options.buckets[u"send"_s] = {limits::MessagesPerSecond, Milliseconds(1'000)};
    return options;
}

/// Digits, a colon and what the vendor made of it: anything else would change the address.
bool isToken(const QString &token)
{
    const qsizetype colon = token.indexOf(u':');
    const auto isGood = [](QChar c) {
        return (c.unicode() < 128 && c.isLetterOrNumber()) || c == u'_' || c == u'-';
    };
    return colon > 0 && colon + 1 < token.size() &&
           std::all_of(token.begin(), token.begin() + colon, [](QChar c) { return c.isDigit(); }) &&
           std::all_of(token.begin() + colon + 1, token.end(), isGood);
}

Error badToken()
{
    return {Error::Code::Unauthorized,
            TelegramConnector::tr("This is no token of a bot. @BotFather shows it, like "
                                  "123456789:AA..., after /newbot or /token."),
            {}};
}

QString day(Time time)
{
    return QLocale().toString(QDateTime::fromMSecsSinceEpoch(time.ms), QLocale::ShortFormat);
}

} // namespace

TelegramConnector::TelegramConnector(const ChannelAccount &account, Host &host)
    : PollingConnector(account, host, optionsFor(account))
    , m_token(QString::fromUtf8(host.secret(u"token"_s)).trimmed())
{}

void TelegramConnector::start()
{
    m_isFirst = true;
    m_callbacks.clear();
    PollingConnector::start();
}

QString TelegramConnector::scrubbed(QString text) const
{
    return m_token.isEmpty() ? text : text.replace(m_token, u"…"_s);
}

void TelegramConnector::call(const QString &method, const QJsonObject &body, OnReply then)
{
    ApiCall request = callFor(m_token, method, body);
    if (method == u"getUpdates")
        request.timeout = limits::LongPollPatience;
    m_api.call(request, {&m_alive, std::move(then)});
}

Error TelegramConnector::errorFrom(const Result<ApiReply> &reply) const
{
    if (!reply)
        return {reply.error().code, scrubbed(reply.error().detail), {}};
    const QString said = descriptionOf(*reply);
    if (reply->status == 404) // what the vendor says of a token that it does not know
        return {Error::Code::Unauthorized,
                tr("Telegram does not know this token. Make a new one with @BotFather and put it "
                   "in."),
                {}};
    if (reply->status == 409 && said.contains(u"webhook"_s))
        return {Error::Code::Conflict,
                tr("Another program takes this bot's messages by a webhook. Stop it there, then "
                   "pause and resume this channel."),
                {}};
    if (reply->status == 409)
        return {Error::Code::Conflict,
                tr("Another program reads this bot's messages with the same token. Stop it, or "
                   "make a new token with @BotFather."),
                {}};
    if (reply->isSuccess())
        return {Error::Code::Unknown, tr("Telegram's answer was not readable"), {}};
    return errorOf(withRetryAfter(*reply), said, m_host.clock().wall());
}

void TelegramConnector::prepare(Completion<Done> done)
{
    if (!isToken(m_token))
        return done.answer(badToken());
    const auto asker = std::make_shared<Completion<Done>>(std::move(done));
    call(u"getMe"_s, {}, [this, asker](const Result<ApiReply> &me) {
        const qint64 id = me ? me->object().value(u"result"_s)[u"id"].toInteger() : 0;
        if (!me || !me->isSuccess() || id <= 0)
            return asker->answer(errorFrom(me));
        m_bot = QString::number(id);
        // A webhook and reading exclude each other; what waits there is kept for us.
        call(u"deleteWebhook"_s, {{u"drop_pending_updates"_s, false}},
             [this, asker](const Result<ApiReply> &deleted) {
                 if (!deleted || !deleted->isSuccess())
                     return asker->answer(errorFrom(deleted));
                 asker->answer(Done{});
             });
    });
}

void TelegramConnector::poll(const QByteArray &cursor, Completion<Polled> done)
{
    acknowledge(cursor);
    // The first answer comes at once: it says that the channel is connected.
    const qint64 wait = m_isFirst ? 0 : limits::LongPoll.count();
    const QJsonObject body{{u"offset"_s, cursorFrom(cursor).offset},
                           {u"limit"_s, limits::UpdatesPerPage},
                           {u"timeout"_s, wait},
                           {u"allowed_updates"_s, wantedUpdates()}};
    const Asker asker = std::make_shared<Completion<Polled>>(std::move(done));
    call(u"getUpdates"_s, body, [this, cursor, asker](const Result<ApiReply> &reply) {
        const bool isGood =
            reply && reply->isSuccess() && reply->object().value(u"result"_s).isArray();
        if (!isGood)
            return asker->answer(errorFrom(reply));
        onUpdates(cursor, *reply, asker);
    });
}

void TelegramConnector::stampTime(Cursor &cursor, const Cursor &before) const
{
    const Time now = m_host.clock().wall();
    if (before.at.isSet() && now - before.at > limits::UpdatesKept) {
        cursor.gapFrom = before.at;
        cursor.gapTo = now - limits::UpdatesKept;
    } else if (cursor.gapTo.isSet() && now - cursor.gapTo > limits::GapShown) {
        cursor.gapFrom = cursor.gapTo = {};
    }
    if (cursor != before || now - before.at >= limits::CursorRefresh)
        cursor.at = now;
}

void TelegramConnector::onUpdates(const QByteArray &bytes, const ApiReply &reply, const Asker &done)
{
    const Cursor before = cursorFrom(bytes);
    const QJsonArray updates = reply.object().value(u"result"_s).toArray();
    Updates taken = parse(updates, before, m_bot);
    stampTime(taken.cursor, before);
    m_shown = taken.cursor;
    for (const auto &[thread, message] : taken.lastInBusiness) {
        if (m_lastInBusiness.size() < size_t(limits::BusinessThreads))
            m_lastInBusiness[thread] = message;
    }
    Polled polled;
    polled.page.items = std::move(taken.items);
    polled.page.cursorFrom = bytes;
    polled.page.cursorTo = taken.cursor == before ? bytes : toBytes(taken.cursor);
    polled.hasMore = taken.isCut || !updates.isEmpty();
    polled.next = std::exchange(m_isFirst, false) || polled.hasMore ? Milliseconds(1) : MinPause;
    m_callbacks = std::move(taken.callbacks);
    m_callbacksBehind = polled.page.cursorTo;
    if (taken.files.empty())
        return done->answer(std::move(polled));
    FileGathering::Work work;
    work.page = std::move(polled.page);
    work.files = std::move(taken.files);
    work.fetch = [this](const WantedFile &file, Completion<QByteArray> fetched) {
        fetchFile(file, std::move(fetched));
    };
    work.bounds.pageBytes = limits::PageFileBytes + limits::DownloadBytes;
    const auto gathered = [done, polled](const Result<InboundPage> &page) mutable {
        if (!page)
            return done->answer(page.error());
        polled.page = *page;
        done->answer(std::move(polled));
    };
    (new FileGathering(std::move(work), m_host.clock(), {this, gathered}, this))->start();
}

void TelegramConnector::fetchFile(const WantedFile &file, Completion<QByteArray> done)
{
    const auto asker = std::make_shared<Completion<QByteArray>>(std::move(done));
    call(u"getFile"_s, {{u"file_id"_s, file.where}}, [this, asker](const Result<ApiReply> &reply) {
        if (!reply || !reply->isSuccess()) {
            Error error = errorFrom(reply);
            if (reply && reply->status == 400)
                error.code = descriptionOf(*reply).contains(u"too big"_s) ? Error::Code::TooLarge
                                                                          : Error::Code::NotFound;
            return asker->answer(error);
        }
        const QString path = reply->object().value(u"result"_s)[u"file_path"].toString();
        if (path.isEmpty() || path.startsWith(u'/') || path.contains(u".."_s))
            return asker->answer(notFound(tr("Telegram named no place for it")));
        const QString address = u"/file/bot%1/%2"_s.arg(
            m_token, QString::fromLatin1(QUrl::toPercentEncoding(path, "/")));
        download(m_api, getCall(address), limits::DownloadBytes + 1'000'000,
                 {&m_alive, [this, asker](const Result<QByteArray> &bytes) {
                      if (bytes)
                          return asker->answer(*bytes);
                      asker->answer(Error{bytes.error().code, scrubbed(bytes.error().detail), {}});
                  }});
    });
}

/// What was pressed stands in the log: the customer's button may stop spinning. One that is not
/// committed comes again.
void TelegramConnector::acknowledge(const QByteArray &cursor)
{
    if (cursor == m_callbacksBehind) {
        for (const QString &id : m_callbacks)
            call(u"answerCallbackQuery"_s, {{u"callback_query_id"_s, id}},
                 [](const Result<ApiReply> &) {}); // too late or lost: it stops by itself
    }
    m_callbacks.clear();
}

QString TelegramConnector::connectedSentence() const
{
    if (!m_shown.gapTo.isSet())
        return {};
    return tr("Messages between %1 and %2 may be missing: nobody was here, and Telegram keeps "
              "them for 24 hours only.")
        .arg(day(m_shown.gapFrom), day(m_shown.gapTo));
}

QString TelegramConnector::chatIdNow(const QString &id) const
{
    if (const auto moved = m_moved.find(id); moved != m_moved.end())
        return moved->second;
    for (const auto &[to, from] : cursorFrom(m_host.cursor()).moved) {
        if (from == id)
            return to;
    }
    return id;
}

void TelegramConnector::send(const Outgoing &outgoing, Completion<SendResult> done)
{
    if (!isToken(m_token))
        return done.answer(refused(badToken().detail));
    if (const auto asked = actOf(outgoing))
        return act(outgoing, *asked, std::move(done));
    Result<std::vector<Request>> requests = requestsFor(outgoing);
    if (!requests)
        return done.answer(refused(requests.error().detail));
    const Chat chat = chatFrom(outgoing.conversation.thread);
    std::vector<SendPart> parts;
    for (const Request &request : *requests)
        parts.push_back({request.name,
                         [this, request, chat](Completion<SendResult> sent) {
                             sendPart(request, chat, std::move(sent));
                         },
                         request.isMain});
    (new PartSending(std::move(parts), m_host.clock(), std::move(done), this))->start();
}

void TelegramConnector::act(const Outgoing &outgoing, const Act &act, Completion<SendResult> done)
{
    Result<std::vector<Request>> requests = requestsFor(outgoing, act);
    if (!requests)
        return done.answer(refused(requests.error().detail));
    const Chat chat = chatFrom(outgoing.conversation.thread);
    const QString id = chatIdNow(chat.id);
    std::vector<ActCall> turns;
    for (Request &request : *requests) {
        if (request.method != u"deleteBusinessMessages")
            request.body.insert(u"chat_id"_s, id.toLongLong());
        turns.push_back([this, request, hasMoved = id != chat.id](Completion<SendResult> called) {
            callAct(request, hasMoved, std::move(called));
        });
    }
    inTurn(std::move(turns), act, &m_alive, std::move(done));
}

void TelegramConnector::callAct(const Request &request, bool hasMoved, Completion<SendResult> done)
{
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    const auto onReply = [this, asker, hasMoved,
                          method = request.method](const Result<ApiReply> &reply) {
        if (reply && reply->status == 429)
            m_api.block(u"send"_s, withRetryAfter(*reply).retryAfter(m_host.clock().wall()));
        SendResult result = resultOf(reply, method, hasMoved, m_host.clock().wall());
        result.detail = scrubbed(result.detail);
        asker->answer(std::move(result));
    };
    m_api.call(callFor(m_token, request), {&m_alive, onReply});
}

void TelegramConnector::sendPart(const Request &request, const Chat &chat,
                                 Completion<SendResult> done)
{
    Request now = request;
    now.body.insert(u"chat_id"_s, chatIdNow(chat.id).toLongLong());
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    const auto onReply = [this, now, chat, asker](const Result<ApiReply> &reply) {
        const QString to = reply ? movedTo(*reply) : QString();
        const bool isNews =
            !to.isEmpty() && to != chatIdNow(chat.id) && m_moved.size() < size_t(limits::Moved);
        if (isNews) { // surely not sent: the group has another id
            m_moved[chat.id] = to;
            return sendPart(now, chat, std::move(*asker));
        }
        if (reply && isPhotoTrouble(*reply) && now.upload && now.method == u"sendPhoto")
            return sendPart(asDocument(now), chat, std::move(*asker));
        if (reply && reply->status == 429)
            m_api.block(u"send"_s, withRetryAfter(*reply).retryAfter(m_host.clock().wall()));
        SendResult result = resultOf(reply, chat, m_host.clock().wall());
        result.detail = scrubbed(result.detail);
        asker->answer(std::move(result));
    };
    m_api.call(callFor(m_token, now), {&m_alive, onReply});
}

void TelegramConnector::test(Completion<QString> done)
{
    if (!isToken(m_token))
        return done.answer(badToken());
    const auto asker = std::make_shared<Completion<QString>>(std::move(done));
    call(u"getMe"_s, {}, [this, asker](const Result<ApiReply> &me) {
        if (!me || !me->isSuccess())
            return asker->answer(errorFrom(me));
        const QJsonObject bot = me->object().value(u"result"_s).toObject();
        call(u"getWebhookInfo"_s, {}, [this, asker, bot](const Result<ApiReply> &hook) {
            if (!hook || !hook->isSuccess())
                return asker->answer(errorFrom(hook));
            QStringList said{tr("The bot @%1 answers.").arg(bot.value(u"username"_s).toString())};
            if (!hook->object().value(u"result"_s)[u"url"].toString().isEmpty() && !isRunning())
                said << tr("Another program takes its messages by a webhook now; Peerdesk takes "
                           "over once the channel runs.");
            if (!bot.value(u"can_read_all_group_messages"_s).toBool())
                said << tr("In groups it sees only commands and answers to it (privacy mode).");
            said << (bot.value(u"can_connect_to_business"_s).toBool()
                         ? tr("It can be connected to a business account.")
                         : tr("For a business account, switch on Business Mode in @BotFather."));
            asker->answer(said.join(u' '));
        });
    });
}

void TelegramConnector::agentTyping(const QString &thread, bool isTyping)
{
    const Milliseconds now = m_host.clock().boot();
    const auto last = m_typingAt.find(thread);
    if (!isTyping || (last != m_typingAt.end() && now - last->second < limits::TypingAgain))
        return;
    if (m_typingAt.size() >= MaxTypingThreads)
        m_typingAt.clear();
    m_typingAt[thread] = now;
    const Chat chat = chatFrom(thread);
    QJsonObject body{{u"chat_id"_s, chatIdNow(chat.id).toLongLong()}, {u"action"_s, u"typing"_s}};
    if (!chat.business.isEmpty())
        body.insert(u"business_connection_id"_s, chat.business);
    if (!chat.topic.isEmpty())
        body.insert(u"message_thread_id"_s, chat.topic.toLongLong());
    call(u"sendChatAction"_s, body, [](const Result<ApiReply> &) {}); // of no weight
}

void TelegramConnector::agentRead(const QString &thread, Time upTo)
{
    Q_UNUSED(upTo)
    const auto last = m_lastInBusiness.find(thread);
    if (last == m_lastInBusiness.end())
        return; // only business chats have read marks
    const Chat chat = chatFrom(thread);
    call(u"readBusinessMessage"_s,
         {{u"business_connection_id"_s, chat.business},
          {u"chat_id"_s, chat.id.toLongLong()},
          {u"message_id"_s, last->second}},
         [](const Result<ApiReply> &) {}); // the account may not allow it
    m_lastInBusiness.erase(last);
}

ChannelType telegramType()
{
    ChannelType type;
    type.type = u"telegram"_s;
    type.label = TelegramConnector::tr("Telegram");
    Setting token;
    token.key = u"token"_s;
    token.label = TelegramConnector::tr("Token of the bot");
    token.isSecret = true;
    token.hint = TelegramConnector::tr(
        "In Telegram, write /newbot to @BotFather and answer its two questions; it shows the "
        "token. To answer as your business account: in @BotFather switch on Business Mode (Bot "
        "Settings), then in the account's Settings > Telegram Business > Chatbots add the bot and "
        "allow it to reply and to mark messages as read. For groups, switch off Group Privacy.");
    type.settings = {token, baseUrlSetting(StandardBase)};
    Capabilities &can = type.capabilities;
    can.ingress = Ingress::LongPoll;
    for (const char *kind : {"quick_replies", "buttons", "list_picker", "time_picker", "card",
                             "carousel", "rich_link", "markup_text", "location"})
        can.rich[QLatin1StringView(kind)] = RichUse::Agent;
    can.edits = true;
    can.reactions = true;
    can.actions = {MessageAction::React};
    can.ownActions = {MessageAction::Edit, MessageAction::Delete, MessageAction::React};
    can.quickReplies = true;
    can.typing = true;
    can.readReceipts = true;
    can.maxTextLength = 4 * limits::TextCharacters; // sent in parts
    can.files.maxBytes = limits::UploadBytes;
    type.make = [](const ChannelAccount &account, Host &host) -> std::unique_ptr<Connector> {
        return std::make_unique<TelegramConnector>(account, host);
    };
    return type;
}

} // namespace peerdesk::channels::telegram

#include "moc_telegramconnector.cpp"
