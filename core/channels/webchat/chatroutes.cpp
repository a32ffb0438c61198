// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/webchat/chatroutes.h"

#include <QFile>
#include <QRegularExpression>

static void initWebchatResources()
{
    Q_INIT_RESOURCE(webchat);
}

namespace peerdesk::channels {

using namespace Qt::StringLiterals;

namespace {

/// The demo page proves what it preaches: nothing inline, nothing from elsewhere.
constexpr const char *DemoPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss: http: "
    "https:; "
    "img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

QByteArray resource(const QString &name)
{
    QFile file(u":/webchat/"_s + name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("web chat resource is not linked in");
    return file.readAll();
}

/// The script without indentation, comments and blanks around operators. Good for our own source
/// only: no text in it holds " // " or a spaced operator.
QByteArray slim(const QByteArray &source)
{
    static const QRegularExpression comment(u"\\s*(^|\\s)//\\s.*$"_s);
    static const QRegularExpression spaced(u" (=>|=|===|!==|&&|\\|\\||\\+|\\?) "_s);
    QString out;
    const QStringList lines = QString::fromUtf8(source).split(u'\n');
    for (const QString &line : lines) {
        QString content = line.trimmed().remove(comment);
        if (!content.isEmpty())
            out += content.replace(spaced, u"\\1"_s) + u'\n';
    }
    return out.toUtf8();
}

net::HttpResponse asset(const QByteArray &bytes, const QByteArray &type)
{
    net::HttpResponse response;
    response.contentType = type;
    response.body = type.startsWith("text/javascript") ? slim(bytes) : bytes;
    response.headers["Cache-Control"] = "public, max-age=300";
    response.headers["X-Content-Type-Options"] = "nosniff";
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin";
    response.headers["Access-Control-Allow-Origin"] = "*"; // modules are fetched like data
    return response;
}

net::HttpResponse noAccount()
{
    net::HttpResponse response;
    response.status = 404;
    response.body = R"({"error":"no_such_account"})";
    response.headers["Access-Control-Allow-Origin"] = "*";
    return response;
}

} // namespace

ChatRoutes::ChatRoutes(net::Server *server)
    : QObject(server)
{
    initWebchatResources();
    addPages(server);
    addFiles(server);
    server->webSocket(
        u"/chat/ws"_s, [this](const net::HttpRequest &request, net::WebSocket *socket) {
            if (WebChat *chat = find(request))
                return chat->open(request, socket);
            socket->close(webchat::close_code::TryLater, u"this chat is not running here"_s);
        });
}

void ChatRoutes::addPages(net::Server *server)
{
    const auto serve = [server](const QString &path, const QString &name, const QByteArray &type) {
        server->route("GET", path,
                      [name, type](const net::HttpRequest &, const net::Responder &respond) {
                          respond(asset(resource(name), type));
                      });
    };
    serve(u"/chat/widget.js"_s, u"widget.js"_s, "text/javascript; charset=utf-8");
    serve(u"/chat/rich.js"_s, u"rich.js"_s, "text/javascript; charset=utf-8");
    serve(u"/chat/demo.css"_s, u"demo.css"_s, "text/css; charset=utf-8");
    const auto demo = [this](const net::HttpRequest &request, const net::Responder &respond) {
        respond(demoPage(request));
    };
    server->route("GET", u"/chat/"_s, demo);
    server->route("GET", u"/chat"_s, [](const net::HttpRequest &, const net::Responder &respond) {
        net::HttpResponse response;
        response.status = 308;
        response.headers["Location"] = "/chat/";
        respond(response);
    });
}

void ChatRoutes::addFiles(net::Server *server)
{
    using Handler = void (webchat::FileDoor::*)(const net::HttpRequest &, const net::Responder &);
    const auto through = [this](Handler handler) {
        return [this, handler](const net::HttpRequest &request, const net::Responder &respond) {
            WebChat *chat = find(request);
            if (!chat || !chat->files())
                return respond(noAccount());
            (chat->files()->*handler)(request, respond);
        };
    };
    server->route("POST", u"/chat/upload"_s, through(&webchat::FileDoor::upload), true);
    server->route("GET", u"/chat/file/{sha}"_s, through(&webchat::FileDoor::download));
    server->route("OPTIONS", u"/chat/upload"_s, through(&webchat::FileDoor::preflight));
    server->route("OPTIONS", u"/chat/file/{sha}"_s, through(&webchat::FileDoor::preflight));
}

void ChatRoutes::attach(WebChat *chat)
{
    if (std::find(m_chats.begin(), m_chats.end(), chat) == m_chats.end())
        m_chats.push_back(chat);
}

void ChatRoutes::detach(WebChat *chat)
{
    std::erase(m_chats, chat);
}

WebChat *ChatRoutes::find(const net::HttpRequest &request) const
{
    const auto query = request.query.find(u"account"_s);
    if (query == request.query.end())
        return m_chats.size() == 1 ? m_chats.front() : nullptr;
    const AccountId id = AccountId::fromString(query->second);
    WebChat *named = nullptr;
    int sameName = 0;
    for (WebChat *chat : m_chats) {
        if (!id.isNull() && chat->id() == id)
            return chat;
        if (chat->name() == query->second && ++sameName == 1)
            named = chat;
    }
    return sameName == 1 ? named : nullptr;
}

net::HttpResponse ChatRoutes::demoPage(const net::HttpRequest &request) const
{
    const WebChat *chat = find(request);
    if (!chat && request.query.find(u"account"_s) == request.query.end() && !m_chats.empty())
        chat = m_chats.front();
    net::HttpResponse response;
    response.status = chat ? 200 : 404;
    response.contentType = "text/html; charset=utf-8";
    QString page = QString::fromUtf8(resource(chat ? u"demo.html"_s : u"none.html"_s));
    if (chat) {
        page.replace("{{account}}"_L1, chat->id().toString());
        page.replace("{{name}}"_L1, chat->name().toHtmlEscaped());
    }
    response.body = page.toUtf8();
    response.headers["Content-Security-Policy"] = DemoPolicy;
    response.headers["X-Content-Type-Options"] = "nosniff";
    response.headers["Referrer-Policy"] = "no-referrer";
    return response;
}

ChannelType webchatType(net::Server *server, const QString &closedBecause)
{
    ChannelType type;
    type.type = u"webchat"_s;
    type.label = u"Web chat"_s;
    type.settings = {
        {u"title"_s, u"Title"_s, false, false, u""_s, u"shown on top of the chat"_s},
        {u"greeting"_s, u"Greeting"_s, false, false, u""_s, u"first line in an empty chat"_s},
        {u"origins"_s, u"Allowed sites"_s, false, false, u""_s,
         u"https://shop.example, empty = every site"_s, false, u"sites"_s},
        {u"max_file_mb"_s, u"Largest file in MB"_s, false, false, u"10"_s, u"1 to 50"_s, false,
         u"number 1 50"_s},
        {u"nodes"_s, u"Further addresses"_s, false, false, u""_s,
         u"https://second-pc.example:8443, tried when this one is away"_s, false, u"sites"_s},
        {u"visitor_key"_s, u"Key of visitor tokens"_s, true, false, u""_s, u"makes itself"_s,
         true}};
    type.capabilities.taskChannel = u"chat"_s;
    type.capabilities.quickReplies = true;
    // Source: the product's table of rich content, column "Digital chat".
    type.capabilities.rich = {
        {u"adaptive_card"_s, RichUse::Flow}, {u"markup_text"_s, RichUse::Flow},
        {u"rich_link"_s, RichUse::Agent},    {u"quick_replies"_s, RichUse::Agent},
        {u"list_picker"_s, RichUse::Agent},  {u"form"_s, RichUse::Agent},
        {u"buttons"_s, RichUse::Agent},      {u"card"_s, RichUse::Agent},
        {u"carousel"_s, RichUse::Agent}};
    type.capabilities.typing = true;
    type.capabilities.readReceipts = true;
    type.capabilities.maxTextLength = webchat::MaxTextLength;
    type.capabilities.files.maxBytes = webchat::UploadLimits{}.fileBytes;
    type.capabilities.idempotentFor = Seconds(365LL * 24 * 3600); // by message id in the widget
    if (!server) {
        type.make = [closedBecause](const ChannelAccount &account, Host &host) {
            return std::make_unique<WebChat>(account, host, closedBecause);
        };
        return type;
    }
    auto *routes = server->findChild<ChatRoutes *>(QString(), Qt::FindDirectChildrenOnly);
    if (!routes)
        routes = new ChatRoutes(server);
    type.make = [routes = QPointer<ChatRoutes>(routes)](const ChannelAccount &account, Host &host) {
        return std::make_unique<WebChat>(account, host, routes.data());
    };
    return type;
}

QString webchatSnippet(const QString &server, const AccountId &account)
{
    return u"<script src=\"%1/chat/widget.js\" data-account=\"%2\" async></script>"_s.arg(
        server.toHtmlEscaped(), account.toString());
}

} // namespace peerdesk::channels

#include "moc_chatroutes.cpp"
