// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/email/headers.h"
#include "core/channels/email/mime.h"
#include "core/channels/email/mimetree.h"
#include "tests/support/processortime.h"

#include <QJsonArray>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels::email;
using namespace Qt::StringLiterals;

namespace {

const QString Own = u"help@desk.test"_s;
const QByteArray OwnId = "00112233445566778899aabbccddeeff.peerdesk@desk.test";

QByteArray head(const QByteArray &more = {})
{
    return "From: Anna Nowak <Anna@Example.ORG>\r\nTo: help@desk.test\r\nSubject: Order\r\n"
           "Message-ID: <m1@example.org>\r\nMIME-Version: 1.0\r\n" +
           more;
}

ParsedMail parsed(const QByteArray &raw)
{
    return parse(raw, {Own, {1'790'000'000'000}});
}

QByteArray report(const QByteArray &action, const QByteArray &id)
{
    return "From: MAILER-DAEMON@mail.example\r\nTo: help@desk.test\r\nSubject: Undelivered\r\n"
           "Message-ID: <dsn1@mail.example>\r\nMIME-Version: 1.0\r\n"
           "Content-Type: multipart/report; report-type=delivery-status; boundary=R\r\n\r\n"
           "--R\r\n\r\nIt did not work.\r\n"
           "--R\r\nContent-Type: message/delivery-status\r\n\r\n"
           "Reporting-MTA: dns; mail.example\r\n\r\n"
           "Final-Recipient: rfc822; gone@example.org\r\nAction: " +
           action +
           "\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n User unknown\r\n\r\n"
           "--R\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <" +
           id + ">\r\nSubject: Re: Order\r\n\r\n--R--\r\n";
}

QJsonObject headersOf(const ParsedMail &mail)
{
    return json::object(mail.item.headers);
}

} // namespace

class TestMime : public QObject
{
    Q_OBJECT

private slots:
    void textIsReadInWhateverCharsetItComes_data();
    void textIsReadInWhateverCharsetItComes();
    void attachmentNamesAreDecodedAndNeverPaths_data();
    void attachmentNamesAreDecodedAndNeverPaths();
    void plainTextIsPreferredAndHtmlKept();
    void textComesFromHtmlWhereThereIsNoPlainPart();
    void partsThatAreNotTextBecomeAttachments();
    void pictureInTheTextIsInline();
    void threadFollowsReferencesThenInReplyTo();
    void mailWithoutUsableIdIsKeyedByItsBytes_data();
    void mailWithoutUsableIdIsKeyedByItsBytes();
    void deliveryNoticeFailsOurMessage_data();
    void deliveryNoticeFailsOurMessage();
    void freeFormBounceFailsOurMessageOnlyFromAMailSystem();
    void automaticMailIsMarked_data();
    void automaticMailIsMarked();
    void ownEchoIsIgnoredAndForeignOnesAreNot();
    void hostileMailIsQuarantinedWhole_data();
    void hostileMailIsQuarantinedWhole();
    void quarantinedMailStillNamesItsSender();
    void mailWithoutADateIsKnownByItsBody();
    void longTextGoesAsAttachmentWithAnExcerpt();
    void manyAttachmentsLoseNothing();
    void itemFitsOneLogEntry();
    void quotedPartIsFoldedAndKept();
    void everyCutOfAMailIsReadWithoutLoss();
};

