// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/window.h"

#include "ui/common/plural.h"
#include "ui/shell/librarydoor.h"
#include "ui/shell/notifier.h"
#include "ui/shell/officedetails.h"
#include "ui/shell/preferencesdialog.h"
#include "ui/shell/routingdoor.h"
#include "ui/shell/shortcutdialog.h"
#include "ui/shell/shortcutsheet.h"
#include "ui/shell/snippetdialog.h"

#include <QApplication>
#include <QCheckBox>
#include <QCloseEvent>
#include <QMessageBox>
#include <QScreen>
#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr double ScaleStep = 0.1;
constexpr size_t MaxRecent = 20;
} // namespace

Window::Window(const WindowParts &parts, const api::Caller &caller, QWidget *parent)
    : QWidget(parent)
    , m_parts(parts)
    , m_announcer(this)
    , m_directory(parts.desk, this)
    , m_context{parts.look, parts.desk, parts.clock, m_directory, m_announcer, caller}
    , m_preferences(new Preferences(parts.settings, caller.agent, this))
    , m_office(new OfficeState(parts.desk, parts.clock, this))
    , m_tray(parts.tray ? parts.tray : new SystemTray(parts.look, this))
    , m_drafts(new Drafts(m_context, parts.drafts, this))
    , m_outbox(new Outbox(m_context, *m_drafts, this))
    , m_offers(new Offers(m_context, this))
    , m_shortcuts(new Shortcuts(*m_preferences, this))
{
    setWindowTitle(tr("Peerdesk"));
    setWindowIcon(makeIcon(Icon::Inbox, parts.look.theme().accent, 32));
    setMinimumSize(720, 520);
    build();
    buildLayers();
    m_popOuts = std::make_unique<PopOuts>(
        m_context,
        ConversationParts{*m_drafts, *m_outbox, *m_preferences, *m_office, m_parts.pictures},
        *m_shortcuts, [this](ConversationId id) {
            raiseWindow(id);
            openWrapUp();
        });
    connectParts();
    connectWork();
    connectOffers();
    connectNotices();
    addShortcuts();
    addConversationShortcuts();
    addPaneShortcuts();
    if (m_context.caller.role == Role::Admin) {
        m_channels = new ChannelsPage(m_context, *m_office, m_parts.steward, m_sections);
        addSettingsPage(tr("Channels"), m_channels);
    }
    if (m_context.caller.role != Role::Agent)
        addRouting();
    m_officePage = new OfficePage(m_context, *m_office, m_parts.settings, m_sections);
    addSettingsPage(tr("Office"), m_officePage);
    connect(m_banner, &Strip::actionTriggered, m_officePage, &OfficePage::takeOver);
    connect(m_officePage, &OfficePage::refused, this,
            [this](const QString &words) { showNotice(words); });
    restoreState();
    orderFocus();
    m_inbox->start();
    focusList();
    connect(&m_inbox->feed(), &ConversationFeed::loaded, this, &Window::focusList,
            Qt::SingleShotConnection); // it is hidden until then
}

void Window::addRouting()
{
    auto *door = new RoutingDoor(m_context, m_parts.rules, m_sections);
    door->watch(*m_queues, m_inbox->list(), *m_conversation);
    m_routing = &door->page();
    addSettingsPage(tr("Routing"), m_routing);
    door->setOpenPerson([this](AgentId agent) {
        showSection(Section::People);
        m_people->showPerson(agent);
    });
    m_shortcuts->add(tr("Conversation"), tr("Why is this waiting?"), {}, [this, door] {
        if (const auto &task = m_conversation->task())
            door->openWhy(task->id);
        else
            showNotice(tr("Nothing of this conversation waits."));
    });
}

/// Where the hand begins; what a person is already typing into keeps the keys.
void Window::focusList()
{
    const QWidget *focus = focusWidget();
    if (focus != &m_inbox->search() && focus != &m_conversation->composer().editor())
        m_inbox->list().setFocus(Qt::OtherFocusReason);
}

Window::~Window()
{
    m_drafts->flush();
}

void Window::build()
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_banner = new Strip(m_context.look, this);
    m_notice = new Strip(m_context.look, this);
    m_activity = new Strip(m_context.look, this);
    m_middle = new QWidget(this);
    m_status = new StatusBar(m_context, *m_office, this);
    column->addWidget(m_banner);
    column->addWidget(m_notice);
    column->addWidget(m_activity);
    column->addWidget(m_middle, 1);
    column->addWidget(m_status);
    auto *row = new QHBoxLayout(m_middle);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_rail = new Rail(m_context, m_middle);
    m_sections = new QStackedWidget(m_middle);
    row->addWidget(m_rail);
    row->addWidget(m_sections, 1);
    buildSections();
    m_conversation->composer().installEventFilter(this);
    m_conversation->timeline().installEventFilter(this);
}

