// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"

#include <QAbstractListModel>

namespace peerdesk::ui {

/// The messages of one conversation, oldest first, in pages of 200 from the Desk; the newest page
/// comes first. A held reply stands at the end until the office has it. GUI thread.
class MessageModel : public QAbstractListModel
{
    Q_OBJECT

public:
    static constexpr int PageSize = 200;
    enum Role { IdRole = Qt::UserRole + 1 };

    MessageModel(const Context &context, QObject *parent);

    void open(ConversationId conversation);
    ConversationId conversation() const { return m_conversation; }
    bool isLoading() const { return m_isLoading; }
    bool hasOlder() const { return !m_next.isEmpty(); }
    void loadOlder();
    /// A text that the office does not have yet.
    struct Held
    {
        Message message;
        int seconds = 0;        ///< left for Undo
        bool canUndo = false;   ///< it was not given to the office
        bool isWaiting = false; ///< its time is over and the office is out of reach
        bool operator==(const Held &) const = default;
    };
    /// They stand after the newest message, in this order.
    void setHeld(std::vector<Held> held);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    const Message &at(int row) const;
    /// What the office has, oldest first.
    const std::vector<Message> &all() const { return m_messages; }
    bool isHeld(int row) const { return row >= int(m_messages.size()); }
    /// Only of a held row.
    const Held &heldAt(int row) const { return m_held[size_t(row) - m_messages.size()]; }
    int rowOf(MessageId id) const;
    QString spokenText(int row) const;
    /// Rich content that `message` answers; empty = none, or it is not loaded.
    Json questionOf(const Message &message) const;
    QString authorName(const Message &message) const;
    void setCustomerName(const QString &name) { m_customerName = name; }
    const QString &customerName() const { return m_customerName; }

Q_SIGNALS:
    /// The first page is there.
    void opened();
    void failed(const peerdesk::Error &error);
    /// A message that was not there before came in at the end.
    void arrived(const peerdesk::Message &message);

private:
    void onChanged(const api::Changes &changes);
    void onPage(const Result<api::PageOf<Message>> &page, bool isFirst);
    void take(const Message &message);

    const Context &m_context;
    ConversationId m_conversation;
    QString m_customerName;
    std::vector<Message> m_messages;
    std::vector<Held> m_held;
    QString m_next;
    bool m_isLoading = false;
    quint64 m_request = 0;
};

/// "Delivered", "Read", "Maybe sent": a state in people's words.
QString deliveryText(MessageState state);

} // namespace peerdesk::ui
