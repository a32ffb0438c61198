// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/customer/customerpane.h"

#include "ui/common/timetext.h"

#include "core/base/json.h"

#include <QCheckBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFocusEvent>
#include <QLineEdit>
#include <QLocale>
#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxFacts = 20;
constexpr int MaxNotes = 8000;

/// A line of the timeline: a real button that paints badge, words and age.
class TimelineRow : public QToolButton
{
public:
    TimelineRow(const Context &context, const api::TimelineEntry &entry, bool isCurrent,
                QWidget *parent)
        : QToolButton(parent)
        , m_context(context)
        , m_entry(entry)
        , m_isCurrent(isCurrent)
    {
        setAutoRaise(true);
        setFocusPolicy(Qt::TabFocus);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        const QString age = ageText(entry.at, context.clock.wall());
        setAccessibleName(u"%1, %2, %3"_s.arg(channelName(entry.channel), entry.title, age));
        setToolTip(entry.title);
    }
    QSize sizeHint() const override { return {120, qMax(34, m_context.look.px(36))}; }

protected:
    void paintEvent(QPaintEvent *event) override
    {
        QToolButton::paintEvent(event);
        const Look &look = m_context.look;
        const Theme &t = look.theme();
        QPainter painter(this);
        const bool isMirrored = layoutDirection() == Qt::RightToLeft;
        const auto visual = [&](const QRect &r) {
            return isMirrored ? QRect(width() - r.right() - 1, r.top(), r.width(), r.height()) : r;
        };
        const int badge = look.px(22);
        const QRect mark(8, (height() - badge) / 2, badge, badge);
        paintChannelBadge(painter, look, visual(mark), m_entry.channel,
                          t.isDark ? t.badgeRing : QColor());
        const QString age = ageText(m_entry.at, m_context.clock.wall());
        painter.setFont(look.font(12));
        const int ageWidth = painter.fontMetrics().horizontalAdvance(age) + 2;
        painter.setPen(t.text3);
        painter.drawText(visual(QRect(width() - 8 - ageWidth, 0, ageWidth, height())),
                         Qt::AlignVCenter | Qt::AlignRight, age);
        painter.setFont(look.font(13, m_isCurrent ? QFont::DemiBold : QFont::Normal));
        painter.setPen(t.text);
        const QRect text(mark.right() + 12, 0, width() - mark.right() - 12 - ageWidth - 16,
                         height());
        painter.drawText(
            visual(text), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
            painter.fontMetrics().elidedText(m_entry.title, Qt::ElideRight, text.width()));
    }

private:
    const Context &m_context;
    api::TimelineEntry m_entry;
    bool m_isCurrent;
};

} // namespace

QString evidenceText(Evidence evidence)
{
    switch (evidence) {
    case Evidence::Typed:
        return CustomerPane::tr("typed, not verified");
    case Evidence::Provider:
        return CustomerPane::tr("from the channel");
    case Evidence::Verified:
        return CustomerPane::tr("verified");
    }
    return {};
}

QString likenessText(const Address &address)
{
    const QString shown = isolateLtr(address.display.isEmpty() ? address.value : address.display);
    if (address.kind == u"email")
        return CustomerPane::tr("Same e-mail address %1").arg(shown);
    if (address.kind == u"phone")
        return CustomerPane::tr("Same phone number %1").arg(shown);
    return CustomerPane::tr("Signed in as the same account %1").arg(shown);
}

CustomerPane::CustomerPane(const Context &context, QWidget *parent)
    : QScrollArea(parent)
    , m_context(context)
    , m_said(new Strip(context.look, this))
{
    connect(m_said, &Strip::actionTriggered, this, [this] {
        runIdentity(api::MergeCustomers{m_splitOff, m_customer}, tr("It is one card again."));
    });
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMinimumWidth(250);
    setFocusPolicy(Qt::NoFocus);
    setAccessibleName(tr("Customer card"));
    connect(&context.desk, &api::Desk::changed, this, [this](const api::Changes &changes) {
        const auto isShown = [this](const ConversationId &id) {
            return id == m_current ||
                   std::ranges::any_of(m_card.timeline, [&](const api::TimelineEntry &known) {
                       return known.conversation == id;
                   });
        };
        if (std::ranges::find(changes.customers, m_customer) != changes.customers.end() ||
            std::ranges::any_of(changes.conversations, isShown))
            reload();
    });
    rebuild();
}

