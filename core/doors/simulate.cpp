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
    return {task.at,
            task.taskChannel,
            task.attributes,
            task.priority,
            task.work.count() > 0 ? task.work : UsualWork,
            task.wrapUp,
            task.patience};
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

void Simulate::prepare(const rehearsal::Ground &ground)
{
    Result<rehearsal::Wanted> wanted = rehearsal::readSetting(m_document, ground);
    if (!wanted)
        return finish(wanted.error());
    m_wanted = std::move(*wanted);
    if (!m_wanted.recordedFrom.isSet())
        return rehearse();
    using Tasks = std::vector<api::RecordedTask>;
    m_desk.recordedTasks(m_wanted.recordedFrom, m_wanted.recordedTo,
                         {this, [this](const Result<Tasks> &tasks) {
                              if (!tasks)
                                  return finish(tasks.error());
                              for (const api::RecordedTask &task : *tasks)
                                  m_wanted.setting.arrivals.push_back(arrival(task));
                              rehearse();
                          }});
}

void Simulate::rehearse()
{
    using Answer = Result<QJsonObject>;
    if (m_wanted.setting.arrivals.size() > rehearsal::MaxArrivals)
        return finish(
            Error{Error::Code::TooLarge,
                  u"at most %1 tasks can be rehearsed at once"_s.arg(rehearsal::MaxArrivals),
                  {}});
    const auto work = [wanted = m_wanted]() -> Answer {
        return wanted.other ? rehearsal::compare(wanted.setting, *wanted.other)
                            : rehearsal::rehearse(wanted.setting);
    };
    runInPool<Answer>(m_pool, this, work, {this, [this](const Result<Answer> &answer) {
                                               if (!answer)
                                                   return finish(answer.error());
                                               finish(*answer);
                                           }});
}

} // namespace peerdesk::doors
