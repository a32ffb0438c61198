// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/officestate.h"
#include "ui/common/widgets.h"

namespace peerdesk::ui {

/// The truth about the office in one line: is it online, who routes, which channels work, what is
/// wrong.
class StatusBar : public QWidget
{
    Q_OBJECT

public:
    StatusBar(const Context &context, OfficeState &office, QWidget *parent);
    /// Texts that wait on this PC until the office is in reach.
    void setWaiting(int count);
    QPushButton &keysButton() { return *m_keys; }
    QPushButton &commandsButton() { return *m_commands; }
    QString words() const;

Q_SIGNALS:
    /// Somebody clicked on what it says.
    void detailsWanted();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void refresh();
    void showChannels();

    const Context &m_context;
    OfficeState &m_state;
    class StatusItem *m_office;
    class StatusItem *m_channels;
    class StatusItem *m_trouble;
    Button *m_commands;
    Button *m_keys;
    int m_waiting = 0;
};

} // namespace peerdesk::ui
