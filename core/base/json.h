// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/base/result.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QJsonValue>

#include <utility>

namespace peerdesk::json {

/// Canonical text of a JSON object (Qt keeps object keys sorted).
inline Json canonical(const QJsonObject &object)
{
    return {QJsonDocument(object).toJson(QJsonDocument::Compact)};
}
inline QJsonObject object(const Json &json)
{
    return QJsonDocument::fromJson(json.text).object();
}

inline QJsonValue write(bool v)
{
    return v;
}
inline QJsonValue write(const QString &v)
{
    return v;
}
inline QJsonValue write(const QByteArray &v)
{
    return QString::fromLatin1(v.toHex());
}
inline QJsonValue write(Time v)
{
    return v.isSet() ? QJsonValue(v.toString()) : QJsonValue();
}
inline QJsonValue write(const Json &v)
{
    const QJsonDocument document = QJsonDocument::fromJson(v.text);
    return document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
}
template <typename I>
    requires(std::is_integral_v<I> && !std::is_same_v<I, bool>)
QJsonValue write(I v)
{
    return QJsonValue(qint64(v));
}
template <typename E>
    requires std::is_enum_v<E> QJsonValue write(E v)
    {
        return enumName(v);
    }
/// Durations are whole seconds in JSON.
template <typename R, typename P>
QJsonValue write(std::chrono::duration<R, P> v)
{
    return qint64(std::chrono::duration_cast<Seconds>(v).count());
}
template <typename Tag>
QJsonValue write(const Id<Tag> &v)
{
    return v.isNull() ? QJsonValue() : QJsonValue(v.toString());
}
template <Fielded T>
QJsonValue write(const T &v);
template <typename T>
QJsonValue write(const std::vector<T> &v);
template <typename V>
QJsonValue write(const std::map<QString, V> &v);
template <typename T>
QJsonValue write(const std::optional<T> &v)
{
    return v ? write(*v) : QJsonValue();
}
template <typename T>
QJsonValue write(const std::vector<T> &v)
{
    QJsonArray array;
    for (const T &item : v)
        array.append(write(item));
    return array;
}
template <typename V>
QJsonValue write(const std::map<QString, V> &v)
{
    QJsonObject out;
    for (const auto &[key, item] : v)
        out.insert(key, write(item));
    return out;
}
template <Fielded T>
QJsonValue write(const T &v)
{
    QJsonObject out;
    T::fields().each(
        [&](const auto &f) { out.insert(QString::fromLatin1(f.name), write(v.*(f.member))); });
    return out;
}

inline bool read(const QJsonValue &in, bool &v)
{
    return in.isBool() && (v = in.toBool(), true);
}
inline bool read(const QJsonValue &in, QString &v)
{
    return in.isString() && (v = in.toString(), true);
}
inline bool read(const QJsonValue &in, QByteArray &v)
{
    return in.isString() && (v = QByteArray::fromHex(in.toString().toLatin1()), true);
}
inline bool read(const QJsonValue &in, Time &v)
{
    return in.isNull() || (in.isString() && (v = Time::fromString(in.toString())).isSet());
}
inline bool read(const QJsonValue &in, Json &v)
{
    if (in.isObject())
        v = canonical(in.toObject());
    else if (in.isArray())
        v = {QJsonDocument(in.toArray()).toJson(QJsonDocument::Compact)};
    return in.isObject() || in.isArray();
}
template <typename I>
    requires(std::is_integral_v<I> && !std::is_same_v<I, bool>)
bool read(const QJsonValue &in, I &v)
{
    const qint64 number = in.toInteger(); // 0 for what is no whole number of 64 bits
    if (!in.isDouble() || double(number) != in.toDouble() || !std::in_range<I>(number))
        return false;
    v = I(number);
    return true;
}
template <typename E>
    requires std::is_enum_v<E>
bool read(const QJsonValue &in, E &v)
{
    const auto named = enumFromName<E>(in.toString());
    return named && (v = *named, true);
}
template <typename R, typename P>
bool read(const QJsonValue &in, std::chrono::duration<R, P> &v)
{
    qint64 seconds = 0;
    return read(in, seconds) && (v = Seconds(seconds), true);
}
template <typename Tag>
bool read(const QJsonValue &in, Id<Tag> &v)
{
    v = in.isNull() ? Id<Tag>{} : Id<Tag>::fromString(in.toString());
    return in.isNull() || !v.isNull();
}
template <Fielded T>
bool read(const QJsonValue &in, T &v);
template <typename T>
bool read(const QJsonValue &in, std::vector<T> &v);
template <typename V>
bool read(const QJsonValue &in, std::map<QString, V> &v);
template <typename T>
bool read(const QJsonValue &in, std::optional<T> &v)
{
    if (in.isNull() || in.isUndefined()) {
        v.reset();
        return true;
    }
    return read(in, v.emplace());
}
template <typename T>
bool read(const QJsonValue &in, std::vector<T> &v)
{
    if (!in.isArray())
        return false;
    v.clear();
    for (const QJsonValue item : in.toArray()) {
        if (!read(item, v.emplace_back()))
            return false;
    }
    return true;
}
template <typename V>
bool read(const QJsonValue &in, std::map<QString, V> &v)
{
    if (!in.isObject())
        return false;
    v.clear();
    const QJsonObject members = in.toObject();
    for (auto it = members.begin(); it != members.end(); ++it) {
        if (!read(it.value(), v[it.key()]))
            return false;
    }
    return true;
}
/// Members that are absent keep what `v` had, so a PATCH reads onto the current value. Unknown
/// members are ignored.
template <Fielded T>
bool read(const QJsonValue &in, T &v)
{
    if (!in.isObject())
        return false;
    const QJsonObject members = in.toObject();
    bool good = true;
    const auto member = [&](const auto &f) {
        const auto it = members.find(QLatin1String(f.name));
        if (it != members.end())
            good = good && read(it.value(), v.*(f.member));
    };
    T::fields().each(member);
    return good;
}

} // namespace peerdesk::json
