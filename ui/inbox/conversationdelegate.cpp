// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inbox/conversationdelegate.h"

#include "ui/common/style.h"
#include "ui/common/timetext.h"

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

ConversationDelegate::ConversationDelegate(const Context &context, const ConversationModel &model,
                                           QObject *parent)
    : QStyledItemDelegate(parent)
    , m_context(context)
    , m_model(model)
{
    refreshFonts();
    connect(&context.look, &Look::changed, this, &ConversationDelegate::refreshFonts);
}

void ConversationDelegate::refreshFonts()
{
    const Look &look = m_context.look;
    m_name = look.font(14, QFont::Medium);
    m_nameUnread = look.font(14, QFont::DemiBold);
    m_snippet = look.font(13);
    m_snippetUnread = look.font(13, QFont::Medium);
    m_age = look.font(12.5);
    m_count = look.font(11.5, QFont::DemiBold);
    const int text = QFontMetrics(m_nameUnread).height() + QFontMetrics(m_snippet).height();
    m_rowHeight = qMax(look.px(82), text + qRound(chipHeight(look)) + look.px(28));
}

QSize ConversationDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {m_context.look.px(200), m_rowHeight};
}

ConversationDelegate::Lines ConversationDelegate::lines(const QRect &content) const
{
    const Look &look = m_context.look;
    const int nameHeight = QFontMetrics(m_nameUnread).height();
    const int snippetHeight = QFontMetrics(m_snippet).height();
    const int top = content.top() + look.px(9);
    const int second = top + nameHeight + look.px(3);
    const int third = second + snippetHeight + look.px(4);
    const int ageWidth = look.px(52);
    Lines out;
    out.name = QRect(content.left(), top, content.width() - ageWidth - 8, nameHeight);
    out.age = QRect(content.right() - ageWidth, top, ageWidth, nameHeight);
    out.snippet = QRect(content.left(), second, content.width() - look.px(38), snippetHeight);
    out.count = QRect(content.right() - look.px(60), second, look.px(60), snippetHeight);
    out.chips = QRect(content.left(), third, content.width(), qRound(chipHeight(look)));
    return out;
}

void ConversationDelegate::paintGround(QPainter &painter, const QStyleOptionViewItem &option) const
{
    const Theme &t = m_context.look.theme();
    const QRectF ground = QRectF(option.rect).adjusted(8, 1, -8, -1);
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    painter.setPen(Qt::NoPen);
    if (isSelected || option.state.testFlag(QStyle::State_MouseOver)) {
        painter.setBrush(isSelected ? t.select : t.hover);
        painter.drawRoundedRect(ground, 10, 10);
    }
    if (isSelected) {
        const QRect bar(option.rect.left() + 8, option.rect.top() + 14, 3,
                        option.rect.height() - 28);
        painter.setBrush(t.accent);
        painter.drawRoundedRect(QStyle::visualRect(option.direction, option.rect, bar), 1.5, 1.5);
    }
    if (option.state.testFlag(QStyle::State_HasFocus) &&
        option.state.testFlag(QStyle::State_KeyboardFocusChange))
        paintFocusRing(painter, ground, 10, t.accent);
}

void ConversationDelegate::paintUnread(QPainter &painter, const QRect &rect, int unread) const
{
    const Theme &t = m_context.look.theme();
    const QString text = unread > 99 ? u"99+"_s : QString::number(unread);
    painter.setFont(m_count);
    const int height = m_context.look.px(18);
    const int width = qMax(m_context.look.px(24),
                           painter.fontMetrics().horizontalAdvance(text) + m_context.look.px(14));
    QRect pill(rect.right() - width + 1, rect.center().y() - height / 2, width, height);
    if (painter.layoutDirection() == Qt::RightToLeft)
        pill.moveLeft(rect.left());
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.accent);
    painter.drawRoundedRect(pill, height / 2.0, height / 2.0);
    painter.setPen(t.accentText);
    painter.drawText(pill, Qt::AlignCenter, text);
}

void ConversationDelegate::paintSnippet(QPainter &painter, const QRect &rect, const Conversation &c,
                                        bool isGone) const
{
    const Theme &t = m_context.look.theme();
    QRect rest = rect;
    QString text = c.subject.isEmpty() ? c.snippet : c.subject + u" \u2013 "_s + c.snippet;
    QColor ink = c.unread > 0 ? t.text : t.text2;
    painter.setFont(c.unread > 0 ? m_snippetUnread : m_snippet);
    const QString draft = m_model.draft(c.id);
    if (isGone) {
        text = tr("No longer in this list");
        ink = t.text3;
    } else if (m_model.isTyping(c.id)) {
        text = tr("typing\u2026");
        ink = t.success;
    } else if (!draft.isEmpty()) {
        const QString word = tr("Draft");
        painter.setPen(t.danger);
        painter.drawText(
            rest, int(Qt::AlignVCenter | Qt::AlignLeft) | Qt::TextSingleLine | Qt::TextDontClip,
            word);
        const int used = painter.fontMetrics().horizontalAdvance(word) + 8;
        painter.layoutDirection() == Qt::RightToLeft ? rest.setRight(rest.right() - used)
                                                     : rest.setLeft(rest.left() + used);
        text = draft;
    }
    painter.setPen(ink);
    painter.drawText(
        rest, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
        isolate(painter.fontMetrics().elidedText(text.simplified(), Qt::ElideRight, rest.width())));
}

