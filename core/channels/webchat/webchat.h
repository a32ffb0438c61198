// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"
#include "core/channels/webchat/chatsocket.h"
#include "core/channels/webchat/filedoor.h"

#include <QTimer>

#include <deque>

namespace peerdesk::channels {

class ChatRoutes;

/// Bounds of one web-chat account; tests make them smaller.
struct WebChatLimits
{
    webchat::AddressLimits address;
    webchat::Allowance messagesPerVisitor{10, Milliseconds(1'000)};
    int sockets = 10'000;          ///< above: TryLater, the widget comes back later
    int socketsPerVisitor = 5;     ///< above: the oldest is closed
    int underWay = 256;            ///< messages waiting for commit; above: "busy"
    int historyMessages = 200;     ///< newest ones sent in the welcome
    int historyBytes = 512 * 1024; ///< as frames
    Milliseconds tick{1'000};
};

/// The office's own chat widget: visitors' WebSockets on one side, ingest and the gate on the
/// other. A visitor's message is acknowledged only after the host said that it is committed.
/// Frames: README.md. Thread: node.
class WebChat final : public Connector
{
    Q_OBJECT

public:
    WebChat(const ChannelAccount &account, Host &host, ChatRoutes *routes,
            WebChatLimits limits = {});
    /// Cannot be reached: it is Down, and its test fails, with this reason.
    WebChat(const ChannelAccount &account, Host &host, const QString &closedBecause);
    ~WebChat() override;

    void start() override;
    void stop() override;
    /// Accepted at once: an open page gets the frame now, any other finds the message in its
    /// history, and pages show a message id only once.
    void send(const Outgoing &outgoing, Completion<SendResult> done) override;
    void test(Completion<QString> done) override;
    void agentTyping(const QString &thread, bool isTyping) override;
    void agentRead(const QString &thread, Time upTo) override;

    const AccountId &id() const { return m_account.id; }
    const QString &name() const { return m_account.name; }

    /// A page opened its socket; what is refused is closed with a code.
    void open(const net::HttpRequest &request, net::WebSocket *socket);
    /// Null while stopped.
    webchat::FileDoor *files() { return m_files.get(); }
    int socketCount() const { return int(m_sockets.size()); }

private:
    using ChatSocket = webchat::ChatSocket;

    struct Visitor
    {
        std::vector<ChatSocket *> sockets; ///< oldest first
        Milliseconds typingUntil{0};       ///< zero = not typing
        MessageId readUpTo;                ///< seen by the visitor, not yet committed
        int readTries = 0;
        bool isReadUnderWay = false;
        Time agentReadUpTo;
    };
    struct UnderWay
    {
        std::vector<QPointer<ChatSocket>> waiters;
        Time at;
    };

    void receive(ChatSocket *socket, const webchat::ClientFrame &frame);
    void hello(ChatSocket *socket, const webchat::HelloFrame &frame);
    void join(ChatSocket *socket, const QString &visitor);
    void welcome(ChatSocket *socket, const QString &token, const std::vector<Message> &history,
                 const MessageId &after);
    QJsonArray historyFrames(const QString &visitor, const std::vector<Message> &history,
                             const MessageId &after);
    void message(ChatSocket *socket, const webchat::MessageFrame &frame);
    std::optional<QJsonObject> refusal(const ChatSocket &socket,
                                       const webchat::MessageFrame &frame);
    bool hasFiles(const QString &visitor, const webchat::MessageFrame &frame);
    void answerFromHistory(ChatSocket *socket, const QString &key,
                           const webchat::MessageFrame &frame);
    InboundPage pageOf(const ChatSocket &socket, const webchat::MessageFrame &frame, Time at);
    void committed(const QString &key, const QString &visitor, const webchat::MessageFrame &frame,
                   const Result<Done> &result);
    void typing(const QString &visitor, bool isTyping);
    void read(const QString &visitor, const webchat::ReadFrame &frame);
    void commitRead(const QString &visitor);
    void commitReceipts(const QString &visitor, const MessageId &upTo,
                        const std::vector<Message> &history);
    void readDone(const QString &visitor, const MessageId &upTo, bool isDone);
    void leave(ChatSocket *socket);
    void tick();
    void push(const QString &visitor, const QJsonObject &frame, const ChatSocket *except = nullptr);
    Visitor *find(const QString &visitor);
    void forgetIfIdle(const QString &visitor);
    void remember(const QString &key, Time at);
    QString authorName(const Message &message);
    QString setting(const QString &key) const;

    ChannelAccount m_account;
    Host &m_host;
    QPointer<ChatRoutes> m_routes;
    /// Said while there are no routes.
    QString m_closedBecause = QStringLiteral("This program has no web server.");
    WebChatLimits m_limits;
    std::unique_ptr<webchat::Admission> m_admission;
    std::unique_ptr<webchat::FileDoor> m_files;
    webchat::FloodGuard m_messages;
    std::vector<ChatSocket *> m_sockets;
    std::map<QString, Visitor> m_visitors;
    std::map<QString, UnderWay> m_underWay; ///< by "<visitor>:<sequence>"
    std::map<QString, Time> m_committed;    ///< the last few, so that a repeat costs nothing
    std::deque<QString> m_committedOrder;
    std::map<AgentId, QString> m_agentNames; ///< as told by sends
    QTimer m_tick;
    bool m_wasAvailable = false;
};

/// The web chat of a server: registers its routes on it (call before listen()) and makes connectors
/// that visitors reach there. A null server gives a type that can be listed but not run;
/// `closedBecause` then tells people why.
ChannelType
webchatType(net::Server *server,
            const QString &closedBecause = QStringLiteral("This program has no web server."));

/// The one line that a site adds. `server` like "https://desk.example:8443", without last slash.
QString webchatSnippet(const QString &server, const AccountId &account);

} // namespace peerdesk::channels
