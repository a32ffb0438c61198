// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <array>

namespace peerdesk::store {

/// A 256-bit number, least significant part first.
using Lanes = std::array<quint64, 4>;

/// BLAKE2b-256 of one row: table ‖ 0 ‖ key ‖ canonical body.
Lanes rowHash(QByteArrayView table, QByteArrayView key, QByteArrayView body);

/// Fingerprint of a set of rows: the sum of their hashes modulo 2^256, so that it follows single
/// changes and does not depend on their order. It guards against divergence, not against an
/// attacker who may choose rows.
class Digest
{
public:
    void add(const Lanes &row);
    void subtract(const Lanes &row);

    QByteArray bytes() const; ///< 32 bytes
    static Digest fromBytes(const QByteArray &bytes);
    bool operator==(const Digest &) const = default;

private:
    Lanes m_sum{};
};

} // namespace peerdesk::store
