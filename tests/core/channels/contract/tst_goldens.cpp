// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/channeltypes.h"
#include "core/base/json.h"
#include "core/channels/api/rich.h"
#include "core/channels/byoc/byocitems.h"
#include "core/channels/email/compose.h"
#include "core/channels/meta/compose.h"
#include "core/channels/twilio/twiliorequests.h"
#include "core/channels/webchat/frames.h"
#include "core/channels/webchat/webchat.h"
#include "core/channels/whatsapp/whatsapprequests.h"
#include "core/node/richcontent.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;

namespace {

const Time Noon = Time::fromString(u"2026-11-20T12:00:00Z"_s);

/// What flows, bots and the API send: one message of each kind, with what it has to carry.
const std::map<QString, const char *> Samples{
    {u"adaptive_card"_s,
     R"({"kind": "adaptive_card", "card": {"type": "AdaptiveCard", "version": "1.5",
        "body": [
          {"type": "TextBlock", "text": "Your **table** for Friday", "size": "Large"},
          {"type": "RichTextBlock", "inlines": ["Booked by ", {"type": "TextRun", "text": "Anna"}]},
          {"type": "FactSet", "facts": [{"title": "Guests", "value": "4"}, {"title": "Time", "value": "19:00"}]},
          {"type": "Input.ChoiceSet", "id": "place", "label": "Where do you like to sit?",
           "choices": [{"title": "Inside", "value": "in"}, {"title": "On the terrace", "value": "out"}]}],
        "actions": [{"type": "Action.Submit", "title": "Book"},
          {"type": "Action.OpenUrl", "title": "Menu", "url": "https:\/\/bistro.example/menu"}]}})"},
    {u"markup_text"_s, R"({"kind": "markup_text",
        "markdown": "# Opening hours\n**Monday** to *Friday*: 9 to 17\n- ~~Saturday~~ closed\nSee [the map](https:\/\/shop.example/map) too"})"},
    {u"rich_link"_s, R"({"kind": "rich_link", "url": "https:\/\/shop.example/offer?id=7&from=chat",
        "title": "Winter offer", "text": "20 % off until Sunday", "image_url": "https:\/\/shop.example/offer.png"})"},
    {u"quick_replies"_s, R"({"kind": "quick_replies", "text": "Was this helpful?", "options": [
        {"id": "yes", "title": "Yes"}, {"id": "no", "title": "No"}, {"id": "agent", "title": "A person, please"}]})"},
    {u"list_picker"_s,
     R"({"kind": "list_picker", "text": "What is it about?", "button": "Topics", "options": [
        {"id": "bill", "title": "Invoice", "section": "Money", "description": "Amount, due date, reminder"},
        {"id": "refund", "title": "Refund", "section": "Money"},
        {"id": "parcel", "title": "Where is my parcel?", "section": "Delivery", "description": "You need the number"},
        {"id": "broken", "title": "Something arrived broken", "section": "Delivery"}]})"},
    {u"time_picker"_s,
     R"({"kind": "time_picker", "text": "When shall we come?", "location": "Harbour Street 5",
        "time_zone": "Europe/Warsaw", "slots": [
        {"id": "a", "start": "2026-11-23T09:00:00+01:00", "minutes": 30},
        {"id": "b", "start": "2026-11-23T13:30:00Z", "minutes": 30},
        {"id": "c", "start": "2026-11-24T10:15:00+01:00"}]})"},
    {u"form"_s,
     R"({"kind": "form", "text": "Tell us about the parcel", "submit": "Send", "fields": [
        {"id": "number", "label": "Number of the parcel", "type": "text", "required": true},
        {"id": "mail", "label": "E-mail", "type": "email"},
        {"id": "state", "label": "How did it arrive?", "type": "choice", "required": true, "options": [
          {"id": "late", "title": "Late"}, {"id": "open", "title": "Opened"}, {"id": "never", "title": "Never"}]}]})"}};
