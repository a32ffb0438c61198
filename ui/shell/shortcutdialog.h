// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/shortcuts.h"
#include "ui/common/widgets.h"

#include <QDialog>
#include <QKeySequenceEdit>
#include <QTableWidget>

namespace peerdesk::ui {

/// Gives commands other keys, or none. A key that another command has is not taken from it
/// unasked. Each change counts at once and is kept on this PC, for this agent.
class ShortcutDialog : public QDialog
{
    Q_OBJECT

public:
    ShortcutDialog(const Look &look, Shortcuts &shortcuts, QWidget *parent);

    QTableWidget &table() { return *m_table; }
    /// What is said about the key that was pressed; empty = nothing.
    QString words() const { return m_words->text(); }

private:
    void build(const Look &look);
    void fill();
    void showCurrent();
    void tryKey(const QKeySequence &key);
    void take(const QKeySequence &key);
    void setKey(const std::optional<QKeySequence> &key);
    void say(const QString &words, Ink ink);
    QAction *current() const;

    Shortcuts &m_shortcuts;
    QTableWidget *m_table;
    QKeySequenceEdit *m_key;
    Button *m_clear;
    Button *m_usual;
    Button *m_take;
    Label *m_words;
    QKeySequence m_wanted; ///< taken by another command
    bool m_isShowing = false;
};

} // namespace peerdesk::ui
