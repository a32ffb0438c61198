// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/discord/discordconnector.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"
#include "core/channels/discord/acts.h"
#include "core/channels/discord/limits.h"
#include "core/channels/discord/words.h"
#include "core/channels/vendor/download.h"
#include "core/channels/vendor/outgoing.h"
#include "core/channels/vendor/partsending.h"

#include <QRandomGenerator>
#include <QUrlQuery>

namespace peerdesk::channels::discord {

using namespace Qt::StringLiterals;
using namespace channels::vendor;

namespace {

const QString StandardBase = u"https://discord.com/api/v10"_s;
constexpr int SendTries = 3;
constexpr Milliseconds BetweenTries{2'000};
constexpr size_t MaxRemembered = 1'000;

VendorApi::Options optionsFor(const ChannelAccount &account, const QString &token)
{
    VendorApi::Options options;
    options.base = baseUrl(account, StandardBase);
    options.headers["Authorization"] = "Bot " + token.toLatin1();
    options.headers["User-Agent"] = "DiscordBot (Peerdesk, 1)";
    options.buckets[u"all"_s] = {limits::CallsPerSecond, Milliseconds(1'000)};
    return options;
}

QString setting(const ChannelAccount &account, const QString &key)
{
    const auto it = account.settings.find(key);
    return it == account.settings.end() ? QString() : it->second;
}

int intentsOf(const ChannelAccount &account)
{
    const int content =
        setting(account, u"message_content"_s) == u"true" ? limits::MessageContent : 0;
    return limits::Guilds | limits::GuildMessages | limits::GuildReactions |
           limits::DirectMessages | limits::DirectReactions | limits::DirectTyping | content;
}

bool isToken(const QString &token)
{
    return token.size() >= 20 && token.size() <= 200 &&
           std::all_of(token.begin(), token.end(), [](QChar c) {
               return (c.unicode() < 128 && c.isLetterOrNumber()) || c == u'.' || c == u'_' ||
                      c == u'-';
           });
}

QString badToken()
{
    return words("This is no token of a bot: in the developer portal, Bot > Reset Token shows it.");
}

QUrl socketUrl(const QString &text)
{
    QUrl url(text);
    if (url.path().isEmpty())
        url.setPath(u"/"_s);
    url.setQuery(u"v=10&encoding=json"_s);
    return url;
}

Milliseconds backOffAfter(int failures)
{
    const Milliseconds full =
        std::min(limits::MaxBackOff, Milliseconds(1'000 << std::min(failures, 6)));
    return full - full * QRandomGenerator::global()->bounded(25) / 100;
}

} // namespace

DiscordConnector::DiscordConnector(const ChannelAccount &account, Host &host)
    : m_account(account)
    , m_host(host)
    , m_token(QString::fromUtf8(host.secret(u"token"_s)).trimmed())
    , m_api(optionsFor(account, isToken(m_token) ? m_token : QString()), host.clock(), this)
    , m_gateway(m_token, intentsOf(account), host.clock(), this)
    , m_queue(
          host,
          [this](InboundPage page, std::vector<WantedFile> files, Completion<InboundPage> done) {
              prepare(std::move(page), std::move(files), std::move(done));
          },
          this)
    , m_timer(this)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &DiscordConnector::connectNow);
    connect(&m_gateway, &Gateway::dispatched, this, &DiscordConnector::onDispatched);
    connect(&m_gateway, &Gateway::ended, this, &DiscordConnector::onEnded);
    connect(&m_gateway, &Gateway::resumed, this, &DiscordConnector::onConnected);
    connect(&m_gateway, &Gateway::ready, this, [this](const Session &session, const QString &) {
        m_session = session;
        m_committed = session.sequence;
        m_isCaughtUp = false;
        onConnected();
    });
}

DiscordConnector::~DiscordConnector()
{
    DiscordConnector::stop();
}

void DiscordConnector::start()
{
    stop();
    m_isRunning = true;
    m_failures = 0;
    m_failingSince = {};
    if (!isToken(m_token))
        return giveUp(badToken());
    const Cursor cursor = cursorFrom(m_host.cursor());
    m_context = {};
    m_context.channels = cursor.channels;
    m_committed = cursor.sequence;
    m_isCaughtUp = true;
    m_session.reset();
    if (!cursor.session.isEmpty() && !cursor.resumeUrl.isEmpty())
        m_session = Session{cursor.session, cursor.resumeUrl, cursor.sequence};
    connectNow();
}

void DiscordConnector::stop()
{
    ++m_round;
    m_isRunning = m_isCatchingUp = false;
    m_timer.stop();
    m_gateway.close();
    m_queue.clear();
    m_heldBack.clear();
    m_toRead.clear();
}

void DiscordConnector::call(const ApiCall &request, OnReply then)
{
    ApiCall limited = request;
    limited.bucket = u"all"_s;
    m_api.call(limited, {&m_alive, [this, round = m_round,
                                    then = std::move(then)](const Result<ApiReply> &reply) {
                             if (round == m_round)
                                 then(reply);
                         }});
}

void DiscordConnector::onTrouble(const Result<ApiReply> &reply)
{
    if (!reply)
        return retry(tr("Discord cannot be reached: %1").arg(reply.error().detail), {});
    if (reply->status == 401)
        return giveUp(meaningOf(4004).sentence);
    const Seconds wait =
        reply->status == 429 ? reply->retryAfter(m_host.clock().wall()) : Seconds(0);
    retry(tr("Discord answered: %1").arg(complaintOf(*reply)), wait);
}

void DiscordConnector::giveUp(const QString &sentence)
{
    m_isRunning = false;
    m_timer.stop();
    m_gateway.close();
    m_host.setState(AccountState::Down, sentence);
}

void DiscordConnector::retry(const QString &sentence, Milliseconds least)
{
    const Milliseconds now = m_host.clock().boot();
    if (m_failures++ == 0)
        m_failingSince = now;
    if (now - m_failingSince >= limits::ShownAfter && !sentence.isEmpty())
        m_host.setState(AccountState::Degraded, sentence);
    if (m_isRunning)
        m_timer.start(m_host.clock().toReal(std::max(least, backOffAfter(m_failures - 1))));
}

/// Resuming does not tell who we are, so that is asked first.
void DiscordConnector::identifyBot()
{
    call(getCall(u"/users/@me"_s), [this](const Result<ApiReply> &me) {
        const QString id = me ? me->object().value(u"id"_s).toString() : QString();
        if (!me || !me->isSuccess() || !isSnowflake(id))
            return onTrouble(me);
        m_context.bot = id;
        connectNow();
    });
}

void DiscordConnector::connectNow()
{
    if (!m_isRunning)
        return;
    if (m_context.bot.isEmpty())
        return identifyBot();
    if (!m_session)
        return discover();
    m_gateway.open(socketUrl(m_session->resumeUrl), m_session);
}

void DiscordConnector::discover()
{
    call(getCall(u"/gateway/bot"_s), [this](const Result<ApiReply> &reply) {
        if (!reply || !reply->isSuccess())
            return onTrouble(reply);
        onGateway(*reply);
    });
}

void DiscordConnector::onGateway(const ApiReply &reply)
{
    const QJsonObject limit = reply.object().value(u"session_start_limit"_s).toObject();
    if (limit.contains(u"remaining"_s) && limit.value(u"remaining"_s).toInt() <= 0) {
        m_host.setState(AccountState::Degraded,
                        tr("Discord allows no further start of this bot today. Is the token used "
                           "by another program that starts again and again?"));
        return retry({}, Milliseconds(limit.value(u"reset_after"_s).toInteger()));
    }
    m_gateway.open(socketUrl(reply.object().value(u"url"_s).toString()), std::nullopt);
}

void DiscordConnector::onConnected()
{
    m_failures = 0;
    m_host.setState(AccountState::Connected, {});
    if (!m_isCaughtUp)
        catchUp();
}

void DiscordConnector::onEnded(const Ended &how)
{
    if (!m_isRunning)
        return;
    m_isCatchingUp = false;
    m_toRead.clear();
    m_heldBack.clear();
    if (how.isFatal)
        return giveUp(how.sentence);
    if (!how.mayResume) {
        m_session.reset(); // what is on its way stays: it will not come again
        m_isCaughtUp = false;
    } else if (m_session) {
        const bool isAllIn = m_queue.isEmpty() && m_isCaughtUp;
        m_session->sequence = isAllIn ? m_gateway.sequence() : m_committed;
        m_queue.clear(); // the vendor says it again
    }
    retry(how.sentence, how.pause);
}

void DiscordConnector::onDispatched(const QString &event, const QJsonObject &data, qint64 sequence)
{
    if (!m_isCatchingUp)
        return take({event, data, sequence, false});
    m_heldBack.push_back({event, data, sequence, false});
    if (m_heldBack.size() > InboundQueue::MaxWaiting)
        m_gateway.fail(tr("More comes from Discord than can be taken in"));
}

void DiscordConnector::take(const Dispatched &dispatched)
{
    const QString session = m_session ? m_session->id : QString();
    m_context.tag = u"%1.%2"_s.arg(session).arg(dispatched.sequence);
    Event event = parse(dispatched.event, dispatched.data, m_context);
    for (const QString &thread : event.joined) {
        if (m_context.threads.size() < limits::Threads)
            m_context.threads.insert(thread);
    }
    for (const QString &thread : event.left)
        m_context.threads.erase(thread);
    if (!event.typing.isEmpty())
        m_host.customerTyping(event.typing, true);
    if (event.interaction && event.interaction->opensForm)
        return openForm(*event.interaction);
    if (event.isEmpty())
        return;
    if (!event.newest.isEmpty())
        m_context.channels[event.channel] = {event.place, event.newest};
    Arrival arrival;
    arrival.items = std::move(event.items);
    arrival.files = std::move(event.files);
    arrival.advance = [current = m_session.value_or(Session{}), sequence = dispatched.sequence,
                       isHistory = dispatched.isHistory, event](const QByteArray &bytes) {
        Cursor cursor = cursorFrom(bytes);
        if (!isHistory) {
            cursor.session = current.id;
            cursor.resumeUrl = current.resumeUrl;
            cursor.sequence = sequence;
        }
        if (!event.newest.isEmpty())
            remember(cursor, event.channel, event.place, event.newest);
        return toBytes(cursor);
    };
    arrival.committed = [this, sequence = dispatched.sequence, interaction = event.interaction] {
        m_committed = std::max(m_committed, sequence);
        if (interaction) // too late or lost: the customer sees that it failed and asks again
            call(acknowledgement(*interaction), [](const Result<ApiReply> &) {});
    };
    if (!m_queue.add(std::move(arrival)))
        m_gateway.fail(tr("More comes from Discord than can be taken in"));
}

/// Opening a form says nothing that had to be kept, and must be quick: the form is in the history.
void DiscordConnector::openForm(const Interaction &interaction)
{
    m_host.history(interaction.thread,
                   {&m_alive, [this, interaction](const Result<std::vector<Message>> &messages) {
                        std::optional<QJsonObject> modal;
                        if (messages) {
                            for (const Message &message : *messages) {
                                if (message.providerId == interaction.message)
                                    modal = modalFor(json::object(message.content.rich),
                                                     interaction.message);
                            }
                        }
                        call(modal ? opening(interaction, *modal) : acknowledgement(interaction),
                             [](const Result<ApiReply> &) {}); // the customer presses again
                    }});
}

void DiscordConnector::prepare(InboundPage page, std::vector<WantedFile> files,
                               Completion<InboundPage> done)
{
    FileGathering::Work work;
    work.page = std::move(page);
    work.files = std::move(files);
    work.bounds.pageBytes = limits::PageFileBytes;
    work.fetch = [this](const WantedFile &file, Completion<QByteArray> fetched) {
        download(m_api, getCall(file.where), limits::DownloadBytes, std::move(fetched));
    };
    (new FileGathering(std::move(work), m_host.clock(), std::move(done), this))->start();
}

void DiscordConnector::catchUp()
{
    std::vector<std::pair<QString, QString>> newest; // message, channel
    for (const auto &[channel, mark] : m_context.channels)
        newest.emplace_back(mark.last, channel);
    std::sort(newest.begin(), newest.end(), [](const auto &left, const auto &right) {
        return isBefore(right.first, left.first);
    });
    m_isPartly = newest.size() > limits::CatchUpChannels;
    newest.resize(std::min(newest.size(), limits::CatchUpChannels));
    m_toRead.clear();
    for (auto entry = newest.rbegin(); entry != newest.rend(); ++entry)
        m_toRead.push_back(entry->second);
    m_isCatchingUp = true;
    if (m_toRead.empty())
        return endCatchUp();
    readChannel(m_context.channels[m_toRead.back()].last, 0);
}

void DiscordConnector::readChannel(const QString &after, int page)
{
    const QString channel = m_toRead.back();
    QUrlQuery query{{u"after"_s, after}, {u"limit"_s, QString::number(limits::HistoryPage)}};
    const ApiCall request = getCall(u"/channels/%1/messages"_s.arg(channel), query);
    call(request, [this, channel, after, page](const Result<ApiReply> &reply) {
        if (!m_isCatchingUp || m_toRead.empty() || m_toRead.back() != channel)
            return;
        const bool isGone = reply && (reply->status == 403 || reply->status == 404);
        if (!isGone && (!reply || !reply->json.isArray()))
            return m_gateway.fail(tr("Discord did not show what was missed"));
        const QJsonArray messages = isGone ? QJsonArray() : reply->json.array(); // newest first
        const Place place = m_context.channels[channel].place;
        for (qsizetype i = messages.size() - 1; i >= 0; --i) {
            QJsonObject message = messages.at(i).toObject();
            if (place != Place::Direct)
                message.insert(u"guild_id"_s, u"0"_s); // only events tell it
            take({u"MESSAGE_CREATE"_s, message, m_committed, true});
        }
        const bool isMore = messages.size() >= limits::HistoryPage;
        if (isMore && page + 1 < limits::CatchUpPages)
            return readChannel(messages.first()[u"id"].toString(), page + 1);
        m_isPartly = m_isPartly || isMore;
        m_toRead.pop_back();
        if (m_toRead.empty())
            return endCatchUp();
        readChannel(m_context.channels[m_toRead.back()].last, 0);
    });
}

void DiscordConnector::endCatchUp()
{
    m_isCatchingUp = false;
    m_isCaughtUp = true;
    keepSession();
    if (m_isPartly)
        m_host.setState(AccountState::Connected,
                        tr("Not everything that was written while nobody was connected could be "
                           "read again; look into Discord."));
    while (!m_heldBack.empty() && !m_isCatchingUp) {
        const Dispatched next = m_heldBack.front();
        m_heldBack.pop_front();
        take(next);
    }
}

void DiscordConnector::keepSession()
{
    Arrival arrival;
    arrival.advance = [session = m_session.value_or(Session{})](const QByteArray &bytes) {
        Cursor cursor = cursorFrom(bytes);
        cursor.session = session.id;
        cursor.resumeUrl = session.resumeUrl;
        cursor.sequence = session.sequence;
        return toBytes(cursor);
    };
    m_queue.add(std::move(arrival)); // full: what is in it brings the session too
}

void DiscordConnector::send(const Outgoing &outgoing, Completion<SendResult> done)
{
    const QString channel = channelOf(outgoing.conversation.thread);
    if (!isToken(m_token))
        return done.answer(refused(badToken()));
    if (const auto asked = actOf(outgoing))
        return act(outgoing, *asked, std::move(done));
    if (!isSnowflake(channel))
        return done.answer(refused(tr("It is not known which Discord channel this belongs to")));
    Result<std::vector<Request>> requests = requestsFor(outgoing);
    if (!requests)
        return done.answer(refused(requests.error().detail));
    std::vector<SendPart> parts;
    for (const Request &request : *requests)
        parts.push_back({request.name,
                         [this, channel, request](Completion<SendResult> sent) {
                             sendPart(channel, request, 0,
                                      std::make_shared<Completion<SendResult>>(std::move(sent)));
                         },
                         request.isMain});
    (new PartSending(std::move(parts), m_host.clock(), std::move(done), this))->start();
}

void DiscordConnector::act(const Outgoing &outgoing, const Act &act, Completion<SendResult> done)
{
    const Result<std::vector<ApiCall>> calls = callsFor(outgoing, act);
    if (!calls)
        return done.answer(refused(calls.error().detail));
    std::vector<ActCall> turns;
    for (const ApiCall &one : *calls)
        turns.push_back([this, one](Completion<SendResult> called) {
            const auto next = std::make_shared<Completion<SendResult>>(std::move(called));
            ApiCall limited = one;
            limited.bucket = u"all"_s;
            m_api.call(limited, {&m_alive, [this, one, next](const Result<ApiReply> &reply) {
                                     next->answer(resultOf(reply, one, m_host.clock().wall()));
                                 }});
        });
    inTurn(std::move(turns), act, &m_alive, std::move(done));
}

void DiscordConnector::sendPart(const QString &channel, const Request &request, int tries,
                                const Asker &done)
{
    const Milliseconds now = m_host.clock().boot();
    const auto pause = m_pauses.find(channel);
    if (pause != m_pauses.end() && pause->second > now) {
        QTimer::singleShot(
            m_host.clock().toReal(pause->second - now), &m_alive,
            [this, channel, request, tries, done] { sendPart(channel, request, tries, done); });
        return;
    }
    ApiCall limited = callFor(channel, request);
    limited.bucket = u"all"_s;
    const auto onReply = [this, channel, request, tries, done](const Result<ApiReply> &reply) {
        if (m_pauses.size() >= MaxRemembered)
            m_pauses.clear();
        if (reply)
            m_pauses[channel] = m_host.clock().boot() + pauseAfter(*reply);
        const SendResult result = resultOf(reply, m_host.clock().wall());
        // The nonce makes a second try the same message, for some minutes.
        if (result.kind != SendResult::Kind::Uncertain || tries + 1 >= SendTries)
            return done->answer(result);
        QTimer::singleShot(
            m_host.clock().toReal(BetweenTries), &m_alive,
            [this, channel, request, tries, done] { sendPart(channel, request, tries + 1, done); });
    };
    m_api.call(limited, {&m_alive, onReply});
}

void DiscordConnector::agentTyping(const QString &thread, bool isTyping)
{
    const Milliseconds now = m_host.clock().boot();
    const QString channel = channelOf(thread);
    const auto last = m_typingAt.find(channel);
    if (!isTyping || !isSnowflake(channel) ||
        (last != m_typingAt.end() && now - last->second < limits::TypingAgain))
        return;
    if (m_typingAt.size() >= MaxRemembered)
        m_typingAt.clear();
    m_typingAt[channel] = now;
    ApiCall typing = getCall(u"/channels/%1/typing"_s.arg(channel));
    typing.method = "POST";
    call(typing, [](const Result<ApiReply> &) {}); // of no weight
}

void DiscordConnector::test(Completion<QString> done)
{
    if (!isToken(m_token))
        return done.answer(Error{Error::Code::Unauthorized, badToken(), {}});
    const auto asker = std::make_shared<Completion<QString>>(std::move(done));
    const auto fail = [asker](const Result<ApiReply> &reply) {
        if (!reply)
            return asker->answer(reply.error());
        asker->answer(Error{Error::Code::Unauthorized,
                            reply->status == 401 ? meaningOf(4004).sentence : complaintOf(*reply),
                            {}});
    };
    const bool wantsContent = setting(m_account, u"message_content"_s) == u"true";
    call(getCall(u"/users/@me"_s), [this, asker, fail, wantsContent](const Result<ApiReply> &me) {
        if (!me || !me->isSuccess())
            return fail(me);
        const QString name = me->object().value(u"username"_s).toString();
        call(getCall(u"/applications/@me"_s),
             [asker, fail, name, wantsContent](const Result<ApiReply> &application) {
                 if (!application || !application->isSuccess())
                     return fail(application);
                 const int flags = application->object().value(u"flags"_s).toInt();
                 const bool isOn = flags & (limits::ContentFlag | limits::ContentFlagLimited);
                 const QString content =
                     isOn           ? tr("It may read message content.")
                     : wantsContent ? tr("It may NOT read message content: switch on Message "
                                         "Content Intent in the developer portal (Bot), or switch "
                                         "it off here.")
                                    : tr("It reads direct messages, mentions and answers to it; "
                                         "for all of a thread, switch on Message Content Intent.");
                 asker->answer(tr("The bot %1 answers.").arg(name) + u' ' + content);
             });
    });
}

ChannelType discordType()
{
    ChannelType type;
    type.type = u"discord"_s;
    type.label = DiscordConnector::tr("Discord");
    Setting token;
    token.key = u"token"_s;
    token.label = DiscordConnector::tr("Token of the bot");
    token.isSecret = true;
    token.hint = DiscordConnector::tr(
        "At discord.com/developers/applications: New Application, then Bot > Reset Token shows "
        "the token. Leave Interactions Endpoint URL empty. Under OAuth2 > URL Generator choose "
        "\"bot\" with View Channels, Send Messages, Send Messages in Threads, Attach Files, Embed "
        "Links, Read Message History and Add Reactions, and open the address to add the bot to "
        "your server. Customers write to it directly or mention it.");
    Setting content;
    content.key = u"message_content"_s;
    content.label = DiscordConnector::tr("Read everything in threads with the bot");
    content.isRequired = false;
    content.fallback = u"false"_s;
    content.form = u"switch"_s;
    content.hint = DiscordConnector::tr(
        "Needs Message Content Intent, a switch in the developer portal under Bot. Direct messages "
        "and mentions work without it.");
    type.settings = {token, content, baseUrlSetting(StandardBase)};
    Capabilities &can = type.capabilities;
    can.ingress = Ingress::Socket;
    for (const char *kind : {"quick_replies", "buttons", "list_picker", "time_picker", "form",
                             "card", "carousel", "rich_link", "markup_text"})
        can.rich[QLatin1StringView(kind)] = RichUse::Agent;
    can.edits = true;
    can.reactions = true;
    can.actions = {MessageAction::React};
    can.ownActions = {MessageAction::Edit, MessageAction::Delete, MessageAction::React};
    can.quickReplies = true;
    can.typing = true;
    can.maxTextLength = 4 * limits::TextCharacters; // sent in parts
    can.files.maxBytes = limits::UploadBytes;
    type.make = [](const ChannelAccount &account, Host &host) -> std::unique_ptr<Connector> {
        return std::make_unique<DiscordConnector>(account, host);
    };
    return type;
}

} // namespace peerdesk::channels::discord

#include "moc_discordconnector.cpp"
