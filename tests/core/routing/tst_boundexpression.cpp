// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/boundexpression.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

#include <random>

using namespace peerdesk;
using namespace peerdesk::routing;
using namespace Qt::StringLiterals;

/// A bound expression is true exactly where the expression itself is.
class tst_BoundExpression : public QObject
{
    Q_OBJECT

private slots:
    void valuesCompareAlikeInBothForms()
    {
        const QList<QJsonValue> values{QJsonValue(),
                                       true,
                                       false,
                                       0,
                                       1.5,
                                       -3,
                                       u""_s,
                                       u"a"_s,
                                       u"ab"_s,
                                       u"1"_s,
                                       QJsonArray{},
                                       QJsonArray{u"a"_s, 1, QJsonValue(), true},
                                       QJsonArray{QJsonArray{u"a"_s}},
                                       QJsonObject{{u"a"_s, 1}}};
        Symbols symbols;
        for (const QJsonValue &left : values) {
            for (const QJsonValue &right : values) {
                for (int i = 0; i <= int(Comparator::NotIn); ++i) {
                    const auto comparator = Comparator(i);
                    for (const bool intern : {true, false}) {
                        QCOMPARE(compare(cellOf(left, symbols, intern), comparator,
                                         cellOf(right, symbols, true)),
                                 compare(left, comparator, right));
                    }
                }
            }
        }
    }

    void randomExpressionsHoldAlikeInBothForms()
    {
        const quint32 seed = qEnvironmentVariableIsSet("PEERDESK_SEED")
                                 ? qEnvironmentVariable("PEERDESK_SEED").toUInt()
                                 : std::random_device{}();
        qInfo("seed %u", seed);
        m_random.seed(seed);
        for (int i = 0; i < 3'000; ++i) {
            const QString text = some(3);
            const Result<Expression> expression = Expression::parse(text);
            QVERIFY2(expression, qPrintable(text));
            const QJsonObject object{{u"a"_s, value()}, {u"b"_s, value()}, {u"c"_s, value()}};
            Symbols symbols;
            Row row;
            const BoundExpression bound(
                *expression,
                [&](const Reference &reference) -> BoundExpression::Place {
                    row.push_back(cellOf(follow(object, reference), symbols, one(2)));
                    return {BoundExpression::Place::Source::First, int(row.size()) - 1};
                },
                symbols);
            const bool holds = expression->evaluate(
                [&](const Reference &reference) { return follow(object, reference); });
            QVERIFY2(bound.evaluate(row, {}) == holds, qPrintable(text));
        }
    }

    void whatWasNeverBoundIsFalse() { QVERIFY(!BoundExpression().evaluate({}, {})); }

private:
    bool one(int in) { return m_random() % uint(in) == 0; }
    QJsonValue value()
    {
        switch (m_random() % 6) {
        case 0:
            return {};
        case 1:
            return one(2);
        case 2:
            return int(m_random() % 4);
        case 3:
            return QJsonArray{int(m_random() % 4), u"x"_s, value()};
        case 4:
            return u"x"_s;
        default:
            return u"y%1"_s.arg(m_random() % 3);
        }
    }
    QString term()
    {
        static const QStringList terms{u"a"_s,          u"b"_s,      u"c"_s,  u"a[0]"_s,
                                       u"'x'"_s,        u"'y1'"_s,   u"1"_s,  u"2.5"_s,
                                       u"null"_s,       u"true"_s,   u"[]"_s, u"[1,'x',b]"_s,
                                       u"['x','y1']"_s, u"missing"_s};
        return terms.at(int(m_random() % uint(terms.size())));
    }
    QString some(int depth)
    {
        static const QStringList operators{u"=="_s, u"!="_s,  u"<"_s,        u"<="_s, u">"_s,
                                           u">="_s, u"HAS"_s, u"CONTAINS"_s, u"IN"_s, u"NOT IN"_s};
        if (depth == 0 || one(3))
            return u"%1 %2 %3"_s.arg(term(), operators.at(int(m_random() % uint(operators.size()))),
                                     term());
        const QString left = some(depth - 1);
        return one(3) ? u"(%1)"_s.arg(left)
                      : u"%1 %2 %3"_s.arg(left, one(2) ? u"AND"_s : u"OR"_s, some(depth - 1));
    }

    std::mt19937 m_random;
};

QTEST_APPLESS_MAIN(tst_BoundExpression)
#include "tst_boundexpression.moc"
