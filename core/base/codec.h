// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/base/result.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <type_traits>

namespace peerdesk::codec {

/// Deepest nesting accepted on reading.
constexpr int MaxDepth = 16;
/// Most elements accepted in one array or map on reading.
constexpr quint64 MaxElements = 100'000;

/// Kinds of CBOR items, RFC 8949 section 3.1.
enum class Major : quint8 { Unsigned, Negative, Bytes, Text, Array, Map, Tag, Simple };

namespace detail {
using namespace peerdesk::detail;
/// Field keys joined by dots.
QByteArray pathText(const std::vector<int> &keys);
} // namespace detail

/// Canonical CBOR of a value: definite lengths, integer keys ascending, fields equal to the type's
/// (frozen) default left out. Equal values are equal bytes on every node. Source: RFC 8949
/// section 4.2.
class Writer
{
public:
    /// With `sink`, fields marked personal are handed to it, and what it answers is written in
    /// their place. `path`: the field keys from the outermost value, joined by dots.
    using PersonalSink =
        std::function<QByteArray(const QByteArray &path, const QByteArray &encoded)>;

    explicit Writer(QByteArray *out, PersonalSink sink = {})
        : m_out(*out)
        , m_sink(std::move(sink))
    {}

    void value(bool v);
    void value(const QString &v);
    void value(const QByteArray &v);
    void value(Time v) { value(v.ms); }
    void value(const Json &v) { value(v.text); }
    template <typename I>
        requires(std::is_integral_v<I> && !std::is_same_v<I, bool>)
    void value(I v)
    {
        if constexpr (std::is_signed_v<I>)
            signedNumber(v);
        else
            head(Major::Unsigned, v);
    }
    template <typename E>
        requires std::is_enum_v<E>
    void value(E v) { signedNumber(qint64(v)); }
    template <typename R, typename P>
    void value(std::chrono::duration<R, P> v)
    {
        signedNumber(v.count());
    }
    template <typename Tag>
    void value(const Id<Tag> &v)
    {
        identifier(v.value);
    }
    template <typename T>
    void value(const std::vector<T> &v)
    {
        head(Major::Array, v.size());
        for (const T &item : v)
            value(item);
    }
    template <typename K, typename V>
    void value(const std::map<K, V> &v)
    {
        head(Major::Map, v.size());
        for (const auto &[key, item] : v) {
            value(key);
            value(item);
        }
    }
    template <Fielded T>
    void value(const T &v)
    {
        [[maybe_unused]] static const T defaults{}; // not used where all is optional
        constexpr auto fields = T::fields();
        std::array<bool, fields.size()> present;
        size_t at = 0;
        fields.each(
            [&](const auto &f) { present[at++] = isPresent(v.*(f.member), defaults.*(f.member)); });
        head(Major::Map, quint64(std::count(present.begin(), present.end(), true)));
        at = 0;
        fields.each([&](const auto &f) {
            if (present[at++])
                writeField(v, f);
        });
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
    void writeField(const T &owner, const F &f)
    {
        const auto &member = owner.*(f.member);
        signedNumber(f.key);
        if (!m_sink)
            return present(member);
        m_path.push_back(f.key);
        if (f.personal) {
            QByteArray plain;
            Writer(&plain).present(member);
            value(m_sink(detail::pathText(m_path), plain));
        } else {
            present(member);
        }
        m_path.pop_back();
    }
    template <typename M>
    void present(const M &member)
    {
        if constexpr (detail::IsOptional<M>::value)
            value(*member);
        else
            value(member);
    }
    void head(Major major, quint64 argument);
    void signedNumber(qint64 v);
    void identifier(const QUuid &id);

    QByteArray &m_out;
    PersonalSink m_sink;
    std::vector<int> m_path; ///< field keys, followed only for the sink
};

/// Reads what Writer wrote, from bytes that outlive it. Unknown keys are skipped, missing keys keep
/// the default; wrong types, indefinite lengths, text that is no UTF-8 and bounds fail. With a
/// `PersonalSource`, personal fields are asked from it instead of being taken from the stream.
class Reader
{
public:
    using PersonalSource = std::function<QByteArray(const QByteArray &path)>;

    explicit Reader(QByteArrayView in, PersonalSource source = {})
        : m_rest(in)
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
        const std::optional<Head> read = head();
        if (!read)
            return false;
        const bool isNegative = read->major == Major::Negative;
        if (read->argument > quint64(std::numeric_limits<I>::max()) ||
            (read->major != Major::Unsigned && !(isNegative && std::is_signed_v<I>)))
            return false;
        v = isNegative ? I(-1 - qint64(read->argument)) : I(read->argument);
        return true;
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
        return identifier(v.value);
    }
    template <typename T>
    bool value(std::vector<T> &v)
    {
        quint64 size = 0;
        if (!enter(Major::Array, size))
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
        if (!enter(Major::Map, size))
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
        if (!enter(Major::Map, size))
            return false;
        for (quint64 i = 0; i < size; ++i) {
            int key = 0;
            if (!value(key))
                return false;
            bool known = false;
            bool good = true;
            T::fields().each([&](const auto &f) {
                if (f.key != key)
                    return;
                known = true;
                good = readField(v, f);
            });
            if (!good || (!known && !skip()))
                return false;
        }
        return leave();
    }

private:
    struct Head
    {
        Major major = Major::Unsigned;
        quint64 argument = 0;
    };

    /// The next item's head; nothing for damaged bytes and indefinite lengths.
    std::optional<Head> head();
    /// The next `major` string's bytes, still in the input.
    std::optional<QByteArrayView> string(Major major);
    bool identifier(QUuid &id);
    bool skip();
    bool enter(Major major, quint64 &size);
    bool leave();
    template <typename T, typename F>
    bool readField(T &owner, const F &f)
    {
        auto &member = owner.*(f.member);
        if (!m_source)
            return present(member);
        m_path.push_back(f.key);
        bool good = true;
        if (f.personal) {
            const QByteArray plain = m_source(detail::pathText(m_path));
            good = skip() && (plain.isEmpty() || Reader(plain).present(member));
        } else {
            good = present(member);
        }
        m_path.pop_back();
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

    QByteArrayView m_rest;
    PersonalSource m_source;
    std::vector<int> m_path; ///< field keys, followed only for the source
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