void TestMime::textIsReadInWhateverCharsetItComes_data()
{
    QTest::addColumn<QByteArray>("label");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text");
    QTest::newRow("utf-8") << QByteArray("utf-8") << QByteArray("gr\xc3\xbc\xc3\x9f") << u"grüß"_s;
    QTest::newRow("none, utf-8 bytes")
        << QByteArray() << QByteArray("\xc4\x91\xc6\xa1n") << u"đơn"_s;
    QTest::newRow("none, 8 bit") << QByteArray() << QByteArray("gr\xfc\xdf") << u"grüß"_s;
    QTest::newRow("unknown label") << QByteArray("x-unknown") << QByteArray("\xe4") << u"ä"_s;
    QTest::newRow("latin1 that means 1252")
        << QByteArray("iso-8859-1") << QByteArray("5 \x80 \x93q\x94") << u"5 € “q”"_s;
    QTest::newRow("label lies: utf-8 under latin1")
        << QByteArray("iso-8859-1") << QByteArray("gr\xc3\xbc\xc3\x9f") << u"grüß"_s;
    QTest::newRow("label lies: 8 bit under utf-8")
        << QByteArray("utf-8") << QByteArray("caf\xe9") << u"café"_s;
    QTest::newRow("ascii with umlaut") << QByteArray("us-ascii") << QByteArray("\xfc") << u"ü"_s;
    QTest::newRow("gb2312 as gb18030")
        << QByteArray("gb2312") << QByteArray("\xc4\xe3\xba\xc3") << u"你好"_s;
    QTest::newRow("shift_jis") << QByteArray("shift_jis") << QByteArray("\x82\xb1") << u"こ"_s;
    QTest::newRow("iso-2022-jp") << QByteArray("iso-2022-jp") << QByteArray("\x1b$B;3ED\x1b(B")
                                 << u"山田"_s;
    QTest::newRow("koi8-r") << QByteArray("koi8-r") << QByteArray("\xf0\xd2\xc9") << u"При"_s;
    QTest::newRow("utf-16 by mark")
        << QByteArray("utf-16") << QByteArray("\xff\xfeh\0i\0", 6) << u"hi"_s;
    QTest::newRow("NUL is dropped") << QByteArray("utf-8") << QByteArray("a\0b", 3) << u"ab"_s;
}

void TestMime::textIsReadInWhateverCharsetItComes()
{
    QFETCH(QByteArray, label);
    QFETCH(QByteArray, bytes);
    QFETCH(QString, text);
    const QByteArray type =
        label.isEmpty() ? QByteArray("text/plain") : "text/plain; charset=" + label;
    const ParsedMail mail =
        parsed(head("Content-Type: " + type + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                    bytes.toBase64() + "\r\n"));
    QCOMPARE(mail.item.kind, ItemKind::Message);
    QCOMPARE(mail.item.content.text, text);
}

void TestMime::attachmentNamesAreDecodedAndNeverPaths_data()
{
    QTest::addColumn<QByteArray>("disposition");
    QTest::addColumn<QString>("name");
    QTest::newRow("plain") << QByteArray("; filename=a.pdf") << u"a.pdf"_s;
    QTest::newRow("RFC 2231 in parts")
        << QByteArray("; filename*0*=UTF-8''h%C3%B3a%20; filename*1*=%C4%91%C6%A1n.pdf")
        << u"hóa đơn.pdf"_s;
    QTest::newRow("RFC 2047 in quotes")
        << QByteArray("; filename=\"=?UTF-8?B?w7wucGRm?=\"") << u"ü.pdf"_s;
    QTest::newRow("raw 8 bit") << QByteArray("; filename=\"\xc3\xbc.pdf\"") << u"ü.pdf"_s;
    QTest::newRow("path") << QByteArray("; filename=\"../../etc/passwd\"") << u"passwd"_s;
    QTest::newRow("windows path") << QByteArray("; filename=\"C:\\\\Users\\\\x\\\\evil.exe\"")
                                  << u"evil.exe"_s;
    QTest::newRow("right-to-left trick")
        << QByteArray("; filename*=UTF-8''invoice%E2%80%AEfdp.exe") << u"invoicefdp.exe"_s;
    QTest::newRow("hidden end") << QByteArray("; filename*=UTF-8''x.EXE%E2%80%8B.%C2%A0.")
                                << u"x.EXE"_s;
    QTest::newRow("stream") << QByteArray("; filename=\"x.ps1::$DATA\"") << u"x.ps1__$DATA"_s;
    QTest::newRow("device") << QByteArray("; filename=CON.txt") << u"_CON.txt"_s;
    QTest::newRow("only dots") << QByteArray("; filename=\"..\"") << u"attachment.bin"_s;
    QTest::newRow("none") << QByteArray() << u"attachment.bin"_s;
    QTest::newRow("too long") << QByteArray("; filename=\"") + QByteArray(400, 'a') + ".pdf\""
                              << QString(116, u'a') + u".pdf"_s;
}

void TestMime::attachmentNamesAreDecodedAndNeverPaths()
{
    QFETCH(QByteArray, disposition);
    QFETCH(QString, name);
    const ParsedMail mail =
        parsed(head("Content-Type: multipart/mixed; boundary=A\r\n\r\n--A\r\n\r\n"
                    "see file\r\n--A\r\nContent-Type: application/x-thing\r\n"
                    "Content-Disposition: attachment" +
                    disposition + "\r\n\r\nbytes\r\n--A--\r\n"));
    QCOMPARE(mail.item.content.attachments.size(), 1u);
    const Attachment file = mail.item.content.attachments.front();
    QCOMPARE(file.name, name);
    QCOMPARE(mail.attachments.at(file.sha256), "bytes");
    QCOMPARE(file.size, 5);
}