void Window::buildSections()
{
    m_splitter = new QSplitter(Qt::Horizontal, m_sections);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(1);
    m_inbox = new InboxPane(m_context, m_splitter);
    m_conversation = new ConversationPane(
        m_context, {*m_drafts, *m_outbox, *m_preferences, *m_office, m_parts.pictures}, m_splitter);
    m_card = new CustomerPane(m_context, m_splitter);
    for (QWidget *pane : std::initializer_list<QWidget *>{m_inbox, m_conversation, m_card})
        m_splitter->addWidget(pane);
    m_splitter->setStretchFactor(0, 0);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setStretchFactor(2, 0);
    m_queues = new QueuesPage(m_context, m_sections);
    m_reports = new ReportsPage(m_context, *m_office, m_sections);
    m_people = new PeoplePage(m_context, m_parts.steward, m_sections);
    m_search = new SearchPage(m_context, m_sections);
    for (QWidget *page :
         std::initializer_list<QWidget *>{m_splitter, m_queues, m_reports, m_people, m_search})
        m_sections->addWidget(page);
    m_sectionButtons = {m_rail->addSection(Icon::Inbox, tr("Inbox")),
                        m_rail->addSection(Icon::Queues, tr("Queues")),
                        m_rail->addSection(Icon::Reports, tr("Reports")),
                        m_rail->addSection(Icon::People, tr("People")),
                        m_rail->addSection(Icon::Search, tr("Search"))};
    for (size_t i = 0; i < m_sectionButtons.size(); ++i) {
        connect(m_sectionButtons[i], &QToolButton::clicked, this,
                [this, i] { showSection(Section(i)); });
        m_sectionButtons[i]->setVisible(mayOpen(Section(i)));
    }
    m_sectionButtons.front()->setChecked(true);
}

/// UX-2: a role sees what it can use.
bool Window::mayOpen(Section section) const
{
    const bool isForSupervisors = section == Section::Queues || section == Section::Reports;
    return !isForSupervisors || m_context.caller.role != Role::Agent;
}

void Window::buildLayers()
{
    m_wrapUp = new WrapUpSheet(m_context, *m_outbox, m_middle);
    m_offerCard = new OfferCard(m_context, *m_offers, OfferCard::Place::InWindow, this);
    m_offerOnTop = new OfferCard(m_context, *m_offers, OfferCard::Place::OnTop, nullptr);
    m_offerOnTop->setParent(this, m_offerOnTop->windowFlags());
    Palette::Sources sources{*m_shortcuts,
                             *m_preferences,
                             [this](ConversationId id) { openConversation(id); },
                             [this](CustomerId id) { openCustomer(id); },
                             [this](const Snippet &snippet) {
                                 m_conversation->composer().insertReply(snippet.body);
                                 m_preferences->countUse(snippet.name);
                             },
                             [this](Time until) { snoozeOpen(until); }};
    m_palette = new Palette(m_context, std::move(sources), this);
}

void Window::connectParts()
{
    connect(m_inbox, &InboxPane::conversationSelected, this,
            [this](ConversationId id) { openConversation(id); });
    connect(m_search, &SearchPage::chosen, this, &Window::openConversation);
    connect(m_inbox, &InboxPane::mineCounted, m_sectionButtons.front(), &RailButton::setCount);
    connect(m_conversation, &ConversationPane::customerShown, this, [this](CustomerId customer) {
        m_card->showCustomer(customer, m_conversation->conversation());
    });
    connect(m_conversation, &ConversationPane::backWanted, this, [this] { showPage(false); });
    connect(m_conversation, &ConversationPane::cardWanted, this, &Window::toggleCard);
    connectLibraries(*m_conversation, *m_card);
    connect(m_card, &CustomerPane::conversationWanted, this,
            [this](ConversationId id) { openConversation(id); });
    connect(m_card, &CustomerPane::rebuilt, this, &Window::orderFocus, Qt::QueuedConnection);
    connect(m_drafts, &Drafts::changed, this,
            [this](ConversationId id) { m_inbox->model().setDraft(id, m_drafts->preview(id)); });
    connect(&m_status->commandsButton(), &QPushButton::clicked, m_palette, &Palette::open);
    connect(&m_status->keysButton(), &QPushButton::clicked, this,
            [this] { (new ShortcutSheet(m_context.look, *m_shortcuts, this))->open(); });
    connect(m_status, &StatusBar::detailsWanted, this, [this] {
        (new OfficeDetails(m_context, *m_office, m_outbox->waiting(), this))->open();
    });
    connect(&m_rail->settings(), &QToolButton::clicked, this, &Window::openSettings);
    connect(&m_rail->activity(), &ActivityButton::activityWanted, this, &Window::setActivity);
    connect(&m_rail->activity(), &ActivityButton::signOutWanted, this, &Window::signOutWanted);
    connect(&m_context.look, &Look::changed, this, [this] {
        arrange();
        placeOffer();
    });
    connect(m_splitter, &QSplitter::splitterMoved, this, &Window::placeOffer);
}

