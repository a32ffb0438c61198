// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/dialer.h"
#include "core/cluster/invitation.h"

#include <QObject>

#include <map>
#include <set>

namespace peerdesk::cluster {

/// Which office this is.
struct OfficeCard
{
    QByteArray id;
    QString name;           ///< shown to the network
    QByteArray recoveryKey; ///< public; signs takeovers. Empty = none
};

/// How the members speak with each other: Links, or the simulation's. What is sent without a link
/// is dropped, never queued: the log's protocol repeats what counts. Thread: consensus.
class Network : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Errors: Network (the port is taken).
    virtual Result<Done> listen() = 0;
    /// HOST:PORT after listen(); the host is empty where all addresses are meant.
    virtual QString address() const = 0;
    /// Until it is known nobody is let in.
    virtual void setOffice(const OfficeCard &office) = 0;
    /// This life of the node begins with a log that reaches so far; before, nobody is spoken with.
    virtual void begin(quint64 lastIndex) = 0;
    /// What a member is known to have of the log: a life that begins with less is not that member.
    virtual void acknowledged(const QString &node, quint64 index) = 0;
    /// What this node goes by; links of other generations end.
    virtual void setTakeover(const QByteArray &takeover) = 0;
    /// Exactly these are let in and spoken with; a link of anybody else is ended at once.
    virtual void setPeers(const std::vector<Peer> &peers) = 0;
    virtual void send(const QString &node, const Frame &frame) = 0;
    /// Whoever proves this code is let knock.
    virtual void invite(const Invitation &invitation) = 0;
    /// Exactly what a person saw and compared, of asksChanged(): it is let knock, or turned away.
    /// If it does not ask any more, asksChanged() says so.
    virtual void admit(const Asker &asker, bool isOurs) = 0;
    /// The answer to knocked().
    virtual void welcome(const QString &node, const Result<Membership> &membership) = 0;
    /// Nobody is spoken with any more.
    virtual void close() = 0;
    /// Whom this node can speak to now.
    virtual std::set<QString> reachable() const = 0;
    /// What program each member that was met runs.
    virtual const std::map<QString, QString> &versions() const = 0;
    /// Members that this node does not speak with.
    virtual const std::map<QString, Refusal> &refused() const = 0;

Q_SIGNALS:
    void heard(const QString &node, const peerdesk::cluster::Frame &frame);
    void reachableChanged();
    /// Who asks without a code now.
    void asksChanged(const std::vector<peerdesk::cluster::Asker> &asks);
    /// Somebody has proved an invitation's code, or was let in, and asks to be taken in.
    void knocked(const peerdesk::cluster::Newcomer &newcomer);
    /// The office goes on without this node, as a Takeover proves: its copy is no longer the
    /// office's.
    void superseded(const QByteArray &takeover);
    /// The others do not count this life of the node as the member it was.
    void disowned(const QString &by, peerdesk::cluster::Refusal why);
};

} // namespace peerdesk::cluster
