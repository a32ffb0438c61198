// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QJsonObject>

namespace peerdesk::channels::twilio {

/// In the language of who reads it.
inline QString words(const char *text)
{
    return QCoreApplication::translate("Twilio", text);
}
inline QString textAt(const QJsonObject &object, const QString &key)
{
    return object.value(key).toString();
}

} // namespace peerdesk::channels::twilio
