// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/interpreter.h"

#include "core/base/json.h"
#include "core/flow/template.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace peerdesk::flow {
using namespace Qt::StringLiterals;

namespace {

// In units of liquid::MaxWork, measured in a debug build.
constexpr qint64 StepCost = 1024;
constexpr qint64 RenderCost = 512;    ///< what a template sees is put together
constexpr qint64 CompileCost = 16;    ///< per character
constexpr qint64 VariablesShare = 16; ///< so many characters of the variables are copied in a unit

/// Kept once the router has the task.
constexpr QLatin1StringView HandedOver("handed_over");

} // namespace

QString headOf(const QString &text)
{
    return liquid::cut(text, MaxKept);
}

Interpreter::Interpreter(const Flow &flow, const Execution &execution, const Context &context,
                         Time now)
    : m_flow(flow)
    , m_context(context)
    , m_now(now)
    , m_variables(json::object(execution.variables))
    , m_step{execution, {}, {}}
{}

Step Interpreter::run(const Input &input)
{
    if (isOver())
        return m_step;
    auto definition = parseDefinition(m_flow.definition);
    if (!definition) {
        trouble(definition.error().detail);
        return m_step;
    }
    m_definition = std::move(*definition);
    const bool isFresh = m_step.execution.state.isEmpty();
    Exit next = isFresh || isWaitSound()
                    ? onInput(input)
                    : trouble(u"state '%1' is not what it was"_s.arg(m_step.execution.state));
    while (next && !isOver())
        next = next->isEmpty() ? finish() : follow(*next);
    if (isOver())
        stopWaiting();
    keepVariables();
    return m_step;
}

/// Whether the state it stands in still exists and can wait for what it waits for: a flow may be
/// changed while an execution waits.
bool Interpreter::isWaitSound() const
{
    const State *state = current();
    if (!state)
        return false;
    switch (waiting()) {
    case Waiting::Nothing:
        return false;
    case Waiting::Reply:
        return state->type == WidgetType::SendAndWait || state->type == WidgetType::Bot;
    case Waiting::Sent:
        return state->type == WidgetType::SendMessage;
    case Waiting::Answer:
        return state->type == WidgetType::Bot || state->type == WidgetType::HttpRequest;
    case Waiting::Task:
        return state->type == WidgetType::SendToRouter;
    }
    return false;
}

/// Writes the variables back; what is too large or too deep to be read again ends the flow.
void Interpreter::keepVariables()
{
    Json &kept = m_step.execution.variables;
    kept = json::canonical(m_variables);
    if (kept.text.size() <= MaxVariables && QJsonDocument::fromJson(kept.text).isObject())
        return;
    kept = json::canonical(QJsonObject());
    if (!isOver())
        trouble(u"the variables are larger than 64 KiB or nested too deeply"_s);
}

// What reaches the execution

Interpreter::Exit Interpreter::onInput(const Input &input)
{
    const bool isMessage =
        input.kind == Input::Kind::Started || input.kind == Input::Kind::CustomerMessage;
    const bool isFresh = m_step.execution.state.isEmpty();
    if (isFresh && !isMessage)
        return std::nullopt; // nothing has begun that could be answered
    switch (input.kind) {
    case Input::Kind::Started:
    case Input::Kind::CustomerMessage:
        return isFresh ? start(messageJson(input.message)) : onMessage(input.message);
    case Input::Kind::Sent:
        return onSent(true);
    case Input::Kind::SendFailed:
        return onSent(false);
    case Input::Kind::BotAnswered:
    case Input::Kind::BotFailed:
        return onAnswer(input);
    case Input::Kind::TimedOut:
        return onTimeout();
    case Input::Kind::TaskCreated:
    case Input::Kind::TaskRefused:
        return onTask(input);
    }
    return std::nullopt;
}

Interpreter::Exit Interpreter::onMessage(const Content &content)
{
    const QJsonObject message = messageJson(content);
    if (waiting() == Waiting::Reply)
        return hear(*current(), message);
    pend(message);
    return std::nullopt;
}

Interpreter::Exit Interpreter::onSent(bool sent)
{
    const State &state = *current();
    if (waiting() == Waiting::Sent) {
        stopWaiting();
        return exitBy(state, sent ? u"sent"_s : u"failed"_s);
    }
    if (waiting() != Waiting::Reply || state.type != WidgetType::SendAndWait)
        return std::nullopt;
    if (!sent) {
        stopWaiting();
        return exitBy(state, u"deliveryFailure"_s);
    }
    // The time to reply counts from when the customer can have seen the question.
    m_step.execution.awaiting = {};
    const auto timeout = timeoutOf(state);
    if (!isOver())
        m_step.execution.waitsUntil = m_now + timeout.value_or(DefaultReplyTimeout);
    return std::nullopt;
}

