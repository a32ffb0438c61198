// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "tests/ui/onboarding/hand.h"
#include "tests/ui/stage.h"
#include "ui/shell/officedetails.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QSignalSpy>
#include <QSpinBox>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

namespace {

Json object(const char *text)
{
    return json::canonical(json::object(Json{text}));
}

const QString Good = u"harbour-42"_s;

} // namespace

/// People and channels as an administrator changes them.
class TestSettings : public WindowTest
{
    Q_OBJECT

    Window &openPeople(Stage &stage, Role role = Role::Admin)
    {
        stage.role = role;
        stage.office.fillSettings();
        Window &window = stage.open();
        window.showSection(Window::Section::People);
        return window;
    }
    Window &openChannels(Stage &stage)
    {
        stage.role = Role::Admin;
        stage.office.fillSettings();
        Window &window = stage.open();
        window.openSettingsPage(window.channels());
        return window;
    }
    static AccountId account(const Stage &stage, const QString &name)
    {
        for (const api::AccountStatus &status : stage.desk.office.channels) {
            if (status.account.name == name)
                return status.account.id;
        }
        return {};
    }
    /// The account of this name turns into one of another kind.
    static void become(Stage &stage, const QString &name, const QJsonObject &type)
    {
        stage.desk.types.append(type);
        for (api::AccountStatus &status : stage.desk.office.channels) {
            if (status.account.name != name)
                continue;
            status.account.type = type[u"type"_s].toString();
            status.account.settings.clear();
        }
        Q_EMIT stage.desk.statusChanged();
    }
    static QJsonObject setting(const QString &key, const QString &label, bool isSecret)
    {
        return {{u"key"_s, key}, {u"label"_s, label}, {u"secret"_s, isSecret}};
    }
    static bool isSaid(const QWidget &root, const QString &words)
    {
        for (const QLabel *label : root.findChildren<QLabel *>()) {
            if (label->isVisible() && label->text().contains(words))
                return true;
        }
        return false;
    }
    /// What a person does, unlike setText().
    static void type(QWidget &root, const QString &name, const QString &text)
    {
        auto *field = seen<QLineEdit>(root, name);
        QVERIFY(field);
        field->selectAll();
        QTest::keyClicks(field, text);
        if (text.isEmpty())
            QTest::keyClick(field, Qt::Key_Delete);
    }
    /// The title of what was refused or said; without it the state of a channel.
    static QString said(QWidget &root)
    {
        for (const NoticeBox *box : root.findChildren<NoticeBox *>()) {
            if (box->isVisible())
                return box->title().remove(QChar(0x2068)).remove(QChar(0x2069));
        }
        return {};
    }
    static QString allSaid(QWidget &root)
    {
        QString all;
        for (const NoticeBox *box : root.findChildren<NoticeBox *>()) {
            if (box->isVisible())
                all += box->title() + u'\n' + box->text() + u'\n' + box->details() + u'\n';
        }
        return all;
    }
    static bool answerBox(QWidget &root, const QString &button)
    {
        auto *box = root.findChild<QMessageBox *>();
        if (!box)
            return false;
        for (QAbstractButton *one : box->buttons()) {
            if (one->text() == button) {
                one->click();
                return true;
            }
        }
        return false;
    }

private Q_SLOTS:
    void factsAreReadAndWrittenWithoutTouchingOthers();
    void whatIsTypedIsReadOrRefused_data();
    void whatIsTypedIsReadOrRefused();
    void weakPasswordsAreRefused_data();
    void weakPasswordsAreRefused();
    void anAgentReadsThePeopleAndChangesNobody();
    void aColleagueIsAddedWithAllThatWasTyped();
    void nothingIsSentBeforeTheFormIsRight_data();
    void nothingIsSentBeforeTheFormIsRight();
    void theOfficesRefusalIsSaidAndTheFormStays();
    void onlyWhatChangedIsWritten();
    void aFailureAfterThePersonIsSaid();
    void aPersonIsSavedWholeThoughTheWindowGoes();
    void nobodyPutsHimselfOut();
    void puttingOutIsConfirmedAndGivesNoMoreWork();
    void unsavedChangesAreNotLeft();
    void theKeyboardGoesThroughTheForms();
    void peopleKeepTheirRowWhileTheyChange();
    void everyFormOfASettingHasItsFaults_data();
    void everyFormOfASettingHasItsFaults();
    void channelsAreShownWithStateAndPc();
    void aKeptSignInIsReplacedByTheBrowser();
    void aBridgeGetsANewTokenAndItsAddressIsShown();
    void settingsAreCheckedAsTheyAreTyped();
    void aChannelKeepsFlowAndQueue();
    void secretsAreNeverShownAndOnlyTypedOnesAreSaved();
    void aSecretIsTypedBlindAndAskedForOnce();
    void aTestSaysWhatWorksOrWhatIsMissing();
    void aTestIsAskedOnceAndAnsweredWhereItWasAsked();
    void pausingMovingAndRemovingAreCommands();
    void aPcWithoutTheSecretsIsSaidInWords();
    void anotherPersonsChangeIsShownUnlessSomethingIsTyped();
    void theStatusBarTellsEveryNoticeInOneClick();
    void signingOutIsAskedForFromTheMenu();
};

