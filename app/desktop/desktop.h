// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desktop/demooffice.h"
#include "app/desktop/localdrafts.h"
#include "app/desktop/officeentrance.h"
#include "app/desktop/officerules.h"
#include "app/desktop/officesteward.h"
#include "app/desktop/opening.h"
#include "app/desktop/pictures.h"
#include "app/desktop/remotepictures.h"
#include "ui/office/officepage.h"
#include "ui/onboarding/channelassistant.h"
#include "ui/onboarding/firstrun.h"
#include "ui/shell/window.h"

#include <QTemporaryDir>

namespace peerdesk::desktop {

/// The program with a window: first run, unlocking, sign-in, the window, and the end. Members go in
/// the reverse order: windows before what they borrow before the office. GUI thread.
class Desktop final : public QObject
{
    Q_OBJECT

public:
    /// Where other PCs look for this one first.
    static constexpr quint16 PeerPort = 8418;

    struct Options
    {
        OfficeOptions office;
        bool isKeystoreNamed = false; ///< by --keystore: then it is not looked up
        bool isDemo = false;
        DemoPace pace;
        QString agent;    ///< signs in under this name if there is nothing to prove
        QString pictures; ///< where pictures of the window go; empty = none are taken
    };

    explicit Desktop(Options options);
    ~Desktop() override;

    void start();
    /// Closes every window, writes everything; ended() follows.
    void quit();

    LocalOffice &office() { return m_office; }
    ui::FirstRun *firstRun() const { return m_firstRun.get(); }
    ui::Window *window() const { return m_window.get(); }
    ui::ChannelAssistant *assistant() const { return m_assistant; }
    DemoOffice *demo() const { return m_demo.get(); }
    ui::Look &look() { return m_look; }
    const api::Caller &caller() const { return m_caller; }

Q_SIGNALS:
    void windowOpened();
    void ended();

private:
    ui::FirstRun &welcome();
    void showOpening();
    /// Sizes and appearance, in the office's folder.
    QString windowFile();
    void openOffice();
    void unlock(const QString &passphrase);
    void onOpened(const Result<Done> &result);
    void onStatus(const api::OfficeStatus &status);
    void choosePeerPort();
    /// A PC that joined waits until it has what it needs to begin.
    void arrive();
    void onArriving(const api::OfficeStatus &status, const std::vector<Agent> &agents);
    void endArrival();
    /// The office went on without this PC; it joins again and brings back what it has.
    void rejoin();
    void block(const Error &error);
    void signIn(const std::vector<Agent> &agents);
    void askWho(const std::vector<Agent> &agents);
    void startDemo();
    void showChannels();
    void openWindow(const api::Caller &caller);
    ui::AssistantParts assistantParts();
    void addChannel();
    void signOut();
    void closeWindows();
    void openTestChat(AccountId chat);
    template <typename T>
    Completion<T> then(std::function<void(const T &)> next);

    Options m_options;
    SystemClock m_clock;
    ui::Look m_look;
    std::unique_ptr<QTemporaryDir> m_demoFolder;
    LocalOffice m_office;
    OfficeFounder m_founder;
    OfficeEntrance m_entrance;
    QTimer m_arrival; ///< runs while a PC that joined waits for what the office holds
    std::unique_ptr<DemoOffice> m_demo;
    std::unique_ptr<ChannelWorkshop> m_workshop;
    std::unique_ptr<LocalDrafts> m_drafts;
    std::unique_ptr<QSettings> m_settings;
    RemotePictures m_remotePictures;
    api::Caller m_caller;
    std::unique_ptr<Opening> m_opening;
    std::unique_ptr<OfficeSteward> m_steward;
    std::unique_ptr<OfficeRules> m_rules;
    std::unique_ptr<ui::Window> m_window;
    std::unique_ptr<Pictures> m_pictures;
    std::unique_ptr<ui::FirstRun> m_firstRun;
    QPointer<ui::ChannelAssistant> m_assistant;
    QPointer<QWidget> m_channelWindow;
    QPointer<QWidget> m_testChat;
    bool m_hasJoined = false;
    bool m_isEnding = false;
};

} // namespace peerdesk::desktop
