// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/indexer.h"
#include "core/store/officestore.h"
#include "tests/core/store/storefixtures.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace peerdesk::store::fixtures;

/// Search needs no new fact to find what was applied before this run.
class TestIndexer : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    QString office() const { return m_folder.filePath(u"office.db"_s); }
    QString search() const { return m_folder.filePath(u"search.db"_s); }

    void apply(int from, int to)
    {
        auto store = store::OfficeStore::open(office());
        QVERIFY(store);
        QVERIFY((*store)->apply(inboundEntries(from, to)));
    }
    quint64 indexedUpTo()
    {
        const auto store = store::SearchStore::open(search());
        return store ? (*store)->appliedIndex() : 0;
    }
    /// Conversations that have the word of message `number`.
    size_t hitsOf(int number)
    {
        const auto store = store::SearchStore::open(search());
        const auto found = store ? (*store)->search(u"\"number %1\""_s.arg(number), 10) : Error{};
        return found ? found->size() : 0;
    }

private Q_SLOTS:
    void aStartCatchesUp()
    {
        apply(1, 20);
        {
            Indexer indexer({office(), search()});
            indexer.follow(20);
            QTRY_COMPARE(indexedUpTo(), quint64(20));
        }
        apply(21, 25); // applied, and killed before search followed
        QCOMPARE(hitsOf(25), size_t(0));
        Indexer indexer({office(), search()});
        indexer.start();
        QTRY_COMPARE(indexedUpTo(), quint64(25));
        QCOMPARE(hitsOf(25), size_t(1));
    }

    void aStartWithoutTheFileFillsIt()
    {
        for (const QString &suffix : {u""_s, u"-wal"_s, u"-shm"_s})
            QFile::remove(search() + suffix);
        Indexer indexer({office(), search()});
        indexer.start();
        QTRY_COMPARE(indexedUpTo(), quint64(25));
        QCOMPARE(hitsOf(3), size_t(1));
    }

    void aStartWithNothingNewDoesNothing()
    {
        Indexer indexer({office(), search()});
        indexer.start();
        QCOMPARE(indexedUpTo(), quint64(25));
    }

    /// The office goes on without search; whoever asks for its state is told, once and until it
    /// works again.
    void thatSearchIsOffIsToldUntilItWorksAgain()
    {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"^Search is off: "_s));
        const QString later = m_folder.filePath(u"later.db"_s);
        Indexer indexer({later, search()});
        QSignalSpy told(&indexer, &Indexer::troubleChanged);
        indexer.start();
        indexer.follow(1);
        QCOMPARE(told.size(), 1);
        QVERIFY(told.takeFirst().front().toString().startsWith(u"Search is off: "));
        QCOMPARE(indexedUpTo(), quint64(25));
        QVERIFY(QFile::copy(office(), later));
        indexer.follow(26);
        QTRY_COMPARE(told.size(), 1);
        QCOMPARE(told.front().front().toString(), QString());
    }
};

QTEST_GUILESS_MAIN(TestIndexer)
#include "tst_indexer.moc"
