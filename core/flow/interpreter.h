// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/flow/bot.h"
#include "core/flow/definition.h"
#include "core/flow/expression.h"

namespace peerdesk::flow {

/// Most bytes of an execution's variables as JSON; beyond them the flow ends and a person takes
/// over.
constexpr qsizetype MaxVariables = 64 * 1024;
/// Most characters of a customer's message or an HTTP body that variables keep.
constexpr qsizetype MaxKept = 4096;
/// Most bytes of a task's attributes as JSON.
constexpr qsizetype MaxAttributes = 32 * 1024;
/// Most messages that one advance sends; a flow that wants more is going round in circles.
constexpr int MaxSends = 20;
/// Longest address of an HTTP call.
constexpr qsizetype MaxUrl = 2048;
/// How long send-and-wait-for-reply waits unless it says otherwise.
constexpr Seconds DefaultReplyTimeout{3600};

/// What variables keep of a text.
QString headOf(const QString &text);

/// One advance of one execution. Made for one call of run() and thrown away.
class Interpreter
{
public:
    Interpreter(const Flow &flow, const Execution &execution, const Context &context, Time now);
    Step run(const Input &input);

private:
    /// What the widget it stands in waits for.
    enum class Waiting { Nothing, Reply, Sent, Answer, Task };
    /// Name of the next state; empty = the flow is at its end; nothing = it waits or is over.
    using Exit = std::optional<QString>;

    Exit onInput(const Input &input);
    Exit onMessage(const Content &content);
    Exit onSent(bool sent);
    Exit onAnswer(const Input &input);
    Exit onTimeout();
    Exit onTask(const Input &input);

    Exit start(const QJsonObject &message);
    Exit follow(const QString &next);
    Exit finish();
    Exit enter(const State &state);
    Exit split(const State &state);
    Exit setVariables(const State &state);
    Exit sendMessage(const State &state);
    Exit sendAndWait(const State &state);
    Exit sendToRouter(const State &state);
    Exit handedOver(const State &state) const;
    Exit setCustomerFact(const State &state);
    Exit callHttp(const State &state);
    Exit httpAnswered(const State &state, const Input &input);
    Exit callBot(const State &state);
    Exit replyLocally(const State &state);
    Exit botAnswered(const State &state, const Input &input);
    Exit waitForCustomer(const State &state);
    Exit botFailed(const State &state, const QString &why);
    Exit handOver(const State &state, const QString &event, const QString &why);
    Exit hear(const State &state, const QJsonObject &message);

    Exit exitBy(const State &state, const QString &event) const;
    bool leadsOn(const State &state, const QString &event) const;
    const State *current() const;
    Exit trouble(const QString &why);
    void end() { m_step.execution.status = ExecutionStatus::Ended; }
    bool isOver() const { return m_step.execution.status == ExecutionStatus::Ended; }
    bool hasTask() const;

    bool spend(qint64 units);
    QString rendered(const QString &text);
    QString property(const State &state, const QString &name);
    QJsonValue renderedLeaves(const QJsonValue &value, int depth);
    Content messageContent(const State &state);
    static bool isNothing(const Content &content);
    std::optional<Seconds> timeoutOf(const State &state);
    QJsonObject visible() const;
    QJsonObject messageJson(const Content &content) const;
    QJsonObject botQuestion() const;
    void send(const State &state, Content content, bool awaits);
    void remember(const QJsonObject &facts);

    bool isWaitSound() const;
    void keepVariables();
    Waiting waiting() const;
    void waitFor(Waiting what);
    void stopWaiting();
    void pend(const QJsonObject &message);
    QJsonObject takePending();
    void setFlowVariable(const QString &key, const QJsonValue &value);
    void setWidget(const State &state, const QString &key, const QJsonValue &value);

    const Flow &m_flow;
    Context m_context;
    Time m_now;
    Definition m_definition;
    QJsonObject m_variables;
    Step m_step;
    qint64 m_held = 0;               ///< characters that flow variables gained
    qint64 m_work = liquid::MaxWork; ///< what templates, conditions and steps may still spend
};

} // namespace peerdesk::flow
