// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/telegram/telegramconnector.h"
#include "tests/support/vendors/telegramsim.h"
#include "tests/support/vendors/vendorpeer.h"

namespace peerdesk::channels::vendor {

/// Telegram as the contract suite sees it. Customers are the numbers of their names.
class TelegramPeer final : public VendorPeer
{
    Q_OBJECT

public:
    QString type() const override { return QStringLiteral("telegram"); }
    ChannelType channelType() const override { return telegram::telegramType(); }
    std::map<QString, QString> settings() const override
    {
        return {{QStringLiteral("base_url"), m_sim.base()}};
    }
    std::map<QString, QByteArray> secrets() const override
    {
        return {{QStringLiteral("token"), TelegramSim::Token}};
    }
    QString write(const QString &customer, const QString &text) override
    {
        const qint64 id = m_sim.write(idOf(customer), text);
        return QStringLiteral("%1:%2").arg(idOf(customer)).arg(id);
    }
    QString writeUnknown(const QString &customer) override
    {
        const qint64 id =
            m_sim.write(idOf(customer), {},
                        {{QStringLiteral("hologram"), QJsonObject{{QStringLiteral("depth"), 3}}}});
        return QStringLiteral("%1:%2").arg(idOf(customer)).arg(id);
    }
    void deliverAgain() override { m_sim.pushAllAgain(); }
    void setMood(Mood mood) override;
    std::vector<Sent> sent() const override;
    std::optional<QString> standing(const QString &providerId) const override
    {
        const QJsonObject *message =
            m_sim.find(providerId.section(QLatin1Char(':'), 0, 0).toLongLong(),
                       providerId.section(QLatin1Char(':'), 1).toLongLong());
        return message ? std::optional(message->value(QStringLiteral("text")).toString())
                       : std::nullopt;
    }
    QStringList reactionsTo(const QString &providerId) const override
    {
        const auto found = m_sim.reactions.find(providerId);
        return found == m_sim.reactions.end() ? QStringList() : found->second;
    }
    QStringList complaints() const override { return m_sim.problems; }
    TelegramSim &sim() { return m_sim; }

private:
    qint64 idOf(const QString &customer)
    {
        const qint64 id = 7'000'000'000 + qint64(qHash(customer, 1) % 1'000'000);
        m_names[id] = customer;
        return id;
    }

    TelegramSim m_sim;
    std::map<qint64, QString> m_names;
};

inline void TelegramPeer::setMood(Mood mood)
{
    const QString no = QStringLiteral("ok");
    switch (mood) {
    case Mood::Good:
        return m_sim.setSendFault({});
    case Mood::TooMany:
        return m_sim.setSendFault(TelegramSim::Fault{
            429,
            {{no, false},
             {QStringLiteral("parameters"),
              QJsonObject{{QStringLiteral("retry_after"), int(retryAfter().count())}}}},
            false,
            false});
    case Mood::Refuses:
        return m_sim.setSendFault(
            TelegramSim::Fault{403,
                               {{no, false},
                                {QStringLiteral("description"),
                                 QStringLiteral("Forbidden: bot was blocked by the user")}},
                               false,
                               false});
    case Mood::TakesAndBreaks:
        return m_sim.setSendFault(TelegramSim::Fault{500, {}, true, false});
    }
}

inline std::vector<VendorPeer::Sent> TelegramPeer::sent() const
{
    std::vector<Sent> all;
    for (const QJsonObject &message : m_sim.sent) {
        const auto name = m_names.find(message.value(QStringLiteral("chat_id")).toInteger());
        all.push_back({name == m_names.end() ? QString() : name->second,
                       message.value(QStringLiteral("text")).toString()});
    }
    return all;
}

} // namespace peerdesk::channels::vendor
