// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>

namespace peerdesk::doors {

/// A TaskRouter id: two capitals and 32 hexadecimal digits.
const QRegularExpression &taskRouterId();

/// A document as TaskRouter gives it out, in the form of `config import`: lists by their names
/// there (`task_queues`, ...), {"list": [...]} of resources of any kind, one resource alone, a bare
/// configuration, documents and attributes as JSON text, null members, members in camelCase. What
/// the document names and neither it nor the office (`queuesHere`: names and ids) holds is added to
/// `unmapped` as {kind, id, used_by}; queues among it, placeholders too, get a stand-in of that
/// name without members, so that the workflow can be taken and nothing that it routes is lost. A
/// document of ours comes out as it is. Pure.
QJsonObject fromTaskRouter(QJsonObject document, const QStringList &queuesHere,
                           QJsonArray &unmapped);

} // namespace peerdesk::doors
