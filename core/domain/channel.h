// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/domain/conversation.h"
#include "core/domain/ids.h"
#include "core/domain/message.h"

namespace peerdesk {

enum class AccountState { Starting, Connected, Degraded, Down, Paused };
template <>
struct EnumNames<AccountState>
{
    static constexpr std::array names{"starting", "connected", "degraded", "down", "paused"};
};

/// One configured instance of a channel. Settings are public; secrets lie in the SecretStore under
/// the account's id.
struct ChannelAccount
{
    using Key = AccountId;
    AccountId id;
    QString type; ///< "email", "webchat", ...
    QString name;
    std::map<QString, QString> settings;
    FlowId flow;
    QueueId queue;
    NodeId owner;      ///< appointed node
    quint64 fence = 0; ///< log index of the appointment
    bool isPaused = false;
    QByteArray cursor; ///< where ingest stands; moved by compare-and-set only

    static constexpr const char *table = "channel_account";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &ChannelAccount::id),
                         field(2, "type", &ChannelAccount::type),
                         field(3, "name", &ChannelAccount::name),
                         field(4, "settings", &ChannelAccount::settings),
                         field(5, "flow", &ChannelAccount::flow),
                         field(6, "queue", &ChannelAccount::queue),
                         field(7, "owner", &ChannelAccount::owner),
                         field(8, "fence", &ChannelAccount::fence),
                         field(9, "is_paused", &ChannelAccount::isPaused),
                         field(10, "cursor", &ChannelAccount::cursor)};
    }
    Key key() const { return id; }
    bool operator==(const ChannelAccount &) const = default;
};

/// How the sender of an inbound item can be reached besides the channel's own id.
struct Identity
{
    QString kind;
    QString scope;
    QString value;
    QString display;
    Evidence evidence = Evidence::Provider;

    static constexpr auto fields()
    {
        return FieldList{field(1, "kind", &Identity::kind), field(2, "scope", &Identity::scope),
                         field(3, "value", &Identity::value),
                         field(4, "display", &Identity::display),
                         field(5, "evidence", &Identity::evidence)};
    }
    bool operator==(const Identity &) const = default;
};

/// Edited, Deleted and Reacted are about an earlier message of the customer or of ours: its
/// provider id stands in `receiptFor`. Edited carries the whole new content; Reacted the emoji as
/// text, empty = taken back. An edit of a message that never came is taken as that message.
enum class ItemKind { Message, Receipt, Quarantined, Edited, Deleted, Reacted };
template <>
struct EnumNames<ItemKind>
{
    static constexpr std::array names{"message", "receipt", "quarantined",
                                      "edited",  "deleted", "reacted"};
};

/// One thing that a provider delivered. Ingest never refuses one: what cannot be parsed comes as
/// Quarantined with its raw bytes as the only attachment and `content.text` saying why.
struct InboundItem
{
    ItemKind kind = ItemKind::Message;
    QString providerId;               ///< dedupe key within the account, for ever
    QString thread;                   ///< provider thread; empty = one thread per sender
    std::vector<QString> threadHints; ///< provider ids of our or earlier messages this answers
                                      ///< (In-Reply-To, References), nearest first
    Identity sender;                  ///< the channel's own id of the sender
    std::vector<Identity> also;       ///< further addresses, e.g. the e-mail that a visitor typed
    QString senderName;
    QString language;
    Content content;
    Time providerTime;
    Json headers;
    bool isAutomatic = false; ///< auto-reply or list mail: stored, shown, but no flow and no
                              ///< automatic answer (RFC 3834)
    // Receipts, edits, deletions, reactions:
    QString receiptFor; ///< provider id of the message that this is about
    MessageState receiptState = MessageState::Delivered;
    QString receiptReason;

    static constexpr auto fields()
    {
        return FieldList{field(1, "kind", &InboundItem::kind),
                         field(2, "provider_id", &InboundItem::providerId),
                         field(3, "thread", &InboundItem::thread),
                         field(4, "thread_hints", &InboundItem::threadHints),
                         field(5, "sender", &InboundItem::sender),
                         field(6, "also", &InboundItem::also),
                         field(7, "sender_name", &InboundItem::senderName),
                         field(8, "language", &InboundItem::language),
                         field(9, "content", &InboundItem::content),
                         field(10, "provider_time", &InboundItem::providerTime),
                         field(11, "headers", &InboundItem::headers),
                         field(12, "is_automatic", &InboundItem::isAutomatic),
                         field(13, "receipt_for", &InboundItem::receiptFor),
                         field(14, "receipt_state", &InboundItem::receiptState),
                         field(15, "receipt_reason", &InboundItem::receiptReason)};
    }
    bool operator==(const InboundItem &) const = default;
};

/// A provider's call of `/hooks/{channel account}`, as it came: signatures are over `body`.
struct HookCall
{
    QByteArray method;
    QString rest; ///< of the path behind the account, without the slash
    std::map<QString, QString> query;
    std::map<QByteArray, QByteArray> headers; ///< names lower-case
    QByteArray body;
};
struct HookAnswer
{
    int status = 200;
    QByteArray contentType = "text/plain";
    QByteArray body;
};

enum class EffectKind { SendMessage, CallBot };
template <>
struct EnumNames<EffectKind>
{
    static constexpr std::array names{"send_message", "call_bot"};
};

enum class EffectState { Ready, Claimed, Succeeded, Failed, Uncertain, Canceled };
template <>
struct EnumNames<EffectState>
{
    static constexpr std::array names{"ready",  "claimed",   "succeeded",
                                      "failed", "uncertain", "canceled"};
};

/// A committed intent to act on the outside world: a row of the effect ledger.
struct Effect
{
    using Key = EffectId;
    EffectId id;
    EffectKind kind = EffectKind::SendMessage;
    EffectState state = EffectState::Ready;
    AccountId account;     ///< whose owner runs it
    MessageId message;     ///< for SendMessage
    ExecutionId execution; ///< for CallBot
    Json request;          ///< for CallBot: url, body
    Time startBy;          ///< not started by then = failed
    NodeId claimedBy;
    quint64 fence = 0; ///< appointment under which it was claimed
    int attempts = 0;
    Time retryAt;                ///< not before; for Ready
    quint64 position = 0;        ///< place in history: sends of one conversation go in this order
    ConversationId conversation; ///< of the message or the flow

    static constexpr const char *table = "effect";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Effect::id),
                         field(2, "kind", &Effect::kind),
                         field(3, "state", &Effect::state),
                         field(4, "account", &Effect::account),
                         field(5, "message", &Effect::message),
                         field(6, "execution", &Effect::execution),
                         personal(7, "request", &Effect::request),
                         field(8, "start_by", &Effect::startBy),
                         field(9, "claimed_by", &Effect::claimedBy),
                         field(10, "fence", &Effect::fence),
                         field(11, "attempts", &Effect::attempts),
                         field(12, "retry_at", &Effect::retryAt),
                         field(13, "position", &Effect::position),
                         field(14, "conversation", &Effect::conversation)};
    }
    Key key() const { return id; }
    bool operator==(const Effect &) const = default;
};

} // namespace peerdesk
