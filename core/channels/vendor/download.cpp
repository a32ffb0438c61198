// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/download.h"

#include <QCoreApplication>

namespace peerdesk::channels::vendor {

namespace {

constexpr Milliseconds Timeout{60'000};

Error errorOf(int status)
{
    const QString said = QCoreApplication::translate("Download", "the answer was %1").arg(status);
    if (status == 404 || status == 410)
        return {Error::Code::NotFound, said, {}};
    return {
        status >= 500 || status == 429 ? Error::Code::Unknown : Error::Code::Forbidden, said, {}};
}

} // namespace

void download(VendorApi &api, ApiCall call, qint64 maxBytes, Completion<QByteArray> done)
{
    call.timeout = Timeout;
    call.maxBytes = maxBytes;
    const auto asker = std::make_shared<Completion<QByteArray>>(std::move(done));
    api.call(call, {&api, [asker](const Result<ApiReply> &reply) {
                        if (!reply)
                            return asker->answer(reply.error());
                        if (!reply->isSuccess())
                            return asker->answer(errorOf(reply->status));
                        asker->answer(reply->body);
                    }});
}

} // namespace peerdesk::channels::vendor
