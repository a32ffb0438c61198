// SPDX-License-Identifier: GPL-3.0-or-later
#include "smalloffice.h"
#include "tests/support/processortime.h"

#include <QFile>
#include <QTemporaryDir>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace peerdesk::node::test;

/// The rules that keep a message from being lost or doubled, one step at a time.
class TestPromises : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<World> m_world;
    std::unique_ptr<SmallOffice> m_office;

    SmallOffice &office() { return *m_office; }
    Provider &provider() { return m_world->provider; }
    /// The process is gone at once; the log and the folder stay.
    void crash()
    {
        m_office.reset();
        provider().waiting.clear(); // after it: an answer, even a refusal, would be journalled
        m_office = std::make_unique<SmallOffice>(*m_world);
        office().openChannel();
        office().settle();
    }
    /// An answer that left, so that its effect is claimed and waits for the provider.
    MessageId sendingReply()
    {
        const MessageId reply = office().answerTheCustomer();
        office().openChannel();
        office().settle();
        return reply;
    }

    /// The provider has not answered for as long as the gate waits.
    void waitOut()
    {
        for (QTimer *timer : office().gate().findChildren<QTimer *>()) {
            if (timer->isSingleShot() && timer->isActive())
                QVERIFY(QMetaObject::invokeMethod(timer, "timeout"));
        }
        office().settle();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
    /// Whatever is to be tried again is due.
    void later()
    {
        *m_world->now = *m_world->now + std::chrono::hours(1);
        office().gate().pump();
        office().settle();
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

    /// From people and channels; the office's own commands finish what was begun.
    void withLittleRoomOnTheDiskNothingNewIsTaken()
    {
        const QString reason = u"The disk is nearly full"_s;
        office().core().setShortOfRoom(reason);
        QCOMPARE(office().core().trouble(), reason);
        const Decided task = office().run("task", api::CreateTask{}, office().boss());
        QVERIFY(!task);
        QCOMPARE(task.error().code, Error::Code::Storage);
        QCOMPARE(task.error().detail, reason);
        const api::Ingest hello{office().account(), {office().item(u"m1"_s, u"Hello"_s)}, {}, {}};
        QVERIFY(!office().run("hello", hello));
        QVERIFY(office().run("tick", api::TimeReached{office().core().now()}));
        office().core().setShortOfRoom({});
        QVERIFY(office().core().trouble().isEmpty());
        QVERIFY(office().run("hello", hello));
    }

    void theOfficesTimeNeverGoesBack_data()
    {
        QTest::addColumn<bool>("isRestarted");
        QTest::newRow("the clock is set back") << false;
        QTest::newRow("it was set back while the program was closed") << true;
    }
    void theOfficesTimeNeverGoesBack()
    {
        QFETCH(const bool, isRestarted);
        const auto say = [this](const QString &id) {
            return office().run(id.toLatin1(),
                                api::Ingest{office().account(), {office().item(id, id)}, {}, {}});
        };
        QVERIFY(say(u"first"_s));
        m_world->now->ms -= Milliseconds(std::chrono::hours(10)).count();
        if (isRestarted)
            crash();
        QVERIFY(say(u"second"_s));
        std::map<QString, Time> times;
        for (const Message &message : office().messages())
            times[message.content.text] = message.createdAt;
        QCOMPARE(times.size(), size_t(2));
        QVERIFY(times[u"second"_s] >= times[u"first"_s]);
    }

    void whatIsCommittedWhileAGroupIsWrittenIsTheNextGroup()
    {
        Applier applier(m_world->path(u"again.db"_s));
        std::vector<size_t> groups;
        QByteArray digest;
        connect(&applier, &Applier::applied, this,
                [&](const auto &applied, const auto &, const QByteArray &now) {
                    groups.push_back(applied->batches.size());
                    digest = now;
                });
        QVERIFY(store::OfficeStore::open(m_world->path(u"again.db"_s)));
        const Log &log = *m_world->log;
        QVERIFY(log.size() > 1);
        for (const store::LogEntry &entry : log)
            applier.add({entry});
        QVERIFY(groups.empty()); // soon, not at once
        QTRY_COMPARE(groups, std::vector<size_t>{log.size()});
        QCOMPARE(digest, office().digest());
    }

    // Rule 2: nothing uncommitted leaves.

    void nothingIsAnsweredBeforeItIsCommittedAndApplied()
    {
        const auto answers = office().submit("task", api::CreateTask{});
        QVERIFY(answers->empty());
        office().held().commit();
        QVERIFY(answers->empty()); // in the log, but no view shows it yet
        office().apply();
        QCOMPARE(answers->size(), size_t(1));
        QVERIFY(answers->front());
    }

    void aRepeatWaitsForTheSameCommitAndGetsTheSameAnswer()
    {
        const auto first = office().submit("task", api::CreateTask{});
        const auto again = office().submit("task", api::CreateTask{});
        QCOMPARE(office().held().held(), size_t(1));
        QVERIFY(again->empty());
        api::CreateTask other;
        other.priority = 9;
        const auto refused = office().submit("task", other);
        QCOMPARE(refused->size(), size_t(1));
        QCOMPARE(refused->front().error().code, Error::Code::Conflict);
        office().settle();
        QCOMPARE((*again->front()).subject, (*first->front()).subject);
        QCOMPARE((*office().run("task", api::CreateTask{})).subject, (*first->front()).subject);
        QCOMPARE(office().core().view().warm().set.tasks.size(), size_t(1));
    }

    void whatTheDiskRefusedIsSaidAndMayBeTriedAgain()
    {
        const auto lost = office().submit("task", api::CreateTask{});
        office().held().lose();
        QCOMPARE(lost->size(), size_t(1));
        QCOMPARE(lost->front().error().code, Error::Code::Storage);
        QVERIFY(!office().core().trouble().isEmpty());
        QVERIFY(office().core().view().warm().set.tasks.empty());
        QVERIFY(office().run("task", api::CreateTask{}));
        QCOMPARE(office().core().view().warm().set.tasks.size(), size_t(1));
        QVERIFY(office().core().trouble().isEmpty()); // it works again, and says so
    }

    void whatIsCommittedIsNeverSaidToBeLost()
    {
        const auto kept = office().submit("kept", api::CreateTask{});
        office().held().commit(); // not applied yet
        const auto lost = office().submit("lost", api::CreateTask{});
        office().held().lose();
        QCOMPARE(lost->size(), size_t(1));
        QCOMPARE(lost->front().error().code, Error::Code::Storage);
        QVERIFY(kept->empty());
        // No decision on a view that lacks what is committed (rule 1).
        const auto early = office().submit("early", api::CreateTask{});
        QCOMPARE(early->size(), size_t(1));
        QCOMPARE(early->front().error().code, Error::Code::NoMajority);
        office().apply();
        QCOMPARE(kept->size(), size_t(1));
        QVERIFY(kept->front());
        QVERIFY(office().run("early", api::CreateTask{}));
        QCOMPARE(office().core().view().warm().set.tasks.size(), size_t(2));
    }

    // Rule 4: apply never acts.

    void anActBeginsOnlyAfterItsClaimIsCommittedAndApplied()
    {
        office().answerTheCustomer();
        office().openChannel();
        QCOMPARE(office().held().held(), size_t(1)); // the claim
        QVERIFY(provider().sent.empty());
        office().held().commit();
        QVERIFY(provider().sent.empty());
        office().apply();
        QCOMPARE(provider().sent.size(), size_t(1));
    }

    void aReplayOfTheWholeLogSendsNothing()
    {
        const MessageId reply = sendingReply();
        provider().answer(channels::SendResult::Kind::Accepted);
        office().settle();
        QCOMPARE(office().stateOf(reply), MessageState::Sent);
        const QByteArray digest = office().digest();
        m_office.reset();
        const QStringList tables{u"office.db"_s, u"office.db-wal"_s, u"office.db-shm"_s};
        for (const QString &name : tables)
            QFile::remove(m_world->path(name));
        crash();
        QCOMPARE(office().digest(), digest);
        QCOMPARE(provider().sent.size(), size_t(1));
    }

    void whatOneConversationSendsGoesOutInOrderAndOneByOne()
    {
        sendingReply();
        for (const char *text : {"second", "third", "scheduled"}) {
            api::SendMessage next;
            next.conversation = office().conversation();
            next.content.text = QString::fromLatin1(text);
            if (qstrcmp(text, "scheduled") == 0)
                next.sendAt = *m_world->now + Seconds(60);
            QVERIFY(office().run(text, next, office().boss()));
        }
        QCOMPARE(provider().sent.size(), size_t(1));
        provider().answer(channels::SendResult::Kind::Later); // holds up those behind it
        office().settle();
        QCOMPARE(provider().sent.size(), size_t(1));
        later(); // what has a time of its own goes when that has come
        QStringList texts;
        for (int i = 0; i < 4; ++i) {
            provider().answer(channels::SendResult::Kind::Accepted);
            office().settle();
        }
        for (const channels::Outgoing &one : provider().sent)
            texts += one.message.content.text;
        texts.removeOne(u"scheduled"_s);
        const QStringList inOrder{u"Good day"_s, u"Good day"_s, u"second"_s, u"third"_s};
        QCOMPARE(texts, inOrder);
        QCOMPARE(provider().sent.size(), size_t(5));
        QVERIFY(office().core().view().warm().departures.ways().empty());
    }

    /// A date that is set wrong sends nothing early and dates nothing in years to come.
    void aClockThatIsSetWhileTheProgramRunsMovesNothing()
    {
        sendingReply();
        provider().answer(channels::SendResult::Kind::Accepted);
        office().settle();
        api::SendMessage tomorrow;
        tomorrow.conversation = office().conversation();
        tomorrow.content.text = u"tomorrow"_s;
        tomorrow.sendAt = *m_world->now + std::chrono::hours(24);
        QVERIFY(office().run("tomorrow", tomorrow, office().boss()));
        const Time before = office().core().now();
        for (const auto set : {std::chrono::hours(365 * 24), std::chrono::hours(-365 * 24)}) {
            *m_world->setAhead = set;
            QCOMPARE(office().core().watchClock(), Milliseconds(set));
            office().gate().pump();
            office().settle();
            QCOMPARE(office().core().now(), before);
            QCOMPARE(provider().sent.size(), size_t(1));
        }
        *m_world->setAhead = Seconds(30); // the network's correction
        QCOMPARE(office().core().watchClock(), Milliseconds(0));
        QCOMPARE(office().core().now(), before + Seconds(30));
        *m_world->setAhead = Milliseconds(0);
        *m_world->now = *m_world->now + std::chrono::hours(25); // and this has really passed
        (void)office().core().watchClock();
        office().gate().pump();
        office().settle();
        QCOMPARE(provider().sent.size(), size_t(2));
    }

    /// A clock that is behind what the office knows is wrong; that it is set right is not held off.
    void aClockThatWasWrongAtTheStartIsFollowedWhenItIsSet()
    {
        office().answerTheCustomer();
        *m_world->setAhead = std::chrono::hours(-20 * 365 * 24);
        crash();
        QVERIFY(office().core().now() >= *m_world->now);
        *m_world->setAhead = std::chrono::hours(5);
        QCOMPARE(office().core().watchClock(), Milliseconds(0));
        QCOMPARE(office().core().now(), *m_world->now + std::chrono::hours(5));
    }

    /// What waits costs nothing until it may start: the gate looks after every step of the office.
    void manyThatWaitDoNotHoldUpTheGate()
    {
        constexpr int Waiting = 5'000;
        constexpr int Looks = 2'000;
        office().answerTheCustomer();
        Departures &departures = const_cast<Departures &>(office().core().view().warm().departures);
        office().openChannel();
        office().settle();
        for (int i = 0; i < Waiting; ++i) {
            Effect effect;
            effect.id = named<EffectId>("effect " + QByteArray::number(i));
            effect.account = office().account();
            effect.position = quint64(1'000'000 + i);
            effect.conversation = i % 2 ? office().conversation() : ConversationId{};
            effect.attempts = 1;
            effect.retryAt = *m_world->now + std::chrono::hours(2);
            const_cast<Warm &>(office().core().view().warm()).effects[effect.id] = effect;
            departures.enter(effect);
        }
        const peerdesk::test::ProcessorTime spent;
        for (int i = 0; i < Looks; ++i)
            office().gate().pump();
        QVERIFY2(spent.milliseconds() < 2'000,
                 QByteArray::number(spent.milliseconds()).constData());
        QCOMPARE(provider().sent.size(), size_t(1));
    }

    void anActThatIsFencedOffDoesNotBegin()
    {
        const MessageId reply = office().answerTheCustomer();
        const NodeId other = named<NodeId>("another node");
        QVERIFY(office().run("appoint", api::Appoint{office().account(), other}));
        office().openChannel();
        office().settle();
        QVERIFY(provider().sent.empty());
        QCOMPARE(office().stateOf(reply), MessageState::Queued);
        const auto account = *office().core().view().get<ChannelAccount>(office().account());
        const EffectId effect = office().core().view().warm().effects.begin()->first;
        for (const auto &[node, fence] :
             {std::pair(m_world->node, account.fence), std::pair(other, account.fence - 1)}) {
            const Decided late = office().run("claim" + QByteArray::number(qulonglong(fence)),
                                              api::ClaimEffect{effect, node, fence});
            QVERIFY(!late);
            QCOMPARE(late.error().state, u"fenced"_s);
        }
    }

    // Rule 5: fences stop starts, never evidence.

    void theProvidersAnswerIsOnTheDiskBeforeItIsProposed()
    {
        const MessageId reply = sendingReply();
        provider().answer(channels::SendResult::Kind::Accepted);
        QCOMPARE(office().journalled().size(), size_t(1));
        QCOMPARE(office().stateOf(reply), MessageState::Sent); // decided, not committed
        crash();
        QCOMPARE(office().stateOf(reply), MessageState::Sent);
        QCOMPARE(provider().sent.size(), size_t(1));
        QVERIFY(office().journalled().empty());
    }

    void withoutAnAnswerItIsMaybeSentAndNeverSentAgain()
    {
        const MessageId reply = sendingReply();
        QCOMPARE(provider().sent.size(), size_t(1));
        crash();
        QCOMPARE(office().stateOf(reply), MessageState::Uncertain);
        crash();
        QCOMPARE(office().stateOf(reply), MessageState::Uncertain);
        QCOMPARE(provider().sent.size(), size_t(1));
    }

    void anUnclaimedSendIsSentOnceAfterACrash()
    {
        const MessageId reply = office().answerTheCustomer();
        office().openChannel(); // the claim is held and dies with the process
        crash();
        QCOMPARE(provider().sent.size(), size_t(1));
        provider().answer(channels::SendResult::Kind::Accepted);
        office().settle();
        QCOMPARE(office().stateOf(reply), MessageState::Sent);
    }

    void lateEvidenceIsTaken_data()
    {
        QTest::addColumn<EffectState>("first");
        QTest::addColumn<EffectState>("late");
        QTest::addColumn<MessageState>("shown");
        using enum EffectState;
        QTest::newRow("sent beats maybe") << Uncertain << Succeeded << MessageState::Sent;
        QTest::newRow("sent beats failed") << Failed << Succeeded << MessageState::Sent;
        QTest::newRow("failed ends maybe") << Uncertain << Failed << MessageState::Failed;
        QTest::newRow("maybe does not undo sent") << Succeeded << Uncertain << MessageState::Sent;
        QTest::newRow("failed does not undo sent") << Succeeded << Failed << MessageState::Sent;
        QTest::newRow("again does not undo sent") << Succeeded << Ready << MessageState::Sent;
        QTest::newRow("again does not undo maybe") << Uncertain << Ready << MessageState::Uncertain;
    }
    void lateEvidenceIsTaken()
    {
        QFETCH(EffectState, first);
        QFETCH(EffectState, late);
        QFETCH(MessageState, shown);
        const MessageId reply = sendingReply();
        EffectId effect;
        for (const auto &[id, held] : office().core().view().warm().effects)
            effect = id;
        QVERIFY(!effect.isNull());
        QVERIFY(office().run("first", api::ReportEffect{effect, first, {}, {}, {}, {}, 1}));
        // Another PC runs the channel by now: that stops starts, not evidence.
        QVERIFY(office().run("appoint",
                             api::Appoint{office().account(), named<NodeId>("another node")}));
        QVERIFY(office().run("late", api::ReportEffect{effect, late, {}, {}, {}, {}, 1}));
        QCOMPARE(office().stateOf(reply), shown);
        QCOMPARE(provider().sent.size(), size_t(1));
    }

    void anAnswerAfterTheWaitStillCounts()
    {
        const MessageId reply = sendingReply();
        waitOut();
        QCOMPARE(office().stateOf(reply), MessageState::Uncertain);
        provider().answer(channels::SendResult::Kind::Accepted);
        office().settle();
        QCOMPARE(office().stateOf(reply), MessageState::Sent);
        QCOMPARE(provider().sent.size(), size_t(1));
    }

    void aTryLaterOfAnEarlierAttemptChangesNothing()
    {
        const MessageId reply = sendingReply();
        provider().answer(channels::SendResult::Kind::Later);
        const std::vector<store::JournalItem> first = office().journalled();
        QCOMPARE(first.size(), size_t(1));
        office().settle();
        QCOMPARE(office().stateOf(reply), MessageState::Queued);
        later();
        QCOMPARE(provider().sent.size(), size_t(2));
        // Its removal from the journal was lost; the second attempt has no answer.
        QVERIFY((*store::LocalStore::open(m_world->path(u"local.db"_s)))->journal(first.front()));
        crash();
        QCOMPARE(office().stateOf(reply), MessageState::Uncertain);
        later();
        QCOMPARE(provider().sent.size(), size_t(2));
        QVERIFY(office().journalled().empty());
    }

    /// The router judges when it is due; the clock of the PC that sends may be hours off.
    void aTryLaterIsDatedByTheRoutersClock()
    {
        sendingReply();
        const Time claimed = office().core().routersTime();
        *m_world->setAhead = std::chrono::seconds(59); // a step that the PC follows
        QCOMPARE(office().core().now(), claimed + std::chrono::seconds(59));
        provider().answer(channels::SendResult::Kind::Later);
        QCOMPARE(office().journalled().size(), size_t(1));
        const auto said = codec::decode<api::ReportEffect>(office().journalled().front().report);
        QVERIFY(said);
        QVERIFY(said->retryAt > claimed);
        QVERIFY(said->retryAt < claimed + std::chrono::seconds(59));
    }

    void onlySentCountsFromAnEarlierAttempt_data()
    {
        QTest::addColumn<channels::SendResult::Kind>("late");
        QTest::addColumn<MessageState>("shown");
        using enum channels::SendResult::Kind;
        QTest::newRow("sent") << Accepted << MessageState::Sent;
        QTest::newRow("refused") << Refused << MessageState::Sending;
        QTest::newRow("later") << Later << MessageState::Sending;
        QTest::newRow("uncertain") << Uncertain << MessageState::Sending;
    }
    void onlySentCountsFromAnEarlierAttempt()
    {
        QFETCH(const channels::SendResult::Kind, late);
        QFETCH(const MessageState, shown);
        const MessageId reply = sendingReply();
        waitOut();
        QCOMPARE(office().stateOf(reply), MessageState::Uncertain);
        QVERIFY(office().run("again", api::RetryMessage{reply}, office().boss()));
        QCOMPARE(provider().sent.size(), size_t(2));
        QCOMPARE(provider().waiting.size(), size_t(2));
        provider().waiting.front().answer(channels::SendResult{late, u"first"_s, {}, Seconds(0)});
        office().settle();
        QCOMPARE(office().stateOf(reply), shown);
        provider().waiting.back().answer(
            channels::SendResult{channels::SendResult::Kind::Accepted, u"second"_s, {}, {}});
        office().settle();
        QCOMPARE(office().stateOf(reply), MessageState::Sent);
        later();
        QCOMPARE(provider().sent.size(), size_t(2));
    }

    void anAnswerThatWasNotTakenIsProposedAgain()
    {
        const MessageId reply = sendingReply();
        provider().answer(channels::SendResult::Kind::Accepted);
        office().held().lose(); // the disk was full
        QCOMPARE(office().stateOf(reply), MessageState::Sending);
        QVERIFY(office().run("room again", api::CreateTask{}));
        QCOMPARE(office().stateOf(reply), MessageState::Sent);
        QVERIFY(office().journalled().empty());
        // Nothing of the conversation is held up by it.
        api::SendMessage next;
        next.conversation = office().conversation();
        next.content.text = u"Anything else?"_s;
        QVERIFY(office().run("next", next, office().boss()));
        QCOMPARE(provider().sent.size(), size_t(2));
    }

    void anAnswerWaitsForTheOfficeToDecideAgain()
    {
        const MessageId reply = sendingReply();
        office().core().onApplyStalled({Error::Code::Storage, u"full"_s, u"disk-full"_s});
        provider().answer(channels::SendResult::Kind::Accepted); // refused at once, once
        QCOMPARE(office().held().held(), size_t(0));
        QVERIFY(!office().core().trouble().isEmpty());
        office().gate().pump();
        QCOMPARE(office().stateOf(reply), MessageState::Sending);
        crash(); // and it is in the journal still
        QCOMPARE(office().stateOf(reply), MessageState::Sent);
        QCOMPARE(provider().sent.size(), size_t(1));
    }

    // Rule 7: acknowledge after commit, attachments and cursor.

    void aCursorMovesOnlyFromWhereItStands()
    {
        const AccountId account = office().account();
        QVERIFY(
            office().run("one", api::Ingest{account, {office().item(u"m1"_s, u"a"_s)}, {}, "1"}));
        const Decided stale =
            office().run("two", api::Ingest{account, {office().item(u"m2"_s, u"b"_s)}, {}, "2"});
        QVERIFY(!stale);
        QCOMPARE(stale.error().state, u"cursor"_s);
        QCOMPARE(office().messages().size(), size_t(1));
        QCOMPARE(office().core().view().get<ChannelAccount>(account)->cursor, QByteArray("1"));
        QVERIFY(office().run("three",
                             api::Ingest{account, {office().item(u"m2"_s, u"b"_s)}, "1", "2"}));
        QCOMPARE(office().messages().size(), size_t(2));
    }

    void whatIsDeliveredTwiceIsThereOnce()
    {
        const AccountId account = office().account();
        const InboundItem item = office().item(u"m1"_s, u"a"_s);
        // In one page, while the first is in flight, and long after it.
        (void)office().submit("one", api::Ingest{account, {item, item}, {}, {}});
        (void)office().submit("two", api::Ingest{account, {item}, {}, {}});
        office().settle();
        crash();
        QVERIFY(office().run("three", api::Ingest{account, {item}, {}, {}}));
        QCOMPARE(office().messages().size(), size_t(1));
        QCOMPARE(office().core().view().warm().set.tasks.size(), size_t(1));
    }

    void attachmentsAreOnTheDiskBeforeTheMessageIsSubmitted()
    {
        office().openChannel();
        const QByteArray bytes("invoice");
        const QByteArray sha256 = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
        channels::InboundPage page;
        InboundItem item = office().item(u"m1"_s, u"see the file"_s);
        item.content.attachments.push_back({sha256, u"a.pdf"_s, {}, bytes.size(), {}, false});
        page.items = {item};
        page.attachments[sha256] = bytes;
        std::optional<Result<Done>> answer;
        const auto take = [&](const Result<Done> &result) { answer = result; };

        // A file stands where the folder should be: nothing can be stored.
        QFile blocker(m_world->path(u"attachments"_s));
        QVERIFY(blocker.open(QIODevice::WriteOnly));
        office().host().ingest(page, {this, take});
        QVERIFY(answer && !*answer);
        QCOMPARE(answer->error().code, Error::Code::Storage);
        QCOMPARE(office().held().held(), size_t(0));
        QVERIFY(blocker.remove());

        answer.reset();
        office().host().ingest(page, {this, take});
        QVERIFY(!answer); // not committed
        QVERIFY(office().attachments().has(sha256));
        office().settle();
        QVERIFY(answer && *answer);
        QCOMPARE(office().messages().size(), size_t(1));
    }

    /// A large file does not hold up the clicks of the office, nor does what comes after overtake
    /// it.
    void largeAttachmentsAreStoredBesideTheOffice()
    {
        office().openChannel();
        const QByteArray bytes(8'000'000, 'x');
        const QByteArray sha256 = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
        channels::InboundPage large;
        InboundItem item = office().item(u"m1"_s, u"first"_s);
        item.content.attachments.push_back({sha256, u"a.mov"_s, {}, bytes.size(), {}, false});
        large.items = {item};
        large.attachments[sha256] = bytes;
        channels::InboundPage small;
        small.items = {office().item(u"m2"_s, u"second"_s)};
        int answered = 0;
        const auto take = [&](const Result<Done> &result) { answered += result ? 1 : 100; };
        office().host().ingest(large, {this, take});
        office().host().ingest(small, {this, take});
        QCOMPARE(office().held().held(), size_t(0)); // neither is submitted before it is safe
        QVERIFY(office().run("meanwhile", api::CreateTask{}));
        QTRY_COMPARE(office().held().held(), size_t(2));
        QVERIFY(office().attachments().has(sha256));
        QCOMPARE(answered, 0);
        office().settle();
        QCOMPARE(answered, 2);
        QStringList texts;
        for (const Message &message : office().messages())
            texts += message.content.text;
        QCOMPARE(texts, (QStringList{u"first"_s, u"second"_s}));

        // What cannot be stored, or is not what it says, is not acknowledged.
        large.items = {office().item(u"m3"_s, u"third"_s)};
        large.attachments = {{QByteArray(32, 'h'), QByteArray(100'000, 'y')}};
        std::optional<Result<Done>> refused;
        office().host().ingest(large, {this, [&](const Result<Done> &r) { refused = r; }});
        QTRY_VERIFY(refused);
        QCOMPARE(refused->error().code, Error::Code::Invalid);
        QCOMPARE(office().held().held(), size_t(0));
    }
};

QTEST_GUILESS_MAIN(TestPromises)
#include "tst_promises.moc"
