// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/goldens.h"
#include "tests/ui/onboarding/hand.h"
#include "tests/ui/stage.h"
#include "ui/common/announcer.h"
#include "ui/office/askerrow.h"
#include "ui/office/invitedialog.h"
#include "ui/office/officepage.h"
#include "ui/office/recoverydialog.h"
#include "ui/office/removedialog.h"
#include "ui/office/takeoverdialog.h"

#include <QClipboard>
#include <QDir>
#include <QMenu>
#include <QScrollArea>
#include <QSignalSpy>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

namespace {

const QString LongName = u"The old tower PC under the counter beside the coffee machine, second "
                         "from the left"_s;

NodeId nodeId(int number)
{
    return NodeId{QUuid(uint(number), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)};
}

/// A desk that may be taken over, and at which other PCs ask to be let in.
class OfficeDesk : public FakeDesk
{
public:
    using FakeDesk::FakeDesk;
    void takeover(const api::Caller &, const QString &words, Completion<Done> done) override
    {
        ++takeovers;
        recoveryWordsGiven = words;
        done.answer(takeoverAnswer);
    }
    void admit(const api::Caller &, const api::Asker &asker, bool isOurs,
               Completion<Done> done) override
    {
        admitted.emplace_back(asker, isOurs);
        done.answer(admitAnswer);
    }
    void hear(int number, const QString &name)
    {
        office.askers.push_back(
            {nodeId(number), name, u"192.168.1.%1"_s.arg(40 + number),
             QStringList{u"bada"_s, u"koru"_s, number == 9 ? u"mila"_s : u"zobu"_s}});
        Q_EMIT statusChanged();
    }
    Result<Done> takeoverAnswer = Done{};
    Result<Done> admitAnswer = Done{};
    std::vector<std::pair<api::Asker, bool>> admitted;
    int takeovers = 0;
    QString recoveryWordsGiven;
};

QStringList sheetWords()
{
    const QStringList some{u"bada"_s, u"koru"_s, u"mila"_s, u"zobu"_s, u"pano"_s, u"tiku"_s};
    return some + some + some + some;
}

/// An office of three PCs, this one the second, in which the first routes.
struct Scene
{
    explicit Scene(Look &theLook, Role role = Role::Admin)
        : look(theLook)
        , context{look, desk, clock, directory, announcer, office.linh()}
    {
        context.caller.role = role;
        fill();
        state = std::make_unique<OfficeState>(desk, clock, nullptr);
        page = std::make_unique<OfficePage>(context, *state, settings, &root);
        root.setLayout(new QVBoxLayout);
        root.layout()->setContentsMargins(0, 0, 0, 0);
        root.layout()->addWidget(page.get());
    }
    ~Scene() { page.reset(); }

    void fill()
    {
        api::OfficeStatus &status = desk.office;
        const QStringList names{u"Front desk PC"_s, u"Back office"_s, u"Laptop"_s};
        for (int i = 0; i < int(names.size()); ++i) {
            api::MemberStatus member;
            member.node.id = nodeId(i + 1);
            member.node.name = names[i];
            member.node.addresses = u"172.17.0.1:8418 192.168.1.2%1:8418"_s.arg(i);
            member.isOnline = true;
            member.role = i == 0 ? u"leader"_s : u"voter"_s;
            member.lastSeen = clock.wall();
            member.version = u"0.1.0"_s;
            status.members.push_back(member);
        }
        status.node = nodeId(2);
        status.leader = nodeId(1);
        status.routedSince = demoTime() - std::chrono::minutes(92);
        const auto add = [&](int number, const QString &type, const QString &name, int owner) {
            api::AccountStatus account;
            account.account.id = AccountId{QUuid(uint(number), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)};
            account.account.type = type;
            account.account.name = name;
            account.account.owner = nodeId(owner);
            account.state = AccountState::Connected;
            status.channels.push_back(account);
        };
        add(1, u"email"_s, u"help@harbor.example"_s, 1);
        add(2, u"webchat"_s, u"Chat on harbor.example"_s, 1);
        add(3, u"telegram"_s, u"@harbor_bot"_s, 3);
        const auto type = [](const QString &name, const QString &label, bool isGenerated) {
            return QJsonObject{
                {u"type"_s, name},
                {u"label"_s, label},
                {u"settings"_s, QJsonArray{QJsonObject{{u"key"_s, u"secret"_s},
                                                       {u"secret"_s, true},
                                                       {u"generated"_s, isGenerated}}}}};
        };
        desk.types = {type(u"email"_s, u"E-mail"_s, false), type(u"webchat"_s, u"Web chat"_s, true),
                      type(u"telegram"_s, u"Telegram"_s, false)};
    }
    api::MemberStatus &member(int number) { return desk.office.members[size_t(number - 1)]; }
    void switchOff(int number)
    {
        member(number).isOnline = false;
        member(number).lastSeen = demoTime() - std::chrono::minutes(17);
        if (desk.office.leader == member(number).node.id)
            desk.office.leader = {};
        member(number).role = u"voter"_s;
    }
    void tell() { Q_EMIT desk.statusChanged(); }
    template <typename Dialog>
    Dialog *dialog()
    {
        return page->findChild<Dialog *>();
    }
    void show(QSize size = {1100, 760})
    {
        root.resize(size);
        root.show();
        root.activateWindow();
        if (!QTest::qWaitForWindowActive(&root))
            qWarning("the window did not become active");
    }

