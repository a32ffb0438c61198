// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/desktop.h"

#include "app/desktop/session.h"
#include "app/desktop/signindialog.h"
#include "app/headless/keystore.h"
#include "ui/onboarding/testchat.h"

namespace peerdesk::desktop {

using namespace Qt::StringLiterals;

namespace {
/// How often a PC that joined looks how far it has come.
constexpr Milliseconds LookAgain{200};
} // namespace

Desktop::Desktop(Options options)
    : m_options(std::move(options))
    , m_office(m_options.office)
    , m_founder(m_office)
    , m_entrance(m_office)
{
    m_arrival.setInterval(LookAgain);
    connect(&m_arrival, &QTimer::timeout, this, &Desktop::arrive);
    connect(&m_office, &LocalOffice::superseded, this, &Desktop::rejoin);
}

Desktop::~Desktop()
{
    delete m_testChat;
    delete m_channelWindow;
}

void Desktop::start()
{
    if (m_options.isDemo)
        return startDemo();
    if (m_office.isThere())
        return openOffice();
    welcome().showChoice();
    welcome().show();
}

/// The first thing to be seen, before any file is open. It has no words yet: fonts and style are
/// for what comes after it, while the office is being opened.
void Desktop::showOpening()
{
    const QSettings settings(windowFile(), QSettings::IniFormat);
    ui::Window::restoreLook(settings, m_look);
    m_opening = std::make_unique<Opening>(m_look, ui::Window::keptSize(settings));
    connect(m_opening.get(), &Opening::appeared, &m_look, &ui::Look::ensureApplied,
            Qt::QueuedConnection);
    m_opening->show();
}

QString Desktop::windowFile()
{
    return m_office.options().dataDir + u"/window.ini"_s;
}

ui::FirstRun &Desktop::welcome()
{
    m_opening.reset();
    m_look.ensureApplied();
    if (m_firstRun)
        return *m_firstRun;
    m_firstRun = std::make_unique<ui::FirstRun>(m_look, m_founder, m_entrance);
    ui::FirstRun *page = m_firstRun.get();
    connect(page, &ui::FirstRun::founded, this, &Desktop::showChannels);
    connect(page, &ui::FirstRun::joined, this, [this] {
        m_hasJoined = true;
        choosePeerPort();
        m_office.open({this, [this](const Result<Done> &result) { onOpened(result); }});
    });
    connect(page, &ui::FirstRun::beginWanted, this, &Desktop::endArrival);
    connect(page, &ui::FirstRun::demoWanted, this, &Desktop::startDemo);
    connect(page, &ui::FirstRun::passphraseGiven, this, &Desktop::unlock);
    connect(page, &ui::FirstRun::retryWanted, this, &Desktop::start);
    connect(page, &ui::FirstRun::closed, this, &Desktop::quit, Qt::QueuedConnection);
    return *m_firstRun;
}

template <typename T>
Completion<T> Desktop::then(std::function<void(const T &)> next)
{
    return {this, [this, next = std::move(next)](const Result<T> &result) {
                result ? next(*result) : block(result.error());
            }};
}

/// A passphrase is never guessed or remembered: without one in the environment a person types it.
void Desktop::openOffice()
{
    OfficeOptions &office = m_office.options();
    choosePeerPort();
    if (!m_options.isKeystoreNamed)
        office.keystore = app::keptKeystore(office.dataDir);
    if (office.keystore.startsWith(u"file:"_s) && office.passphrase.isEmpty()) {
        welcome().showUnlock();
        return welcome().show();
    }
    showOpening();
    m_office.open({this, [this](const Result<Done> &result) { onOpened(result); }});
}

void Desktop::unlock(const QString &passphrase)
{
    m_office.options().passphrase = passphrase;
    m_office.open({this, [this](const Result<Done> &result) { onOpened(result); }});
}

void Desktop::onOpened(const Result<Done> &result)
{
    if (result)
        return m_office.desk().status(
            then<api::OfficeStatus>([this](const api::OfficeStatus &status) { onStatus(status); }));
    if (result.error().state != u"wrong-passphrase")
        return block(result.error());
    m_office.options().passphrase.clear();
    welcome().refuseUnlock(result.error());
    welcome().show();
}

/// A person's choice counts unless the program was started with another.
void Desktop::choosePeerPort()
{
    const QSettings settings(windowFile(), QSettings::IniFormat);
    const uint port = settings.value(ui::OfficePage::PortKey).toUInt();
    OfficeOptions &office = m_office.options();
    if (port == 0 || port > 65535 || !office.peer.endsWith(u":0"))
        return;
    office.firstPeerPort = quint16(port);
    office.isPeerPortChosen = true;
}

void Desktop::arrive()
{
    m_office.desk().status(then<api::OfficeStatus>([this](const api::OfficeStatus &status) {
        m_office.desk().agents(
            then<std::vector<Agent>>([this, status](const std::vector<Agent> &agents) {
                if (m_arrival.isActive())
                    onArriving(status, agents);
            }));
    }));
}

void Desktop::onArriving(const api::OfficeStatus &status, const std::vector<Agent> &agents)
{
    const bool mayBegin =
        status.office.createdAt.isSet() && !people(agents).empty() && !status.leader.isNull();
    // That this PC came in is the last thing it has to know: all before it is here.
    const bool isHere =
        std::any_of(status.members.begin(), status.members.end(),
                    [&](const auto &member) { return member.node.id == status.node; });
    if (mayBegin && isHere)
        return endArrival();
    welcome().showArrival({status.office.name, status.catchUp.have, status.catchUp.of, mayBegin});
    welcome().show();
}

void Desktop::endArrival()
{
    m_arrival.stop();
    m_office.desk().agents(
        then<std::vector<Agent>>([this](const std::vector<Agent> &agents) { signIn(agents); }));
}

void Desktop::rejoin()
{
    if (m_isEnding)
        return;
    m_arrival.stop();
    if (m_window)
        m_window->leave();
    closeWindows();
    welcome().showWorking(
        tr("The office went on without this PC. It joins again and brings back what it has."));
    welcome().show();
    m_office.close(
        {this, [this](const Result<Done> &) {
             if (m_isEnding)
                 return;
             m_hasJoined = true; // as far as what it has to wait for
             m_office.open({this, [this](const Result<Done> &result) { onOpened(result); }});
         }});
}

/// A database without an office is left over from an attempt that was cut off: begin anew. If it
/// knows members it was told of them at joining, and the office is still to come.
void Desktop::onStatus(const api::OfficeStatus &status)
{
    const bool isToldOnly = !status.office.createdAt.isSet() && !status.members.empty();
    if (std::exchange(m_hasJoined, false) || isToldOnly) {
        m_arrival.start();
        return arrive();
    }
    if (status.office.createdAt.isSet())
        return m_office.desk().agents(
            then<std::vector<Agent>>([this](const std::vector<Agent> &agents) { signIn(agents); }));
    m_office.close({this, [this](const Result<Done> &) {
                        welcome().showChoice();
                        welcome().show();
                    }});
}

void Desktop::block(const Error &error)
{
    if (m_isEnding)
        return;
    m_arrival.stop();
    m_office.close({this, [this, error](const Result<Done> &) {
                        if (m_isEnding)
                            return;
                        welcome().showBlocked(error, m_office.options().dataDir);
                        welcome().show();
                    }});
}

void Desktop::signIn(const std::vector<Agent> &agents)
{
    const std::optional<Agent> only = withoutProof(agents, m_options.agent);
    if (!only)
        return askWho(agents);
    openSession(m_office.desk(), *only,
                then<api::Caller>([this](const api::Caller &caller) { openWindow(caller); }));
}

void Desktop::askWho(const std::vector<Agent> &agents)
{
    m_look.ensureApplied();
    auto *dialog = new SignInDialog(m_office.desk(), m_look, agents);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &SignInDialog::signedIn, this, &Desktop::openWindow);
    connect(dialog, &QDialog::rejected, this, &Desktop::quit, Qt::QueuedConnection);
    dialog->open();
    m_opening.reset();
    if (m_firstRun)
        m_firstRun->hide();
}

