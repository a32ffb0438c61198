// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/smssegments.h"

#include <QTest>

using namespace peerdesk::sms;
using namespace Qt::StringLiterals;

/// M58. Source of the figures: 3GPP TS 23.038 and 23.040.
class tst_SmsSegments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTextCosts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("isGsm");
        QTest::addColumn<int>("units");
        QTest::addColumn<int>("segments");
        QTest::addColumn<int>("left");
        const QString a = u"a"_s;
        const QString zhe = u"ж"_s;
        const QString euro = u"€"_s;
        const QString smile = QString::fromUtf8("\xf0\x9f\x98\x80");
        QTest::newRow("nothing") << QString() << true << 0 << 0 << 160;
        QTest::newRow("one letter") << a << true << 1 << 1 << 159;
        QTest::newRow("160 letters") << a.repeated(160) << true << 160 << 1 << 0;
        QTest::newRow("161 letters") << a.repeated(161) << true << 161 << 2 << 145;
        QTest::newRow("306 letters") << a.repeated(306) << true << 306 << 2 << 0;
        QTest::newRow("307 letters") << a.repeated(307) << true << 307 << 3 << 152;
        QTest::newRow("80 euros") << euro.repeated(80) << true << 160 << 1 << 0;
        QTest::newRow("81 euros") << euro.repeated(81) << true << 162 << 2 << 143;
        // 152 and a euro: the pair does not part, one septet stays empty.
        QTest::newRow("a pair at the edge")
            << a.repeated(152) + euro + a.repeated(10) << true << 164 << 2 << 141;
        QTest::newRow("70 of another script") << zhe.repeated(70) << false << 70 << 1 << 0;
        QTest::newRow("71 of another script") << zhe.repeated(71) << false << 71 << 2 << 63;
        QTest::newRow("one smile") << smile << false << 2 << 1 << 68;
        QTest::newRow("35 smiles") << smile.repeated(35) << false << 70 << 1 << 0;
        // 33 fit into 67 units, the 34th would be parted.
        QTest::newRow("67 smiles") << smile.repeated(67) << false << 134 << 3 << 65;
        QTest::newRow("half a smile") << QString(QChar(0xd83d)) << false << 1 << 1 << 69;
        QTest::newRow("161 with one smile") << a.repeated(159) + smile << false << 161 << 3 << 40;
    }
    void aTextCosts()
    {
        QFETCH(QString, text);
        const Segments found = segmentsOf(text);
        QTEST(found.alphabet == Alphabet::Gsm7, "isGsm");
        QTEST(found.units, "units");
        QTEST(found.segments, "segments");
        QTEST(found.left, "left");
    }

    void theAlphabetIsThatOfTheStandard()
    {
        int one = 0;
        int two = 0;
        for (ushort code = 0; code < 0xffff; ++code) {
            const int septets = gsmSeptets(QChar(code));
            one += septets == 1 ? 1 : 0;
            two += septets == 2 ? 1 : 0;
        }
        QCOMPARE(one, 127); // 128 codes, one of which is the way to the extension
        QCOMPARE(two, 10);
        for (const QChar c : u"@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà"_s)
            QCOMPARE(gsmSeptets(c), 1);
        for (const QChar c : u"^{}\\[~]|€\f"_s)
            QCOMPARE(gsmSeptets(c), 2);
        for (const QChar c : u"çąłżđ`–…“”’ș"_s)
            QCOMPARE(gsmSeptets(c), 0);
    }

    void whatMakesItDearIsNamed()
    {
        QCOMPARE(segmentsOf(u"Zażółć"_s).odd, u"ż"_s);
        QCOMPARE(segmentsOf(u"hi "_s + QString::fromUtf8("\xf0\x9f\x98\x80")).odd,
                 QString::fromUtf8("\xf0\x9f\x98\x80"));
        QVERIFY(segmentsOf(u"plain"_s).odd.isEmpty());
    }
};

QTEST_APPLESS_MAIN(tst_SmsSegments)
#include "tst_smssegments.moc"