void Window::connectWork()
{
    connect(m_conversation, &ConversationPane::wrapUpWanted, this, &Window::openWrapUp);
    connect(m_conversation, &ConversationPane::taskShown, m_wrapUp, &WrapUpSheet::showTask);
    connect(m_wrapUp, &WrapUpSheet::finished, this, &Window::onWrappedUp);
    connect(m_wrapUp, &WrapUpSheet::failed, this,
            [this](const QString &words) { showNotice(words); });
    connect(m_wrapUp, &WrapUpSheet::closed, &m_conversation->timeline(),
            qOverload<>(&QWidget::setFocus));
    connect(m_outbox, &Outbox::heldChanged, this,
            [this] { m_status->setWaiting(m_outbox->waiting()); });
    connect(m_office, &OfficeState::changed, this, &Window::showOffice);
    showOffice();
    connect(&m_directory, &Directory::changed, this, [this] {
        watchActivity();
        showActivity();
    });
    connect(m_activity, &Strip::actionTriggered, this, &Window::becomeAvailable);
    connect(m_queues, &QueuesPage::waitingWanted, this,
            [this] { showView(InboxView::Queue, m_inbox->feed().order()); });
    connect(m_queues, &QueuesPage::lateWanted, this,
            [this] { showView(InboxView::Team, api::ConversationOrder::ReplyDueFirst); });
    connect(m_queues, &QueuesPage::peopleWanted, this, [this] { showSection(Section::People); });
}

void Window::showOffice()
{
    const OfficeState::Link link = m_office->link();
    const bool isHalted = link == OfficeState::Link::Halted;
    const bool isWaiting = link == OfficeState::Link::Alone || link == OfficeState::Link::TooFew;
    m_banner->setMessage(
        isHalted ? Strip::Tone::Danger : Strip::Tone::Warning, Icon::Offline, m_office->trouble(),
        isWaiting && m_context.caller.role != Role::Agent ? tr("Go on without them\u2026")
                                                          : QString());
    m_status->setWaiting(m_outbox->waiting());
}

void Window::connectOffers()
{
    connect(m_offers, &Offers::changed, this, [this] {
        m_offerCard->refresh();
        isActiveWindow() ? m_offerOnTop->hide() : m_offerOnTop->refresh();
        placeOffer();
    });
    connect(m_offers, &Offers::accepted, this, [this](ConversationId id) {
        if (m_inbox->feed().view() == InboxView::Queue)
            m_inbox->views().setCurrentIndex(int(InboxView::Mine)); // it is there now
        openConversation(id);
        m_conversation->composer().focusText();
    });
    connect(m_offers, &Offers::ended, this, [this](const QString &words) {
        m_announcer.announce(words);
        showNotice(words);
    });
    connect(m_offers, &Offers::missed, this, [this](const QString &name) {
        showNotice(tr("You missed %1. Still there?").arg(name), tr("I am here"),
                   [this] { becomeAvailable(); });
    });
}

void Window::connectNotices()
{
    auto *notifier = new Notifier(m_context, *m_preferences, *m_tray, this);
    notifier->watch(*m_offers);
    connect(notifier, &Notifier::wanted, this, &Window::raiseWindow);
    connect(m_notice, &Strip::actionTriggered, this, [this] {
        const auto run = m_noticeRun;
        showNotice({});
        run();
    });
}

void Window::becomeAvailable()
{
    m_isAway = false;
    for (const Activity &activity : m_directory.activities()) {
        if (activity.available)
            return setActivity(activity.id);
    }
}

/// Whoever is not available is told what that means, with the way back beside it.
void Window::showActivity()
{
    const auto worker = m_directory.worker(m_context.caller.worker);
    const auto activity = worker ? m_directory.activity(worker->activity) : std::nullopt;
    if (!activity || activity->available || m_isAway)
        return m_activity->clear();
    QString available;
    for (const Activity &other : m_directory.activities()) {
        if (other.available && available.isEmpty())
            available = other.friendlyName;
    }
    m_activity->setMessage(
        Strip::Tone::Info, Icon::Clock,
        tr("You are %1: no offers reach you", "activity").arg(isolate(activity->friendlyName)),
        available);
}

void Window::raiseWindow(ConversationId conversation)
{
    isMinimized() ? showNormal() : show();
    raise();
    activateWindow();
    if (!conversation.isNull())
        openConversation(conversation);
}

