// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/bubble.h"

#include "core/base/json.h"
#include "ui/cards/richblocks.h"
#include "ui/common/paint.h"
#include "ui/common/timetext.h"
#include "ui/conversation/moderation.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Bubble)
};

constexpr double LineSpacing = 1.16; ///< on top of the font's own line, about 1.4 in all
constexpr int MaxMeasure = 560;
constexpr int MaxCards = 20;

/// Collects rectangles from the top down, in left-to-right coordinates; mirror() turns them.
class Builder
{
public:
    Builder(const BubbleInput &input, const Context &context, int width)
        : m_in(input)
        , m_context(context)
        , m_look(context.look)
        , m_width(width)
    {}

    Bubble build();

private:
    void chooseSide();
    void addHead();
    void addSubject();
    void addBody();
    void addRich();
    void addRichActions();
    void addCards();
    void addMeta();
    void addChoices();
    void addActions();
    void addAction(BubbleAction::Kind kind, const QString &text, double &x);
    void place();
    void mirror();
    QString metaText() const;
    QString alterations() const;
    double maxText() const;
    void layOut(QTextLayout &layout, double width, double *natural, double *height) const;
    QVector<QTextLayout::FormatRange> formats(const QString &text) const;
    QString shownText() const;

    const BubbleInput &m_in;
    const Context &m_context;
    const Look &m_look;
    int m_width;
    Bubble m_out;
    RichView m_rich;
    double m_y = 0;    ///< inside the bubble
    double m_used = 0; ///< widest content
    double m_padX = 14;
    double m_padY = 10;
    bool m_isBare = false; ///< attachments only: no ground is painted behind them
};

double Builder::maxText() const
{
    const double measure = qMin(double(m_look.px(MaxMeasure)), m_width * 0.72);
    return qMax(120.0, measure - 2 * m_padX);
}

void Builder::chooseSide()
{
    switch (m_in.message.kind) {
    case MessageKind::Inbound:
        m_out.side = Bubble::Side::In;
        break;
    case MessageKind::Reply:
        m_out.side = Bubble::Side::Out;
        break;
    case MessageKind::Note:
        m_out.side = Bubble::Side::Note;
        break;
    case MessageKind::System:
        m_out.side = Bubble::Side::System;
        break;
    }
}

void Builder::addHead()
{
    const Message &message = m_in.message;
    if (!m_in.previous || !isSameDay(m_in.previous->createdAt, message.createdAt)) {
        m_out.separator = dayText(message.createdAt, m_context.clock.wall());
        m_out.headHeight += m_look.px(38);
    }
    m_out.hasNewDivider = m_in.isFirstUnread;
    if (m_out.hasNewDivider)
        m_out.headHeight += m_look.px(28);
}

QString Builder::shownText() const
{
    if (const QString said = systemSentence(m_in.message, isolate(m_in.author)); !said.isEmpty())
        return said;
    if (m_rich.isOwn)
        return m_rich.text;
    if (m_in.showsQuote)
        return m_in.message.content.text;
    return foldQuote(m_in.message.content.text).text;
}

void Builder::addSubject()
{
    const QString &subject = m_in.message.content.subject;
    const bool isSame = m_in.previous && m_in.previous->content.subject == subject;
    if (subject.isEmpty() || isSame || m_out.side == Bubble::Side::System)
        return;
    const QFontMetricsF metrics(m_look.font(14, QFont::DemiBold));
    m_out.subject = metrics.elidedText(subject.simplified(), Qt::ElideRight, maxText());
    const double width = metrics.horizontalAdvance(m_out.subject);
    m_out.subjectRect = QRectF(0, m_y, width + 1, metrics.height());
    m_used = qMax(m_used, width + 1);
    m_y += metrics.height() + 6;
}

