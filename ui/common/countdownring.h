// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/look.h"

#include "core/base/time.h"

#include <QWidget>

namespace peerdesk::ui {

/// A ring that empties, with the seconds left in fixed digit cells so that they never jitter. The
/// owner feeds it once per second; it turns to the warning colour at five seconds.
class CountdownRing : public QWidget
{
    Q_OBJECT

public:
    CountdownRing(const Look &look, QWidget *parent = nullptr);
    void setTime(Milliseconds remaining, Milliseconds total);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Look &m_look;
    Milliseconds m_remaining{0};
    Milliseconds m_total{1};
};

} // namespace peerdesk::ui
