// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/decision.h"

#include "core/flow/flow.h"

namespace peerdesk::node {

namespace {

using namespace Qt::StringLiterals;

/// Who may ask for what. The office itself may do everything; what only it may do says `Internal`.
/// Every command stands in the list: a new one does not build before somebody decided whose it is.
enum class Needs { Internal, Agent, Supervisor, Admin, Channel };

struct Permission
{
    Needs operator()(const api::AddNode &) const { return Needs::Internal; }
    Needs operator()(const api::UpdateNode &) const { return Needs::Internal; }
    Needs operator()(const api::SealSecret &) const { return Needs::Internal; }
    Needs operator()(const api::SetRecoveryKey &) const { return Needs::Internal; }
    Needs operator()(const api::NoteTakeover &) const { return Needs::Internal; }
    Needs operator()(const api::SalvageMessage &) const { return Needs::Internal; }
    Needs operator()(const api::SalvageCustomer &) const { return Needs::Internal; }
    Needs operator()(const api::Ingest &) const { return Needs::Internal; }
    Needs operator()(const api::ClaimEffect &) const { return Needs::Internal; }
    Needs operator()(const api::ReportEffect &) const { return Needs::Internal; }
    Needs operator()(const api::TimeReached &) const { return Needs::Internal; }
    Needs operator()(const api::NoteDeliveries &) const { return Needs::Internal; }

    /// Refused once there is an office.
    Needs operator()(const api::CreateOffice &) const { return Needs::Admin; }
    Needs operator()(const api::RemoveNode &) const { return Needs::Admin; }
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
    Needs operator()(const api::Appoint &) const { return Needs::Admin; }
    Needs operator()(const api::SaveWorkspace &) const { return Needs::Admin; }
    Needs operator()(const api::PublishFlow &) const { return Needs::Admin; }
    Needs operator()(const api::EraseCustomer &) const { return Needs::Admin; }
    Needs operator()(const api::ImportCard &) const { return Needs::Admin; }
    Needs operator()(const api::ImportConversation &) const { return Needs::Admin; }
    Needs operator()(const api::SaveWebhook &) const { return Needs::Admin; }
    Needs operator()(const api::DeleteWebhook &) const { return Needs::Admin; }

    Needs operator()(const api::AssignConversation &) const { return Needs::Supervisor; }
    Needs operator()(const api::UpdateTask &) const { return Needs::Supervisor; }
    Needs operator()(const api::CancelTask &) const { return Needs::Supervisor; }
    Needs operator()(const api::SetWorkerChannel &) const { return Needs::Supervisor; }
    Needs operator()(const api::MergeCustomers &) const { return Needs::Supervisor; }
    Needs operator()(const api::SplitCustomer &) const { return Needs::Supervisor; }
    Needs operator()(const api::UndoMerge &) const { return Needs::Supervisor; }
    Needs operator()(const api::DenyLikeness &) const { return Needs::Supervisor; }

    Needs operator()(const api::CreateTask &) const { return Needs::Channel; }
    Needs operator()(const api::OpenSession &) const { return Needs::Channel; }
    Needs operator()(const api::CloseSession &) const { return Needs::Channel; }