const QStringList Kinds{u"adaptive_card"_s, u"markup_text"_s, u"rich_link"_s, u"quick_replies"_s,
                        u"list_picker"_s,   u"time_picker"_s, u"form"_s};

/// A class of channels of the product's table A, and by which of ours it is reached. Apple Messages
/// and Google Business Messages are open to licensed providers only, and the latter ended in 2024:
/// they are reached by a provider's bridge, a channel of one's own that shows these kinds.
struct Class
{
    QString name;
    QString type;
    QString cells; ///< in the order of Kinds; Y native, N text, F text as the table's "fallback"
};
const std::vector<Class> Classes{
    {u"apple-messages"_s, u"byoc"_s, u"NNYYYYY"_s},
    {u"digital-chat"_s, u"webchat"_s, u"YYYYYNY"_s},
    {u"e-mail"_s, u"email"_s, u"NYNFNNN"_s},
    {u"facebook-messenger"_s, u"messenger"_s, u"NNYYYYN"_s},
    {u"whatsapp"_s, u"whatsapp"_s, u"NYYYYYN"_s},
    {u"google-business-messages"_s, u"byoc"_s, u"NNYNYYN"_s},
    {u"all-others"_s, u"sms"_s, u"NNNNNNN"_s},
};

const ChannelType &typeNamed(const QString &name)
{
    static const std::vector<ChannelType> types = [] {
        std::vector<ChannelType> all = app::channelTypes();
        all.push_back(webchatType(nullptr, {}));
        return all;
    }();
    return *std::find_if(types.begin(), types.end(),
                         [&](const ChannelType &type) { return type.type == name; });
}

/// Kinds that a bridge says it shows.
QStringList shownBy(const Class &one)
{
    QStringList kinds;
    for (qsizetype i = 0; i < Kinds.size(); ++i) {
        if (one.cells.at(i) == u'Y')
            kinds << Kinds.at(i);
    }
    return kinds;
}

QString pretty(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson());
}

Outgoing outgoingOf(const Class &one, const Content &content)
{
    static const std::map<QString, Identity> people{
        {u"email"_s, {u"email"_s, {}, u"anna@example.org"_s, {}, Evidence::Provider}},
        {u"whatsapp"_s, {u"phone"_s, {}, u"+48123456789"_s, {}, Evidence::Provider}},
        {u"sms"_s, {u"phone"_s, {}, u"+48123456789"_s, {}, Evidence::Provider}}};
    const auto person = people.find(one.type);
    Outgoing outgoing;
    outgoing.message.id = derivedId<MessageId>(MessageId{}, "golden");
    outgoing.message.kind = MessageKind::Reply;
    outgoing.message.authorKind = AuthorKind::Bot;
    outgoing.message.content = content;
    outgoing.message.createdAt = Noon;
    outgoing.conversation.id = derivedId<ConversationId>(MessageId{}, "golden");
    outgoing.conversation.thread = u"anna"_s;
    outgoing.conversation.customerName = u"Anna"_s;
    outgoing.conversation.subject = u"Hello"_s;
    outgoing.address.kind = person == people.end() ? u"user"_s : person->second.kind;
    outgoing.address.value = person == people.end() ? u"anna"_s : person->second.value;
    outgoing.lastInboundAt = Noon;
    return outgoing;
}

/// Quoted-printable as people read it.
QString readableMail(const QByteArray &bytes)
{
    QByteArray out;
    QByteArray mail = bytes;
    mail.replace("\r\n", "\n").replace("=\n", "");
    for (qsizetype i = 0; i < mail.size(); ++i) {
        bool isCode = false;
        const int value = mail.mid(i + 1, 2).toInt(&isCode, 16);
        if (mail.at(i) != '=' || !isCode) {
            out += mail.at(i);
        } else {
            out += char(value);
            i += 2;
        }
    }
    return QString::fromUtf8(out);
}

