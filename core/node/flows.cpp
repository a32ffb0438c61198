// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/flows.h"

#include "core/base/json.h"

namespace peerdesk::node {

using namespace Qt::StringLiterals;
using namespace events;

namespace {

/// A bot has this long to answer before the flow goes on without it.
constexpr Milliseconds BotMayStartWithin = std::chrono::minutes(2);

flow::Context contextOf(const Decision &decision, const Conversation &conversation)
{
    const Customer customer = decision.get<Customer>(conversation.customer).value_or(Customer{});
    const Address address = decision.get<Address>(conversation.address).value_or(Address{});
    const ChannelAccount account =
        decision.get<ChannelAccount>(conversation.account).value_or(ChannelAccount{});
    QJsonObject facts = json::object(customer.facts);
    facts.insert(u"id"_s, customer.id.toString());
    facts.insert(u"name"_s, customer.name);
    if (!customer.language.isEmpty())
        facts.insert(u"language"_s, customer.language);
    const QJsonObject caseObject{{u"id"_s, conversation.id.toString()},
                                 {u"status"_s, enumName(conversation.status)},
                                 {u"subject"_s, conversation.subject}};
    const QJsonObject channel{{u"type"_s, account.type},
                              {u"name"_s, account.name},
                              {u"address"_s, account.settings.contains(u"address"_s)
                                                 ? account.settings.at(u"address"_s)
                                                 : account.name}};
    return {
        {u"customer"_s, facts},
        {u"case"_s, caseObject},
        {u"channel"_s, channel},
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

    void operator()(const flow::SendAction &action)
    {
        Message message;
        message.id = derivedId<MessageId>(m_execution.id, tag("message"));
        message.conversation = m_conversation.id;
        message.kind = MessageKind::Reply;
        message.authorKind = AuthorKind::Bot;
        message.content = action.content;
        message.createdAt = m_decision.now();
        const EffectId effect = queueMessage(m_decision, message, {});
        if (action.awaits)
            m_awaited = effect;
    }
    void operator()(const flow::CallAction &action)
    {
        Effect effect;
        effect.id = derivedId<EffectId>(m_execution.id, tag("call"));
        effect.kind = EffectKind::CallBot;
        effect.account = m_conversation.account;
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
        handOver(wish);
    }
    void operator()(const flow::FactAction &action)
    {
        const auto customer = m_decision.get<Customer>(m_conversation.customer);
        if (!customer)
            return;
        QJsonObject facts = json::object(customer->facts);
        for (auto it = action.facts.begin(); it != action.facts.end(); ++it)
            facts.insert(it.key(), it.value());
        CustomerUpdated update{customer->id, {}, {}, json::canonical(facts), {}, {}};
        if (action.facts.value(u"language"_s).isString())
            update.language = action.facts.value(u"language"_s).toString();
        m_decision.record(update);
    }
    /// A person takes over; if the wish cannot be met, the office's default workflow gets it:
    /// nobody is left alone.
    void handOver(const TaskWish &wish)
    {
        const auto current = m_decision.get<Conversation>(m_conversation.id);
        if (!current || !current->task.isNull())
            return;
        if (!createTask(m_decision, *current, wish)) {
            TaskWish plain;
            plain.attributes = wish.attributes;
            (void)createTask(m_decision, *current, plain); // the default queue always exists
        }
    }

private:
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
};

void perform(Decision &decision, const Conversation &conversation, const Flow &flow,
             const Execution &before, const flow::Input &input)
{
    const flow::Step step =
        flow::advance(flow, before, input, contextOf(decision, conversation), decision.now());
    Actions actions(decision, conversation, step.execution);
    for (const flow::Action &action : step.actions)
        std::visit(actions, action);
    const Execution &after = step.execution;
    if (!step.trouble.isEmpty()) {
        qWarning("flow %ls ended early: %ls", qUtf16Printable(flow.friendlyName),
                 qUtf16Printable(step.trouble));
        actions.handOver({});
    }
    const EffectId awaiting = actions.awaited().isNull() ? after.awaiting : actions.awaited();
    decision.record(ExecutionMoved{after.id, after.state, after.variables, after.waitsUntil,
                                   after.steps, awaiting});
    if (after.status == ExecutionStatus::Ended || !step.trouble.isEmpty())
        decision.record(ExecutionEnded{after.id});
}

} // namespace

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
    if (!flow)
        return Actions(decision, conversation, execution).handOver({});
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
