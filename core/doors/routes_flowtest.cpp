// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/doors/body.h"
#include "core/doors/routes.h"
#include "core/flow/flow.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

constexpr qsizetype MaxInputs = 100;

/// One entry of `inputs`: {"message": text}, {"bot": {...}}, {"bot_failed": reason},
/// {"timeout": true} or {"send_failed": reason}. What the flow sends is taken as sent, the task
/// that it asks for as created.
Result<flow::Input> readInput(const QJsonValue &value, bool isFirst)
{
    flow::Input input;
    const QJsonObject members = value.toObject();
    if (members.value(u"message"_s).isString()) {
        input.kind = isFirst ? flow::Input::Kind::Started : flow::Input::Kind::CustomerMessage;
        input.message.text = members.value(u"message"_s).toString();
    } else if (members.value(u"bot"_s).isObject()) {
        input.kind = flow::Input::Kind::BotAnswered;
        const QJsonObject parsed = members.value(u"bot"_s).toObject();
        const QByteArray body = QJsonDocument(parsed).toJson(QJsonDocument::Compact);
        input.response = {
            {u"status"_s, 200}, {u"body"_s, QString::fromUtf8(body)}, {u"parsed"_s, parsed}};
    } else if (members.value(u"bot_failed"_s).isString()) {
        input.kind = flow::Input::Kind::BotFailed;
        input.detail = members.value(u"bot_failed"_s).toString();
    } else if (members.value(u"send_failed"_s).isString()) {
        input.kind = flow::Input::Kind::SendFailed;
        input.detail = members.value(u"send_failed"_s).toString();
    } else if (members.value(u"timeout"_s).toBool()) {
        input.kind = flow::Input::Kind::TimedOut;
    } else {
        return invalid(
            u"An entry of \"inputs\" is message, bot, bot_failed, send_failed or timeout"_s);
    }
    return input;
}

/// What a step asks for, as people read it.
struct Shown
{
    QJsonObject operator()(const flow::SendAction &action) const
    {
        return {{u"type"_s, u"send"_s}, {u"text"_s, action.content.text}};
    }
    QJsonObject operator()(const flow::CallAction &action) const
    {
        return {{u"type"_s, u"call"_s},
                {u"method"_s, action.method},
                {u"url"_s, action.url},
                {u"body"_s, action.body}};
    }
    QJsonObject operator()(const flow::TaskAction &action) const
    {
        return {{u"type"_s, u"task"_s},
                {u"workflow"_s, action.workflow},
                {u"task_channel"_s, action.taskChannel},
                {u"priority"_s, action.priority},
                {u"attributes"_s, action.attributes}};
    }
    QJsonObject operator()(const flow::FactAction &action) const
    {
        return {{u"type"_s, u"facts"_s}, {u"facts"_s, action.facts}};
    }
};

/// A flow played with given inputs. Nothing leaves the program and nothing is kept.
class Rehearsal
{
public:
    Rehearsal(const Flow &flow, QJsonObject context, Time now)
        : m_flow(flow)
        , m_context(std::move(context))
        , m_now(now)
    {
        m_execution.flow = flow.id;
        m_execution.revision = flow.revision;
    }

    bool isEnded() const { return m_execution.status == ExecutionStatus::Ended || m_isStopped; }

    QJsonObject play(const flow::Input &input)
    {
        QJsonArray actions;
        QString trouble;
        for (std::optional<flow::Input> next = input; next && !isEnded();) {
            const flow::Step step = flow::advance(m_flow, m_execution, *next, m_context, m_now);
            m_execution = step.execution;
            trouble = step.trouble;
            m_isStopped = !trouble.isEmpty();
            next.reset();
            for (const flow::Action &action : step.actions) {
                actions.append(std::visit(Shown{}, action));
                const auto *send = std::get_if<flow::SendAction>(&action);
                const auto *task = std::get_if<flow::TaskAction>(&action);
                if (send && send->awaits)
                    next = flow::Input{flow::Input::Kind::Sent, {}, {}, {}};
                if (task && task->awaits)
                    next = flow::Input{flow::Input::Kind::TaskCreated, {}, {}, {}};
            }
        }
        return {{u"actions"_s, actions},
                {u"state"_s, m_execution.state},
                {u"ended"_s, isEnded()},
                {u"trouble"_s, trouble}};
    }

private:
    const Flow &m_flow;
    QJsonObject m_context;
    Time m_now;
    Execution m_execution;
    bool m_isStopped = false;
};

void rehearse(const ExchangePtr &x, Flow flow)
{
    const QJsonObject body = x->body();
    if (!flow.draft.isEmpty() && !body.value(u"published"_s).toBool())
        flow.definition = flow.draft;
    if (body.contains(u"definition"_s))
        flow.definition = json::canonical(body.value(u"definition"_s).toObject());
    if (const Result<Done> good = flow::validate(flow.definition); !good)
        return x->fail(good.error());
    const QJsonArray inputs = body.value(u"inputs"_s).toArray();
    if (inputs.isEmpty() || inputs.size() > MaxInputs)
        return x->fail(invalid(u"The member \"inputs\" is a list of 1 to %1"_s.arg(MaxInputs)));
    Rehearsal rehearsal(flow, body.value(u"context"_s).toObject(), x->now());
    QJsonArray steps;
    for (qsizetype i = 0; i < inputs.size() && !rehearsal.isEnded(); ++i) {
        const Result<flow::Input> input = readInput(inputs[i], i == 0);
        if (!input)
            return x->fail(input.error());
        QJsonObject step = rehearsal.play(*input);
        step.insert(u"input"_s, inputs[i]);
        steps.append(step);
    }
    x->answer(200, {{u"steps"_s, steps}, {u"ended"_s, rehearsal.isEnded()}});
}

void testFlow(const ExchangePtr &x)
{
    const auto id = x->pathId<FlowId>();
    if (!id)
        return x->fail(id.error());
    x->desk().flows(x->then<std::vector<Flow>>([x, id = *id](const std::vector<Flow> &all) {
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const Flow &one) { return one.id == id; });
        found == all.end() ? x->fail(notFound(u"There is no such flow"_s)) : rehearse(x, *found);
    }));
}

} // namespace

void addFlowTestRoutes(Routes &routes)
{
    routes.push_back(
        {"POST",
         u"/flows/{id}/test"_s,
         Scope::Staff,
         u"Play the flow's draft, or what is published of it, or another definition, with given "
         u"inputs; nothing is sent or kept"_s,
         &testFlow,
         u"inputs!:array definition:object context:object published:boolean"_s,
         {},
         {}});
}

} // namespace peerdesk::doors
