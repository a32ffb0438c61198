// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/configundo.h"
#include "core/node/node.h"

#include <QJsonDocument>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::doors;
using namespace Qt::StringLiterals;

namespace {

/// Makes one of everything and changes what a new office has: queue Everyone, workflow Default, the
/// flow and the founder.
const char *const Document = R"({"format": "peerdesk-config",
    "activities": [{"friendly_name": "Training", "available": false}],
    "task_channels": [{"unique_name": "fax", "default_capacity": 2}],
    "queues": [{"id": "everyone", "friendly_name": "everyone", "max_reserved_workers": 9},
               {"id": "night", "friendly_name": " Night ", "target_workers": "night == true"}],
    "workflows": [{"friendly_name": "Default", "configuration":
                      {"task_routing": {"default_filter": {"queue": "night"}}}},
                  {"friendly_name": "Nights", "configuration":
                      {"task_routing": {"default_filter": {"queue": "night"}}}}],
    "workers": [{"friendly_name": "Linh", "attributes": {"night": true},
                 "channels": {"chat": {"configured_capacity": 8, "available": true},
                              "sms": {"configured_capacity": 9, "available": false}},
                 "opted_out": ["everyone"]},
                {"friendly_name": "Nora", "attributes": {"b": 1, "a": 2}}]})";

} // namespace

