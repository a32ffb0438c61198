// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/sharedsecrets.h"
#include "tests/core/node/smalloffice.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace peerdesk::node::test;

namespace {

class MemoryKeychain final : public secrets::SecretStore
{
public:
    void store(const QString &key, const QByteArray &secret, Completion<Done> done) override
    {
        m_kept[key] = secret;
        done.answer(Done{});
    }
    void fetch(const QString &key, Completion<QByteArray> done) override
    {
        const auto it = m_kept.find(key);
        done.answer(it == m_kept.end() ? Result<QByteArray>(notFound(u"nothing"_s)) : it->second);
    }
    void remove(const QString &key, Completion<Done> done) override
    {
        m_kept.erase(key);
        done.answer(Done{});
    }
    std::map<QString, QByteArray> m_kept;
};

const QByteArray Secret = "correct horse battery staple";

/// One PC: its view of the office, its keychain, its key.
struct Pc
{
    explicit Pc(World &world)
        : office(world)
        , pair(*secrets::sealingPairFrom(world.node.toBytes()))
    {
        type.type = u"wire"_s;
        channels::Setting password;
        password.key = u"password"_s;
        password.isSecret = true;
        type.settings = {password};
        shared = std::make_unique<SharedSecrets>(SharedSecrets::Parts{
            office.core(), keychain, pair, [this](const QString &) { return &type; }});
    }
    QString key() const { return secretKey(office.account(), u"password"_s); }
    Result<QByteArray> fetch()
    {
        Result<QByteArray> out = invalid(u"no answer"_s);
        shared->fetch(key(), {shared.get(), [&](const Result<QByteArray> &got) { out = got; }});
        return out;
    }
    Result<Done> store(const QByteArray &secret)
    {
        auto out = std::make_shared<Result<Done>>(invalid(u"no answer"_s));
        shared->store(key(), secret,
                      {shared.get(), [out](const Result<Done> &done) { *out = done; }});
        office.settle();
        return *out;
    }
    ChannelAccount account() const
    {
        return *office.core().view().get<ChannelAccount>(office.account());
    }

    mutable SmallOffice office;
    secrets::SealingPair pair;
    MemoryKeychain keychain;
    channels::ChannelType type;
    std::unique_ptr<SharedSecrets> shared;
};

bool isAnywhere(const QString &folder, const QByteArray &bytes)
{
    QDirIterator files(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.open(QIODevice::ReadOnly) && file.readAll().contains(bytes))
            return true;
    }
    return false;
}

} // namespace

