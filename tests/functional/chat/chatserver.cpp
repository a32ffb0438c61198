// SPDX-License-Identifier: GPL-3.0-or-later
// The web chat with a node in miniature behind it, driven by the browser test: what is committed
// lies in a journal file, so that the program can be killed and started again.
#include "core/base/json.h"
#include "core/channels/webchat/chatroutes.h"
#include "tests/core/channels/webchat/fakehost.h"

#include <QCoreApplication>
#include <QFile>

#include <cstdio>
#include <unistd.h>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;

namespace {

class JournalHost final : public FakeHost
{
public:
    JournalHost(Clock &clock, const QString &path)
        : FakeHost(clock)
        , m_journal(path)
    {
        if (!m_journal.open(QIODevice::ReadWrite))
            qFatal("the journal cannot be opened");
        while (!m_journal.atEnd())
            replay(QJsonDocument::fromJson(m_journal.readLine()).object());
    }

    Message answer(const QString &visitor, const QString &text, const QStringList &choices)
    {
        Message message = reply(visitor, text, MessageState::Sent);
        for (const QString &choice : choices)
            message.content.quickReplies.push_back(choice);
        if (text.contains("picture"_L1))
            addFile(message, visitor, u"leaf.png"_s, picture());
        histories[visitor].back() = message;
        write(visitor, message);
        return message;
    }
    QJsonArray everything() const
    {
        QJsonArray out;
        for (const auto &[thread, messages] : histories) {
            for (const Message &message : messages) {
                QJsonObject entry = json::write(message).toObject();
                entry.insert(u"thread"_s, thread);
                out.append(entry);
            }
        }
        return out;
    }
    QString lastVisitor;

protected:
    void commit(const InboundPage &page) override
    {
        const size_t known = committedItems.size();
        FakeHost::commit(page);
        for (size_t i = known; i < committedItems.size(); ++i) {
            const InboundItem &item = committedItems[i];
            const QString wanted =
                item.kind == ItemKind::Receipt ? item.receiptFor : item.providerId;
            for (const Message &message : histories[item.thread]) {
                if (message.providerId == wanted)
                    write(item.thread, message);
            }
            lastVisitor = item.thread;
        }
    }

private:
    static QByteArray picture()
    {
        return QByteArray::fromBase64("iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+"
                                      "9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6"
                                      "oAAAAAElFTkSuQmCC");
    }
    void write(const QString &thread, const Message &message)
    {
        QJsonObject files_;
        for (const Attachment &attachment : message.content.attachments)
            files_.insert(QString::fromLatin1(attachment.sha256.toHex()),
                          QString::fromLatin1(files[attachment.sha256].toBase64()));
        const QJsonObject line{
            {u"thread"_s, thread}, {u"message"_s, json::write(message)}, {u"files"_s, files_}};
        m_journal.write(QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n');
        m_journal.flush();
        ::fsync(m_journal.handle());
    }
    void replay(const QJsonObject &line)
    {
        Message message;
        if (!json::read(line.value("message"_L1), message))
            return;
        const QJsonObject bytes = line.value("files"_L1).toObject();
        for (auto it = bytes.begin(); it != bytes.end(); ++it)
            files[QByteArray::fromHex(it.key().toLatin1())] =
                QByteArray::fromBase64(it.value().toString().toLatin1());
        lastVisitor = line.value("thread"_L1).toString();
        std::vector<Message> &thread = histories[lastVisitor];
        const auto known = std::find_if(thread.begin(), thread.end(), [&](const Message &other) {
            return other.id == message.id;
        });
        if (known != thread.end())
            *known = message;
        else
            thread.push_back(message);
        seen.insert(message.providerId);
    }

    QFile m_journal;
};

/// What the test may do to the office, as plain GETs: /test/<verb>?...
class TestDoor
{
public:
    TestDoor(net::Server &server, JournalHost &host, const ChannelAccount &account)
        : m_server(server)
        , m_host(host)
        , m_account(account)
    {}