void CustomerPane::showCustomer(CustomerId customer, ConversationId current)
{
    m_current = current;
    if (customer == m_customer)
        return rebuild();
    saveNotes();
    m_said->clear();
    m_splitOff = {};
    m_customer = customer;
    m_card = {};
    rebuild();
    reload();
}

void CustomerPane::reload()
{
    if (m_customer.isNull())
        return;
    const CustomerId id = m_customer;
    m_context.desk.customer(id, {this, [this, id](const Result<api::CustomerCard> &card) {
                                     if (!card || id != m_customer)
                                         return; // an empty card; the next change reads again
                                     const bool isEditing = m_notes && m_notes->hasFocus();
                                     m_card = *card;
                                     if (!isEditing)
                                         rebuild();
                                 }});
}

void CustomerPane::rebuild()
{
    m_notes = nullptr;
    m_notesState = nullptr;
    auto *body = new QWidget;
    body->setBackgroundRole(QPalette::Base);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(20, 18, 20, 20);
    column->setSpacing(10);
    column->addWidget(m_said); // it stays when the fields are made anew
    if (m_card.customer.id.isNull()) {
        column->addStretch();
    } else {
        addTabs(*column);
        if (m_tab == Tab::Card)
            addCard(*column);
        else if (m_tab == Tab::Rich)
            addLibrary(*column, m_libraries.rich,
                       tr("No rich messages are kept yet. The builder beside the reply keeps them "
                          "under a name."));
        else
            addLibrary(*column, m_libraries.templates,
                       tr("No templates and saved replies are kept yet."));
        column->addStretch(1);
    }
    if (QWidget *old = takeWidget())
        old->deleteLater(); // this may come from one of its buttons
    setWidget(body);
    Q_EMIT rebuilt();
}

void CustomerPane::setLibraries(const Libraries &libraries)
{
    if (libraries == m_libraries)
        return;
    m_libraries = libraries;
    if (m_tab != Tab::Card)
        rebuild();
}

void CustomerPane::addTabs(QVBoxLayout &column)
{
    auto *tabs = new Segments(m_context.look);
    tabs->addTab(tr("Card"));
    tabs->addTab(tr("Rich"));
    tabs->addTab(tr("Templates"));
    tabs->setAccessibleName(tr("Customer card, rich messages, templates"));
    tabs->setCurrentIndex(int(m_tab));
    connect(tabs, &QTabBar::currentChanged, this, [this](int tab) {
        saveNotes();
        m_tab = Tab(tab);
        rebuild();
    });
    column.addWidget(tabs, 0, Qt::AlignLeading);
}

void CustomerPane::addCard(QVBoxLayout &column)
{
    addHead(column);
    addTags(column);
    addReach(column);
    addSameMaybe(column);
    addJoins(column);
    addFacts(column);
    addTimeline(column);
    addNotes(column);
}

