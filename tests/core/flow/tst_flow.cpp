// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/interpreter.h"
#include "talk.h"
#include "tests/support/processortime.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace peerdesk;
using flow::Input;

Q_DECLARE_METATYPE(peerdesk::Json)

class TestFlow : public QObject
{
    Q_OBJECT

private slots:
    void m10PhrasesInAnyCaseAndLanguageReachAPerson_data();
    void m10PhrasesInAnyCaseAndLanguageReachAPerson();
    void everyGreetingNamesAPhraseThatWorks_data();
    void everyGreetingNamesAPhraseThatWorks();
    void m09TheBotGetsTextAndContext();
    void botAnswersAreObeyed_data();
    void botAnswersAreObeyed();
    void aBotWithoutAWayOutStillHandsOver_data();
    void aBotWithoutAWayOutStillHandsOver();
    void m08AnAutomaticReplyMakesNoTask();
    void aWishForAPersonIsHeardWhileTheBotThinks();
    void whatIsWrittenBeforeAQuestionIsNoAnswerToIt();
    void anOldMessageDoesNotStartAnAnsweredFlowAgain();
    void theReplyTimeOutNeverRingsEarly();
    void answersThatNobodyWaitsForChangeNothing_data();
    void answersThatNobodyWaitsForChangeNothing();
    void answersBeforeTheFirstMessageChangeNothing();
    void anEndedExecutionStaysEnded();
    void branchesAreTriedFromTopToBottom_data();
    void branchesAreTriedFromTopToBottom();
    void httpRequestsCarryWhatTheFlowSays_data();
    void httpRequestsCarryWhatTheFlowSays();
    void badAddressesFailWithoutACall_data();
    void badAddressesFailWithoutACall();
    void largeAndDeepAnswersDoNotStay();
    void customersCannotAddAttributes();
    void conversationTriggersOfStudioWork();
    void endlessLoopsReachAPerson();
    void endlessTalkReachesAPerson();
    void factsOfOneAdvanceAreOneAction();
    void aFailedCallKeepsItsStatus();
    void hugeVariablesReachAPerson();
    void templatesThatWorkTooHardReachAPerson();
    void workOfAllStepsTogetherIsBounded_data();
    void workOfAllStepsTogetherIsBounded();
    void aFlowChangedUnderneathReachesAPerson_data();
    void aFlowChangedUnderneathReachesAPerson();
    void damagedExecutionsReachAPerson_data();
    void damagedExecutionsReachAPerson();
    void aThousandStatesLoadQuickly();
    void aThousandStatesAdvanceQuickly();
};

namespace {

/// Trigger, then `states`, of which the first is called "s".
Json define(const QByteArray &states)
{
    return {R"({"initial_state":"Trigger","states":[{"name":"Trigger","type":"trigger",)"
            R"("transitions":[{"event":"incomingMessage","next":"s"}]},)" +
            states + "]}"};
}

Json echoBot(const QByteArray &transitions)
{
    return define(R"({"name":"s","type":"bot","properties":{"url":"http://127.0.0.1:9/bot"},)"
                  R"("transitions":[)" +
                  transitions + R"(]},{"name":"person","type":"send-to-router","transitions":[]})");
}

const QByteArray Everything = R"({"event":"incomingMessage","next":"s"},)"
                              R"({"event":"handoff","next":"person"},)"
                              R"({"event":"failed","next":"person"},{"event":"ended"})";

/// Trigger, 998 counting states and a person.
Json thousandStates()
{
    QByteArray states;
    for (int i = 0; i < 998; ++i) {
        const QByteArray name = i == 0 ? "s" : "s" + QByteArray::number(i);
        const QByteArray next = i == 997 ? "person" : "s" + QByteArray::number(i + 1);
        states += R"({"name":")" + name +
                  R"(","type":"set-variables","properties":{"variables":[{"key":"k","value":)"
                  R"("{{flow.variables.k | plus: 1}}"}]},"transitions":[{"event":"next","next":")" +
                  next + R"("}]},)";
    }
    return define(states + R"({"name":"person","type":"send-to-router"})");
}

} // namespace

