// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/officestate.h"

#include "ui/common/paint.h"

#include <QLocale>

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
    if (changes.directory)
        return refresh(); // a channel has another name, queue or PC
    if (!changes.messages.empty() && !m_pause.isActive())
        m_pause.start();
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

OfficeState::Quorum OfficeState::quorum() const
{
    const auto votes = [](const api::MemberStatus &member) {
        return member.role == u"leader" || member.role == u"voter";
    };
    // As long as it is not known who votes, anybody may.
    const bool isKnown = std::any_of(m_status.members.begin(), m_status.members.end(), votes);
    Quorum quorum;
    for (const api::MemberStatus &member : m_status.members) {
        if (isKnown && !votes(member))
            continue;
        ++quorum.all;
        if (member.isOnline)
            ++quorum.on;
        else
            quorum.missing += isolate(member.node.name);
    }
    quorum.needed = quorum.all / 2 + 1;
    return quorum;
}

QString OfficeState::quorumSentence() const
{
    const Quorum q = quorum();
    if (m_status.members.size() <= 1)
        return tr("This PC decides alone.");
    if (q.all > 1)
        return tr("%1 of %2 needed, %3 on.").arg(q.needed).arg(q.all).arg(q.on);
    for (const api::MemberStatus &member : m_status.members) {
        if (member.role == u"leader" || member.role == u"voter")
            return tr("%1 decides alone; the other keeps a copy of everything.")
                .arg(isolate(member.node.name));
    }
    return {};
}

QString OfficeState::nameOf(NodeId node) const
{
    for (const api::MemberStatus &member : m_status.members) {
        if (member.node.id == node && !node.isNull())
            return member.node.name;
    }
    return {};
}

QString OfficeState::router() const
{
    return nameOf(m_status.leader);
}

/// "Front desk PC", "Front desk PC and Laptop" if both are needed, "... or Laptop" if one will do.
QString OfficeState::awaited() const
{
    const Quorum q = quorum();
    if (q.missing.isEmpty())
        return tr("the other PCs");
    if (q.needed - q.on >= int(q.missing.size()))
        return QLocale().createSeparatedList(q.missing);
    QString names = q.missing.front();
    for (qsizetype i = 1; i < q.missing.size(); ++i)
        names = tr("%1 or %2", "names of PCs").arg(names, q.missing[i]);
    return names;
}

QString OfficeState::waiting() const
{
    const Quorum q = quorum();
    if (q.all == 1)
        return tr("Waiting for %1, which decides in an office of two.").arg(awaited());
    return tr("Waiting for %1; %2 of %3 on, %4 needed.")
        .arg(awaited())
        .arg(q.on)
        .arg(q.all)
        .arg(q.needed);
}

OfficeState::Link OfficeState::derive(const api::OfficeStatus &status) const
{
    if (!status.trouble.isEmpty())
        return Link::Halted;
    if (!status.leader.isNull())
        return Link::Online;
    const Quorum q = quorum();
    if (q.on >= q.needed)
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
    if (m_status.catchUp.of > 0)
        return tr("Catching up \u00b7 %1 of %2")
            .arg(QLocale().toString(m_status.catchUp.have),
                 QLocale().toString(m_status.catchUp.of));
    return tr("Office online \u00b7 %1 of %2 PCs \u00b7 router: %3")
        .arg(online())
        .arg(all)
        .arg(isolate(router()));
}

QString OfficeState::trouble() const
{
    switch (m_link) {
    case Link::Unknown:
    case Link::Online:
    case Link::Choosing:
        return {};
    case Link::Alone:
        return tr("This PC sees no other. %1 You can read and write drafts; what you send waits on "
                  "this PC.",
                  "%1 is a sentence: whom it waits for")
            .arg(waiting());
    case Link::TooFew:
        return tr("%1 New work is not being assigned; what you send waits on this PC.",
                  "%1 is a sentence: whom it waits for")
            .arg(waiting());
    case Link::Halted:
        return tr("This PC cannot keep new work: %1. Nothing kept so far is lost. Please check the "
                  "free space and the rights of its data folder.")
            .arg(m_status.trouble);
    }
    return {};
}

QStringList OfficeState::notices() const
{
    QStringList all;
    for (const QString &notice : m_status.notices)
        all += notice;
    return all;
}

const api::AccountStatus *OfficeState::account(AccountId id) const
{
    for (const api::AccountStatus &channel : m_status.channels) {
        if (channel.account.id == id && !id.isNull())
            return &channel;
    }
    return nullptr;
}

bool OfficeState::isElsewhere(const api::AccountStatus &channel) const
{
    if (channel.account.owner == m_status.node || channel.state != AccountState::Starting)
        return false; // or this PC knows how it is
    return std::any_of(m_status.members.begin(), m_status.members.end(),
                       [&](const api::MemberStatus &member) {
                           return member.node.id == channel.account.owner && member.isOnline;
                       });
}

Time OfficeState::since(AccountId id) const
{
    const auto it = m_since.find(id);
    return it == m_since.end() ? Time{} : it->second.second;
}

} // namespace peerdesk::ui

#include "moc_officestate.cpp"
