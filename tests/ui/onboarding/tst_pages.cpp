// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/onboarding/fakes.h"
#include "tests/ui/onboarding/hand.h"
#include "tests/ui/stage.h"
#include "ui/onboarding/channelassistant.h"
#include "ui/onboarding/chatpage.h"
#include "ui/onboarding/firstrun.h"
#include "ui/onboarding/mailpage.h"
#include "ui/onboarding/otherpage.h"
#include "ui/onboarding/testchat.h"

#include <QApplication>
#include <QClipboard>
#include <QCryptographicHash>
#include <QDir>
#include <QJsonArray>
#include <QJsonObject>
#include <QLabel>
#include <QScrollBar>
#include <QSignalSpy>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

namespace {

constexpr QSize Usual(760, 640);
constexpr QSize Smallest(560, 480);
const QString LongName = u"Friedrich-Wilhelm von Hohenzollern-Sigmaringen & Sons Harbor Trading "
                         "Company of Greater Cuxhaven"_s;

/// A desk with flows, which the shared one does not answer for.
class ChannelDesk : public FakeDesk
{
public:
    using FakeDesk::FakeDesk;
    void flows(Completion<std::vector<Flow>> done) override { done.answer(flowList); }
    std::vector<Flow> flowList;
};

Error failure(const QString &state, const QString &detail)
{
    return {Error::Code::Network, detail, state};
}

Error stored(const QString &state)
{
    return {Error::Code::Storage, u"what the disk said"_s, state};
}

QJsonObject setting(const QString &key, const QString &label, bool isSecret, const QString &hint)
{
    return {{u"key"_s, key},       {u"label"_s, label},    {u"secret"_s, isSecret},
            {u"required"_s, true}, {u"form"_s, u"text"_s}, {u"hint"_s, hint}};
}

/// A secret that a browser gives.
QJsonObject signIn(const QString &label, const QString &providers, const QString &hint)
{
    QJsonObject made = setting(u"refresh_token"_s, label, true, hint);
    made.insert(u"form"_s, u"sign-in "_s + providers);
    return made;
}

/// E-mail with its two sign-ins in the browser.
QJsonObject mailKind()
{
    QJsonObject way = setting(u"sign_in"_s, u"Way to sign in"_s, false, {});
    way.insert(u"form"_s, u"one-of password google microsoft"_s);
    way.insert(u"default"_s, u"password"_s);
    QJsonObject given = setting(u"refresh_token"_s, u"Sign-in of the mailbox"_s, true,
                                u"Sign in in the browser as the mailbox that is read."_s);
    given.insert(u"form"_s, u"sign-in google microsoft"_s);
    const QJsonArray settings{setting(u"address"_s, u"E-mail address"_s, false, {}), way,
                              setting(u"client_id"_s, u"Client ID"_s, false,
                                      u"Made once at the provider, for your office."_s),
                              setting(u"client_secret"_s, u"Client secret"_s, true, {}), given};
    return {{u"type"_s, u"email"_s}, {u"label"_s, u"E-mail"_s}, {u"settings"_s, settings}};
}

/// As Desk::channelTypes() has them; e-mail is not offered under "Another channel".
QJsonArray someKinds()
{
    const QJsonObject token = setting(u"token"_s, u"Token of the bot"_s, true,
                                      u"In Telegram write /newbot to @BotFather; it answers with "
                                      "the token."_s);
    QJsonObject generated = setting(u"key"_s, u"Key"_s, true, {});
    generated.insert(u"generated"_s, true);
    const QJsonArray forVideos{setting(u"client_id"_s, u"Client ID"_s, false, {}),
                               setting(u"client_secret"_s, u"Client secret"_s, true, {}),
                               signIn(u"Sign-in of the channel"_s, u"google"_s, {})};
    return {QJsonObject{{u"type"_s, u"telegram"_s},
                        {u"label"_s, u"Telegram"_s},
                        {u"settings"_s, QJsonArray{token}}},
            mailKind(),
            QJsonObject{{u"type"_s, u"youtube"_s},
                        {u"label"_s, u"YouTube comments"_s},
                        {u"settings"_s, forVideos}},
            QJsonObject{{u"type"_s, u"byoc"_s},
                        {u"label"_s, u"Own bridge"_s},
                        {u"settings"_s, QJsonArray{generated}}}};
}

/// A label with these words can be seen.
bool isShown(const QWidget &root, const QString &words)
{
    for (const QLabel *label : root.findChildren<QLabel *>()) {
        if (label->isVisible() && label->text().contains(words))
            return true;
    }
    return false;
}

} // namespace

/// Every page of the first run with an office that is made of values.
class TestPages : public QObject
{
    Q_OBJECT

private:
    Look *m_look = nullptr;
    bool m_isSameFont = false;
    int m_skipped = 0;

