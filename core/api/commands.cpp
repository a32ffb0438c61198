// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/commands.h"

namespace peerdesk::api {

Command::Command() = default;
Command::Command(const Command &other) = default;
Command::Command(Command &&other) noexcept = default;
Command &Command::operator=(const Command &other) = default;
Command &Command::operator=(Command &&other) noexcept = default;
Command::~Command() = default;

} // namespace peerdesk::api
