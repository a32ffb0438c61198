// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/window.h"

#include "ui/shell/notifier.h"
#include "ui/shell/shortcutsheet.h"

#include <QActionGroup>
#include <QCloseEvent>
#include <QMenu>
#include <QScreen>
#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int ListWidth = 348;
constexpr int CardWidth = 316;
constexpr double ScaleStep = 0.1;
} // namespace

Window::Window(const WindowParts &parts, const api::Caller &caller, QWidget *parent)
    : QWidget(parent)
    , m_parts(parts)
    , m_announcer(this)
    , m_directory(parts.desk, this)
    , m_context{parts.look, parts.desk, parts.clock, m_directory, m_announcer, caller}
    , m_drafts(new Drafts(m_context, parts.drafts, this))
    , m_outbox(new Outbox(m_context, *m_drafts, this))
    , m_offers(new Offers(m_context, this))
    , m_shortcuts(new Shortcuts(this))
{
    setWindowTitle(tr("Peerdesk"));
    setWindowIcon(makeIcon(Icon::Inbox, parts.look.theme().accent, 32));
    setMinimumSize(720, 520);
    build();
    connectParts();
    connectOffers();
    addShortcuts();
    addConversationShortcuts();
    addPaneShortcuts();
    restoreState();
    m_inbox->start();
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
    m_notice = new Strip(m_context.look, this);
    m_middle = new QWidget(this);
    m_status = new StatusBar(m_context, this);
    column->addWidget(m_notice);
    column->addWidget(m_middle, 1);
    column->addWidget(m_status);
    auto *row = new QHBoxLayout(m_middle);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_rail = new Rail(m_context, m_middle);
    m_rail->addSection(Icon::Inbox, tr("Inbox"))->setChecked(true);
    m_splitter = new QSplitter(Qt::Horizontal, m_middle);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(1);
    row->addWidget(m_rail);
    row->addWidget(m_splitter, 1);
    m_inbox = new InboxPane(m_context, m_splitter);
    m_conversation = new ConversationPane(m_context, *m_drafts, *m_outbox, m_splitter);
    m_card = new CustomerPane(m_context, m_splitter);
    for (QWidget *pane : std::initializer_list<QWidget *>{m_inbox, m_conversation, m_card})
        m_splitter->addWidget(pane);
    m_splitter->setStretchFactor(0, 0);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setStretchFactor(2, 0);
    m_offerCard = new OfferCard(m_context, *m_offers, OfferCard::Place::InWindow, this);
    m_offerOnTop = new OfferCard(m_context, *m_offers, OfferCard::Place::OnTop, nullptr);
    m_offerOnTop->setParent(this, m_offerOnTop->windowFlags());
    m_conversation->composer().installEventFilter(this);
    m_conversation->timeline().installEventFilter(this);
}

void Window::connectParts()
{
    connect(m_inbox, &InboxPane::conversationSelected, this, &Window::openConversation);
    connect(m_inbox, &InboxPane::mineCounted, this, [this](int count) {
        for (RailButton *button : m_rail->findChildren<RailButton *>()) {
            if (button->isCheckable())
                button->setCount(count);
        }
    });
    connect(m_conversation, &ConversationPane::customerShown, this, [this](CustomerId customer) {
        m_card->showCustomer(customer, m_conversation->conversation());
    });
    connect(m_conversation, &ConversationPane::backWanted, this, [this] { showPage(false); });
    connect(m_conversation, &ConversationPane::cardWanted, this, &Window::toggleCard);
    connect(m_card, &CustomerPane::conversationWanted, this, &Window::openConversation);
    connect(m_drafts, &Drafts::changed, this,
            [this](ConversationId id) { m_inbox->model().setDraft(id, m_drafts->preview(id)); });
    connect(m_status, &StatusBar::troubleChanged, m_conversation, &ConversationPane::setBanner);
    connect(&m_status->keysButton(), &QPushButton::clicked, this,
            [this] { (new ShortcutSheet(m_context.look, *m_shortcuts, this))->open(); });
    connect(&m_rail->settings(), &QToolButton::clicked, this, &Window::openSettings);
    connect(&m_rail->activity(), &ActivityButton::activityWanted, this, &Window::setActivity);
    connect(m_notice, &Strip::actionTriggered, this, [this] {
        showNotice({});
        for (const Activity &activity : m_directory.activities()) {
            if (activity.available)
                return setActivity(activity.id);
        }
    });
    connect(&m_context.look, &Look::changed, this, [this] {
        arrange();
        placeOffer();
    });
    connect(m_splitter, &QSplitter::splitterMoved, this, &Window::placeOffer);
}

