// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/onboarding/hand.h"
#include "tests/ui/stage.h"
#include "ui/conversation/pictureviewer.h"
#include "ui/shell/shortcutdialog.h"

#include <QBuffer>
#include <QMenu>
#include <QSignalSpy>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

namespace {

QByteArray png(QSize size)
{
    QImage image(size, QImage::Format_RGB32);
    image.fill(Qt::blue);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    image.save(&buffer, "PNG");
    return bytes;
}

} // namespace

/// A window of its own for a conversation, keys of one's own, pictures, declining for a reason.
class TestAgentWays : public WindowTest
{
    Q_OBJECT

    static int rowOf(const ShortcutDialog &dialog, const QString &command)
    {
        const QTableWidget &table = const_cast<ShortcutDialog &>(dialog).table();
        for (int row = 0; row < table.rowCount(); ++row) {
            if (table.item(row, 0)->text() == command)
                return row;
        }
        return -1;
    }
    static void press(ShortcutDialog &dialog, const QString &command, const QKeySequence &key)
    {
        dialog.table().setCurrentCell(rowOf(dialog, command), 0);
        dialog.findChild<QKeySequenceEdit *>()->setKeySequence(key);
    }
    ConversationId givePicture(Stage &stage, const QByteArray &bytes)
    {
        Attachment picture;
        picture.name = u"photo.png"_s;
        picture.mimeType = u"image/png"_s;
        picture.size = bytes.size();
        picture.sha256 = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
        stage.desk.blobs[picture.sha256] = bytes;
        Message message;
        message.content.attachments = {picture};
        stage.desk.add(stage.office.aiko(), message);
        return stage.office.aiko();
    }

private Q_SLOTS:
    void aConversationInItsOwnWindowSharesItsDraft();
    void aConversationIsPoppedOutOnce();
    void whatIsSentFromAnOwnWindowCanBeUndoneInTheOther();
    void ownWindowsGoWithTheMainOne();
    void aKeyIsChangedAndKept();
    void aTakenKeyIsToldAndTakenOnlyWhenAsked();
    void keysForWritingAreRefused_data();
    void keysForWritingAreRefused();
    void anOfferIsDeclinedForAReason();
    void aPictureIsShownAndZoomed();
    void whatIsNoPictureIsSaid();
};

/// UX-3.
void TestAgentWays::aConversationInItsOwnWindowSharesItsDraft()
{
    Stage stage(*m_look);
    Window &window = stage.open();
    stage.openAiko();
    stage.type(u"Dear Aiko"_s);
    PopOut *own = window.popOuts().open(window.conversation().current());
    QVERIFY(own);
    QTRY_COMPARE(own->pane().composer().editor().toPlainText(), u"Dear Aiko"_s);
    QTest::keyClicks(&own->pane().composer().editor(), u", good morning"_s);
    QCOMPARE(window.conversation().composer().editor().toPlainText(), u"Dear Aiko, good morning"_s);
    stage.type(u"Hello"_s);
    QCOMPARE(own->pane().composer().editor().toPlainText(), u"Hello"_s);
}

void TestAgentWays::aConversationIsPoppedOutOnce()
{
    Stage stage(*m_look);
    Window &window = stage.open();
    stage.openAiko();
    const Conversation aiko = window.conversation().current();
    QPointer<PopOut> own = window.popOuts().open(aiko);
    QCOMPARE(window.popOuts().open(aiko), own.data());
    own->close();
    QTRY_VERIFY(own.isNull());
    QVERIFY(window.popOuts().open(aiko));
    for (int i = 0; i < int(PopOuts::MaxWindows) - 1; ++i) {
        Conversation other = aiko;
        other.id = randomId<ConversationId>();
        QVERIFY(window.popOuts().open(other));
    }
    Conversation last = aiko;
    last.id = randomId<ConversationId>();
    QVERIFY(!window.popOuts().open(last));
}

