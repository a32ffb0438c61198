// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/cards/block.h"
#include "ui/common/look.h"

#include <QPointF>
#include <QRectF>
#include <QTextLayout>

#include <memory>

class QPainter;

namespace peerdesk::ui {

/// One thing to paint; rectangles count from the layout's top left.
struct CardItem
{
    enum class Kind { Ground, Rule, Text, Picture, Field, Choice, Button };
    Kind kind = Kind::Text;
    QRectF rect;
    std::shared_ptr<QTextLayout> words = {};
    QString caption = {}; ///< one line: what stands in a field, the words of a button or picture
    QUrl url = {};
    Block::Tone tone = Block::Tone::Normal;
    bool isBold = false;
    bool isFramed = false;
    bool isChosen = false;
    bool isMultiple = false;
};

/// Blocks, measured.
struct CardLayout
{
    std::vector<CardItem> items = {};
    double width = 0;
    double height = 0;
    bool isEmpty() const { return items.empty(); }
};

/// Measures `block` for `width` pixels; already mirrored where the window is. At most 20,000 pixels
/// high: what is below is left out.
CardLayout layOutCard(const Block &block, const Look &look, double width);

/// `ink` is the colour of ordinary words on the ground that the card stands on.
void paintCardLayout(QPainter &painter, const CardLayout &layout, const QPointF &at,
                     const Look &look, const QColor &ink);

} // namespace peerdesk::ui
