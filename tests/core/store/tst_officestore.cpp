// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database.h"
#include "core/store/digest.h"
#include "core/store/factarchive.h"
#include "core/store/officereader.h"
#include "core/store/officeschema.h"
#include "core/store/officestore.h"
#include "core/store/rebuild.h"
#include "storefixtures.h"

#include <QCborArray>
#include <QCborMap>
#include <QCborValue>
#include <QDir>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

using namespace peerdesk;
using namespace peerdesk::store;
using namespace Qt::StringLiterals;
using namespace peerdesk::store::fixtures;

namespace {

constexpr int GroupSize = 7;

/// Changes the type of the batch's first fact to one that no program knows.
QByteArray withUnknownFact(const QByteArray &batch)
{
    constexpr int FactsKey = 8;
    constexpr int TypeKey = 1;
    QCborMap envelope = QCborValue::fromCbor(batch).toMap();
    QCborArray facts = envelope.value(FactsKey).toArray();
    QCborMap fact = facts[0].toMap();
    fact[TypeKey] = 9999;
    facts[0] = fact;
    envelope[FactsKey] = facts;
    return envelope.toCborValue().toCbor();
}

std::unique_ptr<OfficeStore> openStore(const QString &path)
{
    auto store = OfficeStore::open(path);
    if (!store)
        qFatal("%s", qPrintable(store.error().detail));
    return std::move(*store);
}

/// Child process: applies group after group and prints each applied index once it may be relied on.
int applyForever(const QString &path)
{
    const auto store = openStore(path);
    for (;;) {
        const int next = int(store->appliedIndex()) + 1;
        if (!store->apply(inboundEntries(next, next + GroupSize - 1)))
            return 1;
        std::printf("%llu\n", static_cast<unsigned long long>(store->appliedIndex()));
        std::fflush(stdout);
    }
}

/// Child process: rebuilds again and again.
int rebuildForever(const QString &path)
{
    std::printf("begin\n");
    std::fflush(stdout);
    while (rebuild(path)) {
    }
    return 1;
}

/// Child process: prints the digest of a fixed history.
int printDigest(const QString &path)
{
    const auto store = openStore(path);
    if (!store->apply(inboundEntries(1, 200)))
        return 1;
    std::printf("%s", store->digest().toHex().constData());
    return 0;
}

} // namespace

