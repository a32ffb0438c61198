// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace peerdesk {

/// Hands memory that was freed back to the machine: the C library keeps what one very large mail
/// took for ever otherwise. Takes milliseconds. Source: malloc_trim(3).
void giveBackMemory();

} // namespace peerdesk
