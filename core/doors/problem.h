// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/domain/ids.h"
#include "core/net/server.h"

#include <QJsonObject>

namespace peerdesk::doors {

/// HTTP status of an expected failure, as core/base/result.h names it.
int httpStatus(Error::Code code);
/// Short stable name of the failure: the `type` of the problem document.
QString problemType(Error::Code code);
/// Problem document: type, title, status, detail, and `state` where a state forbade the action.
/// With `command`, an unknown outcome carries the id to ask /commands/{id} about.
/// Source: RFC 9457.
QJsonObject problemDocument(const Error &error, CommandId command = {});
net::HttpResponse problemResponse(const Error &error, CommandId command = {});

} // namespace peerdesk::doors
