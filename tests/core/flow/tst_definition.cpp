// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/flow/definition.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace peerdesk;

Q_DECLARE_METATYPE(peerdesk::Json)

class TestDefinition : public QObject
{
    Q_OBJECT

private slots:
    void acceptsOurFlows();
    void acceptsAStudioExport();
    void namesWhatIsWrong_data();
    void namesWhatIsWrong();
    void acceptsAThousandStatesAndNoMore();
    void hostileTextIsRefused_data();
    void hostileTextIsRefused();
};

namespace {

/// A definition of a trigger that leads to `state`, which is JSON of one state named "s".
Json around(const QByteArray &state)
{
    return {R"({"initial_state":"Trigger","states":[{"name":"Trigger","type":"trigger",)"
            R"("transitions":[{"event":"incomingMessage","next":"s"}]},)" +
            state + "]}"};
}

Json split(const QByteArray &condition)
{
    return around(
        R"({"name":"s","type":"split-based-on","properties":{"input":"{{message.Body}}"},)"
        R"("transitions":[{"event":"noMatch"},{"event":"match","conditions":[)" +
        condition + "]}]}");
}

} // namespace

void TestDefinition::acceptsOurFlows()
{
    for (const Json &definition : {flow::referenceFlow(), flow::directFlow()}) {
        const auto good = flow::validate(definition);
        QVERIFY2(good.has_value(), qPrintable(good.error().detail));
        QCOMPARE(json::canonical(json::object(definition)), definition);
    }
}

/// The shape that Studio exports: offsets, friendly names, texts where numbers are meant, noMatch
/// first, transitions without next, attributes as JSON text.
void TestDefinition::acceptsAStudioExport()
{
    const Json definition{R"json({
      "description": "Ask and route", "initial_state": "Trigger",
      "flags": {"allow_concurrent_calls": true},
      "states": [
        {"name": "Trigger", "type": "trigger", "properties": {"offset": {"x": 0, "y": 0}},
         "transitions": [{"event": "incomingMessage", "next": "ask"}, {"event": "incomingCall"},
                         {"event": "incomingConversationMessage"}, {"event": "incomingRequest"},
                         {"event": "incomingParent"}]},
        {"name": "ask", "type": "send-and-wait-for-reply",
         "properties": {"offset": {"x": 70, "y": 170}, "from": "{{flow.channel.address}}",
                        "service": "{{trigger.message.InstanceSid}}", "body": "Sales or support?",
                        "timeout": "3600"},
         "transitions": [{"event": "incomingMessage", "next": "which"}, {"event": "timeout"},
                         {"event": "deliveryFailure"}]},
        {"name": "which", "type": "split-based-on",
         "properties": {"input": "{{widgets.ask.inbound.Body}}"},
         "transitions": [{"event": "noMatch", "next": "ask"},
           {"event": "match", "next": "remember", "conditions": [
             {"friendly_name": "If value matches_any_of sales, support",
              "arguments": ["{{widgets.ask.inbound.Body}}"],
              "type": "matches_any_of", "value": "sales, support"}]}]},
        {"name": "remember", "type": "set-variables",
         "properties": {"variables": [{"key": "team", "type": "string",
                                       "value": "{{widgets.ask.inbound.Body | downcase}}"}]},
         "transitions": [{"event": "next", "next": "tell"}]},
        {"name": "tell", "type": "make-http-request",
         "properties": {"method": "POST", "url": "https://example.com/x",
                        "content_type": "application/x-www-form-urlencoded;charset=utf-8",
                        "parameters": [{"key": "team", "value": "{{flow.variables.team}}"}]},
         "transitions": [{"event": "success", "next": "flex"}, {"event": "failed", "next": "flex"}]},
        {"name": "flex", "type": "send-to-flex",
         "properties": {"workflow": "WWaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "channel": "TCaa",
                        "priority": "5", "timeout": "600",
                        "attributes": "{\"team\": \"{{flow.variables.team}}\"}"},
         "transitions": [{"event": "callComplete"}, {"event": "failedToEnqueue"},
                         {"event": "callFailure"}]}]})json"};
    const auto good = flow::validate(definition);
    QVERIFY2(good.has_value(), qPrintable(good.error().detail));
}

