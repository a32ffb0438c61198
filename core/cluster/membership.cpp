// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/membership.h"

#include <QCryptographicHash>
#include <QtEndian>

namespace peerdesk::cluster {

namespace {

Step changed(Configuration configuration, const QString &node, ServerRole role)
{
    for (Server &server : configuration) {
        if (server.node == node)
            server.role = role;
    }
    return {Step::Kind::Change, node, std::move(configuration)};
}

int count(const Configuration &configuration, ServerRole role)
{
    return int(std::count_if(configuration.begin(), configuration.end(),
                             [&](const Server &server) { return server.role == role; }));
}

/// The first in the configuration's order that `fits`; null = none.
template <typename Fits>
const Server *first(const Configuration &configuration, const Fits &fits)
{
    const auto it = std::find_if(configuration.begin(), configuration.end(), fits);
    return it == configuration.end() ? nullptr : &*it;
}

Step leaveOrEnter(const Census &census)
{
    const Configuration &now = census.configuration;
    for (const Server &server : now) {
        if (!census.removed.contains(server.node) || server.node == census.self)
            continue;
        Configuration without = now;
        std::erase_if(without, [&](const Server &other) { return other.node == server.node; });
        return {Step::Kind::Change, server.node, without};
    }
    for (const QString &node : census.members) {
        if (first(now, [&](const Server &server) { return server.node == node; }))
            continue;
        Configuration with = now;
        with.push_back({serverId(node), node, ServerRole::Spare});
        return {Step::Kind::Change, node, with};
    }
    return {};
}

} // namespace

quint64 serverId(const QString &node)
{
    const QByteArray hash = QCryptographicHash::hash(node.toUtf8(), QCryptographicHash::Sha256);
    return std::max<quint64>(1, qFromBigEndian<quint64>(hash.constData()));
}

int votersFor(int replicas)
{
    return replicas < 3 ? 1 : replicas < 7 ? 3 : 5;
}

Step nextStep(const Census &census)
{
    const Configuration &now = census.configuration;
    if (const Step step = leaveOrEnter(census); step.kind != Step::Kind::Nothing)
        return step;
    const auto isReachable = [&](const Server &server) {
        return census.reachable.contains(server.node);
    };
    const Server *whole = first(now, [&](const Server &server) {
        return server.role == ServerRole::Spare && census.caughtUp.contains(server.node);
    });
    if (whole)
        return changed(now, whole->node, ServerRole::Standby);
    const Server *spare = first(now, [&](const Server &server) {
        return server.role == ServerRole::Spare && isReachable(server);
    });
    // One after the other: the library forgets a second one when the members change meanwhile.
    if (spare && census.catchingUp.empty())
        return {Step::Kind::CatchUp, spare->node, {}};
    const int voters = count(now, ServerRole::Voter);
    const int wanted = votersFor(voters + count(now, ServerRole::Standby));
    const Server *standby = first(now, [&](const Server &server) {
        return server.role == ServerRole::Standby && isReachable(server);
    });
    const Server *silent = first(now, [&](const Server &server) {
        return server.role == ServerRole::Voter && census.silent.contains(server.node);
    });
    if (standby && (voters < wanted || (silent && voters == wanted)))
        return changed(now, standby->node, ServerRole::Voter);
    if (silent && voters > wanted)
        return changed(now, silent->node, ServerRole::Standby);
    const Server *surplus = first(now, [&](const Server &server) {
        return server.role == ServerRole::Voter && server.node != census.self;
    });
    if (surplus && voters > wanted)
        return changed(now, surplus->node, ServerRole::Standby);
    return {};
}

} // namespace peerdesk::cluster
