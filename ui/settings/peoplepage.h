// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/rowsmodel.h"
#include "ui/settings/masterdetail.h"
#include "ui/settings/personform.h"

#include <QListView>

namespace peerdesk::ui {

struct PersonRow
{
    AgentId id;
    QString name;
    QString role;
    QString activity; ///< "Available", "No work"
    bool isAvailable = false;
    bool isOut = false; ///< deactivated
    Time since;         ///< of the activity; may be unset
    bool operator==(const PersonRow &) const = default;
};

/// The office's people with what they do now: available first, then by name, then who is out (for
/// administrators only).
class PeopleModel : public RowsModel<PersonRow>
{
    Q_OBJECT

public:
    PeopleModel(const Context &context, QObject *parent);
    QVariant data(const QModelIndex &index, int role) const override;

private:
    std::vector<PersonRow> read() const;

    const Context &m_context;
};

/// The People section: who is here, and what they do. Administrators add and change people beside
/// the list; for all others it is to read.
class PeoplePage : public QWidget
{
    Q_OBJECT

public:
    /// Without a steward nobody can be changed.
    PeoplePage(const Context &context, Steward *steward, QWidget *parent);
    QListView &list() { return *m_list; }
    PersonForm *form() const { return m_form; }
    PeopleModel &model() { return *m_model; }
    void addPerson();
    void showPerson(AgentId agent);
    /// The form first, then the list: whether there was something to close.
    bool closeLayer();

private:
    QWidget *buildList();
    bool mayLeave();
    void close();
    void keepSelection();

    const Context &m_context;
    PeopleModel *m_model;
    QListView *m_list;
    Button *m_add;
    PersonForm *m_form = nullptr;
    MasterDetail *m_split;
};

} // namespace peerdesk::ui
