// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/emailsettings.h"
#include "core/channels/email/sentcopies.h"
#include "tests/core/channels/email/fakeimap.h"
#include "tests/support/vendors/authsim.h"
#include "tests/support/vendors/vendorhost.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::email;
using namespace Qt::StringLiterals;

namespace {

/// A mailbox that lets in who has a good token of the simulator.
struct Mailbox
{
    Mailbox()
    {
        account.settings = {{u"address"_s, u"help@desk.test"_s},
                            {u"imap_host"_s, u"127.0.0.1"_s},
                            {u"sign_in"_s, u"google"_s},
                            {u"client_id"_s, server.client().clientId},
                            {u"token_address"_s, server.client().token}};
        host.secrets = {{u"client_secret"_s, server.clientSecret.toUtf8()},
                        {u"refresh_token"_s, server.giveRefresh()}};
        imap.admits = [this](const QByteArray &command) {
            const QByteArray given = QByteArray::fromBase64(command.split(' ').value(2));
            const QByteArray token = given.mid(given.indexOf("Bearer ") + 7).chopped(2);
            tokens += token;
            return server.isGood(token);
        };
    }
    MailAccess &access()
    {
        if (!m_access)
            m_access = std::make_unique<MailAccess>(account, host);
        return *m_access;
    }

    AuthSim server;
    FakeServer imap;
    FakeClock clock;
    VendorHost host{clock};
    ChannelAccount account;
    QByteArrayList tokens; ///< that the mailbox was shown

private:
    std::unique_ptr<MailAccess> m_access;
};

} // namespace

class TestMailAccess : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theOwnerGetsATokenAndKeepsTheNextRefreshToken();
    void aTokenServesUntilItsEndAndIsRenewedThen();
    void aTokenThatIsRefusedBeforeItsTimeIsRenewedAtOnce();
    void whereTheSignInIsOverAPersonIsAsked();
    void copiesOfSentMailComeInByTheSameToken();
    void aPasswordNeedsNoProvider();
    void theRecordNamesBothSignIns();
};

void TestMailAccess::theOwnerGetsATokenAndKeepsTheNextRefreshToken()
{
    Mailbox box;
    const QByteArray before = box.host.secrets[u"refresh_token"_s];
    Reading reading(settings(box.imap), &box.access());
    reading.client.start({}, {});
    QTRY_COMPARE(reading.caughtUp, 1);
    QCOMPARE(reading.state, AccountState::Connected);
    QCOMPARE(box.tokens.size(), 1);
    QVERIFY(box.server.isGood(box.tokens.first()));
    QVERIFY(box.host.secrets[u"refresh_token"_s] != before);
    QVERIFY(box.server.isGoodRefresh(box.host.secrets[u"refresh_token"_s]));
}

void TestMailAccess::aTokenServesUntilItsEndAndIsRenewedThen()
{
    Mailbox box;
    const auto enter = [&] {
        std::optional<Result<MailServer>> server;
        box.access().enter(settings(box.imap).server,
                           {&box.access(), [&](const Result<MailServer> &got) { server = got; }});
        return QTest::qWaitFor([&] { return server.has_value(); }) && *server ? (*server)->secret
                                                                              : QByteArray();
    };
    const QByteArray first = enter();
    QVERIFY(box.server.isGood(first));
    box.clock.advance(std::chrono::minutes(58));
    QCOMPARE(enter(), first);
    box.clock.advance(std::chrono::minutes(2));
    const QByteArray second = enter();
    QVERIFY(second != first && box.server.isGood(second));
    QCOMPARE(box.server.renewals, 2);
}

void TestMailAccess::aTokenThatIsRefusedBeforeItsTimeIsRenewedAtOnce()
{
    Mailbox box;
    Reading reading(settings(box.imap), &box.access());
    reading.client.start({}, {});
    QTRY_COMPARE(reading.caughtUp, 1);
    box.server.revokeAccess();
    box.imap.socket->abort(); // the connection goes, and the token does not serve for the next
    QTRY_COMPARE(reading.caughtUp, 2);
    QCOMPARE(box.server.renewals, 2);
    QCOMPARE(box.tokens.size(), 3); // good, refused, good
    QVERIFY(box.server.isGood(box.tokens.last()));
}

void TestMailAccess::whereTheSignInIsOverAPersonIsAsked()
{
    Mailbox box;
    box.server.revokeAll();
    Reading reading(settings(box.imap), &box.access());
    reading.client.start({}, {});
    QTRY_COMPARE(reading.state, AccountState::Down);
    QVERIFY2(reading.sentence.contains(u"Log in again"_s), qPrintable(reading.sentence));
    QVERIFY(!reading.sentence.contains(u"refresh-"_s));
    QVERIFY(box.tokens.isEmpty());    // the mailbox was not troubled
    QCOMPARE(box.server.renewals, 1); // nor the provider more than once
}

void TestMailAccess::copiesOfSentMailComeInByTheSameToken()
{
    Mailbox box;
    SentCopies copies(settings(box.imap).server, u"Sent"_s, &box.access());
    int idle = 0;
    connect(&copies, &SentCopies::idle, this, [&] { ++idle; });
    copies.keep("Subject: one\r\n\r\n");
    QTRY_COMPARE(idle, 1);
    QCOMPARE(box.imap.copies.size(), 1);
    QVERIFY(copies.trouble().isEmpty());
    box.server.revokeAll();
    copies.keep("Subject: two\r\n\r\n");
    QTRY_COMPARE(idle, 2);
    QVERIFY(!copies.trouble().isEmpty());
}

void TestMailAccess::aPasswordNeedsNoProvider()
{
    Mailbox box;
    box.account.settings[u"sign_in"_s] = u"password"_s;
    std::optional<MailServer> got;
    const MailServer server = settings(box.imap).server;
    box.access().enter(server, {&box.access(), [&](const Result<MailServer> &now) { got = *now; }});
    QCOMPARE(*got, server);
    QVERIFY(!box.access().refuse(server));
    QCOMPARE(box.server.renewals, 0);
}

void TestMailAccess::theRecordNamesBothSignIns()
{
    const std::vector<vendor::SignIn> all = signInList();
    QCOMPARE(all.size(), size_t(2));
    for (const vendor::SignIn &signIn : all) {
        std::map<QString, QString> settings{{u"sign_in"_s, signIn.id}};
        QCOMPARE(vendor::chosenSignIn(all, settings)->id, signIn.id);
        const vendor::OAuthClient client = vendor::clientOf(signIn, settings, {});
        QVERIFY(client.authorize.scheme() == u"https"_s && client.token.startsWith(u"https://"_s));
        QVERIFY(!client.scopes.isEmpty());
        settings[u"token_address"_s] = u"http://127.0.0.1:1/token"_s;
        QCOMPARE(vendor::clientOf(signIn, settings, {}).token, u"http://127.0.0.1:1/token"_s);
        const bool hasSecret = std::ranges::any_of(settingList(), [&](const Setting &setting) {
            return setting.key == signIn.secret && setting.isSecret;
        });
        QVERIFY(hasSecret);
    }
    QVERIFY(!vendor::chosenSignIn(all, {{u"sign_in"_s, u"password"_s}}));
    QVERIFY(!vendor::chosenSignIn(all, {}));
}

QTEST_GUILESS_MAIN(TestMailAccess)
#include "tst_mailaccess.moc"
