// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"

#include <QAbstractListModel>
#include <QListView>

namespace peerdesk::ui {

/// The office's people with what they do now: available first, then by name.
class PeopleModel : public QAbstractListModel
{
    Q_OBJECT

public:
    struct Row
    {
        QString name;
        QString role;
        QString activity; ///< "Available", "No work"
        bool isAvailable = false;
        Time since; ///< of the activity; may be unset
        bool operator==(const Row &) const = default;
    };

    PeopleModel(const Context &context, QObject *parent);
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    const Row &at(int row) const { return m_rows[size_t(row)]; }

private:
    void refresh();

    const Context &m_context;
    std::vector<Row> m_rows;
};

/// The People section: who is here, and what they do.
class PeoplePage : public QWidget
{
    Q_OBJECT

public:
    PeoplePage(const Context &context, QWidget *parent);
    QListView &list() { return *m_list; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Context &m_context;
    PeopleModel *m_model;
    QListView *m_list;
};

} // namespace peerdesk::ui
