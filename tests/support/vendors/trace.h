// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

namespace peerdesk::channels {

/// Where PEERDESK_VENDOR_TRACE names a folder, what simulators are sent goes there too, a line for
/// each request, for checkdescriptions.py.
inline void traceRequest(const QString &vendor, const QString &operation, const QByteArray &body)
{
    const QString folder = qEnvironmentVariable("PEERDESK_VENDOR_TRACE");
    QFile file(folder + u'/' + vendor + QStringLiteral(".jsonl"));
    if (folder.isEmpty() || !file.open(QIODevice::WriteOnly | QIODevice::Append))
        return;
    const QJsonObject line{{QStringLiteral("operation"), operation},
                           {QStringLiteral("body"), QJsonDocument::fromJson(body).object()}};
    file.write(QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n');
}

} // namespace peerdesk::channels
