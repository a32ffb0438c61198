// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reports/figures.h"

#include <QJsonArray>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

QJsonObject part(const QJsonObject &of, const QString &name)
{
    return of.value(name).toObject();
}

std::vector<WaitBand> bandsOf(const QJsonObject &split)
{
    std::vector<WaitBand> bands;
    int answered = 0;
    int abandoned = 0;
    QJsonObject rest;
    for (const Seconds limit : waitLimits()) {
        const QJsonObject one = part(split, QString::number(limit.count()));
        const QJsonObject below = part(one, u"below"_s);
        const int answeredBelow = below.value(u"reservations_accepted"_s).toInt();
        const int abandonedBelow = below.value(u"tasks_canceled"_s).toInt();
        bands.push_back({limit, answeredBelow - std::exchange(answered, answeredBelow),
                         abandonedBelow - std::exchange(abandoned, abandonedBelow)});
        rest = part(one, u"above"_s);
    }
    bands.push_back({std::nullopt, rest.value(u"reservations_accepted"_s).toInt(),
                     rest.value(u"tasks_canceled"_s).toInt()});
    return bands;
}

std::vector<ActivityTime> activitiesOf(const QJsonObject &document)
{
    std::vector<ActivityTime> out;
    for (const QJsonValue &value : document.value(u"activity_durations"_s).toArray()) {
        const QJsonObject one = value.toObject();
        out.push_back({one.value(u"friendly_name"_s).toString(), one.value(u"available"_s).toBool(),
                       one.value(u"total"_s).toDouble()});
    }
    std::ranges::stable_sort(out, [](const ActivityTime &a, const ActivityTime &b) {
        return a.isAvailable && !b.isAvailable;
    });
    return out;
}

std::optional<double> onlyIf(bool isMeasured, double value)
{
    return isMeasured ? std::optional(value) : std::nullopt;
}

void addTimes(Figures &figures, const QJsonObject &document)
{
    const auto number = [&document](const QString &name, const QString &which) {
        return part(document, name).value(which).toDouble();
    };
    figures.averageWait =
        onlyIf(figures.accepted > 0, number(u"wait_duration_until_accepted"_s, u"avg"_s));
    figures.longestWait = onlyIf(figures.accepted > 0 || figures.abandoned > 0,
                                 std::max(number(u"wait_duration_until_accepted"_s, u"max"_s),
                                          number(u"wait_duration_until_canceled"_s, u"max"_s)));
    const bool isHandled = figures.completed > 0 || number(u"handle_time"_s, u"total"_s) > 0;
    figures.handling = onlyIf(isHandled, number(u"handle_time"_s, u"avg"_s));
    figures.wrapUp = onlyIf(isHandled, number(u"wrap_up_time"_s, u"avg"_s));
    figures.serviceLevel = onlyIf(figures.answered > 0 || figures.abandoned > 0,
                                  document.value(u"service_level"_s).toDouble());
    const double occupancy = document.value(u"occupancy"_s).toDouble();
    figures.occupancy = onlyIf(occupancy > 0 || availableTime(figures).value_or(0) > 0, occupancy);
}

} // namespace

std::vector<Seconds> waitLimits()
{
    using namespace std::chrono;
    return {30s, 2min, 10min, 1h, 4h, 24h};
}

Figures figuresFrom(const QJsonObject &document)
{
    const auto count = [&document](const QString &name) { return document.value(name).toInt(); };
    Figures figures;
    figures.tasks = count(u"tasks_entered"_s);
    figures.abandoned = count(u"tasks_canceled"_s);
    figures.completed = count(u"tasks_completed"_s);
    figures.movedOn = count(u"tasks_moved"_s);
    figures.timedOut = count(u"tasks_timed_out_in_workflow"_s);
    figures.offers = count(u"reservations_created"_s);
    figures.accepted = count(u"reservations_accepted"_s);
    figures.declined = count(u"reservations_rejected"_s);
    figures.missed = count(u"reservations_timed_out"_s);
    figures.withdrawn = count(u"reservations_canceled"_s) + count(u"reservations_rescinded"_s);
    figures.waits = bandsOf(part(document, u"split_by_wait_time"_s));
    for (const WaitBand &band : figures.waits)
        figures.answered += band.answered;
    figures.activities = activitiesOf(document);
    addTimes(figures, document);
    return figures;
}

std::optional<double> availableTime(const Figures &figures)
{
    if (figures.activities.empty())
        return {};
    double total = 0;
    for (const ActivityTime &activity : figures.activities)
        total += activity.isAvailable ? activity.seconds : 0;
    return total;
}

bool hasWork(const Figures &figures)
{
    return figures.tasks + figures.abandoned + figures.completed + figures.movedOn +
               figures.offers + figures.accepted + figures.declined + figures.missed +
               figures.withdrawn >
           0;
}

bool isEmpty(const Figures &figures)
{
    return !hasWork(figures) && availableTime(figures).value_or(0) <= 0;
}

} // namespace peerdesk::ui
