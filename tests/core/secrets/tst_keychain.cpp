// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/secrets/secretstore.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::secrets;
using namespace Qt::StringLiterals;

/// Started by with_keyring.sh.
class TestKeychain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void secretsGoInComeOutAndAreRemoved()
    {
        const auto store = keychain(u"peerdesk-test"_s);
        const QByteArray secret("bin\0ary \xc3\xa4", 10);
        std::optional<Result<Done>> stored;
        store->store(u"mail/1"_s, secret, {this, [&](const Result<Done> &r) { stored = r; }});
        QTRY_VERIFY(stored);
        QVERIFY2(*stored, qPrintable(stored->error().detail));

        const auto other = keychain(u"peerdesk-test"_s); // as after a restart
        std::optional<Result<QByteArray>> fetched;
        const auto fetch = [&] {
            fetched.reset();
            other->fetch(u"mail/1"_s, {this, [&](const Result<QByteArray> &r) { fetched = r; }});
        };
        fetch();
        QTRY_VERIFY(fetched);
        QVERIFY2(*fetched, qPrintable(fetched->error().detail));
        QCOMPARE(**fetched, secret);

        std::optional<Result<Done>> removed;
        other->remove(u"mail/1"_s, {this, [&](const Result<Done> &r) { removed = r; }});
        QTRY_VERIFY(removed);
        QVERIFY(*removed);
        fetch();
        QTRY_VERIFY(fetched);
        QCOMPARE(fetched->error().code, Error::Code::NotFound);
    }

    void destroyingTheStoreCancels()
    {
        auto store = keychain(u"peerdesk-test"_s);
        std::optional<Result<QByteArray>> fetched;
        store->fetch(u"k"_s, {this, [&](const Result<QByteArray> &r) { fetched = r; }});
        store.reset();
        QVERIFY(fetched);
        QCOMPARE(fetched->error().code, Error::Code::Cancelled);
        // The keychain answers all the same: that must find nothing that is gone.
        const auto other = keychain(u"peerdesk-test"_s);
        for (int i = 0; i < 3; ++i) {
            std::optional<Result<QByteArray>> next;
            other->fetch(u"k"_s, {this, [&](const Result<QByteArray> &r) { next = r; }});
            QTRY_VERIFY(next);
        }
    }
};

QTEST_GUILESS_MAIN(TestKeychain)
#include "tst_keychain.moc"
