// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <QJsonObject>
#include <QStringList>

#include <optional>

namespace peerdesk::doors {

/// Reads members of a request body onto values and remembers the first one of a wrong type. Absent
/// members keep what the value had.
class Body
{
public:
    explicit Body(QJsonObject members)
        : m_members(std::move(members))
    {}

    bool has(const char *name) const { return m_members.contains(QLatin1String(name)); }
    QJsonValue value(const char *name) const { return m_members.value(QLatin1String(name)); }

    template <typename T>
    Body &take(const char *name, T &into)
    {
        if (has(name) && !json::read(value(name), into))
            blame(name);
        return *this;
    }
    /// Only a JSON object, not an array; null counts as absent.
    Body &takeObject(const char *name, Json &into)
    {
        if (has(name) && !value(name).isNull() &&
            !(value(name).isObject() && json::read(value(name), into)))
            blame(name);
        return *this;
    }
    /// Null clears.
    Body &takeTime(const char *name, std::optional<Time> &into)
    {
        if (!has(name))
            return *this;
        into = Time{};
        if (!json::read(value(name), *into))
            blame(name);
        return *this;
    }
    /// Every field of the record but those in `except`.
    template <Fielded T>
    Body &takeAll(T &record, const QStringList &except = {})
    {
        const auto one = [&](const auto &f) {
            if (!except.contains(QLatin1String(f.name)))
                take(f.name, record.*(f.member));
        };
        T::fields().each(one);
        return *this;
    }
    Body &require(const char *name)
    {
        if (!m_error && (!has(name) || value(name).isNull()))
            m_error =
                invalid(QStringLiteral("The member \"%1\" is missing").arg(QLatin1String(name)));
        return *this;
    }

    const std::optional<Error> &error() const { return m_error; }

private:
    void blame(const char *name)
    {
        if (!m_error)
            m_error = invalid(QStringLiteral("The member \"%1\" has a wrong type or value")
                                  .arg(QLatin1String(name)));
    }

    QJsonObject m_members;
    std::optional<Error> m_error;
};

} // namespace peerdesk::doors
