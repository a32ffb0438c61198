// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "tests/ui/stage.h"
#include "ui/conversation/mailview.h"

#include <QAbstractButton>
#include <QApplication>
#include <QCheckBox>
#include <QFileDialog>
#include <QInputDialog>
#include <QJsonArray>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

class TestWindow : public WindowTest
{
    Q_OBJECT

    QString composed(Stage &stage)
    {
        return stage.window->conversation().composer().editor().toPlainText();
    }
    static Message openComments(Stage &stage, const QString &least)
    {
        const Message comment = stage.office.makeComments(least);
        stage.open();
        stage.openAiko();
        return comment;
    }
    void lint(Window &window);
    void checkTab(Window &window);

    static bool doesSay(const Composer &composer, const QString &words)
    {
        const auto labels = composer.findChildren<Label *>();
        return std::any_of(labels.begin(), labels.end(), [&](const Label *label) {
            return !label->isHidden() && label->text().contains(words);
        });
    }
    static QUrl written(const QTemporaryDir &folder, const QString &name, const QByteArray &bytes)
    {
        QFile out(folder.filePath(name));
        if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size())
            qFatal("no file");
        return QUrl::fromLocalFile(out.fileName());
    }

private Q_SLOTS:
    void typingDuringAnOfferNeverAnswersIt()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        window.conversation().composer().focusText();
        QWidget *editor = &window.conversation().composer().editor();
        QTest::keyClicks(editor, u"good "_s);
        stage.offerCarla();
        QVERIFY(window.offerCard().isVisible());
        QCOMPARE(QApplication::focusWidget(), editor);
        QTest::keyClicks(editor, u"day y n a "_s);
        for (const int key : {Qt::Key_Space, Qt::Key_Escape, Qt::Key_Y, Qt::Key_F8})
            QTest::keyClick(QApplication::focusWidget(), Qt::Key(key));
        window.conversation().composer().focusText();
        QTest::keyClick(editor, Qt::Key_Return, Qt::ShiftModifier);
        QCOMPARE(sent<api::AcceptReservation>(stage.desk), 0);
        QCOMPARE(sent<api::RejectReservation>(stage.desk), 0);
        QVERIFY(composed(stage).contains(u"good day y n a"_s));
        QTest::keyClick(editor, Qt::Key_F9);
        QTRY_COMPARE(sent<api::AcceptReservation>(stage.desk), 1);
        QTRY_COMPARE(window.conversation().conversation(), stage.office.carla());
        QVERIFY(!window.offerCard().isVisible());
    }

    void shiftF9Declines()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.offerCarla();
        QTest::keyClick(&window, Qt::Key_F9, Qt::ShiftModifier);
        QTRY_COMPARE(sent<api::RejectReservation>(stage.desk), 1);
        QVERIFY(!window.offerCard().isVisible());
    }

    void anAnswerSurvivesALostRouterUnderTheSameId()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.offerCarla();
        stage.desk.refuseWith = Error{Error::Code::Unknown, {}, {}};
        window.offers().accept();
        QCOMPARE(window.offers().state(), Offers::State::Reconnecting);
        QVERIFY(window.offerCard().stateText().contains(u"your answer is kept"_s));
        Q_EMIT stage.desk.statusChanged();
        QCOMPARE(window.offers().state(), Offers::State::None);
        QCOMPARE(sent<api::AcceptReservation>(stage.desk), 2);
        QCOMPARE(stage.desk.submitted.front().first, stage.desk.submitted.back().first);
    }

    void aMissedOfferIsSaidAloud()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.offerCarla();
        QSignalSpy missed(&window.offers(), &Offers::missed);
        stage.desk.offers.front().reservation.status = ReservationStatus::Timeout;
        stage.desk.touch(stage.desk.offers.front().reservation.id);
        QCOMPARE(missed.size(), 1);
        QVERIFY(!window.offerCard().isVisible());
    }

    void theOfferNeverCoversTheComposer_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::newRow("wide") << QSize(1440, 900);
        QTest::newRow("drawer") << QSize(1000, 700);
        QTest::newRow("pages") << QSize(720, 520);
    }
    void theOfferNeverCoversTheComposer()
    {
        QFETCH(QSize, size);
        Stage stage(*m_look);
        Window &window = stage.open(size);
        stage.openAiko();
        stage.offerCarla();
        QTRY_VERIFY(window.offerCard().isVisible());
        const Composer &composer = window.conversation().composer();
        const QRect place(composer.mapTo(&window, QPoint(0, 0)), composer.size());
        QVERIFY(!window.offerCard().geometry().intersects(place));
        QVERIFY(window.rect().contains(window.offerCard().geometry()));
    }

    /// It began as a page of its own on a small display, and the window was made larger.
    void aLargerWindowGivesTheRoomToTheConversation_data()
    {
        QTest::addColumn<QSize>("from");
        QTest::addColumn<QSize>("to");
        QTest::newRow("pages to wide") << QSize(720, 520) << QSize(1440, 900);
        QTest::newRow("pages to drawer") << QSize(720, 520) << QSize(1000, 700);
        QTest::newRow("drawer to wide") << QSize(1000, 700) << QSize(1440, 900);
    }
    void aLargerWindowGivesTheRoomToTheConversation()
    {
        QFETCH(QSize, from);
        QFETCH(QSize, to);
        Stage stage(*m_look);
        Window &window = stage.open(from);
        window.resize(to);
        stage.settle();
        stage.openAiko();
        QVERIFY(window.inbox().isVisible() && window.conversation().isVisible());
        QVERIFY2(window.inbox().width() < 360, QByteArray::number(window.inbox().width()));
        QVERIFY(window.conversation().width() > window.inbox().width());
    }

    void switchingTwoHundredTimesKeepsTwoHundredDrafts()
    {
        Stage stage(*m_look);
        stage.office.makeBusy();
        Window &window = stage.open();
        std::vector<ConversationId> ids;
        for (const auto &[id, c] : stage.desk.conversationsById)
            ids.push_back(id);
        ids.resize(100);
        for (int i = 0; i < 200; ++i) {
            window.openConversation(ids[size_t(i / 2)]);
            window.conversation().composer().setMode(i % 2 ? DraftMode::Note : DraftMode::Reply);
            stage.type(u"text %1"_s.arg(i));
        }
        window.drafts().flush();
        QCOMPARE(int(stage.store.drafts.size()), 200);
        for (int i = 0; i < 200; ++i) {
            window.openConversation(ids[size_t(i / 2)]);
            window.conversation().composer().setMode(i % 2 ? DraftMode::Note : DraftMode::Reply);
            QCOMPARE(composed(stage), u"text %1"_s.arg(i));
        }
    }

    void undoReturnsExactlyTheFrozenText()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        stage.type(u"First line\n\n  second  "_s);
        QTest::keyClick(&window.conversation().composer().editor(), Qt::Key_Return,
                        Qt::ControlModifier);
        QVERIFY(window.outbox().held(stage.office.aiko()));
        QCOMPARE(composed(stage), QString());
        QCOMPARE(sent<api::SendMessage>(stage.desk), 0);
        QCOMPARE(int(stage.store.drafts.size()), 1); // on disk while it waits
        QTest::keyClick(&window.conversation().composer().editor(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(composed(stage), u"First line\n\n  second  "_s);
        QVERIFY(!window.outbox().held(stage.office.aiko()));
        stage.clock.advance(std::chrono::seconds(60));
        window.outbox().tick();
        QCOMPARE(sent<api::SendMessage>(stage.desk), 0);
    }

    void aHeldReplyIsSentOnceAfterItsTime()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        stage.type(u"Hello"_s);
        window.conversation().composer().send();
        stage.clock.advance(std::chrono::milliseconds(4900));
        window.outbox().tick();
        QCOMPARE(sent<api::SendMessage>(stage.desk), 0);
        stage.clock.advance(std::chrono::milliseconds(200));
        for (int i = 0; i < 5; ++i)
            window.outbox().tick();
        QCOMPARE(sent<api::SendMessage>(stage.desk), 1);
        QCOMPARE(lastSent<api::SendMessage>(stage.desk).kind, MessageKind::Reply);
        QVERIFY(!window.outbox().undo(stage.office.aiko()));
        QVERIFY(stage.store.drafts.empty());
    }

    void anUnknownOutcomeKeepsTheIdAndTheText()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        stage.type(u"Hello"_s);
        stage.desk.refuseWith = Error{Error::Code::Unknown, {}, {}};
        window.conversation().composer().send();
        stage.clock.advance(std::chrono::seconds(6));
        window.outbox().tick();
        QVERIFY(window.outbox().held(stage.office.aiko()));
        QCOMPARE(int(stage.store.drafts.size()), 1);
        window.outbox().askAgain(stage.office.aiko());
        QCOMPARE(sent<api::SendMessage>(stage.desk), 2);
        QCOMPARE(stage.desk.submitted[stage.desk.submitted.size() - 1].first,
                 stage.desk.submitted[stage.desk.submitted.size() - 2].first);
        QVERIFY(!window.outbox().held(stage.office.aiko()));
    }

    void anUnknownOutcomeElsewhereIsShownThereAndAskedAgain()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        stage.type(u"Hello"_s);
        window.conversation().composer().send();
        window.openConversation(stage.office.carla());
        stage.desk.refuseWith = Error{Error::Code::Unknown, {}, {}};
        stage.clock.advance(std::chrono::seconds(6));
        window.outbox().tick();
        QVERIFY(window.outbox().isUnknown(stage.office.aiko()));
        QVERIFY(window.announcer().last().contains(u"not known"_s));
        stage.openAiko();
        QVERIFY(window.conversation().errorStrip().text().contains(u"not known"_s));
        stage.office.goOffline();
        stage.clock.advance(std::chrono::seconds(60));
        window.outbox().tick();
        QCOMPARE(sent<api::SendMessage>(stage.desk), 1); // out of reach
        stage.desk.office.leader = stage.desk.office.members[0].node.id;
        Q_EMIT stage.desk.statusChanged();
        QCOMPARE(sent<api::SendMessage>(stage.desk), 2);
        QVERIFY(!window.outbox().held(stage.office.aiko()));
        QVERIFY(!window.conversation().errorStrip().isVisible());
        QCOMPARE(int(stage.desk.messagesById[stage.office.aiko()].size()), 8); // once
    }

    void aRefusedReplyComesBackToTheComposer()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        stage.type(u"Hello"_s);
        stage.desk.refuseWith = Error{Error::Code::NoMajority, {}, {}};
        window.conversation().composer().send();
        stage.clock.advance(std::chrono::seconds(6));
        window.outbox().tick();
        QCOMPARE(composed(stage), u"Hello"_s);
    }

    void closingTheWindowTurnsHeldTextBackIntoADraft()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        stage.type(u"Hello"_s);
        window.conversation().composer().send();
        window.close();
        QCOMPARE(sent<api::SendMessage>(stage.desk), 0);
        QCOMPARE(int(stage.store.drafts.size()), 1);
        QVERIFY(stage.store.drafts.front().command.isNull());
        QCOMPARE(stage.store.drafts.front().text, u"Hello"_s);
    }

    void heldTextOfACrashBecomesADraftUnlessTheOfficeHasIt_data()
    {
        QTest::addColumn<bool>("known");
        QTest::newRow("never submitted") << false;
        QTest::newRow("submitted") << true;
    }
    void heldTextOfACrashBecomesADraftUnlessTheOfficeHasIt()
    {
        QFETCH(bool, known);
        Stage stage(*m_look);
        Draft held;
        held.conversation = stage.office.aiko();
        held.agent = stage.office.linh().agent;
        held.command = randomId<CommandId>();
        held.text = u"Hello"_s;
        stage.store.drafts = {held};
        if (known)
            stage.desk.known[held.command] = {};
        stage.open();
        stage.openAiko();
        QCOMPARE(composed(stage), known ? QString() : u"Hello"_s);
        QCOMPARE(stage.store.drafts.empty(), known);
        QCOMPARE(sent<api::SendMessage>(stage.desk), 0);
    }

    void aNoteIsANoteAndAReplyIsAReply()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        Composer &composer = window.conversation().composer();
        QVERIFY(composer.sendButton().text().contains(u"Send to"_s));
        stage.type(u"for the customer"_s);
        composer.setMode(DraftMode::Note);
        QCOMPARE(composer.sendButton().text(), u"Save note"_s);
        QCOMPARE(composed(stage), QString());
        stage.type(u"for colleagues"_s);
        composer.send();
        QCOMPARE(sent<api::SendMessage>(stage.desk), 1);
        QCOMPARE(lastSent<api::SendMessage>(stage.desk).kind, MessageKind::Note);
        QCOMPARE(lastSent<api::SendMessage>(stage.desk).content.text, u"for colleagues"_s);
        composer.setMode(DraftMode::Reply);
        QCOMPARE(composed(stage), u"for the customer"_s);
    }

    void theModeIsRememberedPerConversation()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        window.conversation().composer().setMode(DraftMode::Note);
        window.openConversation(stage.office.carla());
        QCOMPARE(window.conversation().composer().mode(), DraftMode::Reply);
        stage.openAiko();
        QCOMPARE(window.conversation().composer().mode(), DraftMode::Note);
    }

    void whatWentOutCanBeChangedDeletedAndReactedTo()
    {
        Stage stage(*m_look);
        const Message ours = stage.office.makeChangeable();
        stage.open();
        stage.openAiko();
        TimelineView &timeline = stage.window->conversation().timeline();
        const int row = timeline.model().rowOf(ours.id);
        QVERIFY(timeline.actionTexts(row).contains(u"React with 👍"_s));
        timeline.trigger(row, u"React with 👍"_s);
        QCOMPARE(lastSent<api::SendMessage>(stage.desk).action, MessageAction::React);
        QCOMPARE(lastSent<api::SendMessage>(stage.desk).content.text, u"👍"_s);
        QCOMPARE(lastSent<api::SendMessage>(stage.desk).replyTo, ours.id);

        timeline.setFocusRow(row);
        QTest::keyClick(&timeline, Qt::Key_Return);
        auto *menu = timeline.findChild<QMenu *>(QString(), Qt::FindDirectChildrenOnly);
        QVERIFY(menu && menu->isVisible());
        const QList<QAction *> entries = menu->actions();
        const auto withText = [&](const QString &text) {
            return std::find_if(entries.begin(), entries.end(), [&](const QAction *entry) {
                return entry->text() == text && entry->isEnabled();
            });
        };
        QVERIFY(withText(u"Edit\u2026"_s) != entries.end());
        QVERIFY(withText(u"Delete\u2026"_s) != entries.end());
        const auto reactions = withText(u"React"_s);
        QVERIFY(reactions != entries.end() && (*reactions)->menu());
        QCOMPARE((*reactions)->menu()->actions().size(), 6);
        menu->close();

        timeline.trigger(row, u"Edit\u2026"_s); // asks for the new words, with the old ones there
        auto *edit = stage.window->findChild<QInputDialog *>();
        QVERIFY(edit);
        QCOMPARE(edit->textValue(), ours.content.text);
        edit->setTextValue(u"Other words"_s);
        edit->accept();
        QCOMPARE(sent<api::SendMessage>(stage.desk), 2);
        QCOMPARE(lastSent<api::SendMessage>(stage.desk).action, MessageAction::Edit);
        QCOMPARE(lastSent<api::SendMessage>(stage.desk).content.text, u"Other words"_s);

        timeline.trigger(row, u"Delete\u2026"_s); // asks first
        QCOMPARE(sent<api::SendMessage>(stage.desk), 2);
        auto *box = stage.window->findChild<QMessageBox *>();
        QVERIFY(box);
        QVERIFY(!box->informativeText().contains(u"Hiding"_s) && !box->text().isEmpty());
        for (QAbstractButton *button : box->buttons()) {
            if (box->buttonRole(button) == QMessageBox::DestructiveRole)
                button->click();
        }
        QCOMPARE(lastSent<api::SendMessage>(stage.desk).action, MessageAction::Delete);
    }
    void whatCannotBeDoneSaysWhy()
    {
        ChannelLimits limits;
        limits.label = u"Telegram"_s;
        limits.ownActions = {MessageAction::Edit, MessageAction::Delete};
        Message ours;
        ours.id = derivedId<MessageId>(CommandId{}, "ours");
        ours.kind = MessageKind::Reply;
        ours.state = MessageState::Sent;
        ours.providerId = u"1"_s;
        ours.author = derivedId<AgentId>(CommandId{}, "me");
        ours.content.text = u"hello"_s;
        api::Caller me;
        me.agent = ours.author;
        const auto offered = [&](const std::vector<Message> &messages) {
            QStringList texts;
            for (const OfferedAct &act : offeredActs(limits, ours, messages, me))
                texts << act.label + (act.whyNot.isEmpty() ? QString() : u": "_s + act.whyNot);
            return texts.mid(0, 3);
        };
        const QString noReaction = u"React with 👍: not possible on Telegram"_s;
        QCOMPARE(offered({}), QStringList({u"Edit\u2026"_s, u"Delete\u2026"_s, noReaction}));
        me.agent = {};
        QCOMPARE(offered({})[1], u"Delete\u2026: only for who wrote it, and supervisors"_s);
        me.role = Role::Supervisor;
        QCOMPARE(offered({})[1], u"Delete\u2026"_s);
        ours.content.rich = json::canonical({{u"kind"_s, u"card"_s}});
        const QString buttons = u"Edit\u2026: a change would take its buttons or card away"_s;
        QCOMPARE(offered({})[0], buttons);
        ours.content.rich = {};
        ours.content.quickReplies = {u"Yes"_s};
        QCOMPARE(offered({})[0], buttons);
        ours.content.quickReplies.clear();
        ours.content.attachments.resize(1);
        QCOMPARE(offered({})[0], u"Edit\u2026: only text alone can be changed"_s);
        Message act;
        act.kind = MessageKind::System;
        act.state = MessageState::Queued;
        act.replyTo = ours.id;
        act.headers = json::canonical({{u"action"_s, u"edit"_s}});
        QCOMPARE(offered({act})[1], u"Delete\u2026: a change is on its way"_s);
        limits.ownActions.clear();
        QCOMPARE(offered({}), QStringList{u"Edit, delete, react: not possible on Telegram"_s});
        ours.state = MessageState::Failed; // it has not left
        QVERIFY(offered({}).isEmpty());
    }

    /// M35, M39: below a comment stands what can be done to it, and an answer may be for one alone.
    void aCommentCanBeHiddenAndAnsweredInPrivate()
    {
        Stage stage(*m_look);
        const Message comment = openComments(stage, {});
        TimelineView &timeline = stage.window->conversation().timeline();
        const int row = timeline.model().rowOf(comment.id);
        const auto offered = [&] {
            return timeline.actionTexts(row).filter(QRegularExpression(u"^(Hide|Show a|Del)"_s));
        };
        QCOMPARE(offered(), QStringList({u"Hide"_s, u"Delete\u2026"_s}));
        timeline.trigger(row, u"Hide"_s);
        QCOMPARE(lastSent<api::SendMessage>(stage.desk).action, MessageAction::Hide);
        QCOMPARE(lastSent<api::SendMessage>(stage.desk).replyTo, comment.id);
        QTRY_COMPARE(offered(), QStringList({u"Show again"_s, u"Delete\u2026"_s}));
        const int last = timeline.model().rowCount() - 1;
        QVERIFY(timeline.model().spokenText(last).contains(u"hid a comment"_s));
        timeline.trigger(row, u"Delete\u2026"_s); // asks first
        QCOMPARE(sent<api::SendMessage>(stage.desk), 1);
        auto *box = stage.window->findChild<QMessageBox *>();
        QVERIFY(box);
        box->reject();

        auto *isPrivate = stage.window->conversation().composer().findChild<QCheckBox *>();
        QVERIFY(isPrivate->isVisible());
        isPrivate->click();
        stage.type(u"write to us"_s);
        stage.window->conversation().composer().send();
        stage.clock.advance(std::chrono::seconds(60));
        stage.window->outbox().tick();
        QCOMPARE(sent<api::SendMessage>(stage.desk), 2);
        QCOMPARE(lastSent<api::SendMessage>(stage.desk).visibility, Visibility::Private);
        QVERIFY(!isPrivate->isChecked()); // the next one is public again
    }

    /// M29: who may not publish sees nothing to press, and why.
    void whoMayNotPublishSeesNoWayTo()
    {
        Stage stage(*m_look);
        const Message comment = openComments(stage, u"admin"_s);
        TimelineView &timeline = stage.window->conversation().timeline();
        const QStringList offered = timeline.actionTexts(timeline.model().rowOf(comment.id));
        QVERIFY(!offered.contains(u"Hide"_s) && !offered.contains(u"Delete\u2026"_s));
        Composer &composer = stage.window->conversation().composer();
        stage.type(u"thank you"_s);
        QVERIFY(!composer.sendButton().isEnabled());
        composer.findChild<QCheckBox *>()->click(); // to the person alone everybody may
        QVERIFY(composer.sendButton().isEnabled());
    }

    /// M36 and M49 in the window, M27 and M47: what the channel allows is said before it is tried.
    void theComposerKeepsToWhatTheChannelAllows()
    {
        Stage stage(*m_look);
        stage.desk.types = {
            QJsonObject{{u"type"_s, u"whatsapp"_s},
                        {u"capabilities"_s, QJsonObject{{u"reply_window"_s, 24 * 3'600},
                                                        {u"after_window"_s, u"template"_s},
                                                        {u"max_text_length"_s, 40},
                                                        {u"max_attachment_bytes"_s, 0},
                                                        {u"public"_s, true}}}}};
        Conversation &aiko = stage.desk.conversationsById[stage.office.aiko()];
        QCOMPARE(aiko.channel, u"whatsapp"_s);
        aiko.lastInboundAt = stage.clock.wall() - std::chrono::hours(21);
        Window &window = stage.open();
        stage.openAiko();
        Composer &composer = window.conversation().composer();
        stage.type(u"within the window"_s);
        QVERIFY(composer.sendButton().isEnabled());
        const auto shows = [&](const QString &words) { return doesSay(composer, words); };
        QVERIFY(shows(u"3 h"_s) && shows(u"everybody can read"_s));
        composer.attachFiles({QUrl::fromLocalFile(u"/any"_s)});
        QVERIFY(shows(u"takes no files"_s));
        QVERIFY(stage.desk.blobs.empty());
        composer.editor().setPlainText(QString(41, u'x'));
        QVERIFY(!composer.sendButton().isEnabled());
        composer.editor().setPlainText(u"short"_s);
        stage.clock.advance(std::chrono::hours(3));
        stage.type(u"!"_s);
        QVERIFY(composer.sendButton().isEnabled()); // on the boundary
        stage.clock.advance(std::chrono::seconds(1));
        stage.type(u"!"_s);
        QVERIFY(!composer.sendButton().isEnabled());
        QVERIFY(shows(u"approved template"_s));
        composer.send();
        QCOMPARE(sent<api::SendMessage>(stage.desk), 0);
        composer.setMode(DraftMode::Note);
        stage.type(u"a note may always be written"_s);
        QVERIFY(composer.sendButton().isEnabled());
        composer.attachFiles({QUrl::fromLocalFile(u"/nowhere"_s)});
        QVERIFY(shows(u"cannot be read"_s)); // and not that the channel takes no files
    }

    /// M34: as an agent does it, through the button and Qt's own dialog.
    void thePaperclipAttachesWhatIsChosen()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        QTemporaryDir folder;
        QFile file(folder.filePath(u"invoice.txt"_s));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("hello") == 5);
        file.close();
        Composer &composer = window.conversation().composer();
        composer.chooseFiles();
        auto *dialog = composer.findChild<QFileDialog *>();
        QVERIFY(dialog);
        dialog->setDirectory(folder.path());
        auto *name = dialog->findChild<QLineEdit *>();
        QVERIFY(name);
        name->setText(file.fileName());
        QTest::keyClick(name, Qt::Key_Return);
        QTRY_COMPARE(int(stage.desk.blobs.size()), 1);
    }

    void aFileThatTheChannelDoesNotTakeIsNotAttached()
    {
        Stage stage(*m_look);
        stage.desk.types = {QJsonObject{
            {u"type"_s, u"whatsapp"_s},
            {u"capabilities"_s, QJsonObject{{u"attachment_types"_s,
                                             QJsonArray{u"application/pdf"_s, u"audio/*"_s}}}}}};
        Window &window = stage.open();
        stage.openAiko();
        QTemporaryDir folder;
        const auto file = [&](const QString &name, const QByteArray &bytes) {
            return written(folder, name, bytes);
        };
        Composer &composer = window.conversation().composer();
        const auto isSaid = [&](const QString &words) { return doesSay(composer, words); };
        composer.attachFiles({file(u"list.txt"_s, "hello")});
        QTRY_VERIFY(isSaid(u"It takes: PDF, sound"_s));
        QVERIFY(stage.desk.blobs.empty());
        composer.attachFiles({file(u"invoice.pdf"_s, "%PDF-1.4\n")});
        QTRY_COMPARE(int(stage.desk.blobs.size()), 1);
        composer.setMode(DraftMode::Note); // goes through no channel
        composer.attachFiles({file(u"note.txt"_s, "hello, too")});
        QTRY_COMPARE(int(stage.desk.blobs.size()), 2);
    }

    void tooLargeAndTooManyFilesAreRefusedBeforeTheyAreRead()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        QTemporaryDir folder;
        QFile large(folder.filePath(u"large.bin"_s));
        QVERIFY(large.open(QIODevice::WriteOnly) && large.resize(25 * 1024 * 1024 + 1));
        QFile small(folder.filePath(u"small.txt"_s));
        QVERIFY(small.open(QIODevice::WriteOnly) && small.write("hello") == 5);
        small.close();
        Composer &composer = window.conversation().composer();
        composer.attachFiles({QUrl::fromLocalFile(large.fileName()),
                              QUrl::fromLocalFile(folder.filePath(u"missing"_s))});
        QVERIFY(stage.desk.blobs.empty());
        composer.attachFiles({QUrl::fromLocalFile(small.fileName())});
        QTRY_COMPARE(int(stage.desk.blobs.size()), 1);
        composer.send();
        stage.clock.advance(std::chrono::seconds(6));
        window.outbox().tick();
        const auto command = lastSent<api::SendMessage>(stage.desk);
        QCOMPARE(int(command.content.attachments.size()), 1);
        QCOMPARE(command.content.attachments.front().name, u"small.txt"_s);
    }

    /// Together as well, and a picture by its own bound: before it is read where its name says so.
    void filesAreHeldToWhatTheChannelTakesOfThem()
    {
        Stage stage(*m_look);
        stage.desk.types = {
            QJsonObject{{u"type"_s, u"whatsapp"_s},
                        {u"capabilities"_s, QJsonObject{{u"max_attachment_bytes"_s, 3'000},
                                                        {u"max_picture_bytes"_s, 1'000},
                                                        {u"max_total_bytes"_s, 4'000},
                                                        {u"max_attachments"_s, 3}}}}};
        Window &window = stage.open();
        stage.openAiko();
        QTemporaryDir folder;
        const auto file = [&](const QString &name, int bytes) {
            return written(folder, name, QByteArray(bytes, 'x'));
        };
        Composer &composer = window.conversation().composer();
        const auto isSaid = [&](const QString &words) { return doesSay(composer, words); };
        composer.attachFiles({file(u"large.png"_s, 1'001)});
        QVERIFY(isSaid(u"is larger than 1 kB"_s));
        composer.attachFiles({file(u"one.txt"_s, 3'000)});
        QTRY_COMPARE(int(stage.desk.blobs.size()), 1);
        composer.attachFiles({file(u"two.txt"_s, 1'001)});
        QVERIFY(isSaid(u"together"_s));
        composer.attachFiles({file(u"small.txt"_s, 10), file(u"smaller.txt"_s, 9)});
        QTRY_COMPARE(int(stage.desk.blobs.size()), 3);
        composer.attachFiles({file(u"more.txt"_s, 1)});
        QVERIFY(isSaid(u"At most"_s));
        QCOMPARE(int(stage.desk.blobs.size()), 3);
    }

    void formattedMailNeverReadsFilesOrTheNetwork();
    void everyScreenPassesTheLint_data();
    void everyScreenPassesTheLint();
};

void TestWindow::formattedMailNeverReadsFilesOrTheNetwork()
{
    QTemporaryDir folder;
    QImage secret(4, 4, QImage::Format_RGB32);
    secret.fill(Qt::red);
    const QString path = folder.filePath(u"secret.png"_s);
    QVERIFY(secret.save(path));
    QVERIFY(secret.save(folder.filePath(u"x.png"_s)));
    MailView view(nullptr);
    const auto load = [&view](const QString &url) {
        return qvariant_cast<QImage>(view.loadResource(QTextDocument::ImageResource, QUrl(url)));
    };
    for (const QString &url : {u"file://"_s + path, path, u"http://a.example/x.png"_s, u"x.png"_s,
                               u"qrc:/x.png"_s, u"data:image/png;base64,AA=="_s, u"cid:missing"_s})
        QCOMPARE(load(url).size(), QSize(1, 1));
    QVERIFY(view.blockedCount() >= 6);
    view.setPictures({{u"cid:logo"_s, secret}});
    QCOMPARE(load(u"cid:logo"_s).size(), QSize(4, 4));
    QVERIFY(decodePicture("<svg xmlns='http://www.w3.org/2000/svg'/>").isNull());
    QVERIFY(decodePicture("not a picture").isNull());
}

void TestWindow::everyScreenPassesTheLint_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<double>("scale");
    QTest::addColumn<bool>("mirrored");
    QTest::newRow("wide") << QSize(1440, 900) << 1.0 << false;
    QTest::newRow("wide, mirrored") << QSize(1440, 900) << 1.0 << true;
    QTest::newRow("wide, large text") << QSize(1440, 900) << 2.0 << false;
    QTest::newRow("drawer") << QSize(1000, 700) << 1.0 << false;
    QTest::newRow("small") << QSize(720, 520) << 1.0 << false;
}

void TestWindow::everyScreenPassesTheLint()
{
    QFETCH(QSize, size);
    QFETCH(double, scale);
    QFETCH(bool, mirrored);
    QApplication::setLayoutDirection(mirrored ? Qt::RightToLeft : Qt::LeftToRight);
    m_look->setScale(scale);
    Stage stage(*m_look);
    Window &window = stage.open(size);
    stage.openAiko();
    stage.offerCarla();
    lint(window);
    checkTab(window);
    m_look->setScale(1);
    QApplication::setLayoutDirection(Qt::LeftToRight);
}

void TestWindow::lint(Window &window)
{
    QStringList faults;
    for (QWidget *widget : window.findChildren<QWidget *>()) {
        if (!widget->isVisible() || widget->window() != &window)
            continue;
        const QString what = QLatin1String(widget->metaObject()->className()) + u' ' +
                             widget->accessibleName() + u' ';
        const auto *button = qobject_cast<QAbstractButton *>(widget);
        const bool hasWords = button && !button->text().isEmpty();
        const bool isProxy = widget->focusProxy() != nullptr;
        if (widget->focusPolicy() & Qt::TabFocus && !isProxy &&
            widget->accessibleName().isEmpty() && !hasWords)
            faults += what + u"has no accessible name"_s;
        const bool isInsideField = qobject_cast<QLineEdit *>(widget->parentWidget()) != nullptr;
        if (button && !isInsideField && (widget->width() < 32 || widget->height() < 32))
            faults += what + u"is smaller than 32"_s;
        const auto *label = qobject_cast<QLabel *>(widget);
        if (label && !label->text().isEmpty() && !label->wordWrap() && label->toolTip().isEmpty() &&
            label->fontMetrics().horizontalAdvance(label->text()) > label->width() + 1)
            faults += what + label->text() + u" is clipped"_s;
        if (label && label->wordWrap() &&
            label->heightForWidth(label->width()) > label->height() + 1)
            faults += what + label->text() + u" is clipped in height"_s;
        if (button && hasWords && qobject_cast<const QPushButton *>(button) &&
            button->fontMetrics().horizontalAdvance(button->text()) > button->width())
            faults += what + button->text() + u" is clipped"_s;
    }
    QVERIFY2(faults.isEmpty(), qPrintable(faults.join(u'\n')));
}

void TestWindow::checkTab(Window &window)
{
    window.conversation().composer().focusText();
    QWidget *const start = QApplication::focusWidget();
    QVERIFY(start);
    QSet<QWidget *> seen;
    for (int i = 0; i < 200; ++i) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        QVERIFY(QApplication::focusWidget());
        if (QApplication::focusWidget() == start)
            break;
        seen.insert(QApplication::focusWidget());
    }
    QCOMPARE(QApplication::focusWidget(), start);
    QStringList missing;
    for (QWidget *widget : window.findChildren<QWidget *>()) {
        const bool wants = widget->isVisible() && widget->isEnabled() && !widget->focusProxy() &&
                           widget->window() == &window && (widget->focusPolicy() & Qt::TabFocus);
        if (wants && widget != start && !seen.contains(widget))
            missing +=
                QLatin1String(widget->metaObject()->className()) + u' ' + widget->accessibleName();
    }
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join(u'\n')));
}

int main(int argc, char **argv)
{
    return runWindowTest<TestWindow>(argc, argv);
}

#include "tst_window.moc"
