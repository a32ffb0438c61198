// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "tests/support/processortime.h"
#include "tests/support/vendors/vendorspecs.h"
#include "tests/ui/stage.h"
#include "ui/cards/adaptivecard.h"
#include "ui/cards/cardlayout.h"
#include "ui/cards/markup.h"
#include "ui/cards/richblocks.h"

#include <QAccessible>
#include <QDir>
#include <QRegularExpression>
#include <QSignalSpy>

#include <random>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

namespace {

QJsonObject parsed(const char *text)
{
    return QJsonDocument::fromJson(text).object();
}

/// Our own cards, and the vendor's where PEERDESK_VENDOR_SPECS names them.
std::vector<std::pair<QString, QJsonObject>> samples()
{
    std::vector<std::pair<QString, QJsonObject>> all;
    for (const QString &folder :
         {QStringLiteral(CARD_DIR),
          qEnvironmentVariable("PEERDESK_VENDOR_SPECS") + u"/adaptive-cards/samples"_s}) {
        for (const QFileInfo &info : QDir(folder).entryInfoList({u"*.json"_s}, QDir::Files)) {
            QFile file(info.filePath());
            if (file.open(QIODevice::ReadOnly))
                all.push_back({info.fileName(), QJsonDocument::fromJson(file.readAll()).object()});
        }
    }
    return all;
}

/// Letters and digits only: marks and addresses of Markdown do not count.
QString bare(QString text)
{
    static const QRegularExpression address(u"\\]\\([^)]*\\)"_s);
    static const QRegularExpression other(u"[^\\p{L}\\p{N}]+"_s);
    return text.remove(address).remove(other).toLower();
}

void note(const QJsonValue &value, QStringList &texts)
{
    static const QRegularExpression date(u"\\{\\{[^}]*\\}\\}"_s);
    for (const QString &part : value.toString().split(date))
        texts += part;
}

/// What has to be readable of a card, found by another way than the program's.
void expected(const QJsonValue &value, QStringList &texts)
{
    for (const QJsonValue entry : value.toArray()) {
        if (entry.isString())
            continue;
        expected(entry, texts);
    }
    const QJsonObject element = value.toObject();
    for (auto it = element.begin(); it != element.end(); ++it) {
        if (it.key() == u"text"_s || it.key() == u"label"_s || it.key() == u"title"_s)
            note(it.value(), texts);
        else if (it.key() == u"inlines"_s)
            for (const QJsonValue run : it.value().toArray())
                note(run.isString() ? run : run[u"text"], texts);
        else if (it.key() == u"facts"_s)
            for (const QJsonValue fact : it.value().toArray())
                note(fact[u"value"], texts);
        if (it.key() != u"fallback"_s && it.key() != u"data"_s && it.key() != u"msteams"_s)
            expected(it.value(), texts);
    }
}

/// Names of the newest message's parts in the accessible tree.
QStringList accessibleTexts(TimelineView &timeline)
{
    QStringList texts;
    QAccessibleInterface *list = QAccessible::queryAccessibleInterface(&timeline);
    if (list->role() != QAccessible::List || list->childCount() == 0)
        return {u"no list: %1 %2"_s.arg(list->role()).arg(list->childCount())};
    QAccessibleInterface *message = list->child(list->childCount() - 1);
    for (int i = 0; i < message->childCount(); ++i)
        texts += message->child(i)->text(QAccessible::Name);
    return texts;
}

} // namespace

/// M69 and M63: rich messages and Adaptive Cards, drawn by ourselves and in the accessible tree.
class TestCards : public WindowTest
{
    Q_OBJECT

