// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/server.h"

#include <QStringList>

#include <optional>

namespace peerdesk::net {

/// The path and query of a request target after every check.
struct Target
{
    QString path;         ///< decoded, starts with '/'
    QStringList segments; ///< decoded parts between the slashes; a trailing slash gives a last ""
    std::map<QString, QString> query; ///< the first of equal names counts

    bool operator==(const Target &) const = default;
};

/// Decodes a request target (origin form). Refused: anything that does not start with '/', broken
/// percent escapes, bytes that are not UTF-8, control characters, backslashes, "." and ".."
/// segments, empty segments before the last, and an encoded slash inside a segment, because two
/// readers of such a path could see two different paths. Errors: Invalid.
Result<Target> parseTarget(const QByteArray &target);

/// Which handler takes which path. Filled before listen(), read-only afterwards, so that both
/// threads may look into it.
class RouteTable
{
public:
    struct Route
    {
        QByteArray method;
        QString pattern;
        QStringList parts;
        HttpHandler handler;               ///< empty for a WebSocket
        WebSocketHandler webSocketHandler; ///< empty for plain HTTP
        bool large = false;
    };
    struct Match
    {
        int route = -1; ///< -1: nothing for this path and method
        std::map<QString, QString> parameters;
        QByteArray allowed; ///< methods known for the path, comma separated; empty = no such path
        bool webSocket = false; ///< the path has a WebSocket
    };

    void add(Route route);
    const Route &at(int index) const { return m_routes.at(static_cast<std::size_t>(index)); }
    const std::vector<Route> &all() const { return m_routes; }

    /// The most specific route: literal parts beat {parameters}, which beat {rest...}. HEAD takes
    /// the GET route where it has none of its own.
    Match match(const QByteArray &method, const QStringList &segments, bool upgrade) const;

private:
    std::vector<Route> m_routes;
};

} // namespace peerdesk::net
