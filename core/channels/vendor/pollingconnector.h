// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"
#include "core/channels/vendor/vendorapi.h"

#include <QTimer>

namespace peerdesk::channels::vendor {

/// What a failed call means for the account.
struct Trouble
{
    AccountState state = AccountState::Degraded;
    QString sentence;      ///< what happened and what to do
    Seconds retryAfter{0}; ///< 0 = by the back-off
    bool isFinal = false;  ///< asking again is useless until somebody changes the settings
};

/// Connector that asks its vendor at intervals. One poll at a time; pages are committed in order;
/// the next poll starts behind what is committed. Failures back off (1 s doubling to 60 s, with
/// jitter) and are shown once they have lasted 30 s; wrong credentials are shown at once.
class PollingConnector : public Connector
{
    Q_OBJECT

public:
    PollingConnector(const ChannelAccount &account, Host &host, VendorApi::Options options);

    /// What is under way is nobody's from here on.
    ~PollingConnector() override { PollingConnector::stop(); }

    void start() override;
    void stop() override;

protected:
    struct Polled
    {
        InboundPage page;     ///< cursorFrom and cursorTo set; nothing to say = equal and empty
        bool hasMore = false; ///< poll again at once
        Milliseconds next{0}; ///< until the next poll; 0 = `interval()`
    };
    /// One poll from `cursor`. `Trouble` through fail().
    virtual void poll(const QByteArray &cursor, Completion<Polled> done) = 0;
    virtual Milliseconds interval() const = 0;
    /// Before the first poll; default: at once. Errors are told like those of poll().
    virtual void prepare(Completion<Done> done) { done.answer(Done{}); }
    /// What stands beside "connected": a quota, a gap. Default: nothing.
    virtual QString connectedSentence() const { return {}; }
    /// What an error of poll() or prepare() means; default: by its code.
    virtual Trouble troubleOf(const Error &error) const;
    /// For a poll's answer that is no success: 401/403 final, 429 later, else by the back-off.
    static Error errorOf(const ApiReply &reply, const QString &vendorSays, Time now);
    /// Something happened there: the next poll is now.
    void pollSoon();
    bool isRunning() const { return m_isRunning; }

    ChannelAccount m_account;
    Host &m_host;
    VendorApi m_api;

private:
    void prepareNow();
    void pollNow();
    void onPolled(const Result<Polled> &polled);
    void onCommitted(const Result<Done> &result, bool hasMore, Milliseconds next);
    void fail(const Error &error);
    void succeed();

    QTimer m_timer;
    bool m_isRunning = false;
    bool m_isPrepared = false;
    bool m_isBusy = false;
    bool m_isSoon = false;
    int m_failures = 0;
    Milliseconds m_failingSince{0};
    quint64 m_round = 0; ///< answers of an earlier start are not for this one
};

} // namespace peerdesk::channels::vendor
