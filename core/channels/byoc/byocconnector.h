// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/byoc/outbox.h"
#include "core/channels/vendor/vendorapi.h"

namespace peerdesk::channels::byoc {

/// Bring your own channel: a middleware posts what customers write and takes what is answered, by
/// callback or by long poll, so that neither side needs a public address. Thread: node.
class ByocConnector final : public Connector
{
    Q_OBJECT

public:
    ByocConnector(const ChannelAccount &account, Host &host, Outbox::Limits limits = {});

    void start() override;
    void stop() override;
    void send(const Outgoing &outgoing, Completion<SendResult> done) override;
    void test(Completion<QString> done) override;
    void hook(const HookCall &call, Completion<HookAnswer> done) override;

private:
    bool isAllowed(const HookCall &call) const;
    void take(const HookCall &call, Completion<HookAnswer> done);
    void show(const HookCall &call, Completion<HookAnswer> done);
    void acknowledge(const HookCall &call, Completion<HookAnswer> done);
    void callBack(const Outgoing &outgoing, Completion<SendResult> done);
    SendResult calledBack(const Message &message, const Result<vendor::ApiReply> &reply) const;

    ChannelAccount m_account;
    Host &m_host;
    QString m_callback;  ///< where messages are posted; empty = they are fetched
    QStringList m_shows; ///< kinds of rich content; empty = all
    vendor::VendorApi m_api;
    Outbox m_outbox;
};

/// The channel type "byoc".
ChannelType byocType();

} // namespace peerdesk::channels::byoc
