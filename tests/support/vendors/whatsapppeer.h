// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/whatsapp/whatsappconnector.h"
#include "tests/support/vendors/vendorpeer.h"
#include "tests/support/vendors/whatsappsim.h"

namespace peerdesk::channels::vendor {

/// The Cloud API as the contract suite sees it. Customers are numbers made of their names; those
/// that begin with "hidden" have a business-scoped id only.
class WhatsAppPeer final : public VendorPeer
{
    Q_OBJECT

public:
    QString type() const override { return QStringLiteral("whatsapp"); }
    ChannelType channelType() const override { return whatsapp::whatsappType(); }
    std::map<QString, QString> settings() const override
    {
        return {{QStringLiteral("base_url"), m_sim.base()},
                {QStringLiteral("phone_number_id"), QString::fromLatin1(WhatsAppSim::NumberId)},
                {QStringLiteral("verify_token"), QString::fromLatin1(WhatsAppSim::VerifyToken)}};
    }
    std::map<QString, QByteArray> secrets() const override
    {
        return {{QStringLiteral("token"), WhatsAppSim::Token},
                {QStringLiteral("app_secret"), WhatsAppSim::AppSecret}};
    }
    QString write(const QString &customer, const QString &text) override
    {
        return kept(m_sim.write(addressOf(customer), text));
    }
    QString writeUnknown(const QString &customer) override
    {
        return kept(m_sim.writeMore(addressOf(customer),
                                    {{QStringLiteral("type"), QStringLiteral("hologram")}}));
    }
    void deliverAgain() override
    {
        for (auto call = m_all.rbegin(); call != m_all.rend(); ++call)
            m_sim.calls.push_back(*call);
    }
    std::vector<HookCall> pendingHooks() const override
    {
        return {m_sim.calls.begin(), m_sim.calls.end()};
    }
    void answered(const HookCall &call, const HookAnswer &answer) override
    {
        const auto same = [&](const HookCall &one) { return one.body == call.body; };
        const auto found = std::find_if(m_sim.calls.begin(), m_sim.calls.end(), same);
        if (answer.status / 100 == 2 && found != m_sim.calls.end())
            m_sim.calls.erase(found);
    }
    void setMood(Mood mood) override
    {
        switch (mood) {
        case Mood::Good:
            return m_sim.mood.reset();
        case Mood::TooMany:
            m_sim.mood = WhatsAppSim::Fault::TooMany;
            return;
        case Mood::Refuses:
            m_sim.mood = WhatsAppSim::Fault::Undeliverable;
            return;
        case Mood::TakesAndBreaks:
            m_sim.mood = WhatsAppSim::Fault::BreaksAfter;
            return;
        }
    }
    std::vector<Sent> sent() const override
    {
        std::vector<Sent> all;
        for (const QJsonObject &body : m_sim.sent) {
            const QString to = body.value(QStringLiteral("to")).toString();
            const auto name = m_names.find(
                to.isEmpty() ? body.value(QStringLiteral("recipient")).toString() : to);
            const QJsonObject text = body.value(QStringLiteral("text")).toObject();
            all.push_back({name == m_names.end() ? QString() : name->second,
                           text.value(QStringLiteral("body")).toString()});
        }
        return all;
    }
    QStringList complaints() const override { return m_sim.problems; }
    WhatsAppSim &sim() { return m_sim; }

private:
    QString kept(const QString &id)
    {
        m_all.push_back(m_sim.calls.back());
        return id;
    }
    QString addressOf(const QString &customer)
    {
        const bool isHidden = customer.startsWith(QStringLiteral("hidden"));
        const QString form = isHidden ? QStringLiteral("PL.%1") : QStringLiteral("48601%1");
        const QString address = form.arg(qHash(customer, 1) % 1'000'000, 6, 10, QChar(u'0'));
        m_names[address] = customer;
        return address;
    }

    WhatsAppSim m_sim;
    std::vector<HookCall> m_all;
    std::map<QString, QString> m_names;
};

} // namespace peerdesk::channels::vendor
