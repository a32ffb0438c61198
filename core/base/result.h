// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>

#include <optional>
#include <utility>

namespace peerdesk {

/// Why an expected failure happened. `detail` is for the log and the "Details" fold-out; the
/// sentence a person reads is made in ui or doors from `code`.
struct Error
{
    enum class Code {
        Cancelled,    ///< the asker went away or the operation was dropped
        Rejected,     ///< a rule forbids it now; `state` names the state that does (HTTP 409)
        Invalid,      ///< the input is wrong (HTTP 400)
        NotFound,     ///< no such thing (HTTP 404)
        Forbidden,    ///< role or session does not allow it (HTTP 403)
        Unauthorized, ///< no or unknown credentials (HTTP 401)
        Conflict,     ///< same command id with another body (HTTP 422)
        TooLarge,     ///< over a named bound (HTTP 413)
        Busy,         ///< a bounded queue is full; try later (HTTP 429)
        Network,      ///< connection or protocol failure towards the outside
        Storage,      ///< disk or database failure
        NoMajority,   ///< surely not submitted (HTTP 503)
        Unknown       ///< the outcome cannot be known; ask again with the same id (HTTP 504)
    };

    Code code = Code::Invalid;
    QString detail;
    QString state; ///< the current state where a state forbade the action, else empty

    bool operator==(const Error &) const = default;
};

/// A value or the reason there is none. Borrows the names of std::expected.
template <typename T>
class [[nodiscard]] Result
{
public:
    Result(T value)
        : m_value(std::move(value))
    {}
    Result(Error error)
        : m_error(std::move(error))
    {}

    explicit operator bool() const { return m_value.has_value(); }
    bool has_value() const { return m_value.has_value(); }
    T &operator*() { return *m_value; }
    const T &operator*() const { return *m_value; }
    T *operator->() { return &*m_value; }
    const T *operator->() const { return &*m_value; }
    const Error &error() const { return m_error; }

private:
    std::optional<T> m_value;
    Error m_error;
};

/// Nothing to return but success.
struct Done
{
    bool operator==(const Done &) const = default;
};

inline Error invalid(QString detail)
{
    return {Error::Code::Invalid, std::move(detail), {}};
}
inline Error notFound(QString detail)
{
    return {Error::Code::NotFound, std::move(detail), {}};
}
inline Error rejected(QString detail, QString state)
{
    return {Error::Code::Rejected, std::move(detail), std::move(state)};
}

} // namespace peerdesk

Q_DECLARE_METATYPE(peerdesk::Error)
