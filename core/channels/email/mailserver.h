// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace peerdesk::channels::email {

enum class Security { Tls, StartTls, None };

/// How to reach one mail server and who to be there. `secret` never goes into a log or a sentence.
struct MailServer
{
    QString host;
    quint16 port = 0;
    Security security = Security::Tls;
    QString user;
    QByteArray secret; ///< password, or the access token if isToken
    bool isToken = false;
    QString caFile; ///< further trusted certificates (PEM), empty = the system's alone

    bool operator==(const MailServer &) const = default;
};

/// Only this machine itself may be talked to without encryption.
bool isLoopback(const QString &host);

/// SASL XOAUTH2 and PLAIN, before base64. Source: RFC 4616; the XOAUTH2 protocol page.
QByteArray xoauth2(const QString &user, const QByteArray &token);
QByteArray plain(const QString &user, const QByteArray &password);

} // namespace peerdesk::channels::email
