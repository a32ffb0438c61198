// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/demoreports.h"

#include <algorithm>
#include <numeric>

namespace peerdesk::test {

using namespace Qt::StringLiterals;

namespace {

QJsonObject durations(const std::vector<int> &all)
{
    const int total = std::accumulate(all.begin(), all.end(), 0);
    return {{u"avg"_s, all.empty() ? 0.0 : double(total) / double(all.size())},
            {u"min"_s, all.empty() ? 0 : *std::min_element(all.begin(), all.end())},
            {u"max"_s, all.empty() ? 0 : *std::max_element(all.begin(), all.end())},
            {u"total"_s, total}};
}

int within(const std::vector<int> &waits, Seconds limit)
{
    return int(
        std::count_if(waits.begin(), waits.end(), [&](int wait) { return wait <= limit.count(); }));
}

QJsonObject splitsOf(const CountedDay &day, const std::vector<Seconds> &limits)
{
    QJsonObject out;
    for (const Seconds limit : limits) {
        const int answered = within(day.answered, limit);
        const int abandoned = within(day.abandoned, limit);
        out.insert(
            QString::number(limit.count()),
            QJsonObject{
                {u"below"_s, QJsonObject{{u"reservations_accepted"_s, answered},
                                         {u"tasks_canceled"_s, abandoned}}},
                {u"above"_s,
                 QJsonObject{{u"reservations_accepted"_s, int(day.answered.size()) - answered},
                             {u"tasks_canceled"_s, int(day.abandoned.size()) - abandoned}}}});
    }
    return out;
}

/// `count` waits from `first` on, each longer than the one before by the half.
std::vector<int> waits(int count, int first)
{
    std::vector<int> out;
    double wait = first;
    for (int i = 0; i < count; ++i, wait *= 1.5)
        out.push_back(int(wait));
    return out;
}

CountedDay dayOf(int size, int seed)
{
    CountedDay day;
    day.answered = waits(size, 4 + seed);
    day.abandoned = waits(size / 5, 40 + seed * 7);
    day.declined = seed % 4;
    day.missed = size / 6;
    day.withdrawn = seed % 3;
    day.moved = seed % 5;
    day.handling = 240 + seed * 37;
    day.wrapUp = 20 + seed * 3;
    day.activities = {18'000 + seed * 400, 3'600, seed * 90, 7'200};
    return day;
}

} // namespace

QJsonObject statisticsOf(const CountedDay &day, const api::StatisticsQuery &query,
                         const std::vector<Activity> &activities)
{
    const int answered = int(day.answered.size());
    const int abandoned = int(day.abandoned.size());
    const int inTime = within(day.answered, query.serviceLevel);
    const int offered = answered + abandoned;
    QJsonObject out{
        {u"tasks_entered"_s, answered + abandoned},
        {u"tasks_canceled"_s, abandoned},
        {u"tasks_completed"_s, answered},
        {u"tasks_moved"_s, day.moved},
        {u"reservations_created"_s, answered + day.declined + day.missed + day.withdrawn},
        {u"reservations_accepted"_s, answered},
        {u"reservations_rejected"_s, day.declined},
        {u"reservations_timed_out"_s, day.missed},
        {u"reservations_rescinded"_s, day.withdrawn},
        {u"wait_duration_until_accepted"_s, durations(day.answered)},
        {u"wait_duration_until_canceled"_s, durations(day.abandoned)},
        {u"service_level"_s, offered == 0 ? 100.0 : 100.0 * inTime / offered},
        {u"handle_time"_s, durations(std::vector<int>(size_t(answered), day.handling))},
        {u"wrap_up_time"_s, durations(std::vector<int>(size_t(answered), day.wrapUp))},
        {u"split_by_wait_time"_s, splitsOf(day, query.splits)}};
    QJsonArray times;
    for (size_t i = 0; i < day.activities.size() && i < activities.size(); ++i)
        times.append(QJsonObject{{u"friendly_name"_s, activities[i].friendlyName},
                                 {u"available"_s, activities[i].available},
                                 {u"total"_s, day.activities[i]}});
    if (query.scope == u"workspace" || query.scope == u"workers") {
        out.insert(u"activity_durations"_s, times);
        out.insert(u"occupancy"_s,
                   day.activities.empty() ? 0.0 : 100.0 * answered * day.handling / (2.0 * 18'000));
    }
    return out;
}

void fillReports(FakeDesk &desk)
{
    TaskChannel chat;
    chat.id = derivedId<TaskChannelId>(TaskChannelId{}, "chat");
    chat.uniqueName = u"chat"_s;
    chat.friendlyName = u"Chat"_s;
    TaskChannel mail = chat;
    mail.id = derivedId<TaskChannelId>(TaskChannelId{}, "email");
    mail.uniqueName = u"email"_s;
    mail.friendlyName = u"E-mail"_s;
    desk.taskChannelList = {chat, mail};
    desk.count = [&desk](const api::StatisticsQuery &query) -> Result<QJsonObject> {
        int at = query.taskChannel == u"email" ? 3 : 1;
        for (size_t i = 0; i < desk.queueList.size(); ++i)
            at = desk.queueList[i].id.value == query.id ? int(i) + 1 : at;
        for (size_t i = 0; i < desk.workerList.size(); ++i)
            at = desk.workerList[i].id.value == query.id ? int(i) + 2 : at;
        const bool isAll = query.scope == u"workspace" && query.taskChannel.isEmpty();
        return statisticsOf(isAll ? dayOf(24, 1) : dayOf(4 + at * 5 % 13, at), query,
                            desk.activityList);
    };
}

} // namespace peerdesk::test