void TestFlow::m10PhrasesInAnyCaseAndLanguageReachAPerson_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("person");
    const auto row = [](const char *name, const QString &text, bool person) {
        QTest::newRow(name) << text << person;
    };
    row("as written", u"live agent"_s, true);
    row("any case, inside", u"I want a LiVe AgEnT now!"_s, true);
    row("wrapped by a mail program", u"please give me a live\r\nagent"_s, true);
    row("hard space", u"live\u00a0agent"_s, true);
    row("German", u"Kann ich mit einem MENSCHEN sprechen?"_s, true);
    row("French", u"Je veux PARLER À UN CONSEILLER"_s, true);
    row("Polish", u"połącz mnie Z KONSULTANTEM"_s, true);
    row("Vietnamese", u"cho tôi GẶP NHÂN VIÊN"_s, true);
    row("Vietnamese, decomposed", u"gặp nhân viên"_s.normalized(QString::NormalizationForm_D),
        true);
    row("Malay", u"Saya mahu Ejen Langsung"_s, true);
    row("Japanese", u"オペレーターをお願いします"_s, true);
    row("Spanish", u"Quiero un AGENTE HUMANO"_s, true);
    row("something else", u"Where is my parcel?"_s, false);
    row("nearly", u"Do you sell live plants, agent?"_s, false);
    row("nothing", u""_s, false);
}

void TestFlow::m10PhrasesInAnyCaseAndLanguageReachAPerson()
{
    QFETCH(QString, text);
    QFETCH(bool, person);
    Talk atOnce(flow::referenceFlow());
    atOnce.say(text);
    QCOMPARE(atOnce.count<flow::TaskAction>(), person ? 1 : 0);
    QCOMPARE(atOnce.count<flow::SendAction>(), person ? 0 : 1);
    QCOMPARE(atOnce.isEnded(), person);
    Talk later(flow::referenceFlow());
    later.say(u"Hello"_s);
    later.say(text);
    QCOMPARE(later.count<flow::TaskAction>(), person ? 1 : 0);
    QVERIFY(atOnce.survivedRestarts && later.survivedRestarts);
}

void TestFlow::everyGreetingNamesAPhraseThatWorks_data()
{
    QTest::addColumn<QString>("language");
    for (const char *language : {"en", "de-DE", "FR", "pl", "vi", "ms", "ja", "es", "", "xx"})
        QTest::newRow(language) << QString::fromLatin1(language);
}

void TestFlow::everyGreetingNamesAPhraseThatWorks()
{
    QFETCH(QString, language);
    Talk talk(flow::referenceFlow());
    talk.learn({{u"language"_s, language}});
    talk.say(u"?"_s);
    const auto *greeting = talk.first<flow::SendAction>();
    QVERIFY(greeting);
    const QString offered = greeting->content.quickReplies.at(0);
    QVERIFY2(greeting->content.text.contains(offered, Qt::CaseInsensitive), qPrintable(offered));
    talk.say(offered);
    QCOMPARE(talk.count<flow::TaskAction>(), 1);
}

void TestFlow::m09TheBotGetsTextAndContext()
{
    Talk talk(echoBot(Everything));
    talk.learn({{u"language"_s, u"pl"_s}});
    talk.say(u"Where is \"it\"?"_s);
    const auto *call = talk.first<flow::CallAction>();
    QVERIFY(call);
    QCOMPARE(call->method, u"POST"_s);
    QCOMPARE(call->url, u"http://127.0.0.1:9/bot"_s);
    QCOMPARE(call->body[u"text"_s].toString(), u"Where is \"it\"?"_s);
    QCOMPARE(call->body[u"conversation"_s].toString(), talk.execution.conversation.toString());
    QCOMPARE(call->body[u"customer"_s][u"name"_s].toString(), u"Ann Lee"_s);
    QCOMPARE(call->body[u"channel"_s][u"type"_s].toString(), u"webchat"_s);
    QCOMPARE(call->body[u"language"_s].toString(), u"pl"_s);
    QVERIFY(call->body[u"variables"_s].isObject());
    talk.answer(200, u"{\"text\":\"There.\",\"variables\":{\"language\":\"en\",\"n\":2}}"_s);
    QCOMPARE(talk.lastText(), u"There."_s);
    talk.say(u"Thanks"_s);
    const auto *second = talk.first<flow::CallAction>();
    QCOMPARE(second->body[u"text"_s].toString(), u"Thanks"_s);
    QCOMPARE(second->body[u"language"_s].toString(), u"en"_s);
    QCOMPARE(second->body[u"variables"_s][u"n"_s].toInt(), 2);
    QVERIFY(talk.survivedRestarts);
}

