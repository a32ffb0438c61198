// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/widgets.h"
#include "ui/inbox/bulkbar.h"
#include "ui/inbox/conversationfeed.h"
#include "ui/inbox/conversationlist.h"

#include <QLineEdit>
#include <QStackedWidget>

namespace peerdesk::ui {

/// The left pane: heading, search, views, list, and what stands there when the list is empty.
class InboxPane : public QWidget
{
    Q_OBJECT

public:
    InboxPane(const Context &context, QWidget *parent);

    /// Asks for the first page; call once everything is connected.
    void start();
    ConversationList &list() { return *m_list; }
    ConversationModel &model() { return *m_model; }
    ConversationFeed &feed() { return *m_feed; }
    Segments &views() { return *m_views; }
    QLineEdit &search() { return *m_search; }
    BulkBar &bulk() { return *m_bulk; }
    QString emptyText() const { return m_emptyText->text(); }
    QPushButton &emptyAction() { return *m_emptyAction; }
    /// The button on the first-use page ("Connect a channel"); without it the page has none.
    void setFirstUseAction(const QString &text, const std::function<void()> &run);
    /// What else can be done there meanwhile.
    void addFirstUseChoice(const QString &text, const std::function<void()> &run);

Q_SIGNALS:
    void conversationSelected(peerdesk::ConversationId id);
    void mineCounted(int count);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    QWidget *buildHeader();
    QWidget *buildEmptyPage();
    void connectFeed();
    void onLoaded();
    void onCounted(InboxView view, int count);
    void nameView(InboxView view, const QString &name);
    void onPresence(const api::Presence &presence);
    void showPill(int moves);
    void showEmpty();
    void runEmptyAction();
    void openSortMenu();

    const Context &m_context;
    ConversationModel *m_model;
    ConversationFeed *m_feed;
    QLineEdit *m_search;
    Segments *m_views;
    QStackedWidget *m_pages;
    ConversationList *m_list;
    BulkBar *m_bulk;
    QWidget *m_skeleton;
    Label *m_emptyTitle;
    Label *m_emptyText;
    Button *m_emptyAction;
    Button *m_firstUseAction;
    QWidget *m_firstUseChoices;
    Button *m_pill;
    IconButton *m_sort;
    QTimer m_searchTimer;
    QTimer m_skeletonTimer;
    int m_team = 0;
    int m_queue = 0;
    int m_later = 0;
    bool m_hasFirstUseAction = false;
    bool m_isUnreadable = false;
};

} // namespace peerdesk::ui
