// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "tests/ui/stage.h"
#include "ui/conversation/richbuilder.h"

#include <QLineEdit>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

/// M66 and M67: the builder of rich messages, and their way to the office.
class TestRichBuilder : public WindowTest
{
    Q_OBJECT

    static void allow(Stage &stage, const QJsonObject &rich)
    {
        stage.desk.types = {
            QJsonObject{{u"type"_s, u"whatsapp"_s},
                        {u"label"_s, u"WhatsApp"_s},
                        {u"capabilities"_s, QJsonObject{{u"rich"_s, rich},
                                                        {u"reply_window"_s, 24 * 3'600},
                                                        {u"after_window"_s, u"template"_s}}}}};
    }
    static QJsonObject usual()
    {
        return {{u"list_picker"_s, u"agent"_s},
                {u"quick_replies"_s, u"agent"_s},
                {u"template"_s, u"agent"_s},
                {u"time_picker"_s, u"flow"_s},
                {u"form"_s, u"text"_s}};
    }
    static Composer &openComposer(Stage &stage)
    {
        Conversation &aiko = stage.desk.conversationsById[stage.office.aiko()];
        aiko.lastInboundAt = stage.clock.wall() - std::chrono::hours(1);
        stage.open();
        stage.openAiko();
        return stage.window->conversation().composer();
    }
    static RichBuilder *builder(Composer &composer)
    {
        composer.openBuilder();
        return composer.findChild<RichBuilder *>();
    }
    static QJsonObject lastRich(Stage &stage)
    {
        return json::object(lastSent<api::SendMessage>(stage.desk).content.rich);
    }
    static void release(Stage &stage)
    {
        stage.clock.advance(std::chrono::seconds(31));
        stage.window->outbox().tick();
        stage.settle();
    }

private Q_SLOTS:
    void itOffersExactlyWhatTheChannelAllowsAgents();
    void aWrongLineSaysWhyAndCannotBeInserted_data();
    void aWrongLineSaysWhyAndCannotBeInserted();
    void whatWasMadeGoesOutWithTheWordsAndCanBeUndone();
    void aDraftKeepsItsRichPart();
    void aTemplateIsTheWayOutOfAClosedWindow();
    void aKeptOneIsMarkedWhereTheChannelCannotTakeIt();
    void whatIsShownForEditingComesBackTheSame_data();
    void whatIsShownForEditingComesBackTheSame();
};

void TestRichBuilder::itOffersExactlyWhatTheChannelAllowsAgents()
{
    Stage stage(*m_look);
    allow(stage, usual());
    RichBuilder *dialog = builder(openComposer(stage));
    QVERIFY(dialog);
    QStringList offered;
    for (int i = 0; i < dialog->kinds().count(); ++i)
        offered += dialog->kinds().itemData(i).toString();
    QCOMPARE(offered, QStringList({u"quick_replies"_s, u"list_picker"_s, u"template"_s}));
    QVERIFY(dialog->refused().contains(u"Only flows and bots send here: Times to choose from."_s));
    QVERIFY(dialog->refused().contains(u"WhatsApp does not have: Buttons, Form, Link"_s));
    QCOMPARE(dialog->refused().count(u',') + 2 + offered.size(), qsizetype(richKinds().size()));
}

void TestRichBuilder::aWrongLineSaysWhyAndCannotBeInserted_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("good");
    const auto row = [](const char *name, const QString &kind, const QString &key,
                        const QString &text,
                        bool good) { QTest::newRow(name) << kind << key << text << good; };
    row("nothing", u"list_picker"_s, u"options"_s, u" \n "_s, false);
    row("two", u"list_picker"_s, u"options"_s, u"Red | warm\nBlue"_s, true);
    row("twice the same", u"list_picker"_s, u"options"_s, u"Red\nRed"_s, false);
    row("no title", u"list_picker"_s, u"options"_s, u"| warm"_s, false);
    row("a title of 201", u"list_picker"_s, u"options"_s, QString(201, u'x'), false);
    QStringList many;
    for (int i = 0; i < 101; ++i)
        many += QString::number(i);
    row("a hundred and one", u"list_picker"_s, u"options"_s, many.join(u'\n'), false);
    row("a hundred", u"list_picker"_s, u"options"_s, many.mid(1).join(u'\n'), true);
    row("no such type", u"form"_s, u"fields"_s, u"Name | blood"_s, false);
    row("a form", u"form"_s, u"fields"_s, u"Name\nMail | email"_s, true);
    row("a script as link", u"rich_link"_s, u"url"_s, u"javascript:alert(1)"_s, false);
    row("a link", u"rich_link"_s, u"url"_s, u"https://harbor.example/a"_s, true);
    row("no time", u"time_picker"_s, u"slots"_s, u"tomorrow"_s, false);
    row("a time", u"time_picker"_s, u"slots"_s, u"2026-11-23 10:30 | 30"_s, true);
    row("no card", u"adaptive_card"_s, u"card"_s, u"{\"type\":\"Other\"}"_s, false);
    row("a picture from a file", u"carousel"_s, u"cards"_s, u"A | b | file:///x.png"_s, false);
    row("latitude only", u"location"_s, u"latitude"_s, u"35"_s, false);
}

