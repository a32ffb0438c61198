// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/doors/control.h"
#include "core/doors/verbline.h"
#include "core/doors/verbs.h"
#include "core/secrets/password.h"
#include "tests/core/doors/fakedesk.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTemporaryFile>
#include <QTest>

using namespace peerdesk;
using namespace Qt::StringLiterals;

class TestVerbs : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::FakeDesk> m_desk;

    Result<QJsonObject> run(const QString &verb, const QJsonObject &arguments)
    {
        doors::Verbs verbs(*m_desk);
        std::optional<Result<QJsonObject>> answer;
        verbs.run(verb, arguments, {this, [&](Result<QJsonObject> result) { answer = result; }});
        if (!answer && !QTest::qWaitFor([&] { return answer.has_value(); }))
            return Error{Error::Code::Unknown, u"no answer"_s, {}};
        return *answer;
    }
    void haveOffice()
    {
        m_desk->people = {{randomId<AgentId>(), u"Boss"_s, Role::Admin, {}, {}, true}};
        m_desk->lines = {{randomId<QueueId>(), u"Everyone"_s, u"1==1"_s, TaskOrder::Fifo, 1}};
        m_desk->paths = {{randomId<FlowId>(), u"Reference"_s, {"{}"}, 1, {}, true, {}}};
        m_desk->types = QJsonArray{QJsonObject{
            {u"type"_s, u"email"_s},
            {u"settings"_s,
             QJsonArray{QJsonObject{{u"key"_s, u"host"_s}, {u"required"_s, true}},
                        QJsonObject{
                            {u"key"_s, u"port"_s}, {u"default"_s, u"993"_s}, {u"required"_s, true}},
                        QJsonObject{{u"key"_s, u"password"_s},
                                    {u"secret"_s, true},
                                    {u"required"_s, true}}}}}};
    }
    static QJsonObject mailChannel()
    {
        return {{u"type"_s, u"email"_s},
                {u"name"_s, u"Mail"_s},
                {u"flow"_s, u"reference"_s},
                {u"queue"_s, u"Everyone"_s},
                {u"set"_s, QJsonObject{{u"host"_s, u"mail.example"_s}}},
                {u"secret"_s, QJsonObject{{u"password"_s, u"MARKER"_s}}}};
    }