void TestSettings::factsAreReadAndWrittenWithoutTouchingOthers()
{
    const Json before = object(
        R"({"languages":["en",7],"skills":["billing","sales"],"level":{"billing":7,"sales":99},"team":"x"})");
    const PersonFacts facts = factsOf(before);
    QCOMPARE(facts.languages, QStringList{u"en"_s});
    QCOMPARE(skillsText(facts.skills), u"billing 7, sales"_s);
    QCOMPARE(otherFacts(before), QStringList{u"team"_s});
    const auto after = withFacts(before, {{u"de"_s}, {{u"sales"_s, 3}}});
    QVERIFY(after);
    QCOMPARE(json::object(*after),
             json::object(object(
                 R"({"languages":["de"],"skills":["sales"],"level":{"sales":3},"team":"x"})")));
    const auto none = withFacts(*after, {});
    QCOMPARE(json::object(*none), json::object(object(R"({"team":"x"})")));
    // Somebody's own "level" is not ours to write over.
    const Json other = object(R"({"level":2})");
    QVERIFY(!withFacts(other, {{}, {{u"sales"_s, 3}}}));
    QCOMPARE(json::object(*withFacts(other, {{}, {{u"sales"_s, 0}}})),
             json::object(object(R"({"level":2,"skills":["sales"]})")));
}

void TestSettings::whatIsTypedIsReadOrRefused_data()
{
    QTest::addColumn<QString>("languages");
    QTest::addColumn<QString>("skills");
    QTest::addColumn<QString>("shown"); // empty = refused
    QTest::newRow("nothing") << u" , "_s << u""_s << u"|"_s;
    QTest::newRow("spaces and case") << u" EN,de ;pt-BR"_s << u"returns ,  billing   7"_s
                                     << u"en, de, pt-br|returns, billing 7"_s;
    QTest::newRow("a language in words") << u"English"_s << u""_s << u""_s;
    QTest::newRow("level 0") << u""_s << u"billing 0"_s << u""_s;
    QTest::newRow("level 11") << u""_s << u"billing 11"_s << u""_s;
    QTest::newRow("level out of int") << u""_s << u"billing 99999999999"_s << u""_s;
    QTest::newRow("twice") << u""_s << u"billing, billing 3"_s << u""_s;
    QTest::newRow("two words") << u"en"_s << u"big customers 10"_s << u"en|big customers 10"_s;
    QTest::newRow("long") << u""_s << QString(65, u'x') << u""_s;
}

void TestSettings::whatIsTypedIsReadOrRefused()
{
    QFETCH(QString, languages);
    QFETCH(QString, skills);
    QFETCH(QString, shown);
    const auto a = parseLanguages(languages);
    const auto b = parseSkills(skills);
    QCOMPARE(a && b, !shown.isEmpty());
    if (a && b)
        QCOMPARE(languagesText(*a) + u'|' + skillsText(*b), shown);
    else
        QVERIFY(!(a ? b.error() : a.error()).detail.isEmpty());
}

void TestSettings::weakPasswordsAreRefused_data()
{
    QTest::addColumn<QString>("password");
    QTest::addColumn<bool>("isGood");
    QTest::newRow("empty") << u""_s << false;
    QTest::newRow("seven") << u"a1b2c3d"_s << false;
    QTest::newRow("eight") << u"a1b2c3d4"_s << true;
    QTest::newRow("one letter") << u"aaaaaaaaaaaa"_s << false;
    QTest::newRow("three letters") << u"abcabcabcabc"_s << false;
    QTest::newRow("the name") << u"minhpham"_s << false;
    QTest::newRow("the name with a blank") << u"MINH Pham"_s << false;
    QTest::newRow("no latin") << u"mật khẩu tốt"_s << true;
    QTest::newRow("endless") << QString(600, u'\u1ead') + Good << false;
}

void TestSettings::weakPasswordsAreRefused()
{
    QFETCH(QString, password);
    QFETCH(bool, isGood);
    QCOMPARE(passwordFault(password, u"Minh Pham"_s).isEmpty(), isGood);
}

void TestSettings::anAgentReadsThePeopleAndChangesNobody()
{
    for (const Role role : {Role::Agent, Role::Supervisor}) {
        Stage stage(*m_look);
        stage.desk.agentList[3].isActive = false;
        Window &window = openPeople(stage, role);
        QVERIFY(!window.people().form());
        QVERIFY(!seen<QAbstractButton>(window.people(), u"Add a colleague"_s));
        QCOMPARE(window.people().model().rowCount(),
                 3); // who is out is an administrator's business
        QVERIFY(!window.channels());
        window.people().showPerson(stage.desk.agentList[1].id);
        QVERIFY(!seen<QLineEdit>(window.people(), u"Name"_s));
    }
}

