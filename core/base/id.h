// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QCryptographicHash>
#include <QHash>
#include <QString>
#include <QUuid>

#include <compare>
#include <cstring>

namespace peerdesk {

/// Strong 128-bit identifier: a TaskId never converts to a WorkerId.
template <typename Tag>
struct Id
{
    QUuid value;

    bool isNull() const { return value.isNull(); }
    /// 32 lower-case hexadecimal digits; empty for the null id.
    QString toString() const { return isNull() ? QString() : value.toString(QUuid::Id128); }
    /// Accepts what toString() gives and the dashed form; anything else is the null id.
    static Id fromString(QStringView text)
    {
        if (text.size() != 32)
            return {QUuid::fromString(text)};
        const QByteArray bytes = QByteArray::fromHex(text.toLatin1());
        return {bytes.size() == 16 ? QUuid::fromRfc4122(bytes) : QUuid()};
    }
    QByteArray toBytes() const { return value.toRfc4122(); }

    bool operator==(const Id &) const = default;
    /// By the bytes of toBytes(), without making them: maps compare millions of times.
    std::strong_ordering operator<=>(const Id &other) const
    {
        if (const auto order = value.data1 <=> other.value.data1; order != 0)
            return order;
        if (const auto order = value.data2 <=> other.value.data2; order != 0)
            return order;
        if (const auto order = value.data3 <=> other.value.data3; order != 0)
            return order;
        return std::memcmp(value.data4, other.value.data4, sizeof value.data4) <=> 0;
    }
};

/// A fresh random id. Only for clients and edges: what is created by a command derives its id
/// instead.
template <typename IdType>
IdType randomId()
{
    return {QUuid::createUuid()};
}

/// An id that derives from another by a purpose word, the same on every node for ever.
/// First 16 bytes of SHA-256(bytes of `source` ‖ purpose).
template <typename IdType, typename Tag>
IdType derivedId(const Id<Tag> &source, QByteArrayView purpose)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(source.toBytes());
    hash.addData(purpose);
    return {QUuid::fromRfc4122(hash.result().left(16))};
}

template <typename Tag>
size_t qHash(const Id<Tag> &id, size_t seed = 0)
{
    return qHash(id.value, seed);
}

} // namespace peerdesk
