// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "smalloffice.h"

#include <QRegularExpression>
#include <QTemporaryDir>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace peerdesk::node::test;

/// Nobody is left waiting in silence: not behind a flood, not asleep, not without a person.
class TestNobodyWaits : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<World> m_world;
    std::unique_ptr<SmallOffice> m_office;

    SmallOffice &office() { return *m_office; }
    api::Ingest hello(int number)
    {
        InboundItem item = office().item(u"m%1"_s.arg(number), u"hello"_s);
        item.thread = u"thread%1"_s.arg(number);
        return {office().account(), {item}, {}, {}};
    }
    ConversationId conversationOf(int number)
    {
        const auto found =
            office().core().view().byThread(office().account(), u"thread%1"_s.arg(number));
        return found ? found->id : ConversationId{};
    }
    QTimer &timer() { return *office().core().findChild<QTimer *>(); }
    /// How long the office means to sleep.
    Milliseconds nap() { return Milliseconds(timer().interval()) - StillClock::Far; }
    void wake()
    {
        QVERIFY(QMetaObject::invokeMethod(&timer(), "timeout"));
        office().settle();
    }
    void snooze(int number, Time until)
    {
        QVERIFY(office().run("snooze" + QByteArray::number(number),
                             api::UpdateConversation{
                                 conversationOf(number), ConversationStatus::Pending, {}, until}));
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_world = std::make_unique<World>();
        m_world->folder = m_folder->path();
        m_office = std::make_unique<SmallOffice>(*m_world);
        office().found();
    }
    void cleanup() { m_office.reset(); }

    void peopleAreNeverBehindAChannel()
    {
        for (int i = 0; i < 100; ++i)
            (void)office().submit("flood" + QByteArray::number(i), hello(i));
        QCOMPARE(office().held().held(), Intake::MaxUnderWay); // the others wait their turn
        const auto click = office().submit("click", api::CreateTask{}, office().boss());
        QCOMPARE(office().held().held(), Intake::MaxUnderWay + 1);
        office().held().commit();
        office().apply();
        QCOMPARE(click->size(), size_t(1));
        QVERIFY(click->front());
        QVERIFY(conversationOf(99).isNull());
        office().settle();
        QTRY_VERIFY((office().settle(), !conversationOf(99).isNull()));
    }

    void theNextSnoozeIsWhenTheOfficeWakes()
    {
        QVERIFY(office().run("hello", hello(0)));
        snooze(0, *m_world->now + Milliseconds(5000));
        QCOMPARE(nap(), Milliseconds(5000));
    }
    void manySleepersWakeOneBatchAfterTheOther()
    {
        constexpr int Count = 100;
        for (int i = 0; i < Count; ++i) {
            QVERIFY(office().run("hello" + QByteArray::number(i), hello(i)));
            snooze(i, *m_world->now + Milliseconds(5000));
        }
        *m_world->now = *m_world->now + Milliseconds(5000);
        int batches = 0;
        do {
            wake();
            ++batches;
        } while (nap() < Milliseconds(100) && batches < Count);
        for (int i = 0; i < Count; ++i) {
            const auto awake = office().core().view().get<Conversation>(conversationOf(i));
            QCOMPARE(awake->status, ConversationStatus::Open);
            QVERIFY(!awake->snoozeUntil.isSet());
        }
        QVERIFY2(batches < 10, qPrintable(QString::number(batches)));
    }

    void ifNobodyCanBeGivenACustomerTheConversationSaysSo()
    {
        const WorkflowId standard = office().core().view().warm().office.defaultWorkflow;
        auto workflow = *office().core().view().get<Workflow>(standard);
        const QString queue = derivedId<QueueId>(named("found"), "everyone").toString();
        workflow.configuration = json::canonical(
            {{u"task_routing"_s,
              QJsonObject{{u"filters"_s,
                           QJsonArray{QJsonObject{
                               {u"filter_friendly_name"_s, u"Never"_s},
                               {u"expression"_s, u"1==2"_s},
                               {u"targets"_s, QJsonArray{QJsonObject{{u"queue"_s, queue}}}}}}}}}});
        QVERIFY(office().run("workflow", api::SaveWorkflow{workflow}));
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"^no task as the flow wants it"_s));
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"^nobody was given"_s));
        QVERIFY(office().run("hello", hello(0)));
        QVERIFY(office().core().view().warm().set.tasks.empty());
        const auto page = office().core().reader().messages(conversationOf(0), {500, {}});
        QVERIFY(page);
        QCOMPARE(page->items.size(), size_t(2));
        QCOMPARE(page->items.back().kind, MessageKind::System);
        QVERIFY(page->items.back().content.text.contains(u"no filter matches"_s));
    }
};

QTEST_GUILESS_MAIN(TestNobodyWaits)
#include "tst_nobodywaits.moc"
