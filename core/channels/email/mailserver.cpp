// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/mailserver.h"

#include <QHostAddress>

namespace peerdesk::channels::email {

bool isLoopback(const QString &host)
{
    return host.compare(QLatin1String("localhost"), Qt::CaseInsensitive) == 0 ||
           QHostAddress(host).isLoopback();
}

QByteArray xoauth2(const QString &user, const QByteArray &token)
{
    return "user=" + user.toUtf8() + "\x01" + "auth=Bearer " + token + "\x01\x01";
}

QByteArray plain(const QString &user, const QByteArray &password)
{
    return QByteArray(1, '\0') + user.toUtf8() + QByteArray(1, '\0') + password;
}

} // namespace peerdesk::channels::email
