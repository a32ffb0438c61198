// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rehearsal/rehearsal.h"

#include <optional>

namespace peerdesk::rehearsal {

/// What the office has, for whatever a document does not bring itself.
struct Ground
{
    std::vector<TaskChannel> taskChannels;
    std::vector<Queue> queues;
    std::vector<Workflow> workflows;
    std::vector<Worker> workers;
};

/// A document as it was meant.
struct Wanted
{
    Setting setting;
    std::optional<Workflow> other; ///< compared with
    Time recordedFrom;             ///< set = the arrivals are those of a day of the log
    Time recordedTo;
    WorkflowId recordedOf;   ///< set = those alone that came to this workflow
    bool isOwnStaff = false; ///< of the document; else of the office
};

/// Reads
/// {start, hours | end, seed, answer_seconds, service_level, short_abandon, uses_channel_weights,
///  max_pending_offers, prioritize_queue_order,
///  queues, task_channels, workflows: as in `config export`; absent = the office's,
///  workflow, compare: a name, or {friendly_name, configuration},
///  staff: [{friendly_name | count, attributes, channels, shifts: [["09:00", "17:00"]]}]; absent =
///  the office's workers, of a recorded day when they could be asked,
///  load: [{task_channel, attributes, priority, per_hour, work_seconds, wrap_seconds,
///  patience_seconds}] | tasks: [{at | after_seconds, task_channel, attributes, priority,
///  work_seconds, wrap_seconds, patience_seconds}] | recorded:
///  {start, end, workflow}}; of a recorded day `workflow` leaves those alone that came to it.
/// Errors: Invalid naming the member; TooLarge.
Result<Wanted> readSetting(const QJsonObject &document, const Ground &ground);

} // namespace peerdesk::rehearsal
