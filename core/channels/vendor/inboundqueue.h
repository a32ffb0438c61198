// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/filegathering.h"

#include <QTimer>

#include <deque>

namespace peerdesk::channels::vendor {

/// One thing that a vendor pushed.
struct Arrival
{
    std::vector<InboundItem> items;
    std::vector<WantedFile> files; ///< places are those in `items`
    /// Where the log stands once this is in it, made from where it stood.
    std::function<QByteArray(const QByteArray &cursor)> advance;
    std::function<void()> committed; ///< acknowledges to the vendor; may be empty
};

/// What a vendor pushes, on its way to commit: in the order in which it came, several in one page,
/// acknowledged after the commit and not before. What cannot be committed is tried again as it is
/// until somebody clears it. Thread: node.
class InboundQueue : public QObject
{
    Q_OBJECT

public:
    /// Names and files, before a page is committed; it must answer.
    using Prepare =
        std::function<void(InboundPage, std::vector<WantedFile>, Completion<InboundPage>)>;

    InboundQueue(Host &host, Prepare prepare, QObject *parent);

    /// Most arrivals that wait; who has more takes them from the vendor later.
    static constexpr size_t MaxWaiting = 2'000;
    /// False = full, nothing was taken.
    bool add(Arrival arrival);
    /// Forgets what is not committed: the vendor has it still.
    void clear();
    bool isEmpty() const { return m_waiting.empty(); }

Q_SIGNALS:
    /// Everything that came is committed.
    void drained();

private:
    void next();
    void onPrepared(quint64 round, size_t count, const Result<InboundPage> &page);
    void onCommitted(quint64 round, size_t count, const Result<Done> &result);
    QByteArray advanced(size_t count) const;

    Host &m_host;
    Prepare m_prepare;
    std::deque<Arrival> m_waiting;
    QTimer m_retry;
    quint64 m_round = 0; ///< answers about what was cleared are nobody's
    bool m_isBusy = false;
    int m_failures = 0;
};

} // namespace peerdesk::channels::vendor
