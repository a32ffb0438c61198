// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/directory.h"

namespace peerdesk::ui {

Directory::Directory(api::Desk &desk, QObject *parent)
    : QObject(parent)
    , m_desk(desk)
{
    connect(&desk, &api::Desk::changed, this, &Directory::onChanged);
    refresh();
}

void Directory::onChanged(const api::Changes &changes)
{
    if (changes.directory)
        refresh();
    else if (!changes.workers.empty())
        refreshWorkers();
}

void Directory::refresh()
{
    // A read that fails keeps the names we have: they are labels, and the next change asks again.
    m_desk.agents({this, [this](const Result<std::vector<Agent>> &agents) {
                       if (agents)
                           m_agents = *agents;
                       Q_EMIT changed();
                   }});
    m_desk.queues({this, [this](const Result<std::vector<Queue>> &queues) {
                       if (queues)
                           m_queues = *queues;
                       Q_EMIT changed();
                   }});
    m_desk.activities({this, [this](const Result<std::vector<Activity>> &activities) {
                           if (activities)
                               m_activities = *activities;
                           Q_EMIT changed();
                       }});
    refreshWorkers();
}

void Directory::refreshWorkers()
{
    m_desk.workers({this, [this](const Result<std::vector<Worker>> &workers) {
                        if (workers)
                            m_workers = *workers;
                        Q_EMIT changed();
                    }});
}

QString Directory::agentName(AgentId id) const
{
    for (const Agent &agent : m_agents) {
        if (agent.id == id)
            return agent.name;
    }
    return {};
}

QString Directory::queueName(QueueId id) const
{
    for (const Queue &queue : m_queues) {
        if (queue.id == id)
            return queue.friendlyName;
    }
    return {};
}

std::optional<Worker> Directory::worker(WorkerId id) const
{
    for (const Worker &worker : m_workers) {
        if (worker.id == id)
            return worker;
    }
    return std::nullopt;
}

std::optional<Activity> Directory::activity(ActivityId id) const
{
    for (const Activity &activity : m_activities) {
        if (activity.id == id)
            return activity;
    }
    return std::nullopt;
}

} // namespace peerdesk::ui

#include "moc_directory.cpp"
