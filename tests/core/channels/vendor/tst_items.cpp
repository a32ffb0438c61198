// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/signature.h"
#include "core/channels/vendor/tokenbucket.h"

#include "core/base/json.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;

class TestItems : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textIsMadeSafe_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("clean");
        QTest::newRow("plain") << u"Zażółć\tgęślą\njaźń"_s << u"Zażółć\tgęślą\njaźń"_s;
        QTest::newRow("nul") << u"a"_s + QChar(0) + u"b"_s << u"ab"_s;
        QTest::newRow("escape") << u"a\x1b[31mb"_s << u"a[31mb"_s;
        QTest::newRow("line ends") << u"a\r\nb\rc"_s << u"a\nb\nc"_s;
        QTest::newRow("pair") << u"😀"_s << u"😀"_s;
        QTest::newRow("lone half")
            << QString(QChar(0xd83d)) + u"x"_s << QString(QChar::ReplacementCharacter) + u"x"_s;
        QTest::newRow("second half alone")
            << QString(QChar(0xde00)) << QString(QChar::ReplacementCharacter);
        QTest::newRow("override is closed") << QString(QChar(0x202e)) + u"abc"_s
                                            << QString(QChar(0x202e)) + u"abc"_s + QChar(0x202c);
        const QString closed = QString(QChar(0x2067)) + u"abc"_s + QChar(0x2069);
        QTest::newRow("closed isolate") << closed << closed;
    }
    void textIsMadeSafe()
    {
        QFETCH(QString, text);
        QFETCH(QString, clean);
        QCOMPARE(vendor::cleanText(text), clean);
    }

    void textIsCutBetweenCharacters()
    {
        QCOMPARE(vendor::cleanText(u"ab😀"_s, 3), u"ab"_s);
        QCOMPARE(vendor::cutToBytes(u"aé"_s, 2), u"a"_s);
        QCOMPARE(vendor::cutToBytes(u"a😀"_s, 4), u"a"_s);
        QCOMPARE(vendor::cutToBytes(u"aé"_s, 3), u"aé"_s);
    }

    void longTextIsSplitWhereItHurtsLeast()
    {
        using Parts = std::vector<QString>;
        QCOMPARE(vendor::splitText(u""_s, 10), Parts{u""_s});
        QCOMPARE(vendor::splitText(u"one two three"_s, 8), (Parts{u"one two"_s, u"three"_s}));
        QCOMPARE(vendor::splitText(u"one\ntwo three"_s, 6),
                 (Parts{u"one"_s, u"two"_s, u"three"_s}));
        QCOMPARE(vendor::splitText(u"abcdefgh"_s, 3), (Parts{u"abc"_s, u"def"_s, u"gh"_s}));
        QCOMPARE(vendor::splitText(u"ab😀cd"_s, 3), (Parts{u"ab"_s, u"😀c"_s, u"d"_s}));
        const QString words = u"word "_s.repeated(5'000);
        QString again;
        for (const QString &part : vendor::splitText(words, 4'096)) {
            QVERIFY(part.size() <= 4'096);
            again += part + u' ';
        }
        QCOMPARE(again.simplified(), words.simplified());
    }

    void filesAreWhatTheirBytesSay_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("type");
        QTest::newRow("png") << QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16) << u"image/png"_s;
        QTest::newRow("svg as png")
            << QByteArray("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3"
                          ".org/2000/svg\"><script/></svg>")
            << u"application/octet-stream"_s;
        QTest::newRow("html as png") << QByteArray("<!DOCTYPE html><html><script>alert(1)</script>")
                                     << u"application/octet-stream"_s;
    }
    void filesAreWhatTheirBytesSay()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, type);
        InboundPage page;
        const Attachment file = vendor::addAttachment(page, bytes, u"../../etc/photo.png"_s);
        QCOMPARE(file.mimeType, type);
        QCOMPARE(file.name, u"photo.png"_s);
        QCOMPARE(page.attachments.at(file.sha256), bytes);
    }

    void rawPayloadStaysUnlessItIsTooLarge()
    {
        const Identity sender{u"x"_s, {}, u"1"_s, u"Ada"_s, Evidence::Provider};
        InboundItem item = vendor::messageItem(u"m1"_s, sender, u"hi"_s, {1}, {{u"a"_s, 1}});
        QCOMPARE(json::object(item.headers)[u"raw"_s][u"a"_s].toInt(), 1);
        item = vendor::messageItem(u"m1"_s, sender, u"hi"_s, {1}, {{u"a"_s, QString(9'000, u'x')}});
        QVERIFY(!json::object(item.headers).contains(u"raw"_s));
        QVERIFY(json::object(item.headers)[u"raw_bytes"_s].toInt() > 9'000);
    }

    /// Vector of RFC 4231, test case 2; Ed25519 of RFC 8032, section 7.1, test 2.
    void signaturesAreThoseOfTheStandards()
    {
        const QByteArray body = "what do ya want for nothing?";
        const QByteArray hex = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        QVERIFY(vendor::isHexSigned(hex, "Jefe", body));
        QVERIFY(vendor::isHexSigned("sha256=" + hex, "Jefe", body));
        QVERIFY(vendor::isBase64Signed(QByteArray::fromHex(hex).toBase64(), "Jefe", body));
        QVERIFY(!vendor::isHexSigned(hex, "jefe", body));
        QVERIFY(!vendor::isHexSigned(hex, "Jefe", body + ' '));
        QVERIFY(!vendor::isHexSigned(hex.chopped(2), "Jefe", body));
        QVERIFY(!vendor::isHexSigned({}, "Jefe", body));
        QVERIFY(!vendor::isHexSigned(vendor::hmac(QCryptographicHash::Sha256, {}, body).toHex(), {},
                                     body)); // without a key nothing is signed
        const QByteArray key = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
        const QByteArray signature =
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
        QVERIFY(vendor::isEd25519Signed(signature, key, "\x72"));
        QVERIFY(!vendor::isEd25519Signed(signature, key, "\x73"));
        QVERIFY(!vendor::isEd25519Signed(signature.left(64), key, "\x72"));
    }

    void aBucketLetsThroughWhatItMay()
    {
        vendor::TokenBucket bucket({2, Milliseconds(1'000)});
        const Milliseconds start(50'000);
        QCOMPARE(bucket.take(start), Milliseconds(0));
        QCOMPARE(bucket.take(start), Milliseconds(0));
        QCOMPARE(bucket.take(start), Milliseconds(500));
        QCOMPARE(bucket.take(start + Milliseconds(500)), Milliseconds(0));
        bucket.block(start, Milliseconds(9'000));
        QCOMPARE(bucket.take(start + Milliseconds(2'000)), Milliseconds(7'000));
        QCOMPARE(bucket.take(start + Milliseconds(9'000)), Milliseconds(0));
    }
};

QTEST_APPLESS_MAIN(TestItems)
#include "tst_items.moc"
