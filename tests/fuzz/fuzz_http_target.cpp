// SPDX-License-Identifier: GPL-3.0-or-later
// Request targets: what is accepted has no dots, no control characters and no empty segment before
// the last, and means the same when it is read again.
#include "core/net/routetable.h"

#include <cstdint>

using namespace peerdesk;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const auto target =
        net::parseTarget(QByteArray(reinterpret_cast<const char *>(data), qsizetype(size)));
    if (!target)
        return 0;
    for (qsizetype i = 0; i < target->segments.size(); ++i) {
        const QString &segment = target->segments[i];
        const bool isLast = i + 1 == target->segments.size();
        if (segment == u".." || segment == u"." || segment.contains(QChar(0)) ||
            segment.contains(u'/') || segment.contains(u'\\') || (segment.isEmpty() && !isLast))
            __builtin_trap();
    }
    const auto again = net::parseTarget(target->path.toUtf8().toPercentEncoding("/"));
    if (!again || again->path != target->path)
        __builtin_trap();
    return 0;
}