/// What the channel does not take stands there with the reason.
void CustomerPane::addLibrary(QVBoxLayout &column, const std::vector<LibraryItem> &items,
                              const QString &ifEmpty)
{
    if (items.empty())
        column.addWidget(
            new Label(m_context.look, {13, QFont::Normal, Ink::Text2, false, true}, ifEmpty));
    for (const LibraryItem &item : items) {
        auto *use =
            new Button(m_context.look, Button::Kind::Plain,
                       fontMetrics().elidedText(item.name, Qt::ElideRight, m_context.look.px(190)));
        use->setAccessibleName(tr("Put \"%1\" into the reply").arg(item.name));
        use->setAccessibleDescription(item.reason);
        use->setToolTip(item.reason.isEmpty() ? item.summary : item.reason);
        use->setEnabled(item.reason.isEmpty() && !m_current.isNull());
        connect(use, &QPushButton::clicked, this, [this, item] { Q_EMIT libraryItemWanted(item); });
        column.addWidget(use, 0, Qt::AlignLeading);
        const bool isUsable = item.reason.isEmpty();
        column.addWidget(new Label(
            m_context.look, {12, QFont::Normal, isUsable ? Ink::Text2 : Ink::Warning, false, true},
            isUsable ? item.summary : item.reason));
    }
}

void CustomerPane::addHead(QVBoxLayout &column)
{
    auto *row = new QHBoxLayout;
    row->setSpacing(14);
    auto *avatar = new Avatar(m_context.look, 52);
    avatar->setPerson(m_card.customer.name);
    row->addWidget(avatar);
    auto *names = new QVBoxLayout;
    names->setSpacing(2);
    names->addStretch();
    names->addWidget(
        new Label(m_context.look, {16, QFont::DemiBold, Ink::Text, true},
                  m_card.customer.name.isEmpty() ? tr("Unknown name") : m_card.customer.name));
    const QLocale locale(m_card.customer.language);
    QStringList facts;
    if (!m_card.customer.language.isEmpty())
        facts += QLocale::languageToString(locale.language());
    facts += tr("since %1")
                 .arg(QLocale().toString(
                     QDateTime::fromMSecsSinceEpoch(m_card.customer.createdAt.ms).date(),
                     u"MMM yyyy"_s));
    names->addWidget(new Label(m_context.look, {12.5, QFont::Normal, Ink::Text2, true},
                               facts.join(u" \u00b7 "_s)));
    names->addStretch();
    row->addLayout(names, 1);
    column.addLayout(row);
}

void CustomerPane::addTags(QVBoxLayout &column)
{
    auto *holder = new QWidget;
    auto *flow = new FlowLayout(6);
    holder->setLayout(flow);
    for (const QString &tag : m_card.customer.tags) {
        auto *chip = new ChipLabel(m_context.look);
        chip->setChip(tag.left(40), tag.compare(u"VIP", Qt::CaseInsensitive) == 0
                                        ? ChipLabel::Tone::Warning
                                        : ChipLabel::Tone::Neutral);
        flow->addWidget(chip);
    }
    if (!m_card.customer.tags.empty())
        column.addWidget(holder);
    else
        delete holder;
    auto *field = new QLineEdit;
    field->setPlaceholderText(tr("Add a tag"));
    field->setAccessibleName(tr("Add a tag"));
    field->setMaxLength(40);
    connect(field, &QLineEdit::returnPressed, this, [this, field] { saveTag(field->text()); });
    column.addWidget(field);
}

QVBoxLayout *CustomerPane::addSection(QVBoxLayout &column, const QString &title)
{
    column.addSpacing(4);
    column.addWidget(new Line(m_context.look, Qt::Horizontal));
    column.addSpacing(2);
    column.addWidget(new Label(m_context.look, {13, QFont::DemiBold, Ink::Text}, title));
    auto *section = new QVBoxLayout;
    section->setSpacing(8);
    column.addLayout(section);
    return section;
}

void CustomerPane::addReach(QVBoxLayout &column)
{
    if (m_card.addresses.empty())
        return;
    QVBoxLayout *section = addSection(column, tr("Reach on"));
    for (const Address &address : m_card.addresses)
        addAddress(*section, address);
    if (m_card.addresses.size() < 2)
        return;
    Button *apart = identityButton(tr("Two people\u2026"), tr("Split this card in two"));
    connect(apart, &QPushButton::clicked, this, &CustomerPane::askWhoseAddresses);
    section->addWidget(apart, 0, Qt::AlignLeading);
}

