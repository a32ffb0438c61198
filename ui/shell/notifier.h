// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/preferences.h"
#include "ui/shell/offers.h"
#include "ui/shell/tray.h"

namespace peerdesk::ui {

/// Tells the agent while the window is not in front: offers always, customers' messages in the
/// agent's own conversations and mentions as chosen. A burst makes one notice per 3 s. It never
/// raises the window by itself. GUI thread.
class Notifier : public QObject
{
    Q_OBJECT

public:
    static constexpr Milliseconds Quiet{3000};

    Notifier(const Context &context, const Preferences &preferences, Tray &tray, QWidget *window);
    void watch(Offers &offers);

Q_SIGNALS:
    /// A notice or the icon was clicked; null = just the window.
    void wanted(peerdesk::ConversationId conversation);

private:
    void onChanged(const api::Changes &changes);
    void onMessage(const Message &message);
    void tellMessage(const Message &message, bool isMention);
    bool isMention(const Message &message) const;

    const Context &m_context;
    const Preferences &m_preferences;
    Tray &m_tray;
    QWidget *m_window;
    ConversationId m_last;
    std::optional<Milliseconds> m_lastNotice;
};

} // namespace peerdesk::ui
