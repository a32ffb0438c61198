// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/api/rich.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace Qt::StringLiterals;

namespace {

QJsonObject json(const char *text)
{
    QByteArray bytes(text);
    bytes.replace('\'', '"');
    const QJsonDocument document = QJsonDocument::fromJson(bytes);
    if (!document.isObject())
        qFatal("no JSON: %s", text);
    return document.object();
}

const char *Choice =
    "{'kind':'quick_replies','text':'Which?','options':["
    "{'id':'red','title':'Red'},{'title':'2'},{'title':'Blue','description':'sky'}]}";

} // namespace

class TestRich : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrongIsSaidWithItsPlace_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("place");
        const auto row = [](const char *name, const char *text, const QString &place) {
            QTest::newRow(name) << QByteArray(text) << place;
        };
        row("no kind", "{}", u"kind: "_s);
        row("unknown kind", "{'kind':'dance'}", u"kind: "_s);
        row("text is a number", "{'kind':'quick_replies','text':1,'options':[{'title':'a'}]}",
            u"text: "_s);
        row("no text", "{'kind':'list_picker','options':[{'title':'a'}]}", u"text: "_s);
        row("no options", "{'kind':'quick_replies','text':'a'}", u"options: "_s);
        row("empty options", "{'kind':'quick_replies','text':'a','options':[]}", u"options: "_s);
        row("option without title", "{'kind':'buttons','text':'a','options':[{'id':'x'}]}",
            u"options[0].title: "_s);
        row("ids twice",
            "{'kind':'buttons','text':'a','options':[{'id':'x','title':'a'},{'id':'x','title':'b'}]"
            "}",
            u"options[1].id: "_s);
        row("a script as link",
            "{'kind':'buttons','text':'a','options':[{'title':'a','url':'javascript:alert(1)'}]}",
            u"options[0].url: "_s);
        row("a file as link", "{'kind':'rich_link','url':'file:///etc/passwd'}", u"url: "_s);
        row("no such time", "{'kind':'time_picker','text':'a','slots':[{'start':'soon'}]}",
            u"slots[0].start: "_s);
        row("no such zone",
            "{'kind':'time_picker','time_zone':'Mars/"
            "North','slots':[{'start':'2026-11-20T10:00:00Z'}]}",
            u"time_zone: "_s);
        row("no such field", "{'kind':'form','fields':[{'label':'a','type':'blood'}]}",
            u"fields[0].type: "_s);
        row("choice without options", "{'kind':'form','fields':[{'label':'a','type':'choice'}]}",
            u"fields[0].options: "_s);
        row("north of the pole", "{'kind':'location','latitude':91,'longitude':0}",
            u"latitude: "_s);
        row("no card", "{'kind':'adaptive_card','card':{'type':'Hero'}}", u"card: "_s);
        row("empty variable", "{'kind':'template','name':'x','body':['']}", u"body: "_s);
    }
    void whatIsWrongIsSaidWithItsPlace()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, place);
        const auto checked = rich::checked(json(text.constData()));
        QVERIFY(!checked);
        QVERIFY2(checked.error().detail.startsWith(place), qPrintable(checked.error().detail));
    }

    void tooMuchIsRefused()
    {
        QJsonArray options;
        for (int i = 0; i < 101; ++i)
            options.append(QJsonObject{{u"title"_s, QString::number(i)}});
        QJsonObject rich{
            {u"kind"_s, u"list_picker"_s}, {u"text"_s, u"a"_s}, {u"options"_s, options}};
        QVERIFY(!rich::checked(rich));
        options.removeLast();
        rich[u"options"_s] = options;
        QVERIFY(bool(rich::checked(rich)));
        rich[u"more"_s] = QString(70'000, u'x');
        QCOMPARE(rich::checked(rich).error().code, Error::Code::TooLarge);
    }

    void optionsWithoutIdGetTheirPlace()
    {
        const auto checked = rich::checked(json(Choice));
        QVERIFY(bool(checked));
        const auto options = rich::optionsOf(*checked);
        QCOMPARE(options.size(), size_t(3));
        QCOMPARE(options[0].id, u"red"_s);
        QCOMPARE(options[1].id, u"2"_s);
    }

    void everyKindReadsAsText_data()
    {
        QTest::addColumn<QByteArray>("rich");
        QTest::addColumn<QString>("text");
        const auto row = [](const char *name, const char *rich, const QString &text) {
            QTest::newRow(name) << QByteArray(rich) << text;
        };
        row("quick replies", Choice, u"Which?\n1. Red\n2. 2\n3. Blue – sky"_s);
        row("list with sections",
            "{'kind':'list_picker','text':'Menu','options':[{'title':'Tea','section':'Hot'},"
            "{'title':'Coffee','section':'Hot'},{'title':'Ice','section':'Cold'}]}",
            u"Menu\nHot\n1. Tea\n2. Coffee\nCold\n3. Ice"_s);
        row("times in the picker's zone",
            "{'kind':'time_picker','text':'When?','time_zone':'Europe/Warsaw','location':'Shop',"
            "'slots':[{'start':'2026-11-20T10:00:00Z','minutes':30}]}",
            u"When?\nShop\n1. Friday, 20 November 2026, 11:00 – 11:30"_s);
        row("form",
            "{'kind':'form','text':'Your order','fields':[{'label':'Number','type':'number'},"
            "{'label':'Size','type':'choice','options':[{'title':'S'},{'title':'L'}]}]}",
            u"Your order\nNumber:\nSize:\n1. S\n2. L"_s);
        row("link", "{'kind':'rich_link','url':'https://example.org/a','title':'Offer'}",
            u"Offer\nhttps://example.org/a"_s);
        row("markup",
            "{'kind':'markup_text','markdown':'# Hello\\n**bold** and *soft* "
            "[here](https://example.org)'}",
            u"Hello\nbold and soft here (https://example.org)"_s);
        row("markup of other kinds",
            "{'kind':'markup_text','markdown':'_soft_, snake_case, <https://example.org/a> and "
            "<b>tag</b>'}",
            u"soft, snake_case, https://example.org/a and tag"_s);
        row("a link's text below its title",
            "{'kind':'rich_link','url':'https://example.org/a','title':'Offer','text':'Today'}",
            u"Offer\nToday\nhttps://example.org/a"_s);
        row("numbers run through a form",
            "{'kind':'form','fields':[{'label':'Size?','type':'choice','options':[{'title':'S'},"
            "{'title':'L'}]},{'label':'Colour','type':'choice','options':[{'title':'Red'}]}]}",
            u"Size?\n1. S\n2. L\nColour:\n3. Red"_s);
        row("a time without a zone",
            "{'kind':'time_picker','slots':[{'start':'2026-11-20T10:00:00+01:00'}]}",
            u"1. Friday, 20 November 2026, 09:00 UTC"_s);
        row("a card of all kinds",
            "{'kind':'adaptive_card','card':{'type':'AdaptiveCard','body':[{'type':'RichTextBlock',"
            "'inlines':['By ',{'type':'TextRun','text':'Anna'}]},{'type':'FactSet','facts':[{"
            "'title':'Guests','value':'4'}]},{'type':'Input.Toggle','title':'Agreed','id':'a'},{"
            "'type':'Hologram','fallback':{'type':'TextBlock','text':'**Flat** instead'}}],"
            "'actions':[{'type':'Action.Submit','title':'Send'}]}}",
            u"By Anna\nGuests 4\nAgreed\nFlat instead"_s);
        row("a card's own words, its choices and links",
            "{'kind':'adaptive_card','text':'In words','card':{'type':'AdaptiveCard','body':[{"
            "'type':'TextBlock','text':'drawn'}],'actions':[{'type':'Action.Submit','title':'Yes'},"
            "{'type':'Action.OpenUrl','title':'Menu','url':'https://example.org'}]}}",
            u"In words\n1. Yes\nMenu – https://example.org"_s);
        row("card",
            "{'kind':'adaptive_card','card':{'type':'AdaptiveCard','body':[{'type':'TextBlock','"
            "text':'Hi'},"
            "{'type':'Input.ChoiceSet','label':'Pick','choices':[{'title':'A','value':'a'}]}],"
            "'actions':[{'type':'Action.OpenUrl','title':'Open','url':'https://example.org'}]}}",
            u"Hi\nPick\n1. A\nOpen – https://example.org"_s);
    }
    void everyKindReadsAsText()
    {
        QFETCH(QByteArray, rich);
        QFETCH(QString, text);
        const auto checked = rich::checked(json(rich.constData()));
        QVERIFY2(bool(checked), checked ? "" : qPrintable(checked.error().detail));
        QCOMPARE(rich::fallbackText(*checked), text);
    }

    /// M64, M68: numbers run through all that is asked, and lead back to it.
    void numbersLeadBackToFieldsAndToSeveral_data()
    {
        QTest::addColumn<QByteArray>("question");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("answer");
        const auto row = [](const char *name, const char *question, const QString &text,
                            const QString &answer) {
            QTest::newRow(name) << QByteArray(question) << text << answer;
        };
        const char *form =
            "{'kind':'form','text':'Order','fields':[{'id':'size','label':'Size',"
            "'type':'choice','options':[{'id':'s','title':'S'},{'id':'l','title':'L'}"
            "]},{'id':'colour','label':'Colour','type':'choice','options':[{'id':'r',"
            "'title':'Red'},{'id':'b','title':'Blue'}]}]}";
        row("one of a form", form, u"3"_s, u"option=r values={colour=r}"_s);
        row("one of each", form, u"2, 4"_s, u"options=l,b values={colour=b size=l}"_s);
        row("two of one", form, u"1 2"_s, QString());
        row("beyond the last", form, u"1 5"_s, QString());
        row("a title", form, u"blue"_s, u"option=b values={colour=b}"_s);
        row("with a greeting", form, u"2\n\nBest regards\nAnna"_s, u"option=l values={size=l}"_s);
        row("in a sentence", form, u"2 of them"_s, QString());
        const char *list = "{'kind':'list_picker','text':'Which?','multiple':true,'options':[{'id':"
                           "'a','title':'A'},{'id':'b','title':'B'},{'id':'c','title':'C'}]}";
        row("several of a list", list, u"1, 3"_s, u"options=a,c"_s);
        row("one of several", list, u"#2"_s, u"option=b"_s);
        const char *card = "{'kind':'adaptive_card','card':{'type':'AdaptiveCard','body':[{'type':"
                           "'TextBlock','text':'Agreed?'}],'actions':[{'type':'Action.Submit','id':"
                           "'y','title':'Yes'},{'type':'Action.Submit','id':'n','title':'No'}]}}";
        row("button of a card", card, u"2"_s, u"option=n"_s);
        const char *several =
            "{'kind':'adaptive_card','text':'In "
            "words','card':{'type':'AdaptiveCard','body':[{'type'"
            ":'Input.ChoiceSet','id':'x','isMultiSelect':true,'choices':[{'title':'A','value':'a'},"
            "{'title':'B','value':'b'}]}],'actions':[{'type':'Action.Submit','title':'Send'}]}}";
        row("several of a card", several, u"1 2"_s, u"options=a,b values={x=a,b}"_s);
    }
    void numbersLeadBackToFieldsAndToSeveral()
    {
        QFETCH(QByteArray, question);
        QFETCH(QString, text);
        QFETCH(QString, answer);
        const QJsonObject rich = *rich::checked(json(question.constData()));
        const QJsonObject got = rich::answered(rich, {}, text);
        QStringList parts;
        if (got.contains(u"option"_s))
            parts << u"option="_s + got[u"option"_s].toString();
        QStringList several;
        for (const QJsonValue one : got[u"options"_s].toArray())
            several << one.toString();
        if (!several.isEmpty())
            parts << u"options="_s + several.join(u',');
        QStringList values;
        const QJsonObject fields = got[u"values"_s].toObject();
        for (auto it = fields.begin(); it != fields.end(); ++it)
            values << it.key() + u'=' + it->toString();
        if (!values.isEmpty())
            parts << u"values={"_s + values.join(u' ') + u'}';
        QCOMPARE(parts.join(u' '), answer);
    }

    /// Buttons that were pressed name several by their payloads, as places where ids did not fit.
    void severalPayloadsLeadBack()
    {
        const QJsonObject question = *rich::checked(json(Choice));
        const QJsonObject given{{u"kind"_s, u"answer"_s},
                                {u"options"_s, QJsonArray{u"red"_s, u"#3"_s}}};
        const QJsonObject got = rich::answered(question, given, u"Red, Blue"_s);
        QCOMPARE(got[u"options"_s].toArray(), (QJsonArray{u"red"_s, u"3"_s}));
        QCOMPARE(got[u"title"_s].toString(), u"Red, Blue"_s);
    }

    void aDeepCardDoesNotEndTheProgram()
    {
        QJsonObject element{{u"type"_s, u"TextBlock"_s}, {u"text"_s, u"deep"_s}};
        for (int i = 0; i < 500; ++i)
            element = {{u"type"_s, u"Container"_s}, {u"items"_s, QJsonArray{element}}};
        const QJsonObject card{{u"type"_s, u"AdaptiveCard"_s}, {u"body"_s, QJsonArray{element}}};
        QVERIFY(rich::fallbackText({{u"kind"_s, u"adaptive_card"_s}, {u"card"_s, card}}).isEmpty());
    }

    void answersLeadBackToTheOption_data()
    {
        QTest::addColumn<QString>("payload");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("option");
        QTest::newRow("id") << u"red"_s << u"Red"_s << u"red"_s;
        QTest::newRow("place") << u"#3"_s << QString() << u"3"_s;
        QTest::newRow("number") << QString() << u" 1 "_s << u"red"_s;
        QTest::newRow("number with a dot") << QString() << u"3."_s << u"3"_s;
        QTest::newRow("title, any case") << QString() << u"bLUE"_s << u"3"_s;
        QTest::newRow("a title that is a number comes first") << QString() << u"2"_s << u"2"_s;
        QTest::newRow("out of range") << QString() << u"4"_s << QString();
        QTest::newRow("nought") << QString() << u"0"_s << QString();
        QTest::newRow("a sentence") << QString() << u"I want 1 of them"_s << QString();
        QTest::newRow("unknown payload") << u"green"_s << QString() << QString();
        QTest::newRow("place out of range") << u"#9"_s << QString() << QString();
    }
    void answersLeadBackToTheOption()
    {
        QFETCH(QString, payload);
        QFETCH(QString, text);
        QFETCH(QString, option);
        const QJsonObject question = *rich::checked(json(Choice));
        const QJsonObject given = payload.isEmpty() ? QJsonObject() : rich::answer(payload);
        QCOMPARE(rich::answered(question, given, text).value(u"option"_s).toString(), option);
    }

    void payloadsFitAndComeBack()
    {
        const rich::Option fits{u"red"_s, u"Red"_s, {}, {}, {}, {}};
        QCOMPARE(rich::payloadOf(fits, 1, 64), u"red"_s);
        const rich::Option large{QString(65, u'x'), u"Long"_s, {}, {}, {}, {}};
        QCOMPARE(rich::payloadOf(large, 7, 64), u"#7"_s);
        const rich::Option wide{QString(40, QChar(0x1ec7)), u"Wide"_s, {}, {}, {}, {}};
        QCOMPARE(rich::payloadOf(wide, 2, 64), u"#2"_s); // 120 bytes
        const rich::Option sly{u"#1"_s, u"Sly"_s, {}, {}, {}, {}};
        QCOMPARE(rich::payloadOf(sly, 2, 64), u"#2"_s);
    }
};

QTEST_APPLESS_MAIN(TestRich)
#include "tst_rich.moc"
