// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/httpclient.h"
#include "core/node/core.h"
#include "core/secrets/secretstore.h"

#include <deque>

namespace peerdesk::node {

/// Brings events to the receivers outside, as the router only: in the order of the log, one at a
/// time for each receiver, at least once. The archive is the queue, so a dead receiver costs
/// neither memory nor anybody's time; how far each has come is a fact. Thread: node.
class Courier final : public QObject
{
    Q_OBJECT

public:
    struct Parts
    {
        Core &core;
        secrets::SecretStore &secrets;
    };
    /// A receiver has this long to answer. Source: routing.md 2.10.
    static constexpr Milliseconds AnswerTime = std::chrono::seconds(15);
    static constexpr Seconds FirstPause{1};
    static constexpr Seconds LongestPause{300};
    /// What cannot be delivered for so long is given up, with everything that is as old.
    static constexpr Milliseconds MaxAge = std::chrono::hours(24);
    /// Of an event that the receiver itself refuses (4xx).
    static constexpr int MaxRefusals = 5;

    explicit Courier(Parts parts);
    ~Courier() override;

    /// Goes on wherever something may be new: call it after everything that was applied.
    void pump();
    /// Another key signs from now on.
    void forgetSecret(WebhookId webhook);
    void stop();

    /// Wait before attempt `attempts` + 1. `random` in [0, 1) spreads it by a fifth.
    static Milliseconds pauseAfter(int attempts, std::optional<Seconds> wanted, double random);
    /// Whether somebody who asked for these names is told of an event of this one.
    static bool isAskedFor(const std::vector<QString> &names, const QString &event);
    /// What a receiver compares: hex of HMAC-SHA256 over timestamp, full stop and raw body.
    static QByteArray signatureOf(const QByteArray &secret, const QByteArray &timestamp,
                                  const QByteArray &body);

private:
    using Place = std::pair<quint64, int>;
    /// The way to one receiver.
    struct Line
    {
        Webhook webhook;
        Place done;  ///< delivered or given up
        Place noted; ///< as the log says
        Place read;
        std::deque<api::Event> waiting;
        WebhookDelivery trying; ///< of the first that waits
        std::vector<WebhookDelivery> news;
        QByteArray secret;
        QTimer pause;
        bool isBusy = false;
        bool isNoting = false;
    };
    using LinePtr = std::shared_ptr<Line>;

    LinePtr lineOf(const Webhook &webhook);
    void advance(const LinePtr &line);
    void goOnLater(const LinePtr &line);
    /// True if there is more to read.
    bool readOn(const LinePtr &line);
    void fetchSecret(const LinePtr &line);
    void post(const LinePtr &line);
    void onAnswered(const LinePtr &line, const Result<net::HttpReply> &reply);
    void onFailed(const LinePtr &line, const Result<net::HttpReply> &reply);
    void endFirst(Line &line, DeliveryState state);
    void pauseFor(const LinePtr &line, Milliseconds time);
    void note(const LinePtr &line);
    void noteAll();

    Parts m_parts;
    net::HttpClient m_http;
    std::map<WebhookId, LinePtr> m_lines;
    QTimer m_noting;
    bool m_isStopped = false;
};

} // namespace peerdesk::node