    FakeClock clock{demoTime()};
    OfficeDesk desk{clock};
    DemoOffice office{desk};
    QWidget root;
    Look &look;
    Announcer announcer{&root};
    Directory directory{desk, &root};
    Context context;
    QTemporaryDir folder;
    QSettings settings{folder.filePath(u"ui.ini"_s), QSettings::IniFormat};
    std::unique_ptr<OfficeState> state;
    std::unique_ptr<OfficePage> page;
};

QStringList faultsOf(QWidget &root)
{
    QStringList faults;
    for (QWidget *widget : root.findChildren<QWidget *>()) {
        if (!widget->isVisible())
            continue;
        const auto *button = qobject_cast<QAbstractButton *>(widget);
        const auto *label = qobject_cast<QLabel *>(widget);
        const bool hasWords = button && !button->text().isEmpty();
        const QString what = QLatin1String(widget->metaObject()->className()) + u' ' +
                             widget->accessibleName() + (label ? label->text() : QString());
        if (widget->focusPolicy() & Qt::TabFocus && !widget->focusProxy() &&
            widget->accessibleName().isEmpty() && !hasWords)
            faults += what + u" has no accessible name"_s;
        if (button && (widget->width() < 32 || widget->height() < 30))
            faults += what + u" is too small"_s;
        if (label && label->wordWrap() && !label->text().isEmpty() &&
            label->heightForWidth(label->width()) > label->height() + 1)
            faults += what + u" is clipped in height"_s;
        if (const auto *scroll = qobject_cast<QScrollArea *>(widget);
            scroll && scroll->widget()->width() > scroll->viewport()->width())
            faults += what + u" does not fit its width"_s;
    }
    return faults;
}

} // namespace

/// The office's health in words, and what an admin does with PCs (UX-72, M22).
class TestOfficePage : public WindowTest
{
    Q_OBJECT

private:
    void play(Scene &scene, const QString &name);

private Q_SLOTS:
    void whoReadsThePageKnowsHowTheOfficeIs_data();
    void whoReadsThePageKnowsHowTheOfficeIs();
    void eachPcSaysWhatItDoes();
    void theWaitingWordsNameThePcs_data();
    void theWaitingWordsNameThePcs();
    void onlyAdminsChangeTheOffice();
    void theInvitationIsShownWithItsTime();
    void whoComesInIsGreeted();
    void whoAsksIsShownWithItsWords();
    void whoCannotBeLetInIsSaid();
    void aPcThatCannotBeReachedInvitesNobody();
    void theQrCodeHasItsShape();
    void removingSaysWhatHappensAndWhatToRevoke();
    void whatIsLeftToRevokeIsKept();
    void theRouterIsNotRemoved();
    void aChannelIsMoved();
    void goingOnWithoutThemIsAskedAndRefusedInWords();
    void theRecoverySheetHasTheWords();
    void aSheetFitsItsPage_data();
    void aSheetFitsItsPage();
    void thePortIsKeptForTheNextStart();
    void cardsStayWhileTheSamePcsAreThere();
    void picturesAreAsTheyWereApproved_data();
    void picturesAreAsTheyWereApproved();
};

