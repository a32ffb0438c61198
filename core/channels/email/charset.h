// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace peerdesk::channels::email {

/// Text out of bytes whose charset label may be missing, unknown or wrong. Bytes that are valid
/// multi-byte UTF-8 win over a single-byte label; an unknown label falls back to UTF-8 where the
/// bytes are valid, else to windows-1252. Never fails; broken bytes become U+FFFD. NULs are
/// dropped, line ends become \n. Pure.
/// Source: the label table follows the WHATWG Encoding Standard for what mail programs get wrong.
QString decodeText(const QByteArray &bytes, const QByteArray &label);

/// The charset that an HTML document names in its first 1,024 bytes, else empty.
QByteArray charsetOfHtml(const QByteArray &html);

/// Rejoins the soft line breaks of format=flowed. Source: RFC 3676 section 4.
QString unflowed(const QString &text, bool deletesSpace);

} // namespace peerdesk::channels::email
