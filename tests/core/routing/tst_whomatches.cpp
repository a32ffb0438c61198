// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/whomatches.h"

#include <QJsonArray>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::routing;
using namespace Qt::StringLiterals;

/// Column by column the same workers are found as one by one.
class tst_WhoMatches : public QObject
{
    Q_OBJECT

private slots:
    void theSameAreFoundAsOneByOne_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"skills HAS 'billing'",
                                 "language IN ['pl','en']",
                                 "language == 'de'",
                                 "tier >= 2",
                                 "tier > 2",
                                 "tier < 2",
                                 "tier <= 2",
                                 "language != 'de'",
                                 "tier == 2",
                                 "tier != null",
                                 "skills HAS 'nobody'",
                                 "language IN []",
                                 "language NOT IN ['pl']",
                                 "1==1",
                                 "1==2",
                                 "a.b[0] == 'x'",
                                 "'de' == language",
                                 "language CONTAINS 'e'",
                                 "vip",
                                 "skills HAS 'billing' AND language IN ['pl','en'] AND tier >= 2",
                                 "tier >= 3 OR (language == 'de' AND skills HAS 'sales')",
                                 "language < 'e'"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void theSameAreFoundAsOneByOne()
    {
        QFETCH(QString, text);
        const auto expression = Expression::parse(text);
        QVERIFY(expression);
        WhoMatches who;
        std::vector<int> expected;
        for (int i = 0; i < 300; ++i) {
            QJsonObject worker{
                {u"skills"_s, QJsonArray{i % 3 ? u"sales"_s : u"returns"_s,
                                         i % 2 ? u"billing"_s : u"support"_s}},
                {u"tier"_s, i % 5},
                {u"vip"_s, i % 7 == 0},
                {u"a"_s, QJsonObject{{u"b"_s, QJsonArray{i % 4 ? u"x"_s : u"y"_s}}}}};
            if (i % 5)
                worker.insert(u"language"_s, i % 2 ? u"de"_s : u"en"_s);
            if (i % 11 == 0)
                worker.insert(u"tier"_s, u"2"_s); // a text is no number
            who.add(worker);
            if (expression->evaluate(
                    [&](const Reference &reference) { return follow(worker, reference); }))
                expected.push_back(i);
        }
        QCOMPARE(who.matching(*expression), expected);
        QCOMPARE(who.matching(*expression), expected); // also from columns read before
    }

    void nobodyIsNobody()
    {
        WhoMatches who;
        QVERIFY(who.matching(*Expression::parse(u"1==1"_s)).empty());
    }
};

QTEST_APPLESS_MAIN(tst_WhoMatches)
#include "tst_whomatches.moc"
