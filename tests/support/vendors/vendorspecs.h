// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

namespace peerdesk::channels {

/// The vendors' own descriptions of their interfaces lie beside the source tree where they are
/// present (PEERDESK_VENDOR_SPECS names another place). Empty = absent: what would be checked
/// against them is not.
inline QJsonObject vendorSpec(const QString &name)
{
    const QString place =
        qEnvironmentVariable("PEERDESK_VENDOR_SPECS", QStringLiteral(PEERDESK_SPECS_BESIDE_SOURCE));
    QFile file(place + u'/' + name);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object()
                                          : QJsonObject();
}

} // namespace peerdesk::channels
