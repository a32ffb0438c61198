// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/channels/api/connector.h"
#include "core/node/overlay.h"
#include "core/routing/router.h"

namespace peerdesk::node {

/// What decisions must know about a kind of channel; the connector's capability record, cut to
/// that.
struct ChannelRules
{
    QString taskChannel = QStringLiteral("default");
    FileRules files = {};
    int maxTextLength = 0;        ///< 0 = no limit
    bool answersOnceADay = false; ///< automatic answers, per customer
    bool hasSecrets = false;
    std::set<QString> nativeRich = {}; ///< kinds of rich content that are more than text there
    Seconds replyWindow{0};            ///< 0 = without end
    Seconds humanWindow{0};
    channels::AfterWindow afterWindow = channels::AfterWindow::Nothing;
    bool isPublic = false;
    bool privateAnswers = false;
    std::vector<MessageAction> actions = {};
    std::vector<MessageAction> ownActions = {};
    std::vector<QString> reaches = {}; ///< kinds of addresses that it can write to first
};
using ChannelRulesOf = std::function<ChannelRules(const QString &type)>;

/// One command on its way to facts. Every fact takes effect in the overlay at once, so later steps
/// see it.
class Decision
{
public:
    /// Above this the router starts no further decision in the same batch (one has at most 52).
    static constexpr int MaxDecidedFacts = int(events::MaxBatchFacts) - 56;

    struct Setting
    {
        quint64 index; ///< log index that the batch will get
        Time now;      ///< office time
        NodeId node;
        CommandId command;
        api::Caller caller;
        QByteArray salt; ///< of the batch, see events::saltOf()
    };

    Decision(Overlay &overlay, routing::Router &router, const ChannelRulesOf &rules,
             Setting setting);
    ~Decision();

    /// Whoever takes a waiting task, or ends it, also ends the flow that went on beside it.
    void record(const events::Fact &fact);
    /// The same, in the form that the router takes.
    routing::Emit emitter()
    {
        return [this](const events::Fact &fact) { record(fact); };
    }

    template <typename Record>
    std::optional<Record> get(const typename Record::Key &key) const
    {
        return m_overlay.get<Record>(key);
    }
    const Warm &warm() const { return m_overlay.warm(); }
    const routing::WorkingSet &set() const { return m_overlay.warm().set; }
    const Overlay &view() const { return m_overlay; }
    const routing::Router &router() const { return m_router; }
    ChannelRules rules(const QString &channelType) const { return m_rules(channelType); }

    Time now() const { return m_setting.now; }
    NodeId node() const { return m_setting.node; }
    CommandId command() const { return m_setting.command; }
    const api::Caller &caller() const { return m_setting.caller; }
    void setCaller(const api::Caller &caller) { m_setting.caller = caller; }
    bool isOffice() const { return m_setting.caller.agent.isNull(); }
    bool isSupervisor() const
    {
        return isOffice() || caller().role == Role::Supervisor || caller().role == Role::Admin;
    }
    /// An id for a thing that this command creates, named by its purpose.
    template <typename IdType>
    IdType newId(const QByteArray &purpose)
    {
        const auto id = derivedId<IdType>(m_setting.command, purpose);
        m_newIds.insert(id.toBytes());
        return id;
    }
    /// Whether a thing of this id is this command's: its repeat is recognised for ever.
    bool isNewId(const QByteArray &id) const { return m_newIds.contains(id); }

    AddressId newAddressId(const Identity &identity) const
    {
        return Address::newId(m_setting.salt, identity.kind, identity.scope, identity.value);
    }