QString sentBySms(const Outgoing &outgoing)
{
    const auto requests = twilio::requestsOf(
        outgoing, {twilio::Medium::Sms, u"AC0"_s, u"+48221112233"_s, {}}, {}, Noon);
    QString out;
    for (const twilio::SendRequest &request : *requests) {
        out += u"POST /Messages.json\n"_s;
        for (const auto &[name, value] : request.fields)
            out += name + u": "_s + value + u'\n';
    }
    return out;
}

QString sentByMessenger(const Outgoing &outgoing)
{
    const auto parts =
        meta::partsOf(outgoing, meta::Product::Messenger, typeNamed(u"messenger"_s).capabilities);
    QString out;
    for (const meta::Part &part : *parts) {
        const vendor::ApiCall call =
            meta::sendCall(u"PAGE"_s, {{u"id"_s, u"anna"_s}}, meta::Permission::Plain, part);
        out += u"POST "_s + call.path + u'\n' + pretty(QJsonDocument::fromJson(call.body).object());
    }
    return out;
}

QString sentByWhatsApp(const Outgoing &outgoing)
{
    const auto requests = whatsapp::requestsOf(outgoing, Noon);
    QString out;
    for (const whatsapp::SendRequest &request : *requests)
        out += u"POST /messages\n"_s + pretty(request.body);
    return out;
}

QString sent(const Class &one, const Outgoing &outgoing)
{
    if (one.type == u"webchat")
        return pretty(webchat::messageFrame(outgoing.message, {}, u"Bot"_s));
    if (one.type == u"email")
        return readableMail(email::compose(outgoing, {u"desk@example.com"_s, u"Shop"_s})->bytes);
    if (one.type == u"messenger")
        return sentByMessenger(outgoing);
    if (one.type == u"whatsapp")
        return sentByWhatsApp(outgoing);
    if (one.type == u"byoc")
        return pretty(byoc::outgoingJson(byoc::shownAs(outgoing, shownBy(one))));
    return sentBySms(outgoing);
}

QString compact(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

} // namespace

/// M63, M64, M65: what would be sent for each cell of the product's table A, in files that a person
/// can read. PEERDESK_WRITE_GOLDENS=1 writes them.
class TestGoldens : public QObject
{
    Q_OBJECT

    static QString fileOf(const Class &one, const QString &kind)
    {
        return u"%1/%2-%3.txt"_s.arg(QStringLiteral(GOLDEN_DIR), one.name, kind);
    }
    static void cells()
    {
        QTest::addColumn<int>("row");
        QTest::addColumn<int>("column");
        for (int row = 0; row < int(Classes.size()); ++row) {
            for (int column = 0; column < Kinds.size(); ++column)
                QTest::addRow("%s %s", qPrintable(Classes[size_t(row)].name),
                              qPrintable(Kinds.at(column)))
                    << row << column;
        }
    }
    /// The content as the node makes it for this class.
    static Content contentOf(const Class &one, const QString &kind)
    {
        node::ChannelRules rules;
        const QStringList shown = shownBy(one);
        for (const QString &name : rich::kinds()) {
            const bool isBridge = one.type == u"byoc";
            if (isBridge
                    ? shown.contains(name)
                    : rich::isNative(typeNamed(one.type).capabilities, name, rich::Sender::Flow))
                rules.nativeRich.insert(name);
        }
        Content content;
        content.rich = json::canonical(QJsonDocument::fromJson(Samples.at(kind)).object());
        const Result<Done> prepared = node::prepareContent(rules, content);
        if (!prepared)
            qFatal("%s", qPrintable(prepared.error().detail));
        return content;
    }

private Q_SLOTS:
    void everyCellIsSentAsItsFileSays_data() { cells(); }
    void everyCellIsSentAsItsFileSays()
    {
        QFETCH(int, row);
        QFETCH(int, column);
        const Class &one = Classes[size_t(row)];
        const QString kind = Kinds.at(column);
        const Content content = contentOf(one, kind);
        const bool isDegraded = json::object(content.rich).value(u"degraded"_s).toBool();
        QCOMPARE(isDegraded, one.cells.at(column) != u'Y');
        const QString now = u"%1, %2: %3\n\n%4\nThe answer \"2\" means %5\n"_s.arg(
            one.name, kind, isDegraded ? u"as text"_s : u"natively"_s,
            sent(one, outgoingOf(one, content)),
            compact(rich::answered(json::object(content.rich), {}, u"2"_s)));
        QFile file(fileOf(one, kind));
        if (qEnvironmentVariableIsSet("PEERDESK_WRITE_GOLDENS")) {
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(now.toUtf8());
            return;
        }
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
        QCOMPARE(now, QString::fromUtf8(file.readAll()));
    }

