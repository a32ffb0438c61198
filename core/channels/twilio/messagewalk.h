// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/operation.h"
#include "core/channels/twilio/twilioparser.h"
#include "core/channels/vendor/vendorapi.h"

namespace peerdesk::channels::twilio {

/// What Twilio has on record, newest first, back to a moment.
struct WalkQuestion
{
    QString account; ///< AC...
    QString to;      ///< empty = anybody
    QString from;    ///< likewise
    Time since;      ///< by UTC days at Twilio, exactly here
    int maxPages = 1;
};

/// Follows the pages of the list. Errors: as Twilio said (with its code in `state`), Network.
class MessageWalk final : public Operation<std::vector<MessageRow>>
{
public:
    MessageWalk(vendor::VendorApi &api, WalkQuestion question,
                Completion<std::vector<MessageRow>> done, QObject *parent);
    void start() override;

private:
    void ask(const vendor::ApiCall &call);
    void onReply(const Result<vendor::ApiReply> &reply);

    vendor::VendorApi &m_api;
    WalkQuestion m_question;
    std::vector<MessageRow> m_rows;
    int m_pages = 0;
};

/// The state of single messages. What cannot be had is left out: it is asked for again later.
class StatusCheck final : public Operation<std::vector<MessageRow>>
{
public:
    StatusCheck(vendor::VendorApi &api, const QString &account, std::vector<QString> sids,
                Completion<std::vector<MessageRow>> done, QObject *parent);
    void start() override { next(); }

private:
    void next();

    vendor::VendorApi &m_api;
    QString m_account;
    std::vector<QString> m_sids;
    std::vector<MessageRow> m_rows;
    size_t m_at = 0;
};

/// How an answer that is no success travels: `code` by its status, `detail` in plain words, `state`
/// = "retry-after:SECONDS" for 429.
Error errorFrom(const vendor::ApiReply &reply, Time now);
QString messagesPath(const QString &account);

} // namespace peerdesk::channels::twilio
