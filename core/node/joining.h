// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/beacon.h"
#include "core/cluster/joiner.h"
#include "core/domain/ids.h"
#include "core/secrets/secretstore.h"
#include "core/store/datafolder.h"
#include "core/store/localstore.h"

#include <QPointer>
#include <QTimer>

#include <set>

namespace peerdesk::node {

/// Makes an empty data folder one of an office's PCs: its key goes to the keychain, whom it will
/// meet to local.db. What the office holds comes with the first run. Errors: Invalid (the code),
/// Rejected "exists" (the folder has an office), Network, Storage, and those of cluster::Joiner.
/// Thread: one with an event loop.
class JoinOffice final : public Operation<cluster::Membership>
{
    Q_OBJECT

public:
    struct Request
    {
        QString dataDir;
        QString keystore; ///< "os" or "file:PATH"
        QString passphrase;
        QString code;
        QString name; ///< of this PC
        QString via;  ///< HOST:PORT of the PC that invites; empty = look for it on this network
        /// Without a code: somebody at `via` lets this PC in, and both compare three words.
        bool isAsking = false;
    };

    JoinOffice(Request request, Completion<cluster::Membership> done, QObject *parent);
    ~JoinOffice() override;
    void start() override;

    NodeId node() const { return m_node; }
    /// As cluster::Joiner::confirm().
    void confirm();

Q_SIGNALS:
    void wordsMade(const QStringList &words);
    void letIn();

private:
    Result<Done> prepare();
    void keepKey();
    /// Asks the network until somebody who invites is found.
    void search();
    void onSighted(const cluster::Sighting &sighting);
    void knockNext();
    void knock(const QString &address);
    void onWelcome(const Result<cluster::Membership> &membership);

    Request m_request;
    NodeId m_node;
    QByteArray m_secret;
    cluster::Identity m_identity;
    std::unique_ptr<store::DataFolder> m_folder;
    std::unique_ptr<store::LocalStore> m_local;
    std::unique_ptr<secrets::SecretStore> m_secrets;
    std::unique_ptr<cluster::Beacon> m_beacon;
    QTimer m_asking;
    QDeadlineTimer m_patience;
    QStringList m_inviting; ///< addresses to knock at
    std::set<QString> m_seen;
    QString m_silentOffice; ///< found, and it invites nobody
    std::optional<Error> m_refusal;
    QPointer<cluster::Joiner> m_joiner;
    bool m_isKnocking = false;
};

/// The keychain's name for a PC's key.
QString nodeKeyName(NodeId node);
/// local.db: this PC's id, and whom it met at joining.
inline constexpr QStringView NodeIdKey = u"node_id";
inline constexpr QStringView MembershipKey = u"membership";
/// What a keystore's name means: "os" or "file:PATH". Errors: those of passphraseFile().
Result<std::unique_ptr<secrets::SecretStore>> openKeystore(const QString &keystore,
                                                           const QString &passphrase);

} // namespace peerdesk::node
