// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/browserlogin.h"

#include <QCoreApplication>
#include <QRandomGenerator>

namespace peerdesk::channels::vendor {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype RandomBytes = 64;
/// The browser has its last page by then; a server that goes earlier would wait for it here.
constexpr Milliseconds ServerStays{8'000};

struct BrowserWords
{
    Q_DECLARE_TR_FUNCTIONS(BrowserLogin)
};

net::HttpResponse page(int status, const QString &title, const QString &text)
{
    const QString body = u"<!doctype html><html><head><meta charset=\"utf-8\"><title>%1</title>"
                         "</head><body><h1>%1</h1><p>%2</p></body></html>"_s.arg(
                             title.toHtmlEscaped(), text.toHtmlEscaped());
    return {status,
            "text/html; charset=utf-8",
            body.toUtf8(),
            {{"Cache-Control", "no-store"},
             {"Referrer-Policy", "no-referrer"},
             {"Content-Security-Policy", "default-src 'none'"}}};
}

QByteArray randomBytes()
{
    QByteArray bytes(RandomBytes, Qt::Uninitialized);
    QRandomGenerator::system()->generate(bytes.begin(), bytes.end());
    return bytes;
}

QString problemWith(const OAuthClient &client)
{
    if (client.clientId.isEmpty())
        return BrowserWords::tr("The client ID is missing: it is made once at the provider.");
    const QString authorize = whyNotCalled(client.authorize);
    return authorize.isEmpty() ? whyNotCalled(QUrl(client.token)) : authorize;
}

} // namespace

BrowserLogin::BrowserLogin(Options options, Open open, Clock &clock, Completion<OAuthTokens> done,
                           QObject *parent)
    : Operation(std::move(done), parent)
    , m_options(std::move(options))
    , m_open(std::move(open))
    , m_clock(clock)
    , m_server(new net::Server({}, parent))
    , m_api({QUrl(), {}, {}}, clock, this)
{
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        end(Error{Error::Code::Busy,
                  BrowserWords::tr("Nobody signed in in the browser in time. Begin again."),
                  u"too-late"_s});
    });
}

BrowserLogin::~BrowserLogin()
{
    if (!m_server)
        return;
    m_server->close();
    QTimer::singleShot(ServerStays, m_server, &QObject::deleteLater);
}

void BrowserLogin::start()
{
    if (const QString problem = problemWith(m_options.client); !problem.isEmpty())
        return end(invalid(problem));
    const Result<OAuthAttempt> attempt = listen();
    if (!attempt)
        return end(attempt.error());
    m_attempt = *attempt;
    m_patience.start(m_clock.toReal(m_options.patience));
    if (!m_open(authorizationUrl(m_options.client, m_attempt)))
        end(Error{Error::Code::Network, BrowserWords::tr("No browser could be opened on this PC."),
                  u"no-browser"_s});
}

Result<OAuthAttempt> BrowserLogin::listen()
{
    // The server outlives this object by a moment.
    const QPointer<BrowserLogin> self(this);
    m_server->route("GET", u"/"_s,
                    [self](const net::HttpRequest &request, const net::Responder &answer) {
                        if (self)
                            self->onCall(request, answer);
                    });
    const Result<quint16> port = m_server->listen(u"127.0.0.1"_s, 0);
    if (!port)
        return port.error();
    return beginOAuth(randomBytes(), u"http://%1:%2"_s.arg(m_options.host).arg(*port));
}

void BrowserLogin::onCall(const net::HttpRequest &request, const net::Responder &answer)
{
    QUrlQuery query;
    for (const auto &[name, value] : request.query)
        query.addQueryItem(name, QString::fromLatin1(QUrl::toPercentEncoding(value)));
    QUrl redirected(m_attempt.redirect);
    redirected.setQuery(query);
    const Result<QString> code = codeIn(redirected, m_attempt);
    if (request.method != "GET" || !isOurs(redirected, m_attempt))
        return answer(page(403, BrowserWords::tr("This was not asked for"),
                           BrowserWords::tr("Peerdesk waits for another answer than this one.")));
    if (std::exchange(m_isUsed, true))
        return answer(page(410, BrowserWords::tr("This sign-in is over"),
                           BrowserWords::tr("It can be used once. Begin again in Peerdesk.")));
    m_patience.stop();
    if (code)
        return exchange(*code, answer);
    answer(page(200, BrowserWords::tr("Not signed in"), code.error().detail));
    end(code.error());
}

void BrowserLogin::exchange(const QString &code, const net::Responder &answer)
{
    const auto onTokens = [this, answer](const Result<ApiReply> &reply) {
        Result<OAuthTokens> tokens = tokensIn(reply, m_clock.wall());
        if (!reply)
            tokens = Error{Error::Code::Network,
                           BrowserWords::tr("The provider's address for tokens does not answer: %1")
                               .arg(reply.error().detail),
                           u"no-answer"_s};
        else if (!tokens && tokens.error().code == Error::Code::Unauthorized)
            tokens = Error{Error::Code::Unauthorized,
                           BrowserWords::tr("The provider does not take this sign-in (%1). Are "
                                            "client ID and client secret those of its page?")
                               .arg(reply->object().value(u"error"_s).toString().left(100)),
                           {}};
        else if (tokens && tokens->refresh.isEmpty())
            tokens = Error{Error::Code::Unauthorized,
                           BrowserWords::tr("The provider gave leave for an hour only (no refresh "
                                            "token). Take Peerdesk's access away in your account "
                                            "there and sign in again."),
                           u"no-refresh-token"_s};
        answer(tokens ? page(200, BrowserWords::tr("Signed in"),
                             BrowserWords::tr("You can close this page and go back to Peerdesk."))
                      : page(200, BrowserWords::tr("Not signed in"), tokens.error().detail));
        end(std::move(tokens));
    };
    m_api.call(exchangeCall(m_options.client, m_attempt, code), {&m_scope, onTokens});
}

void BrowserLogin::end(Result<OAuthTokens> result)
{
    m_patience.stop();
    finish(std::move(result));
}

} // namespace peerdesk::channels::vendor
