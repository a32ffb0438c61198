// SPDX-License-Identifier: GPL-3.0-or-later
// Batches of facts: any bytes are refused or decode to a batch that encodes and decodes to itself.
#include "core/events/batch.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace peerdesk::events;
    const auto batch =
        decodeBatch(QByteArray(reinterpret_cast<const char *>(data), qsizetype(size)));
    if (!batch)
        return 0;
    const auto again = decodeBatch(encode(*batch));
    if (!again || !(*again == *batch))
        __builtin_trap();
    return 0;
}