    struct Scene
    {
        explicit Scene(Look &look);
        FakeClock clock{demoTime()};
        ChannelDesk desk{clock};
        DemoOffice office{desk};
        FakeFounder founder;
        FakeEntrance entrance;
        FakeWorkshop workshop;
        std::unique_ptr<FirstRun> firstRun;
        QPointer<ChannelAssistant> assistant;
        std::unique_ptr<TestChat> chat;
        QWidget *root = nullptr;
    };
    void play(Scene &scene, const QString &name);
    void playOffice(Scene &scene, const QString &name);
    void playChannels(Scene &scene, const QString &name);
    void playJoining(Scene &scene, const QString &name);
    static QStringList faultsOf(QWidget &root);
    void addScenes();

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void pagesLookAsTheyWereApproved_data();
    void pagesLookAsTheyWereApproved();
    void everyPagePassesTheLint_data();
    void everyPagePassesTheLint();
    void nothingIsFoundedBeforeTheFieldsAreRight_data();
    void nothingIsFoundedBeforeTheFieldsAreRight();
    void whatWasSaidAboutThePassphraseGoesWhenItIsChanged();
    void whatWasTypedIsWhatIsFounded();
    void aFailureLeavesEveryFieldAndCanBeTriedAgain();
    void theKeychainIsNeverReplacedSilently();
    void theWindowStaysWhileTheOfficeIsBeingMade();
    void everyTroubleHasItsOwnWords_data();
    void everyTroubleHasItsOwnWords();
    void mailTroubleIsToldApart_data();
    void mailTroubleIsToldApart();
    void aMailboxIsAddedOnlyAfterItsTest();
    void aChannelAlwaysHasFlowAndQueue();
    void anotherChannelIsSavedAndTried();
    void aSignInInTheBrowserIsSavedWithTheChannel();
    void aSignInThatFailsIsSaidAndCanBeLeft();
    void aMailboxSignsInInTheBrowser();
    void anOwnBridgeIsToldItsTokenOnce();
    void aChatIsCalledReadyOnlyUnderAPublicAddress_data();
    void aChatIsCalledReadyOnlyUnderAPublicAddress();
    void aTestChatWithoutAServerSaysThatNothingWasSent();
    void theSnippetIsCopiedWithTheAddressThatWasTyped();
    void theKeyboardAloneReachesTheChannels();
};

TestPages::Scene::Scene(Look &look)
{
    office.fill();
    for (const char16_t *name : {u"Reference", u"To a person"}) {
        Flow flow;
        flow.id = randomId<FlowId>();
        flow.friendlyName = QString::fromUtf16(name);
        desk.flowList.push_back(flow);
    }
    desk.office.office.defaultFlow = desk.flowList.front().id;
    desk.office.channels.clear();
    firstRun = std::make_unique<FirstRun>(look, founder, entrance);
    root = firstRun.get();
}

void TestPages::initTestCase()
{
    m_look = new Look(this);
    m_look->setScheme(Look::Scheme::Light);
    QDir().mkpath(QStringLiteral(OUTPUT_DIR));
    QImage sample(360, 60, QImage::Format_RGB32);
    sample.fill(Qt::white);
    QPainter painter(&sample);
    painter.setFont(m_look->font(14));
    painter.drawText(8, 24, u"Peerdesk 0123 مرحبا Žluťoučký"_s);
    painter.end();
    const QByteArray print =
        QCryptographicHash::hash(QByteArrayView(sample.constBits(), sample.sizeInBytes()),
                                 QCryptographicHash::Sha256)
            .toHex();
    QFile file(QStringLiteral(GOLDEN_DIR) + u"/fonts.sha256"_s);
    if (qEnvironmentVariableIsSet("PEERDESK_WRITE_GOLDENS")) {
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(print + '\n');
        return;
    }
    m_isSameFont = file.open(QIODevice::ReadOnly) && file.readAll().trimmed() == print;
}

void TestPages::cleanupTestCase()
{
    qInfo("pictures compared with tolerance because fonts differ: %d", m_skipped);
}

void TestPages::play(Scene &scene, const QString &name)
{
    FirstRun &first = *scene.firstRun;
    first.show();
    first.activateWindow();
    if (name == u"unlock" || name == u"unlock-wrong") {
        first.showUnlock();
        if (name == u"unlock-wrong")
            first.refuseUnlock(stored(u"wrong-passphrase"_s));
    } else if (name == u"blocked") {
        first.showBlocked(rejected(u"Peerdesk is already running with the data folder "
                                   "/home/linh/.local/share/peerdesk (process 4711)."_s,
                                   u"in-use"_s),
                          scene.founder.folder());
    } else if (name == u"testchat") {
        scene.chat = std::make_unique<TestChat>(*m_look, std::make_unique<FakeVisitor>());
        scene.root = scene.chat.get();
        scene.chat->show();
        click(*scene.root, u"Send"_s);
    } else if (name == u"channels" || name.startsWith(u"mail"_s) || name.startsWith(u"chat"_s) ||
               name.startsWith(u"other"_s) || name == u"snippet") {
        playChannels(scene, name);
    } else if (name.startsWith(u"join"_s) || name.startsWith(u"arrival"_s)) {
        playJoining(scene, name);
    } else if (name != u"start") {
        playOffice(scene, name);
    }
}

void TestPages::playOffice(Scene &scene, const QString &name)
{
    QWidget &root = *scene.root;
    if (name == u"secrets-file")
        scene.founder.keychainError = Error{Error::Code::Storage, u"No D-Bus session."_s, {}};
    click(root, u"Start a new office"_s);
    write(root, u"Name of the office"_s, name == u"office-wrong" ? LongName : u"Harbor Shop"_s);
    write(root, u"Your name"_s, name == u"office-wrong" ? u""_s : u"Linh Trần"_s);
    if (name == u"office")
        return;
    click(root, u"Continue"_s);
    if (name == u"office-wrong" || name == u"secrets")
        return;
    click(root, u"In a file sealed with a passphrase"_s);
    write(root, u"Passphrase (at least 8 characters)"_s, u"correct horse"_s);
    if (name == u"secrets-file")
        return;
    write(root, u"Passphrase once more"_s, u"correct horse"_s);
    scene.founder.isHolding = name == u"working";
    if (name == u"secrets-failed")
        scene.founder.foundError = stored(u"disk-full"_s);
    click(root, u"Create the office"_s);
}