void TestMime::plainTextIsPreferredAndHtmlKept()
{
    const ParsedMail mail =
        parsed(head("Content-Type: multipart/alternative; boundary=A\r\n\r\n--A\r\nContent-Type: "
                    "text/plain\r\n\r\n"
                    "plain words\r\n--A\r\nContent-Type: text/html\r\n\r\n<p>html <b>words</b></p>"
                    "<script>bad()</script>\r\n--A--\r\n"));
    QCOMPARE(mail.item.content.text, u"plain words"_s);
    QVERIFY(mail.item.content.html.contains(u"<b>words</b>"_s));
    QVERIFY(!mail.item.content.html.contains(u"bad"_s));
    QVERIFY(mail.item.content.attachments.empty());
    QCOMPARE(mail.item.sender.value, u"anna@example.org"_s);
    QCOMPARE(mail.item.senderName, u"Anna Nowak"_s);
    QCOMPARE(mail.item.sender.kind, u"email"_s);
}

void TestMime::textComesFromHtmlWhereThereIsNoPlainPart()
{
    const ParsedMail mail =
        parsed(head("Content-Type: text/html\r\n\r\n<meta charset=\"windows-1252\">"
                    "<style>p{}</style><p>Gr\xfc\xdf Gott</p><ul><li>one<li>two</ul>\r\n"));
    QCOMPARE(mail.item.content.text, u"Grüß Gott\n\n- one\n- two"_s);
}

void TestMime::partsThatAreNotTextBecomeAttachments()
{
    const ParsedMail mail =
        parsed(head("Content-Type: multipart/mixed; boundary=A\r\n\r\n--A\r\n\r\nhello\r\n"
                    "--A\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n"
                    "--A\r\nContent-Type: application/ms-tnef\r\n\r\nx\r\n"
                    "--A\r\nContent-Type: message/rfc822\r\n\r\nFrom: b@x.test\r\nSubject: Old "
                    "mail\r\n\r\nold\r\n"
                    "--A\r\nContent-Type: text/plain; name=notes.txt\r\n\r\nnotes\r\n--A--\r\n"));
    QStringList names;
    for (const Attachment &one : mail.item.content.attachments)
        names.append(one.name);
    QCOMPARE(names,
             (QStringList{u"invite.ics"_s, u"winmail.dat"_s, u"Old mail.eml"_s, u"notes.txt"_s}));
    QCOMPARE(mail.item.content.text, u"hello"_s);
    const QByteArray nested = mail.attachments.at(mail.item.content.attachments[2].sha256);
    QVERIFY(nested.contains("Subject: Old mail") && nested.contains("old"));
}

void TestMime::pictureInTheTextIsInline()
{
    const ParsedMail mail = parsed(head(
        "Content-Type: multipart/related; boundary=A\r\n\r\n--A\r\nContent-Type: text/html\r\n\r\n"
        "<img src=\"cid:p1@x\"><img src=\"http://track.test/1.gif\">\r\n--A\r\n"
        "Content-Type: image/png\r\nContent-ID: <p1@x>\r\n\r\n\x89PNG\r\n\x1a\n\r\n--A--\r\n"));
    const Attachment picture = mail.item.content.attachments.at(0);
    QVERIFY(picture.isInline);
    QCOMPARE(picture.contentId, u"p1@x"_s);
    QVERIFY(mail.item.content.html.contains(u"src=\"cid:p1@x\""_s));
    QVERIFY(mail.item.content.html.contains(u"src=\"blocked:http://track.test/1.gif\""_s));
    QCOMPARE(headersOf(mail).value(u"remote_images"_s).toInt(), 1);
}

