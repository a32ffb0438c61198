// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/flow.h"
#include "core/flow/template.h"
#include "tests/support/processortime.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace peerdesk;

class TestTemplate : public QObject
{
    Q_OBJECT

private slots:
    void rendersValuesFiltersAndTags_data();
    void rendersValuesFiltersAndTags();
    void refusesWhatItDoesNotUnderstand_data();
    void refusesWhatItDoesNotUnderstand();
    void datesFollowTheOfficeZone();
    void loopsEndAfterAThousandTurns();
    void outputIsCutAtTheBound();
    void outputIsNeverCutInsideACharacter();
    void hostileTemplatesEndSoon_data();
    void hostileTemplatesEndSoon();
    void nestingIsBounded();
    void deeplyNestedVariablesDoNoHarm();
};

namespace {

QJsonObject variables()
{
    return QJsonDocument::fromJson(R"({
        "now": "2026-11-20T21:05:09.042Z",
        "customer": {"name": "Ann Lee", "age": 41, "vip": true, "none": null, "size": "XL"},
        "list": ["a", "b", "c"], "empty": [], "blank": "", "pi": 3.25, "spaced": "  x  ",
        "key": "name", "at": 1, "emoji": "😀é", "people": [{"n": "Bo"}, {"n": "Cy"}],
        "html": "<a href=\"x\">&</a>", "lines": "one\r\ntwo\nthree"
    })")
        .object();
}

} // namespace

