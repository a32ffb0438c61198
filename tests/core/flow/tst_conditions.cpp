// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/conditions.h"
#include "tests/support/processortime.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace peerdesk;

class TestConditions : public QObject
{
    Q_OBJECT

private slots:
    void followTheTruthTable_data();
    void followTheTruthTable();
    void allSeventeenTypesAreKnown();
    void hostilePatternsEndSoon_data();
    void hostilePatternsEndSoon();
    void aMatchThatNeedsTooManyStepsIsNone();
    void wrongPatternsAreRefused_data();
    void wrongPatternsAreRefused();
};

void TestConditions::followTheTruthTable_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("input");
    QTest::addColumn<QString>("value");
    QTest::addColumn<bool>("expected");
    const auto row = [](const char *type, const QString &input, const QString &value, bool yes) {
        QTest::addRow("%s '%s' '%s'", type, qPrintable(input), qPrintable(value))
            << QString::fromLatin1(type) << input << value << yes;
    };
    row("equal_to", u" YES "_s, u"yes"_s, true);
    row("equal_to", u"yes please"_s, u"yes"_s, false);
    row("equal_to", u"STRASSE"_s, u"straße"_s, true);
    row("equal_to", u"live\n  agent"_s, u"live agent"_s, true);
    row("equal_to", u"cafe\u0301"_s, u"CAFÉ"_s, true);
    row("equal_to", u"ＹＥＳ"_s, u"yes"_s, true);
    row("equal_to", u""_s, u""_s, true);
    row("not_equal_to", u" Yes"_s, u"yes "_s, false);
    row("not_equal_to", u"no"_s, u"yes"_s, true);
    row("matches_any_of", u"Y"_s, u"yes, y , yeah"_s, true);
    row("matches_any_of", u"ye"_s, u"yes,y"_s, false);
    row("does_not_match_any_of", u"y"_s, u"yes,Y"_s, false);
    row("does_not_match_any_of", u"no"_s, u"yes,y"_s, true);
    row("is_blank", u" \n\t\u00a0"_s, u""_s, true);
    row("is_blank", u"x"_s, u""_s, false);
    row("is_not_blank", u"x"_s, u""_s, true);
    row("is_not_blank", u"  "_s, u""_s, false);
    row("regex", u"  AB12 "_s, u"[a-z]+\\d+"_s, true);
    row("regex", u"AB12!"_s, u"[a-z]+\\d+"_s, false);
    row("regex", u"xb"_s, u"a|b"_s, false);
    row("regex", u"b"_s, u"a|b"_s, true);
    row("regex", u"ŻÓŁW"_s, u"żółw"_s, true);
    row("regex", u"a"_s, u"("_s, false);
    row("contains", u"I want a LIVE Agent, now"_s, u"live agent"_s, true);
    row("contains", u"alive agents? no"_s, u"live agent"_s, true);
    row("contains", u"live chat"_s, u"live agent"_s, false);
    row("contains", u"CHCĘ Z KONSULTANTEM"_s, u"z konsultantem"_s, true);
    row("contains", u"担当者をお願いします"_s, u"担当者"_s, true);
    row("contains", u"anything"_s, u" "_s, false);
    row("does_not_contain", u"hello"_s, u"LL"_s, false);
    row("does_not_contain", u"hello"_s, u"x"_s, true);
    row("starts_with", u"  Order 12"_s, u"order"_s, true);
    row("starts_with", u"my order"_s, u"order"_s, false);
    row("does_not_start_with", u"Order"_s, u"order"_s, false);
    row("does_not_start_with", u"my order"_s, u"order"_s, true);
    row("less_than", u" 9 "_s, u"10"_s, true);
    row("less_than", u"10"_s, u"10"_s, false);
    row("less_than", u"-1.5"_s, u"-1"_s, true);
    row("less_than", u"nine"_s, u"10"_s, false);
    row("less_than", u""_s, u"10"_s, false);
    row("greater_than", u"11"_s, u"10"_s, true);
    row("greater_than", u"10"_s, u"10"_s, false);
    row("greater_than", u"inf"_s, u"10"_s, false);
    row("is_before_time", u"08:59"_s, u"9:00"_s, true);
    row("is_before_time", u"09:00"_s, u"09:00"_s, false);
    row("is_before_time", u"8:59 pm"_s, u"21:00:01"_s, true);
    row("is_before_time", u"2026-11-20T07:00:00.000Z"_s, u"08:00"_s, true);
    row("is_before_time", u"25:00"_s, u"26:00"_s, false);
    row("is_after_time", u"17:01"_s, u"5:00 PM"_s, true);
    row("is_after_time", u"17:00"_s, u"17:00"_s, false);
    row("is_before_date", u"2026-11-20"_s, u"2026-11-21"_s, true);
    row("is_before_date", u"20.11.2026"_s, u"2026/11/21"_s, true);
    row("is_before_date", u"2026-11-20"_s, u"2026-11-20"_s, false);
    row("is_before_date", u"2026-02-30"_s, u"2026-11-20"_s, false);
    row("is_after_date", u"2026-11-21T10:00:00Z"_s, u"2026-11-20"_s, true);
    row("is_after_date", u"yesterday"_s, u"2026-11-20"_s, false);
}

