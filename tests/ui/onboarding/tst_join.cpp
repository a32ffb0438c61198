// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/onboarding/fakes.h"
#include "tests/ui/onboarding/hand.h"
#include "tests/ui/stage.h"
#include "ui/onboarding/firstrun.h"

#include <QClipboard>
#include <QSignalSpy>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

namespace {

const QString AddressField = u"Address of the PC that invites"_s;

/// A label with these words can be seen.
bool isShown(const QWidget &root, const QString &words)
{
    const QList<QLabel *> labels = root.findChildren<QLabel *>();
    return std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) {
        return label->isVisible() && label->text().contains(words);
    });
}

/// The first run, on its page for joining.
struct Scene
{
    explicit Scene(Look &look)
        : first(look, founder, entrance)
    {
        first.show();
        first.activateWindow();
        click(first, u"Join my office"_s);
        fields = first.findChild<CodeFields *>();
    }
    /// Without the words, up to where three of them are compared.
    void ask()
    {
        entrance.find({{u"Harbor Shop"_s, u"a"_s, u"192.168.1.20:8418"_s}});
        entrance.isHolding = true;
        click(first, u"Ask to be let in"_s);
        click(first, u"In the keychain of this PC"_s);
        click(first, u"Ask to be let in"_s);
        Q_EMIT entrance.wordsMade({u"bada"_s, u"koru"_s, u"mila"_s});
    }

    FakeFounder founder;
    FakeEntrance entrance;
    FirstRun first;
    CodeFields *fields = nullptr;
};

} // namespace

