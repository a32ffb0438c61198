// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database.h"
#include "core/store/datafolder.h"
#include "storefixtures.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::store;
using namespace Qt::StringLiterals;

class TestDatabase : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString path(const QString &name) const { return m_folder.filePath(name); }
    static std::vector<Migration> first() { return {{1, {u"CREATE TABLE a (x INTEGER)"_s}}}; }
    static std::vector<Migration> second()
    {
        return {{1, {u"CREATE TABLE a (x INTEGER)"_s}}, {2, {u"ALTER TABLE a ADD y INTEGER"_s}}};
    }

private Q_SLOTS:
    void migrationsRunOnceAndInOrder()
    {
        {
            auto db = Database::open(path(u"m.db"_s), {Access::ReadWrite, first(), 512, {}});
            QVERIFY2(db, qPrintable(db.error().detail));
            QVERIFY((*db)->run(u"INSERT INTO a VALUES (7)"_s));
        }
        for (int i = 0; i < 2; ++i) {
            auto db = Database::open(path(u"m.db"_s), {Access::ReadWrite, second(), 512, {}});
            QVERIFY2(db, qPrintable(db.error().detail));
            auto rows = (*db)->run(u"SELECT x, y FROM a"_s);
            QVERIFY(rows && (*rows)->next());
            QCOMPARE((*rows)->value(0).toInt(), 7);
        }
    }

    void aFailedMigrationLeavesTheFileAsItWas()
    {
        QVERIFY(Database::open(path(u"f.db"_s), {Access::ReadWrite, first(), 512, {}}));
        const std::vector<Migration> bad{{1, {}},
                                         {2, {u"ALTER TABLE a ADD z INTEGER"_s, u"nonsense"_s}}};
        QVERIFY(!Database::open(path(u"f.db"_s), {Access::ReadWrite, bad, 512, {}}));
        QVERIFY(Database::open(path(u"f.db"_s), {Access::ReadWrite, second(), 512, {}}));
    }

    void whatIsDeferredStaysInTheWalUntilTidyOrTheBound()
    {
        auto db = Database::open(path(u"t.db"_s), {Access::ReadWrite, first(), 512, {}});
        QVERIFY2(db, qPrintable(db.error().detail));
        (*db)->deferCheckpoints();
        const auto size = [this] { return QFileInfo(path(u"t.db"_s)).size(); };
        const auto put = [&](int bytes) {
            return bool((*db)->run(u"INSERT INTO a VALUES (zeroblob(?))"_s, {bytes}));
        };
        const qint64 before = size();
        QVERIFY(put(4'096 * Database::TidyPages * 2)); // SQLite itself would move it now
        QCOMPARE(size(), before);
        (*db)->tidy();
        const qint64 tidied = size();
        QVERIFY(tidied > 4'096 * Database::TidyPages);
        (*db)->tidy(); // there is nothing
        QVERIFY(put(100));
        (*db)->tidy(); // there is too little
        QCOMPARE(size(), tidied);
        QVERIFY(put(4'096 * Database::MaxWalPages)); // nobody tidies
        QVERIFY(size() > 4'096 * Database::MaxWalPages);
    }

    void aNewerFileIsRefusedAndUntouched()
    {
        QVERIFY(Database::open(path(u"n.db"_s), {Access::ReadWrite, second(), 512, {}}));
        const auto db = Database::open(path(u"n.db"_s), {Access::ReadWrite, first(), 512, {}});
        QVERIFY(!db);
        QCOMPARE(db.error().code, Error::Code::Storage);
        QCOMPARE(db.error().state, u"newer-version"_s);
        QVERIFY(db.error().detail.contains(u"newer version of Peerdesk"_s));
        QVERIFY(Database::open(path(u"n.db"_s), {Access::ReadWrite, second(), 512, {}}));
    }

    void whatIsNoDatabaseIsRefused_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("text") << QByteArray("this is no database, it is a letter").repeated(300);
        QTest::newRow("torn header") << QByteArray("SQLite format 3\0\x10", 17).repeated(100);
    }
    void aFullDiskIsNamedWhereverItIsMet()
    {
        QVERIFY(Database::open(path(u"full.db"_s), {Access::ReadWrite, first(), 512, {}}));
        const fixtures::FullDisk disk(1'000);
        const auto db = Database::open(path(u"full.db"_s), {Access::ReadWrite, second(), 512, {}});
        QVERIFY(!db);
        QCOMPARE(db.error().state, u"disk-full"_s);
    }

    void whatIsNoDatabaseIsRefused()
    {
        QFETCH(QByteArray, bytes);
        QFile file(path(u"letter.db"_s));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
        file.close();
        const auto db = Database::open(file.fileName(), {Access::ReadWrite, first(), 512, {}});
        QVERIFY(!db);
        QCOMPARE(db.error().state, u"corrupt"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), bytes);
    }

    void aKeyIsNeverIgnored()
    {
        const auto db = Database::open(path(u"k.db"_s), {Access::ReadWrite, first(), 512, "key"});
        QVERIFY(!db);
        QCOMPARE(db.error().code, Error::Code::Storage);
    }

    void everyCommitIsSynced()
    {
        auto db = Database::open(path(u"s.db"_s), {Access::ReadWrite, first(), 512, {}});
        auto synchronous = (*db)->run(u"PRAGMA synchronous"_s);
        QVERIFY(synchronous && (*synchronous)->next());
        QCOMPARE((*synchronous)->value(0).toInt(), 2); // FULL
        (*synchronous)->finish();
        auto mode = (*db)->run(u"PRAGMA journal_mode"_s);
        QVERIFY(mode && (*mode)->next());
        QCOMPARE((*mode)->value(0).toString(), u"wal"_s);
    }

    void aReaderCannotWrite()
    {
        QVERIFY(Database::open(path(u"r.db"_s), {Access::ReadWrite, first(), 512, {}}));
        auto db = Database::open(path(u"r.db"_s), {Access::ReadOnly, first(), 512, {}});
        QVERIFY2(db, qPrintable(db.error().detail));
        const auto written = (*db)->run(u"INSERT INTO a VALUES (1)"_s);
        QVERIFY(!written);
        QCOMPARE(written.error().state, u"read-only"_s);
    }

    void theFolderBelongsToOneProcess()
    {
        auto first = DataFolder::open(path(u"office"_s));
        QVERIFY2(first, qPrintable(first.error().detail));
        const auto second = DataFolder::open(path(u"office"_s));
        QVERIFY(!second);
        QCOMPARE(second.error().code, Error::Code::Rejected);
        QCOMPARE(second.error().state, u"in-use"_s);
        QVERIFY(second.error().detail.contains(u"process %1"_s.arg(getpid())));
        first->reset();
        QVERIFY(DataFolder::open(path(u"office"_s)));
    }

    void theFolderIsClosedToOthers()
    {
        QVERIFY(QDir().mkpath(path(u"wide"_s)));
        QFile::setPermissions(path(u"wide"_s), QFile::Permissions(0x7777));
        auto folder = DataFolder::open(path(u"wide"_s));
        QVERIFY(folder);
        const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup |
                            QFile::ReadOther | QFile::WriteOther | QFile::ExeOther;
        QVERIFY(!(QFile::permissions(path(u"wide"_s)) & others));
    }

    void aFolderThatCannotBeWrittenIsAClearError()
    {
        fixtures::OrdinaryUser user;
        const auto folder = DataFolder::open(u"/proc/peerdesk"_s);
        QVERIFY(!folder);
        QCOMPARE(folder.error().code, Error::Code::Storage);
        QVERIFY(folder.error().detail.contains(u"/proc/peerdesk"_s));
    }
};

QTEST_GUILESS_MAIN(TestDatabase)
#include "tst_database.moc"
