// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/widgets.h"
#include "ui/office/recoverysheet.h"

#include <QDialog>

#include <memory>

class QPrinter;
class QGridLayout;

namespace peerdesk::ui {

/// The office's recovery key as 24 words, to be printed and locked away. GUI thread.
class RecoveryDialog : public QDialog
{
    Q_OBJECT

public:
    RecoveryDialog(const Context &context, const QString &office, QWidget *parent);
    ~RecoveryDialog() override;

    const RecoverySheet &sheet() const { return m_sheet; }
    QString statusWords() const { return m_status->text(); }
    QPushButton &printButton() { return *m_print; }

private:
    void take(const Result<QString> &words);
    void print();
    void printOn(QPrinter &printer);

    const Context &m_context;
    RecoverySheet m_sheet;
    QWidget *m_words;
    QGridLayout *m_grid;
    Label *m_status;
    Button *m_print;
    std::unique_ptr<QPrinter> m_printer;
};

} // namespace peerdesk::ui
