// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/events/upcast.h"
#include "tests/core/events/filled.h"

#include <QFile>
#include <QMetaType>
#include <QTest>

#include <cstdio>
#include <set>

using namespace peerdesk;
using namespace peerdesk::events;
using namespace Qt::StringLiterals;

namespace {

constexpr int AnyLevel = std::numeric_limits<int>::max();
int programLevel = AnyLevel; ///< of the program that is tested
int levelOfNewFacts = 1;     ///< of QueueDeleted

} // namespace

/// In place of the product's own.
int peerdesk::events::featureLevel()
{
    return programLevel;
}
int peerdesk::events::levelOf(int type, int)
{
    return type == QueueDeleted::type ? levelOfNewFacts : 1;
}

namespace {

/// What facts.golden holds of one fact in one version.
struct Golden
{
    QByteArray entry;    ///< a log entry with the example as its only fact
    QByteArray body;     ///< the example as the archive keeps it
    QByteArray personal; ///< ... and its personal content
    bool operator==(const Golden &) const = default;
};

/// Everything about one alternative of Fact.
struct Kind
{
    QByteArray name;
    int type = 0;
    int version = 0;
    Fact example;

    QByteArray key() const { return name + '.' + QByteArray::number(version); }
};

template <typename T>
Kind kindOf()
{
    const QByteArray fullName = QMetaType::fromType<T>().name();
    return {fullName.mid(fullName.lastIndexOf(':') + 1), T::type, T::version,
            tests::Filler().filled<T>()};
}

template <size_t... I>
std::vector<Kind> kindsOf(std::index_sequence<I...>)
{
    return {kindOf<std::variant_alternative_t<I, AnyFact>>()...};
}

/// One per alternative of Fact, so that a new one cannot be forgotten.
const std::vector<Kind> &kinds()
{
    static const std::vector<Kind> all =
        kindsOf(std::make_index_sequence<std::variant_size_v<AnyFact>>());
    return all;
}

Batch batchOf(const Fact &fact)
{
    Batch batch;
    batch.command = derivedId<CommandId>(NodeId{}, "command");
    batch.term = 7;
    batch.time = Time{1'790'000'000'123};
    batch.origin = derivedId<NodeId>(NodeId{}, "node");
    batch.actor = derivedId<AgentId>(NodeId{}, "agent");
    batch.session = derivedId<SessionId>(NodeId{}, "session");
    batch.facts = {fact};
    batch.salt = QByteArray("sixteen bytes ok");
    return batch;
}

ArchivedFact archived(const Fact &fact)
{
    return archive(fact, saltOf(batchOf(fact), 0));
}

/// Paths of the texts that stand in the archive in clear.
class ClearTexts
{
public:
    template <Fielded T>
    void visit(const T &value)
    {
        const auto one = [this, &value](const auto &f) {
            if (f.personal)
                return;
            m_path.push_back(f.name);
            visit(value.*(f.member));
            m_path.pop_back();
        };
        T::fields().each(one);
    }
    void visit(const QString &) { add(); }
    void visit(const QByteArray &) { add(); }
    void visit(const Json &) { add(); }
    template <typename T>
    void visit(const std::optional<T> &value)
    {
        visit(value.value_or(T{}));
    }
    template <typename T>
    void visit(const std::vector<T> &)
    {
        visit(T{});
    }
    template <typename K, typename V>
    void visit(const std::map<K, V> &)
    {
        visit(K{});
        visit(V{});
    }
    template <typename T>
    void visit(const T &) requires(!Fielded<T>)
    {}

    std::set<QByteArray> paths;

private:
    void add() { paths.insert(m_path.join('.')); }

