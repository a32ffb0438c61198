// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"

namespace peerdesk::channels::vendor {

/// A provider as the contract suite (tests/core/channels/contract) sees it: a simulator with state
/// and moods, and the connector that talks to it. Thread: the test's.
class VendorPeer : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// How the provider takes the next sends.
    enum class Mood {
        Good,
        TooMany,       ///< 429 (or the vendor's like), to be tried again in `retryAfter()`
        Refuses,       ///< surely not sent, for good: blocked, no permission
        TakesAndBreaks ///< it has the message, and the answer never comes
    };
    struct Sent
    {
        QString customer;
        QString text;
    };

    virtual QString type() const = 0; ///< of the channel: "telegram"
    virtual ChannelType channelType() const = 0;
    /// Settings of an account that talks to this peer on loopback.
    virtual std::map<QString, QString> settings() const = 0;
    virtual std::map<QString, QByteArray> secrets() const = 0;

    /// A customer writes; it is on its way to whoever asks, or, for webhooks, to be called with
    /// pendingHook(). Returns the provider id that the item will carry.
    virtual QString write(const QString &customer, const QString &text) = 0;
    /// The same, of a kind that no program knows yet.
    virtual QString writeUnknown(const QString &customer) = 0;
    /// All that was written so far is delivered once more, last first.
    virtual void deliverAgain() = 0;
    /// Providers that call: the calls that wait for an answer of 2xx, signed; else empty. A call
    /// that was answered so is taken away by answered().
    virtual std::vector<HookCall> pendingHooks() const { return {}; }
    virtual void answered(const HookCall &call, const HookAnswer &answer)
    {
        Q_UNUSED(call)
        Q_UNUSED(answer)
    }
    /// The clock by which the peer stamps what it tells, for the connector too: who is asked once
    /// an hour brings a fast one. Null = any.
    virtual Clock *clock() { return nullptr; }
    /// What a message with this text is shown as: a review has stars before it.
    virtual QString shown(const QString &text) const { return text; }
    virtual void setMood(Mood mood) = 0;
    virtual Seconds retryAfter() const { return Seconds(7); }
    /// What customers have really got from us, in order.
    virtual std::vector<Sent> sent() const = 0;
    /// What is left of a message of ours, by its provider id; nothing = it is gone.
    virtual std::optional<QString> standing(const QString &providerId) const
    {
        Q_UNUSED(providerId)
        return std::nullopt;
    }
    /// How the office reacts to a message there, as the vendor writes it.
    virtual QStringList reactionsTo(const QString &providerId) const
    {
        Q_UNUSED(providerId)
        return {};
    }
    /// Calls of the vendor's API that were wrong: unknown method, missing parameter, over a limit.
    virtual QStringList complaints() const = 0;
};

} // namespace peerdesk::channels::vendor
