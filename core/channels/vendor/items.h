// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"

#include <QJsonObject>

namespace peerdesk::channels::vendor {

/// Most bytes of a vendor's own JSON that stay with a message.
constexpr qsizetype MaxRawBytes = 8 * 1024;

/// A message with what every vendor's has. `raw` is kept under headers["raw"] (cut away whole above
/// MaxRawBytes, with "raw_bytes" saying how large it was); text is made safe by `cleanText`.
InboundItem messageItem(const QString &providerId, const Identity &sender, const QString &text,
                        Time at, const QJsonObject &raw);
/// Adds to headers, over what is there.
void addHeaders(InboundItem &item, const QJsonObject &headers);
/// What this program does not know: visible as "[Unsupported message: kind]", raw kept.
InboundItem unsupportedItem(const QString &providerId, const Identity &sender, const QString &kind,
                            Time at, const QJsonObject &raw);
InboundItem receiptItem(const QString &key, const QString &about, MessageState state, Time at,
                        const QString &reason = {});

/// No NUL, no lone surrogates, no other control characters than line feed and tab, CR LF as LF, and
/// at most `maxCharacters`; bidi overrides are closed at the end.
QString cleanText(const QString &text, int maxCharacters = 32 * 1024);

/// Puts the bytes into the page and returns the attachment for the item's content. The type is
/// sniffed from the bytes, never what the vendor said: HTML, SVG and XML become
/// application/octet-stream.
Attachment addAttachment(InboundPage &page, const QByteArray &bytes, const QString &name);
/// A file that could not be had: the item's text gets a line "[File NAME: reason]".
void addMissingFile(InboundItem &item, const QString &name, const QString &reason);

/// UTF-8 text cut to whole characters.
QString cutToBytes(const QString &text, qsizetype maxBytes);
/// The text in parts of at most `max` UTF-16 units, broken at lines, then blanks, never inside a
/// surrogate pair.
std::vector<QString> splitText(const QString &text, int max);

} // namespace peerdesk::channels::vendor
