// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>
#include <QPainterPath>
#include <QRectF>
#include <QString>

class QPainter;

namespace peerdesk::ui {

enum class Icon {
    Inbox,
    People,
    Settings,
    Search,
    Plus,
    Transfer,
    Snooze,
    More,
    Check,
    Eye,
    Lock,
    Clip,
    File,
    Image,
    Close,
    Clock,
    Back,
    Card,
    Sort,
    Warning,
    Offline,
    Retry,
    Hand,
    Mail,
    Chat,
    Phone,
    Bubble,
    Plane,
    Camera,
    Hash,
    Star,
    Person,
    Down,
    Up,
    Tag,
    Smile,
    Slash,
    Queues,
    Reports,
    Screen,
    Choices,
    WhatsApp
};

/// Parses our path data: absolute commands on a 24-unit grid. M x y, L x y, C x1 y1 x2 y2 x y, Z as
/// in SVG; O cx cy r a circle; R x y w h r a rounded rectangle. Unknown words end the path.
QPainterPath parsePath(const QString &data);

/// Strokes `icon` into `rect` with the line width for a 24-unit grid.
void paintIcon(QPainter &painter, Icon icon, const QRectF &rect, const QColor &colour,
               double stroke = 1.8);

/// The glyph of a channel type; unknown types get a neutral bubble.
Icon channelIcon(const QString &type);

/// Pixmaps in one colour at 1x to 3x. `mirrored` flips directional icons.
QIcon makeIcon(Icon icon, const QColor &colour, int size, bool mirrored = false);

} // namespace peerdesk::ui
