// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/desktop.h"
#include "tests/ui/onboarding/hand.h"
#include "ui/onboarding/chatpage.h"
#include "ui/onboarding/testchat.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDirIterator>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTcpServer>

#include <sqlite3.h>

using namespace peerdesk;
using namespace peerdesk::desktop;
using namespace peerdesk::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int Long = 30'000; ///< milliseconds; sealing takes most of a second, more when busy
const QString Passphrase = u"marker-passphrase-5f1c"_s;
const QString Password = u"marker-password-77ab"_s;

/// The whole program on a folder, without main().
class Running
{
public:
    explicit Running(const QString &folder)
        : program(std::make_unique<Desktop>(options(folder)))
    {
        program->start();
    }
    ~Running() { end(); }

    static Desktop::Options options(const QString &folder)
    {
        Desktop::Options options;
        options.office.dataDir = folder;
        options.office.http = u"127.0.0.1:0"_s;
        return options;
    }
    ui::FirstRun &first() { return *program->firstRun(); }
    void end()
    {
        if (!program)
            return;
        QSignalSpy ended(program.get(), &Desktop::ended);
        program->quit();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, Long);
        program.reset();
    }

    std::unique_ptr<Desktop> program;
};

ui::TestChat *testChat()
{
    for (QWidget *widget : QApplication::topLevelWidgets()) {
        if (auto *chat = qobject_cast<ui::TestChat *>(widget))
            return chat;
    }
    return nullptr;
}

QDialog *shownDialog()
{
    for (QWidget *widget : QApplication::topLevelWidgets()) {
        if (widget->isVisible() && qobject_cast<QDialog *>(widget))
            return static_cast<QDialog *>(widget);
    }
    return nullptr;
}

QString noticeOf(QWidget &root)
{
    for (const ui::NoticeBox *notice : root.findChildren<ui::NoticeBox *>()) {
        if (notice->isVisible())
            return notice->title();
    }
    return {};
}

/// Files below the folder that hold the word, in UTF-8 or UTF-16.
QStringList filesWith(const QString &folder, const QString &word)
{
    const QByteArray narrow = word.toUtf8();
    const QByteArray wide(reinterpret_cast<const char *>(word.utf16()), word.size() * 2);
    QStringList found;
    QDirIterator it(folder, QDir::Files | QDir::Hidden | QDir::System,
                    QDirIterator::Subdirectories);
    while (it.hasNext()) {
        QFile file(it.next());
        if (!file.open(QIODevice::ReadOnly)) // the control socket
            continue;
        const QByteArray bytes = file.readAll();
        if (bytes.contains(narrow) || bytes.contains(wide))
            found += file.fileName();
    }
    return found;
}

} // namespace

/// The first run with the real core in this process (M83 on Linux, UX-70).
class TestFirstRun : public QObject
{
    Q_OBJECT

private:
    QString folder() const { return m_folder->filePath(u"office"_s); }
    void found(Running &running, const QString &password = {});

    std::unique_ptr<QTemporaryDir> m_folder;

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aNewOfficeIsThereAfterFourPages();
    void noSecretIsInAnyFile();
    void theChannelsCanBeSkippedAndComeBackFromSettings();
    void aMessageToOneselfIsOfferedAndAnswered();
    void theSnippetLeadsToTheRealWidget();
    void aPortThatIsTakenIsSaidWhereverTheChatIsShown();
    void aSealedOfficeAsksForItsPassphrase();
    void aSecondStartOnTheFolderIsRefusedInWords();
    void anOfficeOfANewerVersionIsLeftAlone();
    void aFolderThatCannotBeMadeIsSaid();
    void anAttemptThatWasCutOffBeginsAnew();
    void aPasswordIsAskedAtTheNextStart();
    void colleaguesTakeTurnsAtOnePc();
    void aChannelIsChangedPausedAndRemoved();
    void sampleDataOpensFromTheWizardAndLeavesNothing();
};