void CustomerPane::addAddress(QVBoxLayout &section, const Address &address)
{
    auto *row = new QHBoxLayout;
    row->setSpacing(10);
    section.addLayout(row);
    row->addWidget(new ChannelBadge(m_context.look, address.kind));
    const QString shown = address.display.isEmpty() ? address.value : address.display;
    row->addWidget(
        new Label(m_context.look, {13, QFont::Normal, Ink::Text, true}, isolateLtr(shown)), 1);
    const bool isOut = std::ranges::any_of(
        m_card.optOuts, [&](const OptOut &out) { return out.address == address.id; });
    if (isOut) {
        auto *stop = new ChipLabel(m_context.look);
        stop->setChip(tr("STOP"), ChipLabel::Tone::Danger);
        stop->setToolTip(tr("Asked for no more messages. Nothing can be sent there until they "
                            "write START."));
        stop->setAccessibleName(tr("%1: %2").arg(shown, stop->toolTip()));
        row->addWidget(stop);
    }
    const Ink ink = address.evidence == Evidence::Verified ? Ink::Success
                    : address.evidence == Evidence::Typed  ? Ink::Warning
                                                           : Ink::Text3;
    row->addWidget(
        new Label(m_context.look, {12, QFont::Normal, ink}, evidenceText(address.evidence)));
    if (address.evidence != Evidence::Typed)
        return;
    auto *confirm = new Button(m_context.look, Button::Kind::Plain, tr("Confirm"));
    confirm->setAccessibleName(tr("Confirm that %1 is this customer's").arg(shown));
    confirm->setToolTip(confirm->accessibleName());
    connect(confirm, &QPushButton::clicked, this, [this, address] { confirmAddress(address); });
    section.addWidget(confirm, 0, Qt::AlignTrailing);
}

/// M129: never by name alone, and never by itself.
void CustomerPane::addSameMaybe(QVBoxLayout &column)
{
    if (m_card.sameMaybe.empty())
        return;
    QVBoxLayout *section = addSection(column, tr("May be the same person"));
    for (const api::SameMaybe &other : m_card.sameMaybe) {
        const CustomerId id = other.customer.id;
        const QString name = other.customer.name;
        section->addWidget(new Label(m_context.look, {13, QFont::Medium, Ink::Text, true}, name));
        section->addWidget(new Label(m_context.look, {12, QFont::Normal, Ink::Text2, false, true},
                                     likenessText(other.address)));
        auto *holder = new QWidget;
        auto *row = new FlowLayout(6);
        holder->setLayout(row);
        Button *merge = identityButton(tr("Merge"), tr("Merge the card of %1 into this").arg(name));
        connect(merge, &QPushButton::clicked, this, [this, id] {
            runIdentity(api::MergeCustomers{id, m_customer}, tr("The two cards are one now."));
        });
        Button *deny = identityButton(tr("Two people"), tr("%1 is somebody else").arg(name));
        connect(deny, &QPushButton::clicked, this, [this, id] {
            runIdentity(api::DenyLikeness{m_customer, id}, tr("This is not suggested again."));
        });
        row->addWidget(merge);
        row->addWidget(deny);
        section->addWidget(holder);
    }
}

/// What can be undone, the last first.
void CustomerPane::addJoins(QVBoxLayout &column)
{
    if (m_card.joins.empty())
        return;
    QVBoxLayout *section = addSection(column, tr("Merged into this card"));
    for (const CardJoin &join : m_card.joins) {
        auto *row = new QHBoxLayout;
        row->setSpacing(10);
        const QString day = QLocale().toString(QDateTime::fromMSecsSinceEpoch(join.at.ms).date(),
                                               QLocale::ShortFormat);
        row->addWidget(new Label(m_context.look, {13, QFont::Normal, Ink::Text, true},
                                 u"%1 \u00b7 %2"_s.arg(isolate(join.from.name), day)),
                       1);
        Button *undo = identityButton(tr("Undo"), tr("Undo the merge of %1").arg(join.from.name));
        connect(undo, &QPushButton::clicked, this, [this, id = join.from.id] {
            runIdentity(api::UndoMerge{id}, tr("Both cards are as they were."));
        });
        row->addWidget(undo);
        section->addLayout(row);
    }
}

