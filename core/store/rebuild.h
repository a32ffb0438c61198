// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

namespace peerdesk::store {

struct RebuildReport
{
    QByteArray digestBefore;
    QByteArray digestAfter;
    qint64 facts = 0;
};

/// Drops every replicated table of office.db and fills it again from the fact archive and its
/// content rows, in one transaction: a crash leaves the file as it was. Nobody else may have the
/// file open for writing. Thread: any that may wait. Errors: NotFound; Storage; Invalid or Rejected
/// "unknown-fact" if a fact cannot be restored (nothing is changed).
Result<RebuildReport> rebuild(const QString &officeFile);

} // namespace peerdesk::store