/// Through the pages, up to the channels.
void TestFirstRun::found(Running &running, const QString &password)
{
    ui::FirstRun &first = running.first();
    QVERIFY(click(first, u"Start a new office"_s));
    QVERIFY(write(first, u"Name of the office"_s, u"Cửa hàng Bến Cảng"_s));
    QVERIFY(write(first, u"Your name"_s, u"Linh Trần"_s));
    QVERIFY(write(first, u"Password (may be left empty)"_s, password));
    QVERIFY(write(first, u"Password once more"_s, password));
    QVERIFY(click(first, u"Continue"_s));
    QVERIFY(click(first, u"In a file sealed with a passphrase"_s));
    QVERIFY(write(first, u"Passphrase (at least 8 characters)"_s, Passphrase));
    QVERIFY(write(first, u"Passphrase once more"_s, Passphrase));
    QVERIFY(click(first, u"Create the office"_s));
    QTRY_VERIFY2_WITH_TIMEOUT(running.program->assistant() &&
                                  running.program->assistant()->isReady(),
                              qPrintable(noticeOf(first)), Long);
}

void TestFirstRun::aNewOfficeIsThereAfterFourPages()
{
    Running running(folder());
    QVERIFY(!QFile::exists(folder())); // nothing is made before somebody asks
    found(running);
    std::optional<api::OfficeStatus> status;
    std::optional<std::vector<Agent>> agents;
    running.program->office().desk().status(
        {this, [&](const Result<api::OfficeStatus> &r) { status = *r; }});
    running.program->office().desk().agents(
        {this, [&](const Result<std::vector<Agent>> &r) { agents = *r; }});
    QTRY_VERIFY(status && agents);
    QCOMPARE(status->office.name, u"Cửa hàng Bến Cảng"_s);
    QCOMPARE(status->role, u"leader"_s);
    QCOMPARE(agents->size(), size_t(1));
    QCOMPARE(agents->front().name, u"Linh Trần"_s);
    QCOMPARE(agents->front().role, Role::Admin);
    QVERIFY(agents->front().passwordHash.isEmpty());
    QVERIFY(!agents->front().worker.isNull());
}

