// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QWidget>

#include <functional>
#include <vector>

namespace peerdesk::ui {

/// The one list of commands. It feeds the shortcut sheet and the palette.
class Shortcuts : public QObject
{
    Q_OBJECT

public:
    struct Entry
    {
        QString group;
        QAction *action;         ///< owned by the window
        bool isPlumbing = false; ///< moves about; a palette has no use for it
    };

    explicit Shortcuts(QWidget *window);

    /// Registers a command that works anywhere in the window. The first key is the one shown; none
    /// = only in the palette.
    QAction *add(const QString &group, const QString &text, const QList<QKeySequence> &keys,
                 const std::function<void()> &run);
    /// The same for what only moves focus or selection.
    void addMove(const QString &group, const QString &text, const QList<QKeySequence> &keys,
                 const std::function<void()> &run);
    const std::vector<Entry> &entries() const { return m_entries; }

private:
    QWidget *m_window;
    std::vector<Entry> m_entries;
};

} // namespace peerdesk::ui