Button *CustomerPane::identityButton(const QString &text, const QString &name)
{
    auto *button = new Button(m_context.look, Button::Kind::Plain, text);
    const bool may = m_context.caller.role != Role::Agent;
    button->setEnabled(may);
    button->setAccessibleName(name);
    button->setToolTip(may ? name : tr("Supervisors do this"));
    return button;
}

void CustomerPane::confirmAddress(const Address &address)
{
    api::SaveCustomer command;
    command.customer = m_customer;
    Identity identity{address.kind, address.scope, address.value, address.display};
    command.addresses = {identity};
    runIdentity(command, tr("The address is confirmed."));
}

/// Which of the addresses are the other person's: their conversations go with them.
void CustomerPane::askWhoseAddresses()
{
    auto *dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Two people"));
    auto *column = new QVBoxLayout(dialog);
    column->addWidget(new Label(m_context.look, {13, QFont::Normal, Ink::Text, false, true},
                                tr("Which addresses are another person's? Their conversations go "
                                   "along. It can be undone."),
                                dialog));
    std::vector<std::pair<QCheckBox *, AddressId>> boxes;
    for (const Address &address : m_card.addresses) {
        auto *box = new QCheckBox(
            isolateLtr(address.display.isEmpty() ? address.value : address.display), dialog);
        column->addWidget(box);
        boxes.emplace_back(box, address.id);
    }
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, dialog);
    QPushButton *apart = buttons->addButton(tr("Split"), QDialogButtonBox::AcceptRole);
    column->addWidget(buttons);
    const auto chosen = [boxes] {
        std::vector<AddressId> ids;
        for (const auto &one : boxes) {
            if (one.first->isChecked())
                ids.push_back(one.second);
        }
        return ids;
    };
    const auto check = [apart, chosen, all = boxes.size()] {
        apart->setEnabled(!chosen().empty() && chosen().size() < all);
    };
    for (const auto &one : boxes)
        connect(one.first, &QCheckBox::toggled, dialog, check);
    check();
    connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    connect(dialog, &QDialog::accepted, this, [this, chosen] { split(chosen()); });
    dialog->open();
}

void CustomerPane::split(const std::vector<AddressId> &addresses)
{
    const CustomerId id = m_customer;
    m_context.desk.submit(m_context.caller, randomId<CommandId>(),
                          api::SplitCustomer{id, {}, addresses},
                          {this, [this, id](const Result<api::Outcome> &outcome) {
                               if (!outcome)
                                   return m_said->setMessage(Strip::Tone::Danger, Icon::Warning,
                                                             sentence(outcome.error()));
                               if (id != m_customer)
                                   return; // it worked; the agent looks at somebody else
                               m_splitOff = outcome->as<CustomerId>();
                               m_said->setMessage(Strip::Tone::Info, Icon::Check,
                                                  tr("There are two cards now."), tr("Undo"));
                           }});
}

void CustomerPane::runIdentity(const api::Command &command, const QString &done)
{
    m_splitOff = {};
    m_context.desk.submit(
        m_context.caller, randomId<CommandId>(), command,
        {this, [this, done](const Result<api::Outcome> &outcome) {
             if (outcome)
                 return m_said->setMessage(Strip::Tone::Info, Icon::Check, done);
             const bool isNotLast = outcome.error().state == u"not-last";
             m_said->setMessage(Strip::Tone::Danger, Icon::Warning,
                                isNotLast ? tr("Another card was merged into this one later. Undo "
                                               "that first.")
                                          : sentence(outcome.error()));
         }});
}

