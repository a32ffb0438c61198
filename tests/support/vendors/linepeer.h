// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/line/lineconnector.h"
#include "tests/support/vendors/linesim.h"
#include "tests/support/vendors/vendorpeer.h"

#include <QCryptographicHash>

namespace peerdesk::channels::vendor {

/// LINE as the contract suite sees it. Customers are user ids made of their names.
class LinePeer final : public VendorPeer
{
    Q_OBJECT

public:
    QString type() const override { return QStringLiteral("line"); }
    ChannelType channelType() const override { return line::lineType(); }
    std::map<QString, QString> settings() const override
    {
        return {{QStringLiteral("base_url"), m_sim.base()},
                {QStringLiteral("data_url"), m_sim.dataBase()}};
    }
    std::map<QString, QByteArray> secrets() const override
    {
        return {{QStringLiteral("token"), LineSim::Token},
                {QStringLiteral("channel_secret"), LineSim::ChannelSecret}};
    }
    QString write(const QString &customer, const QString &text) override
    {
        return kept(m_sim.write(userOf(customer), text));
    }
    QString writeUnknown(const QString &customer) override
    {
        return kept(m_sim.writeMore(userOf(customer),
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
            m_sim.mood = LineSim::Fault::TooMany;
            return;
        case Mood::Refuses:
            m_sim.mood = LineSim::Fault::Refused;
            return;
        case Mood::TakesAndBreaks:
            m_sim.mood = LineSim::Fault::BreaksAfter;
            return;
        }
    }
    std::vector<Sent> sent() const override
    {
        std::vector<Sent> all;
        for (const LineSim::Sent &one : m_sim.sent) {
            const auto name = m_names.find(one.to);
            all.push_back({name == m_names.end() ? QString() : name->second,
                           one.message.value(QStringLiteral("text")).toString()});
        }
        return all;
    }
    QStringList complaints() const override { return m_sim.problems; }
    LineSim &sim() { return m_sim; }

private:
    QString kept(const QString &id)
    {
        m_all.push_back(m_sim.calls.back());
        return id;
    }
    QString userOf(const QString &customer)
    {
        const QByteArray hash =
            QCryptographicHash::hash(customer.toUtf8(), QCryptographicHash::Md5).toHex();
        const QString user = u'U' + QString::fromLatin1(hash);
        m_names[user] = customer;
        return user;
    }

    LineSim m_sim;
    std::vector<HookCall> m_all;
    std::map<QString, QString> m_names;
};

} // namespace peerdesk::channels::vendor
