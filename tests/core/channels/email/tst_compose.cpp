// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/email/compose.h"
#include "core/channels/email/mime.h"

#include <QJsonArray>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::email;
using namespace Qt::StringLiterals;

namespace {

const MailIdentity Office{u"help@desk.test"_s, u"Shop, \"Green\""_s};

Outgoing reply()
{
    Outgoing out;
    out.message.id = MessageId::fromString(u"00112233445566778899aabbccddeeff");
    out.message.createdAt = {1'790'000'000'000};
    out.message.authorKind = AuthorKind::Agent;
    out.message.content.text = u"Hello"_s;
    out.agentName = u"Berta"_s;
    out.conversation.customerName = u"Anna Nowak"_s;
    out.address.value = u"anna@customer.test"_s;
    out.answered = Message{};
    out.answered->content.subject = u"RE: Re: Order"_s;
    out.answered->content.text = u"My question"_s;
    out.answered->providerTime = {1'789'000'000'000};
    out.answered->headers =
        json::canonical({{u"message_id"_s, u"m2@customer.test"_s},
                         {u"references"_s, QJsonArray{u"m0@customer.test"_s, u"m1@desk.test"_s}}});
    return out;
}

QString header(const QByteArray &mail, const QByteArray &name)
{
    QByteArray head = mail.left(mail.indexOf("\r\n\r\n"));
    head.replace("\r\n ", " ");
    head.replace("\r\n\t", " ");
    for (const QByteArray &line : head.split('\n')) {
        if (line.toLower().startsWith(name.toLower() + ": "))
            return QString::fromLatin1(line.mid(name.size() + 2).trimmed());
    }
    return {};
}

} // namespace

class TestCompose : public QObject
{
    Q_OBJECT

private slots:
    void replyContinuesTheThread();
    void sameMessageGivesTheSameBytes();
    void headersCannotBeInjected_data();
    void headersCannotBeInjected();
    void botAnswersSaySo();
    void linesStayWithinTheLimits();
    void copiesAreKeptByPeopleOnly_data();
    void copiesAreKeptByPeopleOnly();
    void colleagueWhoJoinsTheThreadGetsACopy();
    void replyToWinsOverTheSender();
    void badAddressesAreRefused_data();
    void badAddressesAreRefused();
    void attachmentsRoundTrip();
    void missingOrHugeAttachmentsAreRefused();
};

void TestCompose::replyContinuesTheThread()
{
    const auto mail = compose(reply(), Office);
    QVERIFY(mail);
    QCOMPARE(mail->messageId, u"00112233445566778899aabbccddeeff.peerdesk@desk.test"_s);
    QCOMPARE(header(mail->bytes, "Message-ID"), u'<' + mail->messageId + u'>');
    QCOMPARE(header(mail->bytes, "In-Reply-To"), u"<m2@customer.test>"_s);
    QCOMPARE(header(mail->bytes, "References"),
             u"<m0@customer.test> <m1@desk.test> <m2@customer.test>"_s);
    QCOMPARE(header(mail->bytes, "Subject"), u"Re: Order"_s);
    QCOMPARE(header(mail->bytes, "From"), u"\"Berta, Shop, \\\"Green\\\"\" <help@desk.test>"_s);
    QVERIFY(header(mail->bytes, "Auto-Submitted").isEmpty());
    QCOMPARE(mail->recipients, (std::vector<QString>{u"anna@customer.test"_s}));
    const ParsedMail back = parse(mail->bytes, {});
    QCOMPARE(back.item.content.text, u"Hello"_s);
    QVERIFY(
        json::object(back.item.headers).value(u"quoted"_s).toString().endsWith(u"> My question"_s));
    QVERIFY(back.item.content.html.contains(u"My question"_s));
}

void TestCompose::sameMessageGivesTheSameBytes()
{
    QCOMPARE(compose(reply(), Office)->bytes, compose(reply(), Office)->bytes);
}

void TestCompose::headersCannotBeInjected_data()
{
    QTest::addColumn<QString>("evil");
    for (const char *ending : {"\r\nBcc: x@evil.test", "\nBcc: x@evil.test", "\rBcc: x@evil.test",
                               "\r\n\r\nBcc: x@evil.test",
                               "\xc2\x85"
                               "Bcc: x@evil.test"})
        QTest::newRow(QByteArray(ending).toPercentEncoding().constData())
            << u"Hi"_s + QString::fromUtf8(ending);
}

