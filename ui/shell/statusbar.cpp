// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/statusbar.h"

#include <QHBoxLayout>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

/// A dot and words. The dot only repeats what the words say.
class StatusItem : public QWidget
{
public:
    StatusItem(const Look &look, QWidget *parent)
        : QWidget(parent)
        , m_look(look)
        , m_text(new Label(look, {12.5, QFont::Medium, Ink::Text2, true}, {}, this))
    {
        auto *row = new QHBoxLayout(this);
        row->setContentsMargins(0, 0, 0, 0);
        row->addSpacing(18);
        row->setSpacing(0);
        row->addWidget(m_text);
    }
    void set(const QString &text, Ink dot)
    {
        m_dot = dot;
        m_text->setText(text);
        m_text->setInk(dot == Ink::Success ? Ink::Text2 : dot);
        setVisible(!text.isEmpty());
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_look.ink(m_dot));
        const double x = layoutDirection() == Qt::RightToLeft ? width() - 9 : 1;
        painter.drawEllipse(QRectF(x, height() / 2.0 - 4, 8, 8));
    }

private:
    const Look &m_look;
    Label *m_text;
    Ink m_dot = Ink::Text3;
};

StatusBar::StatusBar(const Context &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_office(new StatusItem(context.look, this))
    , m_channels(new StatusItem(context.look, this))
    , m_trouble(new StatusItem(context.look, this))
    , m_keys(new Button(context.look, Button::Kind::Quiet, tr("Shortcuts"), this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(16, 0, 8, 0);
    row->setSpacing(22);
    row->addWidget(m_office);
    row->addWidget(m_channels);
    row->addWidget(m_trouble, 1);
    row->addStretch();
    row->addWidget(m_keys);
    m_keys->setToolTip(tr("All shortcuts (Ctrl+/)"));
    setAccessibleName(tr("Status"));
    connect(&context.desk, &api::Desk::statusChanged, this, &StatusBar::refresh);
    connect(&context.look, &Look::changed, this, [this] { update(); });
    m_office->set(tr("Starting"), Ink::Text3);
    m_channels->set({}, Ink::Text3);
    m_trouble->set({}, Ink::Text3);
    refresh();
}

void StatusBar::refresh()
{
    m_context.desk.status({this, [this](const Result<api::OfficeStatus> &status) {
                               if (status)
                                   return showStatus(*status);
                               m_office->set(sentence(status.error()), Ink::Danger);
                           }});
}

void StatusBar::showStatus(const api::OfficeStatus &status)
{
    const int all = int(status.members.size());
    const int online = int(std::count_if(status.members.begin(), status.members.end(),
                                         [](const auto &member) { return member.isOnline; }));
    const int needed = all / 2 + 1;
    QString leader;
    for (const api::MemberStatus &member : status.members) {
        if (member.node.id == status.leader)
            leader = member.node.name;
    }
    QString trouble;
    if (status.leader.isNull() && online < needed) {
        m_officeText = tr("Office offline \u00b7 %1 of %2 PCs").arg(online).arg(all);
        trouble = online <= 1 && all > 1
                      ? tr("This PC is offline. You can read and write drafts.")
                      : tr("%1 of %2 PCs on, %3 needed. New work is not being assigned.")
                            .arg(online)
                            .arg(all)
                            .arg(needed);
    } else if (status.leader.isNull()) {
        m_officeText = tr("Choosing a router \u00b7 %1 of %2 PCs").arg(online).arg(all);
    } else {
        m_officeText = all > 1 ? tr("Office online \u00b7 %1 of %2 PCs \u00b7 router: %3")
                                     .arg(online)
                                     .arg(all)
                                     .arg(isolate(leader))
                               : tr("Office online \u00b7 this PC");
    }
    if (!status.trouble.isEmpty())
        trouble = status.trouble;
    m_office->set(m_officeText, status.leader.isNull() ? Ink::Warning : Ink::Success);
    showChannels(status);
    Q_EMIT troubleChanged(trouble);
}

void StatusBar::showChannels(const api::OfficeStatus &status)
{
    int connected = 0;
    QString problem;
    for (const api::AccountStatus &channel : status.channels) {
        if (channel.state == AccountState::Connected)
            ++connected;
        else if (channel.state != AccountState::Paused && problem.isEmpty())
            problem = tr("%1: %2", "channel account, what is wrong")
                          .arg(channel.account.name,
                               channel.detail.isEmpty() ? tr("starting") : channel.detail);
    }
    if (status.queuedOutbound > 0 && problem.isEmpty())
        problem = tr("Waiting to be sent: %1").arg(status.queuedOutbound);
    m_channels->set(status.channels.empty() ? tr("No channel connected")
                                            : tr("Channels connected: %1").arg(connected),
                    connected > 0 ? Ink::Success : Ink::Warning);
    m_trouble->set(problem, Ink::Warning);
}

void StatusBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_keys->setVisible(width() > m_context.look.px(760));
}

void StatusBar::paintEvent(QPaintEvent *)
{
    const Theme &t = m_context.look.theme();
    QPainter painter(this);
    painter.fillRect(rect(), t.window);
    painter.fillRect(QRect(0, 0, width(), 1), t.border);
}

} // namespace peerdesk::ui
