// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/definition.h"

#include "core/flow/conditions.h"
#include "core/flow/template.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace peerdesk::flow {
using namespace Qt::StringLiterals;

namespace {

Error wrong(const QString &state, const QString &what)
{
    return invalid(u"state '%1': %2"_s.arg(state.left(MaxName), what));
}

Result<SplitCondition> parseCondition(const QString &state, const QJsonValue &json)
{
    if (!json.isObject())
        return wrong(state, u"a condition is not an object"_s);
    SplitCondition out;
    out.type = json[u"type"_s].toString();
    const auto type = conditionType(out.type);
    if (!type)
        return wrong(state, u"no such condition: '%1'"_s.arg(out.type.left(40)));
    const QJsonValue arguments = json[u"arguments"_s];
    const bool isList = arguments.isArray() && arguments.toArray().size() <= 1;
    if (!arguments.isUndefined() && !isList)
        return wrong(state, u"a condition takes one argument"_s);
    const QJsonValue argument = arguments[0];
    if (!argument.isUndefined() && !argument.isString())
        return wrong(state, u"a condition's argument is not text"_s);
    out.argument = argument.toString();
    const QJsonValue value = json[u"value"_s];
    if (needsValue(*type) && !value.isString() && !value.isDouble())
        return wrong(state, u"'%1' needs a value"_s.arg(out.type));
    out.value = textOf(value);
    return out;
}

Result<Transition> parseTransition(const QString &state, const QJsonValue &json)
{
    const QJsonValue next = json[u"next"_s];
    Transition out{json[u"event"_s].toString(), next.toString(), {}};
    if (!json.isObject() || out.event.isEmpty() || out.event.size() > MaxName)
        return wrong(state, u"a transition has no event"_s);
    if (!next.isUndefined() && !next.isNull() && !next.isString())
        return wrong(state, u"the next state of '%1' is not a name"_s.arg(out.event));
    const QJsonValue conditions = json[u"conditions"_s];
    const bool none = conditions.isUndefined() || conditions.isNull();
    if ((!none && !conditions.isArray()) || conditions.toArray().size() > MaxBranches)
        return wrong(state,
                     u"the conditions of '%1' are not a list of at most 200"_s.arg(out.event));
    for (const QJsonValue item : conditions.toArray()) {
        const auto condition = parseCondition(state, item);
        if (!condition)
            return condition.error();
        out.conditions.push_back(*condition);
    }
    return out;
}

Result<State> parseState(const QJsonValue &json)
{
    State out;
    out.name = json[u"name"_s].toString();
    if (!json.isObject() || out.name.trimmed().isEmpty() || out.name.size() > MaxName)
        return invalid(u"a state needs a name of 1 to 128 characters"_s);
    const QJsonValue typeName = json[u"type"_s];
    const auto type = widgetType(typeName.toString());
    if (!type)
        return wrong(out.name,
                     u"no such widget type: '%1'"_s.arg(typeName.toString().left(MaxName)));
    out.type = *type;
    const QJsonValue properties = json[u"properties"_s];
    if (!properties.isUndefined() && !properties.isNull() && !properties.isObject())
        return wrong(out.name, u"the properties are not an object"_s);
    out.properties = properties.toObject();
    const QJsonValue transitions = json[u"transitions"_s];
    const bool none = transitions.isUndefined() || transitions.isNull();
    if ((!none && !transitions.isArray()) || transitions.toArray().size() > MaxBranches)
        return wrong(out.name, u"the transitions are not a list of at most 200"_s);
    for (const QJsonValue item : transitions.toArray()) {
        const auto transition = parseTransition(out.name, item);
        if (!transition)
            return transition.error();
        out.transitions.push_back(*transition);
    }
    return out;
}

Result<Done> checkNames(const Definition &definition)
{
    if (!definition.states.contains(definition.initialState))
        return invalid(
            u"the initial state '%1' does not exist"_s.arg(definition.initialState.left(MaxName)));
    for (const auto &[name, state] : definition.states) {
        for (const Transition &transition : state.transitions) {
            if (!transition.next.isEmpty() && !definition.states.contains(transition.next))
                return wrong(name, u"'%1' leads to '%2', which does not exist"_s.arg(
                                       transition.event, transition.next.left(MaxName)));
        }
    }
    return Done{};
}

Result<Done> checkTemplate(const QString &state, const QString &where, const QString &text)
{
    const auto compiled = liquid::Template::compile(text);
    if (!compiled)
        return wrong(state, u"%1: %2"_s.arg(where, compiled.error().detail));
    return Done{};
}

/// Every text in the properties is a template, however deep: at most 8 levels.
Result<Done> checkTemplates(const State &state)
{
    struct Item
    {
        QString where;
        QJsonValue value;
        int depth = 0;
    };
    std::vector<Item> open{{u"properties"_s, state.properties, 0}};
    while (!open.empty()) {
        const Item item = open.back();
        open.pop_back();
        if (item.depth > 8)
            return wrong(state.name, u"the properties are nested too deeply"_s);
        if (item.value.isString()) {
            const auto good = checkTemplate(state.name, item.where, item.value.toString());
            if (!good)
                return good;
        }
        const QJsonObject members = item.value.toObject();
        for (auto it = members.begin(); it != members.end(); ++it)
            open.push_back({it.key().left(MaxName), it.value(), item.depth + 1});
        for (const QJsonValue element : item.value.toArray())
            open.push_back({item.where, element, item.depth + 1});
    }
    return Done{};
}

Result<Done> checkSplit(const State &state)
{
    const bool hasInput = !state.properties[u"input"_s].toString().isEmpty();
    for (const Transition &transition : state.transitions) {
        if (transition.event != u"match"_s)
            continue;
        if (transition.conditions.empty())
            return wrong(state.name, u"a match has no condition"_s);
        for (const SplitCondition &condition : transition.conditions) {
            if (condition.argument.isEmpty() && !hasInput)
                return wrong(state.name, u"there is no input to compare"_s);
            for (const QString &text : {condition.argument, condition.value}) {
                const auto good = checkTemplate(state.name, u"condition"_s, text);
                if (!good)
                    return good;
            }
            const bool isFixed =
                !condition.value.contains(u"{{"_s) && !condition.value.contains(u"{%"_s);
            if (condition.type == u"regex"_s && isFixed) {
                const auto good = checkPattern(condition.value);
                if (!good)
                    return wrong(state.name, good.error().detail);
            }
        }
    }
    return Done{};
}

Result<Done> checkMessage(const State &state)
{
    const QString body = state.properties[u"body"_s].toString();
    const QString media = state.properties[u"media_url"_s].toString();
    if (body.trimmed().isEmpty() && media.trimmed().isEmpty())
        return wrong(state.name, u"the message has no body"_s);
    return Done{};
}

Result<Done> checkTimeout(const State &state)
{
    constexpr qint64 Longest = 30 * 24 * 3600;
    const QJsonValue timeout = state.properties[u"timeout"_s];
    const QString text = textOf(timeout);
    if (timeout.isUndefined() || timeout.isNull() || text.contains(u"{{"_s) || text.isEmpty())
        return Done{};
    bool good = false;
    const qint64 seconds = text.trimmed().toLongLong(&good);
    if (!good || seconds < 1 || seconds > Longest)
        return wrong(state.name, u"the timeout is not 1 to 2,592,000 seconds"_s);
    return Done{};
}

Result<Done> checkBot(const State &state)
{
    for (const QString &name : {u"url"_s, u"reply"_s, u"name"_s, u"offer"_s}) {
        const QJsonValue value = state.properties[name];
        if (!value.isUndefined() && !value.isNull() && !value.isString())
            return wrong(state.name, u"'%1' is not text"_s.arg(name));
    }
    const QString url = state.properties[u"url"_s].toString().trimmed();
    if (url.isEmpty() && state.properties[u"reply"_s].toString().trimmed().isEmpty())
        return wrong(state.name, u"a bot needs a url or a reply"_s);
    return Done{};
}

Result<Done> checkHttp(const State &state)
{
    const QString method = state.properties[u"method"_s].toString(u"GET"_s);
    if (method != u"GET"_s && method != u"POST"_s)
        return wrong(state.name, u"the method is neither GET nor POST"_s);
    if (state.properties[u"url"_s].toString().trimmed().isEmpty())
        return wrong(state.name, u"the request has no url"_s);
    return Done{};
}

Result<Done> checkPairs(const State &state, const QString &property)
{
    const QJsonValue value = state.properties[property];
    const bool isList = value.isArray() || value.isObject();
    if (!isList || pairs(value).size() > size_t(MaxBranches))
        return wrong(state.name,
                     u"'%1' is not a list of at most 200 keys and values"_s.arg(property));
    for (const auto &[key, text] : pairs(value)) {
        if (key.isEmpty() || key.size() > MaxName)
            return wrong(state.name, u"'%1' has a value without a key"_s.arg(property));
    }
    return Done{};
}

/// Templates stand inside the quotation marks, so that what a customer writes cannot add members.
Result<Done> checkAttributes(const State &state)
{
    const QJsonValue value = state.properties[u"attributes"_s];
    const bool isAbsent = value.isUndefined() || value.isNull() ||
                          (value.isString() && value.toString().trimmed().isEmpty());
    const bool isObject =
        value.isObject() || QJsonDocument::fromJson(value.toString().toUtf8()).isObject();
    if (!isAbsent && !isObject)
        return wrong(state.name, u"the attributes are not a JSON object with templates inside "
                                 "quotation marks only"_s);
    return Done{};
}

Result<Done> checkWidget(const State &state)
{
    switch (state.type) {
    case WidgetType::Split:
        return checkSplit(state);
    case WidgetType::SetVariables:
        return checkPairs(state, u"variables"_s);
    case WidgetType::SendMessage:
        return checkMessage(state);
    case WidgetType::SendAndWait: {
        const auto good = checkMessage(state);
        return good ? checkTimeout(state) : good;
    }
    case WidgetType::Bot: {
        const auto good = checkBot(state);
        return good ? checkTimeout(state) : good;
    }
    case WidgetType::HttpRequest:
        return checkHttp(state);
    case WidgetType::SetCustomerFact:
        return checkPairs(state, u"facts"_s);
    case WidgetType::SendToRouter:
        return checkAttributes(state);
    case WidgetType::Trigger:
        break;
    }
    return Done{};
}

} // namespace