void TestOfficePage::whoReadsThePageKnowsHowTheOfficeIs_data()
{
    QTest::addColumn<int>("pcs");
    QTest::addColumn<int>("voters");
    QTest::addColumn<int>("off");
    QTest::addColumn<QString>("quorum");
    QTest::addColumn<QString>("advice");
    QTest::newRow("alone") << 1 << 1 << 0 << u"This PC decides alone."_s << u"Invite a second"_s;
    QTest::newRow("two") << 2 << 1 << 0
                         << u"Front desk PC decides alone; the other keeps a copy of everything."_s
                         << u"A third one"_s;
    QTest::newRow("three") << 3 << 3 << 0 << u"2 of 3 needed, 3 on."_s
                           << u"Any one PC may be off"_s;
    QTest::newRow("one off") << 3 << 3 << 1 << u"2 of 3 needed, 2 on."_s
                             << u"no further PC may go off"_s;
    QTest::newRow("two off") << 3 << 3 << 2 << u"2 of 3 needed, 1 on."_s << u"Too few PCs are on"_s;
    QTest::newRow("four") << 4 << 3 << 0 << u"2 of 3 needed, 3 on."_s << u"Any one PC may be off"_s;
    QTest::newRow("seven") << 7 << 5 << 0 << u"3 of 5 needed, 5 on."_s << u"Any 2 PCs may be off"_s;
}

void TestOfficePage::whoReadsThePageKnowsHowTheOfficeIs()
{
    QFETCH(int, pcs);
    QFETCH(int, voters);
    QFETCH(int, off);
    QFETCH(QString, quorum);
    QFETCH(QString, advice);
    Scene scene(*m_look);
    std::vector<api::MemberStatus> &members = scene.desk.office.members;
    const api::MemberStatus first = members.front();
    members.assign(size_t(pcs), first);
    for (int i = 0; i < pcs; ++i) {
        members[size_t(i)].node.id = nodeId(i + 1);
        members[size_t(i)].node.name = i == 0 ? u"Front desk PC"_s : u"PC %1"_s.arg(i + 1);
        members[size_t(i)].role = i == 0 ? u"leader"_s : i < voters ? u"voter"_s : u"standby"_s;
        members[size_t(i)].isOnline = i < pcs - off;
    }
    if (off > 1)
        scene.desk.office.leader = {};
    scene.tell();
    QString words = scene.page->words();
    words.remove(QChar(0x2068)).remove(QChar(0x2069));
    QVERIFY2(words.contains(quorum), qPrintable(words));
    QVERIFY2(words.contains(advice), qPrintable(words));
    QVERIFY2(words.contains(off > 1 ? u"Nobody routes now"_s
                                    : u"Front desk PC routes the work, since 09:12."_s),
             qPrintable(words));
}

void TestOfficePage::eachPcSaysWhatItDoes()
{
    Scene scene(*m_look);
    scene.switchOff(3);
    scene.tell();
    const std::vector<PcCard *> &cards = scene.page->cards();
    QCOMPARE(cards.size(), size_t(3));
    QCOMPARE(cards[0]->row().role, u"Routes the work"_s);
    QVERIFY(cards[0]->row().hosts.contains(u"help@harbor.example"_s));
    QVERIFY(cards[1]->row().isHere);
    QCOMPARE(cards[2]->row().presence, u"Off, last seen at 10:27"_s);
    QCOMPARE(cards[2]->row().version, u"0.1.0"_s);
    scene.member(3).lastSeen = {}; // not since this PC was started
    scene.tell();
    QCOMPARE(cards[2]->row().presence, u"Off"_s);
}

/// M143: the minority is honest.
void TestOfficePage::theWaitingWordsNameThePcs_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("words");
    QTest::newRow("one of three is left")
        << u"alone"_s << u"Waiting for Front desk PC or Laptop; 1 of 3 on, 2 needed."_s;
    QTest::newRow("the copy of two")
        << u"two"_s << u"Waiting for Front desk PC, which decides in an office of two."_s;
    QTest::newRow("two of five are left")
        << u"five"_s << u"Waiting for Front desk PC or Laptop or PC 4; 2 of 5 on, 3 needed."_s;
    QTest::newRow("nobody is known") << u"nobody"_s << u"Waiting for the other PCs"_s;
}

void TestOfficePage::theWaitingWordsNameThePcs()
{
    QFETCH(QString, name);
    QFETCH(QString, words);
    Scene scene(*m_look);
    std::vector<api::MemberStatus> &members = scene.desk.office.members;
    scene.switchOff(1);
    if (name == u"two") {
        members.pop_back();
        members[1].role = u"standby"_s;
    } else if (name == u"nobody") {
        members.clear();
    } else {
        scene.switchOff(3);
    }
    if (name == u"five") {
        members.push_back(members[2]);
        members.push_back(members[1]);
        members[3].node.name = u"PC 4"_s;
    }
    scene.tell();
    QString shown = scene.state->trouble();
    shown.remove(QChar(0x2068)).remove(QChar(0x2069));
    QVERIFY2(shown.contains(words), qPrintable(shown));
    QVERIFY2(shown.contains(u"waits on this PC"_s), qPrintable(shown));
}