Interpreter::Exit Interpreter::onAnswer(const Input &input)
{
    const State &state = *current();
    if (waiting() != Waiting::Answer)
        return std::nullopt;
    stopWaiting();
    return state.type == WidgetType::Bot ? botAnswered(state, input) : httpAnswered(state, input);
}

Interpreter::Exit Interpreter::onTimeout()
{
    const State &state = *current();
    const Time until = m_step.execution.waitsUntil;
    if (waiting() != Waiting::Reply || !until.isSet() || m_now < until)
        return std::nullopt;
    stopWaiting();
    return exitBy(state, u"timeout"_s);
}

Interpreter::Exit Interpreter::onTask(const Input &input)
{
    const State &state = *current();
    if (waiting() != Waiting::Task)
        return std::nullopt;
    stopWaiting();
    if (input.kind == Input::Kind::TaskCreated) {
        m_variables[HandedOver] = true;
        return handedOver(state);
    }
    setWidget(state, u"error"_s, headOf(input.detail));
    return handOver(state, u"failedToEnqueue"_s, u"state '%1': %2"_s.arg(state.name, input.detail));
}

// Moving

Interpreter::Exit Interpreter::start(const QJsonObject &message)
{
    const QJsonValue data = m_variables[u"flow"_s][u"data"_s];
    m_variables = {{u"flow"_s, QJsonObject{{u"variables"_s, QJsonObject()}, {u"data"_s, data}}},
                   {u"widgets"_s, QJsonObject()},
                   {u"trigger"_s, QJsonObject{{u"message"_s, message}}},
                   {u"message"_s, message}};
    m_step.execution.revision = m_flow.revision;
    return m_definition.initialState;
}

Interpreter::Exit Interpreter::follow(const QString &next)
{
    if (m_step.execution.steps >= MaxSteps)
        return trouble(u"more than 1,000 steps"_s);
    ++m_step.execution.steps;
    m_step.execution.state = next;
    if (!spend(StepCost))
        return std::nullopt;
    const State *state = current();
    return state ? enter(*state) : trouble(u"state '%1' does not exist"_s.arg(next));
}

/// The end of the flow. A message that came while it was busy starts it again, as it would have
/// done a moment later.
Interpreter::Exit Interpreter::finish()
{
    const QJsonObject pending = takePending();
    if (!pending.isEmpty() && !hasTask())
        return start(pending);
    end();
    return std::nullopt;
}

Interpreter::Exit Interpreter::enter(const State &state)
{
    switch (state.type) {
    case WidgetType::Trigger:
        return leadsOn(state, u"incomingMessage"_s)
                   ? exitBy(state, u"incomingMessage"_s)
                   : exitBy(state, u"incomingConversationMessage"_s);
    case WidgetType::Split:
        return split(state);
    case WidgetType::SetVariables:
        return setVariables(state);
    case WidgetType::SendMessage:
        return sendMessage(state);
    case WidgetType::SendAndWait:
        return sendAndWait(state);
    case WidgetType::SendToRouter:
        return sendToRouter(state);
    case WidgetType::Bot:
        return callBot(state);
    case WidgetType::HttpRequest:
        return callHttp(state);
    case WidgetType::SetCustomerFact:
        return setCustomerFact(state);
    }
    return std::nullopt;
}

Interpreter::Exit Interpreter::exitBy(const State &state, const QString &event) const
{
    for (const Transition &transition : state.transitions) {
        if (transition.event == event)
            return transition.next;
    }
    return QString();
}

bool Interpreter::leadsOn(const State &state, const QString &event) const
{
    return !exitBy(state, event)->isEmpty();
}

const State *Interpreter::current() const
{
    const auto state = m_definition.states.find(m_step.execution.state);
    return state == m_definition.states.end() ? nullptr : &state->second;
}

/// Ends early and gives the customer to a person.
Interpreter::Exit Interpreter::trouble(const QString &why)
{
    stopWaiting();
    end();
    m_step.trouble = why;
    if (!hasTask())
        m_step.actions.emplace_back(TaskAction{});
    return std::nullopt;
}

bool Interpreter::hasTask() const
{
    return m_variables[HandedOver].toBool() ||
           std::any_of(m_step.actions.begin(), m_step.actions.end(), [](const Action &action) {
               return std::holds_alternative<TaskAction>(action);
           });
}

