// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/rowsmodel.h"
#include "ui/settings/accountform.h"
#include "ui/settings/masterdetail.h"

#include <QListView>

namespace peerdesk::ui {

struct AccountRow
{
    AccountId id;
    QString type;
    QString name;
    AccountWords words;
    QString place; ///< "Front desk PC · Everyone · To a person"
    bool operator==(const AccountRow &other) const;
};

/// The channel accounts of the office, by name.
class AccountsModel : public RowsModel<AccountRow>
{
    Q_OBJECT

public:
    AccountsModel(const Context &context, const OfficeState &office, QObject *parent);
    QVariant data(const QModelIndex &index, int role) const override;
    void setFlows(const std::vector<Flow> &flows);

private:
    void refresh();

    const Context &m_context;
    const OfficeState &m_office;
    std::vector<Flow> m_flows;
};

/// Settings > Channels, for administrators: every account with its badge, how it is and why, which
/// PC runs it and where its conversations go; the form of the one that was chosen beside it.
class ChannelsPage : public QWidget
{
    Q_OBJECT

public:
    ChannelsPage(const Context &context, OfficeState &office, Steward *steward, QWidget *parent);

    void showAccount(AccountId id);
    QListView &list() { return *m_list; }
    AccountForm &form() { return *m_form; }
    /// The form first, then the list: whether there was something to close.
    bool closeLayer();

Q_SIGNALS:
    void addWanted();

protected:
    void showEvent(QShowEvent *event) override;

private:
    QWidget *buildList();
    void open(const QModelIndex &index);
    void close();
    void showEmptiness();

    const Context &m_context;
    OfficeState &m_office;
    AccountsModel *m_model;
    QListView *m_list;
    Label *m_empty;
    AccountForm *m_form;
    MasterDetail *m_split;
};

} // namespace peerdesk::ui
