// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/statusbar.h"

#include "ui/common/style.h"

#include <QHBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int HitSize = 32; ///< pixels, of what a pointer has to meet
}

/// A dot and words; a click tells more. The dot only repeats what the words say.
class StatusItem : public QAbstractButton
{
public:
    StatusItem(const Look &look, QWidget *parent)
        : QAbstractButton(parent)
        , m_look(look)
        , m_text(new Label(look, {12.5, QFont::Medium, Ink::Text2, true}, {}, this))
    {
        auto *row = new QHBoxLayout(this);
        row->setContentsMargins(0, 0, 0, 0);
        row->addSpacing(18);
        row->setSpacing(0);
        row->addWidget(m_text);
        m_text->setAttribute(Qt::WA_TransparentForMouseEvents);
        setFocusPolicy(Qt::TabFocus);
        setCursor(Qt::PointingHandCursor);
        setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Expanding);
        setMinimumHeight(HitSize);
    }
    void set(const QString &text, Ink dot)
    {
        m_dot = dot;
        m_text->setText(text);
        m_text->setInk(dot == Ink::Success ? Ink::Text2 : dot);
        setAccessibleName(text);
        setVisible(!text.isEmpty());
        update();
    }
    QString words() const { return m_text->text(); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_look.ink(m_dot));
        const double x = layoutDirection() == Qt::RightToLeft ? width() - 9 : 1;
        painter.drawEllipse(QRectF(x, height() / 2.0 - 4, 8, 8));
        if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
            paintFocusRing(painter, QRectF(rect()).adjusted(-2, 2, 2, -2), 6,
                           m_look.theme().accent);
    }

private:
    const Look &m_look;
    Label *m_text;
    Ink m_dot = Ink::Text3;
};

StatusBar::StatusBar(const Context &context, OfficeState &office, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_state(office)
    , m_office(new StatusItem(context.look, this))
    , m_channels(new StatusItem(context.look, this))
    , m_trouble(new StatusItem(context.look, this))
    , m_commands(new Button(context.look, Button::Kind::Quiet, tr("Ctrl+K  commands"), this))
    , m_keys(new Button(context.look, Button::Kind::Quiet, tr("Ctrl+/  shortcuts"), this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(16, 0, 8, 0);
    row->setSpacing(22);
    row->addWidget(m_office);
    row->addWidget(m_channels);
    row->addWidget(m_trouble, 1);
    row->addStretch();
    row->setSpacing(18);
    row->addWidget(m_commands);
    row->addWidget(m_keys);
    m_commands->setAccessibleName(tr("Commands, Ctrl K"));
    m_keys->setAccessibleName(tr("Shortcuts, Ctrl slash"));
    setAccessibleName(tr("Status"));
    for (const StatusItem *item : {m_office, m_channels, m_trouble})
        connect(item, &QAbstractButton::clicked, this, &StatusBar::detailsWanted);
    connect(&office, &OfficeState::changed, this, &StatusBar::refresh);
    connect(&context.look, &Look::changed, this, [this] { update(); });
    refresh();
}

void StatusBar::setWaiting(int count)
{
    m_waiting = count;
    showChannels();
}

QString StatusBar::words() const
{
    return QStringList{m_office->words(), m_channels->words(), m_trouble->words()}.join(u", "_s);
}

void StatusBar::refresh()
{
    const OfficeState::Link link = m_state.link();
    m_office->set(m_state.headline(), link == OfficeState::Link::Online    ? Ink::Success
                                      : link == OfficeState::Link::Unknown ? Ink::Text3
                                      : link == OfficeState::Link::Halted  ? Ink::Danger
                                                                           : Ink::Warning);
    showChannels();
}

void StatusBar::showChannels()
{
    const api::OfficeStatus &status = m_state.status();
    int connected = 0;
    int unknown = 0;
    QStringList problems;
    for (const api::AccountStatus &channel : status.channels) {
        if (m_state.isElsewhere(channel))
            ++unknown;
        else if (channel.state == AccountState::Connected)
            ++connected;
        else if (channel.state != AccountState::Paused)
            problems += tr("%1: %2", "channel account, what is wrong")
                            .arg(channel.account.name,
                                 channel.detail.isEmpty() ? tr("starting") : channel.detail);
    }
    problems += m_state.notices();
    const int waiting = status.queuedOutbound + m_waiting;
    if (m_waiting > 0 || (waiting > 0 && problems.isEmpty()))
        problems.prepend(tr("Waiting to be sent: %1").arg(waiting));
    const bool isKnown = m_state.link() != OfficeState::Link::Unknown;
    m_channels->set(!isKnown                  ? QString()
                    : status.channels.empty() ? tr("No channel connected")
                    : unknown > 0
                        ? tr("Channels connected: %1, of %2 it is not known yet", "channels")
                              .arg(connected)
                              .arg(unknown)
                        : tr("Channels connected: %1").arg(connected),
                    connected + unknown > 0 ? Ink::Success : Ink::Warning);
    const QString first = problems.value(0);
    m_trouble->set(problems.size() < 2 ? first
                                       : tr("%1 things \u00b7 %2", "how many are wrong, the first")
                                             .arg(problems.size())
                                             .arg(first),
                   Ink::Warning);
}

void StatusBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_keys->setVisible(width() > m_context.look.px(960));
    m_commands->setVisible(width() > m_context.look.px(1100));
}

void StatusBar::paintEvent(QPaintEvent *)
{
    const Theme &t = m_context.look.theme();
    QPainter painter(this);
    painter.fillRect(rect(), t.window);
    painter.fillRect(QRect(0, 0, width(), 1), t.border);
}

} // namespace peerdesk::ui

#include "moc_statusbar.cpp"
