// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/html.h"
#include "tests/support/processortime.h"

#include <QTest>

using namespace peerdesk::channels::email;
using namespace Qt::StringLiterals;

class TestHtml : public QObject
{
    Q_OBJECT

private slots:
    void nothingThatActsOrLoadsSurvives_data();
    void nothingThatActsOrLoadsSurvives();
    void harmlessMarkupSurvives_data();
    void harmlessMarkupSurvives();
    void hostileSizeIsBounded_data();
    void hostileSizeIsBounded();
    void tablesNestSixDeepAtMost();
    void remotePicturesAreCounted();
    void quotesBecomeMarkedLines();
};

void TestHtml::nothingThatActsOrLoadsSurvives_data()
{
    QTest::addColumn<QString>("html");
    for (const char *html :
         {"<script>alert(1)</script>",
          "<img src=x onerror=alert(1)>",
          "<style>@import 'x'</style>",
          "<a href=\"javascript:alert(1)\">x</a>",
          "<a href=\" java\nscript:alert(1)\">x</a>",
          "<img src=\"file:///etc/passwd\">",
          "<a href=\"file:///etc/passwd\">x</a>",
          "<iframe src=\"http://x.test\"></iframe>",
          "<form action=\"http://x.test\"><input></form>",
          "<svg><script>alert(1)</script></svg>",
          "<svg onload=alert(1)>",
          "<math><mi//xlink:href=\"data:x\">",
          "<link rel=stylesheet href=http://x.test>",
          "<base href=http://x.test>",
          "<p style=\"background:url(http://x.test)\">x</p>",
          "<table background=http://x.test><tr><td>x</table>",
          "<body background=\"http://x.test/\">",
          "<meta http-equiv=refresh content=\"0;url=http://x.test\">",
          "<object data=http://x.test></object>",
          "<video src=http://x.test></video>",
          "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
          "<img src=\"data:image/png;base64,AA\">",
          "<img src=\"qrc:/x\">",
          "<img src=\"//[::1\">",
          "<!--[if mso]><script>alert(1)</script><![endif]-->",
          "<title><img src=x onerror=alert(1)></title>",
          "<textarea><script>alert(1)</script>",
          "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
          "<a title=\"x\" href='vbscript:x'>x</a>",
          "<scr<script>ipt>alert(1)</script>",
          "<p title='\"><script>alert(1)</script>'>x</p>",
          "<q cite=\"http://x.test\">x</q>"})
        QTest::newRow(html) << QString::fromLatin1(html);
}

void TestHtml::nothingThatActsOrLoadsSurvives()
{
    QFETCH(QString, html);
    const QString out = sanitize(html).html;
    for (const char16_t *bad :
         {u"<script",    u"<style",      u"<iframe",     u"<form",       u"<input",
          u"<svg",       u"<object",     u"<video",      u"<link",       u"<base",
          u"<meta",      u"style=",      u"background=", u"cite=\"http", u"href=\"file",
          u"src=\"file", u"href=\"java", u"href=\"data", u"href=\"vb",   u"src=\"data",
          u"src=\"qrc",  u"src=\"http",  u"src=\"//"})
        QVERIFY2(!out.contains(QString::fromUtf16(bad), Qt::CaseInsensitive), qPrintable(out));
    for (qsizetype at = out.indexOf(u'<'); at >= 0; at = out.indexOf(u'<', at + 1)) {
        const QString tag = out.mid(at, out.indexOf(u'>', at) - at);
        QVERIFY2(!tag.contains(u" on"_s), qPrintable(tag));
    }
    QCOMPARE(sanitize(out).html, out);
}

void TestHtml::harmlessMarkupSurvives_data()
{
    QTest::addColumn<QString>("html");
    QTest::addColumn<QString>("expected");
    QTest::addColumn<QString>("text");
    QTest::newRow("bold") << u"<p>a <b>b</b></p>"_s << u"<p>a <b>b</b></p>"_s << u"a b"_s;
    QTest::newRow("link") << u"<a href=\"https://x.test/?a=1&amp;b=2\" onclick=x>l</a>"_s
                          << u"<a href=\"https://x.test/?a=1&amp;b=2\">l</a>"_s << u"l"_s;
    QTest::newRow("mailto") << u"<a href='mailto:a@x.test'>m</a>"_s
                            << u"<a href=\"mailto:a@x.test\">m</a>"_s << u"m"_s;
    QTest::newRow("entities") << u"1 &lt; 2 &amp; 3 &euro;"_s << u"1 &lt; 2 &amp; 3 €"_s
                              << u"1 < 2 & 3 €"_s;
    QTest::newRow("stray <") << u"1 < 2 <3"_s << u"1 &lt; 2 &lt;3"_s << u"1 < 2 <3"_s;
    QTest::newRow("unclosed") << u"<div><b>x"_s << u"<div><b>x</b></div>"_s << u"x"_s;
    QTest::newRow("breaks") << u"a<br>b<br/>c"_s << u"a<br>b<br>c"_s << u"a\nb\nc"_s;
    QTest::newRow("table")
        << u"<table><tr><td colspan=2>a<td>b</table>"_s
        << u"<table><tbody><tr><td colspan=\"2\">a</td><td>b</td></tr></tbody></table>"_s
        << u"a b"_s;
    QTest::newRow("paragraphs that close each other")
        << u"<p>a<p>b"_s << u"<p>a</p><p>b</p>"_s << u"a\n\nb"_s;
}

