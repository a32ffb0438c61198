// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/pictureviewer.h"

#include "ui/conversation/mailview.h"

#include <QKeyEvent>
#include <QScrollBar>
#include <QThreadPool>
#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

/// The picture itself, scaled when painted.
class PictureCanvas : public QWidget
{
public:
    using QWidget::QWidget;
    void show(const QImage &picture, double zoom)
    {
        m_picture = picture;
        setFixedSize((QSizeF(picture.size()) * zoom).toSize().expandedTo({1, 1}));
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::SmoothPixmapTransform, width() < m_picture.width() * 2);
        painter.drawImage(rect(), m_picture);
    }

private:
    QImage m_picture;
};

PictureViewer::PictureViewer(const Context &context, const Attachment &attachment, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_attachment(attachment)
    , m_area(new QScrollArea(this))
    , m_canvas(new PictureCanvas)
    , m_words(new Label(context.look, {13.5, QFont::Normal, Ink::Text2, false, true},
                        tr("Loading the picture\u2026"), this))
    , m_size(new Label(context.look, {12.5, QFont::Normal, Ink::Text2, true}, {}, this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(attachment.name.isEmpty() ? tr("Picture") : attachment.name);
    resize(context.look.px(860), context.look.px(640));
    build();
    load();
}

void PictureViewer::build()
{
    m_area->setWidget(m_canvas);
    m_area->setAlignment(Qt::AlignCenter);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setAccessibleName(tr("Picture %1").arg(m_attachment.name));
    m_area->hide();
    m_area->viewport()->installEventFilter(this);
    m_words->setAlignment(Qt::AlignCenter);
    auto *row = new QHBoxLayout;
    const auto add = [&](const QString &text, const QString &name) {
        auto *button = new Button(m_context.look, Button::Kind::Plain, text, this);
        button->setAccessibleName(name);
        button->setToolTip(name);
        row->addWidget(button);
        return button;
    };
    connect(add(u"\u2212"_s, tr("Smaller (-)")), &QPushButton::clicked, this,
            [this] { setZoom(m_zoom / Step); });
    connect(add(u"+"_s, tr("Larger (+)")), &QPushButton::clicked, this,
            [this] { setZoom(m_zoom * Step); });
    connect(add(tr("Fit"), tr("Fit into the window (0)")), &QPushButton::clicked, this,
            &PictureViewer::fit);
    connect(add(tr("100 %"), tr("Full size (1)")), &QPushButton::clicked, this,
            [this] { setZoom(1); });
    row->addWidget(m_size, 1);
    auto *save = add(tr("Save\u2026"), tr("Save the picture"));
    auto *close = add(tr("Close"), tr("Close"));
    connect(save, &QPushButton::clicked, this, [this] { Q_EMIT saveWanted(m_attachment); });
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->addWidget(m_words, 1);
    column->addWidget(m_area, 1);
    column->addLayout(row);
}

void PictureViewer::load()
{
    const auto decode = [this](const Result<QByteArray> &bytes) {
        if (!bytes)
            return m_words->setText(sentence(bytes.error()));
        QPointer<PictureViewer> self(this);
        QThreadPool::globalInstance()->start([self, data = *bytes] {
            const QImage picture = decodePicture(data);
            QMetaObject::invokeMethod(qApp, [self, picture] {
                if (self)
                    self->onPicture(picture);
            });
        });
    };
    m_context.desk.attachment(m_context.caller, m_attachment.sha256, {this, decode});
}

void PictureViewer::onPicture(const QImage &picture)
{
    if (picture.isNull())
        return m_words->setText(tr("This cannot be shown as a picture here: it is too large, "
                                   "damaged or of an unusual kind. You can save it."));
    m_picture = picture;
    m_words->clear();
    m_words->hide();
    m_area->show();
    m_area->setFocus();
    fit();
}

QString PictureViewer::words() const
{
    return m_words->text();
}

double PictureViewer::fitting() const
{
    const QSizeF room = m_area->maximumViewportSize();
    const double across = room.width() / m_picture.width();
    return std::min({1.0, across, room.height() / m_picture.height()});
}

void PictureViewer::fit()
{
    setZoom(fitting());
    m_isFitted = true;
}

/// The middle of what is seen stays in the middle.
void PictureViewer::setZoom(double zoom)
{
    if (m_picture.isNull())
        return;
    const double before = m_zoom;
    m_zoom = std::clamp(zoom, MinZoom, MaxZoom);
    m_isFitted = false;
    m_canvas->show(m_picture, m_zoom);
    for (QScrollBar *bar : {m_area->horizontalScrollBar(), m_area->verticalScrollBar()}) {
        const double middle = bar->value() + bar->pageStep() / 2.0;
        bar->setValue(int(middle * m_zoom / before - bar->pageStep() / 2.0));
    }
    m_size->setText(tr("%1 \u00d7 %2 \u00b7 %3 %", "width, height, zoom")
                        .arg(m_picture.width())
                        .arg(m_picture.height())
                        .arg(qRound(m_zoom * 100)));
}

void PictureViewer::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return setZoom(m_zoom * Step);
    case Qt::Key_Minus:
        return setZoom(m_zoom / Step);
    case Qt::Key_0:
        return fit();
    case Qt::Key_1:
        return setZoom(1);
    default:
        QDialog::keyPressEvent(event);
    }
}

void PictureViewer::resizeEvent(QResizeEvent *event)
{
    QDialog::resizeEvent(event);
    if (m_isFitted && hasPicture())
        fit();
}

bool PictureViewer::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_area->viewport() && event->type() == QEvent::Wheel && hasPicture()) {
        const int turn = static_cast<QWheelEvent *>(event)->angleDelta().y();
        if (turn != 0)
            setZoom(turn > 0 ? m_zoom * Step : m_zoom / Step);
        return true;
    }
    if (watched == m_area->viewport() && event->type() == QEvent::MouseButtonDblClick &&
        hasPicture()) {
        m_isFitted ? setZoom(1) : fit();
        return true;
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace peerdesk::ui

#include "moc_pictureviewer.cpp"