void TestMime::threadFollowsReferencesThenInReplyTo()
{
    const ParsedMail reply =
        parsed(head("In-Reply-To: <c@x>\r\nReferences: <a@x>\r\n <b@x> junk <c@x>"
                    "\r\n\r\nyes\r\n"));
    QCOMPARE(reply.item.threadHints, (std::vector<QString>{u"c@x"_s, u"b@x"_s, u"a@x"_s}));
    QCOMPARE(reply.item.thread, u"a@x"_s);
    QCOMPARE(parsed(head("In-Reply-To: <c@x>\r\n\r\nyes\r\n")).item.thread, u"c@x"_s);
    const ParsedMail first = parsed(head("\r\nhello\r\n"));
    QCOMPARE(first.item.thread, u"m1@example.org"_s);
    QCOMPARE(first.item.providerId, u"m1@example.org"_s);
    QCOMPARE(headersOf(first).value(u"subject_key"_s).toString(), u"order"_s);
    QCOMPARE(headersOf(first).value(u"message_id"_s).toString(), u"m1@example.org"_s);
    for (const QString &subject : {u"Re: Order"_s, u"AW: Re: ORDER "_s, u"SV:  Order"_s,
                                   u"Re[2]: Order"_s, u"回复：Order"_s, u"[list] Fwd: Order"_s}) {
        QCOMPARE(subjectKey(subject), u"order"_s);
    }
    QCOMPARE(replySubject(u"RE: re: Order"_s), u"Re: Order"_s);
}

void TestMime::mailWithoutUsableIdIsKeyedByItsBytes_data()
{
    QTest::addColumn<QByteArray>("id");
    QTest::newRow("none") << QByteArray();
    QTest::newRow("empty") << QByteArray("Message-ID: <>\r\n");
    QTest::newRow("no at sign") << QByteArray("Message-ID: <abc>\r\n");
    QTest::newRow("too long") << "Message-ID: <" + QByteArray(400, 'a') + "@x>\r\n";
}

void TestMime::mailWithoutUsableIdIsKeyedByItsBytes()
{
    QFETCH(QByteArray, id);
    const QByteArray raw = "From: a@x.test\r\nSubject: s\r\n" + id + "\r\none\r\n";
    const ParsedMail mail = parsed(raw);
    QVERIFY(mail.item.providerId.startsWith(u"sha256:"_s));
    QCOMPARE(parsed(raw).item.providerId, mail.item.providerId);
    QVERIFY(parsed(raw + "two").item.providerId != mail.item.providerId);
}

void TestMime::deliveryNoticeFailsOurMessage_data()
{
    QTest::addColumn<QByteArray>("raw");
    QTest::addColumn<ItemKind>("kind");
    QTest::addColumn<MessageState>("state");
    QTest::newRow("failed") << report("failed", OwnId) << ItemKind::Receipt << MessageState::Failed;
    QTest::newRow("relayed") << report("relayed", OwnId) << ItemKind::Receipt
                             << MessageState::Delivered;
    QTest::newRow("delayed is only told")
        << report("delayed", OwnId) << ItemKind::Message << MessageState::Delivered;
    QTest::newRow("about foreign mail is only told")
        << report("failed", "x@elsewhere.test") << ItemKind::Message << MessageState::Delivered;
    QTest::newRow("without action is only told")
        << report("", OwnId) << ItemKind::Message << MessageState::Delivered;
}

void TestMime::deliveryNoticeFailsOurMessage()
{
    QFETCH(QByteArray, raw);
    QFETCH(ItemKind, kind);
    QFETCH(MessageState, state);
    const InboundItem item = parsed(raw).item;
    QCOMPARE(item.kind, kind);
    QVERIFY(item.isAutomatic);
    QCOMPARE(item.receiptState, state);
    QCOMPARE(item.receiptFor, kind == ItemKind::Receipt ? QString::fromLatin1(OwnId) : QString());
    if (state == MessageState::Failed)
        QCOMPARE(item.receiptReason,
                 u"gone@example.org: There is no such mailbox — 550 5.1.1 User unknown"_s);
}

void TestMime::freeFormBounceFailsOurMessageOnlyFromAMailSystem()
{
    const QByteArray body =
        "\r\nHi. This is the program at mail.example.\r\nSorry, no mailbox.\r\n\r\n"
        "--- Below this line is a copy of the message.\r\nMessage-ID: <" +
        OwnId + ">\r\n";
    const InboundItem bounce =
        parsed("From: MAILER-DAEMON@mail.example\r\nSubject: failure notice\r\n" + body).item;
    QCOMPARE(bounce.kind, ItemKind::Receipt);
    QCOMPARE(bounce.receiptFor, QString::fromLatin1(OwnId));
    QCOMPARE(bounce.receiptState, MessageState::Failed);
    QCOMPARE(parsed("From: anna@x.test\r\nSubject: failure notice\r\n" + body).item.kind,
             ItemKind::Message);
}

