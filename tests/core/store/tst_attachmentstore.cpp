// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/attachmentstore.h"
#include "storefixtures.h"

#include <QCryptographicHash>
#include <QDirIterator>
#include <QTemporaryDir>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::store;
using namespace Qt::StringLiterals;

class TestAttachmentStore : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    AttachmentStore m_store{m_folder.filePath(u"attachments"_s)};

private Q_SLOTS:
    void bytesComeBackAsTheyWere_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("nothing") << QByteArray("");
        QTest::newRow("zeros") << QByteArray(1000, '\0');
        QTest::newRow("a megabyte") << QByteArray(1 << 20, 'x');
    }
    void bytesComeBackAsTheyWere()
    {
        QFETCH(QByteArray, bytes);
        const auto sha256 = m_store.put(bytes);
        QVERIFY2(sha256, qPrintable(sha256.error().detail));
        QCOMPARE(*sha256, QCryptographicHash::hash(bytes, QCryptographicHash::Sha256));
        QVERIFY(m_store.has(*sha256));
        QCOMPARE(*m_store.get(*sha256), bytes);
        QCOMPARE(*m_store.put(bytes), *sha256);
    }

    void tooMuchIsRefused()
    {
        const auto put = m_store.put(QByteArray(MaxAttachmentBytes + 1, 'x'));
        QVERIFY(!put);
        QCOMPARE(put.error().code, Error::Code::TooLarge);
    }

    void aNameThatIsNoHashNeverBecomesAPath_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("path") << QByteArray("../../../../etc/passwd");
        QTest::newRow("long") << QByteArray(33, 'a');
    }
    void aNameThatIsNoHashNeverBecomesAPath()
    {
        QFETCH(QByteArray, name);
        QVERIFY(!m_store.has(name));
        QVERIFY(m_store.pathOf(name).isEmpty());
        QCOMPARE(m_store.get(name).error().code, Error::Code::Invalid);
    }

    void whatIsNotThereIsNotFound()
    {
        QCOMPARE(m_store.get(QByteArray(32, 'n')).error().code, Error::Code::NotFound);
    }

    void aChangedFileIsNoticedAndHealedByTheNextPut()
    {
        const QByteArray sha256 = *m_store.put("invoice");
        QFile file(m_store.pathOf(sha256));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("changed") == 7);
        file.close();
        const auto read = m_store.get(sha256);
        QVERIFY(!read);
        QCOMPARE(read.error().code, Error::Code::Storage);
        QCOMPARE(read.error().state, u"corrupt"_s);
        QVERIFY(m_store.put("invoice"));
        QCOMPARE(*m_store.get(sha256), QByteArray("invoice"));
    }

    void aFullDiskLeavesNothingBehind()
    {
        const QByteArray bytes(300'000, 'f');
        {
            const fixtures::FullDisk disk(100'000);
            const auto put = m_store.put(bytes);
            QVERIFY(!put);
            QCOMPARE(put.error().code, Error::Code::Storage);
        }
        const QByteArray sha256 = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
        QVERIFY(!m_store.has(sha256));
        QDirIterator files(m_folder.path(), {u"new-*"_s}, QDir::Files,
                           QDirIterator::Subdirectories);
        QVERIFY(!files.hasNext());
        QVERIFY(m_store.put(bytes));
    }
};

QTEST_GUILESS_MAIN(TestAttachmentStore)
#include "tst_attachmentstore.moc"