private Q_SLOTS:
    void init() { m_desk = std::make_unique<test::FakeDesk>(); }

    void aLineIsTakenApart()
    {
        const auto line = doors::parseVerbLine(
            {u"channel"_s, u"add"_s, u"email"_s, u"--name"_s, u"Mail"_s, u"--set"_s, u"host=a=b"_s,
             u"--set=port=1"_s, u"--secret"_s, u"p=@/x"_s, u"--flow"_s, u"F"_s, u"--queue"_s,
             u"Q"_s, u"--data"_s, u"/d"_s, u"--json"_s, u"--keystore"_s, u"file:/k"_s});
        QVERIFY(line);
        QCOMPARE(line->verb, u"channel add"_s);
        QCOMPARE(line->dataDir, u"/d"_s);
        QCOMPARE(line->keystore, u"file:/k"_s);
        QVERIFY(line->wantsJson);
        const QJsonObject set = line->arguments.value(u"set"_s).toObject();
        QCOMPARE(set.value(u"host"_s).toString(), u"a=b"_s);
        QCOMPARE(set.value(u"port"_s).toString(), u"1"_s);
    }

    void wrongUsageIsToldApartFromRefusal_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("nothing") << QStringList{};
        QTest::newRow("no such verb") << QStringList{u"dance"_s};
        QTest::newRow("half a verb") << QStringList{u"office"_s};
        QTest::newRow("no operand") << QStringList{u"agent"_s, u"add"_s};
        QTest::newRow("too many") << QStringList{u"rebuild"_s, u"now"_s};
        QTest::newRow("unknown option") << QStringList{u"run"_s, u"--fast"_s};
        QTest::newRow("no value") << QStringList{u"run"_s, u"--http"_s};
        QTest::newRow("scale") << QStringList{u"run"_s, u"--time-scale"_s, u"-1"_s};
        QTest::newRow("nan scale") << QStringList{u"run"_s, u"--time-scale"_s, u"nan"_s};
        QTest::newRow("role") << QStringList{u"agent"_s, u"add"_s, u"A"_s, u"--role"_s, u"king"_s};
        QTest::newRow("attributes")
            << QStringList{u"agent"_s, u"add"_s, u"A"_s, u"--attributes"_s, u"[1]"_s};
        QTest::newRow("pair") << QStringList{u"channel"_s, u"add"_s, u"email"_s, u"--set"_s,
                                             u"host"_s};
        QTest::newRow("office name") << QStringList{u"office"_s, u"create"_s, u"--name"_s, u"X"_s};
        QTest::newRow("keystore") << QStringList{u"run"_s, u"--keystore"_s, u"plain"_s};
    }
    void wrongUsageIsToldApartFromRefusal()
    {
        QFETCH(QStringList, words);
        const auto line = doors::parseVerbLine(words);
        QVERIFY(!line);
        QVERIFY(!line.error().detail.isEmpty());
    }

    void aSecretOnTheCommandLineIsRefused()
    {
        const auto line = doors::parseVerbLine(
            {u"channel"_s, u"add"_s, u"email"_s, u"--secret"_s, u"password=MARKER"_s});
        QVERIFY(line);
        const auto read = doors::withFiles(*line);
        QVERIFY(!read);
        QVERIFY(!read.error().detail.contains(u"MARKER"));
    }

    void aRecoverySheetIsReadFromItsFile()
    {
        QTemporaryFile sheet;
        QVERIFY(sheet.open());
        const auto line = doors::parseVerbLine(
            {u"office"_s, u"takeover"_s, u"--yes"_s, u"--recovery-file"_s, sheet.fileName()});
        QVERIFY(line);
        QVERIFY(!doors::withFiles(*line)); // empty: the PC's own key is not what was asked for
        sheet.write("1. bada\n2. koru\n");
        QVERIFY(sheet.flush());
        const auto read = doors::withFiles(*line);
        QVERIFY(read);
        QCOMPARE(read->arguments.value(u"recovery"_s).toString(), u"1. bada 2. koru"_s);
    }

    void anOfficeIsCreatedWithATokenThatOnlyItsMakerSees()
    {
        m_desk->office.node = randomId<NodeId>();
        const auto answer =
            run(u"office create"_s, {{u"name"_s, u"Shop"_s}, {u"admin"_s, u"Ana"_s}});
        QVERIFY(answer);
        const auto *command = m_desk->last<api::CreateOffice>();
        QVERIFY(command);
        QCOMPARE(command->node, m_desk->office.node);
        const QByteArray token = answer->value(u"admin_token"_s).toString().toLatin1();
        QCOMPARE(command->tokenHash, secrets::tokenHash(token));
        QVERIFY(!command->tokenHash.contains(token));
    }

    void withoutAnOfficeNobodyIsAdded()
    {
        const auto answer = run(u"agent add"_s, {{u"name"_s, u"Ana"_s}});
        QVERIFY(!answer);
        QCOMPARE(answer.error().state, u"no-office"_s);
        QVERIFY(answer.error().detail.contains(u"office create"));
    }

    void anAgentGetsAttributesAndAToken()
    {
        haveOffice();
        const auto answer = run(u"agent add"_s, {{u"name"_s, u"Ana"_s},
                                                 {u"role"_s, u"supervisor"_s},
                                                 {u"attributes"_s, u"{\"z\":1,\"a\":[2]}"_s}});
        QVERIFY(answer);
        const auto *command = m_desk->last<api::SaveAgent>();
        QCOMPARE(command->agent.role, Role::Supervisor);
        QCOMPARE(command->attributes.text, R"({"a":[2],"z":1})");
        QCOMPARE(m_desk->submitted.back().caller.role, Role::Admin);
        QCOMPARE(secrets::tokenHash(answer->value(u"token"_s).toString().toLatin1()),
                 command->tokenHash);
    }

    void aChannelThatCouldNotWorkIsRefusedNamingWhy_data()
    {
        QTest::addColumn<QString>("without");
        QTest::addColumn<QString>("named");
        QTest::newRow("flow") << u"flow"_s << u"flow"_s;
        QTest::newRow("queue") << u"queue"_s << u"queue"_s;
        QTest::newRow("name") << u"name"_s << u"name"_s;
        QTest::newRow("type") << u"type"_s << u"email"_s;
        QTest::newRow("setting") << u"set"_s << u"host"_s;
        QTest::newRow("secret") << u"secret"_s << u"password"_s;
    }
    void aChannelThatCouldNotWorkIsRefusedNamingWhy() // M28
    {
        QFETCH(QString, without);
        QFETCH(QString, named);
        haveOffice();
        QJsonObject arguments = mailChannel();
        arguments.remove(without);
        const auto answer = run(u"channel add"_s, arguments);
        QVERIFY(!answer);
        QVERIFY2(answer.error().detail.contains(named), qPrintable(answer.error().detail));
        QVERIFY(m_desk->submitted.empty());
    }

    void oneOfTheSecretsThatATypeTakesIsNeeded()
    {
        haveOffice();
        m_desk->types = QJsonArray{QJsonObject{
            {u"type"_s, u"email"_s},
            {u"settings"_s, QJsonArray{QJsonObject{{u"key"_s, u"host"_s}, {u"required"_s, true}},
                                       QJsonObject{{u"key"_s, u"password"_s}, {u"secret"_s, true}},
                                       QJsonObject{{u"key"_s, u"token"_s}, {u"secret"_s, true}}}}}};
        QJsonObject arguments = mailChannel();
        QVERIFY(run(u"channel add"_s, arguments));
        m_desk->submitted.clear();
        arguments.insert(u"secret"_s, QJsonObject{{u"token"_s, QString()}});
        const auto answer = run(u"channel add"_s, arguments);
        QVERIFY(!answer);
        QVERIFY2(answer.error().detail.contains(u"password or token"),
                 qPrintable(answer.error().detail));
        QVERIFY(m_desk->submitted.empty());
    }

    void aChannelIsMeantByIdOrName()
    {
        haveOffice();
        api::AccountStatus site;
        site.account.id = randomId<AccountId>();
        site.account.name = u"Website"_s;
        m_desk->office.channels = {site};
        for (const QString &word : {u"WEBSITE"_s, site.account.id.toString()})
            QVERIFY(run(u"channel test"_s, {{u"channel"_s, word}}));
        QVERIFY(!run(u"channel test"_s, {{u"channel"_s, u"Shop"_s}}));
        api::AccountStatus second = site;
        second.account.id = randomId<AccountId>();
        m_desk->office.channels.push_back(second);
        const auto answer = run(u"channel remove"_s, {{u"channel"_s, u"Website"_s}});
        QVERIFY(!answer);
        QVERIFY(answer.error().detail.contains(u"2 channels"));
        QVERIFY(m_desk->submitted.empty());
    }

    void aSlipShowsTheUsageOfItsVerbOnly()
    {
        const QString shown =
            doors::usageAfterSlip(u"p"_s, {u"--json"_s, u"channel"_s, u"add"_s, u"--bogus"_s});
        QVERIFY2(shown.startsWith(u"Usage: p channel add TYPE"), qPrintable(shown));
        QCOMPARE(shown.count(u'\n'), 1);
        QVERIFY(doors::usageAfterSlip(u"p"_s, {u"dance"_s}).contains(u"--help"));
        QVERIFY(doors::usage(u"p"_s).contains(u"export DIR"));
        QVERIFY(!doors::parseVerbLine({u"office"_s, u"join"_s, u"six"_s})); // without a name
        QVERIFY(doors::parseVerbLine({u"run"_s}));
    }

    void aSecretAmongTheSettingsIsRefused()
    {
        haveOffice();
        QJsonObject arguments = mailChannel();
        arguments.insert(u"set"_s, QJsonObject{{u"host"_s, u"h"_s}, {u"password"_s, u"MARKER"_s}});
        const auto answer = run(u"channel add"_s, arguments);
        QVERIFY(!answer);
        QVERIFY(!answer.error().detail.contains(u"MARKER"));
        QVERIFY(m_desk->submitted.empty());
    }

    void aChannelIsAddedByTheNamesOfFlowAndQueue()
    {
        haveOffice();
        const auto answer = run(u"channel add"_s, mailChannel());
        QVERIFY2(answer, qPrintable(answer.error().detail));
        const auto account = m_desk->last<api::SaveAccount>()->account;
        QCOMPARE(account.flow, m_desk->paths[0].id);
        QCOMPARE(account.queue, m_desk->lines[0].id);
        QCOMPARE(account.settings.at(u"port"_s), u"993"_s);
        QVERIFY(!account.isPaused);
        QCOMPARE(m_desk->secrets.begin()->second, QByteArray("MARKER"));
    }

    void aSecretThatCannotBeKeptTakesTheChannelBack()
    {
        haveOffice();
        m_desk->secretTrouble = Error{Error::Code::Storage, u"keychain locked"_s, {}};
        const auto answer = run(u"channel add"_s, mailChannel());
        QVERIFY(!answer);
        QCOMPARE(answer.error().detail, u"keychain locked"_s);
        QVERIFY(m_desk->last<api::RemoveAccount>());
    }

    void anImportRenamesIdsAndMatchesNames()
    {
        haveOffice();
        const QJsonObject document{
            {u"queues"_s, QJsonArray{QJsonObject{{u"sid"_s, u"WQ1"_s},
                                                 {u"friendly_name"_s, u"everyone"_s},
                                                 {u"target_workers"_s, u"a == 1"_s}}}},
            {u"workflows"_s,
             QJsonArray{
                 QJsonObject{{u"friendly_name"_s, u"W"_s},
                             {u"configuration"_s,
                              u"{\"task_routing\":{\"default_filter\":{\"queue\":\"WQ1\"}}}"_s}}}}};
        const auto answer = run(u"config import"_s, {{u"document"_s, document}});
        QVERIFY2(answer, qPrintable(answer.error().detail));
        QCOMPARE(m_desk->submitted.size(), size_t(2));
        const auto queue = std::get<api::SaveQueue>(m_desk->submitted[0].command).queue;
        QCOMPARE(queue.id, m_desk->lines[0].id);
        const auto workflow = std::get<api::SaveWorkflow>(m_desk->submitted[1].command).workflow;
        const QByteArray here = m_desk->nextSubject.toHex();
        QVERIFY(workflow.configuration.text.contains(here));
        QVERIFY(!workflow.configuration.text.contains("WQ1"));
    }

    void whatTaskRouterGivesOutIsTakenAsItIs()
    {
        haveOffice();
        const QString queue = u"WQ"_s + QString(32, u'1');
        const QString gone = u"WQ"_s + QString(32, u'2');
        const QString activity = u"WA"_s + QString(32, u'3');
        const QString unknown = u"WA"_s + QString(32, u'4');
        const QString routing =
            u"{\"task_routing\":{\"filters\":[{\"filter_friendly_name\":\"VIP\",\"expression\":"
            "\"vip == true\",\"targets\":[{\"queue\":\"%1\",\"skip_if\":\"workers.%2 == 0 AND "
            "workers.%3 > 0\",\"reservation_activity\":\"x\"},{\"queue\":\"%4\"}]}]}}"_s.arg(
                queue, activity, unknown, gone);
        const QJsonObject document{
            {u"activities"_s,
             QJsonArray{QJsonObject{{u"sid"_s, activity}, {u"friendly_name"_s, u"Busy"_s}}}},
            {u"task_queues"_s, QJsonArray{QJsonObject{{u"sid"_s, queue},
                                                      {u"friendly_name"_s, u"Sales"_s},
                                                      {u"assignment_activity_sid"_s, QJsonValue()},
                                                      {u"target_workers"_s, QJsonValue()}}}},
            {u"workflows"_s, QJsonArray{QJsonObject{{u"sid"_s, u"WW"_s + QString(32, u'5')},
                                                    {u"friendly_name"_s, u"Main"_s},
                                                    {u"configuration"_s, routing}}}}};
        const auto answer = run(u"config import"_s, {{u"document"_s, document}});
        QVERIFY2(answer, qPrintable(answer.error().detail));
        QStringList unmapped;
        for (const QJsonValue one : answer->value(u"unmapped"_s).toArray())
            unmapped += one.toObject().value(u"kind"_s).toString() + u' ' +
                        one.toObject().value(u"id"_s).toString();
        QCOMPARE(unmapped, (QStringList{u"activity "_s + unknown, u"queue "_s + gone}));
        const QByteArray saved = m_desk->last<api::SaveWorkflow>()->workflow.configuration.text;
        QVERIFY(!saved.contains(queue.toUtf8()) && !saved.contains(gone.toUtf8()));
        QVERIFY(!saved.contains(activity.toUtf8()) && saved.contains(unknown.toUtf8()));
        QVERIFY(saved.contains("reservation_activity"));
        const auto standIn = std::get<api::SaveQueue>(m_desk->submitted[2].command).queue;
        QCOMPARE(standIn.friendlyName, gone);
        QCOMPARE(standIn.targetWorkers, QString());
    }

    void listsOfResourcesInCamelCaseAreTaken()
    {
        haveOffice();
        const QString queue = u"WQ"_s + QString(32, u'1');
        const QString routing =
            u"{\"task_routing\":{\"filters\":[],\"default_filter\":{\"queue\":\"%1\"}}}"_s.arg(
                queue);
        const QJsonArray resources{
            QJsonObject{{u"friendlyName"_s, u"Main"_s},
                        {u"configuration"_s, routing},
                        {u"taskReservationTimeout"_s, 45},
                        {u"assignmentCallbackUrl"_s, QJsonValue()}},
            QJsonObject{{u"sid"_s, queue},
                        {u"friendlyName"_s, u"Night"_s},
                        {u"targetWorkers"_s, u"night HAS 'x'"_s},
                        {u"maxReservedWorkers"_s, 3},
                        {u"taskOrder"_s, u"LIFO"_s}},
            QJsonObject{{u"friendlyName"_s, u"Nora"_s},
                        {u"attributes"_s, u"{\"fullName\":\"N\"}"_s},
                        {u"activityName"_s, u"Offline"_s}},
            QJsonObject{{u"friendlyName"_s, u"Lunch"_s}, {u"available"_s, false}}};
        const auto answer =
            run(u"config import"_s, {{u"document"_s, QJsonObject{{u"list"_s, resources}}}});
        QVERIFY2(answer, qPrintable(answer.error().detail));
        QCOMPARE(answer->value(u"unmapped"_s).toArray().size(), 0);
        QCOMPARE(m_desk->submitted.size(), size_t(4)); // in the order in which they need each other
        const auto &[activity, taken, workflow, worker] =
            std::tuple{std::get<api::SaveActivity>(m_desk->submitted[0].command).activity,
                       std::get<api::SaveQueue>(m_desk->submitted[1].command).queue,
                       std::get<api::SaveWorkflow>(m_desk->submitted[2].command).workflow,
                       std::get<api::SaveWorker>(m_desk->submitted[3].command)};
        QCOMPARE(activity.friendlyName, u"Lunch"_s);
        QCOMPARE(taken.friendlyName, u"Night"_s);
        QCOMPARE(taken.maxReservedWorkers, 3);
        QCOMPARE(taken.taskOrder, TaskOrder::Lifo);
        QCOMPARE(workflow.friendlyName, u"Main"_s);
        QCOMPARE(workflow.taskReservationTimeout, std::optional<Seconds>(45));
        QVERIFY(worker.attributes.text.contains("fullName"));
    }

    void aQueueThatNobodyHasIsListedAndGetsAStandIn()
    {
        haveOffice();
        const QString here = m_desk->lines[0].friendlyName;
        const auto filter = [](const QString &queue) {
            return QJsonObject{{u"expression"_s, u"1==1"_s},
                               {u"targets"_s, QJsonArray{QJsonObject{{u"queue"_s, queue}}}}};
        };
        const QJsonObject document{
            {u"task_routing"_s, QJsonObject{{u"filters"_s, QJsonArray{filter(u"${NIGHT_SID}"_s),
                                                                      filter(here.toUpper())}}}}};
        const auto answer = run(u"config import"_s, {{u"document"_s, document}});
        QVERIFY2(answer, qPrintable(answer.error().detail));
        const QJsonArray unmapped = answer->value(u"unmapped"_s).toArray();
        QCOMPARE(unmapped.size(), 1);
        QCOMPARE(unmapped[0].toObject().value(u"id"_s).toString(), u"${NIGHT_SID}"_s);
        QCOMPARE(unmapped[0].toObject().value(u"kind"_s).toString(), u"queue"_s);
        QCOMPARE(std::get<api::SaveQueue>(m_desk->submitted[0].command).queue.friendlyName,
                 u"${NIGHT_SID}"_s);

        // In a document of our own it is a slip of the pen: decide says where.
        m_desk->submitted.clear();
        const QJsonObject ours{
            {u"format"_s, u"peerdesk-config"_s},
            {u"workflows"_s, QJsonArray{QJsonObject{{u"friendly_name"_s, u"Main"_s},
                                                    {u"configuration"_s, document}}}}};
        QVERIFY(run(u"config import"_s, {{u"document"_s, ours}}));
        QCOMPARE(m_desk->submitted.size(), size_t(1));
    }

    void aDocumentThatIsAListIsRead()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(u"list.json"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"([{"friendlyName":"Lunch","available":false}])");
        file.close();
        const auto parsed = doors::parseVerbLine({u"config"_s, u"import"_s, path});
        QVERIFY(parsed);
        const auto line = doors::withFiles(*parsed);
        QVERIFY(line);
        const auto document = line->arguments.value(u"document"_s).toObject();
        QCOMPARE(document.value(u"list"_s).toArray().size(), 1);
    }

    void bareTwilioDocumentsAreTakenAsOneEntry()
    {
        haveOffice();
        QVERIFY(run(u"config import"_s,
                    {{u"document"_s, QJsonObject{{u"task_routing"_s, QJsonObject{}}}}}));
        QVERIFY(m_desk->last<api::SaveWorkflow>());
        QVERIFY(run(u"config import"_s,
                    {{u"document"_s,
                      QJsonObject{{u"description"_s, u"IVR"_s}, {u"states"_s, QJsonArray{}}}}}));
        QCOMPARE(m_desk->last<api::SaveFlow>()->flow.friendlyName, u"IVR"_s);
        QVERIFY(run(u"config import"_s,
                    {{u"document"_s, QJsonObject{{u"configuration"_s,
                                                  u"{\"task_routing\":{\"filters\":[]}}"_s}}}}));
        QCOMPARE(m_desk->last<api::SaveWorkflow>()->workflow.friendlyName, u"Imported"_s);
    }

    void anImportStopsAtWhatIsWrongAndNamesIt()
    {
        haveOffice();
        const QJsonObject document{
            {u"queues"_s, QJsonArray{QJsonObject{{u"friendly_name"_s, u"Q7"_s},
                                                 {u"max_reserved_workers"_s, u"many"_s}}}}};
        const auto answer = run(u"config import"_s, {{u"document"_s, document}});
        QVERIFY(!answer);
        QVERIFY(answer.error().detail.contains(u"Q7"));
        QVERIFY(answer.error().detail.contains(u"max_reserved_workers"));
        QVERIFY(!run(u"config import"_s, {{u"document"_s, QJsonObject{}}}));
    }

    void whatIsExportedCanBeImported()
    {
        haveOffice();
        const auto exported = run(u"config export"_s, {});
        QVERIFY(exported);
        const auto imported = run(u"config import"_s, *exported);
        QVERIFY2(imported, qPrintable(imported.error().detail));
        QCOMPARE(imported->value(u"imported"_s).toObject().value(u"queues"_s).toInt(), 1);
    }

    void aRunningNodeDoesTheVerbsOfAnotherProcess()
    {
        haveOffice();
        QTemporaryDir folder;
        doors::ControlServer server(*m_desk);
        QVERIFY(server.listen(folder.path()));
        const auto permissions = QFile::permissions(doors::controlSocketPath(folder.path()));
        QVERIFY(!(permissions &
                  (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther)));
        const auto ask = [&](const QString &verb, const QJsonObject &arguments) {
            doors::ControlClient client;
            std::optional<Result<QJsonObject>> answer;
            client.send(folder.path(), verb, arguments,
                        {this, [&](Result<QJsonObject> result) { answer = result; }});
            (void)QTest::qWaitFor([&] { return answer.has_value(); });
            return answer.value_or(Error{Error::Code::Unknown, u"no answer"_s, {}});
        };
        const auto added = ask(u"agent add"_s, {{u"name"_s, u"Ana"_s}});
        QVERIFY2(added, qPrintable(added.error().detail));
        QVERIFY(m_desk->last<api::SaveAgent>());
        m_desk->refusal = rejected(u"there is one"_s, u"exists"_s);
        const auto refused = ask(u"agent add"_s, {{u"name"_s, u"Ana"_s}});
        QVERIFY(!refused);
        QCOMPARE(refused.error(), *m_desk->refusal);
    }

    void withoutARunningNodeTheClientSaysSo()
    {
        QTemporaryDir folder;
        doors::ControlClient client;
        std::optional<Result<QJsonObject>> answer;
        client.send(folder.path(), u"office status"_s, {},
                    {this, [&](Result<QJsonObject> result) { answer = result; }});
        QTRY_VERIFY(answer);
        QCOMPARE(answer->error().code, Error::Code::NotFound);
    }

    void hostileBytesOnTheControlSocketAreAnsweredOrDropped_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("not JSON") << QByteArray("GET / HTTP/1.1\n");
        QTest::newRow("list") << QByteArray("[]\n");
        QTest::newRow("verb number") << QByteArray("{\"verb\":1}\n");
        QTest::newRow("nothing") << QByteArray("\n");
        QTest::newRow("zero bytes") << QByteArray(100, '\0') + '\n';
    }
    void hostileBytesOnTheControlSocketAreAnsweredOrDropped()
    {
        QFETCH(QByteArray, bytes);
        QTemporaryDir folder;
        doors::ControlServer server(*m_desk);
        QVERIFY(server.listen(folder.path()));
        QLocalSocket socket;
        socket.connectToServer(doors::controlSocketPath(folder.path()));
        socket.write(bytes);
        QTRY_COMPARE(socket.state(), QLocalSocket::UnconnectedState);
        QVERIFY(socket.readAll().contains("error"));
        QVERIFY(m_desk->submitted.empty());
    }
};

QTEST_GUILESS_MAIN(TestVerbs)
#include "tst_verbs.moc"
