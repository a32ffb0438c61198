// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/vendorapi.h"

namespace peerdesk::channels::google {

/// Source: Google API Design Guide, "Errors"; YouTube Data API, "Errors".
struct GoogleError
{
    QString reason; ///< "quotaExceeded", "commentsDisabled" ...; empty = there is none
    QString sentence;
};
GoogleError googleError(const vendor::ApiReply &reply);
/// A quota that is used up says 429, whatever status Google gave it.
vendor::ApiReply plain(vendor::ApiReply reply);
bool isQuotaUsedUp(const GoogleError &error);

} // namespace peerdesk::channels::google
