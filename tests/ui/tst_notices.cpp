// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/stage.h"
#include "ui/shell/notifier.h"

#include <QApplication>
#include <QComboBox>
#include <QMenu>
#include <QMessageBox>
#include <QSignalSpy>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

/// Offers, notices, closing, and lists of several conversations.
class TestNotices : public WindowTest
{
    Q_OBJECT

    std::unique_ptr<QWidget> m_other; ///< a window of another program, so to speak

    void goBehind(Stage &stage)
    {
        m_other = std::make_unique<QWidget>();
        m_other->show();
        m_other->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_other.get(), 2000));
        QVERIFY(!stage.window->isActiveWindow());
    }
    /// The last word is ours.
    void answerAiko(Stage &stage)
    {
        Message reply;
        reply.kind = MessageKind::Reply;
        reply.authorKind = AuthorKind::Agent;
        reply.content.text = u"It is on its way."_s;
        stage.desk.add(stage.office.aiko(), reply);
    }
    void openSheet(Stage &stage)
    {
        stage.openAiko();
        stage.window->conversation().header().mainButton().click();
    }
    Conversation aiko(Stage &stage) { return stage.desk.conversationsById[stage.office.aiko()]; }
    QString plain(QString words) const
    {
        return words.remove(QChar(0x2068)).remove(QChar(0x2069)).trimmed();
    }
    void write(Stage &stage, ConversationId id, MessageKind kind, const QString &text)
    {
        Message message;
        message.kind = kind;
        message.content.text = text;
        if (kind == MessageKind::Note) {
            message.authorKind = AuthorKind::Agent;
            message.author = stage.desk.agentList[1].id;
        }
        const MessageId added = stage.desk.add(id, message).id;
        api::Changes changes;
        changes.messages = {added};
        changes.conversations = {id};
        Q_EMIT stage.desk.changed(changes);
    }
    void end(Stage &stage, ReservationStatus status)
    {
        stage.desk.offers.front().reservation.status = status;
        stage.desk.touch(stage.desk.offers.front().reservation.id);
        stage.settle();
    }

