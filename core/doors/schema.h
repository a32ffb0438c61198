// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"

#include <QJsonArray>
#include <QJsonObject>

namespace peerdesk::doors {

/// JSON Schema of a type as core/base/json.h writes it.
template <typename T>
QJsonObject schemaOf();

namespace detail {
inline QJsonObject typed(const char *type)
{
    return {{QStringLiteral("type"), QLatin1String(type)}};
}
template <typename E>
QJsonObject enumSchema()
{
    QJsonArray names;
    for (const char *name : EnumNames<E>::names)
        names.append(QLatin1String(name));
    QJsonObject out = typed("string");
    out.insert(QStringLiteral("enum"), names);
    return out;
}
template <typename T>
QJsonObject recordSchema()
{
    QJsonObject members;
    T::fields().each([&](const auto &f) {
        members.insert(QLatin1String(f.name),
                       schemaOf<std::decay_t<decltype(std::declval<T>().*(f.member))>>());
    });
    QJsonObject out = typed("object");
    out.insert(QStringLiteral("properties"), members);
    return out;
}
template <typename T>
QJsonObject arraySchema(const std::vector<T> *)
{
    QJsonObject out = typed("array");
    out.insert(QStringLiteral("items"), schemaOf<T>());
    return out;
}
template <typename V>
QJsonObject mapSchema(const std::map<QString, V> *)
{
    QJsonObject out = typed("object");
    out.insert(QStringLiteral("additionalProperties"), schemaOf<V>());
    return out;
}
inline QJsonObject timeSchema()
{
    return {{QStringLiteral("type"), QJsonArray{QStringLiteral("string"), QStringLiteral("null")}},
            {QStringLiteral("format"), QStringLiteral("date-time")}};
}
inline QJsonObject idSchema()
{
    return {{QStringLiteral("type"), QJsonArray{QStringLiteral("string"), QStringLiteral("null")}}};
}
template <typename T>
struct IsDuration : std::false_type
{
};
template <typename R, typename P>
struct IsDuration<std::chrono::duration<R, P>> : std::true_type
{
};
} // namespace detail

template <typename T>
QJsonObject schemaOf()
{
    if constexpr (Fielded<T>)
        return detail::recordSchema<T>();
    else if constexpr (peerdesk::detail::IsOptional<T>::value)
        return schemaOf<typename T::value_type>();
    else if constexpr (peerdesk::detail::IsVector<T>::value)
        return detail::arraySchema(static_cast<const T *>(nullptr));
    else if constexpr (peerdesk::detail::IsMap<T>::value)
        return detail::mapSchema(static_cast<const T *>(nullptr));
    else if constexpr (peerdesk::detail::IsId<T>::value)
        return detail::idSchema();
    else if constexpr (std::is_same_v<T, Time>)
        return detail::timeSchema();
    else if constexpr (std::is_same_v<T, Json>)
        return detail::typed("object");
    else if constexpr (std::is_enum_v<T>)
        return detail::enumSchema<T>();
    else if constexpr (std::is_same_v<T, bool>)
        return detail::typed("boolean");
    else if constexpr (std::is_integral_v<T> || detail::IsDuration<T>::value)
        return detail::typed("integer");
    else
        return detail::typed("string");
}

} // namespace peerdesk::doors