void TestConditions::followTheTruthTable()
{
    QFETCH(QString, type);
    QFETCH(QString, input);
    QFETCH(QString, value);
    QFETCH(bool, expected);
    const auto known = flow::conditionType(type);
    QVERIFY(known);
    QCOMPARE(flow::meets(*known, input, value), expected);
}

void TestConditions::allSeventeenTypesAreKnown()
{
    const QStringList names =
        u"equal_to not_equal_to matches_any_of does_not_match_any_of is_blank "
        "is_not_blank regex contains does_not_contain starts_with "
        "does_not_start_with less_than greater_than is_before_time "
        "is_after_time is_before_date is_after_date"_s.split(u' ');
    QCOMPARE(names.size(), 17);
    for (const QString &name : names) {
        const auto type = flow::conditionType(name);
        QVERIFY2(type, qPrintable(name));
        QCOMPARE(flow::needsValue(*type), !name.endsWith(u"blank"_s));
    }
    QVERIFY(!flow::conditionType(u"EQUAL_TO"_s));
    QVERIFY(!flow::conditionType({}));
}

void TestConditions::hostilePatternsEndSoon_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::newRow("nested plus") << u"(a+)+$"_s;
    QTest::newRow("nested star") << u"(a*)*b"_s;
    QTest::newRow("alternatives") << u"(a|aa|aaa)+b"_s;
    QTest::newRow("lookahead") << u"(?=(a+))*b"_s;
    QTest::newRow("recursion") << u"(a|(?R))*b"_s;
    QTest::newRow("recursion without end") << u"(a?(?1))"_s;
    QTest::newRow("back reference") << u"(a*)(a*)(a*)\\1\\2\\3b"_s;
    QTest::newRow("its own, higher limit") << u"(*LIMIT_MATCH=4000000000)(a+)+$"_s;
    QTest::newRow("counted") << u"((a{1,100}){1,100}){1,10}b"_s;
}

void TestConditions::hostilePatternsEndSoon()
{
    QFETCH(QString, pattern);
    const test::ProcessorTime spent;
    const QString input = QString(4000, u'a') + u'!';
    QVERIFY(!flow::meets(flow::ConditionType::Regex, input, pattern));
    QVERIFY2(spent.milliseconds() < 10'000, "the steps of a pattern are not bounded");
}

/// About 2^n steps lead to the match: few are taken, many are not.
void TestConditions::aMatchThatNeedsTooManyStepsIsNone()
{
    const auto doubling = [](int n) {
        const QString pattern = u"(a?){%1}a{%1}"_s.arg(n);
        return flow::meets(flow::ConditionType::Regex, QString(n, u'a'), pattern);
    };
    QVERIFY(doubling(8));
    QVERIFY(!doubling(21));
}

void TestConditions::wrongPatternsAreRefused_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::newRow("open group") << u"(a"_s;
    QTest::newRow("closes our group") << u"a)|(b"_s;
    QTest::newRow("nothing to repeat") << u"*a"_s;
    QTest::newRow("too long") << QString(flow::MaxRegexPattern + 1, u'a');
}

void TestConditions::wrongPatternsAreRefused()
{
    QFETCH(QString, pattern);
    QVERIFY(!flow::checkPattern(pattern));
    QVERIFY(!flow::meets(flow::ConditionType::Regex, u"a"_s, pattern));
}

QTEST_GUILESS_MAIN(TestConditions)
#include "tst_conditions.moc"
