// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QUuid>

#include <deque>
#include <functional>
#include <map>
#include <optional>

namespace peerdesk::node {

/// What channels brought and waits to be decided, fair per account: in turn, one command each, so
/// that a flood on one channel delays no other. People, timers and evidence do not come through
/// here. Bounded in bytes. Pure; one thread.
class Intake
{
public:
    using Source = QUuid;
    using Work = std::function<void()>;

    static constexpr qsizetype MaxBytes = 64 * 1024 * 1024;      ///< all sources together
    static constexpr qsizetype MaxShareBytes = 16 * 1024 * 1024; ///< one source

    /// False = the source has its share waiting already, or all together have theirs; try later.
    bool put(const Source &source, qsizetype bytes, Work work);
    /// The next account's first.
    std::optional<Work> takeShared();

    bool hasShared() const { return !m_waiting.empty(); }
    qsizetype bytes() const { return m_bytes; }
    /// Everything that waits, in the order in which it would be taken; then it is empty.
    std::deque<Work> drain();

private:
    struct Item
    {
        qsizetype bytes;
        Work work;
    };
    struct Queue
    {
        std::deque<Item> items;
        qsizetype bytes = 0;
    };

    std::map<Source, Queue> m_waiting; ///< none of them empty
    Source m_lastServed;
    qsizetype m_bytes = 0;
};

} // namespace peerdesk::node
