// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/conversation/picturesource.h"

#include <QDialog>
#include <QSet>
#include <QTextBrowser>

namespace peerdesk::ui {

class Strip;

/// A picture out of foreign bytes: PNG, JPEG, GIF or WebP of a bearable size, else null. Any
/// thread; slow, so not in the GUI's.
QImage decodePicture(const QByteArray &bytes);

/// Shows sanitised HTML mail. Its only resources are pictures that were put in: no file, no
/// network, no style sheet from elsewhere. Links are reported, never followed.
class MailView : public QTextBrowser
{
    Q_OBJECT

public:
    static constexpr int MaxImageSide = 4096; ///< pixels; larger pictures are not decoded

    explicit MailView(QWidget *parent);
    /// Pictures by the address that the mail uses for them, e.g. "cid:logo".
    void setPictures(std::map<QString, QImage> pictures) { m_pictures = std::move(pictures); }
    QVariant loadResource(int type, const QUrl &name) override;
    int blockedCount() const { return m_blocked; }
    /// Addresses on the internet that the mail wanted and did not get.
    const QSet<QUrl> &wantedPictures() const { return m_wanted; }

Q_SIGNALS:
    void remoteBlocked();

private:
    std::map<QString, QImage> m_pictures;
    QSet<QUrl> m_wanted;
    int m_blocked = 0;
};

/// A window with the formatted form of one mail. Fetches the inline parts first; remote pictures
/// stay out, with words about it, until the agent asks for them in this mail.
class MailDialog : public QDialog
{
    Q_OBJECT

public:
    /// Without `pictures` remote pictures cannot be asked for.
    MailDialog(const Context &context, PictureSource *pictures, const Message &message,
               QWidget *parent);
    MailView &view() { return *m_view; }
    Strip &strip() { return *m_strip; }

Q_SIGNALS:
    void linkActivated(const QUrl &url);

private:
    static constexpr int MaxParts = 30;
    static constexpr qint64 MaxPartSize = 8 * 1024 * 1024;

    void build();
    void fetchParts(const Message &message);
    void loadRemote();
    void onBytes(const QString &address, const Result<QByteArray> &bytes);
    void onPicture(const QString &address, const QImage &picture);
    void fill();
    void showBlocked();

    const Context &m_context;
    PictureSource *m_source;
    QString m_html;
    Strip *m_strip;
    MailView *m_view;
    std::map<QString, QImage> m_pictures;
    int m_waiting = 0;
    int m_failed = 0;
    bool m_hasAsked = false;
};

} // namespace peerdesk::ui