QVector<QTextLayout::FormatRange> Builder::formats(const QString &text) const
{
    QVector<QTextLayout::FormatRange> ranges;
    for (const TextLink &link : m_out.links) {
        QTextCharFormat format;
        format.setForeground(m_look.theme().link);
        format.setFontUnderline(true);
        ranges.push_back({link.start, link.length, format});
    }
    if (m_out.side == Bubble::Side::Note) {
        static const QRegularExpression mention(u"(?:^|\\s)(@[\\w.\\-]{2,40})"_s,
                                                QRegularExpression::UseUnicodePropertiesOption);
        auto it = mention.globalMatch(text);
        while (it.hasNext()) {
            const auto match = it.next();
            QTextCharFormat format;
            format.setFontWeight(QFont::Bold);
            ranges.push_back({int(match.capturedStart(1)), int(match.capturedLength(1)), format});
        }
    }
    return ranges;
}

void Builder::layOut(QTextLayout &layout, double width, double *natural, double *height) const
{
    layout.beginLayout();
    double y = 0;
    *natural = 0;
    for (;;) {
        QTextLine line = layout.createLine();
        if (!line.isValid())
            break;
        line.setLineWidth(width);
        line.setPosition({0, y});
        y += line.height() * LineSpacing;
        *natural = qMax(*natural, line.naturalTextWidth());
    }
    layout.endLayout();
    *height = y;
}

void Builder::addBody()
{
    const bool isSystem = m_out.side == Bubble::Side::System;
    QString text = shownText();
    if (text.trimmed().isEmpty() && !isSystem) {
        m_isBare = m_out.subject.isEmpty() && m_rich.body.children.empty() &&
                   !m_in.message.content.attachments.empty();
        return;
    }
    text.replace(u'\n', QChar::LineSeparator);
    m_out.links = findLinks(text);
    m_out.body = std::make_unique<QTextLayout>(text, m_look.font(isSystem ? 12.5 : 14));
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    const bool isRtl = text.isRightToLeft();
    option.setTextDirection(isRtl ? Qt::RightToLeft : Qt::LeftToRight);
    option.setAlignment(isSystem ? Qt::AlignHCenter : Qt::AlignLeft);
    m_out.body->setTextOption(option);
    m_out.body->setCacheEnabled(true);
    m_out.body->setFormats(formats(text));
    double natural = 0;
    double height = 0;
    const double width = isSystem ? m_width - 64.0 : maxText();
    layOut(*m_out.body, width, &natural, &height);
    if (isRtl && !isSystem)
        layOut(*m_out.body, qMin(width, natural + 2), &natural, &height);
    m_out.bodyAt = QPointF(0, m_y);
    m_used = isSystem ? width : qMax(m_used, natural + 1);
    m_y += height;
}

void Builder::addRich()
{
    m_out.rich = layOutCard(m_rich.body, m_look, maxText());
    if (m_out.rich.isEmpty())
        return;
    if (m_y > 0)
        m_y += 8;
    m_out.richAt = QPointF(0, m_y);
    m_y += m_out.rich.height;
    m_used = qMax(m_used, m_out.rich.width);
}

/// What can be opened in it; after everything stands where it belongs.
void Builder::addRichActions()
{
    for (const CardItem &item : m_out.rich.items) {
        if (item.url.isEmpty())
            continue;
        const QString shown = item.kind == CardItem::Kind::Picture
                                  ? Words::tr("Open the picture at %1").arg(item.url.host())
                                  : Words::tr("Open %1").arg(item.url.toDisplayString());
        m_out.actions.push_back({BubbleAction::Kind::OpenPart, item.rect.translated(m_out.richAt),
                                 shown, item.url, -1});
    }
}

void Builder::addCards()
{
    const auto &attachments = m_in.message.content.attachments;
    const double width = qMin(maxText(), double(m_look.px(270)));
    const double height = m_look.px(58);
    for (size_t i = 0; i < attachments.size() && i < MaxCards; ++i) {
        if (m_y > 0)
            m_y += 8;
        const QRectF card(0, m_y, width, height);
        m_out.cards.push_back(card);
        const bool isPicture = attachments[i].mimeType.startsWith(u"image/");
        if (isPicture)
            m_out.actions.push_back({BubbleAction::Kind::ShowPicture,
                                     card,
                                     Words::tr("Show %1").arg(attachments[i].name),
                                     {},
                                     int(i)});
        m_out.actions.push_back({BubbleAction::Kind::SaveAttachment,
                                 isPicture ? QRectF() : card,
                                 Words::tr("Save %1").arg(attachments[i].name),
                                 {},
                                 int(i)});
        m_y += height;
        m_used = qMax(m_used, width);
    }
}

