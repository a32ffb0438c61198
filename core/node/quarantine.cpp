// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/quarantine.h"

#include "core/base/json.h"

#include <QCryptographicHash>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxKeyLength = 512;
constexpr qsizetype MaxShownLength = 200;
constexpr qsizetype MaxTextLength = 4000;

/// Keys stay what they are unless they are absurd; then their hash stands for them.
QString key(const QString &text)
{
    if (text.size() <= MaxKeyLength)
        return text;
    const QByteArray hash =
        QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Sha256).toHex();
    return text.left(64) + u'#' + QString::fromLatin1(hash);
}

Identity shortened(Identity identity)
{
    identity.kind = identity.kind.left(64);
    identity.scope = key(identity.scope);
    identity.value = key(identity.value);
    identity.display = identity.display.left(MaxShownLength);
    return identity;
}

/// The headers that tell it from another mail of the same Message-ID.
Json marks(const Json &headers)
{
    const QJsonObject all = json::object(headers);
    QJsonObject kept;
    if (const QString from = all.value(u"from"_s)[0][u"address"_s].toString(); !from.isEmpty())
        kept[u"from"_s] = QJsonArray{QJsonObject{{u"address"_s, from.left(MaxKeyLength)}}};
    for (const QString &name : {u"date"_s, u"body_hash"_s}) {
        if (all.contains(name))
            kept[name] = all.value(name).toString().left(MaxShownLength);
    }
    return json::canonical(kept);
}

} // namespace

Result<InboundItem> quarantined(const InboundItem &item, const QString &reason,
                                const store::AttachmentStore &attachments)
{
    const QByteArray whole =
        QJsonDocument(json::write(item).toObject()).toJson(QJsonDocument::Indented);
    const Result<QByteArray> stored = attachments.put(whole);
    if (!stored)
        return stored.error();
    InboundItem out;
    out.kind = ItemKind::Quarantined;
    out.providerId = key(item.providerId);
    out.thread = key(item.thread);
    out.sender = shortened(item.sender);
    out.senderName = item.senderName.left(MaxShownLength);
    out.language = item.language.left(64);
    out.providerTime = item.providerTime;
    out.headers = marks(item.headers);
    out.content.subject = item.content.subject.left(MaxShownLength);
    out.content.text = reason + u"\n\n"_s + item.content.text.left(MaxTextLength);
    out.content.attachments = {
        {*stored, u"message.json"_s, u"application/json"_s, whole.size(), {}, false}};
    return out;
}

} // namespace peerdesk::node
