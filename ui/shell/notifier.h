// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/offers.h"

#include <QElapsedTimer>
#include <QSystemTrayIcon>

namespace peerdesk::ui {

/// Tells the agent while the window is not in front: tray message and task-bar alert for offers and
/// for customers' messages in the agent's own conversations. At most one message notice per 3 s. A
/// tray may come late or not at all; nothing depends on it.
class Notifier : public QObject
{
    Q_OBJECT

public:
    Notifier(const Context &context, Offers &offers, QWidget *window);

Q_SIGNALS:
    void conversationWanted(peerdesk::ConversationId conversation);

private:
    void onChanged(const api::Changes &changes);
    void onInbound(const Message &message);
    void notify(const QString &title, const QString &text);
    void ensureTray();

    const Context &m_context;
    QWidget *m_window;
    QSystemTrayIcon *m_tray = nullptr;
    ConversationId m_last;
    QElapsedTimer m_sinceNotice;
};

} // namespace peerdesk::ui
