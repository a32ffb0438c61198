// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/browserlogin.h"
#include "tests/support/vendors/authsim.h"

#include <QPointer>
#include <QTcpSocket>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::vendor;
using namespace Qt::StringLiterals;

namespace {

using Person = AuthSim::Person;

/// One sign-in against the simulator, with a browser that follows.
struct Attempt
{
    explicit Attempt(AuthSim &server)
        : options{server.client(), u"127.0.0.1"_s, std::chrono::minutes(5)}
    {}

    void begin()
    {
        login = new BrowserLogin(
            options, [this](const QUrl &url) { return hasBrowser && browser.open(url); }, clock,
            {&browser, [this](const Result<OAuthTokens> &tokens) { result = tokens; }}, &owner);
        login->start();
    }
    /// Nobody listens any more where the redirect led.
    bool isGone()
    {
        const QUrl place(browser.redirected);
        return QTest::qWaitFor([&] {
            QTcpSocket caller;
            caller.connectToHost(place.host(), quint16(place.port()));
            return !caller.waitForConnected(100) &&
                   caller.error() == QAbstractSocket::ConnectionRefusedError;
        });
    }

    BrowserLogin::Options options;
    bool hasBrowser = true;
    SystemClock clock;
    FakeBrowser browser;
    QObject owner;
    QPointer<BrowserLogin> login;
    std::optional<Result<OAuthTokens>> result;
};

} // namespace

class TestBrowserLogin : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thePersonSignsInAndTheTokensCome_data();
    void thePersonSignsInAndTheTokensCome();
    void whatThePersonOrTheProviderRefusesIsSaid_data();
    void whatThePersonOrTheProviderRefusesIsSaid();
    void aForgedAnswerEndsNothing_data();
    void aForgedAnswerEndsNothing();
    void aRedirectServesOnce();
    void aSlowProviderIsWaitedForAndCanBeLeft();
    void nobodyWaitsForEver();
    void whatCannotBeginIsSaidAtOnce_data();
    void whatCannotBeginIsSaidAtOnce();
    void theSimulatorIsStrict();
};

void TestBrowserLogin::thePersonSignsInAndTheTokensCome_data()
{
    QTest::addColumn<QString>("host");
    QTest::newRow("by number") << u"127.0.0.1"_s;
    QTest::newRow("by name") << u"localhost"_s;
}

void TestBrowserLogin::thePersonSignsInAndTheTokensCome()
{
    QFETCH(QString, host);
    AuthSim server;
    Attempt attempt(server);
    attempt.options.host = host;
    attempt.begin();
    QTRY_VERIFY(attempt.result);
    QVERIFY2(*attempt.result, qPrintable(attempt.result->error().detail));
    QVERIFY(server.isGood((*attempt.result)->access));
    QVERIFY(server.isGoodRefresh((*attempt.result)->refresh));
    QCOMPARE(attempt.browser.redirected.host(), host);
    QTRY_COMPARE(attempt.browser.statuses, QList<int>{200});
    QVERIFY(attempt.browser.pages.last().contains("close this page"));
    QVERIFY(!attempt.browser.pages.last().contains((*attempt.result)->access));
    QVERIFY(server.problems.isEmpty());
    QVERIFY(!attempt.login); // and with it the listener
    QVERIFY(attempt.isGone());
}

void TestBrowserLogin::whatThePersonOrTheProviderRefusesIsSaid_data()
{
    QTest::addColumn<int>("person");
    QTest::addColumn<int>("fails");
    QTest::addColumn<QString>("secret");
    QTest::addColumn<bool>("givesRefresh");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *name, Person person, int fails, const QString &secret,
                        bool refresh, Error::Code code, const QString &words) {
        QTest::newRow(name) << int(person) << fails << secret << refresh << int(code) << words;
    };
    row("the person says no", Person::Denies, 0, {}, true, Error::Code::Forbidden,
        u"not allowed in the browser"_s);
    row("the way back has no code", Person::CodeIsLost, 0, {}, true, Error::Code::Invalid,
        u"has no code"_s);
    row("the provider's tokens fail", Person::Allows, 1, {}, true, Error::Code::Unknown,
        u"no new token just now (500)"_s);
    row("another client secret", Person::Allows, 0, u"not-it-SECRETPART"_s, true,
        Error::Code::Unauthorized, u"client ID and client secret"_s);
    row("leave for an hour only", Person::Allows, 0, {}, false, Error::Code::Unauthorized,
        u"for an hour only"_s);
}

void TestBrowserLogin::whatThePersonOrTheProviderRefusesIsSaid()
{
    QFETCH(int, person);
    QFETCH(int, fails);
    QFETCH(QString, secret);
    QFETCH(bool, givesRefresh);
    QFETCH(int, code);
    QFETCH(QString, words);
    AuthSim server;
    server.person = Person(person);
    server.fails = fails;
    server.givesRefresh = givesRefresh;
    Attempt attempt(server);
    if (!secret.isEmpty())
        attempt.options.client.clientSecret = secret.toUtf8();
    attempt.begin();
    QTRY_VERIFY(attempt.result);
    QVERIFY(!*attempt.result);
    const Error error = attempt.result->error();
    QCOMPARE(int(error.code), code);
    QVERIFY2(error.detail.contains(words), qPrintable(error.detail));
    QTRY_COMPARE(attempt.browser.statuses, QList<int>{200});
    QVERIFY(attempt.browser.pages.last().contains("Not signed in"));
    for (const QString &said : {error.detail, QString::fromUtf8(attempt.browser.pages.last())}) {
        QVERIFY(!said.contains(u"SECRETPART"_s));
        QVERIFY(!said.contains(u"GOCSPX"_s));
        QVERIFY(!said.contains(u"access-"_s));
    }
    QVERIFY(!attempt.login);
}

