// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/flow.h"
#include "core/node/decision.h"

#include "core/base/json.h"
#include "core/secrets/seal.h"

#include <QRegularExpression>
#include <QTimeZone>

#include <algorithm>

/// Decisions about what the office consists of: people, queues, workflows, flows and channel
/// accounts.
namespace peerdesk::node {

using namespace Qt::StringLiterals;
using namespace events;

namespace {

constexpr qsizetype RecoveryKeyBytes = 32; // Ed25519, public
constexpr qsizetype FingerprintBytes = 32;
constexpr qsizetype MaxNodeAddresses = 1000;

constexpr qsizetype MaxConfigurationBytes = 1024 * 1024;
constexpr int MaxNameLength = 64;
constexpr int MaxCapacity = 1000;
/// Source: routing.md 2.1, task_reservation_timeout.
constexpr Seconds MaxOfferTimeout{86'400};

Result<Done> checkName(const QString &name, const QString &what)
{
    const QString trimmed = name.trimmed();
    if (trimmed.isEmpty() || trimmed.size() > MaxNameLength)
        return invalid(u"%1 must have 1 to %2 characters"_s.arg(what).arg(MaxNameLength));
    return Done{};
}

/// A name that another record of the same kind has already, in any case.
template <typename Records, typename Member>
bool isTaken(const Records &records, const typename Records::key_type &own, const QString &name,
             Member member)
{
    for (const auto &[key, record] : records) {
        if (key != own && (record.*member).compare(name, Qt::CaseInsensitive) == 0)
            return true;
    }
    return false;
}

Result<Done> checkAttributes(const Json &attributes)
{
    if (attributes.text.size() > MaxAttributesBytes) {
        return Error{Error::Code::TooLarge,
                     u"attributes are %1 bytes, %2 are allowed"_s.arg(attributes.text.size())
                         .arg(MaxAttributesBytes),
                     {}};
    }
    if (!attributes.isEmpty() && !QJsonDocument::fromJson(attributes.text).isObject())
        return invalid(u"attributes must be a JSON object"_s);
    return Done{};
}

struct ChannelDefault
{
    const char *name;
    int capacity;
    int offerSeconds;
    int weight; ///< counts once the office uses weights
};
/// Source: decisions, "Routing defaults".
constexpr ChannelDefault TaskChannels[] = {{"default", 1, 120, 0}, {"voice", 1, 20, 100},
                                           {"chat", 3, 60, 25},    {"sms", 3, 60, 25},
                                           {"video", 1, 60, 100},  {"email", 5, 120, 10},
                                           {"social", 5, 120, 10}, {"callback", 1, 60, 100}};

ActivityId createActivities(Decision &decision, Office &office)
{
    struct
    {
        const char *name;
        bool available;
    } const activities[] = {{"Offline", false},
                            {"Available", true},
                            {"Unavailable", false},
                            {"Break", false},
                            {"Away", false}};
    for (const auto &activity : activities) {
        const auto id = decision.newId<ActivityId>(activity.name);
        decision.record(
            ActivitySaved{{id, QString::fromLatin1(activity.name), activity.available}});
    }
    office.defaultActivity = decision.newId<ActivityId>("Offline");
    office.timeoutActivity = decision.newId<ActivityId>("Away");
    return office.defaultActivity;
}

Worker newWorker(const Decision &decision, WorkerId id, const QString &name)
{
    Worker worker;
    worker.id = id;
    worker.friendlyName = name.trimmed();
    worker.attributes = {"{}"};
    worker.activity = decision.warm().office.defaultActivity;
    const auto activity = decision.get<Activity>(worker.activity);
    worker.available = activity && activity->available;
    worker.dateStatusChanged = decision.now();
    return worker;
}

/// Whoever got in as the agent was before must sign in again.
bool endsSessions(const Agent &before, const Agent &now)
{
    return before.passwordHash != now.passwordHash || before.role != now.role ||
           (before.isActive && !now.isActive);
}

/// Who changes his own password goes on where he did it.
SessionId survivor(const Decision &decision, const Agent &before, const Agent &now)
{
    const bool isOwn = decision.caller().agent == now.id;
    return isOwn && now.isActive && before.role == now.role ? decision.caller().session
                                                            : SessionId{};
}

} // namespace

Decided decide(Decision &decision, const api::CreateOffice &command)
{
    if (decision.warm().office.createdAt.isSet())
        return rejected(u"there is an office in this folder already"_s, u"exists"_s);
    for (const QString &name : {command.name, command.adminName}) {
        if (const Result<Done> good = checkName(name, u"a name"_s); !good)
            return good.error();
    }
    if (!command.timeZone.isEmpty() && !QTimeZone(command.timeZone.toUtf8()).isValid())
        return invalid(u"there is no time zone \"%1\""_s.arg(command.timeZone.left(64)));
    Office office;
    office.id = decision.newId<OfficeId>("office");
    office.name = command.name.trimmed();
    office.featureLevel = events::featureLevel();
    office.createdAt = decision.now();
    office.timeZone = command.timeZone;
    office.locale = command.locale;
    office.defaultWorkflow = decision.newId<WorkflowId>("workflow");
    office.defaultFlow = decision.newId<FlowId>("reference");
    createActivities(decision, office);
    for (const ChannelDefault &channel : TaskChannels) {
        const QString name = QString::fromLatin1(channel.name);
        decision.record(
            TaskChannelSaved{{decision.newId<TaskChannelId>(channel.name), name, name,
                              channel.capacity, Seconds(channel.offerSeconds), channel.weight}});
    }
    const auto queue = decision.newId<QueueId>("everyone");
    decision.record(QueueSaved{{queue, u"Everyone"_s, u"1==1"_s, TaskOrder::Fifo, 1}});
    const QJsonObject routing{{u"default_filter"_s, QJsonObject{{u"queue"_s, queue.toString()}}},
                              {u"filters"_s, QJsonArray()}};
    decision.record(WorkflowSaved{{office.defaultWorkflow, u"Default"_s,
                                   json::canonical({{u"task_routing"_s, routing}}), std::nullopt}});
    const auto keepFlow = [&](FlowId id, const QString &name, const Json &definition) {
        Flow flow;
        flow.id = id;
        flow.friendlyName = name;
        flow.definition = definition;
        decision.record(FlowSaved{flow});
    };
    keepFlow(office.defaultFlow, u"Reference"_s, flow::referenceFlow());
    keepFlow(decision.newId<FlowId>("direct"), u"To a person"_s, flow::directFlow());
    decision.record(OfficeCreated{office});
    Node self;
    self.id = command.node;
    self.name = command.nodeName;
    self.joinedAt = decision.now();
    self.featureLevel = events::featureLevel();
    decision.record(NodeJoined{self});
    api::SaveAgent admin;
    admin.agent = {command.admin, command.adminName.trimmed(), Role::Admin, {}, {}, true};
    admin.tokenHash = command.tokenHash;
    if (const Decided saved = decide(decision, admin); !saved)
        return saved;
    return about(office.id);
}

namespace {

/// Errors: Rejected "older-program", for a PC that could not read what the office writes.
Result<Done> checkLevel(const Decision &decision, int level)
{
    if (level >= decision.warm().office.featureLevel)
        return Done{};
    return rejected(u"the office's PCs run a newer Peerdesk than this one: update this PC first"_s,
                    u"older-program"_s);
}

/// The office goes up to what all its PCs know.
void raiseLevel(Decision &decision)
{
    int least = events::featureLevel();
    for (const auto &[id, node] : decision.warm().nodes) {
        if (!node.isRemoved)
            least = std::min(least, node.featureLevel);
    }
    if (least > decision.warm().office.featureLevel)
        decision.record(FeatureLevelRaised{decision.warm().office.id, least});
}

} // namespace

Decided decide(Decision &decision, const api::AddNode &command)
{
    if (!decision.warm().office.createdAt.isSet())
        return rejected(u"there is no office here yet"_s, u"no-office"_s);
    if (const Result<Done> good = checkName(command.node.name, u"the PC's name"_s); !good)
        return good.error();
    if (command.node.id.isNull() || command.node.fingerprint.size() != FingerprintBytes)
        return invalid(u"a PC has an id and a key"_s);
    if (decision.get<Node>(command.node.id))
        return rejected(u"this PC is a member already"_s, u"exists"_s);
    if (const Result<Done> fit = checkLevel(decision, command.node.featureLevel); !fit)
        return fit.error();
    Node node = command.node;
    node.name = node.name.trimmed();
    node.joinedAt = decision.now();
    node.isRemoved = false;
    decision.record(NodeJoined{node});
    return about(node.id);
}

Decided decide(Decision &decision, const api::UpdateNode &command)
{
    const auto known = decision.get<Node>(command.node);
    if (!known || known->isRemoved)
        return notFound(u"this PC is no member of the office"_s);
    if (!known->fingerprint.isEmpty() && known->fingerprint != command.fingerprint)
        return rejected(u"this PC shows another key than the office knows: it has to join anew"_s,
                        u"other-key"_s);
    if ((!command.fingerprint.isEmpty() && command.fingerprint.size() != FingerprintBytes) ||
        command.addresses.size() > MaxNodeAddresses ||
        (!command.sealingKey.isEmpty() && command.sealingKey.size() != secrets::SealingKeyBytes))
        return invalid(u"a PC has keys, and addresses that are not endless"_s);
    if (const Result<Done> fit = checkLevel(decision, command.featureLevel); !fit)
        return fit.error();
    Node node = *known;
    node.fingerprint = command.fingerprint;
    node.addresses = command.addresses;
    node.sealingKey = command.sealingKey;
    node.featureLevel = command.featureLevel;
    if (node != *known)
        decision.record(NodeChanged{node});
    raiseLevel(decision);
    return about(node.id);
}

Decided decide(Decision &decision, const api::RemoveNode &command)
{
    const auto known = decision.get<Node>(command.node);
    if (!known)
        return notFound(u"no such PC"_s);
    if (command.node == decision.node())
        return rejected(u"this PC routes now: close it first, so that another one does"_s,
                        u"leader"_s);
    if (known->isRemoved)
        return about(known->id);
    Node node = *known;
    node.isRemoved = true;
    decision.record(NodeChanged{node});
    dropSeals(decision, [&](const SealedSecret &seal) { return seal.node == node.id; });
    decision.record(RecoveryKeySet{decision.warm().office.id,
                                   {}}); // it has the old one: the router makes another
    raiseLevel(decision);
    return about(node.id);
}

Decided decide(Decision &decision, const api::SetRecoveryKey &command)
{
    const Office office = decision.warm().office;
    if (command.publicKey.size() != RecoveryKeyBytes)
        return invalid(u"a recovery key has %1 bytes"_s.arg(RecoveryKeyBytes));
    if (!office.recoveryKey.isEmpty())
        return rejected(u"there is a recovery key"_s, u"exists"_s);
    decision.record(RecoveryKeySet{office.id, command.publicKey});
    return about(office.id);
}

/// Of what the PCs that are gone had to send nobody knows whether it left.
Decided decide(Decision &decision, const api::NoteTakeover &command)
{
    decision.record(OfficeTakenOver{command.node, command.generation, command.keptUpTo});
    const auto mayHaveLeft = [&](const Effect &effect) {
        const auto account = decision.get<ChannelAccount>(effect.account);
        const bool isOpen =
            effect.state == EffectState::Ready || effect.state == EffectState::Claimed;
        return isOpen && account && account->owner != command.node &&
               effect.retryAt <= decision.now();
    };
    const bool isAll =
        giveUp(decision, mayHaveLeft, u"It was to be sent by a PC that is gone now"_s);
    return about(decision.warm().office.id, isAll ? QString() : u"more"_s);
}

Decided decide(Decision &decision, const api::SaveAgent &command)
{
    Agent agent = command.agent;
    if (const Result<Done> good = checkName(agent.name, u"an agent's name"_s); !good)
        return good.error();
    if (const Result<Done> good = checkAttributes(command.attributes); !good)
        return good.error();
    if (agent.id.isNull())
        agent.id = decision.newId<AgentId>("agent");
    agent.name = agent.name.trimmed();
    if (isTaken(decision.warm().agents, agent.id, agent.name, &Agent::name))
        return rejected(u"there is an agent called \"%1\" already"_s.arg(agent.name), u"exists"_s);
    const std::optional<Agent> existing = decision.get<Agent>(agent.id);
    if (existing) {
        agent.worker = existing->worker;
        if (agent.passwordHash.isEmpty())
            agent.passwordHash = existing->passwordHash;
    } else if (agent.role != Role::Channel) {
        if (isTaken(decision.set().workers, {}, agent.name, &Worker::friendlyName))
            return rejected(u"there is a worker called \"%1\" already"_s.arg(agent.name),
                            u"exists"_s);
        Worker worker = newWorker(decision, decision.newId<WorkerId>("worker"), agent.name);
        worker.agent = agent.id;
        if (!command.attributes.isEmpty())
            worker.attributes = json::canonical(json::object(command.attributes));
        agent.worker = worker.id;
        decision.record(WorkerCreated{worker});
    }
    decision.record(AgentSaved{agent});
    if (existing && endsSessions(*existing, agent))
        decision.record(SessionsEnded{agent.id, survivor(decision, *existing, agent)});
    if (!command.tokenHash.isEmpty())
        decision.record(SessionOpened{
            {decision.newId<SessionId>("session"), agent.id, command.tokenHash, decision.now()}});
    return about(agent.id);
}

Decided decide(Decision &decision, const api::SaveWorker &command)
{
    if (const Result<Done> good = checkAttributes(command.attributes); !good)
        return good.error();
    const auto existing =
        command.worker.isNull() ? std::nullopt : decision.get<Worker>(command.worker);
    if (!command.worker.isNull() && !existing)
        return notFound(u"no such worker"_s);
    const QString name = command.friendlyName.isEmpty() && existing
                             ? existing->friendlyName
                             : command.friendlyName.trimmed();
    if (const Result<Done> good = checkName(name, u"friendly_name"_s); !good)
        return good.error();
    if (isTaken(decision.set().workers, command.worker, name, &Worker::friendlyName))
        return rejected(u"there is a worker called \"%1\" already"_s.arg(name), u"exists"_s);
    const Json attributes = command.attributes.isEmpty()
                                ? (existing ? existing->attributes : Json{"{}"})
                                : json::canonical(json::object(command.attributes));
    if (existing) {
        decision.record(WorkerUpdated{existing->id, name, attributes});
        return about(existing->id);
    }
    Worker worker = newWorker(decision, decision.newId<WorkerId>("worker"), name);
    worker.attributes = attributes;
    decision.record(WorkerCreated{worker});
    return about(worker.id);
}

Decided decide(Decision &decision, const api::DeleteWorker &command)
{
    if (!decision.get<Worker>(command.worker))
        return notFound(u"no such worker"_s);
    for (const auto &[id, reservation] : decision.set().reservations) {
        if (reservation.worker == command.worker)
            return rejected(u"the worker still has work"_s, enumName(reservation.status));
    }
    decision.record(WorkerDeleted{command.worker});
    return about(command.worker);
}

Decided decide(Decision &decision, const api::OpenSession &command)
{
    const auto agent = decision.get<Agent>(command.agent);
    if (!agent || !agent->isActive)
        return notFound(u"no such agent"_s);
    if (!decision.isOffice() && decision.caller().agent != command.agent)
        return Error{Error::Code::Forbidden, u"a session is opened by the agent itself"_s, {}};
    const auto id = decision.newId<SessionId>("session");
    decision.record(SessionOpened{{id, command.agent, command.tokenHash, decision.now()}});
    return about(id);
}

Decided decide(Decision &decision, const api::CloseSession &command)
{
    const auto session = decision.get<Session>(command.session);
    if (!session)
        return notFound(u"no such session"_s);
    if (!decision.isSupervisor() && session->agent != decision.caller().agent)
        return Error{Error::Code::Forbidden, u"that is another agent's session"_s, {}};
    decision.record(SessionClosed{command.session});
    return about(command.session);
}

Decided decide(Decision &decision, const api::SaveQueue &command)
{
    Queue queue = command.queue;
    if (queue.id.isNull())
        queue.id = decision.newId<QueueId>("queue");
    queue.friendlyName = queue.friendlyName.trimmed();
    if (const Result<Done> good = checkName(queue.friendlyName, u"friendly_name"_s); !good)
        return good.error();
    if (isTaken(decision.set().queues, queue.id, queue.friendlyName, &Queue::friendlyName))
        return rejected(u"there is a queue called \"%1\" already"_s.arg(queue.friendlyName),
                        u"exists"_s);
    if (queue.maxReservedWorkers < 1 || queue.maxReservedWorkers > 50)
        return invalid(u"max_reserved_workers must be 1 to 50"_s);
    if (!queue.targetWorkers.trimmed().isEmpty()) {
        if (const Result<Done> good = routing::validateExpression(queue.targetWorkers); !good)
            return good.error();
    }
    decision.record(QueueSaved{queue});
    return about(queue.id);
}

Decided decide(Decision &decision, const api::SaveWorkspace &command)
{
    const Office &office = decision.warm().office;
    for (const ActivityId &id : {command.defaultActivity, command.timeoutActivity}) {
        if (!decision.get<Activity>(id))
            return notFound(u"no such activity"_s);
    }
    if (decision.get<Activity>(command.timeoutActivity)->available)
        return invalid(u"timeout_activity must be one in which nobody is offered tasks"_s);
    if (command.maxPendingOffers < 1 || command.maxPendingOffers > 50)
        return invalid(u"max_pending_offers must be 1 to 50"_s);
    decision.record(WorkspaceSaved{office.id, command.defaultActivity, command.timeoutActivity,
                                   command.prioritizeQueueOrder, command.maxPendingOffers,
                                   command.usesChannelWeights});
    return about(office.id);
}

Decided decide(Decision &decision, const api::DeleteQueue &command)
{
    if (!decision.get<Queue>(command.queue))
        return notFound(u"no such queue"_s);
    for (const auto &[id, task] : decision.set().tasks) {
        if (task.taskQueue == command.queue || task.waitingQueue() == command.queue)
            return rejected(u"tasks still wait in this queue"_s, enumName(task.assignmentStatus));
    }
    for (const auto &[id, workflow] : decision.set().workflows) {
        if (workflow.configuration.text.contains(command.queue.toString().toUtf8()))
            return rejected(u"workflow \"%1\" leads to this queue"_s.arg(workflow.friendlyName),
                            u"in-use"_s);
    }
    for (const auto &[id, account] : decision.warm().accounts) {
        if (account.queue == command.queue)
            return rejected(u"channel \"%1\" uses this queue"_s.arg(account.name), u"in-use"_s);
    }
    decision.record(QueueDeleted{command.queue});
    return about(command.queue);
}

Decided decide(Decision &decision, const api::SaveWorkflow &command)
{
    Workflow workflow = command.workflow;
    if (workflow.id.isNull())
        workflow.id = decision.newId<WorkflowId>("workflow");
    if (const Result<Done> good = checkName(workflow.friendlyName, u"friendly_name"_s); !good)
        return good.error();
    if (isTaken(decision.set().workflows, workflow.id, workflow.friendlyName,
                &Workflow::friendlyName))
        return rejected(u"there is a workflow called \"%1\" already"_s.arg(workflow.friendlyName),
                        u"exists"_s);
    if (workflow.configuration.text.size() > MaxConfigurationBytes)
        return Error{Error::Code::TooLarge, u"a workflow's configuration may have 1 MiB"_s, {}};
    if (workflow.taskReservationTimeout && (*workflow.taskReservationTimeout < Seconds(1) ||
                                            *workflow.taskReservationTimeout > MaxOfferTimeout))
        return invalid(
            u"task_reservation_timeout must be 1 to %1 seconds"_s.arg(MaxOfferTimeout.count()));
    if (const Result<Done> good = routing::validateWorkflow(decision.set(), workflow.configuration);
        !good)
        return good.error();
    decision.record(WorkflowSaved{workflow});
    return about(workflow.id);
}

Decided decide(Decision &decision, const api::DeleteWorkflow &command)
{
    if (!decision.get<Workflow>(command.workflow))
        return notFound(u"no such workflow"_s);
    if (command.workflow == decision.warm().office.defaultWorkflow)
        return rejected(u"this is the office's default workflow"_s, u"in-use"_s);
    for (const auto &[id, task] : decision.set().tasks) {
        if (task.workflow == command.workflow)
            return rejected(u"tasks still follow this workflow"_s, enumName(task.assignmentStatus));
    }
    decision.record(WorkflowDeleted{command.workflow});
    return about(command.workflow);
}

Decided decide(Decision &decision, const api::SaveActivity &command)
{
    Activity activity = command.activity;
    if (const Result<Done> good = checkName(activity.friendlyName, u"friendly_name"_s); !good)
        return good.error();
    if (activity.id.isNull())
        activity.id = decision.newId<ActivityId>("activity");
    if (isTaken(decision.set().activities, activity.id, activity.friendlyName,
                &Activity::friendlyName))
        return rejected(u"there is an activity called \"%1\" already"_s.arg(activity.friendlyName),
                        u"exists"_s);
    const auto existing = decision.get<Activity>(activity.id);
    if (existing && existing->available != activity.available)
        return rejected(u"whether an activity is available is fixed when it is created"_s,
                        u"fixed"_s);
    decision.record(ActivitySaved{activity});
    return about(activity.id);
}

Decided decide(Decision &decision, const api::SaveTaskChannel &command)
{
    TaskChannel channel = command.taskChannel;
    if (channel.id.isNull())
        channel.id = decision.newId<TaskChannelId>("task-channel");
    if (const Result<Done> good = checkName(channel.uniqueName, u"unique_name"_s); !good)
        return good.error();
    static const QRegularExpression usable(u"^[A-Za-z_][A-Za-z0-9_]*$"_s);
    if (!usable.match(channel.uniqueName).hasMatch())
        return invalid(u"unique_name is letters, digits and _, and begins with none of 0-9"_s);
    const auto existing = decision.get<TaskChannel>(channel.id);
    if (existing && existing->uniqueName != channel.uniqueName)
        return rejected(u"unique_name is fixed when a task channel is created"_s, u"fixed"_s);
    if (channel.defaultCapacity < 0 || channel.defaultCapacity > MaxCapacity)
        return invalid(u"default_capacity must be 0 to %1"_s.arg(MaxCapacity));
    if (channel.channelWeight < 0 || channel.channelWeight > 100)
        return invalid(u"channel_weight must be 0 to 100: a worker has 100"_s);
    if (channel.offerTimeout < Seconds(0) || channel.offerTimeout > MaxOfferTimeout)
        return invalid(u"offer_timeout must be 0 to %1 seconds"_s.arg(MaxOfferTimeout.count()));
    if (channel.friendlyName.trimmed().isEmpty())
        channel.friendlyName = channel.uniqueName;
    if (isTaken(decision.set().taskChannels, channel.id, channel.uniqueName,
                &TaskChannel::uniqueName))
        return rejected(u"there is a task channel called \"%1\" already"_s.arg(channel.uniqueName),
                        u"exists"_s);
    decision.record(TaskChannelSaved{channel});
    return about(channel.id);
}

Decided decide(Decision &decision, const api::DeleteActivity &command)
{
    const auto activity = decision.get<Activity>(command.activity);
    if (!activity)
        return notFound(u"no such activity"_s);
    const Office &office = decision.warm().office;
    if (activity->id == office.defaultActivity || activity->id == office.timeoutActivity)
        return rejected(u"the office itself puts workers into this activity"_s, u"in-use"_s);
    for (const auto &[id, worker] : decision.set().workers) {
        if (worker.activity == activity->id)
            return rejected(u"%1 is in this activity"_s.arg(worker.friendlyName), u"in-use"_s);
    }
    const auto isOtherAvailable = [&](const auto &entry) {
        return entry.first != activity->id && entry.second.available;
    };
    const auto &all = decision.set().activities;
    if (std::none_of(all.begin(), all.end(), isOtherAvailable))
        return rejected(u"without it nobody could be available"_s, u"in-use"_s);
    decision.record(ActivityDeleted{activity->id});
    return about(activity->id);
}

Decided decide(Decision &decision, const api::DeleteTaskChannel &command)
{
    const auto channel = decision.get<TaskChannel>(command.taskChannel);
    if (!channel)
        return notFound(u"no such task channel"_s);
    for (const ChannelDefault &standard : TaskChannels) {
        if (channel->uniqueName == QLatin1String(standard.name))
            return rejected(u"this task channel belongs to every office"_s, u"in-use"_s);
    }
    for (const auto &[id, task] : decision.set().tasks) {
        if (task.taskChannel == channel->uniqueName)
            return rejected(u"tasks of this channel are open"_s, enumName(task.assignmentStatus));
    }
    decision.record(TaskChannelDeleted{channel->id});
    return about(channel->id);
}

namespace {
constexpr qsizetype MaxCommitMessage = 500;

/// What customers meet stays; a flow that they have never met has nothing but its draft.
Decided saveDraft(Decision &decision, Flow flow, const std::optional<Flow> &existing)
{
    if (existing && existing->wasPublished) {
        flow.draft = flow.definition == existing->definition ? Json{} : flow.definition;
        flow.definition = existing->definition;
        flow.wasPublished = true;
    } else {
        flow.draft = {};
        flow.wasPublished = false;
    }
    flow.revision = existing ? existing->revision : 1;
    decision.record(FlowSaved{flow});
    return about(flow.id, u"draft"_s);
}
} // namespace

Decided decide(Decision &decision, const api::SaveFlow &command)
{
    Flow flow = command.flow;
    if (flow.id.isNull())
        flow.id = decision.newId<FlowId>("flow");
    if (const Result<Done> good = checkName(flow.friendlyName, u"friendly_name"_s); !good)
        return good.error();
    if (isTaken(decision.warm().flows, flow.id, flow.friendlyName, &Flow::friendlyName))
        return rejected(u"there is a flow called \"%1\" already"_s.arg(flow.friendlyName),
                        u"exists"_s);
    if (const Result<Done> good = flow::validate(flow.definition); !good)
        return good.error();
    const auto existing = decision.get<Flow>(flow.id);
    if (command.isDraft)
        return saveDraft(decision, flow, existing);
    if (existing && existing->wasPublished)
        flow.revision = existing->revision + int(flow.definition != existing->definition);
    flow.wasPublished = true;
    decision.record(FlowSaved{flow});
    return about(flow.id, u"published"_s);
}

Decided decide(Decision &decision, const api::PublishFlow &command)
{
    auto flow = decision.get<Flow>(command.flow);
    if (!flow)
        return notFound(u"no such flow"_s);
    if (command.message.size() > MaxCommitMessage)
        return invalid(u"a commit message has at most %1 characters"_s.arg(MaxCommitMessage));
    if (flow->wasPublished && flow->draft.isEmpty())
        return about(flow->id, u"published"_s); // there is nothing new
    if (flow->wasPublished) {
        flow->definition = std::exchange(flow->draft, {});
        ++flow->revision;
    }
    flow->wasPublished = true;
    flow->message = command.message;
    decision.record(FlowSaved{*flow});
    return about(flow->id, u"published"_s);
}

Decided decide(Decision &decision, const api::DeleteFlow &command)
{
    if (!decision.get<Flow>(command.flow))
        return notFound(u"no such flow"_s);
    for (const auto &[id, account] : decision.warm().accounts) {
        if (account.flow == command.flow)
            return rejected(u"channel \"%1\" uses this flow"_s.arg(account.name), u"in-use"_s);
    }
    decision.record(FlowDeleted{command.flow});
    return about(command.flow);
}

Decided decide(Decision &decision, const api::SaveAccount &command)
{
    ChannelAccount account = command.account;
    if (const Result<Done> good = checkName(account.name, u"a channel's name"_s); !good)
        return good.error();
    if (!decision.get<Flow>(account.flow))
        return invalid(u"a channel needs a flow: the steps that each new message goes through"_s);
    if (!decision.get<Queue>(account.queue))
        return invalid(u"a channel needs a queue: where its conversations wait for a person"_s);
    const bool isNew = account.id.isNull();
    if (isNew)
        account.id = decision.newId<AccountId>("account");
    else if (!decision.get<ChannelAccount>(account.id) &&
             account.id != decision.newId<AccountId>("account"))
        return notFound(u"no such channel"_s);
    if (isTaken(decision.warm().accounts, account.id, account.name, &ChannelAccount::name))
        return rejected(u"there is a channel called \"%1\" already"_s.arg(account.name),
                        u"exists"_s);
    decision.record(AccountSaved{account});
    if (isNew)
        decision.record(AccountAppointed{account.id, decision.node()});
    return about(account.id);
}

Decided decide(Decision &decision, const api::RemoveAccount &command)
{
    if (!decision.get<ChannelAccount>(command.account))
        return notFound(u"no such channel"_s);
    for (const auto &[id, effect] : decision.warm().effects) {
        if (effect.account == command.account)
            return rejected(u"messages still wait to be sent on this channel"_s,
                            enumName(effect.state));
    }
    decision.record(AccountRemoved{command.account});
    dropSeals(decision, [&](const SealedSecret &seal) { return seal.account == command.account; });
    return about(command.account);
}

Decided decide(Decision &decision, const api::Appoint &command)
{
    const auto account = decision.get<ChannelAccount>(command.account);
    if (!account)
        return notFound(u"no such channel"_s);
    if (!decision.isOffice()) {
        if (account->owner == command.node)
            return about(command.account);
        if (const Result<Done> good = checkHeir(decision, *account, command.node); !good)
            return good.error();
    }
    decision.record(AccountAppointed{command.account, command.node});
    const auto isBegun = [&](const Effect &effect) {
        return effect.account == command.account && effect.state == EffectState::Claimed &&
               effect.claimedBy != command.node;
    };
    // The rest stays claimed until its own PC says what became of it.
    (void)giveUp(decision, isBegun, u"The PC that was sending this went away"_s);
    return about(command.account);
}

} // namespace peerdesk::node
