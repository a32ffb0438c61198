// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/configimport.h"

#include "core/base/json.h"
#include "core/doors/body.h"
#include "core/doors/taskrouter.h"

#include <QJsonDocument>

#include <algorithm>
#include <set>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

constexpr int MaxDepth = 64;
const QStringList Sections{u"activities"_s, u"task_channels"_s, u"queues"_s,
                           u"workflows"_s,  u"flows"_s,         u"workers"_s};

/// Where the parts of a directory are collected until the last has come.
struct Collection
{
    api::Desk &desk;
    QObject *guard;
    std::shared_ptr<Directory> into;
    std::function<void(const std::optional<Error> &)> arrived;

    template <typename Record>
    void read(void (api::Desk::*ask)(Completion<std::vector<Record>>),
              std::vector<Record> Directory::*member) const
    {
        (desk.*ask)({guard, [to = into, member, next = arrived](Result<std::vector<Record>> found) {
                         if (!found)
                             return next(found.error());
                         (*to).*member = *found;
                         next({});
                     }});
    }
};

/// Names are compared as decide compares them.
template <typename Record>
Record existingByName(const std::vector<Record> &all, QString Record::*member, const QString &name)
{
    const auto found = std::find_if(all.begin(), all.end(), [&](const Record &one) {
        return (one.*member).compare(name, Qt::CaseInsensitive) == 0;
    });
    return found == all.end() ? Record{} : *found;
}

/// Reads an entry onto the record of the same name. Errors: Invalid.
template <typename Record>
Result<Record> merged(const std::vector<Record> &all, QString Record::*member,
                      const QJsonObject &entry, const char *nameField,
                      const QStringList &except = {})
{
    const QString name = entry.value(QLatin1String(nameField)).toString();
    Record record = existingByName(all, member, name);
    Body in(entry);
    in.require(nameField).takeAll(record, QStringList{u"id"_s} + except);
    if (in.error())
        return *in.error();
    return record;
}

QString nameOf(const QJsonObject &entry)
{
    const QString name = entry.value(u"friendly_name"_s).toString();
    return name.isEmpty() ? entry.value(u"unique_name"_s).toString() : name;
}

/// A document inside an entry may be an object or JSON text.
QJsonObject inner(const QJsonObject &entry, const QString &name)
{
    const QJsonValue value = entry.value(name);
    return value.isString() ? QJsonDocument::fromJson(value.toString().toUtf8()).object()
                            : value.toObject();
}

/// Bare TaskRouter and Studio documents become entries of ours.
QJsonObject normalised(const QString &section, QJsonObject entry)
{
    if (section == u"workflows" && entry.contains(u"task_routing"_s))
        return {
            {u"friendly_name"_s, entry.value(u"friendly_name"_s).toString(u"Imported"_s)},
            {u"configuration"_s, QJsonObject{{u"task_routing"_s, entry.value(u"task_routing"_s)}}}};
    if (section == u"flows" && entry.contains(u"states"_s)) {
        const QString name = entry.value(u"description"_s).toString().left(64).trimmed();
        return {{u"friendly_name"_s, name.isEmpty() ? u"Imported flow"_s : name},
                {u"definition"_s, entry}};
    }
    for (const QString &name : {u"configuration"_s, u"definition"_s}) {
        if (entry.contains(name))
            entry.insert(name, inner(entry, name));
    }
    return entry;
}

template <typename Record>
QJsonArray list(const std::vector<Record> &records)
{
    return json::write(records).toArray();
}

} // namespace

void readDirectory(api::Desk &desk, QObject *guard, Completion<Directory> done)
{
    auto into = std::make_shared<Directory>();
    auto answer = std::make_shared<Completion<Directory>>(std::move(done));
    auto left = std::make_shared<int>(6);
    const auto one = [into, answer, left](const std::optional<Error> &error) {
        if (error)
            return answer->answer(*error);
        if (--*left == 0)
            answer->answer(*into);
    };
    const Collection all{desk, guard, into, one};
    all.read(&api::Desk::activities, &Directory::activities);
    all.read(&api::Desk::taskChannels, &Directory::taskChannels);
    all.read(&api::Desk::queues, &Directory::queues);
    all.read(&api::Desk::workflows, &Directory::workflows);
    all.read(&api::Desk::flows, &Directory::flows);
    all.read(&api::Desk::workers, &Directory::workers);
}

