// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"

#include <QDialog>
#include <QTextBrowser>

namespace peerdesk::ui {

class Strip;

/// Shows sanitised HTML mail. Its only resources are the mail's own parts (cid:): no file, no
/// network, no style sheet from elsewhere. Links are reported, never followed.
class MailView : public QTextBrowser
{
    Q_OBJECT

public:
    static constexpr int MaxImageSide = 4096; ///< pixels; larger pictures are not decoded

    explicit MailView(QWidget *parent);
    void setParts(std::map<QString, QByteArray> parts) { m_parts = std::move(parts); }
    QVariant loadResource(int type, const QUrl &name) override;
    int blockedCount() const { return m_blocked; }

Q_SIGNALS:
    void remoteBlocked();

private:
    QVariant inlinePart(const QString &contentId) const;

    std::map<QString, QByteArray> m_parts;
    int m_blocked = 0;
};

/// A window with the formatted form of one mail. Fetches the inline parts first; remote pictures
/// stay out, with words about it.
class MailDialog : public QDialog
{
    Q_OBJECT

public:
    MailDialog(const Context &context, const Message &message, QWidget *parent);

Q_SIGNALS:
    void linkActivated(const QUrl &url);

private:
    static constexpr int MaxParts = 30;
    static constexpr qint64 MaxPartSize = 8 * 1024 * 1024;

    void fetch(const Message &message);
    void fill(const QString &html);

    const Context &m_context;
    Strip *m_strip;
    MailView *m_view;
    std::map<QString, QByteArray> m_parts;
    int m_waiting = 0;
};

} // namespace peerdesk::ui
