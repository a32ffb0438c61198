// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/findbar.h"

#include "ui/common/announcer.h"
#include "ui/common/fuzzy.h"
#include "ui/conversation/timelineview.h"

#include <QHBoxLayout>
#include <QKeyEvent>

namespace peerdesk::ui {

FindBar::FindBar(const Context &context, MessageModel &messages, TimelineView &timeline,
                 QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_messages(messages)
    , m_timeline(timeline)
    , m_field(new QLineEdit(this))
    , m_state(new Label(context.look, {12.5, QFont::Normal, Ink::Text2}, {}, this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(24, 6, 16, 6);
    row->setSpacing(6);
    m_field->setPlaceholderText(tr("Find in this conversation"));
    m_field->setAccessibleName(tr("Find in this conversation"));
    m_field->setMaxLength(200);
    auto *up = new IconButton(context.look, Icon::Up, tr("Older match (Enter)"), this);
    auto *down = new IconButton(context.look, Icon::Down, tr("Newer match (Shift+Enter)"), this);
    auto *away = new IconButton(context.look, Icon::Close, tr("Close (Esc)"), this);
    row->addWidget(m_field, 1);
    row->addWidget(m_state);
    for (QWidget *button : std::initializer_list<QWidget *>{up, down, away})
        row->addWidget(button);
    connect(m_field, &QLineEdit::textChanged, this, &FindBar::restart);
    connect(up, &QToolButton::clicked, this, [this] { step(-1); });
    connect(down, &QToolButton::clicked, this, [this] { step(1); });
    connect(away, &QToolButton::clicked, this, &FindBar::close);
    connect(&messages, &QAbstractItemModel::rowsInserted, this, &FindBar::onOlder);
    connect(&messages, &MessageModel::opened, this, [this] {
        if (isVisible())
            restart();
    });
    hide();
}

void FindBar::open(const QString &text)
{
    show();
    if (!text.isEmpty())
        m_field->setText(text);
    m_field->selectAll();
    m_field->setFocus(Qt::ShortcutFocusReason);
    if (!m_field->text().isEmpty())
        restart();
}

void FindBar::close()
{
    hide();
    m_wanted.clear();
    m_isReading = false;
    m_timeline.clearSelection();
    Q_EMIT closed();
}

void FindBar::restart()
{
    m_wanted = foldText(m_field->text().trimmed());
    m_at = {};
    m_isReading = false;
    m_state->clear();
    if (m_wanted.isEmpty())
        m_timeline.clearSelection();
    else
        step(-1);
}

bool FindBar::matches(int row) const
{
    const Message &message = m_messages.at(row);
    if (message.kind == MessageKind::System)
        return false;
    // foldText() bounds what it looks at; long mails are searched piece by piece.
    const QString &text = message.content.text;
    constexpr qsizetype Piece = 300;
    for (qsizetype from = 0; from == 0 || from < text.size(); from += Piece) {
        if (foldText(text.mid(from, Piece + m_wanted.size())).contains(m_wanted))
            return true;
    }
    return false;
}

void FindBar::step(int direction)
{
    if (m_wanted.isEmpty())
        return;
    const int present = m_messages.rowOf(m_at);
    int row = present < 0 ? m_messages.rowCount() - 1 : present + direction;
    while (row >= 0 && row < m_messages.rowCount() && !matches(row))
        row += direction;
    if (row >= 0 && row < m_messages.rowCount()) {
        m_at = m_messages.at(row).id;
        m_isReading = false;
        m_timeline.reveal(row, m_field->text().trimmed());
        m_state->clear();
        m_context.announcer.announce(
            m_messages.data(m_messages.index(row), Qt::AccessibleTextRole).toString());
        return;
    }
    if (direction < 0 && m_messages.hasOlder()) {
        m_isReading = true;
        m_state->setText(tr("Looking in older messages\u2026"));
        m_messages.loadOlder();
        return;
    }
    m_state->setText(m_at.isNull() ? tr("Nothing found") : tr("No more matches"));
    m_context.announcer.announce(m_state->text());
}

void FindBar::onOlder()
{
    if (std::exchange(m_isReading, false))
        step(-1);
}

void FindBar::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        return step(event->modifiers().testFlag(Qt::ShiftModifier) ? 1 : -1);
    QWidget::keyPressEvent(event);
}

void FindBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_context.look.theme().raised);
    painter.fillRect(QRect(0, height() - 1, width(), 1), m_context.look.theme().border);
}

} // namespace peerdesk::ui

#include "moc_findbar.cpp"
