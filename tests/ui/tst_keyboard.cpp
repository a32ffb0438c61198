// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/stage.h"
#include "ui/common/fuzzy.h"
#include "ui/conversation/timelineaccessible.h"
#include "ui/shell/moment.h"
#include "ui/shell/preferencesdialog.h"
#include "ui/shell/snippetdialog.h"

#include <QAccessible>
#include <QApplication>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

namespace {

void press(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    QWidget *target = QApplication::focusWidget();
    QVERIFY2(target, "the focus is nowhere");
    QTest::keyClick(target, Qt::Key(key), modifiers);
}

void typeHere(const QString &text)
{
    QVERIFY2(QApplication::focusWidget(), "the focus is nowhere");
    QTest::keyClicks(QApplication::focusWidget(), text);
}

} // namespace

/// Work without a mouse, and what a screen reader is told.
class TestKeyboard : public WindowTest
{
    Q_OBJECT

    static std::vector<Snippet> replies()
    {
        return {{u"Refund is on its way"_s, u"refund"_s,
                 u"Dear {{customer.first_name}}, the refund is on its way. {{agent.first_name}}"_s,
                 0},
                {u"Greeting"_s, u"hi"_s, u"Good morning"_s, 5},
                {u"Return label"_s, u"label"_s, u"Your label: {{label}}"_s, 0}};
    }

private Q_SLOTS:
    /// M148, as far as one window reaches: see, open, answer, note, put off, take, wrap up, next.
    void aWholeTriageNeedsNoMouse()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        QCOMPARE(QApplication::focusWidget(), &window.inbox().list());
        press(Qt::Key_1, Qt::AltModifier);
        QVERIFY(!window.conversation().conversation().isNull());
        press(Qt::Key_Down, Qt::AltModifier);
        const ConversationId second = window.conversation().conversation();
        press(Qt::Key_F6);
        QCOMPARE(QApplication::focusWidget(), &window.conversation().timeline());
        press(Qt::Key_F6);
        QCOMPARE(QApplication::focusWidget(), &window.conversation().composer().editor());
        typeHere(u"On its way"_s);
        press(Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(window.outbox().held(second));
        press(Qt::Key_M, Qt::ControlModifier | Qt::ShiftModifier);
        typeHere(u"told her"_s);
        press(Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(lastSent<api::SendMessage>(stage.desk).kind, MessageKind::Note);
        press(Qt::Key_K, Qt::ControlModifier);
        typeHere(u"snooze 2h"_s);
        press(Qt::Key_Return);
        QCOMPARE(lastSent<api::UpdateConversation>(stage.desk).snoozeUntil,
                 stage.clock.wall() + std::chrono::hours(2));
        stage.offerCarla();
        press(Qt::Key_F9);
        QTRY_COMPARE(window.conversation().conversation(), stage.office.carla());
        press(Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(QApplication::focusWidget(), &window.wrapUp().outcome());
        typeHere(u"Sold"_s);
        press(Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(lastSent<api::CompleteTask>(stage.desk).reason, u"Sold"_s);
        QVERIFY(!window.wrapUp().isVisible());
        QVERIFY(window.conversation().conversation() != stage.office.carla());
        QVERIFY(QApplication::focusWidget());
    }

    void tabGoesRailListHeaderMessagesComposerCardStatus()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        stage.settle();
        const std::vector<QWidget *> groups{&window.rail(),
                                            &window.inbox(),
                                            &window.conversation().header(),
                                            &window.conversation().timeline(),
                                            &window.conversation().composer(),
                                            &window.card(),
                                            &window.status()};
        window.rail().findChild<RailButton *>()->setFocus(Qt::TabFocusReason);
        size_t group = 0;
        for (int i = 0; i < 200; ++i) {
            press(Qt::Key_Tab);
            const QWidget *focus = QApplication::focusWidget();
            while (group < groups.size() && focus != groups[group] &&
                   !groups[group]->isAncestorOf(focus))
                ++group;
            if (group == groups.size())
                break;
        }
        // After the status bar comes the rail again: every group was passed in this order.
        QVERIFY(window.rail().isAncestorOf(QApplication::focusWidget()));
    }

    void theTimelineIsAListOfSpokenItems()
    {
        Stage stage(*m_look);
        Window &window = stage.open(QSize(1440, 640));
        stage.openAiko();
        TimelineView &timeline = window.conversation().timeline();
        QAccessibleInterface *list = QAccessible::queryAccessibleInterface(&timeline);
        QVERIFY(list);
        QCOMPARE(list->role(), QAccessible::List);
        QCOMPARE(list->text(QAccessible::Name), u"Messages"_s);
        QCOMPARE(list->childCount(), timeline.model().rowCount());
        const int last = list->childCount() - 1;
        QAccessibleInterface *item = list->child(last);
        QCOMPARE(item->role(), QAccessible::ListItem);
        QCOMPARE(item->parent(), list);
        QCOMPARE(list->indexOfChild(item), last);
        QVERIFY(item->text(QAccessible::Name).startsWith(u"Aiko Tanaka, 10:43, Yes, that is"_s));
        QVERIFY(!item->state().offscreen);
        QVERIFY(list->child(0)->state().offscreen);
        timeline.setFocus(Qt::TabFocusReason);
        QVERIFY(item->state().focused);
        press(Qt::Key_Up);
        QVERIFY(list->child(last - 1)->state().focused);
        QCOMPARE(list->focusChild(), list->child(last - 1));
        const QRect place = item->rect();
        QCOMPARE(list->childAt(place.center().x(), place.top() + 2), item);
        QCOMPARE(list->child(-1), nullptr);
        QCOMPARE(list->child(9999), nullptr);
        window.openConversation(stage.office.carla());
        QVERIFY(!item->isValid()); // its message is no longer here, and asking is harmless
        QVERIFY(item->text(QAccessible::Name).isEmpty());
        QVERIFY(item->state().invalid);
    }

    void actionsOfABubbleAreSpokenAndWork()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.office.makeBusy();
        stage.openAiko();
        QAccessibleInterface *list =
            QAccessible::queryAccessibleInterface(&window.conversation().timeline());
        QAccessibleInterface *item = list->child(list->childCount() - 2);
        auto *actions = item->actionInterface();
        QVERIFY(actions);
        QVERIFY(actions->actionNames().contains(u"Retry"_s));
        actions->doAction(u"Retry"_s);
        QCOMPARE(sent<api::RetryMessage>(stage.desk), 1);
        QVERIFY(item->text(QAccessible::Name).contains(u"Not sent"_s));
    }

    void aRowSaysEverythingThatItShows()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        const ConversationModel &model = window.inbox().model();
        window.inbox().model().setDraft(stage.office.aiko(), u"Yes"_s);
        QCOMPARE(
            model.spokenText(model.rowOf(stage.office.aiko())),
            u"Aiko Tanaka, WhatsApp, 2 unread, reply due in 1:42, Billing, draft. Yes, that is "
            "the right address. ありがとうございます！"_s);
    }

