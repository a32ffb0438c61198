// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/officedetails.h"

#include "ui/common/paint.h"
#include "ui/common/timetext.h"
#include "ui/common/widgets.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QScrollArea>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

OfficeDetails::OfficeDetails(const Context &context, const OfficeState &office, int waiting,
                             QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_office(office)
    , m_waiting(waiting)
    , m_area(new QScrollArea(this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("How the office is"));
    m_area->setWidgetResizable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    auto *copy = new Button(context.look, Button::Kind::Quiet, tr("Copy"), this);
    auto *close = new Button(context.look, Button::Kind::Plain, tr("Close"), this);
    connect(copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(words()); });
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    auto *row = new QHBoxLayout;
    row->addWidget(copy);
    row->addStretch();
    row->addWidget(close);
    auto *column = new QVBoxLayout(this);
    column->addWidget(m_area, 1);
    column->addLayout(row);
    resize(context.look.px(520), context.look.px(420));
    connect(&office, &OfficeState::changed, this, &OfficeDetails::refresh);
    refresh();
    close->setFocus();
}

void OfficeDetails::refresh()
{
    m_lines.clear();
    m_body = new QWidget;
    auto *column = new QVBoxLayout(m_body);
    column->setContentsMargins(16, 12, 16, 12);
    column->setSpacing(8);
    head(m_office.headline());
    showTrouble();
    showPcs();
    column->addStretch(1);
    m_area->setWidget(m_body); // deletes the one before
}

void OfficeDetails::head(const QString &text)
{
    m_lines += text;
    m_body->layout()->addWidget(
        new Label(m_context.look, {14, QFont::DemiBold, Ink::Text, false, true}, text, m_body));
}

void OfficeDetails::say(Ink ink, const QString &text)
{
    m_lines += text;
    auto *label = new Label(m_context.look, {13, QFont::Normal, ink, false, true}, text, m_body);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_body->layout()->addWidget(label);
}

void OfficeDetails::showTrouble()
{
    const int before = int(m_lines.size());
    if (!m_office.trouble().isEmpty())
        say(Ink::Danger, m_office.trouble());
    for (const QString &notice : m_office.notices())
        say(Ink::Warning, notice);
    for (const api::AccountStatus &channel : m_office.status().channels) {
        const QString name = isolate(channel.account.name);
        const QString since = clockText(m_office.since(channel.account.id));
        const QString why =
            channel.detail.isEmpty() ? tr("the cause is not known") : channel.detail;
        if (channel.state == AccountState::Down)
            say(Ink::Danger, tr("%1 is not connected since %2: %3").arg(name, since, why));
        else if (channel.state == AccountState::Degraded)
            say(Ink::Warning, tr("%1 has trouble since %2: %3").arg(name, since, why));
        else if (channel.state == AccountState::Paused)
            say(Ink::Text2, tr("%1 is paused.").arg(name));
    }
    const int waiting = m_office.status().queuedOutbound + m_waiting;
    if (waiting > 0)
        say(Ink::Text2, tr("Waiting to be sent: %1").arg(waiting));
    if (int(m_lines.size()) == before)
        say(Ink::Success, tr("Everything works."));
}

void OfficeDetails::showPcs()
{
    if (m_office.status().members.empty())
        return;
    head(tr("PCs of the office"));
    for (const api::MemberStatus &member : m_office.status().members) {
        if (member.node.isRemoved)
            continue;
        const QString name = member.node.id == m_office.status().node
                                 ? tr("%1 (this PC)").arg(isolate(member.node.name))
                                 : isolate(member.node.name);
        const bool routes = member.node.id == m_office.status().leader;
        say(member.isOnline ? Ink::Text : Ink::Warning,
            !member.isOnline ? tr("%1 is off").arg(name)
            : routes         ? tr("%1 is on and routes the work").arg(name)
                             : tr("%1 is on").arg(name));
    }
}

} // namespace peerdesk::ui

#include "moc_officedetails.cpp"
