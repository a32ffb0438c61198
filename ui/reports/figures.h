// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

#include <QJsonObject>
#include <QString>

#include <optional>
#include <vector>

namespace peerdesk::ui {

/// Who waited how long: longer than the band before, up to this.
struct WaitBand
{
    std::optional<Seconds> upTo; ///< absent = the last one, with no end
    int answered = 0;            ///< for the first time
    int abandoned = 0;
    bool operator==(const WaitBand &) const = default;
};

/// How long people were in an activity, all together.
struct ActivityTime
{
    QString name;
    bool isAvailable = false;
    double seconds = 0;
    bool operator==(const ActivityTime &) const = default;
};

/// What Desk::statistics() says about a span, as a supervisor reads it. Durations in seconds,
/// shares in per cent; absent = there was nothing to measure.
struct Figures
{
    int tasks = 0;     ///< came in
    int answered = 0;  ///< for the first time
    int abandoned = 0; ///< canceled, whoever did it
    int completed = 0;
    int movedOn = 0; ///< to another queue
    int timedOut = 0;
    int offers = 0;
    int accepted = 0; ///< of the offers, transfers included
    int declined = 0;
    int missed = 0;
    int withdrawn = 0; ///< canceled or taken by somebody else
    std::optional<double> serviceLevel;
    std::optional<double> averageWait; ///< until the answer
    std::optional<double> longestWait; ///< of all, answered or not
    std::optional<double> handling;    ///< on average, from the answer to the end
    std::optional<double> wrapUp;      ///< on average, of it after the contact
    std::optional<double> occupancy;
    std::vector<WaitBand> waits;
    std::vector<ActivityTime> activities;
    bool operator==(const Figures &) const = default;
};

/// Where the bands of waiting end; asked for as StatisticsQuery::splits.
std::vector<Seconds> waitLimits();
/// `document` has the names of routing.md 2.8 for a span, split at waitLimits().
Figures figuresFrom(const QJsonObject &document);
/// How long people were available.
std::optional<double> availableTime(const Figures &figures);
/// Tasks came, went or were offered.
bool hasWork(const Figures &figures);
/// There was no work, and nobody there for it.
bool isEmpty(const Figures &figures);

} // namespace peerdesk::ui