void Window::connectOffers()
{
    connect(m_offers, &Offers::changed, this, [this] {
        m_offerCard->refresh();
        isActiveWindow() ? m_offerOnTop->hide() : m_offerOnTop->refresh();
        placeOffer();
    });
    connect(m_offers, &Offers::accepted, this, [this](ConversationId id) {
        openConversation(id);
        m_conversation->composer().focusText();
    });
    connect(m_offers, &Offers::ended, this, [this](const QString &words) {
        m_announcer.announce(words);
        showNotice(words);
    });
    connect(m_offers, &Offers::missed, this, [this](const QString &name) {
        showNotice(tr("You missed %1. Still there?").arg(name), tr("I am here"));
    });
    auto *notifier = new Notifier(m_context, *m_offers, this);
    connect(notifier, &Notifier::conversationWanted, this, &Window::openConversation);
}

void Window::showNotice(const QString &text, const QString &action)
{
    m_notice->setMessage(Strip::Tone::Warning, Icon::Clock, text, action);
    if (!text.isEmpty() && action.isEmpty())
        QTimer::singleShot(std::chrono::seconds(8), m_notice, [this, text] {
            if (m_notice->text() == text)
                showNotice({});
        });
}

void Window::setActivity(ActivityId activity)
{
    m_parts.desk.submit(m_context.caller, randomId<CommandId>(),
                        api::SetActivity{m_context.caller.worker, activity, false},
                        {this, [this](const Result<api::Outcome> &outcome) {
                             if (!outcome)
                                 showNotice(sentence(outcome.error()));
                         }});
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
    add(tr("All shortcuts"), {QKeySequence(Qt::CTRL | Qt::Key_Slash)},
        [this] { (new ShortcutSheet(m_context.look, *m_shortcuts, this))->open(); });
    add(tr("Change your activity"), {QKeySequence(Qt::CTRL | Qt::Key_Period)},
        [this] { m_rail->activity().openMenu(); });
    add(tr("Search all"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F)}, [this] {
        showPage(false);
        m_inbox->search().setFocus(Qt::ShortcutFocusReason);
        m_inbox->search().selectAll();
    });
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
    add(tr("Next conversation"), {QKeySequence(Qt::ALT | Qt::Key_Down)},
        [this] { m_inbox->list().move(1); });
    add(tr("Previous conversation"), {QKeySequence(Qt::ALT | Qt::Key_Up)},
        [this] { m_inbox->list().move(-1); });
    for (int n = 1; n <= 9; ++n)
        add(tr("Conversation %1").arg(n), {QKeySequence(Qt::ALT | Qt::Key(Qt::Key_0 + n))},
            [this, n] {
                if (n <= m_inbox->model().rowCount())
                    m_inbox->list().setCurrentIndex(m_inbox->model().index(n - 1));
            });
    add(tr("Send"),
        {QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)},
        [this] { m_conversation->composer().send(); });
    add(tr("Reply or internal note"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_M)}, [this] {
        Composer &composer = m_conversation->composer();
        composer.setMode(composer.mode() == DraftMode::Reply ? DraftMode::Note : DraftMode::Reply);
        composer.focusText();
    });
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
    m_shortcuts->add(group, tr("Next pane"), {QKeySequence(Qt::Key_F6)}, [this] { movePane(1); });
    m_shortcuts->add(group, tr("Previous pane"), {QKeySequence(Qt::SHIFT | Qt::Key_F6)},
                     [this] { movePane(-1); });
    m_shortcuts->add(group, tr("Close the top layer, then to the list"),
                     {QKeySequence(Qt::Key_Escape)}, [this] { closeLayer(); });
}

