// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/flow/flow.h"

#include <QJsonObject>
#include <QString>

#include <map>
#include <vector>

namespace peerdesk::flow {

/// Most bytes of a definition.
constexpr qsizetype MaxDefinitionBytes = 1024 * 1024;
/// Most states of a definition (published schema of the format).
constexpr qsizetype MaxStates = 1000;
/// Most transitions of one state and conditions of one transition.
constexpr qsizetype MaxBranches = 200;
/// Longest name of a state.
constexpr qsizetype MaxName = 128;

enum class WidgetType {
    Trigger,
    Split,
    SetVariables,
    SendMessage,
    SendAndWait,
    SendToRouter,
    Bot,
    HttpRequest,
    SetCustomerFact
};

/// "send-to-flex" and "send-to-router" are the same widget.
std::optional<WidgetType> widgetType(const QString &name);

struct SplitCondition
{
    QString type;
    QString argument; ///< template; empty: the split's own input
    QString value;    ///< template
};

struct Transition
{
    QString event;
    QString next; ///< empty ends the execution
    std::vector<SplitCondition> conditions;
};

struct State
{
    QString name;
    WidgetType type = WidgetType::Trigger;
    QJsonObject properties;
    std::vector<Transition> transitions;
};

struct Definition
{
    QString initialState;
    std::map<QString, State> states;
};

/// Reads the shape: states, names, types, transitions. Errors: Invalid naming the state.
Result<Definition> parseDefinition(const Json &json);
/// Checks what the widgets need: properties, templates, conditions. Errors: Invalid naming the
/// state.
Result<Done> checkWidgets(const Definition &definition);

/// Key and template pairs of a list [{"key","value"}] or an object {"key":"value"}.
std::vector<std::pair<QString, QString>> pairs(const QJsonValue &value);
/// Text of a text or number; empty for anything else.
QString textOf(const QJsonValue &value);

} // namespace peerdesk::flow
