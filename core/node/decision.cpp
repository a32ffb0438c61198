// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/decision.h"

namespace peerdesk::node {

namespace {

using namespace Qt::StringLiterals;

/// Who may ask for what. The office itself may do everything; what only it may do says `Internal`.
enum class Needs { Internal, Agent, Supervisor, Admin, Channel };

struct Permission
{
    Needs operator()(const api::Appoint &) const { return Needs::Internal; }
    Needs operator()(const api::Ingest &) const { return Needs::Internal; }
    Needs operator()(const api::ClaimEffect &) const { return Needs::Internal; }
    Needs operator()(const api::ReportEffect &) const { return Needs::Internal; }
    Needs operator()(const api::TimeReached &) const { return Needs::Internal; }

    /// Refused once there is an office.
    Needs operator()(const api::CreateOffice &) const { return Needs::Admin; }
    Needs operator()(const api::SaveAgent &) const { return Needs::Admin; }
    Needs operator()(const api::SaveWorker &) const { return Needs::Admin; }
    Needs operator()(const api::DeleteWorker &) const { return Needs::Admin; }
    Needs operator()(const api::SaveQueue &) const { return Needs::Admin; }
    Needs operator()(const api::DeleteQueue &) const { return Needs::Admin; }
    Needs operator()(const api::SaveWorkflow &) const { return Needs::Admin; }
    Needs operator()(const api::DeleteWorkflow &) const { return Needs::Admin; }
    Needs operator()(const api::SaveActivity &) const { return Needs::Admin; }
    Needs operator()(const api::SaveTaskChannel &) const { return Needs::Admin; }
    Needs operator()(const api::DeleteActivity &) const { return Needs::Admin; }
    Needs operator()(const api::DeleteTaskChannel &) const { return Needs::Admin; }
    Needs operator()(const api::SaveFlow &) const { return Needs::Admin; }
    Needs operator()(const api::DeleteFlow &) const { return Needs::Admin; }
    Needs operator()(const api::SaveAccount &) const { return Needs::Admin; }
    Needs operator()(const api::RemoveAccount &) const { return Needs::Admin; }

    Needs operator()(const api::AssignConversation &) const { return Needs::Supervisor; }
    Needs operator()(const api::UpdateTask &) const { return Needs::Supervisor; }
    Needs operator()(const api::CancelTask &) const { return Needs::Supervisor; }
    Needs operator()(const api::SetWorkerChannel &) const { return Needs::Supervisor; }
    Needs operator()(const api::MergeCustomers &) const { return Needs::Supervisor; }
    Needs operator()(const api::SplitCustomer &) const { return Needs::Supervisor; }

    Needs operator()(const api::CreateTask &) const { return Needs::Channel; }
    Needs operator()(const api::OpenSession &) const { return Needs::Channel; }
    Needs operator()(const api::CloseSession &) const { return Needs::Channel; }

    /// Everything else is an agent's daily work; whose task or worker it is, the command itself
    /// checks.
    template <typename Command>
    Needs operator()(const Command &) const
    {
        return Needs::Agent;
    }
};

bool isAllowed(const Decision &decision, Needs needs)
{
    if (decision.isOffice())
        return true;
    const Role role = decision.caller().role;
    switch (needs) {
    case Needs::Internal:
        return false;
    case Needs::Admin:
        return role == Role::Admin;
    case Needs::Supervisor:
        return role == Role::Admin || role == Role::Supervisor;
    case Needs::Agent:
        return role != Role::Channel;
    case Needs::Channel:
        return true;
    }
    return false;
}

} // namespace

Decided decide(Decision &decision, const api::Command &command)
{
    if (!isAllowed(decision, std::visit(Permission{}, command)))
        return Error{Error::Code::Forbidden, u"your role does not allow this"_s, {}};
    return std::visit([&](const auto &c) { return decide(decision, c); }, command);
}

} // namespace peerdesk::node
