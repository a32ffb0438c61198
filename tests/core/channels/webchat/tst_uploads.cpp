// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/webchat/floodguard.h"
#include "core/channels/webchat/frames.h"
#include "core/channels/webchat/uploads.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels::webchat;
using namespace Qt::StringLiterals;

class tst_Uploads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void filesAreJudgedBeforeTheyAreKept_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("error"); // -1 = taken
        QTest::newRow("at the limit") << u"a.png"_s << 1000 << -1;
        QTest::newRow("one byte over") << u"a.png"_s << 1001 << int(Error::Code::TooLarge);
        QTest::newRow("empty") << u"a.png"_s << 0 << int(Error::Code::Invalid);
        QTest::newRow("program") << u"Invoice.pdf.EXE"_s << 10 << int(Error::Code::Rejected);
        QTest::newRow("trailing blank") << u"run.exe "_s << 10 << int(Error::Code::Rejected);
        for (const QString &disguised :
             {u"x.exe."_s, u"x.exe . ."_s, u"x.ps1::$DATA"_s, u"x.EXE\u200B"_s, u"x.e\u200Dxe"_s,
              u"a.b.exe:c"_s, u"x.exe\u00A0"_s, u"x.msc"_s, u"x.url"_s, u"x.docm"_s, u"x.XLSM"_s,
              u"x.pptm"_s, u"x.lnk"_s})
            QTest::newRow(qPrintable(u"disguised "_s + disguised))
                << disguised << 10 << int(Error::Code::Rejected);
        QTest::newRow("cut to a program")
            << QString(MaxFileNameLength - 4, u'x') + u".exe-and-more.pdf"_s << 10
            << int(Error::Code::Rejected);
        QTest::newRow("a colon in a sentence") << u"Re: photo.png"_s << 10 << -1;
        QTest::newRow("no ending") << u"README"_s << 10 << -1;
    }
    void filesAreJudgedBeforeTheyAreKept()
    {
        QFETCH(QString, name);
        QFETCH(int, size);
        QFETCH(int, error);
        Uploads uploads({1000, 3000, 5000, Seconds(60)});
        const auto added = uploads.add({u"v"_s, u"net"_s}, {name, {}, QByteArray(size, 'x')}, {});
        QCOMPARE(bool(added), error < 0);
        if (error >= 0)
            QCOMPARE(int(added.error().code), error);
    }

    void bytesAreBoundedPerVisitorAndInAll()
    {
        Uploads uploads({1000, 2000, 3000, Seconds(60)});
        const auto put = [&](const QString &visitor, char fill, Milliseconds now = {}) {
            return bool(uploads.add({visitor, visitor}, {u"f"_s, {}, QByteArray(1000, fill)}, now));
        };
        QVERIFY(put(u"a"_s, '1'));
        QVERIFY(put(u"a"_s, '1')); // the same file again takes no more room
        QCOMPARE(uploads.bytes(), 1000);
        QVERIFY(put(u"a"_s, '2'));
        QVERIFY(!put(u"a"_s, '3'));
        QVERIFY(put(u"b"_s, '1'));
        QVERIFY(put(u"c"_s, '1', Seconds(61)));
        QCOMPARE(uploads.bytes(), 1000);
    }

    void nobodyKeepsTheRoomFromTheOthers()
    {
        Uploads uploads({1000, 2000, 4000, Seconds(60), 3000});
        const auto put = [&](const QString &visitor, const QString &address, char fill) {
            return uploads.add({visitor, address}, {u"f"_s, {}, QByteArray(1000, fill)}, {});
        };
        const auto oldest = put(u"a1"_s, u"greedy"_s, '1');
        QVERIFY(put(u"a2"_s, u"greedy"_s, '2'));
        QVERIFY(put(u"a3"_s, u"greedy"_s, '3'));
        QVERIFY(!put(u"a4"_s, u"greedy"_s, '4')); // new names do not help
        QVERIFY(put(u"b"_s, u"modest"_s, '1'));
        const auto other = put(u"c"_s, u"other"_s, '1');
        QVERIFY(other); // there was no room
        QVERIFY(!uploads.find(u"a1"_s, oldest->sha256));
        QVERIFY(uploads.find(u"b"_s, oldest->sha256));
        QVERIFY(uploads.find(u"c"_s, other->sha256));
        QCOMPARE(uploads.bytes(), 4000);
        QVERIFY(!put(u"a4"_s, u"greedy"_s, '4')); // nor does it get its room back
    }

    void oneVisitorNeverFindsTheFileOfAnother()
    {
        Uploads uploads({});
        const auto added = uploads.add({u"a"_s, u"net"_s}, {u"f"_s, {}, "bytes"}, {});
        QVERIFY(uploads.find(u"a"_s, added->sha256));
        QVERIFY(!uploads.find(u"b"_s, added->sha256));
        uploads.remove(u"a"_s, added->sha256);
        QVERIFY(!uploads.find(u"a"_s, added->sha256));
    }

    void typesThatABrowserWouldRunBecomeOctetStreams_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("declared");
        QTest::addColumn<QString>("type");
        QTest::newRow("png called html")
            << QByteArray("\x89PNG\r\n\x1a\n..") << u"text/html"_s << u"image/png"_s;
        QTest::newRow("html called png")
            << QByteArray("<html>") << u"image/png"_s << u"application/octet-stream"_s;
        QTest::newRow("svg") << QByteArray("<svg>") << u"image/svg+xml"_s
                             << u"application/octet-stream"_s;
        QTest::newRow("html") << QByteArray("<html>") << u"text/html"_s
                              << u"application/octet-stream"_s;
        QTest::newRow("plain") << QByteArray("hi") << u"text/plain; charset=utf-8"_s
                               << u"text/plain"_s;
        QTest::newRow("header injection")
            << QByteArray("hi") << u"text/plain\r\nX: y"_s << u"application/octet-stream"_s;
        QTest::newRow("pdf") << QByteArray("%PDF-1.7") << QString() << u"application/pdf"_s;
    }
    void typesThatABrowserWouldRunBecomeOctetStreams()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, declared);
        QTEST(fileType(bytes, declared), "type");
    }

    void fileNamesAreNeverPaths_data()
    {
        QTest::addColumn<QString>("given");
        QTest::addColumn<QString>("kept");
        QTest::newRow("unix path") << u"/etc/passwd"_s << u"passwd"_s;
        QTest::newRow("windows path") << u"C:\\temp\\a.txt"_s << u"a.txt"_s;
        QTest::newRow("parent") << u".."_s << u"file"_s;
        QTest::newRow("hidden") << u".bashrc"_s << u"bashrc"_s;
        QTest::newRow("nothing") << QString() << u"file"_s;
        QTest::newRow("direction override") << u"photo\u202Egpj.exe"_s << u"photogpj.exe"_s;
        QTest::newRow("blank without width") << u"a.t\u200Bxt"_s << u"a.txt"_s;
        QTest::newRow("dots at the end") << u"a.txt. ."_s << u"a.txt"_s;
        QTest::newRow("stream") << u"a.txt:b"_s << u"a.txt_b"_s;
        QTest::newRow("line feed") << u"a\nb.txt"_s << u"a b.txt"_s;
        QTest::newRow("long") << QString(500, u'x') << QString(MaxFileNameLength, u'x');
    }
    void fileNamesAreNeverPaths()
    {
        QFETCH(QString, given);
        QTEST(cleanFileName(given), "kept");
    }

    void bucketsAllowABurstThenTheRate()
    {
        FloodGuard guard({3, Milliseconds(1000)});
        for (int i = 0; i < 3; ++i)
            QCOMPARE(guard.take(u"k"_s, Milliseconds(500)).count(), 0);
        QCOMPARE(guard.take(u"k"_s, Milliseconds(500)).count(), 1000);
        QCOMPARE(guard.take(u"k"_s, Milliseconds(1499)).count(), 1);
        QCOMPARE(guard.take(u"k"_s, Milliseconds(1500)).count(), 0);
        QCOMPARE(guard.take(u"other"_s, Milliseconds(1500)).count(), 0);
    }

    void bucketsAreBoundedAndIdleOnesForgotten()
    {
        FloodGuard guard({3, Milliseconds(1000)});
        for (size_t i = 0; i < FloodGuard::MaxKeys; ++i)
            QCOMPARE(guard.take(QString::number(i), Milliseconds(0)).count(), 0);
        QVERIFY(guard.take(u"one too many"_s, Milliseconds(0)).count() > 0);
        QCOMPARE(guard.take(u"later"_s, Milliseconds(1000)).count(), 0);
        QVERIFY(guard.size() < FloodGuard::MaxKeys);
    }
};

QTEST_GUILESS_MAIN(tst_Uploads)
#include "tst_uploads.moc"
