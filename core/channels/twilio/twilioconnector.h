// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/twilio/messagewalk.h"
#include "core/channels/twilio/servedfiles.h"
#include "core/channels/twilio/twiliorequests.h"
#include "core/channels/vendor/filegathering.h"
#include "core/channels/vendor/partsending.h"
#include "core/channels/vendor/pollingconnector.h"

#include <deque>
#include <set>

namespace peerdesk::channels {

/// SMS and MMS, or WhatsApp, of a Twilio number, by asking: no public address is needed.
/// Cursor: "TIME;COUNT", the time (RFC 3339) up to which everything is taken in, and a number that
/// grows with each page, so that the connector sees by it what was committed.
class TwilioConnector final : public vendor::PollingConnector
{
    Q_OBJECT

public:
    TwilioConnector(const ChannelAccount &account, Host &host, twilio::Medium medium);
    ~TwilioConnector() override { TwilioConnector::stop(); }

    void start() override;
    void stop() override;
    void send(const Outgoing &outgoing, Completion<SendResult> done) override;
    void test(Completion<QString> done) override;
    /// Serves the files of MMS to Twilio; calls with messages are not needed.
    void hook(const HookCall &call, Completion<HookAnswer> done) override;
    void templates(Completion<TemplateList> done) override;

protected:
    void poll(const QByteArray &cursor, Completion<Polled> done) override;
    Milliseconds interval() const override;
    void prepare(Completion<Done> done) override;

private:
    /// A message of ours whose fate is not known yet.
    struct OpenStatus
    {
        Milliseconds since{0};
        Milliseconds next{0};
        QString status;
    };
    using Rows = std::vector<twilio::MessageRow>;

    QString setting(const QString &key, const QString &fallback = {}) const;
    QString ownAddress() const;
    /// Takes what the last page brought as known, or as not known after all.
    void settle(const QByteArray &cursor);
    QByteArray cursorAfter(const QByteArray &cursor, Time upTo);
    void takeOutbound(const Rows &rows);
    /// What is new becomes the backlog, oldest last.
    void takeInbound(const Rows &rows);
    void checkStatuses(const QByteArray &cursor, Completion<Polled> done);
    Polled statusPage(const QByteArray &cursor, const Rows &rows);
    Polled nextChunk(const QByteArray &cursor);
    void gather(Polled polled, Completion<Polled> done);
    void watch(const QString &sid, const QString &status, Milliseconds since);
    void remember(const QString &sid);

    void fetch(const vendor::WantedFile &file, Completion<QByteArray> done);
    void fetchBytes(const QString &address, int redirects, Completion<QByteArray> done);

    Result<std::vector<QString>> serve(const Outgoing &outgoing);
    void sendOne(const twilio::SendRequest &request, Completion<SendResult> done);
    void onSent(const twilio::SendRequest &request, Time began,
                const Result<vendor::ApiReply> &reply, Completion<SendResult> done);
    void accepted(const twilio::MessageRow &row);
    void lookUp(const twilio::SendRequest &request, Time began, int tries,
                Completion<SendResult> done);
    std::optional<twilio::MessageRow> found(const twilio::SendRequest &request, Time began,
                                            const Rows &rows) const;
    using Listing = std::shared_ptr<std::pair<TemplateList, Completion<TemplateList>>>;
    void listTemplates(const QUrlQuery &page, const Listing &listing);
    void testNumber(const QString &accountName, Completion<QString> done);

    const twilio::Medium m_medium;
    twilio::Sender m_sender;
    twilio::ServedFiles m_served;
    Rows m_backlog;                       ///< still to be committed, oldest last
    Rows m_changed;                       ///< ours, with a fate that is still to be committed
    std::set<QString> m_known;            ///< SIDs that are in the log, or ours
    std::deque<QString> m_knownInOrder;   ///< the same; the oldest are forgotten
    std::map<QString, OpenStatus> m_open; ///< by SID
    QByteArray m_expected;                ///< where the log stands if the last page is in it
    Rows m_uncommitted;                   ///< of that page
    Milliseconds m_lastTraffic{0};
    /// Owns what is under way. Last, so that it ends before anything else of this object.
    std::unique_ptr<QObject> m_scope = std::make_unique<QObject>();
    std::unique_ptr<QObject> m_polling; ///< likewise, of a poll
};

namespace twilio {
ChannelType smsType();
ChannelType whatsappTwilioType();
} // namespace twilio

} // namespace peerdesk::channels