void TestHtml::harmlessMarkupSurvives()
{
    QFETCH(QString, html);
    QFETCH(QString, expected);
    QFETCH(QString, text);
    const CleanHtml clean = sanitize(html);
    QCOMPARE(clean.html, expected);
    QCOMPARE(clean.text, text);
    QVERIFY(!clean.isCut);
}

void TestHtml::hostileSizeIsBounded_data()
{
    QTest::addColumn<QString>("html");
    QString fonts = u"<p>"_s;
    for (int i = 0; i < 20'000; ++i)
        fonts += u"<font color=%1><b title=%1>"_s.arg(i);
    QTest::newRow("nested div") << u"<div>"_s.repeated(200'000);
    QTest::newRow("nested tables") << u"<table><tr><td>"_s.repeated(60'000);
    QTest::newRow("nested bold") << u"<b>"_s.repeated(300'000);
    QTest::newRow("different formatting, many paragraphs")
        << fonts + u"</p><p>x"_s.repeated(50'000);
    QTest::newRow("attributes") << u"<a "_s + u"b "_s.repeated(400'000) + u">x</a>"_s;
    QTest::newRow("unclosed quotes") << u"<a href=\""_s.repeated(100'000);
    QTest::newRow("unclosed comments") << u"<!--"_s.repeated(200'000);
    QTest::newRow("unclosed svg") << u"<svg><object>"_s.repeated(70'000);
    QTest::newRow("stray end tags") << u"</p></b></table>"_s.repeated(60'000);
    QTest::newRow("misnested") << u"<b><p></b><i></p>"_s.repeated(50'000);
    QTest::newRow("entities") << u"&amp;lt;"_s.repeated(130'000);
    QTest::newRow("over the input bound") << u"words "_s.repeated(400'000);
    QTest::newRow("less-than signs") << u"<"_s.repeated(1'000'000);
    QTest::newRow("foster parents") << u"<table>x<b>y"_s.repeated(80'000);
}

void TestHtml::hostileSizeIsBounded()
{
    QFETCH(QString, html);
    const peerdesk::test::ProcessorTime spent;
    const CleanHtml clean = sanitize(html);
    QVERIFY2(spent.milliseconds() < 4000, qPrintable(QString::number(spent.milliseconds())));
    QVERIFY(clean.html.toUtf8().size() <= MaxHtmlOutput);
    QVERIFY(clean.text.size() <= MaxDerivedText + 1000);
}

void TestHtml::tablesNestSixDeepAtMost()
{
    const QString out = sanitize(u"<table><tr><td>"_s.repeated(20) + u"deep"_s +
                                 u"</td></tr></table>"_s.repeated(20) + u"<p>after"_s)
                            .html;
    int depth = 0;
    int deepest = 0;
    for (qsizetype at = 0; at < out.size(); ++at) {
        depth += out.mid(at).startsWith(u"<table"_s)    ? 1
                 : out.mid(at).startsWith(u"</table"_s) ? -1
                                                        : 0;
        deepest = std::max(deepest, depth);
    }
    QCOMPARE(deepest, 6);
    QVERIFY(out.contains(u"deep"_s));
    QVERIFY(out.endsWith(u"<p>after</p>"_s));
}

void TestHtml::remotePicturesAreCounted()
{
    const CleanHtml clean = sanitize(u"<img src=http://a.test/1 alt=x><img src=//b.test/2>"
                                     "<img src=cid:x><img src=ftp://c.test>"_s);
    QCOMPARE(clean.remoteImages, 2);
    QVERIFY(clean.html.contains(u"blocked:http://a.test/1"_s));
    QVERIFY(clean.html.contains(u"blocked:https://b.test/2"_s));
}

void TestHtml::quotesBecomeMarkedLines()
{
    QCOMPARE(sanitize(u"<div>new</div><blockquote>old<br>older<blockquote>first</blockquote>"
                      "</blockquote>"_s)
                 .text,
             u"new\n> old\n> older\n> > first"_s);
}

QTEST_GUILESS_MAIN(TestHtml)
#include "tst_html.moc"