void TestFlow::botAnswersAreObeyed_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("body");
    QTest::addColumn<int>("messages");
    QTest::addColumn<bool>("person");
    QTest::addColumn<bool>("ended");
    const auto row = [](const char *name, int status, const QString &body, int messages,
                        bool person, bool ended) {
        QTest::newRow(name) << status << body << messages << person << ended;
    };
    row("text", 200, u"{\"text\":\"a\"}"_s, 1, false, false);
    row("created", 201, u"{\"text\":\"a\"}"_s, 1, false, false);
    row("messages", 200, u"{\"messages\":[\"a\",{\"text\":\"b\"}]}"_s, 2, false, false);
    row("text and messages", 200, u"{\"text\":\"a\",\"messages\":[\"b\"]}"_s, 2, false, false);
    row("hand over", 200, u"{\"handoff\":true}"_s, 0, true, true);
    row("hand over with a word", 200, u"{\"text\":\"a\",\"handoff\":true}"_s, 1, true, true);
    row("hand over wins", 200, u"{\"handoff\":true,\"end\":true}"_s, 0, true, true);
    row("end", 200, u"{\"text\":\"bye\",\"end\":true}"_s, 1, false, true);
    row("nulls", 200, u"{\"text\":\"a\",\"handoff\":null,\"messages\":null}"_s, 1, false, false);
    row("says nothing", 200, u"{}"_s, 0, true, true);
    row("says white space", 200, u"{\"text\":\"  \"}"_s, 0, true, true);
    row("no JSON", 200, u"<html>"_s, 0, true, true);
    row("empty", 200, u""_s, 0, true, true);
    row("a list", 200, u"[\"a\"]"_s, 0, true, true);
    row("a text", 200, u"\"a\""_s, 0, true, true);
    row("text is a number", 200, u"{\"text\":5}"_s, 0, true, true);
    row("messages are text", 200, u"{\"messages\":\"a\"}"_s, 0, true, true);
    row("a message is a number", 200, u"{\"messages\":[\"a\",1]}"_s, 0, true, true);
    row("a message without text", 200, u"{\"messages\":[{}]}"_s, 0, true, true);
    row("handoff is a text", 200, u"{\"text\":\"a\",\"handoff\":\"no\"}"_s, 0, true, true);
    row("variables are a list", 200, u"{\"text\":\"a\",\"variables\":[1]}"_s, 0, true, true);
    row("too many", 200, u"{\"messages\":["_s + u"\"a\","_s.repeated(10) + u"\"a\"]}"_s, 0, true,
        true);
    row("server error", 500, u"{\"text\":\"a\"}"_s, 0, true, true);
    row("redirect", 302, u"{\"text\":\"a\"}"_s, 0, true, true);
    row("no status", 0, u"{\"text\":\"a\"}"_s, 0, true, true);
}

void TestFlow::botAnswersAreObeyed()
{
    QFETCH(int, status);
    QFETCH(QString, body);
    QFETCH(int, messages);
    QFETCH(bool, person);
    QFETCH(bool, ended);
    Talk talk(echoBot(Everything));
    talk.say(u"Hello"_s);
    talk.answer(status, body);
    QCOMPARE(talk.count<flow::SendAction>(), messages);
    QCOMPARE(talk.count<flow::TaskAction>(), person ? 1 : 0);
    QCOMPARE(talk.isEnded(), ended);
    QVERIFY(talk.survivedRestarts);
}

void TestFlow::aBotWithoutAWayOutStillHandsOver_data()
{
    QTest::addColumn<QString>("body");
    QTest::newRow("fails") << u"nonsense"_s;
    QTest::newRow("hands over") << u"{\"handoff\":true}"_s;
}

void TestFlow::aBotWithoutAWayOutStillHandsOver()
{
    QFETCH(QString, body);
    Talk talk(echoBot({}));
    talk.say(u"Hello"_s);
    talk.answer(200, body);
    QCOMPARE(talk.count<flow::TaskAction>(), 1);
    QVERIFY(talk.isEnded());
}

void TestFlow::m08AnAutomaticReplyMakesNoTask()
{
    Talk talk(define(R"({"name":"s","type":"send-message","properties":{"body":"Thanks!"},)"
                     R"("transitions":[{"event":"sent"}]})"));
    talk.say(u"Hello"_s);
    QCOMPARE(talk.lastText(), u"Thanks!"_s);
    QVERIFY(talk.first<flow::SendAction>()->awaits);
    QVERIFY(!talk.isEnded());
    talk.tellIt(Input::Kind::Sent);
    QVERIFY(talk.isEnded());
    QCOMPARE(talk.step.actions.size(), size_t(0));
}