void TestOfficePage::onlyAdminsChangeTheOffice()
{
    Scene scene(*m_look, Role::Supervisor);
    scene.show();
    QVERIFY(!scene.page->inviteButton().isVisible());
    for (const PcCard *card : scene.page->cards())
        QVERIFY(!card->row().mayRemove);
    QVERIFY(!seen<QAbstractButton>(scene.root, u"Move help@harbor.example to another PC"_s));
    QVERIFY(scene.page->words().contains(u"2 of 3 needed"_s)); // but reads how it is
}

void TestOfficePage::theInvitationIsShownWithItsTime()
{
    Scene scene(*m_look);
    scene.show();
    QVERIFY(click(scene.root, u"Invite a PC"_s));
    auto *dialog = scene.dialog<InviteDialog>();
    QVERIFY(dialog);
    QCOMPARE(dialog->code(), u"bada-koru-mila-zobu-pano-tiku"_s);
    QVERIFY(dialog->statusWords().contains(u"15 min"_s));
    dialog->copyButton().click();
    QCOMPARE(QApplication::clipboard()->text(), // where a LAN is, not a bridge of this PC
             u"bada-koru-mila-zobu-pano-tiku at 192.168.1.21:8418"_s);
    scene.clock.advance(std::chrono::seconds(14 * 60));
    QTRY_VERIFY(dialog->statusWords().contains(u"1:00"_s));
    scene.clock.advance(std::chrono::seconds(61));
    QTRY_VERIFY(dialog->statusWords().contains(u"too old"_s));
    QVERIFY(!dialog->copyButton().isVisible());
    scene.desk.inviteAnswer = u"mila-koru-bada-zobu-pano-tiku"_s;
    dialog->againButton().click();
    QCOMPARE(scene.desk.invitations, 2);
    QCOMPARE(dialog->code(), u"mila-koru-bada-zobu-pano-tiku"_s);
}

void TestOfficePage::whoComesInIsGreeted()
{
    Scene scene(*m_look);
    scene.show();
    scene.page->invite();
    auto *dialog = scene.dialog<InviteDialog>();
    scene.switchOff(3); // news of another kind
    scene.tell();
    QVERIFY(dialog->copyButton().isVisible());
    api::MemberStatus fresh = scene.member(2);
    fresh.node.id = nodeId(9);
    fresh.node.name = u"Attic"_s;
    scene.desk.office.members.push_back(fresh);
    scene.tell();
    QVERIFY2(dialog->statusWords().contains(u"has joined"_s), qPrintable(dialog->statusWords()));
    QVERIFY(dialog->statusWords().contains(u"Attic"_s));
    QVERIFY(!dialog->copyButton().isVisible()); // the words are used
}

/// UX-3.12: two people compare three words.
void TestOfficePage::whoAsksIsShownWithItsWords()
{
    Scene scene(*m_look);
    scene.show();
    scene.desk.hear(9, u"Attic"_s);
    scene.page->invite();
    auto *dialog = scene.dialog<InviteDialog>();
    QVERIFY(seen<QAbstractButton>(*dialog, u"Let \u2068Attic\u2069 in"_s));
    scene.desk.hear(8, u"\u202eKitchen"_s);
    QVERIFY2(scene.announcer.last().contains(u"bada, koru, zobu"_s),
             qPrintable(scene.announcer.last()));
    const auto rows = dialog->findChildren<AskerRow *>();
    QCOMPARE(rows.size(), 2);
    scene.tell();                                       // news of another kind
    QCOMPARE(dialog->findChildren<AskerRow *>(), rows); // nothing moves under the mouse
    QVERIFY(click(*dialog, u"Turn \u2068\u202eKitchen\u2069 away"_s));
    QCOMPARE(scene.desk.admitted.size(), size_t(1));
    QVERIFY(!scene.desk.admitted[0].second);
    QVERIFY(scene.desk.admitted[0].first == scene.desk.office.askers[1]);
    scene.desk.office.askers.pop_back();
    scene.tell();
    QVERIFY(click(*dialog, u"Let \u2068Attic\u2069 in"_s));
    QVERIFY(scene.desk.admitted[1].second);
    QCOMPARE(scene.desk.admitted[1].first.words, (QStringList{u"bada"_s, u"koru"_s, u"mila"_s}));
    QVERIFY(!seen<QAbstractButton>(*dialog, u"Let \u2068Attic\u2069 in"_s)->isEnabled()); // once
    scene.desk.office.askers.clear();
    scene.tell();
    QVERIFY(!seen<QAbstractButton>(*dialog, u"Let \u2068Attic\u2069 in"_s));
    QVERIFY(dialog->copyButton().isVisible());
}

