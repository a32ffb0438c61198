// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reports/reporttable.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <map>
#include <set>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct ReportTable
{
    Q_DECLARE_TR_FUNCTIONS(ReportTable)
};

using Kind = ReportColumn::Kind;

ReportColumn count(const QString &title, const QString &meaning, int Figures::*member)
{
    return {title, meaning, Kind::Count,
            [member](const Figures &f) { return std::optional<double>(f.*member); }};
}

ReportColumn measured(const QString &title, const QString &meaning, Kind kind,
                      std::optional<double> Figures::*member)
{
    return {title, meaning, kind, [member](const Figures &f) { return f.*member; }};
}

std::vector<ReportColumn> workColumns()
{
    return {
        count(ReportTable::tr("Tasks"), ReportTable::tr("Tasks that came in."), &Figures::tasks),
        count(ReportTable::tr("Answered"), ReportTable::tr("Tasks that somebody took, each once."),
              &Figures::answered),
        count(ReportTable::tr("Abandoned"),
              ReportTable::tr("Tasks that were canceled: the customer left, somebody closed it, "
                              "or nobody took it in time."),
              &Figures::abandoned),
        measured(ReportTable::tr("Service level"),
                 ReportTable::tr("Answered within the time above, of those that were answered or "
                                 "abandoned. Who left within 5 seconds is not counted."),
                 Kind::Share, &Figures::serviceLevel)};
}

std::vector<ReportColumn> timeColumns()
{
    return {measured(ReportTable::tr("Avg. wait"),
                     ReportTable::tr("From when the task came to its answer, on average."),
                     Kind::Span, &Figures::averageWait),
            measured(ReportTable::tr("Longest wait"),
                     ReportTable::tr("Until the answer, or until it was abandoned."), Kind::Span,
                     &Figures::longestWait)};
}

std::vector<ReportColumn> handlingColumns()
{
    return {measured(ReportTable::tr("Handling"),
                     ReportTable::tr("From the answer to the end of the after-contact work, on "
                                     "average."),
                     Kind::Span, &Figures::handling),
            measured(ReportTable::tr("Wrap-up", "after-contact work"),
                     ReportTable::tr("After-contact work of it, on average."), Kind::Span,
                     &Figures::wrapUp)};
}

std::vector<ReportColumn> agentColumns()
{
    return {
        count(ReportTable::tr("Offers"), ReportTable::tr("Tasks that were offered."),
              &Figures::offers),
        count(ReportTable::tr("Accepted"),
              ReportTable::tr("Offers that were accepted, transfers "
                              "included."),
              &Figures::accepted),
        count(ReportTable::tr("Declined"), ReportTable::tr("Offers that were declined."),
              &Figures::declined),
        count(ReportTable::tr("Missed"), ReportTable::tr("Offers that ran out without an answer."),
              &Figures::missed),
        count(ReportTable::tr("Withdrawn"),
              ReportTable::tr("Offers that were taken back: somebody else took the task, or the "
                              "customer left."),
              &Figures::withdrawn),
        count(ReportTable::tr("Completed"), ReportTable::tr("Tasks that were brought to an end."),
              &Figures::completed)};
}