class TestOfficeStore : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString path(const QString &name = u"office.db"_s) const { return m_folder->filePath(name); }

    QByteArray execute(const QString &sql) const
    {
        auto db = Database::open(path(), {Access::ReadWrite, officeSchema(), 512, {}});
        const auto rows = (*db)->run(sql);
        if (!rows)
            return rows.error().detail.toUtf8();
        return (*rows)->next() ? (*rows)->value(0).toByteArray() : QByteArray();
    }

    /// Makes the page unreadable on which the table or index begins.
    void overwriteRootOf(const QString &name) const
    {
        const QByteArray root =
            execute(u"SELECT rootpage FROM sqlite_master WHERE name = '%1'"_s.arg(name));
        const qint64 pageSize = execute(u"PRAGMA page_size"_s).toLongLong();
        QVERIFY(root.toLongLong() > 1 && pageSize > 0);
        overwrite((root.toLongLong() - 1) * pageSize, pageSize);
    }
    /// The page on which a row with these bytes lies.
    void overwritePageWith(const QByteArray &bytes) const
    {
        const qint64 pageSize = execute(u"PRAGMA page_size"_s).toLongLong();
        QFile file(path());
        QVERIFY(bytes.size() >= 16 && file.open(QIODevice::ReadOnly));
        const qsizetype at = file.readAll().indexOf(bytes);
        QVERIFY(at > pageSize);
        overwrite(at / pageSize * pageSize, pageSize);
    }
    void overwrite(qint64 at, qint64 size) const
    {
        execute(u"PRAGMA wal_checkpoint(TRUNCATE)"_s);
        QFile file(path());
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(at));
        QCOMPARE(file.write(QByteArray(qsizetype(size), '\xee')), size);
    }

    static QByteArray digestUnder(const QStringList &environment, const QString &path)
    {
        QProcess child;
        child.setEnvironment(QProcess::systemEnvironment() + environment);
        child.start(QCoreApplication::applicationFilePath(), {u"--digest"_s, path});
        return child.waitForFinished(30'000) ? child.readAllStandardOutput() : QByteArray();
    }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void sumsDoNotDependOnOrderAndCanBeTakenBack()
    {
        const Lanes full{~0ULL, ~0ULL, ~0ULL, ~0ULL};
        const Lanes one{1, 0, 0, 0};
        Digest digest;
        digest.add(full);
        digest.add(one);
        QCOMPARE(digest, Digest());
        digest.subtract(one);
        QCOMPARE(digest.bytes(), QByteArray(32, '\xff'));
        const Lanes a = rowHash("t", "key", "body");
        QVERIFY(a != rowHash("tk", "ey", "body"));
        QVERIFY(a != rowHash("u", "key", "body"));
        Digest left;
        Digest right;
        left.add(a);
        left.add(full);
        right.add(full);
        right.add(a);
        QCOMPARE(left, right);
        QCOMPARE(Digest::fromBytes(left.bytes()), left);
    }

    void theRunningDigestEqualsOneOverAllRows()
    {
        const auto store = openStore(path());
        QCOMPARE(store->digest(), QByteArray(32, '\0'));
        for (int next = 1; next < 300; next += 30)
            QVERIFY(store->apply(inboundEntries(next, next + 29)));
        QVERIFY(store->digest() != QByteArray(32, '\0'));
        QCOMPARE(store->digest(), *store->recomputeDigest());
        QCOMPARE(store->appliedIndex(), 300U);
    }

    void groupingDoesNotChangeTheOutcome()
    {
        const auto together = openStore(path(u"a.db"_s));
        const auto apart = openStore(path(u"b.db"_s));
        QVERIFY(together->apply(inboundEntries(1, 60)));
        for (int i = 1; i <= 60; ++i)
            QVERIFY(apart->apply(inboundEntries(i, i)));
        QCOMPARE(together->digest(), apart->digest());
        QCOMPARE(*together->recomputeDigest(), *apart->recomputeDigest());
    }

    void createdAndErasedInOneGroupLeavesNothing()
    {
        const auto store = openStore(path());
        const QByteArray empty = store->digest();
        Queue queue;
        queue.id = idOf<QueueId>("q");
        const auto created = batchOf(1, {events::QueueSaved{queue}});
        const auto erased = batchOf(2, {events::QueueDeleted{queue.id}});
        QVERIFY(store->apply({entryOf(1, created), entryOf(2, erased)}));
        QCOMPARE(store->digest(), empty);
        QVERIFY(store->apply({entryOf(3, created)}));
        QVERIFY(store->digest() != empty);
        QVERIFY(store->apply({entryOf(4, erased)}));
        QCOMPARE(store->digest(), empty);
        QCOMPARE(*store->recomputeDigest(), empty);
    }

    void aReplayChangesNothing()
    {
        auto store = openStore(path());
        QVERIFY(store->apply(inboundEntries(1, 20)));
        const QByteArray digest = store->digest();
        store = openStore(path());
        const auto again = store->apply(inboundEntries(1, 20));
        QVERIFY(again && again->batches.empty());
        QCOMPARE(again->index, 20U);
        QCOMPARE(store->digest(), digest);
        const auto overlapping = store->apply(inboundEntries(15, 25));
        QCOMPARE(overlapping->batches.size(), size_t(5));
        QCOMPARE(overlapping->batches.front().index, 21U);
        QCOMPARE(*store->recomputeDigest(), store->digest());
    }

    /// The log may be cut only below what survives a cut of the power.
    void onlyNowAndThenIsACommitSynced()
    {
        constexpr int Most = int(MaxUnsynced);
        const auto store = openStore(path());
        QCOMPARE(store->apply(inboundEntries(1, Most - 1))->synced, 0U);
        QCOMPARE(store->apply(inboundEntries(Most, Most))->synced, MaxUnsynced);
        QCOMPARE(store->apply(inboundEntries(Most + 1, 2 * Most - 1))->synced, MaxUnsynced);
        QCOMPARE(store->apply({})->synced, MaxUnsynced);
        QCOMPARE(store->apply(inboundEntries(2 * Most, 2 * Most))->synced, 2 * MaxUnsynced);
    }

    /// A PC whose power goes right after it has founded or joined an office still finds it.
    void whoBelongsToTheOfficeIsSyncedAtOnce()
    {
        const auto store = openStore(path());
        const auto entry = [](quint64 index, const events::Fact &fact) {
            events::Batch batch;
            batch.term = 1;
            batch.facts = {fact};
            return entryOf(index, batch);
        };
        QCOMPARE(store->apply({entry(1, events::OfficeCreated{})})->synced, 1U);
        QCOMPARE(store->apply(inboundEntries(2, 4))->synced, 1U);
        QCOMPARE(store->apply({entry(5, events::NodeJoined{})})->synced, 5U);
        QCOMPARE(store->apply({entry(6, events::NodeChanged{})})->synced, 6U);
    }

    /// What an earlier run left unsynced may still be lost.
    void afterOpeningNothingIsKnownToBeSynced()
    {
        QVERIFY(openStore(path())->apply(inboundEntries(1, int(MaxUnsynced))));
        const auto store = openStore(path());
        QCOMPARE(store->appliedIndex(), MaxUnsynced);
        QCOMPARE(store->syncedIndex(), 0U);
    }

    void aBatchOfAnotherTermIsDroppedButCounted()
    {
        const auto store = openStore(path());
        const QByteArray empty = store->digest();
        LogEntry entry = entryOf(1, inboundBatch(10));
        entry.term = 2;
        const auto applied = store->apply({entry, {2, 2, {}}});
        QVERIFY(applied);
        QCOMPARE(applied->index, 2U);
        QVERIFY(applied->batches[0].isDropped && applied->batches[1].isDropped);
        QCOMPARE(store->digest(), empty);
        QCOMPARE(store->appliedIndex(), 2U);
        QCOMPARE(openStore(path())->appliedTerm(), 2U);
        QCOMPARE(execute(u"SELECT count(*) FROM fact"_s), QByteArray("0"));
    }

    void anUnknownFactStopsAndIsNeverSkipped()
    {
        const auto store = openStore(path());
        std::vector<LogEntry> entries = inboundEntries(1, 5);
        entries[2].payload = withUnknownFact(entries[2].payload);
        const auto applied = store->apply(entries);
        QVERIFY(applied);
        QCOMPARE(applied->index, 2U);
        QCOMPARE(applied->batches.size(), size_t(2));
        QVERIFY(applied->stoppedBy.has_value());
        QCOMPARE(applied->stoppedBy->state, u"unknown-fact"_s);
        const auto again = store->apply({entries.begin() + 2, entries.end()});
        QVERIFY(!again);
        QCOMPARE(again.error().code, Error::Code::Rejected);
        QCOMPARE(again.error().state, u"unknown-fact"_s);
        const auto past = store->apply({entries.begin() + 3, entries.end()});
        QVERIFY(!past);
        QCOMPARE(past.error().state, u"gap"_s);
        QCOMPARE(store->appliedIndex(), 2U);
        QCOMPARE(*store->recomputeDigest(), store->digest());
    }

    void damagedEntriesStop_data()
    {
        QTest::addColumn<QByteArray>("payload");
        QTest::newRow("text") << QByteArray("hello");
        QTest::newRow("torn") << events::encode(inboundBatch(10)).left(40);
        QTest::newRow("zeros") << QByteArray(100, '\0');
    }
    void damagedEntriesStop()
    {
        QFETCH(QByteArray, payload);
        const auto store = openStore(path());
        const auto applied = store->apply({{1, 1, payload}});
        QVERIFY(!applied);
        QCOMPARE(applied.error().state, u"corrupt-entry"_s);
        QCOMPARE(store->appliedIndex(), 0U);
    }

    void theArchiveKeepsContentApart()
    {
        const auto store = openStore(path());
        QVERIFY(store->apply(inboundEntries(10, 10).front().index == 10
                                 ? std::vector<LogEntry>{entryOf(1, inboundBatch(10))}
                                 : std::vector<LogEntry>{}));
        QCOMPARE(execute(u"SELECT count(*) FROM fact"_s), QByteArray("5"));
        QCOMPARE(execute(u"SELECT count(*) FROM fact WHERE instr(body, 'parcel') > 0"_s),
                 QByteArray("0"));
        QVERIFY(execute(u"SELECT count(*) FROM content WHERE instr(personal, 'parcel') > 0"_s) !=
                QByteArray("0"));
    }

    void rebuildingGivesTheSameDigest()
    {
        QByteArray digest;
        {
            const auto store = openStore(path());
            QVERIFY(store->apply(inboundEntries(1, 400)));
            digest = store->digest();
        }
        execute(u"DELETE FROM message"_s);
        execute(u"UPDATE conversation SET body = x'a0'"_s);
        const auto report = rebuild(path());
        QVERIFY2(report, qPrintable(report.error().detail));
        QVERIFY(report->digestBefore != digest);
        QCOMPARE(report->digestAfter, digest);
        const auto store = openStore(path());
        QCOMPARE(store->digest(), digest);
        QCOMPARE(*store->recomputeDigest(), digest);
        QCOMPARE(store->appliedIndex(), 400U);
        QVERIFY(store->apply(inboundEntries(401, 410)));
    }

    /// Every table and index that is made from the archive, its root page overwritten.
    void damagedPagesAreRepairedFromTheArchive_data()
    {
        QTest::addColumn<QString>("damaged");
        for (const char *name : {"message", "conversation", "seen", "command", "customer",
                                 "message_by_conversation", "fact_subject", "applied"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void damagedPagesAreRepairedFromTheArchive()
    {
        QFETCH(const QString, damaged);
        QByteArray digest;
        {
            const auto store = openStore(path());
            QVERIFY(store->apply(inboundEntries(1, 400)));
            digest = store->digest();
        }
        overwriteRootOf(damaged);
        const auto report = rebuild(path());
        QVERIFY2(report, report ? "" : qPrintable(report.error().detail));
        QCOMPARE(report->digestAfter, digest);
        const auto store = openStore(path());
        QCOMPARE(store->digest(), digest);
        QCOMPARE(*store->recomputeDigest(), digest);
        QCOMPARE(store->appliedIndex(), 400U);
        QCOMPARE(execute(u"PRAGMA integrity_check"_s), QByteArray("ok"));
        QVERIFY(store->apply(inboundEntries(401, 410)));
        QCOMPARE(QDir(m_folder->path()).entryList({u"*rebuilding*"_s}), QStringList());
    }

    void whatTheArchiveHasLostIsNotPassedOver_data()
    {
        QTest::addColumn<QString>("damaged");
        QTest::addColumn<QString>("row");
        QTest::newRow("fact") << u"fact"_s << QString();
        QTest::newRow("content") << u"content"_s << QString();
        QTest::newRow("batch") << u"batch"_s << QString();
        const QString last = u"SELECT %1 FROM %2 WHERE position = 98560"_s; // of entry 385
        QTest::newRow("one page of facts") << QString() << last.arg(u"body"_s, u"fact"_s);
        QTest::newRow("one page of content") << QString() << last.arg(u"personal"_s, u"content"_s);
        QTest::newRow("one page of batches")
            << QString() << u"SELECT command FROM batch WHERE idx = 385"_s;
    }
    void whatTheArchiveHasLostIsNotPassedOver()
    {
        QFETCH(const QString, damaged);
        QFETCH(const QString, row);
        QVERIFY(openStore(path())->apply(inboundEntries(1, 400)));
        if (row.isEmpty())
            overwriteRootOf(damaged);
        else
            overwritePageWith(execute(row));
        QFile file(path());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray before = file.readAll();
        const auto report = rebuild(path());
        QVERIFY(!report);
        QCOMPARE(report.error().code, Error::Code::Storage);
        QVERIFY(file.seek(0));
        QVERIFY(file.readAll() == before);
        QCOMPARE(QDir(m_folder->path()).entryList({u"*rebuilding*"_s}), QStringList());
    }

    void aRebuildKeepsTheArchiveByteForByte()
    {
        QVERIFY(openStore(path())->apply(inboundEntries(1, 600))); // more than one group
        const auto archive = [this] {
            return execute(u"SELECT group_concat(hex(f.body) || hex(ifnull(c.personal, '')) || "
                           "b.idx || hex(b.command)) FROM fact f JOIN batch b ON "
                           "b.idx = f.position >> 8 LEFT JOIN content c ON "
                           "c.position = f.position"_s);
        };
        const QByteArray before = archive();
        const QByteArray subjects = execute(u"SELECT count(*) FROM fact_subject"_s);
        QVERIFY(rebuild(path()));
        QCOMPARE(archive(), before);
        QCOMPARE(execute(u"SELECT count(*) FROM fact_subject"_s), subjects);
    }

    void aFullDiskLeavesTheOldFile()
    {
        QVERIFY(openStore(path())->apply(inboundEntries(1, 400)));
        const QByteArray digest = openStore(path())->digest();
        execute(u"DELETE FROM message"_s);
        {
            const FullDisk disk(100'000);
            const auto report = rebuild(path());
            QVERIFY(!report);
            QCOMPARE(report.error().code, Error::Code::Storage); // a limit reads as "disk" or "io"
        }
        QCOMPARE(openStore(path())->digest(), digest);
        QCOMPARE(QDir(m_folder->path()).entryList({u"*rebuilding*"_s}), QStringList());
        QCOMPARE(rebuild(path())->digestAfter, digest);
    }

    /// At any moment of a rebuild the program may be killed: the file is the old or the new one.
    void aKilledRebuildIsAsIfItHadNotBegun()
    {
        QVERIFY(openStore(path())->apply(inboundEntries(1, 3'000)));
        const QByteArray digest = openStore(path())->digest();
        for (int round = 0; round < 8; ++round) {
            QProcess child;
            child.start(QCoreApplication::applicationFilePath(), {u"--rebuild"_s, path()});
            QVERIFY(child.waitForReadyRead(20'000));
            const int wait = QRandomGenerator::global()->bounded(1, 400);
            child.waitForFinished(wait);
            child.kill(); // SIGKILL to this child alone
            child.waitForFinished(20'000);
            forgetUnfinishedRebuild(path());
            const auto store = openStore(path());
            QCOMPARE(store->digest(), digest);
            QCOMPARE(*store->recomputeDigest(), digest);
            QCOMPARE(store->appliedIndex(), 3'000U);
        }
    }

    void aRebuildThatCannotEndChangesNothing()
    {
        {
            const auto store = openStore(path());
            QVERIFY(store->apply(inboundEntries(1, 50)));
        }
        execute(u"UPDATE fact SET type = 9999 WHERE position = (SELECT max(position) FROM fact)"_s);
        const QByteArray digest = openStore(path())->digest();
        const auto report = rebuild(path());
        QVERIFY(!report);
        QCOMPARE(report.error().state, u"unknown-fact"_s);
        const auto store = openStore(path());
        QCOMPARE(store->digest(), digest);
        QCOMPARE(*store->recomputeDigest(), digest);
        QCOMPARE(rebuild(path(u"none.db"_s)).error().code, Error::Code::NotFound);
    }

    void killedAtAnyMomentItLosesNothingAcknowledged()
    {
        auto *random = QRandomGenerator::global();
        for (int round = 0; round < 12; ++round) {
            QProcess child;
            child.start(QCoreApplication::applicationFilePath(), {u"--apply"_s, path()});
            QByteArray output;
            const qint64 enough = random->bounded(4, 200);
            while (output.size() < enough) {
                QVERIFY(child.waitForReadyRead(20'000));
                output += child.readAllStandardOutput();
            }
            child.kill(); // SIGKILL to this child alone
            QVERIFY(child.waitForFinished(20'000));
            output += child.readAllStandardOutput();
            output.truncate(output.lastIndexOf('\n'));
            const quint64 acknowledged = output.split('\n').last().toULongLong();
            const auto store = openStore(path());
            QVERIFY(acknowledged > 0);
            QVERIFY(store->appliedIndex() >= acknowledged);
            QCOMPARE(store->appliedIndex() % GroupSize, 0U); // whole groups only
            QCOMPARE(*store->recomputeDigest(), store->digest());
        }
        const auto store = openStore(path());
        const auto fresh = openStore(path(u"fresh.db"_s));
        QVERIFY(fresh->apply(inboundEntries(1, int(store->appliedIndex()))));
        QCOMPARE(fresh->digest(), store->digest());
    }

    void theDigestDoesNotDependOnTheMachine_data()
    {
        QTest::addColumn<QStringList>("environment");
        // Qt takes no other seed than 0; without it every process has one of its own.
        QTest::newRow("no seed") << QStringList{u"QT_HASH_SEED=0"_s};
        QTest::newRow("another seed") << QStringList{};
        QTest::newRow("Turkish, Auckland") << QStringList{
            u"LC_ALL=tr_TR.UTF-8"_s, u"LANG=tr_TR.UTF-8"_s, u"TZ=Pacific/Auckland"_s};
        QTest::newRow("C, New York") << QStringList{u"LC_ALL=C"_s, u"TZ=America/New_York"_s};
    }
    void theDigestDoesNotDependOnTheMachine()
    {
        QFETCH(QStringList, environment);
        const auto store = openStore(path(u"here.db"_s));
        QVERIFY(store->apply(inboundEntries(1, 200)));
        QCOMPARE(digestUnder(environment, path(u"there.db"_s)), store->digest().toHex());
    }

    void aFullDiskAppliesNothingAndGoesOnLater()
    {
        const auto store = openStore(path());
        QVERIFY(store->apply(inboundEntries(1, 20)));
        const QByteArray digest = store->digest();
        {
            const FullDisk disk(100'000);
            const auto full = store->apply(inboundEntries(21, 400));
            QVERIFY(!full);
            QCOMPARE(full.error().code, Error::Code::Storage);
            QCOMPARE(store->appliedIndex(), 20U);
            QCOMPARE(store->digest(), digest);
        }
        QVERIFY(store->apply(inboundEntries(21, 400)));
        QCOMPARE(*store->recomputeDigest(), store->digest());
    }

    void aNewerFileIsRefused()
    {
        openStore(path()).reset();
        execute(u"PRAGMA user_version = 99"_s);
        const auto store = OfficeStore::open(path());
        QVERIFY(!store);
        QCOMPARE(store.error().state, u"newer-version"_s);
        QCOMPARE(OfficeReader::open(path()).error().state, u"newer-version"_s);
    }

    void aFolderThatCannotBeWrittenIsAnError()
    {
        QVERIFY(QFile::setPermissions(m_folder->path(), QFile::ReadOwner | QFile::ExeOwner |
                                                            QFile::ReadOther | QFile::ExeOther));
        {
            const OrdinaryUser user;
            const auto store = OfficeStore::open(path());
            QVERIFY(!store);
            QCOMPARE(store.error().code, Error::Code::Storage);
        }
        QFile::setPermissions(m_folder->path(),
                              QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
};

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    if (arguments.value(1) == u"--apply"_s)
        return applyForever(arguments.value(2));
    if (arguments.value(1) == u"--rebuild"_s)
        return rebuildForever(arguments.value(2));
    if (arguments.value(1) == u"--digest"_s)
        return printDigest(arguments.value(2));
    TestOfficeStore test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_officestore.moc"
