// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/httpclient.h"
#include "core/node/channelhost.h"
#include "core/node/journal.h"

#include <set>

namespace peerdesk::node {

/// The one way out (design rules 4 and 5): takes ready rows of the effect ledger whose account this
/// node owns, claims them in the log, acts, journals the answer, reports it. Replaying the log
/// starts nothing. Thread: node.
class Gate final : public QObject
{
    Q_OBJECT

public:
    using HostOf = std::function<ChannelHost *(AccountId)>;
    struct Parts
    {
        Core &core;
        Journal &journal;
        const store::AttachmentStore &attachments;
        HostOf hostOf;
        /// Brings attachments here that only another PC has; empty = there is no other.
        std::function<void(const std::vector<QByteArray> &, Completion<Done>)> fetch = {};
    };

    Gate(Parts parts, QObject *parent);

    /// What was claimed before this start: journalled answers are proposed again; the rest, once
    /// this PC may act, is uncertain.
    void recover(const std::vector<store::JournalItem> &journalled);
    /// Starts what may start now.
    void pump();
    void stop() { m_isStopped = true; }

private:
    void claim(const Effect &effect, quint64 fence);
    void onClaimed(EffectId id, const Decided &decided);
    /// One claim of an effect: what came of it is told of this one alone.
    struct Attempt
    {
        EffectId effect;
        int number = 0;
        auto operator<=>(const Attempt &) const = default;
    };
    static Attempt attemptOf(const Effect &effect) { return {effect.id, effect.attempts}; }
    static api::ReportEffect reportOf(const Attempt &attempt, EffectState state);

    /// Nothing was begun: it is ready again.
    void putBack(EffectId id);
    /// Brings the attachments here, then sends.
    void gather(const Effect &effect);
    void send(const Effect &effect);
    void call(const Effect &effect);
    void onAnswered(const Attempt &attempt, const Result<channels::SendResult> &result);
    void onSent(const Attempt &attempt, const channels::SendResult &result);
    void onCalled(const Attempt &attempt, const Result<net::HttpReply> &reply);
    void report(const api::ReportEffect &report);
    void onKept(const store::JournalItem &item, const Result<Done> &kept);
    void propose(const store::JournalItem &item);
    void onProposed(const store::JournalItem &item, const Decided &decided);
    /// Keeps an answer that was not taken (disk full, term lost, too busy) for the next pump().
    void keep(const store::JournalItem &item);
    void forget(CommandId report);
    void putBackUnclear();
    void endLeftBehind();
    /// Claims what may leave of one account, as far as there is room.
    void claimDue(const ChannelAccount &account, EffectKind kind);
    Result<channels::Outgoing> outgoing(const Effect &effect) const;

    Parts m_parts;
    net::HttpClient m_http;
    std::set<EffectId> m_running; ///< claimed by this PC, until what came of it is in the log
    std::set<Attempt> m_answered; ///< of former lives, as the journal has it
    std::set<EffectId> m_unclear; ///< perhaps claimed by this PC, surely not begun
    /// The last answer of each, proposed and not taken; at most those that run and as many late
    /// ones.
    std::map<Attempt, store::JournalItem> m_unaccepted;
    QTimer m_retry;
    bool m_couldAct = false; ///< when pump() last came
    bool m_isStopped = false;
};

} // namespace peerdesk::node