    void newsIsAnnounced()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        Message message;
        message.content.text = u"Hello?"_s;
        stage.desk.add(stage.office.aiko(), message);
        stage.desk.touch(stage.office.aiko());
        QCOMPARE(window.announcer().last(), u"New message from Aiko Tanaka"_s);
        stage.offerCarla();
        QVERIFY(window.announcer().last().startsWith(u"Offer: Carla Díaz"_s));
        Message &ours = stage.desk.messagesById[stage.office.aiko()][3];
        ours.state = MessageState::Failed;
        stage.desk.touch(stage.office.aiko());
        QCOMPARE(window.announcer().last(), u"A message was not sent"_s);
    }

    void thePaletteFindsCommandsPeopleAndConversations()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        window.conversation().composer().focusText();
        press(Qt::Key_K, Qt::ControlModifier);
        QVERIFY(window.palette().isVisible());
        QVERIFY(window.palette().titles().size() > 10);
        typeHere(u"bao"_s);
        QTRY_VERIFY(std::ranges::count(window.palette().titles(), u"Bao Nguyen"_s) >= 1);
        press(Qt::Key_Return);
        QVERIFY(!window.palette().isVisible());
        QCOMPARE(window.conversation().current().customerName, u"Bao Nguyen"_s);
        QCOMPARE(QApplication::focusWidget(), &window.conversation().composer().editor());
        press(Qt::Key_K, Qt::ControlModifier);
        typeHere(u"zzzzqq"_s);
        press(Qt::Key_Return); // nothing found, nothing happens
        press(Qt::Key_Escape);
        QVERIFY(!window.palette().isVisible());
        QCOMPARE(QApplication::focusWidget(), &window.conversation().composer().editor());
    }

    void aCommandOfThePaletteRuns()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        press(Qt::Key_K, Qt::ControlModifier);
        typeHere(u"internal note"_s);
        press(Qt::Key_Return);
        QCOMPARE(window.conversation().composer().mode(), DraftMode::Note);
    }

    void savedRepliesComeWithASlashAndAreFilled()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        window.preferences().setSnippets(replies());
        stage.openAiko();
        Composer &composer = window.conversation().composer();
        composer.focusText();
        typeHere(u"/"_s);
        QVERIFY(composer.suggestions().isOpen());
        QCOMPARE(composer.suggestions().rows().front().title, u"Greeting"_s); // most used
        typeHere(u"refu"_s);
        QCOMPARE(composer.suggestions().rows().front().title, u"Refund is on its way"_s);
        press(Qt::Key_Tab);
        QCOMPARE(composer.editor().toPlainText(), u"Dear Aiko, the refund is on its way. Linh"_s);
        QVERIFY(!composer.suggestions().isOpen());
        press(Qt::Key_Tab); // with the popup closed Tab leaves
        QVERIFY(QApplication::focusWidget() != &composer.editor());
    }

    void escClosesThePopupAndAPathIsNoCommand()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        window.preferences().setSnippets(replies());
        stage.openAiko();
        Composer &composer = window.conversation().composer();
        composer.focusText();
        typeHere(u"/hi"_s);
        QVERIFY(composer.suggestions().isOpen());
        press(Qt::Key_Escape);
        QVERIFY(!composer.suggestions().isOpen());
        QCOMPARE(QApplication::focusWidget(), &composer.editor());
        typeHere(u" km/h and 12:30 and a@b"_s);
        QVERIFY(!composer.suggestions().isOpen());
        QCOMPARE(composer.editor().toPlainText(), u"/hi km/h and 12:30 and a@b"_s);
    }

    void aColonFindsEmoji()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        window.conversation().composer().focusText();
        typeHere(u":thumbs"_s);
        press(Qt::Key_Return);
        QCOMPARE(window.conversation().composer().editor().toPlainText(), u"👍"_s);
        QVERIFY(!window.outbox().held(stage.office.aiko()));
    }

    void aMentionInAReplyOffersToMakeItANote()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        Composer &composer = window.conversation().composer();
        composer.focusText();
        typeHere(u"can you look @Min"_s);
        QCOMPARE(composer.suggestions().rows().front().kind, Suggestion::Kind::SwitchToNote);
        press(Qt::Key_Return);
        QCOMPARE(composer.mode(), DraftMode::Note);
        QCOMPARE(composer.editor().toPlainText(), u"@Minh.Pham can you look"_s);
        composer.setMode(DraftMode::Reply);
        QCOMPARE(composer.editor().toPlainText(), QString());
    }

    void savedRepliesSurviveARestart()
    {
        QTemporaryDir folder;
        QSettings settings(folder.filePath(u"p.ini"_s), QSettings::IniFormat);
        const AgentId agent = randomId<AgentId>();
        {
            Preferences first(settings, agent, nullptr);
            first.setSnippets(replies());
            first.countUse(u"Greeting"_s);
        }
        Preferences second(settings, agent, nullptr);
        QCOMPARE(int(second.snippets().size()), 3);
        QCOMPARE(second.snippets()[1].uses, 6);
        QCOMPARE(second.snippets()[0], replies()[0]);
        QVERIFY(Preferences(settings, randomId<AgentId>(), nullptr).snippets().empty());
        std::vector<Snippet> many(500, Snippet{u"x"_s, u"a b"_s, QString(9000, u'y'), 0});
        second.setSnippets(many);
        QCOMPARE(int(second.snippets().size()), Preferences::MaxSnippets);
        QCOMPARE(second.snippets()[0].shortcut, u"a"_s);
        QCOMPARE(int(second.snippets()[0].body.size()), Preferences::MaxSnippetText);
    }

    void theDialogKeepsEveryChange()
    {
        QTemporaryDir folder;
        QSettings settings(folder.filePath(u"p.ini"_s), QSettings::IniFormat);
        Preferences preferences(settings, randomId<AgentId>(), nullptr);
        auto *dialog = new SnippetDialog(*m_look, preferences, nullptr);
        dialog->show();
        dialog->add();
        dialog->name().setFocus();
        dialog->name().selectAll();
        QTest::keyClicks(&dialog->name(), u"Thanks"_s);
        QTest::keyClicks(&dialog->shortcut(), u"ty"_s);
        dialog->body().setPlainText(u"Thank you!"_s);
        QCOMPARE(preferences.snippets().front(),
                 (Snippet{u"Thanks"_s, u"ty"_s, u"Thank you!"_s, 0}));
        dialog->removeCurrent();
        QVERIFY(preferences.snippets().empty());
        dialog->close();
    }

    void thePreferencesDialogChangesAtOnce()
    {
        QTemporaryDir folder;
        QSettings settings(folder.filePath(u"p.ini"_s), QSettings::IniFormat);
        Preferences preferences(settings, randomId<AgentId>(), nullptr);
        auto *dialog = new PreferencesDialog(*m_look, preferences, nullptr);
        dialog->show();
        QCOMPARE(dialog->holdBox(u"email"_s)->value(), 8);
        dialog->holdBox(u"email"_s)->setValue(20);
        QCOMPARE(preferences.holdTime(u"email"_s), std::chrono::seconds(20));
        QVERIFY(!preferences.enterSends(u"email"_s));
        preferences.setEnterSends(true);
        QVERIFY(preferences.enterSends(u"email"_s));
        dialog->close();
    }

    void findGoesFromNewestToOldestAndReadsOlderPages()
    {
        Stage stage(*m_look);
        Message old;
        old.content.text = u"the needle in the hay"_s;
        old.createdAt = demoTime() - std::chrono::hours(9);
        auto &all = stage.desk.messagesById[stage.office.aiko()];
        old.conversation = stage.office.aiko();
        old.id = randomId<MessageId>();
        for (int i = 0; i < 450; ++i) {
            Message filler = old;
            filler.id = randomId<MessageId>();
            filler.content.text = u"hay %1"_s.arg(i);
            filler.createdAt = old.createdAt + std::chrono::seconds(i + 1);
            all.insert(all.begin() + i, filler);
        }
        all.insert(all.begin(), old);
        Window &window = stage.open();
        stage.openAiko();
        press(Qt::Key_F, Qt::ControlModifier);
        QCOMPARE(QApplication::focusWidget(), &window.conversation().findBar().field());
        typeHere(u"Needle"_s);
        TimelineView &timeline = window.conversation().timeline();
        QTRY_COMPARE(timeline.selectedText(), u"needle"_s);
        QCOMPARE(timeline.model().at(timeline.focusRow()).id, old.id);
        press(Qt::Key_Return);
        QVERIFY(!window.conversation().findBar().stateText().isEmpty());
        press(Qt::Key_Escape);
        QVERIFY(!window.conversation().findBar().isVisible());
        QCOMPARE(QApplication::focusWidget(), &timeline);
    }

    void searchOpensTheConversationAtTheWords()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        press(Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(QApplication::focusWidget(), &window.search().field());
        typeHere(u"right address"_s);
        QTRY_COMPARE(window.search().model().rowCount(), 1);
        press(Qt::Key_Return);
        QCOMPARE(window.conversation().conversation(), stage.office.aiko());
        QTRY_COMPARE(window.conversation().timeline().selectedText(), u"right address"_s);
    }

    void momentsAreUnderstood_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QDateTime>("expected");
        const QDate today(2026, 11, 21); // a Saturday, 10:44
        const auto at = [](const QDate &day, int hour, int minute) {
            return QDateTime(day, QTime(hour, minute));
        };
        QTest::newRow("2h") << u"2h"_s << at(today, 12, 44);
        QTest::newRow("30 min") << u"30 min"_s << at(today, 11, 14);
        QTest::newRow("later today") << u"14:30"_s << at(today, 14, 30);
        QTest::newRow("past today is tomorrow") << u"9:00"_s << at(today.addDays(1), 9, 0);
        QTest::newRow("tomorrow") << u"tomorrow"_s << at(today.addDays(1), 9, 0);
        QTest::newRow("tue 15") << u"tue 15"_s << at(today.addDays(3), 15, 0);
        QTest::newRow("the same day is next week") << u"sat"_s << at(today.addDays(7), 9, 0);
        QTest::newRow("nothing") << u""_s << QDateTime();
        QTest::newRow("zero") << u"0h"_s << QDateTime();
        QTest::newRow("no hour") << u"tue 25"_s << QDateTime();
        QTest::newRow("prose") << u"when she calls"_s << QDateTime();
    }
    void momentsAreUnderstood()
    {
        QFETCH(QString, text);
        QFETCH(QDateTime, expected);
        const auto moment = parseMoment(text, demoTime());
        QCOMPARE(moment.has_value(), expected.isValid());
        if (moment)
            QCOMPARE(QDateTime::fromMSecsSinceEpoch(moment->ms), expected);
    }

    void fuzzyWordsFindNamesWithMarks()
    {
        QVERIFY(fuzzyScore(foldText(u"Eva Nováková"_s), foldText(u"novak"_s)) > 0);
        QVERIFY(fuzzyScore(foldText(u"Đường"_s), foldText(u"duong"_s)) > 0);
        QVERIFY(fuzzyScore(foldText(u"Send and wrap up"_s), foldText(u"swu"_s)) > 0);
        QCOMPARE(fuzzyScore(foldText(u"Customer card"_s), foldText(u"xyz"_s)), 0);
        QVERIFY(fuzzyScore(u"snooze"_s, u"snooze"_s) > fuzzyScore(u"resnooze"_s, u"snooze"_s));
    }

    void aPopupAsksOnlyAfterASpace_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("start");
        QTest::newRow("at the start") << u"/re"_s << 0;
        QTest::newRow("after a space") << u"hello /re"_s << 6;
        QTest::newRow("after a line") << u"hello\n:sm"_s << 6;
        QTest::newRow("inside a word") << u"and/or"_s << -1;
        QTest::newRow("an address") << u"aiko@tanaka"_s << -1;
        QTest::newRow("a link") << u"https://x"_s << -1;
        QTest::newRow("word ended") << u"/re fund"_s << -1;
        QTest::newRow("empty") << u""_s << -1;
    }
    void aPopupAsksOnlyAfterASpace()
    {
        QFETCH(QString, text);
        QFETCH(int, start);
        QCOMPARE(triggerAt(text, int(text.size())).start, start);
    }
};

int main(int argc, char **argv)
{
    return runWindowTest<TestKeyboard>(argc, argv);
}

#include "tst_keyboard.moc"
