// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"
#include "core/node/core.h"
#include "core/node/sealing.h"
#include "core/secrets/secretstore.h"

#include <QTimer>

#include <deque>
#include <optional>

namespace peerdesk::node {

/// The secrets of channel accounts as every PC of the office has them: this PC's keychain, and what
/// other PCs sealed for it in the log. Keys are those of secretKey(). A value has a version; the
/// newer one counts. Thread: node.
class SharedSecrets final : public secrets::SecretStore
{
    Q_OBJECT

public:
    struct Parts
    {
        Core &core;
        secrets::SecretStore &keychain;
        std::optional<secrets::SealingPair> pair; ///< none: no other PC reaches this one
        std::function<const channels::ChannelType *(const QString &type)> typeNamed;
    };
    explicit SharedSecrets(Parts parts);
    ~SharedSecrets() override;

    /// A new version. Where this PC runs the account, it is answered when the keychain has it, and
    /// the others get theirs soon; elsewhere, when the log has the seals, so that it is not on one
    /// PC alone that does not need it. Errors: TooLarge, Storage, and those of submitting; Rejected
    /// "no-sealing-key", if the PC that runs the account cannot be sealed for.
    void store(const QString &key, const QByteArray &secret, Completion<Done> done) override;
    /// The keychain's, or a newer one from the log, which the keychain gets. Errors: NotFound, if
    /// no PC has it; Storage, also if only others can open it.
    void fetch(const QString &key, Completion<QByteArray> done) override;
    void remove(const QString &key, Completion<Done> done) override;

    /// Seals for the others what they lack of the accounts that this PC runs, and says what came
    /// new for this one. Call it when the directory has changed.
    void match();
    /// The name of the office's recovery key: not of an account, every PC has it.
    static QString recoveryKeyOf(OfficeId office);
    /// Whether this PC could run the account: it can open every secret that there is.
    bool canOpen(const ChannelAccount &account) const;

Q_SIGNALS:
    /// Who runs it should fetch its secrets again.
    void renewed(peerdesk::AccountId account);

private:
    struct Name
    {
        AccountId account;
        QString name;
        bool operator==(const Name &) const = default;
        bool operator<(const Name &other) const
        {
            return std::tie(account, name) < std::tie(other.account, other.name);
        }
    };
    /// A secret to be sealed for who lacks it.
    struct Job
    {
        Name name;
        std::shared_ptr<Completion<Done>> done; ///< null = nobody waits
    };
    static Result<Name> nameFrom(const QString &key);
    const SealedSecret *sealOf(const Name &name, NodeId node) const;
    /// The newest version in the log; 0 = none.
    qint64 newest(const Name &name) const;
    bool isHere(const Name &name, qint64 version) const;
    std::vector<Node> lacking(const Name &name, qint64 version) const;
    void fetchNewest(const Name &name, Completion<AccountSecretValue> done);
    void onKept(const Name &name, const Result<QByteArray> &bytes,
                Completion<AccountSecretValue> &done);
    void keep(const AccountSecretValue &secret, Completion<Done> done);
    void onNewest(const Name &name, qint64 known, const QByteArray &secret,
                  const std::shared_ptr<Completion<Done>> &done);
    void enqueue(Job job);
    void next();
    void sealNext(const AccountSecretValue &secret, std::vector<Node> who);
    void endJob(const Result<Done> &result);

    Parts m_parts;
    std::map<Name, qint64> m_known; ///< version that was last seen here; 0 = looked for in vain
    std::deque<Job> m_jobs;         ///< the first one is being done
    bool m_isBusy = false;
    QTimer m_retry;
};

} // namespace peerdesk::node
