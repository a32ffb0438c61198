// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/officestate.h"

#include <QDialog>
#include <QVBoxLayout>

namespace peerdesk::ui {

/// Everything that is wrong now, a sentence each, with what still works; and which PCs are on. It
/// follows the office while it is open.
class OfficeDetails : public QDialog
{
    Q_OBJECT

public:
    /// `waiting`: texts that this PC keeps until the office is in reach.
    OfficeDetails(const Context &context, const OfficeState &office, int waiting, QWidget *parent);
    /// All that it says, a line each.
    QString words() const { return m_lines.join(u'\n'); }

private:
    void refresh();
    void showTrouble();
    void showPcs();
    void say(Ink ink, const QString &text);
    void head(const QString &text);

    const Context &m_context;
    const OfficeState &m_office;
    int m_waiting;
    QStringList m_lines;
    QWidget *m_body = nullptr;
    class QScrollArea *m_area;
};

} // namespace peerdesk::ui
