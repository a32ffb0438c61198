// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/mailview.h"

#include "ui/common/widgets.h"

#include <QBuffer>
#include <QImageReader>
#include <QVBoxLayout>

namespace peerdesk::ui {

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
    if (type == QTextDocument::ImageResource && name.scheme() == u"cid")
        return inlinePart(name.path());
    ++m_blocked;
    Q_EMIT remoteBlocked();
    return QImage(1, 1,
                  QImage::Format_Mono); // a null answer would make the base class look on disk
}

QVariant MailView::inlinePart(const QString &contentId) const
{
    const auto it = m_parts.find(contentId);
    if (it == m_parts.end())
        return QImage(1, 1, QImage::Format_Mono);
    QByteArray bytes = it->second;
    QBuffer buffer(&bytes);
    QImageReader reader(&buffer);
    const QSize size = reader.size();
    if (!size.isValid() || size.width() > MaxImageSide || size.height() > MaxImageSide)
        return QImage(1, 1, QImage::Format_Mono);
    return reader.read();
}

MailDialog::MailDialog(const Context &context, const Message &message, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_strip(new Strip(context.look, this))
    , m_view(new MailView(this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(message.content.subject.isEmpty() ? tr("Message as sent")
                                                     : message.content.subject);
    resize(720, 640);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 12);
    column->addWidget(m_strip);
    column->addWidget(m_view, 1);
    auto *close = new Button(context.look, Button::Kind::Plain, tr("Close"), this);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(16, 0, 16, 0);
    row->addStretch();
    row->addWidget(close);
    column->addLayout(row);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    connect(m_view, &QTextBrowser::anchorClicked, this, &MailDialog::linkActivated);
    connect(m_view, &MailView::remoteBlocked, this, [this] {
        m_strip->setMessage(Strip::Tone::Info, Icon::Lock,
                            tr("Pictures from the internet are not loaded: loading them would tell "
                               "the sender that and where you read this."));
    });
    fetch(message);
}

void MailDialog::fetch(const Message &message)
{
    const QString html = message.content.html;
    for (const Attachment &part : message.content.attachments) {
        if (part.contentId.isEmpty() || part.size > MaxPartSize || m_waiting >= MaxParts)
            continue;
        ++m_waiting;
        const QString id = part.contentId;
        m_context.desk.attachment(m_context.caller, part.sha256,
                                  {this, [this, id, html](const Result<QByteArray> &bytes) {
                                       if (bytes)
                                           m_parts[id] = *bytes;
                                       if (--m_waiting == 0)
                                           fill(html);
                                   }});
    }
    if (m_waiting == 0)
        fill(html);
}

void MailDialog::fill(const QString &html)
{
    m_view->setParts(m_parts);
    m_view->setHtml(html);
}

} // namespace peerdesk::ui