    void attach(Connector *chat)
    {
        m_chat = chat;
        on(u"reply"_s, [this](const net::HttpRequest &request) { return reply(request); });
        on(u"messages"_s, [this](const auto &) { return QJsonDocument(m_host.everything()); });
        on(u"hold"_s, [this](const auto &request) {
            m_host.isHolding = value(request, u"on"_s) == u"1"_s;
            if (!m_host.isHolding)
                m_host.releaseAll();
            return done();
        });
        on(u"available"_s, [this](const auto &request) {
            m_host.isAvailable = value(request, u"on"_s) == u"1"_s;
            return done();
        });
        on(u"typing"_s, [this](const auto &request) {
            m_chat->agentTyping(m_host.lastVisitor, value(request, u"on"_s) == u"1"_s);
            return done();
        });
        on(u"read"_s, [this](const auto &) {
            m_chat->agentRead(m_host.lastVisitor, m_host.clock().wall());
            return done();
        });
        m_server.route("GET", u"/test/page"_s, [this](const auto &request, const auto &respond) {
            respond(foreignPage(request));
        });
    }

private:
    template <typename Act>
    void on(const QString &verb, Act act)
    {
        m_server.route("GET", u"/test/"_s + verb,
                       [act](const net::HttpRequest &request, const net::Responder &respond) {
                           net::HttpResponse response;
                           response.body = act(request).toJson();
                           respond(response);
                       });
    }
    static QString value(const net::HttpRequest &request, const QString &key)
    {
        const auto found = request.query.find(key);
        return found == request.query.end() ? QString() : found->second;
    }
    static QJsonDocument done() { return QJsonDocument(QJsonObject{{u"ok"_s, true}}); }
    QJsonDocument reply(const net::HttpRequest &request)
    {
        Outgoing out;
        out.message = m_host.answer(m_host.lastVisitor, value(request, u"text"_s),
                                    value(request, u"choices"_s).split(u',', Qt::SkipEmptyParts));
        out.conversation.thread = m_host.lastVisitor;
        out.agentName = u"Thuy"_s;
        m_chat->send(out, {m_chat, [](const auto &) {}});
        return done();
    }
    /// A page of another origin with the strictest policy that the README tells sites to use.
    net::HttpResponse foreignPage(const net::HttpRequest &request) const
    {
        const QString port = QString::fromLatin1(request.headers.at("host")).section(u':', 1);
        const QString office = u"127.0.0.1:"_s + port;
        net::HttpResponse response;
        response.contentType = "text/html; charset=utf-8";
        response.headers["Content-Security-Policy"] =
            u"default-src 'none'; script-src http://%1; connect-src http://%1 ws://%1; img-src blob:"_s
                .arg(office)
                .toLatin1();
        response.body = u"<!doctype html><html dir=\"%1\"><title>site</title><body><p>A site.</p>"
                        "<script src=\"http://%2/chat/widget.js\" data-account=\"%3\" "
                        "data-lang=\"%4\" async></script></body></html>"_s
                            .arg(value(request, u"dir"_s), office, m_account.id.toString(),
                                 value(request, u"lang"_s))
                            .toUtf8();
        return response;
    }

    net::Server &m_server;
    JournalHost &m_host;
    ChannelAccount m_account;
    Connector *m_chat = nullptr;
};

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() < 3)
        qFatal("usage: chatserver PORT JOURNAL [OTHER NODE]");
    SystemClock clock;
    JournalHost host(clock, arguments[2]);
    net::Server server;
    ChannelAccount account;
    account.id = AccountId::fromString(u"00112233445566778899aabbccddeeff"_s);
    account.name = u"Lindenhof"_s;
    account.settings[u"title"_s] = u"Lindenhof Garden Shop"_s;
    account.settings[u"greeting"_s] = u"Hello! How can we help your plants today?"_s;
    account.settings[u"nodes"_s] = arguments.value(3);
    const std::unique_ptr<Connector> chat = webchatType(&server).make(account, host);
    TestDoor door(server, host, account);
    door.attach(chat.get());
    chat->start();
    const auto port = server.listen(u"127.0.0.1"_s, quint16(arguments[1].toUShort()));
    if (!port)
        qFatal("cannot listen: %s", qPrintable(port.error().detail));
    std::printf("listening %d\n", int(*port));
    std::fflush(stdout);
    return QCoreApplication::exec();
}
