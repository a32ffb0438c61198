// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/routes.h"
#include "core/doors/schema.h"

#include "core/api/desk.h"

#include <QJsonArray>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

QJsonObject reference(const QString &schema)
{
    return {{u"$ref"_s, u"#/components/schemas/"_s + schema}};
}

QJsonObject withMembers(QJsonObject schema, const QJsonObject &more)
{
    QJsonObject members = schema.value(u"properties"_s).toObject();
    for (auto it = more.begin(); it != more.end(); ++it)
        members.insert(it.key(), it.value());
    schema.insert(u"properties"_s, members);
    return schema;
}

QJsonObject withoutMember(QJsonObject schema, const QString &name)
{
    QJsonObject members = schema.value(u"properties"_s).toObject();
    members.remove(name);
    schema.insert(u"properties"_s, members);
    return schema;
}

QJsonObject typeOf(const QString &word)
{
    if (word == u"time")
        return {{u"type"_s, u"string"_s}, {u"format"_s, u"date-time"_s}};
    return {{u"type"_s, word}};
}

QJsonObject bodySchema(const QString &takes)
{
    QJsonObject members;
    QJsonArray required;
    for (const QString &word : takes.split(u' ', Qt::SkipEmptyParts)) {
        QString name = word.section(u':', 0, 0);
        if (name.endsWith(u'!')) {
            name.chop(1);
            required.append(name);
        }
        members.insert(name, typeOf(word.section(u':', 1)));
    }
    QJsonObject out{{u"type"_s, u"object"_s}, {u"properties"_s, members}};
    if (!required.isEmpty())
        out.insert(u"required"_s, required);
    return out;
}

QJsonObject content(const QString &mediaType, const QJsonObject &schema)
{
    return {{mediaType, QJsonObject{{u"schema"_s, schema}}}};
}

QJsonObject bytes()
{
    return content(u"application/octet-stream"_s,
                   {{u"type"_s, u"string"_s}, {u"format"_s, u"binary"_s}});
}

QJsonObject listOf(const QString &schema)
{
    const QJsonObject item = schema == u"object" ? typeOf(schema) : reference(schema);
    return withMembers(
        {{u"type"_s, u"object"_s}},
        {{u"items"_s, QJsonObject{{u"type"_s, u"array"_s}, {u"items"_s, item}}},
         {u"next_cursor"_s, QJsonObject{{u"type"_s, QJsonArray{u"string"_s, u"null"_s}}}}});
}

QJsonObject goodAnswer(const Route &route)
{
    QJsonObject out{{u"description"_s, u"Done"_s}};
    if (route.success == 204 || route.success == 101)
        return out;
    QJsonObject body = content(u"application/json"_s, typeOf(u"object"_s));
    if (route.gives == u"bytes")
        body = bytes();
    else if (route.gives.startsWith(u'['))
        body = content(u"application/json"_s, listOf(route.gives.mid(1).chopped(1)));
    else if (!route.gives.isEmpty())
        body = content(u"application/json"_s, reference(route.gives));
    out.insert(u"content"_s, body);
    return out;
}

QJsonObject parameter(const QString &name, const QString &place)
{
    QJsonObject out{{u"name"_s, name}, {u"in"_s, place}, {u"schema"_s, typeOf(u"string"_s)}};
    if (place == u"path")
        out.insert(u"required"_s, true);
    return out;
}

QJsonArray parameters(const Route &route)
{
    static const QRegularExpression part(u"\\{([a-z_0-9]+)\\}"_s);
    QJsonArray out;
    auto parts = part.globalMatch(route.path);
    while (parts.hasNext())
        out.append(parameter(parts.next().captured(1), u"path"_s));
    for (const QString &name : route.query.split(u' ', Qt::SkipEmptyParts))
        out.append(parameter(name, u"query"_s));
    if (route.method != "GET" && route.scope != Scope::Everyone)
        out.append(parameter(u"Idempotency-Key"_s, u"header"_s));
    return out;
}

QJsonObject operation(const Route &route)
{
    const QJsonObject problem{
        {u"description"_s, u"Refused or failed; with state where a state forbade it"_s},
        {u"content"_s, content(u"application/problem+json"_s, reference(u"Problem"_s))}};
    QJsonObject out{
        {u"summary"_s, route.summary},
        {u"parameters"_s, parameters(route)},
        {u"responses"_s, QJsonObject{{QString::number(route.success), goodAnswer(route)},
                                     {u"default"_s, problem}}}};
    if (route.takesBytes())
        out.insert(u"requestBody"_s, QJsonObject{{u"content"_s, bytes()}});
    else if (!route.takes.trimmed().isEmpty())
        out.insert(u"requestBody"_s, QJsonObject{{u"content"_s, content(u"application/json"_s,
                                                                        bodySchema(route.takes))}});
    if (route.scope == Scope::Everyone)
        out.insert(u"security"_s, QJsonArray{});
    return out;
}

