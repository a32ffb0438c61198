// SPDX-License-Identifier: GPL-3.0-or-later
// What members of an office say to each other: frames come out the same however the bytes are cut,
// and a message that is taken is one that can be said.
#include "core/base/codec.h"
#include "core/cluster/beacon.h"
#include "core/cluster/invitation.h"
#include "core/cluster/takeover.h"
#include "core/cluster/wire.h"
#include "core/node/relay.h"

#include <cstdint>

using namespace peerdesk;
using namespace peerdesk::cluster;

namespace {

/// Channel and body of every frame until the bytes end or are refused.
QByteArray framesOf(const QByteArray &bytes, qsizetype piece)
{
    QByteArray seen;
    QByteArray buffer;
    for (qsizetype at = 0; at < bytes.size(); at += piece) {
        buffer += bytes.mid(at, piece);
        for (;;) {
            const auto frame = takeFrame(buffer, MaxHelloBytes);
            if (!frame)
                return seen + '!';
            if (!*frame)
                break;
            seen += char((*frame)->channel) + (*frame)->body + '|';
        }
    }
    return seen;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    if (size > 0 && framesOf(bytes, bytes.size()) != framesOf(bytes, 1))
        __builtin_trap();
    if (const auto message = decodeMessage(bytes)) {
        const auto again = decodeMessage(encode(*message));
        if (!again || *again != *message)
            __builtin_trap();
    }
    if (const auto members = decodeConfiguration(bytes)) {
        const auto again = encode(*members); // two of one number are refused here
        if (again && decodeConfiguration(*again) && *decodeConfiguration(*again) != *members)
            __builtin_trap();
    }
    (void)codec::decode<Hello>(bytes);
    (void)decodeSighting(bytes);
    (void)decodeTakeover(bytes);
    (void)node::decodeRelay(bytes);
    (void)codec::decode<FilePart>(bytes);
    (void)codec::decode<FileFacts>(bytes);
    (void)codec::decode<JoinOffer>(bytes);
    (void)codec::decode<JoinClaim>(bytes);
    (void)codec::decode<JoinAsk>(bytes);
    (void)codec::decode<JoinReveal>(bytes);
    (void)codec::decode<JoinWelcome>(bytes);
    return 0;
}