/// UX-44: after the second missed offer in a row the office says Away; the agent is told, with the
/// way back beside it.
void Window::watchActivity()
{
    const auto worker = m_directory.worker(m_context.caller.worker);
    const ActivityId away = m_office->status().office.timeoutActivity;
    const bool isAway =
        worker && !away.isNull() && worker->activity == away && worker->missedOffers >= 2;
    if (isAway == m_isAway)
        return;
    m_isAway = isAway;
    if (isAway)
        showNotice(tr("You are Away now, because two offers in a row were not answered."),
                   tr("I am here"), [this] { becomeAvailable(); });
    else
        showNotice({});
}

void Window::submit(const api::Command &command)
{
    m_parts.desk.submit(m_context.caller, randomId<CommandId>(), command,
                        {this, [this](const Result<api::Outcome> &outcome) {
                             if (!outcome)
                                 showNotice(sentence(outcome.error()));
                         }});
}

void Window::showNotice(const QString &text, const QString &action,
                        const std::function<void()> &run)
{
    m_noticeRun = run;
    m_notice->setMessage(Strip::Tone::Warning, Icon::Clock, text, action);
    if (!text.isEmpty() && action.isEmpty())
        QTimer::singleShot(std::chrono::seconds(8), m_notice, [this, text] {
            if (m_notice->text() == text)
                showNotice({});
        });
}

void Window::setActivity(ActivityId activity)
{
    submit(api::SetActivity{m_context.caller.worker, activity, false});
}

void Window::openWrapUp()
{
    if (!m_conversation->task())
        return;
    m_wrapUp->open(m_conversation->current(), *m_conversation->task());
    placeSheet();
}

/// UX-13: what became of it stays on the screen with the way back, while the next one opens.
void Window::onWrappedUp(const Conversation &conversation, bool isDone)
{
    if (isDone) {
        const ConversationId id = conversation.id;
        const QString words = tr("%1 moved to Done").arg(isolate(conversation.customerName));
        showNotice(words, tr("Undo"), [this, id] {
            submit(api::TakeConversation{id}); // opens it again
            openConversation(id);
        });
        m_announcer.announce(words);
        QTimer::singleShot(BulkBar::UndoLasts, m_notice, [this, words] {
            if (m_notice->text() == words)
                showNotice({});
        });
    }
    openNextDue(conversation.id);
}

/// The most urgent of what is left, so that the hand needs not look for it.
void Window::openNextDue(ConversationId finished)
{
    ConversationId next;
    Time due;
    for (int row = 0; row < m_inbox->model().rowCount(); ++row) {
        const Conversation &c = m_inbox->model().at(row);
        if (c.id == finished)
            continue;
        const bool isEarlier = c.replyDueAt.isSet() && (!due.isSet() || c.replyDueAt < due);
        if (next.isNull() || isEarlier)
            next = c.id;
        if (isEarlier)
            due = c.replyDueAt;
    }
    if (!next.isNull())
        openConversation(next);
}

void Window::openCustomer(CustomerId customer)
{
    m_parts.desk.customer(customer, {this, [this](const Result<api::CustomerCard> &card) {
                                         if (card && !card->timeline.empty())
                                             openConversation(card->timeline.front().conversation);
                                         else
                                             showNotice(tr("There is no conversation with this "
                                                           "person yet."));
                                     }});
}

void Window::snoozeOpen(Time until)
{
    const ConversationId id = m_conversation->conversation();
    if (!id.isNull())
        submit(api::UpdateConversation{id, {}, {}, until});
}

/// Ctrl+Enter: what is in front decides.
void Window::sendOrFinish()
{
    const QWidget *focus = QApplication::focusWidget();
    if (m_wrapUp->isVisible() && focus && m_wrapUp->isAncestorOf(focus))
        m_wrapUp->finish();
    else
        m_conversation->composer().send();
}

void Window::sendAndWrapUp()
{
    m_conversation->composer().send();
    if (m_conversation->composer().editor().document()->isEmpty())
        m_conversation->header().mainButton().click();
}

/// UX-3: for a second screen.
void Window::popOut()
{
    const Conversation &current = m_conversation->current();
    if (!current.id.isNull() && !m_popOuts->open(current))
        showNotice(tr("There are too many windows already. Close one of them first."));
}

void Window::openPrevious()
{
    if (m_recent.size() > 1)
        openConversation(m_recent[1]);
}