QJsonObject members(const QString &words)
{
    return bodySchema(words).value(u"properties"_s).toObject();
}

QJsonObject schemas()
{
    const QJsonObject offerMore =
        members(u"reservation_status:string task_attributes:object task_channel:string "
                u"task_priority:integer task_age:integer task_queue:string workflow:string "
                u"conversation:string queue_name:string customer_name:string snippet:string "
                u"remaining:number timeout:integer"_s);
    const QJsonObject channelMore = members(u"task_channel:string assigned_tasks:integer "
                                            u"available_capacity_percentage:integer"_s);
    return {
        {u"Conversation"_s, schemaOf<Conversation>()},
        {u"Message"_s,
         withMembers(schemaOf<Message>(), schemaOf<Content>().value(u"properties"_s).toObject())},
        {u"Customer"_s, withMembers(schemaOf<Customer>(), members(u"addresses:array"_s))},
        {u"TimelineEntry"_s,
         bodySchema(u"conversation:string channel:string title:string at:time"_s)},
        {u"Task"_s, withMembers(schemaOf<Task>(), members(u"age:integer status:string"_s))},
        {u"Reservation"_s, withMembers(schemaOf<Reservation>(), offerMore)},
        {u"Worker"_s, withMembers(schemaOf<Worker>(), members(u"activity_name:string"_s))},
        {u"WorkerChannel"_s, withMembers(schemaOf<WorkerChannel>(), channelMore)},
        {u"Queue"_s, schemaOf<Queue>()},
        {u"Workflow"_s, schemaOf<Workflow>()},
        {u"Activity"_s, schemaOf<Activity>()},
        {u"TaskChannel"_s, schemaOf<TaskChannel>()},
        {u"Flow"_s,
         withMembers(schemaOf<Flow>(), members(u"status:string published_definition:object"_s))},
        {u"Webhook"_s, withMembers(bodySchema(u"id:string url:string events:array active:boolean "
                                              u"created_at:time position:string"_s),
                                   members(u"state:string secret:string"_s))},
        {u"WebhookDelivery"_s,
         withMembers(schemaOf<WebhookDelivery>(), members(u"event_id:string event_type:string"_s))},
        {u"Agent"_s, withoutMember(schemaOf<Agent>(), u"password_hash"_s)},
        {u"ChannelAccount"_s, withMembers(withoutMember(schemaOf<ChannelAccount>(), u"cursor"_s),
                                          members(u"state:string detail:string "
                                                  u"owner_node:string"_s))},
        {u"TraceStep"_s, bodySchema(u"step:string detail:string at:time index:integer"_s)},
        {u"Problem"_s, bodySchema(u"type!:string title!:string status!:integer detail:string "
                                  u"state:string command:string"_s)},
    };
}

} // namespace

QStringList membersOf(const QString &schema)
{
    static const QJsonObject all = schemas();
    return all.value(schema).toObject().value(u"properties"_s).toObject().keys();
}

QJsonObject openApiDocument(const Routes &routes, const QString &version)
{
    QJsonObject paths;
    for (const Route &route : routes) {
        QJsonObject path = paths.value(route.path).toObject();
        path.insert(QString::fromLatin1(route.method).toLower(), operation(route));
        paths.insert(route.path, path);
    }
    return {{u"openapi"_s, u"3.1.0"_s},
            {u"info"_s, QJsonObject{{u"title"_s, u"Peerdesk"_s}, {u"version"_s, version}}},
            {u"servers"_s, QJsonArray{QJsonObject{{u"url"_s, u"/api/v1"_s}}}},
            {u"security"_s, QJsonArray{QJsonObject{{u"bearer"_s, QJsonArray{}}}}},
            {u"paths"_s, paths},
            {u"components"_s,
             QJsonObject{{u"schemas"_s, schemas()},
                         {u"securitySchemes"_s,
                          QJsonObject{{u"bearer"_s, QJsonObject{{u"type"_s, u"http"_s},
                                                                {u"scheme"_s, u"bearer"_s}}}}}}}};
}

} // namespace peerdesk::doors
