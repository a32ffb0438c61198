// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/look.h"

#include <QSystemTrayIcon>

namespace peerdesk::ui {

/// The desktop's own ways to reach a person. Tests bring one that writes down what it was told.
class Tray : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// There is a tray now. It may come late or go (a panel restarts): ask each time.
    virtual bool isAvailable() = 0;
    /// A native notice; the click on it may come back as noticeClicked().
    virtual void notify(const QString &title, const QString &text) = 0;
    /// Marks the window in the task bar, and a sound if `isUrgent`. Never takes focus.
    virtual void alert(QWidget &window, bool isUrgent) = 0;

Q_SIGNALS:
    void iconClicked();
    void noticeClicked();
};

/// The one of the system.
class SystemTray final : public Tray
{
    Q_OBJECT

public:
    SystemTray(const Look &look, QObject *parent);

    bool isAvailable() override;
    void notify(const QString &title, const QString &text) override;
    void alert(QWidget &window, bool isUrgent) override;

private:
    const Look &m_look;
    QSystemTrayIcon *m_icon = nullptr;
};

} // namespace peerdesk::ui