void append(std::vector<ReportColumn> &to, std::vector<ReportColumn> more)
{
    to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

QString limitWords(Seconds limit)
{
    const qint64 seconds = limit.count();
    if (seconds < 60)
        return ReportTable::tr("%1 s").arg(seconds);
    if (seconds < 3'600)
        return ReportTable::tr("%1 min").arg(seconds / 60);
    return ReportTable::tr("%1 h").arg(seconds / 3'600);
}

/// As a spreadsheet of any country takes it from a file: no grouping, a point, no unit.
QString plain(std::optional<double> value)
{
    return value ? QString::number(*value, 'g', 12) : QString();
}

QStringList activityNames(const std::vector<ReportRow> &rows)
{
    QStringList names;
    for (const ReportRow &row : rows) {
        for (const ActivityTime &activity : row.figures.activities) {
            if (!names.contains(activity.name))
                names += activity.name;
        }
    }
    return names;
}

QStringList sheetHead(ReportBy by, const Figures &like, const QStringList &activities)
{
    QStringList head{ReportTable::tr("From"), ReportTable::tr("To"), nameTitle(by),
                     ReportTable::tr("Only channel")};
    for (const ReportColumn &column : columnsOf(by)) {
        const QString unit = column.kind == Kind::Span    ? u" (s)"_s
                             : column.kind == Kind::Share ? u" (%)"_s
                                                          : QString();
        head += column.title + unit;
    }
    for (size_t i = 0; i < like.waits.size(); ++i) {
        head += ReportTable::tr("Waited %1: answered").arg(bandWords(like.waits, i));
        head += ReportTable::tr("Waited %1: abandoned").arg(bandWords(like.waits, i));
    }
    for (const QString &name : activities)
        head += ReportTable::tr("In \"%1\" (s)", "an activity").arg(name);
    return head;
}

} // namespace

std::vector<ReportColumn> columnsOf(ReportBy by)
{
    std::vector<ReportColumn> columns = by == ReportBy::Agent ? agentColumns() : workColumns();
    append(columns, timeColumns());
    append(columns, handlingColumns());
    switch (by) {
    case ReportBy::Queue:
        columns.push_back(count(ReportTable::tr("Moved on"),
                                ReportTable::tr("Tasks that went on to another queue."),
                                &Figures::movedOn));
        break;
    case ReportBy::Agent:
        columns.push_back({ReportTable::tr("Available"),
                           ReportTable::tr("Time in activities in which tasks are offered."),
                           Kind::Span, availableTime});
        columns.push_back(
            measured(ReportTable::tr("Occupancy"),
                     ReportTable::tr("Handling, of the time with a task or available."),
                     Kind::Share, &Figures::occupancy));
        break;
    case ReportBy::Channel:
        columns.push_back(count(ReportTable::tr("Completed"),
                                ReportTable::tr("Tasks that were brought to an end."),
                                &Figures::completed));
        break;
    }
    return columns;
}

QString nameTitle(ReportBy by)
{
    switch (by) {
    case ReportBy::Queue:
        return ReportTable::tr("Queue");
    case ReportBy::Agent:
        return ReportTable::tr("Agent");
    case ReportBy::Channel:
        return ReportTable::tr("Channel");
    }
    return {};
}

QString cellText(ReportColumn::Kind kind, std::optional<double> value)
{
    if (!value)
        return u"\u2013"_s;
    switch (kind) {
    case Kind::Count:
        return QLocale().toString(qRound64(*value));
    case Kind::Share:
        return ReportTable::tr("%1 %").arg(QLocale().toString(*value, 'f', 1));
    case Kind::Span:
        break;
    }
    const qint64 seconds = qRound64(*value);
    const QChar zero(u'0');
    return seconds < 3'600 ? u"%1:%2"_s.arg(seconds / 60).arg(seconds % 60, 2, 10, zero)
                           : u"%1:%2:%3"_s.arg(seconds / 3'600)
                                 .arg(seconds / 60 % 60, 2, 10, zero)
                                 .arg(seconds % 60, 2, 10, zero);
}

QString bandWords(const std::vector<WaitBand> &bands, size_t at)
{
    const auto upTo = bands[at].upTo;
    if (at == 0)
        return ReportTable::tr("up to %1").arg(upTo ? limitWords(*upTo) : QString());
    const QString from = limitWords(bands[at - 1].upTo.value_or(Seconds(0)));
    return upTo ? ReportTable::tr("%1 to %2", "times").arg(from, limitWords(*upTo))
                : ReportTable::tr("over %1", "a time").arg(from);
}

std::vector<QStringList> sheetOf(ReportBy by, const std::vector<ReportRow> &rows,
                                 const ReportAbout &about)
{
    if (rows.empty())
        return {};
    const auto moment = [&about](Time time) {
        return QDateTime::fromMSecsSinceEpoch(time.ms, about.zone)
            .toOffsetFromUtc(QDateTime::fromMSecsSinceEpoch(time.ms, about.zone).offsetFromUtc())
            .toString(Qt::ISODate);
    };
    const QStringList activities = activityNames(rows);
    std::vector<QStringList> sheet{sheetHead(by, rows.front().figures, activities)};
    const std::vector<ReportColumn> columns = columnsOf(by);
    for (const ReportRow &row : rows) {
        QStringList cells{moment(about.span.start), moment(about.span.end), row.name,
                          about.channel};
        for (const ReportColumn &column : columns)
            cells += plain(column.value(row.figures));
        for (const WaitBand &band : row.figures.waits)
            cells << QString::number(band.answered) << QString::number(band.abandoned);
        for (const QString &name : activities) {
            const auto found = std::ranges::find(row.figures.activities, name, &ActivityTime::name);
            cells += found == row.figures.activities.end() ? QString() : plain(found->seconds);
        }
        sheet.push_back(cells);
    }
    return sheet;
}

ReportModel::ReportModel(const Look &look, QObject *parent)
    : QAbstractTableModel(parent)
    , m_look(look)
    , m_columns(columnsOf(m_by))
{}

void ReportModel::setReport(ReportBy by, std::vector<ReportRow> rows)
{
    beginResetModel();
    if (m_by != by) {
        m_by = by;
        m_columns = columnsOf(by);
        m_sortedBy = 0;
        m_order = Qt::AscendingOrder;
    }
    m_rows = std::move(rows);
    arrange();
    endResetModel();
}

bool ReportModel::isBefore(const ReportRow &a, const ReportRow &b) const
{
    if (a.isAll() || b.isAll())
        return a.isAll() && !b.isAll();
    const bool isUp = m_order == Qt::AscendingOrder;
    const int byName = a.name.localeAwareCompare(b.name);
    if (m_sortedBy == 0)
        return isUp ? byName < 0 : byName > 0;
    const ReportColumn &column = m_columns[size_t(m_sortedBy - 1)];
    const auto left = column.value(a.figures);
    const auto right = column.value(b.figures);
    if (left && right && *left != *right)
        return isUp ? *left < *right : *left > *right;
    return left.has_value() != right.has_value() ? left.has_value() : byName < 0;
}

void ReportModel::arrange()
{
    std::ranges::stable_sort(
        m_rows, [this](const ReportRow &a, const ReportRow &b) { return isBefore(a, b); });
}

void ReportModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= columnCount())
        return;
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<QString> keys;
    for (const QModelIndex &index : before)
        keys.push_back(m_rows[size_t(index.row())].key);
    m_sortedBy = column;
    m_order = order;
    arrange();
    for (qsizetype i = 0; i < before.size(); ++i)
        changePersistentIndex(before[i], index(rowOf(keys[size_t(i)]), before[i].column()));
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

int ReportModel::rowOf(const QString &key) const
{
    const auto found = std::ranges::find(m_rows, key, &ReportRow::key);
    return found == m_rows.end() ? -1 : int(found - m_rows.begin());
}

int ReportModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int ReportModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_columns.size()) + 1;
}

QVariant ReportModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount())
        return {};
    const ReportRow &row = m_rows[size_t(index.row())];
    const bool isName = index.column() == 0;
    switch (role) {
    case Qt::DisplayRole:
        if (isName)
            return row.name;
        return cellText(m_columns[size_t(index.column() - 1)].kind,
                        m_columns[size_t(index.column() - 1)].value(row.figures));
    case Qt::ToolTipRole:
        return isName ? row.name : QVariant();
    case Qt::TextAlignmentRole:
        return int((isName ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    case Qt::FontRole:
        return m_look.font(13, row.isAll() || isName ? QFont::DemiBold : QFont::Normal);
    default:
        return {};
    }
}

QVariant ReportModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const bool isName = section == 0;
    switch (role) {
    case Qt::DisplayRole:
        return isName ? nameTitle(m_by) : m_columns[size_t(section - 1)].title;
    case Qt::ToolTipRole:
        return isName ? QVariant() : m_columns[size_t(section - 1)].meaning;
    case Qt::TextAlignmentRole:
        return int((isName ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    default:
        return {};
    }
}

} // namespace peerdesk::ui

#include "moc_reporttable.cpp"
