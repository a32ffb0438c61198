// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/preferences.h"
#include "ui/common/widgets.h"
#include "ui/conversation/draftstore.h"

#include <QListWidget>

namespace peerdesk::ui {

class Editor;

/// What the popup of the composer offers.
struct Suggestion
{
    enum class Kind { Snippet, Emoji, Mention, SwitchToNote, Hint };
    Kind kind = Kind::Hint;
    QString title;
    QString detail;
    QString text; ///< inserted in place of the typed token
};

/// The part of a text that asks for suggestions: `/`, `:` or `@` at the start or after a space, up
/// to the caret.
struct Trigger
{
    QChar sign;
    int start = -1; ///< of the sign; -1 = none
    QString word;   ///< what follows the sign
};
Trigger triggerAt(const QString &text, int caret);

/// The list over the composer while the agent types `/` (saved replies), `:` (emoji) or `@`
/// (colleagues). The editor keeps the focus; Up, Down, Tab, Enter and Esc go to the list while it
/// is open (UX-32, UX-33). GUI thread.
class Suggestions : public QWidget
{
    Q_OBJECT

public:
    static constexpr int MaxRows = 8;

    Suggestions(const Context &context, Preferences &preferences, Editor &editor);

    void setMode(DraftMode mode);
    /// Values for placeholders, by name.
    void setValues(std::map<QString, QString> values) { m_values = std::move(values); }
    /// Types `sign` at the caret, as the buttons below the text do.
    void start(QChar sign);
    bool isOpen() const { return isVisible(); }
    const std::vector<Suggestion> &rows() const { return m_rows; }

Q_SIGNALS:
    /// A mention in a reply: the agent wants the text to be a note instead.
    void noteWanted(const QString &mention);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void refresh();
    bool takeKey(QKeyEvent &key);
    void move(int step);
    void choose(int row);
    void place();
    void showPreview(int row);
    void collectSnippets(const QString &word);
    void collectEmojis(const QString &word);
    void collectPeople(const QString &word);

    const Context &m_context;
    Preferences &m_preferences;
    Editor &m_editor;
    DraftMode m_mode = DraftMode::Reply;
    std::map<QString, QString> m_values;
    std::vector<Suggestion> m_rows;
    Trigger m_trigger;
    int m_dismissed = -1; ///< start of the token that Esc closed
    QListWidget *m_list;
    Label *m_preview;
};

} // namespace peerdesk::ui
