// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <ctime>

namespace peerdesk::test {

/// Processor time of this program since it was made: bounds work, however busy the machine is.
class ProcessorTime
{
public:
    qint64 milliseconds() const { return now() - m_start; }

private:
    static qint64 now()
    {
        timespec time{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return qint64(time.tv_sec) * 1'000 + time.tv_nsec / 1'000'000;
    }

    qint64 m_start = now();
};

} // namespace peerdesk::test
