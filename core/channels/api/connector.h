// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/completion.h"
#include "core/domain/channel.h"
#include "core/domain/filetypes.h"
#include "core/domain/messagetemplate.h"

#include <QJsonObject>
#include <QObject>

#include <functional>
#include <memory>

namespace peerdesk::channels {

/// One setting of a channel as the wizard and `channel types` show it.
struct Setting
{
    QString key;
    QString label;
    bool isSecret = false;
    bool isRequired = true;
    QString fallback; ///< default value
    QString hint;
    /// A secret that nobody types: 32 random bytes, made by the node when the account is added.
    bool isGenerated = false;
    /// What may stand in it: text, host, port, email, file, switch (true or false), "sites" (web
    /// addresses apart by commas), "number LEAST MOST", "one-of A B ...".
    QString form = QStringLiteral("text");
};

/// Who may send a kind of rich content natively on a channel; the others' becomes numbered text.
enum class RichUse {
    Text, ///< never native: text with numbered options
    Flow, ///< flow, bot and API only
    Agent ///< agents too
};

/// What may be sent once the reply window has closed.
enum class AfterWindow {
    Nothing,  ///< the customer has to write first
    Template, ///< a message that the provider has approved
    HumanTag  ///< a person's answer, up to `humanWindow`
};

/// How what customers write gets here.
enum class Ingress { Poll, LongPoll, Socket, Webhook, Door };

/// What a channel can do. Drives composer, flow editor and fallback.
struct Capabilities
{
    Ingress ingress = Ingress::Door;
    bool isPublic = false;                 ///< everybody can read the answers
    bool privateAnswers = false;           ///< besides, to the person alone
    std::vector<MessageAction> actions;    ///< what can be done to customers' messages
    std::vector<MessageAction> ownActions; ///< and to those that went out from here
    /// What of a customer can be written to first, as kinds of addresses: "email", "phone".
    std::vector<QString> reaches;
    /// Answers are possible this long after the customer's last message. Zero = without end.
    Seconds replyWindow{0};
    AfterWindow afterWindow = AfterWindow::Nothing;
    Seconds humanWindow{0}; ///< for HumanTag
    /// By kind of rich content ("quick_replies", "list_picker", ...: `core/rich`). Absent = Text.
    std::map<QString, RichUse> rich;
    FileRules files;
    bool deliveryReceipts = false;
    bool edits = false;                           ///< customers' edits and deletions arrive
    bool reactions = false;                       ///< customers' reactions arrive
    QString taskChannel = QStringLiteral("chat"); ///< for capacity
    bool proactive = false;
    bool html = false;
    bool quickReplies = false;
    bool typing = false;
    bool readReceipts = false;
    /// At most one automatic answer per customer and day: mail answers mail (RFC 3834 section 2).
    bool answersOnceADay = false;
    int maxTextLength = 0; ///< characters, 0 = no limit
    /// A second try with the same message id within this time cannot double it. Zero = never resend
    /// by itself.
    Seconds idempotentFor{0};
};

/// A page of provider items on its way to commit.
struct InboundPage
{
    std::vector<InboundItem> items;
    QByteArray cursorFrom;
    QByteArray cursorTo;
    /// Bytes of attachments named by the items, by SHA-256; stored and fsynced before the command
    /// is submitted.
    std::map<QByteArray, QByteArray> attachments;
};

/// What the provider said to a send.
struct SendResult
{
    enum class Kind {
        Accepted, ///< providerId is set
        Refused,  ///< surely not sent; detail says why in plain words
        Later,    ///< surely not sent, may be tried again after retryAfter (429, greylisting)
        Uncertain ///< the connection broke after the data went out: nobody knows
    };
    Kind kind = Kind::Uncertain;
    QString providerId;
    QString detail;
    Seconds retryAfter{0};
};

/// What the gate hands a connector to send: everything it needs, nothing to look up.
struct Outgoing
{
    Message message; ///< its id is the idempotency key
    Conversation conversation;
    Address address; ///< of the customer on this channel
    std::optional<Message>
        answered;      ///< the last inbound message: quoted text, Message-ID, References
    QString agentName; ///< empty for bots
    std::map<QByteArray, QByteArray> attachments; ///< bytes by SHA-256
    Time lastInboundAt; ///< when the customer last wrote in this conversation; not set = never
};

/// What a connector may ask of the node. Thread: node.
class Host
{
public:
    virtual ~Host() = default;
    /// Commits a page. The connector acknowledges to its provider only in `done` with success
    /// (design rule 7). Errors: Rejected "cursor" if cursorFrom is not where the log stands
    /// (re-read the cursor and poll again), Busy, Storage.
    virtual void ingest(InboundPage page, Completion<Done> done) = 0;
    /// Where the log stands.
    virtual QByteArray cursor() const = 0;
    /// Whether the provider may be asked for news now. Who polls looks right before: another PC may
    /// run the account since.
    virtual bool mayAct() const { return true; }
    virtual void setState(AccountState state, const QString &detail) = 0;
    /// Customer is typing (not in the log).
    virtual void customerTyping(const QString &thread, bool isTyping) = 0;
    /// Messages of a conversation for a channel that shows history itself (web chat), oldest first.
    virtual void history(const QString &thread, Completion<std::vector<Message>> done) = 0;
    /// Bytes of an attachment that a message of this thread holds.
    virtual void attachment(const QString &thread, const QByteArray &sha256,
                            Completion<QByteArray> done) = 0;
    /// Up to when an agent has read this thread; not set = nothing yet.
    virtual Time agentReadUpTo(const QString &thread) const
    {
        Q_UNUSED(thread)
        return {};
    }
    virtual bool isAnyoneAvailable() const = 0;
    virtual QByteArray secret(const QString &name) const = 0;
    /// Keeps a secret that the provider changed (a rotated refresh token), before it is first used:
    /// after success secret() gives the new one, here and on whichever PC runs the account next.
    /// The account runs on; it is not started anew. Errors: Storage; a host that keeps none
    /// refuses.
    virtual void storeSecret(const QString &name, const QByteArray &value, Completion<Done> done)
    {
        Q_UNUSED(name)
        Q_UNUSED(value)
        done.answer(Error{Error::Code::Storage, QStringLiteral("no secrets are kept here"), {}});
    }
    /// Name of an agent as customers may see it; empty = not known.
    virtual QString agentName(const AgentId &agent) const
    {
        Q_UNUSED(agent)
        return {};
    }
    virtual Clock &clock() const = 0;
};

/// Adapter between one channel account and Peerdesk. Thread: node; long work goes to the pool and
/// comes back. Deleting it closes its sockets and drops what is under way.
class Connector : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    virtual void start() = 0;
    virtual void stop() = 0;
    /// One attempt. Called by the effect gate only, after the claim is committed.
    virtual void send(const Outgoing &outgoing, Completion<SendResult> done) = 0;
    /// Tries the settings for real; the answer is a sentence for people.
    virtual void test(Completion<QString> done) = 0;
    /// The provider called. Answer with success only after `ingest` has: what is not committed must
    /// come again. Unsigned or wrongly signed: 401 or 403, before anything is parsed.
    virtual void hook(const HookCall &call, Completion<HookAnswer> done)
    {
        Q_UNUSED(call)
        done.answer(HookAnswer{404, "text/plain", "this channel takes no calls"});
    }
    /// Which templates the provider has, those that may not be sent too. Errors: with a sentence
    /// for people.
    virtual void templates(Completion<TemplateList> done)
    {
        done.answer(notFound(tr("This channel has no list of templates.")));
    }
    /// An agent is typing or has read; shown to the customer where the channel can.
    virtual void agentTyping(const QString &thread, bool isTyping)
    {
        Q_UNUSED(thread)
        Q_UNUSED(isTyping)
    }
    virtual void agentRead(const QString &thread, Time upTo)
    {
        Q_UNUSED(thread)
        Q_UNUSED(upTo)
    }
};

/// A kind of channel: what it needs, what it can, and how to make one.
struct ChannelType
{
    QString type; ///< "email"
    QString label;
    std::vector<Setting> settings;
    Capabilities capabilities;
    std::function<std::unique_ptr<Connector>(const ChannelAccount &account, Host &host)> make;
};

} // namespace peerdesk::channels

namespace peerdesk {

template <>
struct EnumNames<channels::RichUse>
{
    static constexpr std::array names{"text", "flow", "agent"};
};
template <>
struct EnumNames<channels::AfterWindow>
{
    static constexpr std::array names{"nothing", "template", "human_tag"};
};
template <>
struct EnumNames<channels::Ingress>
{
    static constexpr std::array names{"poll", "long_poll", "socket", "webhook", "door"};
};

} // namespace peerdesk
