// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/base/operation.h"
#include "ui/reports/reporttable.h"

namespace peerdesk::ui {

/// What a row is counted for.
struct ReportSubject
{
    QString key; ///< of the row: an id, or a channel's unique name
    QString name;
    QUuid id = {}; ///< null for a channel
    bool operator==(const ReportSubject &) const = default;
};

struct ReportWish
{
    ReportBy by = ReportBy::Queue;
    ReportSpan span;
    QString channel; ///< only its tasks; empty = all. Not with ReportBy::Channel
    Seconds serviceLevel{20};
    std::vector<ReportSubject> subjects;
    QString allName; ///< of the row of the whole office
    bool operator==(const ReportWish &) const = default;
};

/// Asks the office for one row after the other, the whole office first. An answer may take the
/// reading of the whole span, so there is never more than one question under way. What was deleted
/// meanwhile has no row. Errors: those of Desk::statistics().
class ReportCount final : public Operation<std::vector<ReportRow>>
{
public:
    /// How many rows there are, of how many.
    using Progress = std::function<void(int, int)>;

    ReportCount(api::Desk &desk, ReportWish wish, Progress progress,
                Completion<std::vector<ReportRow>> done, QObject *parent);

    void start() override;
    /// Asks nothing more and ends with Cancelled, after the answer that is on its way.
    void stop() { m_isStopped = true; }

private:
    void ask();
    void take(const Result<QJsonObject> &answer);
    api::StatisticsQuery query() const;

    api::Desk &m_desk;
    ReportWish m_wish;
    Progress m_progress;
    int m_next = -1; ///< subject; before the first one is the whole office
    std::vector<ReportRow> m_rows;
    bool m_isStopped = false;
};

} // namespace peerdesk::ui