void TestBrowserLogin::aForgedAnswerEndsNothing_data()
{
    QTest::addColumn<int>("person");
    QTest::newRow("another state") << int(Person::StateIsForged);
    QTest::newRow("none") << int(Person::StateIsLost);
}

void TestBrowserLogin::aForgedAnswerEndsNothing()
{
    QFETCH(int, person);
    AuthSim server;
    server.person = Person(person);
    Attempt attempt(server);
    attempt.begin();
    QTRY_COMPARE(attempt.browser.statuses, QList<int>{403});
    QVERIFY(!attempt.result);
    QCOMPARE(server.exchanges, 0); // its code was not even tried
    server.person = Person::Allows;
    attempt.browser.open(attempt.browser.opened);
    QTRY_VERIFY(attempt.result);
    QVERIFY(*attempt.result);
}

void TestBrowserLogin::aRedirectServesOnce()
{
    AuthSim server;
    server.isHolding = true;
    Attempt attempt(server);
    attempt.begin();
    QTRY_COMPARE(server.exchanges, 1);
    attempt.browser.visit(attempt.browser.redirected); // the page is loaded again
    QTRY_COMPARE(attempt.browser.statuses, QList<int>{410});
    server.release();
    QTRY_VERIFY(attempt.result);
    QVERIFY(*attempt.result);
    QVERIFY(server.isGood((*attempt.result)->access)); // a code that comes twice would end it
    QCOMPARE(server.exchanges, 1);
}

void TestBrowserLogin::aSlowProviderIsWaitedForAndCanBeLeft()
{
    AuthSim server;
    server.isHolding = true;
    Attempt attempt(server);
    attempt.begin();
    QTRY_COMPARE(server.exchanges, 1);
    QVERIFY(!attempt.result);
    delete attempt.login;
    QVERIFY(attempt.result);
    QCOMPARE(attempt.result->error().code, Error::Code::Cancelled);
    QVERIFY(attempt.isGone());
    server.release();
}

void TestBrowserLogin::nobodyWaitsForEver()
{
    AuthSim server;
    Attempt attempt(server);
    attempt.options.patience = Milliseconds(1);
    attempt.options.client.authorize =
        QUrl(server.base() + u"/nowhere"_s); // the person does nothing
    attempt.begin();
    QTRY_VERIFY(attempt.result);
    QCOMPARE(attempt.result->error().state, u"too-late"_s);
}

void TestBrowserLogin::whatCannotBeginIsSaidAtOnce_data()
{
    QTest::addColumn<QString>("clientId");
    QTest::addColumn<QString>("authorize");
    QTest::addColumn<QString>("token");
    QTest::addColumn<bool>("hasBrowser");
    QTest::addColumn<QString>("words");
    const QString page = u"https://login.example/a"_s;
    QTest::newRow("no client id") << QString() << page << page << true << u"client ID"_s;
    QTest::newRow("an open page") << u"id"_s << u"http://login.example/a"_s << page << true
                                  << u"must begin with https"_s;
    QTest::newRow("an open token address")
        << u"id"_s << page << u"http://login.example/t"_s << true << u"must begin with https"_s;
    QTest::newRow("no browser") << u"id"_s << page << page << false << u"No browser"_s;
}

void TestBrowserLogin::whatCannotBeginIsSaidAtOnce()
{
    QFETCH(QString, clientId);
    QFETCH(QString, authorize);
    QFETCH(QString, token);
    QFETCH(bool, hasBrowser);
    QFETCH(QString, words);
    AuthSim server;
    Attempt attempt(server);
    attempt.options.client.clientId = clientId;
    attempt.options.client.authorize = QUrl(authorize);
    attempt.options.client.token = token;
    attempt.hasBrowser = hasBrowser;
    attempt.begin();
    QVERIFY(attempt.result && !*attempt.result);
    QVERIFY2(attempt.result->error().detail.contains(words),
             qPrintable(attempt.result->error().detail));
    QVERIFY(attempt.browser.opened.isEmpty());
}

/// What the tests above lean on: it takes neither a code twice nor another verifier.
void TestBrowserLogin::theSimulatorIsStrict()
{
    AuthSim server;
    SystemClock clock;
    VendorApi api({QUrl(), {}, {}}, clock, nullptr);
    const auto mine = beginOAuth(QByteArray(64, 'a'), u"http://127.0.0.1:9"_s);
    const auto others = beginOAuth(QByteArray(64, 'b'), u"http://127.0.0.1:9"_s);
    QVERIFY(mine && others);
    FakeBrowser browser;
    browser.open(authorizationUrl(server.client(), *mine));
    QTRY_VERIFY(!browser.redirected.isEmpty());
    const Result<QString> code = codeIn(browser.redirected, *mine);
    QVERIFY(code);
    const auto statusOf = [&](const OAuthAttempt &attempt) {
        std::optional<int> status;
        api.call(
            exchangeCall(server.client(), attempt, *code),
            {&api, [&](const Result<ApiReply> &reply) { status = reply ? reply->status : 0; }});
        return QTest::qWaitFor([&] { return status.has_value(); }) ? *status : -1;
    };
    QCOMPARE(statusOf(*others), 400);
    QCOMPARE(statusOf(*mine), 200);
    QCOMPARE(statusOf(*mine), 400);
}

QTEST_GUILESS_MAIN(TestBrowserLogin)
#include "tst_browserlogin.moc"
