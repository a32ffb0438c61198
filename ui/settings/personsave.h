// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/base/operation.h"
#include "ui/settings/steward.h"

#include <deque>

namespace peerdesk::ui {

/// A person as an administrator wants it. What did not change is not written again.
struct PersonDraft
{
    Agent before;                              ///< null id = somebody new
    Agent agent;                               ///< as wanted
    QString password;                          ///< empty = as it is
    Json attributes;                           ///< of the worker
    bool isWorkerNew = false;                  ///< name or attributes of the worker changed
    std::map<QString, WorkerChannel> channels; ///< the capacities that changed
    ActivityId resting;                        ///< where somebody goes who is put out
};

/// What was written of a draft.
struct PersonSaved
{
    AgentId agent;
    std::optional<Error> rest; ///< the person is saved, this came after it
};

/// Writes a person: hash of the password, agent, worker, capacities, in this order. An error
/// means that nothing was written; once the person is saved, what fails later is in `rest`.
/// Errors: the Steward's and those of SaveAgent (Rejected "exists": the name is taken).
class PersonSave final : public Operation<PersonSaved>
{
public:
    struct Parts
    {
        api::Desk &desk;
        Steward &steward;
        api::Caller caller;
    };

    PersonSave(Parts parts, PersonDraft draft, Completion<PersonSaved> done, QObject *parent);

    void start() override;

private:
    void saveAgent();
    void onAgentSaved(const Result<api::Outcome> &outcome);
    void findWorker();
    void planRest();
    void writeNext();

    Parts m_parts;
    PersonDraft m_draft;
    PersonSaved m_saved;
    WorkerId m_worker;
    std::deque<api::Command> m_rest;
};

} // namespace peerdesk::ui
