// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>

#include <algorithm>
#include <vector>

namespace peerdesk::ui {

/// Rows that it is handed, each with an `id`. While the same records are there in the same order a
/// view keeps its place and its selection.
template <typename Row>
class RowsModel : public QAbstractListModel
{
public:
    using QAbstractListModel::QAbstractListModel;
    void setRows(std::vector<Row> rows)
    {
        if (!std::ranges::equal(rows, m_rows, {}, &Row::id, &Row::id)) {
            beginResetModel();
            m_rows = std::move(rows);
            return endResetModel();
        }
        for (size_t i = 0; i < rows.size(); ++i) {
            if (rows[i] == m_rows[i])
                continue;
            m_rows[i] = std::move(rows[i]);
            Q_EMIT dataChanged(index(int(i)), index(int(i)));
        }
    }
    const Row &at(int row) const { return m_rows[size_t(row)]; }
    /// -1 where there is none.
    int rowOf(decltype(Row::id) id) const
    {
        const auto found = std::ranges::find(m_rows, id, &Row::id);
        return found == m_rows.end() ? -1 : int(found - m_rows.begin());
    }
    int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_rows.size());
    }

private:
    std::vector<Row> m_rows;
};

} // namespace peerdesk::ui
