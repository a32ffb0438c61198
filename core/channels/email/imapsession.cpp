// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/imapsession.h"

#include "core/channels/email/headers.h"

#include <QNetworkProxy>
#include <QSslConfiguration>

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

constexpr std::chrono::seconds ConnectTimeout{20};
constexpr std::chrono::seconds AnswerTimeout{60};
/// The largest page over a slow line takes less.
constexpr std::chrono::minutes CommandTimeout{20};
constexpr qint64 ReadChunk = 256 * 1024;

QSslConfiguration trust(const QString &caFile)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setProtocol(QSsl::TlsV1_2OrLater);
    configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
    if (!caFile.isEmpty())
        configuration.addCaCertificates(caFile);
    return configuration;
}

QString said(const ImapResponse &response)
{
    return oneLine(QString::fromUtf8(response.text), 200);
}

} // namespace

ImapSession::ImapSession(MailServer server, QObject *parent)
    : QObject(parent)
    , m_server(std::move(server))
{
    m_watchdog.setSingleShot(true);
    connect(&m_watchdog, &QTimer::timeout, this, [this] {
        fail(ImapFailure::Kind::Unreachable, u"%1 does not answer."_s.arg(where()));
    });
    m_commandTimer.setSingleShot(true);
    connect(&m_commandTimer, &QTimer::timeout, this, [this] {
        fail(ImapFailure::Kind::Unreachable, u"%1 comes to no end."_s.arg(where()));
    });
    connect(&m_socket, &QSslSocket::encrypted, this, &ImapSession::onEncrypted);
    connect(&m_socket, &QSslSocket::readyRead, this, &ImapSession::onReadyRead);
    connect(&m_socket, &QSslSocket::errorOccurred, this, &ImapSession::onSocketError);
}

QString ImapSession::where() const
{
    return u"The incoming mail server %1:%2"_s.arg(m_server.host).arg(m_server.port);
}

void ImapSession::open()
{
    if (m_server.host.isEmpty() || m_server.port == 0)
        return fail(ImapFailure::Kind::Unsafe, u"The incoming mail server is not set."_s);
    if (m_server.security == Security::None && !isLoopback(m_server.host))
        return fail(ImapFailure::Kind::Unsafe,
                    u"Mail is not read without encryption. Choose TLS or STARTTLS for %1."_s.arg(
                        m_server.host));
    m_socket.setSslConfiguration(trust(m_server.caFile));
    m_socket.setPeerVerifyName(m_server.host);
    m_socket.setProxy(QNetworkProxy::NoProxy);
    m_socket.setReadBufferSize(ReadChunk * 4);
    m_state = State::Connecting;
    m_watchdog.start(ConnectTimeout);
    if (m_server.security == Security::Tls)
        m_socket.connectToHostEncrypted(m_server.host, m_server.port);
    else
        m_socket.connectToHost(m_server.host, m_server.port);
}

void ImapSession::onEncrypted()
{
    if (m_state == State::Securing) {
        m_state = State::Working;
        askCapabilities();
    }
}

void ImapSession::onReadyRead()
{
    if (m_state == State::Connecting)
        m_state = State::Greeting;
    while (m_socket.bytesAvailable() > 0 && m_state != State::Closed) {
        if (m_watchdog.isActive())
            m_watchdog.start(AnswerTimeout);
        if (const Result<Done> fed = m_parser.feed(m_socket.read(ReadChunk)); !fed)
            return fail(ImapFailure::Kind::Protocol,
                        u"%1 is not understood: %2"_s.arg(where(), fed.error().detail));
        while (m_parser.hasResponse() && m_state != State::Closed)
            onResponse(m_parser.take());
    }
}

void ImapSession::onSocketError()
{
    if (m_socket.error() == QAbstractSocket::SslHandshakeFailedError) {
        const QList<QSslError> errors = m_socket.sslHandshakeErrors();
        const QString why =
            errors.isEmpty() ? m_socket.errorString() : errors.first().errorString();
        return fail(ImapFailure::Kind::Certificate,
                    u"The certificate of %1 is not trusted: %2"_s.arg(m_server.host, why));
    }
    const bool isUnknown = m_socket.error() == QAbstractSocket::HostNotFoundError;
    fail(ImapFailure::Kind::Unreachable,
         isUnknown ? u"There is no incoming mail server called %1."_s.arg(m_server.host)
                   : u"%1 cannot be reached: %2"_s.arg(where(), m_socket.errorString()));
}

