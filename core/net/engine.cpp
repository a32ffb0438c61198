// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/engine.h"

#include "core/net/enginecore.h"
#include "core/net/httpsession.h"

#include <QLoggingCategory>

#include <sys/resource.h>
#include <thread>

namespace peerdesk::net {

using namespace Qt::StringLiterals;
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

Q_LOGGING_CATEGORY(lcServer, "peerdesk.net.server")

constexpr std::chrono::milliseconds AcceptPause{100}; ///< after running out of descriptors
constexpr std::chrono::seconds CloseGrace{5};
constexpr std::chrono::seconds DestructionGrace{1};
constexpr qint64 MaxHeldBodies = 512LL * 1024 * 1024; ///< all connections together; 503 above
constexpr rlim_t SpareDescriptors = 1024;

/// Counts belong to a person's network: IPv4 address, or the /64 of an IPv6 address.
QByteArray addressKey(const asio::ip::address &address)
{
    if (address.is_v4())
        return QByteArray::fromStdString(address.to_string());
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped())
        return QByteArray::fromStdString(
            asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string());
    const auto bytes = v6.to_bytes();
    return QByteArray(reinterpret_cast<const char *>(bytes.data()), 8).toHex();
}

bool isLoopback(const asio::ip::address &address)
{
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
    return address.is_loopback();
}

/// Every connection is a descriptor: lift the soft limit as far as the hard one allows.
void raiseDescriptorLimit(int connections)
{
    rlimit limit{};
    const auto wanted = static_cast<rlim_t>(connections) + SpareDescriptors;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        qCWarning(lcServer) << "the limit of open files stays at its default";
}

Result<std::unique_ptr<asio::ssl::context>> tlsContext(const Server::Tls &tls)
{
    auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    error_code failure;
    context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                             asio::ssl::context::no_tlsv1_1 | asio::ssl::context::no_compression,
                         failure);
    const auto toBuffer = [](const QByteArray &pem) {
        return asio::buffer(pem.constData(), static_cast<std::size_t>(pem.size()));
    };
    if (!failure)
        context->use_certificate_chain(toBuffer(tls.certificatePem), failure);
    if (!failure)
        context->use_private_key(toBuffer(tls.keyPem), asio::ssl::context::pem, failure);
    if (!failure && SSL_CTX_check_private_key(context->native_handle()) != 1)
        return invalid(u"the private key does not belong to the certificate"_s);
    if (failure)
        return invalid(u"the certificate or key cannot be used: "_s +
                       QString::fromStdString(failure.message()));
    return context;
}

Error cannotListen(const error_code &failure)
{
    return {Error::Code::Network, QString::fromStdString(failure.message()), {}};
}

} // namespace

Permit::Permit(EngineCore &core, QByteArray key)
    : m_core(&core)
    , m_key(std::move(key))
{
    ++m_core->m_connections;
    ++m_core->m_perAddress[m_key];
}

Permit::Permit(Permit &&other) noexcept
    : m_core(std::exchange(other.m_core, nullptr))
    , m_key(std::move(other.m_key))
{}

Permit::~Permit()
{
    if (!m_core)
        return;
    --m_core->m_connections;
    const auto it = m_core->m_perAddress.find(m_key);
    if (it != m_core->m_perAddress.end() && --it->second == 0)
        m_core->m_perAddress.erase(it);
}

EngineCore::EngineCore(const ServerLimits &serverLimits, RouteTable table, EngineEvents &receiver)
    : limits(serverLimits)
    , routes(std::move(table))
    , events(receiver)
    , m_work(asio::make_work_guard(io))
    , m_acceptor(io)
    , m_timer(io)
{}

Result<quint16> EngineCore::open(const QString &host, quint16 port,
                                 const std::optional<Server::Tls> &tls)
{
    if (tls) {
        auto context = tlsContext(*tls);
        if (!context)
            return context.error();
        m_tls = std::move(*context);
    }
    error_code failure;
    const QString literal = host == u"localhost"_s ? u"127.0.0.1"_s : host;
    const auto address = asio::ip::make_address(literal.toStdString(), failure);
    if (failure)
        return invalid(u"'%1' is not an address of this PC"_s.arg(host));
    raiseDescriptorLimit(limits.connections);
    return bind({address, port});
}

