// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/membership.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::cluster;
using namespace Qt::StringLiterals;

namespace {

Server server(const QString &node, ServerRole role)
{
    return {serverId(node), node, role};
}

/// "a:v b:s c:-": voter, standby, spare.
Configuration configured(const QString &text)
{
    Configuration out;
    for (const QString &word : text.split(u' ', Qt::SkipEmptyParts)) {
        const QChar role = word.back();
        out.push_back(server(word.chopped(2), role == u'v'   ? ServerRole::Voter
                                              : role == u's' ? ServerRole::Standby
                                                             : ServerRole::Spare));
    }
    return out;
}

QString shown(const Configuration &configuration)
{
    QStringList words;
    for (const Server &one : configuration)
        words += one.node + (one.role == ServerRole::Voter     ? u":v"_s
                             : one.role == ServerRole::Standby ? u":s"_s
                                                               : u":-"_s);
    return words.join(u' ');
}

std::set<QString> names(const QString &text)
{
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    return {words.begin(), words.end()};
}

} // namespace

class TestMembership : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void configurationsSurviveTheirBytes()
    {
        const Configuration three = configured(u"a:v b:s c:-"_s);
        QCOMPARE(*decodeConfiguration(*encode(three)), three);
        QVERIFY(!encode({server(u"a"_s, ServerRole::Voter), server(u"a"_s, ServerRole::Spare)}));
        QVERIFY(!decodeConfiguration({}));
        for (int size = 0; size < encode(three)->size(); ++size) {
            const auto part = decodeConfiguration(encode(three)->left(size));
            QVERIFY2(!part || *part == three, qPrintable(QString::number(size))); // padding
        }
    }

    void oneStepAtATimeTowardsTheRightVoters_data()
    {
        QTest::addColumn<QString>("now");
        QTest::addColumn<QString>("members");
        QTest::addColumn<QString>("reachable");
        QTest::addColumn<QString>("caughtUp");
        QTest::addColumn<QString>("silent");
        QTest::addColumn<QString>("removed");
        QTest::addColumn<QString>("leaving");
        QTest::addColumn<QString>("next"); ///< a configuration, "catch up X" or nothing
        QTest::addColumn<QString>("behind");
        const auto row = [](const char *name, QStringList columns) {
            QTestData &data = QTest::newRow(name);
            columns.resize(9);
            for (const QString &column : columns)
                data << column;
        };
        row("alone", {u"a:v"_s, u"a"_s, u"a"_s, {}, {}, {}, {}, {}});
        row("a newcomer is a spare", {u"a:v"_s, u"a b"_s, u"a"_s, {}, {}, {}, {}, u"a:v b:-"_s});
        row("it catches up when it can be reached",
            {u"a:v b:-"_s, u"a b"_s, u"a b"_s, {}, {}, {}, {}, u"catch up b"_s});
        row("not before", {u"a:v b:-"_s, u"a b"_s, u"a"_s, {}, {}, {}, {}, {}});
        row("then it holds a full copy",
            {u"a:v b:-"_s, u"a b"_s, u"a b"_s, u"b"_s, {}, {}, {}, u"a:v b:s"_s});
        row("two PCs have one voter", {u"a:v b:s"_s, u"a b"_s, u"a b"_s, {}, {}, {}, {}, {}});
        row("three have three, one by one",
            {u"a:v b:s c:s"_s, u"a b c"_s, u"a b c"_s, {}, {}, {}, {}, u"a:v b:v c:s"_s});
        row("and the third",
            {u"a:v b:v c:s"_s, u"a b c"_s, u"a b c"_s, {}, {}, {}, {}, u"a:v b:v c:v"_s});
        row("who cannot be reached does not vote",
            {u"a:v b:s c:s d:s"_s, u"a b c d"_s, u"a c d"_s, {}, {}, {}, {}, u"a:v b:s c:v d:s"_s});
        row("a fourth stands by",
            {u"a:v b:v c:v d:s"_s, u"a b c d"_s, u"a b c d"_s, {}, {}, {}, {}, {}});
        row("the replacement votes first", {u"a:v b:v c:v d:s"_s,
                                            u"a b c d"_s,
                                            u"a b d"_s,
                                            {},
                                            u"c"_s,
                                            {},
                                            {},
                                            u"a:v b:v c:v d:v"_s});
        row("then the silent one does not any more", {u"a:v b:v c:v d:v"_s,
                                                      u"a b c d"_s,
                                                      u"a b d"_s,
                                                      {},
                                                      u"c"_s,
                                                      {},
                                                      {},
                                                      u"a:v b:v c:s d:v"_s});
        row("without a replacement it stays",
            {u"a:v b:v c:v"_s, u"a b c"_s, u"a b"_s, {}, u"c"_s, {}, {}, {}});
        row("who was retired leaves",
            {u"a:v b:v c:v"_s, u"a b"_s, u"a b c"_s, {}, {}, u"c"_s, {}, u"a:v b:v"_s});
        row("a surplus voter, never the leader, stands by",
            {u"a:v b:v"_s, u"a b"_s, u"a b"_s, {}, {}, {}, {}, u"a:v b:s"_s});
        row("with one of three off in the morning one votes",
            {u"a:v b:s c:s"_s, u"a b c"_s, u"a c"_s, {}, {}, {}, {}, {}});
        row("a short absence takes nobody's vote", {u"a:v b:v c:v d:v e:v f:s g:s"_s,
                                                    u"a b c d e f g"_s,
                                                    u"a b c d e"_s,
                                                    {},
                                                    {},
                                                    {},
                                                    {},
                                                    {}});
        row("who leaves is replaced first", {u"a:v b:v c:v d:s"_s,
                                             u"a b c d"_s,
                                             u"a b c d"_s,
                                             {},
                                             {},
                                             {},
                                             u"c"_s,
                                             u"a:v b:v c:v d:v"_s});
        row("or stops to vote",
            {u"a:v b:v c:v"_s, u"a b c"_s, u"a b c"_s, {}, {}, {}, u"c"_s, u"a:v b:v c:s"_s});
        row("who leaves is no replacement", {u"a:v b:v c:v d:s"_s,
                                             u"a b c d"_s,
                                             u"a b c d"_s,
                                             {},
                                             {},
                                             {},
                                             u"c d"_s,
                                             u"a:v b:v c:s d:s"_s});
        row("of two that are left one votes",
            {u"a:v b:v c:s"_s, u"a b c"_s, u"a b"_s, {}, {}, {}, u"c"_s, u"a:v b:s c:s"_s});
        row("before the last but one leaves, the dead one's vote goes",
            {u"a:v b:v c:v"_s, u"a b c"_s, u"a b"_s, {}, {}, {}, u"b"_s, u"a:v b:v c:s"_s});
        row("then its own",
            {u"a:v b:v c:s"_s, u"a b c"_s, u"a b"_s, {}, {}, {}, u"b"_s, u"a:v b:s c:s"_s});
        row("nothing that could not be committed",
            {u"a:v b:v c:v d:v"_s, u"a b d"_s, u"a"_s, {}, {}, u"c"_s, {}, {}});
        row("seven have five", {u"a:v b:v c:v d:s e:s f:s g:s"_s,
                                u"a b c d e f g"_s,
                                u"a b c d e f g"_s,
                                {},
                                {},
                                {},
                                {},
                                u"a:v b:v c:v d:v e:s f:s g:s"_s});
        // Each would be in force before those who are behind could make it committed: until then
        // nothing is, and without the leader nobody leads.
        row("who is behind does not begin to vote", {u"a:v b:s c:s d:s"_s,
                                                     u"a b c d"_s,
                                                     u"a b c d"_s,
                                                     {},
                                                     {},
                                                     {},
                                                     {},
                                                     u"a:v b:s c:v d:s"_s,
                                                     u"b"_s});
        row("not even in the place of a silent one",
            {u"a:v b:v c:v d:s"_s, u"a b c d"_s, u"a b d"_s, {}, u"c"_s, {}, {}, {}, u"d"_s});
        row("nobody's vote goes while the rest waits for who is behind",
            {u"a:v b:v c:v"_s, u"a b c"_s, u"a b c"_s, {}, {}, {}, u"c"_s, {}, u"b"_s});
        row("of two too many who is behind stops to vote", {u"a:v b:v c:v d:v"_s,
                                                            u"a b c d"_s,
                                                            u"a b c d"_s,
                                                            {},
                                                            {},
                                                            {},
                                                            {},
                                                            u"a:v b:v c:s d:v"_s,
                                                            u"c"_s});
    }
    void oneStepAtATimeTowardsTheRightVoters()
    {
        QFETCH(QString, now);
        QFETCH(QString, members);
        QFETCH(QString, reachable);
        QFETCH(QString, caughtUp);
        QFETCH(QString, silent);
        QFETCH(QString, removed);
        QFETCH(QString, leaving);
        QFETCH(QString, next);
        QFETCH(QString, behind);
        const Step step = nextStep({u"a"_s,
                                    configured(now),
                                    names(members),
                                    names(removed),
                                    names(reachable),
                                    names(silent),
                                    {},
                                    names(caughtUp),
                                    names(leaving),
                                    names(behind)});
        const QString said = step.kind == Step::Kind::Nothing   ? QString()
                             : step.kind == Step::Kind::CatchUp ? u"catch up "_s + step.node
                                                                : shown(step.configuration);
        QCOMPARE(said, next);
    }
};

QTEST_GUILESS_MAIN(TestMembership)
#include "tst_membership.moc"
