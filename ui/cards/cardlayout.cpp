// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cards/cardlayout.h"

#include "ui/common/paint.h"

#include <QCoreApplication>
#include <QPainter>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct LayoutWords
{
    Q_DECLARE_TR_FUNCTIONS(CardLayout)
};

constexpr double LineSpacing = 1.16;
constexpr double MaxHeight = 20'000;
constexpr double Gap = 8;
constexpr double NarrowColumn = 90; ///< narrower columns stand below each other

class LayOut
{
public:
    explicit LayOut(const Look &look)
        : m_look(look)
    {}

    double add(const Block &block, const QRectF &room);
    std::vector<CardItem> take() { return std::move(m_items); }

private:
    double addStack(const Block &block, const QRectF &room);
    double addRow(const Block &block, const QRectF &room);
    double addText(const Block &block, const QRectF &room);
    double addPicture(const Block &block, const QRectF &room);
    double addField(const Block &block, const QRectF &room);
    double addChoice(const Block &block, const QRectF &room);
    double addButton(const Block &block, const QRectF &room);
    double addWords(const Block &block, const QRectF &room);

    const Look &m_look;
    std::vector<CardItem> m_items;
};

QVector<QTextLayout::FormatRange> formats(const Block &block, const Look &look, bool isPlain)
{
    QVector<QTextLayout::FormatRange> ranges;
    for (const TextStyle &style : block.text.styles) {
        QTextCharFormat format;
        if (style.isBold)
            format.setFontWeight(QFont::Bold);
        if (style.isItalic)
            format.setFontItalic(true);
        if (style.isStruck)
            format.setFontStrikeOut(true);
        if (style.isCode)
            format.setFontFamilies({u"DejaVu Sans Mono"_s, u"monospace"_s});
        if (!style.url.isEmpty()) {
            format.setFontUnderline(true);
            if (isPlain)
                format.setForeground(look.theme().link);
        }
        ranges.push_back({style.start, style.length, format});
    }
    return ranges;
}

double breakLines(QTextLayout &layout, double width, double *natural)
{
    layout.beginLayout();
    double y = 0;
    *natural = 0;
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(width);
        line.setPosition({0, y});
        y += line.height() * LineSpacing;
        *natural = qMax(*natural, line.naturalTextWidth());
    }
    layout.endLayout();
    return y;
}

double LayOut::addWords(const Block &block, const QRectF &room)
{
    QString text = block.text.text;
    text.replace(u'\n', QChar::LineSeparator);
    QFont font = m_look.font(block.size, block.isBold ? QFont::DemiBold : QFont::Normal);
    if (block.isMonospace)
        font.setFamilies({u"DejaVu Sans Mono"_s, u"monospace"_s});
    CardItem item;
    item.words = std::make_shared<QTextLayout>(text, font);
    item.tone = block.tone;
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    option.setTextDirection(text.isRightToLeft() ? Qt::RightToLeft : Qt::LeftToRight);
    const bool isStart = block.align == Block::Align::Start;
    option.setAlignment(isStart                               ? Qt::AlignLeft
                        : block.align == Block::Align::Center ? Qt::AlignHCenter
                                                              : Qt::AlignRight);
    item.words->setTextOption(option);
    item.words->setCacheEnabled(true);
    item.words->setFormats(formats(block, m_look, block.tone == Block::Tone::Normal));
    double natural = 0;
    double height = breakLines(*item.words, room.width(), &natural);
    double width = room.width();
    if (isStart) { // as wide as its words, so that it can stand at either side
        width = qMin(width, natural + 2);
        height = breakLines(*item.words, width, &natural);
    }
    item.rect = QRectF(room.left(), room.top(), width, height);
    m_items.push_back(std::move(item));
    return height;
}

/// LayoutWords, and a press on them opens the first address in them.
double LayOut::addText(const Block &block, const QRectF &room)
{
    const size_t first = m_items.size();
    const double height = addWords(block, room);
    for (const TextStyle &style : block.text.styles) {
        if (m_items[first].url.isEmpty())
            m_items[first].url = style.url;
    }
    return height;
}

double LayOut::addPicture(const Block &block, const QRectF &room)
{
    CardItem item;
    item.kind = CardItem::Kind::Picture;
    item.rect = QRectF(room.left(), room.top(), room.width(), m_look.px(44));
    item.caption = block.text.text.isEmpty() ? LayoutWords::tr("Picture") : block.text.text;
    item.url = block.url;
    m_items.push_back(item);
    return item.rect.height();
}

double LayOut::addField(const Block &block, const QRectF &room)
{
    double y = 0;
    if (!block.text.text.isEmpty()) {
        Block label = block;
        label.size = 13;
        y = addWords(label, room) + 4;
    }
    CardItem item;
    item.kind = CardItem::Kind::Field;
    item.rect = QRectF(room.left(), room.top() + y, room.width(), m_look.px(34));
    item.caption = block.detail;
    item.isChosen = block.isChosen;
    m_items.push_back(item);
    return y + item.rect.height();
}