void ImapSession::onResponse(const ImapResponse &response)
{
    if (m_state == State::Greeting)
        return onGreeting(response);
    if (response.tag == "+")
        return onContinuation(response);
    if (response.tag == "*")
        return onUntagged(response);
    if (response.tag != "a" + QByteArray::number(m_lastTag) || !m_handler)
        return fail(ImapFailure::Kind::Protocol, u"%1 answers out of turn."_s.arg(where()));
    m_watchdog.stop();
    m_commandTimer.stop();
    if (m_isSignedIn)
        m_state = State::Ready;
    std::exchange(m_handler, nullptr)(response);
}

void ImapSession::onUntagged(const ImapResponse &response)
{
    if (response.status == "BYE")
        return fail(ImapFailure::Kind::Unreachable,
                    u"%1 closed the connection: %2"_s.arg(where(), said(response)));
    if (--m_untaggedLeft < 0)
        return fail(ImapFailure::Kind::Protocol, u"%1 floods us with lines."_s.arg(where()));
    if (!response.values.empty() && response.values.front().text.toUpper() == "CAPABILITY") {
        std::vector<QByteArray> all;
        for (const ImapValue &value : response.values)
            all.push_back(value.text.toUpper());
        readCapabilities(all);
    }
    Q_EMIT untagged(response);
}

void ImapSession::onContinuation(const ImapResponse &response)
{
    Q_UNUSED(response)
    if (--m_untaggedLeft < 0)
        return fail(ImapFailure::Kind::Protocol, u"%1 floods us with lines."_s.arg(where()));
    if (m_state == State::Idling) {
        m_watchdog.stop();
        m_commandTimer.stop();
        m_isIdleConfirmed = true;
        if (m_isIdleEndWanted)
            endIdle();
    } else if (m_state == State::Working) {
        // A second challenge is a refusal in disguise; the empty answer fetches it.
        m_socket.write(std::exchange(m_saslAnswer, {}) + "\r\n");
    }
}

void ImapSession::onGreeting(const ImapResponse &response)
{
    m_state = State::Working;
    if (response.tag != "*" || response.status != "OK")
        return fail(ImapFailure::Kind::Protocol,
                    u"%1 does not welcome us: %2"_s.arg(where(), said(response)));
    if (m_server.security == Security::StartTls)
        write("STARTTLS", [this](const ImapResponse &answer) { onStartTls(answer); });
    else
        askCapabilities();
}

void ImapSession::onStartTls(const ImapResponse &response)
{
    if (response.status != "OK")
        return fail(ImapFailure::Kind::Unsafe,
                    u"%1 does not offer encryption (STARTTLS)."_s.arg(where()));
    // Words that came before the encryption could be anybody's.
    if (!m_parser.isAtRest() || m_socket.bytesAvailable() > 0)
        return fail(ImapFailure::Kind::Unsafe,
                    u"%1 spoke out of turn before the encryption."_s.arg(where()));
    m_capabilities.clear();
    m_state = State::Securing;
    m_watchdog.start(ConnectTimeout);
    m_socket.startClientEncryption();
}

void ImapSession::askCapabilities()
{
    write("CAPABILITY", [this](const ImapResponse &) {
        if (m_isSignedIn)
            Q_EMIT opened();
        else
            signIn();
    });
}

void ImapSession::signIn()
{
    if (m_server.isToken)
        return authenticate("XOAUTH2", xoauth2(m_server.user, m_server.secret).toBase64());
    if (can("AUTH=PLAIN"))
        return authenticate("PLAIN", plain(m_server.user, m_server.secret).toBase64());
    if (can("LOGINDISABLED"))
        return fail(ImapFailure::Kind::Credentials,
                    u"%1 accepts no password over this connection."_s.arg(where()));
    write("LOGIN " + imapQuoted(m_server.user.toUtf8()) + ' ' + imapQuoted(m_server.secret),
          [this](const ImapResponse &answer) { onSignedIn(answer); });
}

