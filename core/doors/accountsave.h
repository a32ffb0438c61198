// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/base/operation.h"
#include "core/doors/accountrules.h"

#include <deque>

namespace peerdesk::doors {

/// Saves a checked channel account and its secrets. A new account with secrets is created paused,
/// gets its secrets, and only then starts, so that it never tries to sign in without them; if the
/// secret store refuses, the new account is removed again and the refusal is the answer.
/// Answers with the account's id.
class AccountSave final : public Operation<AccountId>
{
public:
    /// `command`: the id of the first command; the following ones derive theirs from it.
    AccountSave(api::Desk &desk, api::Caller caller, CommandId command, AccountDraft draft,
                Completion<AccountId> done);

    void start() override;

private:
    void saved(const Result<api::Outcome> &outcome);
    void storeNext();
    void stored(const Result<Done> &result);
    void unpause();
    void giveUp(const Error &error);

    api::Desk &m_desk;
    api::Caller m_caller;
    CommandId m_command;
    AccountDraft m_draft;
    std::deque<std::pair<QString, QByteArray>> m_secrets;
    bool m_isNew;
    bool m_wantsPause;
};

} // namespace peerdesk::doors
