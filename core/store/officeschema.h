// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/database.h"

namespace peerdesk::store {

/// Format of office.db, all versions. Published migrations are never changed.
const std::vector<Migration> &officeSchema();

/// The condition of the index on facts about cards, and on those that erase: SQLite uses it only
/// where a query says the very same. The numbers are the facts' types.
QString factsOfPersons();

} // namespace peerdesk::store
