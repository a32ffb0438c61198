// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/announcer.h"
#include "ui/common/shortcuts.h"
#include "ui/conversation/conversationpane.h"
#include "ui/conversation/wrapupsheet.h"
#include "ui/customer/customerpane.h"
#include "ui/inbox/inboxpane.h"
#include "ui/office/officepage.h"
#include "ui/reports/reportspage.h"
#include "ui/routing/routingpage.h"
#include "ui/settings/channelspage.h"
#include "ui/settings/peoplepage.h"
#include "ui/shell/offercard.h"
#include "ui/shell/palette.h"
#include "ui/shell/popouts.h"
#include "ui/shell/queuespage.h"
#include "ui/shell/rail.h"
#include "ui/shell/searchpage.h"
#include "ui/shell/settingsmenu.h"
#include "ui/shell/statusbar.h"
#include "ui/shell/tray.h"

#include <QSettings>
#include <QSplitter>

namespace peerdesk::ui {

/// What the window needs from outside; all of it outlives the window.
struct WindowParts
{
    api::Desk &desk;
    DraftStore &drafts;
    const Clock &clock;
    Look &look;
    QSettings &settings;               ///< sizes, appearance and preferences, on this PC
    Tray *tray = nullptr;              ///< absent = the system's
    PictureSource *pictures = nullptr; ///< absent = remote pictures cannot be asked for
    Steward *steward = nullptr;        ///< absent = people and channels cannot be changed
    Rules *rules = nullptr;            ///< absent = routing cannot be judged or changed
};

/// The agent's workstation: everything that `app/desktop` shows. It reads and writes through the
/// Desk only. GUI thread.
class Window : public QWidget
{
    Q_OBJECT

public:
    static constexpr int DrawerBelow = 1180; ///< pixels of width
    static constexpr int PagesBelow = 820;

    Window(const WindowParts &parts, const api::Caller &caller, QWidget *parent = nullptr);
    ~Window() override;

    /// What an agent chose before, also for what is shown until the window is there.
    static QSize keptSize(const QSettings &settings);
    static void restoreLook(const QSettings &settings, Look &look);

    enum class Section { Inbox, Queues, Reports, People, Search };

