// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/expression.h"
#include "core/routing/router.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

using namespace peerdesk;
using namespace peerdesk::routing;
using namespace Qt::StringLiterals;

namespace {

/// One value of every type, by name.
const QJsonObject Values = QJsonDocument::fromJson(R"({
    "n": 5, "m": 10, "half": 0.5, "s": "b", "t": "abc", "digits": "5", "yes": true, "no": false,
    "nothing": null, "list": ["b", 5, true, null], "empty": [], "nested": [["b"]],
    "object": {"deep": {"list": [{"x": 7}]}}, "in": {"and": 1}, "customer_id": "c" })")
                               .object();

bool holds(const QString &text)
{
    const Result<Expression> parsed = Expression::parse(text);
    if (!parsed)
        qFatal("%s: %s", qPrintable(text), qPrintable(parsed.error().detail));
    return parsed->evaluate([](const Reference &reference) { return follow(Values, reference); });
}

} // namespace

class tst_Expression : public QObject
{
    Q_OBJECT

private slots:
    void operatorsFollowTheTruthTable_data()
    {
        // Rows: left operand; columns: right operand n=number 5, s=text 'b', y=true, 0=null,
        // l=["b",5,true,null]. One letter per operator that holds:
        // e ==, d !=, l <, k <=, g >, h >=, c CONTAINS, a HAS, i IN, x NOT IN.
        QTest::addColumn<QString>("left");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("equal number")
            << u"n"_s << QStringList{u"ekh"_s, u""_s, u""_s, u"d"_s, u"i"_s};
        QTest::newRow("more") << u"m"_s << QStringList{u"dgh"_s, u""_s, u""_s, u"d"_s, u"x"_s};
        QTest::newRow("less") << u"half"_s << QStringList{u"dlk"_s, u""_s, u""_s, u"d"_s, u"x"_s};
        QTest::newRow("same text")
            << u"s"_s << QStringList{u""_s, u"ekhc"_s, u""_s, u"d"_s, u"i"_s};
        QTest::newRow("longer text")
            << u"t"_s << QStringList{u""_s, u"dlkc"_s, u""_s, u"d"_s, u"x"_s};
        QTest::newRow("numeric text")
            << u"digits"_s << QStringList{u""_s, u"dlk"_s, u""_s, u"d"_s, u"x"_s};
        QTest::newRow("true") << u"yes"_s << QStringList{u""_s, u""_s, u"e"_s, u"d"_s, u"i"_s};
        QTest::newRow("false") << u"no"_s << QStringList{u""_s, u""_s, u"d"_s, u"d"_s, u"x"_s};
        QTest::newRow("null") << u"nothing"_s
                              << QStringList{u"d"_s, u"d"_s, u"d"_s, u"e"_s, u"di"_s};
        QTest::newRow("missing") << u"absent"_s
                                 << QStringList{u"d"_s, u"d"_s, u"d"_s, u"e"_s, u"di"_s};
        QTest::newRow("list") << u"list"_s << QStringList{u"a"_s, u"a"_s, u"a"_s, u"da"_s, u""_s};
        QTest::newRow("empty list")
            << u"empty"_s << QStringList{u""_s, u""_s, u""_s, u"d"_s, u""_s};
        QTest::newRow("object") << u"object"_s << QStringList{u""_s, u""_s, u""_s, u"d"_s, u""_s};
    }
    void operatorsFollowTheTruthTable()
    {
        QFETCH(QString, left);
        QFETCH(QStringList, expected);
        const QStringList right{u"n"_s, u"s"_s, u"yes"_s, u"nothing"_s, u"list"_s};
        const std::vector<std::pair<QChar, QString>> operators{
            {u'e', u"=="_s}, {u'd', u"!="_s},    {u'l', u"<"_s},        {u'k', u"<="_s},
            {u'g', u">"_s},  {u'h', u">="_s},    {u'c', u"CONTAINS"_s}, {u'a', u"HAS"_s},
            {u'i', u"IN"_s}, {u'x', u"NOT IN"_s}};
        for (qsizetype column = 0; column < right.size(); ++column) {
            QString held;
            for (const auto &[letter, text] : operators) {
                if (holds(left + u' ' + text + u' ' + right.at(column)))
                    held += letter;
            }
            QVERIFY2(held == expected.at(column),
                     qPrintable(left + u" with "_s + right.at(column) + u": "_s + held));
        }
    }

