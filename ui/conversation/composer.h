// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/widgets.h"
#include "ui/conversation/drafts.h"

#include <QPlainTextEdit>

namespace peerdesk::ui {

/// The text field of the composer: grows from two to ten lines, Tab leaves it, pasted files and
/// pictures become attachments, and nothing is sent while an input method composes.
class Editor : public QPlainTextEdit
{
    Q_OBJECT

public:
    Editor(const Look &look, QWidget *parent);
    void setEnterSends(bool on) { m_enterSends = on; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void sendPressed();
    void undoPressed();
    void filesDropped(const QList<QUrl> &files);
    void imagePasted(const QByteArray &png);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    bool canInsertFromMimeData(const QMimeData *source) const override;
    void insertFromMimeData(const QMimeData *source) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    int heightFor(int lines) const;
    bool isComposing() const;

    const Look &m_look;
    bool m_enterSends = false;
};

/// Reply or internal note, unmistakably (UX-30): two drafts, two surfaces, and the name of what the
/// button does. It edits drafts and asks; it never sends.
class Composer : public QWidget
{
    Q_OBJECT

public:
    static constexpr int MaxAttachments = 10;

    Composer(const Context &context, Drafts &drafts, QWidget *parent);

    /// Shows the drafts of a conversation; flushes the ones that were open.
    void open(const Conversation &conversation, const QString &recipient);
    void setMode(DraftMode mode);
    DraftMode mode() const { return m_mode; }
    /// Reads the draft again, after an undo.
    void reload();
    void focusText();
    /// Files by path, from the dialog or a drop: size and count are checked before anything is
    /// read.
    void attachFiles(const QList<QUrl> &files);
    void chooseFiles();
    /// Bytes that one attachment may have on this channel.
    static qint64 attachmentLimit(const QString &channel);
    /// A warning above the buttons, e.g. that a colleague is writing.
    void setNotice(const QString &text);
    Editor &editor() { return *m_editor; }
    QPushButton &sendButton() { return *m_send; }

public Q_SLOTS:
    void send();

Q_SIGNALS:
    void sendWanted(const peerdesk::ui::Draft &draft);
    void undoWanted();
    void typed();

protected:
    void paintEvent(QPaintEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    QLayout *buildTop();
    QLayout *buildBottom();
    void restyle();
    void onEdited();
    void keep();
    void showAttachments();
    void readFile(const QString &path, const QString &name, qint64 size);
    void store(const QByteArray &bytes, const QString &name, const QString &mimeType);
    void addAttachment(ConversationId conversation, DraftMode mode, const Attachment &attachment);
    void say(const QString &text, Ink ink);
    void updateSend();

    const Context &m_context;
    Drafts &m_drafts;
    Conversation m_conversation;
    QString m_recipient;
    DraftMode m_mode = DraftMode::Reply;
    std::vector<Attachment> m_attachments;
    Segments *m_modes;
    Label *m_via;
    Editor *m_editor;
    QWidget *m_files;
    IconButton *m_attach;
    Label *m_notice;
    Label *m_state;
    Button *m_send;
    int m_reading = 0;
    bool m_isLoading = false;
};

} // namespace peerdesk::ui
