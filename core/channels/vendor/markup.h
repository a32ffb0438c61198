// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace peerdesk::channels::vendor {

/// A piece of text that looks the same throughout.
struct Run
{
    QString text;
    bool isBold = false;
    bool isItalic = false;
    bool isStruck = false;
    bool isCode = false;
    QString link; ///< http(s) or mailto; empty = none

    bool operator==(const Run &) const = default;
};

/// Markdown as agents write it: bold, italics, struck, code, links, headings (bold) and lists
/// (dots). A mark without its partner is text. For vendors with a markup of their own. Never fails;
/// of longer texts, the first 32 K characters.
std::vector<Run> runsOf(const QString &markdown);

} // namespace peerdesk::channels::vendor