void TestOfficePage::whoCannotBeLetInIsSaid()
{
    Scene scene(*m_look);
    scene.show();
    scene.page->invite();
    auto *dialog = scene.dialog<InviteDialog>();
    scene.desk.hear(9, u"Attic"_s);
    scene.desk.admitAnswer = Error{Error::Code::Forbidden, u"x"_s, {}};
    QVERIFY(click(*dialog, u"Let \u2068Attic\u2069 in"_s));
    const auto isSaid = [&] {
        const auto labels = dialog->findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(), [](const QLabel *label) {
            return label->isVisible() && label->text().contains(u"Your role does not allow"_s);
        });
    };
    QVERIFY(isSaid());
    QVERIFY(seen<QAbstractButton>(*dialog, u"Let \u2068Attic\u2069 in"_s)->isEnabled());
    scene.desk.office.askers.clear();
    scene.tell();
    QVERIFY(isSaid()); // also when it has gone
}

void TestOfficePage::aPcThatCannotBeReachedInvitesNobody()
{
    Scene scene(*m_look);
    scene.desk.inviteAnswer = rejected(u"Other PCs cannot reach this one"_s, u"no-peers"_s);
    scene.desk.office.notices = {u"Other PCs cannot reach this one: port 8418 is taken."_s};
    scene.member(2).node.addresses.clear();
    scene.tell();
    scene.show();
    QVERIFY(scene.page->words().contains(u"port 8418 is taken"_s));
    scene.page->invite();
    auto *dialog = scene.dialog<InviteDialog>();
    QVERIFY(dialog->statusWords().contains(u"cannot reach this one"_s));
    QVERIFY(!dialog->copyButton().isVisible());
    QVERIFY(dialog->againButton().isVisible());
}

