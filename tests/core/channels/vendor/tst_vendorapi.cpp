// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/vendorapi.h"
#include "core/net/server.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;

class TestVendorApi : public QObject
{
    Q_OBJECT

    struct Peer
    {
        Peer()
        {
            const auto take = [this](const net::HttpRequest &request, net::Responder respond) {
                requests.push_back(request);
                respond(answer);
            };
            server.route("GET", u"/{rest...}"_s, take);
            server.route("POST", u"/{rest...}"_s, take);
            const auto port = server.listen(u"127.0.0.1"_s, 0);
            base = QUrl(u"http://127.0.0.1:%1"_s.arg(*port));
        }
        net::Server server;
        net::HttpResponse answer{200, "application/json", "{\"ok\":true}", {}};
        std::vector<net::HttpRequest> requests;
        QUrl base;
    };

    SystemClock m_clock;

    Result<vendor::ApiReply> ask(vendor::VendorApi &api, const vendor::ApiCall &call)
    {
        std::optional<Result<vendor::ApiReply>> got;
        api.call(call, {this, [&](const Result<vendor::ApiReply> &reply) { got = reply; }});
        if (!QTest::qWaitFor([&] { return got.has_value(); }, 10'000))
            return Error{Error::Code::Cancelled, u"no answer"_s, {}};
        return *got;
    }

private Q_SLOTS:
    void theTokenGoesToItsVendorOnly()
    {
        Peer vendor;
        Peer stranger;
        vendor::VendorApi api({vendor.base, {{"Authorization", "Bearer secret"}}, {}}, m_clock,
                              nullptr);
        const auto reply = ask(api, vendor::getCall(u"/me"_s));
        QVERIFY(bool(reply));
        QCOMPARE(reply->object().value(u"ok"_s).toBool(), true);
        QVERIFY(bool(ask(api, vendor::getCall(stranger.base.toString() + u"/media"_s))));
        QCOMPARE(vendor.requests.at(0).headers.at("authorization"), QByteArray("Bearer secret"));
        QVERIFY(!stranger.requests.at(0).headers.contains("authorization"));
    }

    void onlyProtectedAddressesAreCalled()
    {
        QVERIFY(vendor::whyNotCalled(QUrl(u"https://example.org/a"_s)).isEmpty());
        QVERIFY(vendor::whyNotCalled(QUrl(u"http://127.0.0.1:1/a"_s)).isEmpty());
        QVERIFY(vendor::whyNotCalled(QUrl(u"http://[::1]:1/a"_s)).isEmpty());
        for (const QString &bad :
             {u"http://example.org/a"_s, u"file:///etc/passwd"_s, u"ftp://a/b"_s,
              u"gopher://127.0.0.1/"_s, u"https://"_s, QString()})
            QVERIFY2(!vendor::whyNotCalled(QUrl(bad)).isEmpty(), qPrintable(bad));
    }

    void callsOverTheLimitWaitTheirTurn()
    {
        Peer peer;
        vendor::VendorApi api({peer.base, {}, {{u"send"_s, {2, Milliseconds(400)}}}}, m_clock,
                              nullptr);
        int answers = 0;
        const Milliseconds start = m_clock.boot();
        for (int i = 0; i < 4; ++i) {
            vendor::ApiCall call = vendor::getCall(u"/a"_s);
            call.bucket = u"send"_s;
            api.call(call, {this, [&](const Result<vendor::ApiReply> &reply) {
                                answers += reply && reply->isSuccess();
                            }});
        }
        QTRY_COMPARE(answers, 4);
        QVERIFY(m_clock.boot() - start >= Milliseconds(350)); // the third and the fourth waited
    }

    void afterTooManyTheBucketIsShut()
    {
        Peer peer;
        peer.answer = {429, "application/json", "{}", {{"Retry-After", "1"}}};
        vendor::VendorApi api({peer.base, {}, {{u"send"_s, {100, Milliseconds(1'000)}}}}, m_clock,
                              nullptr);
        vendor::ApiCall call = vendor::getCall(u"/a"_s);
        call.bucket = u"send"_s;
        QCOMPARE(ask(api, call)->status, 429);
        peer.answer = {};
        const Milliseconds start = m_clock.boot();
        QCOMPARE(ask(api, call)->status, 200);
        QVERIFY(m_clock.boot() - start >= Milliseconds(900));
    }

    void whatAFailedCallMeansForAMessage_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("isAskedToWait");
        QTest::addColumn<int>("kind");
        using Kind = SendResult::Kind;
        QTest::newRow("bad request") << 400 << false << int(Kind::Refused);
        QTest::newRow("blocked") << 403 << false << int(Kind::Refused);
        QTest::newRow("too many") << 429 << true << int(Kind::Later);
        QTest::newRow("too many, no time") << 429 << false << int(Kind::Later);
        QTest::newRow("broken") << 500 << false << int(Kind::Uncertain);
        QTest::newRow("gateway") << 502 << false << int(Kind::Uncertain);
        QTest::newRow("away, with a time") << 503 << true << int(Kind::Later);
        QTest::newRow("away") << 503 << false << int(Kind::Uncertain);
    }
    void whatAFailedCallMeansForAMessage()
    {
        QFETCH(int, status);
        QFETCH(bool, isAskedToWait);
        QFETCH(int, kind);
        vendor::ApiReply reply{status, {}, {}, {}};
        if (isAskedToWait)
            reply.headers["retry-after"] = "11";
        const SendResult result = vendor::failedSend(reply, u"why"_s, {1});
        QCOMPARE(int(result.kind), kind);
        if (isAskedToWait && result.kind == SendResult::Kind::Later)
            QCOMPARE(result.retryAfter, Seconds(11));
    }

    void withoutAConnectionNothingWasSent()
    {
        vendor::VendorApi api({QUrl(u"http://127.0.0.1:1"_s), {}, {}}, m_clock, nullptr);
        const auto reply = ask(api, vendor::jsonCall("POST", u"/a"_s, {}));
        QVERIFY(!reply);
        QCOMPARE(vendor::failedSend(reply, {}, {1}).kind, SendResult::Kind::Later);
    }

    void waitsAreReadFromSecondsAndDates()
    {
        vendor::ApiReply reply;
        const Time now = Time::fromString(u"2026-11-20T10:00:00Z"_s);
        QCOMPARE(reply.retryAfter(now), Seconds(1));
        reply.headers["retry-after"] = "0.4";
        QCOMPARE(reply.retryAfter(now), Seconds(1));
        reply.headers["retry-after"] = "30";
        QCOMPARE(reply.retryAfter(now), Seconds(30));
        for (const char *none : {"nan", "-5", "-1e300", "-inf", "soon"}) {
            reply.headers["retry-after"] = none;
            QCOMPARE(reply.retryAfter(now), Seconds(1));
        }
        reply.headers["retry-after"] = "1e300";
        QVERIFY(reply.retryAfter(now) >= Seconds(3'600));
        reply.headers["retry-after"] = "Fri, 20 Nov 2026 10:01:00 GMT";
        QCOMPARE(reply.retryAfter(now), Seconds(60));
        reply.headers["retry-after"] = "99999999";
        QCOMPARE(reply.retryAfter(now), Seconds(3'600));
        reply.headers["retry-after"] = "nonsense";
        QCOMPARE(reply.retryAfter(now), Seconds(1));
    }

    void formsKeepPlusAndAmpersand()
    {
        const vendor::Fields fields{{u"To"_s, u"+48 123&x=50%41"_s}};
        QCOMPARE(vendor::formCall(u"/a"_s, fields).body,
                 QByteArray("To=%2B48%20123%26x%3D50%2541"));
        QCOMPARE(vendor::queryOf(fields).toString(QUrl::FullyEncoded),
                 u"To=%2B48%20123%26x%3D50%2541"_s);
    }

    void aFileNameCannotEndItsHeader()
    {
        const auto call =
            vendor::multipartCall(u"/a"_s, {{"file", "x", u"a\"\r\nX: 1\r\n.png"_s, "image/png"}});
        QVERIFY(!call.body.contains("\r\nX: 1"));
        QVERIFY(call.body.contains("filename=\"a%22X: 1.png\""));
    }
};

QTEST_GUILESS_MAIN(TestVendorApi)
#include "tst_vendorapi.moc"