private Q_SLOTS:
    void cleanup() { m_other.reset(); }

    void anOfferIsToldBehindOtherWindowsAndTakesNoFocus()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        goBehind(stage);
        stage.offerCarla();
        QCOMPARE(int(stage.tray.notices.size()), 1);
        QVERIFY(stage.tray.notices.front().contains(u"Carla Díaz"_s));
        QCOMPARE(stage.tray.alerts, 1);
        QVERIFY(window.offerOnTop().isVisible());
        QVERIFY(window.offerOnTop().windowFlags().testFlag(Qt::WindowDoesNotAcceptFocus));
        QVERIFY(window.offerOnTop().testAttribute(Qt::WA_ShowWithoutActivating));
        QVERIFY(!window.isActiveWindow());
    }

    void anOfferInFrontNeedsNoNotice()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.offerCarla();
        QVERIFY(stage.tray.notices.isEmpty());
        QVERIFY(window.offerCard().isVisible());
        QVERIFY(!window.offerOnTop().isVisible());
    }

    void messagesAreToldAsChosenAndABurstOnce()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        goBehind(stage);
        for (int i = 0; i < 10; ++i)
            write(stage, stage.office.aiko(), MessageKind::Inbound, u"hello %1"_s.arg(i));
        QCOMPARE(int(stage.tray.notices.size()), 1);
        stage.clock.advance(std::chrono::seconds(4));
        ConversationId notMine;
        for (const auto &[id, c] : stage.desk.conversationsById) {
            if (c.assignee.isNull())
                notMine = id;
        }
        write(stage, notMine, MessageKind::Inbound, u"not mine"_s);
        QCOMPARE(int(stage.tray.notices.size()), 1);
        write(stage, notMine, MessageKind::Note, u"@Linh can you look?"_s);
        QCOMPARE(int(stage.tray.notices.size()), 2);
        QVERIFY(stage.tray.notices.back().contains(u"mentioned"_s));
        stage.clock.advance(std::chrono::seconds(4));
        window.preferences().setTells(Notice::Message, false);
        write(stage, stage.office.aiko(), MessageKind::Inbound, u"silent"_s);
        QCOMPARE(int(stage.tray.notices.size()), 2);
        Q_EMIT stage.tray.noticeClicked();
        QCOMPARE(window.conversation().conversation(), notMine);
    }

    void closingAsksAndSaysWhatThisPcDoes()
    {
        Stage stage(*m_look);
        stage.quitsAtOnce = false;
        stage.desk.office.leader = stage.desk.office.node;
        stage.desk.office.channels[0].account.owner = stage.desk.office.node;
        Window &window = stage.open();
        QSignalSpy closed(&window, &Window::closed);
        window.close();
        QVERIFY(window.isVisible());
        QCOMPARE(closed.size(), 0);
        auto *box = window.findChild<QMessageBox *>();
        QVERIFY(box);
        QVERIFY(box->informativeText().contains(u"routes the work"_s));
        QVERIFY(box->informativeText().contains(u"1 channel runs on this PC"_s));
        for (QAbstractButton *button : box->buttons()) {
            if (button->text() == u"Quit")
                button->click();
        }
        QTRY_COMPARE(closed.size(), 1);
    }

    void keepingRunningHidesOnlyWhereThereIsATray_data()
    {
        QTest::addColumn<bool>("tray");
        QTest::newRow("a tray") << true;
        QTest::newRow("no tray") << false;
    }
    void keepingRunningHidesOnlyWhereThereIsATray()
    {
        QFETCH(bool, tray);
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.tray.isThere = tray;
        window.preferences().setKeepsRunning(true);
        QSignalSpy closed(&window, &Window::closed);
        window.close();
        QCOMPARE(closed.size(), 0);
        QCOMPARE(window.isVisible(), !tray);
        QCOMPARE(window.isMinimized(), !tray);
        Q_EMIT stage.tray.iconClicked();
        QVERIFY(window.isVisible() && !window.isMinimized());
        window.quit();
        QCOMPARE(closed.size(), 1);
    }

    void theCountdownIsTheRoutersNotTheWallClocks()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.desk.offers = {stage.office.offer()};
        // A wrong wall clock on either side must not matter: only `remaining` counts.
        stage.desk.offers.front().reservation.dateCreated = {1};
        stage.desk.offers.front().reservation.expiresAt = {2};
        stage.desk.touch(stage.desk.offers.front().reservation.id);
        QCOMPARE(window.offers().remaining(), Milliseconds(14'000));
        stage.clock.advance(std::chrono::seconds(9));
        QCOMPARE(window.offers().remaining(), Milliseconds(5'000));
        stage.clock.advance(std::chrono::seconds(60));
        QCOMPARE(window.offers().remaining(), Milliseconds(0));
        QVERIFY(window.offerCard().isVisible()); // the router says when it is over
    }

    void whoTookItIsNamed()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.offerCarla();
        stage.desk.offers.front().task.worker = stage.desk.workerList[1].id;
        end(stage, ReservationStatus::Rescinded);
        QVERIFY(!window.offerCard().isVisible());
        QVERIFY(window.notice().text().contains(u"Minh Pham"_s));
        QVERIFY(window.notice().text().contains(u"Carla Díaz"_s));
    }

    void acceptingWhatWasTakenSaysSo()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.offerCarla();
        stage.desk.refuseWith = rejected(u"this offer is no longer open"_s, u"rescinded"_s);
        stage.desk.offers.front().reservation.status = ReservationStatus::Rescinded;
        window.offers().accept();
        stage.settle();
        QVERIFY(!window.offerCard().isVisible());
        QVERIFY(window.notice().text().contains(u"took"_s));
        QVERIFY(window.conversation().conversation() != stage.office.carla());
    }

    void aMissedOfferAsksStillThere()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.offerCarla();
        end(stage, ReservationStatus::Timeout);
        QVERIFY(window.notice().text().contains(u"Still there?"_s));
        window.notice().actionButton().click();
        QCOMPARE(sent<api::SetActivity>(stage.desk), 1);
        QVERIFY(!window.notice().isVisible());
    }

    void awayAfterTwoMissesIsVisibleWithOneClickBack()
    {
        Stage stage(*m_look);
        const ActivityId away = stage.desk.activityList[3].id;
        stage.desk.office.office.timeoutActivity = away;
        Window &window = stage.open();
        stage.desk.workerList[0].activity = away;
        stage.desk.workerList[0].missedOffers = 2;
        api::Changes changes;
        changes.workers = {stage.desk.workerList[0].id};
        Q_EMIT stage.desk.changed(changes);
        QVERIFY(window.notice().text().contains(u"Away"_s));
        window.notice().actionButton().click();
        QCOMPARE(stage.desk.workerList[0].activity, stage.desk.activityList[0].id);
        QVERIFY(!window.notice().isVisible());
    }

    void oneOfferAtATimeAndTheOthersAreCounted()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.desk.offers = {stage.office.offer(), stage.office.offer()};
        stage.desk.offers[1].reservation.id = randomId<ReservationId>();
        stage.desk.touch(stage.desk.offers[0].reservation.id);
        QCOMPARE(window.offers().waiting(), 1);
        QVERIFY(window.offerCard().stateText().contains(u"1"_s));
    }

    void severalConversationsAreDoneAtOnceAndComeBackWithUndo()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        ConversationList &list = window.inbox().list();
        stage.openAiko();
        QSignalSpy opened(&list, &ConversationList::conversationSelected);
        QTest::keyClick(&list, Qt::Key_Down, Qt::ShiftModifier);
        QTest::keyClick(&list, Qt::Key_Down, Qt::ShiftModifier);
        QCOMPARE(opened.size(), 0); // gathering opens nothing
        QCOMPARE(int(list.gathered().size()), 3);
        QVERIFY(window.inbox().bulk().words().contains(u"3"_s));
        const int before = window.inbox().model().rowCount();
        window.inbox().bulk().resolve();
        QCOMPARE(sent<api::UpdateConversation>(stage.desk), 3);
        QVERIFY(window.inbox().bulk().isVisible());
        window.inbox().bulk().undo();
        QCOMPARE(sent<api::UpdateConversation>(stage.desk), 6);
        for (const auto &[id, c] : stage.desk.conversationsById)
            QCOMPARE(c.status, ConversationStatus::Open);
        QTRY_VERIFY(window.inbox().feed().isSettled());
        QCOMPARE(window.inbox().model().rowCount(), before);
    }

    void aGatheredSelectionSurvivesTheListMoving()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        ConversationList &list = window.inbox().list();
        list.setCurrentIndex(window.inbox().model().index(0));
        QTest::keyClick(&list, Qt::Key_Down, Qt::ShiftModifier);
        std::vector<ConversationId> before;
        for (const Conversation &c : list.gathered())
            before.push_back(c.id);
        QCOMPARE(int(before.size()), 2);
        write(stage, window.inbox().model().at(4).id, MessageKind::Inbound, u"to the top"_s);
        QTRY_VERIFY(window.inbox().feed().isSettled());
        window.inbox().model().setCalm(false);
        QCOMPARE(int(list.gathered().size()), 2);
        for (const Conversation &c : list.gathered())
            QVERIFY(std::ranges::count(before, c.id) == 1);
    }

    void whatIsPutOffLeavesMineAndComesBackAtItsTime()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        const int before = window.inbox().model().rowCount();
        window.inbox().model().setCalm(false);
        stage.desk.conversationsById[stage.office.aiko()].snoozeUntil =
            stage.clock.wall() + std::chrono::hours(2);
        stage.desk.touch(stage.office.aiko());
        QTRY_COMPARE(window.inbox().model().rowCount(), before - 1);
        QCOMPARE(window.inbox().feed().nextWake(), stage.clock.wall() + std::chrono::hours(2));
        window.inbox().views().setCurrentIndex(int(InboxView::Later));
        QCOMPARE(window.inbox().model().rowCount(), 1);
        QCOMPARE(window.inbox().views().tabText(3), u"Later 1"_s);
        stage.clock.advance(std::chrono::hours(3));
        window.inbox().views().setCurrentIndex(int(InboxView::Mine));
        QCOMPARE(window.inbox().model().rowCount(), before);
    }

    void anEmptyViewHasAWayOut()
    {
        Stage stage(*m_look);
        for (auto &[id, c] : stage.desk.conversationsById) {
            if (!c.assignee.isNull())
                c.snoozeUntil = stage.clock.wall() + std::chrono::hours(2);
        }
        Window &window = stage.open();
        QVERIFY(window.inbox().emptyText().contains(u"12:44"_s));
        QCOMPARE(window.inbox().emptyAction().text(), u"Show the queue"_s);
        window.inbox().emptyAction().click();
        QCOMPARE(window.inbox().views().currentIndex(), int(InboxView::Queue));
        window.inbox().search().setText(u"no such words"_s);
        QTRY_COMPARE(window.inbox().emptyAction().text(), u"Clear search"_s);
        window.inbox().emptyAction().click();
        QTRY_VERIFY(window.inbox().model().rowCount() > 0);
    }

    void queuesCountWhatWaitsAndOpenIt()
    {
        Stage stage(*m_look);
        stage.role = Role::Supervisor;
        stage.office.fillQueues();
        Window &window = stage.open();
        stage.office.sendSomeAway();
        window.showSection(Window::Section::Queues);
        QCOMPARE(window.queues().waiting().number(), u"8"_s);
        QCOMPARE(window.queues().waiting().remark(), u"longest 4:36"_s);
        QCOMPARE(window.queues().late().number(), u"1"_s);
        QCOMPARE(window.queues().agents().number(), u"2 / 4"_s);
        int orders = 0;
        while (window.queues().table().item(orders, 0)->text() != u"Orders")
            ++orders;
        QCOMPARE(window.queues().table().item(orders, 1)->text(), u"3"_s);
        window.queues().waiting().click();
        QVERIFY(window.inbox().isVisible());
        QCOMPARE(window.inbox().views().currentIndex(), int(InboxView::Queue));
    }

    void agentsDoNotSeeTheQueuesSection()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        QStringList words;
        for (const RailButton *button : window.rail().findChildren<RailButton *>()) {
            if (button->isVisible())
                words += button->text();
        }
        QCOMPARE(words, (QStringList{u"Settings"_s, u"Inbox"_s, u"People"_s, u"Search"_s}));
    }

    void aHalfFilledWrapUpIsKept()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        window.conversation().header().mainButton().click();
        QVERIFY(window.wrapUp().isVisible());
        QCOMPARE(sent<api::WrapUpTask>(stage.desk), 1);
        window.wrapUp().outcome().setText(u"Refunded"_s);
        window.wrapUp().tags().setText(u"billing, VIP ,billing"_s);
        window.wrapUp().note().setPlainText(u"Bank called"_s);
        window.openConversation(stage.office.carla());
        QVERIFY(!window.wrapUp().isVisible());
        stage.openAiko();
        window.conversation().header().mainButton().click();
        QCOMPARE(window.wrapUp().outcome().text(), u"Refunded"_s);
        QCOMPARE(window.wrapUp().note().toPlainText(), u"Bank called"_s);
        stage.desk.refuseWith = Error{Error::Code::NoMajority, {}, {}};
        answerAiko(stage);
        window.wrapUp().finish();
        QVERIFY(window.wrapUp().isVisible()); // nothing was done, nothing is lost
        QCOMPARE(sent<api::CompleteTask>(stage.desk), 0);
        window.wrapUp().finish();
        QVERIFY(!window.wrapUp().isVisible());
        QCOMPARE(sent<api::CompleteTask>(stage.desk), 1);
        const Conversation &c = stage.desk.conversationsById[stage.office.aiko()];
        QCOMPARE(c.tags, (std::vector<QString>{u"billing"_s, u"VIP"_s}));
    }

    void finishingMovesTheConversationToDoneAndUndoBringsItBack()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        openSheet(stage);
        answerAiko(stage);
        window.wrapUp().finish();
        QCOMPARE(aiko(stage).status, ConversationStatus::Resolved);
        QCOMPARE(sent<api::CompleteTask>(stage.desk), 1);
        QVERIFY(window.notice().text().contains(u"moved to Done"_s));
        window.inbox().views().setCurrentIndex(int(InboxView::Done));
        QVERIFY(window.inbox().model().rowOf(stage.office.aiko()) >= 0);
        window.notice().actionButton().click(); // Undo
        QCOMPARE(aiko(stage).status, ConversationStatus::Open);
        QCOMPARE(aiko(stage).assignee, stage.office.linh().agent);
        QCOMPARE(window.conversation().conversation(), stage.office.aiko());
    }

    void anUnansweredCustomerIsAskedAboutFirst_data()
    {
        QTest::addColumn<bool>("anyway");
        QTest::newRow("finish anyway") << true;
        QTest::newRow("back") << false;
    }
    void anUnansweredCustomerIsAskedAboutFirst()
    {
        QFETCH(bool, anyway);
        Stage stage(*m_look);
        Window &window = stage.open();
        openSheet(stage);
        window.wrapUp().finish();
        QVERIFY(window.wrapUp().isAsking());
        window.wrapUp().finish(); // the key again changes nothing
        QCOMPARE(sent<api::CompleteTask>(stage.desk), 0);
        (anyway ? window.wrapUp().anywayButton() : window.wrapUp().backButton()).click();
        QVERIFY(!window.wrapUp().isAsking());
        QCOMPARE(sent<api::CompleteTask>(stage.desk), anyway ? 1 : 0);
        QCOMPARE(aiko(stage).status == ConversationStatus::Resolved, anyway);
    }

    void anAnswerThatIsStillHeldCountsAsAnAnswer()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        openSheet(stage);
        stage.type(u"It is on its way."_s);
        window.conversation().composer().send();
        window.wrapUp().finish();
        QVERIFY(!window.wrapUp().isAsking());
        QCOMPARE(aiko(stage).status, ConversationStatus::Resolved);
    }

    void anotherSheetOpenedMeanwhileIsNotFinished()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        openSheet(stage);
        answerAiko(stage);
        window.wrapUp().tags().setText(u"billing"_s);
        stage.desk.holdAnswers = true;
        window.wrapUp().finish();
        window.openConversation(stage.office.carla());
        window.conversation().header().mainButton().click();
        stage.desk.holdAnswers = false;
        stage.desk.release();
        QCOMPARE(aiko(stage).status, ConversationStatus::Resolved);
        const Conversation &carla = stage.desk.conversationsById[stage.office.carla()];
        QVERIFY(!carla.task.isNull());
        QCOMPARE(carla.status, ConversationStatus::Open);
    }

    void availableActivitiesComeFirst()
    {
        Stage stage(*m_look);
        std::reverse(stage.desk.activityList.begin(), stage.desk.activityList.end());
        Window &window = stage.open();
        window.rail().activity().openMenu();
        QCOMPARE(window.rail().activity().findChild<QMenu *>()->actions().front()->text(),
                 u"Available"_s);
    }

    void whatIsToBeLookedAtAgainIsNotDone()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        openSheet(stage);
        window.wrapUp().findChild<QComboBox *>()->setCurrentIndex(1);
        window.wrapUp().finish();
        QCOMPARE(sent<api::CompleteTask>(stage.desk), 1);
        QCOMPARE(aiko(stage).status, ConversationStatus::Open);
        QVERIFY(aiko(stage).snoozeUntil > stage.clock.wall());
    }

    void aRowThatCameBackIsNoLongerGone()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        window.inbox().model().setCalm(false);
        stage.openAiko();
        Conversation &c = stage.desk.conversationsById[stage.office.aiko()];
        const auto isGone = [&] {
            const int row = window.inbox().model().rowOf(stage.office.aiko());
            return row >= 0 && window.inbox().model().isGone(row);
        };
        const AgentId mine = std::exchange(c.assignee, AgentId{});
        stage.desk.touch(c.id);
        QTRY_VERIFY(isGone());
        c.assignee = mine;
        stage.desk.touch(c.id);
        QTRY_VERIFY(!isGone());
    }

    void acceptingWhileInTheQueueLeadsToMine()
    {
        Stage stage(*m_look);
        stage.desk.conversationsById[stage.office.carla()].assignee = {};
        Window &window = stage.open();
        window.inbox().views().setCurrentIndex(int(InboxView::Queue));
        stage.offerCarla();
        window.offers().accept();
        QCOMPARE(window.inbox().views().currentIndex(), int(InboxView::Mine));
        const int row = window.inbox().model().rowOf(stage.office.carla());
        QVERIFY(row >= 0);
        QVERIFY(!window.inbox().model().isGone(row));
        QCOMPARE(window.inbox().list().selected(), stage.office.carla());
    }

    void whatTheBotAnswersDoesNotWaitInTheQueue()
    {
        Stage stage(*m_look);
        for (auto &[id, c] : stage.desk.conversationsById) {
            if (c.customerName == u"Lena Fischer")
                stage.desk.tasksById.erase(std::exchange(c.task, TaskId{}));
        }
        stage.role = Role::Supervisor;
        Window &window = stage.open();
        QCOMPARE(window.inbox().views().tabText(1), u"Queue 1"_s);
        window.inbox().views().setCurrentIndex(int(InboxView::Queue));
        QCOMPARE(window.inbox().model().rowCount(), 1);
        window.showSection(Window::Section::Queues);
        QCOMPARE(window.queues().waiting().number(), u"1"_s);
    }

    void emptyMineSaysHowManyWait()
    {
        Stage stage(*m_look);
        std::erase_if(stage.desk.conversationsById,
                      [](const auto &entry) { return !entry.second.assignee.isNull(); });
        Window &window = stage.open();
        QVERIFY(window.inbox().emptyText().contains(u"2 wait in Queue."_s));
    }

    void whoIsNotAvailableIsToldAndComesBackWithOneClick()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        QVERIFY(!window.activityStrip().isVisible());
        Q_EMIT window.rail().activity().activityWanted(stage.desk.activityList[1].id);
        QCOMPARE(plain(window.activityStrip().text()), u"You are Break: no offers reach you"_s);
        window.activityStrip().actionButton().click();
        QVERIFY(!window.activityStrip().isVisible());
        QCOMPARE(stage.desk.workerList[0].activity, stage.desk.activityList[0].id);
    }

    void transferSaysWhyThereIsNobody()
    {
        Stage stage(*m_look);
        stage.desk.agentList.resize(1);
        Window &window = stage.open();
        stage.openAiko();
        const QToolButton &transfer = window.conversation().header().transferButton();
        QVERIFY(!transfer.isEnabled());
        QCOMPARE(transfer.toolTip(), u"No colleague to hand over to yet"_s);
        window.conversation().header().openTransfer();
        QCOMPARE(window.announcer().last(), transfer.toolTip());
    }

    void transferNamesTheAbsentLastAndAsAbsent()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        stage.office.sendSomeAway();
        window.conversation().header().openTransfer();
        QStringList words;
        for (const QAction *action : window.conversation().header().findChild<QMenu *>()->actions())
            words += plain(action->text().section(QChar(0x2013), 0, 0));
        QCOMPARE(words, (QStringList{u"Hand over to"_s, u"Sofia Ruiz"_s, u"Not available now"_s,
                                     u"Minh Pham"_s, u"Jonas Weber"_s}));
    }

    void whatWaitsToBeSentIsReadAgainWhenMessagesGoTheirWay()
    {
        Stage stage(*m_look);
        stage.desk.office.queuedOutbound = 4;
        stage.desk.office.channels.pop_back(); // the trunk in trouble
        Window &window = stage.open();
        QVERIFY(window.status().words().contains(u"Waiting to be sent: 4"_s));
        stage.desk.office.queuedOutbound = 0;
        api::Changes changes;
        changes.messages = {stage.desk.messagesById[stage.office.aiko()].back().id};
        Q_EMIT stage.desk.changed(changes);
        QTRY_VERIFY_WITH_TIMEOUT(!window.status().words().contains(u"Waiting"_s), 3000);
    }

    void aClickElsewhereClosesThePalette()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        window.palette().open();
        QTest::mouseClick(window.palette().findChild<QLineEdit *>(), Qt::LeftButton);
        QVERIFY(window.palette().isVisible());
        QTest::mouseClick(window.inbox().list().viewport(), Qt::LeftButton);
        QVERIFY(!window.palette().isVisible());
    }

    void theListHasTheFocusThoughTheOfficeAnswersLate()
    {
        Stage stage(*m_look);
        stage.desk.holdReads = true;
        Window &window = stage.open();
        QTRY_VERIFY(!window.inbox().list().isVisible()); // the skeleton hides it
        stage.desk.releaseReads();
        QTRY_COMPARE(window.focusWidget(), &window.inbox().list());
    }
};

int main(int argc, char **argv)
{
    return runWindowTest<TestNotices>(argc, argv);
}

#include "tst_notices.moc"
