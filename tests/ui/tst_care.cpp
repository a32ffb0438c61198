// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/stage.h"
#include "ui/conversation/mailview.h"
#include "ui/conversation/sendguard.h"

#include <QApplication>
#include <QBuffer>
#include <QSignalSpy>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

/// What keeps an agent from sending the wrong thing, to the wrong person, or twice; and what the
/// window says when something does not work.
class TestCare : public WindowTest
{
    Q_OBJECT

    AgentId minh(const Stage &stage) const { return stage.desk.agentList[1].id; }
    Message fromMinh(const Stage &stage, MessageKind kind, const QString &text) const
    {
        Message message;
        message.kind = kind;
        message.state = MessageState::Sent;
        message.authorKind = AuthorKind::Agent;
        message.author = minh(stage);
        message.content.text = text;
        message.createdAt = stage.clock.wall();
        return message;
    }
    void arrive(Stage &stage, const Message &message)
    {
        stage.desk.add(stage.office.aiko(), message);
        stage.desk.touch(stage.office.aiko());
        stage.settle();
    }
    void pressSend(Stage &stage) { stage.window->conversation().composer().send(); }
    bool isHeld(Stage &stage)
    {
        return stage.window->outbox().held(stage.office.aiko()).has_value();
    }

private Q_SLOTS:
    void aColleaguesAnswerThatWasNotSeenStopsTheFirstSend_data()
    {
        QTest::addColumn<MessageKind>("kind");
        QTest::addColumn<int>("glanceMs");
        QTest::addColumn<bool>("stops");
        QTest::newRow("a reply, just now") << MessageKind::Reply << 100 << true;
        QTest::newRow("a note, just now") << MessageKind::Note << 100 << true;
        QTest::newRow("a reply on the screen") << MessageKind::Reply << 5000 << false;
    }
    void aColleaguesAnswerThatWasNotSeenStopsTheFirstSend()
    {
        QFETCH(MessageKind, kind);
        QFETCH(int, glanceMs);
        QFETCH(bool, stops);
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        stage.type(u"It is released."_s);
        stage.clock.advance(std::chrono::seconds(2));
        arrive(stage, fromMinh(stage, kind, u"I have told her."_s));
        window.conversation().timeline().grab(); // painted
        stage.clock.advance(std::chrono::milliseconds(glanceMs));
        pressSend(stage);
        QCOMPARE(isHeld(stage), !stops);
        QCOMPARE(window.conversation().guard().isVisible(), stops);
        if (!stops)
            return;
        QVERIFY(window.conversation().guard().text().contains(u"Minh Pham"_s));
        QCOMPARE(window.conversation().composer().editor().toPlainText(), u"It is released."_s);
        window.conversation().guard().otherButton().click();
        QVERIFY(isHeld(stage));
    }

