// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/bot.h"

#include "core/base/json.h"
#include "core/flow/expression.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace peerdesk::flow {
using namespace Qt::StringLiterals;

namespace {

/// Appends a text, cut to the bound; white space alone says nothing. False if it is no text.
bool addText(BotAnswer &answer, const QJsonValue &text)
{
    if (!text.isString())
        return false;
    if (text.toString().trimmed().isEmpty())
        return true;
    Content content;
    content.text = liquid::cut(text.toString(), MaxMessageText);
    answer.messages.push_back(content);
    return true;
}

/// A text, or `{text, rich, quick_replies}`. False if it is neither.
bool addMessage(BotAnswer &answer, const QJsonValue &item)
{
    const QJsonObject rich = item[u"rich"_s].toObject();
    if (!item.isObject() || (rich.isEmpty() && !item[u"quick_replies"_s].isArray()))
        return addText(answer, item.isObject() ? item[u"text"_s] : item);
    Content content;
    content.text = liquid::cut(item[u"text"_s].toString(), MaxMessageText);
    if (!rich.isEmpty())
        content.rich = json::canonical(rich);
    for (const QJsonValue choice : item[u"quick_replies"_s].toArray())
        content.quickReplies.push_back(choice.toString());
    answer.messages.push_back(content);
    return true;
}

Result<Done> readMessages(BotAnswer &answer, const QJsonObject &json)
{
    const QJsonValue text = json[u"text"_s];
    const bool isSaid = !text.isUndefined() && !text.isNull();
    if (isSaid && !text.isString())
        return invalid(u"'text' is not text"_s);
    const bool isMore = json.contains(u"rich"_s) || json.contains(u"quick_replies"_s);
    if ((isSaid || isMore) && !addMessage(answer, isMore ? QJsonValue(json) : text))
        return invalid(u"'rich' and 'quick_replies' do not fit"_s);
    const QJsonValue list = json[u"messages"_s];
    if (!list.isUndefined() && !list.isNull() && !list.isArray())
        return invalid(u"'messages' is not a list"_s);
    for (const QJsonValue item : list.toArray()) {
        if (!addMessage(answer, item))
            return invalid(u"a message has no text"_s);
        if (qsizetype(answer.messages.size()) > MaxBotMessages)
            return invalid(u"more than 10 messages"_s);
    }
    return Done{};
}

/// An absent switch is off. False if it is neither true nor false.
bool readSwitch(const QJsonValue &json, bool &out)
{
    out = json.toBool();
    return json.isBool() || json.isUndefined() || json.isNull();
}

} // namespace

QJsonValue parsedBody(const QJsonObject &response)
{
    const QJsonValue parsed = response[u"parsed"_s];
    if (!parsed.isUndefined() && !parsed.isNull())
        return parsed;
    const QJsonDocument body = QJsonDocument::fromJson(response[u"body"_s].toString().toUtf8());
    if (body.isObject())
        return body.object();
    return body.isArray() ? QJsonValue(body.array()) : QJsonValue(QJsonValue::Undefined);
}

Result<BotAnswer> readBotAnswer(const QJsonObject &response)
{
    const qint64 status = response[u"status"_s].toInteger();
    if (status < 200 || status > 299)
        return invalid(u"the bot answered with status %1"_s.arg(status));
    const QJsonValue body = parsedBody(response);
    if (!body.isObject())
        return invalid(u"the bot's answer is not a JSON object"_s);
    const QJsonObject json = body.toObject();
    BotAnswer answer;
    const auto messages = readMessages(answer, json);
    if (!messages)
        return invalid(u"the bot's answer: %1"_s.arg(messages.error().detail));
    if (!readSwitch(json[u"handoff"_s], answer.handsOff) ||
        !readSwitch(json[u"end"_s], answer.ends))
        return invalid(u"the bot's answer: 'handoff' and 'end' are true or false"_s);
    const QJsonValue variables = json[u"variables"_s];
    if (!variables.isUndefined() && !variables.isNull() && !variables.isObject())
        return invalid(u"the bot's answer: 'variables' is not an object"_s);
    answer.variables = variables.toObject();
    if (answer.messages.empty() && !answer.handsOff && !answer.ends)
        return invalid(u"the bot's answer says nothing"_s);
    return answer;
}

} // namespace peerdesk::flow
