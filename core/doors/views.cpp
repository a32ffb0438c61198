// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/views.h"

#include "core/api/eventdocument.h"
#include "core/base/json.h"
#include "core/domain/providerids.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace peerdesk::doors::view {

namespace {

qint64 secondsBetween(Time from, Time to)
{
    if (!from.isSet() || to < from)
        return 0;
    return std::chrono::duration_cast<Seconds>(to - from).count();
}

/// The latest transfer of a task, or null. `to`: whoever it is to go to.
QJsonValue transfer(const Task &task)
{
    if (!task.transfer)
        return {};
    QJsonObject out = json::write(*task.transfer).toObject();
    const bool isToWorker = task.transfer->type == TransferType::Worker;
    out.insert(u"to"_s, out.value(isToWorker ? u"to_worker"_s : u"to_queue"_s));
    return out;
}

} // namespace

QJsonObject message(const Message &message)
{
    QJsonObject out = json::write(message).toObject();
    const QJsonObject content = json::write(message.content).toObject();
    for (auto it = content.begin(); it != content.end(); ++it)
        out.insert(it.key(), it.value());
    // Of several parts at the provider the one that stands for the whole, and all of them.
    out.insert(u"provider_id"_s, mainProviderId(message.providerId));
    out.insert(u"provider_ids"_s, QJsonArray::fromStringList(providerIdsIn(message.providerId)));
    out.insert(u"direction"_s, message.kind == MessageKind::Inbound ? u"inbound"_s : u"outbound"_s);
    return out;
}

QJsonObject conversation(const Conversation &conversation)
{
    QJsonObject out = json::write(conversation).toObject();
    out.insert(u"agent"_s, out.value(u"assignee"_s));
    return out;
}

QJsonObject customer(const Customer &customer)
{
    return json::write(customer).toObject();
}

QJsonObject timelineEntry(const api::TimelineEntry &entry)
{
    return {{u"conversation"_s, json::write(entry.conversation)},
            {u"channel"_s, entry.channel},
            {u"title"_s, entry.title},
            {u"at"_s, json::write(entry.at)}};
}

QJsonObject card(const api::CustomerCard &card)
{
    QJsonObject out = customer(card.customer);
    out.insert(u"addresses"_s, json::write(card.addresses));
    QJsonArray sameMaybe;
    for (const api::SameMaybe &one : card.sameMaybe)
        sameMaybe.append(QJsonObject{{u"customer"_s, customer(one.customer)},
                                     {u"address"_s, json::write(one.address)}});
    out.insert(u"same_maybe"_s, sameMaybe);
    QJsonArray joins;
    for (const CardJoin &join : card.joins)
        joins.append(QJsonObject{{u"from"_s, customer(join.from)},
                                 {u"at"_s, json::write(join.at)},
                                 {u"by"_s, json::write(join.by)}});
    out.insert(u"joins"_s, joins);
    out.insert(u"opt_outs"_s, json::write(card.optOuts));
    return out;
}

QJsonObject task(const Task &task, Time now)
{
    QJsonObject out = json::write(task).toObject();
    out.insert(u"age"_s, secondsBetween(task.dateCreated, now));
    out.insert(u"status"_s, enumName(task.assignmentStatus));
    out.insert(u"transfer"_s, transfer(task));
    return out;
}

QJsonObject offer(const api::Offer &offer, Time now)
{
    QJsonObject out = json::write(offer.reservation).toObject();
    const QString status = enumName(offer.reservation.status);
    out.insert(u"reservation_status"_s, status);
    out.insert(u"task_attributes"_s, json::write(offer.task.attributes));
    out.insert(u"task_channel"_s, offer.task.taskChannel);
    out.insert(u"task_priority"_s, offer.task.priority);
    out.insert(u"task_age"_s, secondsBetween(offer.task.dateCreated, now));
    out.insert(u"task_queue"_s, json::write(offer.task.taskQueue));
    out.insert(u"workflow"_s, json::write(offer.task.workflow));
    out.insert(u"assignment_status"_s, enumName(offer.task.assignmentStatus));
    out.insert(u"conversation"_s, json::write(offer.task.conversation));
    out.insert(u"queue_name"_s, offer.queueName);
    out.insert(u"customer_name"_s, offer.customerName);
    out.insert(u"snippet"_s, offer.snippet);
    out.insert(u"earlier_conversations"_s, offer.earlierConversations);
    const bool counts = offer.reservation.status == ReservationStatus::Pending &&
                        offer.reservation.expiresAt.isSet() && offer.remaining.count() >= 0;
    out.insert(u"remaining"_s,
               counts ? QJsonValue(double(offer.remaining.count()) / 1000.0) : QJsonValue());
    const qint64 timeout =
        secondsBetween(offer.reservation.dateCreated, offer.reservation.expiresAt);
    out.insert(u"timeout"_s, timeout > 0 ? QJsonValue(timeout) : QJsonValue());
    return out;
}

QJsonObject agent(const Agent &agent)
{
    QJsonObject out = json::write(agent).toObject();
    out.remove(u"password_hash"_s);
    out.remove(u"sessions_from"_s);
    out.insert(u"has_password"_s, !agent.passwordHash.isEmpty());
    return out;
}

QJsonObject account(const api::AccountStatus &status)
{
    QJsonObject out = json::write(status.account).toObject();
    out.remove(u"cursor"_s);
    out.insert(u"owner_node"_s, out.value(u"owner"_s));
    out.insert(u"state"_s, enumName(status.state));
    out.insert(u"detail"_s, status.detail);
    return out;
}

