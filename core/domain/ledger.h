// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/domain/ids.h"

namespace peerdesk {

/// The permanent dedupe mark of one provider item.
struct Seen
{
    using Key = Id<struct SeenTag>;
    Key id;            ///< see idFor()
    MessageId message; ///< null for receipts and quarantined items without a conversation

    static constexpr const char *table = "seen";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Seen::id), field(2, "message", &Seen::message)};
    }
    Key key() const { return id; }
    bool operator==(const Seen &) const = default;
    static Key idFor(AccountId account, const QString &providerId)
    {
        return derivedId<Key>(account, providerId.toUtf8());
    }
};

/// What was erased must not come back by an import or from a PC that was away. Tells nothing but
/// that there was something of this id.
struct Tombstone
{
    using Key = Id<struct TombstoneTag>;
    Key id; ///< of the card or the conversation
    Time at;

    static constexpr const char *table = "tombstone";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Tombstone::id), field(2, "at", &Tombstone::at)};
    }
    Key key() const { return id; }
    bool operator==(const Tombstone &) const = default;
    template <typename IdType>
    static Key idFor(const IdType &id)
    {
        return {id.value};
    }
};

/// What became of a command: a repeat of its id gets this answer, with another body it is refused.
struct CommandRecord
{
    using Key = CommandId;
    CommandId id;
    QByteArray bodyHash; ///< SHA-256 of the encoded command: whoever knows what may stand in it can
                         ///< try, so it is erased with the person: then any repeat is taken for one
    QByteArray subject;  ///< 16 bytes: id of what was created or changed, may be empty
    QString state;       ///< e.g. "queued"; what the first answer said
    Time at;
    bool isCreation = false; ///< `subject` derives from the command: recognised for ever

    static constexpr const char *table = "command";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &CommandRecord::id),
                         personal(2, "body_hash", &CommandRecord::bodyHash),
                         field(3, "subject", &CommandRecord::subject),
                         field(4, "state", &CommandRecord::state),
                         field(5, "at", &CommandRecord::at),
                         field(6, "is_creation", &CommandRecord::isCreation)};
    }
    Key key() const { return id; }
    bool operator==(const CommandRecord &) const = default;
};

} // namespace peerdesk
