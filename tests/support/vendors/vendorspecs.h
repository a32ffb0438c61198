// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

namespace peerdesk::channels {

/// The vendors' own descriptions of their interfaces, in the folder that PEERDESK_VENDOR_SPECS
/// names. Empty = absent: what would be checked against them is not.
inline QJsonObject vendorSpec(const QString &name)
{
    QFile file(qEnvironmentVariable("PEERDESK_VENDOR_SPECS") + u'/' + name);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object()
                                          : QJsonObject();
}

} // namespace peerdesk::channels
