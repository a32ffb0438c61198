// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/codec.h"
#include "core/base/json.h"
#include "core/flow/flow.h"

#include <QJsonDocument>

/// Plays a conversation with a flow. Each step is also played from the stored form of the
/// execution, as after a restart: `survivedRestarts` says whether both were always equal.
class Talk
{
public:
    explicit Talk(const peerdesk::Json &definition)
    {
        flow.id.value = QUuid::createUuidV5(QUuid(), QByteArrayLiteral("flow"));
        flow.definition = definition;
        flow.revision = 7;
        execution.conversation.value = QUuid::createUuidV5(QUuid(), QByteArrayLiteral("talk"));
        context = QJsonDocument::fromJson(R"({
            "customer": {"name": "Ann Lee"}, "case": {"subject": "Help"},
            "channel": {"type": "webchat", "name": "Shop", "address": "shop"},
            "contact": {"channel": {"address": "visitor-1"}}})")
                      .object();
    }

    const peerdesk::flow::Step &give(const peerdesk::flow::Input &input)
    {
        namespace codec = peerdesk::codec;
        using peerdesk::flow::advance;
        const auto stored = codec::decode<peerdesk::Execution>(codec::encode(execution));
        step = advance(flow, execution, input, context, now);
        if (!stored) {
            survivedRestarts = false;
            return step;
        }
        const auto again = advance(flow, *stored, input, context, now);
        survivedRestarts = survivedRestarts && again.execution == step.execution &&
                           again.trouble == step.trouble && tell(again) == tell(step);
        execution = step.execution;
        for (const auto &action : step.actions) {
            if (const auto *fact = std::get_if<peerdesk::flow::FactAction>(&action))
                learn(fact->facts);
        }
        return step;
    }

    const peerdesk::flow::Step &say(const QString &text)
    {
        peerdesk::flow::Input input;
        input.kind = execution.state.isEmpty() ? peerdesk::flow::Input::Kind::Started
                                               : peerdesk::flow::Input::Kind::CustomerMessage;
        input.message.text = text;
        return give(input);
    }
    const peerdesk::flow::Step &tellIt(peerdesk::flow::Input::Kind kind)
    {
        peerdesk::flow::Input input;
        input.kind = kind;
        return give(input);
    }
    const peerdesk::flow::Step &answer(int status, const QString &body)
    {
        peerdesk::flow::Input input;
        input.kind = peerdesk::flow::Input::Kind::BotAnswered;
        input.response = {{QStringLiteral("status"), status}, {QStringLiteral("body"), body}};
        return give(input);
    }
    const peerdesk::flow::Step &waitAndTimeOut(peerdesk::Seconds span)
    {
        now = now + span;
        return tellIt(peerdesk::flow::Input::Kind::TimedOut);
    }

    void learn(const QJsonObject &facts)
    {
        QJsonObject customer = context[QStringLiteral("customer")].toObject();
        for (auto it = facts.begin(); it != facts.end(); ++it)
            customer[it.key()] = it.value();
        context[QStringLiteral("customer")] = customer;
    }

    template <typename Action>
    const Action *first() const
    {
        for (const auto &action : step.actions) {
            if (const auto *found = std::get_if<Action>(&action))
                return found;
        }
        return nullptr;
    }
    template <typename Action>
    int count() const
    {
        int found = 0;
        for (const auto &action : step.actions)
            found += std::holds_alternative<Action>(action) ? 1 : 0;
        return found;
    }
    bool isEnded() const { return execution.status == peerdesk::ExecutionStatus::Ended; }
    QString lastText() const
    {
        QString text;
        for (const auto &action : step.actions) {
            if (const auto *send = std::get_if<peerdesk::flow::SendAction>(&action))
                text = send->content.text;
        }
        return text;
    }

    /// One line per action, then where the execution stands.
    QString tell(const peerdesk::flow::Step &what) const
    {
        QString out;
        for (const auto &action : what.actions)
            out += std::visit([](const auto &a) { return line(a); }, action) + u'\n';
        if (!what.trouble.isEmpty())
            out += QStringLiteral("trouble: %1\n").arg(what.trouble);
        if (what.execution.status == peerdesk::ExecutionStatus::Ended)
            return out + QStringLiteral("ended\n");
        out += QStringLiteral("waits in %1").arg(what.execution.state);
        if (what.execution.waitsUntil.isSet())
            out += QStringLiteral(", %1 s at most")
                       .arg((what.execution.waitsUntil - now).count() / 1000);
        return out + u'\n';
    }

    peerdesk::Flow flow;
    peerdesk::Execution execution;
    peerdesk::flow::Context context;
    peerdesk::Time now{1'790'000'000'000};
    peerdesk::flow::Step step;
    bool survivedRestarts = true;

private:
    static QString compact(const QJsonObject &object)
    {
        return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
    }
    static QString line(const peerdesk::flow::SendAction &action)
    {
        QString text = action.content.text;
        text.replace(u'\n', QStringLiteral("\\n"));
        QString out = QStringLiteral("sends: %1").arg(text);
        if (!action.content.quickReplies.empty())
            out += QStringLiteral(" [%1]").arg(action.content.quickReplies.front());
        return out;
    }
    static QString line(const peerdesk::flow::CallAction &action)
    {
        const QString said =
            action.payload.isEmpty() ? compact(action.body) : QString::fromUtf8(action.payload);
        return QStringLiteral("calls: %1 %2 %3").arg(action.method, action.url, said);
    }
    static QString line(const peerdesk::flow::TaskAction &action)
    {
        QString out = QStringLiteral("task: %1").arg(compact(action.attributes));
        if (!action.workflow.isEmpty())
            out += QStringLiteral(" workflow %1").arg(action.workflow);
        if (!action.taskChannel.isEmpty())
            out += QStringLiteral(" channel %1").arg(action.taskChannel);
        if (action.priority != 0)
            out += QStringLiteral(" priority %1").arg(action.priority);
        if (action.timeout)
            out += QStringLiteral(" timeout %1 s").arg(action.timeout->count());
        return out;
    }
    static QString line(const peerdesk::flow::FactAction &action)
    {
        return QStringLiteral("learns: %1").arg(compact(action.facts));
    }
};
