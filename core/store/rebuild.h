// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

namespace peerdesk::store {

struct RebuildReport
{
    QByteArray digestBefore; ///< empty = a replicated table could not be read
    QByteArray digestAfter;
    qint64 facts = 0;
};

/// Makes office.db anew beside the old one, from its fact archive and content rows alone, and puts
/// it in its place by one rename: whatever else of the old file is damaged is repaired, and a crash
/// leaves either the old file or the new one, whole. Nobody else may have the file open. Thread:
/// any that may wait. Errors: NotFound; Storage (archive or content unreadable, no room); Invalid
/// or Rejected "unknown-fact" if a fact cannot be restored. On an error the old file is as it was.
Result<RebuildReport> rebuild(const QString &officeFile);

/// Removes what a rebuild that did not come to its end has left.
void forgetUnfinishedRebuild(const QString &officeFile);

} // namespace peerdesk::store
