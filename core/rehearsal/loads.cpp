// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rehearsal/loads.h"

#include <algorithm>
#include <cmath>

namespace peerdesk::rehearsal {

Milliseconds exponential(Sequence &numbers, double meanSeconds)
{
    constexpr double Steps = 9'007'199'254'740'992.0; // 2^53: what a double holds
    const double uniform = (double(numbers.next() >> 11) + 0.5) / Steps;
    const double span = -std::log(uniform) * meanSeconds * 1000.0;
    return Milliseconds(std::max<qint64>(1, std::llround(span)));
}

std::vector<Arrival> synthetic(const std::vector<Stream> &streams, Time start, Time end,
                               quint64 seed, size_t atMost)
{
    std::vector<Arrival> out;
    for (size_t i = 0; i < streams.size(); ++i) {
        const Stream &stream = streams[i];
        Sequence numbers(seed + i * 1'000'003); // each stream has its own: one more changes
                                                // none of the others
        if (stream.perHour <= 0)
            continue;
        const double gap = 3600.0 / stream.perHour;
        for (Time at = start + exponential(numbers, gap); at < end && out.size() < atMost;
             at = at + exponential(numbers, gap)) {
            Arrival one{at, stream.taskChannel, stream.attributes, {}, stream.priority, {}, {}, {}};
            one.work = exponential(numbers, stream.workSeconds);
            if (stream.wrapSeconds > 0)
                one.wrapUp = exponential(numbers, stream.wrapSeconds);
            if (stream.patienceSeconds > 0)
                one.patience = exponential(numbers, stream.patienceSeconds);
            out.push_back(std::move(one));
        }
    }
    std::ranges::stable_sort(out, {}, &Arrival::at);
    return out;
}

} // namespace peerdesk::rehearsal
