// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace peerdesk::channels::email {

/// Bounds of the tidier. Past them tags are dropped and their text stays.
constexpr int MaxTags = 10'000;
constexpr int MaxOpenTags = 48;
constexpr int MaxTableDepth = 6;
constexpr qsizetype MaxAttributeBytes = 4096;

struct TidyHtml
{
    QByteArray html;    ///< UTF-8: known tags only, properly nested, `<` in text escaped
    bool isCut = false; ///< something that a reader could miss was dropped at a bound
};

/// Rewrites foreign HTML into a small, properly nested subset, so that a tree builder never meets
/// deep nesting, thousands of attributes or unclosed formatting, each of which costs it quadratic
/// time. Scripts, styles, forms, comments and unknown tags are gone afterwards. Linear in the
/// input. Pure.
TidyHtml tidy(const QByteArray &utf8);

/// True for the elements that the tidier lets through.
bool isKnownTag(const QByteArray &name);

/// True for known elements that have neither content nor an end tag.
bool isVoid(const QByteArray &name);

} // namespace peerdesk::channels::email
