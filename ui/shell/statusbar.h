// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/widgets.h"

namespace peerdesk::ui {

/// The truth about the office in one line: is it online, who routes, which channels work, what is
/// wrong.
class StatusBar : public QWidget
{
    Q_OBJECT

public:
    StatusBar(const Context &context, QWidget *parent);
    void refresh();
    QPushButton &keysButton() { return *m_keys; }
    const QString &officeText() const { return m_officeText; }

Q_SIGNALS:
    /// Why new work is not being assigned, in a sentence; empty = all is well.
    void troubleChanged(const QString &sentence);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void showStatus(const api::OfficeStatus &status);
    void showChannels(const api::OfficeStatus &status);

    const Context &m_context;
    class StatusItem *m_office;
    class StatusItem *m_channels;
    class StatusItem *m_trouble;
    Button *m_keys;
    QString m_officeText;
};

} // namespace peerdesk::ui
