// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QUuid>

#include <deque>
#include <functional>
#include <map>
#include <optional>

namespace peerdesk::node {

/// What channels brought and waits to be decided, fair per account: in turn, one command each, and
/// none has more under way than its share, so that a flood on one channel delays no other: what
/// comes next is behind a share of it at most, in the log and in front of the tables. People,
/// timers and evidence do not come through here. Bounded in bytes. Pure; one thread.
class Intake
{
public:
    using Source = QUuid;
    using Work = std::function<void()>;

    static constexpr qsizetype MaxBytes = 64 * 1024 * 1024;      ///< all sources together
    static constexpr qsizetype MaxShareBytes = 16 * 1024 * 1024; ///< one source
    /// Most items of one source that are decided and not yet answered. One command alone always
    /// goes, however many it has.
    static constexpr size_t MaxUnderWay = 4;

    /// False = the source has its share waiting already, or all together have theirs; try later.
    bool put(const Source &source, qsizetype bytes, size_t items, Work work);
    /// The next account's first, of those that have room in their share.
    std::optional<Work> takeShared();
    /// A command of the source is under way, until it is answered.
    void began(const Source &source, size_t items);
    void ended(const Source &source, size_t items);

    bool hasShared() const { return !m_waiting.empty(); }
    qsizetype bytes() const { return m_bytes; }
    /// Everything that waits, in order per source; then it is empty.
    std::deque<Work> drain();

private:
    struct Item
    {
        qsizetype bytes;
        size_t items;
        Work work;
    };
    struct Queue
    {
        std::deque<Item> items;
        qsizetype bytes = 0;
    };

    using Waiting = std::map<Source, Queue>;

    bool hasRoom(const Waiting::value_type &waiting) const;
    Work take(Waiting::iterator from);

    Waiting m_waiting;                   ///< none of them empty
    std::map<Source, size_t> m_underWay; ///< items; none of them 0
    Source m_lastServed;
    qsizetype m_bytes = 0;
};

} // namespace peerdesk::node