void TestDefinition::namesWhatIsWrong_data()
{
    QTest::addColumn<Json>("definition");
    QTest::addColumn<QString>("says");
    const auto row = [](const char *name, const Json &definition, const QString &says) {
        QTest::newRow(name) << definition << says;
    };
    row("unknown widget", around(R"({"name":"s","type":"run-subflow"})"),
        u"'s': no such widget type: 'run-subflow'"_s);
    row("type is no text", around(R"({"name":"s","type":7})"), u"'s': no such widget type"_s);
    row("same name twice", around(R"({"name":"s","type":"trigger"},{"name":"s","type":"trigger"})"),
        u"'s': the name is used twice"_s);
    row("no name", around(R"({"type":"trigger"})"), u"needs a name"_s);
    row("blank name", around(R"({"name":" ","type":"trigger"})"), u"needs a name"_s);
    row("state is a list", around("[]"), u"needs a name"_s);
    row("leads nowhere",
        around(R"({"name":"s","type":"trigger","transitions":[{"event":"x","next":"y"}]})"),
        u"'s': 'x' leads to 'y', which does not exist"_s);
    row("transition without event",
        around(R"({"name":"s","type":"trigger","transitions":[{"next":"s"}]})"),
        u"'s': a transition has no event"_s);
    row("transition is text", around(R"({"name":"s","type":"trigger","transitions":["x"]})"),
        u"'s': a transition has no event"_s);
    row("transitions are an object", around(R"({"name":"s","type":"trigger","transitions":{}})"),
        u"'s': the transitions are not a list"_s);
    row("next is a number",
        around(R"({"name":"s","type":"trigger","transitions":[{"event":"x","next":1}]})"),
        u"'s': the next state"_s);
    row("properties are a list", around(R"({"name":"s","type":"trigger","properties":[1]})"),
        u"'s': the properties are not an object"_s);
    row("initial state is missing",
        {R"({"initial_state":"x","states":[{"name":"s","type":"trigger"}]})"},
        u"initial state 'x' does not exist"_s);
    row("no states", {R"({"initial_state":"x","states":[]})"}, u"1 to 1,000 states"_s);
    row("states are an object", {R"({"initial_state":"x","states":{}})"}, u"1 to 1,000 states"_s);
    row("unknown condition", split(R"({"type":"sounds_like","value":"x"})"),
        u"'s': no such condition: 'sounds_like'"_s);
    row("condition is text", split(R"("x")"), u"'s': a condition is not an object"_s);
    row("condition without value", split(R"({"type":"equal_to"})"),
        u"'s': 'equal_to' needs a value"_s);
    row("two arguments", split(R"({"type":"is_blank","arguments":["a","b"]})"),
        u"'s': a condition takes one argument"_s);
    row("argument is a number", split(R"({"type":"is_blank","arguments":[1]})"),
        u"'s': a condition's argument is not text"_s);
    row("wrong expression", split(R"({"type":"regex","value":"("})"),
        u"'s': the regular expression is wrong"_s);
    row("wrong template in a value", split(R"({"type":"equal_to","value":"{{ a"})"),
        u"'s': condition: {{ is not closed"_s);
    row("match without condition", split(""), u"'s': a match has no condition"_s);
    row("message without body",
        around(R"({"name":"s","type":"send-message","properties":{"body":" "}})"),
        u"'s': the message has no body"_s);
    row("body is an object",
        around(R"({"name":"s","type":"send-message","properties":{"body":{}}})"),
        u"'s': the message has no body"_s);
    row("wrong template in a body",
        around(R"({"name":"s","type":"send-message","properties":{"body":"{{ a | shout }}"}})"),
        u"'s': body: no such filter: 'shout'"_s);
    row("timeout of zero",
        around(
            R"({"name":"s","type":"send-and-wait-for-reply","properties":{"body":"?","timeout":"0"}})"),
        u"'s': the timeout"_s);
    row("timeout of a year",
        around(
            R"({"name":"s","type":"send-and-wait-for-reply","properties":{"body":"?","timeout":31536000}})"),
        u"'s': the timeout"_s);
    row("variables are text",
        around(R"({"name":"s","type":"set-variables","properties":{"variables":"x"}})"),
        u"'s': 'variables' is not a list"_s);
    row("variable without key",
        around(R"({"name":"s","type":"set-variables","properties":{"variables":[{"value":"x"}]}})"),
        u"'s': 'variables' has a value without a key"_s);
    row("facts are missing", around(R"({"name":"s","type":"set-customer-fact"})"),
        u"'s': 'facts' is not a list"_s);
    row("bot that cannot speak", around(R"({"name":"s","type":"bot","properties":{"name":"Bo"}})"),
        u"'s': a bot needs a url or a reply"_s);
    row("bot with a list as url", around(R"({"name":"s","type":"bot","properties":{"url":["x"]}})"),
        u"'s': 'url' is not text"_s);
    row("method",
        around(
            R"({"name":"s","type":"make-http-request","properties":{"method":"DELETE","url":"https://x"}})"),
        u"'s': the method is neither"_s);
    row("request without url",
        around(R"({"name":"s","type":"make-http-request","properties":{"method":"GET"}})"),
        u"'s': the request has no url"_s);
    row("attributes that a customer could add to",
        around(
            R"({"name":"s","type":"send-to-router","properties":{"attributes":"{\"a\": {{message.Body}}}"}})"),
        u"'s': the attributes are not a JSON object"_s);
    row("properties too deep",
        around(R"({"name":"s","type":"trigger","properties":{"a":)" + QByteArray(20, '[') +
               QByteArray(20, ']') + "}}"),
        u"'s': the properties are nested too deeply"_s);
}

void TestDefinition::namesWhatIsWrong()
{
    QFETCH(Json, definition);
    QFETCH(QString, says);
    const auto good = flow::validate(definition);
    QVERIFY(!good);
    QCOMPARE(good.error().code, Error::Code::Invalid);
    QVERIFY2(good.error().detail.contains(says), qPrintable(good.error().detail));
}

void TestDefinition::acceptsAThousandStatesAndNoMore()
{
    const auto ofSize = [](int count) {
        QByteArray states;
        for (int i = 0; i < count; ++i)
            states += QByteArray(i ? "," : "") + R"({"name":"s)" + QByteArray::number(i) +
                      R"(","type":"trigger","transitions":[{"event":"incomingMessage","next":"s)" +
                      QByteArray::number((i + 1) % count) + R"("}]})";
        return Json{R"({"initial_state":"s0","states":[)" + states + "]}"};
    };
    QVERIFY(flow::validate(ofSize(1)));
    QVERIFY(flow::validate(ofSize(1000)));
    QVERIFY(!flow::validate(ofSize(1001)));
}

void TestDefinition::hostileTextIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("a list") << QByteArray("[]");
    QTest::newRow("a number") << QByteArray("1");
    QTest::newRow("null") << QByteArray("null");
    QTest::newRow("broken") << QByteArray("{\"states\":[");
    QTest::newRow("very deep") << QByteArray(100'000, '[');
    QTest::newRow("deep in states") << QByteArray(
        "{\"initial_state\":\"a\",\"states\":" + QByteArray(900, '[') + QByteArray(900, ']') + "}");
    QTest::newRow("too large") << QByteArray("{\"description\":\"" +
                                             QByteArray(flow::MaxDefinitionBytes, 'x') + "\"}");
    QTest::newRow("wrong bytes") << QByteArray("\xff\xfe{\0}", 5);
}

void TestDefinition::hostileTextIsRefused()
{
    QFETCH(QByteArray, text);
    QVERIFY(!flow::validate({text}));
}

QTEST_GUILESS_MAIN(TestDefinition)
#include "tst_definition.moc"