    /// With `words`, finds them in it.
    void openConversation(ConversationId conversation, const QString &words = {});
    void showSection(Section section);
    /// Ends the program's window without a question.
    void quit();
    /// Before the window goes: texts that wait for Undo are drafts again, drafts and sizes are
    /// written.
    void leave();
    /// A page of the settings: an entry of their menu, a command and a place in the window, which
    /// takes it over.
    void addSettingsPage(const QString &text, QWidget *page);
    void openSettingsPage(QWidget *page);
    /// The button of the first-use page and an entry in the settings menu.
    void addSetup(const QString &text, const std::function<void()> &run);
    InboxPane &inbox() { return *m_inbox; }
    ConversationPane &conversation() { return *m_conversation; }
    CustomerPane &card() { return *m_card; }
    OfferCard &offerCard() { return *m_offerCard; }
    Offers &offers() { return *m_offers; }
    Drafts &drafts() { return *m_drafts; }
    Outbox &outbox() { return *m_outbox; }
    StatusBar &status() { return *m_status; }
    OfficePage &office() { return *m_officePage; }
    Rail &rail() { return *m_rail; }
    Palette &palette() { return *m_palette; }
    QueuesPage &queues() { return *m_queues; }
    ReportsPage &reports() { return *m_reports; }
    PeoplePage &people() { return *m_people; }
    PopOuts &popOuts() { return *m_popOuts; }
    /// Null for who may not change channels.
    ChannelsPage *channels() const { return m_channels; }
    /// Null for who may not see it.
    RoutingPage *routing() const { return m_routing; }
    SearchPage &search() { return *m_search; }
    WrapUpSheet &wrapUp() { return *m_wrapUp; }
    Preferences &preferences() { return *m_preferences; }
    Strip &notice() { return *m_notice; }
    /// Says that no offers come, and leads back to them.
    Strip &activityStrip() { return *m_activity; }
    Strip &banner() { return *m_banner; }
    OfferCard &offerOnTop() { return *m_offerOnTop; }
    const Shortcuts &shortcuts() const { return *m_shortcuts; }
    const Announcer &announcer() const { return m_announcer; }

Q_SIGNALS:
    void closed();
    /// Somebody else wants to sit down here.
    void signOutWanted();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void closeEvent(QCloseEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    enum class Shape { Wide, Drawer, Pages };

    void build();
    void buildSections();
    void addRouting();
    void buildLayers();
    void connectParts();
    void connectWork();
    void connectOffers();
    void connectNotices();
    void showOffice();
    void addShortcuts();
    void addConversationShortcuts();
    void addPaneShortcuts();
    void restoreState();
    void saveState();
    Shape shape() const;
    void arrange();
    void placePanes(bool wasPages);
    void placeOffer();
    void placeDrawer();
    void placeSheet();
    void toggleCard();
    void openWrapUp();
    void openNextDue(ConversationId finished);
    void openCustomer(CustomerId customer);
    void snoozeOpen(Time until);
    void sendOrFinish();
    void sendAndWrapUp();
    void openPrevious();
    void popOut();
    void orderFocus();
    void showView(InboxView view, api::ConversationOrder order);
    void raiseWindow(ConversationId conversation);
    void watchActivity();
    void askToClose();
    void stayInBackground();
    void submit(const api::Command &command);
    void showPage(bool isConversation);
    void closeLayer();
    void movePane(int step);
    void openSettings();
    void checkSection();
    bool mayOpen(Section section) const;
    void showPlace(int index);
    void setActivity(ActivityId activity);
    void showNotice(const QString &text, const QString &action = {},
                    const std::function<void()> &run = {});
    void becomeAvailable();
    void onWrappedUp(const Conversation &conversation, bool isDone);
    void showActivity();
    void focusList();
    QString splitterKey() const;

    WindowParts m_parts;
    Announcer m_announcer;
    Directory m_directory;
    Context m_context;
    Preferences *m_preferences;
    OfficeState *m_office;
    OfficePage *m_officePage = nullptr;
    Tray *m_tray;
    Drafts *m_drafts;
    Outbox *m_outbox;
    Offers *m_offers;
    Shortcuts *m_shortcuts;
    Rail *m_rail;
    Strip *m_banner;
    Strip *m_notice;
    std::function<void()> m_noticeRun; ///< what the button of the notice does
    Strip *m_activity;
    QWidget *m_middle;
    QStackedWidget *m_sections;
    QSplitter *m_splitter;
    InboxPane *m_inbox;
    ConversationPane *m_conversation;
    CustomerPane *m_card;
    QueuesPage *m_queues;
    ReportsPage *m_reports;
    PeoplePage *m_people;
    ChannelsPage *m_channels = nullptr;
    RoutingPage *m_routing = nullptr;
    SearchPage *m_search;
    WrapUpSheet *m_wrapUp;
    Palette *m_palette;
    StatusBar *m_status;
    OfferCard *m_offerCard;
    OfferCard *m_offerOnTop;
    static constexpr int ListWidth = 348;
    static constexpr int CardWidth = 316;

    Shape m_shape = Shape::Wide;
    bool m_isDrawerOpen = false;
    bool m_isConversationPage = false;
    bool m_isQuitting = false;
    bool m_isAway = false; ///< the office put the agent there
    std::vector<RailButton *> m_sectionButtons;
    std::vector<ConversationId> m_recent; ///< newest first
    SettingsMenu::Setup m_setup;
    std::unique_ptr<PopOuts> m_popOuts; ///< goes before what it borrows
};

} // namespace peerdesk::ui
