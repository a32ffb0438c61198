// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/rowsmodel.h"
#include "ui/settings/rowdelegate.h"

#include <QListView>

namespace peerdesk::ui {

/// A record as a list shows it.
struct RuleRow
{
    QUuid id;
    QString name;
    QString remark; ///< at the far end
    QString state;  ///< below
    Ink ink = Ink::Text2;
    bool operator==(const RuleRow &) const = default;
};

class RuleModel : public RowsModel<RuleRow>
{
    Q_OBJECT

public:
    using RowsModel::RowsModel;
    QVariant data(const QModelIndex &index, int role) const override;
};

/// The list of one kind of record, with a sentence where there is none.
class RuleList : public QListView
{
    Q_OBJECT

public:
    RuleList(const Context &context, Icon icon, const QString &name, const QString &none,
             QWidget *parent);
    RuleModel &rows() { return *m_model; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Context &m_context;
    QString m_none;
    RuleModel *m_model;
};

} // namespace peerdesk::ui