void Desktop::startDemo()
{
    m_demoFolder = std::make_unique<QTemporaryDir>();
    OfficeOptions &office = m_office.options();
    office.dataDir = m_demoFolder->path() + u"/office"_s;
    office.http = u"127.0.0.1:0"_s;
    office.peer.clear(); // nobody joins sample data
    if (m_firstRun)
        m_firstRun->showWorking(tr("Opening the sample office"));
    else
        showOpening();
    m_demo = std::make_unique<DemoOffice>(m_office, m_options.pace);
    m_demo->start(then<api::Caller>([this](const api::Caller &caller) {
        openWindow(caller);
        m_window->setWindowTitle(tr("Peerdesk - sample data, gone when you close it"));
        m_demo->letCustomersCome();
    }));
}

ui::AssistantParts Desktop::assistantParts()
{
    return {m_look, m_office.desk(), *m_workshop, m_caller};
}

/// The last step of the first run.
void Desktop::showChannels()
{
    m_caller = m_founder.caller();
    m_workshop = std::make_unique<ChannelWorkshop>(m_office, m_caller);
    m_assistant = new ui::ChannelAssistant(assistantParts(), m_firstRun.get());
    connect(m_assistant, &ui::ChannelAssistant::finished, this, [this] { openWindow(m_caller); });
    connect(m_assistant, &ui::ChannelAssistant::testWanted, this, [this](const AccountId &chat) {
        openWindow(m_caller);
        openTestChat(chat);
    });
    m_firstRun->showChannels(m_assistant);
    m_assistant->showChoice();
}

