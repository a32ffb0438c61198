// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/byoc/byocitems.h"

#include <QTimer>

#include <list>

namespace peerdesk::channels::byoc {

/// Messages that a middleware is to fetch and acknowledge, in order. A message that nobody took or
/// acknowledged in time is answered Later: the gate brings it again, under the same id. Thread:
/// node.
class Outbox : public QObject
{
    Q_OBJECT

public:
    struct Limits
    {
        Milliseconds acknowledgedWithin{60'000};
        Milliseconds longestPoll{55'000};
        size_t messagesPerPoll = 50;
        size_t polls = 8; ///< that wait at the same time; above: the oldest is answered empty
    };

    Outbox(Limits limits, Clock &clock, QObject *parent);
    ~Outbox() override;

    void put(const Outgoing &outgoing, Completion<SendResult> done);
    /// What stands behind `cursor` (empty = all), now or once there is something, at most `wait`
    /// later: `{"messages": [...], "next_cursor": "..."}`. A cursor of another start shows all.
    void poll(const QString &cursor, Milliseconds wait, Completion<QJsonObject> done);
    /// How many of them were waited for.
    int acknowledge(const std::vector<Acknowledgement> &acks);
    bool hasPoll() const { return !m_polls.empty(); }

private:
    struct Entry
    {
        quint64 place = 0;
        QString id;
        QJsonObject message;
        Completion<SendResult> done;
    };
    struct Poll
    {
        quint64 number = 0;
        quint64 after = 0;
        Completion<QJsonObject> done;
    };

    QJsonObject behind(quint64 place) const;
    void serve();
    void end(quint64 poll);
    void giveUp(quint64 place);

    Limits m_limits;
    Clock &m_clock;
    QString m_run; ///< tells cursors of an earlier start apart
    quint64 m_lastPlace = 0;
    quint64 m_lastPoll = 0;
    std::list<Entry> m_entries;
    std::list<Poll> m_polls;
};

} // namespace peerdesk::channels::byoc
