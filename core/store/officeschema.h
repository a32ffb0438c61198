// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/database.h"

namespace peerdesk::store {

/// Format of office.db, all versions. Published migrations are never changed.
const std::vector<Migration> &officeSchema();

} // namespace peerdesk::store