void TestRichBuilder::aWrongLineSaysWhyAndCannotBeInserted()
{
    QFETCH(QString, kind);
    QFETCH(QString, key);
    QFETCH(QString, text);
    QFETCH(bool, good);
    Stage stage(*m_look);
    allow(stage, {{kind, u"agent"_s}});
    Composer &composer = openComposer(stage);
    stage.type(u"Which one?"_s);
    RichBuilder *dialog = builder(composer);
    dialog->fill(key, text);
    QCOMPARE(dialog->insertButton().isEnabled(), good);
    QCOMPARE(dialog->problem().isEmpty(), good);
}

void TestRichBuilder::whatWasMadeGoesOutWithTheWordsAndCanBeUndone()
{
    Stage stage(*m_look);
    allow(stage, usual());
    Composer &composer = openComposer(stage);
    stage.type(u"Which tin?"_s);
    RichBuilder *dialog = builder(composer);
    dialog->kinds().setCurrentIndex(dialog->kinds().findData(u"list_picker"_s));
    dialog->fill(u"options"_s, u"Sencha | in stock\nHojicha"_s);
    dialog->insertButton().click();
    QCOMPARE(sent<api::SendMessage>(stage.desk), 0);
    composer.send();
    QVERIFY(stage.window->outbox().undo(stage.office.aiko()));
    QCOMPARE(composer.editor().toPlainText(), u"Which tin?"_s);
    composer.send();
    release(stage);
    QCOMPARE(sent<api::SendMessage>(stage.desk), 1);
    const QJsonObject rich = lastRich(stage);
    QCOMPARE(rich[u"kind"_s].toString(), u"list_picker"_s);
    QCOMPARE(rich[u"text"_s].toString(), u"Which tin?"_s);
    QCOMPARE(rich[u"options"_s].toArray().size(), 2);
    QCOMPARE(rich[u"options"_s].toArray().at(0)[u"description"].toString(), u"in stock"_s);
    QVERIFY(stage.window->drafts().draft(stage.office.aiko(), DraftMode::Reply).isEmpty());
}

void TestRichBuilder::aDraftKeepsItsRichPart()
{
    Stage stage(*m_look);
    allow(stage, usual());
    Composer &composer = openComposer(stage);
    stage.type(u"Which?"_s);
    RichBuilder *dialog = builder(composer);
    dialog->fill(u"options"_s, u"Yes\nNo"_s);
    dialog->insertButton().click();
    composer.setMode(DraftMode::Note);
    QVERIFY(stage.window->drafts().draft(stage.office.aiko(), DraftMode::Note).isEmpty());
    composer.setMode(DraftMode::Reply);
    const Draft draft = stage.window->drafts().draft(stage.office.aiko(), DraftMode::Reply);
    QCOMPARE(json::object(draft.rich)[u"kind"_s].toString(), u"quick_replies"_s);
    composer.editor().clear(); // choices without a question cannot go
    QVERIFY(!composer.sendButton().isEnabled());
}