void ConversationDelegate::paintChips(QPainter &painter, const QRect &rect, const Conversation &c,
                                      bool isSelected) const
{
    const Look &look = m_context.look;
    const Theme &t = look.theme();
    std::vector<Chip> chips;
    const QColor neutral = isSelected ? t.surface : t.hover;
    if (m_model.didFail(c.id))
        chips.push_back({tr("Not sent"), t.danger, t.dangerBg, false});
    if (c.snoozeUntil > m_context.clock.wall())
        chips.push_back({wakeText(c.snoozeUntil, m_context.clock.wall()), t.text2, neutral, true});
    const Due due = dueText(c.replyDueAt, c.lastMessageAt, m_context.clock.wall());
    if (due.urgency == Urgency::Late)
        chips.push_back({due.text, t.danger, t.dangerBg, true});
    else if (due.urgency == Urgency::Soon)
        chips.push_back({due.text, t.warning, t.warningBg, true});
    else if (due.urgency == Urgency::Calm)
        chips.push_back({due.text, t.text2, neutral, true});
    if (const QString queue = m_context.directory.queueName(c.queue); !queue.isEmpty())
        chips.push_back({queue, t.text2, neutral, false});
    else if (c.status == ConversationStatus::Pending)
        chips.push_back({tr("Parked"), t.text2, neutral, false});
    else if (c.status == ConversationStatus::Resolved || c.status == ConversationStatus::Closed)
        chips.push_back({tr("Done"), t.success, t.successBg, false});
    double used = 0;
    for (const Chip &chip : chips) {
        const double width = qMin(chipWidth(look, chip), rect.width() - used);
        if (width < look.px(40))
            break;
        QRectF place(rect.left() + used, rect.top(), width, rect.height());
        if (painter.layoutDirection() == Qt::RightToLeft)
            place.moveLeft(rect.right() + 1 - used - width);
        paintChip(painter, look, place, chip);
        used += width + look.px(6);
    }
}

void ConversationDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const
{
    const Look &look = m_context.look;
    const Theme &t = look.theme();
    const Conversation &c = m_model.at(index.row());
    const bool isGone = m_model.isGone(index.row());
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setLayoutDirection(option.direction);
    paintGround(*painter, option);
    const auto visual = [&](const QRect &rect) {
        return QStyle::visualRect(option.direction, option.rect, rect);
    };
    const int avatar = look.px(40);
    const QRect disc(option.rect.left() + 20, option.rect.top() + look.px(13), avatar, avatar);
    paintAvatar(*painter, look, visual(disc), c.customerName);
    const int badge = look.px(17);
    const QRect mark(disc.right() - badge + 5, disc.bottom() - badge + 5, badge, badge);
    const QColor ring = option.state.testFlag(QStyle::State_Selected)    ? t.select
                        : option.state.testFlag(QStyle::State_MouseOver) ? t.hover
                                                                         : t.surface;
    paintChannelBadge(*painter, look, visual(mark), c.channel, ring);

    const QRect content(disc.right() + 13, option.rect.top(),
                        option.rect.right() - disc.right() - 13 - 20, option.rect.height());
    const Lines line = lines(content);
    painter->setFont(c.unread > 0 ? m_nameUnread : m_name);
    painter->setPen(isGone ? t.text3 : t.text);
    const QRect name = visual(line.name);
    painter->drawText(
        name, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
        painter->fontMetrics().elidedText(isolate(c.customerName), Qt::ElideRight, name.width()));
    painter->setFont(m_age);
    painter->setPen(c.unread > 0 ? t.accent : t.text3);
    painter->drawText(visual(line.age), Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine,
                      ageText(c.lastMessageAt, m_context.clock.wall()));
    paintSnippet(*painter, visual(line.snippet), c, isGone);
    if (c.unread > 0)
        paintUnread(*painter, visual(line.count), c.unread);
    paintChips(*painter, visual(line.chips), c, option.state.testFlag(QStyle::State_Selected));
    painter->restore();
}

} // namespace peerdesk::ui

#include "moc_conversationdelegate.cpp"
