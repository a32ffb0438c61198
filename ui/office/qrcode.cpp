// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/office/qrcode.h"

#include <QPainter>

#include <memory>
#include <qrencode.h>

namespace peerdesk::ui {

namespace {
constexpr int QuietZone = 4; ///< modules, ISO/IEC 18004 section 9.1
constexpr int Side = 168;    ///< pixels wanted
} // namespace

QImage qrImage(const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
        bytes.isEmpty() ? nullptr
                        : QRcode_encodeString(bytes.constData(), 0, QR_ECLEVEL_M, QR_MODE_8, 1),
        &QRcode_free);
    if (!code)
        return {};
    const int side = code->width + 2 * QuietZone;
    QImage image(side, side, QImage::Format_RGB32);
    image.fill(Qt::white);
    for (int y = 0; y < code->width; ++y) {
        for (int x = 0; x < code->width; ++x) {
            if (code->data[y * code->width + x] & 1)
                image.setPixel(x + QuietZone, y + QuietZone, qRgb(0, 0, 0));
        }
    }
    return image;
}

QrCode::QrCode(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(tr("The six words and the address as a QR code"));
}

void QrCode::setText(const QString &text)
{
    m_image = qrImage(text);
    updateGeometry();
    update();
}

/// Whole pixels a module.
QSize QrCode::sizeHint() const
{
    const int modules = m_image.width();
    const int side = modules > 0 ? modules * qMax(1, (Side + modules / 2) / modules) : 0;
    return {side, side};
}

void QrCode::paintEvent(QPaintEvent *)
{
    if (!m_image.isNull())
        QPainter(this).drawImage(rect(), m_image);
}

} // namespace peerdesk::ui

#include "moc_qrcode.cpp"
