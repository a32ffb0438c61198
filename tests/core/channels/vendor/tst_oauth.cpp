// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/jwt.h"
#include "core/channels/vendor/oauth.h"
#include "core/channels/vendor/review.h"
#include "core/channels/vendor/tokenkeeper.h"
#include "core/net/server.h"
#include "tests/support/vendors/testkeys.h"
#include "tests/support/vendors/vendorhost.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::vendor;
using namespace Qt::StringLiterals;

namespace {

/// Keeps secrets, or refuses to.
class KeepingHost final : public VendorHost
{
public:
    using VendorHost::VendorHost;
    void storeSecret(const QString &name, const QByteArray &value, Completion<Done> done) override
    {
        if (isFull)
            return done.answer(Error{Error::Code::Storage, u"the keychain is locked"_s, {}});
        secrets[name] = value;
        done.answer(Done{});
    }
    bool isFull = false;
};

/// A token endpoint that gives each refresh token once, and an API behind it.
class TokenServer : public QObject
{
    Q_OBJECT

public:
    TokenServer()
    {
        m_server.route(
            "POST", u"/token"_s,
            [this](const net::HttpRequest &request, const net::Responder &answer) {
                ++asked;
                const QUrlQuery query(QString::fromUtf8(request.body));
                used << query.queryItemValue(u"refresh_token"_s);
                if (used.last() != current)
                    return answer({400, "application/json", "{\"error\":\"invalid_grant\"}", {}});
                if (rotates)
                    current = u"refresh-%1"_s.arg(asked);
                const QString more =
                    rotates ? u",\"refresh_token\":\"%1\""_s.arg(current) : QString();
                answer({200,
                        "application/json",
                        u"{\"access_token\":\"access-%1\",\"expires_in\":3600%2}"_s.arg(asked)
                            .arg(more)
                            .toUtf8(),
                        {}});
            });
        m_server.route("GET", u"/me"_s,
                       [this](const net::HttpRequest &request, const net::Responder &answer) {
                           tokens << QString::fromLatin1(request.headers.at("authorization"));
                           answer({refuses-- > 0 ? 401 : 200, "application/json", "{}", {}});
                       });
        const Result<quint16> port = m_server.listen(u"127.0.0.1"_s, 0);
        base = u"http://127.0.0.1:%1"_s.arg(port ? *port : 0);
    }
    QString base;
    QString current = u"refresh-0"_s;
    bool rotates = false;
    int asked = 0;
    int refuses = 0;
    QStringList used;
    QStringList tokens;

private:
    net::Server m_server;
};

} // namespace

