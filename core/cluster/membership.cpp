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

namespace {

/// Who takes part, as far as the question goes how many should vote.
class Roll
{
public:
    explicit Roll(const Census &census)
        : m_census(census)
    {}

    bool isReachable(const Server &server) const
    {
        return m_census.reachable.contains(server.node);
    }
    bool isLeaving(const Server &server) const { return m_census.leaving.contains(server.node); }
    bool isSilent(const Server &server) const { return m_census.silent.contains(server.node); }
    bool isBehind(const Server &server) const { return m_census.behind.contains(server.node); }
    bool isPresent(const Server &server) const
    {
        return isReachable(server) && !isLeaving(server) && !isBehind(server);
    }
    /// For one more voter only those count that are here.
    int wantedWithThoseHere() const
    {
        return votersFor(count([this](const Server &server) {
            return server.role == ServerRole::Voter || isPresent(server);
        }));
    }
    /// For one voter less only those are left out that have gone for long, or have said so.
    int wantedWithoutTheGone() const
    {
        return votersFor(count([this](const Server &server) {
            return !isLeaving(server) && (server.role == ServerRole::Voter || !isSilent(server));
        }));
    }
    /// A voter that should not vote any more: those first whom nobody waits for.
    const Server *gone() const
    {
        const Server *leaving =
            firstVoter([this](const Server &server) { return isLeaving(server); });
        const Server *away = firstVoter([&](const Server &server) {
            return isSilent(server) || (leaving && !isReachable(server));
        });
        return away ? away : leaving;
    }
    /// Whether the voters of `configuration` that can be reached and hold the log are a majority.
    bool canCommit(const Configuration &configuration) const
    {
        const auto votes = [](const Server &server) { return server.role == ServerRole::Voter; };
        const auto answers = [&](const Server &server) {
            return votes(server) && isReachable(server) && !isBehind(server);
        };
        return 2 * std::count_if(configuration.begin(), configuration.end(), answers) >
               std::count_if(configuration.begin(), configuration.end(), votes);
    }

private:
    template <typename Fits>
    int count(const Fits &fits) const
    {
        return int(std::count_if(m_census.configuration.begin(), m_census.configuration.end(),
                                 [&](const Server &server) {
                                     return server.role != ServerRole::Spare && fits(server);
                                 }));
    }
    template <typename Fits>
    const Server *firstVoter(const Fits &fits) const
    {
        return first(m_census.configuration, [&](const Server &server) {
            return server.role == ServerRole::Voter && server.node != m_census.self && fits(server);
        });
    }

    const Census &m_census;
};

Step chooseVoters(const Census &census)
{
    const Configuration &now = census.configuration;
    const Roll roll(census);
    const int voters = count(now, ServerRole::Voter);
    const Server *standby = first(now, [&](const Server &server) {
        return server.role == ServerRole::Standby && roll.isPresent(server);
    });
    const Server *gone = roll.gone();
    const int most = roll.wantedWithoutTheGone();
    const bool isReplacement = gone && voters == std::min(most, roll.wantedWithThoseHere());
    if (standby && (voters < roll.wantedWithThoseHere() || isReplacement))
        return changed(now, standby->node, ServerRole::Voter);
    if (voters <= most)
        return {};
    const auto another = [&](bool isBehind) {
        return first(now, [&](const Server &server) {
            return server.role == ServerRole::Voter && server.node != census.self &&
                   roll.isBehind(server) == isBehind;
        });
    };
    const Server *surplus = gone ? gone : another(true);
    surplus = surplus ? surplus : another(false);
    return surplus ? changed(now, surplus->node, ServerRole::Standby) : Step{};
}

Step chooseStep(const Census &census)
{
    const Configuration &now = census.configuration;
    if (const Step step = leaveOrEnter(census); step.kind != Step::Kind::Nothing)
        return step;
    const Server *whole = first(now, [&](const Server &server) {
        return server.role == ServerRole::Spare && census.caughtUp.contains(server.node);
    });
    if (whole)
        return changed(now, whole->node, ServerRole::Standby);
    const Server *spare = first(now, [&](const Server &server) {
        return server.role == ServerRole::Spare && census.reachable.contains(server.node);
    });
    // One after the other: the library forgets a second one when the members change meanwhile.
    if (spare && census.catchingUp.empty())
        return {Step::Kind::CatchUp, spare->node, {}};
    return chooseVoters(census);
}

} // namespace

Step nextStep(const Census &census)
{
    const Step step = chooseStep(census);
    const bool isPossible =
        step.kind != Step::Kind::Change || Roll(census).canCommit(step.configuration);
    return isPossible ? step : Step{};
}

} // namespace peerdesk::cluster
