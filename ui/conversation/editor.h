// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/look.h"

#include <QPlainTextEdit>

#include <functional>

namespace peerdesk::ui {

/// The text field of the composer: grows from two to ten lines, Tab leaves it, pasted files and
/// pictures become attachments, unfilled placeholders are marked, and nothing is sent while an
/// input method composes.
class Editor : public QPlainTextEdit
{
    Q_OBJECT

public:
    static constexpr int MaxText = 32 * 1024; ///< Content::text

    Editor(const Look &look, QWidget *parent);
    void setEnterSends(bool on) { m_enterSends = on; }
    /// Sees every key first, also Tab and Esc; true = taken.
    void setKeyTaker(std::function<bool(QKeyEvent &)> taker) { m_taker = std::move(taker); }
    /// An input method is composing.
    bool isComposing() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void sendPressed();
    void undoPressed();
    void filesDropped(const QList<QUrl> &files);
    void imagePasted(const QImage &image);

protected:
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool canInsertFromMimeData(const QMimeData *source) const override;
    void insertFromMimeData(const QMimeData *source) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    int heightFor(int lines) const;

    const Look &m_look;
    std::function<bool(QKeyEvent &)> m_taker;
    bool m_enterSends = false;
};

} // namespace peerdesk::ui