void TestPages::playJoining(Scene &scene, const QString &name)
{
    QWidget &root = *scene.root;
    if (name == u"arrival")
        return scene.firstRun->showArrival({u"Harbor Shop"_s, 12'480, 31'002, true});
    if (name == u"arrival-waiting")
        return scene.firstRun->showArrival({LongName, 0, 0, false});
    if (name == u"join-two")
        scene.entrance.near = {{u"Harbor Shop"_s, u"a"_s, u"192.168.1.20:8418"_s},
                               {u"Harbor Shop"_s, u"b"_s, u"192.168.1.44:8418"_s},
                               {LongName, u"c"_s, u"[fe80::1ff:fe23:4567:890a]:8418"_s}};
    click(root, u"Join my office"_s);
    Q_EMIT scene.entrance.officesChanged();
    const auto isLaidOut = [&root] {
        const auto *card = seen<ChoiceCard>(root, u"Harbor Shop at 192.168.1.44:8418"_s);
        return card && card->height() >= card->heightForWidth(card->width());
    };
    QTRY_VERIFY(scene.entrance.near.empty() || isLaidOut());
    auto *fields = root.findChild<CodeFields *>();
    if (name == u"join-wrong") {
        fields->setCode(u"bada koru mlla"_s);
        write(root, u"Address of the PC that invites"_s, u"192.168.1.20"_s);
        click(root, u"Continue"_s);
    } else if (name.startsWith(u"join-words"_s)) {
        scene.entrance.isHolding = true;
        scene.entrance.find({{name == u"join-words" ? u"Harbor Shop"_s : LongName, u"a"_s,
                              u"192.168.1.20:8418"_s}});
        click(root, u"Ask to be let in"_s);
        click(root, u"Ask to be let in"_s);
        Q_EMIT scene.entrance.wordsMade({u"bada"_s, u"koru"_s, u"mila"_s});
        if (name != u"join-words")
            Q_EMIT scene.entrance.letIn();
    } else if (name == u"join-two") {
        fields->setCode(FakeEntrance::goodCode());
        write(root, u"Name of this PC"_s, LongName);
    } else if (name == u"join-refused") {
        fields->setCode(FakeEntrance::goodCode() + u" at 192.168.1.20:8418"_s);
        scene.entrance.answer = rejected(u"This code opens nothing: it is mistyped, used up or "
                                         "too old. Ask for a new one."_s,
                                         u"refused"_s);
        click(root, u"Continue"_s);
        click(root, u"Join the office"_s);
    }
}

void TestPages::playChannels(Scene &scene, const QString &name)
{
    if (name.startsWith(u"mail-browser"_s))
        scene.desk.types = {mailKind()};
    const AssistantParts parts{*m_look, scene.desk, scene.workshop, scene.office.linh()};
    scene.assistant = new ChannelAssistant(parts, scene.firstRun.get());
    scene.firstRun->showChannels(scene.assistant);
    QWidget &root = *scene.root;
    if (name == u"chat" || name == u"snippet") {
        click(root, u"Chat on your web site"_s);
        if (name == u"snippet")
            click(root, u"Create the chat"_s);
    } else if (name.startsWith(u"other"_s)) {
        scene.desk.types = someKinds();
        if (name == u"other-done")
            scene.desk.accountAnswer = u"Connected as Harbor Shop (@harbor_bot)."_s;
        click(root, u"Another channel"_s);
        if (name == u"other-signin" || name == u"other-signing")
            scene.assistant->other().kinds().setCurrentIndex(1);
        if (name == u"other-bridge")
            scene.assistant->other().kinds().setCurrentIndex(2);
        if (name == u"other-signing") {
            write(root, u"Client ID"_s, u"desk.apps.example"_s);
            write(root, u"Client secret"_s, u"GOCSPX-synthetic"_s);
            click(root, u"Sign in with Google"_s);
            for (QScrollBar *bar : root.findChildren<QScrollBar *>())
                bar->setValue(bar->maximum());
        }
        if (name == u"other" || name.startsWith(u"other-sign"_s) || name == u"other-bridge")
            return;
        write(root, u"Token of the bot"_s, name == u"other-done" ? u"12345:abcdef"_s : QString());
        click(root, u"Connect"_s);
    } else if (name.startsWith(u"mail"_s)) {
        click(root, u"E-mail"_s);
        write(root, u"E-mail address"_s,
              name == u"mail" ? u"harbor@gmail.com"_s : u"help@harbor.example"_s);
        write(root, u"Password of the mailbox"_s, u"secret"_s);
        if (name == u"mail-browser")
            click(root, u"Sign in in the browser instead (Google, Microsoft 365)"_s);
        if (name == u"mail" || name == u"mail-browser")
            return;
        if (name == u"mail-failed")
            scene.workshop.mailError =
                failure(u"certificate"_s, u"The certificate of imap.harbor.example is not trusted: "
                                          "The certificate is self-signed, and untrusted"_s);
        click(root, u"Test and connect"_s);
    }
}

