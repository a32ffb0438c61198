// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"

#include <map>

namespace peerdesk::ui {

/// Names of the office's people, queues, activities and channel accounts, kept fresh from the Desk.
/// GUI thread.
class Directory : public QObject
{
    Q_OBJECT

public:
    Directory(api::Desk &desk, QObject *parent);

    QString agentName(AgentId id) const;
    QString queueName(QueueId id) const;
    const std::vector<Agent> &agents() const { return m_agents; }
    const std::vector<Queue> &queues() const { return m_queues; }
    const std::vector<Activity> &activities() const { return m_activities; }
    const std::vector<Worker> &workers() const { return m_workers; }
    std::optional<Worker> worker(WorkerId id) const;
    std::optional<Activity> activity(ActivityId id) const;

    void refresh();
    void refreshWorkers();

Q_SIGNALS:
    void changed();

private:
    void onChanged(const api::Changes &changes);

    api::Desk &m_desk;
    std::vector<Agent> m_agents;
    std::vector<Queue> m_queues;
    std::vector<Activity> m_activities;
    std::vector<Worker> m_workers;
};

} // namespace peerdesk::ui
