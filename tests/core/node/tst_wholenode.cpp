// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/joiner.h"
#include "core/node/node.h"
#include "tests/core/store/storefixtures.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace Qt::StringLiterals;

namespace {

/// What the outside saw, counted in the node thread, read in the test's.
struct Outside
{
    std::atomic<int> sends{0};
    std::atomic<bool> isSilent{false};
    std::atomic<channels::Host *> host{nullptr};
};

/// A channel that takes everything at once.
class Mouth final : public channels::Connector
{
public:
    Mouth(Outside &outside, channels::Host &host)
        : m_outside(outside)
        , m_host(host)
    {}
    void start() override
    {
        m_host.setState(AccountState::Connected, {});
        m_outside.host = &m_host;
    }
    void stop() override { m_outside.host = nullptr; }
    void send(const channels::Outgoing &, Completion<channels::SendResult> done) override
    {
        ++m_outside.sends;
        if (m_outside.isSilent)
            return m_unanswered.push_back(std::move(done));
        done.answer(channels::SendResult{channels::SendResult::Kind::Accepted, u"p"_s, {}, {}});
    }
    void test(Completion<QString> done) override { done.answer(QString()); }

private:
    Outside &m_outside;
    channels::Host &m_host;
    std::vector<Completion<channels::SendResult>> m_unanswered;
};

} // namespace

