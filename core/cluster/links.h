// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/beacon.h"
#include "core/cluster/doorkeeper.h"
#include "core/cluster/lives.h"
#include "core/cluster/network.h"
#include "core/cluster/takeover.h"

#include <functional>
#include <map>
#include <memory>
#include <set>

class QTcpServer;

namespace peerdesk::cluster {

/// TLS 1.3 between the members, both sides known by their pinned certificate. Each node dials each
/// other; what it says goes out on the link it dialled, in order. Without a link what is sent is
/// dropped, never queued: the log's protocol repeats what counts. Thread: consensus.
class Links final : public Network
{
    Q_OBJECT

public:
    struct Options
    {
        Identity identity;
        QString node;
        QString listen; ///< HOST:PORT; port 0 = choose, an empty host = all addresses
        /// Where it listened before, so that the others find it again; another port if it is taken.
        quint16 lastPort = 0;
        QString version = {}; ///< of this program, for people
        int protocol = Hello().protocol;
        Milliseconds askPatience = Doorkeeper::AskPatience;
    };

    Links(Options options, QObject *parent);
    ~Links() override;

    Result<Done> listen() override;
    QString address() const override;
    void setOffice(const OfficeCard &office) override;
    void begin(quint64 lastIndex) override;
    void acknowledged(const QString &node, quint64 index) override
    {
        m_lives.acknowledged(node, index);
    }
    void setTakeover(const QByteArray &takeover) override;
    void setPeers(const std::vector<Peer> &peers) override;
    void send(const QString &node, const Frame &frame) override;
    void invite(const Invitation &invitation) override { m_doorkeeper.add(invitation); }
    void admit(const Asker &asker, bool isOurs) override { m_doorkeeper.admit(asker, isOurs); }
    void welcome(const QString &node, const Result<Membership> &membership) override
    {
        m_doorkeeper.answer(node, membership);
    }
    void close() override;
    std::set<QString> reachable() const override;
    const std::map<QString, QString> &versions() const override { return m_versions; }
    const std::map<QString, Refusal> &refused() const override { return m_refused; }

private:
    class Listener;
    /// A link that the other side dialled.
    struct Inbound
    {
        QString node; ///< empty until its hello was good
        QByteArray life = {};
        bool isJoining = false;
        QByteArray buffer;
    };

    void accept(qintptr descriptor);
    void onReadyRead(QSslSocket *socket);
    /// A frame of a link that nobody is known to stand behind yet. False = end it.
    bool hearStranger(QSslSocket *socket, Inbound &link, const Frame &frame);
    /// Whether a member that says this goes by the same log.
    bool isOfThisGeneration(const Hello &said);
    /// Why who says this is not spoken with; None = it is. Known to refused() afterwards.
    Refusal refusalOf(const Hello &said);
    void note(const QString &node, Refusal refusal);
    std::set<QByteArray> livesOf(const QString &node) const;
    void endOtherLives(const Hello &said);
    /// Whether this node speaks with a member that answers this.
    bool accepts(const Hello &said);
    bool admit(QSslSocket *socket, Inbound &link, const Frame &frame);
    void startBeacon();
    void onSighted(const Sighting &sighting);
    void learnAddress(Dialer &dialer, const QSslSocket &socket, const QString &said);
    /// Whether one more link from there may be open before it has said who it is.
    bool hasRoomFor(const QHostAddress &from) const;
    Hello hello() const;

    Options m_options;
    OfficeCard m_office;
    QByteArray m_takeover;
    std::unique_ptr<Beacon> m_beacon;
    Doorkeeper m_doorkeeper;
    QSslConfiguration m_tls;
    std::unique_ptr<QTcpServer> m_listener;
    std::map<QSslSocket *, Inbound> m_inbound;
    std::map<QString, std::unique_ptr<Dialer>> m_dialers;
    std::map<QString, QString> m_versions;
    const QByteArray m_life;
    std::optional<quint64> m_startedWith; ///< null = the log was not read yet
    Lives m_lives;
    std::map<QString, Refusal> m_refused;
    bool m_isClosed = false;
};

using MakeNetwork =
    std::function<std::unique_ptr<Network>(const Links::Options &options, QObject *parent)>;
std::unique_ptr<Network> makeLinks(const Links::Options &options, QObject *parent);

} // namespace peerdesk::cluster
