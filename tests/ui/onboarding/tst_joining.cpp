// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/desktop.h"
#include "core/cluster/invitation.h"
#include "tests/ui/onboarding/hand.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTcpServer>

using namespace peerdesk;
using namespace peerdesk::desktop;
using namespace peerdesk::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int Long = 40'000; ///< milliseconds; sealing takes most of a second, more when busy
const QString Passphrase = u"marker-passphrase-5f1c"_s;

/// The whole program on a folder, without main().
class Running
{
public:
    explicit Running(const QString &folder, quint16 port = 0, bool isChosen = false)
    {
        Desktop::Options options;
        options.office.dataDir = folder;
        options.office.http = u"127.0.0.1:0"_s;
        options.office.peer = u"127.0.0.1:0"_s;
        options.office.firstPeerPort = port;
        options.office.isPeerPortChosen = isChosen;
        options.agent = u"Linh"_s;
        program = std::make_unique<Desktop>(options);
        program->start();
    }
    ~Running() { end(); }

    ui::FirstRun &first() { return *program->firstRun(); }
    ui::Window *window() { return program->window(); }
    void end()
    {
        if (!program)
            return;
        QSignalSpy ended(program.get(), &Desktop::ended);
        program->quit();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, Long);
        program.reset();
    }
    api::OfficeStatus status()
    {
        std::optional<api::OfficeStatus> status;
        program->office().desk().status(
            {program.get(), [&](const Result<api::OfficeStatus> &r) { status = *r; }});
        [&] { QTRY_VERIFY_WITH_TIMEOUT(status, Long); }();
        return status.value_or(api::OfficeStatus{});
    }
    /// Where others reach it; empty until the office knows.
    QString peerAddress()
    {
        const api::OfficeStatus now = status();
        for (const api::MemberStatus &member : now.members) {
            if (member.node.id == now.node)
                return member.node.addresses;
        }
        return {};
    }
    /// What an admin says of who asks there.
    Result<Done> admit(const api::Asker &asker, bool isOurs)
    {
        std::optional<Result<Done>> said;
        program->office().desk().admit(program->caller(), asker, isOurs,
                                       {program.get(), [&](const Result<Done> &r) { said = r; }});
        [&] { QTRY_VERIFY_WITH_TIMEOUT(said, Long); }();
        return said.value_or(Error{Error::Code::Unknown, {}, {}});
    }
    QString invite()
    {
        std::optional<Result<QString>> code;
        program->office().desk().invite(
            program->caller(), {}, {program.get(), [&](const Result<QString> &r) { code = r; }});
        [&] { QTRY_VERIFY_WITH_TIMEOUT(code, Long); }();
        return code && *code ? **code : QString();
    }

    std::unique_ptr<Desktop> program;
};

/// What the first run complains of; empty if nothing, or if it is over.
QString noticeOf(const Running &running)
{
    if (!running.program->firstRun())
        return {};
    for (const ui::NoticeBox *notice :
         running.program->firstRun()->findChildren<ui::NoticeBox *>()) {
        if (notice->isVisible())
            return notice->title();
    }
    return {};
}

} // namespace

/// Several PCs, each with a window and the real core, in this process (M22, M144).
class TestJoining : public QObject
{
    Q_OBJECT

private:
    QString folder(const QString &name) const { return m_folder->filePath(name); }
    void found(Running &running);
    /// Through the pages, up to the button that joins; without a code, that asks.
    void prepare(Running &running, const QString &code, const QString &address);
    /// Through them all, up to where words are compared. The office sees the same ones.
    api::Asker ask(Running &running, Running &office);

    std::unique_ptr<QTemporaryDir> m_folder;

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aNewOfficeListensForOtherPcs();
    void aPortThatIsTakenIsSaid();
    void sixWordsBringAnotherPcIn();
    void threeWordsThatTwoPeopleCompareBringAnotherPcIn();
    void whatDoesNotOpenSaysSoAndIsTriedAgain();
    void whoIsFirstInTheMorningReadsAndNamesWhomItWaitsFor();
};

void TestJoining::found(Running &running)
{
    ui::FirstRun &first = running.first();
    QVERIFY(click(first, u"Start a new office"_s));
    QVERIFY(write(first, u"Name of the office"_s, u"Harbor Shop"_s));
    QVERIFY(write(first, u"Your name"_s, u"Linh"_s));
    QVERIFY(click(first, u"Continue"_s));
    QVERIFY(click(first, u"In a file sealed with a passphrase"_s));
    QVERIFY(write(first, u"Passphrase (at least 8 characters)"_s, Passphrase));
    QVERIFY(write(first, u"Passphrase once more"_s, Passphrase));
    QVERIFY(click(first, u"Create the office"_s));
    QTRY_VERIFY2_WITH_TIMEOUT(running.program->assistant() &&
                                  running.program->assistant()->isReady(),
                              qPrintable(noticeOf(running)), Long);
    QTRY_VERIFY_WITH_TIMEOUT(!running.peerAddress().isEmpty(), Long);
}

