// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/flows.h"

#include "core/node/richcontent.h"

#include "core/base/json.h"

#include <cmath>

namespace peerdesk::node {

using namespace Qt::StringLiterals;
using namespace events;

namespace {

/// A bot has this long to answer before the flow goes on without it.
constexpr Milliseconds BotMayStartWithin = std::chrono::minutes(2);
/// Between two automatic answers to one address, where the channel wants that. Source: RFC 3834
/// section 2; without it two machines could write to each other for ever.
constexpr Milliseconds AnswersApart = std::chrono::hours(24);

/// What the customer can be told of a task that nobody has yet, from the router at this moment.
QJsonObject waitingTask(const Decision &decision, ConversationId id)
{
    const auto conversation = decision.get<Conversation>(id);
    const auto task = conversation ? decision.get<Task>(conversation->task) : std::nullopt;
    const auto standing =
        task ? decision.router().standing(task->id, decision.now()) : std::nullopt;
    if (!standing)
        return {};
    QJsonObject out{
        {u"id"_s, task->id.toString()},
        {u"status"_s, enumName(task->assignmentStatus)},
        {u"queue"_s, decision.get<Queue>(task->taskQueue).value_or(Queue{}).friendlyName},
        {u"priority"_s, task->priority},
        {u"position"_s, standing->position}};
    if (standing->expectedWait)
        out.insert(u"expected_wait"_s, std::ceil(*standing->expectedWait));
    return out;
}

flow::Context contextOf(const Decision &decision, const Conversation &conversation)
{
    const Customer customer =
        isProven(decision, conversation)
            ? decision.get<Customer>(conversation.customer).value_or(Customer{})
            : Customer{};
    const Address address = decision.get<Address>(conversation.address).value_or(Address{});
    const ChannelAccount account =
        decision.get<ChannelAccount>(conversation.account).value_or(ChannelAccount{});
    QJsonObject facts = json::object(customer.facts);
    if (!customer.id.isNull()) {
        facts.insert(u"id"_s, customer.id.toString());
        facts.insert(u"name"_s, customer.name);
    }
    if (!customer.language.isEmpty())
        facts.insert(u"language"_s, customer.language);
    const QJsonObject caseObject{{u"id"_s, conversation.id.toString()},
                                 {u"status"_s, enumName(conversation.status)},
                                 {u"subject"_s, conversation.subject}};
    const Office &office = decision.warm().office;
    const QJsonObject officeObject{
        {u"name"_s, office.name},
        {u"timezone"_s, office.timeZone.isEmpty() ? u"UTC"_s : office.timeZone},
        {u"locale"_s, office.locale}};
    const QJsonObject channel{{u"type"_s, account.type},
                              {u"name"_s, account.name},
                              {u"address"_s, account.settings.contains(u"address"_s)
                                                 ? account.settings.at(u"address"_s)
                                                 : account.name}};
    return {
        {u"customer"_s, facts},
        {u"case"_s, caseObject},
        {u"office"_s, officeObject},
        {u"channel"_s, channel},
        {u"task"_s, waitingTask(decision, conversation.id)},
        {u"contact"_s, QJsonObject{{u"channel"_s, QJsonObject{{u"address"_s, address.value}}}}}};
}

WorkflowId workflowNamed(const Decision &decision, const QString &name)
{
    for (const auto &[id, workflow] : decision.set().workflows) {
        if (id.toString() == name || workflow.friendlyName.compare(name, Qt::CaseInsensitive) == 0)
            return id;
    }
    return {};
}

/// Carries out what one step of a flow asks for.
class Actions
{
public:
    Actions(Decision &decision, const Conversation &conversation, const Execution &execution)
        : m_decision(decision)
        , m_conversation(conversation)
        , m_execution(execution)
    {}

    /// The effect whose result the execution waits for; null = none.
    EffectId awaited() const { return m_awaited; }