void TestSettings::aColleagueIsAddedWithAllThatWasTyped()
{
    Stage stage(*m_look);
    Window &window = openPeople(stage);
    PeoplePage &page = window.people();
    QVERIFY(click(page, u"Add a colleague"_s));
    type(page, u"Name"_s, u"  Ana Lima "_s);
    type(page, u"Password"_s, Good);
    type(page, u"Languages"_s, u"PT, en"_s);
    type(page, u"Skills"_s, u"billing 7, returns"_s);
    seen<QComboBox>(page, u"Role"_s)->setCurrentIndex(1);
    seen<QSpinBox>(page, u"At once: Chats and messages"_s)->setValue(4);
    seen<QCheckBox>(page, u"Calls"_s)->setChecked(false);
    QVERIFY(click(page, u"Add"_s));

    QCOMPARE(stage.steward.passwords, QStringList{Good});
    const Agent saved = stage.desk.agentList.back();
    QCOMPARE(saved.name, u"Ana Lima"_s);
    QCOMPARE(saved.role, Role::Supervisor);
    QCOMPARE(saved.passwordHash, "hash of " + Good.toUtf8());
    const Worker worker = stage.desk.workerList.back();
    QCOMPARE(
        json::object(worker.attributes),
        json::object(object(
            R"({"languages":["pt","en"],"skills":["billing","returns"],"level":{"billing":7}})")));
    QCOMPARE(worker.channels.size(), 2u);
    QCOMPARE(worker.channels.at(u"chat"_s), (WorkerChannel{4, true}));
    QCOMPARE(worker.channels.at(u"voice"_s), (WorkerChannel{1, false}));
    // The form shows what is there now, the list has the row.
    QCOMPARE(said(page), u"Ana Lima is saved"_s);
    QCOMPARE(page.form()->agent(), saved.id);
    QVERIFY(!page.form()->isDirty());
    QVERIFY(seen<QLineEdit>(page, u"Password"_s)->text().isEmpty());
    QVERIFY(page.model().rowOf(saved.id) >= 0);
    QCOMPARE(page.list().currentIndex().row(), page.model().rowOf(saved.id));
    QCOMPARE(sent<api::SaveAgent>(stage.desk), 1);
}

void TestSettings::nothingIsSentBeforeTheFormIsRight_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("password");
    QTest::addColumn<QString>("languages");
    QTest::addColumn<QString>("skills");
    QTest::addColumn<QString>("words");
    QTest::newRow("no name") << u"  "_s << Good << u""_s << u""_s << u"needs a name"_s;
    QTest::newRow("taken, in other letters")
        << u"minh PHAM"_s << Good << u""_s << u""_s << u"called minh PHAM already"_s;
    QTest::newRow("no password") << u"Ana"_s << u""_s << u""_s << u""_s << u"too short"_s;
    QTest::newRow("weak password")
        << u"Ana"_s << u"11111111"_s << u""_s << u""_s << u"easily guessed"_s;
    QTest::newRow("language") << u"Ana"_s << Good << u"Klingon!"_s << u""_s << u"language code"_s;
    QTest::newRow("level") << u"Ana"_s << Good << u"en"_s << u"billing 12"_s << u"from 1 to 10"_s;
}

void TestSettings::nothingIsSentBeforeTheFormIsRight()
{
    QFETCH(QString, name);
    QFETCH(QString, password);
    QFETCH(QString, languages);
    QFETCH(QString, skills);
    QFETCH(QString, words);
    Stage stage(*m_look);
    Window &window = openPeople(stage);
    PeoplePage &page = window.people();
    QVERIFY(click(page, u"Add a colleague"_s));
    type(page, u"Name"_s, name);
    type(page, u"Password"_s, password);
    type(page, u"Languages"_s, languages);
    type(page, u"Skills"_s, skills);
    QVERIFY(click(page, u"Add"_s));
    QVERIFY2(allSaid(page).remove(QChar(0x2068)).remove(QChar(0x2069)).contains(words),
             qPrintable(allSaid(page)));
    QCOMPARE(sent<api::SaveAgent>(stage.desk), 0);
    QVERIFY(stage.steward.passwords.isEmpty());
    QCOMPARE(seen<QLineEdit>(page, u"Password"_s)->text(), password);
    QCOMPARE(seen<QLineEdit>(page, u"Password"_s)->echoMode(), QLineEdit::Password);
}

void TestSettings::theOfficesRefusalIsSaidAndTheFormStays()
{
    Stage stage(*m_look);
    Window &window = openPeople(stage);
    PeoplePage &page = window.people();
    QVERIFY(click(page, u"Add a colleague"_s));
    type(page, u"Name"_s, u"Ana"_s);
    type(page, u"Password"_s, Good);
    stage.desk.refuseWith = Error{Error::Code::NoMajority, {}, {}};
    QVERIFY(click(page, u"Add"_s));
    QCOMPARE(said(page), u"Ana was not saved"_s);
    QVERIFY(allSaid(page).contains(u"Too few PCs"_s));
    QCOMPARE(seen<QLineEdit>(page, u"Name"_s)->text(), u"Ana"_s);
    QVERIFY(click(page, u"Add"_s)); // the same again
    QCOMPARE(said(page), u"Ana is saved"_s);
}