void TestFlow::aWishForAPersonIsHeardWhileTheBotThinks()
{
    QJsonObject definition = json::object(flow::referenceFlow());
    definition[u"states"_s] =
        QJsonDocument::fromJson(QJsonDocument(definition[u"states"_s].toArray())
                                    .toJson()
                                    .replace(R"("url": "")", R"("url": "http://127.0.0.1:9/")"))
            .array();
    Talk talk(json::canonical(definition));
    talk.say(u"Hello"_s);
    QCOMPARE(talk.count<flow::CallAction>(), 1);
    const EffectId call{QUuid::createUuidV5(QUuid(), QByteArrayLiteral("effect"))};
    talk.execution.awaiting = call;
    talk.say(u"LIVE AGENT"_s);
    talk.say(u"?"_s);
    QCOMPARE(talk.step.actions.size(), size_t(0));
    QCOMPARE(talk.execution.awaiting, call);
    talk.answer(200, u"{\"text\":\"Hi\"}"_s);
    QCOMPARE(talk.count<flow::TaskAction>(), 1);
    QVERIFY(talk.survivedRestarts);
}

void TestFlow::whatIsWrittenBeforeAQuestionIsNoAnswerToIt()
{
    Talk talk(define(
        R"({"name":"s","type":"send-message","properties":{"body":"Welcome"},)"
        R"("transitions":[{"event":"sent","next":"ask"}]},)"
        R"({"name":"ask","type":"send-and-wait-for-reply","properties":{"body":"Language?"},)"
        R"("transitions":[{"event":"incomingMessage","next":"end"}]},)"
        R"({"name":"end","type":"send-to-router","properties":{"attributes":)"
        R"({"language":"{{widgets.ask.inbound.Body}}"}},"transitions":[]})"));
    talk.say(u"Hi"_s);
    talk.say(u"Anybody?"_s);
    talk.tellIt(Input::Kind::Sent);
    QCOMPARE(talk.lastText(), u"Language?"_s);
    QVERIFY(!talk.isEnded());
    QCOMPARE((talk.execution.waitsUntil - talk.now).count(), 3600 * 1000);
    talk.say(u"Polish"_s);
    QCOMPARE(talk.first<flow::TaskAction>()->attributes[u"language"_s].toString(), u"Polish"_s);
    QVERIFY(talk.survivedRestarts);
}

void TestFlow::anOldMessageDoesNotStartAnAnsweredFlowAgain()
{
    Talk talk(
        define(R"({"name":"s","type":"send-message","properties":{"body":"Welcome"},)"
               R"("transitions":[{"event":"sent","next":"ask"}]},)"
               R"({"name":"ask","type":"send-and-wait-for-reply","properties":{"body":"?"}})"));
    talk.say(u"Hi"_s);
    talk.say(u"Anybody?"_s);
    talk.tellIt(Input::Kind::Sent);
    talk.say(u"Yes"_s);
    QVERIFY(talk.isEnded());
    QCOMPARE(talk.step.actions.size(), size_t(0));
}

void TestFlow::theReplyTimeOutNeverRingsEarly()
{
    Talk talk(define(
        R"({"name":"s","type":"send-and-wait-for-reply","properties":{"body":"?","timeout":60},)"
        R"("transitions":[{"event":"timeout","next":"p"}]},{"name":"p","type":"send-to-router"})"));
    talk.say(u"Hi"_s);
    const Execution before = talk.execution;
    talk.waitAndTimeOut(Seconds(59));
    QCOMPARE(talk.execution, before);
    talk.waitAndTimeOut(Seconds(1));
    QCOMPARE(talk.count<flow::TaskAction>(), 1);
    QVERIFY(!talk.execution.waitsUntil.isSet());
}

void TestFlow::answersThatNobodyWaitsForChangeNothing_data()
{
    QTest::addColumn<Json>("definition");
    QTest::addColumn<int>("kind");
    const Json asks =
        define(R"({"name":"s","type":"send-and-wait-for-reply","properties":{"body":"?"}})");
    const Json sends = define(R"({"name":"s","type":"send-message","properties":{"body":"!"}})");
    const auto row = [](const char *name, const Json &definition, Input::Kind kind) {
        QTest::newRow(name) << definition << int(kind);
    };
    row("an answer while it asks", asks, Input::Kind::BotAnswered);
    row("a failure while it asks", asks, Input::Kind::BotFailed);
    row("an answer while it sends", sends, Input::Kind::BotAnswered);
    row("a timer while it sends", sends, Input::Kind::TimedOut);
    row("sent while the bot thinks", echoBot(Everything), Input::Kind::Sent);
    row("not sent while the bot thinks", echoBot(Everything), Input::Kind::SendFailed);
    row("a task while it asks", asks, Input::Kind::TaskCreated);
    row("no task while the bot thinks", echoBot(Everything), Input::Kind::TaskRefused);
    row("a timer while the bot thinks", echoBot(Everything), Input::Kind::TimedOut);
}

void TestFlow::answersThatNobodyWaitsForChangeNothing()
{
    QFETCH(Json, definition);
    QFETCH(int, kind);
    Talk talk(definition);
    talk.say(u"Hi"_s);
    talk.execution.awaiting.value = QUuid::createUuidV5(QUuid(), QByteArrayLiteral("effect"));
    const Execution before = talk.execution;
    talk.tellIt(Input::Kind(kind));
    QCOMPARE(talk.execution, before);
    QCOMPARE(talk.step.actions.size(), size_t(0));
}

void TestFlow::answersBeforeTheFirstMessageChangeNothing()
{
    for (const Input::Kind kind :
         {Input::Kind::Sent, Input::Kind::SendFailed, Input::Kind::BotAnswered,
          Input::Kind::TimedOut, Input::Kind::TaskCreated, Input::Kind::TaskRefused}) {
        Talk talk(flow::referenceFlow());
        talk.tellIt(kind);
        QCOMPARE(talk.step.actions.size(), size_t(0));
        QVERIFY(!talk.isEnded());
        talk.say(u"Hello"_s);
        QCOMPARE(talk.count<flow::SendAction>(), 1);
    }
}

void TestFlow::anEndedExecutionStaysEnded()
{
    Talk talk(flow::directFlow());
    talk.say(u"Hi"_s);
    QVERIFY(talk.isEnded());
    const Execution before = talk.execution;
    for (int kind = 0; kind <= int(Input::Kind::TaskRefused); ++kind) {
        talk.tellIt(Input::Kind(kind));
        QCOMPARE(talk.execution, before);
        QCOMPARE(talk.step.actions.size(), size_t(0));
    }
}

void TestFlow::branchesAreTriedFromTopToBottom_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("workflow");
    QTest::newRow("the first that matches") << u"red green"_s << u"first"_s;
    QTest::newRow("another condition of the first") << u"crimson green"_s << u"first"_s;
    QTest::newRow("the second") << u"green"_s << u"second"_s;
    QTest::newRow("none") << u"blue"_s << u"none"_s;
    QTest::newRow("a match that leads nowhere ends") << u"stop"_s << QString();
    QTest::newRow("a value with a template") << u"I am ann lee"_s << u"first"_s;
}

void TestFlow::branchesAreTriedFromTopToBottom()
{
    QFETCH(QString, text);
    QFETCH(QString, workflow);
    Talk talk(define(
        R"({"name":"s","type":"split-based-on","properties":{"input":"{{message.Body}}"},)"
        R"("transitions":[{"event":"noMatch","next":"c"},)"
        R"({"event":"match","next":"a","conditions":[{"type":"contains","value":"red"},)"
        R"({"type":"contains","value":"crimson"},)"
        R"({"type":"contains","arguments":["{{trigger.message.Body}}"],"value":"{{customer.name}}"}]},)"
        R"({"event":"match","next":"b","conditions":[{"type":"contains","value":"green"}]},)"
        R"({"event":"match","conditions":[{"type":"equal_to","value":"stop"}]}]},)"
        R"({"name":"a","type":"send-to-router","properties":{"workflow":"first"}},)"
        R"({"name":"b","type":"send-to-router","properties":{"workflow":"second"}},)"
        R"({"name":"c","type":"send-to-flex","properties":{"workflow":"none"}})"));
    talk.say(text);
    QVERIFY(talk.isEnded());
    const auto *task = talk.first<flow::TaskAction>();
    QCOMPARE(task != nullptr, !workflow.isEmpty());
    if (task)
        QCOMPARE(task->workflow, workflow);
}

void TestFlow::httpRequestsCarryWhatTheFlowSays_data()
{
    QTest::addColumn<QByteArray>("properties");
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("contentType");
    QTest::addColumn<QByteArray>("payload");
    QTest::newRow("form")
        << QByteArray(
               R"("method":"POST","url":"https://x.example/a",)"
               R"("parameters":[{"key":"a b","value":"{{message.Body}}"},{"key":"c","value":"1"}])")
        << u"https://x.example/a"_s << u"application/x-www-form-urlencoded"_s
        << QByteArray("a%20b=1%2B1%20%26%20%25%20%C3%BC&c=1");
    QTest::newRow("JSON")
        << QByteArray(
               R"("method":"POST","url":"https://x.example/a","content_type":"application/json",)"
               R"("body":"[{{message.Body | json}}]")")
        << u"https://x.example/a"_s << u"application/json"_s << QByteArray("[\"1+1 & % ü\"]");
    QTest::newRow("query")
        << QByteArray(R"("method":"GET","url":"https://x.example/a?z=1","parameters":[{"key":"q",)"
                      R"("value":"{{message.Body}}"}])")
        << u"https://x.example/a?z=1&q=1%2B1%20%26%20%25%20%C3%BC"_s << u"application/json"_s
        << QByteArray();
}

void TestFlow::httpRequestsCarryWhatTheFlowSays()
{
    QFETCH(QByteArray, properties);
    QFETCH(QString, url);
    QFETCH(QString, contentType);
    QFETCH(QByteArray, payload);
    Talk talk(
        define(R"({"name":"s","type":"make-http-request","properties":{)" + properties +
               R"(},"transitions":[{"event":"success","next":"t"}]},)"
               R"({"name":"t","type":"send-message","properties":{"body":)"
               R"("{{widgets.s.status_code}} {{widgets.s.parsed.a[0]}} {{widgets.s.body}}"}})"));
    talk.say(u"1+1 & % ü"_s);
    const auto *call = talk.first<flow::CallAction>();
    QVERIFY(call);
    QCOMPARE(call->url, url);
    QCOMPARE(call->contentType, contentType);
    QCOMPARE(call->payload, payload);
    talk.answer(204, u"{\"a\":[7]}"_s);
    QCOMPARE(talk.lastText(), u"204 7 {\"a\":[7]}"_s);
    QVERIFY(talk.survivedRestarts);
}

void TestFlow::badAddressesFailWithoutACall_data()
{
    QTest::addColumn<QString>("url");
    QTest::newRow("file") << u"file:///etc/passwd"_s;
    QTest::newRow("no scheme") << u"example.com/x"_s;
    QTest::newRow("script") << u"javascript:alert(1)"_s;
    QTest::newRow("no host") << u"https:///x"_s;
    QTest::newRow("white space") << u"https://a b/"_s;
    QTest::newRow("nothing after rendering") << u"{{nothing}}"_s;
    QTest::newRow("too long") << u"https://example.com/"_s + QString(3000, u'x');
}

void TestFlow::badAddressesFailWithoutACall()
{
    QFETCH(QString, url);
    for (const char *type : {"bot", "make-http-request"}) {
        Talk talk(define(R"({"name":"s","type":")" + QByteArray(type) +
                         R"(","properties":{"url":")" + url.toUtf8() +
                         R"("},"transitions":[{"event":"failed","next":"p"}]},)"
                         R"({"name":"p","type":"send-to-router"})"));
        QVERIFY(flow::validate(talk.flow.definition));
        talk.say(u"Hi"_s);
        QCOMPARE(talk.count<flow::CallAction>(), 0);
        QCOMPARE(talk.count<flow::TaskAction>(), 1);
    }
}

