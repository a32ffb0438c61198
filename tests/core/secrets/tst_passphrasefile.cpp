// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/secrets/sealedmap.h"
#include "core/secrets/secretstore.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/resource.h>

using namespace peerdesk;
using namespace peerdesk::secrets;
using namespace Qt::StringLiterals;

class TestPassphraseFile : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    static constexpr PassphraseCost Cheap{1, 8 * 1024 * 1024};

    QString path() const { return m_folder.filePath(u"secrets"_s); }

    template <typename T>
    std::optional<Result<T>> answered(const std::function<void(Completion<T>)> &ask)
    {
        std::optional<Result<T>> out;
        ask({this, [&out](const Result<T> &r) { out = r; }});
        return out;
    }
    Result<Done> store(SecretStore &where, const QString &key, const QByteArray &secret)
    {
        return *answered<Done>(
            [&](Completion<Done> done) { where.store(key, secret, std::move(done)); });
    }
    Result<QByteArray> fetch(SecretStore &where, const QString &key)
    {
        return *answered<QByteArray>(
            [&](Completion<QByteArray> done) { where.fetch(key, std::move(done)); });
    }
    QByteArray bytes() const
    {
        QFile file(path());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void cleanup() { QFile::remove(path()); }

    void secretsSurviveClosingAndTheFileShowsNothing()
    {
        {
            auto opened = passphraseFile(path(), u"correct horse"_s);
            QVERIFY(opened);
            QVERIFY(store(**opened, u"mail/password"_s, QByteArray("hunter2\0hunter2", 15)));
            QVERIFY(store(**opened, u"empty"_s, QByteArray()));
        }
        QCOMPARE(QFile::permissions(path()) & QFileDevice::Permissions(0x0077),
                 QFileDevice::Permissions());
        QVERIFY(!bytes().contains("hunter2"));
        QVERIFY(!bytes().contains("mail/password"));
        QVERIFY(!bytes().contains("correct"));

        auto again = passphraseFile(path(), u"correct horse"_s);
        QVERIFY(again);
        QCOMPARE(*fetch(**again, u"mail/password"_s), QByteArray("hunter2\0hunter2", 15));
        QCOMPARE(*fetch(**again, u"empty"_s), QByteArray());
        QCOMPARE(fetch(**again, u"other"_s).error().code, Error::Code::NotFound);
        QVERIFY(*answered<Done>(
            [&](Completion<Done> done) { (*again)->remove(u"mail/password"_s, std::move(done)); }));
        QCOMPARE(fetch(**again, u"mail/password"_s).error().code, Error::Code::NotFound);
        QVERIFY(!*answered<Done>(
            [&](Completion<Done> done) { (*again)->remove(u"mail/password"_s, std::move(done)); }));
    }

    void onAFullDiskTheFileStaysAsItIs()
    {
        auto opened = passphraseFile(path(), u"correct horse"_s);
        QVERIFY(opened);
        QVERIFY(store(**opened, u"mail/password"_s, "hunter2"));
        const QByteArray before = bytes();
        signal(SIGXFSZ, SIG_IGN);
        rlimit room{};
        getrlimit(RLIMIT_FSIZE, &room);
        const rlimit none{64, room.rlim_max};
        setrlimit(RLIMIT_FSIZE, &none);
        const Result<Done> full = store(**opened, u"chat/key"_s, "another");
        const auto fresh = passphraseFile(path() + u"2"_s, u"correct horse"_s);
        setrlimit(RLIMIT_FSIZE, &room);
        QVERIFY(!full);
        QVERIFY(full.error().detail.contains(path()));
        QCOMPARE(bytes(), before);
        QVERIFY(!fresh);
        QVERIFY(!QFile::exists(path() + u"2"_s));
        QVERIFY(store(**opened, u"chat/key"_s, "another"));
    }

    void aWrongPassphraseIsRefusedAndTheFileStaysAsItIs()
    {
        QVERIFY(passphraseFile(path(), u"Sesame1"_s));
        const QByteArray before = bytes();
        for (const QString &wrong : {u"Sesame2"_s, u"sesame1"_s, u"Sesame1 "_s}) {
            const auto opened = passphraseFile(path(), wrong);
            QVERIFY(!opened);
            QCOMPARE(opened.error().code, Error::Code::Storage);
            QVERIFY(opened.error().detail.contains(u"passphrase"_s));
            QVERIFY(!opened.error().detail.contains(wrong));
        }
        QVERIFY(!passphraseFile(path(), QString()));
        QCOMPARE(bytes(), before);
    }

    void everyFlippedByteAndEveryCutIsNoticed()
    {
        const SealingKey key = *newSealingKey(u"p"_s, Cheap);
        const QByteArray good = sealMap({{u"k"_s, "secret"}}, key);
        QVERIFY(openMap(good, key));
        for (qsizetype i = 0; i < good.size(); ++i) {
            QByteArray flipped = good;
            flipped[i] = static_cast<char>(flipped[i] ^ 1);
            QVERIFY2(!openMap(flipped, key), qPrintable(QString::number(i)));
            QVERIFY2(!openMap(good.left(i), key), qPrintable(QString::number(i)));
        }
        QVERIFY(!openMap(good + '\0', key));
    }

    void foreignAndDamagedFilesGiveAClearReason_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("says");
        const QByteArray good = sealMap({}, *newSealingKey(u"p"_s, Cheap));
        QByteArray newer = good;
        newer[17] = '2';
        QByteArray greedy = good;
        greedy.replace(19, 12, QByteArray(12, '\xff'));
        QTest::newRow("empty") << QByteArray() << u"not a secrets file"_s;
        QTest::newRow("foreign") << QByteArray("[settings]\nx=1\n") << u"not a secrets file"_s;
        QTest::newRow("newer") << newer << u"newer version"_s;
        QTest::newRow("cut in the head") << good.left(30) << u"cut short"_s;
        QTest::newRow("cut in the body") << good.chopped(1) << u"damaged"_s;
        QTest::newRow("asks for all memory") << greedy << u"damaged"_s;
    }
    void foreignAndDamagedFilesGiveAClearReason()
    {
        QFETCH(QByteArray, content);
        QFETCH(QString, says);
        QFile file(path());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
        file.close();
        const auto opened = passphraseFile(path(), u"p"_s);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, Error::Code::Storage);
        QVERIFY2(opened.error().detail.contains(says), qPrintable(opened.error().detail));
        QCOMPARE(bytes(), content);
    }

    void twoSealingsOfTheSameSecretsDiffer()
    {
        const SealingKey key = *newSealingKey(u"p"_s, Cheap);
        QVERIFY(sealMap({{u"k"_s, "s"}}, key) != sealMap({{u"k"_s, "s"}}, key));
    }

    void aFailedWriteKeepsTheOldSecret()
    {
        const QString folder = m_folder.filePath(u"gone"_s);
        QVERIFY(QDir().mkpath(folder));
        auto opened = passphraseFile(folder + u"/secrets"_s, u"p"_s);
        QVERIFY(opened);
        QVERIFY(store(**opened, u"k"_s, "old"));
        QVERIFY(QDir(folder).removeRecursively());
        const Result<Done> failed = store(**opened, u"k"_s, "new");
        QVERIFY(!failed);
        QCOMPARE(failed.error().code, Error::Code::Storage);
        QCOMPARE(*fetch(**opened, u"k"_s), QByteArray("old"));
    }

    void tooLongASecretIsRefused()
    {
        auto opened = passphraseFile(path(), u"p"_s);
        QVERIFY(opened);
        QCOMPARE(store(**opened, u"k"_s, QByteArray(1024 * 1024 + 1, 'x')).error().code,
                 Error::Code::TooLarge);
    }

    void aFolderThatIsNotThereIsNamed()
    {
        const auto opened = passphraseFile(m_folder.filePath(u"no/such/folder"_s), u"p"_s);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, Error::Code::Storage);
        QVERIFY(opened.error().detail.contains(u"no/such/folder"_s));
    }
};

QTEST_GUILESS_MAIN(TestPassphraseFile)
#include "tst_passphrasefile.moc"
