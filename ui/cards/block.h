// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QUrl>

#include <vector>

namespace peerdesk::ui {

/// Part of a text that looks or acts differently.
struct TextStyle
{
    int start = 0;
    int length = 0;
    bool isBold = false;
    bool isItalic = false;
    bool isCode = false;
    bool isStruck = false;
    QUrl url = {}; ///< http, https or mailto; empty = none
    bool operator==(const TextStyle &) const = default;
};

struct StyledText
{
    QString text;
    std::vector<TextStyle> styles = {};
    bool operator==(const StyledText &) const = default;
};

/// One part of a rich message or of an Adaptive Card, ready to be laid out: no vendor's words are
/// left in it, and every text in it is shown. A value; what it holds is bounded by its parsers.
struct Block
{
    enum class Kind {
        Stack,   ///< children below each other
        Row,     ///< children beside each other, by `weight`
        Text,    ///< `text`
        Picture, ///< `text` says what it shows, `url` where it lies; never fetched by itself
        Field,   ///< something to fill in: `text` is the label, `detail` what stands in it
        Choice,  ///< `text`, `detail` below it; `isChosen`
        Button   ///< `text`; `url` = opens it
    };
    enum class Tone { Normal, Subtle, Accent, Good, Warning, Attention };
    enum class Align { Start, Center, End };

    Kind kind = Kind::Stack;
    StyledText text = {};
    QString detail = {};
    QUrl url = {};
    Tone tone = Tone::Normal;
    Align align = Align::Start;
    double size = 14; ///< pixels at 100 %
    bool isBold = false;
    bool isMonospace = false;
    bool isFramed = false;   ///< Stack: a card of its own
    bool isTinted = false;   ///< Stack: a quiet ground
    bool hasRule = false;    ///< a line above it
    bool isChosen = false;   ///< Choice
    bool isMultiple = false; ///< Choice: several may be chosen
    double weight = 1;       ///< in a Row
    std::vector<Block> children = {};

    bool operator==(const Block &) const = default;
};

} // namespace peerdesk::ui
