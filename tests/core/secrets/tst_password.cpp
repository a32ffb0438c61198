// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/secrets/password.h"

#include <QSet>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::secrets;
using namespace Qt::StringLiterals;

class TestPassword : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void onlyTheSamePasswordVerifies()
    {
        const Result<QByteArray> hash = hashPassword(u"größe 42"_s);
        QVERIFY(hash);
        QVERIFY(hash->startsWith("$argon2id$"));
        QVERIFY(!hash->contains("42\0"));
        QVERIFY(verifyPassword(*hash, u"größe 42"_s));
        QVERIFY(
            verifyPassword(*hash, u"gro\u0308ße 42"_s)); // the same letters from another keyboard
        QVERIFY(!verifyPassword(*hash, u"größe 43"_s));
        QVERIFY(!verifyPassword(*hash, u"größe 42 "_s));
        QVERIFY(!verifyPassword(*hash, QString()));
    }

    void equalPasswordsHaveDifferentHashes()
    {
        QVERIFY(*hashPassword(u"same"_s) != *hashPassword(u"same"_s));
    }

    void unusablePasswordsAreRefused_data()
    {
        QTest::addColumn<QString>("password");
        QTest::newRow("empty") << QString();
        QTest::newRow("too long") << QString(MaxPasswordBytes + 1, u'x');
        QTest::newRow("too long in bytes") << QString(MaxPasswordBytes / 2 + 1, u'ä');
    }
    void unusablePasswordsAreRefused()
    {
        QFETCH(QString, password);
        const Result<QByteArray> hash = hashPassword(password);
        QVERIFY(!hash);
        QCOMPARE(hash.error().code, Error::Code::Invalid);
    }

    void damagedHashesNeverVerify_data()
    {
        QTest::addColumn<QByteArray>("hash");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("clear text") << QByteArray("secret");
        QTest::newRow("another algorithm") << QByteArray("$argon2i$v=19$m=65536,t=2,p=1$AAAA$AAAA");
        QTest::newRow("cut") << hashPassword(u"secret"_s)->chopped(5);
        QTest::newRow("long") << "$argon2id$" + QByteArray(10'000, 'x');
    }
    void damagedHashesNeverVerify()
    {
        QFETCH(QByteArray, hash);
        QVERIFY(!verifyPassword(hash, u"secret"_s));
    }

    void tokensAreLongUrlSafeAndNeverRepeat()
    {
        QSet<QByteArray> seen;
        for (int i = 0; i < 1000; ++i) {
            const QByteArray token = randomToken();
            QCOMPARE(token.size(), 43);
            QVERIFY(!token.contains('+') && !token.contains('/') && !token.contains('='));
            seen.insert(token);
        }
        QCOMPARE(seen.size(), 1000);
        QCOMPARE(tokenHash("abc").toHex(),
                 QByteArray("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    }
};

QTEST_APPLESS_MAIN(TestPassword)
#include "tst_password.moc"