void Window::addShortcuts()
{
    const QString group = tr("Everywhere");
    const auto add = [this, &group](const QString &text, const QList<QKeySequence> &keys,
                                    const std::function<void()> &run) {
        m_shortcuts->add(group, text, keys, run);
    };
    add(tr("Accept the offer"), {QKeySequence(Qt::Key_F9)}, [this] { m_offers->accept(); });
    add(tr("Decline the offer"), {QKeySequence(Qt::SHIFT | Qt::Key_F9)},
        [this] { m_offers->decline(); });
    add(tr("How the office is"), {}, [this] { Q_EMIT m_status->detailsWanted(); });
    add(tr("All shortcuts"), {QKeySequence(Qt::CTRL | Qt::Key_Slash)},
        [this] { (new ShortcutSheet(m_context.look, *m_shortcuts, this))->open(); });
    add(tr("Change your activity"), {QKeySequence(Qt::CTRL | Qt::Key_Period)},
        [this] { m_rail->activity().openMenu(); });
    add(tr("Search all"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F)},
        [this] { showSection(Section::Search); });
    add(tr("Commands, people, conversations"), {QKeySequence(Qt::CTRL | Qt::Key_K)},
        [this] { m_palette->open(); });
    add(tr("Saved replies\u2026"), {},
        [this] { (new SnippetDialog(m_context.look, *m_preferences, this))->open(); });
    add(tr("Your preferences\u2026"), {},
        [this] { (new PreferencesDialog(m_context.look, *m_preferences, this))->open(); });
    m_shortcuts->add(tr("Settings"), tr("Keyboard shortcuts\u2026"), {},
                     [this] { (new ShortcutDialog(m_context.look, *m_shortcuts, this))->open(); });
    add(tr("Light colours"), {}, [this] { m_context.look.setScheme(Look::Scheme::Light); });
    add(tr("Dark colours"), {}, [this] { m_context.look.setScheme(Look::Scheme::Dark); });
    add(tr("Sign out"), {}, [this] { Q_EMIT signOutWanted(); });
    add(tr("Quit"), {QKeySequence(Qt::CTRL | Qt::Key_Q)}, [this] { close(); });
    add(tr("Larger text"), {QKeySequence(Qt::CTRL | Qt::Key_Equal), QKeySequence::ZoomIn},
        [this] { m_context.look.setScale(m_context.look.scale() + ScaleStep); });
    add(tr("Smaller text"), {QKeySequence(Qt::CTRL | Qt::Key_Minus)},
        [this] { m_context.look.setScale(m_context.look.scale() - ScaleStep); });
    add(tr("Normal text size"), {QKeySequence(Qt::CTRL | Qt::Key_0)},
        [this] { m_context.look.setScale(1); });
}

void Window::addConversationShortcuts()
{
    const QString group = tr("Conversations");
    const auto add = [this, &group](const QString &text, const QList<QKeySequence> &keys,
                                    const std::function<void()> &run) {
        m_shortcuts->add(group, text, keys, run);
    };
    const auto move = [this, &group](const QString &text, const QList<QKeySequence> &keys,
                                     const std::function<void()> &run) {
        m_shortcuts->addMove(group, text, keys, run);
    };
    move(tr("Next conversation"), {QKeySequence(Qt::ALT | Qt::Key_Down)},
         [this] { m_inbox->list().move(1); });
    move(tr("Previous conversation"), {QKeySequence(Qt::ALT | Qt::Key_Up)},
         [this] { m_inbox->list().move(-1); });
    move(tr("The one before this"), {QKeySequence(Qt::CTRL | Qt::Key_Tab)},
         [this] { openPrevious(); });
    for (int n = 1; n <= 9; ++n)
        move(tr("Conversation %1").arg(n), {QKeySequence(Qt::ALT | Qt::Key(Qt::Key_0 + n))},
             [this, n] {
                 if (n <= m_inbox->model().rowCount())
                     m_inbox->list().setCurrentIndex(m_inbox->model().index(n - 1));
             });
    add(tr("Send"),
        {QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)},
        [this] { sendOrFinish(); });
    add(tr("Send and wrap up"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Return)},
        [this] { sendAndWrapUp(); });
    add(tr("Send later"), {}, [this] { m_conversation->composer().openLater(); });
    add(tr("Find in this conversation"), {QKeySequence(Qt::CTRL | Qt::Key_F)}, [this] {
        if (!m_conversation->conversation().isNull())
            m_conversation->findBar().open();
    });
    add(tr("Reply or internal note"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_M)}, [this] {
        Composer &composer = m_conversation->composer();
        composer.setMode(composer.mode() == DraftMode::Reply ? DraftMode::Note : DraftMode::Reply);
        composer.focusText();
    });
    add(tr("Open in a window of its own"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O)},
        [this] { popOut(); });
    add(tr("Attach files"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_A)},
        [this] { m_conversation->composer().chooseFiles(); });
    add(tr("Transfer"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_T)},
        [this] { m_conversation->header().openTransfer(); });
    add(tr("Snooze"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S)},
        [this] { m_conversation->header().openSnooze(); });
    add(tr("Wrap up or complete"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E)},
        [this] { m_conversation->header().mainButton().click(); });
}

