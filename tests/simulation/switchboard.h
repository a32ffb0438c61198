// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/links.h"
#include "turns.h"

#include <optional>

namespace peerdesk::simulation {

/// What happens when, in the simulation's thread.
class Agenda
{
public:
    void at(Instant when, std::function<void()> what)
    {
        m_events.emplace(std::pair(std::max(when, now()), ++m_order), std::move(what));
    }
    void in(Instant delay, std::function<void()> what) { at(now() + delay, std::move(what)); }
    Instant next() const { return m_events.empty() ? Never : m_events.begin()->first.first; }
    void runDue()
    {
        while (next() <= now()) {
            const auto what = std::move(m_events.begin()->second);
            m_events.erase(m_events.begin());
            what();
        }
    }
    void clear() { m_events.clear(); }

private:
    std::map<std::pair<Instant, quint64>, std::function<void()>> m_events;
    quint64 m_order = 0;
};

class Switchboard;

/// The network as one run of a program sees it. Lives in that program's thread.
class Port final : public cluster::Network
{
    Q_OBJECT

public:
    Port(Switchboard &board, const cluster::Links::Options &options, QObject *parent);
    ~Port() override;

    Result<Done> listen() override { return Done{}; }
    QString address() const override { return m_options.listen; }
    void setOffice(const cluster::OfficeCard &office) override { m_office = office; }
    void begin(quint64) override { m_hasBegun = true; }
    void acknowledged(const QString &, quint64) override {}
    void setTakeover(const QByteArray &takeover) override { m_takeover = takeover; }
    void setPeers(const std::vector<cluster::Peer> &peers) override;
    void send(const QString &node, const cluster::Frame &frame) override;
    void invite(const cluster::Invitation &) override {}
    void admit(const cluster::Asker &, bool) override {}
    void welcome(const QString &node, const Result<cluster::Membership> &membership) override;
    void close() override { m_hasBegun = false; }
    std::set<QString> reachable() const override { return m_reachable; }
    const std::map<QString, QString> &versions() const override { return m_none; }
    const std::map<QString, cluster::Refusal> &refused() const override { return m_refused; }

    const QString &node() const { return m_options.node; }

private:
    friend class Switchboard;
    void setReachable(const std::set<QString> &nodes);

    Switchboard &m_board;
    cluster::Links::Options m_options;
    cluster::OfficeCard m_office;
    QByteArray m_takeover;
    std::set<QString> m_peers;
    std::set<QString> m_reachable;
    bool m_hasBegun = false;
    std::map<QString, QString> m_none;
    std::map<QString, cluster::Refusal> m_refused;
};

/// All cables of the office.
class Switchboard
{
public:
    Switchboard(Agenda &agenda, std::mt19937_64 &dice);

    double loss = 0;        ///< share of the frames that never arrive
    Instant delay = 1_msec; ///< most that a frame takes; one in a hundred takes 40 times that
    /// What `from` says does not reach `to`.
    void setCut(const QString &from, const QString &to, bool isCut);
    void healAll();
    /// A PC that stands still keeps its links until the others notice.
    void setStill(const QString &node, bool isStill);
    /// A newcomer asks `at` to be taken in; the answer is given in that program's thread.
    using Welcome = std::function<void(const Result<cluster::Membership> &)>;
    void knock(const QString &at, const cluster::Newcomer &newcomer, Welcome welcome);

    // For ports:
    void add(Port &port);
    void remove(Port &port);
    void send(const Port &from, const QString &to, const cluster::Frame &frame);
    void welcome(const QString &node, const Result<cluster::Membership> &membership);

private:
    using Pair = std::pair<QString, QString>;
    struct Link
    {
        quint64 number = 0; ///< 0 = it is down
        Instant brokenSince = Never;
    };
    void review();
    void review(Port &a, Port &b);
    bool wantEachOther(const Port &a, const Port &b) const;
    bool canSpeak(const QString &a, const QString &b) const;
    void end(const Pair &pair);
    void showReachable(const QString &node);
    static Pair pairOf(const QString &a, const QString &b)
    {
        return a < b ? Pair{a, b} : Pair{b, a};
    }

    Agenda &m_agenda;
    std::mt19937_64 &m_dice;
    std::map<QString, Port *> m_ports;
    std::map<Pair, Link> m_links;
    std::set<Pair> m_cuts; ///< from, to
    std::set<QString> m_still;
    std::map<Pair, Instant> m_lastArrival; ///< from, to: what one says stays in order
    std::map<QString, Welcome> m_knocks;
    quint64 m_number = 0;
};

} // namespace peerdesk::simulation
