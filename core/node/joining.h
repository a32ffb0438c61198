// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/joiner.h"
#include "core/domain/ids.h"
#include "core/secrets/secretstore.h"
#include "core/store/datafolder.h"
#include "core/store/localstore.h"

namespace peerdesk::node {

/// Makes an empty data folder one of an office's PCs: its key goes to the keychain, whom it will
/// meet to local.db. What the office holds comes with the first run. Errors: Invalid (the code),
/// Rejected "exists" (the folder has an office), Network, Storage. Thread: one with an event loop.
class JoinOffice final : public Operation<cluster::Membership>
{
public:
    struct Request
    {
        QString dataDir;
        QString keystore; ///< "os" or "file:PATH"
        QString passphrase;
        QString code;
        QString name; ///< of this PC
        QString via;  ///< HOST:PORT of the PC that invites
    };

    JoinOffice(Request request, Completion<cluster::Membership> done, QObject *parent);
    ~JoinOffice() override;
    void start() override;

    NodeId node() const { return m_node; }

private:
    Result<Done> prepare();
    void keepKey();
    void knock();
    void onWelcome(const Result<cluster::Membership> &membership);

    Request m_request;
    NodeId m_node;
    QByteArray m_secret;
    cluster::Identity m_identity;
    std::unique_ptr<store::DataFolder> m_folder;
    std::unique_ptr<store::LocalStore> m_local;
    std::unique_ptr<secrets::SecretStore> m_secrets;
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