void CustomerPane::addFacts(QVBoxLayout &column)
{
    const QJsonObject facts = json::object(m_card.customer.facts);
    if (facts.isEmpty())
        return;
    QVBoxLayout *section = addSection(column, tr("Details"));
    int shown = 0;
    for (auto it = facts.begin(); it != facts.end() && shown < MaxFacts; ++it, ++shown) {
        auto *row = new QHBoxLayout;
        QString name = it.key();
        name.replace(u'_', u' ');
        name.front() = name.front().toUpper();
        row->addWidget(new Label(m_context.look, {12.5, QFont::Normal, Ink::Text2}, name));
        auto *value = new Label(m_context.look, {13, QFont::Medium, Ink::Text, true},
                                isolate(it.value().toVariant().toString()));
        value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        row->addWidget(value, 1);
        section->addLayout(row);
    }
}

void CustomerPane::addTimeline(QVBoxLayout &column)
{
    if (m_card.timeline.empty())
        return;
    QVBoxLayout *section = addSection(column, tr("Timeline"));
    section->setSpacing(0);
    section->setContentsMargins(-8, 0, -8, 0);
    int shown = 0;
    for (const api::TimelineEntry &entry : m_card.timeline) {
        if (++shown > MaxTimeline)
            break;
        auto *row = new TimelineRow(m_context, entry, entry.conversation == m_current, nullptr);
        const ConversationId id = entry.conversation;
        connect(row, &QToolButton::clicked, this, [this, id] { Q_EMIT conversationWanted(id); });
        section->addWidget(row);
    }
}

void CustomerPane::addNotes(QVBoxLayout &column)
{
    QVBoxLayout *section = addSection(column, tr("Notes"));
    m_notes = new QPlainTextEdit(m_card.customer.notes);
    m_notes->setTabChangesFocus(true);
    m_notes->setAccessibleName(tr("Notes about %1").arg(m_card.customer.name));
    m_notes->setPlaceholderText(tr("What colleagues should know"));
    m_notes->setFont(m_context.look.font(13));
    m_notes->setMinimumHeight(m_context.look.px(76));
    m_notes->setMaximumHeight(m_context.look.px(96));
    m_notes->installEventFilter(this);
    m_notesState = new Label(m_context.look, {12, QFont::Normal, Ink::Text3});
    section->addWidget(m_notes);
    section->addWidget(m_notesState);
}

bool CustomerPane::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_notes && event->type() == QEvent::FocusOut)
        saveNotes();
    return QScrollArea::eventFilter(watched, event);
}

void CustomerPane::saveTag(const QString &tag)
{
    const QString text = tag.trimmed();
    std::vector<QString> tags = m_card.customer.tags;
    if (text.isEmpty() || std::find(tags.begin(), tags.end(), text) != tags.end())
        return;
    tags.push_back(text);
    api::SaveCustomer command;
    command.tags = tags;
    save(command);
}

void CustomerPane::saveNotes()
{
    if (!m_notes || m_notes->toPlainText() == m_card.customer.notes)
        return;
    m_card.customer.notes = m_notes->toPlainText().left(MaxNotes);
    api::SaveCustomer command;
    command.notes = m_card.customer.notes;
    save(command);
}

void CustomerPane::save(api::SaveCustomer command)
{
    command.customer = m_customer;
    m_context.desk.submit(m_context.caller, randomId<CommandId>(), command,
                          {this, [this](const Result<api::Outcome> &outcome) {
                               if (!m_notesState)
                                   return;
                               m_notesState->setText(outcome ? tr("Saved")
                                                             : sentence(outcome.error()));
                               m_notesState->setInk(outcome ? Ink::Text3 : Ink::Danger);
                           }});
}

void CustomerPane::paintEvent(QPaintEvent *event)
{
    QPainter(viewport()).fillRect(event->rect(), m_context.look.theme().surface);
}

} // namespace peerdesk::ui

#include "moc_customerpane.cpp"