void TestTemplate::rendersValuesFiltersAndTags_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const QString &text, const QString &expected) {
        QTest::newRow(name) << text << expected;
    };
    // Values
    row("plain text stays", u"Hello { } % world"_s, u"Hello { } % world"_s);
    row("path", u"Dear {{ customer.name }}!"_s, u"Dear Ann Lee!"_s);
    row("missing path is empty", u"[{{ customer.nobody.at.all }}]"_s, u"[]"_s);
    row("null is empty", u"[{{ customer.none }}]"_s, u"[]"_s);
    row("whole number", u"{{ customer.age }}"_s, u"41"_s);
    row("fraction", u"{{ pi }}"_s, u"3.25"_s);
    row("truth value", u"{{ customer.vip }}"_s, u"true"_s);
    row("list", u"{{ list }}"_s, u"abc"_s);
    row("object is JSON", u"{{ people[0] }}"_s, u"{\"n\":\"Bo\"}"_s);
    row("index", u"{{ list[1] }}{{ list[-1] }}{{ list[9] }}"_s, u"bc"_s);
    row("key in brackets", u"{{ customer[\"name\"] }}{{ customer[key] }}{{ list[at] }}"_s,
        u"Ann LeeAnn Leeb"_s);
    row("size, first and last of a list", u"{{ list.size }}{{ list.first }}{{ list.last }}"_s,
        u"3ac"_s);
    row("a member called size wins", u"{{ customer.size }}"_s, u"XL"_s);
    row("literals", u"{{ 'x' }}{{ \"y\" }}{{ 12 }}{{ -1.5 }}{{ true }}{{ nil }}"_s,
        u"xy12-1.5true"_s);
    row("empty braces", u"a{{ }}b"_s, u"ab"_s);
    row("white space control", u"a  {{- 1 -}}  b {%- if true -%} c {%- endif %}"_s, u"a1bc"_s);
    // Filters
    row("default", u"{{ nobody | default: 'you' }}{{ blank | default: customer.name }}"_s,
        u"youAnn Lee"_s);
    row("default keeps what is there", u"{{ customer.age | default: 1 }}"_s, u"41"_s);
    row("upcase", u"{{ 'straße' | upcase }}"_s, u"STRASSE"_s);
    row("downcase", u"{{ 'ÄB' | downcase }}"_s, u"äb"_s);
    row("capitalize", u"{{ 'hello WORLD' | capitalize }}"_s, u"Hello world"_s);
    row("strip", u"[{{ spaced | strip }}]"_s, u"[x]"_s);
    row("size", u"{{ 'abc' | size }}{{ list | size }}{{ emoji | size }}{{ nobody | size }}"_s,
        u"3320"_s);
    row("append and prepend", u"{{ 'b' | append: 'c' | prepend: 'a' }}"_s, u"abc"_s);
    row("replace", u"{{ 'a-b-c' | replace: '-', '+' }}"_s, u"a+b+c"_s);
    row("replace nothing", u"{{ 'abc' | replace: '', 'x' }}"_s, u"abc"_s);
    row("remove", u"{{ 'a-b-c' | remove: '-' }}"_s, u"abc"_s);
    row("split and join", u"{{ 'a,b,c' | split: ',' | join: ' / ' }}"_s, u"a / b / c"_s);
    row("split into characters", u"{{ emoji | split: '' | join: '.' }}"_s, u"😀.é"_s);
    row("join without separator", u"{{ list | join }}"_s, u"a b c"_s);
    row("first and last", u"{{ list | first }}{{ list | last }}{{ empty | first }}"_s, u"ac"_s);
    row("slice", u"{{ 'abcdef' | slice: 1, 3 }}{{ 'abc' | slice: -2, 2 }}{{ 'abc' | slice: 9 }}"_s,
        u"bcdbc"_s);
    row("slice of a list", u"{{ list | slice: 1, 2 | join: '' }}"_s, u"bc"_s);
    row("truncate", u"{{ 'abcdefghij' | truncate: 6 }}|{{ 'abc' | truncate: 6 }}"_s,
        u"abc...|abc"_s);
    row("truncate with its own sign", u"{{ 'abcdefghij' | truncate: 4, '…' }}"_s, u"abc…"_s);
    row("plus and minus", u"{{ 1 | plus: 2 }} {{ '5' | minus: '7' }} {{ 1.5 | plus: 1 }}"_s,
        u"3 -2 2.5"_s);
    row("plus past the largest whole number", u"{{ 9223372036854775807 | plus: 1 }}"_s,
        u"9.22337203685478e+18"_s);
    row("times", u"{{ 3 | times: 4 }} {{ 2 | times: 0.25 }}"_s, u"12 0.5"_s);
    row("divided_by goes down", u"{{ 7 | divided_by: 2 }} {{ -7 | divided_by: 2 }}"_s, u"3 -4"_s);
    row("divided_by a fraction", u"{{ 7 | divided_by: 2.0 }} {{ 7 | divided_by: 2.5 }}"_s,
        u"3 2.8"_s);
    row("divided by zero is nothing", u"[{{ 7 | divided_by: 0 }}{{ 7 | modulo: 0 }}]"_s, u"[]"_s);
    row("division that overflows", u"{{ -9223372036854775807 | minus: 1 | divided_by: -1 }}"_s,
        u"9.22337203685478e+18"_s);
    row("modulo", u"{{ 7 | modulo: 3 }} {{ -7 | modulo: 3 }} {{ 7 | modulo: -1 }}"_s, u"1 2 0"_s);
    row("round", u"{{ 2.5 | round }} {{ 2.345 | round: 1 }} {{ 'x' | round }}"_s, u"3 2.3 0"_s);
    row("date", u"{{ 'now' | date: '%Y-%m-%d %H:%M:%S' }}"_s, u"2026-11-20 21:05:09"_s);
    row("date with names", u"{{ '2026-03-01' | date: '%a %A %b %B %-d %e %j' }}"_s,
        u"Sun Sunday Mar March 1  1 060"_s);
    row("date with twelve hours", u"{{ 'now' | date: '%I:%M %p %l%P' }}"_s, u"09:05 PM  9pm"_s);
    row("date of seconds", u"{{ 0 | date: '%F %T %R %D %% %q' }}"_s,
        u"1970-01-01 00:00:00 00:00 01/01/70 % %q"_s);
    row("date of an offset", u"{{ '2026-11-20 21:00:00+02:00' | date: '%H %z %s' }}"_s,
        u"19 +0000 1795201200"_s);
    row("date of nonsense stays", u"{{ 'soon' | date: '%Y' }}"_s, u"soon"_s);
    row("escape", u"{{ html | escape }}"_s, u"&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;"_s);
    row("url_encode", u"{{ 'a b&c=ü~+' | url_encode }}"_s, u"a+b%26c%3D%C3%BC~%2B"_s);
    row("json", u"{{ list | json }}{{ 'a\nb' | json }}{{ 1 | json }}{{ nobody | json }}"_s,
        u"[\"a\",\"b\",\"c\"]\"a\\nb\"1null"_s);
    row("newline_to_br", u"{{ lines | newline_to_br }}"_s, u"one<br />\ntwo<br />\nthree"_s);
    // Tags
    row("if, elsif, else", u"{% if pi > 4 %}a{% elsif pi == 3.25 %}b{% else %}c{% endif %}"_s,
        u"b"_s);
    row("else", u"{% if nobody %}a{% elsif false %}b{% else %}c{% endif %}"_s, u"c"_s);
    row("text and number compare", u"{% if '41' == customer.age and '9' < 10 %}y{% endif %}"_s,
        u"y"_s);
    row("and, or from the right", u"{% if true or false and false %}y{% endif %}"_s, u"y"_s);
    row("contains", u"{% if list contains 'b' and customer.name contains 'Lee' %}y{% endif %}"_s,
        u"y"_s);
    row("empty and blank",
        u"{% if empty == empty and spaced != blank and nobody == blank %}y{% endif %}"_s, u"y"_s);
    row("an empty text is true", u"{% if blank %}y{% endif %}"_s, u"y"_s);
    row("unless", u"{% unless nobody %}a{% else %}b{% endunless %}"_s, u"a"_s);
    row("case",
        u"{% case key %} x {% when 'a', 'b' %}1{% when 'name' or 'n' %}2{% else %}3{% endcase %}"_s,
        u"2"_s);
    row("case else", u"{% case nobody %}{% when 'a' %}1{% else %}3{% endcase %}"_s, u"3"_s);
    row("case without a match", u"[{% case key %}{% when 'a' %}1{% endcase %}]"_s, u"[]"_s);
    row("for",
        u"{% for p in people %}{{ forloop.index }}{{ p.n }}{% unless forloop.last %},"
        "{% endunless %}{% endfor %}"_s,
        u"1Bo,2Cy"_s);
    row("for with options", u"{% for x in list limit:2 offset:1 reversed %}{{ x }}{% endfor %}"_s,
        u"cb"_s);
    row("for over a range",
        u"{% for i in (2..at) %}x{% endfor %}{% for i in (1..3) %}{{ i }}"
        "{% endfor %}"_s,
        u"123"_s);
    row("for else", u"{% for x in empty %}a{% else %}none{% endfor %}"_s, u"none"_s);
    row("for else not taken", u"{% for x in list %}{{ x }}{% else %}none{% endfor %}"_s, u"abc"_s);
    row("for in for",
        u"{% for x in list %}{% for y in (1..2) %}{{ x }}{{ y }}{% endfor %}{{ forloop.index }} "
        "{% endfor %}"_s,
        u"a1a21 b1b22 c1c23 "_s);
    row("for hides a name only inside",
        u"{% assign x = 'o' %}{% for x in list %}{{ x }}{% endfor %}{{ x }}"_s, u"abco"_s);
    row("for over an object", u"{% for m in people[0] %}{{ m[0] }}={{ m[1] }}{% endfor %}"_s,
        u"n=Bo"_s);
    row("assign", u"{% assign a = customer.name | upcase %}{{ a }}"_s, u"ANN LEE"_s);
    row("capture", u"{% capture c %}<{{ key }}>{% endcapture %}{{ c }}{{ c }}"_s,
        u"<name><name>"_s);
    row("comment", u"a{% comment %}{{ broken {% endcomment %}b"_s, u"ab"_s);
    row("raw", u"{% raw %}{{ x }}{% if %}{% endraw %}!"_s, u"{{ x }}{% if %}!"_s);
}

