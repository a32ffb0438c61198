// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/lives.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::cluster;
using namespace Qt::StringLiterals;

/// Which lives of a member are taken for it.
class TestLives : public QObject
{
    Q_OBJECT

private:
    static Hello hello(const QByteArray &life, quint64 startedWith)
    {
        Hello said;
        said.node = u"a"_s;
        said.life = life;
        said.startedWith = startedWith;
        return said;
    }

private Q_SLOTS:
    void oneAfterTheOtherIsARestart()
    {
        Lives lives;
        QCOMPARE(lives.meet(hello("first", 10), {}), Refusal::None);
        lives.acknowledged(u"a"_s, 50);
        QCOMPARE(lives.meet(hello("first", 10), {}), Refusal::None); // another link of it
        QCOMPARE(lives.meet(hello("second", 50), {}), Refusal::None);
        QCOMPARE(lives.meet(hello("third", 70), {}), Refusal::None);
    }
    void whoComesAgainBesideItsSuccessorRunsTwice()
    {
        Lives lives;
        QCOMPARE(lives.meet(hello("first", 10), {}), Refusal::None);
        QCOMPARE(lives.meet(hello("copy", 10), {"first"}), Refusal::None);
        QCOMPARE(lives.meet(hello("first", 10), {"copy"}), Refusal::Twin);
        QCOMPARE(lives.meet(hello("copy", 10), {"copy"}), Refusal::None);
        QCOMPARE(lives.meet(hello("first", 10), {}), Refusal::None); // the copy was closed
        QCOMPARE(lives.meet(hello("copy", 10), {"first"}), Refusal::Twin);
    }
    /// It must not end the life that is the member.
    void whoLacksWhatItAcknowledgedIsNotIt()
    {
        Lives lives;
        QCOMPARE(lives.meet(hello("first", 10), {}), Refusal::None);
        lives.acknowledged(u"a"_s, 50);
        lives.acknowledged(u"a"_s, 40);
        QCOMPARE(lives.meet(hello("backup", 49), {}), Refusal::Older);
        QCOMPARE(lives.meet(hello("first", 10), {}), Refusal::None);
    }
    /// Of a newcomer, and of one that was left behind and begins anew.
    void anEmptyLogOrAnotherOfficeLogIsNoLoss()
    {
        Lives lives;
        lives.acknowledged(u"a"_s, 50);
        QCOMPARE(lives.meet(hello("anew", 0), {}), Refusal::None);
        lives.forget();
        QCOMPARE(lives.meet(hello("other", 3), {}), Refusal::None);
    }
};

QTEST_GUILESS_MAIN(TestLives)
#include "tst_lives.moc"
