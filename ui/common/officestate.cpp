// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/officestate.h"

#include "ui/common/paint.h"

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

OfficeState::OfficeState(api::Desk &desk, const Clock &clock, QObject *parent)
    : QObject(parent)
    , m_desk(desk)
    , m_clock(clock)
{
    connect(&desk, &api::Desk::statusChanged, this, &OfficeState::refresh);
    connect(&desk, &api::Desk::changed, this, &OfficeState::onChanged);
    m_pause.setSingleShot(true);
    m_pause.setInterval(std::chrono::seconds(1));
    connect(&m_pause, &QTimer::timeout, this, &OfficeState::refresh);
    refresh();
}

/// How many messages wait changes with every one that goes out, and nobody says statusChanged().
void OfficeState::onChanged(const api::Changes &changes)
{
    if (!changes.messages.empty() && !m_pause.isActive())
        m_pause.start();
    if (changes.directory)
        return refresh(); // a channel has another name, queue or PC
}

void OfficeState::refresh()
{
    m_desk.status({this, [this](const Result<api::OfficeStatus> &status) {
                       if (status)
                           return take(*status);
                       // The node itself does not answer: what is shown stays, marked as halted.
                       m_status.trouble = status.error().detail;
                       m_link = Link::Halted;
                       Q_EMIT changed();
                   }});
}

void OfficeState::take(const api::OfficeStatus &status)
{
    m_status = status;
    m_link = derive(status);
    std::map<AccountId, std::pair<AccountState, Time>> since;
    for (const api::AccountStatus &channel : status.channels) {
        const auto it = m_since.find(channel.account.id);
        const bool isSame = it != m_since.end() && it->second.first == channel.state;
        since[channel.account.id] = {channel.state, isSame ? it->second.second : m_clock.wall()};
    }
    m_since = std::move(since);
    Q_EMIT changed();
}

int OfficeState::online() const
{
    return int(std::count_if(m_status.members.begin(), m_status.members.end(),
                             [](const auto &member) { return member.isOnline; }));
}

int OfficeState::needed() const
{
    return int(m_status.members.size()) / 2 + 1;
}

OfficeState::Link OfficeState::derive(const api::OfficeStatus &status) const
{
    if (!status.trouble.isEmpty())
        return Link::Halted;
    if (!status.leader.isNull())
        return Link::Online;
    if (online() >= needed())
        return Link::Choosing;
    return online() <= 1 && status.members.size() > 1 ? Link::Alone : Link::TooFew;
}

QString OfficeState::headline() const
{
    const int all = int(m_status.members.size());
    switch (m_link) {
    case Link::Unknown:
        return tr("Starting");
    case Link::Halted:
        return tr("This PC has stopped taking new work");
    case Link::Alone:
    case Link::TooFew:
        return tr("Office offline \u00b7 %1 of %2 PCs").arg(online()).arg(all);
    case Link::Choosing:
        return tr("Choosing a router \u00b7 %1 of %2 PCs").arg(online()).arg(all);
    case Link::Online:
        break;
    }
    if (all <= 1)
        return tr("Office online \u00b7 this PC");
    QString leader;
    for (const api::MemberStatus &member : m_status.members) {
        if (member.node.id == m_status.leader)
            leader = member.node.name;
    }
    return tr("Office online \u00b7 %1 of %2 PCs \u00b7 router: %3")
        .arg(online())
        .arg(all)
        .arg(isolate(leader));
}

QString OfficeState::trouble() const
{
    switch (m_link) {
    case Link::Unknown:
    case Link::Online:
    case Link::Choosing:
        return {};
    case Link::Alone:
        return tr("This PC is offline. You can read and write drafts; what you send waits on this "
                  "PC.");
    case Link::TooFew:
        return tr("%1 of %2 PCs on, %3 needed. New work is not being assigned.")
            .arg(online())
            .arg(m_status.members.size())
            .arg(needed());
    case Link::Halted:
        return tr("This PC cannot keep new work: %1. Nothing kept so far is lost. Please check the "
                  "free space and the rights of its data folder.")
            .arg(m_status.trouble);
    }
    return {};
}

const api::AccountStatus *OfficeState::account(AccountId id) const
{
    for (const api::AccountStatus &channel : m_status.channels) {
        if (channel.account.id == id && !id.isNull())
            return &channel;
    }
    return nullptr;
}

Time OfficeState::since(AccountId id) const
{
    const auto it = m_since.find(id);
    return it == m_since.end() ? Time{} : it->second.second;
}

} // namespace peerdesk::ui
QStringList OfficeState::notices() const
{
    QStringList all;
    for (const QString &notice : m_status.notices)
        all += notice;
    return all;
}