void Window::addPaneShortcuts()
{
    const QString group = tr("Panes");
    m_shortcuts->add(group, tr("Customer card"), {QKeySequence(Qt::CTRL | Qt::Key_I)},
                     [this] { toggleCard(); });
    int key = Qt::Key_1;
    for (size_t i = 0; i < m_sectionButtons.size(); ++i) {
        if (!mayOpen(Section(i)))
            continue;
        m_shortcuts->add(group, m_sectionButtons[i]->text(),
                         {QKeySequence(Qt::CTRL | Qt::Key(key++))},
                         [this, i] { showSection(Section(i)); });
    }
    m_shortcuts->addMove(group, tr("Next pane"), {QKeySequence(Qt::Key_F6)},
                         [this] { movePane(1); });
    m_shortcuts->addMove(group, tr("Previous pane"), {QKeySequence(Qt::SHIFT | Qt::Key_F6)},
                         [this] { movePane(-1); });
    m_shortcuts->addMove(group, tr("Close the top layer, then to the list"),
                         {QKeySequence(Qt::Key_Escape)}, [this] { closeLayer(); });
}

void Window::addSettingsPage(const QString &text, QWidget *page)
{
    m_sections->addWidget(page);
    m_shortcuts->add(tr("Settings"), text + QChar(0x2026), {},
                     [this, page] { openSettingsPage(page); });
}

void Window::openSettingsPage(QWidget *page)
{
    showPlace(m_sections->indexOf(page));
    page->setFocus(Qt::ShortcutFocusReason);
    placeOffer();
}

/// What is open beside the conversation belongs to the inbox.
void Window::showPlace(int index)
{
    m_sections->setCurrentIndex(index);
    checkSection();
    if (index == int(Section::Inbox))
        return;
    if (m_isDrawerOpen)
        toggleCard();
    m_wrapUp->close();
}

void Window::checkSection()
{
    const size_t at = size_t(m_sections->currentIndex());
    RailButton &button = at < m_sectionButtons.size() ? *m_sectionButtons[at] : m_rail->settings();
    button.setChecked(true);
}

void Window::showSection(Section section)
{
    showPlace(int(section));
    switch (section) {
    case Section::Inbox:
        m_inbox->list().setFocus(Qt::ShortcutFocusReason);
        break;
    case Section::Queues:
        m_queues->waiting().setFocus(Qt::ShortcutFocusReason);
        break;
    case Section::Reports:
        m_reports->choices().ranges().setFocus(Qt::ShortcutFocusReason);
        break;
    case Section::People:
        m_people->list().setFocus(Qt::ShortcutFocusReason);
        break;
    case Section::Search:
        m_search->open();
        break;
    }
    placeOffer();
}

void Window::showView(InboxView view, api::ConversationOrder order)
{
    showSection(Section::Inbox);
    showPage(false);
    m_inbox->feed().setOrder(order);
    m_inbox->views().setCurrentIndex(int(view));
}

/// UX-84: rail, list, header, messages, composer, card, status bar, whatever was made when.
void Window::orderFocus()
{
    std::vector<QWidget *> groups{m_rail, m_inbox, m_conversation, m_card};
    for (int i = int(Section::Queues); i < m_sections->count(); ++i)
        groups.push_back(m_sections->widget(i));
    groups.insert(groups.end(), {m_wrapUp, m_offerCard, m_status});
    std::vector<std::vector<QWidget *>> members(groups.size());
    for (QWidget *w = nextInFocusChain(); w != this; w = w->nextInFocusChain()) {
        for (size_t i = 0; i < groups.size(); ++i) {
            if (groups[i]->isAncestorOf(w) && (w->focusPolicy() & Qt::TabFocus))
                members[i].push_back(w);
        }
    }
    QWidget *last = nullptr;
    for (const auto &group : members) {
        for (QWidget *w : group) {
            if (last)
                setTabOrder(last, w);
            last = w;
        }
    }
}

void Window::movePane(int step)
{
    const size_t here = size_t(m_sections->currentIndex());
    RailButton *button =
        here < m_sectionButtons.size() ? m_sectionButtons[here] : &m_rail->settings();
    const std::vector<QWidget *> panes{button,
                                       &m_inbox->list(),
                                       &m_conversation->timeline(),
                                       &m_conversation->composer().editor(),
                                       &m_queues->table(),
                                       &m_queues->open().list(),
                                       &m_reports->table(),
                                       &m_people->list(),
                                       &m_search->field()};
    int at = -1;
    for (size_t i = 0; i < panes.size(); ++i) {
        if (panes[i]->hasFocus())
            at = int(i);
    }
    const int count = int(panes.size());
    for (int tries = 0; tries < count; ++tries) {
        at = (at + step + count) % count;
        if (panes[size_t(at)]->isVisible())
            return panes[size_t(at)]->setFocus(Qt::TabFocusReason);
    }
}

