// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

/// A message of ours may become several of the provider's (a long text, a file besides): then
/// `Message::providerId` holds the ids of all of them, the main one first. The others lead to it
/// by their `Seen`.
namespace peerdesk {

constexpr QChar BetweenProviderIds(0x1f); ///< no provider's id has it: the unit separator

inline QString joinedProviderIds(const QStringList &ids)
{
    return ids.join(BetweenProviderIds);
}
inline QStringList providerIdsIn(const QString &joined)
{
    return joined.split(BetweenProviderIds, Qt::SkipEmptyParts);
}
inline QString mainProviderId(const QString &joined)
{
    return joined.section(BetweenProviderIds, 0, 0);
}

} // namespace peerdesk
