// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/commands.h"
#include "core/node/decision.h"

#include <optional>
#include <variant>

namespace peerdesk::node {

/// A command on its way to the router. The router checks the caller's rights against the log again.
struct RelayedCommand
{
    CommandId id;
    api::Caller caller;
    api::Command command;
};

/// One that this program does not know, or not all of: whoever sent it runs a newer one.
struct UnknownCommand
{
    CommandId id;
};

/// What the router decided; for the asker to give out once it has applied up to `index`.
struct RelayAnswer
{
    CommandId command;
    quint64 index = 0;
    Decided decided = api::Outcome{};
};

/// A node asks to go on acting, and the router's yes.
struct LeaseNote
{
    bool isGranted = false;
    qint64 sentAt = 0; ///< of the request, on the boot clock of who asked
    qint64 wall = 0;   ///< of who says it: UTC milliseconds
    /// Of a yes: how far the log of who says it reached. It counts once that is applied: who acts
    /// knows which channels are its own.
    quint64 position = 0;
};

/// About the bytes of an attachment, from one PC to another.
struct AttachmentNote
{
    /// Ask for the part at `offset`; Part gives it, with the size of the whole (-1 = not here);
    /// Offer asks to keep a copy; Held says that there is one, durably.
    enum class Kind { Ask, Part, Offer, Held };
    Kind kind = Kind::Ask;
    QByteArray sha256;
    qint64 offset = 0;
    qint64 size = 0;
    QByteArray bytes;
};

/// About a channel. Questions go from a PC that does not run it to the one that does, and their
/// answers back; news go from each PC to all others, which may be too old to understand them.
struct ChannelNote
{
    /// Questions: Hook, a call of its provider; Templates, which ones its provider has; Test,
    /// whether it works. Answer: to `id`. News: Health, how it does, from who runs it; Presence,
    /// who looks at or writes in one of its conversations.
    enum class Kind { Hook, Templates, Answer, Test, Health, Presence };
    Kind kind = Kind::Hook;
    CommandId id; ///< of the question
    AccountId account;
    QByteArray bytes;
    std::optional<Error> error; ///< of an answer
};

/// `state` of an error that says: ask another PC, nothing was done here.
inline constexpr QStringView NotRouter = u"not-router";

QByteArray encode(const RelayedCommand &relayed);
QByteArray encode(const RelayAnswer &answer);
QByteArray encode(const LeaseNote &note);
QByteArray encode(const AttachmentNote &note);
QByteArray encode(const ChannelNote &note);
using Relayed = std::variant<RelayedCommand, UnknownCommand, RelayAnswer, LeaseNote, AttachmentNote,
                             ChannelNote>;
/// Errors: Invalid for bytes that are nothing of it.
Result<Relayed> decodeRelay(const QByteArray &bytes);

} // namespace peerdesk::node
