// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QStringList>

namespace peerdesk::channels::slack {

/// Permissions of the bot token that the app needs.
const QStringList &neededScopes();
/// The office's own internal app as the vendor takes it: api.slack.com/apps > Create New App >
/// From a manifest. JSON.
QByteArray manifest();

} // namespace peerdesk::channels::slack
