// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/events/upcast.h"

#include <QCryptographicHash>

#include <algorithm>

namespace peerdesk::events {

namespace {

constexpr int Format = 1;

/// Personal content of one fact.
struct Personal
{
    QByteArray salt;
    std::map<QString, QByteArray> values; ///< path of the field → its encoding

    static constexpr auto fields()
    {
        return FieldList{field(1, "salt", &Personal::salt), field(2, "values", &Personal::values)};
    }
};

struct EncodedFact
{
    int type = 0;
    int version = 0;
    QByteArray body;

    static constexpr auto fields()
    {
        return FieldList{field(1, "type", &EncodedFact::type),
                         field(2, "version", &EncodedFact::version),
                         field(3, "body", &EncodedFact::body)};
    }
    bool operator==(const EncodedFact &) const = default;
};

struct Envelope
{
    int format = 0;
    CommandId command;
    quint64 term = 0;
    Time time;
    NodeId origin;
    AgentId actor;
    SessionId session;
    std::vector<EncodedFact> facts;
    QByteArray salt;

    static constexpr auto fields()
    {
        return FieldList{
            field(1, "format", &Envelope::format),   field(2, "command", &Envelope::command),
            field(3, "term", &Envelope::term),       field(4, "time", &Envelope::time),
            field(5, "origin", &Envelope::origin),   field(6, "actor", &Envelope::actor),
            field(7, "session", &Envelope::session), field(8, "facts", &Envelope::facts),
            field(9, "salt", &Envelope::salt)};
    }
};

/// Calls `visit` with a default-made value of the fact type numbered `type`; false if there is
/// none.
template <typename Visit, size_t... I>
bool withFactType(int type, Visit &&visit, std::index_sequence<I...>)
{
    return ((std::variant_alternative_t<I, AnyFact>::type == type
                 ? (visit(std::variant_alternative_t<I, AnyFact>{}), true)
                 : false) ||
            ...);
}

/// The version of fact `type` that this program writes; 0 = it knows no such type.
int currentVersionOf(int type)
{
    int version = 0;
    withFactType(
        type, [&](const auto &fact) { version = std::decay_t<decltype(fact)>::version; },
        std::make_index_sequence<std::variant_size_v<AnyFact>>());
    return version;
}

Error needsNewer(const QString &what)
{
    return rejected(what + QStringLiteral(" needs a newer Peerdesk: update this PC"),
                    QStringLiteral("unknown-fact"));
}

/// `stored` in the version that this program writes.
Result<ArchivedFact> raised(ArchivedFact stored, std::span<const Upcaster> upcasters)
{
    const int current = currentVersionOf(stored.type);
    if (stored.version > current || levelOf(stored.type, stored.version) > featureLevel()) {
        return needsNewer(QStringLiteral("fact type %1 version %2")
                              .arg(QString::number(stored.type), QString::number(stored.version)));
    }
    return upcast(std::move(stored), current, upcasters);
}

Result<Fact> decodeFact(const ArchivedFact &fact, const codec::Reader::PersonalSource &source)
{
    std::optional<Fact> out;
    const auto visit = [&](auto value) {
        if (codec::Reader(fact.body, source).value(value))
            out = std::move(value);
    };
    withFactType(fact.type, visit, std::make_index_sequence<std::variant_size_v<AnyFact>>());
    if (!out)
        return invalid(QStringLiteral("fact type %1 is damaged").arg(fact.type));
    return std::move(*out);
}

QByteArray encodeFact(const Fact &fact, const codec::Writer::PersonalSink &sink = {})
{
    QByteArray body;
    codec::Writer writer(&body, sink);
    std::visit([&](const auto &f) { writer.value(f); }, fact);
    return body;
}

int typeOf(const Fact &fact)
{
    return std::visit([](const auto &f) { return std::decay_t<decltype(f)>::type; }, fact);
}
int versionOf(const Fact &fact)
{
    return std::visit([](const auto &f) { return std::decay_t<decltype(f)>::version; }, fact);
}

/// Names of the task router's event list where it has one.
struct Namer
{
    const char *operator()(const OfficeCreated &) const { return "workspace.created"; }
    const char *operator()(const WorkspaceSaved &) const { return "workspace.updated"; }
    const char *operator()(const TransferInitiated &) const { return "task.transfer-initiated"; }
    const char *operator()(const TransferAttemptFailed &) const
    {
        return "task.transfer-attempt-failed";
    }
    const char *operator()(const TransferFailed &) const { return "task.transfer-failed"; }
    const char *operator()(const TransferCanceled &) const { return "task.transfer-canceled"; }
    const char *operator()(const TransferCompleted &) const { return "task.transfer-completed"; }
    const char *operator()(const NodeJoined &) const { return "node.joined"; }
    const char *operator()(const NodeChanged &) const { return "node.changed"; }
    const char *operator()(const AgentSaved &) const { return "agent.saved"; }
    const char *operator()(const SessionOpened &) const { return "session.opened"; }
    const char *operator()(const SessionClosed &) const { return "session.closed"; }
    const char *operator()(const SessionsEnded &) const { return "session.ended"; }
    const char *operator()(const ActivitySaved &) const { return "activity.updated"; }
    const char *operator()(const TaskChannelSaved &) const { return "task-channel.updated"; }
    const char *operator()(const ActivityDeleted &) const { return "activity.deleted"; }
    const char *operator()(const TaskChannelDeleted &) const { return "task-channel.deleted"; }
    const char *operator()(const QueueSaved &) const { return "task-queue.expression.updated"; }
    const char *operator()(const QueueDeleted &) const { return "task-queue.deleted"; }
    const char *operator()(const WorkflowSaved &) const { return "workflow.updated"; }
    const char *operator()(const WorkflowDeleted &) const { return "workflow.deleted"; }
    const char *operator()(const FlowSaved &) const { return "flow.saved"; }
    const char *operator()(const FlowDeleted &) const { return "flow.deleted"; }
    const char *operator()(const WorkerCreated &) const { return "worker.created"; }
    const char *operator()(const WorkerUpdated &) const { return "worker.attributes.update"; }
    const char *operator()(const WorkerDeleted &) const { return "worker.deleted"; }
    const char *operator()(const WorkerActivityChanged &) const { return "worker.activity.update"; }
    const char *operator()(const WorkerChannelChanged &f) const
    {
        return f.isSwitch ? "worker.channel.availability.update" : "worker.capacity.update";
    }
    const char *operator()(const WorkerOneMoreChanged &) const { return "worker.capacity.update"; }
    const char *operator()(const WorkerQueueOptChanged &) const { return "worker.queue.update"; }
    const char *operator()(const AccountSaved &) const { return "channel.saved"; }
    const char *operator()(const AccountRemoved &) const { return "channel.removed"; }
    const char *operator()(const AccountAppointed &) const { return "channel.appointed"; }
    const char *operator()(const CursorMoved &) const { return "channel.cursor"; }
    const char *operator()(const SecretSealed &) const { return "channel.secret-sealed"; }
    const char *operator()(const RecoveryKeySet &) const { return "office.recovery-key-set"; }
    const char *operator()(const OfficeTakenOver &) const { return "office.taken-over"; }
    const char *operator()(const FeatureLevelRaised &) const
    {
        return "office.feature-level-raised";
    }
    const char *operator()(const SealsDropped &) const { return "channel.seals-dropped"; }
    const char *operator()(const CustomerCreated &) const { return "customer.created"; }
    const char *operator()(const CustomerUpdated &) const { return "customer.updated"; }
    const char *operator()(const AddressLinked &) const { return "customer.address-linked"; }
    const char *operator()(const CustomerMerged &) const { return "customer.merged"; }
    const char *operator()(const ConversationMoved &) const { return "conversation.moved"; }
    const char *operator()(const ConversationOpened &) const { return "conversation.created"; }
    const char *operator()(const ConversationUpdated &) const { return "conversation.updated"; }
    const char *operator()(const ConversationRead &) const { return "conversation.read"; }
    const char *operator()(const ConversationAssigned &) const { return "conversation.assigned"; }
    const char *operator()(const MessageReceived &) const { return "message.received"; }
    const char *operator()(const MessageAdded &) const { return "message.added"; }
    const char *operator()(const MessageStateChanged &) const { return "message.state"; }
    const char *operator()(const MessageAltered &) const { return "message.altered"; }
    const char *operator()(const ItemSeen &) const { return "channel.item-seen"; }
    const char *operator()(const EffectIntended &) const { return "effect.intended"; }
    const char *operator()(const EffectClaimed &) const { return "effect.claimed"; }
    const char *operator()(const EffectEnded &) const { return "effect.ended"; }
    const char *operator()(const EffectRetried &) const { return "effect.retried"; }
    const char *operator()(const ExecutionStarted &) const { return "execution.started"; }
    const char *operator()(const ExecutionMoved &) const { return "execution.step"; }
    const char *operator()(const ExecutionEnded &) const { return "execution.ended"; }
    const char *operator()(const TaskCreated &) const { return "task.created"; }
    const char *operator()(const TaskUpdated &) const { return "task.updated"; }
    const char *operator()(const TaskEnteredQueue &) const { return "task-queue.entered"; }
    const char *operator()(const TaskNoted &f) const
    {
        return EnumNames<RoutingMark>::names[size_t(f.mark)];
    }
    const char *operator()(const ReservationWrapping &) const { return "reservation.wrapup"; }
    const char *operator()(const ReservationCompleted &) const { return "reservation.completed"; }
    const char *operator()(const TaskCanceled &) const { return "task.canceled"; }
    const char *operator()(const TaskWrapping &) const { return "task.wrapup"; }
    const char *operator()(const TaskCompleted &) const { return "task.completed"; }
    const char *operator()(const ReservationCreated &) const { return "reservation.created"; }
    const char *operator()(const ReservationAccepted &) const { return "reservation.accepted"; }
    const char *operator()(const ReservationRejected &) const { return "reservation.rejected"; }
    const char *operator()(const ReservationTimedOut &) const { return "reservation.timeout"; }
    const char *operator()(const ReservationCanceled &) const { return "reservation.canceled"; }
    const char *operator()(const ReservationRescinded &) const { return "reservation.rescinded"; }
    const char *operator()(const WebhookSaved &) const { return "webhook.updated"; }
    const char *operator()(const WebhookDeleted &) const { return "webhook.deleted"; }
    const char *operator()(const WebhookMoved &) const { return "webhook.delivery"; }
    const char *operator()(const ContentErased &) const { return "customer.content-erased"; }
    const char *operator()(const CustomerErased &) const { return "customer.erased"; }
    const char *operator()(const CardsJoined &) const { return "customer.joined"; }
    const char *operator()(const CardJoinUndone &) const { return "customer.join-undone"; }
    const char *operator()(const LikenessNoted &) const { return "customer.likeness"; }
    const char *operator()(const OptOutChanged &) const { return "customer.opt-out"; }
    const char *operator()(const ConversationContinued &) const { return "conversation.continued"; }
    const char *operator()(const RoutesForgotten &) const { return "conversation.routes-erased"; }
    const char *operator()(const ConversationImported &) const { return "conversation.imported"; }
    const char *operator()(const MessageImported &) const { return "message.imported"; }
    const char *operator()(const CommandDone &) const { return "command.done"; }
    const char *operator()(const CommandsForgotten &) const { return "command.forgotten"; }
    const char *operator()(const DigestAt &) const { return "digest"; }
};

/// A thing's id derives from the command that created it, under one of these words or its name.
template <typename IdType>
bool derives(const IdType &id, CommandId command, std::initializer_list<QByteArray> purposes)
{
    return std::any_of(purposes.begin(), purposes.end(), [&](const QByteArray &purpose) {
        return derivedId<IdType>(command, purpose) == id;
    });
}

bool isCreation(const Fact &fact, CommandId command)
{
    if (const auto *f = std::get_if<ActivitySaved>(&fact))
        return derives(f->activity.id, command, {"activity", f->activity.friendlyName.toUtf8()});
    if (const auto *f = std::get_if<TaskChannelSaved>(&fact))
        return derives(f->taskChannel.id, command,
                       {"task-channel", f->taskChannel.uniqueName.toUtf8()});
    if (const auto *f = std::get_if<QueueSaved>(&fact))
        return derives(f->queue.id, command, {"queue", "everyone"});
    if (const auto *f = std::get_if<WorkflowSaved>(&fact))
        return derives(f->workflow.id, command, {"workflow"});
    if (const auto *f = std::get_if<WebhookSaved>(&fact))
        return derives(f->webhook.id, command, {"webhook"});
    return false;
}

} // namespace

QString factName(const Fact &fact)
{
    return QString::fromLatin1(std::visit(Namer{}, fact));
}

QString factName(const Fact &fact, CommandId command)
{
    const QString name = factName(fact);
    const qsizetype dot = name.indexOf(u'.');
    return isCreation(fact, command) ? name.left(dot) + QStringLiteral(".created") : name;
}

int levelOf(const Fact &fact)
{
    return levelOf(typeOf(fact), versionOf(fact));
}

QByteArray encode(const Batch &batch)
{
    Envelope envelope{Format,      batch.command, batch.term, batch.time, batch.origin,
                      batch.actor, batch.session, {},         batch.salt};
    envelope.facts.reserve(batch.facts.size());
    for (const Fact &fact : batch.facts)
        envelope.facts.push_back({typeOf(fact), versionOf(fact), encodeFact(fact)});
    return codec::encode(envelope);
}

Result<Batch> decodeBatch(const QByteArray &bytes)
{
    return decodeBatch(bytes, publishedUpcasters());
}

Result<Batch> decodeBatch(const QByteArray &bytes, std::span<const Upcaster> upcasters)
{
    if (bytes.size() > MaxBatchBytes)
        return invalid(QStringLiteral("batch of %1 bytes is over the bound").arg(bytes.size()));
    Result<Envelope> envelope = codec::decode<Envelope>(bytes);
    if (!envelope)
        return envelope.error();
    if (envelope->format != Format) {
        return needsNewer(QStringLiteral("log format %1").arg(envelope->format));
    }
    if (envelope->facts.size() > MaxBatchFacts)
        return invalid(
            QStringLiteral("batch of %1 facts is over the bound").arg(envelope->facts.size()));
    Batch batch{envelope->command,
                envelope->term,
                envelope->time,
                envelope->origin,
                envelope->actor,
                envelope->session,
                {},
                envelope->salt};
    batch.facts.reserve(envelope->facts.size());
    for (const EncodedFact &encoded : envelope->facts) {
        const Result<ArchivedFact> current =
            raised({encoded.type, encoded.version, encoded.body, {}}, upcasters);
        if (!current)
            return current.error();
        Result<Fact> fact = decodeFact(*current, {});
        if (!fact)
            return fact.error();
        const auto *raise = std::get_if<FeatureLevelRaised>(&*fact);
        if (raise && raise->level > featureLevel())
            return needsNewer(QStringLiteral("an office of level %1").arg(raise->level));
        batch.facts.push_back(std::move(*fact));
    }
    return batch;
}

QByteArray saltOf(const Batch &batch, int ordinal)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(batch.salt);
    hash.addData("fact:" + QByteArray::number(ordinal));
    return hash.result().left(SaltBytes);
}

