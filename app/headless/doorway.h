// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/node/office.h"

#include <functional>

namespace peerdesk::app {

/// What a node opens towards the outside.
struct DoorwayOptions
{
    bool isOpen = false; ///< false: only the channel types, for verbs on a folder
    QString dataDir;     ///< for the control socket
    QString host = QStringLiteral("127.0.0.1");
    quint16 port = 0; ///< 0 = choose
    double timeScale = 1.0;
    QString certificateFile{}; ///< PEM, the chain; empty = plain HTTP
    QString keyFile{};         ///< PEM
};

/// "HOST:PORT", "[::1]:PORT". Errors: Invalid.
Result<std::pair<QString, quint16>> hostAndPort(const QString &text);

/// HTTP server with API and web chat, control socket, and every channel type. `opened` is called
/// once, in the node thread, with the address ("http://127.0.0.1:8417", "https://..." with a
/// certificate) or why it could not open; not at all if `isOpen` is false.
node::MakeDoors doorway(const DoorwayOptions &options,
                        std::function<void(const Result<QString> &)> opened);

} // namespace peerdesk::app
