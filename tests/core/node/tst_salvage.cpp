// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/node/salvager.h"
#include "tests/core/node/smalloffice.h"

#include <QSignalSpy>
#include <QTemporaryDir>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace peerdesk::node::test;

/// Two PCs of one office whose logs part: what the one that was left behind has comes back to the
/// other.
class TestSalvage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folders = std::make_unique<QTemporaryDir>();
        for (World *world : {&m_left, &m_right}) {
            *world = World{};
            world->folder = m_folders->filePath(world == &m_left ? u"left"_s : u"right"_s);
            QVERIFY(QDir().mkpath(world->folder));
        }
        m_right.node = derivedId<NodeId>(NodeId{}, "the other node");
    }

    void whatOnlyTheOldOneHadComesBackOnceAndNoFlowAnswersIt()
    {
        SmallOffice left(m_left);
        left.found();
        (void)left.run("m1", api::Ingest{left.account(), {left.item(u"m1"_s, u"Hello"_s)}, {}, {}});
        const quint64 parted = part();
        (void)left.run("m2", api::Ingest{left.account(), {left.item(u"m2"_s, u"Alone"_s)}, {}, {}});
        api::SendMessage note;
        note.conversation = left.conversation();
        note.content.text = u"a note"_s;
        note.kind = MessageKind::Note;
        QVERIFY(left.run("note", note, left.boss()));
        SmallOffice right(m_right);
        const size_t effects = right.core().view().warm().effects.size();
        QCOMPARE(salvage(right, parted), std::pair(2, 0));
        QCOMPARE(texts(right), QStringList({u"Hello"_s, u"Alone"_s, u"a note"_s}));
        QCOMPARE(right.core().view().warm().effects.size(), effects);
        QCOMPARE(salvage(right, parted), std::pair(0, 0)); // known by its command
        QCOMPARE(texts(right).size(), 3);
        // The provider delivers it again to the new owner: it is known.
        (void)right.run("again",
                        api::Ingest{right.account(), {right.item(u"m2"_s, u"Alone"_s)}, {}, {}});
        QCOMPARE(texts(right).size(), 3);
    }

    void aCustomerOfTheOldOneComesWithTheConversation()
    {
        SmallOffice left(m_left);
        left.found();
        const quint64 parted = part();
        (void)left.run("m1", api::Ingest{left.account(), {left.item(u"m1"_s, u"Hello"_s)}, {}, {}});
        SmallOffice right(m_right);
        QCOMPARE(salvage(right, parted).first, 1);
        const auto conversation = right.core().view().get<Conversation>(right.conversation());
        QVERIFY(conversation);
        QVERIFY(right.core().view().get<Customer>(conversation->customer));
        QVERIFY(right.core().view().get<Address>(conversation->address));
        QVERIFY(!conversation->task.isNull()); // who wrote last is waited for
    }

    void aReplyThatWasNotSentIsHeldForAPerson()
    {
        SmallOffice left(m_left);
        left.found();
        const quint64 parted = part();
        const MessageId reply = left.answerTheCustomer();
        QCOMPARE(left.stateOf(reply), MessageState::Queued);
        SmallOffice right(m_right);
        QCOMPARE(salvage(right, parted).second, 1);
        QCOMPARE(right.stateOf(reply), MessageState::Failed);
        QVERIFY(right.run("appoint", api::Appoint{right.account(), m_right.node}));
        right.openChannel();
        right.settle();
        QCOMPARE(m_right.provider.sent.size(), size_t(0)); // nothing leaves by itself
        QVERIFY(right.run("retry", api::RetryMessage{reply}, right.boss()));
        right.settle();
        QCOMPARE(m_right.provider.sent.size(), size_t(1));
    }

    /// A change, a deletion or a reaction that was under way waits for a person like a reply: it is
    /// not done by itself, and not dropped.
    void whatWasToBeDoneToAMessageIsHeldForAPerson_data()
    {
        QTest::addColumn<int>("action");
        QTest::addColumn<bool>("isClaimed");
        for (const MessageAction action :
             {MessageAction::Edit, MessageAction::Delete, MessageAction::React}) {
            const QByteArray name = enumName(action).toUtf8();
            QTest::newRow(name + ", waiting") << int(action) << false;
            QTest::newRow(name + ", begun") << int(action) << true;
        }
    }
    void whatWasToBeDoneToAMessageIsHeldForAPerson()
    {
        QFETCH(int, action);
        QFETCH(bool, isClaimed);
        SmallOffice left(m_left);
        left.rules.ownActions = {MessageAction::Edit, MessageAction::Delete, MessageAction::React};
        left.found();
        const MessageId reply = left.answerTheCustomer();
        const quint64 fence = left.core().view().get<ChannelAccount>(left.account())->fence;
        const auto effectOf = [](MessageId id) { return derivedId<EffectId>(id, "send"); };
        QVERIFY(left.run("claim", api::ClaimEffect{effectOf(reply), m_left.node, fence}));
        QVERIFY(left.run(
            "sent",
            api::ReportEffect{effectOf(reply), EffectState::Succeeded, u"p1"_s, {}, {}, {}, 1}));
        const quint64 parted = part();
        api::SendMessage act;
        act.conversation = left.conversation();
        act.replyTo = reply;
        act.action = MessageAction(action);
        act.content.text = u"👍"_s;
        const Decided asked = left.run("act", act, left.boss());
        QVERIFY2(asked, asked ? "" : qPrintable(asked.error().detail));
        const auto id = asked->as<MessageId>();
        if (isClaimed)
            QVERIFY(left.run("begun", api::ClaimEffect{effectOf(id), m_left.node, fence}));
        SmallOffice right(m_right);
        right.rules.ownActions = left.rules.ownActions;
        const Message before = *right.core().view().get<Message>(reply);
        QCOMPARE(salvage(right, parted), std::pair(1, 1));
        QCOMPARE(right.stateOf(id), isClaimed ? MessageState::Uncertain : MessageState::Failed);
        const auto held = right.core().view().get<Message>(id);
        QCOMPARE(held->replyTo, reply);
        QCOMPARE(json::object(held->headers)[u"action"_s].toString(),
                 enumName(MessageAction(action)));
        QCOMPARE(*right.core().view().get<Message>(reply), before); // not before it is done
        QVERIFY(right.run("appoint", api::Appoint{right.account(), m_right.node}));
        right.openChannel();
        right.settle();
        QCOMPARE(m_right.provider.sent.size(), size_t(0)); // nothing leaves by itself
        QVERIFY(right.run("retry", api::RetryMessage{id}, right.boss()));
        right.settle();
        QCOMPARE(m_right.provider.sent.size(), size_t(1));
        QCOMPARE(m_right.provider.sent.front().answered->id, reply);
        m_right.provider.answer(channels::SendResult::Kind::Accepted);
        right.settle();
        const Message after = *right.core().view().get<Message>(reply);
        QCOMPARE(after.deletedAt.isSet(), action == int(MessageAction::Delete));
        QCOMPARE(after.editedAt.isSet(), action == int(MessageAction::Edit));
        QCOMPARE(after.reactions.contains(OfficeReacts), action == int(MessageAction::React));
    }
    /// What was done there is done here too, and not once more.
    void whatWasDoneToAMessageIsNotDoneAgain()
    {
        SmallOffice left(m_left);
        left.rules.ownActions = {MessageAction::Edit};
        left.found();
        const MessageId reply = left.answerTheCustomer();
        const quint64 fence = left.core().view().get<ChannelAccount>(left.account())->fence;
        const auto done = [&](const QByteArray &name, MessageId id) {
            const auto effect = derivedId<EffectId>(id, "send");
            return left.run("claim " + name, api::ClaimEffect{effect, m_left.node, fence}) &&
                   left.run(
                       "sent " + name,
                       api::ReportEffect{effect, EffectState::Succeeded, u"p1"_s, {}, {}, {}, 1});
        };
        QVERIFY(done("reply", reply));
        const quint64 parted = part();
        api::SendMessage act;
        act.conversation = left.conversation();
        act.replyTo = reply;
        act.action = MessageAction::Edit;
        act.content.text = u"better"_s;
        const Decided asked = left.run("act", act, left.boss());
        QVERIFY(asked);
        QVERIFY(done("edit", asked->as<MessageId>()));
        SmallOffice right(m_right);
        QCOMPARE(salvage(right, parted).second, 0);
        QCOMPARE(right.core().view().get<Message>(reply)->content.text, u"better"_s);
        QCOMPARE(right.stateOf(asked->as<MessageId>()), MessageState::Sent);
        QVERIFY(right.run("appoint", api::Appoint{right.account(), m_right.node}));
        right.openChannel();
        right.settle();
        QCOMPARE(m_right.provider.sent.size(), size_t(0));
    }

    void theFurthestStateWins()
    {
        SmallOffice left(m_left);
        left.found();
        const MessageId reply = left.answerTheCustomer();
        const quint64 parted = part();
        const EffectId effect = derivedId<EffectId>(reply, "send");
        const quint64 fence = left.core().view().get<ChannelAccount>(left.account())->fence;
        QVERIFY(left.run("claim", api::ClaimEffect{effect, m_left.node, fence}));
        QVERIFY(left.run(
            "sent", api::ReportEffect{effect, EffectState::Succeeded, u"p1"_s, {}, {}, {}, 1}));
        SmallOffice right(m_right);
        QVERIFY(right.run("taken", api::NoteTakeover{m_right.node, 2, parted}));
        QCOMPARE(right.stateOf(reply), MessageState::Uncertain); // the other one may have sent it
        right.settle();
        (void)salvage(right, parted);
        QCOMPARE(right.stateOf(reply), MessageState::Sent);
    }

    void whatBothChangedIsShownAndNothingIsLost()
    {
        SmallOffice left(m_left);
        left.found();
        (void)left.run("m1", api::Ingest{left.account(), {left.item(u"m1"_s, u"Hello"_s)}, {}, {}});
        const quint64 parted = part();
        rename(left, u"Anna of the left"_s);
        SmallOffice right(m_right);
        rename(right, u"Anna of the right"_s);
        QCOMPARE(salvage(right, parted), std::pair(1, 1));
        QCOMPARE(customer(right).name, u"Anna of the right"_s);
        QVERIFY2(customer(right).notes.contains(u"Anna of the left"_s),
                 qPrintable(customer(right).notes));
    }

    void whatOnlyTheOldOneChangedIsTaken()
    {
        SmallOffice left(m_left);
        left.found();
        (void)left.run("m1", api::Ingest{left.account(), {left.item(u"m1"_s, u"Hello"_s)}, {}, {}});
        const quint64 parted = part();
        rename(left, u"Anna of the left"_s);
        SmallOffice right(m_right);
        QCOMPARE(salvage(right, parted), std::pair(1, 0));
        QCOMPARE(customer(right).name, u"Anna of the left"_s);
    }

    void theFolderIsSetAsideAsItWas()
    {
        const QString path = m_folders->filePath(u"office"_s);
        const auto folder = store::DataFolder::open(path);
        QVERIFY(folder);
        {
            QVERIFY(store::OfficeStore::open((*folder)->office()));
            QFile raft((*folder)->raft());
            QVERIFY(raft.open(QIODevice::WriteOnly) && raft.write("log", 3) == 3);
        }
        cluster::Takeover takeover;
        takeover.generation = 3;
        takeover.index = 7;
        QVERIFY(noteSuperseded(path, codec::encode(takeover)));
        QVERIFY(setSupersededAside(**folder));
        QVERIFY(!QFile::exists(supersededNote(path)));
        QVERIFY(!QFile::exists((*folder)->raft()) && !QFile::exists((*folder)->office()));
        QVERIFY(QFile::exists(path + u"/superseded-3/office.db"_s));
        QVERIFY(QFile::exists(path + u"/superseded-3/raft.db"_s));
        const auto local = store::LocalStore::open((*folder)->local());
        const auto note = salvageNoteIn(**local);
        QVERIFY(note && *note);
        QCOMPARE((*note)->after, quint64(7));
        QVERIFY(setSupersededAside(**folder)); // nothing to do is no error
        QVERIFY(endSalvage(**local));
        QVERIFY(!*salvageNoteIn(**local));
    }

