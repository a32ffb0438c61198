// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/webchat/webchat.h"

#include "core/base/json.h"
#include "core/channels/webchat/chatroutes.h"

#include <QJsonArray>
#include <QUrl>

namespace peerdesk::channels {

using namespace Qt::StringLiterals;
using namespace webchat;

namespace {

constexpr Milliseconds TypingLasts{6'000};
constexpr int MinKeyBytes = 16;
constexpr size_t RememberedCommits = 5'000;
constexpr int MaxReadTries = 10;
constexpr size_t ReceiptsPerPage = 100;
constexpr size_t RememberedAgents = 1'000;
/// Messages before the last one that a page has are sent again: a reply queued earlier may have
/// passed the gate later. Pages show an id once.
constexpr int ResumeOverlap = 20;

QJsonObject errorFrame(const QString &code, const QString &sequence, Milliseconds wait,
                       bool isPermanent = false)
{
    QJsonObject frame{{u"type"_s, u"error"_s}, {u"code"_s, code}, {u"permanent"_s, isPermanent}};
    if (!sequence.isEmpty())
        frame.insert(u"seq"_s, sequence);
    if (!isPermanent)
        frame.insert(u"retry_after"_s, double(wait.count()) / 1000.0);
    return frame;
}

QJsonObject ackFrame(const QString &sequence, Time at)
{
    return {{u"type"_s, u"ack"_s}, {u"seq"_s, sequence}, {u"at"_s, at.toString()}};
}

/// Refused for good, or worth another try with the same sequence?
bool isPermanent(Error::Code code)
{
    return code == Error::Code::TooLarge || code == Error::Code::Invalid ||
           code == Error::Code::Conflict;
}

/// What a visitor may see: never notes, nothing that has not passed the gate.
bool isVisible(const Message &message)
{
    if (message.kind == MessageKind::Inbound)
        return true;
    if (message.kind != MessageKind::Reply)
        return false;
    switch (message.state) {
    case MessageState::Sending:
    case MessageState::Sent:
    case MessageState::Delivered:
    case MessageState::Read:
    case MessageState::Uncertain:
        return true;
    case MessageState::Received:
    case MessageState::Scheduled:
    case MessageState::Queued:
    case MessageState::Failed:
    case MessageState::Canceled:
        return false;
    }
    return false;
}

QString sequenceOf(const Message &message, const QString &visitor)
{
    const QString prefix = visitor + u':';
    return message.kind == MessageKind::Inbound && message.providerId.startsWith(prefix)
               ? message.providerId.mid(prefix.size())
               : QString();
}

UploadLimits uploadLimits(const QString &megabytes)
{
    UploadLimits limits;
    const int wanted = megabytes.toInt();
    if (wanted >= 1 && wanted <= 50)
        limits.fileBytes = qint64(wanted) * 1024 * 1024;
    limits.visitorBytes = std::max(limits.visitorBytes, limits.fileBytes);
    return limits;
}

QJsonObject limitsObject(const UploadLimits &limits)
{
    QJsonArray refused;
    for (const QString &ending : refusedEndings())
        refused.append(ending);
    return {{u"text"_s, MaxTextLength},
            {u"files"_s, MaxFilesPerMessage},
            {u"file_bytes"_s, limits.fileBytes},
            {u"refused"_s, refused}};
}

QString shortName(const QString &visitor)
{
    return u"Visitor "_s + visitor.left(4).toUpper();
}

} // namespace

WebChat::WebChat(const ChannelAccount &account, Host &host, ChatRoutes *routes,
                 WebChatLimits limits)
    : m_account(account)
    , m_host(host)
    , m_routes(routes)
    , m_limits(limits)
    , m_messages(limits.messagesPerVisitor)
{
    m_tick.setInterval(m_limits.tick);
    connect(&m_tick, &QTimer::timeout, this, &WebChat::tick);
}

WebChat::WebChat(const ChannelAccount &account, Host &host, const QString &closedBecause)
    : WebChat(account, host, static_cast<ChatRoutes *>(nullptr))
{
    m_closedBecause = closedBecause;
}

WebChat::~WebChat()
{
    stop();
}

void WebChat::start()
{
    if (m_admission)
        return;
    if (!m_routes)
        return m_host.setState(AccountState::Down, m_closedBecause);
    Admission::Settings settings;
    settings.account = m_account.id;
    settings.key = m_host.secret(u"visitor_key"_s);
    settings.origins = listSetting(setting(u"origins"_s));
    settings.limits = m_limits.address;
    if (settings.key.size() < MinKeyBytes)
        return m_host.setState(AccountState::Down,
                               u"The key that signs visitor tokens is missing (visitor_key)."_s);
    m_admission = std::make_unique<Admission>(std::move(settings), m_host.clock());
    m_files = std::make_unique<FileDoor>(*m_admission, m_host,
                                         uploadLimits(setting(u"max_file_mb"_s)), nullptr);
    m_wasAvailable = m_host.isAnyoneAvailable();
    m_routes->attach(this);
    m_tick.start();
    m_host.setState(AccountState::Connected, {});
}

void WebChat::stop()
{
    m_tick.stop();
    if (m_routes)
        m_routes->detach(this);
    const std::vector<ChatSocket *> open = m_sockets;
    for (ChatSocket *socket : open)
        socket->close(close_code::GoingAway, u"going away"_s);
    m_visitors.clear();
    m_files.reset();
    m_admission.reset();
}

void WebChat::open(const net::HttpRequest &request, net::WebSocket *socket)
{
    if (!m_admission || int(m_sockets.size()) >= m_limits.sockets)
        return socket->close(close_code::TryLater, u"try later"_s);
    if (!m_admission->allowsOrigin(request))
        return socket->close(close_code::Policy, u"this site is not on the list"_s);
    ChatSocket *page = new ChatSocket(socket, Admission::addressOf(request), m_host.clock(), this);
    m_sockets.push_back(page);
    connect(page, &ChatSocket::frameReceived, this,
            [this, page](const ClientFrame &frame) { receive(page, frame); });
    connect(page, &ChatSocket::closed, this, [this, page] { leave(page); });
}

void WebChat::receive(ChatSocket *socket, const ClientFrame &frame)
{
    if (const auto *first = std::get_if<HelloFrame>(&frame))
        return socket->visitor.isEmpty() ? hello(socket, *first)
                                         : socket->countJunk(u"bad_frame"_s);
    if (socket->visitor.isEmpty())
        return socket->close(close_code::Policy, u"hello comes first"_s);
    if (const auto *said = std::get_if<MessageFrame>(&frame))
        return message(socket, *said);
    if (const auto *typed = std::get_if<TypingFrame>(&frame))
        return typing(socket->visitor, typed->isTyping);
    if (const auto *seen = std::get_if<ReadFrame>(&frame))
        return read(socket->visitor, *seen);
    if (const auto *bad = std::get_if<BadFrame>(&frame))
        return socket->send(errorFrame(bad->code, bad->sequence, {}, true));
    socket->send({{u"type"_s, u"pong"_s}});
}

void WebChat::hello(ChatSocket *socket, const HelloFrame &frame)
{
    const auto admitted = m_admission->admit(frame.token, socket->address());
    if (!admitted) {
        socket->send(errorFrame(u"slow_down"_s, {}, Seconds(admitted.error().state.toInt())));
        return socket->close(close_code::TryLater, u"too many visits"_s);
    }
    socket->language = frame.language;
    socket->page = frame.page;
    join(socket, admitted->visitor); // before history is read: a send in between is not missed
    const QString token = admitted->token;
    if (admitted->isNew)
        return welcome(socket, token, {}, {});
    m_host.history(admitted->visitor,
                   {socket, [this, socket, token, after = frame.after](const auto &history) {
                        if (history)
                            return welcome(socket, token, *history, after);
                        socket->close(close_code::TryLater, u"history is not available"_s);
                    }});
}

void WebChat::join(ChatSocket *socket, const QString &visitor)
{
    socket->visitor = visitor;
    std::vector<ChatSocket *> &sockets = m_visitors[visitor].sockets;
    sockets.push_back(socket);
    if (int(sockets.size()) > m_limits.socketsPerVisitor)
        sockets.front()->close(close_code::TooManyWindows, u"too many windows"_s);
}

void WebChat::welcome(ChatSocket *socket, const QString &token, const std::vector<Message> &history,
                      const MessageId &after)
{
    if (!m_files)
        return; // stopped while the history was read
    QJsonArray nodes;
    for (const QString &node : listSetting(setting(u"nodes"_s))) {
        const QUrl url(node, QUrl::StrictMode);
        if (url.isValid() && (url.scheme() == u"https"_s || url.scheme() == u"http"_s))
            nodes.append(node);
    }
    const Visitor *visitor = find(socket->visitor);
    const Time read =
        std::max(visitor ? visitor->agentReadUpTo : Time{}, m_host.agentReadUpTo(socket->visitor));
    socket->send({{u"type"_s, u"welcome"_s},
                  {u"token"_s, token},
                  {u"visitor"_s, socket->visitor},
                  {u"history"_s, historyFrames(socket->visitor, history, after)},
                  {u"available"_s, m_host.isAnyoneAvailable()},
                  {u"nodes"_s, nodes},
                  {u"title"_s, setting(u"title"_s)},
                  {u"greeting"_s, setting(u"greeting"_s)},
                  {u"limits"_s, limitsObject(m_files->uploads().limits())},
                  {u"read"_s, read.toString()}});
}

QJsonArray WebChat::historyFrames(const QString &visitor, const std::vector<Message> &history,
                                  const MessageId &after)
{
    std::deque<QJsonObject> newest;
    qsizetype bytes = 0;
    size_t most = size_t(m_limits.historyMessages);
    for (auto message = history.rbegin(); message != history.rend(); ++message) {
        if (message->id == after)
            most = std::min(most, newest.size() + ResumeOverlap);
        if (newest.size() >= most)
            break;
        if (!isVisible(*message))
            continue;
        newest.push_front(
            messageFrame(*message, sequenceOf(*message, visitor), authorName(*message)));
        bytes += encode(newest.front()).size();
        if (bytes > m_limits.historyBytes)
            break;
    }
    QJsonArray frames;
    for (const QJsonObject &frame : newest)
        frames.append(frame);
    return frames;
}

void WebChat::message(ChatSocket *socket, const MessageFrame &frame)
{
    const QString key = socket->visitor + u':' + frame.sequence;
    if (const auto known = m_committed.find(key); known != m_committed.end())
        return socket->send(ackFrame(frame.sequence, known->second));
    if (const auto waiting = m_underWay.find(key); waiting != m_underWay.end()) {
        std::vector<QPointer<ChatSocket>> &waiters = waiting->second.waiters;
        if (std::find(waiters.begin(), waiters.end(), socket) == waiters.end())
            waiters.emplace_back(socket);
        return;
    }
    if (const auto refused = refusal(*socket, frame))
        return socket->send(*refused);
    if (!hasFiles(socket->visitor, frame))
        return answerFromHistory(socket, key, frame);
    const Time at = m_host.clock().wall();
    InboundPage page = pageOf(*socket, frame, at);
    m_underWay[key] = {{socket}, at};
    typing(socket->visitor, false);
    m_host.ingest(std::move(page),
                  {this, [this, key, visitor = socket->visitor, frame](const Result<Done> &result) {
                       committed(key, visitor, frame, result);
                   }});
}

std::optional<QJsonObject> WebChat::refusal(const ChatSocket &socket, const MessageFrame &frame)
{
    const Milliseconds wait = std::max(m_messages.take(socket.visitor, m_host.clock().boot()),
                                       m_admission->takeMessage(socket.address()));
    if (wait.count() > 0)
        return errorFrame(u"slow_down"_s, frame.sequence, wait);
    if (int(m_underWay.size()) >= m_limits.underWay)
        return errorFrame(u"busy"_s, frame.sequence, Seconds(2));
    return std::nullopt;
}

bool WebChat::hasFiles(const QString &visitor, const MessageFrame &frame)
{
    return std::all_of(frame.files.begin(), frame.files.end(), [&](const FileReference &file) {
        return m_files->uploads().find(visitor, file.sha256);
    });
}

/// The files are not here any more: either the message is committed since an earlier life of this
/// program, which its page was never told, or they have to be uploaded again.
void WebChat::answerFromHistory(ChatSocket *socket, const QString &key, const MessageFrame &frame)
{
    const auto answer = [this, socket, key, sequence = frame.sequence](const auto &history) {
        if (!history)
            return socket->send(errorFrame(u"busy"_s, sequence, Seconds(2)));
        const auto known = std::find_if(history->begin(), history->end(),
                                        [&](const Message &m) { return m.providerId == key; });
        if (known == history->end())
            return socket->send(errorFrame(u"upload_gone"_s, sequence, {}, true));
        remember(key, known->createdAt);
        socket->send(ackFrame(sequence, known->createdAt));
    };
    m_host.history(socket->visitor, {socket, answer});
}

InboundPage WebChat::pageOf(const ChatSocket &socket, const MessageFrame &frame, Time at)
{
    InboundPage page;
    page.cursorFrom = page.cursorTo = m_host.cursor(); // visitors repeat by themselves: no cursor
    InboundItem item;
    item.providerId = socket.visitor + u':' + frame.sequence;
    item.thread = socket.visitor;
    item.sender = {u"webchat"_s, m_account.id.toString(), socket.visitor,
                   frame.name.isEmpty() ? shortName(socket.visitor) : frame.name,
                   Evidence::Provider};
    if (!frame.email.isEmpty())
        item.also.push_back({u"email"_s, {}, frame.email, frame.email, Evidence::Typed});
    item.senderName = frame.name;
    item.language = socket.language;
    item.content.text = frame.text;
    if (!frame.answer.isEmpty())
        item.content.rich = json::canonical(frame.answer);
    if (!frame.about.isNull())
        item.receiptFor = frame.about.toString(); // what is accepted there is named by its own id
    item.providerTime = at;
    if (!socket.page.isEmpty())
        item.headers = json::canonical({{u"page"_s, socket.page}});
    for (const FileReference &reference : frame.files) {
        const Uploads::File *file = m_files->uploads().find(socket.visitor, reference.sha256);
        item.content.attachments.push_back(
            {reference.sha256, file->name, file->type, file->bytes.size(), {}, false});
        page.attachments[reference.sha256] = file->bytes;
    }
    page.items.push_back(std::move(item));
    return page;
}

void WebChat::committed(const QString &key, const QString &visitor, const MessageFrame &frame,
                        const Result<Done> &result)
{
    const auto entry = m_underWay.find(key);
    if (entry == m_underWay.end())
        return;
    const UnderWay work = std::move(entry->second);
    m_underWay.erase(entry);
    for (const QPointer<ChatSocket> &waiter : work.waiters) {
        if (!waiter)
            continue;
        waiter->send(
            result ? ackFrame(frame.sequence, work.at)
                   : errorFrame(isPermanent(result.error().code) ? u"refused"_s : u"busy"_s,
                                frame.sequence, Seconds(2), isPermanent(result.error().code)));
    }
    if (!result)
        return; // the visitor's page keeps it and tries again, or shows that it was refused
    remember(key, work.at);
    Message echo;
    echo.content.text = frame.text;
    echo.createdAt = work.at;
    for (const FileReference &reference : frame.files) {
        const Uploads::File *file =
            m_files ? m_files->uploads().find(visitor, reference.sha256) : nullptr;
        if (file)
            echo.content.attachments.push_back(
                {reference.sha256, file->name, file->type, file->bytes.size(), {}, false});
    }
    push(visitor, messageFrame(echo, frame.sequence, {}),
         work.waiters.empty() ? nullptr : work.waiters.front().data());
    for (const FileReference &reference : frame.files) {
        if (m_files)
            m_files->uploads().remove(visitor, reference.sha256);
    }
}

void WebChat::remember(const QString &key, Time at)
{
    m_committed.emplace(key, at);
    m_committedOrder.push_back(key);
    if (m_committedOrder.size() > RememberedCommits) {
        m_committed.erase(m_committedOrder.front());
        m_committedOrder.pop_front();
    }
}

void WebChat::typing(const QString &visitor, bool isTyping)
{
    Visitor *known = find(visitor);
    if (!known)
        return;
    const bool was = known->typingUntil.count() > 0;
    known->typingUntil = isTyping ? m_host.clock().boot() + TypingLasts : Milliseconds(0);
    if (was != isTyping)
        m_host.customerTyping(visitor, isTyping);
}

void WebChat::read(const QString &visitor, const ReadFrame &frame)
{
    if (Visitor *known = find(visitor)) {
        known->readUpTo = frame.upTo; // committed by the next tick: many marks, one receipt
        known->readTries = 0;
    }
}

void WebChat::commitRead(const QString &visitor)
{
    Visitor *known = find(visitor);
    if (!known)
        return;
    known->isReadUnderWay = true;
    m_host.history(visitor, {this, [this, visitor, upTo = known->readUpTo](const auto &history) {
                                 if (history)
                                     return commitReceipts(visitor, upTo, *history);
                                 readDone(visitor, upTo, false);
                             }});
}

void WebChat::commitReceipts(const QString &visitor, const MessageId &upTo,
                             const std::vector<Message> &history)
{
    const auto last = std::find_if(history.begin(), history.end(),
                                   [&](const Message &message) { return message.id == upTo; });
    if (last == history.end())
        return readDone(visitor, upTo, true); // not of this conversation: ignored
    InboundPage page;
    page.cursorFrom = page.cursorTo = m_host.cursor();
    bool isComplete = true;
    for (auto message = history.begin(); message <= last; ++message) {
        if (message->kind != MessageKind::Reply)
            continue;
        if (message->state == MessageState::Sending || page.items.size() >= ReceiptsPerPage)
            isComplete = false; // its result is not committed yet: next tick
        const bool isOpen = message->state == MessageState::Sent ||
                            message->state == MessageState::Delivered ||
                            message->state == MessageState::Uncertain;
        if (!isOpen || page.items.size() >= ReceiptsPerPage)
            continue;
        InboundItem item;
        item.kind = ItemKind::Receipt;
        item.providerId = u"read:"_s + message->id.toString();
        item.thread = visitor;
        item.sender = {u"webchat"_s, m_account.id.toString(), visitor, shortName(visitor),
                       Evidence::Provider};
        item.providerTime = m_host.clock().wall();
        item.receiptFor =
            message->providerId.isEmpty() ? message->id.toString() : message->providerId;
        item.receiptState = MessageState::Read;
        page.items.push_back(std::move(item));
    }
    if (page.items.empty())
        return readDone(visitor, upTo, isComplete);
    m_host.ingest(std::move(page), {this, [this, visitor, upTo, isComplete](const auto &result) {
                                        readDone(visitor, upTo, bool(result) && isComplete);
                                    }});
}

void WebChat::readDone(const QString &visitor, const MessageId &upTo, bool isDone)
{
    Visitor *known = find(visitor);
    if (!known)
        return;
    known->isReadUnderWay = false;
    const bool isSame = known->readUpTo == upTo;
    if (isSame && (isDone || ++known->readTries >= MaxReadTries))
        known->readUpTo = {};
    forgetIfIdle(visitor);
}

void WebChat::leave(ChatSocket *socket)
{
    std::erase(m_sockets, socket);
    if (Visitor *known = find(socket->visitor)) {
        std::erase(known->sockets, socket);
        if (known->sockets.empty())
            typing(socket->visitor, false);
        forgetIfIdle(socket->visitor);
    }
    socket->deleteLater();
}

void WebChat::forgetIfIdle(const QString &visitor)
{
    const Visitor *known = find(visitor);
    if (known && known->sockets.empty() && known->readUpTo.isNull() && !known->isReadUnderWay)
        m_visitors.erase(visitor);
}

void WebChat::tick()
{
    const Milliseconds now = m_host.clock().boot();
    const std::vector<ChatSocket *> sockets = m_sockets;
    for (ChatSocket *socket : sockets) {
        if (socket->isLate(now))
            socket->close(close_code::Policy, u"no hello"_s);
    }
    std::vector<QString> read;
    for (const auto &[visitor, known] : m_visitors) {
        if (known.typingUntil.count() > 0 && known.typingUntil <= now)
            typing(visitor, false);
        if (!known.readUpTo.isNull() && !known.isReadUnderWay)
            read.push_back(visitor);
    }
    for (const QString &visitor : read)
        commitRead(visitor);
    m_files->uploads().expire(now);
    if (std::exchange(m_wasAvailable, m_host.isAnyoneAvailable()) != m_wasAvailable) {
        for (ChatSocket *socket : m_sockets) {
            if (!socket->visitor.isEmpty())
                socket->send({{u"type"_s, u"available"_s}, {u"on"_s, m_wasAvailable}});
        }
    }
}

void WebChat::send(const Outgoing &outgoing, Completion<SendResult> done)
{
    const QString &visitor = outgoing.conversation.thread;
    SendResult result;
    if (!isVisitorId(visitor)) {
        result.kind = SendResult::Kind::Refused;
        result.detail = u"This conversation does not belong to a web chat visitor."_s;
        return done.answer(result);
    }
    if (!outgoing.message.author.isNull() && m_agentNames.size() < RememberedAgents)
        m_agentNames[outgoing.message.author] = outgoing.agentName;
    push(visitor, messageFrame(outgoing.message, {}, outgoing.agentName));
    result.kind = SendResult::Kind::Accepted;
    result.providerId = outgoing.message.id.toString();
    done.answer(result);
}

void WebChat::test(Completion<QString> done)
{
    if (!m_routes)
        return done.answer(Error{Error::Code::Network, m_closedBecause, {}});
    if (m_host.secret(u"visitor_key"_s).size() < MinKeyBytes)
        return done.answer(invalid(u"The key that signs visitor tokens is missing."_s));
    done.answer(u"The chat is ready. Open /chat/?account=%1 on this server to try it."_s.arg(
        m_account.id.toString()));
}

void WebChat::agentTyping(const QString &thread, bool isTyping)
{
    push(thread, {{u"type"_s, u"typing"_s}, {u"on"_s, isTyping}});
}

void WebChat::agentRead(const QString &thread, Time upTo)
{
    Visitor *known = find(thread);
    if (!known || upTo <= known->agentReadUpTo)
        return;
    known->agentReadUpTo = upTo;
    push(thread, {{u"type"_s, u"read"_s}, {u"up_to"_s, upTo.toString()}});
}

void WebChat::push(const QString &visitor, const QJsonObject &frame, const ChatSocket *except)
{
    const Visitor *known = find(visitor);
    if (!known)
        return;
    const std::vector<ChatSocket *> sockets = known->sockets; // a slow one may close while sending
    for (ChatSocket *socket : sockets) {
        if (socket != except)
            socket->send(frame);
    }
}

WebChat::Visitor *WebChat::find(const QString &visitor)
{
    const auto entry = m_visitors.find(visitor);
    return entry == m_visitors.end() ? nullptr : &entry->second;
}

QString WebChat::authorName(const Message &message)
{
    if (message.authorKind != AuthorKind::Agent)
        return {};
    const auto known = m_agentNames.find(message.author);
    return known == m_agentNames.end() ? m_host.agentName(message.author) : known->second;
}

QString WebChat::setting(const QString &key) const
{
    const auto value = m_account.settings.find(key);
    return value == m_account.settings.end() ? QString() : value->second;
}

} // namespace peerdesk::channels

#include "moc_webchat.cpp"