Result<quint16> EngineCore::bind(const Tcp::endpoint &endpoint)
{
    error_code failure;
    m_acceptor.open(endpoint.protocol(), failure);
    if (!failure)
        m_acceptor.set_option(Tcp::acceptor::reuse_address(true), failure);
    if (!failure && endpoint.address().is_v6())
        m_acceptor.set_option(asio::ip::v6_only(false), failure);
    if (!failure)
        m_acceptor.bind(endpoint, failure);
    if (!failure)
        m_acceptor.listen(asio::socket_base::max_listen_connections, failure);
    if (failure)
        return cannotListen(failure);
    const auto bound = m_acceptor.local_endpoint(failure);
    if (failure)
        return cannotListen(failure);
    accept();
    return bound.port();
}

void EngineCore::run()
{
    while (true) {
        try {
            io.run();
            return;
        } catch (const std::exception &surprise) {
            // One connection's trouble (memory, mostly) must not take the others along.
            qCCritical(lcServer) << "a connection failed:" << surprise.what();
        }
    }
}

void EngineCore::accept()
{
    m_acceptor.async_accept([this](error_code failure, Tcp::socket socket) {
        if (m_closing)
            return;
        if (!failure) {
            admit(std::move(socket));
            return accept();
        }
        m_timer.expires_after(AcceptPause);
        m_timer.async_wait([this](error_code ended) {
            if (!ended && !m_closing)
                accept();
        });
    });
}

/// Over a bound the connection is closed unanswered: an answer would cost what is short.
void EngineCore::admit(Tcp::socket socket)
{
    error_code failure;
    const auto peer = socket.remote_endpoint(failure);
    if (failure || m_connections >= limits.connections)
        return;
    const QByteArray key = addressKey(peer.address());
    const auto held = m_perAddress.find(key);
    if (!isLoopback(peer.address()) && held != m_perAddress.end() &&
        held->second >= limits.connectionsPerAddress)
        return;
    socket.set_option(Tcp::no_delay(true), failure);
    const QString shown = QString::fromStdString(peer.address().to_string());
    if (m_tls)
        std::make_shared<HttpSession<TlsStream>>(*this, TlsStream(std::move(socket), *m_tls),
                                                 Permit(*this, key), shown)
            ->start();
    else
        std::make_shared<HttpSession<PlainStream>>(*this, PlainStream(std::move(socket)),
                                                   Permit(*this, key), shown)
            ->start();
}

quint64 EngineCore::enter(std::shared_ptr<Session> session)
{
    m_sessions.emplace(++m_lastId, std::move(session));
    return m_lastId;
}

void EngineCore::leave(quint64 id)
{
    m_sessions.erase(id);
    endIfEmpty();
}

bool EngineCore::reserveBody(qint64 bytes)
{
    if (m_bodyBytes + bytes > MaxHeldBodies)
        return false;
    m_bodyBytes += bytes;
    return true;
}

void EngineCore::beginClose(std::chrono::milliseconds grace, bool answersMayCome)
{
    m_closing = true;
    error_code ignored;
    m_acceptor.close(ignored);
    const auto sessions = m_sessions; // each may leave while it winds down
    for (const auto &[id, session] : sessions)
        session->windDown(answersMayCome);
    m_timer.expires_after(grace);
    m_timer.async_wait([this](error_code failure) {
        if (failure)
            return;
        const auto late = m_sessions;
        for (const auto &[id, session] : late)
            session->abort();
    });
    endIfEmpty();
}

void EngineCore::endIfEmpty()
{
    if (!m_closing || !m_sessions.empty())
        return;
    m_timer.cancel();
    m_work.reset();
}

class Engine::Thread
{
public:
    explicit Thread(std::shared_ptr<EngineCore> core)
        : m_thread([core = std::move(core)] { core->run(); })
    {}
    ~Thread() { m_thread.join(); }
    Thread(const Thread &) = delete;
    Thread &operator=(const Thread &) = delete;

private:
    std::thread m_thread;
};

Engine::Engine(const ServerLimits &limits, RouteTable routes, EngineEvents &events)
    : m_core(std::make_shared<EngineCore>(limits, std::move(routes), events))
{}

Engine::~Engine()
{
    if (m_thread)
        asio::post(m_core->io,
                   [core = m_core.get()] { core->beginClose(DestructionGrace, false); });
    m_thread.reset();
}

Result<quint16> Engine::listen(const QString &host, quint16 port,
                               const std::optional<Server::Tls> &tls)
{
    Q_ASSERT_X(!m_thread, "Engine::listen", "an engine listens once");
    const Result<quint16> bound = m_core->open(host, port, tls);
    if (bound)
        m_thread = std::make_unique<Thread>(m_core);
    return bound;
}

void Engine::close()
{
    if (m_thread)
        asio::post(m_core->io, [core = m_core.get()] { core->beginClose(CloseGrace, true); });
}

} // namespace peerdesk::net