ConfigRecords recordsOf(const Directory &directory)
{
    ConfigRecords all;
    const auto add = [&all](const auto &records) {
        for (const auto &record : records)
            all.emplace(record.id.value, record);
    };
    add(directory.activities);
    add(directory.taskChannels);
    add(directory.queues);
    add(directory.workflows);
    for (Flow flow : directory.flows) {
        flow.revision = 1;
        flow.wasPublished = true; // one that never was is what customers meet all the same
        all.emplace(flow.id.value, flow);
    }
    for (const Worker &worker : directory.workers) {
        Worker lasting;
        lasting.id = worker.id;
        lasting.friendlyName = worker.friendlyName;
        lasting.attributes = worker.attributes;
        lasting.channels = worker.channels;
        lasting.optedOut = worker.optedOut;
        all.emplace(worker.id.value, lasting);
    }
    return all;
}

QJsonObject configDocument(const Directory &directory)
{
    return {{u"format"_s, u"peerdesk-config"_s},
            {u"version"_s, 1},
            {u"activities"_s, list(directory.activities)},
            {u"task_channels"_s, list(directory.taskChannels)},
            {u"queues"_s, list(directory.queues)},
            {u"workflows"_s, list(directory.workflows)},
            {u"flows"_s, list(directory.flows)},
            {u"workers"_s, list(directory.workers)}};
}

ConfigImport::ConfigImport(api::Desk &desk, api::Caller caller, QJsonObject document,
                           Completion<QJsonObject> done)
    : Operation<QJsonObject>(std::move(done), &desk)
    , m_desk(desk)
    , m_caller(std::move(caller))
    , m_document(std::move(document))
{}

void ConfigImport::start()
{
    readDirectory(m_desk, this, {this, [this](Result<Directory> here) {
                                     if (!here)
                                         return finish(here.error());
                                     m_here = *here;
                                     plan();
                                 }});
}

void ConfigImport::plan()
{
    QStringList queues;
    for (const Queue &queue : m_here.queues)
        queues << queue.friendlyName << queue.id.toString();
    m_document = fromTaskRouter(m_document, queues, m_unmapped);
    for (const QString &section : Sections) {
        const QJsonValue entries = m_document.value(section);
        if (!entries.isUndefined() && !entries.isArray())
            return finish(invalid(u"The member \"%1\" must be a list"_s.arg(section)));
        for (const QJsonValue entry : entries.toArray())
            m_entries.push_back({section, normalised(section, entry.toObject())});
    }
    if (m_entries.empty())
        return finish(invalid(u"The document holds nothing that could be imported"_s));
    if (qsizetype(m_entries.size()) > MaxEntries)
        return finish(
            Error{Error::Code::TooLarge, u"At most %1 entries at once"_s.arg(MaxEntries), {}});
    next();
}

void ConfigImport::next()
{
    if (!m_shares.empty()) {
        const api::Command share = m_shares.front();
        m_shares.pop_front();
        m_desk.submit(m_caller, randomId<CommandId>(), share,
                      {this, [this](Result<api::Outcome> outcome) {
                           outcome ? next() : end(outcome.error());
                       }});
        return;
    }
    if (m_entries.empty())
        return end(QJsonObject{{u"imported"_s, m_counts}, {u"unmapped"_s, m_unmapped}});
    const Entry entry = m_entries.front();
    m_entries.pop_front();
    take(entry);
}

void ConfigImport::take(const Entry &entry)
{
    const Result<api::Command> command = commandFor(entry);
    if (!command)
        return saved(entry, command.error());
    m_desk.submit(m_caller, randomId<CommandId>(), *command,
                  {this, [this, entry](Result<api::Outcome> outcome) { saved(entry, outcome); }});
}

void ConfigImport::saved(const Entry &entry, const Result<api::Outcome> &outcome)
{
    if (!outcome) {
        Error error = outcome.error();
        error.detail = u"%1, \"%2\": %3"_s.arg(entry.section, nameOf(entry.value), error.detail);
        return end(error);
    }
    m_written.push_back(QUuid::fromRfc4122(outcome->subject));
    const QString here = QString::fromLatin1(outcome->subject.toHex());
    for (const QString &name : {u"id"_s, u"sid"_s}) {
        const QString there = entry.value.value(name).toString();
        if (!there.isEmpty() && !here.isEmpty())
            m_ids.insert(there, here);
    }
    m_counts.insert(entry.section, m_counts.value(entry.section).toInt() + 1);
    if (entry.section == u"workers")
        shareWorker(entry.value, outcome->as<WorkerId>());
    next();
}

/// The trail is told before the end: who hears the end may take all back at once. If it cannot be
/// read, it stays empty, and nobody is promised an undo.
void ConfigImport::end(const Result<QJsonObject> &answer)
{
    if (!m_trail)
        return finish(answer);
    readDirectory(m_desk, this, {this, [this, answer](const Result<Directory> &now) {
                                     if (now)
                                         fillTrail(recordsOf(m_here), recordsOf(*now));
                                     finish(answer);
                                 }});
}

