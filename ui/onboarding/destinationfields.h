// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/onboarding/channelassistant.h"

#include <QComboBox>

namespace peerdesk::ui {

/// A flow as people read it: the two of a new office have words of their own.
QString flowName(const Flow &flow);

/// The default flow and queue of a new channel. Filled from the office; never empty once it is
/// known, because a channel without both is refused (M28).
class DestinationFields : public QObject
{
    Q_OBJECT

public:
    /// Adds its two fields to the page.
    explicit DestinationFields(Page *page);
    void setPlan(const ChannelPlan &plan);
    /// What a channel has already. Unknown ids leave their field without a choice.
    void choose(const Destination &wanted);
    Destination destination() const;
    QWidget &lastField() const { return *m_queues; }

Q_SIGNALS:
    void changed();

private:
    std::vector<FlowId> m_flowIds;
    std::vector<QueueId> m_queueIds;
    QComboBox *m_flows;
    QComboBox *m_queues;
};

} // namespace peerdesk::ui