void TestTemplate::rendersValuesFiltersAndTags()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    const auto out = flow::render(text, variables());
    QVERIFY2(out.has_value(), qPrintable(out.error().detail));
    QCOMPARE(*out, expected);
}

void TestTemplate::refusesWhatItDoesNotUnderstand_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("open output") << u"{{ a"_s;
    QTest::newRow("open tag") << u"{% if a"_s;
    QTest::newRow("open quotation") << u"{{ 'a }}"_s;
    QTest::newRow("unknown filter") << u"{{ a | md5 }}"_s;
    QTest::newRow("unknown tag") << u"{% include 'secrets' %}"_s;
    QTest::newRow("filter without a name") << u"{{ a | }}"_s;
    QTest::newRow("rest behind a value") << u"{{ a b }}"_s;
    QTest::newRow("block not closed") << u"{% if a %}x"_s;
    QTest::newRow("end without beginning") << u"{% endif %}"_s;
    QTest::newRow("wrong end") << u"{% if a %}{% endfor %}"_s;
    QTest::newRow("else outside") << u"{% else %}"_s;
    QTest::newRow("two elses") << u"{% if a %}{% else %}{% else %}{% endif %}"_s;
    QTest::newRow("when outside case") << u"{% if a %}{% when 1 %}{% endif %}"_s;
    QTest::newRow("for without in") << u"{% for x of y %}{% endfor %}"_s;
    QTest::newRow("for with an unknown option") << u"{% for x in y cols:2 %}{% endfor %}"_s;
    QTest::newRow("assign without value") << u"{% assign a = %}"_s;
    QTest::newRow("raw not closed") << u"{% raw %}"_s;
    QTest::newRow("empty brackets") << u"{{ a[] }}"_s;
    QTest::newRow("lonely minus") << u"{{ - 1 }}"_s;
    QTest::newRow("too long") << QString(flow::liquid::MaxTemplate + 1, u'x');
    QTest::newRow("endless path") << u"{{ a"_s + u".b"_s.repeated(100) + u"}}"_s;
    QTest::newRow("endless filters") << u"{{ a"_s + u" | strip"_s.repeated(100) + u"}}"_s;
    QTest::newRow("endless condition")
        << u"{% if a"_s + u" and a"_s.repeated(100) + u"%}{% endif %}"_s;
}