/// A node with all its threads: what it sends goes out once, and a replay of its log sends nothing.
class TestWholeNode : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    Outside m_outside;
    std::unique_ptr<NodeProcess> m_node;
    std::unique_ptr<api::Desk> m_desk;
    double m_timeScale = 1;
    QString m_peer;    ///< where other PCs reach it; empty = nowhere
    QString m_address; ///< where they do

    QString data() const { return m_folder.filePath(u"office"_s); }

    void start()
    {
        Options options;
        options.dataDir = data();
        options.keystore = u"file:"_s + m_folder.filePath(u"keys"_s);
        options.passphrase = u"test"_s;
        options.timeScale = m_timeScale;
        options.peer = m_peer;
        options.peerOpened = [this](const Result<QString> &address) {
            QMetaObject::invokeMethod(
                this, [this, address] { m_address = address ? *address : QString(); });
        };
        options.makeDoors = [this](api::Desk &) {
            channels::ChannelType type;
            type.type = u"mouth"_s;
            type.make = [this](const ChannelAccount &, channels::Host &host) {
                return std::make_unique<Mouth>(m_outside, host);
            };
            Doors doors;
            doors.channelTypes = {type};
            return doors;
        };
        auto opened = NodeProcess::open(options);
        QVERIFY2(opened, qPrintable(opened ? QString() : opened.error().detail));
        m_node = std::move(*opened);
        QSignalSpy started(m_node.get(), &NodeProcess::started);
        m_node->start();
        QVERIFY(started.count() > 0 || started.wait(30'000));
        m_desk = m_node->makeDesk();
    }
    void stop()
    {
        m_desk.reset();
        QSignalSpy stopped(m_node.get(), &NodeProcess::stopped);
        m_node->stop();
        QVERIFY(stopped.count() > 0 || stopped.wait(30'000));
        m_node.reset();
    }
    /// The subject of a command's answer; empty if it was refused.
    QByteArray run(const QByteArray &name, const api::Command &command)
    {
        std::optional<Result<api::Outcome>> answer;
        m_desk->submit({}, derivedId<CommandId>(NodeId{}, name), command,
                       {this, [&](const Result<api::Outcome> &result) { answer = result; }});
        if (!QTest::qWaitFor([&] { return answer.has_value(); }, 30'000) || !*answer)
            return {};
        return (*answer)->subject;
    }
    template <typename IdType>
    static IdType idOf(const QByteArray &subject)
    {
        return {QUuid::fromRfc4122(subject)};
    }
    MessageState stateOf(MessageId id)
    {
        std::optional<Result<Message>> answer;
        m_desk->message(id, {this, [&](const Result<Message> &found) { answer = found; }});
        if (!QTest::qWaitFor([&] { return answer.has_value(); }, 30'000) || !*answer)
            return MessageState::Canceled;
        return (*answer)->state;
    }
    std::vector<QString> notices()
    {
        std::optional<Result<api::OfficeStatus>> status;
        m_desk->status({this, [&](const Result<api::OfficeStatus> &s) { status = s; }});
        if (!QTest::qWaitFor([&] { return status.has_value(); }, 30'000) || !*status)
            return {};
        return (*status)->notices;
    }
    std::vector<api::Asker> askers()
    {
        std::optional<Result<api::OfficeStatus>> status;
        m_desk->status({this, [&](const Result<api::OfficeStatus> &s) { status = s; }});
        if (!QTest::qWaitFor([&] { return status.has_value(); }, 30'000) || !*status)
            return {};
        return (*status)->askers;
    }
    Result<Done> admit(const api::Caller &caller, const api::Asker &asker, bool isOurs)
    {
        std::optional<Result<Done>> answer;
        m_desk->admit(caller, asker, isOurs,
                      {this, [&](const Result<Done> &said) { answer = said; }});
        if (!QTest::qWaitFor([&] { return answer.has_value(); }, 30'000))
            return Error{Error::Code::Unknown, u"no answer"_s, {}};
        return *answer;
    }
    AccountId found()
    {
        const auto founding = derivedId<CommandId>(NodeId{}, "found");
        api::CreateOffice office;
        office.name = u"Shop"_s;
        office.admin = derivedId<AgentId>(NodeId{}, "boss");
        office.adminName = u"Linh"_s;
        office.tokenHash = QByteArray(32, 't');
        office.node = m_node->id();
        office.nodeName = u"PC"_s;
        if (run("found", office).isEmpty())
            return {};
        ChannelAccount account;
        account.type = u"mouth"_s;
        account.name = u"Mouth"_s;
        account.flow = derivedId<FlowId>(founding, "direct");
        account.queue = derivedId<QueueId>(founding, "everyone");
        return idOf<AccountId>(run("account", api::SaveAccount{account}));
    }

private Q_SLOTS:
    void whatIsSentGoesOutOnceAndAReplaySendsNothing()
    {
        start();
        const AccountId account = found();
        QVERIFY(!account.isNull());
        InboundItem item;
        item.providerId = u"m1"_s;
        item.sender = {u"mouth"_s, account.toString(), u"anna"_s, u"Anna"_s, Evidence::Provider};
        item.content.text = u"Hello"_s;
        QVERIFY(!run("hello", api::Ingest{account, {item}, {}, {}}).isEmpty());
        QTRY_VERIFY(m_outside.host.load());
        for (int i = 0; i < 3; ++i) {
            api::SendMessage reply;
            reply.conversation = derivedId<ConversationId>(account, "conversation:m1");
            reply.content.text = u"Good day"_s;
            const QByteArray sent = run("reply" + QByteArray::number(i), reply);
            QVERIFY(!sent.isEmpty());
            QTRY_COMPARE(stateOf(idOf<MessageId>(sent)), MessageState::Sent);
            QCOMPARE(m_outside.sends.load(), i + 1);
        }
        stop();

        // The tables are gone, the whole log is applied again.
        const QStringList tables{u"office.db"_s, u"office.db-wal"_s, u"office.db-shm"_s};
        for (const QString &name : tables)
            QFile::remove(data() + u'/' + name);
        start();
        QTRY_VERIFY(m_outside.host.load());
        QVERIFY(!run("after", api::CreateTask{}).isEmpty()); // behind everything that is replayed
        QCOMPARE(m_outside.sends.load(), 3);
        stop();
    }

    /// Drafts and the journal are lost with it, the customers are not: nothing goes out twice.
    void aDamagedLocalFileIsSetAside_data()
    {
        QTest::addColumn<bool>("isWhole");
        QTest::newRow("every byte") << true;
        QTest::newRow("all but its first page") << false;
    }
    void aDamagedLocalFileIsSetAside()
    {
        QFETCH(const bool, isWhole);
        m_outside.sends = 0;
        QVERIFY(QDir(data()).removeRecursively());
        start();
        const AccountId account = found();
        InboundItem item;
        item.providerId = u"m1"_s;
        item.sender = {u"mouth"_s, account.toString(), u"anna"_s, u"Anna"_s, Evidence::Provider};
        item.content.text = u"Hello"_s;
        QVERIFY(!run("hello", api::Ingest{account, {item}, {}, {}}).isEmpty());
        QTRY_VERIFY(m_outside.host.load());
        m_outside.isSilent = true;
        api::SendMessage reply;
        reply.conversation = derivedId<ConversationId>(account, "conversation:m1");
        reply.content.text = u"Good day"_s;
        const auto sent = idOf<MessageId>(run("reply", reply));
        QTRY_COMPARE(m_outside.sends.load(), 1);
        QCOMPARE(stateOf(sent), MessageState::Sending);
        const NodeId node = m_node->id();
        stop();

        QFile local(data() + u"/local.db"_s);
        QVERIFY(local.open(QIODevice::ReadWrite));
        const qint64 kept = isWhole ? 0 : 4096;
        QVERIFY(local.seek(kept));
        const qint64 size = local.size() - kept;
        QCOMPARE(local.write(QByteArray(size, '\xee')), size);
        local.close();
        for (const auto *tail : {"-wal", "-shm"})
            QFile::remove(local.fileName() + QLatin1String(tail));

        start();
        QCOMPARE(m_node->id(), node); // alone it goes on as the member that the office knows
        QTRY_COMPARE(stateOf(sent), MessageState::Uncertain);
        QVERIFY(QFile::exists(local.fileName() + u".damaged"_s));
        QCOMPARE(m_outside.sends.load(), 1);
        QCOMPARE(notices().size(), size_t(1));
        QVERIFY(notices().front().contains(u"local.db.damaged"));
        stop();
        start(); // and says it once
        stop();
        m_outside.isSilent = false;
    }

    void aStartOnFilesThatCannotBeWrittenIsRefusedInWords()
    {
        start();
        stop();
        const QString raft = data() + u"/raft.db"_s;
        QVERIFY(QFile::setPermissions(raft, QFile::ReadOwner | QFile::ReadOther));
        QVERIFY(QFile::setPermissions(m_folder.path(), QFile::Permissions(0x7777)));
        if (geteuid() == 0) {
            for (const QString &name : QDir(data()).entryList(QDir::Files))
                QVERIFY(chown(QFile::encodeName(data() + u'/' + name).constData(), 65534, 65534) ==
                        0);
            QVERIFY(chown(QFile::encodeName(data()).constData(), 65534, 65534) == 0);
        }
        {
            const store::fixtures::OrdinaryUser user;
            Options options;
            options.dataDir = data();
            const auto refused = NodeProcess::open(options);
            QVERIFY(!refused);
            QCOMPARE(refused.error().state, u"read-only"_s);
            QVERIFY2(refused.error().detail.contains(raft), qPrintable(refused.error().detail));
        }
        QVERIFY(QDir(data()).removeRecursively());
    }

    void whatDoesNotWorkIsInTheStatus()
    {
        start();
        QVERIFY(!found().isNull());
        stop();
        for (const char *tail : {"", "-wal", "-shm"})
            QFile::remove(data() + u"/search.db"_s + QLatin1String(tail));
        QVERIFY(QDir().mkdir(data() + u"/search.db"_s)); // no file can be there
        m_timeScale = 60;
        start();
        m_timeScale = 1;
        QTRY_COMPARE(notices().size(), size_t(1));
        QVERIFY(notices().front().startsWith(u"Search is off: "));
        QVERIFY(!run("works all the same", api::CreateTask{}).isEmpty());
        // The right to write is gone while it runs: told before somebody's words are lost.
        const QString raft = data() + u"/raft.db"_s;
        QVERIFY(QFile::rename(raft, raft + u".away"_s));
        QTRY_COMPARE(notices().size(), size_t(2));
        QVERIFY(notices().front().contains(raft)); // "files" before "search"
        QVERIFY(QFile::rename(raft + u".away"_s, raft));
        QTRY_COMPARE(notices().size(), size_t(1));
        stop();
        QVERIFY(QDir(data()).removeRecursively());
    }

    void secretsAndTriesOfAChannelAreForAdmins_data()
    {
        QTest::addColumn<Role>("role");
        QTest::addColumn<bool>("isAllowed");
        QTest::newRow("agent") << Role::Agent << false;
        QTest::newRow("supervisor") << Role::Supervisor << false;
        QTest::newRow("channel") << Role::Channel << false;
        QTest::newRow("admin") << Role::Admin << true;
    }
    void secretsAndTriesOfAChannelAreForAdmins()
    {
        QFETCH(Role, role);
        QFETCH(bool, isAllowed);
        start();
        const AccountId account = found(); // or the one that was founded already
        QVERIFY(!account.isNull());
        Agent agent;
        agent.name = enumName(role) + u" one"_s;
        agent.role = role;
        const auto id =
            idOf<AgentId>(run("hire " + agent.name.toUtf8(), api::SaveAgent{agent, {}, {}}));
        QVERIFY(!id.isNull());
        const api::Caller claims{id, {}, Role::Admin, {}, agent.name}; // the record counts
        QTRY_VERIFY(m_outside.host.load());
        std::optional<Result<QString>> tried;
        m_desk->testAccount(claims, account, {this, [&](const Result<QString> &r) { tried = r; }});
        QTRY_VERIFY(tried);
        QCOMPARE(bool(*tried), isAllowed);
        std::optional<Result<Done>> stored;
        m_desk->storeSecret(claims, {account, u"password"_s, "x"},
                            {this, [&](const Result<Done> &r) { stored = r; }});
        QTRY_VERIFY(stored);
        QCOMPARE(bool(*stored), isAllowed);
        stop();
    }

    void onlyAnAdminLetsAPcIn_data()
    {
        QTest::addColumn<Role>("role");
        QTest::newRow("agent") << Role::Agent;
        QTest::newRow("supervisor") << Role::Supervisor;
    }
    /// Who says that the words are the same decides about everything that the office has.
    void onlyAnAdminLetsAPcIn()
    {
        QFETCH(Role, role);
        m_peer = u"127.0.0.1:0"_s;
        start();
        QVERIFY(!found().isNull()); // or the one that was founded already
        QTRY_VERIFY(!m_address.isEmpty());
        Agent agent;
        agent.name = enumName(role) + u" at the door"_s;
        agent.role = role;
        const auto id =
            idOf<AgentId>(run("hire " + agent.name.toUtf8(), api::SaveAgent{agent, {}, {}}));
        const api::Caller claims{id, {}, Role::Admin, {}, agent.name}; // the record counts
        std::optional<Result<QString>> code;
        m_desk->invite({}, {1, std::chrono::minutes(5)},
                       {this, [&](const Result<QString> &made) { code = made; }});
        QTRY_VERIFY_WITH_TIMEOUT(code, 30'000);
        QVERIFY(*code);

        const QString node = randomId<NodeId>().toString();
        bool isLetIn = false;
        auto *joiner = new cluster::Joiner({m_address,
                                            {},
                                            *cluster::Identity::make(node),
                                            node,
                                            u"Attic"_s,
                                            events::featureLevel()},
                                           {this, [](const auto &) {}}, this);
        connect(joiner, &cluster::Joiner::letIn, this, [&] { isLetIn = true; });
        joiner->start();
        QTRY_COMPARE_WITH_TIMEOUT(askers().size(), size_t(1), 30'000);
        const api::Asker asker = askers().front();
        for (const bool isOurs : {true, false}) {
            const Result<Done> answer = admit(claims, asker, isOurs);
            QVERIFY(!answer);
            QCOMPARE(answer.error().code, Error::Code::Forbidden);
            QCOMPARE(askers().size(), size_t(1)); // it goes on asking
        }
        QVERIFY(!isLetIn);
        QVERIFY(admit({}, asker, true));
        QTRY_VERIFY_WITH_TIMEOUT(isLetIn, 30'000);
        delete joiner;
        m_peer.clear();
        stop();
    }
};

QTEST_GUILESS_MAIN(TestWholeNode)
#include "tst_wholenode.moc"
