// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QObject>
#include <QPointer>

#include <functional>
#include <utility>

namespace peerdesk {

/// One-shot reply: runs at most once, only while `guard` lives; dropped unanswered it reports
/// Cancelled. Thread: the guard's thread only.
template <typename T>
class Completion
{
public:
    using Handler = std::function<void(Result<T>)>;

    Completion() = default;
    Completion(QObject *guard, Handler handler)
        : m_guard(guard)
        , m_handler(std::move(handler))
    {}
    Completion(Completion &&other) noexcept
        : m_guard(std::exchange(other.m_guard, nullptr))
        , m_handler(std::exchange(other.m_handler, nullptr))
    {}
    Completion &operator=(Completion &&other) noexcept
    {
        if (this != &other) {
            answer(Error{Error::Code::Cancelled, {}, {}});
            m_guard = std::exchange(other.m_guard, nullptr);
            m_handler = std::exchange(other.m_handler, nullptr);
        }
        return *this;
    }
    Completion(const Completion &) = delete;
    Completion &operator=(const Completion &) = delete;
    ~Completion() { answer(Error{Error::Code::Cancelled, {}, {}}); }

    void answer(Result<T> result)
    {
        const Handler handler = std::exchange(m_handler, nullptr);
        if (handler && m_guard)
            handler(std::move(result));
    }

private:
    QPointer<QObject> m_guard;
    Handler m_handler;
};

} // namespace peerdesk
