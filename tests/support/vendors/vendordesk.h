// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/vendors/vendorhost.h"
#include "tests/support/vendors/vendorpeer.h"

#include <QTest>

namespace peerdesk::channels {

/// One account of `Peer` with its provider, its node and a clock that runs faster than life.
template <typename Peer>
struct VendorDesk
{
    template <typename... More>
    explicit VendorDesk(double scale, More... more)
        : clock(scale)
        , sim(clock, more...)
        , host(clock)
    {
        account.id = randomId<AccountId>();
        account.settings = sim.settings();
        host.secrets = sim.secrets();
        type = sim.channelType();
        connector = type.make(account, host);
    }
    void restart()
    {
        connector.reset();
        connector = type.make(account, host);
        connector->start();
    }
    /// An answer to what the item says.
    Outgoing answering(const InboundItem &item, const QString &text) const
    {
        Outgoing outgoing;
        outgoing.message.id = randomId<MessageId>();
        outgoing.message.content.text = text;
        outgoing.address.value = item.sender.value;
        outgoing.conversation.thread = item.thread;
        outgoing.answered = Message();
        outgoing.answered->providerId = item.providerId;
        outgoing.answered->providerTime = item.providerTime;
        outgoing.agentName = QStringLiteral("Thuy");
        outgoing.lastInboundAt = clock.wall();
        return outgoing;
    }
    SendResult send(const Outgoing &outgoing)
    {
        std::optional<SendResult> result;
        connector->send(outgoing, {connector.get(), [&](const Result<SendResult> &sent) {
                                       result = sent ? *sent : SendResult();
                                   }});
        (void)QTest::qWaitFor([&] { return result.has_value(); }, 10'000);
        return result.value_or(SendResult());
    }
    /// "! " stands before what is wrong.
    QString test()
    {
        std::optional<QString> said;
        connector->test({connector.get(), [&](const Result<QString> &result) {
                             said = result ? *result : QStringLiteral("! ") + result.error().detail;
                         }});
        (void)QTest::qWaitFor([&] { return said.has_value(); }, 10'000);
        return said.value_or(QString());
    }

    SystemClock clock;
    Peer sim;
    VendorHost host;
    ChannelAccount account;
    ChannelType type;
    std::unique_ptr<Connector> connector;
};

} // namespace peerdesk::channels