    /// What the customer's channel does not take today is held back; `isHeldBack` tells.
    void operator()(const flow::SendAction &action)
    {
        if (hasAnsweredToday() || !checkOptOut(m_decision, m_conversation.address)) {
            m_isHeldBack = true;
            if (action.awaits) // the customer was told today already
                answer(flow::Input::Kind::Sent);
            return;
        }
        Message message;
        message.id = derivedId<MessageId>(m_execution.id, tag("message"));
        message.conversation = m_conversation.id;
        message.kind = MessageKind::Reply;
        message.authorKind = AuthorKind::Bot;
        message.content = action.content;
        // Flows are checked when they are saved, bots are not: what does not hold is sent as its
        // text.
        if (const auto whole =
                prepareContent(m_decision.rules(m_conversation.channel), message.content);
            !whole)
            message.content.rich = {};
        message.createdAt = m_decision.now();
        const EffectId effect = queueMessage(m_decision, message, {});
        if (action.awaits)
            m_awaited = effect;
        if (answersOnceADay())
            m_decision.record(
                ItemSeen{m_conversation.account,
                         {Seen::idFor(m_conversation.account, lastAnswerKey()), message.id}});
    }
    void operator()(const flow::CallAction &action)
    {
        Effect effect;
        effect.id = derivedId<EffectId>(m_execution.id, tag("call"));
        effect.kind = EffectKind::CallBot;
        effect.account = m_conversation.account;
        effect.conversation = m_conversation.id;
        effect.execution = m_execution.id;
        effect.request = json::canonical({{u"method"_s, action.method},
                                          {u"url"_s, action.url},
                                          {u"body"_s, action.body},
                                          {u"content_type"_s, action.contentType},
                                          {u"payload"_s, QString::fromUtf8(action.payload)}});
        effect.startBy = m_decision.now() + BotMayStartWithin;
        m_decision.record(EffectIntended{effect});
        m_awaited = effect.id;
    }
    void operator()(const flow::TaskAction &action)
    {
        TaskWish wish;
        wish.workflow = workflowNamed(m_decision, action.workflow);
        wish.taskChannel = action.taskChannel;
        wish.priority = action.priority;
        wish.timeout = action.timeout;
        wish.attributes = action.attributes;
        if (!action.mayFail || m_wasRefused) {
            if (handOver(wish) && action.awaits)
                answer(flow::Input::Kind::TaskCreated);
            return;
        }
        const Result<Done> given = give(wish);
        m_wasRefused = !given;
        answer(given ? flow::Input::Kind::TaskCreated : flow::Input::Kind::TaskRefused,
               given ? QString() : given.error().detail);
    }
    void operator()(const flow::FactAction &action)
    {
        const auto customer = m_decision.get<Customer>(m_conversation.customer);
        if (!customer || !isProven(m_decision, m_conversation))
            return;
        QJsonObject facts = json::object(customer->facts);
        for (auto it = action.facts.begin(); it != action.facts.end(); ++it)
            facts.insert(it.key(), it.value());
        CustomerUpdated update{customer->id, {}, {}, json::canonical(facts), {}, {}};
        if (action.facts.value(u"language"_s).isString())
            update.language = action.facts.value(u"language"_s).toString();
        m_decision.record(update);
    }
    /// A person takes over; if the wish cannot be met, the office's default workflow gets it. If
    /// that cannot either, the conversation says so: nobody is left alone in silence. False =
    /// nobody has it.
    bool handOver(const TaskWish &wish)
    {
        if (m_hasNobody)
            return false;
        const Result<Done> wished = give(wish);
        if (wished)
            return true;
        qWarning("no task as the flow wants it: %ls", qUtf16Printable(wished.error().detail));
        TaskWish plain;
        plain.attributes = wish.attributes;
        const Result<Done> given = give(plain);
        if (!given)
            sayNobodyHasIt(given.error());
        m_hasNobody = !given;
        return given.has_value();
    }

    /// Nothing will come that the flow could wait for.
    bool isStuck() const { return m_isHeldBack || m_hasNobody; }
    /// What the flow waits for and is known at once; nothing = it waits for somebody else.
    std::optional<flow::Input> takeAnswer() { return std::exchange(m_answer, std::nullopt); }

private:
    void answer(flow::Input::Kind kind, const QString &detail = {})
    {
        m_answer = flow::Input{kind, {}, {}, detail};
    }
    /// The conversation's task, which it may have already.
    Result<Done> give(const TaskWish &wish)
    {
        const auto current = m_decision.get<Conversation>(m_conversation.id);
        if (!current || !current->task.isNull())
            return Done{};
        const Result<TaskId> task = createTask(m_decision, *current, wish);
        return task ? Result<Done>(Done{}) : task.error();
    }
    /// It stands among the unassigned; why, is in the conversation and in the log.
    void sayNobodyHasIt(const Error &why)
    {
        qWarning("nobody was given a conversation: %ls", qUtf16Printable(why.detail));
        Message message;
        message.id = derivedId<MessageId>(m_execution.id, tag("nobody"));
        message.conversation = m_conversation.id;
        message.kind = MessageKind::System;
        message.authorKind = AuthorKind::System;
        message.content.text =
            u"Nobody was given this conversation (%1). Take it, or assign it to somebody."_s.arg(
                why.detail);
        message.createdAt = m_decision.now();
        message.state = MessageState::Received;
        m_decision.record(MessageAdded{message});
    }
    bool answersOnceADay() const
    {
        return m_decision.rules(m_conversation.channel).answersOnceADay;
    }
    /// Of the permanent dedupe: names the last automatic answer to this address.
    QString lastAnswerKey() const
    {
        return u"automatic-answer:"_s + m_conversation.address.toString();
    }
    bool hasAnsweredToday() const
    {
        const auto last =
            answersOnceADay()
                ? m_decision.get<Seen>(Seen::idFor(m_conversation.account, lastAnswerKey()))
                : std::nullopt;
        const auto message = last ? m_decision.get<Message>(last->message) : std::nullopt;
        return message && message->state != MessageState::Failed &&
               message->state != MessageState::Canceled &&
               m_decision.now() - message->createdAt < AnswersApart;
    }
    QByteArray tag(const char *what)
    {
        return QByteArray(what) + ':' + QByteArray::number(m_execution.steps) + ':' +
               QByteArray::number(m_count++);
    }

