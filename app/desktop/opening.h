// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/look.h"

#include <QWidget>

namespace peerdesk::desktop {

/// Stands where the window will be while the office is opened: the panes without anything in them.
/// After half a second it says what is going on. GUI thread.
class Opening final : public QWidget
{
    Q_OBJECT

public:
    Opening(const ui::Look &look, const QSize &size);

Q_SIGNALS:
    /// It was painted for the first time.
    void appeared();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const ui::Look &m_look;
    bool m_isLong = false;
    bool m_hasAppeared = false;
};

} // namespace peerdesk::desktop
