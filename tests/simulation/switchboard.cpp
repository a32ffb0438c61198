// SPDX-License-Identifier: GPL-3.0-or-later
#include "switchboard.h"

namespace peerdesk::simulation {

namespace {
constexpr Instant ReviewEvery = 150_msec;
/// After so long without a sign of life a link counts as broken.
constexpr Instant NoticedAfter = 3_sec;
} // namespace

Port::Port(Switchboard &board, const cluster::Links::Options &options, QObject *parent)
    : Network(parent)
    , m_board(board)
    , m_options(options)
{
    m_board.add(*this);
}

Port::~Port()
{
    m_board.remove(*this);
}

void Port::setPeers(const std::vector<cluster::Peer> &peers)
{
    m_peers.clear();
    for (const cluster::Peer &peer : peers)
        m_peers.insert(peer.node);
}

void Port::send(const QString &node, const cluster::Frame &frame)
{
    m_board.send(*this, node, frame);
}

void Port::welcome(const QString &node, const Result<cluster::Membership> &membership)
{
    m_board.welcome(node, membership);
}

void Port::setReachable(const std::set<QString> &nodes)
{
    if (std::exchange(m_reachable, nodes) != nodes)
        Q_EMIT reachableChanged();
}

Switchboard::Switchboard(Agenda &agenda, std::mt19937_64 &dice)
    : m_agenda(agenda)
    , m_dice(dice)
{
    review();
}

void Switchboard::add(Port &port)
{
    m_ports[port.node()] = &port;
}

void Switchboard::remove(Port &port)
{
    m_ports.erase(port.node());
    std::vector<Pair> open;
    for (const auto &[pair, link] : m_links) {
        if (link.number != 0 && (pair.first == port.node() || pair.second == port.node()))
            open.push_back(pair);
    }
    for (const Pair &pair : open)
        end(pair);
}

void Switchboard::setCut(const QString &from, const QString &to, bool isCut)
{
    if (isCut)
        m_cuts.emplace(from, to);
    else
        m_cuts.erase({from, to});
}

void Switchboard::healAll()
{
    m_cuts.clear();
    loss = 0;
    delay = 1_msec;
}

void Switchboard::setStill(const QString &node, bool isStill)
{
    if (isStill)
        m_still.insert(node);
    else
        m_still.erase(node);
}

bool Switchboard::canSpeak(const QString &a, const QString &b) const
{
    return !m_cuts.contains({a, b}) && !m_cuts.contains({b, a}) && !m_still.contains(a) &&
           !m_still.contains(b);
}

bool Switchboard::wantEachOther(const Port &a, const Port &b) const
{
    return a.m_hasBegun && b.m_hasBegun && !a.m_office.id.isEmpty() &&
           a.m_office.id == b.m_office.id && a.m_peers.contains(b.node()) &&
           b.m_peers.contains(a.node());
}

void Switchboard::review()
{
    for (auto a = m_ports.begin(); a != m_ports.end(); ++a) {
        for (auto b = std::next(a); b != m_ports.end(); ++b)
            review(*a->second, *b->second);
    }
    m_agenda.in(ReviewEvery, [this] { review(); });
}

void Switchboard::review(Port &a, Port &b)
{
    const Pair pair = pairOf(a.node(), b.node());
    Link &link = m_links[pair];
    const bool isWanted = wantEachOther(a, b) && a.m_takeover == b.m_takeover;
    const bool isSpeaking = canSpeak(a.node(), b.node());
    if (isSpeaking)
        link.brokenSince = Never;
    else
        link.brokenSince = std::min(link.brokenSince, now());
    if (link.number != 0) {
        if (!isWanted || (!isSpeaking && now() - link.brokenSince >= NoticedAfter))
            end(pair);
        return;
    }
    if (!isSpeaking || !wantEachOther(a, b))
        return;
    if (isWanted) {
        link.number = ++m_number;
        showReachable(a.node());
        return showReachable(b.node());
    }
    const auto ofA = cluster::decodeTakeover(a.m_takeover);
    const auto ofB = cluster::decodeTakeover(b.m_takeover);
    Port &left = cluster::supersedes(ofA, ofB) ? b : a;
    const QByteArray takeover = &left == &a ? b.m_takeover : a.m_takeover;
    const auto proof = cluster::decodeTakeover(takeover);
    if (cluster::supersedes(proof, cluster::decodeTakeover(left.m_takeover)) &&
        cluster::isSignedBy(*proof, left.m_office.recoveryKey))
        QMetaObject::invokeMethod(
            &left, [port = &left, takeover] { Q_EMIT port->superseded(takeover); },
            Qt::QueuedConnection);
}

void Switchboard::end(const Pair &pair)
{
    m_links[pair] = {};
    showReachable(pair.first);
    showReachable(pair.second);
}

void Switchboard::showReachable(const QString &node)
{
    const auto port = m_ports.find(node);
    if (port == m_ports.end())
        return;
    std::set<QString> nodes;
    for (const auto &[pair, link] : m_links) {
        if (link.number != 0 && (pair.first == node || pair.second == node))
            nodes.insert(pair.first == node ? pair.second : pair.first);
    }
    QMetaObject::invokeMethod(
        port->second, [port = port->second, nodes] { port->setReachable(nodes); },
        Qt::QueuedConnection);
}

void Switchboard::send(const Port &from, const QString &to, const cluster::Frame &frame)
{
    const Pair way{from.node(), to};
    const quint64 number = m_links[pairOf(from.node(), to)].number;
    const bool isLost = loss > 0 && double(m_dice() % 10'000) < loss * 10'000;
    if (number == 0 || isLost || m_cuts.contains(way))
        return;
    const Instant most = m_dice() % 100 == 0 ? 40 * delay : delay;
    Instant &last = m_lastArrival[way];
    last = std::max(last, now() + 50 + Instant(m_dice() % quint64(most)));
    m_agenda.at(last, [this, way, number, frame] {
        const auto port = m_ports.find(way.second);
        if (m_links[pairOf(way.first, way.second)].number != number || m_cuts.contains(way) ||
            port == m_ports.end())
            return;
        QMetaObject::invokeMethod(
            port->second,
            [port = port->second, from = way.first, frame] { Q_EMIT port->heard(from, frame); },
            Qt::QueuedConnection);
    });
}

void Switchboard::knock(const QString &at, const cluster::Newcomer &newcomer, Welcome welcome)
{
    const auto port = m_ports.find(at);
    if (port == m_ports.end())
        return;
    m_knocks[newcomer.node] = std::move(welcome);
    QMetaObject::invokeMethod(
        port->second, [port = port->second, newcomer] { Q_EMIT port->knocked(newcomer); },
        Qt::QueuedConnection);
}

void Switchboard::welcome(const QString &node, const Result<cluster::Membership> &membership)
{
    const auto knock = m_knocks.find(node);
    if (knock == m_knocks.end())
        return;
    const Welcome answer = std::move(knock->second);
    m_knocks.erase(knock);
    answer(membership);
}

} // namespace peerdesk::simulation
