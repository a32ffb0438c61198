// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/channel.h"
#include "core/domain/office.h"

namespace peerdesk {

/// Settings of channels whose answers everybody can read: the least role that may answer in public,
/// and that may hide, like and delete (M29). Values: agent (also when it is not set), supervisor,
/// admin; with any other word only admins may.
inline const QString AnswersBy = QStringLiteral("answers_by");
inline const QString ActionsBy = QStringLiteral("actions_by");

/// The least role that `setting` of the channel lets through.
inline Role leastRole(const ChannelAccount &account, const QString &setting)
{
    const auto set = account.settings.find(setting);
    if (set == account.settings.end())
        return Role::Agent;
    const Role least = enumFromName<Role>(set->second).value_or(Role::Admin);
    return least == Role::Agent || least == Role::Supervisor ? least : Role::Admin;
}

inline bool isAllowed(const ChannelAccount &account, const QString &setting, Role role)
{
    const Role least = leastRole(account, setting);
    return least == Role::Agent || role == Role::Admin || role == least;
}

} // namespace peerdesk
