// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/onboarding/page.h"

#include "ui/common/style.h"

#include <QEvent>
#include <QLineEdit>
#include <QScrollBar>
#include <QStyleOptionButton>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int Margin = 28;
constexpr int IconSpace = 52; ///< left of a card's words
constexpr double Disc = 22;   ///< of a step's number
constexpr double StepGap = 18;
} // namespace

NoticeBox::NoticeBox(const Look &look, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_title(new Label(look, {13.5, QFont::DemiBold, Ink::Text, false, true}, {}, this))
    , m_text(new Label(look, {13, QFont::Normal, Ink::Text, false, true}, {}, this))
    , m_details(new Label(look, {12, QFont::Normal, Ink::Text2, false, true}, {}, this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(14, 12, 14, 12);
    column->setSpacing(6);
    for (Label *label : {m_title, m_text, m_details}) {
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        column->addWidget(label);
    }
    hide();
}

void NoticeBox::say(Tone tone, const QString &title, const QString &text, const QString &details)
{
    m_tone = tone;
    m_title->setInk(tone == Tone::Danger    ? Ink::Danger
                    : tone == Tone::Success ? Ink::Success
                                            : Ink::Text);
    m_title->setText(title);
    m_text->setText(text);
    m_details->setText(details);
    m_text->setVisible(!text.isEmpty());
    m_details->setVisible(!details.isEmpty());
    setAccessibleName(title + u' ' + text);
    setVisible(!title.isEmpty());
    updateGeometry();
    update();
    Q_EMIT said();
}

void NoticeBox::paintEvent(QPaintEvent *)
{
    const Theme &t = m_look.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_tone == Tone::Danger    ? t.dangerBg
                     : m_tone == Tone::Success ? t.successBg
                                               : t.infoBg);
    painter.drawRoundedRect(rect(), 8, 8);
}

Page::Page(const Look &look, const QString &title, const QString &lead, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_scroll(new QScrollArea(this))
    , m_content(new QWidget)
    , m_column(new QVBoxLayout)
    , m_title(new Label(look, {22, QFont::Bold, Ink::Text, false, true}, title, m_content))
    , m_lead(new Label(look, {13.5, QFont::Normal, Ink::Text2, false, true}, lead, m_content))
    , m_notice(new NoticeBox(look, m_content))
    , m_buttons(new QHBoxLayout)
{
    m_scroll->setWidget(m_content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_scroll->viewport()->setAutoFillBackground(false);
    m_content->setAutoFillBackground(false);
    auto *inner = new QVBoxLayout(m_content);
    inner->setContentsMargins(Margin, 20, Margin, 16);
    inner->setSpacing(14);
    inner->addWidget(m_title);
    inner->addWidget(m_lead);
    inner->addWidget(m_notice);
    m_column->setSpacing(12);
    inner->addLayout(m_column);
    inner->addStretch(1);
    m_lead->setVisible(!lead.isEmpty());
    m_buttons->setContentsMargins(Margin, 12, Margin, 20);
    m_buttons->setSpacing(10);
    m_buttons->addStretch(1);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    outer->addWidget(m_scroll, 1);
    outer->addLayout(m_buttons);
    connect(&look, &Look::changed, this, &Page::resizeColumn);
    connect(m_notice, &NoticeBox::said, m_scroll->verticalScrollBar(),
            [this] { m_scroll->verticalScrollBar()->setValue(0); });
    resizeColumn();
}

void Page::resizeColumn()
{
    m_content->setMaximumWidth(m_look.px(ContentWidth) + 2 * Margin);
}

void Page::setTitle(const QString &title, const QString &lead)
{
    m_title->setText(title);
    m_lead->setText(lead);
    m_lead->setVisible(!lead.isEmpty());
}

Label *Page::addField(const QString &label, QWidget *field, const QString &hint)
{
    auto *group = new QVBoxLayout;
    group->setSpacing(5);
    auto *name = new Label(m_look, {12.5, QFont::Medium, Ink::Text2, false, true}, label, this);
    name->setBuddy(field);
    field->setAccessibleName(label);
    field->setAccessibleDescription(hint);
    group->addWidget(name);
    group->addWidget(field);
    Label *below = nullptr;
    if (!hint.isEmpty()) {
        below = new Label(m_look, {12, QFont::Normal, Ink::Text3, false, true}, hint, this);
        group->addWidget(below);
    }
    m_column->addLayout(group);
    if (!m_first)
        m_first = field;
    return below;
}

Button *Page::addButton(Button::Kind kind, const QString &text, Side side)
{
    auto *button = new Button(m_look, kind, text, this);
    if (side == Side::Leading) {
        int at = 0;
        while (m_buttons->itemAt(at)->widget())
            ++at;
        m_buttons->insertWidget(at, button);
    } else {
        m_buttons->addWidget(button);
    }
    return button;
}

void Page::setBusy(bool isBusy)
{
    m_content->setEnabled(!isBusy);
    for (int i = 0; i < m_buttons->count(); ++i) {
        QWidget *button = m_buttons->itemAt(i)->widget();
        if (button && !button->property("staysOn").toBool())
            button->setEnabled(!isBusy);
    }
}

void Page::begin()
{
    if (m_first)
        m_first->setFocus(Qt::OtherFocusReason);
}

ChoiceCard::ChoiceCard(const Look &look, Icon icon, const QString &title, const QString &text,
                       QWidget *parent)
    : QPushButton(parent)
    , m_look(look)
    , m_icon(icon)
    , m_title(new Label(look, {14.5, QFont::DemiBold, Ink::Text, false, true}, title, this))
    , m_text(new Label(look, {12.5, QFont::Normal, Ink::Text2, false, true}, text, this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(IconSpace, 12, 16, 12);
    column->setSpacing(3);
    column->addWidget(m_title);
    column->addWidget(m_text);
    for (Label *label : {m_title, m_text})
        label->setAttribute(Qt::WA_TransparentForMouseEvents);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setCursor(Qt::PointingHandCursor);
    setAutoDefault(false);
    setAccessibleName(title);
    setWords(text);
    connect(&look, &Look::changed, this, &ChoiceCard::restyle);
    restyle();
}

void ChoiceCard::restyle()
{
    const int icon = m_look.px(IconSpace); // margins are not mirrored by themselves
    layout()->setContentsMargins(isRightToLeft() ? 16 : icon, 12, isRightToLeft() ? icon : 16, 12);
    m_title->setInk(isEnabled() ? Ink::Text : Ink::Text3);
    m_text->setInk(isEnabled() ? Ink::Text2 : Ink::Text3);
    updateGeometry();
    update();
}

void ChoiceCard::setWords(const QString &text)
{
    m_text->setText(text);
    setAccessibleDescription(text);
    updateGeometry();
}

QSize ChoiceCard::sizeHint() const
{
    return layout()->sizeHint();
}

QSize ChoiceCard::minimumSizeHint() const
{
    return layout()->minimumSize();
}

int ChoiceCard::heightForWidth(int width) const
{
    return layout()->heightForWidth(width);
}

void ChoiceCard::changeEvent(QEvent *event)
{
    QPushButton::changeEvent(event);
    if (event->type() == QEvent::EnabledChange)
        restyle();
}

void ChoiceCard::paintEvent(QPaintEvent *)
{
    const Theme &t = m_look.theme();
    QStyleOptionButton option;
    initStyleOption(&option);
    const bool isOver = option.state.testFlag(QStyle::State_MouseOver) && isEnabled();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(isChecked()   ? t.accent
                        : isEnabled() ? t.borderStrong
                                      : t.border,
                        isChecked() ? 2 : 1));
    painter.setBrush(isChecked() ? t.select : isOver ? t.hover : t.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 10, 10);
    const double size = m_look.px(22);
    const QRectF place(m_look.px(16), m_look.px(14), size, size);
    const QRectF shown = QRectF(QStyle::visualRect(layoutDirection(), rect(), place.toRect()));
    paintIcon(painter, m_icon, shown, isEnabled() ? t.accent : t.text3);
    if (hasFocus() && option.state.testFlag(QStyle::State_KeyboardFocusChange))
        paintFocusRing(painter, QRectF(rect()), 10, t.accent);
}

StepHeader::StepHeader(const Look &look, const QStringList &steps, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_steps(steps)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&look, &Look::changed, this, [this] {
        updateGeometry();
        update();
    });
    setStep(0);
}

void StepHeader::setStep(int step)
{
    m_step = step;
    setAccessibleName(
        tr("Step %1 of %2: %3").arg(step + 1).arg(m_steps.size()).arg(m_steps.value(step)));
    update();
}

int StepHeader::width(int step, bool hasWords) const
{
    const QFontMetrics metrics(m_look.font(13, QFont::DemiBold));
    const int disc = m_look.px(Disc);
    return hasWords ? disc + m_look.px(7) + metrics.horizontalAdvance(m_steps[step]) : disc;
}

QSize StepHeader::sizeHint() const
{
    int wide = 0;
    for (int i = 0; i < int(m_steps.size()); ++i)
        wide += width(i, true) + m_look.px(StepGap);
    return {wide, m_look.px(Disc) + 2};
}

QSize StepHeader::minimumSizeHint() const
{
    return {m_look.px(Disc) * int(m_steps.size()) * 2, m_look.px(Disc) + 2};
}

/// With too little room only the present step keeps its word.
void StepHeader::paintEvent(QPaintEvent *)
{
    const Theme &t = m_look.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool isTight = sizeHint().width() > QWidget::width();
    const double disc = m_look.px(Disc);
    int x = 0;
    for (int i = 0; i < int(m_steps.size()); ++i) {
        const bool isPast = i < m_step;
        const bool isHere = i == m_step;
        const int wide = width(i, !isTight || isHere);
        const auto placed = [&](const QRect &r) {
            return QStyle::visualRect(layoutDirection(), rect(), r);
        };
        const QRectF circle(placed(QRect(x, 1, int(disc), int(disc))));
        painter.setPen(isHere || isPast ? QPen(Qt::NoPen) : QPen(t.borderStrong, 1));
        painter.setBrush(isHere ? t.accent : isPast ? t.success : QBrush(Qt::NoBrush));
        painter.drawEllipse(circle.adjusted(0.5, 0.5, -0.5, -0.5));
        if (isPast) {
            paintIcon(painter, Icon::Check, circle.adjusted(4, 4, -4, -4), t.surface, 2.6);
        } else {
            painter.setFont(m_look.font(12, QFont::DemiBold));
            painter.setPen(isHere ? t.accentText : t.text3);
            painter.drawText(circle, Qt::AlignCenter, QString::number(i + 1));
        }
        if (!isTight || isHere) {
            const int from = x + int(disc) + m_look.px(7);
            painter.setFont(m_look.font(13, isHere ? QFont::DemiBold : QFont::Normal));
            painter.setPen(isHere ? t.text : t.text3);
            painter.drawText(placed(QRect(from, 0, wide + 4 - (from - x), height())),
                             Qt::AlignVCenter | (isRightToLeft() ? Qt::AlignRight : Qt::AlignLeft),
                             m_steps[i]);
        }
        x += wide + m_look.px(StepGap);
    }
}

} // namespace peerdesk::ui

#include "moc_page.cpp"
