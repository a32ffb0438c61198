// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"

#include <deque>
#include <set>

namespace peerdesk::channels::vendor {

/// Ids in the order in which they came, the oldest forgotten first.
class RecentIds
{
public:
    explicit RecentIds(size_t most = 5'000)
        : m_most(most)
    {}
    void insert(const QString &id);
    bool contains(const QString &id) const { return m_ids.contains(id); }

private:
    size_t m_most;
    std::set<QString> m_ids;
    std::deque<QString> m_order;
};

/// Said by the account itself, in the vendor's own app: shown as what the office wrote "outside";
/// no flow answers it. The sender stays the customer whose conversation it is.
void markOutside(InboundItem &item, const QString &accountName);
bool isOutside(const InboundItem &item);

/// Tells what the account wrote elsewhere from what went out from here, where the vendor tells
/// both the same way: ours is what this connector sent, or what the conversation holds as an
/// answer. While a send is under way its echo may be faster than its answer: until then nobody can
/// tell, so that pages wait for the end of it. Thread: node.
class OwnMessages : public QObject
{
    Q_OBJECT

public:
    OwnMessages(Host &host, QObject *parent);

    void insert(const QString &id) { m_own.insert(id); }
    bool contains(const QString &id) const { return m_own.contains(id); }
    void beginSend() { ++m_sending; }
    void endSend();
    /// The page without what is ours among its outside items.
    void sift(InboundPage page, Completion<InboundPage> done);

private:
    struct Sifting
    {
        InboundPage page;
        std::vector<QString> threads; ///< whose histories are still to be looked at
        Completion<InboundPage> done;
    };
    void next(const std::shared_ptr<Sifting> &sifting);

    Host &m_host;
    RecentIds m_own;
    int m_sending = 0;
    std::vector<std::shared_ptr<Sifting>> m_waiting;
};

} // namespace peerdesk::channels::vendor