void TestFlow::largeAndDeepAnswersDoNotStay()
{
    const Json definition = define(
        R"({"name":"s","type":"make-http-request","properties":{"url":"https://x.example"},)"
        R"("transitions":[{"event":"success","next":"t"}]},)"
        R"({"name":"t","type":"send-message","properties":{"body":"[{{widgets.s.parsed}}]"}})");
    Talk large(definition);
    large.say(u"Hi"_s);
    large.answer(200, u"[\""_s + QString(1'000'000, u'x') + u"\"]"_s);
    QCOMPARE(large.lastText(), u"[]"_s);
    QVERIFY(large.execution.variables.text.size() < flow::MaxVariables);
    Talk deep(definition);
    deep.say(u"Hi"_s);
    deep.answer(200, QString(1000, u'[') + QString(1000, u']'));
    QVERIFY(!json::object(deep.execution.variables).isEmpty() || deep.isEnded());
    QVERIFY(deep.survivedRestarts && large.survivedRestarts);
}

void TestFlow::customersCannotAddAttributes()
{
    Talk talk(
        define(R"({"name":"s","type":"send-to-router","properties":{"attributes":)"
               R"("{\"first\":\"{{message.Body}}\",\"vip\":false,\"none\":\"{{nobody}}\"}"}})"));
    talk.say(u"x\",\"vip\":true,\"y\":\"{{customer.name}}"_s);
    const QJsonObject attributes = talk.first<flow::TaskAction>()->attributes;
    QCOMPARE(attributes.keys(), (QStringList{u"first"_s, u"vip"_s}));
    QCOMPARE(attributes[u"vip"_s], QJsonValue(false));
    QCOMPARE(attributes[u"first"_s].toString(), u"x\",\"vip\":true,\"y\":\"{{customer.name}}"_s);
}