ArchivedFact archive(const Fact &fact, const QByteArray &salt)
{
    Personal personal{salt, {}};
    const QByteArray body = encodeFact(fact, [&](const QByteArray &path, const QByteArray &plain) {
        personal.values.emplace(QString::fromLatin1(path), plain);
        return QCryptographicHash::hash(salt + path + ':' + plain, QCryptographicHash::Sha256);
    });
    return {typeOf(fact), versionOf(fact), body,
            personal.values.empty() ? QByteArray() : codec::encode(personal)};
}

Result<Fact> restore(const ArchivedFact &archived)
{
    return restore(archived, publishedUpcasters());
}

Result<Fact> restore(const ArchivedFact &archived, std::span<const Upcaster> upcasters)
{
    const Result<ArchivedFact> current = raised(archived, upcasters);
    if (!current)
        return current.error();
    Personal personal;
    if (!current->personal.isEmpty()) {
        auto decoded = codec::decode<Personal>(current->personal);
        if (!decoded)
            return decoded.error();
        personal = std::move(*decoded);
    }
    return decodeFact(*current, [&](const QByteArray &path) {
        const auto found = personal.values.find(QString::fromLatin1(path));
        return found == personal.values.end() ? QByteArray() : found->second;
    });
}

} // namespace peerdesk::events
