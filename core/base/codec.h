// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/base/result.h"

#include <QCborStreamReader>
#include <QCborStreamWriter>

#include <functional>
#include <limits>
#include <type_traits>

namespace peerdesk::codec {

/// Deepest nesting accepted on reading.
constexpr int MaxDepth = 16;
/// Most elements accepted in one array or map on reading.
constexpr quint64 MaxElements = 100'000;

/// Canonical CBOR of a value: definite lengths, integer keys ascending, fields equal to the type's
/// (frozen) default left out. Equal values are equal bytes on every node. Source: RFC 8949
/// section 4.2.
class Writer
{
public:
    /// With `personalSink`, fields marked personal are written as the SHA-256 of their encoding and
    /// handed to the sink. `path`: the field keys from the outermost value, joined by dots.
    using PersonalSink = std::function<void(const QByteArray &path, const QByteArray &encoded)>;

    explicit Writer(QByteArray *out, PersonalSink sink = {})
        : m_cbor(out)
        , m_sink(std::move(sink))
    {}

    void value(bool v) { m_cbor.append(v); }
    void value(const QString &v) { m_cbor.append(QStringView(v)); }
    void value(const QByteArray &v) { m_cbor.appendByteString(v.constData(), v.size()); }
    void value(Time v) { m_cbor.append(v.ms); }
    void value(const Json &v) { value(v.text); }
    template <typename I>
        requires(std::is_integral_v<I> && !std::is_same_v<I, bool>)
    void value(I v)
    {
        if constexpr (std::is_signed_v<I>)
            m_cbor.append(qint64(v));
        else
            m_cbor.append(quint64(v));
    }
    template <typename E>
        requires std::is_enum_v<E>
    void value(E v) { m_cbor.append(qint64(v)); }
    template <typename R, typename P>
    void value(std::chrono::duration<R, P> v)
    {
        m_cbor.append(qint64(v.count()));
    }
    template <typename Tag>
    void value(const Id<Tag> &v)
    {
        value(v.toBytes());
    }
    template <typename T>
    void value(const std::vector<T> &v)
    {
        m_cbor.startArray(quint64(v.size()));
        for (const T &item : v)
            value(item);
        m_cbor.endArray();
    }
    template <typename K, typename V>
    void value(const std::map<K, V> &v)
    {
        m_cbor.startMap(quint64(v.size()));
        for (const auto &[key, item] : v) {
            value(key);
            value(item);
        }
        m_cbor.endMap();
    }
    template <Fielded T>
    void value(const T &v)
    {
        static const T defaults{};
        const auto fields = T::fields();
        quint64 present = 0;
        std::apply(
            [&](const auto &...f) {
                ((present += isPresent(v.*(f.member), defaults.*(f.member)) ? 1U : 0U), ...);
            },
            fields);
        m_cbor.startMap(present);
        std::apply([&](const auto &...f) { (writeField(v, defaults, f), ...); }, fields);
        m_cbor.endMap();
    }

private:
    template <typename M>
    static bool isPresent(const M &member, const M &fallback)
    {
        if constexpr (detail::IsOptional<M>::value)
            return member.has_value();
        else
            return !(member == fallback);
    }
    template <typename T, typename F>
    void writeField(const T &owner, const T &defaults, const F &f)
    {
        const auto &member = owner.*(f.member);
        if (!isPresent(member, defaults.*(f.member)))
            return;
        m_cbor.append(qint64(f.key));
        const QByteArray outer = m_path;
        m_path += (outer.isEmpty() ? "" : ".") + QByteArray::number(f.key);
        if (f.personal && m_sink) {
            QByteArray plain;
            Writer(&plain).present(member);
            m_sink(m_path, plain);
            value(QCryptographicHash::hash(plain, QCryptographicHash::Sha256));
        } else {
            present(member);
        }
        m_path = outer;
    }
    template <typename M>
    void present(const M &member)
    {
        if constexpr (detail::IsOptional<M>::value)
            value(*member);
        else
            value(member);
    }

    QCborStreamWriter m_cbor;
    PersonalSink m_sink;
    QByteArray m_path;
};

/// Reads what Writer wrote. Unknown keys are skipped, missing keys keep the default; wrong types
/// and bounds fail. With a `PersonalSource`, personal fields are asked from it instead of being
/// taken from the stream.
class Reader
{
public:
    using PersonalSource = std::function<QByteArray(const QByteArray &path)>;

