// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace peerdesk::channels::email {

/// Longest input, UTF-8 bytes; the rest is cut off and `isCut` set.
constexpr qsizetype MaxHtmlInput = 1024 * 1024;
/// Longest output, UTF-8 bytes; past it nothing more is written, open tags are closed.
constexpr qsizetype MaxHtmlOutput = 128 * 1024;
/// Longest derived text, UTF-16 units.
constexpr qsizetype MaxDerivedText = 1024 * 1024;

/// What stands before the address of a picture that was not loaded. A viewer that is asked to load
/// remote pictures takes it away.
inline constexpr const char *BlockedPrefix = "blocked:";

struct CleanHtml
{
    QString html;         ///< white-listed elements and attributes, nothing that loads by itself
    QString text;         ///< plain text; quotes as "> " lines
    int remoteImages = 0; ///< pictures with a remote address, now src="blocked:https://..."
    bool isCut = false;   ///< not everything of the input is in `html`: keep the original
};

/// Makes foreign HTML safe to show: no scripts, styles, forms, remote loads or local files; links
/// only http, https and mailto; pictures only cid:. Pure; bounded time and size. Any thread.
CleanHtml sanitize(const QString &html);

} // namespace peerdesk::channels::email
