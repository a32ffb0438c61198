// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/intake.h"

#include <QTest>

using namespace peerdesk::node;

/// Who is decided next, when more waits than can be decided at once.
class TestIntake : public QObject
{
    Q_OBJECT

private:
    Intake m_intake;
    QStringList m_done;
    const Intake::Source m_chat{QStringLiteral("{00000000-0000-0000-0000-000000000001}")};
    const Intake::Source m_mail{QStringLiteral("{00000000-0000-0000-0000-000000000002}")};
    const Intake::Source m_sms{QStringLiteral("{00000000-0000-0000-0000-000000000003}")};

    bool put(const Intake::Source &source, const QString &what, qsizetype bytes = 1,
             size_t items = 1)
    {
        return m_intake.put(source, bytes, items, [this, what] { m_done.append(what); });
    }
    QStringList allShared()
    {
        m_done.clear();
        while (const auto work = m_intake.takeShared())
            (*work)();
        return m_done;
    }

private Q_SLOTS:
    void init()
    {
        m_intake = {};
        m_done.clear();
    }

    void channelsTakeTurnsHoweverMuchOneBrings()
    {
        for (const char *what : {"c1", "c2", "c3"})
            put(m_chat, QString::fromLatin1(what));
        put(m_mail, QStringLiteral("m1"));
        put(m_sms, QStringLiteral("s1"));
        put(m_sms, QStringLiteral("s2"));
        QCOMPARE(allShared().join(QLatin1Char(' ')), QStringLiteral("c1 m1 s1 c2 s2 c3"));
        QVERIFY(!m_intake.hasShared());
    }
    void whoCameLaterIsNextAfterTheOneThatWasServed()
    {
        put(m_chat, QStringLiteral("c1"));
        put(m_chat, QStringLiteral("c2"));
        (*m_intake.takeShared())();
        put(m_mail, QStringLiteral("m1"));
        QCOMPARE(allShared().join(QLatin1Char(' ')), QStringLiteral("m1 c2"));
    }
    void oneSourceMayFillItsShareAndTheOthersGoOn()
    {
        const qsizetype half = Intake::MaxShareBytes / 2;
        QVERIFY(put(m_chat, QStringLiteral("a"), half));
        QVERIFY(put(m_chat, QStringLiteral("b"), half));
        QVERIFY(!put(m_chat, QStringLiteral("c"), 1));
        QVERIFY(put(m_mail, QStringLiteral("d"), 1));
        QCOMPARE(m_intake.bytes(), Intake::MaxShareBytes + 1);
        (*m_intake.takeShared())();
        QVERIFY(put(m_chat, QStringLiteral("e"), 1));
    }
    void noSourceHasMoreUnderWayThanItsShare()
    {
        for (size_t i = 0; i < Intake::MaxUnderWay; ++i)
            m_intake.began(m_chat, 1);
        put(m_chat, QStringLiteral("c"));
        put(m_mail, QStringLiteral("m"));
        QCOMPARE(allShared(), QStringList{QStringLiteral("m")});
        QVERIFY(m_intake.hasShared());
        m_intake.ended(m_chat, 1);
        QCOMPARE(allShared(), QStringList{QStringLiteral("c")});
    }
    void aShareIsCountedInItems()
    {
        m_intake.began(m_chat, Intake::MaxUnderWay - 2);
        put(m_chat, QStringLiteral("three"), 1, 3);
        put(m_chat, QStringLiteral("one"), 1, 1); // what came first goes first
        QCOMPARE(allShared(), QStringList());
        m_intake.ended(m_chat, 1);
        QCOMPARE(allShared().join(QLatin1Char(' ')), QStringLiteral("three one"));
    }
    void oneCommandAloneGoesHoweverManyItHas()
    {
        put(m_chat, QStringLiteral("many"), 1, Intake::MaxUnderWay * 10);
        QCOMPARE(allShared(), QStringList{QStringLiteral("many")});
    }
    void allTogetherAreBounded()
    {
        int taken = 0;
        for (uint i = 1; i <= 100; ++i)
            taken += put(Intake::Source(i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), QString(),
                         Intake::MaxShareBytes);
        QCOMPARE(qsizetype(taken), Intake::MaxBytes / Intake::MaxShareBytes);
    }
    void oneThatIsLargerThanTheShareIsTakenAlone()
    {
        QVERIFY(put(m_chat, QStringLiteral("huge"), Intake::MaxShareBytes * 2));
        QVERIFY(!put(m_chat, QStringLiteral("next"), 1));
        QCOMPARE(allShared(), QStringList{QStringLiteral("huge")});
        QCOMPARE(m_intake.bytes(), 0);
    }
    void drainingGivesEverythingOnce()
    {
        m_intake.began(m_chat, Intake::MaxUnderWay);
        put(m_mail, QStringLiteral("m"));
        put(m_chat, QStringLiteral("c"));
        for (const Intake::Work &work : m_intake.drain())
            work();
        QCOMPARE(m_done, (QStringList{QStringLiteral("c"), QStringLiteral("m")}));
        QCOMPARE(m_intake.bytes(), 0);
        QVERIFY(!m_intake.takeShared());
    }
};

QTEST_GUILESS_MAIN(TestIntake)

#include "tst_intake.moc"
