// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/consensus.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::cluster;
using namespace Qt::StringLiterals;

/// The log of a PC alone.
class TestSoleVoter : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Consensus> m_log;
    std::vector<store::LogEntry> m_committed;

    void start(const QString &name, quint64 appliedIndex)
    {
        m_committed.clear();
        m_log = soleVoter(m_folder.filePath(name));
        connect(m_log.get(), &Consensus::committed, this,
                [this](const std::vector<store::LogEntry> &entries) {
                    m_committed.insert(m_committed.end(), entries.begin(), entries.end());
                });
        QSignalSpy ready(m_log.get(), &Consensus::ready);
        QSignalSpy lost(m_log.get(), &Consensus::lost);
        m_log->start(appliedIndex);
        QTRY_COMPARE(ready.count() + lost.count(), 1);
        QCOMPARE(lost.count(), 0);
    }
    void commit(const QByteArray &payload)
    {
        const size_t before = m_committed.size();
        m_log->submit(payload);
        QTRY_COMPARE(m_committed.size(), before + 1);
        QCOMPARE(m_committed.back().payload, payload);
    }

private Q_SLOTS:
    void cleanup() { m_log.reset(); }

    void reportsWhatTheTablesLackAndGoesOnInANewTerm()
    {
        start(u"a.db"_s, 0);
        commit("one");
        commit("two");
        const quint64 term = m_log->term();
        start(u"a.db"_s, 1);
        QCOMPARE(m_committed.size(), size_t(1));
        QCOMPARE(m_committed.front().payload, QByteArray("two"));
        QVERIFY(m_log->term() > term);
        QCOMPARE(m_log->nextIndex(), 3U);
    }

    void aLogOlderThanTheTablesGoesOnBehindThem()
    {
        start(u"b.db"_s, 0);
        commit("from a backup");
        start(u"b.db"_s, 7);
        QVERIFY(m_committed.empty());
        commit("after it");
        QCOMPARE(m_committed.back().index, 8U);
        start(u"b.db"_s, 7);
        QCOMPARE(m_committed.size(), size_t(1));
        QCOMPARE(m_committed.front().index, 8U);
    }
};

QTEST_GUILESS_MAIN(TestSoleVoter)
#include "tst_solevoter.moc"
