// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QWidget>

namespace peerdesk::ui {

/// A QR code of a text, one pixel a module with the quiet zone around it, black on white; a null
/// image for a text that is empty or too long for one.
QImage qrImage(const QString &text);

/// Shows a QR code, as sharp as the modules are; always dark on white, so that cameras read it.
class QrCode : public QWidget
{
    Q_OBJECT

public:
    explicit QrCode(QWidget *parent);
    void setText(const QString &text);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QImage m_image;
};

} // namespace peerdesk::ui
