// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/domain/providerids.h"
#include "core/doors/api.h"
#include "core/secrets/password.h"
#include "tests/core/doors/fakedesk.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QSignalSpy>
#include <QTest>
#include <QWebSocket>

using namespace peerdesk;
using namespace Qt::StringLiterals;

namespace {

struct Answer
{
    int status = 0;
    QByteArray contentType;
    QByteArray bytes;
    QJsonObject body;
    bool wasReplayed = false;
};
using Headers = std::map<QByteArray, QByteArray>;

} // namespace

class TestApi : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::FakeDesk> m_desk;
    std::unique_ptr<net::Server> m_server;
    std::unique_ptr<FakeClock> m_clock;
    std::unique_ptr<doors::Api> m_api;
    QNetworkAccessManager m_network;
    quint16 m_port = 0;

    Answer ask(const QByteArray &method, const QString &path, const QByteArray &body = {},
               Headers headers = {{"Authorization", "Bearer admin"}})
    {
        QNetworkRequest request(
            QUrl(u"http://127.0.0.1:%1%2"_s.arg(QString::number(m_port), path)));
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        for (const auto &[name, value] : headers)
            request.setRawHeader(name, value);
        QNetworkReply *reply = m_network.sendCustomRequest(request, method, body);
        QSignalSpy finished(reply, &QNetworkReply::finished);
        if (!reply->isFinished() && !finished.wait(5000))
            qWarning("no answer to %s", qPrintable(path));
        Answer answer;
        answer.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        answer.contentType = reply->rawHeader("Content-Type");
        answer.bytes = reply->readAll();
        answer.body = QJsonDocument::fromJson(answer.bytes).object();
        answer.wasReplayed = reply->rawHeader("Idempotent-Replayed") == "true";
        reply->deleteLater();
        return answer;
    }
    Answer api(const QByteArray &method, const QString &path, const QByteArray &body = {},
               Headers headers = {{"Authorization", "Bearer admin"}})
    {
        return ask(method, u"/api/v1"_s + path, body, std::move(headers));
    }
    static Headers keyed(const QByteArray &token, const QByteArray &key)
    {
        return {{"Authorization", "Bearer " + token}, {"Idempotency-Key", key}};
    }
    static api::Event event(quint64 index, int ordinal)
    {
        return {index, ordinal, u"task.created"_s, {1'790'000'000'000}, {"{\"a\":1}"}};
    }
    TaskId haveTask()
    {
        Task task;
        task.id = TaskId{QUuid::fromRfc4122(m_desk->nextSubject)};
        task.attributes = {"{\"language\":\"es\"}"};
        task.dateCreated = m_clock->wall() - Seconds(90);
        m_desk->work = {task};
        return task.id;
    }
    ConversationId haveConversation()
    {
        Conversation one;
        one.id = randomId<ConversationId>();
        one.lastMessageAt = {1'790'000'000'123};
        m_desk->threads = {one};
        return one.id;
    }
    void startAgain(Milliseconds answerTime)
    {
        m_server->close();
        m_api.reset();
        m_server = std::make_unique<net::Server>();
        m_api = std::make_unique<doors::Api>(*m_desk, *m_server, *m_clock, nullptr, answerTime);
        const Result<quint16> port = m_server->listen(u"127.0.0.1"_s, 0);
        QVERIFY(port);
        m_port = *port;
    }
    QUrl events(const QString &query) const
    {
        return QUrl(u"ws://127.0.0.1:%1/api/v1/events?access_token=admin%2"_s.arg(
            QString::number(m_port), query));
    }
    static QStringList ids(const QSignalSpy &texts)
    {
        QStringList out;
        for (const QList<QVariant> &one : texts)
            out.append(QJsonDocument::fromJson(one[0].toString().toUtf8())
                           .object()
                           .value(u"id"_s)
                           .toString());
        return out;
    }

