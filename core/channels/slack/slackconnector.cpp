// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/slack/slackconnector.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"
#include "core/channels/slack/acts.h"
#include "core/channels/slack/limits.h"
#include "core/channels/slack/manifest.h"
#include "core/channels/slack/words.h"
#include "core/channels/vendor/download.h"
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/outgoing.h"
#include "core/channels/vendor/partsending.h"

#include <QJsonArray>
#include <QRandomGenerator>
#include <QUrlQuery>

namespace peerdesk::channels::slack {

using namespace Qt::StringLiterals;
using namespace channels::vendor;

namespace {

const QString StandardBase = u"https://slack.com/api"_s;
constexpr Milliseconds BeforeLooking{2'000};

bool isToken(const QString &token, const QString &beginning)
{
    return token.startsWith(beginning) && token.size() <= 400 &&
           std::all_of(token.begin(), token.end(), [](QChar c) {
               return (c.unicode() < 128 && c.isLetterOrNumber()) || c == u'-';
           });
}

VendorApi::Options optionsFor(const ChannelAccount &account, const QString &token)
{
    VendorApi::Options options;
    options.base = baseUrl(account, StandardBase);
    options.headers["Authorization"] = "Bearer " + token.toLatin1();
    options.buckets[u"history"_s] = {limits::HistoryPerMinute, Milliseconds(60'000)};
    options.buckets[u"post"_s] = {limits::PostsPerSecond, Milliseconds(1'000)};
    return options;
}

QString tokenTrouble(const QString &bot, const QString &app)
{
    if (!isToken(bot, u"xoxb-"_s))
        return words("The bot token must begin with xoxb-: it is under OAuth & Permissions.");
    if (!isToken(app, u"xapp-"_s))
        return words("The app token must begin with xapp-: it is under Basic Information > "
                     "App-Level Tokens.");
    return {};
}

ApiCall query(const QString &method, const std::vector<std::pair<QString, QString>> &fields)
{
    QUrlQuery all;
    for (const auto &[name, value] : fields) {
        if (!value.isEmpty())
            all.addQueryItem(name, value);
    }
    return getCall(u'/' + method, all);
}

bool isTokenError(const QString &error)
{
    static const QStringList final{
        u"invalid_auth"_s,     u"not_authed"_s,    u"token_revoked"_s,         u"token_expired"_s,
        u"account_inactive"_s, u"missing_scope"_s, u"not_allowed_token_type"_s};
    return final.contains(error);
}

/// The token goes to the vendor's own hosts and to nobody that a message names.
bool isVendors(const QUrl &address, const QUrl &base)
{
    const bool isSlack = address.scheme() == u"https" && (address.host() == u"slack.com" ||
                                                          address.host().endsWith(u".slack.com"_s));
    return isSlack || (address.host() == base.host() && address.port() == base.port());
}

} // namespace

SlackConnector::SlackConnector(const ChannelAccount &account, Host &host)
    : m_account(account)
    , m_host(host)
    , m_botToken(QString::fromUtf8(host.secret(u"bot_token"_s)).trimmed())
    , m_appToken(QString::fromUtf8(host.secret(u"app_token"_s)).trimmed())
    , m_api(optionsFor(account, m_botToken), host.clock(), this)
    , m_sockets(host.clock(), this)
    , m_queue(
          host,
          [this](InboundPage page, std::vector<WantedFile> files, Completion<InboundPage> done) {
              prepare(std::move(page), std::move(files), std::move(done));
          },
          this)
    , m_timer(this)
{
    const auto whose = account.settings.find(u"customers"_s);
    m_context.onlyOthers = whose != account.settings.end() && whose->second == u"others";
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &SlackConnector::openSocket);
    connect(&m_sockets, &SocketMode::connected, this, &SlackConnector::onConnected);
    connect(&m_sockets, &SocketMode::received, this, &SlackConnector::onEnvelope);
    connect(&m_sockets, &SocketMode::isGoing, this, &SlackConnector::openSocket);
    connect(&m_sockets, &SocketMode::lost, this, &SlackConnector::onLost);
}

SlackConnector::~SlackConnector()
{
    SlackConnector::stop();
}

void SlackConnector::start()
{
    stop();
    m_isRunning = true;
    m_isCaughtUp = false;
    m_failures = 0;
    if (const QString trouble = tokenTrouble(m_botToken, m_appToken); !trouble.isEmpty())
        return giveUp(trouble);
    openSocket();
}

void SlackConnector::stop()
{
    ++m_round;
    m_isRunning = m_isCatchingUp = false;
    m_timer.stop();
    m_sockets.closeAll();
    m_queue.clear();
    m_heldBack.clear();
    m_gaps.clear();
}

ApiCall SlackConnector::appCall(const QString &method) const
{
    ApiCall request = formCall(u'/' + method, {});
    request.headers["Authorization"] = "Bearer " + m_appToken.toLatin1();
    return request;
}

void SlackConnector::call(ApiCall request, OnReply then, OnFailure otherwise)
{
    const auto onReply = [this, round = m_round, then = std::move(then),
                          otherwise = std::move(otherwise)](const Result<ApiReply> &reply) {
        if (round != m_round)
            return;
        if (!reply)
            return otherwise({Error::Code::Network,
                              tr("Slack cannot be reached: %1").arg(reply.error().detail),
                              {}},
                             Seconds(0));
        const QString error = errorOf(*reply);
        if (error.isEmpty())
            return then(*reply);
        const Seconds wait =
            reply->status == 429 ? reply->retryAfter(m_host.clock().wall()) : Seconds(0);
        otherwise({isTokenError(error) ? Error::Code::Unauthorized : Error::Code::Unknown,
                   sentenceFor(error, *reply), error},
                  wait);
    };
    m_api.call(request, {&m_alive, onReply});
}

void SlackConnector::giveUp(const QString &sentence)
{
    m_isRunning = false;
    m_timer.stop();
    m_sockets.closeAll();
    m_host.setState(AccountState::Down, sentence);
}

void SlackConnector::retry(const QString &sentence, Seconds least)
{
    const Milliseconds now = m_host.clock().boot();
    if (m_failures++ == 0)
        m_failingSince = now;
    if (now - m_failingSince >= limits::ShownAfter && !m_sockets.isConnected())
        m_host.setState(AccountState::Degraded, sentence);
    if (!m_isRunning)
        return;
    const Milliseconds full =
        std::min(limits::MaxBackOff, Milliseconds(1'000 << std::min(m_failures - 1, 6)));
    const Milliseconds pause = full - full * QRandomGenerator::global()->bounded(25) / 100;
    m_timer.start(m_host.clock().toReal(std::max<Milliseconds>(pause, least)));
}

void SlackConnector::onFailure(const Error &error, Seconds wait)
{
    if (error.code == Error::Code::Unauthorized)
        return giveUp(error.detail);
    retry(error.detail, wait);
}

void SlackConnector::identify()
{
    call(
        formCall(u"/auth.test"_s, {}),
        [this](const ApiReply &reply) {
            m_context.user = reply.object().value(u"user_id"_s).toString();
            m_context.bot = reply.object().value(u"bot_id"_s).toString();
            m_context.team = reply.object().value(u"team_id"_s).toString();
            if (!isId(m_context.user))
                return retry(tr("Slack's answer was not readable"), {});
            openSocket();
        },
        [this](const Error &error, Seconds wait) { onFailure(error, wait); });
}

void SlackConnector::openSocket()
{
    if (!m_isRunning)
        return;
    if (m_context.user.isEmpty())
        return identify();
    call(
        appCall(u"apps.connections.open"_s),
        [this](const ApiReply &reply) {
            m_sockets.open(QUrl(reply.object().value(u"url"_s).toString()));
        },
        [this](const Error &error, Seconds wait) { onFailure(error, wait); });
}

void SlackConnector::onConnected(int all)
{
    m_failures = 0;
    m_other = all > int(m_sockets.count())
                  ? tr("Another program is connected to this app: it gets a part of the messages. "
                       "Stop it there, or make a new app token.")
                  : QString();
    m_host.setState(m_other.isEmpty() ? AccountState::Connected : AccountState::Degraded, m_other);
    if (!m_isCaughtUp && !m_isCatchingUp)
        catchUp();
}

void SlackConnector::onLost(const QString &reason, bool isFinal)
{
    m_isCatchingUp = m_isCaughtUp = false; // nobody listens: what comes now is in the histories
    m_heldBack.clear();
    m_gaps.clear();
    if (isFinal)
        return giveUp(reason);
    if (m_isRunning)
        retry(tr("The connection to Slack broke: %1").arg(reason), {});
}

void SlackConnector::onEnvelope(quint64 socket, const QJsonObject &envelope)
{
    if (!m_isCatchingUp)
        return take(socket, envelope);
    if (m_heldBack.size() <
        InboundQueue::MaxWaiting) // else it is not acknowledged, and comes again
        m_heldBack.push_back({socket, envelope});
}

void SlackConnector::take(quint64 socket, const QJsonObject &envelope)
{
    const QString id = envelope.value(u"envelope_id"_s).toString();
    Event event = parse(envelope.value(u"type"_s).toString(),
                        envelope.value(u"payload"_s).toObject(), m_context);
    if (event.form)
        openForm(*event.form);
    if (event.items.empty()) // nothing in it has to be kept
        return m_sockets.acknowledge(socket, id);
    add(std::move(event), [this, socket, id] { m_sockets.acknowledge(socket, id); });
}

/// False = full: it is not acknowledged, and the vendor brings it again.
bool SlackConnector::add(Event event, std::function<void()> committed)
{
    Arrival arrival;
    arrival.items = std::move(event.items);
    arrival.files = std::move(event.files);
    arrival.committed = std::move(committed);
    if (!event.newest.isEmpty())
        arrival.advance = [channel = event.channel, root = event.root,
                           newest = event.newest](const QByteArray &bytes) {
            Cursor cursor = cursorFrom(bytes);
            const QString thread = root.isEmpty() && !isDirect(channel) ? newest : root;
            remember(cursor, channel, thread, newest);
            return toBytes(cursor);
        };
    return m_queue.add(std::move(arrival));
}

/// Opening a form says nothing that had to be kept, and must be quick: the form is in the history.
void SlackConnector::openForm(const FormWish &wish)
{
    m_host.history(
        wish.thread,
        {&m_alive, [this, wish](const Result<std::vector<Message>> &all) {
             if (!all)
                 return; // the customer presses again
             for (const Message &message : *all) {
                 const auto modal = message.providerId == wish.message
                                        ? modalFor(json::object(message.content.rich), wish)
                                        : std::nullopt;
                 if (modal)
                     return call(
                         jsonCall("POST", u"/views.open"_s,
                                  {{u"trigger_id"_s, wish.trigger}, {u"view"_s, *modal}}),
                         [](const ApiReply &) {}, [](const Error &, Seconds) {});
             }
         }});
}

void SlackConnector::catchUp()
{
    const Cursor cursor = cursorFrom(m_host.cursor());
    m_isPartly = false;
    m_gaps.clear();
    if (cursor.channels.empty()) { // an account that is new begins with what comes
        m_isCaughtUp = true;
        return;
    }
    m_isCatchingUp = true;
    for (const auto &[channel, ts] : cursor.channels)
        m_gaps.push_back({channel, {}, ts, {}, 0});
    std::vector<std::pair<QString, QString>> threads; // newest first
    for (const auto &[thread, ts] : cursor.threads)
        threads.emplace_back(ts, thread);
    std::sort(threads.rbegin(), threads.rend());
    for (size_t i = 0; i < std::min(threads.size(), limits::CatchUpThreads); ++i) {
        const Place place = placeFrom(threads[i].second);
        m_gaps.push_back({place.channel, place.root, threads[i].first, {}, 0});
    }
    findDirectChannels(newestOf(cursor));
}

/// Somebody who wrote for the first time did so in a channel that we do not know yet.
void SlackConnector::findDirectChannels(const QString &since)
{
    const ApiCall list =
        query(u"users.conversations"_s, {{u"types"_s, u"im"_s}, {u"limit"_s, u"200"_s}});
    call(
        list,
        [this, since](const ApiReply &reply) {
            const Cursor cursor = cursorFrom(m_host.cursor());
            size_t count = 0;
            for (const QJsonValue entry : reply.object().value(u"channels"_s).toArray()) {
                const QString channel = entry[u"id"].toString();
                if (isId(channel) && !cursor.channels.contains(channel) &&
                    ++count <= limits::CatchUpDirect)
                    m_gaps.push_back({channel, {}, since, {}, 0});
            }
            m_isPartly = count > limits::CatchUpDirect;
            readGap();
        },
        [this](const Error &, Seconds) { readGap(); }); // without im:read: those we know
}

void SlackConnector::readGap()
{
    if (!m_isCatchingUp)
        return;
    if (m_gaps.empty())
        return endCatchUp();
    const Gap &gap = m_gaps.front();
    ApiCall history =
        query(gap.root.isEmpty() ? u"conversations.history"_s : u"conversations.replies"_s,
              {{u"channel"_s, gap.channel},
               {u"ts"_s, gap.root},
               {u"oldest"_s, gap.after},
               {u"cursor"_s, gap.page},
               {u"limit"_s, QString::number(limits::HistoryPage)}});
    history.bucket = u"history"_s;
    call(
        history, [this](const ApiReply &reply) { onHistory(reply); },
        [this](const Error &error, Seconds wait) {
            if (!m_isCatchingUp)
                return;
            const bool isGone =
                error.state == u"channel_not_found" || error.state == u"not_in_channel" ||
                error.state == u"thread_not_found" || error.state == u"missing_scope";
            if (isGone && !m_gaps.empty())
                m_gaps.pop_front();
            const Milliseconds pause =
                isGone ? Milliseconds(0) : std::max<Milliseconds>(wait, Seconds(5));
            QTimer::singleShot(m_host.clock().toReal(pause), &m_alive, [this, round = m_round] {
                if (round == m_round)
                    readGap();
            });
        });
}

void SlackConnector::onHistory(const ApiReply &reply)
{
    if (!m_isCatchingUp || m_gaps.empty())
        return;
    Gap &gap = m_gaps.front();
    const QJsonArray messages = reply.object().value(u"messages"_s).toArray();
    std::vector<QJsonObject> oldestFirst;
    for (const QJsonValue message : messages) {
        if (message[u"ts"].toString() > gap.after) // replies begin with the root, every time
            oldestFirst.push_back(message.toObject());
    }
    std::sort(oldestFirst.begin(), oldestFirst.end(), [](const auto &left, const auto &right) {
        return left.value(u"ts"_s).toString() < right.value(u"ts"_s).toString();
    });
    for (const QJsonObject &message : oldestFirst) {
        Event event = parseMessage(message, gap.channel, m_context);
        if (!event.items.empty())
            add(std::move(event), {});
    }
    gap.page = reply.object().value(u"response_metadata"_s)[u"next_cursor"].toString();
    const bool isMore = !gap.page.isEmpty();
    m_isPartly = m_isPartly || (isMore && gap.pages + 1 >= limits::CatchUpPages);
    if (!isMore || ++gap.pages >= limits::CatchUpPages)
        m_gaps.pop_front();
    readGap();
}

void SlackConnector::endCatchUp()
{
    m_isCatchingUp = false;
    m_isCaughtUp = true;
    if (m_isPartly)
        m_host.setState(AccountState::Connected,
                        tr("Not everything that was written while nobody was connected could be "
                           "read again; look into Slack."));
    for (const Held &held : std::exchange(m_heldBack, {}))
        take(held.socket, held.envelope);
}

void SlackConnector::prepare(InboundPage page, std::vector<WantedFile> files,
                             Completion<InboundPage> done)
{
    const auto named = std::make_shared<InboundPage>(std::move(page));
    const Pages asker = std::make_shared<Completion<InboundPage>>(std::move(done));
    nameNext(named, 0, [this, named, files, asker] {
        FileGathering::Work work;
        work.page = std::move(*named);
        work.files = files;
        work.bounds.pageBytes = limits::PageFileBytes;
        work.fetch = [this](const WantedFile &file, Completion<QByteArray> fetched) {
            fetchFile(file, std::move(fetched));
        };
        (new FileGathering(std::move(work), m_host.clock(), std::move(*asker), this))->start();
    });
}

/// Events name people by number only.
void SlackConnector::nameNext(const std::shared_ptr<InboundPage> &page, size_t at,
                              std::function<void()> then)
{
    for (; at < page->items.size(); ++at) {
        InboundItem &item = page->items[at];
        const QString user = item.sender.value;
        const auto known = m_people.find(user);
        const bool isPerson = user.startsWith(u'U') || user.startsWith(u'W');
        if (known == m_people.end() && isPerson && user != u"UNKNOWN")
            break;
        if (known == m_people.end())
            continue;
        item.senderName = known->second.name;
        item.sender.display = known->second.name;
        item.language = known->second.language;
        if (!known->second.email.isEmpty())
            item.also.push_back(
                {u"email"_s, {}, known->second.email, known->second.email, Evidence::Provider});
    }
    if (at == page->items.size())
        return then();
    const QString user = page->items[at].sender.value;
    const auto keep = [this, page, at, user, then](const Person &person) {
        if (m_people.size() >= limits::Names)
            m_people.clear();
        m_people[user] = person;
        nameNext(page, at, then);
    };
    call(
        query(u"users.info"_s, {{u"user"_s, user}, {u"include_locale"_s, u"true"_s}}),
        [keep](const ApiReply &reply) {
            const QJsonObject person = reply.object().value(u"user"_s).toObject();
            const QJsonObject profile = person.value(u"profile"_s).toObject();
            QString name = profile.value(u"real_name"_s).toString();
            if (name.isEmpty())
                name = person.value(u"name"_s).toString();
            keep({cleanText(name, 200).simplified(),
                  profile.value(u"email"_s).toString().toLower().left(320),
                  person.value(u"locale"_s).toString().left(35)});
        },
        [keep](const Error &, Seconds) { keep({}); }); // a message without a name is one
}

void SlackConnector::fetchFile(const WantedFile &file, Completion<QByteArray> done)
{
    if (file.kind != u"info")
        return download(file.where, std::move(done));
    const auto asker = std::make_shared<Completion<QByteArray>>(std::move(done));
    call(
        query(u"files.info"_s, {{u"file"_s, file.where}}),
        [this, asker](const ApiReply &reply) {
            const QJsonObject info = reply.object().value(u"file"_s).toObject();
            if (info.value(u"size"_s).toInteger() > limits::DownloadBytes)
                return asker->answer(Error{Error::Code::TooLarge, {}, {}});
            download(info.value(u"url_private"_s).toString(), std::move(*asker));
        },
        [asker](const Error &error, Seconds) { asker->answer(error); });
}

void SlackConnector::download(const QString &address, Completion<QByteArray> done)
{
    const QUrl url(address);
    if (!isVendors(url, m_api.base()))
        return done.answer(Error{Error::Code::Forbidden, tr("it lies outside Slack"), {}});
    ApiCall request = getCall(address);
    request.headers["Authorization"] = "Bearer " + m_botToken.toLatin1();
    vendor::download(m_api, request, limits::DownloadBytes, std::move(done));
}

void SlackConnector::send(const Outgoing &outgoing, Completion<SendResult> done)
{
    if (const QString trouble = tokenTrouble(m_botToken, m_appToken); !trouble.isEmpty())
        return done.answer(refused(trouble));
    if (const auto asked = actOf(outgoing))
        return act(outgoing, *asked, std::move(done));
    const Result<std::vector<Request>> requests = requestsFor(outgoing);
    if (!requests)
        return done.answer(refused(requests.error().detail));
    const Place place = placeOf(outgoing);
    std::vector<SendPart> parts;
    for (const Request &request : *requests)
        parts.push_back({request.name,
                         [this, request, place](Completion<SendResult> sent) {
                             sendPart(request, place,
                                      std::make_shared<Completion<SendResult>>(std::move(sent)));
                         },
                         request.isMain});
    (new PartSending(std::move(parts), m_host.clock(), std::move(done), this))->start();
}

void SlackConnector::act(const Outgoing &outgoing, const Act &act, Completion<SendResult> done)
{
    const Result<std::vector<ActRequest>> requests = actsFor(outgoing, act);
    if (!requests)
        return done.answer(refused(requests.error().detail));
    std::vector<ActCall> turns;
    for (const ActRequest &request : *requests)
        turns.push_back([this, request, target = act.target](Completion<SendResult> called) {
            const auto next = std::make_shared<Completion<SendResult>>(std::move(called));
            ApiCall post = jsonCall("POST", u'/' + request.method, request.body);
            post.contentType = "application/json; charset=utf-8";
            post.bucket = u"post"_s;
            m_api.call(post,
                       {&m_alive, [this, request, target, next](const Result<ApiReply> &reply) {
                            next->answer(resultOf(reply, request, target, m_host.clock().wall()));
                        }});
        });
    inTurn(std::move(turns), act, &m_alive, std::move(done));
}

void SlackConnector::sendPart(const Request &request, const Place &place, const Asker &done)
{
    if (request.message.isEmpty())
        return sendFile(request, place, done);
    sendMessage(request, place, done);
}

void SlackConnector::sendMessage(const Request &request, const Place &place, const Asker &done)
{
    ApiCall post = jsonCall("POST", u"/chat.postMessage"_s, request.message);
    post.contentType = "application/json; charset=utf-8";
    post.bucket = u"post"_s;
    m_api.call(
        post,
        {&m_alive, [this, request, place, done](const Result<ApiReply> &reply) {
             const QString ts = reply ? reply->object().value(u"ts"_s).toString() : QString();
             const SendResult result =
                 resultOf(reply, isTimestamp(ts) ? messageKey(place.channel, ts) : QString(),
                          m_host.clock().wall());
             if (result.kind != SendResult::Kind::Uncertain)
                 return done->answer(result);
             QTimer::singleShot(m_host.clock().toReal(BeforeLooking), &m_alive,
                                [this, request, place, done] { lookFor(request, place, done); });
         }});
}

void SlackConnector::lookFor(const Request &request, const Place &place, const Asker &done)
{
    const Time since = m_host.clock().wall() - limits::LookBack;
    ApiCall history =
        query(place.root.isEmpty() ? u"conversations.history"_s : u"conversations.replies"_s,
              {{u"channel"_s, place.channel},
               {u"ts"_s, place.root},
               {u"oldest"_s, u"%1.000000"_s.arg(since.ms / 1000)},
               {u"limit"_s, u"100"_s},
               {u"include_all_metadata"_s, u"true"_s}});
    history.bucket = u"history"_s;
    const SendResult unknown{
        SendResult::Kind::Uncertain, {}, tr("Slack gave no clear answer to this message"), {}};
    m_api.call(history, {&m_alive, [request, place, done, unknown](const Result<ApiReply> &reply) {
                             const QString id =
                                 reply ? findByKey(reply->object().value(u"messages"_s).toArray(),
                                                   place.channel, request.key)
                                       : QString();
                             // Not there now does not say that it will not be.
                             done->answer(id.isEmpty()
                                              ? unknown
                                              : SendResult{SendResult::Kind::Accepted, id, {}, {}});
                         }});
}

/// Three steps; only the last one shows the file to anybody.
void SlackConnector::sendFile(const Request &request, const Place &place, const Asker &done)
{
    const auto later = [this, done](const Error &error, Seconds wait) {
        const bool isRefused = error.code != Error::Code::Network && wait == Seconds(0) &&
                               !error.state.startsWith(u"status_5"_s);
        done->answer(SendResult{isRefused ? SendResult::Kind::Refused : SendResult::Kind::Later,
                                {},
                                error.detail,
                                wait > Seconds(0) ? wait : Seconds(5)});
    };
    const Fields fields{{u"filename"_s, request.fileName},
                        {u"length"_s, QString::number(request.bytes.size())}};
    call(
        formCall(u"/files.getUploadURLExternal"_s, fields),
        [this, request, place, done, later](const ApiReply &reply) {
            const QString id = reply.object().value(u"file_id"_s).toString();
            ApiCall upload = getCall(reply.object().value(u"upload_url"_s).toString());
            upload.method = "POST";
            upload.contentType = "application/octet-stream";
            upload.body = request.bytes;
            upload.timeout = Seconds(120);
            m_api.call(upload,
                       {&m_alive,
                        [this, request, place, done, later, id](const Result<ApiReply> &uploaded) {
                            if (!isId(id) || !uploaded || !uploaded->isSuccess())
                                return later(
                                    {Error::Code::Network, tr("Slack did not take the file"), {}},
                                    Seconds(0));
                            completeFile(request, place, id, done);
                        }});
        },
        later);
}

void SlackConnector::completeFile(const Request &request, const Place &place, const QString &file,
                                  const Asker &done)
{
    QJsonObject body{
        {u"files"_s, QJsonArray{QJsonObject{{u"id"_s, file}, {u"title"_s, request.fileName}}}},
        {u"channel_id"_s, place.channel}};
    if (!place.root.isEmpty())
        body.insert(u"thread_ts"_s, place.root);
    ApiCall complete = jsonCall("POST", u"/files.completeUploadExternal"_s, body);
    complete.contentType = "application/json; charset=utf-8";
    complete.bucket = u"post"_s;
    m_api.call(complete, {&m_alive, [this, file, done](const Result<ApiReply> &reply) {
                              done->answer(resultOf(reply, FileMark + file, m_host.clock().wall()));
                          }});
}

void SlackConnector::test(Completion<QString> done)
{
    if (const QString trouble = tokenTrouble(m_botToken, m_appToken); !trouble.isEmpty())
        return done.answer(Error{Error::Code::Unauthorized, trouble, {}});
    const auto asker = std::make_shared<Completion<QString>>(std::move(done));
    const auto fail = [asker](const Error &error, Seconds) { asker->answer(error); };
    call(
        formCall(u"/auth.test"_s, {}),
        [this, asker, fail](const ApiReply &bot) {
            const QString team = bot.object().value(u"team"_s).toString();
            const auto header = bot.headers.find("x-oauth-scopes");
            QStringList missing;
            if (header != bot.headers.end()) {
                QStringList granted;
                for (const QString &scope : QString::fromLatin1(header->second).split(u','))
                    granted << scope.trimmed();
                for (const QString &scope : neededScopes()) {
                    if (!granted.contains(scope))
                        missing << scope;
                }
            }
            // An address that nobody uses costs nothing.
            call(
                appCall(u"apps.connections.open"_s),
                [asker, team, missing](const ApiReply &) {
                    const QString works =
                        tr("The app answers in %1, and Socket Mode works.").arg(team);
                    asker->answer(missing.isEmpty()
                                      ? works
                                      : works + u' ' +
                                            tr("These permissions are missing: %1. Add them "
                                               "under OAuth & Permissions and install the app "
                                               "again.")
                                                .arg(missing.join(u", "_s)));
                },
                fail);
        },
        fail);
}

ChannelType slackType()
{
    ChannelType type;
    type.type = u"slack"_s;
    type.label = SlackConnector::tr("Slack");
    Setting bot;
    bot.key = u"bot_token"_s;
    bot.label = SlackConnector::tr("Bot token (xoxb-...)");
    bot.isSecret = true;
    bot.hint = SlackConnector::tr(
                   "At api.slack.com/apps: Create New App > From a manifest, choose your "
                   "workspace, and paste the text below. Install to Workspace; the token is under "
                   "OAuth & Permissions. Invite the app into channels with /invite.") +
               u"\n\n"_s + QString::fromUtf8(manifest());
    Setting app;
    app.key = u"app_token"_s;
    app.label = SlackConnector::tr("App token (xapp-...)");
    app.isSecret = true;
    app.hint = SlackConnector::tr("Basic Information > App-Level Tokens > Generate Token and "
                                  "Scopes, with the scope connections:write.");
    Setting customers;
    customers.key = u"customers"_s;
    customers.label = SlackConnector::tr("Whose messages are customers'");
    customers.isRequired = false;
    customers.fallback = u"everyone"_s;
    customers.form = u"one-of everyone others"_s;
    customers.hint = SlackConnector::tr(
        "\"others\": only people of other organisations (Slack Connect); what your own people "
        "write there is shown, and nothing answers it.");
    type.settings = {bot, app, customers, baseUrlSetting(StandardBase)};
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
    can.maxTextLength = 2 * limits::TextCharacters; // sent in parts
    can.files.maxBytes = limits::UploadBytes;
    type.make = [](const ChannelAccount &account, Host &host) -> std::unique_ptr<Connector> {
        return std::make_unique<SlackConnector>(account, host);
    };
    return type;
}

} // namespace peerdesk::channels::slack

#include "moc_slackconnector.cpp"
