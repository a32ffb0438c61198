// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/node/applier.h"
#include "core/node/office.h"
#include "core/store/datafolder.h"

namespace peerdesk::node {

/// Opens and closes each file of a folder once: creates and migrates it, tells what is wrong with
/// it, and reads who this PC is. Errors: Storage.
Result<OfficeParts> readFolder(const store::DataFolder &folder);

/// The path of a fact: log → apply → node.
void connectApplier(OfficeService &office, Applier &applier);

} // namespace peerdesk::node