void TestFlow::conversationTriggersOfStudioWork()
{
    Talk talk(
        {R"({"initial_state":"T","states":[{"name":"T","type":"trigger","transitions":[)"
         R"({"event":"incomingMessage"},{"event":"incomingConversationMessage","next":"p"}]},)"
         R"({"name":"p","type":"send-to-flex"}]})"});
    talk.say(u"Hi"_s);
    QCOMPARE(talk.count<flow::TaskAction>(), 1);
}

void TestFlow::endlessLoopsReachAPerson()
{
    Talk talk(define(R"({"name":"s","type":"set-variables","properties":{"variables":[]},)"
                     R"("transitions":[{"event":"next","next":"s"}]})"));
    talk.say(u"Hi"_s);
    QVERIFY(talk.isEnded());
    QVERIFY(!talk.step.trouble.isEmpty());
    QCOMPARE(talk.execution.steps, flow::MaxSteps);
    QCOMPARE(talk.count<flow::TaskAction>(), 1);
    QVERIFY(talk.survivedRestarts);
}

void TestFlow::endlessTalkReachesAPerson()
{
    Talk talk(define(R"({"name":"s","type":"bot","properties":{"reply":"Hi","offer":"x"},)"
                     R"("transitions":[{"event":"answered","next":"s"}]})"));
    talk.say(u"Hi"_s);
    QVERIFY(talk.isEnded());
    QCOMPARE(talk.count<flow::SendAction>(), flow::MaxSends);
    QCOMPARE(talk.count<flow::TaskAction>(), 1);
}