QString Builder::metaText() const
{
    const Message &message = m_in.message;
    const QString time = clockText(message.createdAt);
    if (m_in.held && m_in.held->isWaiting)
        return Words::tr("Waits on this PC for the office");
    if (m_in.held)
        return m_in.held->seconds > 0 ? Words::tr("Sending in %1").arg(m_in.held->seconds)
                                      : Words::tr("Sending\u2026");
    if (message.state == MessageState::Scheduled)
        return Words::tr("Goes out %1")
            .arg(QLocale().toString(QDateTime::fromMSecsSinceEpoch(message.sendAt.ms),
                                    u"ddd d MMM HH:mm"_s));
    if (m_out.side == Bubble::Side::In)
        return time;
    if (m_out.side == Bubble::Side::Note)
        return Words::tr("%1 \u00b7 %2 \u00b7 Internal note \u00b7 not visible to the customer")
            .arg(isolate(m_in.author), time);
    const QString state = deliveryText(message.state);
    return m_in.isMine ? Words::tr("%1 %2", "delivery state, time").arg(state, time)
                       : Words::tr("%1 \u00b7 %2 %3", "author, delivery state, time")
                             .arg(isolate(m_in.author), state, time);
}

/// What became of it at the provider.
QString Builder::alterations() const
{
    const Message &message = m_in.message;
    QString text;
    if (message.deletedAt.isSet())
        text += Words::tr(" \u00b7 deleted by the sender");
    else if (message.editedAt.isSet())
        text += Words::tr(" \u00b7 edited");
    if (m_rich.isDegraded && m_out.side == Bubble::Side::Out)
        text += Words::tr(" \u00b7 as text, because of the channel");
    if (isPrivateAnswer(message))
        text += Words::tr(" \u00b7 private");
    for (const auto &[who, emoji] : message.reactions)
        text += u' ' + emoji;
    return text;
}

void Builder::addMeta()
{
    if (m_out.side == Bubble::Side::System)
        return;
    const Message &message = m_in.message;
    const QFontMetricsF metrics(m_look.font(11.5));
    m_out.metaInk = Ink::Text2;
    if (message.state == MessageState::Failed && !m_in.held)
        m_out.metaInk = Ink::Danger;
    m_out.hasLock = m_out.side == Bubble::Side::Note;
    const double lock = m_out.hasLock ? m_look.px(18) : 0;
    m_out.meta = metrics.elidedText(metaText() + alterations(), Qt::ElideRight, maxText() - lock);
    const double width = metrics.horizontalAdvance(m_out.meta) + 1 + lock;
    m_y += m_look.px(5);
    m_out.metaRect = QRectF(0, m_y, width, metrics.height());
    m_used = qMax(m_used, width);
    m_y += metrics.height();
    QString reason;
    if (message.state == MessageState::Failed)
        reason = message.failure;
    else if (message.state == MessageState::Uncertain)
        reason = Words::tr("It is not known whether the customer got this.");
    if (reason.isEmpty())
        return;
    m_out.reason = reason.left(400);
    const QRectF box =
        metrics.boundingRect(QRectF(0, 0, maxText(), 4000), Qt::TextWordWrap, m_out.reason);
    m_out.reasonRect = QRectF(0, m_y + 4, box.width() + 2, box.height());
    m_used = qMax(m_used, box.width() + 2);
    m_y += box.height() + 4;
}

void Builder::addChoices()
{
    const QFontMetricsF metrics(m_look.font(13, QFont::DemiBold));
    double x = m_out.ground.right();
    double y = m_out.ground.bottom() + 8;
    const double height = m_look.px(30);
    const QStringList &choices = m_out.choiceTexts;
    for (auto it = choices.rbegin(); it != choices.rend(); ++it) {
        const QString &choice = *it;
        const double width = qMin(metrics.horizontalAdvance(choice) + 28, maxText());
        if (x - width < 24 && x < m_out.ground.right()) {
            x = m_out.ground.right();
            y += height + 6;
        }
        m_out.choices.push_back(QRectF(x - width, y, width, height));
        x -= width + 8;
    }
    std::reverse(m_out.choices.begin(), m_out.choices.end()); // the first stands first
    if (!m_out.choices.empty())
        m_out.height = qRound(y + height) + 8;
}

