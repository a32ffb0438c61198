// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/byoc/outbox.h"

#include <QJsonArray>
#include <QRandomGenerator>

namespace peerdesk::channels::byoc {

using namespace Qt::StringLiterals;

Outbox::Outbox(Limits limits, Clock &clock, QObject *parent)
    : QObject(parent)
    , m_limits(limits)
    , m_clock(clock)
    , m_run(QString::number(QRandomGenerator::system()->generate64(), 36))
{}

Outbox::~Outbox() = default;

void Outbox::put(const Outgoing &outgoing, Completion<SendResult> done)
{
    const quint64 place = ++m_lastPlace;
    m_entries.push_back(
        {place, outgoing.message.id.toString(), outgoingJson(outgoing), std::move(done)});
    QTimer::singleShot(m_clock.toReal(m_limits.acknowledgedWithin), this,
                       [this, place] { giveUp(place); });
    serve();
}

void Outbox::giveUp(quint64 place)
{
    const auto entry = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&](const Entry &one) { return one.place == place; });
    if (entry == m_entries.end())
        return;
    Completion<SendResult> done = std::move(entry->done);
    m_entries.erase(entry);
    done.answer(SendResult{SendResult::Kind::Later,
                           {},
                           tr("The middleware has not said that it took the message"),
                           {}});
}

QJsonObject Outbox::behind(quint64 place) const
{
    QJsonArray messages;
    quint64 last = place;
    for (const Entry &entry : m_entries) {
        if (entry.place <= place)
            continue;
        if (size_t(messages.size()) >= m_limits.messagesPerPoll)
            break;
        messages.append(entry.message);
        last = entry.place;
    }
    return {{u"messages"_s, messages}, {u"next_cursor"_s, u"%1-%2"_s.arg(m_run).arg(last)}};
}

void Outbox::poll(const QString &cursor, Milliseconds wait, Completion<QJsonObject> done)
{
    const bool isOfThisRun = cursor.section(u'-', 0, 0) == m_run;
    const quint64 after = isOfThisRun ? cursor.section(u'-', 1).toULongLong() : 0;
    const QJsonObject now = behind(after);
    if (!now[u"messages"_s].toArray().isEmpty() || wait <= Milliseconds(0))
        return done.answer(now);
    if (m_polls.size() >= m_limits.polls)
        end(m_polls.front().number);
    const quint64 number = ++m_lastPoll;
    m_polls.push_back({number, after, std::move(done)});
    QTimer::singleShot(std::min(wait, m_limits.longestPoll), this, [this, number] { end(number); });
}

void Outbox::serve()
{
    while (!m_polls.empty())
        end(m_polls.front().number);
}

void Outbox::end(quint64 poll)
{
    const auto waiting = std::find_if(m_polls.begin(), m_polls.end(),
                                      [&](const Poll &one) { return one.number == poll; });
    if (waiting == m_polls.end())
        return;
    Poll ended = std::move(*waiting);
    m_polls.erase(waiting);
    ended.done.answer(behind(ended.after));
}

int Outbox::acknowledge(const std::vector<Acknowledgement> &acks)
{
    int known = 0;
    for (const Acknowledgement &ack : acks) {
        const auto entry = std::find_if(m_entries.begin(), m_entries.end(),
                                        [&](const Entry &one) { return one.id == ack.id; });
        if (entry == m_entries.end())
            continue; // acknowledged before, or given up: then it comes again
        ++known;
        Completion<SendResult> done = std::move(entry->done);
        m_entries.erase(entry);
        using Kind = SendResult::Kind;
        if (ack.error.isEmpty())
            done.answer(SendResult{
                Kind::Accepted, ack.providerId.isEmpty() ? ack.id : ack.providerId, {}, {}});
        else if (ack.retryAfter > Seconds(0))
            done.answer(SendResult{Kind::Later, {}, ack.error, ack.retryAfter});
        else
            done.answer(SendResult{Kind::Refused, {}, ack.error, {}});
    }
    return known;
}

} // namespace peerdesk::channels::byoc

#include "moc_outbox.cpp"
