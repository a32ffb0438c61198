// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/widgets.h"
#include "ui/inbox/conversationlist.h"

#include <QComboBox>
#include <QLineEdit>
#include <QTimer>

namespace peerdesk::ui {

/// Ctrl+Shift+F: full text over all conversations of the office, with filters. It asks the Desk
/// 80 ms after the last key; a result opens its conversation at the words. GUI thread.
class SearchPage : public QWidget
{
    Q_OBJECT

public:
    static constexpr int PageSize = 100;

    SearchPage(const Context &context, QWidget *parent);

    void open();
    QLineEdit &field() { return *m_field; }
    ConversationModel &model() { return *m_model; }
    QString stateText() const { return m_state->text(); }

Q_SIGNALS:
    /// Open it, and find the words in it.
    void chosen(peerdesk::ConversationId conversation, const QString &words);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void build();
    void fillFilters();
    api::ConversationFilter filter() const;
    void ask();
    void more();
    void choose();

    const Context &m_context;
    ConversationModel *m_model;
    QLineEdit *m_field;
    QComboBox *m_status;
    QComboBox *m_queue;
    QComboBox *m_agent;
    QComboBox *m_channel;
    QLineEdit *m_tag;
    Label *m_state;
    ConversationList *m_list;
    QTimer m_pause;
    QString m_next;
    quint64 m_request = 0;
};

} // namespace peerdesk::ui
