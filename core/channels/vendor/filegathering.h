// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/operation.h"
#include "core/channels/api/connector.h"

namespace peerdesk::channels::vendor {

/// A file that an item of a page names and the vendor still holds.
struct WantedFile
{
    size_t item = 0; ///< place in the page
    QString name;    ///< as the sender called it
    QString where;   ///< id or address, as the vendor's own code understands it
    QString kind;    ///< likewise: "image", "video" ...

    bool operator==(const WantedFile &) const = default;
};

/// Fetches one; NotFound and TooLarge are final, Network, Busy and Unknown are tried again.
using FetchFile = std::function<void(const WantedFile &, Completion<QByteArray>)>;

/// The files of a page, one after the other, before the page is committed. One that cannot be had
/// does not lose its message: it becomes a line that says why. Always ends with a page.
class FileGathering final : public Operation<InboundPage>
{
public:
    struct Bounds
    {
        int tries = 3;
        Milliseconds firstPause{1'000};            ///< before the second try; doubles
        qsizetype pageBytes = 256LL * 1024 * 1024; ///< of all files together; more are named only
    };
    struct Work
    {
        InboundPage page;
        std::vector<WantedFile> files;
        FetchFile fetch;
        Bounds bounds;
    };

    FileGathering(Work work, Clock &clock, Completion<InboundPage> done, QObject *parent);
    void start() override { next(); }

private:
    void next();
    void onFetched(const Result<QByteArray> &bytes);

    Work m_work;
    Clock &m_clock;
    size_t m_at = 0;
    int m_tries = 0;
    qsizetype m_bytes = 0;
};

} // namespace peerdesk::channels::vendor
