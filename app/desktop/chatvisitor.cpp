// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/chatvisitor.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrlQuery>

namespace peerdesk::desktop {

using namespace Qt::StringLiterals;

namespace {
constexpr std::chrono::seconds Pause{1}; ///< before it comes back
constexpr int MaxSeen = 500;
} // namespace

ChatVisitor::ChatVisitor(const QString &address, AccountId account, ChatPerson person,
                         QObject *parent)
    : Visitor(parent)
    , m_url(address + u"/chat/ws"_s)
    , m_person(std::move(person))
{
    m_url.setScheme(m_url.scheme() == u"https" ? u"wss"_s : u"ws"_s);
    QUrlQuery query;
    query.addQueryItem(u"account"_s, account.toString());
    m_url.setQuery(query);
    m_socket.setMaxAllowedIncomingMessageSize(2ULL * 1024 * 1024);
    m_again.setSingleShot(true);
    m_again.setInterval(Pause);
    connect(&m_again, &QTimer::timeout, this, &ChatVisitor::open);
    connect(&m_socket, &QWebSocket::textMessageReceived, this, &ChatVisitor::onFrame);
    connect(&m_socket, &QWebSocket::disconnected, this, &ChatVisitor::onBroken);
    connect(&m_socket, &QWebSocket::connected, this, [this] {
        QJsonObject hello{{u"type"_s, u"hello"_s}, {u"lang"_s, m_person.language}};
        if (!m_token.isEmpty())
            hello.insert(u"token"_s, m_token);
        if (!m_last.isEmpty())
            hello.insert(u"after"_s, m_last);
        m_socket.sendTextMessage(QString::fromUtf8(QJsonDocument(hello).toJson()));
    });
}

ChatVisitor::~ChatVisitor()
{
    m_socket.disconnect(this); // it says that it closed while the timer is gone already
}

void ChatVisitor::open()
{
    if (m_url.host().isEmpty())
        return Q_EMIT failed(tr("This PC does not answer browsers."));
    ++m_attempts;
    m_socket.open(m_url);
}

void ChatVisitor::say(const QString &text)
{
    if (m_waiting.size() >= MaxWaiting)
        return Q_EMIT refused(tr("Too much is waiting to be sent."));
    m_waiting.push_back({++m_number, text});
    if (m_isIn)
        send(m_waiting.back());
}

void ChatVisitor::send(const Said &said)
{
    QJsonObject frame{{u"type"_s, u"message"_s}, {u"seq"_s, said.number}, {u"text"_s, said.text}};
    if (!m_person.name.isEmpty())
        frame.insert(u"name"_s, m_person.name);
    if (!m_person.email.isEmpty())
        frame.insert(u"email"_s, m_person.email);
    m_socket.sendTextMessage(QString::fromUtf8(QJsonDocument(frame).toJson()));
}

void ChatVisitor::onFrame(const QString &text)
{
    const QJsonObject frame = QJsonDocument::fromJson(text.toUtf8()).object();
    const QString type = frame.value(u"type"_s).toString();
    if (type == u"welcome")
        return onWelcome(frame);
    if (type == u"message")
        return onMessage(frame);
    const int number = frame.value(u"seq"_s).toVariant().toInt();
    const bool isRefusal = type == u"error" && frame.value(u"permanent"_s).toBool();
    if (type != u"ack" && !isRefusal)
        return;
    const auto said = std::find_if(m_waiting.begin(), m_waiting.end(),
                                   [&](const Said &one) { return one.number == number; });
    if (said == m_waiting.end())
        return;
    const QString words = said->text;
    m_waiting.erase(said);
    isRefusal ? Q_EMIT refused(tr("The office did not take this line: %1").arg(words))
              : Q_EMIT kept(words);
}

void ChatVisitor::onWelcome(const QJsonObject &welcome)
{
    m_token = welcome.value(u"token"_s).toString();
    m_attempts = 0;
    m_isIn = true;
    for (const QJsonValue message : welcome.value(u"history"_s).toArray())
        onMessage(message.toObject());
    for (const Said &said : m_waiting)
        send(said);
    if (!std::exchange(m_wasIn, true))
        Q_EMIT opened();
}

void ChatVisitor::onMessage(const QJsonObject &message)
{
    const QString id = message.value(u"id"_s).toString();
    if (m_seen.contains(id))
        return;
    m_seen.append(id);
    if (m_seen.size() > MaxSeen)
        m_seen.removeFirst();
    m_last = id;
    Q_EMIT heard(message.value(u"from"_s).toString(), message.value(u"author"_s).toString(),
                 message.value(u"text"_s).toString());
}

void ChatVisitor::onBroken()
{
    m_isIn = false;
    if (m_attempts < MaxAttempts)
        return m_again.start();
    Q_EMIT failed(m_socket.errorString() + u'.');
}

} // namespace peerdesk::desktop

#include "moc_chatvisitor.cpp"
