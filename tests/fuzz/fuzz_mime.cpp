// SPDX-License-Identifier: GPL-3.0-or-later
// Mail: any bytes become an item, the same one every time.
#include "core/channels/email/mime.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace peerdesk::channels::email;
    const QByteArray raw(reinterpret_cast<const char *>(data), qsizetype(size));
    ParseContext context;
    context.ownAddress = QStringLiteral("desk@example.org");
    const ParsedMail first = parse(raw, context);
    const ParsedMail second = parse(raw, context);
    if (!(first.item == second.item) || first.attachments != second.attachments)
        __builtin_trap();
    return 0;
}