// Templates

/// One allowance for everything that an advance does: a flow that goes round in circles must not
/// hold up the office. Once it is used up, a person takes over.
bool Interpreter::spend(qint64 units)
{
    m_work -= units;
    if (m_work < 0 && !isOver())
        trouble(u"state '%1': the flow does too much work"_s.arg(m_step.execution.state));
    return m_work >= 0;
}

QString Interpreter::rendered(const QString &text)
{
    if (!text.contains(u'{'))
        return text;
    if (isOver() || !spend(RenderCost + CompileCost * text.size()))
        return {};
    const auto compiled = liquid::Template::compile(text);
    const auto out = compiled ? compiled->render(visible(), m_work) : compiled.error();
    if (!out) {
        trouble(u"state '%1': %2"_s.arg(m_step.execution.state, out.error().detail));
        return {};
    }
    return *out;
}

QString Interpreter::property(const State &state, const QString &name)
{
    return rendered(textOf(state.properties[name]));
}

/// Renders every text inside a value; a member whose template gives nothing is left out. Depth:
/// validation allows 8, deeper is left out.
// NOLINTNEXTLINE(misc-no-recursion): the depth is bounded
QJsonValue Interpreter::renderedLeaves(const QJsonValue &value, int depth)
{
    constexpr int Deepest = 8;
    if (depth > Deepest)
        return {};
    if (value.isString())
        return rendered(value.toString());
    if (value.isArray()) {
        QJsonArray out;
        for (const QJsonValue item : value.toArray())
            out.append(renderedLeaves(item, depth + 1));
        return out;
    }
    if (!value.isObject())
        return value;
    QJsonObject out;
    const QJsonObject members = value.toObject();
    for (auto it = members.begin(); it != members.end(); ++it) {
        const QJsonValue leaf = renderedLeaves(it.value(), depth + 1);
        const bool isNothing = leaf.isString() && leaf.toString().isEmpty();
        if (!isNothing || it.value() == leaf)
            out.insert(it.key(), leaf);
    }
    return out;
}

/// `rich` beside the body (rich-message): its texts may hold variables too.
Content Interpreter::messageContent(const State &state)
{
    const QString body = property(state, u"body"_s).trimmed();
    const QString media = property(state, u"media_url"_s).trimmed();
    Content content;
    content.text = media.isEmpty() ? body : QString(body + u'\n' + media).trimmed();
    const QJsonObject rich = renderedLeaves(state.properties[u"rich"_s], 0).toObject();
    if (!rich.isEmpty())
        content.rich = json::canonical(rich);
    return content;
}

bool Interpreter::isNothing(const Content &content)
{
    return content.text.trimmed().isEmpty() && content.rich.isEmpty();
}

std::optional<Seconds> Interpreter::timeoutOf(const State &state)
{
    bool good = false;
    const qint64 seconds = property(state, u"timeout"_s).trimmed().toLongLong(&good);
    constexpr qint64 Longest = 30 * 24 * 3600;
    return good && seconds > 0 ? std::optional(Seconds(std::min(seconds, Longest))) : std::nullopt;
}

QJsonObject Interpreter::visible() const
{
    QJsonObject out = m_context;
    QJsonObject flow = m_variables[u"flow"_s].toObject();
    flow[u"flow_sid"_s] = m_flow.id.toString();
    flow[u"channel"_s] = QJsonObject{{u"address"_s, m_context[u"channel"_s][u"address"_s]}};
    out[u"flow"_s] = flow;
    for (const QString &name : {u"widgets"_s, u"trigger"_s, u"message"_s})
        out[name] = m_variables[name];
    out[u"now"_s] = m_now.toString();
    return out;
}

namespace {
/// What the customer chose or filled in, bounded; empty = nothing.
QJsonObject answerOf(const Content &content)
{
    const QJsonObject rich = json::object(content.rich);
    const bool isAnswer = rich[u"kind"_s] == u"answer"_s && content.rich.text.size() <= MaxKept;
    return isAnswer ? rich : QJsonObject();
}
} // namespace

QJsonObject Interpreter::messageJson(const Content &content) const
{
    return {{u"Body"_s, headOf(content.text)},
            {u"Subject"_s, headOf(content.subject)},
            {u"From"_s, m_context[u"contact"_s][u"channel"_s][u"address"_s]},
            {u"To"_s, m_context[u"channel"_s][u"address"_s]},
            {u"NumMedia"_s, qint64(content.attachments.size())},
            {u"Answer"_s, answerOf(content)}};
}

