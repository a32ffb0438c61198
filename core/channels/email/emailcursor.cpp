// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/emailcursor.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;

QByteArray toBytes(const EmailCursor &cursor)
{
    QJsonObject folders;
    for (const auto &[name, position] : cursor.folders)
        folders.insert(name, QJsonArray{qint64(position.validity), qint64(position.nextUid)});
    const QJsonObject all{{u"since"_s, cursor.since.ms}, {u"folders"_s, folders}};
    return QJsonDocument(all).toJson(QJsonDocument::Compact);
}

EmailCursor cursorFrom(const QByteArray &bytes)
{
    EmailCursor cursor;
    const QJsonObject all = QJsonDocument::fromJson(bytes).object();
    cursor.since = {all.value(u"since"_s).toInteger()};
    const QJsonObject folders = all.value(u"folders"_s).toObject();
    for (auto it = folders.begin(); it != folders.end(); ++it) {
        const QJsonArray pair = it.value().toArray();
        const qint64 validity = pair.at(0).toInteger();
        const qint64 next = pair.at(1).toInteger();
        const bool isSane =
            validity > 0 && validity <= UINT32_MAX && next > 0 && next <= UINT32_MAX;
        if (isSane)
            cursor.folders[it.key()] = {quint32(validity), quint32(next)};
    }
    return cursor;
}

} // namespace peerdesk::channels::email
