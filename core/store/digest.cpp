// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/digest.h"

#include <QtEndian>

#include <sodium.h>

namespace peerdesk::store {

namespace {

void feed(crypto_generichash_state &state, QByteArrayView bytes)
{
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char *>(bytes.data()),
                              size_t(bytes.size()));
}

} // namespace

Lanes rowHash(QByteArrayView table, QByteArrayView key, QByteArrayView body)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, 32);
    feed(state, table);
    feed(state, QByteArrayView("", 1));
    feed(state, key);
    feed(state, body);
    std::array<unsigned char, 32> hash{};
    crypto_generichash_final(&state, hash.data(), hash.size());
    Lanes lanes{};
    for (size_t i = 0; i < lanes.size(); ++i)
        lanes[i] = qFromLittleEndian<quint64>(hash.data() + 8 * i);
    return lanes;
}

void Digest::add(const Lanes &row)
{
    quint64 carry = 0;
    for (size_t i = 0; i < m_sum.size(); ++i) {
        const quint64 partial = m_sum[i] + carry;
        carry = partial < carry ? 1 : 0;
        m_sum[i] = partial + row[i];
        carry += m_sum[i] < partial ? 1 : 0;
    }
}

void Digest::subtract(const Lanes &row)
{
    quint64 borrow = 0;
    for (size_t i = 0; i < m_sum.size(); ++i) {
        const quint64 partial = m_sum[i] - borrow;
        borrow = partial > m_sum[i] ? 1 : 0;
        m_sum[i] = partial - row[i];
        borrow += m_sum[i] > partial ? 1 : 0;
    }
}

QByteArray Digest::bytes() const
{
    QByteArray out(32, '\0');
    for (size_t i = 0; i < m_sum.size(); ++i)
        qToLittleEndian(m_sum[i], out.data() + 8 * i);
    return out;
}

Digest Digest::fromBytes(const QByteArray &bytes)
{
    Digest digest;
    if (bytes.size() == 32) {
        for (size_t i = 0; i < digest.m_sum.size(); ++i)
            digest.m_sum[i] = qFromLittleEndian<quint64>(bytes.constData() + 8 * i);
    }
    return digest;
}

} // namespace peerdesk::store
