// SPDX-License-Identifier: GPL-3.0-or-later
// The HTML sanitiser: what comes out is bounded and has nothing that runs or loads by itself.
#include "core/channels/email/html.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace peerdesk::channels::email;
    const CleanHtml clean =
        sanitize(QString::fromUtf8(reinterpret_cast<const char *>(data), qsizetype(size)));
    if (clean.html.toUtf8().size() > 2 * MaxHtmlOutput || clean.text.size() > 2 * MaxDerivedText)
        __builtin_trap();
    for (const QLatin1String evil :
         {QLatin1String("<script"), QLatin1String("<iframe"), QLatin1String("<object"),
          QLatin1String("<form"), QLatin1String("<style"), QLatin1String("<link"),
          QLatin1String("<meta"), QLatin1String("src=\"http"), QLatin1String("src=\"file"),
          QLatin1String("href=\"javascript"), QLatin1String("href=\"file")}) {
        if (clean.html.contains(evil, Qt::CaseInsensitive))
            __builtin_trap();
    }
    return 0;
}