/// Imports into a real office, and takes them back.
class TestConfigUndo : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<node::NodeProcess> m_node;
    std::unique_ptr<api::Desk> m_desk;
    std::shared_ptr<ImportTrail> m_trail;

    template <typename T>
    static Result<T> awaited(const std::shared_ptr<std::optional<Result<T>>> &answer)
    {
        if (!QTest::qWaitFor([&] { return answer->has_value(); }, 30'000))
            return Error{Error::Code::Unknown, u"no answer"_s, {}};
        return **answer;
    }
    template <typename T>
    Completion<T> into(const std::shared_ptr<std::optional<Result<T>>> &answer)
    {
        return {this, [answer](const Result<T> &given) { *answer = given; }};
    }
    Result<api::Outcome> run(const api::Command &command)
    {
        const auto answer = std::make_shared<std::optional<Result<api::Outcome>>>();
        m_desk->submit({}, randomId<CommandId>(), command, into(answer));
        return awaited(answer);
    }
    Directory directory()
    {
        const auto answer = std::make_shared<std::optional<Result<Directory>>>();
        readDirectory(*m_desk, this, into(answer));
        const Result<Directory> found = awaited(answer);
        return found ? *found : Directory();
    }
    Result<QJsonObject> import()
    {
        const auto answer = std::make_shared<std::optional<Result<QJsonObject>>>();
        m_trail = std::make_shared<ImportTrail>();
        auto *import =
            new ConfigImport(*m_desk, {}, QJsonDocument::fromJson(Document).object(), into(answer));
        import->leaveTrail(m_trail);
        import->start();
        return awaited(answer);
    }
    Result<QJsonObject> undo()
    {
        const auto answer = std::make_shared<std::optional<Result<QJsonObject>>>();
        (new ConfigUndo(*m_desk, {}, m_trail, into(answer)))->start();
        return awaited(answer);
    }
    template <typename Record>
    static Record called(const std::vector<Record> &records, const QString &name)
    {
        for (const Record &record : records) {
            if (record.friendlyName == name)
                return record;
        }
        return {};
    }
    static QStringList leftOf(const QJsonObject &undone)
    {
        QStringList left;
        for (const QJsonValue one : undone.value(u"left"_s).toArray())
            left += u"%1 %2: %3"_s.arg(one[u"section"_s].toString(), one[u"name"_s].toString(),
                                       one[u"why"_s].toString());
        return left;
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        node::Options options;
        options.dataDir = m_folder->filePath(u"office"_s);
        options.keystore = u"file:"_s + m_folder->filePath(u"keys"_s);
        options.passphrase = u"test"_s;
        options.runsConnectors = false;
        auto opened = node::NodeProcess::open(options);
        QVERIFY2(opened, qPrintable(opened ? QString() : opened.error().detail));
        m_node = std::move(*opened);
        QSignalSpy started(m_node.get(), &node::NodeProcess::started);
        m_node->start();
        QVERIFY(started.count() > 0 || started.wait(30'000));
        m_desk = m_node->makeDesk();
        api::CreateOffice office;
        office.name = u"Shop"_s;
        office.admin = randomId<AgentId>();
        office.adminName = u"Linh"_s;
        office.tokenHash = QByteArray(32, 't');
        office.node = m_node->id();
        office.nodeName = u"PC"_s;
        QVERIFY(run(office));
    }
    void cleanup()
    {
        m_desk.reset();
        QSignalSpy stopped(m_node.get(), &node::NodeProcess::stopped);
        m_node->stop();
        QVERIFY(stopped.count() > 0 || stopped.wait(30'000));
        m_node.reset();
    }

    void anImportTakenBackLeavesTheOfficeAsItWas()
    {
        const Directory first = directory();
        const WorkerId linh = called(first.workers, u"Linh"_s).id;
        QVERIFY(run(api::SetWorkerChannel{linh, u"chat"_s, {4, true}}));
        const Directory before = directory();
        QVERIFY(import());
        const Directory imported = directory();
        QVERIFY(recordsOf(imported) != recordsOf(before));
        QCOMPARE(called(imported.workers, u"Linh"_s).optedOut.size(), size_t(1));

        const auto undone = undo();
        QVERIFY2(undone, qPrintable(undone ? QString() : undone.error().detail));
        QCOMPARE(leftOf(*undone), QStringList());
        QCOMPARE(undone->value(u"taken_back"_s).toInt(), 8);
        ConfigRecords now = recordsOf(directory());
        // A share of one's own cannot be given up: it is what everybody has.
        auto &worker = std::get<Worker>(now.at(linh.value));
        QCOMPARE(worker.channels.at(u"sms"_s), (WorkerChannel{3, true}));
        worker.channels.erase(u"sms"_s);
        QVERIFY(now == recordsOf(before));
        QVERIFY(m_trail->empty());
    }

    void whatIsInUseStaysWithTheReason()
    {
        QVERIFY(import());
        api::CreateTask task;
        task.workflow = called(directory().workflows, u"Nights"_s).id;
        task.taskChannel = u"chat"_s;
        QVERIFY(run(task));
        const auto undone = undo();
        QVERIFY(undone);
        QCOMPARE(leftOf(*undone),
                 (QStringList{u"queues Night: tasks still wait in this queue"_s,
                              u"workflows Nights: tasks still follow this workflow"_s}));
        QCOMPARE(undone->value(u"taken_back"_s).toInt(), 6);
        const Directory now = directory();
        QVERIFY(!called(now.queues, u"Night"_s).id.isNull());
        QVERIFY(called(now.activities, u"Training"_s).id.isNull());
    }

    void whatSomebodyChangedSinceStays()
    {
        const Directory before = directory();
        QVERIFY(import());
        Queue night = called(directory().queues, u"Night"_s);
        night.maxReservedWorkers = 2;
        QVERIFY(run(api::SaveQueue{night}));
        const WorkerId linh = called(before.workers, u"Linh"_s).id;
        QVERIFY(run(api::SetWorkerChannel{linh, u"chat"_s, {1, true}}));
        const WorkerId nora = called(directory().workers, u"Nora"_s).id;
        QVERIFY(run(api::DeleteWorker{nora}));
        const auto undone = undo();
        QVERIFY(undone);
        QCOMPARE(leftOf(*undone), (QStringList{u"queues Night: "_s, u"workers Linh: "_s}));
        const Directory now = directory();
        QCOMPARE(called(now.queues, u"Night"_s), night);
        QCOMPARE(called(now.workflows, u"Default"_s), called(before.workflows, u"Default"_s));
        QVERIFY(called(now.workflows, u"Nights"_s).id.isNull());
    }
};

QTEST_GUILESS_MAIN(TestConfigUndo)

#include "tst_configundo.moc"