class TestOAuth : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tokensAreSignedAsTheKeyIs()
    {
        QJsonObject header;
        const TestKey rsa = TestKey::rsa();
        auto token = signedJwt(rsa.privatePem(), {{u"kid"_s, u"K"_s}}, {{u"iss"_s, u"me"_s}});
        QVERIFY(token);
        auto claims = rsa.claimsOf(*token, &header);
        QVERIFY(claims);
        QCOMPARE(claims->value(u"iss"_s).toString(), u"me"_s);
        QCOMPARE(header.value(u"alg"_s).toString(), u"RS256"_s);
        QCOMPARE(header.value(u"kid"_s).toString(), u"K"_s);
        const TestKey elliptic = TestKey::p256();
        for (int i = 0; i < 50; ++i) { // numbers with leading zeros too
            token = signedJwt(elliptic.privatePem(), {}, {{u"n"_s, i}});
            QVERIFY(token && elliptic.claimsOf(*token, &header));
            QCOMPARE(header.value(u"alg"_s).toString(), u"ES256"_s);
        }
        QVERIFY(!TestKey::p256().claimsOf(*token));
    }

    void keysThatCannotBeUsedAreSaidWithoutThem_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("a word") << QByteArray("SECRETPART");
        QTest::newRow("half a key")
            << QByteArray("-----BEGIN PRIVATE KEY-----\nSECRETPART\n-----END PRIVATE KEY-----\n");
        QTest::newRow("another curve") << TestKey::p384().privatePem();
        QTest::newRow("huge") << QByteArray(1'000'000, 'x');
    }
    void keysThatCannotBeUsedAreSaidWithoutThem()
    {
        QFETCH(QByteArray, key);
        const auto token = signedJwt(key, {}, {});
        QVERIFY(!token);
        QVERIFY(!token.error().detail.contains(u"SECRETPART"_s));
    }

    void aLogInIsProvenAtBothEnds()
    {
        const QByteArray random = QByteArray::fromHex(QByteArray(96, 'a'));
        const Result<OAuthAttempt> attempt = beginOAuth(random, u"http://127.0.0.1:49152/back"_s);
        QVERIFY(attempt);
        QVERIFY(attempt->verifier.size() >= 43); // RFC 7636 section 4.1
        OAuthClient client;
        client.authorize = QUrl(u"https://login.example/auth"_s);
        client.token = u"https://login.example/token"_s;
        client.clientId = u"id"_s;
        client.scopes = {u"read"_s, u"write+all"_s};
        client.more = {{u"state"_s, u"forged"_s}, {u"access_type"_s, u"offline"_s}};
        const QUrlQuery query(authorizationUrl(client, *attempt));
        const auto field = [&](const QString &key) {
            return query.queryItemValue(key, QUrl::FullyDecoded);
        };
        QCOMPARE(
            field(u"code_challenge"_s).toLatin1(),
            base64Url(QCryptographicHash::hash(attempt->verifier, QCryptographicHash::Sha256)));
        QCOMPARE(field(u"code_challenge_method"_s), u"S256"_s);
        QCOMPARE(field(u"scope"_s), u"read write+all"_s);
        QCOMPARE(field(u"access_type"_s), u"offline"_s);
        QCOMPARE(field(u"state"_s).toLatin1(), attempt->state);
        QVERIFY(!query.toString().contains(QString::fromLatin1(attempt->verifier)));
        const ApiCall call = exchangeCall(client, *attempt, u"4/0Ab+c"_s);
        QVERIFY(call.body.contains("code=4%2F0Ab%2Bc"));
        QVERIFY(call.body.contains("code_verifier=" + attempt->verifier));
    }

    void redirectsLeadHereOnly_data()
    {
        QTest::addColumn<QString>("redirect");
        QTest::newRow("elsewhere") << u"http://example.com/back"_s;
        QTest::newRow("looks like here") << u"http://127.0.0.1.example.com/"_s;
        QTest::newRow("a scheme") << u"file:///etc/passwd"_s;
    }
    void redirectsLeadHereOnly()
    {
        QFETCH(QString, redirect);
        QVERIFY(!beginOAuth(QByteArray(64, 'x'), redirect));
        QVERIFY(!beginOAuth(QByteArray(8, 'x'), u"http://127.0.0.1:1/"_s)); // too little random
    }

    void onlyOurOwnRedirectGivesACode()
    {
        const Result<OAuthAttempt> attempt =
            beginOAuth(QByteArray(64, 'x'), u"http://127.0.0.1:1/"_s);
        QVERIFY(attempt);
        const QString back = u"http://127.0.0.1:1/?code=C&state="_s;
        const QString state = QString::fromLatin1(attempt->state);
        QCOMPARE(*codeIn(QUrl(back + state), *attempt), u"C"_s);
        QVERIFY(!codeIn(QUrl(back + u"guessed"_s), *attempt));
        QVERIFY(!codeIn(QUrl(back), *attempt));
        const auto denied =
            codeIn(QUrl(u"http://127.0.0.1:1/?error=access_denied&state="_s + state), *attempt);
        QCOMPARE(denied.error().code, Error::Code::Forbidden);
    }

    void oneRenewalServesAllWhoWait()
    {
        TokenServer server;
        SystemClock clock;
        KeepingHost host(clock);
        host.secrets[u"refresh_token"_s] = "refresh-0";
        VendorApi api({QUrl(server.base), {}, {}}, clock, nullptr);
        OAuthClient client;
        client.token = server.base + u"/token"_s;
        TokenKeeper keeper(api, clock, renewByRefreshToken(api, host, client, u"refresh_token"_s),
                           nullptr);
        int answers = 0;
        for (int i = 0; i < 5; ++i)
            keeper.call(getCall(u"/me"_s), {&keeper, [&](const Result<ApiReply> &reply) {
                                                answers += reply && reply->isSuccess() ? 1 : 0;
                                            }});
        QTRY_COMPARE(answers, 5);
        QCOMPARE(server.asked, 1);
        server.refuses = 1; // revoked before its time
        keeper.call(getCall(u"/me"_s), {&keeper, [&](const Result<ApiReply> &reply) {
                                            answers += reply && reply->isSuccess() ? 1 : 0;
                                        }});
        QTRY_COMPARE(answers, 6);
        QCOMPARE(server.asked, 2);
        QCOMPARE(server.tokens.last(), u"Bearer access-2"_s);
    }

    void aNewRefreshTokenIsKeptBeforeItIsUsed()
    {
        TokenServer server;
        server.rotates = true;
        SystemClock clock;
        KeepingHost host(clock);
        host.secrets[u"refresh_token"_s] = "refresh-0";
        host.isFull = true;
        VendorApi api({QUrl(server.base), {}, {}}, clock, nullptr);
        OAuthClient client;
        client.token = server.base + u"/token"_s;
        TokenKeeper keeper(api, clock, renewByRefreshToken(api, host, client, u"refresh_token"_s),
                           nullptr);
        std::optional<Result<QByteArray>> got;
        const auto ask = [&] {
            got.reset();
            keeper.token({&keeper, [&](const Result<QByteArray> &token) { got = token; }});
        };
        ask();
        QTRY_VERIFY(got.has_value());
        QVERIFY(!*got); // it could not be kept: nothing of it is used
        QCOMPARE(got->error().code, Error::Code::Storage);
        host.isFull = false;
        ask(); // the vendor gave it once: it is not asked again with one that is used up
        QTRY_VERIFY(got.has_value());
        QVERIFY(bool(*got));
        QCOMPARE(server.asked, 1);
        QCOMPARE(host.secrets[u"refresh_token"_s], QByteArray("refresh-1"));
        host.secrets[u"refresh_token"_s] = "stolen";
        TokenKeeper other(api, clock, renewByRefreshToken(api, host, client, u"refresh_token"_s),
                          nullptr);
        got.reset();
        other.token({&other, [&](const Result<QByteArray> &token) { got = token; }});
        QTRY_VERIFY(got.has_value());
        QCOMPARE(got->error().code, Error::Code::Unauthorized);
        QVERIFY(!got->error().detail.contains(u"stolen"_s));
    }

    void reviewsShowTheirStars()
    {
        Review review;
        review.id = review.key = u"r1"_s;
        review.stars = 3;
        review.title = u"Nice"_s;
        review.text = u"but slow"_s;
        review.details = u"Version 2"_s;
        const InboundItem item = reviewItem(review, u"google_play"_s, u"com.example"_s);
        QCOMPARE(item.content.text, u"★★★☆☆\nNice\nbut slow\n[Version 2]"_s);
        QCOMPARE(item.thread, u"r1"_s);
        review.stars = 99;
        QVERIFY(reviewItem(review, {}, {}).content.text.startsWith(u"★★★★★\n"_s));
        QCOMPARE(answerKey(u"r"_s, u"Thank  you\n"_s), answerKey(u"r"_s, u"Thank you"_s));
        QVERIFY(answerKey(u"r"_s, u"a"_s) != answerKey(u"r"_s, u"b"_s));
    }
};

QTEST_GUILESS_MAIN(TestOAuth)
#include "tst_oauth.moc"