void TestCompose::headersCannotBeInjected()
{
    QFETCH(QString, evil);
    Outgoing out = reply();
    out.answered->content.subject = evil;
    out.agentName = evil;
    out.conversation.customerName = evil;
    out.answered->headers =
        json::canonical({{u"message_id"_s, evil + u"@x"_s}, {u"references"_s, QJsonArray{evil}}});
    out.message.content.attachments = {
        {"k", evil, u"text/plain\r\nBcc: x@evil.test"_s, 1, evil, true}};
    out.attachments = {{"k", "x"}};
    const auto mail = compose(out, {u"help@desk.test"_s, evil});
    QVERIFY(mail);
    for (const QByteArray &line : mail->bytes.split('\n'))
        QVERIFY2(!line.toLower().startsWith("bcc:"), line.constData());
    QCOMPARE(mail->recipients.size(), 1u);
}

void TestCompose::botAnswersSaySo()
{
    Outgoing out = reply();
    out.message.authorKind = AuthorKind::Bot;
    QCOMPARE(header(compose(out, Office)->bytes, "Auto-Submitted"), u"auto-replied"_s);
    QVERIFY(parse(compose(out, Office)->bytes, {}).item.isAutomatic);
}

void TestCompose::linesStayWithinTheLimits()
{
    Outgoing out = reply();
    out.answered->content.subject = u"đơn hàng "_s.repeated(50);
    out.message.content.text = QString(5000, u'đ') + QString(5000, u'x');
    for (const QByteArray &line : compose(out, Office)->bytes.split('\n')) {
        QVERIFY(line.size() <= 998);
        for (const char c : line)
            QVERIFY(c >= 0);
    }
}

void TestCompose::copiesAreKeptByPeopleOnly_data()
{
    QTest::addColumn<QStringList>("to");
    QTest::addColumn<QStringList>("cc");
    QTest::addColumn<AuthorKind>("author");
    QTest::addColumn<QStringList>("copies");
    const QString ours = Office.address;
    const QStringList both{u"binh@x.test"_s, u"carla@x.test"_s};
    QTest::newRow("a person") << QStringList{ours, u"binh@x.test"_s} << QStringList{both[1]}
                              << AuthorKind::Agent << both;
    QTest::newRow("we are a copy") << QStringList{u"binh@x.test"_s} << QStringList{ours}
                                   << AuthorKind::Agent << QStringList{u"binh@x.test"_s};
    QTest::newRow("we are a blind copy")
        << both << QStringList() << AuthorKind::Agent << QStringList();
    QTest::newRow("a bot") << QStringList{ours} << both << AuthorKind::Bot << QStringList();
    QTest::newRow("the customer and doubles")
        << QStringList{ours, u"anna@customer.test"_s, u"binh@x.test"_s}
        << QStringList{u"binh@x.test"_s, u"a b@x\r\nBcc: evil@x.test"_s} << AuthorKind::Agent
        << QStringList{u"binh@x.test"_s};
}

/// Whom the customer wrote to besides us stays in the conversation (M57, CC and BCC).
void TestCompose::copiesAreKeptByPeopleOnly()
{
    QFETCH(QStringList, to);
    QFETCH(QStringList, cc);
    QFETCH(AuthorKind, author);
    QFETCH(QStringList, copies);
    Outgoing out = reply();
    out.message.authorKind = author;
    const auto listed = [](const QStringList &addresses) {
        QJsonArray array;
        for (const QString &address : addresses)
            array.append(QJsonObject{{u"name"_s, u"Somebody"_s}, {u"address"_s, address}});
        return array;
    };
    QJsonObject headers = json::object(out.answered->headers);
    headers.insert(u"to"_s, listed(to));
    headers.insert(u"cc"_s, listed(cc));
    out.answered->headers = json::canonical(headers);
    const auto mail = compose(out, Office);
    QVERIFY(mail);
    QStringList recipients{u"anna@customer.test"_s};
    recipients += copies;
    QCOMPARE(QStringList(mail->recipients.begin(), mail->recipients.end()), recipients);
    QCOMPARE(header(mail->bytes, "Cc"), copies.join(u", "_s));
}

