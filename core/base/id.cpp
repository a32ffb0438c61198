// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/id.h"

#include <sodium.h>

namespace peerdesk {

QUuid derivedUuid(const QUuid &source, QByteArrayView purpose)
{
    const QByteArray start = source.toRfc4122();
    const auto bytes = [](QByteArrayView view) {
        return reinterpret_cast<const unsigned char *>(view.data());
    };
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, bytes(start), size_t(start.size()));
    crypto_hash_sha256_update(&state, bytes(purpose), size_t(purpose.size()));
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256_final(&state, hash.data());
    return QUuid::fromRfc4122(QByteArrayView(hash.data(), 16));
}

} // namespace peerdesk