void TestPages::addScenes()
{
    for (const char *name :
         {"start",           "office",       "office-wrong",  "secrets",      "secrets-file",
          "secrets-failed",  "working",      "unlock",        "unlock-wrong", "blocked",
          "channels",        "mail",         "mail-failed",   "mail-done",    "chat",
          "snippet",         "testchat",     "join",          "other",        "other-wrong",
          "other-done",      "join-wrong",   "join-two",      "join-refused", "arrival",
          "arrival-waiting", "mail-browser", "other-signing", "join-words",   "join-words-let-in"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestPages::pagesLookAsTheyWereApproved_data()
{
    QTest::addColumn<QString>("name");
    addScenes();
}

void TestPages::pagesLookAsTheyWereApproved()
{
    QFETCH(QString, name);
    for (const bool isDark : {false, true}) {
        m_look->setScheme(isDark ? Look::Scheme::Dark : Look::Scheme::Light);
        Scene scene(*m_look);
        scene.firstRun->resize(Usual);
        play(scene, name);
        QVERIFY(QTest::qWaitForWindowExposed(scene.root));
        if (QApplication::focusWidget())
            QApplication::focusWidget()->clearFocus();
        const QString file = name + (isDark ? u"-dark.png"_s : u"-light.png"_s);
        const QImage picture = scene.root->grab().toImage().convertToFormat(QImage::Format_RGB32);
        QVERIFY(picture.save(QStringLiteral(OUTPUT_DIR) + u'/' + file));
        const QString golden = QStringLiteral(GOLDEN_DIR) + u'/' + file;
        if (qEnvironmentVariableIsSet("PEERDESK_WRITE_GOLDENS")) {
            QVERIFY(picture.save(golden));
            continue;
        }
        const QImage expected = QImage(golden).convertToFormat(QImage::Format_RGB32);
        QCOMPARE(picture.size(), expected.size());
        qint64 differing = 0;
        for (int y = 0; y < picture.height(); ++y) {
            for (int x = 0; x < picture.width(); ++x) {
                const QRgb p = picture.pixel(x, y);
                const QRgb q = expected.pixel(x, y);
                differing += qAbs(qRed(p) - qRed(q)) > 8 || qAbs(qGreen(p) - qGreen(q)) > 8 ||
                             qAbs(qBlue(p) - qBlue(q)) > 8;
            }
        }
        m_skipped += m_isSameFont ? 0 : 1;
        const double share = double(differing) / double(picture.width() * picture.height());
        QVERIFY2(share <= (m_isSameFont ? 0.001 : 0.25),
                 qPrintable(u"%1 of the pixels of %2 differ, see %3"_s.arg(share).arg(
                     file, QStringLiteral(OUTPUT_DIR))));
    }
    m_look->setScheme(Look::Scheme::Light);
}

void TestPages::everyPagePassesTheLint_data()
{
    QTest::addColumn<QString>("name");
    addScenes();
}

QStringList TestPages::faultsOf(QWidget &root)
{
    QStringList faults;
    for (QWidget *widget : root.findChildren<QWidget *>()) {
        if (!widget->isVisible())
            continue;
        const auto *button = qobject_cast<QAbstractButton *>(widget);
        const auto *label = qobject_cast<QLabel *>(widget);
        const bool hasWords = button && !button->text().isEmpty();
        const bool isInField = qobject_cast<QLineEdit *>(widget->parentWidget()) != nullptr;
        const QString what = QLatin1String(widget->metaObject()->className()) + u' ' +
                             widget->accessibleName() + (label ? label->text() : QString());
        if (widget->focusPolicy() & Qt::TabFocus && !widget->focusProxy() &&
            widget->accessibleName().isEmpty() && !hasWords)
            faults += what + u" has no accessible name"_s;
        if (button && !isInField && (widget->width() < 32 || widget->height() < 32))
            faults += what + u" is smaller than 32"_s;
        if (label && label->wordWrap() && !label->text().isEmpty() &&
            label->heightForWidth(label->width()) > label->height() + 1)
            faults += what + u" is clipped in height"_s;
        if (hasWords && button->fontMetrics().horizontalAdvance(button->text()) > button->width())
            faults += what + u" is clipped"_s;
        if (const auto *scroll = qobject_cast<QScrollArea *>(widget);
            scroll && scroll->widget()->width() > scroll->viewport()->width())
            faults += what + u" does not fit its width"_s;
    }
    return faults;
}

void TestPages::everyPagePassesTheLint()
{
    QFETCH(QString, name);
    struct Shape
    {
        QSize size;
        double scale;
        bool isMirrored;
    };
    for (const Shape &shape : {Shape{Usual, 1, false}, Shape{Smallest, 1, false},
                               Shape{Usual, 1, true}, Shape{Usual, 1.5, false}}) {
        QApplication::setLayoutDirection(shape.isMirrored ? Qt::RightToLeft : Qt::LeftToRight);
        m_look->setScale(shape.scale);
        Scene scene(*m_look);
        scene.firstRun->resize(shape.size);
        play(scene, name);
        QVERIFY(QTest::qWaitForWindowExposed(scene.root));
        const QStringList faults = faultsOf(*scene.root);
        QVERIFY2(faults.isEmpty(), qPrintable(u"%1 at %2, %3:\n"_s.arg(shape.size.width())
                                                  .arg(shape.scale)
                                                  .arg(shape.isMirrored) +
                                              faults.join(u'\n')));
        QVERIFY2(scene.root->width() <= qMax(shape.size.width(), m_look->px(420)),
                 "the window grew over the size that was asked for");
    }
    QApplication::setLayoutDirection(Qt::LeftToRight);
    m_look->setScale(1);
}

void TestPages::nothingIsFoundedBeforeTheFieldsAreRight_data()
{
    QTest::addColumn<QStringList>("typed"); // office, person, password twice, passphrase twice
    QTest::addColumn<QString>("title");
    const QString good = u"long enough"_s;
    QTest::newRow("no office") << QStringList{u"  "_s, u"Linh"_s, {}, {}, good, good}
                               << u"The office needs a name"_s;
    QTest::newRow("no person") << QStringList{u"Shop"_s, {}, {}, {}, good, good}
                               << u"Who are you?"_s;
    QTest::newRow("password typed once")
        << QStringList{u"Shop"_s, u"Linh"_s, u"pw"_s, {}, good, good}
        << u"The two passwords differ"_s;
    QTest::newRow("seven characters")
        << QStringList{u"Shop"_s, u"Linh"_s, {}, {}, u"1234567"_s, u"1234567"_s}
        << u"The passphrase is too short"_s;
    QTest::newRow("passphrase typed once")
        << QStringList{u"Shop"_s, u"Linh"_s, {}, {}, good, u"long enougH"_s}
        << u"The two passphrases differ"_s;
}

void TestPages::nothingIsFoundedBeforeTheFieldsAreRight()
{
    QFETCH(QStringList, typed);
    QFETCH(QString, title);
    Scene scene(*m_look);
    QWidget &root = *scene.root;
    root.show();
    QVERIFY(click(root, u"Start a new office"_s));
    QVERIFY(write(root, u"Name of the office"_s, typed[0]));
    QVERIFY(write(root, u"Your name"_s, typed[1]));
    QVERIFY(write(root, u"Password (may be left empty)"_s, typed[2]));
    QVERIFY(write(root, u"Password once more"_s, typed[3]));
    QVERIFY(click(root, u"Continue"_s));
    if (seen<QAbstractButton>(root, u"Create the office"_s)) {
        QVERIFY(click(root, u"In a file sealed with a passphrase"_s));
        QVERIFY(write(root, u"Passphrase (at least 8 characters)"_s, typed[4]));
        QVERIFY(write(root, u"Passphrase once more"_s, typed[5]));
        QVERIFY(click(root, u"Create the office"_s));
    }
    QVERIFY(!scene.founder.wanted);
    bool isSaid = false;
    for (const NoticeBox *notice : root.findChildren<NoticeBox *>())
        isSaid = isSaid || (notice->isVisible() && notice->title() == title);
    QVERIFY(isSaid);
    if (title.startsWith(u"The passphrase is"_s))
        QVERIFY(scene.firstRun->focusWidget() ==
                seen<QLineEdit>(root, u"Passphrase (at least 8 characters)"_s));
    if (title.startsWith(u"The two passphrases"_s))
        QVERIFY(scene.firstRun->focusWidget() == seen<QLineEdit>(root, u"Passphrase once more"_s));
}

void TestPages::whatWasSaidAboutThePassphraseGoesWhenItIsChanged()
{
    Scene scene(*m_look);
    QWidget &root = *scene.root;
    scene.founder.keychainError = Error{Error::Code::Storage, u"no bus"_s, {}};
    root.show();
    QVERIFY(click(root, u"Start a new office"_s));
    QVERIFY(write(root, u"Name of the office"_s, u"Shop"_s));
    QVERIFY(write(root, u"Your name"_s, u"Linh"_s));
    QVERIFY(click(root, u"Continue"_s));
    QVERIFY(click(root, u"Create the office"_s));
    QVERIFY(isShown(root, u"The passphrase is too short"_s));
    QTest::keyClicks(seen<QLineEdit>(root, u"Passphrase (at least 8 characters)"_s), u"a"_s);
    QVERIFY(!isShown(root, u"The passphrase is too short"_s));
}

void TestPages::whatWasTypedIsWhatIsFounded()
{
    Scene scene(*m_look);
    QSignalSpy founded(scene.firstRun.get(), &FirstRun::founded);
    scene.root->show();
    playOffice(scene, u"all"_s);
    QCOMPARE(founded.size(), 1);
    QVERIFY(scene.founder.wanted);
    QCOMPARE(scene.founder.wanted->name, u"Harbor Shop"_s);
    QCOMPARE(scene.founder.wanted->person, u"Linh Trần"_s);
    QCOMPARE(scene.founder.wanted->place, SecretsPlace::PassphraseFile);
    QCOMPARE(scene.founder.wanted->passphrase, u"correct horse"_s);
}

void TestPages::aFailureLeavesEveryFieldAndCanBeTriedAgain()
{
    Scene scene(*m_look);
    scene.root->show();
    QSignalSpy founded(scene.firstRun.get(), &FirstRun::founded);
    playOffice(scene, u"secrets-failed"_s);
    QCOMPARE(founded.size(), 0);
    QCOMPARE(seen<QLineEdit>(*scene.root, u"Passphrase once more"_s)->text(), u"correct horse"_s);
    scene.founder.foundError.reset();
    QVERIFY(click(*scene.root, u"Create the office"_s));
    QCOMPARE(founded.size(), 1);
}

void TestPages::theKeychainIsNeverReplacedSilently()
{
    Scene scene(*m_look);
    scene.root->show();
    scene.founder.keychainError = Error{Error::Code::Storage, u"no bus"_s, {}};
    QVERIFY(click(*scene.root, u"Start a new office"_s));
    QVERIFY(write(*scene.root, u"Name of the office"_s, u"Shop"_s));
    QVERIFY(write(*scene.root, u"Your name"_s, u"Linh"_s));
    QVERIFY(click(*scene.root, u"Continue"_s));
    auto *card = seen<ChoiceCard>(*scene.root, u"In the keychain of this PC"_s);
    QVERIFY(card && !card->isEnabled());
    QVERIFY(!card->words().contains(u"no bus"_s));
    QVERIFY(!isShown(*scene.root, u"no bus"_s));
    QVERIFY(click(*scene.root, u"Details"_s));
    QVERIFY(isShown(*scene.root, u"no bus"_s));
    auto *file = seen<ChoiceCard>(*scene.root, u"In a file sealed with a passphrase"_s);
    QVERIFY(file->isChecked());                          // the only way there is
    QVERIFY(click(*scene.root, u"Create the office"_s)); // without a passphrase
    QVERIFY(!scene.founder.wanted);
}

void TestPages::theWindowStaysWhileTheOfficeIsBeingMade()
{
    Scene scene(*m_look);
    scene.root->show();
    playOffice(scene, u"working"_s);
    QVERIFY(!scene.firstRun->close());
    scene.founder.held.answer(rejected({}, u"in-use"_s));
    QVERIFY(scene.firstRun->close());
}

void TestPages::everyTroubleHasItsOwnWords_data()
{
    QTest::addColumn<QString>("state");
    for (const char *state : {"in-use", "newer-version", "read-only", "disk-full", "corrupt",
                              "wrong-passphrase", "exists", "something else"})
        QTest::newRow(state) << QString::fromLatin1(state);
}

void TestPages::everyTroubleHasItsOwnWords()
{
    QFETCH(QString, state);
    static std::map<QString, QString> titles;
    const Problem problem = officeProblem(stored(state), u"/data/of/linh"_s);
    QVERIFY(!problem.title.isEmpty());
    QVERIFY(!problem.text.isEmpty());
    QCOMPARE(problem.details, u"what the disk said"_s);
    QVERIFY2(titles.emplace(problem.title, state).second, "two troubles look the same");
}

void TestPages::mailTroubleIsToldApart_data()
{
    QTest::addColumn<QString>("state");
    QTest::addColumn<QString>("title");
    QTest::addColumn<bool>("opensServers");
    QTest::newRow("wrong password")
        << u"credentials"_s << u"The password was not accepted"_s << false;
    QTest::newRow("certificate") << u"certificate"_s << u"The mail server cannot prove who it is"_s
                                 << true;
    QTest::newRow("gone") << u"unreachable"_s << u"The mail server does not answer"_s << true;
    QTest::newRow("in clear") << u"unsafe"_s << u"This connection would not be safe"_s << true;
    QTest::newRow("other") << u"protocol"_s << u"The mail server refused"_s << true;
}

void TestPages::mailTroubleIsToldApart()
{
    QFETCH(QString, state);
    QFETCH(QString, title);
    QFETCH(bool, opensServers);
    Scene scene(*m_look);
    scene.root->show();
    scene.workshop.mailError = failure(state, u"NO what the server said"_s);
    playChannels(scene, u"mail-done"_s);
    const NoticeBox &notice = scene.assistant->mail().notice();
    QCOMPARE(notice.title(), title);
    QCOMPARE(notice.details(), u"NO what the server said"_s);
    QVERIFY(!scene.workshop.added);
    QCOMPARE(seen<QLineEdit>(*scene.root, u"Incoming mail server (IMAP)"_s) != nullptr,
             opensServers);
    if (!opensServers)
        return;
    auto *imap = seen<QLineEdit>(*scene.root, u"Incoming mail server (IMAP)"_s);
    QCOMPARE(imap->text(), u"imap.harbor.example"_s); // what was tried
    QVERIFY(scene.firstRun->focusWidget() == imap);
}

void TestPages::aMailboxIsAddedOnlyAfterItsTest()
{
    Scene scene(*m_look);
    scene.root->show();
    playChannels(scene, u"mail-done"_s);
    QVERIFY(scene.workshop.tried);
    QVERIFY(scene.workshop.added);
    QCOMPARE(scene.workshop.tried->servers, scene.workshop.servers);
    QCOMPARE(scene.workshop.added->password, "secret");
    QVERIFY(seen<QLineEdit>(*scene.root, u"Password of the mailbox"_s)->text().isEmpty());
}

/// M28
void TestPages::aChannelAlwaysHasFlowAndQueue()
{
    Scene scene(*m_look);
    scene.root->show();
    playChannels(scene, u"mail-done"_s);
    QCOMPARE(scene.workshop.added->destination.flow, scene.desk.flowList.back().id);
    QCOMPARE(scene.workshop.added->destination.queue, scene.desk.queueList.front().id);
    Scene second(*m_look);
    second.root->show();
    playChannels(second, u"snippet"_s);
    QCOMPARE(second.workshop.chatDestination.flow, second.desk.flowList.back().id);
    QCOMPARE(second.workshop.chatDestination.queue, second.desk.queueList.front().id);
}

/// M28, M48
void TestPages::anotherChannelIsSavedAndTried()
{
    Scene wrong(*m_look);
    wrong.root->show();
    playChannels(wrong, u"other-wrong"_s);
    QVERIFY(!wrong.workshop.other);
    QCOMPARE(wrong.assistant->other().kinds().count(), 3);

    Scene scene(*m_look);
    scene.root->show();
    playChannels(scene, u"other-done"_s);
    const ChannelAccount &saved = *scene.workshop.other;
    QCOMPARE(saved.type, u"telegram"_s);
    QCOMPARE(saved.name, u"Telegram"_s);
    QCOMPARE(saved.flow, scene.desk.flowList.back().id);
    QCOMPARE(saved.queue, scene.desk.queueList.front().id);
    QVERIFY(saved.settings.empty()); // the token is no setting
    QCOMPARE(scene.workshop.otherSecrets.at(u"token"_s), QByteArray("12345:abcdef"));
    QCOMPARE(scene.desk.accountTests, 1);
    QVERIFY(isShown(*scene.root, u"@harbor_bot"_s));

    Scene failing(*m_look);
    failing.desk.accountAnswer = failure({}, u"Unauthorized"_s);
    failing.root->show();
    playChannels(failing, u"other"_s);
    write(*failing.root, u"Token of the bot"_s, u"x"_s);
    click(*failing.root, u"Connect"_s);
    QVERIFY(isShown(*failing.root, u"it does not work yet"_s));
}

void TestPages::aSignInInTheBrowserIsSavedWithTheChannel()
{
    Scene scene(*m_look);
    scene.root->show();
    playChannels(scene, u"other-signing"_s);
    FakeBrowserDoor &door = scene.workshop.door;
    QVERIFY(door.wish);
    QCOMPARE(door.wish->type, u"youtube"_s);
    QCOMPARE(door.wish->settings.at(u"client_id"_s), u"desk.apps.example"_s);
    QCOMPARE(door.wish->secrets.at(u"client_secret"_s), QByteArray("GOCSPX-synthetic"));
    QVERIFY(isShown(*scene.root, u"The browser is open"_s));
    QVERIFY(click(*scene.root, u"Connect"_s)); // too early: it says what is missing
    QVERIFY(!scene.workshop.other);
    const QByteArray token(2'400, 'r'); // Microsoft's are as long
    door.held.answer(SignedIn{u"refresh_token"_s, token});
    QVERIFY(isShown(*scene.root, u"Signed in with Google"_s));
    QVERIFY(click(*scene.root, u"Connect"_s));
    QVERIFY(scene.workshop.other);
    QCOMPARE(scene.workshop.otherSecrets.at(u"refresh_token"_s), token);
    QVERIFY(!scene.workshop.other->settings.contains(u"refresh_token"_s));
    for (const QLineEdit *line : scene.root->findChildren<QLineEdit *>())
        QVERIFY(!line->text().contains(u"rrrr"_s));
}

void TestPages::aSignInThatFailsIsSaidAndCanBeLeft()
{
    Scene scene(*m_look);
    scene.root->show();
    playChannels(scene, u"other-signing"_s);
    FakeBrowserDoor &door = scene.workshop.door;
    door.held.answer(Error{Error::Code::Forbidden, u"The access was not allowed."_s, {}});
    QVERIFY(isShown(*scene.root, u"The access was not allowed."_s));
    QVERIFY(click(*scene.root, u"Sign in with Google"_s));
    QVERIFY(!isShown(*scene.root, u"The access was not allowed."_s));
    QVERIFY(click(*scene.root, u"Stop waiting"_s));
    QCOMPARE(door.cancels, 1);
    QVERIFY(!isShown(*scene.root, u"The browser is open"_s));
    QVERIFY(click(*scene.root, u"Sign in with Google"_s));
    scene.assistant->other().kinds().setCurrentIndex(0); // another kind: nobody waits any more
    QCOMPARE(door.cancels, 2);
}

void TestPages::aMailboxSignsInInTheBrowser()
{
    Scene scene(*m_look);
    scene.root->show();
    playChannels(scene, u"mail-browser"_s);
    QVERIFY(!seen<QLineEdit>(*scene.root, u"Password of the mailbox"_s));
    QVERIFY(click(*scene.root, u"Test and connect"_s));
    QVERIFY(!scene.workshop.tried); // neither registration nor sign-in
    seen<QComboBox>(*scene.root, u"Way to sign in"_s)->setCurrentIndex(1);
    QVERIFY(write(*scene.root, u"Client ID"_s, u"desk"_s));
    QVERIFY(click(*scene.root, u"Sign in with Microsoft"_s));
    QCOMPARE(scene.workshop.door.wish->settings.at(u"sign_in"_s), u"microsoft"_s);
    scene.workshop.door.held.answer(SignedIn{u"refresh_token"_s, "r1"});
    QVERIFY(click(*scene.root, u"Test and connect"_s));
    QVERIFY(scene.workshop.added);
    const MailDraft &draft = *scene.workshop.added;
    QVERIFY(draft.password.isEmpty());
    QCOMPARE(draft.signIn, (std::map<QString, QString>{{u"sign_in"_s, u"microsoft"_s},
                                                       {u"client_id"_s, u"desk"_s}}));
    QCOMPARE(draft.secrets, (std::map<QString, QByteArray>{{u"refresh_token"_s, "r1"}}));
    QCOMPARE(draft.servers, scene.workshop.mailOf(u"microsoft"_s));
}

void TestPages::anOwnBridgeIsToldItsTokenOnce()
{
    Scene scene(*m_look);
    scene.root->show();
    playChannels(scene, u"other-bridge"_s);
    auto *shown = seen<QLineEdit>(*scene.root, u"Key"_s);
    QVERIFY(shown && shown->isReadOnly());
    const QByteArray token = shown->text().toLatin1();
    QCOMPARE(token.size(), 43); // 32 bytes
    QVERIFY(click(*scene.root, u"Copy: Key"_s));
    QCOMPARE(QApplication::clipboard()->text().toLatin1(), token);
    QVERIFY(click(*scene.root, u"Connect"_s));
    QCOMPARE(scene.workshop.otherSecrets.at(u"key"_s), token);
    QVERIFY(shown->isVisible()); // still to be copied
    QVERIFY(click(*scene.root, u"Continue"_s));
    QVERIFY(click(*scene.root, u"Another channel"_s));
    scene.assistant->other().kinds().setCurrentIndex(2);
    QVERIFY(seen<QLineEdit>(*scene.root, u"Key"_s)->text().toLatin1() != token);
}

void TestPages::aChatIsCalledReadyOnlyUnderAPublicAddress_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<bool>("isReady");
    QTest::newRow("this PC") << u"http://127.0.0.1:8417"_s << false;
    QTest::newRow("this PC, https") << u"https://localhost:8417"_s << false;
    QTest::newRow("in clear") << u"http://desk.harbor.example"_s << false;
    QTest::newRow("nothing") << QString() << false;
    QTest::newRow("no host") << u"https://"_s << false;
    QTest::newRow("public") << u"https://desk.harbor.example"_s << true;
}

void TestPages::aChatIsCalledReadyOnlyUnderAPublicAddress()
{
    QFETCH(QString, address);
    QFETCH(bool, isReady);
    Scene scene(*m_look);
    scene.root->show();
    playChannels(scene, u"snippet"_s);
    QVERIFY(write(*scene.root, u"Address of this PC as your customers reach it"_s, address));
    QCOMPARE(scene.assistant->snippet().title(),
             isReady ? u"The chat is ready"_s : u"The chat works on this PC"_s);
    QCOMPARE(isShown(*scene.root, u"Customers cannot reach it yet"_s), !isReady);
}

void TestPages::aTestChatWithoutAServerSaysThatNothingWasSent()
{
    auto dead = std::make_unique<FakeVisitor>();
    dead->failure = u"The port is taken."_s;
    TestChat chat(*m_look, std::move(dead));
    chat.setAttribute(Qt::WA_DeleteOnClose, false);
    chat.show();
    QVERIFY(isShown(chat, u"was not sent. The port is taken."_s));
    QVERIFY(!chat.sendButton().isEnabled());
    auto choosy = std::make_unique<FakeVisitor>();
    choosy->refusal = u"The office did not take this line"_s;
    TestChat open(*m_look, std::move(choosy));
    open.setAttribute(Qt::WA_DeleteOnClose, false);
    open.show();
    open.sendButton().click();
    QVERIFY(isShown(open, u"The office did not take this line"_s));
    QVERIFY(open.sendButton().isEnabled()); // the chat itself is there
}

void TestPages::theSnippetIsCopiedWithTheAddressThatWasTyped()
{
    Scene scene(*m_look);
    scene.root->show();
    playChannels(scene, u"snippet"_s);
    QVERIFY(write(*scene.root, u"Address of this PC as your customers reach it"_s,
                  u"https://desk.harbor.example/"_s));
    QVERIFY(click(*scene.root, u"Copy"_s));
    QCOMPARE(QGuiApplication::clipboard()->text(),
             u"<script src=\"https://desk.harbor.example/chat/widget.js\" "
             "data-account=\"0123456789abcdef0123456789abcdef\" async></script>"_s);
}

void TestPages::theKeyboardAloneReachesTheChannels()
{
    Scene scene(*m_look);
    QWidget &root = *scene.root;
    root.show();
    root.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&root));
    QSignalSpy founded(scene.firstRun.get(), &FirstRun::founded);
    scene.firstRun->showChoice();
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);
    QCOMPARE(QApplication::focusWidget()->accessibleName(), u"Name of the office"_s);
    QTest::keyClicks(QApplication::focusWidget(), u"Harbor Shop"_s);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    QCOMPARE(QApplication::focusWidget()->accessibleName(), u"Your name"_s);
    QTest::keyClicks(QApplication::focusWidget(), u"Linh"_s);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space); // the keychain
    auto *create = seen<QAbstractButton>(root, u"Create the office"_s);
    for (int i = 0; i < 20 && QApplication::focusWidget() != create; ++i)
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    QCOMPARE(QApplication::focusWidget(), create);
    QTest::keyClick(create, Qt::Key_Space);
    QCOMPARE(founded.size(), 1);
    QCOMPARE(scene.founder.wanted->place, SecretsPlace::Keychain);
}

int main(int argc, char **argv)
{
    QHashSeed::setDeterministicGlobalSeed();
    QApplication app(argc, argv);
    prepareApplication();
    TestPages test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_pages.moc"
