// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/channels/api/connector.h"
#include "core/node/attachmentexchange.h"
#include "core/node/core.h"
#include "core/node/readservice.h"
#include "core/secrets/secretstore.h"

#include <QPointer>

#include <deque>

namespace peerdesk::node {

/// Runs the connector of one channel account that this node owns, and is what the connector knows
/// of the node. Thread: node.
class ChannelHost final : public QObject, public channels::Host
{
    Q_OBJECT

public:
    struct Parts
    {
        Core &core;
        secrets::SecretStore &secrets;
        const store::AttachmentStore &attachments;
        const channels::ChannelType &type;
        AttachmentExchange *exchange = nullptr; ///< with the other PCs; null = there is none
    };

    ChannelHost(Parts parts, const ChannelAccount &account, QObject *parent);
    ~ChannelHost() override;

    /// Fetches the secrets, then makes and starts the connector.
    void start();
    channels::Connector *connector() const { return m_connector.get(); }
    const ChannelAccount &account() const { return m_account; }
    const channels::ChannelType &type() const { return m_parts.type; }
    AccountState state() const { return m_state; }
    const QString &detail() const { return m_detail; }

    void ingest(channels::InboundPage page, Completion<Done> done) override;
    QByteArray cursor() const override;
    bool mayAct() const override { return m_parts.core.mayAct(); }
    void setState(AccountState state, const QString &detail) override;
    void customerTyping(const QString &thread, bool isTyping) override;
    void history(const QString &thread, Completion<std::vector<Message>> done) override;
    void attachment(const QString &thread, const QByteArray &sha256,
                    Completion<QByteArray> done) override;
    Time agentReadUpTo(const QString &thread) const override;
    bool isAnyoneAvailable() const override;
    QByteArray secret(const QString &name) const override;
    void storeSecret(const QString &name, const QByteArray &value, Completion<Done> done) override;
    QString agentName(const AgentId &agent) const override;
    Clock &clock() const override { return m_parts.core.clock(); }

Q_SIGNALS:
    void stateChanged();
    void presenceChanged(const peerdesk::api::Presence &presence);

private:
    void fetchSecrets(size_t from);
    void onSecret(size_t index, const Result<QByteArray> &secret);
    void run();
    /// A page whose attachments are on their way to the disk.
    struct Arriving
    {
        channels::InboundPage page;
        Completion<Done> done;
        bool isKept = false; ///< on this disk, and on another PC's where there is one
    };
    /// Commands still to be submitted for one page, first to last; the cursor moves with the last.
    struct Page
    {
        std::deque<api::Ingest> commands;
        Completion<Done> done;
    };
    static Result<Done> compare(const channels::InboundPage &page,
                                const std::vector<QByteArray> &hashes);
    void onStored(const std::shared_ptr<Arriving> &arriving,
                  const Result<std::vector<QByteArray>> &stored);
    void onCopied(const std::shared_ptr<Arriving> &arriving);
    void drop(const std::shared_ptr<Arriving> &arriving, const Error &error);
    /// What came first is submitted first.
    void submitKept();
    /// From the other PCs where it is not here.
    void readAttachment(const QByteArray &sha256, Completion<QByteArray> done);
    void submitNext(const std::shared_ptr<Page> &page);
    void onIngested(const std::shared_ptr<Page> &page, const Decided &decided);
    /// The first command was more than one batch may hold: each item alone, and what does not fit
    /// even so as Quarantined. Ingest never refuses an item.
    Result<Done> makeSmaller(Page &page) const;

    Parts m_parts;
    ChannelAccount m_account;
    std::map<QString, QByteArray> m_secrets;
    AccountState m_state = AccountState::Starting;
    QString m_detail;
    std::unique_ptr<channels::Connector> m_connector;
    std::deque<std::shared_ptr<Arriving>> m_arriving; ///< in the order in which they came
    AttachmentWork m_work; ///< last: what it answers when it ends finds everything else in place
};

/// Name of a secret of an account in the SecretStore.
QString secretKey(AccountId account, const QString &name);

} // namespace peerdesk::node