void Window::closeLayer()
{
    if (m_palette->isVisible())
        return m_palette->close();
    if (m_wrapUp->isVisible())
        return m_wrapUp->close();
    if (m_conversation->findBar().isVisible())
        return m_conversation->findBar().close();
    if (m_isDrawerOpen)
        return toggleCard();
    const QWidget *place = m_sections->currentWidget();
    if ((place == m_people && m_people->closeLayer()) ||
        (place == m_queues && m_queues->closeLayer()) ||
        (place == m_channels && m_channels && m_channels->closeLayer()) ||
        (place == m_routing && m_routing && m_routing->closeLayer()))
        return;
    if (m_sections->currentIndex() != int(Section::Inbox))
        return showSection(Section::Inbox);
    if (m_shape == Shape::Pages && m_isConversationPage)
        return showPage(false);
    m_inbox->list().setFocus(Qt::ShortcutFocusReason);
}

void Window::openConversation(ConversationId conversation, const QString &words)
{
    std::erase(m_recent, conversation);
    m_recent.insert(m_recent.begin(), conversation);
    m_recent.resize(std::min(m_recent.size(), MaxRecent));
    showPlace(int(Section::Inbox));
    if (m_wrapUp->conversation() != conversation)
        m_wrapUp->close();
    m_inbox->list().select(conversation);
    m_conversation->open(conversation, words);
    if (m_isDrawerOpen)
        toggleCard();
    showPage(true);
}

void Window::addSetup(const QString &text, const std::function<void()> &run)
{
    if (m_setup.empty()) {
        m_inbox->setFirstUseAction(text, run);
        for (const Shortcuts::Entry &entry : m_shortcuts->entries()) {
            if (SettingsMenu::holds(entry) && entry.group != tr("Settings"))
                m_inbox->addFirstUseChoice(entry.action->text(),
                                           [action = entry.action] { action->trigger(); });
        }
    } else {
        m_inbox->addFirstUseChoice(text, run);
    }
    m_setup.emplace_back(text, run);
}

void Window::openSettings()
{
    checkSection(); // a menu is no place
    auto *menu = new SettingsMenu(
        m_context.look, *m_shortcuts, m_setup, [this] { saveState(); }, this);
    menu->popup(m_rail->settings().mapToGlobal(QPoint(m_rail->settings().width(), 0)));
}

Window::Shape Window::shape() const
{
    const double room = width() / m_context.look.scale(); // large text needs a wider window
    if (room < PagesBelow)
        return Shape::Pages;
    return room < DrawerBelow ? Shape::Drawer : Shape::Wide;
}

void Window::arrange()
{
    const Shape now = shape();
    const bool wasPages = std::exchange(m_shape, now) == Shape::Pages;
    const bool hasCardBack = now == Shape::Wide && m_card->parent() != m_splitter;
    if (hasCardBack) {
        m_isDrawerOpen = false;
        m_splitter->addWidget(m_card);
        m_card->show();
    } else if (now != Shape::Wide && m_card->parent() == m_splitter) {
        m_card->setParent(m_middle);
        m_card->hide();
    }
    m_conversation->header().cardButton().setVisible(now != Shape::Wide);
    m_conversation->header().setBackVisible(now == Shape::Pages);
    const bool isPages = now == Shape::Pages;
    m_inbox->setVisible(!isPages || !m_isConversationPage);
    m_conversation->setVisible(!isPages || m_isConversationPage);
    if (hasCardBack || (wasPages && !isPages))
        placePanes(wasPages);
    placeDrawer();
}

/// The card, or a second pane, is there again. A list that was a page of its own had all the room.
void Window::placePanes(bool wasPages)
{
    const int least = m_context.look.px(ListWidth);
    const int list = wasPages ? least : qMax(m_splitter->sizes().front(), least);
    const int card = m_shape == Shape::Wide ? m_context.look.px(CardWidth) : 0;
    m_splitter->setSizes({list, qMax(0, m_splitter->width() - list - card), card});
}

void Window::showPage(bool isConversation)
{
    m_isConversationPage = isConversation;
    arrange();
    placeOffer();
}

void Window::toggleCard()
{
    if (m_shape == Shape::Wide) {
        m_card->setVisible(!m_card->isVisible());
    } else {
        m_isDrawerOpen = !m_isDrawerOpen;
        m_card->setVisible(m_isDrawerOpen);
        placeDrawer();
    }
    placeOffer();
}

void Window::placeDrawer()
{
    if (!m_isDrawerOpen)
        return;
    const int wide = qMin(m_context.look.px(CardWidth), m_middle->width());
    const QRect place(m_middle->width() - wide, 0, wide, m_middle->height());
    m_card->setGeometry(QStyle::visualRect(layoutDirection(), m_middle->rect(), place));
    m_card->raise();
    m_offerCard->raise();
}

