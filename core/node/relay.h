// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/commands.h"
#include "core/node/decision.h"

#include <variant>

namespace peerdesk::node {

/// A command on its way to the router. The router checks the caller's rights against the log again.
struct RelayedCommand
{
    CommandId id;
    api::Caller caller;
    api::Command command;
};

/// What the router decided; for the asker to give out once it has applied up to `index`.
struct RelayAnswer
{
    CommandId command;
    quint64 index = 0;
    Decided decided = api::Outcome{};
};

/// `state` of an error that says: ask another PC, nothing was done here.
inline constexpr QStringView NotRouter = u"not-router";

QByteArray encode(const RelayedCommand &relayed);
QByteArray encode(const RelayAnswer &answer);
/// Errors: Invalid for bytes that are neither, or a command that this program does not know.
Result<std::variant<RelayedCommand, RelayAnswer>> decodeRelay(const QByteArray &bytes);

} // namespace peerdesk::node
