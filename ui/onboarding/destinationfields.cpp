// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/onboarding/destinationfields.h"

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

// As a new office names its two flows; one that was renamed shows its own name.
const QString Greeting = u"Reference"_s;
const QString Direct = u"To a person"_s;

} // namespace

QString flowName(const Flow &flow)
{
    return flow.friendlyName == Greeting ? DestinationFields::tr("Automatic greeting first")
           : flow.friendlyName == Direct ? DestinationFields::tr("Straight to a person")
                                         : flow.friendlyName;
}

FlowId ChannelPlan::firstChoice() const
{
    for (const Flow &flow : flows) {
        if (flow.friendlyName == Direct)
            return flow.id;
    }
    return defaultFlow;
}

DestinationFields::DestinationFields(Page *page)
    : QObject(page)
    , m_flows(new QComboBox(page))
    , m_queues(new QComboBox(page))
{
    for (QComboBox *box : {m_flows, m_queues}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumHeight(page->look().px(34));
        connect(box, &QComboBox::currentIndexChanged, this, &DestinationFields::changed);
    }
    page->addField(tr("What happens first"), m_flows,
                   tr("An automatic greeting answers first and passes on who asks for a person; "
                      "straight to a person, everybody is passed on."));
    page->addField(tr("Who answers"), m_queues, tr("Conversations wait in this queue."));
}

void DestinationFields::setPlan(const ChannelPlan &plan)
{
    m_flows->clear();
    m_queues->clear();
    m_flowIds.clear();
    m_queueIds.clear();
    for (const Flow &flow : plan.flows) {
        m_flows->addItem(flowName(flow));
        m_flowIds.push_back(flow.id);
        if (flow.id == plan.firstChoice())
            m_flows->setCurrentIndex(m_flows->count() - 1);
    }
    for (const Queue &queue : plan.queues) {
        m_queues->addItem(queue.friendlyName);
        m_queueIds.push_back(queue.id);
    }
}

void DestinationFields::choose(const Destination &wanted)
{
    const auto flow = std::find(m_flowIds.begin(), m_flowIds.end(), wanted.flow);
    const auto queue = std::find(m_queueIds.begin(), m_queueIds.end(), wanted.queue);
    m_flows->setCurrentIndex(flow == m_flowIds.end() ? -1 : int(flow - m_flowIds.begin()));
    m_queues->setCurrentIndex(queue == m_queueIds.end() ? -1 : int(queue - m_queueIds.begin()));
}

Destination DestinationFields::destination() const
{
    Destination chosen;
    if (m_flows->currentIndex() >= 0)
        chosen.flow = m_flowIds[size_t(m_flows->currentIndex())];
    if (m_queues->currentIndex() >= 0)
        chosen.queue = m_queueIds[size_t(m_queues->currentIndex())];
    return chosen;
}

} // namespace peerdesk::ui

#include "moc_destinationfields.cpp"
