// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/remotepictures.h"

#include <QTest>

using namespace peerdesk;
using namespace Qt::StringLiterals;
using desktop::RemotePictures;

/// Where a stranger's mail may lead this PC when its reader asks for the pictures.
class TestRemotePictures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void leadsNowhereInsideTheOffice_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<bool>("isPublic");
        for (const auto *inner :
             {"127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.1.1",
              "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fd00::1",
              "::ffff:127.0.0.1", "::ffff:192.168.0.1", "ff02::1", "::", "64:ff9b::7f00:1"})
            QTest::newRow(inner) << QString::fromLatin1(inner) << false;
        for (const auto *outer : {"93.184.216.34", "172.32.0.1", "100.128.0.1", "192.169.0.1",
                                  "2606:2800:220:1::1", "::ffff:93.184.216.34"})
            QTest::newRow(outer) << QString::fromLatin1(outer) << true;
    }
    void leadsNowhereInsideTheOffice()
    {
        QFETCH(const QString, address);
        QFETCH(const bool, isPublic);
        QCOMPARE(RemotePictures::isPublic(QHostAddress(address)), isPublic);
    }

    void asksOnlyForPlainHttpsNames_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("isAcceptable");
        QTest::newRow("https") << u"https://shop.example/a.png?id=1"_s << true;
        QTest::newRow("own port said") << u"https://shop.example:443/a.png"_s << true;
        QTest::newRow("http") << u"http://shop.example/a.png"_s << false;
        QTest::newRow("file") << u"file:///etc/passwd"_s << false;
        QTest::newRow("other port") << u"https://shop.example:8443/a.png"_s << false;
        QTest::newRow("number") << u"https://93.184.216.34/a.png"_s << false;
        QTest::newRow("number, v6") << u"https://[2606:2800:220:1::1]/a.png"_s << false;
        QTest::newRow("one word") << u"https://router/a.png"_s << false;
        QTest::newRow("localhost") << u"https://localhost/a.png"_s << false;
        QTest::newRow("user in it") << u"https://me:secret@shop.example/a.png"_s << false;
        QTest::newRow("nothing") << QString() << false;
    }
    void asksOnlyForPlainHttpsNames()
    {
        QFETCH(const QString, url);
        QFETCH(const bool, isAcceptable);
        QCOMPARE(RemotePictures::isAcceptable(QUrl(url)), isAcceptable);
        if (isAcceptable)
            return;
        RemotePictures pictures;
        std::optional<Error> error;
        pictures.fetch(QUrl(url), {this, [&error](const Result<QByteArray> &bytes) {
                                       error = bytes ? Error{} : bytes.error();
                                   }});
        QVERIFY(error); // at once, without a look-up
        QCOMPARE(error->code, Error::Code::Invalid);
    }

    void doesNotCallANameThatLeadsToThisPc()
    {
        RemotePictures pictures;
        std::optional<Error> error;
        // RFC 6761: names under "localhost." lead to this PC, or nowhere.
        pictures.fetch(QUrl(u"https://shop.localhost/a.png"_s),
                       {this, [&error](const Result<QByteArray> &bytes) {
                            error = bytes ? Error{} : bytes.error();
                        }});
        QTRY_VERIFY(error);
        QVERIFY(error->code == Error::Code::Invalid || error->code == Error::Code::Network);
    }
};

QTEST_MAIN(TestRemotePictures)
#include "tst_remotepictures.moc"
