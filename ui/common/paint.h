// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/icons.h"
#include "ui/common/look.h"

#include <QPainter>
#include <QRectF>

namespace peerdesk::ui {

/// Initials for an avatar: two letters of the name; empty if the name has none (a number).
QString initials(const QString &name);

/// A disc in the name's own hue with initials, or a person icon.
void paintAvatar(QPainter &painter, const Look &look, const QRectF &rect, const QString &name);

/// A rounded square in the channel's colour with its glyph.
void paintChannelBadge(QPainter &painter, const Look &look, const QRectF &rect,
                       const QString &channel, const QColor &ring);

/// What a chip says and how it looks.
struct Chip
{
    QString text;
    QColor ink;
    QColor ground;
    bool hasClock = false;
};

double chipWidth(const Look &look, const Chip &chip);
double chipHeight(const Look &look);
/// Draws into `rect` (as wide as chipWidth or less: the text is then elided).
void paintChip(QPainter &painter, const Look &look, const QRectF &rect, const Chip &chip);

/// A soft shadow around a layer of radius `radius`.
void paintShadow(QPainter &painter, const Look &look, const QRectF &rect, double radius);

/// The word people use for a channel type: "WhatsApp", "E-mail".
QString channelName(const QString &type);

/// Wraps in LRI..PDI: phone numbers, addresses, codes, URLs keep their order in any direction.
QString isolateLtr(const QString &text);
/// Wraps in FSI..PDI: a name of unknown direction.
QString isolate(const QString &text);

} // namespace peerdesk::ui
