// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/store/officereader.h"

#include <QJsonObject>

namespace peerdesk::node {

/// Most facts about routing that one answer is made of.
constexpr int MaxSpanFacts = 2'000'000;

/// What happened over a span, from the archive alone. Thread: readers. Errors: NotFound, Invalid,
/// TooLarge, Storage.
Result<QJsonObject> statisticsOver(const store::OfficeReader &office,
                                   const api::StatisticsQuery &query);

/// See Desk::recordedDay(). Looks a day past the end for how tasks went on.
Result<api::RecordedDay> recordedDay(const store::OfficeReader &office, Time start, Time end);

} // namespace peerdesk::node