/// M147
void TestFirstRun::noSecretIsInAnyFile()
{
    Running running(folder());
    found(running, Password);
    ui::MailDraft mail;
    mail.address = u"help@desk.test"_s;
    mail.password = "marker-mailbox-0c3d";
    mail.servers = {{u"localhost"_s, 1, u"tls"_s}, {u"localhost"_s, 1, u"tls"_s}, {}};
    std::optional<Result<AccountId>> added;
    ChannelWorkshop workshop(running.program->office(), {});
    workshop.addMail(mail, {this, [&](const Result<AccountId> &r) { added = r; }});
    QVERIFY(added && !*added); // M28: neither flow nor queue
    QVERIFY2(added->error().detail.contains(u"flow"_s), qPrintable(added->error().detail));
    std::optional<std::vector<Flow>> flows;
    std::optional<std::vector<Queue>> queues;
    api::Desk &desk = running.program->office().desk();
    desk.flows({this, [&](const Result<std::vector<Flow>> &r) { flows = *r; }});
    desk.queues({this, [&](const Result<std::vector<Queue>> &r) { queues = *r; }});
    QTRY_VERIFY(flows && queues);
    mail.destination = {flows->front().id, queues->front().id};
    added.reset();
    workshop.addMail(mail, {this, [&](const Result<AccountId> &r) { added = r; }});
    QTRY_VERIFY_WITH_TIMEOUT(added, Long);
    QVERIFY2(*added, qPrintable(added->error().detail)); // the password is kept somewhere

    ui::ChannelAssistant &assistant = *running.program->assistant();
    QVERIFY(click(assistant, u"Chat on your web site"_s));
    QVERIFY(click(assistant, u"Create the chat"_s));
    QTRY_VERIFY(seen<QAbstractButton>(assistant, u"Copy"_s));
    running.end();
    for (const QString &word : {Passphrase, Password, u"marker-mailbox-0c3d"_s})
        QCOMPARE(filesWith(m_folder->path(), word), QStringList());
    QVERIFY(!filesWith(m_folder->path(), u"Linh Trần"_s).isEmpty()); // the search does find words
    QCOMPARE(QFile::permissions(folder() + u"/keys"_s) &
                 (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
             QFile::Permissions());
}

void TestFirstRun::theChannelsCanBeSkippedAndComeBackFromSettings()
{
    Running running(folder());
    found(running);
    QVERIFY(click(*running.program->assistant(), u"Skip for now"_s));
    QTRY_VERIFY(running.program->window());
    QTRY_VERIFY(!running.program->firstRun());
    auto *action = seen<QAbstractButton>(*running.program->window(), u"Add a channel"_s);
    QTRY_VERIFY((action = seen<QAbstractButton>(*running.program->window(), u"Add a channel"_s)));
    action->click();
    QTRY_VERIFY(running.program->assistant());
    QVERIFY(running.program->assistant()->isWindow());
    QTRY_VERIFY(running.program->assistant()->isReady());
    QVERIFY(click(*running.program->assistant(), u"E-mail"_s));
}

/// UX-70: without any account of a provider.
void TestFirstRun::aMessageToOneselfIsOfferedAndAnswered()
{
    Running running(folder());
    found(running);
    QVERIFY(click(*running.program->assistant(), u"Send yourself a message"_s));
    QTRY_VERIFY_WITH_TIMEOUT(running.program->window() && testChat(), Long);
    ui::Window &window = *running.program->window();
    QTRY_VERIFY_WITH_TIMEOUT(testChat()->sendButton().isEnabled(), Long);
    testChat()->sendButton().click();
    QTRY_VERIFY_WITH_TIMEOUT(testChat()->conversation().contains(u"live agent"_s), Long);
    QTRY_COMPARE_WITH_TIMEOUT(window.offers().state(), ui::Offers::State::Offered, Long);
    window.offers().accept();
    QTRY_VERIFY_WITH_TIMEOUT(!window.conversation().conversation().isNull(), Long);
    ui::Composer &composer = window.conversation().composer();
    QTRY_VERIFY_WITH_TIMEOUT(composer.isEnabled(), Long);
    composer.editor().setPlainText(u"Hello, Linh here."_s);
    composer.send();
    QTRY_VERIFY_WITH_TIMEOUT(testChat()->conversation().contains(u"Hello, Linh here."_s), Long);
}

void TestFirstRun::theSnippetLeadsToTheRealWidget()
{
    Running running(folder());
    found(running);
    ui::ChannelAssistant &assistant = *running.program->assistant();
    QVERIFY(click(assistant, u"Chat on your web site"_s));
    QVERIFY(click(assistant, u"Create the chat"_s));
    QTRY_VERIFY(seen<QAbstractButton>(assistant, u"Copy"_s));
    QVERIFY(click(assistant, u"Copy"_s));
    const QString copied = QGuiApplication::clipboard()->text();
    const QString address = running.program->office().address();
    QVERIFY2(copied.contains(u"src=\""_s + address + u"/chat/widget.js\""_s), qPrintable(copied));
    QNetworkAccessManager network;
    QNetworkReply *reply = network.get(QNetworkRequest(QUrl(address + u"/chat/widget.js"_s)));
    QSignalSpy finished(reply, &QNetworkReply::finished);
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(reply->error(), QNetworkReply::NoError);
    QVERIFY(reply->readAll().contains("dataset.account"));
    delete reply;
}

void TestFirstRun::aPortThatIsTakenIsSaidWhereverTheChatIsShown()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    const QString door = u"127.0.0.1:%1"_s.arg(other.serverPort());
    Running running(folder());
    running.program->office().options().http = door;
    found(running);
    ui::ChannelAssistant &assistant = *running.program->assistant();
    QVERIFY(click(assistant, u"Chat on your web site"_s));
    QVERIFY(click(assistant, u"Create the chat"_s));
    QTRY_COMPARE(assistant.snippet().notice().title(), u"The chat cannot be reached now"_s);
    QVERIFY(assistant.snippet().notice().details().contains(door));
    api::Desk &desk = running.program->office().desk();
    std::optional<api::AccountStatus> chat;
    const auto isDown = [&] {
        desk.status({this, [&](const Result<api::OfficeStatus> &status) {
                         if (status && !status->channels.empty())
                             chat = status->channels.front();
                     }});
        return chat && chat->state == AccountState::Down;
    };
    QTRY_VERIFY(isDown());
    QVERIFY2(chat->detail.contains(door), qPrintable(chat->detail));
    std::optional<Result<QString>> tested;
    desk.testAccount(running.program->caller(), chat->account.id,
                     {this, [&](const Result<QString> &said) { tested = said; }});
    QTRY_VERIFY(tested);
    QVERIFY(!*tested);
    QVERIFY(tested->error().detail.contains(door));
    QVERIFY(click(assistant, u"Continue"_s));
    QTRY_VERIFY(seen<QAbstractButton>(assistant, u"Finish"_s));
    QVERIFY(click(assistant, u"Finish"_s));
    QTRY_VERIFY(running.program->window());
    QVERIFY(running.program->window()->notice().isVisible());
    QVERIFY(running.program->window()->notice().text().contains(door));
    QTRY_VERIFY(running.program->window()->status().words().contains(door));
}