void ConfigImport::fillTrail(const ConfigRecords &before, const ConfigRecords &after)
{
    std::set<QUuid> seen;
    for (const QUuid &id : m_written) {
        const auto was = before.find(id);
        const auto is = after.find(id);
        if (is == after.end() || !seen.insert(id).second)
            continue;
        if (was == before.end())
            m_trail->push_back({id, std::nullopt, is->second});
        else if (was->second != is->second)
            m_trail->push_back({id, was->second, is->second});
    }
}

void ConfigImport::shareWorker(const QJsonObject &entry, WorkerId worker)
{
    const QJsonObject channels = entry.value(u"channels"_s).toObject();
    for (auto it = channels.begin(); it != channels.end(); ++it) {
        WorkerChannel share;
        if (json::read(it.value(), share))
            m_shares.push_back(api::SetWorkerChannel{worker, it.key(), share});
    }
    for (const QJsonValue queue : entry.value(u"opted_out"_s).toArray()) {
        const QString id = m_ids.value(queue.toString(), queue.toString());
        m_shares.push_back(api::OptQueue{worker, QueueId::fromString(id), false});
    }
}

Result<api::Command> ConfigImport::commandFor(const Entry &entry) const
{
    const QJsonObject value = translated(entry.value);
    if (entry.section == u"activities") {
        const auto one = merged(m_here.activities, &Activity::friendlyName, value, "friendly_name");
        return one ? Result<api::Command>(api::SaveActivity{*one}) : one.error();
    }
    if (entry.section == u"task_channels") {
        const auto one =
            merged(m_here.taskChannels, &TaskChannel::uniqueName, value, "unique_name");
        return one ? Result<api::Command>(api::SaveTaskChannel{*one}) : one.error();
    }
    if (entry.section == u"queues") {
        const auto one = merged(m_here.queues, &Queue::friendlyName, value, "friendly_name");
        return one ? Result<api::Command>(api::SaveQueue{*one}) : one.error();
    }
    if (entry.section == u"workflows") {
        const auto one = merged(m_here.workflows, &Workflow::friendlyName, value, "friendly_name");
        return one ? Result<api::Command>(api::SaveWorkflow{*one}) : one.error();
    }
    if (entry.section == u"flows") {
        const auto one =
            merged(m_here.flows, &Flow::friendlyName, value, "friendly_name",
                   {u"revision"_s, u"draft"_s, u"was_published"_s}); // what it says is in force
        return one ? Result<api::Command>(api::SaveFlow{*one}) : one.error();
    }
    Body in(value);
    api::SaveWorker worker;
    in.require("friendly_name").take("friendly_name", worker.friendlyName);
    in.takeObject("attributes", worker.attributes);
    if (in.error())
        return *in.error();
    worker.worker = existingByName(m_here.workers, &Worker::friendlyName, worker.friendlyName).id;
    return api::Command(worker);
}

QJsonObject ConfigImport::translated(const QJsonObject &document) const
{
    QJsonObject out;
    for (auto it = document.begin(); it != document.end(); ++it) {
        const bool isOwnId = it.key() == u"id" || it.key() == u"sid";
        out.insert(it.key(), isOwnId ? it.value() : translatedValue(it.value(), 0));
    }
    return out;
}

/// TaskRouter ids inside expressions.
QString ConfigImport::withIdsHere(QString text) const
{
    auto found = taskRouterId().globalMatch(text);
    QStringList ids;
    while (found.hasNext())
        ids.append(found.next().captured(0));
    for (const QString &id : ids) {
        if (const auto here = m_ids.constFind(id); here != m_ids.constEnd())
            text.replace(id, *here);
    }
    return text;
}

/// Every text that is the id of an entry that was saved before becomes the id here.
QJsonValue ConfigImport::translatedValue(const QJsonValue &value, int depth) const
{
    if (value.isString()) {
        const auto found = m_ids.constFind(value.toString());
        return found == m_ids.constEnd() ? QJsonValue(withIdsHere(value.toString()))
                                         : QJsonValue(*found);
    }
    if (depth >= MaxDepth)
        return value;
    if (value.isArray()) {
        QJsonArray out;
        for (const QJsonValue item : value.toArray())
            out.append(translatedValue(item, depth + 1));
        return out;
    }
    if (!value.isObject())
        return value;
    QJsonObject out;
    const QJsonObject members = value.toObject();
    for (auto it = members.begin(); it != members.end(); ++it)
        out.insert(it.key(), translatedValue(it.value(), depth + 1));
    return out;
}

} // namespace peerdesk::doors
