// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/mailview.h"

#include "ui/common/plural.h"
#include "ui/common/widgets.h"

#include <QBuffer>
#include <QImageReader>
#include <QThreadPool>
#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

/// The address behind "blocked:https://..."; invalid if it is not https.
QUrl remoteOf(const QUrl &blocked)
{
    if (blocked.scheme() != u"blocked")
        return {};
    const QString text = blocked.toString(QUrl::FullyEncoded).section(u':', 1);
    const QUrl url(text, QUrl::StrictMode);
    return url.scheme() == u"https" && !url.host().isEmpty() ? url : QUrl();
}

} // namespace

QImage decodePicture(const QByteArray &bytes)
{
    QByteArray copy = bytes;
    QBuffer buffer(&copy);
    if (!buffer.open(QIODevice::ReadOnly))
        return {};
    const QByteArray format = QImageReader::imageFormat(&buffer);
    if (format != "png" && format != "jpeg" && format != "gif" && format != "webp")
        return {};
    QImageReader reader(&buffer, format);
    const QSize size = reader.size();
    if (!size.isValid() || size.width() > MailView::MaxImageSide ||
        size.height() > MailView::MaxImageSide)
        return {};
    return reader.read();
}

MailView::MailView(QWidget *parent)
    : QTextBrowser(parent)
{
    setOpenLinks(false);
    setOpenExternalLinks(false);
    setUndoRedoEnabled(false);
    setFrameShape(QFrame::NoFrame);
    setTabChangesFocus(true);
    setAccessibleName(tr("Formatted message"));
}

QVariant MailView::loadResource(int type, const QUrl &name)
{
    if (type == QTextDocument::ImageResource) {
        const auto it = m_pictures.find(name.toString());
        if (it != m_pictures.end())
            return it->second;
        if (remoteOf(name).isValid())
            m_wanted.insert(name);
    }
    ++m_blocked;
    if (name.scheme() != u"cid")
        Q_EMIT remoteBlocked();
    // A null answer would make the base class look on the disk.
    return QImage(1, 1, QImage::Format_Mono);
}

MailDialog::MailDialog(const Context &context, PictureSource *pictures, const Message &message,
                       QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_source(pictures)
    , m_html(message.content.html)
    , m_strip(new Strip(context.look, this))
    , m_view(new MailView(this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(message.content.subject.isEmpty() ? tr("Message as sent")
                                                     : message.content.subject);
    resize(720, 640);
    build();
    connect(m_view, &QTextBrowser::anchorClicked, this, &MailDialog::linkActivated);
    connect(m_view, &MailView::remoteBlocked, this, &MailDialog::showBlocked);
    connect(m_strip, &Strip::actionTriggered, this, &MailDialog::loadRemote);
    fetchParts(message);
}

void MailDialog::build()
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 12);
    column->addWidget(m_strip);
    column->addWidget(m_view, 1);
    auto *close = new Button(m_context.look, Button::Kind::Plain, tr("Close"), this);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(16, 0, 16, 0);
    row->addStretch();
    row->addWidget(close);
    column->addLayout(row);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
}

void MailDialog::showBlocked()
{
    if (m_hasAsked)
        return;
    const bool canLoad = m_source && !m_view->wantedPictures().isEmpty();
    m_strip->setMessage(Strip::Tone::Info, Icon::Lock,
                        tr("Pictures from the internet are not loaded: loading them would tell the "
                           "sender that and where you read this."),
                        canLoad ? tr("Load remote images") : QString());
}

void MailDialog::fetchParts(const Message &message)
{
    m_waiting = 1; // held until all are asked for: answers may come at once
    int asked = 0;
    for (const Attachment &part : message.content.attachments) {
        if (part.contentId.isEmpty() || part.size > MaxPartSize || asked >= MaxParts)
            continue;
        ++asked;
        ++m_waiting;
        const QString address = QUrl(u"cid:"_s + part.contentId).toString();
        m_context.desk.attachment(
            m_context.caller, part.sha256,
            {this, [this, address](const Result<QByteArray> &bytes) { onBytes(address, bytes); }});
    }
    onPicture({}, {});
}

void MailDialog::loadRemote()
{
    m_hasAsked = true;
    m_failed = 0;
    m_strip->setMessage(Strip::Tone::Info, Icon::Image, tr("Loading pictures\u2026"));
    const QSet<QUrl> wanted = m_view->wantedPictures();
    m_waiting = 1;
    int asked = 0;
    for (const QUrl &blocked : wanted) {
        if (++asked > MaxParts)
            break;
        ++m_waiting;
        const QString address = blocked.toString();
        m_source->fetch(remoteOf(blocked), {this, [this, address](const Result<QByteArray> &bytes) {
                                                onBytes(address, bytes);
                                            }});
    }
    onPicture({}, {});
}

void MailDialog::onBytes(const QString &address, const Result<QByteArray> &bytes)
{
    if (!bytes)
        return onPicture(address, {});
    QPointer<MailDialog> self(this);
    QThreadPool::globalInstance()->start([self, address, data = *bytes] {
        const QImage picture = decodePicture(data);
        QMetaObject::invokeMethod(qApp, [self, address, picture] {
            if (self)
                self->onPicture(address, picture);
        });
    });
}

void MailDialog::onPicture(const QString &address, const QImage &picture)
{
    if (!picture.isNull())
        m_pictures[address] = picture;
    else if (!address.isEmpty())
        ++m_failed;
    if (--m_waiting > 0)
        return;
    fill();
    if (m_hasAsked && m_failed > 0)
        m_strip->setMessage(Strip::Tone::Warning, Icon::Image,
                            counted(m_failed, tr("%1 picture could not be loaded."),
                                    tr("%1 pictures could not be loaded.")));
    else if (m_hasAsked)
        m_strip->clear();
}

void MailDialog::fill()
{
    m_view->setPictures(m_pictures);
    // A fresh document: the old one keeps what it got for pictures that were not there.
    QTextDocument *old = m_view->document();
    m_view->setDocument(new QTextDocument(m_view));
    if (old->parent() == m_view)
        old->deleteLater();
    m_view->setHtml(m_html);
}

} // namespace peerdesk::ui

#include "moc_mailview.cpp"