void Builder::addAction(BubbleAction::Kind kind, const QString &text, double &x)
{
    const QFontMetricsF metrics(m_look.font(12.5, QFont::DemiBold));
    const double width = metrics.horizontalAdvance(text) + 16;
    BubbleAction action;
    action.kind = kind;
    action.text = text;
    action.rect = QRectF(x, m_out.height - 8, width, qMax(32, m_look.px(32)));
    m_out.actions.push_back(action);
    x += width + 4;
}

void Builder::addActions()
{
    const Message &message = m_in.message;
    double x = 0;
    const size_t first = m_out.actions.size();
    if (m_in.held && m_in.held->canUndo)
        addAction(BubbleAction::Kind::Undo, Words::tr("Undo"), x);
    else if (m_in.held)
        return;
    else if (message.state == MessageState::Failed)
        addAction(BubbleAction::Kind::Retry, Words::tr("Retry"), x);
    else if (message.state == MessageState::Uncertain)
        addAction(BubbleAction::Kind::Retry, Words::tr("Send again"), x);
    else if (message.state == MessageState::Scheduled)
        addAction(BubbleAction::Kind::Cancel, Words::tr("Cancel sending"), x);
    const bool didFail = message.state == MessageState::Failed ||
                         message.state == MessageState::Uncertain ||
                         message.state == MessageState::Canceled;
    if (didFail && message.kind == MessageKind::Reply)
        addAction(BubbleAction::Kind::CopyToDraft, Words::tr("Copy to draft"), x);
    if (!foldQuote(message.content.text).quote.isEmpty())
        addAction(BubbleAction::Kind::ToggleQuote,
                  m_in.showsQuote ? Words::tr("Hide earlier text") : Words::tr("Show earlier text"),
                  x);
    if (!message.content.html.isEmpty())
        addAction(BubbleAction::Kind::ShowMail, Words::tr("Show as sent"), x);
    for (const MessageAction act : m_in.offered) {
        addAction(BubbleAction::Kind::Act, actionText(act), x);
        m_out.actions.back().act = act;
    }
    if (m_out.actions.size() == first)
        return;
    const bool isRight = m_out.side != Bubble::Side::In;
    const double shift = isRight ? m_out.ground.right() - (x - 4) : m_out.ground.left();
    for (size_t i = first; i < m_out.actions.size(); ++i)
        m_out.actions[i].rect.translate(shift, 0);
    m_out.height += qMax(32, m_look.px(32)) - 2;
}

/// Moves what was collected to where the bubble stands.
void Builder::place()
{
    const bool isSystem = m_out.side == Bubble::Side::System;
    const double padX = isSystem || m_isBare ? 0 : m_padX;
    const double padY = isSystem ? 4 : m_isBare ? 0 : m_padY;
    const double width = m_used + 2 * padX;
    const double height = m_y + 2 * padY;
    double x = 68;
    if (isSystem)
        x = (m_width - width) / 2;
    else if (m_out.side != Bubble::Side::In)
        x = m_width - 24 - width;
    const double top = m_out.headHeight + 6;
    m_out.ground = QRectF(x, top, width, height);
    const QPointF inner(x + padX, top + padY);
    m_out.subjectRect.translate(inner);
    m_out.bodyAt += inner;
    m_out.richAt += inner;
    m_out.reasonRect.translate(inner);
    for (QRectF &card : m_out.cards)
        card.translate(inner);
    for (BubbleAction &action : m_out.actions)
        action.rect.translate(inner);
    m_out.metaRect.translate(inner);
    if (m_out.side == Bubble::Side::Out)
        m_out.metaRect.moveRight(m_out.ground.right() - padX);
    m_out.height = qRound(top + height) + 8;
    m_out.hasAvatar =
        m_out.side == Bubble::Side::In &&
        (!m_in.previous || m_in.previous->kind != MessageKind::Inbound || m_out.headHeight > 0);
    m_out.avatar = QRectF(24, top, 34, 34);
}