    QByteArrayList m_path;
};

/// The office's own words: people, rules, channels and programs, never a customer's.
const std::set<QByteArray> OfficesOwn{"OfficeCreated.office.name",
                                      "OfficeCreated.office.timezone",
                                      "OfficeCreated.office.locale",
                                      "OfficeCreated.office.recovery_key",
                                      "RecoveryKeySet.public_key",
                                      "NodeJoined.node.name",
                                      "NodeJoined.node.fingerprint",
                                      "NodeJoined.node.addresses",
                                      "NodeJoined.node.sealing_key",
                                      "NodeChanged.node.name",
                                      "NodeChanged.node.fingerprint",
                                      "NodeChanged.node.addresses",
                                      "NodeChanged.node.sealing_key",
                                      "AgentSaved.agent.name",
                                      "AgentSaved.agent.password_hash",
                                      "SessionOpened.session.token_hash",
                                      "ActivitySaved.activity.friendly_name",
                                      "TaskChannelSaved.task_channel.unique_name",
                                      "TaskChannelSaved.task_channel.friendly_name",
                                      "QueueSaved.queue.friendly_name",
                                      "QueueSaved.queue.target_workers",
                                      "WorkflowSaved.workflow.friendly_name",
                                      "WorkflowSaved.workflow.configuration",
                                      "FlowSaved.flow.friendly_name",
                                      "FlowSaved.flow.definition",
                                      "WorkerCreated.worker.friendly_name",
                                      "WorkerCreated.worker.attributes",
                                      "WorkerCreated.worker.channels",
                                      "WorkerUpdated.friendly_name",
                                      "WorkerUpdated.attributes",
                                      "WorkerChannelChanged.task_channel",
                                      "AccountSaved.account.type",
                                      "AccountSaved.account.name",
                                      "AccountSaved.account.settings",
                                      "AccountSaved.account.cursor",
                                      "CursorMoved.cursor",
                                      "SecretSealed.seal.name",
                                      "SecretSealed.seal.sealed",
                                      "AddressLinked.address.kind",
                                      "AddressLinked.address.scope",
                                      "ConversationOpened.conversation.channel",
                                      "ExecutionStarted.execution.state",
                                      "ExecutionMoved.state",
                                      "TaskCreated.task.task_channel",
                                      "ReservationCreated.reservation.why",
                                      "FlowSaved.flow.draft",
                                      "FlowSaved.flow.commit_message",
                                      "WebhookSaved.webhook.url",
                                      "WebhookSaved.webhook.events",
                                      "WebhookSaved.webhook.recent.event",
                                      "WebhookSaved.webhook.recent.error",
                                      "WebhookMoved.deliveries.event",
                                      "WebhookMoved.deliveries.error",
                                      "ConversationImported.conversation.channel",
                                      "ConversationContinued.channel",
                                      "CommandDone.record.subject",
                                      "CommandDone.record.state",
                                      "DigestAt.digest"};

Golden goldenOf(const Fact &fact)
{
    const ArchivedFact archived = ::archived(fact);
    return {encode(batchOf(fact)), archived.body, archived.personal};
}

QByteArray lineOf(const QByteArray &key, const Golden &golden)
{
    const QByteArray personal = golden.personal.isEmpty() ? "-" : golden.personal.toHex();
    return key + ' ' + golden.entry.toHex() + ' ' + golden.body.toHex() + ' ' + personal;
}

/// A log entry with one fact, written by hand.
struct RawFact
{
    int type = 0;
    int version = 0;
    QByteArray body;
    static constexpr auto fields()
    {
        return FieldList{field(1, "type", &RawFact::type), field(2, "version", &RawFact::version),
                         field(3, "body", &RawFact::body)};
    }
    bool operator==(const RawFact &) const = default;
};
struct RawEntry
{
    int format = 0;
    std::vector<RawFact> facts;
    static constexpr auto fields()
    {
        return FieldList{field(1, "format", &RawEntry::format),
                         field(8, "facts", &RawEntry::facts)};
    }
};

QByteArray entryWith(const RawFact &fact)
{
    return codec::encode(RawEntry{1, {fact}});
}

QByteArray bodyOf(const Fact &fact)
{
    return std::visit([](const auto &f) { return codec::encode(f); }, fact);
}

/// Version -1 held the queue's bytes twice, version 0 with one byte before them.
const std::vector<Upcaster> &historyOfQueueDeleted()
{
    static const std::vector<Upcaster> steps{
        {QueueDeleted::type, -1,
         [](const ArchivedFact &old) -> Result<ArchivedFact> {
             if (old.body.size() % 2 != 0)
                 return invalid(u"odd"_s);
             ArchivedFact next = old;
             next.body = 'x' + old.body.left(old.body.size() / 2);
             return next;
         }},
        {QueueDeleted::type, 0,
         [](const ArchivedFact &old) -> Result<ArchivedFact> {
             ArchivedFact next = old;
             next.body.remove(0, 1);
             return next;
         }},
    };
    return steps;
}

} // namespace

