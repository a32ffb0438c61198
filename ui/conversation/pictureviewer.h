// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/widgets.h"

#include <QDialog>
#include <QScrollArea>

namespace peerdesk::ui {

/// A picture of a conversation, as large as one wants it: fitted at first, then by wheel, buttons
/// or keys (+, -, 0 = fit, 1 = full size). The bytes come from the Desk and are decoded in the
/// pool; what is no bearable picture is said, with the way to save it. GUI thread.
class PictureViewer : public QDialog
{
    Q_OBJECT

public:
    static constexpr double MinZoom = 0.05;
    static constexpr double MaxZoom = 8;
    static constexpr double Step = 1.25;

    PictureViewer(const Context &context, const Attachment &attachment, QWidget *parent);

    bool hasPicture() const { return !m_picture.isNull(); }
    /// Pixels of the screen for one of the picture.
    double zoom() const { return m_zoom; }
    /// What is said instead of a picture; empty while there is one.
    QString words() const;

Q_SIGNALS:
    void saveWanted(const peerdesk::Attachment &attachment);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void build();
    void load();
    void onPicture(const QImage &picture);
    void setZoom(double zoom);
    void fit();
    double fitting() const;

    const Context &m_context;
    Attachment m_attachment;
    QImage m_picture;
    double m_zoom = 1;
    bool m_isFitted = true;
    QScrollArea *m_area;
    class PictureCanvas *m_canvas;
    Label *m_words;
    Label *m_size;
};

} // namespace peerdesk::ui
