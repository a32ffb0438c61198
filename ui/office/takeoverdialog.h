// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/officestate.h"
#include "ui/common/widgets.h"

#include <QDialog>
#include <QLineEdit>

namespace peerdesk::ui {

/// Going on without PCs that are gone for good: what it means, and the one button that does it. GUI
/// thread.
class TakeoverDialog : public QDialog
{
    Q_OBJECT

public:
    TakeoverDialog(const Context &context, const OfficeState &office, QWidget *parent);

    QPushButton &goButton() { return *m_go; }
    QString outcome() const { return m_outcome->text(); }
    /// Of the recovery sheet; there once this PC turned out not to have the key.
    QLineEdit &wordsField() { return *m_words; }

private:
    void takeOver();
    void onRefused(const Error &error);

    const Context &m_context;
    Label *m_outcome;
    QLineEdit *m_words;
    Button *m_go;
    Button *m_cancel;
};

} // namespace peerdesk::ui
