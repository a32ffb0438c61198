// SPDX-License-Identifier: GPL-3.0-or-later
// The IMAP parser: the same bytes give the same responses however they are cut into pieces. The
// first byte says how long the pieces are.
#include "core/channels/email/imapparser.h"

#include <algorithm>
#include <cstdint>

using namespace peerdesk::channels::email;

namespace {

std::vector<ImapResponse> responses(const QByteArray &bytes, qsizetype piece)
{
    ImapParser parser;
    std::vector<ImapResponse> out;
    for (qsizetype at = 0; at < bytes.size(); at += piece) {
        const bool isFine = parser.feed(bytes.mid(at, piece)).has_value();
        while (parser.hasResponse())
            out.push_back(parser.take());
        if (!isFine)
            break;
    }
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const QByteArray bytes(reinterpret_cast<const char *>(data + 1), qsizetype(size - 1));
    const auto whole = responses(bytes, std::max<qsizetype>(1, bytes.size()));
    if (whole != responses(bytes, 1 + data[0] % 32))
        __builtin_trap();
    return 0;
}
