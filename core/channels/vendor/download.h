// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/vendorapi.h"

namespace peerdesk::channels::vendor {

/// The bytes of an address, for FileGathering. Errors: TooLarge, NotFound (404, 410), Unknown (5xx,
/// no whole answer), Network, Forbidden (any other answer, with its status).
void download(VendorApi &api, ApiCall call, qint64 maxBytes, Completion<QByteArray> done);

} // namespace peerdesk::channels::vendor
