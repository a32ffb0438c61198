// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/preferences.h"

#include <QAction>
#include <QWidget>

#include <functional>
#include <vector>

namespace peerdesk::ui {

/// The one list of commands. It feeds the shortcut sheet, the palette and the dialog in which an
/// agent gives a command other keys; those are kept in the preferences.
class Shortcuts : public QObject
{
    Q_OBJECT

public:
    struct Entry
    {
        QString group;
        QAction *action;           ///< owned by the window
        bool isPlumbing = false;   ///< moves about; a palette has no use for it
        QList<QKeySequence> usual; ///< the keys it has unless the agent chose others
    };

    Shortcuts(Preferences &preferences, QWidget *window);

    /// Registers a command that works anywhere in the window. The first key is the one shown; none
    /// = only in the palette.
    QAction *add(const QString &group, const QString &text, const QList<QKeySequence> &keys,
                 const std::function<void()> &run);
    /// The same for what only moves focus or selection.
    void addMove(const QString &group, const QString &text, const QList<QKeySequence> &keys,
                 const std::function<void()> &run);
    const std::vector<Entry> &entries() const { return m_entries; }

    /// The key that now does what `usual` does by itself, as people read it; empty = none.
    QString shownKey(const QKeySequence &usual) const;
    /// Another key for a command; an empty one clears it, no value = the usual ones again.
    void setKey(const QAction *action, const std::optional<QKeySequence> &key);
    /// The command that has this key, other than `except`; null = it is free.
    const Entry *ownerOf(const QKeySequence &key, const QAction *except) const;
    /// Why no command may have this key, in words; empty = one may.
    static QString fault(const QKeySequence &key);

Q_SIGNALS:
    void changed();

private:
    static QString idOf(const Entry &entry);
    void apply(const Entry &entry) const;

    Preferences &m_preferences;
    QWidget *m_window;
    std::vector<Entry> m_entries;
};

} // namespace peerdesk::ui