void TestSettings::onlyWhatChangedIsWritten()
{
    Stage stage(*m_look);
    Window &window = openPeople(stage);
    PeoplePage &page = window.people();
    page.showPerson(stage.desk.agentList[1].id);
    QVERIFY(!seen<QAbstractButton>(page, u"Save"_s)->isEnabled());
    type(page, u"Skills"_s, u"billing"_s);
    QVERIFY(click(page, u"Save"_s));
    QCOMPARE(sent<api::SaveAgent>(stage.desk),
             0); // it would end nobody's session, but why write it
    QCOMPARE(sent<api::SaveWorker>(stage.desk), 1);
    QCOMPARE(lastSent<api::SaveWorker>(stage.desk).friendlyName, u"Minh Pham"_s);
    type(page, u"Name"_s, u"Minh Pham Jr"_s);
    seen<QComboBox>(page, u"Role"_s)->setCurrentIndex(2);
    QVERIFY(click(page, u"Save"_s));
    QCOMPARE(lastSent<api::SaveAgent>(stage.desk).agent.role, Role::Admin);
    QCOMPARE(lastSent<api::SaveAgent>(stage.desk).agent.worker, stage.desk.agentList[1].worker);
    QCOMPARE(lastSent<api::SaveWorker>(stage.desk).friendlyName, u"Minh Pham Jr"_s);
    QCOMPARE(sent<api::SetWorkerChannel>(stage.desk), 0);
    QVERIFY(stage.steward.passwords.isEmpty());
}

void TestSettings::aPersonIsSavedWholeThoughTheWindowGoes()
{
    Stage stage(*m_look);
    Window &window = openPeople(stage);
    PeoplePage &page = window.people();
    page.showPerson(stage.desk.agentList[1].id);
    type(page, u"Name"_s, u"Minh Nguyen"_s);
    seen<QSpinBox>(page, u"At once: E-mails"_s)->setValue(9);
    stage.desk.holdAnswers = true;
    QVERIFY(click(page, u"Save"_s));
    QCOMPARE(sent<api::SaveAgent>(stage.desk), 1);
    QCOMPARE(sent<api::SetWorkerChannel>(stage.desk), 0);
    stage.window.reset();
    stage.desk.holdAnswers = false;
    stage.desk.release();
    QTRY_COMPARE(sent<api::SetWorkerChannel>(stage.desk), 1);
}

void TestSettings::aFailureAfterThePersonIsSaid()
{
    Stage stage(*m_look);
    Window &window = openPeople(stage);
    PeoplePage &page = window.people();
    page.showPerson(stage.desk.agentList[1].id);
    seen<QSpinBox>(page, u"At once: E-mails"_s)->setValue(9);
    stage.desk.refuseWith = Error{Error::Code::Forbidden, {}, {}};
    QVERIFY(click(page, u"Save"_s));
    QCOMPARE(said(page), u"Minh Pham is saved, but not everything"_s);
    // What is shown is what the office has.
    QCOMPARE(seen<QSpinBox>(page, u"At once: E-mails"_s)->value(), 5);
}

void TestSettings::nobodyPutsHimselfOut()
{
    Stage stage(*m_look);
    Window &window = openPeople(stage);
    PeoplePage &page = window.people();
    page.showPerson(stage.office.linh().agent);
    QVERIFY(!seen<QComboBox>(page, u"Role"_s)->isEnabled());
    QVERIFY(!seen<QAbstractButton>(page, u"Deactivate\u2026"_s));
    type(page, u"Password"_s, Good); // his own password he may set
    QVERIFY(click(page, u"Save"_s));
    QCOMPARE(stage.steward.passwords, QStringList{Good});
    QVERIFY(!seen<QComboBox>(page, u"Role"_s)->isEnabled());
}

void TestSettings::puttingOutIsConfirmedAndGivesNoMoreWork()
{
    Stage stage(*m_look);
    stage.desk.office.office.defaultActivity = stage.desk.activityList[3].id;
    Window &window = openPeople(stage);
    PeoplePage &page = window.people();
    const AgentId minh = stage.desk.agentList[1].id;
    page.showPerson(minh);
    QVERIFY(click(page, u"Deactivate\u2026"_s));
    QVERIFY(answerBox(page, u"Cancel"_s));
    QCOMPARE(sent<api::SaveAgent>(stage.desk), 0);
    QTRY_VERIFY(!page.findChild<QMessageBox *>());
    QVERIFY(click(page, u"Deactivate\u2026"_s));
    QVERIFY(answerBox(page, u"Deactivate"_s));
    QVERIFY(!stage.desk.agentList[1].isActive);
    QCOMPARE(lastSent<api::SetActivity>(stage.desk).activity, stage.desk.activityList[3].id);
    QVERIFY(lastSent<api::SetActivity>(stage.desk).rejectPending);
    QCOMPARE(page.model().rowOf(minh), page.model().rowCount() - 1); // at the end, but there
    QVERIFY(click(page, u"Activate again"_s));
    QVERIFY(stage.desk.agentList[1].isActive);
}

