// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/taskrouter.h"

#include <QJsonDocument>
#include <QSet>

#include <map>

namespace peerdesk::doors {

using namespace Qt::StringLiterals;

namespace {

QJsonObject withoutNulls(const QJsonObject &entry)
{
    QJsonObject out;
    for (auto it = entry.begin(); it != entry.end(); ++it) {
        if (!it->isNull())
            out.insert(it.key(), it.value());
    }
    return out;
}

/// Libraries and tools of the vendor write `friendlyName` where the API says `friendly_name`. Only
/// the members of the resource itself: what is inside belongs to the office.
QJsonObject snakeCased(const QJsonObject &entry)
{
    if (!entry.contains(u"friendlyName"_s) && !entry.contains(u"uniqueName"_s))
        return entry;
    QJsonObject out;
    for (auto it = entry.begin(); it != entry.end(); ++it) {
        QString key;
        for (const QChar letter : it.key())
            key += letter.isUpper() ? u'_' + QString(letter.toLower()) : QString(letter);
        out.insert(key, it.value());
    }
    return out;
}

/// Where a resource belongs that says so by its members alone; empty = nowhere.
QString sectionOf(const QJsonObject &entry)
{
    static const std::pair<QString, QString> signs[] = {{u"task_routing"_s, u"workflows"_s},
                                                        {u"configuration"_s, u"workflows"_s},
                                                        {u"states"_s, u"flows"_s},
                                                        {u"definition"_s, u"flows"_s},
                                                        {u"target_workers"_s, u"queues"_s},
                                                        {u"attributes"_s, u"workers"_s},
                                                        {u"unique_name"_s, u"task_channels"_s},
                                                        {u"available"_s, u"activities"_s}};
    for (const auto &[member, section] : signs) {
        if (entry.contains(member))
            return section;
    }
    return {};
}

/// A list of resources, or one alone, under the names of their sections.
QJsonObject sorted(const QJsonArray &resources)
{
    QJsonObject out;
    for (const QJsonValue value : resources) {
        const QString section = sectionOf(snakeCased(value.toObject()));
        QJsonArray entries = out.value(section).toArray();
        entries.append(value);
        out.insert(section, entries);
    }
    out.remove(QString());
    return out;
}

/// Workers' attributes come as JSON text.
QJsonObject tidied(const QString &section, const QJsonObject &entry)
{
    QJsonObject out = withoutNulls(snakeCased(entry));
    if (section == u"workflows" && !out.contains(u"friendly_name"_s))
        out.insert(u"friendly_name"_s, u"Imported"_s);
    const QJsonValue attributes = out.value(u"attributes"_s);
    if (section == u"workers" && attributes.isString())
        out.insert(u"attributes"_s,
                   QJsonDocument::fromJson(attributes.toString().toUtf8()).object());
    return out;
}

/// Ids of TaskRouter in a value, wherever they stand.
void collectIds(const QJsonValue &value, QSet<QString> &ids)
{
    if (value.isString()) {
        auto found = taskRouterId().globalMatch(value.toString());
        while (found.hasNext())
            ids.insert(found.next().captured(0));
    } else if (value.isArray()) {
        for (const QJsonValue item : value.toArray())
            collectIds(item, ids);
    } else if (value.isObject()) {
        for (const QJsonValue item : value.toObject())
            collectIds(item, ids);
    }
}

/// What the steps of a configuration call their queues.
QSet<QString> queuesNamed(const QJsonObject &configuration)
{
    const QJsonObject routing = configuration.contains(u"task_routing"_s)
                                    ? configuration.value(u"task_routing"_s).toObject()
                                    : configuration;
    QSet<QString> out{routing.value(u"default_filter"_s).toObject().value(u"queue"_s).toString()};
    for (const QJsonValue filter : routing.value(u"filters"_s).toArray()) {
        for (const QJsonValue target : filter.toObject().value(u"targets"_s).toArray())
            out.insert(target.toObject().value(u"queue"_s).toString());
    }
    out.remove(QString());
    return out;
}

QString kindOf(const QString &id)
{
    static const std::map<QString, QString> kinds{{u"WQ"_s, u"queue"_s},
                                                  {u"WA"_s, u"activity"_s},
                                                  {u"WK"_s, u"worker"_s},
                                                  {u"WW"_s, u"workflow"_s},
                                                  {u"TC"_s, u"task_channel"_s}};
    if (!taskRouterId().match(id).hasMatch())
        return u"queue"_s; // a name or a placeholder where a queue is meant
    const auto kind = kinds.find(id.left(2));
    return kind == kinds.end() ? u"other"_s : kind->second;
}

QJsonValue configurationOf(const QJsonObject &workflow)
{
    if (workflow.contains(u"task_routing"_s))
        return workflow.value(u"task_routing"_s);
    const QJsonValue value = workflow.value(u"configuration"_s);
    return value.isString()
               ? QJsonValue(QJsonDocument::fromJson(value.toString().toUtf8()).object())
               : value;
}

} // namespace

const QRegularExpression &taskRouterId()
{
    static const QRegularExpression id(u"\\b[A-Z]{2}[0-9a-f]{32}\\b"_s);
    return id;
}

QJsonObject fromTaskRouter(QJsonObject document, const QStringList &queuesHere,
                           QJsonArray &unmapped)
{
    if (document.value(u"format"_s).toString() == u"peerdesk-config")
        return document;
    const QJsonValue resources = document.value(u"list"_s);
    if (resources.isArray())
        document = sorted(resources.toArray());
    else if (const QJsonObject alone = sorted({document}); !alone.isEmpty())
        document = alone;
    const std::pair<QString, QString> names[] = {{u"task_queues"_s, u"queues"_s},
                                                 {u"taskQueues"_s, u"queues"_s},
                                                 {u"channels"_s, u"task_channels"_s},
                                                 {u"taskChannels"_s, u"task_channels"_s}};
    for (const auto &[theirs, ours] : names) {
        if (document.contains(theirs) && !document.contains(ours))
            document.insert(ours, document.take(theirs));
    }

    QSet<QString> known;
    for (const QString &queue : queuesHere)
        known.insert(queue.toLower());
    for (const QString &section :
         {u"activities"_s, u"task_channels"_s, u"queues"_s, u"workflows"_s, u"workers"_s}) {
        if (!document.value(section).isArray())
            continue;
        QJsonArray entries;
        for (const QJsonValue value : document.value(section).toArray()) {
            const QJsonObject entry = tidied(section, value.toObject());
            known.insert(entry.value(u"sid"_s).toString().toLower());
            if (section == u"queues")
                known.insert(entry.value(u"friendly_name"_s).toString().toLower());
            entries.append(value.isObject() ? QJsonValue(entry) : value);
        }
        document.insert(section, entries);
    }
    QJsonArray queues = document.value(u"queues"_s).toArray();
    for (const QJsonValue value : document.value(u"workflows"_s).toArray()) {
        const QJsonObject workflow = value.toObject();
        QSet<QString> named = queuesNamed(configurationOf(workflow).toObject());
        collectIds(configurationOf(workflow), named);
        QStringList missing = named.values();
        missing.removeIf([&](const QString &name) { return known.contains(name.toLower()); });
        missing.sort();
        for (const QString &id : missing) {
            unmapped.append(QJsonObject{
                {u"kind"_s, kindOf(id)},
                {u"id"_s, id},
                {u"used_by"_s, workflow.value(u"friendly_name"_s).toString(u"Imported"_s)}});
            if (kindOf(id) != u"queue")
                continue;
            known.insert(id.toLower());
            queues.append(QJsonObject{
                {u"sid"_s, id}, {u"friendly_name"_s, id}, {u"target_workers"_s, QString()}});
        }
    }
    if (!queues.isEmpty())
        document.insert(u"queues"_s, queues);
    return document;
}

} // namespace peerdesk::doors