    explicit Reader(const QByteArray &in, PersonalSource source = {})
        : m_cbor(in)
        , m_source(std::move(source))
    {}

    bool value(bool &v);
    bool value(QString &v);
    bool value(QByteArray &v);
    bool value(Time &v) { return value(v.ms); }
    bool value(Json &v) { return value(v.text); }
    template <typename I>
        requires(std::is_integral_v<I> && !std::is_same_v<I, bool>)
    bool value(I &v)
    {
        if (!m_cbor.isInteger())
            return false;
        if (m_cbor.isUnsignedInteger()) {
            const quint64 read = m_cbor.toUnsignedInteger();
            if (read > quint64(std::numeric_limits<I>::max()))
                return false;
            v = I(read);
        } else {
            const qint64 read = m_cbor.toInteger();
            if (std::is_unsigned_v<I> || read < qint64(std::numeric_limits<I>::min()))
                return false;
            v = I(read);
        }
        return m_cbor.next();
    }
    template <typename E>
        requires std::is_enum_v<E>
    bool value(E &v)
    {
        qint64 read = 0;
        if (!value(read) || read < 0 || quint64(read) >= EnumNames<E>::names.size())
            return false;
        v = static_cast<E>(read);
        return true;
    }
    template <typename R, typename P>
    bool value(std::chrono::duration<R, P> &v)
    {
        qint64 read = 0;
        if (!value(read))
            return false;
        v = std::chrono::duration<R, P>(R(read));
        return true;
    }
    template <typename Tag>
    bool value(Id<Tag> &v)
    {
        QByteArray bytes;
        if (!value(bytes) || bytes.size() != 16)
            return false;
        v.value = QUuid::fromRfc4122(bytes);
        return true;
    }
    template <typename T>
    bool value(std::vector<T> &v)
    {
        quint64 size = 0;
        if (!m_cbor.isArray() || !enter(size))
            return false;
        for (quint64 i = 0; i < size; ++i) {
            T item{};
            if (!value(item))
                return false;
            v.push_back(std::move(item));
        }
        return leave();
    }
    template <typename K, typename V>
    bool value(std::map<K, V> &v)
    {
        quint64 size = 0;
        if (!m_cbor.isMap() || !enter(size))
            return false;
        for (quint64 i = 0; i < size; ++i) {
            K key{};
            V item{};
            if (!value(key) || !value(item))
                return false;
            v.emplace(std::move(key), std::move(item));
        }
        return leave();
    }
    template <Fielded T>
    bool value(T &v)
    {
        quint64 size = 0;
        if (!m_cbor.isMap() || !enter(size))
            return false;
        for (quint64 i = 0; i < size; ++i) {
            int key = 0;
            if (!value(key))
                return false;
            bool known = false;
            bool good = true;
            std::apply(
                [&](const auto &...f) {
                    ((f.key == key ? (known = true, good = readField(v, f)) : false), ...);
                },
                T::fields());
            if (!good || (!known && !m_cbor.next()))
                return false;
        }
        return leave();
    }

private:
    bool enter(quint64 &size);
    bool leave();
    template <typename T, typename F>
    bool readField(T &owner, const F &f)
    {
        auto &member = owner.*(f.member);
        const QByteArray outer = m_path;
        m_path += (outer.isEmpty() ? "" : ".") + QByteArray::number(f.key);
        bool good = true;
        if (f.personal && m_source) {
            const QByteArray plain = m_source(m_path);
            good = m_cbor.next() && (plain.isEmpty() || Reader(plain).present(member));
        } else {
            good = present(member);
        }
        m_path = outer;
        return good;
    }
    template <typename M>
    bool present(M &member)
    {
        if constexpr (detail::IsOptional<M>::value) {
            return value(member.emplace());
        } else {
            member = M{};
            return value(member);
        }
    }

    QCborStreamReader m_cbor;
    PersonalSource m_source;
    QByteArray m_path;
    int m_depth = 0;
};

template <typename T>
QByteArray encode(const T &value)
{
    QByteArray out;
    Writer(&out).value(value);
    return out;
}

/// Errors: Invalid if the bytes are not a T.
template <typename T>
Result<T> decode(const QByteArray &bytes)
{
    T out{};
    if (!Reader(bytes).value(out))
        return invalid(QStringLiteral("not a valid encoded value"));
    return out;
}

} // namespace peerdesk::codec
