// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/personsave.h"

namespace peerdesk::ui {

PersonSave::PersonSave(Parts parts, PersonDraft draft, Completion<PersonSaved> done,
                       QObject *parent)
    : Operation(std::move(done), parent)
    , m_parts(std::move(parts))
    , m_draft(std::move(draft))
{}

void PersonSave::start()
{
    if (m_draft.password.isEmpty())
        return saveAgent();
    const auto hashed = [this](const Result<QByteArray> &hash) {
        m_draft.password.clear();
        if (!hash)
            return finish(hash.error());
        m_draft.agent.passwordHash = *hash;
        saveAgent();
    };
    m_parts.steward.hashPassword(m_draft.password, {this, hashed});
}

void PersonSave::saveAgent()
{
    m_saved.agent = m_draft.before.id;
    m_worker = m_draft.before.worker;
    if (m_draft.agent == m_draft.before)
        return planRest();
    const bool isNew = m_draft.before.id.isNull();
    m_parts.desk.submit(
        m_parts.caller, randomId<CommandId>(),
        api::SaveAgent{m_draft.agent, {}, isNew ? m_draft.attributes : Json{}},
        {this, [this](const Result<api::Outcome> &outcome) { onAgentSaved(outcome); }});
}

void PersonSave::onAgentSaved(const Result<api::Outcome> &outcome)
{
    if (!outcome)
        return finish(outcome.error());
    m_saved.agent = outcome->as<AgentId>();
    m_worker.isNull() && !m_draft.channels.empty() ? findWorker() : planRest();
}

/// The office made a worker with the agent; the answer does not name it.
void PersonSave::findWorker()
{
    const auto found = [this](const Result<std::vector<Agent>> &agents) {
        if (!agents)
            m_saved.rest = agents.error();
        for (const Agent &agent : agents ? *agents : std::vector<Agent>()) {
            if (agent.id == m_saved.agent)
                m_worker = agent.worker;
        }
        planRest();
    };
    m_parts.desk.agents({this, found});
}

void PersonSave::planRest()
{
    if (m_worker.isNull())
        return finish(m_saved);
    const bool isNew = m_draft.before.id.isNull();
    if (!isNew && m_draft.isWorkerNew)
        m_rest.emplace_back(api::SaveWorker{m_worker, m_draft.agent.name, m_draft.attributes});
    for (const auto &[name, share] : m_draft.channels)
        m_rest.emplace_back(api::SetWorkerChannel{m_worker, name, share});
    // Nobody would answer the offers of somebody who is out.
    if (m_draft.before.isActive && !m_draft.agent.isActive && !m_draft.resting.isNull())
        m_rest.emplace_back(api::SetActivity{m_worker, m_draft.resting, true});
    writeNext();
}

/// Each for itself: one that is refused does not keep the others back.
void PersonSave::writeNext()
{
    if (m_rest.empty())
        return finish(m_saved);
    const api::Command command = m_rest.front();
    m_rest.pop_front();
    m_parts.desk.submit(m_parts.caller, randomId<CommandId>(), command,
                        {this, [this](const Result<api::Outcome> &outcome) {
                             if (!outcome && !m_saved.rest)
                                 m_saved.rest = outcome.error();
                             writeNext();
                         }});
}

} // namespace peerdesk::ui