void Builder::mirror()
{
    const auto flip = [this](QRectF &rect) { rect.moveLeft(m_width - rect.right()); };
    if (m_out.body) {
        double bodyWidth = 0;
        for (int i = 0; i < m_out.body->lineCount(); ++i)
            bodyWidth = qMax(bodyWidth, m_out.body->lineAt(i).naturalTextWidth());
        const bool isRtl = m_out.body->textOption().textDirection() == Qt::RightToLeft;
        if (m_out.side != Bubble::Side::System && isRtl)
            bodyWidth = m_out.body->lineAt(0).width();
        if (m_out.side != Bubble::Side::System)
            m_out.bodyAt.setX(m_width - m_out.bodyAt.x() - bodyWidth);
    }
    m_out.richAt.setX(m_width - m_out.richAt.x() - m_out.rich.width);
    flip(m_out.ground);
    flip(m_out.avatar);
    flip(m_out.subjectRect);
    flip(m_out.metaRect);
    flip(m_out.reasonRect);
    for (QRectF &card : m_out.cards)
        flip(card);
    for (QRectF &choice : m_out.choices)
        flip(choice);
    for (BubbleAction &action : m_out.actions)
        flip(action.rect);
}

Bubble Builder::build()
{
    chooseSide();
    addHead();
    addSubject();
    const Content &content = m_in.message.content;
    if (!content.rich.isEmpty())
        m_rich = richView(json::object(content.rich), json::object(m_in.question));
    if (!m_rich.isDegraded)
        m_out.choiceTexts = content.quickReplies.empty() ? m_rich.choices
                                                         : QStringList(content.quickReplies.begin(),
                                                                       content.quickReplies.end());
    addBody();
    addRich();
    addCards();
    addMeta();
    place();
    addChoices();
    addActions();
    for (const TextLink &link : m_out.links)
        m_out.actions.push_back({BubbleAction::Kind::OpenLink,
                                 {},
                                 Words::tr("Open %1").arg(link.url.toDisplayString()),
                                 link.url,
                                 -1});
    if (m_look.isMirrored())
        mirror();
    addRichActions();
    return std::move(m_out);
}

void paintHead(QPainter &painter, const Bubble &bubble, const Look &look, double width)
{
    const Theme &t = look.theme();
    double y = 0;
    if (!bubble.separator.isEmpty()) {
        const double height = look.px(38);
        painter.setFont(look.font(12, QFont::Medium));
        const double text = painter.fontMetrics().horizontalAdvance(bubble.separator) + 28;
        painter.setPen(QPen(t.border, 1));
        const double middle = qRound(y + height / 2) + 0.5;
        painter.drawLine(QPointF(24, middle), QPointF((width - text) / 2, middle));
        painter.drawLine(QPointF((width + text) / 2, middle), QPointF(width - 24, middle));
        painter.setPen(t.text2);
        painter.drawText(QRectF(0, y, width, height), Qt::AlignCenter, bubble.separator);
        y += height;
    }
    if (bubble.hasNewDivider) {
        const double height = look.px(28);
        const QString text = Words::tr("New", "messages since you last looked");
        painter.setFont(look.font(12, QFont::DemiBold));
        const double space = painter.fontMetrics().horizontalAdvance(text) + 24;
        painter.setPen(QPen(t.accent, 1));
        const double middle = qRound(y + height / 2) + 0.5;
        painter.drawLine(QPointF(24, middle), QPointF((width - space) / 2, middle));
        painter.drawLine(QPointF((width + space) / 2, middle), QPointF(width - 24, middle));
        painter.drawText(QRectF(0, y, width, height), Qt::AlignCenter, text);
    }
}

