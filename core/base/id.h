// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QString>
#include <QUuid>
#include <QtEndian>

#include <compare>

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

    bool operator==(const Id &other) const
    {
        return head() == other.head() && tail() == other.tail();
    }
    /// By the bytes of toBytes(), without making them: maps compare millions of times.
    std::strong_ordering operator<=>(const Id &other) const
    {
        const auto order = head() <=> other.head();
        return order != 0 ? order : tail() <=> other.tail();
    }

private:
    quint64 head() const
    {
        return quint64(value.data1) << 32 | quint64(value.data2) << 16 | value.data3;
    }
    quint64 tail() const { return qFromBigEndian<quint64>(value.data4); }
};

/// A fresh random id. Only for clients and edges: what is created by a command derives its id
/// instead.
template <typename IdType>
IdType randomId()
{
    return {QUuid::createUuid()};
}

/// First 16 bytes of SHA-256(`source` ‖ purpose).
QUuid derivedUuid(const QUuid &source, QByteArrayView purpose);

/// An id that derives from another by a purpose word, the same on every node for ever.
template <typename IdType, typename Tag>
IdType derivedId(const Id<Tag> &source, QByteArrayView purpose)
{
    return {derivedUuid(source.value, purpose)};
}

template <typename Tag>
size_t qHash(const Id<Tag> &id, size_t seed = 0)
{
    return qHash(id.value, seed);
}

} // namespace peerdesk
