// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/widgets.h"

namespace peerdesk::ui {

/// One PC of the office: what it is called, what it does, whether it is on, and what it runs.
class PcCard : public QWidget
{
    Q_OBJECT

public:
    struct Row
    {
        QString name;
        bool isHere = false;
        bool isOn = false;
        QString role;     ///< in words
        QString presence; ///< in words
        QString version;
        QString hosts;          ///< in words
        QString remove;         ///< why it cannot be removed; empty = it can
        bool mayRemove = false; ///< by who sits here
        bool operator==(const Row &) const = default;
    };

    PcCard(const Look &look, QWidget *parent);
    void setRow(const Row &row);
    const Row &row() const { return m_row; }
    QPushButton &removeButton() { return *m_remove; }

Q_SIGNALS:
    void removeWanted();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Look &m_look;
    Row m_row;
    Label *m_name;
    ChipLabel *m_here;
    ChipLabel *m_presence;
    Label *m_role;
    Label *m_hosts;
    Button *m_remove;
};

} // namespace peerdesk::ui
