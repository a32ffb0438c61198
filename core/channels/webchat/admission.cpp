// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/webchat/admission.h"

#include <QHostAddress>
#include <QRegularExpression>
#include <QUrl>

namespace peerdesk::channels::webchat {

using namespace Qt::StringLiterals;

namespace {

QByteArray header(const net::HttpRequest &request, const char *name)
{
    const auto it = request.headers.find(QByteArray(name));
    return it == request.headers.end() ? QByteArray() : it->second;
}

bool isLoopback(const QString &address)
{
    return QHostAddress(address).isLoopback();
}

/// IPv6 customers own a /64 at least: one bucket for all of it.
QString networkOf(const QHostAddress &address)
{
    bool isMappedV4 = false;
    const quint32 v4 = address.toIPv4Address(&isMappedV4);
    if (isMappedV4)
        return QHostAddress(v4).toString();
    Q_IPV6ADDR bytes = address.toIPv6Address();
    if (address.isLoopback())
        return address.toString();
    std::fill(bytes.c + 8, bytes.c + 16, quint8(0));
    return QHostAddress(bytes).toString();
}

} // namespace

std::vector<QString> listSetting(const QString &text)
{
    static const QRegularExpression between(u"[\\s,;]+"_s);
    std::vector<QString> out;
    const QStringList parts = text.toLower().split(between, Qt::SkipEmptyParts);
    for (QString part : parts) {
        while (part.endsWith(u'/'))
            part.chop(1);
        if (!part.isEmpty())
            out.push_back(part);
    }
    return out;
}

Admission::Admission(Settings settings, Clock &clock)
    : m_settings(std::move(settings))
    , m_clock(clock)
    , m_newVisitors(m_settings.limits.newVisitors)
    , m_messages(m_settings.limits.messages)
    , m_uploads(m_settings.limits.uploads)
    , m_downloads(m_settings.limits.downloads)
    , m_hellos(m_settings.limits.hellos)
{}

QString Admission::addressOf(const net::HttpRequest &request)
{
    const QHostAddress peer(request.peerAddress);
    if (peer.isLoopback()) {
        const QByteArray forwarded = header(request, "x-forwarded-for");
        const QHostAddress named(QString::fromLatin1(forwarded.split(',').back().trimmed()));
        if (!named.isNull())
            return networkOf(named);
    }
    return peer.isNull() ? request.peerAddress : networkOf(peer);
}

bool Admission::allowsOrigin(const net::HttpRequest &request) const
{
    if (m_settings.origins.empty())
        return true;
    const QString origin = QString::fromLatin1(header(request, "origin")).toLower();
    const QString place = origin.section(u"://"_s, 1);
    if (place.isEmpty())
        return false;
    if (place == QString::fromLatin1(header(request, "host")).toLower())
        return true;
    return std::any_of(
        m_settings.origins.begin(), m_settings.origins.end(),
        [&](const QString &allowed) { return allowed == origin || allowed == place; });
}

Result<Admission::Admitted> Admission::admit(const QString &token, const QString &address)
{
    const Time now = m_clock.wall();
    std::optional<VisitorToken> known = verifyToken(token, m_settings.account, m_settings.key, now);
    const bool isNew = !known.has_value();
    const Milliseconds wait = take(isNew ? m_newVisitors : m_hellos, address);
    if (wait.count() > 0)
        return Error{Error::Code::Busy, u"too many visits"_s,
                     QString::number(wait.count() / 1000 + 1)};
    if (isNew)
        known = freshToken(now);
    known->issuedAt = now;
    return Admitted{visitorId(*known), signToken(*known, m_settings.account, m_settings.key),
                    isNew};
}

QString Admission::visitorOf(const net::HttpRequest &request) const
{
    const QByteArray value = header(request, "authorization");
    if (!value.startsWith("Bearer ") || value.size() > 300)
        return {};
    const auto token = verifyToken(QString::fromLatin1(value.mid(7)), m_settings.account,
                                   m_settings.key, m_clock.wall());
    return token ? visitorId(*token) : QString();
}

Milliseconds Admission::takeMessage(const QString &address)
{
    return take(m_messages, address);
}

Milliseconds Admission::takeUpload(const QString &address)
{
    return take(m_uploads, address);
}

Milliseconds Admission::takeDownload(const QString &address)
{
    return take(m_downloads, address);
}

Milliseconds Admission::take(FloodGuard &guard, const QString &address)
{
    if (m_settings.limits.isLoopbackExempt && isLoopback(address))
        return Milliseconds(0);
    return guard.take(address, m_clock.boot());
}

} // namespace peerdesk::channels::webchat
