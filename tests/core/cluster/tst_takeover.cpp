// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/codec.h"
#include "core/cluster/beacon.h"
#include "core/cluster/takeover.h"

#include <QSignalSpy>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::cluster;
using namespace Qt::StringLiterals;

class TestTakeover : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void onlyTheOfficesKeyCanSayIt()
    {
        const QByteArray seed = newRecoverySeed();
        const QByteArray key = recoveryPublicKey(seed);
        const Takeover said = signedBy(takeover(2, 10), seed);
        QVERIFY(isSignedBy(said, key));
        QVERIFY(!isSignedBy(said, recoveryPublicKey(newRecoverySeed())));
        QVERIFY(!isSignedBy(said, {}));
        QVERIFY(!isSignedBy(takeover(2, 10), key)); // not signed
        Takeover forged = said;
        forged.node = u"another"_s;
        QVERIFY(!isSignedBy(forged, key));
        forged = said;
        forged.index = 9;
        QVERIFY(!isSignedBy(forged, key));
        QCOMPARE(recoveryPublicKey("too short"), QByteArray());
        QCOMPARE(*decodeTakeover(codec::encode(said)), said);
        QVERIFY(!decodeTakeover({}));
        QVERIFY(!decodeTakeover("noise"));
    }

    void aLaterGenerationSupersedes()
    {
        const auto none = std::optional<Takeover>();
        QVERIFY(supersedes(takeover(2, 1), none));
        QVERIFY(!supersedes(none, takeover(2, 1)));
        QVERIFY(!supersedes(none, none));
        QVERIFY(supersedes(takeover(3, 1), takeover(2, 99)));
        QVERIFY(supersedes(takeover(2, 5), takeover(2, 4))); // of two, who kept more
        QVERIFY(!supersedes(takeover(2, 4), takeover(2, 5)));
        QVERIFY(!supersedes(takeover(2, 4), takeover(2, 4)));
    }

    void whoAsksIsToldWhoIsThere()
    {
        Sighting self{QByteArray(16, 'o'), u"Harbor Shop"_s, u"node"_s, 3, true, 4711, {}};
        Beacon there({[&self] { return std::optional(self); }, true, 18'418}, nullptr);
        Beacon here({{}, true, 18'418}, nullptr);
        QVERIFY(there.start());
        QSignalSpy sighted(&here, &Beacon::sighted);
        QVERIFY(here.start());
        here.ask();
        QTRY_VERIFY(!sighted.isEmpty());
        const auto seen = sighted.last().first().value<Sighting>();
        QCOMPARE(seen.officeName, u"Harbor Shop"_s);
        QCOMPARE(seen.members, 3);
        QVERIFY(seen.isInviting);
        QCOMPARE(seen.address(), u"127.0.0.1:4711"_s);
    }

    void strangeDatagramsAreNoSightings()
    {
        const Sighting good{QByteArray(16, 'o'), QString(5000, u'x'), u"node"_s, 1, false, 1, {}};
        QVERIFY(decodeSighting(encode(good)));
        QVERIFY(!decodeSighting({}));
        QVERIFY(!decodeSighting("PDK1"));
        QVERIFY(!decodeSighting("PDK1garbage"));
        QVERIFY(!decodeSighting(encode(good).mid(1)));
        QVERIFY(!decodeSighting(encode(good) + QByteArray(MaxSightingBytes, 'x')));
        Sighting port = good;
        port.port = 70'000;
        QVERIFY(!decodeSighting(encode(port)));
    }

private:
    static Takeover takeover(quint64 generation, quint64 index)
    {
        Takeover out;
        out.office = QByteArray(16, 'o');
        out.generation = generation;
        out.node = u"node"_s;
        out.index = index;
        out.term = 1003;
        return out;
    }
};

QTEST_GUILESS_MAIN(TestTakeover)
#include "tst_takeover.moc"
