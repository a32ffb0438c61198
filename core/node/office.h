// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/replica.h"
#include "core/node/courier.h"
#include "core/node/farchannels.h"
#include "core/node/gate.h"
#include "core/node/indexer.h"
#include "core/node/joining.h"
#include "core/node/salvager.h"
#include "core/node/sharedsecrets.h"

#include <QJsonArray>
#include <QThreadPool>

namespace peerdesk::node {

/// What the program opens towards the outside in the node thread: HTTP server, control socket,
/// channel types.
struct Doors
{
    std::unique_ptr<QObject> owner; ///< lives until the node stops
    std::vector<channels::ChannelType> channelTypes;
};
using MakeDoors = std::function<Doors(api::Desk &desk)>;

/// What Node hands over to the node thread.
struct OfficeParts
{
    NodeId node;
    QString raftFile;
    QString officeFile;
    QString attachmentsFolder;
    QString keystore; ///< "os" or "file:PATH"
    QString passphrase;
    double timeScale = 1.0;
    bool runsConnectors = true;
    bool isWitness = false;
    std::vector<store::JournalItem> journalled;
    MakeDoors makeDoors;
    QString peer = {}; ///< HOST:PORT where other PCs reach this one; empty = nowhere
    /// Called in the node thread with the address in the end; an error if it cannot be listened on.
    std::function<void(const Result<QString> &)> peerOpened = {};
    quint16 firstPeerPort = 0;
    bool isPeerPortChosen = false;
    QString version = {};
    std::optional<cluster::Membership> membership = {}; ///< as told at joining
    bool mayFound = true; ///< no other PC belongs to this office as far as the folder knows
    std::optional<SalvageNote> salvage = {}; ///< what this PC has to bring back
    std::map<QString, QString> notices = {}; ///< what else was found, by topic
    /// What the office stands on; the simulation has others.
    std::function<std::unique_ptr<cluster::Replica>(cluster::Replica::Options)> makeReplica =
        cluster::Replica::make;
    std::function<Result<std::unique_ptr<secrets::SecretStore>>(const QString &keystore,
                                                                const QString &passphrase)>
        openSecrets = openKeystore;
};

/// The office as this node runs it: decide loop, gate, connectors, doors. Thread: node, but for
/// what says otherwise.
class OfficeService final : public Service
{
    Q_OBJECT

public:
    OfficeService(OfficeParts parts, ReadService &readers, Journal &journal);
    ~OfficeService() override;

    void start();
    /// Connectors first, then the log; stopped() follows when everything is written.
    void stop();
    /// As NodeProcess::rest() and wake().
    void rest();
    void wake();

    void submit(quint64 request, const api::Caller &caller, CommandId id,
                const api::Command &command);
    void status(quint64 request);
    void explainTask(quint64 request, TaskId id);
    void statistics(quint64 request, const api::StatisticsQuery &query);
    /// Six words that let another PC join. Admins only.
    void invite(quint64 request, const api::Caller &caller, const api::Invite &wanted);
    /// Lets one of OfficeStatus::askers in, or turns it away. Admins only.
    void admit(quint64 request, const api::Caller &caller, const api::Asker &asker, bool isOurs);
    /// Brings an attachment here that another PC has.
    void fetchAttachment(quint64 request, const QByteArray &sha256);
    /// Goes on without the PCs that are gone. Supervisors and admins only.
    /// `words` = the recovery sheet's; empty = the key that this PC has.
    void takeover(quint64 request, const api::Caller &caller, const QString &words = {});
    void recoveryWords(quint64 request, const api::Caller &caller);
    void storeSecret(quint64 request, const api::Caller &caller, const api::AccountSecret &secret);
    void hook(quint64 request, AccountId account, const HookCall &call);
    void templates(quint64 request, AccountId account);
    void testAccount(quint64 request, const api::Caller &caller, AccountId account);
    void announcePresence(const api::Presence &presence);
    /// What does not work while all else does, a sentence for each topic; empty = it works.
    void setNotice(const QString &topic, const QString &sentence);

    /// Wall time of this office. Any thread.
    Time now() const { return m_clock.wall(); }
    /// Any thread, once started() was emitted.
    QJsonArray channelTypes() const;

