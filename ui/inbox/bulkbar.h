// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/widgets.h"
#include "ui/inbox/conversationlist.h"

#include <QTimer>

namespace peerdesk::ui {

/// What can be done with several conversations at once, always with their number, and Undo for
/// 10 s afterwards (UX-14). GUI thread.
class BulkBar : public QWidget
{
    Q_OBJECT

public:
    static constexpr std::chrono::seconds UndoLasts{10};

    BulkBar(const Context &context, ConversationList &list, QWidget *parent);

    void resolve();
    void snooze(Time until, const QString &words);
    void tag(const QString &tag);
    void assign(const Agent &agent);
    void undo();
    QString words() const { return m_words->text(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void showCount(int count);
    void run(const std::vector<std::pair<api::Command, std::optional<api::Command>>> &steps,
             const QString &words);
    void onOutcome(const Result<api::Outcome> &outcome);
    void openSnooze();
    void openTags();
    void openAssign();
    void setTools(bool areVisible);

    const Context &m_context;
    ConversationList &m_list;
    Label *m_words;
    std::vector<QWidget *> m_tools;
    Button *m_undo;
    std::vector<api::Command> m_back; ///< what undoes the last act
    QTimer m_timer;
    int m_failed = 0;
};

} // namespace peerdesk::ui