    void expressionsMeanWhatTheySay_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("expected");
        const auto row = [](const char *text, bool expected) {
            QTest::newRow(text) << QString::fromLatin1(text) << expected;
        };
        row("1==1", true);
        row("1 == 2", false);
        row("n = 5", true);
        row("n == 5.0", true);
        row("-5 < n", true);
        row("'b' == s", true);
        row("\"it's\" == \"it's\"", true);
        row("yes", true);
        row("no", false);
        row("absent", false);
        row("t", false);
        row("yes and no", false);
        row("yes OR no AND no", true);
        row("(yes OR no) AND no", false);
        row("no AND yes OR yes", true);
        row("no AND (yes OR yes)", false);
        row("((((n == 5))))", true);
        row("s in ['a', 'b']", true);
        row("s not in ['a', 'b']", false);
        row("s NOT IN []", true);
        row("s IN [t, s]", true);
        row("s IN [['b']]", false);
        row("nested HAS 'b'", false);
        row("object.deep.list[0].x == 7", true);
        row("object.deep.list[1].x == null", true);
        row("object.deep.list[0].x != null", true);
        row("object.deep.list != null", true);
        row("in.and == 1", false); // a keyword cannot begin a reference, see errors
        row("absent.deeper[3].still == null", true);
        row("n == TRUE", false);
        row("yes == True", true);
        row("nothing == NULL", true);
        row("t CONTAINS 'bc'", true);
        row("t CONTAINS 'BC'", false);
        row("n CONTAINS '5'", false);
        row("customer_id == 'c'", true);
        row("object.in == null", true);
        row("\n  n ==\t5 ", true);
    }
    void expressionsMeanWhatTheySay()
    {
        QFETCH(QString, text);
        QFETCH(bool, expected);
        if (text.startsWith(u"in."))
            QVERIFY(!Expression::parse(text));
        else
            QCOMPARE(holds(text), expected);
    }

    void mistakesAreNamedWithTheirColumn_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("where");
        const auto row = [](const char *text, const char *where) {
            QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(where);
        };
        row("", "line 1, column 1");
        row("   ", "line 1, column 4");
        row("a ==", "line 1, column 5");
        row("== 1", "line 1, column 1");
        row("a == 1 AND", "line 1, column 11");
        row("a == 1 b", "line 1, column 8");
        row("a ==\n  == 1", "line 2, column 3");
        row("(a == 1", "line 1, column 8");
        row("a == 1)", "line 1, column 7");
        row("a == 'x", "line 1, column 6");
        row("first-name == 'x'", "line 1, column 6");
        row("a == 1x", "line 1, column 6");
        row("a == 1.2.3", "line 1, column 6");
        row("a NOT b", "line 1, column 7");
        row("NOT a", "line 1, column 1");
        row("a IN [1, 2", "line 1, column 11");
        row("a IN [1 2]", "line 1, column 9");
        row("a IN [,]", "line 1, column 7");
        row("a.", "line 1, column 3");
        row("a[x]", "line 1, column 3");
        row("a[-1]", "line 1, column 3");
        row("a[1.5]", "line 1, column 3");
        row("1", "line 1, column 2");
        row("a; b", "line 1, column 2");
        row("a & b", "line 1, column 3");
        row("()", "line 1, column 2");
    }
    void mistakesAreNamedWithTheirColumn()
    {
        QFETCH(QString, text);
        QFETCH(QString, where);
        const Result<Done> good = validateExpression(text);
        QVERIFY(!good);
        QCOMPARE(good.error().code, Error::Code::Invalid);
        QVERIFY2(good.error().detail.startsWith(where + u':'), qPrintable(good.error().detail));
    }

    void nestingIsBounded()
    {
        const auto nested = [](int depth) {
            return QString(depth, u'(') + u"1==1"_s + QString(depth, u')');
        };
        QVERIFY(holds(nested(64)));
        QVERIFY(!Expression::parse(nested(65)));
        QVERIFY(!Expression::parse(QString(8000, u'(')));
        const QString lists = u"1 IN "_s + QString(70, u'[') + QString(70, u']');
        QVERIFY(!Expression::parse(lists));
    }

    void lengthIsBounded()
    {
        const QString longest = u"t == '"_s + QString(8192 - 7, u'x') + u"'"_s;
        QVERIFY(Expression::parse(longest));
        const Result<Expression> tooLong = Expression::parse(longest + u' ');
        QVERIFY(!tooLong);
        QCOMPARE(tooLong.error().code, Error::Code::TooLarge);
        QVERIFY(!Expression::parse(u"t == '"_s + QString(5000, u'é') + u"'"_s));
    }

    void manyConditionsAreFine()
    {
        QString text = u"n == 5"_s;
        for (int i = 0; i < 500; ++i)
            text += i % 2 ? u" AND n == 5"_s : u" OR n==5"_s;
        QVERIFY(holds(text));
    }
};

QTEST_APPLESS_MAIN(tst_Expression)
#include "tst_expression.moc"
