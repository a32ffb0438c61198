// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/courier.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace Qt::StringLiterals;

/// What a webhook's receiver may rely on, apart from the network: tests/functional/api has that.
class TestCourier : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesChooseEvents_data()
    {
        QTest::addColumn<QStringList>("names");
        QTest::addColumn<QString>("event");
        QTest::addColumn<bool>("isAskedFor");
        QTest::newRow("its name") << QStringList{u"task.created"_s} << u"task.created"_s << true;
        QTest::newRow("another") << QStringList{u"task.created"_s} << u"task.updated"_s << false;
        QTest::newRow("a beginning is no name")
            << QStringList{u"task"_s} << u"task.created"_s << false;
        QTest::newRow("its family") << QStringList{u"task.*"_s} << u"task.created"_s << true;
        QTest::newRow("another family")
            << QStringList{u"task.*"_s} << u"task-queue.entered"_s << false;
        QTest::newRow("one of several")
            << QStringList{u"x.y"_s, u"task.*"_s} << u"task.wrapup"_s << true;
        QTest::newRow("no names") << QStringList{} << u"message.received"_s << true;
        QTest::newRow("all") << QStringList{u"*"_s} << u"message.received"_s << true;
        for (const QString &own : {u"effect.claimed"_s, u"command.done"_s, u"digest"_s,
                                   u"session.opened"_s, u"channel.cursor"_s}) {
            QTest::addRow("bookkeeping is not all: %ls", qUtf16Printable(own))
                << QStringList{u"*"_s} << own << false;
            QTest::addRow("bookkeeping by name: %ls", qUtf16Printable(own))
                << QStringList{own} << own << true;
        }
        QTest::newRow("deliveries never")
            << QStringList{u"webhook.delivery"_s, u"webhook.*"_s} << u"webhook.delivery"_s << false;
    }
    void namesChooseEvents()
    {
        QFETCH(QStringList, names);
        QFETCH(QString, event);
        QFETCH(bool, isAskedFor);
        QCOMPARE(Courier::isAskedFor({names.begin(), names.end()}, event), isAskedFor);
    }

    void pausesDoubleUpToFiveMinutes_data()
    {
        QTest::addColumn<int>("attempts");
        QTest::addColumn<int>("wanted"); // -1 = nothing said
        QTest::addColumn<double>("random");
        QTest::addColumn<int>("milliseconds");
        QTest::newRow("first") << 1 << -1 << 0.0 << 1'000;
        QTest::newRow("second") << 2 << -1 << 0.0 << 2'000;
        QTest::newRow("fifth") << 5 << -1 << 0.0 << 16'000;
        QTest::newRow("ninth") << 9 << -1 << 0.0 << 256'000;
        QTest::newRow("tenth") << 10 << -1 << 0.0 << 300'000;
        QTest::newRow("for ever") << 1'000'000 << -1 << 0.0 << 300'000;
        QTest::newRow("none made") << 0 << -1 << 0.0 << 1'000;
        QTest::newRow("spread by a fifth") << 5 << -1 << 0.5 << 17'600;
        QTest::newRow("as the receiver says") << 1 << 30 << 0.0 << 30'000;
        QTest::newRow("never sooner") << 5 << 1 << 0.0 << 16'000;
        QTest::newRow("nor much later") << 1 << 1'000'000 << 0.0 << 300'000;
    }
    void pausesDoubleUpToFiveMinutes()
    {
        QFETCH(int, attempts);
        QFETCH(int, wanted);
        QFETCH(double, random);
        QFETCH(int, milliseconds);
        const auto said = wanted < 0 ? std::nullopt : std::optional(Seconds(wanted));
        QCOMPARE(Courier::pauseAfter(attempts, said, random).count(), qint64(milliseconds));
    }

    /// Computed with openssl: printf '1790000000.{"a":1}' | openssl dgst -sha256 -hmac secret
    void theSignatureIsOverTimestampAndBody()
    {
        QCOMPARE(Courier::signatureOf("secret", "1790000000", "{\"a\":1}"),
                 QByteArray("da8fe498621aaab99d5b11c51346b13d1a2bf2914b865b8d3edd3531cab25a3e"));
    }
};

QTEST_GUILESS_MAIN(TestCourier)
#include "tst_courier.moc"