    void reviewingTheColleaguesAnswerLetsTheNextSendGo()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        stage.type(u"It is released."_s);
        stage.clock.advance(std::chrono::seconds(2));
        arrive(stage, fromMinh(stage, MessageKind::Reply, u"I have told her."_s));
        pressSend(stage);
        QVERIFY(!isHeld(stage));
        window.conversation().guard().actionButton().click();
        window.conversation().timeline().grab();
        stage.clock.advance(std::chrono::seconds(2));
        pressSend(stage);
        QVERIFY(isHeld(stage));
    }

    void customersMessagesAndNotesOfOursStopNothing()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        stage.type(u"It is released."_s);
        stage.clock.advance(std::chrono::seconds(2));
        Message inbound;
        inbound.content.text = u"Hello?"_s;
        inbound.createdAt = stage.clock.wall();
        arrive(stage, inbound);
        pressSend(stage);
        QVERIFY(isHeld(stage));
        window.conversation().composer().setMode(DraftMode::Note);
        stage.type(u"note"_s);
        arrive(stage, fromMinh(stage, MessageKind::Reply, u"unseen"_s));
        pressSend(stage);
        QCOMPARE(lastSent<api::SendMessage>(stage.desk).kind, MessageKind::Note);
    }

    void anUnfilledPlaceholderStopsTheReply()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        Composer &composer = window.conversation().composer();
        composer.insertReply(u"Dear {{customer.first_name}}, your order {{order}} is here."_s);
        QCOMPARE(composer.editor().toPlainText(), u"Dear Aiko, your order {{order}} is here."_s);
        pressSend(stage);
        QVERIFY(!isHeld(stage));
        window.conversation().guard().actionButton().click();
        QCOMPARE(composer.editor().textCursor().selectedText(), u"{{order}}"_s);
        composer.editor().textCursor().insertText(u"20417"_s);
        pressSend(stage);
        QVERIFY(isHeld(stage));
    }

    void whoLooksAndWhoWritesIsSaidAndFades()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        Strip &strip = window.conversation().presenceStrip();
        Q_EMIT stage.desk.presenceChanged({stage.office.aiko(), minh(stage), u"Minh"_s, false});
        QVERIFY(strip.text().contains(u"is viewing"_s));
        Q_EMIT stage.desk.presenceChanged({stage.office.aiko(), minh(stage), u"Minh"_s, true});
        QVERIFY(strip.text().contains(u"is writing"_s));
        stage.clock.advance(std::chrono::seconds(7));
        window.conversation().collision().tick();
        QVERIFY(strip.text().contains(u"is viewing"_s));
        stage.clock.advance(std::chrono::seconds(60));
        window.conversation().collision().tick();
        QVERIFY(!strip.isVisible());
        Q_EMIT stage.desk.presenceChanged({stage.office.carla(), minh(stage), u"Minh"_s, true});
        QVERIFY(!strip.isVisible());
    }

    void ownPresenceStopsWhenTheAgentIsIdleOrElsewhere()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        Collision &collision = window.conversation().collision();
        stage.desk.announced.clear();
        stage.clock.advance(std::chrono::seconds(21));
        collision.tick();
        QCOMPARE(int(stage.desk.announced.size()), 1);
        collision.typed();
        QVERIFY(stage.desk.announced.back().isTyping);
        stage.clock.advance(std::chrono::seconds(7));
        collision.tick();
        QVERIFY(!stage.desk.announced.back().isTyping);
        stage.clock.advance(std::chrono::seconds(61));
        const size_t before = stage.desk.announced.size();
        collision.tick();
        QCOMPARE(stage.desk.announced.size(), before); // idle for a minute
        collision.setInFront(true);
        collision.setInFront(false);
        stage.clock.advance(std::chrono::seconds(21));
        collision.tick();
        QCOMPARE(stage.desk.announced.size(), before); // behind other windows
    }

    void theHoldTimeIsTheAgentsChoice_data()
    {
        QTest::addColumn<int>("chosen");
        QTest::newRow("none") << 0;
        QTest::newRow("twelve") << 12;
    }
    void theHoldTimeIsTheAgentsChoice()
    {
        QFETCH(int, chosen);
        Stage stage(*m_look);
        Window &window = stage.open();
        window.preferences().setHoldTime(u"whatsapp"_s, std::chrono::seconds(chosen));
        stage.openAiko();
        stage.type(u"Hello"_s);
        pressSend(stage);
        QCOMPARE(sent<api::SendMessage>(stage.desk), chosen == 0 ? 1 : 0);
        stage.clock.advance(std::chrono::seconds(qMax(0, chosen - 1)));
        window.outbox().tick();
        QCOMPARE(sent<api::SendMessage>(stage.desk), chosen == 0 ? 1 : 0);
        stage.clock.advance(std::chrono::seconds(2));
        window.outbox().tick();
        QCOMPARE(sent<api::SendMessage>(stage.desk), 1);
    }

    void whatIsSentOfflineWaitsCanBeUndoneAndGoesOutOnce()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        const MessageId newest = stage.desk.messagesById[stage.office.aiko()].back().id;
        stage.office.goOffline();
        QVERIFY(window.banner().isVisible());
        QCOMPARE(window.conversation().composer().sendButton().text(), u"Queue message"_s);
        stage.type(u"one"_s);
        pressSend(stage);
        stage.type(u"two"_s);
        pressSend(stage);
        stage.clock.advance(std::chrono::seconds(60));
        window.outbox().tick();
        QCOMPARE(sent<api::SendMessage>(stage.desk), 0);
        QCOMPARE(window.outbox().waiting(), 2);
        QVERIFY(window.status().words().contains(u"Waiting to be sent: 2"_s));
        QCOMPARE(int(stage.store.drafts.size()), 2); // on disk meanwhile
        QVERIFY(window.outbox().undo(stage.office.aiko()));
        QCOMPARE(window.conversation().composer().editor().toPlainText(), u"two"_s);
        stage.desk.office.leader = stage.desk.office.members[0].node.id;
        Q_EMIT stage.desk.statusChanged();
        QCOMPARE(sent<api::SendMessage>(stage.desk), 1);
        const auto first = lastSent<api::SendMessage>(stage.desk);
        QCOMPARE(first.content.text, u"one"_s);
        QVERIFY(first.waited.at.isSet());
        QCOMPARE(first.waited.seen, newest);
        QVERIFY(!window.banner().isVisible());
        stage.type(u"now"_s);
        pressSend(stage);
        stage.clock.advance(std::chrono::seconds(60));
        window.outbox().tick();
        QVERIFY(!lastSent<api::SendMessage>(stage.desk).waited.at.isSet());
    }

    /// Somebody else has answered meanwhile: nothing is sent, and the author is told.
    void whatTheOfficeRefusesAfterWaitingIsADraftAgainWithTheReason()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        stage.office.goOffline();
        stage.type(u"Still yours?"_s);
        pressSend(stage);
        stage.clock.advance(std::chrono::seconds(60));
        window.outbox().tick();
        stage.desk.refuseWith = Error{Error::Code::Rejected, u"answered"_s, u"moved-on"_s};
        stage.desk.office.leader = stage.desk.office.members[0].node.id;
        Q_EMIT stage.desk.statusChanged();
        QVERIFY(!window.outbox().held(stage.office.aiko()));
        QCOMPARE(window.conversation().composer().editor().toPlainText(), u"Still yours?"_s);
        QVERIFY(window.conversation().errorStrip().text().contains(u"the conversation moved on"_s));
    }

    void aPcThatCannotWriteSaysSoAndKeepsTheText()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        stage.type(u"Hello"_s);
        stage.desk.office.trouble = u"no space left on device"_s;
        Q_EMIT stage.desk.statusChanged();
        QVERIFY(window.banner().text().contains(u"no space left on device"_s));
        pressSend(stage);
        QVERIFY(!isHeld(stage));
        QVERIFY(!window.conversation().composer().sendButton().isEnabled());
        QVERIFY(!window.conversation().composer().sendButton().toolTip().isEmpty());
        QCOMPARE(window.conversation().composer().editor().toPlainText(), u"Hello"_s);
    }

    void aChannelThatIsDownNamesCauseAndTimeAndAdminsCanTryIt_data()
    {
        QTest::addColumn<Role>("role");
        QTest::newRow("agent") << Role::Agent;
        QTest::newRow("admin") << Role::Admin;
    }
    void aChannelThatIsDownNamesCauseAndTimeAndAdminsCanTryIt()
    {
        QFETCH(Role, role);
        Stage stage(*m_look);
        stage.role = role;
        const AccountId account = randomId<AccountId>();
        stage.desk.office.channels[2].account.id = account;
        stage.desk.conversationsById[stage.office.aiko()].account = account;
        Window &window = stage.open();
        stage.openAiko();
        ChannelStrip &strip = window.conversation().channelStrip();
        QVERIFY(!strip.isVisible());
        stage.desk.office.channels[2].state = AccountState::Down;
        stage.desk.office.channels[2].detail = u"the token was withdrawn"_s;
        Q_EMIT stage.desk.statusChanged();
        QVERIFY(strip.isVisible());
        QVERIFY(strip.text().contains(u"the token was withdrawn"_s));
        QVERIFY(strip.text().contains(u"10:44"_s));
        QCOMPARE(strip.actionButton().isVisible(), role == Role::Admin);
        if (role == Role::Admin) {
            strip.actionButton().click();
            QCOMPARE(stage.desk.accountTests, 1);
            QVERIFY(strip.text().contains(u"still nothing"_s));
        }
        stage.desk.office.channels[2].state = AccountState::Connected;
        Q_EMIT stage.desk.statusChanged();
        QVERIFY(!strip.isVisible());
    }

    void aFailedMessageGivesReasonRetryAndItsText()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        Message failed = fromMinh(stage, MessageKind::Reply, u"Here is the invoice."_s);
        failed.state = MessageState::Failed;
        failed.failure = u"no such mailbox"_s;
        arrive(stage, failed);
        TimelineView &timeline = window.conversation().timeline();
        const int last = timeline.model().rowCount() - 1;
        QCOMPARE(timeline.actionTexts(last).mid(0, 2),
                 (QStringList{u"Retry"_s, u"Copy to draft"_s}));
        QVERIFY(timeline.model().spokenText(last).contains(u"no such mailbox"_s));
        QVERIFY(window.inbox().model().didFail(stage.office.aiko()));
        timeline.trigger(last, u"Copy to draft"_s);
        QCOMPARE(window.conversation().composer().editor().toPlainText(),
                 u"Here is the invoice."_s);
        timeline.trigger(last, u"Retry"_s);
        QCOMPARE(sent<api::RetryMessage>(stage.desk), 1);
    }

    void aReplyForLaterIsShownWithItsTimeAndCanBeCancelled()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        stage.type(u"See you on Monday"_s);
        const Time moment = stage.clock.wall() + std::chrono::hours(3);
        Q_EMIT window.conversation().composer().sendWanted(
            window.drafts().draft(stage.office.aiko(), DraftMode::Reply), moment);
        stage.clock.advance(std::chrono::seconds(6));
        window.outbox().tick();
        QCOMPARE(lastSent<api::SendMessage>(stage.desk).sendAt, moment);
        TimelineView &timeline = window.conversation().timeline();
        const int last = timeline.model().rowCount() - 1;
        QCOMPARE(timeline.model().at(last).state, MessageState::Scheduled);
        timeline.trigger(last, u"Cancel sending"_s);
        QCOMPARE(lastSent<api::CancelMessage>(stage.desk).message, timeline.model().at(last).id);
    }

    void aFileReadWhileTheAgentSwitchesStaysWithItsConversation()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        QTemporaryDir folder;
        QFile file(folder.filePath(u"invoice.txt"_s));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("secret") == 6);
        file.close();
        window.conversation().composer().attachFiles({QUrl::fromLocalFile(file.fileName())});
        window.openConversation(stage.office.carla());
        QTRY_COMPARE(int(stage.desk.blobs.size()), 1);
        QVERIFY(window.drafts().draft(stage.office.carla(), DraftMode::Reply).attachments.empty());
        QCOMPARE(
            int(window.drafts().draft(stage.office.aiko(), DraftMode::Reply).attachments.size()),
            1);
    }

    void remotePicturesAreLoadedOnlyWhenAsked()
    {
        Stage stage(*m_look);
        stage.open();
        QImage red(6, 6, QImage::Format_RGB32);
        red.fill(Qt::red);
        QBuffer buffer(&stage.pictures.answer);
        QVERIFY(buffer.open(QIODevice::WriteOnly) && red.save(&buffer, "PNG"));
        Message mail;
        mail.content.html =
            u"<p>Hello</p><img src=\"blocked:https://shop.example/a.png?x=1&amp;y=2\">"
            "<img src=\"blocked:http://plain.example/b.png\">"_s;
        Directory directory(stage.desk, nullptr);
        Announcer announcer(nullptr);
        const Context context{*m_look,   stage.desk, stage.clock,
                              directory, announcer,  stage.office.linh()};
        auto *dialog = new MailDialog(context, &stage.pictures, mail, stage.window.get());
        dialog->show();
        dialog->view().grab();
        QTRY_VERIFY(dialog->strip().isVisible());
        QVERIFY(stage.pictures.asked.isEmpty());
        dialog->strip().actionButton().click();
        QCOMPARE(stage.pictures.asked, QList<QUrl>{QUrl(u"https://shop.example/a.png?x=1&y=2"_s)});
        QTRY_VERIFY(!dialog->strip().isVisible());
        const QImage shown = qvariant_cast<QImage>(dialog->view().loadResource(
            QTextDocument::ImageResource, QUrl(u"blocked:https://shop.example/a.png?x=1&y=2"_s)));
        QCOMPARE(shown.size(), QSize(6, 6));
        dialog->close();
    }

    void anAnswerThatTakesLongShowsSkeletonsAndTheComposerWorks()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.desk.holdReads = true;
        stage.openAiko();
        TimelineView &timeline = window.conversation().timeline();
        const QImage blank = timeline.grab().toImage();
        QTRY_VERIFY(timeline.showsSkeleton());
        QVERIFY(timeline.grab().toImage() != blank);
        stage.type(u"already writing"_s);
        stage.desk.releaseReads();
        QVERIFY(timeline.model().rowCount() > 0);
        QVERIFY(!timeline.showsSkeleton());
        QCOMPARE(window.conversation().composer().editor().toPlainText(), u"already writing"_s);
    }
};

int main(int argc, char **argv)
{
    return runWindowTest<TestCare>(argc, argv);
}

#include "tst_care.moc"
