// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/slack/slackconnector.h"
#include "core/channels/slack/text.h"
#include "tests/support/vendors/slacksim.h"
#include "tests/support/vendors/vendorpeer.h"

namespace peerdesk::channels::vendor {

/// Slack as the contract suite sees it. Each customer has a direct channel.
class SlackPeer final : public VendorPeer
{
    Q_OBJECT

public:
    SlackPeer() { m_sim.keepsForLater = true; }
    QString type() const override { return QStringLiteral("slack"); }
    ChannelType channelType() const override { return slack::slackType(); }
    std::map<QString, QString> settings() const override
    {
        return {{QStringLiteral("base_url"), m_sim.base()}};
    }
    std::map<QString, QByteArray> secrets() const override
    {
        return {{QStringLiteral("bot_token"), SlackSim::BotToken},
                {QStringLiteral("app_token"), SlackSim::AppToken}};
    }
    QString write(const QString &customer, const QString &text) override
    {
        const QString channel = channelOf(customer);
        return channel + u':' + m_sim.write(channel, u'U' + channel.mid(1), text);
    }
    QString writeUnknown(const QString &customer) override
    {
        const QString channel = channelOf(customer);
        return channel + u':' +
               m_sim.write(channel, u'U' + channel.mid(1), {},
                           {{QStringLiteral("subtype"), QStringLiteral("hologram")}});
    }
    void deliverAgain() override { m_sim.bringAllAgain(); }
    void setMood(Mood mood) override
    {
        using Fault = SlackSim::Fault;
        const QString ok = QStringLiteral("ok");
        const QString error = QStringLiteral("error");
        std::optional<Fault> fault;
        if (mood == Mood::TooMany)
            fault = Fault{429,
                          {{ok, false}, {error, QStringLiteral("ratelimited")}},
                          false,
                          {{"Retry-After", QByteArray::number(retryAfter().count())}}};
        if (mood == Mood::Refuses)
            fault = Fault{200, {{ok, false}, {error, QStringLiteral("is_archived")}}, false, {}};
        if (mood == Mood::TakesAndBreaks)
            fault = Fault{500, {}, true, {}};
        m_sim.setSendFault(fault);
    }
    std::vector<Sent> sent() const override
    {
        std::vector<Sent> all;
        for (const QJsonObject &message : m_sim.sent) {
            const auto name = m_names.find(message.value(QStringLiteral("channel")).toString());
            all.push_back({name == m_names.end() ? QString() : name->second,
                           slack::readable(message.value(QStringLiteral("text")).toString())});
        }
        return all;
    }
    std::optional<QString> standing(const QString &providerId) const override
    {
        const QJsonObject *post = m_sim.find(providerId.section(QLatin1Char(':'), 0, 0),
                                             providerId.section(QLatin1Char(':'), 1));
        return post ? std::optional(slack::readable(post->value(QStringLiteral("text")).toString()))
                    : std::nullopt;
    }
    QStringList reactionsTo(const QString &providerId) const override
    {
        const auto found = m_sim.reactions.find(providerId);
        QStringList shown;
        for (const QString &name : found == m_sim.reactions.end() ? QStringList() : found->second)
            shown << slack::emojiFor(name);
        return shown;
    }
    QStringList complaints() const override { return m_sim.problems; }
    SlackSim &sim() { return m_sim; }

private:
    QString channelOf(const QString &customer)
    {
        const QString channel = QStringLiteral("D%1").arg(qHash(customer, 1) % 1'000'000);
        m_names[channel] = customer;
        return channel;
    }

    SlackSim m_sim;
    std::map<QString, QString> m_names;
};

} // namespace peerdesk::channels::vendor
