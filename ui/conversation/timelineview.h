// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/conversation/bubble.h"
#include "ui/conversation/heightindex.h"
#include "ui/conversation/messageacts.h"

#include <QAbstractScrollArea>
#include <QCache>
#include <QSet>
#include <QTimer>

class QMenu;

namespace peerdesk::ui {

class Button;

/// The messages of a conversation. Heights are estimated until a row is seen; measured rows lie in
/// a cache of 512; scrolling moves pixels and paints only what is new. Text can be selected across
/// bubbles. Every action in a bubble is also in the menu of the focused row (arrow keys, Enter).
class TimelineView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    TimelineView(const Context &context, MessageModel &model, QWidget *parent);

    /// Messages of the customer after this moment stand below the "New" divider; counts for what
    /// the model opens next.
    void setReadUpTo(Time readUpTo);
    /// What this agent may do to messages at the provider.
    void setLimits(const ChannelLimits &limits);
    QString selectedText() const;
    bool isAtBottom() const;
    int focusRow() const { return m_focusRow; }
    /// Gives a row the focus frame and brings it into view.
    void setFocusRow(int row);
    /// Brings a row into view and marks `words` in it, or only frames it.
    void reveal(int row, const QString &words);
    void clearSelection();
    /// UX-24: a colleague's message has been on the screen, in the window in front, for a moment.
    bool wasSeen(MessageId message) const;
    /// What can be done with a row, in words, and doing it.
    QStringList actionTexts(int row) const;
    void trigger(int row, const QString &action);
    /// Area of a row in the viewport, for accessibility and tests.
    QRect rowRect(int row) const;
    const MessageModel &model() const { return m_model; }
    /// The messages take long to come; grey bubbles stand for them.
    bool showsSkeleton() const { return m_showsSkeleton; }
    /// Number of rows measured so far, for benches.
    int measuredRows() const { return m_measured; }

Q_SIGNALS:
    void linkActivated(const QUrl &url);
    void retryWanted(peerdesk::MessageId message);
    void copyWanted(const peerdesk::Message &message);
    void cancelWanted(peerdesk::MessageId message);
    void undoWanted();
    void attachmentWanted(const peerdesk::Attachment &attachment);
    void pictureWanted(const peerdesk::Attachment &attachment);
    void mailWanted(const peerdesk::Message &message);
    /// `text`: the emoji of a reaction; what reads there now, to be changed.
    void actionWanted(peerdesk::MessageId message, peerdesk::MessageAction action,
                      const QString &text);
    /// The newest message is on the screen.
    void bottomSeen();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    /// A place in the text: row and character.
    struct Place
    {
        int row = -1;
        int at = 0;
        bool operator==(const Place &) const = default;
        auto operator<=>(const Place &) const = default;
    };

    void connectModel();
    void restyle();
    void reset();
    void onRowsInserted(int first, int last);
    void onRowsRemoved(int first, int last);
    void onRowChanged(int row);
    void onActed(int row);
    void estimateAll();
    bool realise();
    bool measure(int row);
    void updateRange();
    void setTop(int top);
    void stickToBottom();
    int top() const;
    int width() const;
    BubbleInput input(int row) const;
    const Bubble *bubble(int row) const;
    int rowAt(const QPoint &point) const;
    Place placeAt(const QPoint &point) const;
    const BubbleAction *actionAt(const QPoint &point, int *row) const;
    TextSpan span(int row) const;
    void run(int row, const BubbleAction &action);
    void fillMenu(QMenu &menu, int row);
    void addActs(QMenu &menu, int row);
    std::vector<OfferedAct> actsOf(int row) const;
    void copy();
    void moveFocus(int step);
    void movePill();
    void scrollTo(int row);
    void noteSeen(int row);
    void tellFocus();
    void paintSkeleton(QPainter &painter) const;

    const Context &m_context;
    MessageModel &m_model;
    HeightIndex m_heights;
    std::vector<bool> m_known;
    mutable QCache<QUuid, Bubble> m_bubbles{512};
    QSet<QUuid> m_openQuotes;
    ChannelLimits m_limits;
    Time m_readUpTo;
    int m_firstUnread = -1;
    bool m_isStuck = true; ///< the view follows the newest message
    int m_focusRow = -1;
    int m_newBelow = 0;
    int m_measured = 0;
    Place m_anchor, m_cursor;
    std::map<MessageId, Milliseconds> m_shownAt; ///< colleagues' messages, on the boot clock
    QTimer m_skeletonTimer;
    bool m_showsSkeleton = false;
    QPoint m_pressed;
    bool m_isSelecting = false;
    Button *m_pill;
};

} // namespace peerdesk::ui