void TestSettings::unsavedChangesAreNotLeft()
{
    Stage stage(*m_look);
    Window &window = openPeople(stage);
    PeoplePage &page = window.people();
    page.showPerson(stage.desk.agentList[1].id);
    type(page, u"Skills"_s, u"billing"_s);
    page.showPerson(stage.desk.agentList[2].id);
    QCOMPARE(page.form()->agent(), stage.desk.agentList[1].id);
    QCOMPARE(said(page), u"There are changes that are not saved"_s);
    QTest::keyClick(&window, Qt::Key_Escape); // nor by the key
    QCOMPARE(seen<QLineEdit>(page, u"Skills"_s)->text(), u"billing"_s);
    QVERIFY(click(page, u"Discard changes"_s));
    page.showPerson(stage.desk.agentList[2].id);
    QCOMPARE(page.form()->agent(), stage.desk.agentList[2].id);
    QTest::keyClick(&window, Qt::Key_Escape);
    QVERIFY(!seen<QLineEdit>(page, u"Skills"_s));
}

void TestSettings::theKeyboardGoesThroughTheForms()
{
    Stage stage(*m_look);
    Window &window = openPeople(stage);
    window.people().addPerson();
    const auto walk = [&window](QWidget *from, int steps) {
        QStringList names;
        from->setFocus(Qt::TabFocusReason);
        for (int i = 0; i < steps; ++i) {
            QTest::keyClick(window.focusWidget(), Qt::Key_Tab);
            const auto *button = qobject_cast<QAbstractButton *>(window.focusWidget());
            names += button && !button->text().isEmpty() ? button->text()
                                                         : window.focusWidget()->accessibleName();
        }
        return names;
    };
    QCOMPARE(walk(seen<QLineEdit>(window, u"Skills"_s), 4),
             (QStringList{u"Calls"_s, u"At once: Calls"_s, u"Chats and messages"_s,
                          u"At once: Chats and messages"_s}));
    QCOMPARE(walk(seen<QSpinBox>(window, u"At once: Comments and reviews"_s), 2),
             (QStringList{u"Cancel"_s, u"Add"_s}));
    window.people().form()->showPerson(stage.desk.agentList[1].id);
    window.openSettingsPage(window.channels());
    window.channels()->showAccount(account(stage, u"Mail"_s));
    QCOMPARE(walk(seen<QComboBox>(window, u"Who answers"_s), 6),
             (QStringList{u"E-mail address"_s, u"Incoming mail server (IMAP)"_s,
                          u"Port of incoming mail"_s, u"Encryption of incoming mail"_s,
                          u"Password"_s, u"Leave mail unread in the mailbox"_s}));
}

void TestSettings::peopleKeepTheirRowWhileTheyChange()
{
    Stage stage(*m_look);
    Window &window = openPeople(stage);
    PeopleModel &model = window.people().model();
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    QSignalSpy edits(&model, &QAbstractItemModel::dataChanged);
    stage.desk.agentList[1].role = Role::Supervisor;
    api::Changes changes;
    changes.directory = true;
    Q_EMIT stage.desk.changed(changes);
    QCOMPARE(resets.size(), 0);
    QCOMPARE(edits.size(), 1);
}

void TestSettings::everyFormOfASettingHasItsFaults_data()
{
    QTest::addColumn<QString>("form");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isGood");
    const auto row = [](const char *form, const char *text, bool isGood) {
        QTest::addRow("%s: %s", form, text)
            << QString::fromLatin1(form) << QString::fromUtf8(text) << isGood;
    };
    row("port", "", true); // whether it is needed is another question
    row("port", "993", true);
    row("port", "0", false);
    row("port", "65536", false);
    row("port", "9x3", false);
    row("number 10 1500", "10", true);
    row("number 10 1500", "9", false);
    row("number 10 1500", "-10", false);
    row("host", "mail.harbor.example", true);
    row("host", "192.0.2.7", true);
    row("host", "2001:db8::7", true);
    row("host", "b\u00fccher.example", true);
    row("host", "https://mail.harbor.example", false);
    row("host", "mail harbor", false);
    row("host", "-x.example", false);
    row("email", "help@harbor.example", true);
    row("email", "help@", false);
    row("email", "a b@harbor.example", false);
    row("sites", "https://shop.example, http://localhost:8080", true);
    row("sites", "shop.example", false);
    row("sites", "https://shop.example/path", false);
    row("sites", "javascript:alert(1)", false);
    row("one-of tls starttls none", "tls", true);
    row("one-of tls starttls none", "ssl", false);
    row("something new", "anything", true);
}

void TestSettings::everyFormOfASettingHasItsFaults()
{
    QFETCH(QString, form);
    QFETCH(QString, text);
    QFETCH(bool, isGood);
    QCOMPARE(settingFault(form, text).isEmpty(), isGood);
}

void TestSettings::channelsAreShownWithStateAndPc()
{
    Stage stage(*m_look);
    Window &window = openChannels(stage);
    const QAbstractItemModel *model = window.channels()->list().model();
    QCOMPARE(model->rowCount(), 9);
    QStringList spoken;
    for (int row = 0; row < model->rowCount(); ++row)
        spoken += model->index(row, 0).data(Qt::AccessibleTextRole).toString();
    QCOMPARE(spoken[0], u"Billing mail, E-mail, Not connected since 10:44: The password was not "
                        "accepted. Many providers want an app password., Front desk PC \u00b7 "
                        "Orders \u00b7 Straight to a person"_s);
    window.channels()->showAccount(account(stage, u"Billing mail"_s));
    QVERIFY(allSaid(*window.channels()).contains(u"Many providers want an app password"_s));
}

