// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/routing/rules.h"

namespace peerdesk::ui {

/// What routing pages show, kept fresh from the Desk. GUI thread.
class OfficeRecords : public QObject
{
    Q_OBJECT

public:
    OfficeRecords(const Context &context, QObject *parent);

    /// With people, queues and activities of the directory.
    RuleOffice office() const;
    const std::vector<TaskChannel> &taskChannels() const { return m_channels; }
    const std::vector<Workflow> &workflows() const { return m_workflows; }
    std::optional<Queue> queue(QueueId id) const;
    /// By id or name, as a configuration names it.
    std::optional<Queue> queueNamed(const QString &name) const;
    void refresh();

Q_SIGNALS:
    void changed();

private:
    void onChanged(const api::Changes &changes);
    void refreshHeld();

    const Context &m_context;
    Office m_office;
    std::vector<TaskChannel> m_channels;
    std::vector<Workflow> m_workflows;
    std::vector<api::Offer> m_held;
};

} // namespace peerdesk::ui
