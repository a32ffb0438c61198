// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/channel.h"
#include "core/store/attachmentstore.h"

namespace peerdesk::node {

/// The item in a form that always fits a batch: who sent it, the beginning of what it says, and the
/// whole of it as an attachment. Equal items give equal ones, so the dedupe holds. Errors: Storage.
Result<InboundItem> quarantined(const InboundItem &item, const QString &reason,
                                const store::AttachmentStore &attachments);

} // namespace peerdesk::node
