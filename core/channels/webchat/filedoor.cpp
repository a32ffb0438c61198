// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/webchat/filedoor.h"

#include "core/channels/webchat/frames.h"

#include <QUrl>

namespace peerdesk::channels::webchat {

using namespace Qt::StringLiterals;

namespace {

/// Lets the page that asked read the answer (Fetch standard, CORS protocol). The token, not a
/// cookie, authorises, so echoing the origin gives nothing away.
net::HttpResponse shared(const net::HttpRequest &request, net::HttpResponse response)
{
    const auto origin = request.headers.find("origin");
    if (origin != request.headers.end())
        response.headers["Access-Control-Allow-Origin"] = origin->second;
    response.headers["Vary"] = "Origin";
    response.headers["X-Content-Type-Options"] = "nosniff";
    return response;
}

net::HttpResponse problem(const net::HttpRequest &request, int status, const QString &code)
{
    net::HttpResponse response;
    response.status = status;
    response.body = encode({{u"error"_s, code}});
    return shared(request, std::move(response));
}

net::HttpResponse problem(const net::HttpRequest &request, const Error &error)
{
    switch (error.code) {
    case Error::Code::TooLarge:
        return problem(request, 413, u"too_large"_s);
    case Error::Code::Rejected:
        return problem(request, 415, u"type_refused"_s);
    case Error::Code::Busy:
        return problem(request, 429, u"busy"_s);
    case Error::Code::Invalid:
        return problem(request, 400, u"empty"_s);
    case Error::Code::NotFound:
        return problem(request, 404, u"not_found"_s);
    case Error::Code::Cancelled:
    case Error::Code::Forbidden:
    case Error::Code::Unauthorized:
    case Error::Code::Conflict:
    case Error::Code::Network:
    case Error::Code::Storage:
    case Error::Code::NoMajority:
    case Error::Code::Unknown:
        break;
    }
    return problem(request, 503, u"unavailable"_s);
}

net::HttpResponse fileResponse(const net::HttpRequest &request, const QByteArray &bytes)
{
    net::HttpResponse response;
    const QString type = fileType(bytes, {});
    response.contentType = type.toLatin1();
    response.body = bytes;
    response.headers["Content-Disposition"] =
        type.startsWith(u"image/"_s) ? "inline" : "attachment";
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox";
    response.headers["Cache-Control"] = "private, max-age=86400";
    return shared(request, std::move(response));
}

} // namespace

FileDoor::FileDoor(Admission &admission, Host &host, UploadLimits limits, QObject *parent)
    : QObject(parent)
    , m_admission(admission)
    , m_host(host)
    , m_uploads(limits)
{}

void FileDoor::upload(const net::HttpRequest &request, const net::Responder &respond)
{
    if (!m_admission.allowsOrigin(request))
        return respond(problem(request, 403, u"origin_refused"_s));
    const QString visitor = m_admission.visitorOf(request);
    if (visitor.isEmpty())
        return respond(problem(request, 401, u"no_visitor"_s));
    const QString address = Admission::addressOf(request);
    if (m_admission.takeUpload(address).count() > 0)
        return respond(problem(request, 429, u"busy"_s));
    const auto name = request.query.find(u"name"_s);
    const auto type = request.headers.find("content-type");
    Uploads::File file;
    file.name = name == request.query.end() ? QString() : name->second;
    file.type = type == request.headers.end() ? QString() : QString::fromLatin1(type->second);
    file.bytes = request.body;
    const Result<Attachment> added =
        m_uploads.add({visitor, address}, std::move(file), m_host.clock().boot());
    if (!added)
        return respond(problem(request, added.error()));
    net::HttpResponse response;
    response.status = 201;
    response.body = encode(attachmentObject(*added));
    respond(shared(request, std::move(response)));
}

void FileDoor::download(const net::HttpRequest &request, const net::Responder &respond)
{
    // Browsers leave Origin out of a page's own GET; the token authorises either way.
    if (request.headers.contains("origin") && !m_admission.allowsOrigin(request))
        return respond(problem(request, 403, u"origin_refused"_s));
    const QString visitor = m_admission.visitorOf(request);
    if (visitor.isEmpty())
        return respond(problem(request, 401, u"no_visitor"_s));
    if (m_admission.takeDownload(Admission::addressOf(request)).count() > 0)
        return respond(problem(request, 429, u"busy"_s));
    const auto part = request.parameters.find(u"sha"_s);
    const QByteArray sha256 = part == request.parameters.end()
                                  ? QByteArray()
                                  : QByteArray::fromHex(part->second.toLatin1());
    if (sha256.size() != 32)
        return respond(problem(request, 404, u"not_found"_s));
    m_host.attachment(visitor, sha256, {this, [request, respond](const Result<QByteArray> &bytes) {
                                            respond(bytes ? fileResponse(request, *bytes)
                                                          : problem(request, bytes.error()));
                                        }});
}

void FileDoor::preflight(const net::HttpRequest &request, const net::Responder &respond)
{
    if (!m_admission.allowsOrigin(request))
        return respond(problem(request, 403, u"origin_refused"_s));
    net::HttpResponse response;
    response.status = 204;
    response.headers["Access-Control-Allow-Headers"] = "authorization, content-type";
    response.headers["Access-Control-Allow-Methods"] = "GET, POST";
    response.headers["Access-Control-Max-Age"] = "600";
    respond(shared(request, std::move(response)));
}

} // namespace peerdesk::channels::webchat

#include "moc_filedoor.cpp"