void TestFirstRun::aSealedOfficeAsksForItsPassphrase()
{
    {
        Running running(folder());
        found(running);
    }
    Running running(folder());
    QVERIFY(running.program->firstRun());
    QVERIFY(!running.program->window());
    ui::FirstRun &first = running.first();
    QVERIFY(write(first, u"Passphrase"_s, u"not this one"_s));
    QVERIFY(click(first, u"Unlock"_s));
    QTRY_COMPARE_WITH_TIMEOUT(noticeOf(first), u"This is not the passphrase"_s, Long);
    QVERIFY(!running.program->window());
    QVERIFY(write(first, u"Passphrase"_s, Passphrase));
    QVERIFY(click(first, u"Unlock"_s));
    QTRY_VERIFY_WITH_TIMEOUT(running.program->window(), Long); // one agent, no password: signed in
}

void TestFirstRun::aSecondStartOnTheFolderIsRefusedInWords()
{
    Running running(folder());
    found(running);
    Desktop::Options options = Running::options(folder());
    options.office.keystore = u"os"_s;
    options.isKeystoreNamed = true;
    Desktop second(options);
    second.start();
    QTRY_VERIFY_WITH_TIMEOUT(second.firstRun() && second.firstRun()->isVisible(), Long);
    QCOMPARE(noticeOf(*second.firstRun()), u"Peerdesk is already open on this PC"_s);
    running.end();
    QVERIFY(click(*second.firstRun(), u"Try again"_s));
    QTRY_VERIFY_WITH_TIMEOUT(second.window(), Long);
    QSignalSpy ended(&second, &Desktop::ended);
    second.quit();
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, Long);
}

void TestFirstRun::anOfficeOfANewerVersionIsLeftAlone()
{
    {
        Running running(folder());
        found(running);
    }
    sqlite3 *database = nullptr;
    QCOMPARE(sqlite3_open(qPrintable(folder() + u"/office.db"_s), &database), SQLITE_OK);
    QCOMPARE(sqlite3_exec(database, "PRAGMA user_version = 9999", nullptr, nullptr, nullptr),
             SQLITE_OK);
    sqlite3_close(database);
    Running running(folder());
    QVERIFY(write(running.first(), u"Passphrase"_s, Passphrase));
    QVERIFY(click(running.first(), u"Unlock"_s));
    QTRY_VERIFY_WITH_TIMEOUT(!running.program->firstRun() || !noticeOf(running.first()).isEmpty(),
                             Long);
    QVERIFY(!running.program->window());
    QTRY_COMPARE_WITH_TIMEOUT(noticeOf(running.first()), u"This office needs a newer Peerdesk"_s,
                              Long);
}

void TestFirstRun::aFolderThatCannotBeMadeIsSaid()
{
    QFile file(m_folder->filePath(u"file"_s)); // root may write anywhere, but not below a file
    QVERIFY(file.open(QIODevice::WriteOnly));
    Running running(m_folder->filePath(u"file/office"_s));
    ui::FirstRun &first = running.first();
    QVERIFY(click(first, u"Start a new office"_s));
    QVERIFY(write(first, u"Name of the office"_s, u"Shop"_s));
    QVERIFY(write(first, u"Your name"_s, u"Linh"_s));
    QVERIFY(click(first, u"Continue"_s));
    QVERIFY(click(first, u"In a file sealed with a passphrase"_s));
    QVERIFY(write(first, u"Passphrase (at least 8 characters)"_s, Passphrase));
    QVERIFY(write(first, u"Passphrase once more"_s, Passphrase));
    QVERIFY(click(first, u"Create the office"_s));
    QTRY_COMPARE_WITH_TIMEOUT(noticeOf(first), u"This PC could not store the office"_s, Long);
    QCOMPARE(seen<QLineEdit>(first, u"Passphrase once more"_s)->text(), Passphrase);
}

