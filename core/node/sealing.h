// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/office.h"
#include "core/domain/secret.h"
#include "core/secrets/seal.h"

namespace peerdesk::node {

/// A secret of a channel account with what it is bound to.
struct AccountSecretValue
{
    AccountId account;
    QString name;
    qint64 version = 0;
    QByteArray value;

    static constexpr auto fields()
    {
        return FieldList{field(1, "account", &AccountSecretValue::account),
                         field(2, "name", &AccountSecretValue::name),
                         field(3, "version", &AccountSecretValue::version),
                         field(4, "value", &AccountSecretValue::value)};
    }
    bool operator==(const AccountSecretValue &) const = default;
};

/// Errors: Invalid, if the node has no sealing key; TooLarge over MaxSecretBytes.
Result<SealedSecret> sealFor(const Node &node, const AccountSecretValue &secret);
/// The value, if the seal was made for this pair and for exactly the account, name and version that
/// it stands under. Errors: Invalid.
Result<QByteArray> unsealed(const secrets::SealingPair &pair, const SealedSecret &seal);

} // namespace peerdesk::node