/// Every PC of the office can run every channel, and nobody else learns a secret (design rule 10,
/// promise 5).
class TestSealing : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<World> m_world;
    std::unique_ptr<World> m_other;
    std::unique_ptr<Pc> m_first;

    Node member(const QByteArray &name) const
    {
        Node node;
        node.id = named<NodeId>(name);
        node.name = QString::fromLatin1(name);
        node.fingerprint = QByteArray(32, 'f');
        return node;
    }
    /// Joined, with the sealing key that a Pc of that node has.
    void join(const QByteArray &name)
    {
        const Node node = member(name);
        QVERIFY(m_first->office.run("join " + name, api::AddNode{node}));
        QVERIFY(m_first->office.run(
            "update " + name,
            api::UpdateNode{node.id, node.fingerprint, u"127.0.0.1:1"_s,
                            secrets::sealingPairFrom(node.id.toBytes())->publicKey}));
    }
    /// The office as the other PC has it now.
    Pc second() { return Pc(*m_other); }
    Node withKey(const QByteArray &name) const
    {
        Node node = member(name);
        node.sealingKey = secrets::sealingPairFrom(node.id.toBytes())->publicKey;
        return node;
    }
    SealedSecret sealFor(const QByteArray &name, qint64 version,
                         const QByteArray &value = Secret) const
    {
        return *node::sealFor(withKey(name),
                              {m_first->office.account(), u"password"_s, version, value});
    }
    Decided sealed(const QByteArray &command, const SealedSecret &seal)
    {
        return m_first->office.run(command, api::SealSecret{seal});
    }
    size_t seals() const { return m_first->office.core().view().warm().seals.size(); }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(QDir(m_folder->path()).mkdir(u"second"_s));
        m_world = std::make_unique<World>();
        m_world->folder = m_folder->path();
        m_other = std::make_unique<World>();
        m_other->folder = m_folder->filePath(u"second"_s);
        m_other->log = m_world->log;
        m_other->node = named<NodeId>("back");
        m_first = std::make_unique<Pc>(*m_world);
        m_first->office.found();
        join("back");
    }
    void cleanup() { m_first.reset(); }

    void aSealOpensOnlyInItsOwnPlace_data()
    {
        using Change = std::function<void(SealedSecret &, secrets::SealingPair &)>;
        QTest::addColumn<Change>("change");
        QTest::newRow("another PC") << Change([](SealedSecret &, secrets::SealingPair &pair) {
            pair = *secrets::sealingPairFrom("another");
        });
        QTest::newRow("moved to another account")
            << Change([](SealedSecret &seal, secrets::SealingPair &) {
                   seal.account = named<AccountId>("another account");
               });
        QTest::newRow("moved to another setting")
            << Change([](SealedSecret &seal, secrets::SealingPair &) { seal.name = u"host"_s; });
        QTest::newRow("shown as a newer version")
            << Change([](SealedSecret &seal, secrets::SealingPair &) { seal.version = 3; });
        QTest::newRow("cut") << Change(
            [](SealedSecret &seal, secrets::SealingPair &) { seal.sealed.chop(1); });
        QTest::newRow("empty") << Change(
            [](SealedSecret &seal, secrets::SealingPair &) { seal.sealed.clear(); });
    }
    void aSealOpensOnlyInItsOwnPlace()
    {
        using Change = std::function<void(SealedSecret &, secrets::SealingPair &)>;
        QFETCH(Change, change);
        SealedSecret seal = sealFor("back", 2);
        secrets::SealingPair pair = *secrets::sealingPairFrom(named<NodeId>("back").toBytes());
        QCOMPARE(*unsealed(pair, seal), Secret);
        change(seal, pair);
        const Result<QByteArray> opened = unsealed(pair, seal);
        QVERIFY(!opened);
        QVERIFY(!opened.error().detail.contains(QString::fromLatin1(Secret)));
    }

    void aVersionNeverGoesBack()
    {
        QVERIFY(sealed("s2", sealFor("back", 2)));
        const Decided older = sealed("s1", sealFor("back", 1));
        QVERIFY(!older);
        QCOMPARE(older.error().state, u"older"_s);
        join("attic"); // nor for somebody who has none yet
        QVERIFY(!sealed("a1", sealFor("attic", 1)));
        QVERIFY(sealed("a2", sealFor("attic", 2)));
        const SealedSecret again = sealFor("back", 2, "another value");
        QVERIFY(sealed("s2 again", again)); // who sealed first stays
        const auto kept = m_first->office.core().view().get<SealedSecret>(again.id);
        QVERIFY(kept && kept->sealed != again.sealed);
    }

    void nothingIsSealedForNobody_data()
    {
        using Change = std::function<void(SealedSecret &)>;
        QTest::addColumn<Change>("change");
        QTest::newRow("no such account")
            << Change([](SealedSecret &seal) { seal.account = named<AccountId>("none"); });
        QTest::newRow("no such PC")
            << Change([](SealedSecret &seal) { seal.node = named<NodeId>("none"); });
        QTest::newRow("a PC without a sealing key")
            << Change([](SealedSecret &seal) { seal.node = named<NodeId>("keyless"); });
        QTest::newRow("a retired PC")
            << Change([](SealedSecret &seal) { seal.node = named<NodeId>("retired"); });
        QTest::newRow("no name") << Change([](SealedSecret &seal) { seal.name.clear(); });
        QTest::newRow("an endless name")
            << Change([](SealedSecret &seal) { seal.name = QString(65, u'x'); });
        QTest::newRow("no version") << Change([](SealedSecret &seal) { seal.version = 0; });
        QTest::newRow("no bytes") << Change([](SealedSecret &seal) { seal.sealed.clear(); });
        QTest::newRow("too many bytes")
            << Change([](SealedSecret &seal) { seal.sealed = QByteArray(20'000, 'x'); });
    }
    void nothingIsSealedForNobody()
    {
        using Change = std::function<void(SealedSecret &)>;
        QFETCH(Change, change);
        QVERIFY(m_first->office.run("keyless", api::AddNode{member("keyless")}));
        join("retired");
        QVERIFY(m_first->office.run("remove", api::RemoveNode{named<NodeId>("retired")}));
        SealedSecret seal = sealFor("back", 1);
        change(seal);
        QVERIFY(!sealed("seal", seal));
        QCOMPARE(seals(), size_t(0));
    }

    void onlyTheOfficeItselfSeals()
    {
        const Decided typed = m_first->office.run("seal", api::SealSecret{sealFor("back", 1)},
                                                  m_first->office.boss());
        QVERIFY(!typed);
        QCOMPARE(typed.error().code, Error::Code::Forbidden);
    }

    void whoGoesTakesTheSealsAlong()
    {
        join("attic");
        QVERIFY(m_first->store(Secret));
        QCOMPARE(seals(), size_t(2));
        QVERIFY(m_first->office.run("remove", api::RemoveNode{named<NodeId>("attic")}));
        QCOMPARE(seals(), size_t(1));
        QVERIFY(m_first->office.run("no account", api::RemoveAccount{m_first->office.account()}));
        QCOMPARE(seals(), size_t(0));
    }

    void whatOnePcIsGivenTheOthersCanOpen()
    {
        QVERIFY(m_first->store(Secret));
        QCOMPARE(*m_first->fetch(), Secret);
        Pc back = second();
        QVERIFY(back.shared->canOpen(back.account()));
        QVERIFY(back.keychain.m_kept.empty());
        QCOMPARE(*back.fetch(), Secret);
        QCOMPARE(back.keychain.m_kept.size(), size_t(1)); // from now on it is here
        QCOMPARE(*back.fetch(), Secret);
    }

    void aNewerSecretReplacesTheKeptOne()
    {
        QVERIFY(m_first->store(Secret));
        std::map<QString, QByteArray> kept;
        {
            Pc back = second();
            QCOMPARE(*back.fetch(), Secret);
            kept = back.keychain.m_kept;
        }
        QVERIFY(m_first->store("a new one"));
        Pc back = second();
        back.keychain.m_kept = kept;
        QCOMPARE(*back.fetch(), QByteArray("a new one"));
        // The other way round an older seal does not undo what the keychain has.
        const SealedSecret *seal = nullptr;
        for (const auto &[id, one] : back.office.core().view().warm().seals)
            seal = &one;
        QVERIFY(seal && seal->version == 2);
        QCOMPARE(*m_first->fetch(), QByteArray("a new one"));
    }

    void whoJoinsLaterGetsItsSealsToo()
    {
        QVERIFY(m_first->store(Secret));
        join("attic");
        QCOMPARE(seals(), size_t(1));
        m_first->shared->match();
        m_first->office.settle();
        QCOMPARE(seals(), size_t(2));
        const size_t entries = m_world->log->size();
        m_first->shared->match(); // and there is an end to it
        m_first->office.settle();
        QCOMPARE(m_world->log->size(), entries);
    }

    void whatWasKeptBeforeThereWereVersionsIsSealedAsItIs()
    {
        m_first->keychain.m_kept[m_first->key()] = Secret;
        m_first->shared->match();
        m_first->office.settle();
        Pc back = second();
        QCOMPARE(*back.fetch(), Secret);
    }

    /// A second key of visitor tokens would shut every visitor out.
    void aSecretThatOthersHaveIsNotTakenForMissing()
    {
        join("attic");
        QVERIFY(sealed("attic's", sealFor("attic", 1)));
        Pc back = second();
        QVERIFY(!back.shared->canOpen(back.account()));
        const Result<QByteArray> fetched = back.fetch();
        QVERIFY(!fetched);
        QCOMPARE(fetched.error().code, Error::Code::Storage);
        QCOMPARE(m_first->fetch().error().code, Error::Code::Storage);
    }

    void whatNobodyHasIsMissingAndNoReasonToMoveHere()
    {
        QCOMPARE(m_first->fetch().error().code, Error::Code::NotFound);
        QVERIFY(!m_first->shared->canOpen(m_first->account()));
    }

    void aBadSealForUsIsToldAndChangesNothing()
    {
        SealedSecret bad = sealFor("back", 1);
        bad.sealed = sealFor("attic", 1).sealed;
        QVERIFY(sealed("bad", bad));
        Pc back = second();
        const Result<QByteArray> fetched = back.fetch();
        QVERIFY(!fetched);
        QCOMPARE(fetched.error().code, Error::Code::Storage);
        QVERIFY(fetched.error().detail.contains(u"Enter it again"_s));
        QVERIFY(back.keychain.m_kept.empty());
    }

    void noFileAndNoLogHoldsASecretInClear()
    {
        QVERIFY(m_first->store(Secret));
        {
            Pc back = second();
            QCOMPARE(*back.fetch(), Secret);
        }
        QVERIFY(isAnywhere(m_folder->path(), "Wire")); // it does look
        QVERIFY(!isAnywhere(m_folder->path(), Secret));
        for (const store::LogEntry &entry : *m_world->log)
            QVERIFY(!entry.payload.contains(Secret));
    }

    void aSecretOverTheBoundIsRefused()
    {
        const Result<Done> stored = m_first->store(QByteArray(MaxSecretBytes + 1, 'x'));
        QVERIFY(!stored);
        QCOMPARE(stored.error().code, Error::Code::TooLarge);
        QVERIFY(m_first->store(QByteArray(MaxSecretBytes, 'x')));
        QCOMPARE(seals(), size_t(1));
    }

    void anAdminMovesAChannelOnlyToWhoCanRunIt()
    {
        const api::Appoint move{m_first->office.account(), named<NodeId>("back")};
        const auto moved = [&](const QByteArray &command, const api::Appoint &to) {
            return m_first->office.run(command, to, m_first->office.boss());
        };
        QVERIFY(m_first->store(Secret));
        join("attic");
        QVERIFY(
            sealed("other", *node::sealFor(withKey("attic"), {move.account, u"token"_s, 1, "t"})));
        QCOMPARE(moved("lacks the token", move).error().state, u"not-sealed"_s);
        QCOMPARE(moved("nobody", {move.account, named<NodeId>("nobody")}).error().code,
                 Error::Code::NotFound);
        QVERIFY(
            sealed("token", *node::sealFor(withKey("back"), {move.account, u"token"_s, 1, "t"})));
        QVERIFY(moved("now", move));
        QCOMPARE(m_first->account().owner, named<NodeId>("back"));
    }

    void whereTheChannelDoesNotRunItIsDoneWhenTheLogHasTheSeals()
    {
        QVERIFY(m_first->office.run(
            "appoint", api::Appoint{m_first->office.account(), named<NodeId>("back")}));
        bool isDone = false;
        m_first->shared->store(
            m_first->key(), Secret,
            {m_first->shared.get(), [&](const Result<Done> &done) { isDone = bool(done); }});
        QVERIFY(!isDone);
        m_first->office.settle();
        QVERIFY(isDone);
        QCOMPARE(seals(), size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestSealing)
#include "tst_sealing.moc"
