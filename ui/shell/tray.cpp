// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/tray.h"

#include "ui/common/icons.h"

#include <QApplication>

namespace peerdesk::ui {

SystemTray::SystemTray(const Look &look, QObject *parent)
    : Tray(parent)
    , m_look(look)
{
    isAvailable();
}

bool SystemTray::isAvailable()
{
    if (!QSystemTrayIcon::isSystemTrayAvailable())
        return false;
    if (m_icon)
        return true;
    m_icon = new QSystemTrayIcon(makeIcon(Icon::Inbox, m_look.theme().accent, 22), this);
    m_icon->setToolTip(tr("Peerdesk"));
    m_icon->show();
    connect(m_icon, &QSystemTrayIcon::activated, this, &Tray::iconClicked);
    connect(m_icon, &QSystemTrayIcon::messageClicked, this, &Tray::noticeClicked);
    return true;
}

void SystemTray::notify(const QString &title, const QString &text)
{
    if (isAvailable() && QSystemTrayIcon::supportsMessages())
        m_icon->showMessage(title, text);
}

void SystemTray::alert(QWidget &window, bool isUrgent)
{
    QApplication::alert(&window);
    if (isUrgent)
        QApplication::beep();
}

} // namespace peerdesk::ui

#include "moc_tray.cpp"
