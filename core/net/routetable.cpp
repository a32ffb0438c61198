// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/routetable.h"

#include <QSet>
#include <QStringDecoder>

#include <algorithm>

namespace peerdesk::net {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxQueryItems = 256;

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

std::optional<QString> percentDecoded(QByteArrayView raw, bool plusIsSpace)
{
    QByteArray bytes;
    bytes.reserve(raw.size());
    for (qsizetype i = 0; i < raw.size(); ++i) {
        char c = raw[i];
        if (c == '%') {
            if (i + 2 >= raw.size())
                return {};
            const int high = hexDigit(raw[i + 1]);
            const int low = hexDigit(raw[i + 2]);
            if (high < 0 || low < 0)
                return {};
            c = static_cast<char>(high * 16 + low);
            i += 2;
        } else if (c == '+' && plusIsSpace) {
            c = ' ';
        }
        bytes.append(c);
    }
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    QString text = decoder(bytes);
    if (decoder.hasError())
        return {};
    return text;
}

bool isSafeSegment(const QString &segment)
{
    if (segment == u"."_s || segment == u".."_s)
        return false;
    return std::none_of(segment.begin(), segment.end(), [](QChar c) {
        return c.unicode() < 0x20 || c.unicode() == 0x7f || c == u'/' || c == u'\\';
    });
}

Result<std::map<QString, QString>> parseQuery(const QByteArray &raw)
{
    std::map<QString, QString> query;
    const QList<QByteArray> items = raw.split('&');
    if (items.size() > MaxQueryItems)
        return invalid(u"too many query parameters"_s);
    for (const QByteArray &item : items) {
        if (item.isEmpty())
            continue;
        const qsizetype equals = item.indexOf('=');
        const auto name = percentDecoded(equals < 0 ? item : item.left(equals), true);
        const auto value = percentDecoded(equals < 0 ? QByteArray() : item.mid(equals + 1), true);
        if (!name || !value || name->contains(QChar()) || value->contains(QChar()))
            return invalid(u"the query is not valid percent-encoded UTF-8"_s);
        query.emplace(*name, *value);
    }
    return query;
}

bool isParameter(const QString &part)
{
    return part.startsWith(u'{') && part.endsWith(u'}');
}

bool isRest(const QString &part)
{
    return isParameter(part) && part.endsWith(u"...}"_s);
}

/// 2 = literal, 1 = parameter, 0 = rest: compared part by part from the left.
int rank(const QString &part)
{
    if (isRest(part))
        return 0;
    return isParameter(part) ? 1 : 2;
}

bool isMoreSpecific(const QStringList &a, const QStringList &b)
{
    const qsizetype shared = std::min(a.size(), b.size());
    for (qsizetype i = 0; i < shared; ++i) {
        if (rank(a[i]) != rank(b[i]))
            return rank(a[i]) > rank(b[i]);
    }
    return a.size() > b.size();
}

std::optional<std::map<QString, QString>> matchParts(const QStringList &parts,
                                                     const QStringList &segments)
{
    std::map<QString, QString> parameters;
    for (qsizetype i = 0; i < parts.size(); ++i) {
        const QString &part = parts[i];
        if (i >= segments.size())
            return {};
        if (isRest(part)) {
            parameters.emplace(part.mid(1, part.size() - 5), segments.mid(i).join(u'/'));
            return parameters;
        }
        if (isParameter(part)) {
            if (segments[i].isEmpty())
                return {};
            parameters.emplace(part.mid(1, part.size() - 2), segments[i]);
        } else if (part != segments[i]) {
            return {};
        }
    }
    if (parts.size() != segments.size())
        return {};
    return parameters;
}

} // namespace

Result<Target> parseTarget(const QByteArray &target)
{
    if (!target.startsWith('/'))
        return invalid(u"the request target must be a path"_s);
    const qsizetype mark = target.indexOf('?');
    const QByteArray rawPath = mark < 0 ? target : target.left(mark);
    if (rawPath.contains('#'))
        return invalid(u"the request target must not have a fragment"_s);

    Target out;
    const QList<QByteArray> rawSegments = rawPath.mid(1).split('/');
    for (qsizetype i = 0; i < rawSegments.size(); ++i) {
        const auto segment = percentDecoded(rawSegments[i], false);
        const bool isLast = i + 1 == rawSegments.size();
        if (!segment || !isSafeSegment(*segment) || (segment->isEmpty() && !isLast))
            return invalid(u"the path is not acceptable"_s);
        out.segments.append(*segment);
    }
    out.path = u'/' + out.segments.join(u'/');
    if (mark >= 0) {
        Result<std::map<QString, QString>> query = parseQuery(target.mid(mark + 1));
        if (!query)
            return query.error();
        out.query = std::move(*query);
    }
    return out;
}

void RouteTable::add(Route route)
{
    Q_ASSERT_X(route.pattern.startsWith(u'/'), "RouteTable::add", "a pattern starts with '/'");
    route.parts = route.pattern.mid(1).split(u'/');
    m_routes.push_back(std::move(route));
}

RouteTable::Match RouteTable::match(const QByteArray &method, const QStringList &segments,
                                    bool upgrade) const
{
    Match best;
    bool bestIsExact = false;
    QSet<QByteArray> methods;
    for (std::size_t i = 0; i < m_routes.size(); ++i) {
        const Route &route = m_routes[i];
        auto parameters = matchParts(route.parts, segments);
        if (!parameters)
            continue;
        const bool isSocket = static_cast<bool>(route.webSocketHandler);
        best.webSocket = best.webSocket || isSocket;
        methods.insert(route.method);
        if (route.method == "GET" && !isSocket)
            methods.insert("HEAD");
        const bool isExact = isSocket ? upgrade && method == "GET" : route.method == method;
        const bool servesHead = !isSocket && method == "HEAD" && route.method == "GET";
        if (!isExact && !servesHead)
            continue;
        const bool wins =
            best.route < 0 || isMoreSpecific(route.parts, at(best.route).parts) ||
            (route.parts == at(best.route).parts && ((isExact && !bestIsExact) || isSocket));
        if (!wins)
            continue;
        best.route = static_cast<int>(i);
        best.parameters = std::move(*parameters);
        bestIsExact = isExact;
    }
    QByteArrayList sorted(methods.begin(), methods.end());
    std::sort(sorted.begin(), sorted.end());
    best.allowed = sorted.join(", ");
    return best;
}

} // namespace peerdesk::net
