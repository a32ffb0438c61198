// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reports/csv.h"

#include <QRegularExpression>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

/// A customer's or a queue's name must never be a command.
QString guarded(const QString &cell)
{
    static const QRegularExpression number(u"^[+-]?[0-9]+([.][0-9]+)?$"_s);
    const bool mayRun = !cell.isEmpty() && u"=+-@\t\r\n"_s.contains(cell.front());
    return mayRun && !number.match(cell).hasMatch() ? u'\'' + cell : cell;
}

QString quoted(QString cell)
{
    const auto needs = [](QChar c) { return c == u'"' || c == u',' || c == u'\r' || c == u'\n'; };
    if (std::none_of(cell.cbegin(), cell.cend(), needs))
        return cell;
    return u'"' + cell.replace(u'"', u"\"\""_s) + u'"';
}

} // namespace

QByteArray csv(const std::vector<QStringList> &rows)
{
    QByteArray out("\xEF\xBB\xBF");
    for (const QStringList &row : rows) {
        QStringList cells;
        for (const QString &cell : row)
            cells += quoted(guarded(cell));
        out += cells.join(u',').toUtf8() + "\r\n";
    }
    return out;
}

} // namespace peerdesk::ui
