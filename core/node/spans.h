// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/store/officereader.h"

#include <QJsonObject>

#include <map>

namespace peerdesk::node {

/// Most facts about routing that one answer is made of.
constexpr int MaxSpanFacts = 2'000'000;

/// What happened over a span, from the archive alone. Thread: readers. Errors: NotFound, Invalid,
/// TooLarge, Storage.
Result<QJsonObject> statisticsOver(const store::OfficeReader &office,
                                   const api::StatisticsQuery &query);

/// The same for who asks about one thing after the other, as a report does: one reading of the log
/// gives the numbers of all queues, or of all people, and they are kept while the same span is
/// asked about. Numbers of a span that the log has not passed yet are counted anew after some more
/// of it. One thread.
class SpanCounts
{
public:
    /// `mostNew`: log entries after which an unfinished span is counted anew; minutes of a busy
    /// office.
    explicit SpanCounts(quint64 mostNew = 1'000)
        : m_mostNew(mostNew)
    {}

    /// As statisticsOver().
    Result<QJsonObject> over(const store::OfficeReader &office, const api::StatisticsQuery &query);
    int readings() const { return m_readings; } ///< of the log

private:
    bool isGoodFor(const store::OfficeReader &office, const api::StatisticsQuery &query) const;

    quint64 m_mostNew;
    api::StatisticsQuery m_span; ///< of what is kept; its scope and id say nothing
    quint64 m_applied = 0;       ///< log index when it was counted
    bool m_isOver = false;       ///< the log was past its end then
    std::map<std::pair<QString, QUuid>, QJsonObject> m_counts; ///< by scope and id
    int m_readings = 0;
};

/// See Desk::recordedDay(). Looks a day past the end for how tasks went on.
Result<api::RecordedDay> recordedDay(const store::OfficeReader &office, Time start, Time end);

} // namespace peerdesk::node