    static void give(Stage &stage, const QJsonObject &rich, MessageKind kind = MessageKind::Reply)
    {
        Message message;
        message.kind = kind;
        message.state = MessageState::Sent;
        message.authorKind = AuthorKind::Agent;
        message.createdAt = demoTime();
        message.content.text = u"the plain words"_s;
        message.content.rich = json::canonical(rich);
        stage.desk.add(stage.office.aiko(), message);
        stage.desk.touch(stage.office.aiko());
        const MessageModel &model = timeline(stage).model();
        QTRY_VERIFY(model.rowCount() > 0 &&
                    model.at(model.rowCount() - 1).content.rich == message.content.rich);
    }
    static TimelineView &timeline(Stage &stage) { return stage.window->conversation().timeline(); }
    static QStringList shown(const QJsonObject &rich)
    {
        QStringList texts;
        for (const SpokenPart &part : spokenParts(richView(rich).body))
            texts += part.text;
        return texts;
    }

private Q_SLOTS:
    void everyTextAndLabelOfACardIsInTheAccessibleTree_data();
    void everyTextAndLabelOfACardIsInTheAccessibleTree();
    void aPartThatIsNotKnownShowsItsFallback();
    void aCardFromTheFutureShowsItsText();
    void noPictureIsEverFetchedByItself();
    void onlyWebAndMailAddressesCanBeOpened();
    void eachKindShowsItsParts_data();
    void eachKindShowsItsParts();
    void whatTheChannelCannotShowIsShownAsTheCustomerGotIt();
    void anAnswerSaysWhatItAnswers();
    void hostileJsonStaysWithinBounds_data();
    void hostileJsonStaysWithinBounds();
    void damagedCardsDoNoHarm();
};

void TestCards::everyTextAndLabelOfACardIsInTheAccessibleTree_data()
{
    QTest::addColumn<QJsonObject>("card");
    for (const auto &[name, card] : samples())
        QTest::newRow(qPrintable(name)) << card;
}

void TestCards::everyTextAndLabelOfACardIsInTheAccessibleTree()
{
    QFETCH(QJsonObject, card);
    if (QByteArrayView(QTest::currentDataTag()) == QByteArrayView("unknown.json"))
        return; // has a test of its own
    Stage stage(*m_look);
    stage.open({1000, 700});
    stage.openAiko();
    give(stage, {{u"kind"_s, u"adaptive_card"_s}, {u"card"_s, card}});
    const QString all = bare(accessibleTexts(timeline(stage)).join(u' '));
    QStringList wanted;
    expected(card, wanted);
    QVERIFY(!card.isEmpty());
    for (const QString &text : wanted)
        QVERIFY2(all.contains(bare(text)), qPrintable(text + u" is missing in "_s + all));
    QVERIFY(!stage.window->grab().isNull());
}

void TestCards::aPartThatIsNotKnownShowsItsFallback()
{
    for (const auto &[name, card] : samples()) {
        if (name != u"unknown.json")
            continue;
        const QStringList texts = shown({{u"kind"_s, u"adaptive_card"_s}, {u"card"_s, card}});
        QCOMPARE(texts, QStringList({u"The week"_s, u"Mon 3, Tue 5"_s, u"Seven of ten"_s,
                                     u"for everybody"_s}));
        return;
    }
    QFAIL("the sample is not there");
}

void TestCards::aCardFromTheFutureShowsItsText()
{
    const QJsonObject card = parsed(
        R"({"type":"AdaptiveCard","version":"3.0","fallbackText":"Please call us","body":[{"type":"TextBlock","text":"new"}]})");
    QCOMPARE(shown({{u"kind"_s, u"adaptive_card"_s}, {u"card"_s, card}}),
             QStringList(u"Please call us"_s));
}