void TestJoining::prepare(Running &running, const QString &code, const QString &address)
{
    ui::FirstRun &first = running.first();
    QVERIFY(click(first, u"Join my office"_s));
    if (!code.isEmpty())
        first.findChild<ui::CodeFields *>()->setCode(code);
    QVERIFY(write(first, u"Address of the PC that invites"_s, address));
    QVERIFY(write(first, u"Name of this PC"_s, u"Back office"_s));
    QVERIFY(click(first, code.isEmpty() ? u"Ask to be let in"_s : u"Continue"_s));
    QVERIFY(click(first, u"In a file sealed with a passphrase"_s));
    QVERIFY(write(first, u"Passphrase (at least 8 characters)"_s, Passphrase));
    QVERIFY(write(first, u"Passphrase once more"_s, Passphrase));
}

void TestJoining::aNewOfficeListensForOtherPcs()
{
    QTcpServer free;
    QVERIFY(free.listen(QHostAddress::LocalHost));
    const quint16 port = free.serverPort();
    free.close();
    Running front(folder(u"front"_s), port);
    found(front);
    QCOMPARE(front.peerAddress(), u"127.0.0.1:%1"_s.arg(port));
    QVERIFY(front.status().notices.empty());
    Running other(folder(u"other"_s), port); // another office on the same PC
    found(other);
    QVERIFY(other.peerAddress() != front.peerAddress());
    const QString where = other.peerAddress();
    other.end();
    front.end();
    Running again(folder(u"other"_s), port);
    again.first(); // its keys are sealed
    QVERIFY(write(again.first(), u"Passphrase"_s, Passphrase));
    QVERIFY(click(again.first(), u"Unlock"_s));
    QTRY_VERIFY_WITH_TIMEOUT(again.window(), Long);
    QTRY_COMPARE_WITH_TIMEOUT(again.peerAddress(), where, Long); // where the others know it
}

void TestJoining::aPortThatIsTakenIsSaid()
{
    QTcpServer taken;
    QVERIFY(taken.listen(QHostAddress::LocalHost));
    Running front(folder(u"front"_s), taken.serverPort(), true);
    found(front);
    const api::OfficeStatus status = front.status();
    QCOMPARE(status.notices.size(), size_t(1));
    QVERIFY2(status.notices.front().contains(u"Port %1 is taken"_s.arg(taken.serverPort())),
             qPrintable(status.notices.front()));
    QVERIFY(!front.invite().isEmpty()); // at another port it can be reached all the same
}

/// Row 12: join in one minute.
void TestJoining::sixWordsBringAnotherPcIn()
{
    Running front(folder(u"front"_s));
    found(front);
    const QString code = front.invite();
    Running back(folder(u"back"_s));
    prepare(back, code, front.peerAddress());
    QVERIFY(click(back.first(), u"Join the office"_s));
    QTRY_VERIFY2_WITH_TIMEOUT(back.window(), qPrintable(noticeOf(back)), Long);
    QCOMPARE(back.program->caller().name, u"Linh"_s);
    const api::OfficeStatus status = back.status();
    QCOMPARE(status.office.name, u"Harbor Shop"_s);
    QCOMPARE(status.members.size(), size_t(2));
    QTRY_VERIFY_WITH_TIMEOUT(back.window()->status().words().contains(u"2 of 2 PCs"_s), Long);
    for (const api::MemberStatus &member : back.status().members)
        QCOMPARE(member.version, QStringLiteral(PEERDESK_VERSION));
    QVERIFY(status.routedSince.isSet());
}

api::Asker TestJoining::ask(Running &running, Running &office)
{
    const auto shown = [&running] {
        QStringList words;
        for (const QLabel *label : running.first().findChildren<QLabel *>()) {
            if (label->isVisible() && cluster::joinWords().contains(label->text()))
                words += label->text();
        }
        return words;
    };
    click(running.first(), u"Ask to be let in"_s);
    std::vector<api::Asker> askers;
    [&] {
        QTRY_VERIFY2_WITH_TIMEOUT(shown().size() == 3, qPrintable(noticeOf(running)), Long);
        QTRY_COMPARE_WITH_TIMEOUT((askers = office.status().askers).size(), size_t(1), Long);
        QCOMPARE(askers[0].words, shown());
    }();
    return askers.empty() ? api::Asker() : askers[0];
}