    /// An agent's daily work; whose task or worker it is, the command itself checks.
    Needs operator()(const api::SetActivity &) const { return Needs::Agent; }
    Needs operator()(const api::OptQueue &) const { return Needs::Agent; }
    Needs operator()(const api::AskOneMore &) const { return Needs::Agent; }
    Needs operator()(const api::SendMessage &) const { return Needs::Agent; }
    Needs operator()(const api::CancelMessage &) const { return Needs::Agent; }
    Needs operator()(const api::RetryMessage &) const { return Needs::Agent; }
    Needs operator()(const api::MarkRead &) const { return Needs::Agent; }
    Needs operator()(const api::UpdateConversation &) const { return Needs::Agent; }
    Needs operator()(const api::TakeConversation &) const { return Needs::Agent; }
    Needs operator()(const api::ContinueConversation &) const { return Needs::Agent; }
    Needs operator()(const api::ParkConversation &) const { return Needs::Agent; }
    Needs operator()(const api::ResumeConversation &) const { return Needs::Agent; }
    Needs operator()(const api::SaveCustomer &) const { return Needs::Agent; }
    Needs operator()(const api::WrapUpTask &) const { return Needs::Agent; }
    Needs operator()(const api::CompleteTask &) const { return Needs::Agent; }
    Needs operator()(const api::TransferTask &) const { return Needs::Agent; }
    Needs operator()(const api::EndTransfer &) const { return Needs::Agent; }
    Needs operator()(const api::CompleteReservation &) const { return Needs::Agent; }
    Needs operator()(const api::TakeNext &) const { return Needs::Agent; }
    Needs operator()(const api::AcceptReservation &) const { return Needs::Agent; }
    Needs operator()(const api::RejectReservation &) const { return Needs::Agent; }
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

/// The task that this fact takes out of the line.
TaskId takenFromLine(const Decision &decision, const events::Fact &fact)
{
    if (const auto *accepted = std::get_if<events::ReservationAccepted>(&fact)) {
        const auto reservation = decision.get<Reservation>(accepted->reservation);
        return reservation ? reservation->task : TaskId{};
    }
    if (const auto *canceled = std::get_if<events::TaskCanceled>(&fact))
        return canceled->task;
    const auto *completed = std::get_if<events::TaskCompleted>(&fact);
    return completed ? completed->task : TaskId{};
}

} // namespace

Decision::Decision(Overlay &overlay, routing::Router &router, const ChannelRulesOf &rules,
                   Setting setting)
    : m_overlay(overlay)
    , m_router(router)
    , m_rules(rules)
    , m_setting(std::move(setting))
{}

Decision::~Decision() = default;

void Decision::undo()
{
    m_overlay.rollback();
    for (const events::Fact &fact : m_facts)
        m_router.changed(fact);
    m_facts.clear();
}

void Decision::record(const events::Fact &fact)
{
    m_overlay.apply(fact, {m_setting.index, int(m_facts.size()), m_setting.now});
    m_router.changed(fact);
    m_facts.push_back(fact);
    const TaskId id = takenFromLine(*this, fact);
    const auto task = id.isNull() ? std::nullopt : get<Task>(id);
    const auto execution = task ? view().executionOf(task->conversation) : std::nullopt;
    if (execution && flow::hasHandedOver(*execution))
        record(events::ExecutionEnded{execution->id});
}

Result<api::Caller> asOfNow(const Overlay &view, api::Caller caller)
{
    if (caller.agent.isNull())
        return caller; // the office itself
    const auto agent = view.get<Agent>(caller.agent);
    if (!agent || !agent->isActive)
        return Error{Error::Code::Forbidden, u"you are no active agent of this office"_s, {}};
    const auto session = caller.session.isNull() ? std::nullopt : view.get<Session>(caller.session);
    if (!caller.session.isNull() && !(session && isInForce(*session, *agent)))
        return Error{Error::Code::Forbidden, u"this session was closed: sign in again"_s, {}};
    caller.role = agent->role;
    caller.worker = agent->worker;
    return caller;
}

Result<Done> requireAdmin(const Overlay &view, const api::Caller &caller)
{
    const Result<api::Caller> known = asOfNow(view, caller);
    if (!known)
        return known.error();
    if (!known->agent.isNull() && known->role != Role::Admin)
        return Error{Error::Code::Forbidden, u"your role does not allow this"_s, {}};
    return Done{};
}

Result<Done> requireSupervisor(const Overlay &view, const api::Caller &caller)
{
    const Result<api::Caller> known = asOfNow(view, caller);
    if (!known)
        return known.error();
    if (!known->agent.isNull() && known->role != Role::Admin && known->role != Role::Supervisor)
        return Error{Error::Code::Forbidden, u"your role does not allow this"_s, {}};
    return Done{};
}

Decided decide(Decision &decision, const api::Command &command)
{
    // Only who founds an office is no agent of it yet.
    if (!std::holds_alternative<api::CreateOffice>(command)) {
        const Result<api::Caller> known = asOfNow(decision.view(), decision.caller());
        if (!known)
            return known.error();
        decision.setCaller(*known);
    }
    if (!isAllowed(decision, std::visit(Permission{}, command)))
        return Error{Error::Code::Forbidden, u"your role does not allow this"_s, {}};
    return std::visit([&](const auto &c) { return decide(decision, c); }, command);
}

} // namespace peerdesk::node