void TestAgentWays::whatIsSentFromAnOwnWindowCanBeUndoneInTheOther()
{
    Stage stage(*m_look);
    Window &window = stage.open();
    stage.openAiko();
    PopOut *own = window.popOuts().open(window.conversation().current());
    QTRY_VERIFY(own->pane().composer().isVisible());
    QTest::keyClicks(&own->pane().composer().editor(), u"On its way."_s);
    own->pane().composer().send();
    QVERIFY(window.conversation().composer().editor().toPlainText().isEmpty());
    Q_EMIT window.conversation().composer().undoWanted();
    QCOMPARE(window.conversation().composer().editor().toPlainText(), u"On its way."_s);
    QCOMPARE(own->pane().composer().editor().toPlainText(), u"On its way."_s);
    QCOMPARE(sent<api::SendMessage>(stage.desk), 0);
}

void TestAgentWays::ownWindowsGoWithTheMainOne()
{
    Stage stage(*m_look);
    Window &window = stage.open();
    stage.openAiko();
    QPointer<PopOut> own = window.popOuts().open(window.conversation().current());
    QTest::keyClicks(&own->pane().composer().editor(), u"half a"_s);
    window.quit();
    QVERIFY(own.isNull());
    QCOMPARE(stage.store.drafts.size(), 1u);
    QCOMPARE(stage.store.drafts.front().text, u"half a"_s);
}

void TestAgentWays::aKeyIsChangedAndKept()
{
    Stage stage(*m_look);
    {
        Window &window = stage.open();
        auto *dialog =
            new ShortcutDialog(*m_look, const_cast<Shortcuts &>(window.shortcuts()), &window);
        dialog->show();
        press(*dialog, u"Search all"_s, QKeySequence(Qt::CTRL | Qt::Key_J));
        QCOMPARE(dialog->words(), u"It is Ctrl+J now."_s);
        QCOMPARE(dialog->table().item(rowOf(*dialog, u"Search all"_s), 1)->text(), u"Ctrl+J"_s);
        dialog->close();
        QTest::keyClick(&window, Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(!window.search().isVisible());
        QTest::keyClick(&window, Qt::Key_J, Qt::ControlModifier);
        QVERIFY(window.search().isVisible());
    }
    stage.window.reset();
    Window &window = stage.open(); // the next start
    QTest::keyClick(&window, Qt::Key_J, Qt::ControlModifier);
    QVERIFY(window.search().isVisible());
    auto *dialog =
        new ShortcutDialog(*m_look, const_cast<Shortcuts &>(window.shortcuts()), &window);
    dialog->show();
    dialog->table().setCurrentCell(rowOf(*dialog, u"Search all"_s), 0);
    QVERIFY(click(*dialog, u"Usual key"_s));
    QCOMPARE(dialog->table().item(rowOf(*dialog, u"Search all"_s), 1)->text(), u"Ctrl+Shift+F"_s);
    QVERIFY(click(*dialog, u"No key"_s));
    QCOMPARE(dialog->table().item(rowOf(*dialog, u"Search all"_s), 1)->text(), QString());
    QVERIFY(click(*dialog, u"Usual key"_s));
    dialog->close();
}

void TestAgentWays::aTakenKeyIsToldAndTakenOnlyWhenAsked()
{
    Stage stage(*m_look);
    Window &window = stage.open();
    auto *dialog =
        new ShortcutDialog(*m_look, const_cast<Shortcuts &>(window.shortcuts()), &window);
    dialog->show();
    press(*dialog, u"Search all"_s, QKeySequence(Qt::CTRL | Qt::Key_K));
    QCOMPARE(dialog->words(), u"Ctrl+K belongs to \u201cCommands, people, conversations\u201d."_s);
    QCOMPARE(dialog->table().item(rowOf(*dialog, u"Search all"_s), 1)->text(), u"Ctrl+Shift+F"_s);
    QVERIFY(click(*dialog, u"Take it from there"_s));
    QCOMPARE(dialog->table().item(rowOf(*dialog, u"Search all"_s), 1)->text(), u"Ctrl+K"_s);
    QCOMPARE(dialog->table().item(rowOf(*dialog, u"Commands, people, conversations"_s), 1)->text(),
             QString());
    QVERIFY(!seen<QAbstractButton>(*dialog, u"Take it from there"_s));
    dialog->close();
}

void TestAgentWays::keysForWritingAreRefused_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<bool>("isGood");
    QTest::newRow("letter") << u"J"_s << false;
    QTest::newRow("shifted letter") << u"Shift+J"_s << false;
    QTest::newRow("AltGr") << u"Ctrl+Alt+E"_s << false;
    QTest::newRow("copy") << u"Ctrl+C"_s << false;
    QTest::newRow("undo") << u"Ctrl+Z"_s << false;
    QTest::newRow("two keys") << u"Ctrl+X, Ctrl+S"_s << false;
    QTest::newRow("function key") << u"F6"_s << true;
    QTest::newRow("Ctrl+J") << u"Ctrl+J"_s << true;
    QTest::newRow("none") << u""_s << true;
}

