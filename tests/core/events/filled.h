// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"

#include <chrono>

/// Values with no field left at its default, always the same: examples for whatever is written down
/// for ever.
namespace peerdesk::tests {

class Filler
{
public:
    template <Fielded T>
    T filled()
    {
        T out{};
        fill(out);
        return out;
    }

private:
    void fill(bool &v) { v = !v; }
    void fill(QString &v) { v = QStringLiteral("Ánh %1 😀").arg(next()); }
    void fill(QByteArray &v) { v = QByteArray("bytes \xff\0 ", 9) + QByteArray::number(next()); }
    void fill(Time &v) { v.ms = 1'790'000'000'000 + next(); }
    void fill(Json &v) { v.text = "{\"n\":" + QByteArray::number(next()) + '}'; }
    template <typename I>
        requires(std::is_integral_v<I> && !std::is_same_v<I, bool>)
    void fill(I &v) { v = I(1000 + next()); }
    template <typename E>
        requires std::is_enum_v<E>
    void fill(E &v)
    {
        const auto last = E(EnumNames<E>::names.size() - 1);
        v = v == last ? E(0) : last;
    }
    template <typename R, typename P>
    void fill(std::chrono::duration<R, P> &v)
    {
        v = std::chrono::duration<R, P>(R(1000 + next()));
    }
    template <typename Tag>
    void fill(Id<Tag> &v)
    {
        v = derivedId<Id<Tag>>(Id<struct ExampleTag>{}, QByteArray::number(next()));
    }
    template <typename T>
    void fill(std::optional<T> &v)
    {
        fill(v.emplace());
    }
    template <typename T>
    void fill(std::vector<T> &v)
    {
        v.resize(2);
        for (T &item : v)
            fill(item);
    }
    template <typename K, typename V>
    void fill(std::map<K, V> &v)
    {
        for (int i = 0; i < 2; ++i) {
            K key{};
            fill(key);
            fill(v[key]);
        }
    }
    template <Fielded T>
    void fill(T &v)
    {
        T::fields().each([&](const auto &f) { fill(v.*(f.member)); });
    }
    int next() { return ++m_number; }

    int m_number = 0;
};

} // namespace peerdesk::tests
