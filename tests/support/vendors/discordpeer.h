// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/discord/discordconnector.h"
#include "tests/support/vendors/discordsim.h"
#include "tests/support/vendors/vendorpeer.h"

namespace peerdesk::channels::vendor {

/// Discord as the contract suite sees it. Each customer has a direct channel.
class DiscordPeer final : public VendorPeer
{
    Q_OBJECT

public:
    DiscordPeer() { m_sim.keepsForLater = true; }
    QString type() const override { return QStringLiteral("discord"); }
    ChannelType channelType() const override { return discord::discordType(); }
    std::map<QString, QString> settings() const override
    {
        return {{QStringLiteral("base_url"), m_sim.base()}};
    }
    std::map<QString, QByteArray> secrets() const override
    {
        return {{QStringLiteral("token"), DiscordSim::Token}};
    }
    QString write(const QString &customer, const QString &text) override
    {
        return m_sim.write(channelOf(customer), idOf(customer), text);
    }
    QString writeUnknown(const QString &customer) override
    {
        return m_sim.write(channelOf(customer), idOf(customer), {}, {{QStringLiteral("type"), 99}});
    }
    void deliverAgain() override { m_sim.dispatchAllAgain(); }
    void setMood(Mood mood) override
    {
        using Fault = DiscordSim::Fault;
        std::optional<Fault> fault;
        if (mood == Mood::TooMany)
            fault = Fault{429,
                          {{QStringLiteral("retry_after"), double(retryAfter().count())}},
                          false,
                          {{"Retry-After", QByteArray::number(retryAfter().count())}}};
        if (mood == Mood::Refuses)
            fault = Fault{403, {{QStringLiteral("code"), 50007}}, false, {}};
        if (mood == Mood::TakesAndBreaks)
            fault = Fault{500, {}, true, {}};
        m_sim.setSendFault(fault);
    }
    std::vector<Sent> sent() const override
    {
        std::vector<Sent> all;
        for (const QJsonObject &message : m_sim.sent) {
            const auto name = m_names.find(message.value(QStringLiteral("channel_id")).toString());
            all.push_back({name == m_names.end() ? QString() : name->second,
                           message.value(QStringLiteral("content")).toString()});
        }
        return all;
    }
    std::optional<QString> standing(const QString &providerId) const override
    {
        const QJsonObject *message = m_sim.find(providerId);
        return message ? std::optional(message->value(QStringLiteral("content")).toString())
                       : std::nullopt;
    }
    QStringList reactionsTo(const QString &providerId) const override
    {
        const auto found = m_sim.reactions.find(providerId);
        return found == m_sim.reactions.end() ? QStringList() : found->second;
    }
    QStringList complaints() const override { return m_sim.problems; }
    DiscordSim &sim() { return m_sim; }

private:
    static QString idOf(const QString &customer)
    {
        return QString::number(1'100'000'000'000'000'000 + qHash(customer, 1) % 1'000'000);
    }
    QString channelOf(const QString &customer)
    {
        const QString channel =
            QString::number(1'150'000'000'000'000'000 + qHash(customer, 1) % 1'000'000);
        m_names[channel] = customer;
        return channel;
    }

    DiscordSim m_sim;
    std::map<QString, QString> m_names;
};

} // namespace peerdesk::channels::vendor