QJsonObject Interpreter::botQuestion() const
{
    const QJsonValue variables = m_variables[u"flow"_s][u"variables"_s];
    const QString chosen = variables[u"language"_s].toString();
    const QString known = m_context[u"customer"_s][u"language"_s].toString();
    return {{u"text"_s, m_variables[u"message"_s][u"Body"_s]},
            {u"conversation"_s, m_step.execution.conversation.toString()},
            {u"customer"_s, m_context[u"customer"_s].toObject()},
            {u"channel"_s, m_context[u"channel"_s].toObject()},
            {u"variables"_s, variables},
            {u"language"_s, chosen.isEmpty() ? known : chosen}};
}

void Interpreter::send(const State &state, Content content, bool awaits)
{
    const auto isSend = [](const Action &done) { return std::holds_alternative<SendAction>(done); };
    if (std::count_if(m_step.actions.begin(), m_step.actions.end(), isSend) >= MaxSends) {
        trouble(u"state '%1': more than 20 messages at once"_s.arg(state.name));
        return;
    }
    content.text = liquid::cut(content.text, MaxMessageText);
    setWidget(state, u"outbound"_s, QJsonObject{{u"Body"_s, headOf(content.text)}});
    m_step.actions.emplace_back(SendAction{std::move(content), awaits});
}

// What is kept between two advances

Interpreter::Waiting Interpreter::waiting() const
{
    const QString what = m_variables[u"wait"_s].toString();
    if (what == u"reply"_s)
        return Waiting::Reply;
    if (what == u"sent"_s)
        return Waiting::Sent;
    if (what == u"task"_s)
        return Waiting::Task;
    return what == u"answer"_s ? Waiting::Answer : Waiting::Nothing;
}

void Interpreter::waitFor(Waiting what)
{
    switch (what) {
    case Waiting::Nothing:
        m_variables.remove(u"wait"_s);
        return;
    case Waiting::Reply:
        m_variables[u"wait"_s] = u"reply"_s;
        return;
    case Waiting::Sent:
        m_variables[u"wait"_s] = u"sent"_s;
        return;
    case Waiting::Answer:
        m_variables[u"wait"_s] = u"answer"_s;
        return;
    case Waiting::Task:
        m_variables[u"wait"_s] = u"task"_s;
        return;
    }
}

void Interpreter::stopWaiting()
{
    waitFor(Waiting::Nothing);
    m_step.execution.waitsUntil = {};
    m_step.execution.awaiting = {};
}

/// Keeps what the customer writes while the flow is busy; several messages become one, so that none
/// of them is answered twice and a wish for a person is found in any of them.
void Interpreter::pend(const QJsonObject &message)
{
    QJsonObject all = message;
    const QString before = m_variables[u"pending"_s][u"Body"_s].toString();
    const QString body = message[u"Body"_s].toString();
    all[u"Body"_s] = before.isEmpty() ? body : QString(before + u'\n' + body).right(MaxKept);
    m_variables[u"pending"_s] = all;
}

QJsonObject Interpreter::takePending()
{
    return m_variables.take(u"pending"_s).toObject();
}

void Interpreter::setFlowVariable(const QString &key, const QJsonValue &value)
{
    QJsonObject flow = m_variables[u"flow"_s].toObject();
    QJsonObject variables = flow[u"variables"_s].toObject();
    m_held += value.toString().size() - variables.value(key).toString().size();
    if (!spend(std::max<qint64>(0, m_held) / VariablesShare + variables.size()))
        return;
    variables[key] = value;
    flow[u"variables"_s] = variables;
    m_variables[u"flow"_s] = flow;
}

void Interpreter::setWidget(const State &state, const QString &key, const QJsonValue &value)
{
    QJsonObject widgets = m_variables[u"widgets"_s].toObject();
    QJsonObject widget = widgets[state.name].toObject();
    widget[key] = value;
    widgets[state.name] = widget;
    m_variables[u"widgets"_s] = widgets;
}

Step advance(const Flow &flow, const Execution &execution, const Input &input,
             const Context &context, Time now)
{
    return Interpreter(flow, execution, context, now).run(input);
}

bool hasHandedOver(const Execution &execution)
{
    return json::object(execution.variables).value(HandedOver).toBool();
}

Result<QString> render(const QString &text, const QJsonObject &variables)
{
    const auto compiled = liquid::Template::compile(text);
    qint64 work = liquid::MaxWork;
    return compiled ? compiled->render(variables, work) : compiled.error();
}

} // namespace peerdesk::flow
