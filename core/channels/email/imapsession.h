// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/email/imapparser.h"
#include "core/channels/email/mailserver.h"

#include <QSslSocket>
#include <QTimer>

#include <functional>
#include <set>

namespace peerdesk::channels::email {

/// Why a session ended.
struct ImapFailure
{
    enum class Kind { Unreachable, Credentials, Certificate, Protocol, Unsafe };
    Kind kind = Kind::Unreachable;
    QString sentence; ///< for people; holds no secret
};

/// One connection to an IMAP server: encryption, sign-in, one command at a time, IDLE. Deleting it
/// closes the socket. Ends once, by `failed`. Thread: its own (never blocks).
/// Source: RFC 3501, RFC 2177 (IDLE), RFC 4959 (SASL-IR), RFC 2595 (STARTTLS).
class ImapSession final : public QObject
{
    Q_OBJECT

public:
    using Handler = std::function<void(const ImapResponse &)>;

    /// Most lines beside the answer to one command; more end the session.
    static constexpr int MaxUntagged = 10'000;
    /// The same for a command that lists a whole folder, one line a mail.
    static constexpr int MaxListing = 500'000;

    explicit ImapSession(MailServer server, QObject *parent = nullptr);

    void open();
    /// Sends one command (without tag and line end); `handler` gets its tagged answer. Only while
    /// isReady().
    void command(const QByteArray &line, Handler handler, int maxUntagged = MaxUntagged);
    /// Sends one command that ends in a literal: `line` up to and without its size.
    void upload(const QByteArray &line, const QByteArray &literal, Handler handler);
    /// Begins IDLE; `handler` runs when it is over, by endIdle() or by the server.
    void idle(Handler handler);
    void endIdle();
    /// Ends it without a word: no signal and no handler runs afterwards.
    void close();
    bool isReady() const { return m_state == State::Ready; }
    bool isIdling() const { return m_state == State::Idling; }
    bool can(const QByteArray &capability) const { return m_capabilities.contains(capability); }

signals:
    void opened();
    void untagged(const peerdesk::channels::email::ImapResponse &response);
    void failed(const peerdesk::channels::email::ImapFailure &failure);

private:
    enum class State { Closed, Connecting, Greeting, Working, Securing, Ready, Idling, EndingIdle };

    void onEncrypted();
    void onReadyRead();
    void onSocketError();
    void onResponse(const ImapResponse &response);
    void onUntagged(const ImapResponse &response);
    void onContinuation(const ImapResponse &response);
    void onGreeting(const ImapResponse &response);
    void onStartTls(const ImapResponse &response);
    void onSignedIn(const ImapResponse &response);
    void askCapabilities();
    void signIn();
    void authenticate(const QByteArray &mechanism, const QByteArray &answer);
    void write(const QByteArray &line, Handler handler);
    void readCapabilities(const std::vector<QByteArray> &words);
    void fail(ImapFailure::Kind kind, const QString &sentence);
    QString where() const;

    MailServer m_server;
    QSslSocket m_socket;
    QTimer m_watchdog;     ///< no byte for this long while an answer is due ends the session
    QTimer m_commandTimer; ///< so long may one command take, however much is said meanwhile
    int m_untaggedLeft = MaxUntagged;
    ImapParser m_parser;
    State m_state = State::Closed;
    std::set<QByteArray> m_capabilities;
    int m_lastTag = 0;
    Handler m_handler;
    QByteArray m_saslAnswer; ///< what the server's next "+" is answered with
    bool m_isSignedIn = false;
    bool m_hasFailed = false;
    bool m_isIdleConfirmed = false;
    bool m_isIdleEndWanted = false;
};

/// A quoted string. Bytes that cannot be quoted (line
/// ends, NUL) are dropped.
QByteArray imapQuoted(const QByteArray &text);
/// A folder name as IMAP wants it. Source: RFC 3501 section 5.1.3 (modified UTF-7).
QByteArray imapFolder(const QString &name);

} // namespace peerdesk::channels::email
