// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/id.h"
#include "core/base/time.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <array>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace peerdesk {

/// One field of a value: its frozen CBOR key, its JSON name (snake_case, as doors show it) and
/// where it lives. A `personal` field holds content that erasing a person must remove: the fact
/// archive keeps only a salted hash.
template <typename Owner, typename Member>
struct Field
{
    int key;
    const char *name;
    Member Owner::*member;
    bool personal = false;
};

template <typename Owner, typename Member>
constexpr Field<Owner, Member> field(int key, const char *name, Member Owner::*member)
{
    return {key, name, member, false};
}
template <typename Owner, typename Member>
constexpr Field<Owner, Member> personal(int key, const char *name, Member Owner::*member)
{
    return {key, name, member, true};
}

namespace detail {
template <size_t, typename FieldType>
struct FieldAt
{
    FieldType field;
};
template <typename Indices, typename... FieldTypes>
struct FieldsAt;
template <size_t... Indices, typename... FieldTypes>
struct FieldsAt<std::index_sequence<Indices...>, FieldTypes...> : FieldAt<Indices, FieldTypes>...
{
    constexpr explicit FieldsAt(FieldTypes... fields)
        : FieldAt<Indices, FieldTypes>{fields}...
    {}
    template <typename Use>
    constexpr void each(Use &&use) const
    {
        (use(static_cast<const FieldAt<Indices, FieldTypes> &>(*this).field), ...);
    }
};
} // namespace detail

/// Fields in order. Every file that knows the facts has some hundred of these lists, and
/// std::tuple's constructors alone took seconds of each file's compile time.
template <typename... FieldTypes>
class FieldList : detail::FieldsAt<std::index_sequence_for<FieldTypes...>, FieldTypes...>
{
    using Base = detail::FieldsAt<std::index_sequence_for<FieldTypes...>, FieldTypes...>;

public:
    constexpr FieldList(FieldTypes... fields)
        : Base(fields...)
    {}
    static constexpr size_t size() { return sizeof...(FieldTypes); }
    using Base::each; ///< calls use(field) for one after the other
};

/// A struct that lists its fields once, in ascending key order: `static constexpr auto fields() {
/// return FieldList{...}; }`. Codec (CBOR) and JSON both follow from that list.
template <typename T>
concept Fielded = requires
{
    T::fields();
};

/// Names of an enum's values 0..n-1 as JSON and people see them. Specialise with `static constexpr
/// std::array names{...}`.
template <typename E>
struct EnumNames;

template <typename E>
QString enumName(E value)
{
    const auto index = static_cast<size_t>(value);
    return index < EnumNames<E>::names.size() ? QString::fromLatin1(EnumNames<E>::names[index])
                                              : QString();
}

template <typename E>
std::optional<E> enumFromName(QStringView name)
{
    for (size_t i = 0; i < EnumNames<E>::names.size(); ++i) {
        if (name == QLatin1String(EnumNames<E>::names[i]))
            return static_cast<E>(i);
    }
    return std::nullopt;
}

/// JSON kept as its canonical text (sorted keys, compact UTF-8), so that equal values are equal
/// bytes everywhere.
struct Json
{
    QByteArray text;
    bool operator==(const Json &) const = default;
    bool isEmpty() const { return text.isEmpty(); }
};

namespace detail {
template <typename T>
struct IsId : std::false_type
{
};
template <typename Tag>
struct IsId<Id<Tag>> : std::true_type
{
};
template <typename T>
struct IsOptional : std::false_type
{
};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type
{
};
template <typename T>
struct IsVector : std::false_type
{
};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type
{
};
template <typename T>
struct IsMap : std::false_type
{
};
template <typename K, typename V>
struct IsMap<std::map<K, V>> : std::true_type
{
};
} // namespace detail

} // namespace peerdesk
