// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace peerdesk::app {

/// Where a passphrase file lies that was chosen when the office was made.
QString secretsFile(const QString &dataDir);

/// "os", or "file:PATH" if a person has chosen the passphrase file for this folder. For programs
/// that were not told by --keystore.
QString keptKeystore(const QString &dataDir);

} // namespace peerdesk::app