void paintCard(QPainter &painter, const QRectF &rect, const Attachment &attachment,
               const Look &look)
{
    const Theme &t = look.theme();
    painter.setPen(QPen(t.border, 1));
    painter.setBrush(t.raised);
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 12, 12);
    const bool isMirrored = look.isMirrored();
    const double side = look.px(38);
    QRectF tile(rect.left() + 10, rect.center().y() - side / 2, side, side);
    QRectF text = rect.adjusted(side + 22, 8, -12, -8);
    if (isMirrored) {
        tile.moveRight(rect.right() - 10);
        text = rect.adjusted(12, 8, -side - 22, -8);
    }
    const bool isImage = attachment.mimeType.startsWith(u"image/");
    painter.setPen(Qt::NoPen);
    painter.setBrush(isImage ? t.infoBg : t.dangerBg);
    painter.drawRoundedRect(tile, 8, 8);
    const double inset = side * 0.23;
    paintIcon(painter, isImage ? Icon::Image : Icon::File,
              tile.adjusted(inset, inset, -inset, -inset), isImage ? t.accent : t.danger);
    painter.setFont(look.font(13, QFont::DemiBold));
    painter.setPen(t.text);
    painter.drawText(
        QRectF(text.left(), text.top(), text.width(), text.height() / 2),
        Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
        painter.fontMetrics().elidedText(attachment.name, Qt::ElideMiddle, int(text.width())));
    const QString suffix = attachment.name.section(u'.', -1).left(5).toUpper();
    painter.setFont(look.font(12));
    painter.setPen(t.text2);
    painter.drawText(QRectF(text.left(), text.center().y(), text.width(), text.height() / 2),
                     Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                     suffix + u" \u00b7 "_s + sizeText(attachment.size));
}

void paintGround(QPainter &painter, const Bubble &bubble, const Theme &t)
{
    painter.setPen(Qt::NoPen);
    if (bubble.side == Bubble::Side::Note) {
        painter.setPen(QPen(t.noteBorder, 1));
        painter.setBrush(t.note);
        painter.drawRoundedRect(bubble.ground.adjusted(0.5, 0.5, -0.5, -0.5), 12, 12);
        return;
    }
    painter.setBrush(bubble.side == Bubble::Side::Out ? t.bubbleOut : t.bubbleIn);
    painter.drawRoundedRect(bubble.ground, 12, 12);
}

void paintMeta(QPainter &painter, const Bubble &bubble, const Look &look)
{
    QRectF meta = bubble.metaRect;
    const QColor ink = look.ink(bubble.side == Bubble::Side::Note ? Ink::Note : bubble.metaInk);
    if (bubble.hasLock) {
        const double size = look.px(13);
        const bool isMirrored = look.isMirrored();
        const double x = isMirrored ? meta.right() - size : meta.left();
        paintIcon(painter, Icon::Lock, QRectF(x, meta.center().y() - size / 2, size, size), ink, 2);
        isMirrored ? meta.setRight(meta.right() - look.px(18))
                   : meta.setLeft(meta.left() + look.px(18));
    }
    painter.setFont(look.font(11.5));
    painter.setPen(ink);
    painter.drawText(meta, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, bubble.meta);
    if (!bubble.reason.isEmpty())
        painter.drawText(bubble.reasonRect, int(Qt::AlignLeft) | Qt::TextWordWrap, bubble.reason);
}

} // namespace

FoldedText foldQuote(const QString &text)
{
    static const QRegularExpression start(
        u"(?:\\n|^)(?:>|On [^\\n]{5,200} wrote:\\s*\\n|Am [^\\n]{5,200} schrieb[^\\n]*:\\s*\\n|"
        "Le [^\\n]{5,200} a écrit\\s*:\\s*\\n|-{3,} ?Original Message)"_s);
    const auto match = start.match(text);
    if (!match.hasMatch() || text.left(match.capturedStart()).trimmed().isEmpty())
        return {text, {}};
    return {text.left(match.capturedStart()).trimmed(), text.mid(match.capturedStart()).trimmed()};
}

