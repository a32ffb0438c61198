// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/paint.h"
#include "ui/inbox/conversationmodel.h"

#include <QStyledItemDelegate>

namespace peerdesk::ui {

/// Paints one row: avatar with channel badge, name and age, one line of what was said, chips.
class ConversationDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    ConversationDelegate(const Context &context, const ConversationModel &model, QObject *parent);

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    struct Lines
    {
        QRect name, age, snippet, count, chips;
    };

    void refreshFonts();
    Lines lines(const QRect &content) const;
    void paintGround(QPainter &painter, const QStyleOptionViewItem &option) const;
    void paintSnippet(QPainter &painter, const QRect &rect, const Conversation &c,
                      bool isGone) const;
    void paintChips(QPainter &painter, const QRect &rect, const Conversation &c,
                    bool isSelected) const;
    void paintUnread(QPainter &painter, const QRect &rect, int unread) const;

    const Context &m_context;
    const ConversationModel &m_model;
    QFont m_name, m_nameUnread, m_snippet, m_snippetUnread, m_age, m_count;
    int m_rowHeight = 82;
};

} // namespace peerdesk::ui
