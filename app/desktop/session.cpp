// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/session.h"

#include "core/secrets/password.h"

namespace peerdesk::desktop {

std::vector<Agent> people(const std::vector<Agent> &agents)
{
    std::vector<Agent> found;
    for (const Agent &agent : agents) {
        if (agent.isActive && agent.role != Role::Channel)
            found.push_back(agent);
    }
    return found;
}

std::optional<Agent> withoutProof(const std::vector<Agent> &agents, const QString &name)
{
    std::vector<Agent> found = people(agents);
    if (!name.isEmpty())
        std::erase_if(found, [&](const Agent &agent) { return agent.name != name; });
    if (found.size() != 1 || !found.front().passwordHash.isEmpty())
        return std::nullopt;
    return found.front();
}

namespace {

void submitSession(api::Desk &desk, const api::Caller &claim, Completion<api::Caller> done)
{
    // The window needs no token: the session is used inside this process only.
    const QByteArray hash = secrets::tokenHash(secrets::randomToken());
    const auto answer = std::make_shared<Completion<api::Caller>>(std::move(done));
    desk.submit(claim, randomId<CommandId>(), api::OpenSession{claim.agent, hash},
                {&desk, [answer, claim](const Result<api::Outcome> &outcome) {
                     const bool isNobodyThere =
                         !outcome && (outcome.error().code == Error::Code::NoMajority ||
                                      outcome.error().code == Error::Code::Unknown);
                     if (!outcome && !isNobodyThere)
                         return answer->answer(outcome.error());
                     api::Caller caller = claim;
                     if (outcome)
                         caller.session = outcome->as<SessionId>();
                     answer->answer(caller);
                 }});
}

} // namespace

void openSession(api::Desk &desk, const Agent &agent, Completion<api::Caller> done)
{
    const api::Caller claim{agent.id, {}, agent.role, agent.worker, agent.name};
    const auto answer = std::make_shared<Completion<api::Caller>>(std::move(done));
    desk.status({&desk, [answer, claim, desk = &desk](const Result<api::OfficeStatus> &status) {
                     if (status && status->leader.isNull())
                         return answer->answer(claim);
                     submitSession(*desk, claim, std::move(*answer));
                 }});
}

} // namespace peerdesk::desktop
