// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/preferences.h"
#include "ui/common/shortcuts.h"

#include <QLineEdit>
#include <QTimer>
#include <QTreeWidget>

namespace peerdesk::ui {

/// One line of the palette.
struct PaletteEntry
{
    enum class Group { Commands, Conversations, People, Replies };
    Group group = Group::Commands;
    QString title;
    QString detail; ///< its key, or what it is about
    std::function<void()> run;
};

/// Ctrl+K: one field for commands, conversations, people and saved replies. What is at hand answers
/// at once; what the office must look up follows after a pause of 80 ms. A layer over the window;
/// closing it gives the focus back. GUI thread.
class Palette : public QWidget
{
    Q_OBJECT

public:
    static constexpr int PerGroup = 6;
    static constexpr std::chrono::milliseconds Pause{80};

    /// What it finds besides commands, and what it can do with a text of its own.
    struct Sources
    {
        const Shortcuts &shortcuts;
        const Preferences &preferences;
        std::function<void(ConversationId)> open;
        std::function<void(CustomerId)> openCustomer;
        std::function<void(const Snippet &)> insert;
        std::function<void(Time)> snooze; ///< the open conversation
    };

    Palette(const Context &context, Sources sources, QWidget *parent);

    void open();
    void close();
    QLineEdit &field() { return *m_field; }
    std::vector<QString> titles() const;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void refresh();
    void collectCommands(const QString &wanted);
    void collectReplies(const QString &wanted);
    void askOffice();
    void fill();
    void runCurrent();
    void move(int step);

    const Context &m_context;
    Sources m_sources;
    QLineEdit *m_field;
    QTreeWidget *m_list;
    QPointer<QWidget> m_opener;
    std::vector<PaletteEntry> m_entries;
    std::map<QString, int> m_used; ///< commands by title: how often, while the window lives
    QTimer m_pause;
    quint64 m_request = 0;
};

} // namespace peerdesk::ui
