// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/domain/message.h"
#include "core/events/batch.h"

#include <QCborArray>
#include <QCborMap>
#include <QCborValue>
#include <QTest>

using namespace peerdesk;
using namespace Qt::StringLiterals;

namespace {

struct Sample
{
    qint64 number = 0;
    QString text;
    std::vector<Sample> nested;

    static constexpr auto fields()
    {
        return FieldList{field(1, "number", &Sample::number), personal(2, "text", &Sample::text),
                         field(30, "nested", &Sample::nested)};
    }
    bool operator==(const Sample &) const = default;
};

QByteArray encodedByQt(const QCborValue &value)
{
    return value.toCbor();
}

} // namespace

/// The bytes that facts, rows and digests are made of.
class CodecTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void numbersTakeTheShortestForm_data()
    {
        QTest::addColumn<qint64>("number");
        const auto row = [](qint64 n) { QTest::newRow(QByteArray::number(n).constData()) << n; };
        for (const qint64 n : {0LL, 1LL, 23LL, 24LL, 255LL, 256LL, 65535LL, 65536LL, 4294967295LL,
                               4294967296LL, std::numeric_limits<qint64>::max()}) {
            row(n);
            row(-1 - n);
        }
    }
    void numbersTakeTheShortestForm()
    {
        QFETCH(qint64, number);
        const QByteArray bytes = codec::encode(number);
        QCOMPARE(bytes, encodedByQt(number));
        QCOMPARE(*codec::decode<qint64>(bytes), number);
    }

    /// What JSON calls a number may be of any size; only whole ones that fit are read.
    void numbersInJsonAreReadWholeOrNotAtAll_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("number"); // -1 = refused
        const auto row = [](const char *text, qint64 n) {
            QTest::newRow(text) << QByteArray(text) << n;
        };
        row("0", 0);
        row("9007199254740993", 9'007'199'254'740'993); // no double has this value
        row("9223372036854775807", std::numeric_limits<qint64>::max());
        row("1e3", 1000);
        row("9223372036854775808", -1);
        row("1.79e+60", -1);
        row("-1e300", -1);
        row("0.5", -1);
        row("\"7\"", -1);
        row("null", -1);
    }
    void numbersInJsonAreReadWholeOrNotAtAll()
    {
        QFETCH(QByteArray, text);
        QFETCH(qint64, number);
        const QJsonValue value =
            QJsonDocument::fromJson("{\"n\":" + text + "}").object().value(u"n"_s);
        qint64 wide = -1;
        QCOMPARE(json::read(value, wide), number >= 0);
        QCOMPARE(wide, number);
        qint16 narrow = -1;
        QCOMPARE(json::read(value, narrow), number >= 0 && number <= 1000);
    }

    void textsAndBytesAreAsTheStandardSays_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("empty") << u""_s;
        QTest::newRow("ascii") << u"order"_s;
        QTest::newRow("diacritics") << u"Đặng Thị Ánh"_s;
        QTest::newRow("beyond the basic plane") << u"parcel 📦"_s;
        QTest::newRow("long") << QString(70'000, u'ł');
    }
    void textsAndBytesAreAsTheStandardSays()
    {
        QFETCH(QString, text);
        QCOMPARE(codec::encode(text), encodedByQt(text));
        QCOMPARE(*codec::decode<QString>(codec::encode(text)), text);
        const QByteArray bytes = text.toUtf8();
        QCOMPARE(codec::encode(bytes), encodedByQt(bytes));
        QCOMPARE(*codec::decode<QByteArray>(codec::encode(bytes)), bytes);
    }

    void anIdIsItsSixteenBytes()
    {
        const auto id = derivedId<MessageId>(NodeId{}, "one");
        QCOMPARE(codec::encode(id), encodedByQt(id.toBytes()));
        QCOMPARE(*codec::decode<MessageId>(codec::encode(id)), id);
    }

    void defaultsAreLeftOutAndUnknownKeysSkipped()
    {
        QCOMPARE(codec::encode(Sample{}), encodedByQt(QCborMap{}));
        const Sample sample{7, u"a"_s, {{-1, {}, {}}}};
        const QCborMap qt{{1, 7}, {2, u"a"_s}, {30, QCborArray{QCborMap{{1, -1}}}}};
        QCOMPARE(codec::encode(sample), encodedByQt(qt));
        QCborMap newer = qt;
        newer.insert(40, QCborMap{{u"x"_s, QCborArray{1.5, true, nullptr, QByteArray("b")}}});
        newer.insert(41, QCborValue(QCborKnownTags::Url, u"https://example.org"_s));
        newer.insert(42, u"last"_s);
        QCOMPARE(*codec::decode<Sample>(encodedByQt(newer)), sample);
    }

    void damagedBytesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const auto row = [](const char *name, const char *hex) {
            QTest::newRow(name) << QByteArray::fromHex(hex);
        };
        row("nothing", "");
        row("not a map", "01");
        row("map of unknown length", "bf0101ff");
        row("number cut short", "a1011b0000");
        row("number too large", "a1011bffffffffffffffff");
        row("text in place of a number", "a1016161");
        row("text in pieces", "a1027f6161ff");
        row("text longer than the rest", "a1027a7fffffff61");
        row("text that is no utf-8", "a10262c328");
        row("array larger than the bound", "a1181e9a7fffffff");
        row("map that ends early", "a20107");
        row("unknown key with a cut value", "a1182a83f5");
        row("unknown key that claims the world", "a1182a9bffffffffffffffff");
        row("reserved length", "a1011c");
    }
    void damagedBytesAreRefused()
    {
        QFETCH(QByteArray, bytes);
        QVERIFY(!codec::decode<Sample>(bytes));
    }

    void nestingIsBounded()
    {
        Sample sample;
        for (int depth = 0; depth < codec::MaxDepth; ++depth)
            sample = Sample{1, {}, {sample}};
        QVERIFY(!codec::decode<Sample>(codec::encode(sample)));
        const QByteArray deepUnknown = QByteArray::fromHex("a1182a") + QByteArray(200'000, '\x81');
        QVERIFY(bool(codec::decode<Sample>(deepUnknown + '\x01'))); // skipped without recursion
    }

    void cuttingAnywhereIsNoticedOrHarmless()
    {
        const QByteArray whole = codec::encode(Sample{300, u"Ánh"_s, {{5, u"b"_s, {}}}});
        for (qsizetype size = 0; size < whole.size(); ++size)
            QVERIFY(!codec::decode<Sample>(whole.left(size)));
    }

    void theArchiveKeepsPersonalFieldsApart()
    {
        Message message;
        message.id = derivedId<MessageId>(NodeId{}, "one");
        message.content.text = u"my secret order"_s;
        const events::Fact fact = events::MessageReceived{message, {}, std::nullopt};
        const events::ArchivedFact archived = events::archive(fact, "salt");
        QVERIFY(!archived.body.contains("secret"));
        const QCborMap personal = QCborValue::fromCbor(archived.personal).toMap();
        QVERIFY(personal.value(2).toMap().contains(u"1.7"_s));
        QVERIFY(*events::restore(archived) == fact);
        const auto erased = events::restore({archived.type, archived.version, archived.body, {}});
        QVERIFY(std::get<events::MessageReceived>(*erased).message.content.text.isEmpty());
    }
};

QTEST_GUILESS_MAIN(CodecTest)
#include "tst_codec.moc"