void TestMime::automaticMailIsMarked_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<bool>("isAutomatic");
    QTest::newRow("ordinary") << QByteArray() << false;
    QTest::newRow("auto-submitted no") << QByteArray("Auto-Submitted: no\r\n") << false;
    QTest::newRow("auto-replied") << QByteArray(
                                         "Auto-Submitted: auto-replied; owner-email=\"x\"\r\n")
                                  << true;
    QTest::newRow("bulk") << QByteArray("Precedence: Bulk\r\n") << true;
    QTest::newRow("first-class") << QByteArray("Precedence: first-class\r\n") << false;
    QTest::newRow("list") << QByteArray("List-Id: <l.x.test>\r\n") << true;
    QTest::newRow("suppressed") << QByteArray("X-Auto-Response-Suppress: OOF, DR\r\n") << true;
    QTest::newRow("null sender") << QByteArray("Return-Path: <>\r\n") << true;
    QTest::newRow("usual sender") << QByteArray("Return-Path: <a@x.test>\r\n") << false;
}

void TestMime::automaticMailIsMarked()
{
    QFETCH(QByteArray, header);
    QFETCH(bool, isAutomatic);
    const InboundItem item = parsed(head(header + "\r\nhello\r\n")).item;
    QCOMPARE(item.isAutomatic, isAutomatic);
    QCOMPARE(item.kind, ItemKind::Message);
}

void TestMime::ownEchoIsIgnoredAndForeignOnesAreNot()
{
    const QByteArray id = "Message-ID: <" + OwnId + ">\r\n\r\nhello\r\n";
    QVERIFY(parsed("From: Office <HELP@desk.test>\r\n" + id).isOwn);
    QVERIFY(!parsed("From: anna@x.test\r\n" + id).isOwn);
    QVERIFY(!parsed("From: help@desk.test\r\nMessage-ID: <other@desk.test>\r\n\r\nhi\r\n").isOwn);
}

void TestMime::hostileMailIsQuarantinedWhole_data()
{
    QTest::addColumn<QByteArray>("raw");
    QByteArray deep = "From: a@x.test\r\nMIME-Version: 1.0\r\n";
    QByteArray wide = "From: a@x.test\r\nContent-Type: multipart/mixed; boundary=W\r\n\r\n";
    for (int i = 0; i < 200; ++i)
        deep += "Content-Type: multipart/mixed; boundary=B" + QByteArray::number(i) +
                "\r\n\r\n--B" + QByteArray::number(i) + "\r\n";
    for (int i = 0; i < 600; ++i)
        wide += "--W\r\n\r\nx\r\n";
    QByteArray quadratic = deep;
    for (int i = 0; i < 1'200'000; ++i)
        quadratic += "--\r\n";
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("noise") << QByteArray("\xff\xfe\x00\x01 noise\x00", 12);
    QTest::newRow("no sender") << QByteArray("Subject: x\r\n\r\nhello\r\n");
    QTest::newRow("sender is no address") << QByteArray("From: <>\r\n\r\nhello\r\n");
    QTest::newRow("too deep") << deep;
    QTest::newRow("too many parts") << wide;
    QTest::newRow("quadratic boundaries") << quadratic;
    QTest::newRow("too large") << "From: a@x.test\r\n\r\n" + QByteArray(MaxMailBytes, 'x');
}

void TestMime::hostileMailIsQuarantinedWhole()
{
    QFETCH(QByteArray, raw);
    const test::ProcessorTime spent;
    const ParsedMail mail = parsed(raw);
    QVERIFY2(spent.milliseconds() < 5000, qPrintable(QString::number(spent.milliseconds())));
    QCOMPARE(mail.item.kind, ItemKind::Quarantined);
    QVERIFY(!mail.item.providerId.isEmpty());
    QVERIFY(!mail.item.content.text.isEmpty());
    QCOMPARE(mail.item.content.attachments.size(), 1u);
    QCOMPARE(mail.attachments.at(mail.item.content.attachments.front().sha256), raw);
}

void TestMime::quarantinedMailStillNamesItsSender()
{
    QByteArray raw = "From: Anna <anna@x.test>\r\nSubject: My order\r\nMessage-ID: <1@x.test>\r\n"
                     "Content-Type: multipart/mixed; boundary=W\r\n\r\n";
    for (int i = 0; i < 600; ++i)
        raw += "--W\r\n\r\nx\r\n";
    const InboundItem item = parsed(raw).item;
    QCOMPARE(item.kind, ItemKind::Quarantined);
    QCOMPARE(item.sender.value, u"anna@x.test"_s);
    QCOMPARE(item.senderName, u"Anna"_s);
    QCOMPARE(item.content.subject, u"My order"_s);
    QCOMPARE(json::object(item.headers)[u"message_id"_s].toString(), u"1@x.test"_s);
    QVERIFY(item.providerId.startsWith(u"sha256:"_s)); // it uses up nobody's Message-ID
}