    Decision &m_decision;
    const Conversation &m_conversation;
    const Execution &m_execution;
    EffectId m_awaited;
    int m_count = 0;
    bool m_isHeldBack = false;
    bool m_hasNobody = false;
    bool m_wasRefused = false; ///< once it may go on by itself; again, a person takes over
    std::optional<flow::Input> m_answer;
};

void perform(Decision &decision, const Conversation &conversation, const Flow &flow,
             const Execution &before, const flow::Input &input)
{
    Actions actions(decision, conversation, before);
    flow::Step step;
    step.execution = before;
    for (std::optional<flow::Input> next = input; next; next = actions.takeAnswer()) {
        step = flow::advance(flow, step.execution, *next, contextOf(decision, conversation),
                             decision.now());
        for (const flow::Action &action : step.actions)
            std::visit(actions, action);
    }
    const Execution &after = step.execution;
    const EffectId awaiting = actions.awaited().isNull() ? after.awaiting : actions.awaited();
    // A question that was held back would never be answered: a person takes over.
    const bool isStuck =
        actions.isStuck() && after.status == ExecutionStatus::Active && awaiting.isNull();
    if (!step.trouble.isEmpty())
        qWarning("flow %ls ended early: %ls", qUtf16Printable(flow.friendlyName),
                 qUtf16Printable(step.trouble));
    if (!step.trouble.isEmpty() || isStuck)
        actions.handOver({});
    decision.record(ExecutionMoved{after.id, after.state, after.variables, after.waitsUntil,
                                   after.steps, awaiting});
    if (after.status == ExecutionStatus::Ended || !step.trouble.isEmpty() || isStuck)
        decision.record(ExecutionEnded{after.id});
}

} // namespace

bool isForFlow(const Decision &decision, const Conversation &conversation)
{
    if (conversation.task.isNull())
        return true;
    const auto execution = decision.view().executionOf(conversation.id);
    return execution && flow::hasHandedOver(*execution);
}

void runFlow(Decision &decision, const Conversation &conversation, const Message &message)
{
    flow::Input input;
    input.message = message.content;
    if (const auto execution = decision.view().executionOf(conversation.id)) {
        const auto flow = decision.get<Flow>(execution->flow);
        if (flow) {
            input.kind = flow::Input::Kind::CustomerMessage;
            return perform(decision, conversation, *flow, *execution, input);
        }
        decision.record(ExecutionEnded{execution->id});
    }
    const auto account = decision.get<ChannelAccount>(conversation.account);
    const auto flow = account ? decision.get<Flow>(account->flow) : std::nullopt;
    Execution execution;
    execution.id = derivedId<ExecutionId>(message.id, "execution");
    execution.conversation = conversation.id;
    if (!flow) {
        Actions(decision, conversation, execution).handOver({});
        return;
    }
    execution.flow = flow->id;
    execution.revision = flow->revision;
    decision.record(ExecutionStarted{execution});
    input.kind = flow::Input::Kind::Started;
    perform(decision, conversation, *flow, execution, input);
}

void resumeFlow(Decision &decision, const Execution &execution, const flow::Input &input)
{
    const auto conversation = decision.get<Conversation>(execution.conversation);
    const auto flow = decision.get<Flow>(execution.flow);
    if (conversation && flow)
        return perform(decision, *conversation, *flow, execution, input);
    decision.record(ExecutionEnded{execution.id});
    if (conversation) // the flow was deleted under the customer: a person takes over
        Actions(decision, *conversation, execution).handOver({});
}

} // namespace peerdesk::node
