// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/logstore.h"
#include "storefixtures.h"

#include <QTemporaryDir>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::store;
using namespace Qt::StringLiterals;

class TestLogStore : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<LogStore> m_log;

    void reopen()
    {
        m_log.reset();
        auto log = LogStore::open(m_folder->filePath(u"raft.db"_s));
        QVERIFY2(log, qPrintable(log.error().detail));
        m_log = std::move(*log);
    }
    static std::vector<LogEntry> entries(quint64 from, quint64 to, quint64 term = 1)
    {
        std::vector<LogEntry> out;
        for (quint64 i = from; i <= to; ++i)
            out.push_back({i, term, QByteArray::number(i)});
        return out;
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        reopen();
    }

    void aNewLogIsEmpty()
    {
        QCOMPARE(m_log->firstIndex(), 1U);
        QCOMPARE(m_log->lastIndex(), 0U);
        QCOMPARE(m_log->term(), 0U);
        QVERIFY(m_log->read(1, 10)->empty());
        QVERIFY(m_log->append({}));
    }

    void whatWasWrittenIsThereAfterReopening()
    {
        QVERIFY(m_log->append(entries(1, 100)));
        QVERIFY(m_log->append({{101, 2, {}}}));
        QVERIFY(m_log->setTerm(3, 77));
        reopen();
        QCOMPARE(m_log->lastIndex(), 101U);
        QCOMPARE(m_log->lastTerm(), 2U);
        QCOMPARE(m_log->term(), 3U);
        QCOMPARE(m_log->vote(), 77U);
        const auto read = m_log->read(100, 10);
        QCOMPARE(read->size(), size_t(2));
        QCOMPARE(read->front(), (LogEntry{100, 1, "100"}));
        QVERIFY(read->back().payload.isEmpty());
    }

    void theTermNeverGoesBack()
    {
        QVERIFY(m_log->setTerm(5, 1));
        QVERIFY(m_log->setTerm(5, 0));
        const auto back = m_log->setTerm(4, 2);
        QVERIFY(!back);
        QCOMPARE(back.error().code, Error::Code::Invalid);
        reopen();
        QCOMPARE(m_log->term(), 5U);
    }

    void newEntriesReplaceTheTail()
    {
        QVERIFY(m_log->append(entries(1, 10)));
        QVERIFY(m_log->append(entries(6, 7, 2)));
        QCOMPARE(m_log->lastIndex(), 7U);
        reopen();
        QCOMPARE(m_log->lastIndex(), 7U);
        QCOMPARE(m_log->read(1, 100)->size(), size_t(7));
        QCOMPARE(m_log->read(6, 1)->front().term, 2U);
    }

    void whatWouldBreakTheLogIsRefusedWhole_data()
    {
        QTest::addColumn<QList<quint64>>("indexes");
        QTest::newRow("gap") << QList<quint64>{12};
        QTest::newRow("gap inside") << QList<quint64>{11, 13};
        QTest::newRow("twice") << QList<quint64>{11, 11};
        QTest::newRow("zero") << QList<quint64>{0};
        QTest::newRow("cut") << QList<quint64>{3};
    }
    void whatWouldBreakTheLogIsRefusedWhole()
    {
        QFETCH(QList<quint64>, indexes);
        QVERIFY(m_log->append(entries(1, 10)));
        QVERIFY(m_log->cutBelow(5));
        std::vector<LogEntry> bad;
        for (const quint64 index : indexes)
            bad.push_back({index, 1, "x"});
        QVERIFY(!m_log->append(bad));
        QCOMPARE(m_log->lastIndex(), 10U);
        QCOMPARE(m_log->read(5, 100)->size(), size_t(6));
    }

    void aTooLargeEntryIsRefused()
    {
        QVERIFY(m_log->append({{1, 1, QByteArray(MaxPayloadBytes, 'x')}}));
        const auto over = m_log->append({{2, 1, QByteArray(MaxPayloadBytes + 1, 'x')}});
        QVERIFY(!over);
        QCOMPARE(over.error().code, Error::Code::TooLarge);
        QCOMPARE(m_log->lastIndex(), 1U);
    }

    void cuttingForgetsTheHeadOnly()
    {
        QVERIFY(m_log->append(entries(1, 10, 4)));
        QVERIFY(m_log->cutBelow(8));
        QCOMPARE(m_log->firstIndex(), 8U);
        QCOMPARE(m_log->read(7, 1).error().code, Error::Code::NotFound);
        QVERIFY(!m_log->cutBelow(12));
        QVERIFY(m_log->cutBelow(11));
        reopen();
        QCOMPARE(m_log->firstIndex(), 11U);
        QCOMPARE(m_log->lastIndex(), 10U);
        QCOMPARE(m_log->lastTerm(), 4U);
        QVERIFY(m_log->append(entries(11, 11, 4)));
    }

    void aLongCutIsDoneInParts()
    {
        QVERIFY(m_log->append(entries(1, 3 * MaxCutEntries)));
        int calls = 0;
        while (m_log->firstIndex() < 2 * MaxCutEntries + 10) {
            QVERIFY(m_log->cutBelow(2 * MaxCutEntries + 10));
            ++calls;
        }
        QCOMPARE(calls, 3);
        QCOMPARE(m_log->firstIndex(), quint64(2 * MaxCutEntries + 10));
    }

    void aCutRemembersTheNewestChangeBeforeIt()
    {
        const auto change = LogEntry::Kind::Change;
        QVERIFY(m_log->append({{1, 1, "founder", change}, {2, 1, "a"}, {3, 1, "two", change}}));
        QVERIFY(m_log->append({{4, 1, {}, LogEntry::Kind::Barrier}, {5, 2, "b"}, {6, 2, "c"}}));
        QVERIFY(m_log->cutBelow(3));
        QCOMPARE(m_log->base(), (LogBase{2, 1, 1, "founder"}));
        QVERIFY(m_log->cutBelow(6));
        reopen();
        QCOMPARE(m_log->base(), (LogBase{5, 2, 3, "two"}));
        QCOMPARE(m_log->read(6, 9)->front().kind, LogEntry::Kind::Command);
    }

    void aLogOlderThanTheTablesGoesOnBehindThem()
    {
        const LogBase base{9, 4, 7, "members"};
        QVERIFY(m_log->append(entries(1, 2)));
        QVERIFY(m_log->restartBehind(base));
        QVERIFY(!m_log->restartBehind({8, 4, 7, "members"}));
        QCOMPARE(m_log->firstIndex(), 10U);
        QCOMPARE(m_log->lastIndex(), 9U);
        QCOMPARE(m_log->lastTerm(), 4U);
        QVERIFY(!m_log->append(entries(3, 3)));
        QVERIFY(m_log->append(entries(10, 10, 5)));
        reopen();
        QCOMPARE(m_log->base(), base);
        QCOMPARE(m_log->lastIndex(), 10U);
    }

    void aFullDiskKeepsTheLogWhole()
    {
        QVERIFY(m_log->append(entries(1, 10)));
        {
            const fixtures::FullDisk disk(200'000);
            std::vector<LogEntry> big;
            for (quint64 i = 11; i <= 20; ++i)
                big.push_back({i, 1, QByteArray(200'000, 'x')});
            const auto full = m_log->append(big);
            QVERIFY(!full);
            QCOMPARE(full.error().code, Error::Code::Storage);
            QCOMPARE(m_log->lastIndex(), 10U);
        }
        reopen();
        QCOMPARE(m_log->lastIndex(), 10U);
        QVERIFY(m_log->append(entries(11, 12)));
    }
};

QTEST_GUILESS_MAIN(TestLogStore)
#include "tst_logstore.moc"
