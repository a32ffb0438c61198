// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "ui/shell/window.h"

#include <QTimer>

namespace peerdesk::desktop {

/// Saves pictures of the window while a rehearsal plays on a machine without a display: the newest
/// conversation in light and in dark, and an offer when one is shown. Each picture is written over
/// the one before, so the last state stays. GUI thread.
class Pictures final : public QObject
{
public:
    /// Where pictures go, from PEERDESK_PICTURES; empty = none are wanted.
    static QString wantedFolder();

    Pictures(ui::Window &window, ui::Look &look, api::Desk &desk, const QString &folder);

private:
    void takeNext();
    void save(const QString &name);

    ui::Window &m_window;
    ui::Look &m_look;
    api::Desk &m_desk;
    QString m_folder;
    QTimer m_timer;
    bool m_isDark = false;
};

} // namespace peerdesk::desktop
