// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/officestate.h"
#include "ui/common/widgets.h"

#include <QCheckBox>
#include <QDialog>
#include <QVBoxLayout>

namespace peerdesk::ui {

/// Retiring a PC: says what happens, does it, and leaves the list of what to revoke at vendors,
/// because whoever has that PC may know it. GUI thread.
class RemoveDialog : public QDialog
{
    Q_OBJECT

public:
    RemoveDialog(const Context &context, const api::OfficeStatus &status, const Node &node,
                 QWidget *parent);

    QPushButton &removeButton() { return *m_remove; }
    QString outcome() const { return m_outcome->text(); }

private:
    void build(const api::OfficeStatus &status);
    void addRevocations(QVBoxLayout &column, const api::OfficeStatus &status);
    void remove();

    const Context &m_context;
    const Node m_node;
    Label *m_outcome;
    Button *m_remove;
    Button *m_cancel;
};

} // namespace peerdesk::ui
