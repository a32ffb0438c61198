// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/doorway.h"

#include "app/headless/channeltypes.h"
#include "core/channels/webchat/webchat.h"
#include "core/doors/api.h"
#include "core/doors/control.h"
#include "core/net/server.h"

#include <QFile>
#include <QTcpServer>
#include <QTcpSocket>

using namespace Qt::StringLiterals;

namespace peerdesk::app {

namespace {

/// Owns what is open. Goes in this order: control socket and API, then the server with its sockets.
class Doorway final : public QObject
{
public:
    Doorway(api::Desk &desk, double timeScale)
        : m_clock(timeScale)
        , m_api(desk, m_server, m_clock)
        , m_control(desk)
    {}

    Result<QString> open(const DoorwayOptions &options)
    {
        const Result<Done> control = m_control.listen(options.dataDir);
        if (!control)
            return control.error();
        const auto tls = certificateOf(options);
        if (!tls)
            return tls.error();
        const Result<quint16> port = m_server.listen(options.host, options.port, *tls);
        if (!port && *tls && port.error().code == Error::Code::Invalid)
            return invalid(u"%1 and %2 are no certificate with its key: %3"_s.arg(
                options.certificateFile, options.keyFile, port.error().detail));
        if (!port)
            return Error{port.error().code,
                         u"Cannot listen on %1: %2. If Peerdesk runs here already, use that one; "
                         "else start with --http HOST:PORT and another port"_s.arg(
                             address(options.host, options.port), port.error().detail),
                         {}};
        return (*tls ? u"https://"_s : u"http://"_s) + address(options.host, *port);
    }
    net::Server *server() { return &m_server; }

private:
    static Result<QByteArray> pem(const QString &path)
    {
        constexpr qint64 MaxBytes = 1024 * 1024;
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return Error{
                Error::Code::Storage, u"Cannot read %1: %2"_s.arg(path, file.errorString()), {}};
        return file.read(MaxBytes);
    }
    static Result<std::optional<net::Server::Tls>> certificateOf(const DoorwayOptions &options)
    {
        if (options.certificateFile.isEmpty())
            return std::optional<net::Server::Tls>();
        const Result<QByteArray> certificate = pem(options.certificateFile);
        const Result<QByteArray> key = pem(options.keyFile);
        if (!certificate || !key)
            return certificate ? key.error() : certificate.error();
        return std::optional(net::Server::Tls{*certificate, *key});
    }
    static QString address(const QString &host, quint16 port)
    {
        return (host.contains(u':') ? u"[%1]:%2"_s : u"%1:%2"_s).arg(host).arg(port);
    }

    SystemClock m_clock;
    net::Server m_server;
    doors::Api m_api;
    doors::ControlServer m_control;
};

} // namespace

Result<std::pair<QString, quint16>> hostAndPort(const QString &text)
{
    const qsizetype colon = text.lastIndexOf(u':');
    bool isNumber = false;
    const quint16 port = text.mid(colon + 1).toUShort(&isNumber);
    QString host = text.left(colon);
    if (host.startsWith(u'[') && host.endsWith(u']'))
        host = host.mid(1).chopped(1);
    if (colon < 1 || !isNumber || host.isEmpty())
        return invalid(u"\"%1\" is not HOST:PORT"_s.arg(text));
    return std::pair(host, port);
}

node::MakeDoors doorway(const DoorwayOptions &options,
                        std::function<void(const Result<QString> &)> opened)
{
    return [options, opened = std::move(opened)](api::Desk &desk) {
        auto owner = std::make_unique<Doorway>(desk, options.timeScale);
        node::Doors doors;
        channels::ChannelType chat = channels::webchatType(owner->server()); // before it listens
        if (options.isOpen) {
            const Result<QString> address = owner->open(options);
            if (!address)
                chat = channels::webchatType(nullptr, address.error().detail);
            opened(address);
        }
        doors.channelTypes = channelTypes();
        doors.channelTypes.insert(doors.channelTypes.begin() + 1, chat); // behind the e-mail
        doors.owner = std::move(owner);
        return doors;
    };
}

} // namespace peerdesk::app
