// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/routing/officerecords.h"

namespace peerdesk::ui {

OfficeRecords::OfficeRecords(const Context &context, QObject *parent)
    : QObject(parent)
    , m_context(context)
{
    connect(&context.desk, &api::Desk::changed, this, &OfficeRecords::onChanged);
    connect(&context.directory, &Directory::changed, this, &OfficeRecords::changed);
    refresh();
}

void OfficeRecords::refresh()
{
    m_context.desk.status({this, [this](const Result<api::OfficeStatus> &status) {
                               if (status)
                                   m_office = status->office;
                           }});
    m_context.desk.taskChannels({this, [this](const Result<std::vector<TaskChannel>> &channels) {
                                     if (channels)
                                         m_channels = *channels;
                                     Q_EMIT changed();
                                 }});
    m_context.desk.workflows({this, [this](const Result<std::vector<Workflow>> &workflows) {
                                  if (workflows)
                                      m_workflows = *workflows;
                                  Q_EMIT changed();
                              }});
    refreshHeld();
}

void OfficeRecords::refreshHeld()
{
    m_context.desk.reservations({}, std::nullopt,
                                {this, [this](const Result<std::vector<api::Offer>> &held) {
                                     if (held)
                                         m_held = *held;
                                     Q_EMIT changed();
                                 }});
}

void OfficeRecords::onChanged(const api::Changes &changes)
{
    if (changes.directory)
        refresh();
    else if (!changes.reservations.empty())
        refreshHeld();
}

RuleOffice OfficeRecords::office() const
{
    const Directory &directory = m_context.directory;
    return {m_office,
            directory.activities(),
            m_channels,
            directory.workers(),
            directory.queues(),
            m_workflows,
            m_held};
}

std::optional<Queue> OfficeRecords::queue(QueueId id) const
{
    for (const Queue &queue : m_context.directory.queues()) {
        if (queue.id == id)
            return queue;
    }
    return {};
}

std::optional<Queue> OfficeRecords::queueNamed(const QString &name) const
{
    for (const Queue &queue : m_context.directory.queues()) {
        if (queue.id.toString() == name || queue.friendlyName == name ||
            queue.id == QueueId::fromString(name))
            return queue;
    }
    return {};
}

} // namespace peerdesk::ui

#include "moc_officerecords.cpp"