/// Facts are read for ever: every one that was published keeps its bytes, older versions are
/// raised, and what only a newer program understands is refused by name.
class TestFacts : public QObject
{
    Q_OBJECT

private:
    std::map<QByteArray, Golden> m_golden;
    QByteArrayList m_doubled;

private Q_SLOTS:
    void initTestCase()
    {
        QFile file(QStringLiteral(GOLDEN_FILE));
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.errorString()));
        const QByteArrayList lines = file.readAll().split('\n');
        for (const QByteArray &line : lines) {
            const QByteArrayList parts = line.split(' ');
            if (line.isEmpty() || line.startsWith('#'))
                continue;
            QVERIFY2(parts.size() == 4, parts[0].constData());
            const Golden golden{QByteArray::fromHex(parts[1]), QByteArray::fromHex(parts[2]),
                                QByteArray::fromHex(parts[3])};
            if (!m_golden.emplace(parts[0], golden).second)
                m_doubled += parts[0];
        }
    }

    void everyFactKeepsItsBytes_data()
    {
        QTest::addColumn<size_t>("index");
        for (size_t i = 0; i < kinds().size(); ++i)
            QTest::newRow(kinds()[i].key().constData()) << i;
    }
    void everyFactKeepsItsBytes()
    {
        QFETCH(size_t, index);
        const Kind &kind = kinds()[index];
        const Golden now = goldenOf(kind.example);
        const auto kept = m_golden.find(kind.key());
        if (kept == m_golden.end() || kept->second != now) // in full: Qt Test cuts messages short
            std::fprintf(stderr, "%s\n", lineOf(kind.key(), now).constData());
        QVERIFY2(
            kept != m_golden.end(),
            "New fact or version: append the line printed above to tests/core/events/facts.golden, "
            "and never change a line that is there");
        QVERIFY2(
            kept->second == now,
            "The bytes of a published fact changed. Never rewrite its line in facts.golden: give "
            "every fact that holds the changed field a new version, write an upcaster from the "
            "old one in core/events/upcast.cpp, and append the new version's line. Above: what it "
            "is now");
    }

    void everyKeptLineIsStillRead()
    {
        QCOMPARE(m_doubled, QByteArrayList());
        for (const auto &[key, golden] : m_golden) {
            const auto kind = std::find_if(kinds().begin(), kinds().end(), [&](const Kind &k) {
                return k.name == key.left(key.lastIndexOf('.'));
            });
            QVERIFY2(kind != kinds().end(), "no such fact any more: " + key);
            const Result<Batch> batch = decodeBatch(golden.entry);
            QVERIFY2(batch, key.constData());
            QCOMPARE(batch->facts.size(), size_t(1));
            QCOMPARE(batch->facts[0].index(), kind->example.index());
            const int version = key.mid(key.lastIndexOf('.') + 1).toInt();
            const Result<Fact> restored =
                restore({kind->type, version, golden.body, golden.personal});
            QVERIFY2(restored && *restored == batch->facts[0], key.constData());
            if (version != kind->version)
                continue; // what an older one lacks, its upcaster chose
            QVERIFY2(*batch == batchOf(kind->example), key.constData());
        }
    }

    void noTwoFactsShareANumber()
    {
        std::set<int> types;
        for (const Kind &kind : kinds())
            QVERIFY2(types.insert(kind.type).second, kind.name.constData());
    }

    void everyOlderVersionHasAStepUpwards()
    {
        for (const Kind &kind : kinds()) {
            for (int version = 1; version < kind.version; ++version) {
                const auto steps = publishedUpcasters();
                QVERIFY2(std::any_of(steps.begin(), steps.end(),
                                     [&](const Upcaster &step) {
                                         return step.type == kind.type && step.version == version;
                                     }),
                         "no upcaster from version " + QByteArray::number(version) + " of " +
                             kind.name);
            }
        }
    }

    /// What customers write and who they are is personal; a new text field needs a decision.
    void onlyTheOfficesOwnWordsStandInClear()
    {
        std::set<QByteArray> found;
        for (const Kind &kind : kinds()) {
            ClearTexts clear;
            std::visit([&](const auto &f) { clear.visit(f); }, kind.example);
            for (const QByteArray &path : clear.paths)
                found.insert(kind.name + '.' + path);
        }
        for (const QByteArray &path : found)
            QVERIFY2(OfficesOwn.contains(path), path + " would outlive an erased person");
        QCOMPARE(found, OfficesOwn);
    }

    /// There are few enough phone numbers to try them all.
    void anErasedNumberCannotBeFoundByTrying()
    {
        const QString number = u"+491512345678"_s;
        const AddressId id = Address::newId("salt", u"phone"_s, {}, number);
        const Fact linked = AddressLinked{{id, {}, u"phone"_s, {}, number, {}, Evidence::Verified}};
        Batch batch = batchOf(linked);
        batch.facts.push_back(linked);
        const ArchivedFact kept = archive(linked, saltOf(batch, 0));
        const QByteArray plain = codec::encode(number);
        for (const QByteArray &guess :
             {plain, number.toUtf8(), "1.5" + plain, "1.5:" + plain, batch.salt + plain})
            QVERIFY(
                !kept.body.contains(QCryptographicHash::hash(guess, QCryptographicHash::Sha256)));
        QVERIFY(!kept.body.contains(Address::lookupKey(u"phone"_s, {}, number)));
        // The salt goes with the plain value, and the one of another fact does not lead to it.
        QVERIFY(kept.personal.contains(saltOf(batch, 0)));
        QVERIFY(!kept.body.contains(saltOf(batch, 0)));
        QVERIFY(!kept.personal.contains(batch.salt));
        QVERIFY(saltOf(batch, 0) != saltOf(batch, 1));
        const ArchivedFact twin = archive(linked, saltOf(batch, 1));
        QVERIFY(twin.body != kept.body);
        // On every node the same: it comes from the log entry.
        const Result<Batch> elsewhere = decodeBatch(encode(batch));
        QVERIFY(elsewhere);
        QCOMPARE(saltOf(*elsewhere, 1), saltOf(batch, 1));
        QVERIFY(*restore(kept) == linked && *restore(twin) == linked);
    }

    void personalContentStaysOutOfTheArchivedBody()
    {
        const Message message = tests::Filler().filled<Message>();
        const ArchivedFact archived = ::archived(MessageAdded{message});
        QVERIFY(!archived.body.contains(message.content.text.toUtf8()));
        QVERIFY(archived.personal.contains(message.content.text.toUtf8()));
        const Result<Fact> erased = restore({archived.type, archived.version, archived.body, {}});
        QVERIFY(erased);
        QCOMPARE(std::get<MessageAdded>(*erased).message.content, Content{});
        QCOMPARE(std::get<MessageAdded>(*erased).message.id, message.id);
    }

    void whatOnlyANewerProgramKnowsIsRefusedByName_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("version");
        QTest::newRow("newer version") << QueueDeleted::type << QueueDeleted::version + 1;
        QTest::newRow("far newer version") << QueueDeleted::type << std::numeric_limits<int>::max();
        QTest::newRow("unknown type") << 9999 << 1;
        QTest::newRow("unknown type of a later kind") << 1'000'000 << 7;
    }
    void whatOnlyANewerProgramKnowsIsRefusedByName()
    {
        QFETCH(int, type);
        QFETCH(int, version);
        const QByteArray body = bodyOf(QueueDeleted{derivedId<QueueId>(NodeId{}, "queue")});
        const Result<Batch> batch = decodeBatch(entryWith({type, version, body}));
        QVERIFY(!batch);
        QCOMPARE(batch.error().code, Error::Code::Rejected);
        QCOMPARE(batch.error().state, u"unknown-fact"_s);
        QVERIFY2(batch.error().detail.contains(u"needs a newer Peerdesk"_s),
                 qPrintable(batch.error().detail));
        const Result<Fact> fact = restore({type, version, body, {}});
        QVERIFY(!fact);
        QCOMPARE(fact.error().state, u"unknown-fact"_s);
    }

    /// M145: it stops before the first fact that it could not read.
    void whatIsOfALaterLevelIsRefused()
    {
        const auto back = qScopeGuard([] { programLevel = AnyLevel, levelOfNewFacts = 1; });
        const std::vector<Fact> facts{QueueDeleted{derivedId<QueueId>(NodeId{}, "queue")},
                                      FeatureLevelRaised{derivedId<OfficeId>(NodeId{}, "o"), 3}};
        levelOfNewFacts = 3;
        for (const Fact &fact : facts) {
            const QByteArray entry = encode(batchOf(fact));
            programLevel = 3;
            QVERIFY(decodeBatch(entry));
            programLevel = 2;
            const Result<Batch> refused = decodeBatch(entry);
            QVERIFY(!refused);
            QCOMPARE(refused.error().state, u"unknown-fact"_s);
            QVERIFY(refused.error().detail.endsWith(u"needs a newer Peerdesk: update this PC"_s));
        }
    }

    void anOlderVersionIsRaisedStepByStep()
    {
        const QueueDeleted now{derivedId<QueueId>(NodeId{}, "queue")};
        const QByteArray body = bodyOf(now);
        const std::vector<std::pair<int, QByteArray>> versions{
            {QueueDeleted::version, body}, {0, 'x' + body}, {-1, body + body}};
        for (const auto &[version, bytes] : versions) {
            const auto batch = decodeBatch(entryWith({QueueDeleted::type, version, bytes}),
                                           historyOfQueueDeleted());
            QVERIFY2(batch, QByteArray::number(version).constData());
            QCOMPARE(batch->facts, std::vector<Fact>{now});
            const auto fact =
                restore({QueueDeleted::type, version, bytes, {}}, historyOfQueueDeleted());
            QVERIFY2(fact && *fact == Fact(now), QByteArray::number(version).constData());
        }
    }

    void aStepNamesNeitherTypeNorVersion()
    {
        const Upcaster careless{5, 1, [](const ArchivedFact &) -> Result<ArchivedFact> {
                                    return ArchivedFact{77, 12, "b", "p"};
                                }};
        const auto raised = upcast({5, 1, "a", {}}, 2, {&careless, 1});
        QVERIFY(raised);
        QCOMPARE(raised->type, 5);
        QCOMPARE(raised->version, 2);
        QCOMPARE(raised->body, QByteArray("b"));
        QCOMPARE(raised->personal, QByteArray("p"));
    }

    void aVersionThatNeverWasIsDamageAndNotNews_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("version");
        QTest::addColumn<QByteArray>("body");
        const QByteArray body = bodyOf(QueueDeleted{derivedId<QueueId>(NodeId{}, "queue")});
        QTest::newRow("before the first") << QueueDeleted::type << -2 << body;
        QTest::newRow("smallest") << QueueDeleted::type << std::numeric_limits<int>::min() << body;
        QTest::newRow("another type's") << QueueSaved::type << 0 << body;
        QTest::newRow("its step says no") << QueueDeleted::type << -1 << QByteArray("odd");
        QTest::newRow("raised to nonsense") << QueueDeleted::type << 0 << QByteArray("x\xff");
        QTest::newRow("current, no body") << QueueDeleted::type << 1 << QByteArray();
        QTest::newRow("current, cut short") << QueueDeleted::type << 1 << body.chopped(1);
    }
    void aVersionThatNeverWasIsDamageAndNotNews()
    {
        QFETCH(int, type);
        QFETCH(int, version);
        QFETCH(QByteArray, body);
        const auto batch = decodeBatch(entryWith({type, version, body}), historyOfQueueDeleted());
        QVERIFY(!batch);
        QCOMPARE(batch.error().code, Error::Code::Invalid);
        QVERIFY(!batch.error().detail.contains(u"newer"_s));
        QVERIFY(!restore({type, version, body, {}}, historyOfQueueDeleted()));
    }
};

QTEST_GUILESS_MAIN(TestFacts)
#include "tst_facts.moc"
