// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/meta/compose.h"
#include "core/channels/meta/graph.h"
#include "core/channels/meta/parsed.h"
#include "core/channels/vendor/pollingconnector.h"

#include <set>

namespace peerdesk::channels::meta {

/// What the four connectors of Meta's share: calls of the Graph API within its limits, the webhook
/// with its handshake and signature, and knowing which messages are our own.
///
/// What comes by poll and by webhook at once is one item: both know it by Meta's id. What the page
/// itself wrote is told apart by OwnMessages.
class MetaConnector : public vendor::PollingConnector
{
    Q_OBJECT

public:
    MetaConnector(const ChannelAccount &account, Host &host, Product product);

    /// Source: Graph API, "Webhooks: Getting started"; the signature is over the raw bytes.
    void hook(const HookCall &call, Completion<HookAnswer> done) override;

protected:
    using Reply = std::function<void(const Result<vendor::ApiReply> &)>;
    /// A call below the API's version, with the proof that we know the app's secret.
    void graph(vendor::ApiCall call, Reply done);
    /// A signed call's body. Errors: Invalid = it is shown to people as it is.
    virtual Result<Parsed> parseHook(const QByteArray &body) const = 0;
    /// Fetches files, tells our own messages from those of the page's own app, drops what is known.
    void complete(Parsed parsed, Completion<InboundPage> done);

    Milliseconds interval() const override;
    virtual Milliseconds usualInterval() const = 0;
    void prepare(Completion<Done> done) override;
    QString connectedSentence() const override;
    Error errorIn(const vendor::ApiReply &reply) const;
    vendor::Trouble troubleOf(const Error &error) const override;

    /// Whom an answer goes to, and how.
    struct Delivery
    {
        QJsonObject recipient; ///< of the send API
        Permission permission = Permission::Plain;
        QString thread;
        std::map<QByteArray, QByteArray> files;
        Time began;
    };
    /// Part after part.
    void deliver(const Delivery &delivery, const std::vector<Part> &parts,
                 Completion<SendResult> done);
    /// Nobody knows whether the part went out: whether it can be found. Default: it cannot be told.
    virtual void lookUp(const Delivery &delivery, const Part &part,
                        std::function<void(const QString &id)> done);
    /// The poll before was committed if this one starts where it ended.
    void beginPoll(const QByteArray &cursor);
    void endPoll(const InboundPage &page);
    bool isKnown(const QString &id) const { return m_known.contains(id); }

    Self m_self;
    vendor::OwnMessages m_own;

private:
    /// Instagram's tokens live 60 days; the next one is kept before it is used.
    void renewToken();
    void handshake(const HookCall &call, Completion<HookAnswer> &done) const;
    void takeHook(Parsed parsed, Completion<HookAnswer> done);
    void marked(const std::shared_ptr<Parsed> &parsed, const std::function<void()> &then);
    void sendPart(const Delivery &delivery, const Part &part, Completion<SendResult> done);

    Usage m_usage;
    Time m_lastHook;
    Time m_renewedAt;
    Time m_tokenEnds; ///< as far as it is known
    vendor::RecentIds m_known;
    QByteArray m_polledTo;
    std::vector<QString> m_polled;
};

} // namespace peerdesk::channels::meta
