// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/onboarding/channelassistant.h"

#include <QComboBox>

namespace peerdesk::ui {

/// The default flow and queue of a new channel. Filled from the office; never empty once it is
/// known, because a channel without both is refused (M28).
class DestinationFields : public QObject
{
    Q_OBJECT

public:
    /// Adds its two fields to the page.
    explicit DestinationFields(Page *page);
    void setPlan(const ChannelPlan &plan);
    Destination destination() const;

private:
    std::vector<FlowId> m_flowIds;
    std::vector<QueueId> m_queueIds;
    QComboBox *m_flows;
    QComboBox *m_queues;
};

} // namespace peerdesk::ui