void TestRichBuilder::aTemplateIsTheWayOutOfAClosedWindow()
{
    Stage stage(*m_look);
    allow(stage, usual());
    Composer &composer = openComposer(stage);
    stage.clock.advance(std::chrono::hours(30));
    stage.type(u"Your order is ready"_s);
    QVERIFY(!composer.sendButton().isEnabled());
    RichBuilder *dialog = builder(composer);
    dialog->kinds().setCurrentIndex(dialog->kinds().findData(u"template"_s));
    dialog->fill(u"name"_s, u"order_ready"_s);
    dialog->fill(u"body"_s, u"20417"_s);
    dialog->insertButton().click();
    QVERIFY(composer.sendButton().isEnabled());
    composer.send();
    release(stage);
    QCOMPARE(lastRich(stage)[u"name"_s].toString(), u"order_ready"_s);
}

void TestRichBuilder::aKeptOneIsMarkedWhereTheChannelCannotTakeIt()
{
    Stage stage(*m_look);
    allow(stage, usual());
    Composer &composer = openComposer(stage);
    Preferences &preferences = stage.window->preferences();
    preferences.keepRichReply({u"Sizes"_s, R"({"kind":"form","fields":[{"label":"Size"}]})"});
    RichBuilder *dialog = builder(composer);
    dialog->fill(u"options"_s, u"Yes\nNo"_s);
    QTest::keyClicks(&dialog->name(), u"Yes or no"_s);
    QVERIFY(!dialog->saveButton().isEnabled()); // no words yet
    dialog->findChild<QPlainTextEdit *>()->setPlainText(u"All right?"_s);
    dialog->saveButton().click();
    QCOMPARE(preferences.richReplies().size(), size_t(2));
    QCOMPARE(dialog->library().itemText(1), u"Sizes (not on this channel)"_s);
    QVERIFY(dialog->library().itemData(1).toByteArray().isEmpty());
    QCOMPARE(dialog->library().itemText(2), u"Yes or no"_s);
    preferences.keepRichReply({u"Sizes"_s, {}});
    QCOMPARE(preferences.richReplies().size(), size_t(1));
}

void TestRichBuilder::whatIsShownForEditingComesBackTheSame_data()
{
    QTest::addColumn<QByteArray>("rich");
    for (
        const char *rich :
        {R"({"kind":"list_picker","button":"Go","options":[{"title":"A","description":"b"},{"title":"C"}]})",
         R"({"kind":"form","fields":[{"label":"Mail","type":"email"},{"label":"Name"}]})",
         R"({"kind":"rich_link","url":"https://a.example/b","title":"A"})",
         R"({"kind":"carousel","cards":[{"title":"A","text":"b"}]})",
         R"({"kind":"location","latitude":35.0116,"longitude":-135.5,"title":"K"})",
         R"({"kind":"template","name":"n","language":"de","body":["1","2"]})"})
        QTest::newRow(rich) << QByteArray(rich);
}

void TestRichBuilder::whatIsShownForEditingComesBackTheSame()
{
    QFETCH(QByteArray, rich);
    const QJsonObject before = QJsonDocument::fromJson(rich).object();
    const RichParts after = richFrom(before[u"kind"_s].toString(), inputsOf(before));
    QCOMPARE(after.problem, QString());
    QCOMPARE(after.rich, before);
}

int main(int argc, char **argv)
{
    return runWindowTest<TestRichBuilder>(argc, argv);
}

#include "tst_richbuilder.moc"
