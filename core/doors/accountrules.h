// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/domain/channel.h"

#include <QJsonArray>
#include <QJsonObject>

namespace peerdesk::doors {

/// What someone wants a channel account to be: settings in the open, secrets apart.
struct AccountDraft
{
    ChannelAccount account;
    std::map<QString, QByteArray> secrets; ///< go to the SecretStore, never into a command
};

/// The type's entry in Desk::channelTypes(). Errors: Invalid, naming the types there are.
Result<QJsonObject> channelType(const QJsonArray &types, const QString &type);

/// Fills in fallbacks and refuses, before anything is saved, what could not work: an unknown type,
/// no name, no flow or queue (M28), a required setting or secret that is missing, an unknown
/// setting, a secret among the settings. `isNew`: secrets must be there too. Errors: Invalid.
Result<AccountDraft> checkedAccount(const QJsonArray &types, AccountDraft draft, bool isNew);

} // namespace peerdesk::doors