    const std::vector<events::Fact> &facts() const { return m_facts; }
    /// The command left over some of what is due now.
    void leaveMore() { m_hasMore = true; }
    /// Lets the router settle what the command made possible, as far as the batch has room for it.
    /// True = there is more to settle now.
    bool settle()
    {
        const int room = MaxDecidedFacts - int(m_facts.size());
        // Half of it: each of its decisions may end a flow.
        const bool hasRouterMore = room <= 0 || m_router.settle(m_setting.now, emitter(), room / 2);
        return hasRouterMore || m_hasMore;
    }
    /// Takes everything back.
    void undo();

private:
    Overlay &m_overlay;
    routing::Router &m_router;
    const ChannelRulesOf &m_rules;
    Setting m_setting;
    std::vector<events::Fact> m_facts;
    std::set<QByteArray> m_newIds;
    bool m_hasMore = false;
};

using Decided = Result<api::Outcome>;

/// Of workers and tasks. Source: routing.md 2.10.
constexpr qsizetype MaxAttributesBytes = 64 * 1024;

/// The answer of a command that created or changed `id`.
template <typename IdType>
Decided about(const IdType &id, const QString &state = {})
{
    return api::Outcome{id.toBytes(), state, false};
}

/// The caller with role and worker as they are now, not as they were at sign-in. Errors: Forbidden,
/// if the agent is not active any more or the session was closed.
Result<api::Caller> asOfNow(const Overlay &view, api::Caller caller);
/// Errors: Forbidden, unless the caller is an admin now or the office itself.
Result<Done> requireAdmin(const Overlay &view, const api::Caller &caller);
/// The same for supervisors and admins.
Result<Done> requireSupervisor(const Overlay &view, const api::Caller &caller);

/// Decides one command: checks rights, emits facts or refuses. Nothing is emitted for good until
/// the caller commits.
Decided decide(Decision &decision, const api::Command &command);

// One overload per command, in the file named after the area.
// directory.cpp
Decided decide(Decision &decision, const api::CreateOffice &command);
Decided decide(Decision &decision, const api::AddNode &command);
Decided decide(Decision &decision, const api::UpdateNode &command);
Decided decide(Decision &decision, const api::RemoveNode &command);
Decided decide(Decision &decision, const api::SaveAgent &command);
Decided decide(Decision &decision, const api::SaveWorker &command);
Decided decide(Decision &decision, const api::DeleteWorker &command);
Decided decide(Decision &decision, const api::OpenSession &command);
Decided decide(Decision &decision, const api::CloseSession &command);
Decided decide(Decision &decision, const api::SaveQueue &command);
Decided decide(Decision &decision, const api::DeleteQueue &command);
Decided decide(Decision &decision, const api::SaveWorkflow &command);
Decided decide(Decision &decision, const api::DeleteWorkflow &command);
Decided decide(Decision &decision, const api::SaveActivity &command);
Decided decide(Decision &decision, const api::SaveTaskChannel &command);
Decided decide(Decision &decision, const api::DeleteActivity &command);
Decided decide(Decision &decision, const api::DeleteTaskChannel &command);
Decided decide(Decision &decision, const api::SaveFlow &command);
Decided decide(Decision &decision, const api::DeleteFlow &command);
Decided decide(Decision &decision, const api::PublishFlow &command);
Decided decide(Decision &decision, const api::SaveAccount &command);
Decided decide(Decision &decision, const api::RemoveAccount &command);
Decided decide(Decision &decision, const api::Appoint &command);
Decided decide(Decision &decision, const api::SaveWorkspace &command);
// sealing.cpp
Decided decide(Decision &decision, const api::SealSecret &command);
Decided decide(Decision &decision, const api::SetRecoveryKey &command);
Decided decide(Decision &decision, const api::NoteTakeover &command);
Decided decide(Decision &decision, const api::SalvageMessage &command);
Decided decide(Decision &decision, const api::SalvageCustomer &command);
/// Errors: NotFound and Rejected, unless this PC is a member that can open the account's secrets.
Result<Done> checkHeir(const Decision &decision, const ChannelAccount &account, NodeId heir);
/// What was sealed for a PC or an account that goes away goes as well.
void dropSeals(Decision &decision, const std::function<bool(const SealedSecret &)> &isOver);
// ingest.cpp
Decided decide(Decision &decision, const api::Ingest &command);
/// Whether whoever writes in this conversation is surely the customer of its card. An address that
/// somebody typed is on the card at once (M02), but opens nothing of it: no facts, no language, no
/// tags for flows or routing, and nothing is written to the card. Source: decisions, "Identity".
bool isProven(const Decision &decision, const Conversation &conversation);
// conversations.cpp
Decided decide(Decision &decision, const api::SendMessage &command);
Decided decide(Decision &decision, const api::CancelMessage &command);
Decided decide(Decision &decision, const api::RetryMessage &command);
Decided decide(Decision &decision, const api::MarkRead &command);
Decided decide(Decision &decision, const api::UpdateConversation &command);
Decided decide(Decision &decision, const api::TakeConversation &command);
Decided decide(Decision &decision, const api::AssignConversation &command);
Decided decide(Decision &decision, const api::ParkConversation &command);
Decided decide(Decision &decision, const api::ResumeConversation &command);
// customers.cpp
Decided decide(Decision &decision, const api::SaveCustomer &command);
Decided decide(Decision &decision, const api::MergeCustomers &command);
Decided decide(Decision &decision, const api::SplitCustomer &command);
Decided decide(Decision &decision, const api::UndoMerge &command);
Decided decide(Decision &decision, const api::DenyLikeness &command);
/// A channel vouches for an address that is another card's: they may be one person.
void noteLikeness(Decision &decision, CustomerId one, const Identity &identity);
// continuing.cpp
Decided decide(Decision &decision, const api::ContinueConversation &command);
/// The conversation goes where the customer wrote last.
void followCustomer(Decision &decision, const Conversation &conversation, AccountId account);
/// Errors: Rejected "opted-out", if who is reached there wants no more messages.
Result<Done> checkOptOut(const Decision &decision, AddressId address);
// keeping.cpp
Decided decide(Decision &decision, const api::EraseCustomer &command);
Decided decide(Decision &decision, const api::ImportCard &command);
Decided decide(Decision &decision, const api::ImportConversation &command);
/// Whether a card or a conversation was erased: then it must not come back.
bool isErased(const Decision &decision, CustomerId customer, ConversationId conversation);
// webhooks.cpp
Decided decide(Decision &decision, const api::SaveWebhook &command);
Decided decide(Decision &decision, const api::DeleteWebhook &command);
Decided decide(Decision &decision, const api::NoteDeliveries &command);
// work.cpp
Decided decide(Decision &decision, const api::SetActivity &command);
Decided decide(Decision &decision, const api::SetWorkerChannel &command);
Decided decide(Decision &decision, const api::OptQueue &command);
Decided decide(Decision &decision, const api::AskOneMore &command);
Decided decide(Decision &decision, const api::CreateTask &command);
Decided decide(Decision &decision, const api::UpdateTask &command);
Decided decide(Decision &decision, const api::CancelTask &command);
Decided decide(Decision &decision, const api::WrapUpTask &command);
Decided decide(Decision &decision, const api::CompleteTask &command);
Decided decide(Decision &decision, const api::AcceptReservation &command);
Decided decide(Decision &decision, const api::RejectReservation &command);
Decided decide(Decision &decision, const api::TimeReached &command);
// transfers.cpp
Decided decide(Decision &decision, const api::TransferTask &command);
Decided decide(Decision &decision, const api::EndTransfer &command);
Decided decide(Decision &decision, const api::CompleteReservation &command);
Decided decide(Decision &decision, const api::TakeNext &command);
// effects.cpp
Decided decide(Decision &decision, const api::ClaimEffect &command);
Decided decide(Decision &decision, const api::ReportEffect &command);

/// Makes a task for a conversation and lets the router place it.
struct TaskWish
{
    WorkflowId workflow; ///< null = the office's default
    QString taskChannel; ///< empty = the channel's own
    int priority = 0;
    std::optional<Seconds> timeout;
    QJsonObject attributes;
    WorkerId onlyWorker;
    WorkerId preferredWorker; ///< asked first while free
};
Result<TaskId> createTask(Decision &decision, const Conversation &conversation,
                          const TaskWish &wish);

/// Queues a message to the customer with its row of the effect ledger. Returns the effect's id.
/// It leaves over `account`; null = the way that the conversation goes now.
EffectId queueMessage(Decision &decision, Message message, Time sendAt, AccountId account = {});
/// Over which account a message came or left.
AccountId accountOf(const Overlay &view, const Conversation &conversation, const Message &message);

/// Ends what is open about a conversation: task, running flow. Errors: Forbidden, if the task is
/// another worker's and the caller no supervisor.
Result<Done> closeWork(Decision &decision, const Conversation &conversation, const QString &reason);

/// Ends open effects as maybe sent, calls of bots as failed; if one did leave, its own evidence
/// says so later. False = the batch had no room for all.
bool giveUp(Decision &decision, const std::function<bool(const Effect &)> &isGivenUp,
            const QString &why);

} // namespace peerdesk::node
