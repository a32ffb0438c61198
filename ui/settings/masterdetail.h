// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/look.h"

#include <QWidget>

namespace peerdesk::ui {

/// A list with what belongs to its selected row: beside each other where there is room, else one in
/// place of the other. A closed detail leaves all the room to the list.
class MasterDetail : public QWidget
{
    Q_OBJECT

public:
    static constexpr int SideBySideFrom = 820; ///< pixels at 100 % text size
    static constexpr int ListWidth = 380;

    /// Both become its children.
    MasterDetail(const Look &look, QWidget *list, QWidget *detail, QWidget *parent);
    void setOpen(bool isOpen);
    bool isOpen() const { return m_isOpen; }
    /// The detail stands in place of the list and needs a way back.
    bool isTight() const;

Q_SIGNALS:
    void arranged();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void arrange();

    const Look &m_look;
    QWidget *m_list;
    QWidget *m_line;
    QWidget *m_detail;
    bool m_isOpen = false;
};

} // namespace peerdesk::ui
