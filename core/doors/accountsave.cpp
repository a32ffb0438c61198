// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/accountsave.h"

namespace peerdesk::doors {

AccountSave::AccountSave(api::Desk &desk, api::Caller caller, CommandId command, AccountDraft draft,
                         Completion<AccountId> done)
    : Operation<AccountId>(std::move(done), &desk)
    , m_desk(desk)
    , m_caller(std::move(caller))
    , m_command(command)
    , m_draft(std::move(draft))
    , m_secrets(m_draft.secrets.begin(), m_draft.secrets.end())
    , m_isNew(m_draft.account.id.isNull())
    , m_wantsPause(m_draft.account.isPaused)
{}

void AccountSave::start()
{
    if (!m_secrets.empty())
        m_draft.account.isPaused = true;
    m_desk.submit(m_caller, m_command, api::SaveAccount{m_draft.account},
                  {this, [this](Result<api::Outcome> outcome) { saved(outcome); }});
}

void AccountSave::saved(const Result<api::Outcome> &outcome)
{
    if (!outcome)
        return finish(outcome.error());
    if (m_isNew)
        m_draft.account.id = outcome->as<AccountId>();
    storeNext();
}

void AccountSave::storeNext()
{
    if (m_secrets.empty())
        return unpause();
    const auto [name, secret] = m_secrets.front();
    m_secrets.pop_front();
    m_desk.storeSecret(m_caller, {m_draft.account.id, name, secret},
                       {this, [this](Result<Done> result) { stored(result); }});
}

void AccountSave::stored(const Result<Done> &result)
{
    result ? storeNext() : giveUp(result.error());
}

void AccountSave::unpause()
{
    if (m_draft.account.isPaused == m_wantsPause)
        return finish(m_draft.account.id);
    m_draft.account.isPaused = m_wantsPause;
    m_desk.submit(m_caller, derivedId<CommandId>(m_command, "start account"),
                  api::SaveAccount{m_draft.account}, {this, [this](Result<api::Outcome> outcome) {
                                                          outcome ? finish(m_draft.account.id)
                                                                  : finish(outcome.error());
                                                      }});
}

void AccountSave::giveUp(const Error &error)
{
    if (!m_isNew)
        return finish(error);
    m_desk.submit(m_caller, derivedId<CommandId>(m_command, "remove account"),
                  api::RemoveAccount{m_draft.account.id},
                  {this, [this, error](Result<api::Outcome>) { finish(error); }});
}

} // namespace peerdesk::doors
