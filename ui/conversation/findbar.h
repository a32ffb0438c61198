// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/widgets.h"

#include <QLineEdit>

namespace peerdesk::ui {

class MessageModel;
class TimelineView;

/// Finds words in the open conversation (Ctrl+F): newest match first, older pages are read as far
/// as needed. GUI thread.
class FindBar : public QWidget
{
    Q_OBJECT

public:
    FindBar(const Context &context, MessageModel &messages, TimelineView &timeline,
            QWidget *parent);

    /// Shows the bar; with `text`, looks for it at once.
    void open(const QString &text = {});
    void close();
    QLineEdit &field() { return *m_field; }
    QString stateText() const { return m_state->text(); }

Q_SIGNALS:
    void closed();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void restart();
    /// From the present match to the next older (-1) or newer (+1) one.
    void step(int direction);
    bool matches(int row) const;
    void onOlder();

    const Context &m_context;
    MessageModel &m_messages;
    TimelineView &m_timeline;
    QLineEdit *m_field;
    Label *m_state;
    QString m_wanted; ///< folded
    MessageId m_at;
    bool m_isReading = false;
};

} // namespace peerdesk::ui
