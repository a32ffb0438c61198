// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/webchat/webchat.h"

namespace peerdesk::channels {

/// The web chat's part of one server: widget, demo page, sockets and files. Routes are registered
/// once; running connectors come and go. Child of the server. Thread: node.
class ChatRoutes : public QObject
{
    Q_OBJECT

public:
    explicit ChatRoutes(net::Server *server);

    void attach(WebChat *chat);
    void detach(WebChat *chat);

private:
    void addPages(net::Server *server);
    void addFiles(net::Server *server);
    /// By "account" in the query: an id, or a name that only one account has. Without it: the only
    /// account. Null if there is none.
    WebChat *find(const net::HttpRequest &request) const;
    net::HttpResponse demoPage(const net::HttpRequest &request) const;

    std::vector<WebChat *> m_chats;
};

} // namespace peerdesk::channels