/// "Join my office" with an office that is made of values (M144, row 12: join in one minute).
class TestJoin : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void eachWordIsCheckedAsItIsTyped()
    {
        Scene scene(*m_look);
        CodeFields &fields = *scene.fields;
        QVERIFY(QTest::qWaitForWindowActive(&scene.first));
        QCOMPARE(scene.entrance.looks, 1);
        QTest::keyClicks(&fields.field(0), u"bada"_s); // a whole word leads on
        QVERIFY(fields.field(1).hasFocus());
        QTest::keyClicks(&fields.field(1), u" Koru "_s); // blanks do no harm, nor do capitals
        QVERIFY(fields.field(2).hasFocus());
        QCOMPARE(fields.code(), u"bada-koru"_s);
        QCOMPARE(fields.trouble(), QString());
        QTest::keyClicks(&fields.field(2), u"mi"_s);
        QCOMPARE(fields.wrongField(), -1); // some word begins so
        QTest::keyClicks(&fields.field(2), u"x"_s);
        QCOMPARE(fields.wrongField(), 2);
        QVERIFY(isShown(scene.first, u"(word 3) is not a word"_s));
        for (int i = 0; i < 4; ++i) // one more leads back
            QTest::keyClick(&fields.field(2), Qt::Key_Backspace);
        QVERIFY(fields.field(1).hasFocus());
    }

    void wordsOfTwoCodesDoNotBelongTogether()
    {
        Scene scene(*m_look);
        scene.fields->setCode(u"bada koru mila zobu pano kora"_s); // all are words
        QVERIFY(isShown(scene.first, u"do not belong together"_s));
        scene.fields->setCode(FakeEntrance::goodCode());
        QVERIFY(!isShown(scene.first, u"do not belong together"_s));
        QVERIFY(scene.fields->isComplete());
    }

    void aPastedInvitationFillsEverything()
    {
        Scene scene(*m_look);
        QApplication::clipboard()->setText(FakeEntrance::goodCode() + u" at 192.168.1.20:8418\n"_s);
        scene.fields->field(0).paste();
        QCOMPARE(scene.fields->code(), FakeEntrance::goodCode());
        QCOMPARE(seen<QLineEdit>(scene.first, AddressField)->text(), u"192.168.1.20:8418"_s);
        QApplication::clipboard()->setText(QString(100'000, u'a')); // no code, no harm
        scene.fields->field(5).paste();
        QCOMPARE(scene.fields->wrongField(), 5);
    }

    void nobodyJoinsBeforeTheFieldsAreRight_data();
    void nobodyJoinsBeforeTheFieldsAreRight()
    {
        QFETCH(QString, code);
        QFETCH(QString, address);
        QFETCH(QString, name);
        QFETCH(QString, title);
        Scene scene(*m_look);
        scene.fields->setCode(code);
        QVERIFY(write(scene.first, AddressField, address));
        QVERIFY(write(scene.first, u"Name of this PC"_s, name));
        QVERIFY(click(scene.first, u"Continue"_s));
        QVERIFY(!seen<QAbstractButton>(scene.first, u"Join the office"_s));
        QVERIFY(isShown(scene.first, title));
    }

    void whatWasTypedIsWhatIsProved()
    {
        Scene scene(*m_look);
        FirstRun &first = scene.first;
        QSignalSpy joined(&first, &FirstRun::joined);
        scene.fields->setCode(FakeEntrance::goodCode().toUpper());
        QVERIFY(write(first, AddressField, u" front.local:8418 "_s));
        QVERIFY(write(first, u"Name of this PC"_s, u"Laptop"_s));
        QVERIFY(click(first, u"Continue"_s));
        QVERIFY(click(first, u"In a file sealed with a passphrase"_s));
        QVERIFY(write(first, u"Passphrase (at least 8 characters)"_s, u"correct horse"_s));
        QVERIFY(click(first, u"Join the office"_s));
        QVERIFY(!scene.entrance.wanted); // the passphrase was typed once
        QVERIFY(write(first, u"Passphrase once more"_s, u"correct horse"_s));
        scene.entrance.isHolding = true;
        QVERIFY(click(first, u"Join the office"_s));
        first.close();
        QVERIFY(first.isVisible()); // a moment: it is a member in whole or not at all
        scene.entrance.held.answer(u"Harbor Shop"_s);
        QCOMPARE(joined.size(), 1);
        const JoinWish wanted{FakeEntrance::goodCode(), u"Laptop"_s, u"front.local:8418"_s,
                              SecretsPlace::PassphraseFile, u"correct horse"_s};
        QVERIFY(*scene.entrance.wanted == wanted);
        QVERIFY(!scene.founder.wanted);
    }

    void theOnlyOfficeFoundIsTakenAndTwoAreAsked()
    {
        Scene scene(*m_look);
        scene.fields->setCode(FakeEntrance::goodCode());
        scene.entrance.find({{u"Harbor Shop"_s, u"a"_s, u"192.168.1.20:8418"_s}});
        auto *page = scene.first.findChild<JoinPage *>();
        QCOMPARE(page->address(), u"192.168.1.20:8418"_s);
        scene.entrance.find({{u"Harbor Shop"_s, u"a"_s, u"192.168.1.21:8418"_s},
                             {u"Harbor Shop"_s, u"b"_s, u"192.168.1.44:8418"_s}});
        QCOMPARE(page->address(), QString()); // the one that was taken is gone
        QVERIFY(isShown(scene.first, u"Two offices have the same name"_s));
        QVERIFY(click(scene.first, u"Continue"_s));
        QVERIFY(isShown(scene.first, u"Which office?"_s));
        QTRY_VERIFY(click(scene.first, u"Harbor Shop at 192.168.1.44:8418"_s));
        QCOMPARE(page->address(), u"192.168.1.44:8418"_s);
        QVERIFY(write(scene.first, AddressField, u"10.0.0.7:8418"_s));
        QCOMPARE(page->address(), u"10.0.0.7:8418"_s); // what is typed counts
    }

    void whoHasNoWordsAsksAndComparesThree()
    {
        Scene scene(*m_look);
        FirstRun &first = scene.first;
        QSignalSpy joined(&first, &FirstRun::joined);
        scene.ask();
        const JoinWish wanted{
            {}, u"back-office"_s, u"192.168.1.20:8418"_s, SecretsPlace::Keychain, {}};
        QVERIFY(scene.entrance.wanted && *scene.entrance.wanted == wanted);
        for (const QString &word : {u"bada"_s, u"koru"_s, u"mila"_s})
            QVERIFY(isShown(first, word));
        QVERIFY(isShown(first, u"Waiting for approval at"_s));
        QVERIFY(isShown(first, u"Harbor Shop"_s));
        Q_EMIT scene.entrance.letIn();
        QVERIFY(isShown(first, u"lets this PC in"_s));
        QCOMPARE(scene.entrance.confirmations, 0); // the office's word alone is nothing
        QCOMPARE(joined.size(), 0);
        QVERIFY(click(first, u"The same words are there"_s));
        QCOMPARE(scene.entrance.confirmations, 1);
        QVERIFY(!seen<QAbstractButton>(first, u"The same words are there"_s)->isEnabled());
        scene.entrance.held.answer(u"Harbor Shop"_s);
        QCOMPARE(joined.size(), 1);
    }

    void whoComparedFirstWaitsForTheOther()
    {
        Scene scene(*m_look);
        scene.ask();
        QVERIFY(click(scene.first, u"The same words are there"_s));
        QVERIFY(isShown(scene.first, u"You have compared the words"_s));
        scene.entrance.held.answer(
            rejected(u"The person did not let this PC in."_s, u"declined"_s));
        QVERIFY(isShown(scene.first, u"did not let this PC in"_s));
        scene.entrance.isHolding = true; // the second time it begins anew
        scene.ask();
        QVERIFY(isShown(scene.first, u"Waiting for approval at"_s));
        QVERIFY(click(scene.first, u"The same words are there"_s));
    }

    void whoDoesNotWaitGoesBackAndMayStillTypeTheCode()
    {
        Scene scene(*m_look);
        scene.ask();
        QVERIFY(click(scene.first, u"Cancel"_s));
        QVERIFY(seen<QAbstractButton>(scene.first, u"Ask to be let in"_s));
        for (const NoticeBox *notice : scene.first.findChildren<NoticeBox *>())
            QVERIFY(!notice->isVisible()); // that was their own wish
        scene.fields->setCode(FakeEntrance::goodCode());
        QVERIFY(click(scene.first, u"Continue"_s));
        QVERIFY(click(scene.first, u"Join the office"_s));
        QCOMPARE(scene.entrance.wanted->code, FakeEntrance::goodCode());
    }

    void theWindowMayBeClosedWhileWordsAreCompared()
    {
        Scene scene(*m_look);
        QSignalSpy closed(&scene.first, &FirstRun::closed);
        scene.ask();
        scene.first.close();
        QCOMPARE(closed.size(), 1);
    }

    void whoeverIsAskedIsKnown()
    {
        Scene scene(*m_look);
        QVERIFY(click(scene.first, u"Ask to be let in"_s));
        QVERIFY(isShown(scene.first, u"Which PC shall be asked?"_s));
        QVERIFY(write(scene.first, AddressField, u"192.168.1.20"_s));
        QVERIFY(click(scene.first, u"Ask to be let in"_s));
        QVERIFY(isShown(scene.first, u"This is no address"_s));
    }

    void everyTroubleSaysWhatToDo_data();
    void everyTroubleSaysWhatToDo()
    {
        QFETCH(Error, error);
        QFETCH(QString, title);
        QFETCH(QString, toDo);
        Scene scene(*m_look);
        scene.entrance.answer = error;
        QSignalSpy joined(&scene.first, &FirstRun::joined);
        scene.fields->setCode(FakeEntrance::goodCode());
        QVERIFY(write(scene.first, AddressField, u"192.168.1.20:8418"_s));
        QVERIFY(click(scene.first, u"Continue"_s));
        QVERIFY(click(scene.first, u"Join the office"_s));
        QCOMPARE(joined.size(), 0);
        QVERIFY(isShown(scene.first, title));
        QVERIFY(isShown(scene.first, toDo));
        QCOMPARE(scene.fields->code(), FakeEntrance::goodCode()); // nothing has to be typed again
    }

    void whoWaitsForTheHistoryMayBegin()
    {
        Scene scene(*m_look);
        QSignalSpy begin(&scene.first, &FirstRun::beginWanted);
        scene.first.showArrival({u"Harbor Shop"_s, 0, 0, false});
        QVERIFY(isShown(scene.first, u"Waiting for a PC of the office"_s));
        QVERIFY(!seen<QAbstractButton>(scene.first, u"Begin now"_s));
        scene.first.showArrival({u"Harbor Shop"_s, 12'480, 31'002, true});
        QVERIFY(isShown(scene.first, u"Copying history: 12,480 of 31,002"_s));
        QVERIFY(click(scene.first, u"Begin now"_s));
        QCOMPARE(begin.size(), 1);
    }
};

void TestJoin::nobodyJoinsBeforeTheFieldsAreRight_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("title");
    const QString good = FakeEntrance::goodCode();
    const QString at = u"192.168.1.20:8418"_s;
    const QString pc = u"PC"_s;
    QTest::newRow("no words") << QString() << at << pc << u"The code has six words"_s;
    QTest::newRow("five words") << good.chopped(5) << at << pc << u"The code has six words"_s;
    QTest::newRow("a word that is none")
        << u"bada-koru-mila-zobu-pano-tikx"_s << at << pc << u"Word 6 is not a word of a code"_s;
    QTest::newRow("a word of another code")
        << u"bada-koru-mila-zobu-pano-kora"_s << at << pc << u"A word of the code is mistyped"_s;
    QTest::newRow("no port") << good << u"192.168.1.20"_s << pc << u"This is no address"_s;
    QTest::newRow("a port that is none")
        << good << u"192.168.1.20:84180"_s << pc << u"This is no address"_s;
    QTest::newRow("no name") << good << at << u"  "_s << u"What is this PC called?"_s;
}