/// As after a power cut in the middle of founding: databases, a sealed file, no office.
void TestFirstRun::anAttemptThatWasCutOffBeginsAnew()
{
    QVERIFY(QDir().mkpath(folder()));
    QFile old(folder() + u"/keys"_s);
    QVERIFY(old.open(QIODevice::WriteOnly));
    old.write("half a file");
    old.close();
    Running running(folder());
    found(running);
    QCOMPARE(QDir(folder()).entryList({u"keys.unused-*"_s}).size(), 1);
}

void TestFirstRun::aPasswordIsAskedAtTheNextStart()
{
    {
        Running running(folder());
        found(running, Password);
    }
    Running running(folder());
    QVERIFY(write(running.first(), u"Passphrase"_s, Passphrase));
    QVERIFY(click(running.first(), u"Unlock"_s));
    QTRY_VERIFY_WITH_TIMEOUT(shownDialog(), Long);
    QDialog *dialog = shownDialog();
    QVERIFY(!running.program->window());
    QVERIFY(write(*dialog, u"Password"_s, u"wrong"_s));
    QVERIFY(click(*dialog, u"Sign in"_s));
    QTRY_VERIFY_WITH_TIMEOUT(seen<QAbstractButton>(*dialog, u"Sign in"_s)->isEnabled(), Long);
    QVERIFY(!running.program->window());
    QVERIFY(write(*dialog, u"Password"_s, Password));
    QVERIFY(click(*dialog, u"Sign in"_s));
    QTRY_VERIFY_WITH_TIMEOUT(running.program->window(), Long);
}

/// An administrator adds a colleague, who signs in on the same PC and has an agent's window.
void TestFirstRun::colleaguesTakeTurnsAtOnePc()
{
    Running running(folder());
    found(running, Password);
    QVERIFY(click(*running.program->assistant(), u"Skip for now"_s));
    QTRY_VERIFY_WITH_TIMEOUT(running.program->window(), Long);
    ui::Window &first = *running.program->window();
    first.showSection(ui::Window::Section::People);
    ui::PeoplePage &people = first.people();
    QVERIFY(click(people, u"Add a colleague"_s));
    QVERIFY(write(people, u"Name"_s, u"Minh Phạm"_s));
    QVERIFY(write(people, u"Password"_s, u"marker-colleague-90"_s));
    QVERIFY(write(people, u"Languages"_s, u"vi, en"_s));
    QTRY_VERIFY(seen<QSpinBox>(people, u"At once: Chats and messages"_s));
    seen<QSpinBox>(people, u"At once: Chats and messages"_s)->setValue(5);
    QVERIFY(click(people, u"Add"_s));
    QTRY_COMPARE_WITH_TIMEOUT(noticeOf(people).remove(QChar(0x2068)).remove(QChar(0x2069)),
                              u"Minh Phạm is saved"_s, Long);
    QTRY_COMPARE(people.model().rowCount(), 2);
    QTRY_COMPARE(seen<QLineEdit>(people, u"Languages"_s)->text(), u"vi, en"_s);
    QTRY_COMPARE(seen<QSpinBox>(people, u"At once: Chats and messages"_s)->value(), 5);

    Q_EMIT first.signOutWanted();
    QTRY_VERIFY_WITH_TIMEOUT(shownDialog(), Long);
    QDialog *dialog = shownDialog();
    QVERIFY(!running.program->window());
    auto *who = seen<QComboBox>(*dialog, u"Your name"_s);
    QCOMPARE(who->count(), 2);
    who->setCurrentIndex(who->findText(u"Minh Phạm"_s));
    QVERIFY(write(*dialog, u"Password"_s, Password)); // the other one's
    QVERIFY(click(*dialog, u"Sign in"_s));
    QTRY_VERIFY_WITH_TIMEOUT(seen<QAbstractButton>(*dialog, u"Sign in"_s)->isEnabled(), Long);
    QVERIFY(!running.program->window());
    QVERIFY(write(*dialog, u"Password"_s, u"marker-colleague-90"_s));
    QVERIFY(click(*dialog, u"Sign in"_s));
    QTRY_VERIFY_WITH_TIMEOUT(running.program->window(), Long);
    QCOMPARE(running.program->caller().name, u"Minh Phạm"_s);
    QCOMPARE(running.program->caller().role, Role::Agent);
    QVERIFY(!running.program->window()->channels());
    QVERIFY(!running.program->window()->people().form());
}

