// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/quote.h"

#include <QTest>

using namespace peerdesk::channels::email;
using namespace Qt::StringLiterals;

class TestQuote : public QObject
{
    Q_OBJECT

private slots:
    void freshWordsAreParted_data();
    void freshWordsAreParted();
    void whereItIsNotSureEverythingStays_data();
    void whereItIsNotSureEverythingStays();
};

void TestQuote::freshWordsAreParted_data()
{
    QTest::addColumn<QString>("quoted");
    const auto row = [](const char *name, const QString &quoted) { QTest::newRow(name) << quoted; };
    row("English",
        u"On Fri, 20 Nov 2026 at 10:43, Help <help@desk.test> wrote:\n> old\n>\n> words"_s);
    row("English, wrapped",
        u"On Fri, 20 Nov 2026 at 10:43, Help Desk\n<help@desk.test> wrote:\n> old"_s);
    row("English, unmarked", u"On Fri, 20 Nov 2026 at 10:43, Help wrote:\n\nold words"_s);
    row("German", u"Am 20.11.2026 um 10:43 schrieb Help:\n> alt"_s);
    row("French", u"Le 20 nov. 2026 à 10:43, Help a écrit :\n> vieux"_s);
    row("Spanish", u"El 20/11/2026 a las 10:43, Help escribió:\n\nviejo"_s);
    row("Italian", u"Il giorno 20 nov 2026 Help ha scritto:\n> vecchio"_s);
    row("Dutch", u"Op 20 november 2026 schreef Help:\n> oud"_s);
    row("Polish", u"W dniu 20.11.2026 o 10:43, Help napisał(a):\n> stare"_s);
    row("Swedish", u"Den 20 nov. 2026 skrev Help:\n> gammalt"_s);
    row("Portuguese", u"Em 20 de nov. de 2026, Help escreveu:\n> velho"_s);
    row("Russian", u"20 ноября 2026, Help <help@desk.test> написал:\n> старое"_s);
    row("Chinese", u"2026年11月20日 Help <help@desk.test> 写道：\n> 旧"_s);
    row("Vietnamese", u"Vào 20 thg 11, 2026, Help đã viết:\n> cũ"_s);
    row("unknown language", u"2026-11-20 10:43 UTC, help@desk.test:\n> old"_s);
    row("only marks", u"> old\n> words"_s);
    row("Outlook block",
        u"From: Help <help@desk.test>\nSent: Friday\nTo: Anna\nSubject: Order\n\nold"_s);
    row("Outlook block, German",
        u"Von: Help\nGesendet: Freitag\nAn: Anna\nBetreff: Order\n\nalt"_s);
    row("ruled block",
        u"________________________________\nFrom: Help\nSent: Friday\nTo: Anna\n\nold"_s);
    row("separator", u"-----Original Message-----\nFrom: Help\n\nold"_s);
    row("separator, German", u"-----Ursprüngliche Nachricht-----\nVon: Help\n\n> alt\nneu?"_s);
}

void TestQuote::freshWordsAreParted()
{
    QFETCH(QString, quoted);
    const SplitText split = splitQuoted(u"I want a live agent.\nThanks: Anna\n\n"_s + quoted);
    QCOMPARE(split.fresh, u"I want a live agent.\nThanks: Anna"_s);
    QCOMPARE(split.quoted, quoted);
}

void TestQuote::whereItIsNotSureEverythingStays_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("nothing quoted") << u"hello\nworld"_s;
    QTest::newRow("empty") << QString();
    QTest::newRow("answers between the quotes") << u"> one?\nyes\n> two?\nno"_s;
    QTest::newRow("nothing fresh") << u"> one\n> two"_s;
    QTest::newRow("forwarded") << u"see below\n---------- Forwarded message ---------\nFrom: a\n"
                                  "Date: b\nTo: c\nSubject: d\n\ntext"_s;
    QTest::newRow("a sentence with a colon") << u"The error says:\nfile not found"_s;
    QTest::newRow("one header-like line") << u"From: here to there\nit is far"_s;
}

void TestQuote::whereItIsNotSureEverythingStays()
{
    QFETCH(QString, text);
    QCOMPARE(splitQuoted(text), (SplitText{text, {}}));
}

QTEST_GUILESS_MAIN(TestQuote)
#include "tst_quote.moc"