QJsonObject status(const api::OfficeStatus &status)
{
    QJsonArray members;
    for (const api::MemberStatus &member : status.members)
        members.append(QJsonObject{
            {u"node"_s, json::write(member.node.id)},
            {u"name"_s, member.node.name},
            {u"role"_s, member.role},
            {u"online"_s, member.isOnline},
            {u"version"_s, member.version},
            {u"addresses"_s,
             QJsonArray::fromStringList(member.node.addresses.split(u' ', Qt::SkipEmptyParts))},
            {u"last_seen"_s,
             member.lastSeen.isSet() ? json::write(member.lastSeen) : QJsonValue()}});
    return {{u"notices"_s, json::write(status.notices)},
            {u"office"_s, json::write(status.office.id)},
            {u"office_name"_s, status.office.name},
            {u"created_at"_s, json::write(status.office.createdAt)},
            {u"timezone"_s, status.office.timeZone},
            {u"locale"_s, status.office.locale},
            {u"node"_s, json::write(status.node)},
            {u"role"_s, status.role},
            {u"leader"_s, json::write(status.leader)},
            {u"term"_s, json::write(status.term)},
            {u"routed_since"_s, json::write(status.routedSince)},
            {u"catching_up_to"_s, json::write(status.catchUp.of)},
            {u"applied_index"_s, json::write(status.appliedIndex)},
            {u"digest"_s, json::write(status.digest)},
            {u"generation"_s, json::write(status.generation)},
            {u"members"_s, members},
            {u"channels"_s, all(status.channels, &account)},
            {u"queued_outbound"_s, status.queuedOutbound},
            {u"trouble"_s, status.trouble}};
}

QJsonObject traceStep(const api::TraceStep &step)
{
    return {{u"step"_s, step.step},
            {u"detail"_s, step.detail},
            {u"at"_s, json::write(step.at)},
            {u"index"_s, json::write(step.index)}};
}

/// `definition` is what is worked on; what customers meet stands beside it while it differs.
QJsonObject flow(const Flow &flow)
{
    const bool hasDraft = !flow.draft.isEmpty();
    QJsonObject out = json::write(flow).toObject();
    out.remove(u"draft"_s);
    out.remove(u"was_published"_s);
    out.insert(u"status"_s, hasDraft || !flow.wasPublished ? u"draft"_s : u"published"_s);
    if (hasDraft) {
        out.insert(u"definition"_s, json::write(flow.draft));
        out.insert(u"published_definition"_s, json::write(flow.definition));
    }
    return out;
}

QJsonObject webhook(const Webhook &webhook)
{
    const bool isRetrying =
        !webhook.recent.empty() && webhook.recent.back().state == DeliveryState::Retrying;
    return {{u"id"_s, json::write(webhook.id)},
            {u"url"_s, webhook.url},
            {u"events"_s, json::write(webhook.events)},
            {u"active"_s, webhook.isActive},
            {u"state"_s, !webhook.isActive ? u"paused"_s
                         : isRetrying      ? u"retrying"_s
                                           : u"ok"_s},
            {u"position"_s, u"%1-%2"_s.arg(webhook.index).arg(webhook.ordinal)},
            {u"created_at"_s, json::write(webhook.createdAt)}};
}

QJsonObject delivery(const WebhookDelivery &delivery)
{
    QJsonObject out = json::write(delivery).toObject();
    const QString id = u"%1-%2"_s.arg(delivery.index).arg(delivery.ordinal);
    out.insert(u"id"_s, id);
    out.insert(u"event_id"_s, id);
    out.insert(u"event_type"_s, delivery.event);
    return out;
}

QJsonObject event(const api::Event &event)
{
    return api::eventDocument(event);
}

QJsonValue subject(const api::Outcome &outcome)
{
    return outcome.subject.isEmpty() ? QJsonValue()
                                     : QJsonValue(QString::fromLatin1(outcome.subject.toHex()));
}

QJsonObject outcome(CommandId command, const api::Outcome &outcome)
{
    return {{u"command"_s, command.toString()},
            {u"status"_s, u"done"_s},
            {u"state"_s, outcome.state},
            {u"subject"_s, subject(outcome)}};
}

QJsonObject workerChannel(const Worker &worker, const TaskChannel &channel,
                          const WorkerSurroundings &around)
{
    WorkerChannel share{channel.defaultCapacity, true};
    const auto own = worker.channels.find(channel.uniqueName);
    if (own != worker.channels.end())
        share = own->second;
    const auto holds = [&](const api::Offer &offer) {
        return offer.reservation.worker == worker.id &&
               offer.reservation.status != ReservationStatus::Pending &&
               offer.task.taskChannel == channel.uniqueName;
    };
    const auto assigned = std::count_if(around.offers.begin(), around.offers.end(), holds);
    const qint64 free = std::max<qint64>(0, share.configuredCapacity - assigned);
    QJsonObject out = json::write(share).toObject();
    out.insert(u"task_channel"_s, channel.uniqueName);
    out.insert(u"assigned_tasks"_s, qint64(assigned));
    out.insert(u"available_capacity_percentage"_s,
               share.configuredCapacity > 0 ? free * 100 / share.configuredCapacity : 0);
    return out;
}

QJsonObject worker(const Worker &worker, const WorkerSurroundings &around)
{
    QJsonObject out = json::write(worker).toObject();
    const auto activity =
        std::find_if(around.activities.begin(), around.activities.end(),
                     [&](const Activity &one) { return one.id == worker.activity; });
    out.insert(u"activity_name"_s,
               activity == around.activities.end() ? QString() : activity->friendlyName);
    QJsonObject channels;
    for (const TaskChannel &channel : around.taskChannels)
        channels.insert(channel.uniqueName, workerChannel(worker, channel, around));
    out.insert(u"channels"_s, channels);
    return out;
}

} // namespace peerdesk::doors::view
