// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/domain/ids.h"

namespace peerdesk {

/// Most bytes of a channel account's secret: what a seal may carry through the log.
constexpr qsizetype MaxSecretBytes = 16 * 1024;

/// One secret of a channel account as one PC alone can open it. What is sealed names account,
/// secret and version as well: a seal in another's place opens nothing.
struct SealedSecret
{
    using Key = SealId;
    SealId id; ///< newId() of the three below
    AccountId account;
    QString name;       ///< the setting's key
    NodeId node;        ///< who can open it
    qint64 version = 0; ///< 1 and up; the same for every PC that has the same value
    QByteArray sealed;

    static constexpr const char *table = "sealed_secret";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &SealedSecret::id),
                         field(2, "account", &SealedSecret::account),
                         field(3, "name", &SealedSecret::name),
                         field(4, "node", &SealedSecret::node),
                         field(5, "version", &SealedSecret::version),
                         field(6, "sealed", &SealedSecret::sealed)};
    }
    static SealId newId(AccountId account, const QString &name, NodeId node)
    {
        return derivedId<SealId>(account, "seal " + node.toBytes() + name.toUtf8());
    }
    Key key() const { return id; }
    bool operator==(const SealedSecret &) const = default;
};

} // namespace peerdesk
