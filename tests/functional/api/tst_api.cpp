// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/functional/api/officeprogram.h"

#include <QJsonArray>
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
    QByteArray bytes;
    QJsonObject body;

    QString text(const char *name) const { return body.value(QLatin1String(name)).toString(); }
};

} // namespace

/// Walks through the real program by its doors alone, as a CRM or a script would.
class TestApi : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::OfficeProgram> m_office;
    QNetworkAccessManager m_network;
    QByteArray m_admin;
    QByteArray m_ana;
    QByteArray m_ben;
    QString m_workerOfAna;
    QString m_workerOfBen;

    Answer ask(const QByteArray &token, const QByteArray &method, const QString &path,
               const QByteArray &body = {}, const QByteArray &key = {})
    {
        QNetworkRequest request(QUrl(m_office->address() + u"/api/v1"_s + path));
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        request.setRawHeader("Authorization", "Bearer " + token);
        if (!key.isEmpty())
            request.setRawHeader("Idempotency-Key", key);
        QNetworkReply *reply = m_network.sendCustomRequest(request, method, body);
        QSignalSpy finished(reply, &QNetworkReply::finished);
        if (!reply->isFinished())
            finished.wait(15'000);
        Answer answer;
        answer.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        answer.bytes = reply->readAll();
        answer.body = QJsonDocument::fromJson(answer.bytes).object();
        reply->deleteLater();
        return answer;
    }
    QByteArray addAgent(const QString &name)
    {
        return m_office->run({u"agent"_s, u"add"_s, name})
            .answer.value(u"token"_s)
            .toString()
            .toLatin1();
    }
    QString makeAvailable(const QByteArray &token)
    {
        const QString worker = ask(token, "GET", u"/sessions/current"_s).text("worker");
        const Answer set =
            ask(token, "PUT", u"/workers/%1/activity"_s.arg(worker), R"({"activity":"Available"})");
        return set.status == 200 ? worker : QString();
    }
    QString newTask(const QByteArray &key = {})
    {
        return ask(m_admin, "POST", u"/tasks"_s, R"({"task_channel":"chat","attributes":{"n":1}})",
                   key)
            .text("id");
    }
    /// The pending offer of a task, whoever has it; empty if there is none.
    QJsonObject offerOf(const QString &task)
    {
        const Answer all = ask(m_admin, "GET", u"/reservations?status=pending"_s);
        for (const QJsonValue item : all.body.value(u"items"_s).toArray()) {
            if (item[u"task"_s].toString() == task)
                return item.toObject();
        }
        return {};
    }
    QByteArray tokenOf(const QString &worker) const
    {
        return worker == m_workerOfAna ? m_ana : m_ben;
    }

private Q_SLOTS:
    void init()
    {
        m_office = std::make_unique<test::OfficeProgram>();
        const auto made = m_office->run(
            {u"office"_s, u"create"_s, u"--name"_s, u"Shop"_s, u"--admin"_s, u"Boss"_s});
        QVERIFY2(made.status == 0, made.err);
        m_admin = made.answer.value(u"admin_token"_s).toString().toLatin1();
        QVERIFY(!m_admin.isEmpty() && !made.answer.value(u"node"_s).toString().isEmpty());
        m_ana = addAgent(u"Ana"_s);
        m_ben = addAgent(u"Ben"_s);
        QVERIFY2(m_office->start(), m_office->complaints());
        m_workerOfAna = makeAvailable(m_ana);
        m_workerOfBen = makeAvailable(m_ben);
        QVERIFY(!m_workerOfAna.isEmpty() && !m_workerOfBen.isEmpty());
    }
    void cleanup() { m_office.reset(); }

    void aTaskGoesFromOfferToCompletion() // M17, M18
    {
        const QString task = newTask();
        QTRY_VERIFY(!offerOf(task).isEmpty());
        const QJsonObject first = offerOf(task);
        const QString firstWorker = first.value(u"worker"_s).toString();
        const QString firstPath = u"/reservations/"_s + first.value(u"id"_s).toString();

        const Answer foreign =
            ask(firstWorker == m_workerOfAna ? m_ben : m_ana, "POST", firstPath + u"/accept"_s);
        QCOMPARE(foreign.status, 403);
        const Answer rejected = ask(tokenOf(firstWorker), "POST", firstPath + u"/reject"_s);
        QCOMPARE(rejected.status, 200);
        QCOMPARE(rejected.text("status"), u"rejected"_s);

        QTRY_VERIFY(!offerOf(task).isEmpty());
        const QJsonObject second = offerOf(task);
        const QString secondWorker = second.value(u"worker"_s).toString();
        QVERIFY(secondWorker != firstWorker); // never straight back
        const QString secondPath = u"/reservations/"_s + second.value(u"id"_s).toString();
        QCOMPARE(ask(tokenOf(secondWorker), "POST", secondPath + u"/accept"_s).text("status"),
                 u"accepted"_s);

        const QString path = u"/tasks/"_s + task;
        QCOMPARE(ask(m_admin, "GET", path).text("assignment_status"), u"assigned"_s);
        QCOMPARE(ask(m_admin, "GET", path).text("worker"), secondWorker);
        QCOMPARE(ask(m_admin, "GET", path + u"/explain"_s).status, 200);
        const Answer late = ask(m_admin, "POST", path + u"/cancel"_s);
        QCOMPARE(late.status, 409);
        QCOMPARE(late.text("state"), u"assigned"_s);
        const Answer again = ask(tokenOf(secondWorker), "POST", secondPath + u"/accept"_s);
        QCOMPARE(again.status, 409);
        QCOMPARE(again.text("state"), u"accepted"_s);
        QCOMPARE(ask(tokenOf(secondWorker), "POST", path + u"/wrapup"_s).text("assignment_status"),
                 u"wrapping"_s);
        QCOMPARE(ask(tokenOf(secondWorker), "POST", path + u"/complete"_s, R"({"reason":"done"})")
                     .text("assignment_status"),
                 u"completed"_s);
        QCOMPARE(ask(tokenOf(secondWorker), "POST", path + u"/complete"_s).text("state"),
                 u"completed"_s);
        QCOMPARE(ask(tokenOf(secondWorker), "POST", path + u"/wrapup"_s).status, 409);
    }

    void aRepeatedRequestMakesOneTaskEvenAcrossARestart()
    {
        const QByteArray body = R"({"task_channel":"chat","attributes":{"n":1}})";
        const Answer first = ask(m_admin, "POST", u"/tasks"_s, body, "once");
        QCOMPARE(first.status, 201);
        const Answer repeat = ask(m_admin, "POST", u"/tasks"_s, body, "once");
        QCOMPARE(repeat.status, 201);
        QCOMPARE(repeat.bytes, first.bytes);
        QCOMPARE(ask(m_admin, "POST", u"/tasks"_s, R"({"priority":9})", "once").status, 422);
        QCOMPARE(m_office->stop(), 0);
        QVERIFY(m_office->start());
        QCOMPARE(ask(m_admin, "POST", u"/tasks"_s, body, "once").text("id"), first.text("id"));
        QCOMPARE(ask(m_admin, "POST", u"/tasks"_s, R"({"priority":9})", "once").status, 422);
        QCOMPARE(ask(m_admin, "GET", u"/tasks"_s).body.value(u"items"_s).toArray().size(), 1);
    }

    void nothingAcknowledgedIsLostByAKill()
    {
        QStringList tasks;
        for (int i = 0; i < 5; ++i)
            tasks.append(newTask());
        m_office->kill();
        QVERIFY2(m_office->start(), m_office->complaints());
        for (const QString &task : tasks)
            QCOMPARE(ask(m_admin, "GET", u"/tasks/"_s + task).status, 200);
    }

    void eventsResumeWithoutAGap()
    {
        const auto open = [&](QWebSocket &socket, const QString &after) {
            QUrl url(m_office->address().replace(u"http"_s, u"ws"_s) + u"/api/v1/events?after="_s +
                     after);
            QNetworkRequest request(url);
            request.setRawHeader("Authorization", "Bearer " + m_admin);
            socket.open(request);
        };
        const auto id = [](const QList<QVariant> &text) {
            return QJsonDocument::fromJson(text[0].toString().toUtf8())
                .object()
                .value(u"id"_s)
                .toString();
        };
        newTask();
        QStringList whole;
        {
            QWebSocket socket;
            QSignalSpy texts(&socket, &QWebSocket::textMessageReceived);
            open(socket, u"0-0"_s);
            QTRY_VERIFY(texts.size() >= 10);
            newTask();
            const auto createdTasks = [&] {
                int count = 0;
                for (const auto &text : texts)
                    count += text[0].toString().contains(u"\"task.created\""_s) ? 1 : 0;
                return count;
            };
            QTRY_VERIFY(createdTasks() >= 2);
            for (const auto &text : texts)
                whole.append(id(text));
        }
        QCOMPARE(QSet<QString>(whole.begin(), whole.end()).size(), whole.size());
        QWebSocket socket;
        QSignalSpy texts(&socket, &QWebSocket::textMessageReceived);
        open(socket, whole[4]);
        QTRY_VERIFY(texts.size() >= whole.size() - 5);
        QStringList rest;
        for (int i = 0; i < whole.size() - 5; ++i)
            rest.append(id(texts[i]));
        QCOMPARE(rest, whole.mid(5));
    }

    void aSecondStartOnTheFolderIsRefusedInPlainWords()
    {
        const auto second = m_office->run({u"run"_s, u"--http"_s, u"127.0.0.1:0"_s});
        QCOMPARE(second.status, 1);
        QVERIFY(!second.err.isEmpty());
        QVERIFY(second.out.isEmpty());
        QCOMPARE(ask(m_admin, "GET", u"/status"_s).status, 200); // the first goes on
    }

    void theCommandLineActsThroughTheRunningNode()
    {
        const auto added = m_office->run(
            {u"agent"_s, u"add"_s, u"Cleo"_s, u"--attributes"_s, u"{\"languages\":[\"es\"]}"_s});
        QVERIFY2(added.status == 0, added.err);
        const QByteArray token = added.answer.value(u"token"_s).toString().toLatin1();
        QCOMPARE(ask(token, "GET", u"/sessions/current"_s).text("agent"),
                 added.answer.value(u"agent"_s).toString());
        const auto twice = m_office->run({u"agent"_s, u"add"_s, u"Cleo"_s});
        QCOMPARE(twice.status, 1);
        QVERIFY(twice.err.contains("Cleo"));
        const auto status = m_office->run({u"office"_s, u"status"_s});
        QCOMPARE(status.answer.value(u"role"_s).toString(), u"leader"_s);
        QCOMPARE(m_office->run({u"dance"_s}).status, 2);
        QCOMPARE(m_office->run({u"simulate"_s, u"x"_s}).status, 1);
        const auto types = m_office->run({u"channel"_s, u"types"_s});
        QVERIFY(types.out.contains("\"email\"") && types.out.contains("\"webchat\""));
        const auto lame =
            m_office->run({u"channel"_s, u"add"_s, u"webchat"_s, u"--name"_s, u"Site"_s});
        QCOMPARE(lame.status, 1); // M28
        QVERIFY(lame.err.contains("flow"));
    }

    void aRebuildGivesTheSameDigest()
    {
        newTask();
        QCOMPARE(m_office->run({u"rebuild"_s}).status, 1); // not while it runs
        QCOMPARE(m_office->stop(), 0);
        const auto rebuilt = m_office->run({u"rebuild"_s});
        QVERIFY2(rebuilt.status == 0, rebuilt.err);
        QVERIFY(!rebuilt.answer.value(u"digest_before"_s).toString().isEmpty());
        QCOMPARE(rebuilt.answer.value(u"digest_after"_s), rebuilt.answer.value(u"digest_before"_s));
        QVERIFY(m_office->start());
    }
};

QTEST_GUILESS_MAIN(TestApi)
#include "tst_api.moc"