std::optional<WidgetType> widgetType(const QString &name)
{
    static const std::map<QString, WidgetType> types{
        {u"trigger"_s, WidgetType::Trigger},
        {u"split-based-on"_s, WidgetType::Split},
        {u"set-variables"_s, WidgetType::SetVariables},
        {u"send-message"_s, WidgetType::SendMessage},
        {u"send-and-wait-for-reply"_s, WidgetType::SendAndWait},
        {u"send-to-flex"_s, WidgetType::SendToRouter},
        {u"send-to-router"_s, WidgetType::SendToRouter},
        {u"bot"_s, WidgetType::Bot},
        {u"make-http-request"_s, WidgetType::HttpRequest},
        {u"set-customer-fact"_s, WidgetType::SetCustomerFact}};
    const auto type = types.find(name);
    return type == types.end() ? std::nullopt : std::optional(type->second);
}

Result<Definition> parseDefinition(const Json &json)
{
    if (json.text.size() > MaxDefinitionBytes)
        return invalid(u"the definition is larger than 1 MiB"_s);
    QJsonParseError problem{};
    const QJsonDocument document = QJsonDocument::fromJson(json.text, &problem);
    if (!document.isObject())
        return invalid(u"the definition is not a JSON object: %1"_s.arg(problem.errorString()));
    const QJsonValue states = document[u"states"_s];
    const qsizetype count = states.toArray().size();
    if (!states.isArray() || count < 1 || count > MaxStates)
        return invalid(u"a definition has 1 to 1,000 states"_s);
    Definition out;
    out.initialState = document[u"initial_state"_s].toString();
    for (const QJsonValue item : states.toArray()) {
        auto state = parseState(item);
        if (!state)
            return state.error();
        const QString name = state->name;
        if (!out.states.emplace(name, std::move(*state)).second)
            return wrong(name, u"the name is used twice"_s);
    }
    const auto named = checkNames(out);
    return named ? Result<Definition>(std::move(out)) : named.error();
}

Result<Done> checkWidgets(const Definition &definition)
{
    for (const auto &[name, state] : definition.states) {
        const auto good = checkWidget(state);
        if (!good)
            return good;
        const auto readable = checkTemplates(state);
        if (!readable)
            return readable;
    }
    return Done{};
}

Result<Done> validate(const Json &definition)
{
    const auto parsed = parseDefinition(definition);
    return parsed ? checkWidgets(*parsed) : parsed.error();
}

std::vector<std::pair<QString, QString>> pairs(const QJsonValue &value)
{
    std::vector<std::pair<QString, QString>> out;
    const QJsonObject members = value.toObject();
    for (auto it = members.begin(); it != members.end(); ++it)
        out.emplace_back(it.key(), textOf(it.value()));
    for (const QJsonValue item : value.toArray())
        out.emplace_back(item[u"key"_s].toString(), textOf(item[u"value"_s]));
    return out;
}

QString textOf(const QJsonValue &value)
{
    return value.isArray() || value.isObject() ? QString() : liquid::toText(value);
}

} // namespace peerdesk::flow
