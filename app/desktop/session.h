// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"

namespace peerdesk::desktop {

/// Those who may sign in at a window.
std::vector<Agent> people(const std::vector<Agent> &agents);

/// Who may be signed in unasked: the only one, or the one of this name, and only without a
/// password.
std::optional<Agent> withoutProof(const std::vector<Agent> &agents, const QString &name);

/// Opens a session for this window; the edge has checked the password. While nobody routes none can
/// be opened: who sits here reads and writes drafts without one, as the office lets its own PCs do.
/// The desk guards the answer.
void openSession(api::Desk &desk, const Agent &agent, Completion<api::Caller> done);

} // namespace peerdesk::desktop