void TestTemplate::refusesWhatItDoesNotUnderstand()
{
    QFETCH(QString, text);
    const auto out = flow::render(text, variables());
    QVERIFY(!out);
    QCOMPARE(out.error().code, Error::Code::Invalid);
    QVERIFY(!out.error().detail.isEmpty());
}

void TestTemplate::datesFollowTheOfficeZone()
{
    QJsonObject local = variables();
    local[u"office"_s] = QJsonObject{{u"timezone"_s, u"Asia/Tokyo"_s}};
    QCOMPARE(*flow::render(u"{{ 'now' | date: '%F %H:%M %z' }}"_s, local),
             u"2026-11-21 06:05 +0900"_s);
    local[u"office"_s] = QJsonObject{{u"timezone"_s, u"../../etc/passwd"_s}};
    QCOMPARE(*flow::render(u"{{ 'now' | date: '%H:%M' }}"_s, local), u"21:05"_s);
}

void TestTemplate::loopsEndAfterAThousandTurns()
{
    QCOMPARE(flow::render(u"{% for i in (1..100000) %}x{% endfor %}"_s, {})->size(), 1000);
    QJsonArray many;
    for (int i = 0; i < 1500; ++i)
        many.append(i);
    const QString text = u"{% for i in many %}x{% endfor %}"_s;
    QCOMPARE(flow::render(text, {{u"many"_s, many}})->size(), 1000);
}

void TestTemplate::outputIsCutAtTheBound()
{
    const auto out = flow::render(u"{% for i in (1..1000) %}{{ text }}{{ text }}{% endfor %}"_s,
                                  {{u"text"_s, QString(1000, u'x')}});
    QVERIFY(out);
    QCOMPARE(out->size(), flow::liquid::MaxText);
}

void TestTemplate::outputIsNeverCutInsideACharacter()
{
    const auto out =
        flow::render(u"x{{ text }}{{ text }}"_s, {{u"text"_s, u"😀"_s.repeated(20'000)}});
    QVERIFY(out);
    QCOMPARE(out->size(), flow::liquid::MaxText - 1);
    QVERIFY(out->back().isLowSurrogate());
}

void TestTemplate::hostileTemplatesEndSoon_data()
{
    QTest::addColumn<QString>("text");
    const QString nested = u"{% for a in (1..1000) %}{% for b in (1..1000) %}"
                           "{% for c in (1..1000) %}{% assign x = c %}{% endfor %}{% endfor %}"
                           "{% endfor %}"_s;
    QTest::newRow("a thousand million turns") << nested;
    QTest::newRow("doubling")
        << u"{% assign x = 'aaaaaaaa' %}{% for i in (1..1000) %}"
           "{% assign x = x | append: x | replace: 'a', x %}{% endfor %}{{ x }}"_s;
    QTest::newRow("capture of captures")
        << u"{% assign x = 'a' %}{% for i in (1..1000) %}{% capture x %}{{ x }}{{ x }}"
           "{% endcapture %}{% endfor %}"_s;
    QTest::newRow("splitting for ever")
        << u"{% assign x = big %}{% for i in (1..1000) %}{% assign y = x | split: '' %}"
           "{% assign z = y | join: ',' %}{% endfor %}"_s;
    QTest::newRow("huge comparisons")
        << u"{% for i in (1..1000) %}{% if big contains big %}{% endif %}{% endfor %}"_s;
}

void TestTemplate::hostileTemplatesEndSoon()
{
    QFETCH(QString, text);
    const test::ProcessorTime spent;
    const auto out = flow::render(text, {{u"big"_s, QString(60'000, u'x')}});
    QVERIFY(!out || out->size() <= flow::liquid::MaxText);
    QVERIFY2(spent.milliseconds() < 30'000, "the work of a template is not bounded");
}

void TestTemplate::nestingIsBounded()
{
    const auto nested = [](int depth) {
        return u"{% if true %}"_s.repeated(depth) + u"x"_s + u"{% endif %}"_s.repeated(depth);
    };
    QCOMPARE(*flow::render(nested(32), {}), u"x"_s);
    QVERIFY(!flow::render(nested(33), {}));
    QVERIFY(!flow::render(nested(2500), {}));
}

void TestTemplate::deeplyNestedVariablesDoNoHarm()
{
    const QByteArray deep = "{\"a\":" + QByteArray(900, '[') + QByteArray(900, ']') + "}";
    const QJsonObject object = QJsonDocument::fromJson(deep).object();
    QVERIFY(object.contains(u"a"_s));
    QVERIFY(flow::render(u"{{ a }}{{ a | join: ',' }}{{ a | json }}"_s, object));
}

QTEST_GUILESS_MAIN(TestTemplate)
#include "tst_template.moc"