void TestJoin::everyTroubleSaysWhatToDo_data()
{
    QTest::addColumn<Error>("error");
    QTest::addColumn<QString>("title");
    QTest::addColumn<QString>("toDo");
    QTest::newRow("mistyped") << invalid(u"x"_s) << u"A word of the code is mistyped"_s
                              << u"Compare all six"_s;
    QTest::newRow("expired") << rejected(u"x"_s, u"no-invitation"_s)
                             << u"The office is there, but invites nobody now"_s
                             << u"\"Invite a PC\" again"_s;
    QTest::newRow("used") << rejected(u"x"_s, u"refused"_s) << u"The words were not accepted"_s
                          << u"let it show new ones"_s;
    QTest::newRow("nobody found") << Error{Error::Code::NotFound, u"x"_s, u"no-office-found"_s}
                                  << u"No office that invites was found"_s << u"type the address"_s;
    QTest::newRow("asked where nobody invites")
        << rejected(u"x"_s, u"not-inviting"_s) << u"The office is there, but invites nobody now"_s
        << u"then ask again"_s;
    QTest::newRow("asked with many others")
        << rejected(u"x"_s, u"busy"_s) << u"Several PCs are asking there now"_s << u"in a minute"_s;
    QTest::newRow("asked an older Peerdesk")
        << rejected(u"x"_s, u"older"_s) << u"That PC only takes the six words"_s
        << u"Type the words"_s;
    QTest::newRow("turned away") << rejected(u"x"_s, u"declined"_s)
                                 << u"The office did not let this PC in"_s
                                 << u"Ask whoever is at the PC"_s;
    QTest::newRow("nobody came") << Error{Error::Code::Network, u"x"_s, u"unanswered"_s}
                                 << u"Nobody let this PC in"_s << u"quarter of an hour"_s;
    QTest::newRow("lost while waiting")
        << Error{Error::Code::Network, u"x"_s, u"lost"_s}
        << u"The connection to the office was lost"_s << u"still open on the PC that invites"_s;
    QTest::newRow("another office's PC")
        << rejected(u"x"_s, u"not-them"_s) << u"This is not the PC that invites you"_s
        << u"address below the words"_s;
    QTest::newRow("nobody there") << Error{Error::Code::Network, u"x"_s, {}}
                                  << u"No PC of an office answers at"_s << u"firewall"_s;
    QTest::newRow("member already")
        << rejected(u"x"_s, u"exists"_s) << u"This PC belongs to an office already"_s
        << u"start it again"_s;
    QTest::newRow("disk full") << Error{Error::Code::Storage, u"x"_s, u"disk-full"_s}
                               << u"The disk is full"_s << u"Free some space"_s;
}

int main(int argc, char **argv)
{
    return runWindowTest<TestJoin>(argc, argv);
}

#include "tst_join.moc"
