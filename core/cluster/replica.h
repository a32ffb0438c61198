// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/consensus.h"
#include "core/cluster/links.h"

#include <memory>

namespace peerdesk::cluster {

/// This node's copy of the log, with a consensus thread and a log thread of its own. A PC alone is
/// one voter of the same code.
class Replica : public Consensus
{
    Q_OBJECT

public:
    struct Options
    {
        QString raftFile;
        QString node;
        Timing timing;
        std::optional<Links::Options> links; ///< none = nobody else can be reached
        /// An empty log begins an office of this node alone. Never for one that has other members.
        bool mayFound = false;
        QByteArray takeover = {}; ///< what a newcomer was told of the office
        MakeNetwork makeNetwork = makeLinks;
        bool hasThreads = true; ///< else all of it runs in the thread that made it
    };
    static std::unique_ptr<Replica> make(Options options);

    /// Who belongs to the office, this node included or not, and who was retired from it.
    virtual void setPeers(const std::vector<Peer> &peers, const std::set<QString> &removed) = 0;
    /// Which office this is; until it is known no other PC is let in.
    virtual void setOffice(const OfficeCard &office) = 0;
    /// Whoever proves its code is let knock.
    virtual void invite(const Invitation &invitation) = 0;
    /// What a person says of one of asksChanged().
    virtual void admit(const Asker &asker, bool isOurs) = 0;
    /// The answer to knocked(): what a newcomer has to know, or why it may not come in.
    virtual void welcome(const QString &node, const Result<Membership> &membership) = 0;
    /// The copy that snapshotWanted() asked for, of the tables as of `index`; an empty path = it
    /// could not be made.
    virtual void offerSnapshot(quint64 index, const QString &path) = 0;
    /// Goes on alone, from the next entry on; tookOver() answers. `seed`: the office's recovery
    /// key.
    virtual void takeOver(const Takeover &takeover, const QByteArray &seed) = 0;
    /// The answer to snapshotFetched(): the tables now are that file's, or could not be replaced.
    virtual void snapshotInstalled(const LogBase &base, bool isGood) = 0;

Q_SIGNALS:
    /// A member lacks what was cut from the log: the tables are to be copied to this file.
    void snapshotWanted(const QString &path);
    /// This node lacks what the others have cut: its tables are to become this file's.
    void snapshotFetched(const peerdesk::store::LogBase &base, const QString &path);
    /// Who asks to be let in without a code.
    void asksChanged(const std::vector<peerdesk::cluster::Asker> &asks);
    /// Somebody has proved an invitation's code, or was let in, and asks to be taken in; welcome()
    /// answers.
    void knocked(const peerdesk::cluster::Newcomer &newcomer);
    void tookOver(const peerdesk::Result<peerdesk::cluster::Takeover> &result);
    /// The office went on without this node: what it holds is to be set aside.
    void superseded(const QByteArray &takeover);
    /// Where the others reach this node: HOST:PORT; empty = they cannot.
    void listening(const QString &address);

protected:
    using Consensus::Consensus;
};

} // namespace peerdesk::cluster
