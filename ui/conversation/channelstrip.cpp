// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/channelstrip.h"

#include "ui/common/announcer.h"
#include "ui/common/timetext.h"

namespace peerdesk::ui {

ChannelStrip::ChannelStrip(const Context &context, OfficeState &office, QWidget *parent)
    : Strip(context.look, parent)
    , m_context(context)
    , m_office(office)
{
    connect(&office, &OfficeState::changed, this, &ChannelStrip::refresh);
    connect(this, &Strip::actionTriggered, this, &ChannelStrip::retry);
}

void ChannelStrip::setAccount(AccountId account)
{
    if (account == m_account)
        return;
    m_account = account;
    m_answer.clear();
    m_isTrying = false;
    refresh();
}

void ChannelStrip::refresh()
{
    const api::AccountStatus *status = m_office.account(m_account);
    if (!status)
        return clear();
    const QString name = isolate(status->account.name);
    const QString since = clockText(m_office.since(m_account));
    switch (status->state) {
    case AccountState::Starting:
    case AccountState::Connected:
        m_answer.clear();
        return clear();
    case AccountState::Paused:
        return setMessage(Tone::Warning, Icon::Warning,
                          tr("%1 is paused. What you send waits until it runs again.").arg(name));
    case AccountState::Degraded:
    case AccountState::Down:
        break;
    }
    const QString cause = m_answer.isEmpty() ? status->detail : m_answer;
    const QString why = cause.isEmpty() ? tr("the cause is not known") : cause;
    const bool isDown = status->state == AccountState::Down;
    setMessage(isDown ? Tone::Danger : Tone::Warning, Icon::Offline,
               isDown
                   ? tr("%1 is not connected since %2: %3. What you send waits until it is back.")
                         .arg(name, since, why)
                   : tr("%1 has trouble since %2: %3").arg(name, since, why),
               retryLabel());
    actionButton().setEnabled(!m_isTrying);
}

/// Only admins may try a channel's settings.
QString ChannelStrip::retryLabel() const
{
    if (m_context.caller.role != Role::Admin)
        return {};
    return m_isTrying ? tr("Trying\u2026") : tr("Retry");
}

void ChannelStrip::retry()
{
    const AccountId account = m_account;
    m_isTrying = true;
    refresh();
    m_context.desk.testAccount(m_context.caller, account,
                               {this, [this, account](const Result<QString> &answer) {
                                    if (account != m_account)
                                        return;
                                    m_isTrying = false;
                                    m_answer = answer ? *answer : sentence(answer.error());
                                    m_context.announcer.announce(m_answer);
                                    refresh();
                                }});
}

} // namespace peerdesk::ui

#include "moc_channelstrip.cpp"
