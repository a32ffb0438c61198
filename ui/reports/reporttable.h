// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/look.h"
#include "ui/reports/figures.h"
#include "ui/reports/reportspan.h"

#include <QAbstractTableModel>

#include <functional>

namespace peerdesk::ui {

/// What a report has a row for.
enum class ReportBy { Queue, Agent, Channel };

struct ReportRow
{
    QString key; ///< an id or a channel's name; empty = the whole office
    QString name;
    Figures figures;
    bool isAll() const { return key.isEmpty(); }
    bool operator==(const ReportRow &) const = default;
};

/// One kind of number.
struct ReportColumn
{
    enum class Kind { Count, Share, Span };
    QString title;
    QString meaning; ///< a sentence
    Kind kind = Kind::Count;
    std::function<std::optional<double>(const Figures &)> value;
};

/// Those that there are, in order; the name of the row stands before them.
std::vector<ReportColumn> columnsOf(ReportBy by);
/// Of the column of names.
QString nameTitle(ReportBy by);
/// "85.0 %", "1:42", "7:45:10"; a dash for what was not measured.
QString cellText(ReportColumn::Kind kind, std::optional<double> value);
/// "up to 30 s", "2 min to 10 min", "over 1 day".
QString bandWords(const std::vector<WaitBand> &bands, size_t at);

/// What a saved file says besides the rows.
struct ReportAbout
{
    ReportSpan span;
    QTimeZone zone;
    QString channel; ///< that was asked for; empty = all
};
/// Every number of the rows, in their order: times in seconds, shares in per cent.
std::vector<QStringList> sheetOf(ReportBy by, const std::vector<ReportRow> &rows,
                                 const ReportAbout &about);

/// The rows of a report. The whole office stays on top however it is sorted; what was not measured
/// stands below what was.
class ReportModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    ReportModel(const Look &look, QObject *parent);

    void setReport(ReportBy by, std::vector<ReportRow> rows);
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    const std::vector<ReportRow> &rows() const { return m_rows; }
    const std::vector<ReportColumn> &columns() const { return m_columns; }
    ReportBy by() const { return m_by; }
    /// -1 where there is none.
    int rowOf(const QString &key) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void arrange();
    bool isBefore(const ReportRow &a, const ReportRow &b) const;

    const Look &m_look;
    ReportBy m_by = ReportBy::Queue;
    std::vector<ReportColumn> m_columns;
    std::vector<ReportRow> m_rows;
    int m_sortedBy = 0;
    Qt::SortOrder m_order = Qt::AscendingOrder;
};

} // namespace peerdesk::ui
