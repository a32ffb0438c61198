// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/customer/customerpane.h"

#include "ui/common/timetext.h"

#include "core/base/json.h"

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

CustomerPane::CustomerPane(const Context &context, QWidget *parent)
    : QScrollArea(parent)
    , m_context(context)
{
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
    if (m_card.customer.id.isNull()) {
        column->addStretch();
    } else {
        addHead(*column);
        addTags(*column);
        addReach(*column);
        addFacts(*column);
        addTimeline(*column);
        addNotes(*column);
        column->addStretch(1);
    }
    setWidget(body); // deletes the old one
    Q_EMIT rebuilt();
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
    for (const Address &address : m_card.addresses) {
        auto *row = new QHBoxLayout;
        row->setSpacing(10);
        row->addWidget(new ChannelBadge(m_context.look, address.kind));
        const QString shown = address.display.isEmpty() ? address.value : address.display;
        auto *value =
            new Label(m_context.look, {13, QFont::Normal, Ink::Text, true}, isolateLtr(shown));
        row->addWidget(value, 1);
        const Ink ink = address.evidence == Evidence::Verified ? Ink::Success
                        : address.evidence == Evidence::Typed  ? Ink::Warning
                                                               : Ink::Text3;
        row->addWidget(
            new Label(m_context.look, {12, QFont::Normal, ink}, evidenceText(address.evidence)));
        section->addLayout(row);
    }
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
