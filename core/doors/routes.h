// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/doors/exchange.h"

#include <QJsonObject>

#include <vector>

namespace peerdesk::doors {

/// Who may knock; decide has the last word.
enum class Scope {
    Everyone,   ///< no token
    Any,        ///< any token, channels too
    Staff,      ///< agent, supervisor, admin
    Supervisor, ///< supervisor, admin
    Admin
};
bool allows(Scope scope, Role role);

using Handler = std::function<void(const ExchangePtr &)>;

/// One call of the API: what answers it and what the OpenAPI document says about it.
struct Route
{
    QByteArray method;
    QString path; ///< below /api/v1
    Scope scope = Scope::Staff;
    QString summary;
    Handler handler;
    QString takes; ///< members of the body, "name:type name!:type" (! = required); "bytes" = raw;
                   ///< empty = none
    QString gives; ///< schema name; "[Name]" = a list of it; empty = an object
    QString query; ///< names of query parameters
    int success = 200;

    bool takesBytes() const { return takes == QStringLiteral("bytes"); }
};
using Routes = std::vector<Route>;

void addConversationRoutes(Routes &routes);
void addMessageRoutes(Routes &routes);
void addCustomerRoutes(Routes &routes);
void addTaskRoutes(Routes &routes);
void addTransferRoutes(Routes &routes);
void addWorkerRoutes(Routes &routes);
void addDirectoryRoutes(Routes &routes);
void addChannelRoutes(Routes &routes);
void addOfficeRoutes(Routes &routes);
void addByocRoutes(Routes &routes);
void addStatisticsRoutes(Routes &routes);
void addFlowTestRoutes(Routes &routes);
void addWebhookRoutes(Routes &routes);

/// Names of the members of a schema of the document; none for "[Name]" and unknown ones.
QStringList membersOf(const QString &schema);

/// The whole API as OpenAPI 3.1, made from the routes and from the field lists of the records.
QJsonObject openApiDocument(const Routes &routes, const QString &version);

} // namespace peerdesk::doors
