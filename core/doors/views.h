// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"

#include <QJsonObject>

/// How values look at the doors: the field lists of the records, plus the names that doors.md and
/// routing.md add. Nothing here shows a password hash, a token hash or a secret. Pure.
namespace peerdesk::doors::view {

QJsonObject message(const Message &message);
QJsonObject conversation(const Conversation &conversation);
QJsonObject customer(const Customer &customer);
QJsonObject card(const api::CustomerCard &card);
QJsonObject timelineEntry(const api::TimelineEntry &entry);
/// `age`: seconds since the task was created.
QJsonObject task(const Task &task, Time now);
QJsonObject offer(const api::Offer &offer, Time now);
QJsonObject agent(const Agent &agent);
QJsonObject account(const api::AccountStatus &status);
QJsonObject status(const api::OfficeStatus &status);
QJsonObject traceStep(const api::TraceStep &step);
QJsonObject flow(const Flow &flow);
QJsonObject webhook(const Webhook &webhook);
QJsonObject delivery(const WebhookDelivery &delivery);
QJsonObject event(const api::Event &event);
/// {command, state, subject}.
QJsonObject outcome(CommandId command, const api::Outcome &outcome);
/// Hexadecimal id of what a command created or changed; null if nothing.
QJsonValue subject(const api::Outcome &outcome);

/// What a worker's view needs besides the worker.
struct WorkerSurroundings
{
    std::vector<Activity> activities;
    std::vector<TaskChannel> taskChannels;
    std::vector<api::Offer> offers; ///< live ones
};
QJsonObject workerChannel(const Worker &worker, const TaskChannel &channel,
                          const WorkerSurroundings &around);
/// With activity_name and every task channel's capacity as routing.md 2.1 names it.
QJsonObject worker(const Worker &worker, const WorkerSurroundings &around);

template <typename T>
QJsonArray all(const std::vector<T> &items, QJsonObject (*one)(const T &))
{
    QJsonArray out;
    for (const T &item : items)
        out.append(one(item));
    return out;
}

} // namespace peerdesk::doors::view
