// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/fakedesk.h"

namespace peerdesk::test {

/// What happened to a queue, a person or a channel. Durations in seconds.
struct CountedDay
{
    std::vector<int> answered;  ///< how long each waited for the first answer
    std::vector<int> abandoned; ///< and each who was not answered
    int declined = 0;
    int missed = 0;
    int withdrawn = 0;
    int moved = 0;
    int handling = 0; ///< of each
    int wrapUp = 0;
    std::vector<int> activities = {}; ///< in the order of the office's
};

/// In the form in which the office answers `query` about it.
QJsonObject statisticsOf(const CountedDay &day, const api::StatisticsQuery &query,
                         const std::vector<Activity> &activities);

/// The demo office's queues, people and channels have had a day. Its task channels are there, too.
void fillReports(FakeDesk &desk);

} // namespace peerdesk::test