private Q_SLOTS:
    void init()
    {
        m_desk = std::make_unique<test::FakeDesk>();
        m_desk->signIn("admin", Role::Admin);
        m_desk->signIn("agent", Role::Agent);
        m_desk->signIn("middleware", Role::Channel);
        m_clock = std::make_unique<FakeClock>();
        m_server = std::make_unique<net::Server>();
        m_api = std::make_unique<doors::Api>(*m_desk, *m_server, *m_clock);
        const Result<quint16> port = m_server->listen(u"127.0.0.1"_s, 0);
        QVERIFY(port);
        m_port = *port;
    }
    void cleanup()
    {
        m_server->close();
        m_api.reset();
        m_server.reset();
    }

    void everyRegisteredRouteIsInTheDocumentAndViceVersa()
    {
        QStringList registered;
        for (const auto &[method, pattern] : m_server->routes()) {
            if (pattern.startsWith(u"/api/v1"))
                registered.append(QString::fromLatin1(method) + u' ' + pattern.mid(7));
        }
        QStringList documented;
        const QJsonObject paths =
            api("GET", u"/openapi.json"_s, {}, {}).body.value(u"paths"_s).toObject();
        for (auto path = paths.begin(); path != paths.end(); ++path) {
            for (const QString &method : path->toObject().keys())
                documented.append(method.toUpper() + u' ' + path.key());
        }
        registered.sort();
        documented.sort();
        QCOMPARE(registered, documented);
        QVERIFY(registered.size() > 50);
    }

    void theContractsRoutesAreThere_data()
    {
        QTest::addColumn<QString>("route");
        const char *const contract[] = {"GET /status",
                                        "GET /conversations",
                                        "GET /conversations/{id}",
                                        "PATCH /conversations/{id}",
                                        "GET /conversations/{id}/messages",
                                        "POST /conversations/{id}/messages",
                                        "POST /conversations/{id}/read",
                                        "POST /conversations/{id}/take",
                                        "POST /conversations/{id}/assign",
                                        "POST /conversations/{id}/park",
                                        "POST /conversations/{id}/resume",
                                        "POST /conversations/{id}/typing",
                                        "POST /sessions",
                                        "GET /commands/{id}",
                                        "GET /channels",
                                        "POST /channels",
                                        "PATCH /channels/{id}",
                                        "DELETE /channels/{id}",
                                        "POST /channels/{id}/test",
                                        "GET /messages/{id}",
                                        "POST /messages/{id}/retry",
                                        "POST /attachments",
                                        "GET /attachments/{sha256}",
                                        "GET /customers",
                                        "POST /customers",
                                        "PATCH /customers/{id}",
                                        "GET /customers/{id}/timeline",
                                        "GET /tasks",
                                        "POST /tasks",
                                        "GET /tasks/{id}",
                                        "PATCH /tasks/{id}",
                                        "POST /tasks/{id}/cancel",
                                        "POST /tasks/{id}/wrapup",
                                        "POST /tasks/{id}/complete",
                                        "GET /tasks/{id}/explain",
                                        "POST /tasks/{id}/transfer",
                                        "POST /tasks/{id}/transfer/complete",
                                        "POST /tasks/{id}/transfer/cancel",
                                        "POST /reservations/{id}/complete",
                                        "POST /workers/{id}/take",
                                        "GET /workspace",
                                        "PUT /workspace",
                                        "GET /reservations",
                                        "POST /reservations/{id}/accept",
                                        "POST /reservations/{id}/reject",
                                        "GET /workers",
                                        "POST /workers",
                                        "PATCH /workers/{id}",
                                        "PUT /workers/{id}/activity",
                                        "PUT /workers/{id}/channels/{task_channel}",
                                        "PUT /workers/{id}/queues/{queue}",
                                        "POST /workers/{id}/one-more",
                                        "DELETE /customers/{id}",
                                        "POST /flows/{id}/publish",
                                        "GET /webhooks",
                                        "POST /webhooks",
                                        "PATCH /webhooks/{id}",
                                        "DELETE /webhooks/{id}",
                                        "GET /webhooks/{id}/deliveries",
                                        "POST /channels/{id}/move",
                                        "POST /channels/{id}/pause",
                                        "POST /channels/{id}/resume",
                                        "POST /customers/{id}/merge",
                                        "POST /customers/{id}/split",
                                        "POST /customers/{id}/unmerge",
                                        "POST /customers/{id}/not-same",
                                        "POST /conversations/{id}/continue",
                                        "PATCH /messages/{id}",
                                        "PUT /messages/{id}/reaction",
                                        "POST /flows/{id}/test",
                                        "GET /statistics/workspace",
                                        "GET /statistics/queues/{id}",
                                        "DELETE /activities/{id}",
                                        "DELETE /task-channels/{id}",
                                        "GET /queues",
                                        "PUT /queues/{id}",
                                        "DELETE /queues/{id}",
                                        "POST /workflows",
                                        "POST /workflows/validate",
                                        "GET /activities",
                                        "GET /task-channels",
                                        "POST /flows",
                                        "GET /events",
                                        "GET /openapi.json"};
        for (const char *route : contract)
            QTest::newRow(route) << QString::fromLatin1(route);
    }
    void theContractsRoutesAreThere()
    {
        QFETCH(QString, route);
        bool found = false;
        for (const auto &[method, pattern] : m_server->routes())
            found = found || QString::fromLatin1(method) + u' ' + pattern.mid(7) == route;
        QVERIFY(found);
    }

    void withoutAGoodTokenNothingIsShown_data()
    {
        QTest::addColumn<QByteArray>("authorization");
        QTest::newRow("none") << QByteArray();
        QTest::newRow("unknown") << QByteArray("Bearer nobody");
        QTest::newRow("basic") << QByteArray("Basic YWRtaW46YWRtaW4=");
        QTest::newRow("empty bearer") << QByteArray("Bearer ");
    }
    void withoutAGoodTokenNothingIsShown()
    {
        QFETCH(QByteArray, authorization);
        const Answer answer = api("GET", u"/status"_s, {}, {{"Authorization", authorization}});
        QCOMPARE(answer.status, 401);
        QCOMPARE(answer.contentType, "application/problem+json");
        QCOMPARE(answer.body.value(u"type"_s).toString(), u"unauthorized"_s);
    }

    void aRoleReachesOnlyItsCalls_data()
    {
        QTest::addColumn<QByteArray>("token");
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QString>("path");
        QTest::addColumn<int>("status");
        QTest::newRow("agent reads queues")
            << QByteArray("agent") << QByteArray("GET") << u"/queues"_s << 200;
        QTest::newRow("agent makes a queue")
            << QByteArray("agent") << QByteArray("POST") << u"/queues"_s << 403;
        QTest::newRow("agent adds a channel")
            << QByteArray("agent") << QByteArray("POST") << u"/channels"_s << 403;
        QTest::newRow("channel reads status")
            << QByteArray("middleware") << QByteArray("GET") << u"/status"_s << 200;
        QTest::newRow("channel reads mail")
            << QByteArray("middleware") << QByteArray("GET") << u"/conversations"_s << 403;
        QTest::newRow("agent adds a person")
            << QByteArray("agent") << QByteArray("POST") << u"/agents"_s << 403;
    }
    void aRoleReachesOnlyItsCalls()
    {
        QFETCH(QByteArray, token);
        QFETCH(QByteArray, method);
        QFETCH(QString, path);
        QFETCH(int, status);
        const Answer answer = api(method, path, method == "POST" ? "{}" : QByteArray(),
                                  {{"Authorization", "Bearer " + token}});
        QCOMPARE(answer.status, status);
        QVERIFY(m_desk->submitted.empty());
    }

    void aTokenIsAskedAboutOnceUntilPeopleChange()
    {
        api("GET", u"/queues"_s);
        api("GET", u"/queues"_s);
        QCOMPARE(m_desk->authentications, 1);
        m_desk->callers.clear();
        api::Event closed = event(5, 0);
        closed.name = u"session.closed"_s;
        m_desk->happen(closed);
        QCOMPARE(api("GET", u"/queues"_s).status, 401);
    }

    void wrongInputIsRefusedNamingTheMember_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("named");
        const auto row = [](const char *name, const char *method, const QString &path,
                            const char *body, const QString &named) {
            QTest::newRow(name) << QByteArray(method) << path << QByteArray(body) << named;
        };
        row("not JSON", "POST", u"/tasks"_s, "{\"attributes\":", u"JSON"_s);
        row("an array", "POST", u"/tasks"_s, "[]", u"object"_s);
        row("text as attributes", "POST", u"/tasks"_s, "{\"attributes\":\"x\"}", u"attributes"_s);
        row("list as attributes", "POST", u"/tasks"_s, "{\"attributes\":[]}", u"attributes"_s);
        row("text as priority", "POST", u"/tasks"_s, "{\"priority\":\"9\"}", u"priority"_s);
        row("half priority", "POST", u"/tasks"_s, "{\"priority\":1.5}", u"priority"_s);
        row("negative priority", "POST", u"/tasks"_s, "{\"priority\":-1}", u"priority"_s);
        row("timeout too long", "POST", u"/tasks"_s, "{\"timeout\":1209601}", u"timeout"_s);
        row("no time", "POST", u"/tasks"_s, "{\"virtual_start_time\":\"soon\"}",
            u"virtual_start_time"_s);
        row("no id", "POST", u"/tasks"_s, "{\"workflow\":\"default\"}", u"workflow"_s);
        row("nameless worker", "POST", u"/workers"_s, "{}", u"friendly_name"_s);
        row("order of a queue", "POST", u"/queues"_s,
            "{\"friendly_name\":\"a\",\"task_order\":\"random\"}", u"task_order"_s);
        row("unknown member", "POST", u"/queues"_s, "{\"friendly_name\":\"a\",\"speed\":9}",
            u"speed"_s);
        row("member of another call", "POST", u"/tasks"_s, "{\"friendly_name\":\"a\"}",
            u"friendly_name"_s);
        row("whom to merge", "POST", u"/customers/%1/merge"_s.arg(QString(32, u'a')), "{}",
            u"from"_s);
        row("statistics of a span", "GET", u"/statistics/workspace?start=yesterday"_s, "",
            u"start"_s);
        row("statistics backwards", "GET",
            u"/statistics/workspace?start=2026-01-02T00:00:00Z&end=2026-01-01T00:00:00Z"_s, "",
            u"start"_s);
        row("splits", "GET", u"/statistics/workspace?split_by_wait_time=5,x"_s, "",
            u"split_by_wait_time"_s);
        row("to whom", "POST", u"/tasks/%1/transfer"_s.arg(QString(32, u'a')), "{}", u"to"_s);
        row("how to hand on", "POST", u"/tasks/%1/transfer"_s.arg(QString(32, u'a')),
            "{\"to\":\"Ana\",\"mode\":\"HOT\"}", u"mode"_s);
        row("end of a transfer", "POST", u"/tasks/%1/transfer"_s.arg(QString(32, u'a')),
            "{\"status\":\"INITIATED\"}", u"status"_s);
        row("limit", "GET", u"/conversations?limit=0"_s, "", u"limit"_s);
        row("limit text", "GET", u"/conversations?limit=all"_s, "", u"limit"_s);
        row("status", "GET", u"/conversations?status=lost"_s, "", u"status"_s);
        row("queue", "GET", u"/conversations?queue=7"_s, "", u"queue"_s);
        row("cursor", "GET", u"/workers?cursor=x"_s, "", u"cursor"_s);
        row("reservation status", "GET", u"/reservations?status=gone"_s, "", u"status"_s);
        row("password", "POST", u"/sessions"_s, "{\"name\":\"Ana\"}", u"password"_s);
        row("evidence", "POST", u"/customers"_s,
            "{\"addresses\":[{\"kind\":\"email\",\"value\":\"a\",\"evidence\":\"sure\"}]}",
            u"evidence"_s);
    }
    void wrongInputIsRefusedNamingTheMember()
    {
        QFETCH(QByteArray, method);
        QFETCH(QString, path);
        QFETCH(QByteArray, body);
        QFETCH(QString, named);
        const Answer answer = api(method, path, body);
        QCOMPARE(answer.status, 400);
        QCOMPARE(answer.contentType, "application/problem+json");
        QVERIFY2(answer.body.value(u"detail"_s).toString().contains(named), answer.bytes);
        QVERIFY(m_desk->submitted.empty());
    }

    void unknownIdsAreNotFound_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QString>("path");
        const QString id = QString(32, u'a');
        QTest::newRow("conversation") << QByteArray("GET") << u"/conversations/"_s + id;
        QTest::newRow("no id at all") << QByteArray("GET") << u"/conversations/17"_s;
        QTest::newRow("message") << QByteArray("GET") << u"/messages/"_s + id;
        QTest::newRow("task") << QByteArray("GET") << u"/tasks/"_s + id;
        QTest::newRow("worker") << QByteArray("GET") << u"/workers/"_s + id;
        QTest::newRow("reservation") << QByteArray("GET") << u"/reservations/"_s + id;
        QTest::newRow("queue") << QByteArray("GET") << u"/queues/"_s + id;
        QTest::newRow("channel") << QByteArray("POST") << u"/channels/%1/test"_s.arg(id);
        QTest::newRow("command") << QByteArray("GET") << u"/commands/"_s + id;
        QTest::newRow("attachment") << QByteArray("GET") << u"/attachments/"_s + id + id;
    }
    void unknownIdsAreNotFound()
    {
        QFETCH(QByteArray, method);
        QFETCH(QString, path);
        const Answer answer = api(method, path);
        QCOMPARE(answer.status, 404);
        QCOMPARE(answer.body.value(u"type"_s).toString(), u"not-found"_s);
    }

    void aRefusalKeepsItsKindAndState_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("type");
        const auto row = [](const char *name, Error::Code code, int status, const char *type) {
            QTest::newRow(name) << int(code) << status << QString::fromLatin1(type);
        };
        row("rejected", Error::Code::Rejected, 409, "rejected");
        row("forbidden", Error::Code::Forbidden, 403, "forbidden");
        row("not found", Error::Code::NotFound, 404, "not-found");
        row("conflict", Error::Code::Conflict, 422, "conflict");
        row("too large", Error::Code::TooLarge, 413, "too-large");
        row("busy", Error::Code::Busy, 429, "busy");
        row("no majority", Error::Code::NoMajority, 503, "no-majority");
        row("unknown", Error::Code::Unknown, 504, "outcome-unknown");
        row("storage", Error::Code::Storage, 500, "storage");
    }
    void aRefusalKeepsItsKindAndState()
    {
        QFETCH(int, code);
        QFETCH(int, status);
        QFETCH(QString, type);
        m_desk->refusal = Error{Error::Code(code), u"because"_s, u"completed"_s};
        const Answer answer = api("POST", u"/tasks/%1/wrapup"_s.arg(haveTask().toString()));
        QCOMPARE(answer.status, status);
        QCOMPARE(answer.body.value(u"type"_s).toString(), type);
        QCOMPARE(answer.body.value(u"status"_s).toInt(), status);
        QCOMPARE(answer.body.value(u"detail"_s).toString(), u"because"_s);
        QCOMPARE(answer.body.value(u"state"_s).toString(), u"completed"_s);
    }

    void aDroppedWriteIsUnknownAndCarriesTheCommand()
    {
        m_desk->neverAnswers = true;
        const Answer answer = api("POST", u"/tasks"_s, "{}", keyed("admin", "k1"));
        QCOMPARE(answer.status, 504);
        const AgentId agent = m_desk->callers[secrets::tokenHash("admin")].agent;
        QCOMPARE(answer.body.value(u"command"_s).toString(),
                 doors::commandIdOf(agent, "k1").toString());
    }

    void aHandlerThatTakesTooLongIsAnsweredForWithTheCommand()
    {
        startAgain(Milliseconds(50));
        m_desk->holds = true;
        const Answer answer = api("POST", u"/tasks"_s, "{}", keyed("admin", "k1"));
        QCOMPARE(answer.status, 504);
        QCOMPARE(answer.contentType, "application/problem+json");
        QCOMPARE(answer.body.value(u"type"_s).toString(), u"outcome-unknown"_s);
        const AgentId agent = m_desk->callers[secrets::tokenHash("admin")].agent;
        QCOMPARE(answer.body.value(u"command"_s).toString(),
                 doors::commandIdOf(agent, "k1").toString());
        for (Completion<api::Outcome> &late : m_desk->held)
            late.answer(api::Outcome{m_desk->nextSubject, {}, false}); // too late: nobody asks
        m_desk->held.clear();
        m_desk->holds = false;
        QCOMPARE(api("GET", u"/queues"_s).status, 200);
    }
    void aRepeatIsRecognisedByTheRequestNotByWhatBecameOfIt()
    {
        const auto requestOf = [&](const QByteArray &body, const QByteArray &token) {
            api("POST", u"/agents"_s, body, keyed(token, body));
            return m_desk->submitted.back().caller.request;
        };
        m_desk->signIn("other", Role::Admin);
        const QByteArray plain = requestOf(R"({"name":"Ana"})", "admin");
        QVERIFY(!plain.isEmpty());
        QCOMPARE(requestOf(R"({"name":"Ana" })", "other"), plain); // layout and asker do not matter
        const QByteArray secret = requestOf(R"({"name":"Ben","password":"guess me"})", "admin");
        // What could be guessed from a plain hash is bound to the token.
        QVERIFY(requestOf(R"({"name":"Ben","password":"guess me" })", "other") != secret);
        api("POST", u"/agents"_s, R"({"name":"Cleo"})");
        QVERIFY(m_desk->submitted.back().caller.request.isEmpty());
    }
    void theTokenOfANewPersonIsTheSameForARepeat()
    {
        m_desk->people = {{AgentId{QUuid::fromRfc4122(m_desk->nextSubject)},
                           u"Ana"_s,
                           Role::Agent,
                           {},
                           {},
                           true}};
        const QByteArray body = R"({"name":"Ana"})";
        const Answer first = api("POST", u"/agents"_s, body, keyed("admin", "k"));
        QCOMPARE(first.status, 201);
        QCOMPARE(first.body.value(u"token"_s).toString().size(), 43);
        startAgain(doors::Api::AnswerTime);
        QCOMPARE(api("POST", u"/agents"_s, body, keyed("admin", "k")).body, first.body);
        m_desk->submitted.clear();
        const Answer other = api("POST", u"/agents"_s, body, keyed("admin", "k2"));
        QVERIFY(other.body.value(u"token"_s) != first.body.value(u"token"_s));
    }

    void aTaskIsMadeFromTheBodyAndShownByTwiliosNames()
    {
        const TaskId id = haveTask();
        const Answer answer = api("POST", u"/tasks"_s,
                                  R"({"attributes":{"b":1,"a":2},"task_channel":"chat",
                                      "priority":5,"timeout":60})");
        QCOMPARE(answer.status, 201);
        QCOMPARE(answer.body.value(u"id"_s).toString(), id.toString());
        QCOMPARE(answer.body.value(u"assignment_status"_s).toString(), u"pending"_s);
        QCOMPARE(answer.body.value(u"age"_s).toInt(), 90);
        QCOMPARE(answer.body.value(u"attributes"_s).toObject().value(u"language"_s).toString(),
                 u"es"_s);
        const auto *command = m_desk->last<api::CreateTask>();
        QVERIFY(command);
        QCOMPARE(command->attributes.text, R"({"a":2,"b":1})");
        QCOMPARE(command->taskChannel, u"chat"_s);
        QCOMPARE(command->priority, 5);
        QCOMPARE(*command->timeout, Seconds(60));
    }

    void aRepeatGetsTheRecordedAnswerAndAnotherBodyIsRefused()
    {
        haveTask();
        const Answer first =
            api("POST", u"/tasks"_s, R"({"priority":1,"attributes":{}})", keyed("admin", "k"));
        m_clock->advance(Seconds(60)); // the age would differ if it were read anew
        const Answer repeat =
            api("POST", u"/tasks"_s, R"({ "attributes": {}, "priority": 1 })", keyed("admin", "k"));
        QCOMPARE(repeat.status, 201);
        QCOMPARE(repeat.bytes, first.bytes);
        QVERIFY(repeat.wasReplayed && !first.wasReplayed);
        QCOMPARE(api("POST", u"/tasks"_s, R"({"priority":2})", keyed("admin", "k")).status, 422);
        QCOMPARE(api("POST", u"/queues"_s, R"({"priority":1,"attributes":{}})", keyed("admin", "k"))
                     .status,
                 422);
        QCOMPARE(m_desk->submitted.size(), size_t(1));
    }

    void keysAreScopedToTheCaller()
    {
        haveTask();
        api("POST", u"/tasks"_s, "{}", keyed("admin", "same"));
        api("POST", u"/tasks"_s, R"({"priority":3})", keyed("agent", "same"));
        QCOMPARE(m_desk->submitted.size(), size_t(2));
        QVERIFY(m_desk->submitted[0].id != m_desk->submitted[1].id);
    }

    void afterARestartTheLogRecognisesTheKey()
    {
        haveTask();
        api("POST", u"/tasks"_s, R"({"priority":1})", keyed("admin", "k"));
        startAgain(doors::Api::AnswerTime);
        QCOMPARE(api("POST", u"/tasks"_s, R"({"priority":1})", keyed("admin", "k")).status, 201);
        QCOMPARE(api("POST", u"/tasks"_s, R"({"priority":2})", keyed("admin", "k")).status, 422);
        QCOMPARE(m_desk->submitted.size(), size_t(1));
    }

    void aRefusalIsNotRecorded()
    {
        const QString path = u"/tasks/%1/complete"_s.arg(haveTask().toString());
        m_desk->refusal = rejected(u"no"_s, u"pending"_s);
        QCOMPARE(api("POST", path, "{}", keyed("admin", "c")).status, 409);
        m_desk->refusal.reset();
        QCOMPARE(api("POST", path, "{}", keyed("admin", "c")).status, 200);
    }

    void aReplyIsAcceptedWithItsMessageAndState()
    {
        const QString path = u"/conversations/%1/messages"_s.arg(haveConversation().toString());
        m_desk->nextState = u"queued"_s;
        const Answer answer =
            api("POST", path, R"({"text":"Hello","send_at":"2026-12-01T10:00:00Z"})");
        QCOMPARE(answer.status, 202);
        QCOMPARE(answer.body.value(u"message"_s).toString(), QStringLiteral("07").repeated(16));
        QCOMPARE(answer.body.value(u"state"_s).toString(), u"queued"_s);
        const auto *command = m_desk->last<api::SendMessage>();
        QVERIFY(command);
        QCOMPARE(command->content.text, u"Hello"_s);
        QCOMPARE(command->kind, MessageKind::Reply);
        QCOMPARE(command->sendAt, Time::fromString(u"2026-12-01T10:00:00Z"_s));
    }

    void aMessageThatCannotBeIsRefused_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("empty") << QByteArray("{}");
        QTest::newRow("inbound") << QByteArray(R"({"text":"x","kind":"inbound"})");
        QTest::newRow("content number") << QByteArray(R"({"content":5})");
        QTest::newRow("short hash")
            << QByteArray(R"({"text":"x","attachments":[{"sha256":"ab"}]})");
        QTest::newRow("attachment text") << QByteArray(R"({"text":"x","attachments":["a"]})");
    }
    void aMessageThatCannotBeIsRefused()
    {
        QFETCH(QByteArray, body);
        const QString path = u"/conversations/%1/messages"_s.arg(haveConversation().toString());
        QCOMPARE(api("POST", path, body).status, 400);
        QVERIFY(m_desk->submitted.empty());
    }

    void aMessageShowsItsContentFlat()
    {
        Message message;
        message.id = randomId<MessageId>();
        message.content.text = u"Hola"_s;
        message.state = MessageState::Uncertain;
        message.providerId = joinedProviderIds({u"b"_s, u"a"_s});
        m_desk->letters = {message};
        const Answer answer = api("GET", u"/messages/"_s + message.id.toString());
        QCOMPARE(answer.body[u"provider_id"_s], QJsonValue(u"b"_s));
        QCOMPARE(answer.body[u"provider_ids"_s], QJsonValue(QJsonArray{u"b"_s, u"a"_s}));
        QCOMPARE(answer.body.value(u"text"_s).toString(), u"Hola"_s);
        QCOMPARE(answer.body.value(u"content"_s).toObject().value(u"text"_s).toString(), u"Hola"_s);
        QCOMPARE(answer.body.value(u"state"_s).toString(), u"uncertain"_s);
    }

    void readingGoesUpToTheLastMessage()
    {
        const ConversationId id = haveConversation();
        QCOMPARE(api("POST", u"/conversations/%1/read"_s.arg(id.toString())).status, 200);
        QCOMPARE(m_desk->last<api::MarkRead>()->upTo, Time{1'790'000'000'123});
    }

    void nullEndsASnooze()
    {
        const ConversationId id = haveConversation();
        QCOMPARE(api("PATCH", u"/conversations/"_s + id.toString(),
                     R"({"snooze_until":null,"tags":["a"]})")
                     .status,
                 200);
        const auto *command = m_desk->last<api::UpdateConversation>();
        QVERIFY(command && command->snoozeUntil && !command->status);
        QVERIFY(!command->snoozeUntil->isSet());
        QCOMPARE(command->tags->size(), size_t(1));
    }

    void filtersReachTheDesk()
    {
        const QString queue = QString(32, u'b');
        const Answer answer =
            api("GET",
                u"/conversations?status=open&agent=me&q=ja&limit=9999&cursor=c&queue="_s + queue);
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.body.value(u"next_cursor"_s).toString(), u"more"_s);
        QCOMPARE(*m_desk->lastFilter.status, ConversationStatus::Open);
        QCOMPARE(m_desk->lastFilter.agent, m_desk->callers[secrets::tokenHash("admin")].agent);
        QCOMPARE(m_desk->lastFilter.text, u"ja"_s);
        QCOMPARE(m_desk->lastFilter.queue.toString(), queue);
        QCOMPARE(m_desk->lastPage.limit, 500);
        QCOMPARE(m_desk->lastPage.after, u"c"_s);
    }

    void listsAreCutByCursorWithoutGapOrRepeat()
    {
        const auto line = [](uint place) {
            return Queue{
                {QUuid(place, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)}, QString::number(place), {}, {}, 1};
        };
        for (uint i = 10; i < 80; i += 10)
            m_desk->lines.push_back(line(i));
        QStringList names;
        QString cursor;
        do {
            const QJsonObject page = api("GET", u"/queues?limit=3&cursor="_s + cursor).body;
            for (const QJsonValue item : page.value(u"items"_s).toArray())
                names.append(item[u"friendly_name"_s].toString());
            cursor = page.value(u"next_cursor"_s).toString();
            if (names.size() == 3) { // what comes and goes behind the cursor moves nothing
                m_desk->lines.erase(m_desk->lines.begin() + 2);
                m_desk->lines.push_back(line(5));
            }
        } while (!cursor.isEmpty());
        QCOMPARE(names.join(u' '), u"10 20 30 40 50 60 70"_s);
    }

    void aPutChangesOnlyWhatItNames()
    {
        Queue queue{randomId<QueueId>(), u"Sales"_s, u"team == 'a'"_s, TaskOrder::Lifo, 3};
        m_desk->lines = {queue};
        const QString path = u"/queues/"_s + queue.id.toString();
        QCOMPARE(api("PUT", path, R"({"max_reserved_workers":5,"id":"00"})").status, 200);
        queue.maxReservedWorkers = 5;
        QCOMPARE(m_desk->last<api::SaveQueue>()->queue, queue);
    }

    void aWorkflowIsCheckedWithoutBeingSaved()
    {
        const Answer bad = api(
            "POST", u"/workflows/validate"_s,
            R"({"configuration":{"task_routing":{"filters":[{"expression":"a == ","targets":[]}]}}})");
        QCOMPARE(bad.status, 200);
        QCOMPARE(bad.body.value(u"valid"_s).toBool(true), false);
        QCOMPARE(bad.body.value(u"errors"_s).toArray().size(), 1);
        QVERIFY(m_desk->submitted.empty());
    }

    void anActivityIsSetByNameOrId()
    {
        Worker worker;
        worker.id = randomId<WorkerId>();
        m_desk->hands = {worker};
        const Activity available{randomId<ActivityId>(), u"Available"_s, true};
        m_desk->moods = {{randomId<ActivityId>(), u"Break"_s, false}, available};
        const QString path = u"/workers/%1/activity"_s.arg(worker.id.toString());
        QCOMPARE(api("PUT", path, R"({"activity":"available"})").status, 200);
        QCOMPARE(m_desk->last<api::SetActivity>()->activity, available.id);
        QCOMPARE(api("PUT", path, R"({"activity":"Lunch"})").status, 400);
    }

    void onlyItsWorkerOrASupervisorSetsCapacity()
    {
        Worker worker;
        worker.id = randomId<WorkerId>();
        m_desk->hands = {worker};
        m_desk->kinds = {{randomId<TaskChannelId>(), u"chat"_s, {}, 3, Seconds(60)}};
        const QString path = u"/workers/%1/channels/chat"_s.arg(worker.id.toString());
        QCOMPARE(
            api("PUT", path, R"({"available":false})", {{"Authorization", "Bearer agent"}}).status,
            403);
        QCOMPARE(api("PUT", path, R"({"available":false})").status, 200);
        const auto *command = m_desk->last<api::SetWorkerChannel>();
        QCOMPARE(command->channel, (WorkerChannel{3, false}));
    }

    void bytesGoInByHashAndComeOutAsADownload()
    {
        const QByteArray bytes("<script>alert(1)</script>");
        const Answer stored = api("POST", u"/attachments"_s, bytes);
        QCOMPARE(stored.status, 201);
        const QString sha = stored.body.value(u"sha256"_s).toString();
        QCOMPARE(sha.size(), 64);
        const Answer read = api("GET", u"/attachments/"_s + sha);
        QCOMPARE(read.bytes, bytes);
        QCOMPARE(read.contentType, "application/octet-stream");
    }

    void noHashAndNoSecretIsEverShown()
    {
        m_desk->people = {
            {randomId<AgentId>(), u"Ana"_s, Role::Admin, "$argon2id$MARKER", {}, true}};
        ChannelAccount account;
        account.id = randomId<AccountId>();
        m_desk->office.channels = {{account, AccountState::Connected, {}}};
        const Answer agents = api("GET", u"/agents"_s);
        QCOMPARE(agents.status, 200);
        QVERIFY(!agents.bytes.contains("MARKER"));
        QVERIFY(!agents.bytes.contains("password_hash"));
        QSignalSpy texts(m_desk.get(), &api::Desk::changed);
        QWebSocket socket;
        QSignalSpy connected(&socket, &QWebSocket::connected);
        QSignalSpy events(&socket, &QWebSocket::textMessageReceived);
        socket.open(this->events(u"&after=0-0"_s));
        QVERIFY(connected.wait());
        api::Event saved = event(9, 0);
        saved.payload = {
            R"({"agent":{"name":"Ana","password_hash":"MARKER","token_hash":"MARKER"}})"};
        m_desk->happen(saved);
        QTRY_COMPARE(events.size(), 1);
        QVERIFY(events[0][0].toString().contains(u"Ana"));
        QVERIFY(!events[0][0].toString().contains(u"MARKER"));
    }

    void aChannelWithoutFlowOrQueueIsRefused() // M28
    {
        m_desk->types = {QJsonObject{{u"type"_s, u"email"_s}, {u"settings"_s, QJsonArray{}}}};
        const Answer answer = api("POST", u"/channels"_s, R"({"type":"email","name":"Mail"})");
        QCOMPARE(answer.status, 400);
        QVERIFY(answer.body.value(u"detail"_s).toString().contains(u"flow"));
        QVERIFY(m_desk->submitted.empty());
    }

    void channelSecretsNeverEnterACommand() // M147
    {
        m_desk->types = {
            QJsonObject{{u"type"_s, u"email"_s},
                        {u"settings"_s, QJsonArray{QJsonObject{{u"key"_s, u"password"_s},
                                                               {u"secret"_s, true},
                                                               {u"required"_s, true}}}}}};
        ChannelAccount account;
        account.id = AccountId{QUuid::fromRfc4122(m_desk->nextSubject)};
        m_desk->office.channels = {{account, AccountState::Starting, {}}};
        const QByteArray id = QByteArray(32, 'c');
        const Answer answer =
            api("POST", u"/channels"_s,
                R"({"type":"email","name":"Mail","flow":")" + id + R"(","queue":")" + id +
                    R"(","secrets":{"password":"MARKER"}})");
        QCOMPARE(answer.status, 201);
        QCOMPARE(m_desk->secrets[account.id.toString() + u"/password"_s], QByteArray("MARKER"));
        QCOMPARE(m_desk->submitted.size(), size_t(2));
        const auto first = std::get<api::SaveAccount>(m_desk->submitted[0].command).account;
        const auto second = std::get<api::SaveAccount>(m_desk->submitted[1].command).account;
        QVERIFY(first.isPaused && !second.isPaused); // it never starts without its secret
        for (const auto &one : m_desk->submitted)
            QVERIFY(!json::write(std::get<api::SaveAccount>(one.command))
                         .toObject()
                         .toVariantMap()
                         .contains(u"secrets"_s));
        QVERIFY(!answer.bytes.contains("MARKER"));
    }

    void aRightPasswordOpensASession()
    {
        const Result<QByteArray> hash = secrets::hashPassword(u"correct horse"_s);
        QVERIFY(hash);
        m_desk->people = {{randomId<AgentId>(), u"Ana"_s, Role::Agent, *hash, {}, true}};
        const Answer good =
            api("POST", u"/sessions"_s, R"({"name":"Ana","password":"correct horse"})", {});
        QCOMPARE(good.status, 201);
        const QByteArray token = good.body.value(u"token"_s).toString().toLatin1();
        QVERIFY(token.size() >= 20);
        QCOMPARE(m_desk->last<api::OpenSession>()->tokenHash, secrets::tokenHash(token));
    }

    void aWrongPasswordAndAWrongNameLookTheSameAndAreBraked()
    {
        const Result<QByteArray> hash = secrets::hashPassword(u"right"_s);
        QVERIFY(hash);
        m_desk->people = {{randomId<AgentId>(), u"Ana"_s, Role::Agent, *hash, {}, true}};
        const Answer wrong = api("POST", u"/sessions"_s, R"({"name":"Ana","password":"x"})", {});
        const Answer nobody = api("POST", u"/sessions"_s, R"({"name":"Bob","password":"x"})", {});
        QCOMPARE(wrong.status, 401);
        QCOMPARE(nobody.bytes, wrong.bytes);
        for (int i = 2; i < doors::SignInBrake::MaxFailures; ++i)
            QCOMPARE(api("POST", u"/sessions"_s, R"({"name":"Ana","password":"x"})", {}).status,
                     401);
        QCOMPARE(api("POST", u"/sessions"_s, R"({"name":"Ana","password":"right"})", {}).status,
                 429);
        m_clock->advance(doors::SignInBrake::Window);
        QCOMPARE(api("POST", u"/sessions"_s, R"({"name":"Ana","password":"right"})", {}).status,
                 201);
    }

    void aClockThatIsSetBackShutsNobodyOut()
    {
        doors::SignInBrake brake;
        const Time now{1'790'000'000'000};
        for (int i = 0; i < doors::SignInBrake::MaxFailures; ++i)
            brake.countFailure(u"name Ana"_s, now);
        QVERIFY(!brake.isOpen(u"name Ana"_s, now + Seconds(1)));
        const Time back = now - std::chrono::hours(24);
        QVERIFY(brake.isOpen(u"name Ana"_s, back));
        brake.countFailure(u"name Ana"_s, back); // counts anew from there
        QVERIFY(brake.isOpen(u"name Ana"_s, back + Seconds(1)));
    }

    void aResumedStreamHasNoGapAndNoRepeat()
    {
        for (quint64 i = 1; i <= 450; ++i)
            m_desk->archive.push_back(event(i, int(i % 2)));
        int pages = 0;
        m_desk->onArchiveRead = [&] { // something happens between reading a page and showing it
            if (++pages <= 3)
                m_desk->happen(event(450 + quint64(pages), 0));
        };
        QWebSocket socket;
        QSignalSpy texts(&socket, &QWebSocket::textMessageReceived);
        socket.open(events(u"&after=10-0"_s));
        QTRY_COMPARE(texts.size(), 443);
        m_desk->happen(event(500, 0));
        QTRY_COMPARE(texts.size(), 444);
        QStringList expected;
        for (quint64 i = 11; i <= 450; ++i)
            expected.append(u"%1-%2"_s.arg(i).arg(i % 2));
        expected += {u"451-0"_s, u"452-0"_s, u"453-0"_s, u"500-0"_s};
        QCOMPARE(ids(texts), expected);
    }

    void aFreshStreamShowsWhatHappensFromNowOn()
    {
        m_desk->archive.push_back(event(1, 0));
        QWebSocket socket;
        QSignalSpy connected(&socket, &QWebSocket::connected);
        QSignalSpy texts(&socket, &QWebSocket::textMessageReceived);
        socket.open(events({}));
        QVERIFY(connected.wait());
        QTRY_VERIFY(m_desk->authentications == 1);
        m_desk->happen(event(2, 0));
        QTRY_COMPARE(texts.size(), 1);
        QCOMPARE(ids(texts), QStringList{u"2-0"_s});
    }

    void aStreamWithoutTokenOrWithABadPositionIsClosed_data()
    {
        QTest::addColumn<QString>("query");
        QTest::newRow("no token") << u"?after=1-0"_s;
        QTest::newRow("bad token") << u"?access_token=x"_s;
        QTest::newRow("bad position") << u"?access_token=admin&after=yesterday"_s;
        QTest::newRow("negative") << u"?access_token=admin&after=1--1"_s;
        QTest::newRow("not for channels") << u"?access_token=middleware&after=1-0"_s;
    }
    void aStreamWithoutTokenOrWithABadPositionIsClosed()
    {
        QFETCH(QString, query);
        m_desk->archive.push_back(event(2, 0));
        QWebSocket socket;
        QSignalSpy closed(&socket, &QWebSocket::disconnected);
        QSignalSpy texts(&socket, &QWebSocket::textMessageReceived);
        socket.open(
            QUrl(u"ws://127.0.0.1:%1/api/v1/events%2"_s.arg(QString::number(m_port), query)));
        QTRY_COMPARE(closed.size(), 1);
        QCOMPARE(int(socket.closeCode()), 1008);
        QVERIFY(texts.isEmpty());
    }

    void aStreamEndsWithTheRightToReadIt()
    {
        QWebSocket socket;
        QSignalSpy connected(&socket, &QWebSocket::connected);
        QSignalSpy closed(&socket, &QWebSocket::disconnected);
        QSignalSpy texts(&socket, &QWebSocket::textMessageReceived);
        socket.open(events({}));
        QVERIFY(connected.wait());
        QTRY_VERIFY(m_desk->authentications == 1);
        api::Changes others;
        others.directory = true;
        Q_EMIT m_desk->changed(others); // somebody else was changed
        QTRY_VERIFY(m_desk->authentications == 2);
        m_desk->happen(event(2, 0));
        QTRY_COMPARE(texts.size(), 1);
        m_desk->callers.clear();
        Q_EMIT m_desk->changed(others);
        QTRY_COMPARE(closed.size(), 1);
        QCOMPARE(int(socket.closeCode()), 1008);
    }

    void pagesOfOtherSitesAreTurnedAway()
    {
        const Headers page{{"Authorization", "Bearer admin"}, {"Sec-Fetch-Site", "cross-site"}};
        QCOMPARE(api("GET", u"/status"_s, {}, page).status, 403);
        QCOMPARE(api("POST", u"/sessions"_s, "{\"name\":\"Ana\",\"password\":\"x\"}", page).status,
                 403);
        QCOMPARE(m_desk->authentications, 0);
    }

    void healthAndMetricsNeedNoToken()
    {
        QCOMPARE(ask("GET", u"/healthz"_s, {}, {}).status, 200);
        m_desk->office.trouble = u"disk full"_s;
        QCOMPARE(ask("GET", u"/healthz"_s, {}, {}).status, 503);
        m_desk->office.appliedIndex = 42;
        const Answer metrics = ask("GET", u"/metrics"_s, {}, {});
        QVERIFY(metrics.bytes.contains("\npeerdesk_applied_index 42\n"));
    }

    void statusHasTheContractsNames()
    {
        m_desk->office.digest = "\x01\xff";
        m_desk->office.role = u"leader"_s;
        api::MemberStatus self;
        self.node.id = randomId<NodeId>();
        self.node.name = u"desk-1"_s;
        self.isOnline = true;
        self.role = u"leader"_s;
        m_desk->office.members = {self};
        const QJsonObject status = api("GET", u"/status"_s).body;
        for (const char *name : {"node", "role", "leader", "term", "applied_index", "digest",
                                 "generation", "members", "channels"})
            QVERIFY2(status.contains(QLatin1String(name)), name);
        QCOMPARE(status.value(u"digest"_s).toString(), u"01ff"_s);
        const QJsonObject member = status.value(u"members"_s)[0].toObject();
        for (const char *name : {"node", "name", "role", "online", "last_seen"})
            QVERIFY2(member.contains(QLatin1String(name)), name);
    }
};

QTEST_GUILESS_MAIN(TestApi)
#include "tst_api.moc"