void TestCompose::colleagueWhoJoinsTheThreadGetsACopy()
{
    Outgoing out = reply();
    QJsonObject headers = json::object(out.answered->headers);
    headers.insert(u"from"_s, QJsonArray{QJsonObject{{u"address"_s, u"boss@customer.test"_s}}});
    out.answered->headers = json::canonical(headers);
    const auto mail = compose(out, Office);
    QVERIFY(mail);
    QCOMPARE(header(mail->bytes, "Cc"), u"boss@customer.test"_s);
    QVERIFY(header(mail->bytes, "To").contains(u"anna@customer.test"_s));
}

void TestCompose::replyToWinsOverTheSender()
{
    Outgoing out = reply();
    QJsonObject headers = json::object(out.answered->headers);
    headers.insert(u"reply_to"_s, QJsonArray{QJsonObject{{u"address"_s, u"form@customer.test"_s}}});
    out.answered->headers = json::canonical(headers);
    QCOMPARE(compose(out, Office)->recipients.front(), u"form@customer.test"_s);
    headers.insert(u"reply_to"_s, QJsonArray{QJsonObject{{u"address"_s, Office.address}}});
    out.answered->headers = json::canonical(headers);
    QCOMPARE(compose(out, Office)->recipients.front(), u"anna@customer.test"_s);
}

void TestCompose::badAddressesAreRefused_data()
{
    QTest::addColumn<QString>("address");
    for (const char *address :
         {"", "anna", "@x", "a@", "a b@x.test", "a@x.test>\r\nRCPT TO:<b@x.test",
          "a@x.test,b@x.test", "<a@x.test>"})
        QTest::newRow(address) << QString::fromLatin1(address);
}

void TestCompose::badAddressesAreRefused()
{
    QFETCH(QString, address);
    Outgoing out = reply();
    out.address.value = address;
    QCOMPARE(compose(out, Office).error().code, Error::Code::Invalid);
}

void TestCompose::attachmentsRoundTrip()
{
    QByteArray all;
    for (int i = 0; i < 256; ++i)
        all += char(i);
    Outgoing out = reply();
    out.message.content.html = u"<p>see <img src=\"cid:pic\"></p><script>x</script>"_s;
    out.message.content.attachments = {
        {"a",
         u"hóa đơn tháng mười một năm hai nghìn không trăm hai mươi sáu.pdf"_s,
         u"application/pdf"_s,
         256,
         {},
         false},
        {"b", u"p.png"_s, u"image/png"_s, 8, u"pic"_s, true},
        {"c", u"notes.txt"_s, u"text/plain"_s, 5, {}, false}};
    out.attachments = {{"a", all}, {"b", "\x89PNG\r\n\x1a\n"}, {"c", "a\nb\r\n"}};
    const ParsedMail back = parse(compose(out, Office)->bytes, {});
    QCOMPARE(back.item.content.attachments.size(), 3u);
    for (const Attachment &one : back.item.content.attachments) {
        const auto sent = std::find_if(out.message.content.attachments.begin(),
                                       out.message.content.attachments.end(),
                                       [&](const Attachment &a) { return a.name == one.name; });
        QVERIFY2(sent != out.message.content.attachments.end(), qPrintable(one.name));
        QCOMPARE(back.attachments.at(one.sha256), out.attachments.at(sent->sha256));
        QCOMPARE(one.isInline, sent->isInline);
    }
    QVERIFY(back.item.content.html.contains(u"cid:pic"_s));
    QVERIFY(!back.item.content.html.contains(u"script"_s));
}

void TestCompose::missingOrHugeAttachmentsAreRefused()
{
    Outgoing out = reply();
    out.message.content.attachments = {{"a", u"a.bin"_s, u"application/x"_s, 1, {}, false}};
    QCOMPARE(compose(out, Office).error().code, Error::Code::NotFound);
    out.attachments = {{"a", QByteArray(25 * 1024 * 1024 + 1, 'x')}};
    QCOMPARE(compose(out, Office).error().code, Error::Code::TooLarge);
}

QTEST_GUILESS_MAIN(TestCompose)
#include "tst_compose.moc"