void TestSettings::aKeptSignInIsReplacedByTheBrowser()
{
    Stage stage(*m_look);
    Window &window = openChannels(stage);
    ChannelsPage &page = *window.channels();
    QJsonObject signIn = setting(u"refresh_token"_s, u"Sign-in of the channel"_s, true);
    signIn.insert(u"form"_s, u"sign-in google"_s);
    become(stage, u"Mail"_s,
           {{u"type"_s, u"youtube"_s},
            {u"settings"_s, QJsonArray{setting(u"client_id"_s, u"Client ID"_s, false), signIn}}});
    page.showAccount(account(stage, u"Mail"_s));
    QVERIFY(isSaid(page, u"replace what is kept"_s));
    QVERIFY(!page.form().isDirty());
    type(page, u"Client ID"_s, u"desk"_s);
    QVERIFY(click(page, u"Sign in with Google"_s));
    QCOMPARE(stage.steward.door.wish->settings.at(u"client_id"_s), u"desk"_s);
    stage.steward.door.held.answer(SignedIn{u"refresh_token"_s, "r9"});
    QVERIFY(page.form().isDirty());
    QVERIFY(click(page, u"Save"_s));
    QCOMPARE(stage.steward.edit->secrets,
             (std::map<QString, QByteArray>{{u"refresh_token"_s, "r9"}}));
    QVERIFY(!stage.steward.edit->account.settings.contains(u"refresh_token"_s));
    QVERIFY(!page.form().isDirty()); // it is kept there now, not here
    QVERIFY(isSaid(page, u"replace what is kept"_s));
}

void TestSettings::aBridgeGetsANewTokenAndItsAddressIsShown()
{
    Stage stage(*m_look);
    Window &window = openChannels(stage);
    ChannelsPage &page = *window.channels();
    QJsonObject token = setting(u"token"_s, u"Token"_s, true);
    token.insert(u"generated"_s, true);
    become(stage, u"Mail"_s, {{u"type"_s, u"byoc"_s}, {u"settings"_s, QJsonArray{token}}});
    const AccountId id = account(stage, u"Mail"_s);
    page.showAccount(id);
    QVERIFY(isSaid(page, u"/api/v1/byoc/%1/"_s.arg(id.toString())));
    QVERIFY(!seen<QLineEdit>(page, u"Token"_s)); // what is kept is not shown
    QVERIFY(!page.form().isDirty());
    QVERIFY(click(page, u"Make a new one: Token"_s));
    const QByteArray made = seen<QLineEdit>(page, u"Token"_s)->text().toLatin1();
    QCOMPARE(made.size(), 43);
    QVERIFY(click(page, u"Save"_s));
    QCOMPARE(stage.steward.edit->secrets, (std::map<QString, QByteArray>{{u"token"_s, made}}));
    QVERIFY(!seen<QLineEdit>(page, u"Token"_s));
}

void TestSettings::settingsAreCheckedAsTheyAreTyped()
{
    Stage stage(*m_look);
    Window &window = openChannels(stage);
    ChannelsPage &page = *window.channels();
    page.showAccount(account(stage, u"Mail"_s));
    QVERIFY(!seen<QAbstractButton>(page, u"Save"_s)->isEnabled());
    const auto fault = [&page](const QString &words) {
        for (const QLabel *label : page.findChildren<QLabel *>()) {
            if (label->isVisible() && label->text().contains(words))
                return true;
        }
        return false;
    };
    type(page, u"Port of incoming mail"_s, u"99999"_s);
    QVERIFY(fault(u"A number from 1 to 65535."_s));
    QVERIFY(click(page, u"Save"_s));
    QVERIFY(!stage.steward.edit);
    QVERIFY(allSaid(page).contains(u"Port of incoming mail"_s));
    type(page, u"Port of incoming mail"_s, u"143"_s);
    QVERIFY(!fault(u"A number from 1 to 65535."_s));
    type(page, u"Incoming mail server (IMAP)"_s, u""_s);
    QVERIFY(fault(u"This is needed."_s));
    type(page, u"Incoming mail server (IMAP)"_s, u"imap2.harbor.example"_s);
    seen<QComboBox>(page, u"Encryption of incoming mail"_s)->setCurrentIndex(1);
    QVERIFY(click(page, u"Save"_s));
    QVERIFY(stage.steward.edit);
    QCOMPARE(stage.steward.edit->account.settings,
             (std::map<QString, QString>{{u"address"_s, u"help@harbor.example"_s},
                                         {u"imap_host"_s, u"imap2.harbor.example"_s},
                                         {u"imap_port"_s, u"143"_s},
                                         {u"imap_security"_s, u"starttls"_s}}));
    QCOMPARE(said(page), u"Saved"_s);
    QVERIFY(!page.form().isDirty());
}