void TestJoining::threeWordsThatTwoPeopleCompareBringAnotherPcIn()
{
    Running front(folder(u"front"_s));
    found(front);
    Running back(folder(u"back"_s));
    prepare(back, {}, front.peerAddress());
    QVERIFY(click(back.first(), u"Ask to be let in"_s));
    QTRY_COMPARE_WITH_TIMEOUT(noticeOf(back), u"The office is there, but invites nobody now"_s,
                              Long);
    QVERIFY(!front.invite().isEmpty());
    const auto again = [&] { // what was typed is still there
        QVERIFY(click(back.first(), u"Ask to be let in"_s));
        QVERIFY(click(back.first(), u"In a file sealed with a passphrase"_s));
    };
    again();
    const api::Asker turnedAway = ask(back, front);
    QVERIFY(front.admit(turnedAway, false));
    QTRY_COMPARE_WITH_TIMEOUT(noticeOf(back), u"The office did not let this PC in"_s, Long);
    QCOMPARE(front.admit(turnedAway, true).error().code, Error::Code::NotFound);
    QCOMPARE(front.status().members.size(), size_t(1));

    again();
    const api::Asker asker = ask(back, front);
    QCOMPARE(asker.name, u"Back office"_s);
    QVERIFY(front.admit(asker, true));
    QTRY_COMPARE_WITH_TIMEOUT(front.status().members.size(), size_t(2), Long);
    QTRY_VERIFY_WITH_TIMEOUT(front.status().askers.empty(), Long);
    QVERIFY(!back.window()); // its own person has not compared them yet
    QVERIFY(click(back.first(), u"The same words are there"_s));
    QTRY_VERIFY2_WITH_TIMEOUT(back.window(), qPrintable(noticeOf(back)), Long);
    QCOMPARE(back.status().office.name, u"Harbor Shop"_s);
    QTRY_VERIFY_WITH_TIMEOUT(back.window()->status().words().contains(u"2 of 2 PCs"_s), Long);

    Running late(folder(u"late"_s)); // that was the only use of the invitation
    prepare(late, {}, front.peerAddress());
    QVERIFY(click(late.first(), u"Ask to be let in"_s));
    QTRY_COMPARE_WITH_TIMEOUT(noticeOf(late), u"The office is there, but invites nobody now"_s,
                              Long);
}

void TestJoining::whatDoesNotOpenSaysSoAndIsTriedAgain()
{
    Running front(folder(u"front"_s));
    found(front);
    const QString code = front.invite();
    Running back(folder(u"back"_s));
    prepare(back, cluster::newJoinCode(), front.peerAddress()); // good words of nowhere
    QVERIFY(click(back.first(), u"Join the office"_s));
    QTRY_COMPARE_WITH_TIMEOUT(noticeOf(back), u"The words were not accepted"_s, Long);

    QTcpServer closed;
    QVERIFY(closed.listen(QHostAddress::LocalHost));
    const QString nowhere = u"127.0.0.1:%1"_s.arg(closed.serverPort());
    closed.close();
    back.first().findChild<ui::CodeFields *>()->setCode(code);
    QVERIFY(write(back.first(), u"Address of the PC that invites"_s, nowhere));
    QVERIFY(click(back.first(), u"Continue"_s));
    QVERIFY(click(back.first(), u"Join the office"_s));
    QTRY_VERIFY_WITH_TIMEOUT(noticeOf(back).startsWith(u"No PC of an office answers"_s), Long);

    QVERIFY(write(back.first(), u"Address of the PC that invites"_s, front.peerAddress()));
    QVERIFY(click(back.first(), u"Continue"_s));
    QVERIFY(click(back.first(), u"Join the office"_s));
    QTRY_VERIFY2_WITH_TIMEOUT(back.window(), qPrintable(noticeOf(back)), Long);

    Running late(folder(u"late"_s));
    prepare(late, code, front.peerAddress());
    QVERIFY(click(late.first(), u"Join the office"_s));
    QTRY_COMPARE_WITH_TIMEOUT(noticeOf(late), u"The office is there, but invites nobody now"_s,
                              Long);
}

/// M143, M146: of two PCs the one that keeps the copy is switched on alone.
void TestJoining::whoIsFirstInTheMorningReadsAndNamesWhomItWaitsFor()
{
    auto front = std::make_unique<Running>(folder(u"front"_s));
    found(*front);
    const QString name = front->status().members.front().node.name;
    {
        Running back(folder(u"back"_s));
        prepare(back, front->invite(), front->peerAddress());
        QVERIFY(click(back.first(), u"Join the office"_s));
        QTRY_VERIFY2_WITH_TIMEOUT(back.window(), qPrintable(noticeOf(back)), Long);
        QTRY_VERIFY_WITH_TIMEOUT(back.status().role == u"standby", Long);
    }
    front->end();
    Running back(folder(u"back"_s));
    QVERIFY(write(back.first(), u"Passphrase"_s, Passphrase));
    QVERIFY(click(back.first(), u"Unlock"_s));
    QTRY_VERIFY_WITH_TIMEOUT(back.window(), Long);
    QTRY_VERIFY2_WITH_TIMEOUT(back.window()->banner().text().contains(name),
                              qPrintable(back.window()->banner().text()), Long);
    QVERIFY(back.window()->banner().text().contains(u"You can read"_s));
    front = std::make_unique<Running>(folder(u"front"_s));
    QVERIFY(write(front->first(), u"Passphrase"_s, Passphrase));
    QVERIFY(click(front->first(), u"Unlock"_s));
    QTRY_VERIFY_WITH_TIMEOUT(front->window(), Long);
    QTRY_VERIFY_WITH_TIMEOUT(back.window()->banner().text().isEmpty(), Long);
}

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false);
    TestJoining test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_joining.moc"