/// The form writes through the same rules as the doors.
void TestFirstRun::aChannelIsChangedPausedAndRemoved()
{
    Running running(folder());
    found(running);
    QVERIFY(click(*running.program->assistant(), u"Send yourself a message"_s));
    QTRY_VERIFY_WITH_TIMEOUT(running.program->window(), Long);
    ui::Window &window = *running.program->window();
    window.openSettingsPage(window.channels());
    ui::ChannelsPage &page = *window.channels();
    QTRY_COMPARE(page.list().model()->rowCount(), 1);
    Q_EMIT page.list().activated(page.list().model()->index(0, 0));
    QTRY_VERIFY(seen<QLineEdit>(page, u"Allowed sites"_s));
    QVERIFY(write(page, u"Allowed sites"_s, u"not an address"_s));
    QTRY_VERIFY(seen<QAbstractButton>(page, u"Save"_s)->isEnabled()); // flows and queues are read
    QVERIFY(click(page, u"Save"_s));
    QCOMPARE(noticeOf(page), u"Nothing was saved yet"_s);
    QVERIFY(write(page, u"Allowed sites"_s, u"https://shop.example"_s));
    QVERIFY(write(page, u"Name"_s, u"Shop window"_s));
    QVERIFY(click(page, u"Save"_s));
    QTRY_COMPARE_WITH_TIMEOUT(noticeOf(page), u"Saved"_s, Long);
    QTRY_COMPARE_WITH_TIMEOUT(page.list().model()->index(0, 0).data().toString(), u"Shop window"_s,
                              Long);
    QVERIFY(click(page, u"Test now"_s));
    QTRY_VERIFY_WITH_TIMEOUT(seen<QAbstractButton>(page, u"Test now"_s)->isEnabled(), Long);
    QCOMPARE(noticeOf(page), u"It works"_s);
    QVERIFY(click(page, u"Pause"_s));
    QTRY_VERIFY_WITH_TIMEOUT(seen<QAbstractButton>(page, u"Resume"_s), Long);
    QTRY_COMPARE(page.list().model()->index(0, 0).data(Qt::StatusTipRole).toString(), u"Paused"_s);
    QVERIFY(!seen<QAbstractButton>(page, u"Move to another PC"_s)->isEnabled()); // there is none
    QVERIFY(click(page, u"Remove\u2026"_s));
    QTRY_VERIFY(shownDialog());
    QVERIFY(click(*shownDialog(), u"Remove the channel"_s));
    QTRY_COMPARE_WITH_TIMEOUT(page.list().model()->rowCount(), 0, Long);
}

/// M23: no account, no internet; the customers use the chat's real door.
void TestFirstRun::sampleDataOpensFromTheWizardAndLeavesNothing()
{
    Desktop::Options options = Running::options(folder());
    options.pace = {Milliseconds{1},   Milliseconds{50}, Milliseconds{50}, Milliseconds{20}, 4,
                    Milliseconds{Long}};
    auto program = std::make_unique<Desktop>(options);
    program->start();
    QVERIFY(click(*program->firstRun(), u"Look around with sample data"_s));
    QTRY_VERIFY_WITH_TIMEOUT(program->window(), Long);
    const QString place = program->office().options().dataDir;
    QVERIFY(place != folder());
    QVERIFY(program->demo()->answered() >= 2); // there is something to see at once
    QTRY_COMPARE_WITH_TIMEOUT(program->window()->offers().state(), ui::Offers::State::Offered,
                              Long); // and one comes to whoever sits here
    QSignalSpy ended(program.get(), &Desktop::ended);
    program->window()->quit();
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, Long);
    program.reset();
    QVERIFY(!QFile::exists(place));
    QVERIFY(!QFile::exists(folder()));
}

int main(int argc, char **argv)
{
    qunsetenv("PEERDESK_KEYSTORE_PASSPHRASE");
    qputenv("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    QApplication app(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false);
    TestFirstRun test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_firstrun.moc"