private:
    /// From here on the right one goes on alone, with what there is now.
    quint64 part()
    {
        *m_right.log = *m_left.log;
        return m_left.log->size();
    }
    /// How much came back, and how much waits for a person.
    std::pair<int, int> salvage(SmallOffice &right, quint64 parted)
    {
        Salvager salvager(right.core(), {m_left.path(u"office.db"_s), parted, 2}, u"Left PC"_s);
        QSignalSpy finished(&salvager, &Salvager::finished);
        QSignalSpy failed(&salvager, &Salvager::failed);
        salvager.run();
        const auto isOver = [&] {
            right.settle();
            return !finished.isEmpty() || !failed.isEmpty();
        };
        [&] { QTRY_VERIFY(isOver()); }();
        if (finished.isEmpty())
            return {-1, -1};
        return {finished[0][0].toInt(), finished[0][1].toInt()};
    }
    static QStringList texts(const SmallOffice &office)
    {
        QStringList out;
        for (const Message &message : office.messages()) {
            if (message.kind != MessageKind::System)
                out += message.content.text;
        }
        return out;
    }
    static Customer customer(SmallOffice &office)
    {
        const auto conversation = office.core().view().get<Conversation>(office.conversation());
        return office.core().view().get<Customer>(conversation->customer).value_or(Customer{});
    }
    static void rename(SmallOffice &office, const QString &name)
    {
        api::SaveCustomer save;
        save.customer = customer(office).id;
        save.name = name;
        QVERIFY(office.run(name.toUtf8(), save, office.boss()));
    }

    std::unique_ptr<QTemporaryDir> m_folders;
    World m_left;
    World m_right;
};

QTEST_GUILESS_MAIN(TestSalvage)
#include "tst_salvage.moc"
