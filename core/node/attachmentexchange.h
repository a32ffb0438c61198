// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/node/attachmentwork.h"
#include "core/node/relay.h"

#include <QDeadlineTimer>
#include <QTimer>

#include <deque>
#include <functional>
#include <map>
#include <set>

namespace peerdesk::node {

/// Attachments between the PCs of an office: each comes to hold all of them. The log only names
/// them by hash; the bytes are asked for in parts, one part under way for each file, so that
/// heartbeats never wait behind them. Thread: node.
class AttachmentExchange final : public QObject
{
    Q_OBJECT

public:
    struct Parts
    {
        store::AttachmentStore attachments;
        std::function<void(const QString &node, const AttachmentNote &note)> tell;
        /// The other full replicas of the office, and of them those that can be reached.
        std::function<std::vector<QString>()> replicas;
        std::function<std::vector<QString>()> reachable;
    };
    static constexpr qint64 PartBytes = 128 * 1024;
    /// Files under way at the same time.
    static constexpr size_t MaxFetches = 4;
    /// A PC that does not answer a part within this time is passed over.
    static constexpr Milliseconds PartPatience = std::chrono::seconds(5);
    /// How long a second copy is waited for without any sign of it.
    static constexpr Milliseconds SharePatience = std::chrono::seconds(3);

    explicit AttachmentExchange(Parts parts);
    ~AttachmentExchange() override;

    /// Has these on this disk when it answers. Errors: NotFound (no PC that is on has them).
    void fetch(const std::vector<QByteArray> &hashes, Completion<Done> done);
    /// Fetches what is not here some time, as soon as a PC that has it can be reached.
    void wish(const std::vector<QByteArray> &hashes);
    /// These were erased: they are neither fetched nor offered any more.
    void forget(const std::vector<QByteArray> &hashes);
    /// True once another full replica has them too (design rule 7), or there is none in the office;
    /// false if no other could take them now: they are kept on this PC only, and offered again.
    void share(const std::vector<QByteArray> &hashes, Completion<bool> done);

    void hear(const QString &node, const AttachmentNote &note);
    void onReachableChanged();
    /// Something is on this PC only although the office has others.
    bool isHoldingAlone() const { return m_isHoldingAlone; }

Q_SIGNALS:
    void holdingAloneChanged();

private:
    struct Fetch
    {
        std::vector<Completion<Done>> waiters; ///< none = it is only wished for
        std::deque<QString> left;              ///< PCs to ask
        QString asked;
        qint64 size = -1;
        QByteArray bytes;
        QDeadlineTimer deadline;
        bool isStoring = false;
    };
    /// Several files that one asker waits for.
    struct Group
    {
        std::set<QByteArray> left;
        Completion<bool> done;
        QDeadlineTimer deadline;
    };

    void fetchOne(const QByteArray &sha256, const QString &holder, Completion<Done> done);
    void begin();
    void askNext(const QByteArray &sha256);
    void ask(const QByteArray &sha256, Fetch &fetch);
    void onPart(const QString &node, const AttachmentNote &note);
    void keep(const QByteArray &sha256, Fetch &fetch);
    void end(const QByteArray &sha256, const Result<Done> &result);
    void give(const QString &node, const AttachmentNote &asked);
    void offer(const QByteArray &sha256);
    void offerAgain();
    void onOffered(const QString &node, const AttachmentNote &note);
    void onHeld(const QByteArray &sha256);
    void onTick();
    void noteHolding();

    Parts m_parts;
    std::map<QByteArray, Fetch> m_running;
    std::deque<QByteArray> m_queue; ///< of m_waiting, those with a waiter in front
    std::map<QByteArray, Fetch> m_waiting;
    std::set<QByteArray> m_wished;
    std::set<QByteArray> m_absent;   ///< wished for, and nobody who is on has them
    std::set<QByteArray> m_uncopied; ///< offered, and held by no other PC yet
    std::vector<std::unique_ptr<Group>> m_groups;
    QDeadlineTimer m_offerAgain;
    size_t m_offerTurn = 0; ///< whom the next offer goes to
    QTimer m_tick;
    bool m_isHoldingAlone = false;
    AttachmentWork m_work; ///< last: what it answers when it ends finds everything else in place
};

} // namespace peerdesk::node
