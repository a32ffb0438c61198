// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/icons.h"
#include "ui/common/paint.h"
#include "ui/common/theme.h"
#include "ui/common/timetext.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

class TestTheme : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyPairReachesItsContrast_data()
    {
        QTest::addColumn<QColor>("foreground");
        QTest::addColumn<QColor>("background");
        QTest::addColumn<double>("minimum");
        for (const Theme &theme : {Theme::light(), Theme::dark()}) {
            for (const ContrastPair &pair : contrastPairs(theme))
                QTest::newRow(qPrintable((theme.isDark ? u"dark "_s : u"light "_s) + pair.name))
                    << pair.foreground << pair.background << pair.minimum;
        }
    }
    void everyPairReachesItsContrast()
    {
        QFETCH(QColor, foreground);
        QFETCH(QColor, background);
        QFETCH(double, minimum);
        const double got = contrast(foreground, background);
        QVERIFY2(got >= minimum, qPrintable(QString::number(got)));
    }
    void contrastIsThatOfWcag()
    {
        QCOMPARE(qRound(contrast(Qt::black, Qt::white)), 21);
        QCOMPARE(qRound(contrast(Qt::white, Qt::white)), 1);
    }
    void avatarColoursAreTheSameInEveryProcess()
    {
        QCOMPARE(stableHash(u"Aiko Tanaka"_s), stableHash(u"Aiko Tanaka"_s));
        QCOMPARE(stableHash(QString()), 2166136261U); // FNV-1a offset basis
        QCOMPARE(stableHash(u"a"_s), 0xE40C292CU);    // published test vector
    }
    void brokenPathDataDrawsWhatCameBefore()
    {
        QVERIFY(parsePath({}).isEmpty());
        QVERIFY(!parsePath(u"M 1 1 L 5 5 ! L 9 9"_s).isEmpty());
        QCOMPARE(parsePath(u"M 1 1 L 5 5 ! L 90 90"_s).boundingRect().right(), 5.0);
    }
    void initialsComeFromNamesOnly_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("letters");
        QTest::newRow("two words") << u"Aiko Tanaka"_s << u"AT"_s;
        QTest::newRow("three words") << u"Ana de Souza"_s << u"AD"_s;
        QTest::newRow("number") << u"+84 90 555 0142"_s << QString();
        QTest::newRow("empty") << QString() << QString();
        QTest::newRow("one") << u"Čeněk"_s << u"Č"_s;
    }
    void initialsComeFromNamesOnly()
    {
        QFETCH(QString, name);
        QFETCH(QString, letters);
        QCOMPARE(initials(name), letters);
    }
    void everyIconHasAnOutline()
    {
        // Painting an icon that the list of outlines does not reach throws.
        for (int i = 0; i <= int(Icon::WhatsApp); ++i) {
            QImage picture(24, 24, QImage::Format_ARGB32_Premultiplied);
            picture.fill(Qt::transparent);
            const QImage blank = picture;
            QPainter painter(&picture);
            paintIcon(painter, Icon(i), QRectF(0, 0, 24, 24), Qt::black);
            painter.end();
            QVERIFY2(picture != blank, qPrintable(QString::number(i)));
        }
    }
    void timeLeftIsSaidInWords_data()
    {
        QTest::addColumn<int>("seconds");
        QTest::addColumn<int>("targetSeconds");
        QTest::addColumn<Urgency>("urgency");
        QTest::addColumn<QString>("text");
        QTest::newRow("plenty") << 7200 << 9000 << Urgency::Calm << u"Due in 2 h"_s;
        QTest::newRow("minutes") << 800 << 1800 << Urgency::Calm << u"Due in 13 min"_s;
        QTest::newRow("last quarter") << 400 << 1800 << Urgency::Soon << u"Reply in 6:40"_s;
        QTest::newRow("under three minutes") << 102 << 300 << Urgency::Soon << u"Reply in 1:42"_s;
        QTest::newRow("at the moment") << 0 << 600 << Urgency::Soon << u"Reply in 0:00"_s;
        QTest::newRow("late") << -45 << 600 << Urgency::Late << u"45 s late"_s;
        QTest::newRow("very late") << -125 << 600 << Urgency::Late << u"2:05 late"_s;
    }
    void timeLeftIsSaidInWords()
    {
        QFETCH(int, seconds);
        QFETCH(int, targetSeconds);
        QFETCH(Urgency, urgency);
        QFETCH(QString, text);
        const Time now{1'790'000'000'000};
        const Time due = now + Seconds(seconds);
        const Due got = dueText(due, due - Seconds(targetSeconds), now);
        QCOMPARE(got.urgency, urgency);
        QCOMPARE(got.text, text);
    }
};

QTEST_GUILESS_MAIN(TestTheme)
#include "tst_theme.moc"
