// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/shortcuts.h"

namespace peerdesk::ui {

Shortcuts::Shortcuts(QWidget *window)
    : QObject(window)
    , m_window(window)
{}

QAction *Shortcuts::add(const QString &group, const QString &text, const QList<QKeySequence> &keys,
                        const std::function<void()> &run)
{
    auto *action = new QAction(text, m_window);
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WindowShortcut);
    action->setAutoRepeat(false);
    connect(action, &QAction::triggered, this, run);
    m_window->addAction(action);
    m_entries.push_back({group, action});
    return action;
}

void Shortcuts::addMove(const QString &group, const QString &text, const QList<QKeySequence> &keys,
                        const std::function<void()> &run)
{
    add(group, text, keys, run);
    m_entries.back().isPlumbing = true;
}

} // namespace peerdesk::ui
