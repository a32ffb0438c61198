// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/look.h"
#include "ui/common/preferences.h"

#include <QDialog>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>

namespace peerdesk::ui {

/// The agent's saved replies: a list, and the one being changed. Every change is kept at once.
class SnippetDialog : public QDialog
{
    Q_OBJECT

public:
    SnippetDialog(const Look &look, Preferences &preferences, QWidget *parent);
    void add();
    void removeCurrent();
    QListWidget &list() { return *m_list; }
    QLineEdit &name() { return *m_name; }
    QLineEdit &shortcut() { return *m_shortcut; }
    QPlainTextEdit &body() { return *m_body; }

private:
    void build(const Look &look);
    void showCurrent();
    void keep();

    Preferences &m_preferences;
    std::vector<Snippet> m_snippets;
    QListWidget *m_list;
    QLineEdit *m_name;
    QLineEdit *m_shortcut;
    QPlainTextEdit *m_body;
    QPushButton *m_remove;
    bool m_isShowing = false;
};

} // namespace peerdesk::ui
