// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPalette>
#include <QString>

#include <array>
#include <vector>

namespace peerdesk::ui {

/// Every colour that the window may show, for one appearance. No other file holds a literal colour.
struct Theme
{
    bool isDark = false;
    QColor window, surface, raised, hover, select, border, borderStrong;
    QColor text, text2, text3, accent, accentText, link;
    QColor bubbleIn, bubbleOut, note, noteText, noteBorder;
    QColor success, successBg, warning, warningBg, danger, dangerBg, infoBg;
    QColor rail, railText, railActive, railSelected;
    QColor onColour;  ///< initials, glyphs and counts on a saturated fill
    QColor badge;     ///< fill of the unread count on the rail
    QColor badgeRing; ///< separates a channel badge from what lies below it
    QColor shadow;    ///< of layers, with alpha
    std::array<QColor, 7> avatars;

    static Theme light();
    static Theme dark();

    /// The badge colour of a channel type; unknown types get the neutral one.
    QColor channel(const QString &type) const;
    /// Stable over processes and machines: FNV-1a over the UTF-8 of `seed`.
    QColor avatar(const QString &seed) const;
    QPalette palette() const;
};

/// A foreground, the background it may stand on and the WCAG contrast it must reach.
struct ContrastPair
{
    QString name;
    QColor foreground;
    QColor background;
    double minimum;
};

/// All pairs that the drawing code uses: text at 4.5, outlines and icons at 3.
std::vector<ContrastPair> contrastPairs(const Theme &theme);

/// Channel types with a colour of their own.
std::vector<QString> knownChannels();

/// WCAG 2.1 contrast ratio, 1..21.
double contrast(const QColor &a, const QColor &b);

/// 32-bit FNV-1a over UTF-8.
quint32 stableHash(const QString &text);

} // namespace peerdesk::ui
