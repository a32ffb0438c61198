// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/simulate.h"

#include "core/base/pool.h"
#include "core/doors/configimport.h"

#include <algorithm>

namespace peerdesk::doors {

using namespace Qt::StringLiterals;

namespace {

/// Of a recorded task that nobody knows the end of.
constexpr Milliseconds UsualWork = std::chrono::minutes(3);

rehearsal::Arrival arrival(const api::RecordedTask &task)
{
    return {task.at,     task.taskChannel, task.attributes,
            task.facts,  task.priority,    task.work.count() > 0 ? task.work : UsualWork,
            task.wrapUp, task.patience};
}

} // namespace

Simulate::Simulate(api::Desk &desk, QJsonObject document, Completion<QJsonObject> done)
    : Operation<QJsonObject>(std::move(done), &desk)
    , m_desk(desk)
    , m_document(std::move(document))
{}

void Simulate::start()
{
    readDirectory(m_desk, this,
                  {this, [this](const Result<Directory> &here) {
                       if (!here)
                           return finish(here.error());
                       prepare({here->taskChannels, here->queues, here->workflows, here->workers});
                   }});
}

void Simulate::stop()
{
    m_stop.request_stop();
    m_progress = {};
}

void Simulate::prepare(const rehearsal::Ground &ground)
{
    Result<rehearsal::Wanted> wanted = rehearsal::readSetting(m_document, ground);
    if (!wanted)
        return finish(wanted.error());
    m_wanted = std::move(*wanted);
    if (!m_wanted.recordedFrom.isSet())
        return rehearse({});
    m_desk.recordedDay(m_wanted.recordedFrom, m_wanted.recordedTo,
                       {this, [this](const Result<api::RecordedDay> &day) {
                            if (!day)
                                return finish(day.error());
                            take(*day);
                        }});
}

void Simulate::take(api::RecordedDay day)
{
    if (!m_wanted.recordedOf.isNull())
        std::erase_if(day.tasks, [this](const api::RecordedTask &task) {
            return task.workflow != m_wanted.recordedOf;
        });
    std::vector<rehearsal::Colleague> &staff = m_wanted.setting.staff;
    for (const api::RecordedPresence &there : day.presence) {
        const auto who = std::ranges::find_if(
            staff, [&](const rehearsal::Colleague &one) { return one.worker.id == there.worker; });
        if (who != staff.end() && !m_wanted.isOwnStaff)
            who->shifts.push_back({there.from, there.to});
    }
    if (!m_wanted.isOwnStaff)
        std::erase_if(staff, [](const rehearsal::Colleague &one) { return one.shifts.empty(); });
    rehearse(std::move(day.tasks));
}

void Simulate::rehearse(std::vector<api::RecordedTask> tasks)
{
    using Answer = Result<QJsonObject>;
    if (m_stop.stop_requested())
        return finish(Error{Error::Code::Cancelled, {}, {}});
    const size_t count = m_wanted.setting.arrivals.size() + tasks.size();
    if (count > rehearsal::MaxArrivals)
        return finish(
            Error{Error::Code::TooLarge,
                  u"at most %1 tasks can be rehearsed at once"_s.arg(rehearsal::MaxArrivals),
                  {}});
    const size_t all = m_wanted.other ? 2 * count : count;
    const auto tell = [this, all](size_t done) {
        if (done % std::max<size_t>(1, all / 100) != 0 && done != all)
            return;
        const auto here = [this, done, all] {
            if (m_progress)
                m_progress(done, all);
        };
        QMetaObject::invokeMethod(this, here, Qt::QueuedConnection);
    };
    const rehearsal::Watch watch{m_stop.get_token(), tell};
    const auto wanted = std::make_shared<rehearsal::Wanted>(std::move(m_wanted));
    const auto recorded = std::make_shared<std::vector<api::RecordedTask>>(std::move(tasks));
    const auto work = [wanted, recorded, watch]() -> Answer {
        for (const api::RecordedTask &task : *recorded)
            wanted->setting.arrivals.push_back(arrival(task));
        return wanted->other ? rehearsal::compare(wanted->setting, *wanted->other, watch)
                             : rehearsal::rehearse(wanted->setting, watch);
    };
    runInPool<Answer>(m_pool, this, work, {this, [this](const Result<Answer> &answer) {
                                               if (!answer)
                                                   return finish(answer.error());
                                               finish(*answer);
                                           }});
}

} // namespace peerdesk::doors
