// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/hooks.h"

#include "core/doors/api.h"
#include "core/doors/routes.h"
#include "core/secrets/password.h"

namespace peerdesk::doors {

using namespace Qt::StringLiterals;

namespace {

/// Providers' largest pages have 3 MiB. Source: Meta, Webhooks, "Payload size".
constexpr qsizetype MaxHookBytes = 4LL * 1024 * 1024;
/// Files come with messages of a middleware.
constexpr qsizetype MaxByocBytes = 32LL * 1024 * 1024;
constexpr auto ComeAgain = "10"; // seconds
/// Set by this door only: the caller's token is one of the office's.
constexpr auto TrustedHeader = "x-peerdesk-trusted";

HookCall callOf(const net::HttpRequest &request, const QString &rest)
{
    HookCall call{request.method, rest, request.query, request.headers, request.body};
    call.headers.erase(TrustedHeader);
    return call;
}

void pass(const ExchangePtr &x, HookCall call, qsizetype maxBytes)
{
    const auto id = x->pathId<AccountId>();
    if (!id)
        return x->fail(id.error());
    if (call.body.size() > maxBytes)
        return x->fail({Error::Code::TooLarge, u"The body may have %1 bytes"_s.arg(maxBytes), {}});
    const auto answered = [x](const Result<HookAnswer> &said) {
        if (!said && said.error().state == u"elsewhere"_s) {
            net::HttpResponse later{503, "text/plain", "this channel is not here now", {}};
            later.headers["Retry-After"] = ComeAgain;
            return x->send(std::move(later));
        }
        if (!said)
            return x->fail(said.error());
        net::HttpResponse response{said->status, said->contentType, said->body, {}};
        response.headers["Cache-Control"] = "no-store";
        x->send(std::move(response));
    };
    x->desk().hook(*id, call, x->always<HookAnswer>(answered));
}

/// The channel's own token, or one of the office's for channels and admins.
void callByoc(const ExchangePtr &x, const QString &rest)
{
    HookCall call = callOf(x->request(), rest);
    const QByteArray token = bearerToken(x->request());
    const auto known = [x, call](const Result<api::Caller> &caller) mutable {
        if (caller && (caller->role == Role::Channel || caller->role == Role::Admin))
            call.headers[TrustedHeader] = "yes";
        pass(x, call, MaxByocBytes);
    };
    x->desk().authenticate(secrets::tokenHash(token), x->always<api::Caller>(known));
}

} // namespace

void callHook(const ExchangePtr &x)
{
    pass(x, callOf(x->request(), x->parameter(u"rest"_s)), MaxHookBytes);
}

void addByocRoutes(Routes &routes)
{
    const QString base = u"/byoc/{id}"_s;
    const auto add = [&](const char *method, const QString &rest, const QString &summary,
                         const QString &takes, const QString &query) {
        routes.push_back({method,
                          base + u'/' + rest,
                          Scope::Everyone,
                          summary,
                          [rest](const ExchangePtr &x) { callByoc(x, rest); },
                          takes,
                          {},
                          {},
                          200});
        routes.back().query = query;
    };
    add("POST", u"messages"_s,
        u"A middleware's messages, receipts, edits, deletions, reactions and typing marks; the "
        "answer comes when they are committed"_s,
        u"bytes"_s, {});
    add("GET", u"outbox"_s, u"What is to be sent; waits up to `wait` seconds for something"_s, {},
        u"cursor wait"_s);
    add("POST", u"outbox"_s, u"What became of messages of the outbox"_s, u"bytes"_s, {});
    add("GET", u"schema"_s, u"JSON Schema (2020-12) of what a middleware sends and gets"_s, {}, {});
}

} // namespace peerdesk::doors
