// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/filegathering.h"

namespace peerdesk::channels::vendor {

/// What a provider's call brought: files are fetched, the page is committed, and only then the
/// provider is told 200. 503 if it was not committed: the call must come again. `owner` is the
/// connector: without it nothing is answered but 503.
void commitHook(Host &host, FileGathering::Work work, QObject *owner, Completion<HookAnswer> done);

/// A signed body that could not be read, as an item for people who mend parsers.
InboundPage unreadable(const QByteArray &body, const QString &why, Time at);

} // namespace peerdesk::channels::vendor
