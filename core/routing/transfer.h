// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/routing/router.h"

/// Handing an assigned task on (routing.md 2.7). Who has it keeps it until somebody accepts.
namespace peerdesk::routing {

/// After an offer ended without acceptance: if it came by the task's transfer, that attempt failed,
/// and with it a transfer to one worker. `reason` goes on behind the worker's name.
void attemptFailed(const WorkingSet &set, const Reservation &offer, const QString &reason,
                   const Emit &emitFact);

/// Why a transfer that found nobody never will; empty = it may still.
QString hopelessness(const WorkingSet &set, const Task &task);

/// The joined leg becomes the owner; the first one goes over to after-contact work.
void finishTransfer(const WorkingSet &set, TaskId id, Time now, const Emit &emitFact);

/// Takes a transfer under way back, whoever was asked or has joined.
void cancelTransferOf(const WorkingSet &set, TaskId id, const QString &reason,
                      const Emit &emitFact);

} // namespace peerdesk::routing
