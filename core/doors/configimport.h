// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/base/operation.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonObject>

#include <deque>
#include <map>
#include <variant>

namespace peerdesk::doors {

/// What an office has set up, as one document for `config export` and as the ground that
/// `config import` compares with.
struct Directory
{
    std::vector<Activity> activities;
    std::vector<TaskChannel> taskChannels;
    std::vector<Queue> queues;
    std::vector<Workflow> workflows;
    std::vector<Flow> flows;
    std::vector<Worker> workers;
};

/// Reads all of it. Thread: the desk's.
void readDirectory(api::Desk &desk, QObject *guard, Completion<Directory> done);
/// {format, version, activities, task_channels, queues, workflows, flows, workers}. Pure.
QJsonObject configDocument(const Directory &directory);

/// A record that an import may write, without what changes by itself: a worker's activity and
/// times, a flow's revision.
using ConfigRecord = std::variant<Activity, TaskChannel, Queue, Workflow, Flow, Worker>;
using ConfigRecords = std::map<QUuid, ConfigRecord>;
ConfigRecords recordsOf(const Directory &directory);

/// What an import did to one record.
struct ImportedRecord
{
    QUuid id;
    std::optional<ConfigRecord> before; ///< none = the import made it
    ConfigRecord after;                 ///< as it was when the import had ended
};
/// In the order of writing; what is as it was before is not in it.
using ImportTrail = std::vector<ImportedRecord>;

/// Takes a configuration document over. What has the name of something that is here changes that;
/// the rest is created; nothing is deleted; ids in workflows and flows that name an entry of the
/// document (`id` or Twilio's `sid`) are rewritten to the ids here. A bare TaskRouter configuration
/// or Studio flow is taken as one workflow or flow. Importing twice changes nothing more.
/// Answers {imported: {activities, task_channels, queues, workflows, flows, workers}: how many of
/// each, unmapped: what fromTaskRouter() could not find}.
/// Stops at the first entry that is refused, naming it; what came before it stays.
class ConfigImport final : public Operation<QJsonObject>
{
public:
    static constexpr qsizetype MaxEntries = 20'000;

    ConfigImport(api::Desk &desk, api::Caller caller, QJsonObject document,
                 Completion<QJsonObject> done);

    /// Filled when the import ends, also when it stops. Call before start().
    void leaveTrail(std::shared_ptr<ImportTrail> trail) { m_trail = std::move(trail); }
    void start() override;

private:
    struct Entry
    {
        QString section;
        QJsonObject value;
    };

    void plan();
    void next();
    void take(const Entry &entry);
    void saved(const Entry &entry, const Result<api::Outcome> &outcome);
    void end(const Result<QJsonObject> &answer);
    void fillTrail(const ConfigRecords &before, const ConfigRecords &after);
    void shareWorker(const QJsonObject &entry, WorkerId worker);
    Result<api::Command> commandFor(const Entry &entry) const;
    QJsonObject translated(const QJsonObject &document) const;
    QJsonValue translatedValue(const QJsonValue &value, int depth) const;
    QString withIdsHere(QString text) const;

    api::Desk &m_desk;
    api::Caller m_caller;
    QJsonObject m_document;
    Directory m_here;
    std::deque<Entry> m_entries;
    std::deque<api::Command> m_shares; ///< capacity and queue choices of the worker just saved
    QHash<QString, QString> m_ids;     ///< the document's id → the id here
    QJsonObject m_counts;
    QJsonArray m_unmapped;
    std::vector<QUuid> m_written; ///< by this import
    std::shared_ptr<ImportTrail> m_trail;
};

} // namespace peerdesk::doors