double LayOut::addChoice(const Block &block, const QRectF &room)
{
    const double mark = m_look.px(16);
    const double inset = mark + 10;
    CardItem item;
    item.kind = CardItem::Kind::Choice;
    item.isChosen = block.isChosen;
    item.isMultiple = block.isMultiple;
    item.rect = QRectF(room.left(), room.top() + m_look.px(2), mark, mark);
    m_items.push_back(item);
    const QRectF beside = room.adjusted(inset, 0, 0, 0);
    double y = addText(block, beside);
    if (!block.detail.isEmpty()) {
        Block detail;
        detail.text.text = block.detail;
        detail.size = 12.5;
        detail.tone = Block::Tone::Subtle;
        y += addWords(detail, beside.translated(0, y));
    }
    return qMax(y, mark);
}

double LayOut::addButton(const Block &block, const QRectF &room)
{
    CardItem item;
    item.kind = CardItem::Kind::Button;
    item.caption = block.text.text.simplified();
    item.url = block.url;
    item.tone = block.tone;
    const QFontMetricsF metrics(m_look.font(13, QFont::DemiBold));
    const double width = qMin(room.width(), metrics.horizontalAdvance(item.caption) + 28);
    item.rect = QRectF(room.left(), room.top(), width, m_look.px(32));
    m_items.push_back(item);
    return item.rect.height();
}

double LayOut::addStack(const Block &block, const QRectF &room)
{
    const bool hasGround = block.isFramed || block.isTinted;
    const double pad = hasGround ? 12 : 0;
    const size_t ground = m_items.size();
    if (hasGround) {
        CardItem item;
        item.kind = CardItem::Kind::Ground;
        item.isFramed = block.isFramed;
        m_items.push_back(item);
    }
    double y = pad;
    const QRectF inner = room.adjusted(pad, 0, -pad, 0);
    bool isFirst = true;
    for (const Block &child : block.children) {
        if (inner.top() + y > MaxHeight)
            break;
        y += isFirst ? 0 : Gap;
        isFirst = false;
        y += add(child, QRectF(inner.left(), room.top() + y, inner.width(), 0));
    }
    y += pad;
    if (hasGround)
        m_items[ground].rect = QRectF(room.left(), room.top(), room.width(), y);
    return y;
}

double LayOut::addRow(const Block &block, const QRectF &room)
{
    double total = 0;
    for (const Block &child : block.children)
        total += child.weight;
    const double count = double(block.children.size());
    const double space = room.width() - Gap * (count - 1);
    double least = space;
    for (const Block &child : block.children)
        least = qMin(least, space * child.weight / total);
    if (least < m_look.px(NarrowColumn) && count > 1 && space / count < m_look.px(NarrowColumn))
        return addStack(block, room);
    const bool isEven = least < m_look.px(NarrowColumn) / 2;
    double x = room.left();
    double height = 0;
    for (const Block &child : block.children) {
        const double width = isEven ? space / count : space * child.weight / total;
        height = qMax(height, add(child, QRectF(x, room.top(), width, 0)));
        x += width + Gap;
    }
    return height;
}

double LayOut::add(const Block &block, const QRectF &room)
{
    double above = 0;
    if (block.hasRule) {
        CardItem rule;
        rule.kind = CardItem::Kind::Rule;
        rule.rect = QRectF(room.left(), room.top(), room.width(), 1);
        m_items.push_back(rule);
        above = Gap;
    }
    const QRectF rest = room.translated(0, above);
    switch (block.kind) {
    case Block::Kind::Stack:
        return above + addStack(block, rest);
    case Block::Kind::Row:
        return above + addRow(block, rest);
    case Block::Kind::Text:
        return above + addText(block, rest);
    case Block::Kind::Picture:
        return above + addPicture(block, rest);
    case Block::Kind::Field:
        return above + addField(block, rest);
    case Block::Kind::Choice:
        return above + addChoice(block, rest);
    case Block::Kind::Button:
        return above + addButton(block, rest);
    }
    return above;
}

QColor inkOf(Block::Tone tone, const Theme &t, const QColor &ink)
{
    switch (tone) {
    case Block::Tone::Normal:
        return ink;
    case Block::Tone::Subtle:
        return ink == t.text ? t.text2 : ink;
    case Block::Tone::Accent:
        return t.link;
    case Block::Tone::Good:
    case Block::Tone::Warning:
    case Block::Tone::Attention:
        return ink; // a mark beside the words carries the colour
    }
    return ink;
}

QColor markOf(Block::Tone tone, const Theme &t)
{
    return tone == Block::Tone::Good      ? t.success
           : tone == Block::Tone::Warning ? t.warning
                                          : t.danger;
}

void paintWords(QPainter &painter, const CardItem &item, const Look &look, const QColor &ink)
{
    const Theme &t = look.theme();
    painter.setPen(inkOf(item.tone, t, ink));
    item.words->draw(&painter, item.rect.topLeft());
    const bool isMarked = item.tone == Block::Tone::Good || item.tone == Block::Tone::Warning ||
                          item.tone == Block::Tone::Attention;
    if (!isMarked)
        return;
    const double x = look.isMirrored() ? item.rect.right() + 3 : item.rect.left() - 7;
    painter.setPen(Qt::NoPen);
    painter.setBrush(markOf(item.tone, t));
    painter.drawRoundedRect(QRectF(x, item.rect.top() + 1, 3, item.rect.height() - 4), 1.5, 1.5);
}