void TestAgentWays::keysForWritingAreRefused()
{
    QFETCH(QString, key);
    QFETCH(bool, isGood);
    QCOMPARE(Shortcuts::fault(QKeySequence::fromString(key)).isEmpty(), isGood);
}

void TestAgentWays::anOfferIsDeclinedForAReason()
{
    Stage stage(*m_look);
    Window &window = stage.open();
    stage.offerCarla();
    window.offerCard().reasonsButton().click();
    auto *menu = window.offerCard().findChild<QMenu *>();
    QVERIFY(menu);
    QCOMPARE(menu->actions().size(), 3);
    QCOMPARE(menu->actions().front()->text(), u"Decline: Break"_s);
    menu->actions().front()->trigger();
    menu->close();
    QCOMPARE(lastSent<api::RejectReservation>(stage.desk).activity, stage.desk.activityList[1].id);
    // The next plain decline has no reason.
    stage.offerCarla();
    window.offers().decline();
    QVERIFY(lastSent<api::RejectReservation>(stage.desk).activity.isNull());
}

/// UX-21.
void TestAgentWays::aPictureIsShownAndZoomed()
{
    Stage stage(*m_look);
    givePicture(stage, png({2000, 1000}));
    Window &window = stage.open();
    stage.openAiko();
    TimelineView &timeline = window.conversation().timeline();
    const int last = window.conversation().messages().rowCount() - 1;
    QCOMPARE(timeline.actionTexts(last), (QStringList{u"Show photo.png"_s, u"Save photo.png"_s}));
    timeline.trigger(last, u"Show photo.png"_s);
    auto *viewer = window.findChild<PictureViewer *>();
    QVERIFY(viewer);
    QTRY_VERIFY(viewer->hasPicture());
    QTRY_VERIFY(viewer->zoom() < 0.5); // all of it is seen
    const double fitted = viewer->zoom();
    QTest::keyClick(viewer, Qt::Key_Plus);
    QCOMPARE(viewer->zoom(), fitted * PictureViewer::Step);
    QTest::keyClick(viewer, Qt::Key_1);
    QCOMPARE(viewer->zoom(), 1.0);
    for (int i = 0; i < 40; ++i)
        QTest::keyClick(viewer, Qt::Key_Plus);
    QCOMPARE(viewer->zoom(), PictureViewer::MaxZoom);
    QTest::keyClick(viewer, Qt::Key_0);
    QVERIFY(qAbs(viewer->zoom() - fitted) < 0.02);
    QSignalSpy saves(viewer, &PictureViewer::saveWanted);
    QPointer<PictureViewer> watched = viewer;
    QTest::keyClick(viewer, Qt::Key_Escape);
    QTRY_VERIFY(watched.isNull());
}

void TestAgentWays::whatIsNoPictureIsSaid()
{
    Stage stage(*m_look);
    givePicture(stage, "<svg xmlns='http://www.w3.org/2000/svg'/>");
    Window &window = stage.open();
    stage.openAiko();
    window.conversation().timeline().trigger(window.conversation().messages().rowCount() - 1,
                                             u"Show photo.png"_s);
    auto *viewer = window.findChild<PictureViewer *>();
    QVERIFY(viewer);
    QTRY_VERIFY(viewer->words().contains(u"cannot be shown as a picture"_s));
    QVERIFY(!viewer->hasPicture());
    viewer->close();
}

int main(int argc, char **argv)
{
    return runWindowTest<TestAgentWays>(argc, argv);
}

#include "tst_agentways.moc"
