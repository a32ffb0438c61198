// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/domain/flow.h"
#include "core/domain/message.h"

#include <QByteArray>
#include <QJsonObject>

#include <optional>
#include <variant>
#include <vector>

/// Flow definition and interpreter (flows.md). Pure: an execution and an input give the next
/// execution and what to do.
namespace peerdesk::flow {

/// What reaches an execution.
struct Input
{
    enum class Kind {
        Started,         ///< first message of a conversation: the trigger
        CustomerMessage, ///< a further message while the execution waits
        Sent,            ///< the message it sent was accepted by the provider (effect `awaiting`)
        SendFailed,
        BotAnswered, ///< `response` holds {status, body, parsed}
        BotFailed,   ///< `detail` says why
        TimedOut,    ///< waitsUntil was reached
        TaskCreated, ///< the task that it asked for waits, or is offered already
        TaskRefused  ///< `detail` says why
    };
    Kind kind = Kind::Started;
    Content message;
    QJsonObject response;
    QString detail;
};

/// What flows may read:
/// {"customer":{},"case":{},"channel":{"type","name","address"},"contact":{"channel":{"address"}},
/// "task":{"id","status","queue","priority","position","expected_wait"}}; `task` while one waits.
using Context = QJsonObject;

/// Send this to the customer. If `awaits`, the execution stays in its widget until Sent/SendFailed
/// comes back.
struct SendAction
{
    Content content;
    bool awaits = true;
};
/// Ask a bot over HTTP: the effect ledger does it; the answer comes back as BotAnswered or
/// BotFailed.
struct CallAction
{
    QString method;   ///< POST or GET
    QString url;      ///< http or https
    QJsonObject body; ///< sent as JSON when `payload` is empty and the method is POST
    QString contentType = QStringLiteral("application/json");
    QByteArray payload = {}; ///< sent instead of `body` as it is: forms, JSON that is no object
};
/// Hand to the router. If `awaits`, the execution stays in its widget until TaskCreated or
/// TaskRefused comes back; with `mayFail` the flow itself goes on where there is no such task.
struct TaskAction
{
    QString workflow;    ///< id or friendly name; empty = the office's default
    QString taskChannel; ///< empty = the channel's own
    int priority = 0;
    std::optional<Seconds> timeout;
    QJsonObject attributes;
    bool awaits = false;
    bool mayFail = false;
};
/// Remember something about the customer: merged into customer facts.
struct FactAction
{
    QJsonObject facts;
};
using Action = std::variant<SendAction, CallAction, TaskAction, FactAction>;

struct Step
{
    Execution execution; ///< status Ended when there is nothing more to wait for
    std::vector<Action> actions;
    QString trouble; ///< empty, or why the flow had to end early (no such widget, too many steps)
};

/// Most transitions in one execution; at the bound it ends and the conversation goes to a person.
constexpr int MaxSteps = 1000;

/// Errors: Invalid with the state's name and what is wrong. Also accepts Twilio Studio's flow JSON.
Result<Done> validate(const Json &definition);

/// Advances until the execution waits or ends. `now` is office time.
Step advance(const Flow &flow, const Execution &execution, const Input &input,
             const Context &context, Time now);

/// Whether the flow goes on although the router has its task: it hears the customer until somebody
/// takes that.
bool hasHandedOver(const Execution &execution);

/// Renders a template of the Liquid subset. Missing paths are empty text; output is capped at 64
/// KiB. Errors: Invalid.
Result<QString> render(const QString &text, const QJsonObject &variables);

/// The flow a new office starts with: everything to the bot unless the text asks for a person.
Json referenceFlow();
/// Straight to a person.
Json directFlow();

} // namespace peerdesk::flow