/// At the side, as wide as the card; it ends where an offer stands.
void Window::placeSheet()
{
    if (!m_wrapUp->isVisible())
        return;
    const bool isOverCard = m_shape == Shape::Wide && m_card->isVisible();
    const int wide =
        isOverCard ? m_card->width() : qMin(m_context.look.px(CardWidth), m_middle->width());
    int bottom = m_middle->height();
    if (m_offerCard->isVisible() && m_card->isVisible())
        bottom = m_offerCard->y() - m_middle->y();
    const QRect place(m_middle->width() - wide, 0, wide, bottom);
    m_wrapUp->setGeometry(QStyle::visualRect(layoutDirection(), m_middle->rect(), place));
    m_wrapUp->raise();
    m_offerCard->raise();
}

/// UX-40: in the card column, or else above the composer; never over it.
void Window::placeOffer()
{
    if (m_offers->state() == Offers::State::None)
        return placeSheet();
    const bool isElsewhere = m_sections->currentIndex() != int(Section::Inbox);
    const QWidget *host = isElsewhere                   ? static_cast<QWidget *>(m_sections)
                          : m_card->isVisible()         ? static_cast<QWidget *>(m_card)
                          : m_conversation->isVisible() ? static_cast<QWidget *>(m_conversation)
                                                        : m_inbox;
    const QRect area(host->mapTo(this, QPoint(0, 0)), host->size());
    const int wide = qMin(area.width(), m_context.look.px(CardWidth) + 8);
    m_offerCard->setFixedWidth(wide);
    const int high = m_offerCard->hasHeightForWidth() ? m_offerCard->heightForWidth(wide)
                                                      : m_offerCard->sizeHint().height();
    int bottom = area.bottom() + 1;
    if (host == m_conversation)
        bottom = m_conversation->composer().mapTo(this, QPoint(0, 0)).y();
    QRect place(area.right() + 1 - wide, qMax(0, bottom - high), wide, high);
    if (layoutDirection() == Qt::RightToLeft)
        place.moveLeft(area.left());
    m_offerCard->setGeometry(place);
    m_offerCard->raise();
    m_offerOnTop->resize(wide, high);
    if (const QScreen *display = screen())
        m_offerOnTop->move(display->availableGeometry().bottomRight() - QPoint(wide, high));
    placeSheet();
}

void Window::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
    placeOffer();
}

bool Window::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize || event->type() == QEvent::Move)
        placeOffer();
    return QWidget::eventFilter(watched, event);
}

void Window::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() != QEvent::ActivationChange)
        return;
    if (isActiveWindow())
        m_offerOnTop->hide();
    else if (m_offers->state() != Offers::State::None)
        m_offerOnTop->refresh();
}

void Window::quit()
{
    m_isQuitting = true;
    close();
}

void Window::stayInBackground()
{
    m_drafts->flush();
    m_tray->isAvailable() ? hide() : showMinimized();
}

/// What closing means depends on what this PC does for the others; the agent decides, knowing it.
void Window::askToClose()
{
    const api::OfficeStatus &status = m_office->status();
    QStringList facts;
    if (status.members.size() > 1 && status.leader == status.node)
        facts += tr("This PC routes the work of the office; another one takes over.");
    const int hosted =
        int(std::count_if(status.channels.begin(), status.channels.end(), [&](const auto &channel) {
            return channel.account.owner == status.node;
        }));
    if (hosted > 0)
        facts += counted(
            hosted, tr("%1 channel runs on this PC: nothing comes in on it while it is closed."),
            tr("%1 channels run on this PC: nothing comes in on them while it is closed."));
    auto *box =
        new QMessageBox(QMessageBox::Question, tr("Peerdesk"),
                        tr("Close Peerdesk or keep it running?"), QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(facts.join(u' '));
    auto *remember = new QCheckBox(tr("Do not ask again"), box);
    box->setCheckBox(remember);
    const QAbstractButton *quits = box->addButton(tr("Quit"), QMessageBox::DestructiveRole);
    const QAbstractButton *stays =
        box->addButton(m_tray->isAvailable() ? tr("Keep running") : tr("Keep running minimised"),
                       QMessageBox::AcceptRole);
    connect(box, &QMessageBox::buttonClicked, this, [=, this](const QAbstractButton *button) {
        if (button != quits && button != stays)
            return;
        if (remember->isChecked())
            m_preferences->setKeepsRunning(button == stays);
        button == quits ? quit() : stayInBackground();
    });
    box->open();
}

void Window::closeEvent(QCloseEvent *event)
{
    const auto keeps = m_preferences->keepsRunning();
    const bool isFinal = m_isQuitting || qApp->isSavingSession() || keeps == false;
    if (!isFinal) {
        event->ignore();
        return keeps ? stayInBackground() : askToClose();
    }
    leave();
    event->accept();
    Q_EMIT closed();
}

void Window::leave()
{
    m_popOuts->closeAll();
    m_outbox->undoAll(); // never silently sent, never silently lost
    m_drafts->flush();
    saveState();
}

} // namespace peerdesk::ui

#include "moc_window.cpp"
