// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/twilio/twilioconnector.h"
#include "tests/support/vendors/twiliosim.h"
#include "tests/support/vendors/vendorpeer.h"

namespace peerdesk::channels::vendor {

/// Twilio as the contract suite sees it, for SMS or WhatsApp. Customers are numbers made of their
/// names.
class TwilioPeer final : public VendorPeer
{
    Q_OBJECT

public:
    explicit TwilioPeer(bool isWhatsApp = false) { m_sim.isWhatsApp = isWhatsApp; }

    QString type() const override
    {
        return m_sim.isWhatsApp ? QStringLiteral("whatsapp_twilio") : QStringLiteral("sms");
    }
    ChannelType channelType() const override
    {
        return m_sim.isWhatsApp ? twilio::whatsappTwilioType() : twilio::smsType();
    }
    std::map<QString, QString> settings() const override
    {
        return {{QStringLiteral("base_url"), m_sim.base()},
                {QStringLiteral("account_sid"), QString::fromLatin1(TwilioSim::Account)},
                {QStringLiteral("number"), QString::fromLatin1(TwilioSim::Number)}};
    }
    std::map<QString, QByteArray> secrets() const override
    {
        return {{QStringLiteral("secret"), TwilioSim::Secret}};
    }
    QString write(const QString &customer, const QString &text) override
    {
        return m_sim.receive(addressOf(customer), text);
    }
    /// Neither text nor file: what a list shows of a shared place or contact.
    QString writeUnknown(const QString &customer) override
    {
        return m_sim.receive(addressOf(customer), {});
    }
    void deliverAgain() override { m_sim.isShuffled = !m_sim.isShuffled; } // it lists all again
    void setMood(Mood mood) override
    {
        switch (mood) {
        case Mood::Good:
            return m_sim.mood.reset();
        case Mood::TooMany:
            m_sim.mood = TwilioSim::Fault::TooMany;
            return;
        case Mood::Refuses:
            m_sim.mood = TwilioSim::Fault::OptedOut;
            return;
        case Mood::TakesAndBreaks:
            m_sim.mood = TwilioSim::Fault::BreaksAfter;
            return;
        }
    }
    std::vector<Sent> sent() const override
    {
        std::vector<Sent> all;
        for (const QJsonObject &message : m_sim.sent) {
            const auto name = m_names.find(message.value(QStringLiteral("to")).toString());
            all.push_back({name == m_names.end() ? QString() : name->second,
                           message.value(QStringLiteral("body")).toString()});
        }
        return all;
    }
    QStringList complaints() const override { return m_sim.problems; }
    TwilioSim &sim() { return m_sim; }

private:
    QString addressOf(const QString &customer)
    {
        const QString number =
            QStringLiteral("+48601%1").arg(qHash(customer, 1) % 1'000'000, 6, 10, QChar(u'0'));
        const QString address = m_sim.isWhatsApp ? QStringLiteral("whatsapp:") + number : number;
        m_names[address] = customer;
        return address;
    }

    TwilioSim m_sim;
    std::map<QString, QString> m_names;
};

} // namespace peerdesk::channels::vendor
