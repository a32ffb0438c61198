// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/browsersignin.h"
#include "app/headless/channeltypes.h"
#include "tests/support/vendors/authsim.h"
#include "ui/onboarding/signinrow.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::desktop;
using namespace Qt::StringLiterals;

/// "Sign in with ..." from the button's wish to the secret, with the program's own kinds of
/// channels and an authorization server on loopback.
class TestBrowserSignIn : public QObject
{
    Q_OBJECT

    AuthSim m_server;
    FakeBrowser m_browser;
    std::optional<Result<ui::SignedIn>> m_result;

    ui::SignInWish wish(const QString &type) const
    {
        return {type,
                {{u"client_id"_s, m_server.client().clientId},
                 {u"authorize_address"_s, m_server.client().authorize.toString()},
                 {u"token_address"_s, m_server.client().token}},
                {{u"client_secret"_s, m_server.clientSecret.toUtf8()}}};
    }
    void signIn(BrowserSignIn &door, const ui::SignInWish &wish)
    {
        m_result.reset();
        door.signIn(wish,
                    {this, [this](const Result<ui::SignedIn> &result) { m_result = result; }});
    }

private Q_SLOTS:
    void everyKindWithASignInGetsItsSecret_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("way");
        // Those that their settings offer, so that no button leads nowhere.
        for (const ChannelType &type : app::channelTypes()) {
            for (const Setting &setting : type.settings) {
                for (const QString &way : ui::signInsOf(setting.form))
                    QTest::addRow("%s %s", qPrintable(type.type), qPrintable(way))
                        << type.type << way;
            }
        }
    }
    void everyKindWithASignInGetsItsSecret()
    {
        QFETCH(QString, type);
        QFETCH(QString, way);
        BrowserSignIn door([this](const QUrl &url) { return m_browser.open(url); });
        ui::SignInWish wanted = wish(type);
        wanted.settings[u"sign_in"_s] = way;
        signIn(door, wanted);
        QTRY_VERIFY(m_result);
        QVERIFY2(*m_result, qPrintable(m_result->error().detail));
        QCOMPARE((*m_result)->secret, u"refresh_token"_s);
        QVERIFY(m_server.isGoodRefresh((*m_result)->value));
        QVERIFY(m_server.problems.isEmpty());
    }

    void whatCannotBeIsSaidBeforeABrowserOpens()
    {
        BrowserSignIn door([this](const QUrl &url) { return m_browser.open(url); });
        m_browser.opened.clear();
        signIn(door, wish(u"telegram"_s)); // has none
        QVERIFY(m_result && !*m_result);
        signIn(door, wish(u"email"_s)); // by password
        QVERIFY(m_result && !*m_result);
        ui::SignInWish wanted = wish(u"youtube"_s);
        wanted.secrets.clear();
        signIn(door, wanted);
        QVERIFY(m_result && m_result->error().detail.contains(u"client secret"_s));
        QVERIFY(m_browser.opened.isEmpty());
    }

    void aNewOneEndsTheOneBeforeAndItCanBeLeft()
    {
        BrowserSignIn door([](const QUrl &) { return true; });
        std::optional<Error> first;
        door.signIn(wish(u"youtube"_s),
                    {this, [&](const Result<ui::SignedIn> &result) { first = result.error(); }});
        QVERIFY(!first);
        signIn(door, wish(u"youtube"_s));
        QCOMPARE(first->code, Error::Code::Cancelled);
        QVERIFY(!m_result);
        door.cancel();
        QCOMPARE(m_result->error().code, Error::Code::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestBrowserSignIn)
#include "tst_browsersignin.moc"