void paintLine(QPainter &painter, const QRectF &rect, const QString &text, int align)
{
    painter.drawText(
        rect, align | Qt::AlignVCenter | Qt::TextSingleLine,
        painter.fontMetrics().elidedText(text.simplified(), Qt::ElideRight, int(rect.width())));
}

void paintField(QPainter &painter, const CardItem &item, const Look &look)
{
    const Theme &t = look.theme();
    painter.setPen(QPen(t.borderStrong, 1));
    painter.setBrush(t.surface);
    painter.drawRoundedRect(item.rect.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    painter.setFont(look.font(13));
    painter.setPen(item.isChosen ? t.text : t.text3);
    paintLine(painter, item.rect.adjusted(10, 0, -10, 0), item.caption, Qt::AlignLeft);
}

void paintChoice(QPainter &painter, const CardItem &item, const Theme &t)
{
    const double radius = item.isMultiple ? 4 : item.rect.width() / 2;
    painter.setPen(QPen(item.isChosen ? t.accent : t.borderStrong, 1));
    painter.setBrush(item.isChosen ? t.accent : t.surface);
    painter.drawRoundedRect(item.rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    if (item.isChosen)
        paintIcon(painter, Icon::Check, item.rect.adjusted(2.5, 2.5, -2.5, -2.5), t.accentText, 3);
}

void paintPicture(QPainter &painter, const CardItem &item, const Look &look)
{
    const Theme &t = look.theme();
    painter.setPen(QPen(t.border, 1));
    painter.setBrush(t.raised);
    painter.drawRoundedRect(item.rect.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    const double side = look.px(20);
    QRectF icon(item.rect.left() + 10, item.rect.center().y() - side / 2, side, side);
    QRectF text = item.rect.adjusted(side + 20, 0, -10, 0);
    if (look.isMirrored()) {
        icon.moveRight(item.rect.right() - 10);
        text = item.rect.adjusted(10, 0, -side - 20, 0);
    }
    paintIcon(painter, Icon::Image, icon, t.accent);
    painter.setFont(look.font(12.5));
    painter.setPen(t.text2);
    paintLine(painter, text, item.caption, Qt::AlignLeft);
}

void paintButton(QPainter &painter, const CardItem &item, const Look &look)
{
    const Theme &t = look.theme();
    const bool isDanger = item.tone == Block::Tone::Attention;
    painter.setPen(QPen(isDanger ? t.danger : t.accent, 1));
    painter.setBrush(t.surface);
    painter.drawRoundedRect(item.rect.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    painter.setFont(look.font(13, QFont::DemiBold));
    paintLine(painter, item.rect.adjusted(10, 0, -10, 0), item.caption, Qt::AlignHCenter);
}

void paintItem(QPainter &painter, const CardItem &item, const Look &look, const QColor &ink)
{
    const Theme &t = look.theme();
    switch (item.kind) {
    case CardItem::Kind::Ground:
        painter.setPen(QPen(t.border, 1));
        painter.setBrush(item.isFramed ? t.surface : t.raised);
        painter.drawRoundedRect(item.rect.adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
        return;
    case CardItem::Kind::Rule:
        painter.setPen(QPen(t.border, 1));
        painter.drawLine(QPointF(item.rect.left(), item.rect.top() + 0.5),
                         QPointF(item.rect.right(), item.rect.top() + 0.5));
        return;
    case CardItem::Kind::Text:
        return paintWords(painter, item, look, ink);
    case CardItem::Kind::Picture:
        return paintPicture(painter, item, look);
    case CardItem::Kind::Field:
        return paintField(painter, item, look);
    case CardItem::Kind::Choice:
        return paintChoice(painter, item, t);
    case CardItem::Kind::Button:
        return paintButton(painter, item, look);
    }
}

} // namespace

CardLayout layOutCard(const Block &block, const Look &look, double width)
{
    CardLayout layout;
    if (block.children.empty())
        return layout;
    LayOut work(look);
    layout.height = work.add(block, QRectF(0, 0, width, 0));
    layout.items = work.take();
    for (const CardItem &item : layout.items)
        layout.width = qMax(layout.width, item.rect.right());
    layout.width = qMin(layout.width, width);
    if (look.isMirrored()) {
        for (CardItem &item : layout.items)
            item.rect.moveLeft(layout.width - item.rect.right());
    }
    return layout;
}

void paintCardLayout(QPainter &painter, const CardLayout &layout, const QPointF &at,
                     const Look &look, const QColor &ink)
{
    painter.save();
    painter.translate(at);
    painter.setRenderHint(QPainter::Antialiasing);
    for (const CardItem &item : layout.items)
        paintItem(painter, item, look, ink);
    painter.restore();
}

} // namespace peerdesk::ui