void Desktop::openWindow(const api::Caller &caller)
{
    m_look.ensureApplied();
    m_caller = caller;
    if (!m_workshop)
        m_workshop = std::make_unique<ChannelWorkshop>(m_office, m_caller);
    m_drafts = std::make_unique<LocalDrafts>(m_office.folder().local());
    m_settings = std::make_unique<QSettings>(windowFile(), QSettings::IniFormat);
    m_steward = std::make_unique<OfficeSteward>(m_office, m_caller);
    m_rules = std::make_unique<OfficeRules>(m_office.desk(), m_caller);
    const ui::WindowParts parts{m_office.desk(), *m_drafts, m_clock,           m_look,
                                *m_settings,     nullptr,   &m_remotePictures, m_steward.get(),
                                m_rules.get()};
    m_window = std::make_unique<ui::Window>(parts, caller);
    if (caller.role == Role::Admin)
        m_window->addSetup(tr("Add a channel"), [this] { addChannel(); });
    if (m_window->channels())
        connect(m_window->channels(), &ui::ChannelsPage::addWanted, this, &Desktop::addChannel);
    connect(m_window.get(), &ui::Window::closed, this, &Desktop::quit, Qt::QueuedConnection);
    connect(m_window.get(), &ui::Window::signOutWanted, this, &Desktop::signOut,
            Qt::QueuedConnection); // the window goes
    m_window->show();
    if (!m_office.doorTrouble().isEmpty())
        m_window->notice().setMessage(
            ui::Strip::Tone::Danger, ui::Icon::Offline,
            tr("No customer can reach the web chat of this PC. %1").arg(m_office.doorTrouble()));
    m_opening.reset();
    if (!m_options.pictures.isEmpty())
        m_pictures =
            std::make_unique<Pictures>(*m_window, m_look, m_office.desk(), m_options.pictures);
    if (m_firstRun) {
        m_firstRun->hide();
        m_firstRun.release()->deleteLater(); // it may be what called
    }
    Q_EMIT windowOpened();
}

void Desktop::addChannel()
{
    if (m_channelWindow)
        return m_channelWindow->activateWindow();
    m_assistant = new ui::ChannelAssistant(assistantParts());
    m_channelWindow = m_assistant;
    m_assistant->setAttribute(Qt::WA_DeleteOnClose);
    m_assistant->setWindowTitle(tr("Add a channel"));
    m_assistant->resize(m_look.px(700), m_look.px(620));
    connect(m_assistant, &ui::ChannelAssistant::finished, m_assistant, &QWidget::close);
    connect(m_assistant, &ui::ChannelAssistant::testWanted, this, [this](const AccountId &chat) {
        m_channelWindow->close();
        openTestChat(chat);
    });
    m_assistant->show();
    m_assistant->showChoice();
}

void Desktop::openTestChat(AccountId chat)
{
    if (m_testChat)
        m_testChat->close();
    m_testChat = new ui::TestChat(m_look, m_workshop->visitor(chat));
    m_testChat->show();
}

/// Several people take turns here. What this one wrote is kept, and no offers come to an empty
/// chair.
void Desktop::signOut()
{
    if (m_isEnding || !m_window)
        return;
    m_window->leave();
    closeWindows();
    const api::Caller gone = m_caller;
    // If the office is out of reach the session ends with this program; signing in needs it too.
    const auto submit = [this, gone](const api::Command &command) {
        m_office.desk().submit(gone, randomId<CommandId>(), command,
                               {this, [](const Result<api::Outcome> &) {}});
    };
    m_office.desk().status(then<api::OfficeStatus>([=, this](const api::OfficeStatus &status) {
        if (!gone.worker.isNull() && !status.office.defaultActivity.isNull())
            submit(api::SetActivity{gone.worker, status.office.defaultActivity, true});
        submit(api::CloseSession{gone.session});
        m_office.desk().agents(
            then<std::vector<Agent>>([this](const std::vector<Agent> &agents) { askWho(agents); }));
    }));
}

/// What belongs to who was signed in; windows before what they borrow.
void Desktop::closeWindows()
{
    delete m_testChat;
    delete m_channelWindow;
    m_pictures.reset();
    m_window.reset();
    m_steward.reset();
    m_rules.reset();
    m_drafts.reset(); // writes what is queued
    m_workshop.reset();
}

void Desktop::quit()
{
    if (std::exchange(m_isEnding, true))
        return;
    if (m_demo)
        m_demo->stop();
    m_arrival.stop();
    m_opening.reset();
    closeWindows();
    m_firstRun.reset();
    m_office.close({this, [this](const Result<Done> &) { Q_EMIT ended(); }});
}

} // namespace peerdesk::desktop

#include "moc_desktop.cpp"
