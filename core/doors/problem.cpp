// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/problem.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

struct ProblemKind
{
    int status;
    const char *type;
    const char *title;
};

ProblemKind kindOf(Error::Code code)
{
    switch (code) {
    case Error::Code::Cancelled:
        return {503, "stopping", "The request was dropped; ask again"};
    case Error::Code::Rejected:
        return {409, "rejected", "Not possible in the present state"};
    case Error::Code::Invalid:
        return {400, "invalid", "The request is wrong"};
    case Error::Code::NotFound:
        return {404, "not-found", "There is no such thing"};
    case Error::Code::Forbidden:
        return {403, "forbidden", "This role or session may not do that"};
    case Error::Code::Unauthorized:
        return {401, "unauthorized", "Sign in first"};
    case Error::Code::Conflict:
        return {422, "conflict", "The same Idempotency-Key was used for another request"};
    case Error::Code::TooLarge:
        return {413, "too-large", "Over the limit"};
    case Error::Code::Busy:
        return {429, "busy", "Too much at once; try again later"};
    case Error::Code::Network:
        return {502, "network", "The other side could not be reached"};
    case Error::Code::Storage:
        return {500, "storage", "This PC could not read or write its data"};
    case Error::Code::NoMajority:
        return {503, "no-majority", "Not decided: the office has no majority now"};
    case Error::Code::Unknown:
        return {504, "outcome-unknown", "The outcome is not known yet; ask with the same id"};
    }
    return {500, "internal", "Internal error"};
}

} // namespace

int httpStatus(Error::Code code)
{
    return kindOf(code).status;
}

QString problemType(Error::Code code)
{
    return QString::fromLatin1(kindOf(code).type);
}

QJsonObject problemDocument(const Error &error, CommandId command)
{
    const ProblemKind kind = kindOf(error.code);
    QJsonObject out{{u"type"_s, QString::fromLatin1(kind.type)},
                    {u"title"_s, QString::fromLatin1(kind.title)},
                    {u"status"_s, kind.status},
                    {u"detail"_s, error.detail}};
    if (!error.state.isEmpty())
        out.insert(u"state"_s, error.state);
    if (error.code == Error::Code::Unknown && !command.isNull())
        out.insert(u"command"_s, command.toString());
    return out;
}

net::HttpResponse problemResponse(const Error &error, CommandId command)
{
    net::HttpResponse response;
    response.status = httpStatus(error.code);
    response.contentType = "application/problem+json";
    response.body = QJsonDocument(problemDocument(error, command)).toJson(QJsonDocument::Compact);
    if (error.code == Error::Code::Unauthorized)
        response.headers["WWW-Authenticate"] = "Bearer";
    if (error.code == Error::Code::Busy || error.code == Error::Code::NoMajority)
        response.headers["Retry-After"] = "1";
    return response;
}

} // namespace peerdesk::doors
