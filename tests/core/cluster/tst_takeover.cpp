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

    void theSheetsWordsAreTheKey()
    {
        const auto seedOf = [](const QString &typed) {
            const auto seed = recoverySeedOf(typed);
            return seed ? *seed : QByteArray();
        };
        for (int i = 0; i < 200; ++i) {
            const QByteArray seed = newRecoverySeed();
            const QStringList words = recoveryWords(seed);
            QCOMPARE(words.size(), 24);
            QCOMPARE(seedOf(words.join(u' ')), seed);
        }
        const QByteArray seed(RecoverySeedBytes, '\x7f');
        const QStringList words = recoveryWords(seed);
        QString asPrinted;
        for (int i = 0; i < int(words.size()); ++i)
            asPrinted +=
                u"%1. %2%3"_s.arg(i + 1).arg(words[i].toUpper(), i % 4 < 3 ? u"  "_s : u"\n"_s);
        QCOMPARE(seedOf(asPrinted), seed);
        QCOMPARE(seedOf(words.join(u'-')), seed);
        QCOMPARE(recoveryWords("too short"), QStringList());
    }

    void aMistypedSheetIsNamed()
    {
        const QStringList words = recoveryWords(QByteArray(RecoverySeedBytes, '\x7f'));
        const auto refusal = [](const QStringList &typed) {
            const auto seed = recoverySeedOf(typed.join(u' '));
            return seed ? QString() : seed.error().detail;
        };
        QVERIFY(refusal(words.mid(1)).contains(u"23"_s));
        QVERIFY(refusal({}).contains(u"24"_s));
        QStringList odd = words;
        odd[5] = u"coffee"_s;
        QVERIFY(refusal(odd).contains(u"coffee"_s));
        int seen = 0; // of a word that is one, but not the one: 8 bits of checksum
        for (int i = 0; i < int(words.size()); ++i) {
            QStringList other = words;
            other[i] = words[i] == u"bada" ? u"bado"_s : u"bada"_s;
            seen += refusal(other).contains(u"mistyped"_s);
        }
        QVERIFY2(seen >= 22, qPrintable(QString::number(seen)));
        odd = words;
        std::swap(odd[0], odd[23]);
        QVERIFY(!refusal(odd).isEmpty() || odd == words);
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
