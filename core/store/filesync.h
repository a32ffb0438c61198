// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace peerdesk::store {

/// What was written to the file is on the disk when this returns true.
bool syncFile(const QString &path);
/// Makes the entries of a folder survive a cut of the power: names that came, went or changed.
bool syncFolder(const QString &folder);
/// The folder in which `path` lies.
bool syncFolderOf(const QString &path);

/// Whether a database that is there can be written: its file, the log and the index of the log,
/// which the program may have made when the file could not be. Looks, and writes nothing.
bool canBeWritten(const QString &path);

/// Renames a damaged database of `path` to `path`.damaged, with its write-ahead log, in place of
/// what was set aside before. False if it is still there.
bool setAside(const QString &path);

} // namespace peerdesk::store