/// M28.
void TestSettings::aChannelKeepsFlowAndQueue()
{
    Stage stage(*m_look);
    Window &window = openChannels(stage);
    ChannelsPage &page = *window.channels();
    page.showAccount(account(stage, u"Mail"_s));
    auto *queue = seen<QComboBox>(page, u"Who answers"_s);
    QCOMPARE(queue->currentText(), u"Orders"_s);
    QCOMPARE(seen<QComboBox>(page, u"What happens first"_s)->currentText(),
             u"Straight to a person"_s);
    queue->setCurrentIndex(-1);
    QVERIFY(click(page, u"Save"_s));
    QVERIFY(!stage.steward.edit);
    QVERIFY(allSaid(page).contains(u"what happens first and who answers"_s));
    queue->setCurrentIndex(queue->findText(u"Billing"_s));
    QVERIFY(click(page, u"Save"_s));
    QVERIFY(stage.steward.edit);
    QCOMPARE(window.channels()->list().model()->rowCount(), 9);
}

void TestSettings::secretsAreNeverShownAndOnlyTypedOnesAreSaved()
{
    Stage stage(*m_look);
    Window &window = openChannels(stage);
    ChannelsPage &page = *window.channels();
    page.showAccount(account(stage, u"Mail"_s));
    auto *password = seen<QLineEdit>(page, u"Password"_s);
    QCOMPARE(password->echoMode(), QLineEdit::Password);
    QVERIFY(password->text().isEmpty());
    type(page, u"Name"_s, u"Help desk"_s);
    QVERIFY(click(page, u"Save"_s));
    QVERIFY(stage.steward.edit->secrets.empty());
    QCOMPARE(stage.steward.edit->account.name, u"Help desk"_s);
    type(page, u"Password"_s, u" secret "_s);
    stage.steward.refuseWith = Error{Error::Code::Storage, u"no keychain"_s, {}};
    QVERIFY(click(page, u"Save"_s));
    QCOMPARE(said(page), u"The channel was not saved"_s);
    QCOMPARE(password->text(), u" secret "_s); // to try again
    QVERIFY(click(page, u"Save"_s));
    QCOMPARE(stage.steward.edit->secrets,
             (std::map<QString, QByteArray>{{u"password"_s, " secret "}}));
    QVERIFY(password->text().isEmpty());
    QVERIFY(!page.form().isDirty());
}

/// Whatever its form is; what is kept already needs no second typing.
void TestSettings::aSecretIsTypedBlindAndAskedForOnce()
{
    const QJsonArray settings{QJsonObject{{u"key"_s, u"token"_s},
                                          {u"label"_s, u"Token"_s},
                                          {u"form"_s, u"switch"_s},
                                          {u"secret"_s, true},
                                          {u"required"_s, true}}};
    SettingFields fields(*m_look, QJsonObject{{u"settings"_s, settings}}, nullptr, nullptr);
    fields.setValues({});
    auto *line = fields.findChild<QLineEdit *>();
    QVERIFY(line && !fields.findChild<QCheckBox *>());
    QCOMPARE(line->echoMode(), QLineEdit::Password);
    QCOMPARE(fields.firstFault(), QString());
    fields.setNew();
    QVERIFY(!fields.firstFault().isEmpty());
}

void TestSettings::aTestSaysWhatWorksOrWhatIsMissing()
{
    Stage stage(*m_look);
    Window &window = openChannels(stage);
    ChannelsPage &page = *window.channels();
    page.showAccount(account(stage, u"Mail"_s));
    stage.desk.accountAnswer = u"Reading and sending work for help@harbor.example."_s;
    QVERIFY(click(page, u"Test now"_s));
    QCOMPARE(stage.desk.accountTests, 1);
    QVERIFY(allSaid(page).contains(u"Reading and sending work for"_s));
    stage.desk.accountAnswer = Error{Error::Code::Network, u"NO LOGIN"_s, u"credentials"_s};
    QVERIFY(click(page, u"Test now"_s));
    QVERIFY(allSaid(page).contains(u"The password was not accepted"_s));
    QVERIFY(allSaid(page).contains(u"NO LOGIN"_s));
}

void TestSettings::aTestIsAskedOnceAndAnsweredWhereItWasAsked()
{
    Stage stage(*m_look);
    Window &window = openChannels(stage);
    ChannelsPage &page = *window.channels();
    const auto button = [&] { return seen<QAbstractButton>(page, u"Test now"_s); };
    page.showAccount(account(stage, u"Mail"_s));
    stage.desk.holdTests = true;
    stage.desk.accountAnswer = u"Reading and sending work."_s;
    QVERIFY(click(page, u"Test now"_s));
    QVERIFY(!button()->isEnabled());
    Q_EMIT stage.desk.statusChanged();
    QVERIFY(!button()->isEnabled());
    page.showAccount(account(stage, u"Billing mail"_s));
    QVERIFY(button()->isEnabled()); // nobody tests this one
    page.showAccount(account(stage, u"Mail"_s));
    QVERIFY(!button()->isEnabled());
    page.showAccount(account(stage, u"Billing mail"_s));
    stage.desk.releaseReads();
    QVERIFY(!allSaid(page).contains(u"Reading and sending work."_s));
    QVERIFY(button()->isEnabled());
    page.showAccount(account(stage, u"Mail"_s));
    QVERIFY(button()->isEnabled());
    QCOMPARE(stage.desk.accountTests, 1);
}