void TestFlow::factsOfOneAdvanceAreOneAction()
{
    Talk talk(
        define(R"({"name":"s","type":"set-customer-fact","properties":{"facts":{"a":"1","b":"1"}},)"
               R"("transitions":[{"event":"next","next":"t"}]},)"
               R"({"name":"t","type":"set-customer-fact","properties":{"facts":)"
               R"([{"key":"b","value":"{{customer.a | plus: 1}}"}]}})"));
    talk.say(u"Hi"_s);
    QCOMPARE(talk.step.actions.size(), size_t(1));
    QCOMPARE(talk.first<flow::FactAction>()->facts,
             (QJsonObject{{u"a"_s, u"1"_s}, {u"b"_s, u"2"_s}}));
}

void TestFlow::aFailedCallKeepsItsStatus()
{
    Talk talk(define(R"({"name":"s","type":"make-http-request","properties":{"url":"https://x.y"},)"
                     R"("transitions":[{"event":"success"},{"event":"failed","next":"p"}]},)"
                     R"({"name":"p","type":"send-to-router","properties":{"attributes":)"
                     R"({"why":"{{widgets.s.status_code}} {{widgets.s.error}}"}}})"));
    talk.say(u"Hi"_s);
    Input input;
    input.kind = Input::Kind::BotFailed;
    input.detail = u"status 503"_s;
    input.response = {{u"status"_s, 503}, {u"body"_s, u"busy"_s}};
    talk.give(input);
    QCOMPARE(talk.first<flow::TaskAction>()->attributes[u"why"_s].toString(), u"503 status 503"_s);
}

void TestFlow::hugeVariablesReachAPerson()
{
    Talk talk(define(
        R"({"name":"s","type":"set-variables","properties":{"variables":[{"key":"a","value":)"
        R"("{% for i in (1..1000) %}{{message.Body}}{% endfor %}"}]},)"
        R"("transitions":[{"event":"next","next":"t"}]},)"
        R"({"name":"t","type":"send-message","properties":{"body":"Hi"}})"));
    talk.say(QString(100, u'x'));
    QVERIFY(talk.isEnded());
    QCOMPARE(talk.count<flow::TaskAction>(), 1);
    QVERIFY(talk.execution.variables.text.size() < flow::MaxVariables);
}

void TestFlow::templatesThatWorkTooHardReachAPerson()
{
    Talk talk(
        define(R"({"name":"s","type":"send-message","properties":{"body":"{% for a in (1..1000) %})"
               R"({% for b in (1..1000) %}{% assign x = a %}{% endfor %}{% endfor %}done"}})"));
    QVERIFY(flow::validate(talk.flow.definition));
    talk.say(u"Hi"_s);
    QVERIFY(talk.isEnded());
    QVERIFY(talk.step.trouble.contains(u"'s'"_s));
    QCOMPARE(talk.count<flow::SendAction>(), 0);
    QCOMPARE(talk.count<flow::TaskAction>(), 1);
}

void TestFlow::workOfAllStepsTogetherIsBounded_data()
{
    QTest::addColumn<QByteArray>("value");     // of the variables that are set
    QTest::addColumn<QByteArray>("condition"); // of the split between them
    const QByteArray loops = "{% for a in (1..100) %}{% for b in (1..300) %}{% assign x = b %}"
                             "{% endfor %}{% endfor %}";
    const QByteArray never = R"("type":"equal_to","value":"never")";
    QTest::newRow("nested loops") << loops << never;
    QTest::newRow("loops that start")
        << QByteArray("{% for a in (1..100) %}{% for b in (1..1000) limit:1 %}{% endfor %}"
                      "{% endfor %}")
        << never;
    QTest::newRow("dates") << QByteArray("{% for a in (1..100) %}{% assign x = 'now' | date: '%c' "
                                         "%}{% endfor %}")
                           << never;
    QTest::newRow("long values")
        << QByteArray("{% for a in (1..600) %}0123456789abcdefghijklmnopqrstuvwxyz{% endfor %}")
        << never;
    QTest::newRow("regular expressions")
        << QByteArray("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!")
        << QByteArray(R"("type":"regex","value":"(a+)+(a+)+b")");
    QTest::newRow("many choices") << QByteArray("x")
                                  << R"("type":"matches_any_of","value":")" +
                                         QByteArray("a,").repeated(2000) + '"';
}