    /// M64: where it is text, all of it is there, and a number leads back.
    void textHasEveryChoiceAndItsNumberLeadsBack_data() { cells(); }
    void textHasEveryChoiceAndItsNumberLeadsBack()
    {
        QFETCH(int, row);
        QFETCH(int, column);
        const Class &one = Classes[size_t(row)];
        if (one.cells.at(column) == u'Y')
            return;
        static const std::map<QString, QStringList> said{
            {u"adaptive_card"_s,
             {u"Your table for Friday"_s, u"Booked by Anna"_s, u"Guests 4"_s,
              u"Where do you like to sit?"_s, u"1. Inside"_s, u"2. On the terrace"_s,
              u"https://bistro.example/menu"_s}},
            {u"markup_text"_s,
             {u"Opening hours"_s, u"Monday to Friday: 9 to 17"_s, u"Saturday closed"_s,
              u"https://shop.example/map"_s}},
            {u"rich_link"_s,
             {u"Winter offer"_s, u"20 % off until Sunday"_s,
              u"https://shop.example/offer?id=7&from=chat"_s}},
            {u"quick_replies"_s,
             {u"Was this helpful?"_s, u"1. Yes"_s, u"2. No"_s, u"3. A person, please"_s}},
            {u"list_picker"_s,
             {u"What is it about?"_s, u"Money"_s, u"1. Invoice – Amount, due date, reminder"_s,
              u"2. Refund"_s, u"Delivery"_s, u"4. Something arrived broken"_s}},
            {u"time_picker"_s,
             {u"When shall we come?"_s, u"Harbour Street 5"_s,
              u"1. Monday, 23 November 2026, 09:00 – 09:30"_s,
              u"2. Monday, 23 November 2026, 14:30 – 15:00"_s,
              u"3. Tuesday, 24 November 2026, 10:15"_s}},
            {u"form"_s,
             {u"Tell us about the parcel"_s, u"Number of the parcel:"_s, u"E-mail:"_s,
              u"How did it arrive?"_s, u"1. Late"_s, u"2. Opened"_s, u"3. Never"_s}}};
        static const std::map<QString, QString> second{{u"adaptive_card"_s, u"out"_s},
                                                       {u"quick_replies"_s, u"no"_s},
                                                       {u"list_picker"_s, u"refund"_s},
                                                       {u"time_picker"_s, u"b"_s},
                                                       {u"form"_s, u"open"_s}};
        const QString kind = Kinds.at(column);
        const Content content = contentOf(one, kind);
        for (const QString &words : said.at(kind))
            QVERIFY2(content.text.contains(words), qPrintable(words + u" in "_s + content.text));
        const QString chosen =
            rich::answered(json::object(content.rich), {}, u"2."_s).value(u"option"_s).toString();
        const auto expected = second.find(kind);
        QCOMPARE(chosen, expected == second.end() ? QString() : expected->second);
    }
};

QTEST_GUILESS_MAIN(TestGoldens)
#include "tst_goldens.moc"