std::vector<TextLink> findLinks(const QString &text)
{
    static const QRegularExpression pattern(
        u"(https?://[^\\s<>\"\\x{2028}\\x{2066}-\\x{2069}]+)|([\\w.+\\-]{1,64}@[\\w\\-]+(?:\\.[\\w\\-]+)+)"_s,
        QRegularExpression::CaseInsensitiveOption);
    std::vector<TextLink> links;
    auto it = pattern.globalMatch(text);
    while (it.hasNext() && links.size() < 50) {
        const auto match = it.next();
        QString shown = match.captured(0);
        while (!shown.isEmpty() && u".,;:!?)]}'"_s.contains(shown.back()))
            shown.chop(1);
        const bool isMail = match.capturedLength(2) > 0;
        const QUrl url(isMail ? u"mailto:"_s + shown : shown, QUrl::StrictMode);
        if (url.isValid() && (isMail || !url.host().isEmpty()))
            links.push_back({int(match.capturedStart(0)), int(shown.size()), url});
    }
    return links;
}

Bubble layoutBubble(const BubbleInput &input, const Context &context, int width)
{
    return Builder(input, context, width).build();
}

int estimateBubble(const Message &message, const Look &look, int width)
{
    const int measure = qMax(120, qMin(look.px(MaxMeasure), int(width * 0.72)) - 28);
    const int perLine = qMax(8, measure * 10 / (look.px(14) * 5));
    const int lines =
        1 + int(message.content.text.size()) / perLine + int(message.content.text.count(u'\n'));
    if (message.kind == MessageKind::System)
        return look.px(20) * lines + 22;
    return look.px(20) * lines + look.px(20) + 34 +
           int(message.content.attachments.size()) * (look.px(58) + 8);
}

void paintBubble(QPainter &painter, const Bubble &bubble, const BubbleInput &input,
                 const Look &look, int width, TextSpan selection)
{
    const Theme &t = look.theme();
    painter.setRenderHint(QPainter::Antialiasing);
    paintHead(painter, bubble, look, width);
    const bool isSystem = bubble.side == Bubble::Side::System;
    if (bubble.hasAvatar)
        paintAvatar(painter, look, bubble.avatar, input.customer);
    const bool isBare =
        !bubble.body && bubble.subject.isEmpty() && bubble.rich.isEmpty() && !bubble.cards.empty();
    if (!isSystem && !isBare)
        paintGround(painter, bubble, t);
    const QColor ink = isSystem ? t.text2 : bubble.side == Bubble::Side::Note ? t.noteText : t.text;
    if (!bubble.subject.isEmpty()) {
        painter.setFont(look.font(14, QFont::DemiBold));
        painter.setPen(ink);
        painter.drawText(bubble.subjectRect, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                         bubble.subject);
    }
    if (bubble.body) {
        QVector<QTextLayout::FormatRange> marks;
        if (selection.from != selection.to) {
            QTextCharFormat format;
            format.setBackground(t.accent);
            format.setForeground(t.accentText);
            marks.push_back({selection.from, selection.to - selection.from, format});
        }
        painter.setPen(ink);
        bubble.body->draw(&painter, bubble.bodyAt, marks);
    }
    paintCardLayout(painter, bubble.rich, bubble.richAt, look, ink);
    for (size_t i = 0; i < bubble.cards.size(); ++i)
        paintCard(painter, bubble.cards[i], input.message.content.attachments[i], look);
    if (!isSystem)
        paintMeta(painter, bubble, look);
    painter.setFont(look.font(13, QFont::DemiBold));
    for (size_t i = 0; i < bubble.choices.size(); ++i) {
        const QRectF rect = bubble.choices[i].adjusted(0.5, 0.5, -0.5, -0.5);
        painter.setPen(QPen(t.accent, 1));
        painter.setBrush(t.surface);
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2);
        painter.drawText(rect, Qt::AlignCenter,
                         painter.fontMetrics().elidedText(bubble.choiceTexts[int(i)],
                                                          Qt::ElideRight, int(rect.width()) - 20));
    }
    painter.setFont(look.font(12.5, QFont::DemiBold));
    painter.setPen(t.accent);
    for (const BubbleAction &action : bubble.actions) {
        if (!action.rect.isEmpty() && action.kind != BubbleAction::Kind::SaveAttachment &&
            action.kind != BubbleAction::Kind::OpenPart &&
            action.kind != BubbleAction::Kind::ShowPicture)
            painter.drawText(action.rect, Qt::AlignCenter, action.text);
    }
}

} // namespace peerdesk::ui
