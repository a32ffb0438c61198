// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/domain/ids.h"

namespace peerdesk {

/// Bytes kept outside the log, by SHA-256. Bounds are the channel's.
struct Attachment
{
    QByteArray sha256; ///< 32 bytes
    QString name;      ///< as the sender called it; never a path
    QString mimeType;  ///< sniffed or declared, never trusted
    qint64 size = 0;   ///< bytes
    QString contentId; ///< for inline images: the cid without brackets
    bool isInline = false;

    static constexpr auto fields()
    {
        return FieldList{field(1, "sha256", &Attachment::sha256),
                         field(2, "name", &Attachment::name),
                         field(3, "mime_type", &Attachment::mimeType),
                         field(4, "size", &Attachment::size),
                         field(5, "content_id", &Attachment::contentId),
                         field(6, "is_inline", &Attachment::isInline)};
    }
    bool operator==(const Attachment &) const = default;
};

/// What a message says. Every kind has a plain text; html is sanitised at the edge before it gets
/// here.
struct Content
{
    QString subject;
    QString text; ///< plain text, always; at most 32 KiB, longer goes as attachment
    QString html; ///< sanitised, no remote loads; empty = none; at most 128 KiB
    std::vector<Attachment> attachments;
    std::vector<QString> quickReplies; ///< choices offered with the text
    Json rich;                         ///< see core/channels/api/rich.h; empty = none

    static constexpr auto fields()
    {
        return FieldList{field(1, "subject", &Content::subject),
                         field(2, "text", &Content::text),
                         field(3, "html", &Content::html),
                         field(4, "attachments", &Content::attachments),
                         field(5, "quick_replies", &Content::quickReplies),
                         field(6, "rich", &Content::rich)};
    }
    bool operator==(const Content &) const = default;
};

enum class MessageKind { Inbound, Reply, Note, System };
template <>
struct EnumNames<MessageKind>
{
    static constexpr std::array names{"inbound", "reply", "note", "system"};
};

/// Delivery states of the decisions page; `Received` is for what customers send.
enum class MessageState {
    Received,
    Scheduled,
    Queued,
    Sending,
    Sent,
    Delivered,
    Read,
    Failed,
    Uncertain,
    Canceled
};
template <>
struct EnumNames<MessageState>
{
    static constexpr std::array names{"received",  "scheduled", "queued", "sending",   "sent",
                                      "delivered", "read",      "failed", "uncertain", "canceled"};
};

enum class AuthorKind { Customer, Agent, Bot, System };
template <>
struct EnumNames<AuthorKind>
{
    static constexpr std::array names{"customer", "agent", "bot", "system"};
};

/// Who can read an answer where the channel has both: comments are answered below the post or to
/// the person alone.
enum class Visibility { Public, Private };
template <>
struct EnumNames<Visibility>
{
    static constexpr std::array names{"public", "private"};
};

/// What may be done to a message at the provider. Edit and React say how in the header "text": the
/// new text, the emoji (empty = taken back).
enum class MessageAction { None, Hide, Unhide, Like, Unlike, Delete, Edit, React };
template <>
struct EnumNames<MessageAction>
{
    static constexpr std::array names{"none",   "hide",   "unhide", "like",
                                      "unlike", "delete", "edit",   "react"};
};

/// Who reacts for the office: to the provider it is one account, whoever of us clicked.
inline const QString OfficeReacts = QStringLiteral("office");

struct Message
{
    using Key = MessageId;
    MessageId id;
    ConversationId conversation;
    MessageKind kind = MessageKind::Inbound;
    MessageState state = MessageState::Received;
    AuthorKind authorKind = AuthorKind::Customer;
    AgentId author; ///< set when authorKind is Agent
    Content content;
    Time createdAt;    ///< office time
    Time providerTime; ///< as the channel says
    QString providerId;
    MessageId replyTo;
    Time sendAt;
    QString failure; ///< the reason, in the provider's plain words
    int attempts = 0;
    Json headers;   ///< what the connector needs to answer: message_id, references, to, cc, raw
                    ///< (hash) ...; of ours what it has to do: "visibility", or "action" to the
                    ///< message `replyTo` (then it is a System message)
    Time editedAt;  ///< by who wrote it, at the provider's; not set = never
    Time deletedAt; ///< likewise; then `content` is empty
    std::map<QString, QString> reactions; ///< emoji by who reacted; of the office: OfficeReacts

    static constexpr const char *table = "message";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Message::id),
                         field(2, "conversation", &Message::conversation),
                         field(3, "kind", &Message::kind),
                         field(4, "state", &Message::state),
                         field(5, "author_kind", &Message::authorKind),
                         field(6, "author", &Message::author),
                         personal(7, "content", &Message::content),
                         field(8, "created_at", &Message::createdAt),
                         field(9, "provider_time", &Message::providerTime),
                         personal(10, "provider_id", &Message::providerId),
                         field(11, "reply_to", &Message::replyTo),
                         field(12, "send_at", &Message::sendAt),
                         personal(13, "failure", &Message::failure),
                         field(14, "attempts", &Message::attempts),
                         personal(15, "headers", &Message::headers),
                         field(16, "edited_at", &Message::editedAt),
                         field(17, "deleted_at", &Message::deletedAt),
                         personal(18, "reactions", &Message::reactions)};
    }
    Key key() const { return id; }
    bool operator==(const Message &) const = default;
};

} // namespace peerdesk
