// SPDX-License-Identifier: GPL-3.0-or-later
// The sealed file: no bytes open with a key they were not sealed with, and none make us crash.
#include "core/secrets/sealedmap.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace peerdesk::secrets;
    static const SealingKey key{{1, 8 * 1024 * 1024}, QByteArray(16, 's'), QByteArray(32, 'k')};
    if (openMap(QByteArray(reinterpret_cast<const char *>(data), qsizetype(size)), key))
        __builtin_trap();
    return 0;
}
