// SPDX-License-Identifier: GPL-3.0-or-later
// What each widget does when it is entered and when its answer comes.
#include "core/flow/interpreter.h"

#include "core/flow/conditions.h"
#include "core/flow/expression.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QUrl>
#include <QUrlQuery>

#include <algorithm>
#include <cmath>

namespace peerdesk::flow {
using namespace Qt::StringLiterals;

namespace {

bool isWebAddress(const QString &address)
{
    const QUrl url(address, QUrl::StrictMode);
    return address.size() <= MaxUrl && url.isValid() && !url.host().isEmpty() &&
           (url.scheme() == u"http"_s || url.scheme() == u"https"_s);
}

QByteArray formBody(const QUrlQuery &query)
{
    // '+' is a space in a form; QUrlQuery leaves it as it is.
    return query.toString(QUrl::FullyEncoded).toUtf8().replace('+', "%2B");
}

} // namespace

Interpreter::Exit Interpreter::split(const State &state)
{
    const QString input = property(state, u"input"_s);
    for (const Transition &transition : state.transitions) {
        if (transition.event != u"match"_s)
            continue;
        for (const SplitCondition &condition : transition.conditions) {
            const auto type = conditionType(condition.type);
            const QString left =
                condition.argument.isEmpty() ? input : rendered(condition.argument);
            const QString right = rendered(condition.value);
            if (isOver() || (type && !spend(costOf(*type, left, right))))
                return std::nullopt;
            if (type && meets(*type, left, right))
                return transition.next;
        }
    }
    return isOver() ? std::nullopt : exitBy(state, u"noMatch"_s);
}

Interpreter::Exit Interpreter::setVariables(const State &state)
{
    for (const auto &[key, text] : pairs(state.properties[u"variables"_s])) {
        if (!isOver())
            setFlowVariable(key, rendered(text));
    }
    return isOver() ? std::nullopt : exitBy(state, u"next"_s);
}

Interpreter::Exit Interpreter::setCustomerFact(const State &state)
{
    QJsonObject facts;
    QJsonObject customer = m_context[u"customer"_s].toObject();
    for (const auto &[key, text] : pairs(state.properties[u"facts"_s])) {
        const QString value = rendered(text);
        facts[key] = value;
        customer[key] = value;
    }
    if (isOver())
        return std::nullopt;
    m_context[u"customer"_s] = customer;
    remember(facts);
    return exitBy(state, u"next"_s);
}

/// One action carries all facts of an advance, however often the flow passes.
void Interpreter::remember(const QJsonObject &facts)
{
    for (Action &action : m_step.actions) {
        if (auto *known = std::get_if<FactAction>(&action)) {
            for (auto it = facts.begin(); it != facts.end(); ++it)
                known->facts[it.key()] = it.value();
            return;
        }
    }
    m_step.actions.emplace_back(FactAction{facts});
}

Interpreter::Exit Interpreter::sendMessage(const State &state)
{
    const Content content = messageContent(state);
    if (isOver())
        return std::nullopt;
    if (isNothing(content))
        return exitBy(state, u"failed"_s);
    send(state, content, true);
    waitFor(Waiting::Sent);
    return std::nullopt;
}

Interpreter::Exit Interpreter::sendAndWait(const State &state)
{
    const Content content = messageContent(state);
    const auto timeout = timeoutOf(state);
    if (isOver())
        return std::nullopt;
    if (isNothing(content))
        return exitBy(state, u"deliveryFailure"_s);
    takePending(); // written before the question: no answer to it
    send(state, content, true);
    waitFor(Waiting::Reply);
    m_step.execution.waitsUntil = m_now + timeout.value_or(DefaultReplyTimeout);
    return std::nullopt;
}

/// As in Studio: what is connected to the task's creation goes on beside it. A customer who waits
/// already keeps the place.
Interpreter::Exit Interpreter::handedOver(const State &state) const
{
    return leadsOn(state, u"taskCreated"_s) ? exitBy(state, u"taskCreated"_s)
                                            : exitBy(state, u"callComplete"_s);
}

Interpreter::Exit Interpreter::sendToRouter(const State &state)
{
    if (hasTask())
        return handedOver(state);
    TaskAction task;
    task.workflow = property(state, u"workflow"_s);
    task.taskChannel = property(state, u"channel"_s);
    const double priority = property(state, u"priority"_s).trimmed().toDouble();
    task.priority = std::isnan(priority) ? 0 : int(std::clamp(priority, -1e6, 1e6));
    task.timeout = timeoutOf(state);
    QJsonValue attributes = state.properties[u"attributes"_s];
    if (attributes.isString())
        attributes = QJsonDocument::fromJson(attributes.toString().toUtf8()).object();
    task.attributes = renderedLeaves(attributes, 0).toObject();
    if (isOver())
        return std::nullopt;
    if (json::canonical(task.attributes).text.size() > MaxAttributes)
        return trouble(u"state '%1': the attributes are larger than 32 KiB"_s.arg(state.name));
    task.mayFail = leadsOn(state, u"failedToEnqueue"_s);
    task.awaits = task.mayFail || !handedOver(state)->isEmpty();
    if (task.awaits)
        waitFor(Waiting::Task);
    else
        end();
    m_step.actions.emplace_back(std::move(task));
    return std::nullopt;
}

Interpreter::Exit Interpreter::callHttp(const State &state)
{
    CallAction call;
    call.method = state.properties[u"method"_s].toString(u"GET"_s);
    call.url = property(state, u"url"_s).trimmed();
    const QString body = property(state, u"body"_s);
    QUrlQuery parameters;
    for (const auto &[key, text] : pairs(state.properties[u"parameters"_s]))
        parameters.addQueryItem(QString::fromLatin1(QUrl::toPercentEncoding(key)),
                                QString::fromLatin1(QUrl::toPercentEncoding(rendered(text))));
    if (isOver())
        return std::nullopt;
    const QString type = state.properties[u"content_type"_s].toString().trimmed();
    if (call.method == u"POST"_s) {
        const bool isForm = !parameters.isEmpty() || type.contains(u"form-urlencoded"_s);
        call.contentType = !type.isEmpty() ? type
                           : isForm        ? u"application/x-www-form-urlencoded"_s
                                           : u"application/json"_s;
        call.payload = body.isEmpty() ? formBody(parameters) : body.toUtf8();
    } else if (!parameters.isEmpty()) {
        QUrl url(call.url);
        const QString own = url.query(QUrl::FullyEncoded);
        const QString ours = QString::fromLatin1(formBody(parameters));
        url.setQuery(own.isEmpty() ? ours : own + u'&' + ours);
        call.url = url.toString(QUrl::FullyEncoded);
    }
    if (!isWebAddress(call.url))
        return exitBy(state, u"failed"_s);
    m_step.actions.emplace_back(std::move(call));
    waitFor(Waiting::Answer);
    return std::nullopt;
}

Interpreter::Exit Interpreter::httpAnswered(const State &state, const Input &input)
{
    const bool failed = input.kind == Input::Kind::BotFailed;
    if (failed)
        setWidget(state, u"error"_s, headOf(input.detail));
    if (failed && !input.response.contains(u"status"_s))
        return exitBy(state, u"failed"_s);
    const qint64 status = input.response[u"status"_s].toInteger();
    const QJsonValue parsed = parsedBody(input.response);
    const bool fits = liquid::toText(QJsonArray{parsed}).size() <= 2 * MaxKept;
    setWidget(state, u"status_code"_s, status);
    setWidget(state, u"body"_s, headOf(input.response[u"body"_s].toString()));
    setWidget(state, u"parsed"_s, fits && !parsed.isUndefined() ? parsed : QJsonValue());
    const bool isGood = !failed && status >= 200 && status <= 299;
    return exitBy(state, isGood ? u"success"_s : u"failed"_s);
}

Interpreter::Exit Interpreter::callBot(const State &state)
{
    if (state.properties[u"url"_s].toString().trimmed().isEmpty())
        return replyLocally(state);
    CallAction call{u"POST"_s, property(state, u"url"_s).trimmed(), botQuestion()};
    if (isOver())
        return std::nullopt;
    if (!isWebAddress(call.url))
        return botFailed(state, u"the bot's address is not http or https"_s);
    m_step.actions.emplace_back(std::move(call));
    waitFor(Waiting::Answer);
    return std::nullopt;
}

/// The bot without a service: it says the same to everybody and offers a person.
Interpreter::Exit Interpreter::replyLocally(const State &state)
{
    const QString text = property(state, u"reply"_s).trimmed();
    const QString offer = property(state, u"offer"_s).trimmed();
    if (isOver())
        return std::nullopt;
    if (text.isEmpty())
        return botFailed(state, u"the bot has nothing to say"_s);
    Content content;
    content.text = text;
    if (!offer.isEmpty())
        content.quickReplies = {headOf(offer)};
    send(state, content, false);
    return isOver() ? std::nullopt : waitForCustomer(state);
}

Interpreter::Exit Interpreter::botAnswered(const State &state, const Input &input)
{
    if (input.kind == Input::Kind::BotFailed)
        return botFailed(state, input.detail);
    const auto answer = readBotAnswer(input.response);
    if (!answer)
        return botFailed(state, answer.error().detail);
    for (auto it = answer->variables.begin(); it != answer->variables.end(); ++it)
        setFlowVariable(it.key(), it.value());
    for (const Content &message : answer->messages)
        send(state, message, false);
    if (answer->handsOff)
        return handOver(state, u"handoff"_s, {});
    return answer->ends ? exitBy(state, u"ended"_s) : waitForCustomer(state);
}

Interpreter::Exit Interpreter::waitForCustomer(const State &state)
{
    if (leadsOn(state, u"answered"_s))
        return exitBy(state, u"answered"_s);
    if (!leadsOn(state, u"incomingMessage"_s))
        return QString(); // at the end: the customer's next message starts the flow anew
    waitFor(Waiting::Reply);
    if (const auto timeout = timeoutOf(state))
        m_step.execution.waitsUntil = m_now + *timeout;
    const QJsonObject pending = takePending();
    return pending.isEmpty() ? std::nullopt : hear(state, pending);
}

Interpreter::Exit Interpreter::botFailed(const State &state, const QString &why)
{
    setWidget(state, u"error"_s, headOf(why));
    return handOver(state, u"failed"_s, u"state '%1': %2"_s.arg(state.name, why));
}

/// Where the flow says nothing about it, a bot that gives up gives the customer to a person.
Interpreter::Exit Interpreter::handOver(const State &state, const QString &event,
                                        const QString &why)
{
    return leadsOn(state, event) ? exitBy(state, event) : trouble(why);
}

Interpreter::Exit Interpreter::hear(const State &state, const QJsonObject &message)
{
    stopWaiting();
    m_variables[u"message"_s] = message;
    setWidget(state, u"inbound"_s, message);
    return exitBy(state, u"incomingMessage"_s);
}

} // namespace peerdesk::flow