/// The three finder patterns, and light around all of it. Source: ISO/IEC 18004, 6.3.
void TestOfficePage::theQrCodeHasItsShape()
{
    const QImage image = qrImage(u"bada-koru-mila-zobu-pano-tiku at 192.168.1.21:8418"_s);
    QVERIFY(!image.isNull());
    const int side = image.width();
    QCOMPARE(image.height(), side);
    QCOMPARE((side - 8 - 21) % 4, 0); // a version's size
    const auto isDark = [&](int x, int y) { return qGray(image.pixel(x, y)) < 128; };
    for (const QPoint corner : {QPoint(4, 4), QPoint(side - 11, 4), QPoint(4, side - 11)}) {
        for (int i = 0; i < 7; ++i) {
            QVERIFY(isDark(corner.x() + i, corner.y()));
            QVERIFY(isDark(corner.x(), corner.y() + i));
        }
        QVERIFY(!isDark(corner.x() + 1, corner.y() + 1));
        QVERIFY(isDark(corner.x() + 3, corner.y() + 3));
    }
    for (int i = 0; i < side; ++i)
        QVERIFY(!isDark(i, 3) && !isDark(3, i) && !isDark(i, side - 4) && !isDark(side - 4, i));
    QVERIFY(qrImage({}).isNull());
    QVERIFY(qrImage(QString(10'000, u'a')).isNull());
}

void TestOfficePage::removingSaysWhatHappensAndWhatToRevoke()
{
    Scene scene(*m_look);
    scene.show();
    QVERIFY(click(scene.root, u"Remove Laptop"_s));
    auto *dialog = scene.dialog<RemoveDialog>();
    QVERIFY(dialog);
    QStringList accounts;
    for (const QCheckBox *check : dialog->findChildren<QCheckBox *>())
        accounts += check->text().remove(QChar(0x2068)).remove(QChar(0x2069));
    QCOMPARE(accounts, QStringList({u"help@harbor.example"_s, u"Chat on harbor.example"_s,
                                    u"@harbor_bot"_s}));
    QCOMPARE(sent<api::RemoveNode>(scene.desk), 0);
    scene.desk.refuseWith = Error{Error::Code::NoMajority, u"nobody routes"_s, {}};
    dialog->removeButton().click();
    QVERIFY(!dialog->outcome().isEmpty());
    QVERIFY(dialog->removeButton().isVisible()); // it can be tried again
    dialog->removeButton().click();
    QCOMPARE(lastSent<api::RemoveNode>(scene.desk).node, nodeId(3));
    QVERIFY(dialog->outcome().contains(u"is removed"_s));
    QVERIFY(dialog->isVisible()); // the list is still to be worked through
}

/// Who closes the window half-way finds the list, and what is done of it.
void TestOfficePage::whatIsLeftToRevokeIsKept()
{
    Scene scene(*m_look);
    scene.show();
    QVERIFY(click(scene.root, u"Remove Laptop"_s));
    auto *dialog = scene.dialog<RemoveDialog>();
    QVERIFY(dialog);
    dialog->removeButton().click();
    QVERIFY(dialog->outcome().contains(u"is removed"_s));
    dialog->findChildren<QCheckBox *>().front()->setChecked(true);
    dialog->accept();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    const std::vector<Node> open = RemoveDialog::unfinished(scene.settings);
    QCOMPARE(open.size(), size_t(1));
    QCOMPARE(open.front().id, nodeId(3));

    scene.desk.office.members.pop_back();
    scene.tell();
    const QString again = u"Still to change since \u2068Laptop\u2069 was removed\u2026"_s;
    QVERIFY(click(scene.root, again));
    dialog = scene.dialog<RemoveDialog>();
    QVERIFY(dialog);
    QVERIFY(!dialog->removeButton().isVisible());
    const QList<QCheckBox *> checks = dialog->findChildren<QCheckBox *>();
    QCOMPARE(checks.size(), 3);
    QVERIFY(checks[0]->isChecked());
    QVERIFY(!checks[1]->isChecked());
    for (QCheckBox *check : checks)
        check->setChecked(true);
    dialog->accept();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QVERIFY(RemoveDialog::unfinished(scene.settings).empty());
    QVERIFY(!click(scene.root, again));
}

void TestOfficePage::theRouterIsNotRemoved()
{
    Scene scene(*m_look);
    scene.show();
    QVERIFY(!scene.page->cards()[0]->removeButton().isEnabled());
    QVERIFY(scene.page->cards()[0]->row().remove.contains(u"Close Peerdesk there first"_s));
    QVERIFY(!scene.page->cards()[1]->removeButton().isEnabled()); // nor this PC by itself
    QVERIFY(scene.page->cards()[2]->removeButton().isEnabled());
}

void TestOfficePage::aChannelIsMoved()
{
    Scene scene(*m_look);
    scene.switchOff(3);
    scene.tell();
    scene.show();
    QVERIFY(click(scene.root, u"Move help@harbor.example to another PC"_s));
    auto *menu = scene.page->findChild<QMenu *>();
    QVERIFY(menu);
    QCOMPARE(menu->actions().size(), 3);
    QVERIFY(!menu->actions()[0]->isEnabled()); // it runs there
    QVERIFY(menu->actions()[1]->isEnabled());
    QVERIFY(!menu->actions()[2]->isEnabled()); // off
    menu->actions()[1]->trigger();
    QCOMPARE(lastSent<api::Appoint>(scene.desk).node, nodeId(2));
    QSignalSpy refused(scene.page.get(), &OfficePage::refused);
    scene.desk.refuseWith = rejected(u"it cannot open the password yet"_s, {});
    scene.page->move(scene.desk.office.channels[0].account.id, nodeId(1));
    QCOMPARE(refused.size(), 1);
    menu->close();
}

/// At most two clicks, the second of which says what it does.
void TestOfficePage::goingOnWithoutThemIsAskedAndRefusedInWords()
{
    Scene scene(*m_look);
    scene.switchOff(1);
    scene.switchOff(3);
    scene.tell();
    scene.show();
    scene.page->takeOver();
    auto *dialog = scene.root.findChild<TakeoverDialog *>();
    QVERIFY(dialog);
    QCOMPARE(scene.desk.takeovers, 0);
    scene.desk.takeoverAnswer = rejected(u"x"_s, u"majority-alive"_s);
    dialog->goButton().click();
    QVERIFY(dialog->outcome().contains(u"goes on by itself"_s));
    scene.desk.takeoverAnswer = rejected(u"x"_s, u"no-recovery-key"_s);
    dialog->goButton().click();
    QVERIFY(dialog->outcome().contains(u"another PC"_s));
    QVERIFY(dialog->wordsField().isVisible()); // the sheet helps
    QTest::keyClicks(&dialog->wordsField(), u" bada  koru "_s);
    scene.desk.takeoverAnswer = rejected(u"x"_s, u"old-recovery-key"_s);
    dialog->goButton().click();
    QCOMPARE(scene.desk.recoveryWordsGiven, u"bada koru"_s);
    QVERIFY(dialog->outcome().contains(u"removed since"_s));
    QVERIFY(dialog->wordsField().isVisible());
    scene.desk.takeoverAnswer = Done{};
    dialog->goButton().click();
    QCOMPARE(scene.desk.takeovers, 4);
    QVERIFY(!dialog->isVisible());
}

void TestOfficePage::theRecoverySheetHasTheWords()
{
    Scene scene(*m_look);
    scene.show();
    QVERIFY(click(scene.root, u"Recovery sheet\u2026"_s));
    auto *without = scene.dialog<RecoveryDialog>();
    QVERIFY(without);
    QVERIFY(!without->printButton().isVisible());
    QVERIFY(!without->statusWords().isEmpty());
    delete without;
    scene.desk.recoveryAnswer = sheetWords().join(u' ');
    scene.page->printSheet();
    auto *dialog = scene.dialog<RecoveryDialog>();
    QCOMPARE(dialog->sheet().words, sheetWords());
    QVERIFY(dialog->printButton().isVisible());
    QStringList shown;
    for (const QLabel *label : dialog->findChildren<QLabel *>())
        shown += label->text();
    QVERIFY(shown.contains(u"24. tiku"_s));
}

void TestOfficePage::aSheetFitsItsPage_data()
{
    QTest::addColumn<QString>("office");
    QTest::addColumn<bool>("mirrored");
    QTest::newRow("usual") << u"Harbor Shop"_s << false;
    QTest::newRow("mirrored") << u"\u05de\u05e9\u05e8\u05d3"_s << true;
    QTest::newRow("long") << LongName << false;
}

/// A5, the smallest paper that one prints on.
void TestOfficePage::aSheetFitsItsPage()
{
    QFETCH(const QString, office);
    QFETCH(const bool, mirrored);
    constexpr int Dpi = 100;
    constexpr int Margin = 40;
    QImage paper(583, 827, QImage::Format_RGB32);
    paper.fill(Qt::white);
    QPainter painter(&paper);
    painter.setLayoutDirection(mirrored ? Qt::RightToLeft : Qt::LeftToRight);
    const QRect page = paper.rect().adjusted(Margin, Margin, -Margin, -Margin);
    paintSheet(painter, page, 11.0 * Dpi / 72, {office, sheetWords(), u"23 November 2026"_s});
    painter.end();
    QRect ink;
    for (int y = 0; y < paper.height(); ++y) {
        for (int x = 0; x < paper.width(); ++x) {
            if (paper.pixel(x, y) != qRgb(255, 255, 255))
                ink |= QRect(x, y, 1, 1);
        }
    }
    const QDir out(QStringLiteral(OUTPUT_DIR));
    QVERIFY(out.mkpath(u"."_s));
    QVERIFY(paper.save(
        out.filePath(u"sheet-%1.png"_s.arg(QString::fromLatin1(QTest::currentDataTag())))));
    QVERIFY(ink.height() > page.height() / 2);
    // A letter's edge may stand out of its line by a little, with some fonts more than with others.
    const QRect allowed = page.marginsAdded(QMargins() + Margin / 4);
    QVERIFY2(allowed.contains(ink), qPrintable(QDebug::toString(ink)));
}

void TestOfficePage::thePortIsKeptForTheNextStart()
{
    Scene scene(*m_look);
    scene.show();
    auto *port = scene.page->findChild<QLineEdit *>();
    QVERIFY(port->text().isEmpty());
    QTest::keyClicks(port, u"9000"_s);
    QCOMPARE(scene.settings.value(OfficePage::PortKey).toInt(), 9000);
    port->selectAll();
    QTest::keyClick(port, Qt::Key_Delete);
    QVERIFY(!scene.settings.contains(OfficePage::PortKey));
    QTest::keyClicks(port, u"99999x"_s);
    QVERIFY(!scene.settings.contains(OfficePage::PortKey)); // that is none
}

void TestOfficePage::cardsStayWhileTheSamePcsAreThere()
{
    Scene scene(*m_look);
    scene.show();
    const std::vector<PcCard *> before = scene.page->cards();
    before[2]->removeButton().setFocus();
    scene.switchOff(1);
    scene.tell();
    QVERIFY(scene.page->cards() == before);
    QVERIFY(before[2]->removeButton().hasFocus());
}

void TestOfficePage::play(Scene &scene, const QString &name)
{
    if (name == u"offline" || name.startsWith(u"takeover"_s)) {
        scene.switchOff(1);
        scene.switchOff(3);
        scene.desk.office.notices = {
            u"Port 8418 is taken on this PC: the others reach it at port 41873 now."_s};
    } else if (name == u"long" || name == u"long-small") {
        for (api::MemberStatus &member : scene.desk.office.members)
            member.node.name = LongName;
        for (api::AccountStatus &channel : scene.desk.office.channels)
            channel.account.name = LongName + u"@harbor.example"_s;
    } else if (name == u"alone") {
        scene.desk.office.members.erase(scene.desk.office.members.begin());
        scene.desk.office.members.pop_back();
        scene.member(1).role = u"leader"_s;
        scene.desk.office.leader = scene.desk.office.node;
        scene.desk.office.channels.clear();
    }
    scene.tell();
}

void TestOfficePage::picturesAreAsTheyWereApproved_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("dark");
    QTest::addColumn<bool>("mirrored");
    QTest::addColumn<double>("scale");
    const QSize usual(1100, 760);
    const QSize small(636, 460);
    QTest::newRow("usual") << usual << false << false << 1.0;
    QTest::newRow("usual-dark") << usual << true << false << 1.0;
    QTest::newRow("offline") << usual << false << false << 1.0;
    QTest::newRow("alone") << small << true << false << 1.0;
    QTest::newRow("long") << usual << false << false << 1.0;
    QTest::newRow("long-small") << small << false << false << 1.0;
    QTest::newRow("mirrored") << usual << false << true << 1.0;
    QTest::newRow("large") << usual << true << false << 1.5;
    QTest::newRow("invite") << usual << false << false << 1.0;
    QTest::newRow("invite-dark") << usual << true << false << 1.0;
    QTest::newRow("invite-mirrored") << usual << false << true << 1.0;
    QTest::newRow("invite-asked") << usual << false << false << 1.0;
    QTest::newRow("invite-asked-dark") << usual << true << false << 1.0;
    QTest::newRow("invite-asked-mirrored") << usual << false << true << 1.0;
    QTest::newRow("invite-asked-large") << usual << false << false << 1.5;
    QTest::newRow("remove") << usual << false << false << 1.0;
    QTest::newRow("remove-dark") << usual << true << false << 1.0;
    QTest::newRow("recovery") << usual << false << false << 1.0;
    QTest::newRow("recovery-dark-mirrored") << small << true << true << 1.0;
    QTest::newRow("takeover-words") << usual << false << false << 1.0;
    QTest::newRow("takeover") << usual << true << false << 1.0;
}

void TestOfficePage::picturesAreAsTheyWereApproved()
{
    QFETCH(QSize, size);
    QFETCH(bool, dark);
    QFETCH(bool, mirrored);
    QFETCH(double, scale);
    const QString name = QString::fromLatin1(QTest::currentDataTag());
    Goldens goldens(QStringLiteral(GOLDEN_DIR), QStringLiteral(OUTPUT_DIR));
    QApplication::setLayoutDirection(mirrored ? Qt::RightToLeft : Qt::LeftToRight);
    m_look->setScheme(dark ? Look::Scheme::Dark : Look::Scheme::Light);
    m_look->setScale(scale);
    {
        Scene scene(*m_look);
        play(scene, name);
        scene.show(size);
        QWidget *shown = &scene.root;
        if (name.startsWith(u"invite"_s)) {
            if (name.contains(u"asked"_s))
                scene.desk.hear(9, u"Attic"_s);
            if (name == u"invite-asked-large" || name == u"invite-asked-dark")
                scene.desk.hear(8, LongName);
            scene.page->invite();
            shown = scene.dialog<InviteDialog>();
        } else if (name.startsWith(u"remove"_s)) {
            click(scene.root, u"Remove Laptop"_s);
            shown = scene.dialog<RemoveDialog>();
        } else if (name.startsWith(u"recovery"_s)) {
            scene.desk.recoveryAnswer = sheetWords().join(u' ');
            scene.page->printSheet();
            shown = scene.dialog<RecoveryDialog>();
        } else if (name.startsWith(u"takeover"_s)) {
            scene.page->takeOver();
            auto *dialog = scene.root.findChild<TakeoverDialog *>();
            scene.desk.takeoverAnswer = rejected(u"x"_s, u"no-recovery-key"_s);
            if (name == u"takeover-words")
                dialog->goButton().click();
            shown = dialog;
        }
        QVERIFY(QTest::qWaitForWindowExposed(shown));
        if (QApplication::focusWidget())
            QApplication::focusWidget()->clearFocus();
        const QString difference = goldens.differenceOf(*shown, name);
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
        const QStringList faults = faultsOf(*shown);
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(u'\n')));
    }
    QApplication::setLayoutDirection(Qt::LeftToRight);
    m_look->setScheme(Look::Scheme::Light);
    m_look->setScale(1);
}

int main(int argc, char **argv)
{
    QHashSeed::setDeterministicGlobalSeed();
    return runWindowTest<TestOfficePage>(argc, argv);
}

#include "tst_officepage.moc"