void ImapSession::authenticate(const QByteArray &mechanism, const QByteArray &answer)
{
    const bool atOnce = can("SASL-IR");
    m_saslAnswer = atOnce ? QByteArray() : answer;
    write("AUTHENTICATE " + mechanism + (atOnce ? ' ' + answer : QByteArray()),
          [this](const ImapResponse &response) { onSignedIn(response); });
}

void ImapSession::onSignedIn(const ImapResponse &response)
{
    const QByteArray code = response.code.toUpper();
    if (code.startsWith("UNAVAILABLE") || code.startsWith("INUSE") || code.startsWith("LIMIT"))
        return fail(ImapFailure::Kind::Unreachable,
                    u"%1 is busy: %2"_s.arg(where(), said(response)));
    if (response.status != "OK")
        return fail(ImapFailure::Kind::Credentials,
                    u"%1 does not accept the user name or password. It said: %2"_s.arg(
                        where(), said(response)));
    m_isSignedIn = true;
    m_server.secret.fill('\0');
    m_capabilities.clear();
    askCapabilities();
}

void ImapSession::readCapabilities(const std::vector<QByteArray> &all)
{
    for (const QByteArray &word : all) {
        if (m_capabilities.size() < 200)
            m_capabilities.insert(word);
    }
}

void ImapSession::write(const QByteArray &line, Handler handler)
{
    m_handler = std::move(handler);
    m_untaggedLeft = MaxUntagged;
    m_watchdog.start(AnswerTimeout);
    m_commandTimer.start(CommandTimeout);
    m_socket.write('a' + QByteArray::number(++m_lastTag) + ' ' + line + "\r\n");
}

void ImapSession::command(const QByteArray &line, Handler handler, int maxUntagged)
{
    Q_ASSERT_X(isReady(), "ImapSession::command", "one command at a time");
    m_state = State::Working;
    write(line, std::move(handler));
    m_untaggedLeft = maxUntagged;
}

void ImapSession::upload(const QByteArray &line, const QByteArray &literal, Handler handler)
{
    m_saslAnswer = literal;
    command(line + " {" + QByteArray::number(literal.size()) + '}', std::move(handler));
}

void ImapSession::idle(Handler handler)
{
    Q_ASSERT_X(isReady(), "ImapSession::idle", "one command at a time");
    m_state = State::Idling;
    m_isIdleConfirmed = false;
    m_isIdleEndWanted = false;
    write("IDLE", std::move(handler));
}

void ImapSession::endIdle()
{
    if (m_state != State::Idling)
        return;
    m_isIdleEndWanted = true;
    if (!m_isIdleConfirmed)
        return;
    m_state = State::EndingIdle;
    m_watchdog.start(AnswerTimeout);
    m_commandTimer.start(CommandTimeout);
    m_socket.write("DONE\r\n");
}

void ImapSession::fail(ImapFailure::Kind kind, const QString &sentence)
{
    if (m_hasFailed)
        return;
    close();
    Q_EMIT failed({kind, sentence});
}

void ImapSession::close()
{
    m_hasFailed = true;
    m_state = State::Closed;
    m_watchdog.stop();
    m_commandTimer.stop();
    m_handler = nullptr;
    m_socket.disconnect(this);
    m_socket.abort();
}

QByteArray imapQuoted(const QByteArray &text)
{
    QByteArray out = "\"";
    for (const char c : text) {
        if (c == '\r' || c == '\n' || c == '\0')
            continue;
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + '"';
}

QByteArray imapFolder(const QString &name)
{
    QByteArray out;
    QByteArray wide;
    const auto flush = [&] {
        if (wide.isEmpty())
            return;
        QByteArray coded = wide.toBase64(QByteArray::OmitTrailingEquals);
        out += '&' + coded.replace('/', ',') + '-';
        wide.clear();
    };
    for (const QChar c : name) {
        const ushort code = c.unicode();
        if (code < 0x20 || code > 0x7e) {
            wide += char(code >> 8);
            wide += char(code & 0xff);
            continue;
        }
        flush();
        out += char(code);
        if (c == u'&')
            out += '-';
    }
    flush();
    return imapQuoted(out);
}

} // namespace peerdesk::channels::email

#include "moc_imapsession.cpp"
