// SPDX-License-Identifier: GPL-3.0-or-later
// Frames of the web chat's WebSocket: any bytes are a frame or a refusal.
#include "core/channels/webchat/frames.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)peerdesk::channels::webchat::parseFrame(
        QByteArray(reinterpret_cast<const char *>(data), qsizetype(size)));
    return 0;
}