void TestCards::noPictureIsEverFetchedByItself()
{
    Stage stage(*m_look);
    stage.open({1000, 700});
    stage.openAiko();
    QJsonObject card = parsed(
        R"({"type":"AdaptiveCard","version":"1.5","body":[{"type":"Image","url":"https://spy.example/1.png","altText":"A cat"}]})");
    give(stage, {{u"kind"_s, u"adaptive_card"_s}, {u"card"_s, card}});
    stage.window->grab();
    QVERIFY(stage.pictures.asked.isEmpty());
    const int last = timeline(stage).model().rowCount() - 1;
    QVERIFY(timeline(stage).actionTexts(last).contains(u"Open the picture at spy.example"_s));
    QSignalSpy opened(&timeline(stage), &TimelineView::linkActivated);
    QVERIFY(opened.isEmpty());
    QCOMPARE(accessibleTexts(timeline(stage)), QStringList(u"A cat"_s));
}

void TestCards::onlyWebAndMailAddressesCanBeOpened()
{
    for (const QString &address : {u"javascript:alert(1)"_s, u"file:///etc/passwd"_s, u"//host"_s,
                                   u"smb://host/share"_s, u"https://"_s, u"data:text/html,x"_s})
        QVERIFY2(openable(address).isEmpty(), qPrintable(address));
    QVERIFY(!openable(u"https://a.example/b"_s).isEmpty());
    const StyledText text = fromMarkup(u"[a](javascript:x) [b](https://b.example) **c** 2*3*4"_s);
    QCOMPARE(text.text, u"a b c 234"_s);
    QCOMPARE(text.styles.size(), size_t(4));
    QVERIFY(text.styles[0].url.isEmpty());
    QCOMPARE(text.styles[1].url, QUrl(u"https://b.example"_s));
    QVERIFY(text.styles[2].isBold);
}

void TestCards::eachKindShowsItsParts_data()
{
    QTest::addColumn<QByteArray>("rich");
    QTest::addColumn<QStringList>("parts");
    const auto row = [](const char *rich, const QStringList &parts) {
        const QJsonObject object = parsed(rich);
        QTest::newRow(qPrintable(object[u"kind"].toString())) << QByteArray(rich) << parts;
    };
    row(R"({"kind":"buttons","text":"Which?","options":[{"title":"One"},{"title":"Two","url":"https://x.example"}]})",
        {u"One"_s, u"Two"_s});
    row(R"({"kind":"list_picker","text":"Which?","button":"Choose","options":[{"title":"Red","section":"Warm"},{"title":"Blue","section":"Cold"}]})",
        {u"Warm"_s, u"Red"_s, u"Cold"_s, u"Blue"_s, u"Choose"_s});
    row(R"({"kind":"time_picker","text":"When?","location":"Shop","time_zone":"Europe/Warsaw","slots":[{"start":"2026-11-23T10:30:00+01:00","minutes":30}]})",
        {u"Shop"_s, u"Monday, 23 November 2026, 10:30 \u2013 11:00"_s, u"Europe/Warsaw"_s});
    row(R"({"kind":"form","text":"You","submit":"Go","fields":[{"id":"a","label":"Name","type":"text","required":true},{"id":"b","label":"Size","type":"choice","options":[{"title":"S"}]}]})",
        {u"Name *"_s, u"Size"_s, u"S"_s, u"Go"_s});
    row(R"({"kind":"rich_link","url":"https://x.example/a","title":"A page"})",
        {u"A page"_s, u"https://x.example/a"_s});
    row(R"({"kind":"markup_text","markdown":"# Hi\n- **one**"})", {u"Hi\n\u2022 one"_s});
    row(R"({"kind":"carousel","cards":[{"title":"A","options":[{"title":"Buy"}]},{"title":"B","text":"b"}]})",
        {u"A"_s, u"Buy"_s, u"B"_s, u"b"_s});
    row(R"({"kind":"location","latitude":35.01,"longitude":135.77,"title":"Kyoto"})",
        {u"Kyoto"_s, u"35.01000, 135.77000"_s, u"Open the map"_s});
    row(R"({"kind":"template","name":"order","language":"en","body":["20417"]})",
        {u"Template order (en)"_s, u"20417"_s});
}

void TestCards::eachKindShowsItsParts()
{
    QFETCH(QByteArray, rich);
    QFETCH(QStringList, parts);
    Stage stage(*m_look);
    stage.open({1000, 700});
    stage.openAiko();
    give(stage, parsed(rich.constData()));
    QStringList texts = accessibleTexts(timeline(stage));
    for (QString &text : texts)
        text.replace(QChar(0x202f), u' ');
    QCOMPARE(texts, parts);
}

void TestCards::whatTheChannelCannotShowIsShownAsTheCustomerGotIt()
{
    QJsonObject rich =
        parsed(R"({"kind":"buttons","text":"Which?","options":[{"title":"One"}],"degraded":true})");
    QVERIFY(!richView(rich).isOwn);
    QVERIFY(richView(rich).body.children.empty());
    rich.remove(u"degraded"_s);
    QVERIFY(richView(rich).isOwn);
}

void TestCards::anAnswerSaysWhatItAnswers()
{
    Stage stage(*m_look);
    stage.open({1000, 700});
    stage.openAiko();
    give(
        stage,
        parsed(
            R"({"kind":"form","text":"Your size","fields":[{"id":"f1","label":"Shoe size","type":"number"}]})"));
    const int last = timeline(stage).model().rowCount() - 1;
    const MessageId question = timeline(stage).model().at(last).id;
    QJsonObject answer = parsed(R"({"kind":"answer","values":{"f1":42,"odd":true}})");
    answer.insert(u"question"_s, question.toString());
    give(stage, answer, MessageKind::Inbound);
    QCOMPARE(accessibleTexts(timeline(stage)),
             QStringList({u"Answer to: Your size"_s, u"Shoe size"_s, u"42"_s, u"odd"_s, u"Yes"_s}));
}

void TestCards::hostileJsonStaysWithinBounds_data()
{
    QTest::addColumn<QJsonObject>("card");
    const auto row = [](const char *name, const QJsonArray &body) {
        QTest::newRow(name) << QJsonObject{{u"type"_s, u"AdaptiveCard"_s}, {u"body"_s, body}};
    };
    QJsonObject nested{{u"type"_s, u"TextBlock"_s}, {u"text"_s, u"deep"_s}};
    for (int i = 0; i < 900; ++i)
        nested = {{u"type"_s, u"Container"_s}, {u"items"_s, QJsonArray{nested}}};
    row("nine hundred levels", {nested});
    QJsonObject chain{{u"type"_s, u"Odd"_s}};
    for (int i = 0; i < 900; ++i)
        chain = {{u"type"_s, u"Odd"_s}, {u"fallback"_s, chain}};
    row("a chain of fallbacks", {chain});
    QJsonArray many;
    for (int i = 0; i < 100'000; ++i)
        many.append(QJsonObject{{u"type"_s, u"TextBlock"_s}, {u"text"_s, u"x"_s}});
    row("a hundred thousand parts", many);
    row("a long text",
        {QJsonObject{{u"type"_s, u"TextBlock"_s}, {u"text"_s, QString(5'000'000, u'*')}}});
    QJsonArray columns;
    for (int i = 0; i < 5'000; ++i)
        columns.append(QJsonObject{{u"type"_s, u"Column"_s},
                                   {u"width"_s, i % 2 ? -1e300 : 1e300},
                                   {u"items"_s, QJsonArray{nested}}});
    row("five thousand columns",
        {QJsonObject{{u"type"_s, u"ColumnSet"_s}, {u"columns"_s, columns}}});
}

void TestCards::hostileJsonStaysWithinBounds()
{
    QFETCH(QJsonObject, card);
    const test::ProcessorTime spent;
    const Block block = cardBlocks(card);
    const CardLayout layout = layOutCard(block, *m_look, 500);
    QVERIFY2(spent.milliseconds() < 5'000, "an agent's window must not stand still");
    QVERIFY(layout.items.size() < 5'000);
    QVERIFY(layout.height < 40'000);
    QVERIFY(spokenParts(block).size() <= 2'000);
}

/// Any value of a good card becomes something else: read, measured and painted all the same.
void TestCards::damagedCardsDoNoHarm()
{
    const quint32 seed = qEnvironmentVariableIntValue("PEERDESK_SEED") > 0
                             ? quint32(qEnvironmentVariableIntValue("PEERDESK_SEED"))
                             : 20261122u;
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    const QList<QByteArray> junk{"null",
                                 "-1",
                                 "1e308",
                                 "\"\"",
                                 "[]",
                                 "{}",
                                 "[[[]]]",
                                 "true",
                                 "\"\\u0000\\ud800\"",
                                 "\"{{DATE(9,9)}}\"",
                                 "\"**[](\""};
    QImage canvas(300, 300, QImage::Format_RGB32);
    for (const auto &[name, card] : samples()) {
        const QByteArray text = QJsonDocument(card).toJson(QJsonDocument::Compact);
        for (int round = 0; round < 15; ++round) {
            QByteArray damaged = text;
            for (int i = 0; i < 3; ++i) {
                const auto at = damaged.indexOf(':', qsizetype(random() % uint(damaged.size())));
                const auto end = at < 0 ? -1 : damaged.indexOf(',', at);
                if (end > at)
                    damaged.replace(at + 1, end - at - 1,
                                    junk[qsizetype(random() % uint(junk.size()))]);
            }
            const QJsonDocument document = QJsonDocument::fromJson(damaged);
            const Block block = cardBlocks(document.object());
            const CardLayout layout = layOutCard(block, *m_look, 40 + double(random() % 600));
            QPainter painter(&canvas);
            paintCardLayout(painter, layout, {}, *m_look, Qt::black);
            QVERIFY(layout.height >= 0 && layout.height < 40'000);
        }
    }
}

int main(int argc, char **argv)
{
    return runWindowTest<TestCards>(argc, argv);
}

#include "tst_cards.moc"