void Window::movePane(int step)
{
    const std::vector<QWidget *> panes{&m_inbox->list(), &m_conversation->timeline(),
                                       &m_conversation->composer().editor()};
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
    if (m_isDrawerOpen)
        return toggleCard();
    if (m_shape == Shape::Pages && m_isConversationPage)
        return showPage(false);
    m_inbox->list().setFocus(Qt::ShortcutFocusReason);
}

void Window::openConversation(ConversationId conversation)
{
    m_inbox->list().select(conversation);
    m_conversation->open(conversation);
    if (m_isDrawerOpen)
        toggleCard();
    showPage(true);
}

void Window::addSetup(const QString &text, const std::function<void()> &run)
{
    if (m_setup.empty())
        m_inbox->setFirstUseAction(text, run);
    m_setup.emplace_back(text, run);
}

void Window::openSettings()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const auto &[text, run] : m_setup)
        connect(menu->addAction(text), &QAction::triggered, this, run);
    menu->addSection(tr("Appearance"));
    auto *group = new QActionGroup(menu);
    const auto add = [&](const QString &text, Look::Scheme scheme) {
        QAction *action = menu->addAction(text);
        action->setCheckable(true);
        action->setChecked(m_context.look.scheme() == scheme);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, scheme] {
            m_context.look.setScheme(scheme);
            saveState();
        });
    };
    add(tr("Like the system"), Look::Scheme::System);
    add(tr("Light"), Look::Scheme::Light);
    add(tr("Dark"), Look::Scheme::Dark);
    menu->addSection(tr("Text size"));
    for (const int percent : {85, 100, 125, 150, 200})
        connect(menu->addAction(tr("%1 %").arg(percent)), &QAction::triggered, this,
                [this, percent] { m_context.look.setScale(percent / 100.0); });
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
    if (now == Shape::Wide && m_card->parent() != m_splitter) {
        m_isDrawerOpen = false;
        m_splitter->addWidget(m_card);
        m_card->show();
    } else if (now != Shape::Wide && m_card->parent() == m_splitter) {
        m_card->setParent(m_middle);
        m_card->hide();
    }
    m_shape = now;
    m_conversation->header().cardButton().setVisible(now != Shape::Wide);
    m_conversation->header().setBackVisible(now == Shape::Pages);
    const bool isPages = now == Shape::Pages;
    m_inbox->setVisible(!isPages || !m_isConversationPage);
    m_conversation->setVisible(!isPages || m_isConversationPage);
    placeDrawer();
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

/// UX-40: in the card column, or else above the composer; never over it.
void Window::placeOffer()
{
    if (m_offers->state() == Offers::State::None)
        return;
    const bool hasCard = m_card->isVisible();
    const QWidget *host = hasCard                       ? static_cast<QWidget *>(m_card)
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
}

QString Window::splitterKey() const
{
    return u"window/panes/"_s + (screen() ? screen()->name() : QString());
}

void Window::restoreState()
{
    QSettings &settings = m_parts.settings;
    resize(settings.value(u"window/size"_s, QSize(1440, 900)).toSize());
    m_splitter->setSizes({m_context.look.px(ListWidth), 700, m_context.look.px(CardWidth)});
    const QByteArray panes = settings.value(splitterKey()).toByteArray();
    if (!panes.isEmpty())
        m_splitter->restoreState(panes);
    const int scheme = settings.value(u"look/scheme"_s, -1).toInt();
    if (scheme >= 0 && scheme <= int(Look::Scheme::Dark))
        m_context.look.setScheme(Look::Scheme(scheme));
    const double scale = settings.value(u"look/scale"_s, m_context.look.scale()).toDouble();
    if (scale != m_context.look.scale())
        m_context.look.setScale(scale);
    arrange();
}

void Window::saveState()
{
    QSettings &settings = m_parts.settings;
    settings.setValue(u"window/size"_s, size());
    if (m_shape == Shape::Wide)
        settings.setValue(splitterKey(), m_splitter->saveState());
    settings.setValue(u"look/scheme"_s, int(m_context.look.scheme()));
    settings.setValue(u"look/scale"_s, m_context.look.scale());
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

void Window::closeEvent(QCloseEvent *event)
{
    m_outbox->undoAll(); // never silently sent, never silently lost
    m_drafts->flush();
    saveState();
    event->accept();
    Q_EMIT closed();
}

} // namespace peerdesk::ui
