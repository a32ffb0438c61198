// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/secrets/seal.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::secrets;

/// What is sealed for one key pair opens with that one alone.
class TestSeal : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theSameKeyMakesTheSamePairForEver()
    {
        const auto pair = sealingPairFrom("the key of a PC");
        QVERIFY(pair);
        QCOMPARE(pair->publicKey, sealingPairFrom("the key of a PC")->publicKey);
        QVERIFY(pair->publicKey != sealingPairFrom("the key of another PC")->publicKey);
        // Frozen: seals in logs hang on it.
        QCOMPARE(pair->publicKey.toHex(),
                 QByteArray("da3fb6f43caf6b657ae1f4f47d9a8f7c0fbc5d1b73172e8a1d5e2599c81c320a"));
    }

    void onlyItsOwnPairOpensIt()
    {
        const auto mine = sealingPairFrom("mine");
        const auto other = sealingPairFrom("other");
        for (const QByteArray &plain :
             {QByteArray("hunter2"), QByteArray(), QByteArray(9000, 'x')}) {
            const auto sealed = seal(mine->publicKey, plain);
            QVERIFY(sealed);
            QVERIFY(plain.isEmpty() || !sealed->contains(plain));
            QCOMPARE(*openSeal(*mine, *sealed), plain);
            QVERIFY(!openSeal(*other, *sealed));
            QVERIFY(*seal(mine->publicKey, plain) != *sealed); // equal secrets do not look equal
        }
    }

    void whatWasChangedOpensNothing()
    {
        const auto mine = sealingPairFrom("mine");
        const QByteArray sealed = *seal(mine->publicKey, "hunter2");
        for (qsizetype i = 0; i < sealed.size(); ++i) {
            QByteArray bent = sealed;
            bent[i] = char(bent[i] ^ 1);
            const auto opened = openSeal(*mine, bent);
            QVERIFY2(!opened, QByteArray::number(i).constData());
            QCOMPARE(opened.error().code, Error::Code::Invalid);
            QVERIFY(!openSeal(*mine, sealed.left(i)));
        }
        QVERIFY(!openSeal(*mine, sealed + 'x'));
    }

    void whatIsNoKeySealsNothing_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::newRow("none") << QByteArray();
        QTest::newRow("short") << QByteArray(31, 'k');
        QTest::newRow("long") << QByteArray(33, 'k');
        QTest::newRow("the zero point") << QByteArray(32, '\0');
    }
    void whatIsNoKeySealsNothing()
    {
        QFETCH(QByteArray, key);
        const auto sealed = seal(key, "hunter2");
        QVERIFY(!sealed);
        QVERIFY(!sealed.error().detail.contains(QStringLiteral("hunter2")));
    }
};

QTEST_GUILESS_MAIN(TestSeal)
#include "tst_seal.moc"