void TestSettings::pausingMovingAndRemovingAreCommands()
{
    Stage stage(*m_look);
    Window &window = openChannels(stage);
    ChannelsPage &page = *window.channels();
    const AccountId mail = account(stage, u"Mail"_s);
    page.showAccount(mail);
    QVERIFY(click(page, u"Pause"_s));
    QVERIFY(lastSent<api::SaveAccount>(stage.desk).account.isPaused);
    QCOMPARE(lastSent<api::SaveAccount>(stage.desk).account.id, mail);
    QVERIFY(click(page, u"Resume"_s));
    QVERIFY(!lastSent<api::SaveAccount>(stage.desk).account.isPaused);
    QVERIFY(click(page, u"Move to another PC"_s));
    auto *menu = page.findChild<QMenu *>();
    QVERIFY(menu);
    QCOMPARE(menu->actions().size(), 3); // it runs on the fourth
    menu->actions().front()->trigger();
    menu->close();
    QCOMPARE(lastSent<api::Appoint>(stage.desk).account, mail);
    QCOMPARE(lastSent<api::Appoint>(stage.desk).node, stage.desk.office.members[1].node.id);
    QVERIFY(click(page, u"Remove\u2026"_s));
    QVERIFY(answerBox(page, u"Cancel"_s));
    QCOMPARE(sent<api::RemoveAccount>(stage.desk), 0);
    QTRY_VERIFY(!page.findChild<QMessageBox *>());
    QVERIFY(click(page, u"Remove\u2026"_s));
    QVERIFY(answerBox(page, u"Remove the channel"_s));
    QCOMPARE(lastSent<api::RemoveAccount>(stage.desk).account, mail);
    QVERIFY(!seen<QAbstractButton>(page, u"Test now"_s)); // its form is closed
    QCOMPARE(page.list().model()->rowCount(), 8);
}

void TestSettings::aPcWithoutTheSecretsIsSaidInWords()
{
    Stage stage(*m_look);
    Window &window = openChannels(stage);
    ChannelsPage &page = *window.channels();
    page.showAccount(account(stage, u"Mail"_s));
    QVERIFY(click(page, u"Move to another PC"_s));
    stage.desk.refuseWith = Error{Error::Code::Rejected, u"x"_s, u"not-sealed"_s};
    page.findChild<QMenu *>()->actions().front()->trigger();
    QVERIFY(allSaid(page).contains(u"cannot open the passwords of this channel yet"_s));
}

void TestSettings::anotherPersonsChangeIsShownUnlessSomethingIsTyped()
{
    Stage stage(*m_look);
    Window &window = openChannels(stage);
    ChannelsPage &page = *window.channels();
    page.showAccount(account(stage, u"Mail"_s));
    ChannelAccount &mail = stage.desk.office.channels[0].account;
    QCOMPARE(mail.name, u"Mail"_s);
    mail.name = u"Post"_s;
    Q_EMIT stage.desk.statusChanged();
    QCOMPARE(seen<QLineEdit>(page, u"Name"_s)->text(), u"Post"_s);
    type(page, u"Name"_s, u"Letters"_s);
    mail.name = u"Mail again"_s;
    Q_EMIT stage.desk.statusChanged();
    QCOMPARE(seen<QLineEdit>(page, u"Name"_s)->text(), u"Letters"_s);
}

void TestSettings::theStatusBarTellsEveryNoticeInOneClick()
{
    Stage stage(*m_look);
    stage.desk.office.notices = {u"Search is off: its file cannot be written."_s,
                                 u"The clock of this PC is 40 s late."_s};
    Window &window = stage.open();
    QVERIFY(window.status().words().contains(u"Phone: trunk reconnecting in 0:12"_s));
    QVERIFY(click(window.status(), u"3 things \u00b7 Phone: trunk reconnecting in 0:12"_s));
    auto *details = window.findChild<OfficeDetails *>();
    QVERIFY(details && details->isVisible());
    for (const QString &notice : {u"Search is off"_s, u"40 s late"_s, u"reconnecting"_s,
                                  u"Front desk PC"_s, u"routes the work"_s})
        QVERIFY2(details->words().contains(notice), qPrintable(notice));
    // It follows the office.
    stage.desk.office.notices.clear();
    stage.desk.office.trouble = u"no space left on device"_s;
    Q_EMIT stage.desk.statusChanged();
    QVERIFY(!details->words().contains(u"Search is off"_s));
    QVERIFY(details->words().contains(u"no space left on device"_s));
    details->close();
}

void TestSettings::signingOutIsAskedForFromTheMenu()
{
    Stage stage(*m_look);
    Window &window = stage.open();
    QSignalSpy wanted(&window, &Window::signOutWanted);
    window.rail().activity().openMenu();
    auto *menu = window.rail().activity().findChild<QMenu *>();
    QVERIFY(menu);
    menu->actions().back()->trigger();
    QCOMPARE(wanted.size(), 1);
    menu->close();
}

int main(int argc, char **argv)
{
    return runWindowTest<TestSettings>(argc, argv);
}

#include "tst_settings.moc"
