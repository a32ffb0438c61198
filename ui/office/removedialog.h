// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/officestate.h"
#include "ui/common/widgets.h"
#include "ui/office/officewords.h"

#include <QCheckBox>
#include <QDialog>
#include <QSettings>
#include <QVBoxLayout>

namespace peerdesk::ui {

/// Retiring a PC: says what happens, does it, and leaves the list of what to revoke at vendors,
/// because whoever has that PC may know it. What is checked off stays so on this PC, and the list
/// can be opened again until all of it is. GUI thread.
class RemoveDialog : public QDialog
{
    Q_OBJECT

public:
    /// Of a node that is removed already only the list is shown.
    RemoveDialog(const Context &context, const api::OfficeStatus &status, const Node &node,
                 QSettings &settings, QWidget *parent);

    /// PCs that were removed here and whose lists are not worked through: their ids and names.
    static std::vector<Node> unfinished(QSettings &settings);

    QPushButton &removeButton() { return *m_remove; }
    QString outcome() const { return m_outcome->text(); }

private:
    void build(const api::OfficeStatus &status);
    void addRevocations(QVBoxLayout &column, const api::OfficeStatus &status);
    void addCheck(QVBoxLayout &lines, const Revocation &one);
    void remove();
    /// The list is kept as long as something of it is open.
    void keepList();
    QString keyOf(const QString &entry) const;

    const Context &m_context;
    const Node m_node;
    QSettings &m_settings;
    bool m_isRemoved;
    std::vector<QCheckBox *> m_checks;
    Label *m_outcome;
    Button *m_remove;
    Button *m_cancel;
};

} // namespace peerdesk::ui
