// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/paint.h"

#include <QCoreApplication>
#include <QFontMetricsF>

#include <map>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

QString initials(const QString &name)
{
    QString out;
    for (const QString &word : name.split(u' ', Qt::SkipEmptyParts)) {
        if (word.front().isLetter() && out.size() < 2)
            out += word.front().toUpper();
    }
    return out;
}

void paintAvatar(QPainter &painter, const Look &look, const QRectF &rect, const QString &name)
{
    const Theme &t = look.theme();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.avatar(name));
    painter.drawEllipse(rect);
    const QString letters = initials(name);
    if (letters.isEmpty()) {
        const double inset = rect.width() * 0.24;
        paintIcon(painter, Icon::Person, rect.adjusted(inset, inset, -inset, -inset), t.onColour);
    } else {
        QFont font = look.font(13, QFont::DemiBold);
        font.setPixelSize(qMax(8, qRound(rect.width() * 0.37)));
        painter.setFont(font);
        painter.setPen(t.onColour);
        painter.drawText(rect, Qt::AlignCenter, letters);
    }
    painter.restore();
}

void paintChannelBadge(QPainter &painter, const Look &look, const QRectF &rect,
                       const QString &channel, const QColor &ring)
{
    const Theme &t = look.theme();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double radius = rect.width() * 0.28;
    if (ring.isValid()) {
        const double width = t.isDark ? 1 : 2;
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.isDark ? t.badgeRing : ring);
        painter.drawRoundedRect(rect.adjusted(-width, -width, width, width), radius + width,
                                radius + width);
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.channel(channel));
    painter.drawRoundedRect(rect, radius, radius);
    const double inset = rect.width() * 0.2;
    paintIcon(painter, channelIcon(channel), rect.adjusted(inset, inset, -inset, -inset),
              t.onColour, 2.4);
    painter.restore();
}

double chipHeight(const Look &look)
{
    return look.px(20);
}

double chipWidth(const Look &look, const Chip &chip)
{
    const QFontMetricsF metrics(look.font(11.5, QFont::Medium));
    return metrics.horizontalAdvance(chip.text) + look.px(16) + (chip.hasClock ? look.px(16) : 0);
}

void paintChip(QPainter &painter, const Look &look, const QRectF &rect, const Chip &chip)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(chip.ground);
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2);
    QRectF text = rect.adjusted(look.px(8), 0, -look.px(8), 0);
    if (chip.hasClock) {
        const double size = look.px(12.5);
        const bool isMirrored = painter.layoutDirection() == Qt::RightToLeft;
        const double x = isMirrored ? text.right() - size : text.left();
        paintIcon(painter, Icon::Snooze, QRectF(x, rect.center().y() - size / 2, size, size),
                  chip.ink, 2.2);
        isMirrored ? text.setRight(text.right() - look.px(16))
                   : text.setLeft(text.left() + look.px(16));
    }
    const QFont font = look.font(11.5, QFont::Medium);
    painter.setFont(font);
    painter.setPen(chip.ink);
    painter.drawText(text, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                     QFontMetricsF(font).elidedText(chip.text, Qt::ElideRight, text.width() + 0.5));
    painter.restore();
}

void paintShadow(QPainter &painter, const Look &look, const QRectF &rect, double radius)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(look.theme().shadow);
    for (int spread = 10; spread > 0; spread -= 2)
        painter.drawRoundedRect(rect.adjusted(-spread, -spread + 3, spread, spread + 3),
                                radius + spread, radius + spread);
    painter.restore();
}

QString channelName(const QString &type)
{
    static const std::map<QString, const char *> names{
        {u"email"_s, QT_TRANSLATE_NOOP("Channel", "E-mail")},
        {u"webchat"_s, QT_TRANSLATE_NOOP("Channel", "Web chat")},
        {u"phone"_s, QT_TRANSLATE_NOOP("Channel", "Phone")},
        {u"sms"_s, QT_TRANSLATE_NOOP("Channel", "SMS")},
        {u"whatsapp"_s, QT_TRANSLATE_NOOP("Channel", "WhatsApp")},
        {u"messenger"_s, QT_TRANSLATE_NOOP("Channel", "Messenger")},
        {u"instagram"_s, QT_TRANSLATE_NOOP("Channel", "Instagram")},
        {u"telegram"_s, QT_TRANSLATE_NOOP("Channel", "Telegram")},
        {u"line"_s, QT_TRANSLATE_NOOP("Channel", "LINE")},
        {u"discord"_s, QT_TRANSLATE_NOOP("Channel", "Discord")},
        {u"slack"_s, QT_TRANSLATE_NOOP("Channel", "Slack")},
        {u"teams"_s, QT_TRANSLATE_NOOP("Channel", "Teams")},
        {u"viber"_s, QT_TRANSLATE_NOOP("Channel", "Viber")},
        {u"wechat"_s, QT_TRANSLATE_NOOP("Channel", "WeChat")},
        {u"youtube"_s, QT_TRANSLATE_NOOP("Channel", "YouTube")},
        {u"whatsapp_twilio"_s, QT_TRANSLATE_NOOP("Channel", "WhatsApp")},
        {u"facebook_comments"_s, QT_TRANSLATE_NOOP("Channel", "Facebook comments")},
        {u"instagram_comments"_s, QT_TRANSLATE_NOOP("Channel", "Instagram comments")},
        {u"google_play"_s, QT_TRANSLATE_NOOP("Channel", "Google Play")},
        {u"app_store"_s, QT_TRANSLATE_NOOP("Channel", "App Store")},
        {u"byoc"_s, QT_TRANSLATE_NOOP("Channel", "Own channel")}};
    const auto it = names.find(type);
    return it == names.end() ? type : QCoreApplication::translate("Channel", it->second);
}

QString isolateLtr(const QString &text)
{
    return text.isEmpty() ? text : QChar(0x2066) + text + QChar(0x2069);
}

QString isolate(const QString &text)
{
    return text.isEmpty() ? text : QChar(0x2068) + text + QChar(0x2069);
}

} // namespace peerdesk::ui
