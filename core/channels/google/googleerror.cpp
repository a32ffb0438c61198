// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/google/googleerror.h"

#include "core/channels/vendor/items.h"

namespace peerdesk::channels::google {

using namespace Qt::StringLiterals;

GoogleError googleError(const vendor::ApiReply &reply)
{
    const QJsonObject error = reply.object().value(u"error"_s).toObject();
    if (error.isEmpty())
        return {};
    QString reason = error.value(u"errors"_s)[0][u"reason"_s].toString();
    if (reason.isEmpty())
        reason = error.value(u"status"_s).toString();
    return {reason.isEmpty() ? u"unknown"_s : reason.left(100),
            vendor::cleanText(error.value(u"message"_s).toString(), 400)};
}

bool isQuotaUsedUp(const GoogleError &error)
{
    return error.reason == u"quotaExceeded" || error.reason == u"dailyLimitExceeded";
}

vendor::ApiReply plain(vendor::ApiReply reply)
{
    const QString reason = googleError(reply).reason;
    if (reason == u"rateLimitExceeded" || reason == u"userRateLimitExceeded" ||
        reason == u"RESOURCE_EXHAUSTED" || reason == u"quotaExceeded" ||
        reason == u"dailyLimitExceeded")
        reply.status = 429;
    return reply;
}

} // namespace peerdesk::channels::google
