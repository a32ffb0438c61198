// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/server.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

namespace peerdesk::channels {

/// Holds requests against one of Google's discovery documents; empty = nothing is checked.
class DiscoveryCheck
{
public:
    explicit DiscoveryCheck(const QJsonObject &document)
        : m_document(document)
    {
        collect(document.value(QStringLiteral("resources")).toObject());
    }

    /// What the description does not allow; empty = it is fine.
    QString problem(const net::HttpRequest &request)
    {
        if (m_methods.isEmpty())
            return {};
        ++checked;
        for (const QJsonValue method : m_methods) {
            if (method[u"httpMethod"].toString().toLatin1() != request.method ||
                !patternOf(method[u"path"].toString()).match(request.path).hasMatch())
                continue;
            return problemIn(method.toObject(), request);
        }
        return QStringLiteral("no method: ") + QString::fromLatin1(request.method) + u' ' +
               request.path;
    }
    int checked = 0;

private:
    // NOLINTNEXTLINE(misc-no-recursion): as deep as the vendor's own document
    void collect(const QJsonObject &resources)
    {
        for (const QJsonValue resource : resources) {
            for (const QJsonValue method : resource[u"methods"].toObject())
                m_methods.append(method);
            collect(resource[u"resources"].toObject());
        }
    }
    QRegularExpression patternOf(const QString &path) const
    {
        QString pattern = QRegularExpression::escape(
            u'/' + m_document.value(QStringLiteral("servicePath")).toString() + path);
        pattern.replace(QRegularExpression(QStringLiteral(R"(\\\{\w+\\\})")),
                        QStringLiteral("[^/:]+"));
        return QRegularExpression(u'^' + pattern + u'$');
    }
    QString problemIn(const QJsonObject &method, const net::HttpRequest &request) const
    {
        const QJsonObject parameters = method.value(QStringLiteral("parameters")).toObject();
        for (const auto &[name, value] : request.query) {
            const QJsonObject known = parameters.value(name).toObject();
            const QJsonArray words = known.value(QStringLiteral("enum")).toArray();
            if (known.isEmpty())
                return QStringLiteral("unknown parameter ") + name;
            if (!words.isEmpty() && !words.contains(QJsonValue(value)))
                return name + QStringLiteral(" may not be ") + value;
            const QString most = known.value(QStringLiteral("maximum")).toString();
            if (!most.isEmpty() && value.toLongLong() > most.toLongLong())
                return name + QStringLiteral(" is over ") + most;
        }
        for (auto it = parameters.begin(); it != parameters.end(); ++it) {
            if (it.value()[u"required"].toBool() &&
                it.value()[u"location"].toString() == u"query" && !request.query.contains(it.key()))
                return QStringLiteral("missing parameter ") + it.key();
        }
        const QString schema = method.value(QStringLiteral("request"))[u"$ref"].toString();
        const QJsonObject allowed =
            m_document.value(QStringLiteral("schemas"))[schema][u"properties"].toObject();
        const QJsonObject body = QJsonDocument::fromJson(request.body).object();
        for (const QString &key : body.keys()) {
            if (!allowed.contains(key))
                return QStringLiteral("unknown member ") + key;
        }
        return {};
    }

    QJsonObject m_document;
    QJsonArray m_methods;
};

} // namespace peerdesk::channels
