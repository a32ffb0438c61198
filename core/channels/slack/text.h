// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

/// The vendor's markup. Source: "Formatting text for app surfaces".
namespace peerdesk::channels::slack {

/// Readable text of a message: links with their addresses, names for mentions, characters instead
/// of &amp; &lt; &gt;. Never fails.
QString readable(const QString &text);
/// Text as it has to be sent so that it is only text.
QString escaped(const QString &text);
/// Markdown in the vendor's markup.
QString toMarkup(const QString &markdown);
/// An emoji for its name; ":name:" where there is none in our small list.
QString emojiFor(const QString &name);
/// The other way round; empty = not in the list. ":name:" is its own name.
QString nameOf(const QString &emoji);

} // namespace peerdesk::channels::slack
