// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/domain/filetypes.h"
#include "core/domain/permissions.h"
#include "core/node/richcontent.h"

#include <algorithm>

/// What agents do with conversations.
namespace peerdesk::node {

using namespace Qt::StringLiterals;
using namespace events;

namespace {

constexpr int MaxTextBytes = 32 * 1024;
/// An outgoing message that could not be started for this long is shown as failed instead of going
/// out stale.
constexpr Milliseconds SendStartsWithin = std::chrono::hours(24);
/// What waited longer for the office goes back to its author.
constexpr Milliseconds MostWaited = std::chrono::hours(12);
/// So many newest messages are looked through for somebody else's answer.
constexpr int MostAnswers = 100;

Error tooLarge(const QString &what, qint64 limit)
{
    return {Error::Code::TooLarge,
            u"%1 larger than the %2 MB that this channel takes"_s.arg(
                what, QString::number(double(limit) / 1024 / 1024, 'g', 3)),
            {}};
}

Result<Done> checkFiles(const std::vector<Attachment> &files, const FileRules &rules)
{
    if (!files.empty() && rules.maxBytes == 0)
        return Error{Error::Code::TooLarge, u"this channel takes no attachments"_s, {}};
    qint64 total = 0;
    for (const Attachment &file : files) {
        if (!isOneOf(rules.types, file.mimeType))
            return invalid(u"this channel takes no files like \"%1\" (%2), only %3"_s.arg(
                file.name, file.mimeType,
                QStringList(rules.types.begin(), rules.types.end()).join(u", "_s)));
        const qint64 limit = rules.maxBytesOf(file.mimeType);
        if (file.size > limit)
            return tooLarge(u"\"%1\" is"_s.arg(file.name), limit);
        total += file.size;
    }
    if (rules.maxTotalBytes > 0 && total > rules.maxTotalBytes)
        return tooLarge(u"the files together are"_s, rules.maxTotalBytes);
    return Done{};
}

Result<Done> checkContent(const ChannelRules &rules, MessageKind kind, const Content &content)
{
    if (content.text.trimmed().isEmpty() && content.html.isEmpty() && content.attachments.empty())
        return invalid(u"the message is empty"_s);
    if (content.text.toUtf8().size() > MaxTextBytes)
        return Error{Error::Code::TooLarge,
                     u"a message's text may have %1 KiB"_s.arg(MaxTextBytes / 1024),
                     {}};
    const bool isNote = kind == MessageKind::Note;
    const int most = isNote ? FileRules::MostFiles : rules.files.maxCount;
    if (content.attachments.size() > size_t(most))
        return Error{Error::Code::TooLarge, u"a message may have %1 attachments"_s.arg(most), {}};
    if (isNote)
        return Done{};
    if (rules.maxTextLength > 0 && content.text.size() > rules.maxTextLength) {
        return Error{Error::Code::TooLarge,
                     u"this channel takes %1 characters, the text has %2"_s.arg(rules.maxTextLength)
                         .arg(content.text.size()),
                     {}};
    }
    return checkFiles(content.attachments, rules.files);
}

/// Whether the caller may do this where everybody sees it, as the channel's settings say (M29).
Result<Done> checkRight(const Decision &decision, const ChannelAccount &account, const QString &key,
                        const QString &what)
{
    if (decision.isOffice() || isAllowed(account, key, decision.caller().role))
        return Done{};
    const bool isForAdmins = leastRole(account, key) == Role::Admin;
    return Error{Error::Code::Forbidden,
                 u"%1 is for %2 on this channel. Nothing was sent"_s.arg(
                     what, isForAdmins ? u"admins"_s : u"supervisors"_s),
                 u"not-permitted"_s};
}

Json asked(const QString &name, const QString &value)
{
    return json::canonical({{name, value}});
}

/// Who changes what went out: who wrote it, or who answers for the others.
Result<Done> checkOwn(const Decision &decision, const Message &target)
{
    if (target.deletedAt.isSet())
        return rejected(u"this message is deleted already"_s, u"deleted"_s);
    if (target.state != MessageState::Sent && target.state != MessageState::Delivered &&
        target.state != MessageState::Read)
        return rejected(u"only what was sent can be changed at the customer's"_s,
                        enumName(target.state));
    if (!decision.isSupervisor() && target.author != decision.caller().agent)
        return Error{Error::Code::Forbidden,
                     u"a colleague's message is changed by the colleague or a supervisor"_s,
                     u"not-permitted"_s};
    return Done{};
}

/// What Edit and React need to know besides: the new text, the emoji.
Result<Done> describe(const ChannelRules &rules, const api::SendMessage &command,
                      const Message &target, QJsonObject &headers)
{
    constexpr qsizetype MaxEmoji = 32;
    const QString text = command.content.text.trimmed();
    if (command.action == MessageAction::React) {
        if (text.size() > MaxEmoji)
            return Error{Error::Code::TooLarge, u"a reaction is one emoji"_s, {}};
        headers.insert(u"text"_s, text);
    }
    if (command.action != MessageAction::Edit)
        return Done{};
    if (!target.content.rich.isEmpty() || !target.content.quickReplies.empty())
        return rejected(u"this message has buttons or other rich content, which a change of its "
                        "text would take away"_s,
                        u"not-possible"_s);
    if (!target.content.attachments.empty())
        return rejected(u"only a message of text alone can be changed"_s, u"not-possible"_s);
    Content content;
    content.text = text;
    if (const Result<Done> good = checkContent(rules, MessageKind::Reply, content); !good)
        return good;
    headers.insert(u"text"_s, text);
    return Done{};
}

/// What is done to a message at the provider stands in the conversation, says nothing to
/// the customer and answers nothing.
Decided decideAction(Decision &decision, const api::SendMessage &command,
                     const Conversation &conversation)
{
    const auto target = decision.get<Message>(command.replyTo);
    if (!target || target->conversation != command.conversation ||
        target->kind == MessageKind::Note || target->providerId.isEmpty())
        return invalid(u"\"reply_to\" has to name the message that \"action\" is about"_s);
    const auto found =
        decision.get<ChannelAccount>(accountOf(decision.view(), conversation, *target));
    if (!found)
        return rejected(u"the channel of this message was removed"_s, u"removed"_s);
    const ChannelAccount &account = *found;
    const QString name = enumName(command.action);
    const ChannelRules rules = decision.rules(account.type);
    const bool isOurs = target->kind == MessageKind::Reply;
    const std::vector<MessageAction> &possible = isOurs ? rules.ownActions : rules.actions;
    if (std::ranges::find(possible, command.action) == possible.end())
        return rejected(u"this channel has no \"%1\" of %2 messages"_s.arg(
                            name, isOurs ? u"our own"_s : u"customers'"_s),
                        u"not-possible"_s);
    if (const Result<Done> may =
            isOurs ? checkOwn(decision, *target)
                   : checkRight(decision, account, ActionsBy, u"to hide, like or delete"_s);
        !may)
        return may.error();
    QJsonObject headers{{u"action"_s, name}};
    if (const Result<Done> good = describe(rules, command, *target, headers); !good)
        return good.error();
    Message message;
    message.id = decision.newId<MessageId>("message");
    message.conversation = command.conversation;
    message.kind = MessageKind::System;
    message.authorKind = AuthorKind::Agent;
    message.author = decision.caller().agent;
    message.createdAt = decision.now();
    message.replyTo = command.replyTo;
    message.headers = json::canonical(headers);
    queueMessage(decision, message, {}, account.id);
    return about(message.id, u"queued"_s);
}

/// Whether it goes to everybody or to the person alone, and whether the caller may.
Result<Done> checkVisibility(const Decision &decision, const ChannelRules &rules,
                             const ChannelAccount &account, Visibility visibility)
{
    if (visibility == Visibility::Private && rules.isPublic && !rules.privateAnswers)
        return rejected(u"this channel has no private answers"_s, u"not-possible"_s);
    if (visibility == Visibility::Private || !rules.isPublic)
        return Done{};
    return checkRight(decision, account, AnswersBy, u"to answer in public"_s);
}

/// Whether a text that waited for the office still answers what its author saw.
Result<Done> checkStillFits(const Decision &decision, const api::SendMessage &command)
{
    const api::WaitedSince &waited = command.waited;
    if (!waited.at.isSet())
        return Done{};
    const auto movedOn = [](const QString &what) { return rejected(what, u"moved-on"_s); };
    if (decision.now() - waited.at > MostWaited)
        return movedOn(u"this text waited for more than 12 hours"_s);
    const auto task = decision.get<Task>(waited.task);
    const bool isTheirs = task && task->worker == decision.caller().worker &&
                          (task->assignmentStatus == TaskStatus::Assigned ||
                           task->assignmentStatus == TaskStatus::Wrapping);
    if (!waited.task.isNull() && !isTheirs)
        return movedOn(u"the conversation is no longer with its author"_s);
    const auto newest = decision.view().newestMessages(command.conversation, MostAnswers);
    for (auto it = newest.rbegin(); it != newest.rend() && it->id != waited.seen; ++it) {
        if (it->kind == MessageKind::Reply && it->author != decision.caller().agent)
            return movedOn(u"somebody else has answered meanwhile"_s);
    }
    return Done{};
}

Result<WorkerId> callersWorker(const Decision &decision)
{
    if (decision.caller().worker.isNull())
        return rejected(u"you take no tasks yourself"_s, u"no-worker"_s);
    return decision.caller().worker;
}

Decided giveTo(Decision &decision, const Conversation &conversation, WorkerId worker)
{
    Conversation current = conversation;
    if (isDone(current.status))
        decision.record(ConversationUpdated{current.id, ConversationStatus::Open, {}, {}});
    TaskId task = current.task;
    if (task.isNull()) {
        TaskWish wish;
        wish.onlyWorker = worker;
        const Result<TaskId> created = createTask(decision, current, wish);
        if (!created)
            return created.error();
        task = *created;
    }
    if (const Result<Done> taken =
            routing::take(decision.set(), task, worker, decision.now(), decision.emitter());
        !taken)
        return taken.error();
    if (const auto execution = decision.view().executionOf(current.id))
        decision.record(ExecutionEnded{execution->id});
    return about(current.id, u"assigned"_s);
}

} // namespace

AccountId accountOf(const Overlay &view, const Conversation &conversation, const Message &message)
{
    if (const auto effect = view.get<Effect>(derivedId<EffectId>(message.id, "send")))
        return effect->account;
    const auto cameOver = [&](AccountId account) {
        return view.get<Seen>(Seen::idFor(account, message.providerId)).has_value();
    };
    if (cameOver(conversation.account))
        return conversation.account;
    for (const Route &route : view.routesOf(conversation.id)) {
        if (cameOver(route.account))
            return route.account;
    }
    return conversation.account;
}

EffectId queueMessage(Decision &decision, Message message, Time sendAt, AccountId account)
{
    message.state = sendAt.isSet() ? MessageState::Scheduled : MessageState::Queued;
    message.sendAt = sendAt;
    decision.record(MessageAdded{message});
    Effect effect;
    effect.conversation = message.conversation;
    effect.id = derivedId<EffectId>(message.id, "send");
    effect.kind = EffectKind::SendMessage;
    effect.account =
        account.isNull()
            ? decision.get<Conversation>(message.conversation).value_or(Conversation{}).account
            : account;
    effect.message = message.id;
    if (const auto execution = decision.view().executionOf(message.conversation);
        execution && message.authorKind == AuthorKind::Bot)
        effect.execution = execution->id;
    effect.retryAt = sendAt;
    effect.startBy = std::max(sendAt, decision.now()) + SendStartsWithin;
    decision.record(EffectIntended{effect});
    return effect.id;
}

Result<Done> closeWork(Decision &decision, const Conversation &conversation, const QString &reason)
{
    const auto task =
        conversation.task.isNull() ? std::nullopt : decision.get<Task>(conversation.task);
    const bool isOwned = task && (task->assignmentStatus == TaskStatus::Assigned ||
                                  task->assignmentStatus == TaskStatus::Wrapping);
    if (isOwned && !decision.isSupervisor() && task->worker != decision.caller().worker)
        return Error{Error::Code::Forbidden, u"a colleague works on this"_s, {}};
    if (const auto execution = decision.view().executionOf(conversation.id))
        decision.record(ExecutionEnded{execution->id});
    if (!task)
        return Done{};
    return isOwned ? routing::complete(decision.set(), task->id, reason, decision.emitter())
                   : routing::cancel(decision.set(), task->id, reason, decision.emitter());
}

Decided decide(Decision &decision, const api::SendMessage &command)
{
    const auto conversation = decision.get<Conversation>(command.conversation);
    if (!conversation)
        return notFound(u"no such conversation"_s);
    if (command.kind != MessageKind::Reply && command.kind != MessageKind::Note)
        return invalid(u"kind must be reply or note"_s);
    const auto account = decision.get<ChannelAccount>(conversation->account);
    if (command.kind == MessageKind::Reply && !account)
        return rejected(
            u"the channel of this conversation was removed: nothing can be sent on it"_s,
            u"removed"_s);
    if (command.kind == MessageKind::Reply && command.action != MessageAction::None)
        return decideAction(decision, command, *conversation);
    const ChannelRules rules = decision.rules(conversation->channel);
    Content content = command.content;
    if (command.kind == MessageKind::Reply) {
        if (const Result<Done> may = checkVisibility(decision, rules, *account, command.visibility);
            !may)
            return may.error();
        if (const Result<Done> whole = prepareContent(rules, content); !whole)
            return whole.error();
    }
    if (const Result<Done> good = checkContent(rules, command.kind, content); !good)
        return good.error();
    Message message;
    message.id = decision.newId<MessageId>("message");
    message.conversation = conversation->id;
    message.kind = command.kind;
    message.authorKind = AuthorKind::Agent;
    message.author = decision.caller().agent;
    message.content = content;
    message.createdAt = decision.now();
    message.replyTo = command.replyTo;
    if (command.kind == MessageKind::Note) {
        message.state = MessageState::Received;
        decision.record(MessageAdded{message});
        return about(message.id, u"noted"_s);
    }
    if (const Result<Done> fresh = checkStillFits(decision, command); !fresh)
        return fresh.error();
    if (rules.isPublic && command.visibility == Visibility::Private)
        message.headers = asked(u"visibility"_s, u"private"_s);
    if (const Result<Done> wanted = checkOptOut(decision, conversation->address); !wanted)
        return wanted.error();
    const Time sendAt = command.sendAt > decision.now() ? command.sendAt : Time{};
    const Time when = std::max(sendAt, decision.now());
    if (const Result<Done> open = checkWindow(rules, *conversation, when, content); !open)
        return open.error();
    if (const auto execution = decision.view().executionOf(conversation->id))
        decision.record(ExecutionEnded{execution->id}); // a person speaks: the bot is done
    queueMessage(decision, message, sendAt);
    return about(message.id, sendAt.isSet() ? u"scheduled"_s : u"queued"_s);
}

Decided decide(Decision &decision, const api::CancelMessage &command)
{
    const auto message = decision.get<Message>(command.message);
    if (!message)
        return notFound(u"no such message"_s);
    const EffectId id = derivedId<EffectId>(message->id, "send");
    const auto effect = decision.get<Effect>(id);
    if (!effect || effect->state != EffectState::Ready)
        return rejected(u"it is too late to take this message back"_s, enumName(message->state));
    decision.record(EffectEnded{id, EffectState::Canceled});
    decision.record(
        MessageStateChanged{message->id, MessageState::Canceled, {}, {}, message->attempts});
    return about(message->id, u"canceled"_s);
}

Decided decide(Decision &decision, const api::RetryMessage &command)
{
    const auto message = decision.get<Message>(command.message);
    if (!message)
        return notFound(u"no such message"_s);
    if (message->state != MessageState::Failed && message->state != MessageState::Uncertain)
        return rejected(u"only a failed or maybe-sent message can be sent again"_s,
                        enumName(message->state));
    const EffectId id = derivedId<EffectId>(message->id, "send");
    auto effect = decision.get<Effect>(id);
    if (!effect)
        return rejected(u"this message was never to be sent"_s, enumName(message->state));
    effect->state = EffectState::Ready;
    effect->retryAt = {};
    effect->startBy = decision.now() + SendStartsWithin;
    decision.record(EffectIntended{*effect});
    decision.record(
        MessageStateChanged{message->id, MessageState::Queued, {}, {}, message->attempts});
    return about(message->id, u"queued"_s);
}

Decided decide(Decision &decision, const api::MarkRead &command)
{
    const auto conversation = decision.get<Conversation>(command.conversation);
    if (!conversation)
        return notFound(u"no such conversation"_s);
    const Time upTo = command.upTo.isSet() ? command.upTo : decision.now();
    if (upTo > conversation->readUpTo)
        decision.record(ConversationRead{conversation->id, upTo});
    return about(conversation->id);
}

Decided decide(Decision &decision, const api::UpdateConversation &command)
{
    const auto conversation = decision.get<Conversation>(command.conversation);
    if (!conversation)
        return notFound(u"no such conversation"_s);
    if (command.status && isDone(*command.status) && !isDone(conversation->status)) {
        const Result<Done> closed = closeWork(decision, *conversation, enumName(*command.status));
        if (!closed)
            return closed.error();
    }
    decision.record(
        ConversationUpdated{conversation->id, command.status, command.tags, command.snoozeUntil});
    return about(conversation->id, enumName(command.status.value_or(conversation->status)));
}

Decided decide(Decision &decision, const api::TakeConversation &command)
{
    const auto conversation = decision.get<Conversation>(command.conversation);
    if (!conversation)
        return notFound(u"no such conversation"_s);
    const Result<WorkerId> worker = callersWorker(decision);
    if (!worker)
        return worker.error();
    return giveTo(decision, *conversation, *worker);
}

Decided decide(Decision &decision, const api::AssignConversation &command)
{
    const auto conversation = decision.get<Conversation>(command.conversation);
    const auto agent = decision.get<Agent>(command.agent);
    if (!conversation || !agent)
        return notFound(conversation ? u"no such agent"_s : u"no such conversation"_s);
    if (agent->worker.isNull())
        return rejected(u"%1 takes no tasks"_s.arg(agent->name), u"no-worker"_s);
    return giveTo(decision, *conversation, agent->worker);
}

Decided decide(Decision &decision, const api::ParkConversation &command)
{
    const auto conversation = decision.get<Conversation>(command.conversation);
    if (!conversation)
        return notFound(u"no such conversation"_s);
    if (isDone(conversation->status))
        return rejected(u"this conversation is done"_s, enumName(conversation->status));
    if (const Result<Done> closed = closeWork(decision, *conversation, u"parked"_s); !closed)
        return closed.error();
    decision.record(ConversationUpdated{conversation->id, ConversationStatus::Pending, {}, {}});
    return about(conversation->id, u"pending"_s);
}

Decided decide(Decision &decision, const api::ResumeConversation &command)
{
    const auto conversation = decision.get<Conversation>(command.conversation);
    if (!conversation)
        return notFound(u"no such conversation"_s);
    if (!conversation->task.isNull())
        return rejected(u"somebody works on it already"_s, enumName(conversation->status));
    TaskWish wish;
    const auto last = decision.get<Agent>(conversation->lastAgent);
    const auto worker = last ? decision.get<Worker>(last->worker) : std::nullopt;
    if (worker)
        wish.preferredWorker = worker->id;
    const Result<TaskId> task = createTask(decision, *conversation, wish);
    if (!task)
        return task.error();
    decision.record(ConversationUpdated{conversation->id, ConversationStatus::Open, {}, Time{}});
    return about(conversation->id, u"open"_s);
}

} // namespace peerdesk::node