    Core &core() { return *m_core; }
    void onApplied(const std::shared_ptr<const store::Applied> &applied,
                   const api::Changes &changes, const QByteArray &digest);
    void onApplyStalled(const Error &error);
    void onReplaced(const store::LogBase &base, const Result<Done> &result,
                    const QByteArray &digest);
    void onApplyStopped(const Error &error);

Q_SIGNALS:
    /// The office went on without this PC: it has to be started anew, and then joins it again.
    void superseded();
    /// All that was to be salvaged is in the office's log.
    void salvaged();
    /// The tables are to become this file's.
    void copyFetched(const peerdesk::store::LogBase &base, const QString &path);
    void committed(const std::vector<peerdesk::store::LogEntry> &entries);
    void changed(const peerdesk::api::Changes &changes);
    void presenceChanged(const peerdesk::api::Presence &presence);
    void statusChanged();
    /// Decisions may be asked for; or `error` says why not.
    void started(const peerdesk::Result<peerdesk::Done> &result);
    void stopped();
    void rested();

private:
    template <typename T>
    void answer(quint64 request, Result<T> result)
    {
        Q_EMIT answered({request, std::any(std::move(result))});
    }
    void submitNow(quint64 request, const api::Caller &caller, CommandId id,
                   const api::Command &command);
    Result<Done> openSecrets();
    /// The key that says who this PC is: from the keychain, made at the first start.
    void findIdentity();
    void onIdentityFetched(const Result<QByteArray> &pem);
    quint16 wantedPeerPort(store::OfficeReader &reader) const;
    void startLog(const std::optional<cluster::Identity> &identity);
    /// The office is usable here: this node routes, or knows who does, or nobody does for a while.
    void beStarted();
    void onClusterChanged();
    void copyTables(const QString &path);
    void onListening(const QString &address);
    /// Tells the log who the other PCs are.
    void matchPeers();
    /// Tells the office where this PC is.
    void updateSelf();
    void onAsksChanged(const std::vector<cluster::Asker> &asks);
    void onKnocked(const cluster::Newcomer &newcomer);
    void answerAdmitted(const QString &node, const Result<Done> &result);
    cluster::Membership membershipNow() const;
    /// As the router: channels of PCs that went away are given to this one.
    void appoint();
    void onTick();
    /// Whether the files can still be written, before somebody loses words over it.
    void lookAtFiles();
    void onSuperseded(const QByteArray &takeover);
    Result<Done> checkTakeover(const api::Caller &caller) const;
    void fetchRecoverySeed(std::function<void(const Result<QByteArray> &)> done);
    bool isRecoverySeed(const QByteArray &seed) const;
    Result<QByteArray> recoverySeedIn(const QString &words) const;
    void onTookOver(const Result<cluster::Takeover> &result);
    void noteTakeover(quint64 request, const cluster::Takeover &takeover);
    /// As the router: makes the key that signs takeovers where there is none.
    void makeRecoveryKey();
    void salvage();
    void openExchange();
    void openFarChannels();
    /// By the PC that runs the account, this one or another.
    void askChannel(const ChannelNote &question, Completion<QByteArray> done);
    void onHealthChanged(AccountId account);
    void showPresence(const api::Presence &presence);
    void answerChannel(const ChannelNote &question, Completion<QByteArray> done);
    /// What the applied facts name and this PC lacks is wished for.
    void wishFor(const store::Applied &applied);
    /// What was erased leaves drafts, files under way and, a moment later, the log.
    void forgetErased(const store::Applied &applied);
    void cutErased();
    void cutNow();
    /// Everything that the tables name: after a start, and after they were replaced.
    void wishForAll();
    void noteCopies();
    /// People are told of a clock that is far off: appointments and hours go by it.
    void noteClock(const QString &node, Milliseconds ahead);
    void noteOwnClock();
    /// Makes the running connectors equal to the accounts that this node owns.
    void matchConnectors();
    /// What other PCs lack of its secrets is sealed for them.
    void matchSecrets();
    void shareSecrets();
    const channels::ChannelType *typeNamed(const QString &name) const;
    ChannelRules rulesOf(const QString &type) const;
    ChannelHost *hostOf(AccountId account) const;
    api::OfficeStatus statusNow() const;
    void addMembers(api::OfficeStatus &status) const;
    void addTold(api::OfficeStatus &status) const;
    /// Members that this PC does not work with, and what to do.
    void addRefused(api::OfficeStatus &status) const;
    void addOlder(api::OfficeStatus &status) const;
    void addAskers(api::OfficeStatus &status) const;
    void tellConnector(const api::MarkRead &read);
    /// Errors: Invalid for bytes that are not here.
    Result<Done> describeAttachments(Content &content) const;

    OfficeParts m_parts;
    ReadService &m_readers;
    Journal &m_journal;
    SystemClock m_clock;
    store::AttachmentStore m_attachments;
    std::unique_ptr<secrets::SecretStore> m_secrets;
    std::optional<cluster::Identity> m_identity;
    QByteArray m_sealingKey;               ///< public; empty = none
    cluster::Replica *m_replica = nullptr; ///< owned by the core
    QString m_listening;                   ///< HOST:PORT; the host may be empty
    std::map<QString, Time> m_lastSeen;
    QString m_router; ///< that this PC saw last; empty = nobody routes
    Time m_routedSince;
    std::set<QString> m_reachable;
    QTimer m_tick;
    QTimer m_startPatience;
    quint64 m_takeoverRequest = 0; ///< 0 = none
    std::vector<cluster::Asker> m_asks;
    std::vector<std::pair<cluster::Asker, quint64>> m_admitting; ///< requests not answered yet
    bool m_isMakingKey = false;
    bool m_mayAct = false;
    bool m_isAppointing = false;
    bool m_isUpdatingSelf = false;
    std::unique_ptr<Core> m_core;
    std::unique_ptr<AttachmentExchange> m_exchange; ///< after the core, through which it speaks
    std::unique_ptr<FarChannels> m_far;             ///< likewise
    std::unique_ptr<Salvager> m_salvager;
    std::unique_ptr<SharedSecrets> m_shared; ///< those of the channels; stands on m_secrets
    std::unique_ptr<api::Desk> m_desk;
    Doors m_doors;
    std::map<AccountId, std::unique_ptr<ChannelHost>> m_hosts;
    std::unique_ptr<Gate> m_gate;
    QThreadPool m_pool; ///< keys of invitations
    std::unique_ptr<Courier> m_courier;
    QTimer m_look;
    QTimer m_cut; ///< until the other PCs have the entries that are to leave the log
    quint64 m_cutUpTo = 0;
    bool m_isStopping = false;
};

} // namespace peerdesk::node
