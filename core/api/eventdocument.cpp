// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/eventdocument.h"

#include "core/base/json.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace peerdesk::api {

namespace {

/// Events carry records as they are in the log.
QJsonValue withoutHashes(const QJsonValue &value)
{
    if (value.isArray()) {
        QJsonArray out;
        for (const QJsonValue item : value.toArray())
            out.append(withoutHashes(item));
        return out;
    }
    if (!value.isObject())
        return value;
    QJsonObject out;
    const QJsonObject members = value.toObject();
    for (auto it = members.begin(); it != members.end(); ++it) {
        if (it.key() != u"password_hash" && it.key() != u"token_hash")
            out.insert(it.key(), withoutHashes(it.value()));
    }
    return out;
}

} // namespace

QJsonObject eventDocument(const Event &event)
{
    return {{u"id"_s, event.id()},
            {u"type"_s, event.name},
            {u"event_type"_s, event.name},
            {u"index"_s, json::write(event.index)},
            {u"ordinal"_s, event.ordinal},
            {u"timestamp"_s, json::write(event.at)},
            {u"timestamp_ms"_s, event.at.ms},
            {u"payload"_s, withoutHashes(json::write(event.payload))}};
}

} // namespace peerdesk::api