void TestFlow::workOfAllStepsTogetherIsBounded()
{
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, condition);
    const auto set = [&](const QByteArray &name, const QByteArray &next) {
        return R"({"name":")" + name + R"(","type":"set-variables","properties":{"variables":[)" +
               R"({"key":")" + name + R"(","value":")" + value +
               R"("}]},"transitions":[{"event":"next","next":")" + next + R"("}]})";
    };
    Talk talk(define(set("s", "t") + "," +
                     R"({"name":"t","type":"split-based-on","properties":{"input":)"
                     R"("{{flow.variables.s}}"},"transitions":[{"event":"noMatch","next":"u"},)"
                     R"({"event":"match","next":"u","conditions":[{"friendly_name":"c",)"
                     R"("arguments":["{{flow.variables.s}}"],)" +
                     condition + "}]}]}," + set("u", "s")));
    const auto valid = flow::validate(talk.flow.definition);
    QVERIFY2(valid, qPrintable(valid ? QString() : valid.error().detail));
    const test::ProcessorTime spent;
    talk.say(u"Hi"_s); // twice: see Talk
    qInfo() << spent.milliseconds() / 2 << "ms" << talk.execution.steps << "steps";
    QVERIFY(spent.milliseconds() < 2 * 1000);
    QVERIFY(talk.isEnded());
    QVERIFY(!talk.step.trouble.isEmpty());
    QCOMPARE(talk.count<flow::TaskAction>(), 1);
    QVERIFY(talk.survivedRestarts);
}

void TestFlow::aFlowChangedUnderneathReachesAPerson_data()
{
    QTest::addColumn<Json>("changed");
    QTest::newRow("the state is gone") << flow::directFlow();
    QTest::newRow("the state is another widget")
        << define(R"({"name":"s","type":"send-message","properties":{"body":"!"}})");
    QTest::newRow("not readable") << Json{"[]"};
    QTest::newRow("deleted") << Json{};
}

void TestFlow::aFlowChangedUnderneathReachesAPerson()
{
    QFETCH(Json, changed);
    for (const Input::Kind kind :
         {Input::Kind::CustomerMessage, Input::Kind::BotAnswered, Input::Kind::TimedOut}) {
        Talk talk(echoBot(Everything));
        talk.say(u"Hi"_s);
        talk.flow.definition = changed;
        talk.tellIt(kind);
        QVERIFY(talk.isEnded());
        QVERIFY(!talk.step.trouble.isEmpty());
        QCOMPARE(talk.count<flow::TaskAction>(), 1);
    }
}

void TestFlow::damagedExecutionsReachAPerson_data()
{
    QTest::addColumn<QByteArray>("variables");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("no JSON") << QByteArray("{{{");
    QTest::newRow("a list") << QByteArray("[1]");
    QTest::newRow("waits for something else") << QByteArray(R"({"wait":"sent"})");
    QTest::newRow("wrong types") << QByteArray(R"({"wait":7,"flow":[],"widgets":"x"})");
}

void TestFlow::damagedExecutionsReachAPerson()
{
    QFETCH(QByteArray, variables);
    Talk talk(echoBot(Everything));
    talk.say(u"Hi"_s);
    talk.execution.variables = {variables};
    talk.say(u"Hello?"_s);
    QVERIFY(talk.isEnded());
    QCOMPARE(talk.count<flow::TaskAction>(), 1);
}

void TestFlow::aThousandStatesLoadQuickly()
{
    const Json definition = thousandStates();
    QBENCHMARK
    {
        const auto good = flow::validate(definition);
        QVERIFY2(good.has_value(), qPrintable(good.error().detail));
    }
}

void TestFlow::aThousandStatesAdvanceQuickly()
{
    Talk first(thousandStates());
    first.say(u"Hi"_s);
    QCOMPARE(first.count<flow::TaskAction>(), 1);
    QCOMPARE(first.execution.steps, 1000);
    QVERIFY(first.step.trouble.isEmpty());
    QBENCHMARK
    {
        Talk talk(first.flow.definition);
        talk.say(u"Hi"_s);
    }
}

QTEST_GUILESS_MAIN(TestFlow)
#include "tst_flow.moc"