void TestMime::mailWithoutADateIsKnownByItsBody()
{
    const auto hashOf = [](const QByteArray &rest) {
        return json::object(parsed("From: a@x.test\r\n" + rest).item.headers)[u"body_hash"_s]
            .toString();
    };
    QVERIFY(!hashOf("\r\none\r\n").isEmpty());
    QVERIFY(hashOf("\r\none\r\n") != hashOf("\r\ntwo\r\n"));
    QCOMPARE(hashOf("X: 1\r\n\r\none\r\n"), hashOf("X: 2\r\n\r\none\r\n"));
    QVERIFY(hashOf("Date: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\none\r\n").isEmpty());
}

void TestMime::longTextGoesAsAttachmentWithAnExcerpt()
{
    const QString text = u"đơn hàng "_s.repeated(10'000);
    const ParsedMail mail =
        parsed(head("Content-Type: text/plain; charset=utf-8\r\n\r\n" + text.toUtf8()));
    QVERIFY(mail.item.content.text.toUtf8().size() <= MaxTextBytes);
    QVERIFY(!mail.item.content.text.contains(QChar::ReplacementCharacter));
    QCOMPARE(mail.item.content.attachments.front().name, u"message.txt"_s);
    QCOMPARE(QString::fromUtf8(mail.attachments.begin()->second), text.trimmed());
}

void TestMime::manyAttachmentsLoseNothing()
{
    QByteArray raw = head("Content-Type: multipart/mixed; boundary=W\r\n\r\n");
    for (int i = 0; i < 300; ++i)
        raw += "--W\r\nContent-Disposition: attachment; filename=f" + QByteArray::number(i) +
               "\r\n\r\n" + QByteArray::number(i) + "\r\n";
    const ParsedMail mail = parsed(raw);
    QCOMPARE(mail.item.kind, ItemKind::Message);
    QCOMPARE(mail.item.content.attachments.size(), MaxAttachments + 1);
    QCOMPARE(mail.attachments.at(mail.item.content.attachments.back().sha256), raw);
}

void TestMime::itemFitsOneLogEntry()
{
    QByteArray references = "References:";
    for (int i = 0; i < 3000; ++i)
        references += " <" + QByteArray(200, 'r') + QByteArray::number(i) + "@x>";
    QByteArray html;
    for (int i = 0; i < 9000; ++i)
        html += "<p>paragraph with words &lt;&gt; " + QByteArray::number(i) + "</p>\r\n";
    const ParsedMail mail = parsed(head(references + "\r\nContent-Type: text/html\r\n\r\n" + html));
    const qsizetype size = mail.item.content.text.toUtf8().size() +
                           mail.item.content.html.toUtf8().size() + mail.item.headers.text.size();
    QVERIFY2(size < 200 * 1024, qPrintable(QString::number(size)));
    QVERIFY(mail.item.threadHints.size() <= MaxReferences);
    QVERIFY(std::any_of(mail.attachments.begin(), mail.attachments.end(), [&](const auto &one) {
        return one.second.contains("paragraph with words &lt;&gt; 8999");
    }));
}

void TestMime::quotedPartIsFoldedAndKept()
{
    const ParsedMail mail =
        parsed(head("\r\nlive agent please\r\n\r\nOn 20 Nov 2026, Help wrote:\r\n"
                    "> How can I help?\r\n> Best\r\n"));
    QCOMPARE(mail.item.content.text, u"live agent please"_s);
    QCOMPARE(headersOf(mail).value(u"quoted"_s).toString(),
             u"On 20 Nov 2026, Help wrote:\n> How can I help?\n> Best"_s);
}

void TestMime::everyCutOfAMailIsReadWithoutLoss()
{
    const QByteArray whole = report("failed", OwnId);
    for (qsizetype length = 0; length <= whole.size(); ++length) {
        const ParsedMail mail = parsed(whole.left(length));
        QVERIFY(!mail.item.providerId.isEmpty());
        if (mail.item.kind == ItemKind::Quarantined)
            QCOMPARE(mail.attachments.begin()->second, whole.left(length));
        for (const Attachment &one : mail.item.content.attachments)
            QVERIFY(mail.attachments.contains(one.sha256));
    }
}

QTEST_GUILESS_MAIN(TestMime)
#include "tst_mime.moc"
