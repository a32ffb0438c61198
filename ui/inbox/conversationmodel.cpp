// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inbox/conversationmodel.h"

#include "ui/common/paint.h"
#include "ui/common/timetext.h"

#include <algorithm>

namespace peerdesk::ui {

ConversationModel::ConversationModel(const Context &context, QObject *parent)
    : QAbstractListModel(parent)
    , m_context(context)
{}

int ConversationModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant ConversationModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return at(index.row()).customerName;
    case Qt::AccessibleTextRole:
        return spokenText(index.row());
    case IdRole:
        return at(index.row()).id.value;
    case IsGoneRole:
        return isGone(index.row());
    default:
        return {};
    }
}

bool ConversationModel::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && m_hasMore;
}

void ConversationModel::fetchMore(const QModelIndex &)
{
    m_hasMore = false; // until the page that is now asked for says so
    Q_EMIT moreWanted();
}

void ConversationModel::reset(std::vector<Conversation> rows)
{
    beginResetModel();
    m_rows = std::move(rows);
    m_gone = {};
    m_pending.reset();
    endResetModel();
    Q_EMIT pendingChanged(0);
}

bool ConversationModel::isSameOrder(const std::vector<Conversation> &rows) const
{
    return std::equal(rows.begin(), rows.end(), m_rows.begin(), m_rows.end(),
                      [](const auto &a, const auto &b) { return a.id == b.id; });
}

void ConversationModel::merge(std::vector<Conversation> rows)
{
    for (const Conversation &row : rows) {
        update(row);
        if (row.id == m_gone) {
            m_gone = {}; // it came back
            touch(rowOf(row.id));
        }
    }
    if (isSameOrder(rows)) {
        m_pending.reset();
    } else if (m_isCalm && !m_rows.empty()) {
        m_pending = std::move(rows);
    } else {
        arrange(std::move(rows));
    }
    Q_EMIT pendingChanged(pendingMoves());
}

void ConversationModel::append(const std::vector<Conversation> &rows)
{
    std::vector<Conversation> fresh;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(fresh),
                 [this](const Conversation &row) { return rowOf(row.id) < 0; });
    if (fresh.empty())
        return;
    beginInsertRows({}, rowCount(), rowCount() + int(fresh.size()) - 1);
    m_rows.insert(m_rows.end(), fresh.begin(), fresh.end());
    endInsertRows();
}

void ConversationModel::update(const Conversation &conversation)
{
    const int row = rowOf(conversation.id);
    if (row < 0 || at(row) == conversation)
        return;
    m_rows[size_t(row)] = conversation;
    touch(row);
}

void ConversationModel::arrange(std::vector<Conversation> target)
{
    QSet<ConversationId> wanted;
    for (const Conversation &row : target)
        wanted.insert(row.id);
    m_gone = {};
    for (int row = rowCount() - 1; row >= 0; --row) {
        const ConversationId id = at(row).id;
        if (wanted.contains(id))
            continue;
        if (id == m_pinned) {
            m_gone = id;
            target.insert(target.begin() + std::min(row, int(target.size())), at(row));
            continue;
        }
        beginRemoveRows({}, row, row);
        m_rows.erase(m_rows.begin() + row);
        endRemoveRows();
    }
    for (int row = 0; row < int(target.size()); ++row) {
        const Conversation &wantedRow = target[size_t(row)];
        const int from = rowOf(wantedRow.id);
        if (from == row)
            continue;
        if (from < 0) {
            beginInsertRows({}, row, row);
            m_rows.insert(m_rows.begin() + row, wantedRow);
            endInsertRows();
        } else {
            beginMoveRows({}, from, from, {}, row);
            std::rotate(m_rows.begin() + row, m_rows.begin() + from, m_rows.begin() + from + 1);
            endMoveRows();
        }
    }
    if (const int row = rowOf(m_gone); row >= 0)
        touch(row);
}

void ConversationModel::setCalm(bool isCalm)
{
    m_isCalm = isCalm;
    if (!isCalm)
        applyPending();
}

int ConversationModel::pendingMoves() const
{
    if (!m_pending)
        return 0;
    int moves = 0;
    for (size_t i = 0; i < m_pending->size(); ++i) {
        if (i >= m_rows.size() || m_rows[i].id != (*m_pending)[i].id)
            ++moves;
    }
    return std::max(1, moves);
}

void ConversationModel::applyPending()
{
    if (!m_pending)
        return;
    auto target = std::exchange(m_pending, std::nullopt);
    arrange(std::move(*target));
    Q_EMIT pendingChanged(0);
}

void ConversationModel::setPinned(ConversationId id)
{
    const ConversationId gone = m_gone;
    m_pinned = id;
    if (gone.isNull() || gone == id)
        return;
    const int row = rowOf(gone);
    m_gone = {};
    beginRemoveRows({}, row, row);
    m_rows.erase(m_rows.begin() + row);
    endRemoveRows();
}

void ConversationModel::setDraft(ConversationId id, const QString &text)
{
    if (text.isEmpty())
        m_drafts.remove(id);
    else
        m_drafts[id] = text;
    if (const int row = rowOf(id); row >= 0)
        touch(row);
}

void ConversationModel::setTyping(ConversationId id, bool isTyping)
{
    if (isTyping)
        m_typing.insert(id);
    else
        m_typing.remove(id);
    if (const int row = rowOf(id); row >= 0)
        touch(row);
}

void ConversationModel::setFailed(ConversationId id, bool didFail)
{
    if (didFail)
        m_failed.insert(id);
    else
        m_failed.remove(id);
    if (const int row = rowOf(id); row >= 0)
        touch(row);
}

int ConversationModel::rowOf(ConversationId id) const
{
    const auto it = std::find_if(m_rows.begin(), m_rows.end(),
                                 [&](const Conversation &row) { return row.id == id; });
    return it == m_rows.end() ? -1 : int(it - m_rows.begin());
}

void ConversationModel::touch(int row)
{
    Q_EMIT dataChanged(index(row), index(row));
}

QString ConversationModel::spokenText(int row) const
{
    const Conversation &c = at(row);
    QStringList parts{c.customerName, channelName(c.channel)};
    if (c.unread > 0)
        parts += tr("%n unread", nullptr, c.unread);
    const Due due = dueText(c.replyDueAt, c.lastMessageAt, m_context.clock.wall());
    if (due.urgency != Urgency::None)
        parts += due.spokenText;
    if (const QString queue = m_context.directory.queueName(c.queue); !queue.isEmpty())
        parts += queue;
    if (didFail(c.id))
        parts += tr("a message was not sent");
    if (isTyping(c.id))
        parts += tr("typing");
    if (!draft(c.id).isEmpty())
        parts += tr("draft");
    if (isGone(row))
        parts += tr("no longer in this list");
    return tr("%1. %2", "facts of a row, then its last message")
        .arg(parts.join(QStringLiteral(", ")), c.snippet);
}

} // namespace peerdesk::ui

#include "moc_conversationmodel.cpp"
