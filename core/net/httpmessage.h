// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/server.h"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>

namespace peerdesk::net {

using BeastRequest = boost::beast::http::request<boost::beast::http::string_body>;
using BeastResponse = boost::beast::http::response<boost::beast::http::span_body<const char>>;

/// What the answer has to know about its request.
struct AnswerContext
{
    bool isHead = false;
    bool keepAlive = true;
    unsigned version = 11;
};

/// An RFC 9457 problem made by the server itself. `type` is a short stable word.
HttpResponse problem(int status, const QByteArray &type, const QString &detail);

/// The error in the head of a request that Beast lets pass, or nothing: protocol version, Host,
/// transfer coding, expectation. Source: RFC 9112 sections 2.3, 3.2, 6.1, RFC 9110 section 10.1.1.
std::optional<HttpResponse> headProblem(const BeastRequest &request);

/// Headers with lower-case names; equal names joined as RFC 9110 section 5.3 says.
std::map<QByteArray, QByteArray> headersOf(const BeastRequest &request);

/// The message as it goes out; it refers to `response.body`, which must outlive it. Header lines
/// with line breaks and the framing headers of the caller are left out.
BeastResponse beastResponse(const HttpResponse &response, const AnswerContext &context);

} // namespace peerdesk::net
