// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/preferences.h"
#include "ui/common/widgets.h"
#include "ui/conversation/channellimits.h"
#include "ui/conversation/drafts.h"
#include "ui/conversation/editor.h"
#include "ui/conversation/suggestions.h"
#include "ui/conversation/ways.h"

#include <QCheckBox>
#include <QTimer>

namespace peerdesk::ui {

/// Reply or internal note, unmistakably (UX-30): two drafts, two surfaces, and the name of what the
/// button does. It edits drafts and asks; it never sends.
class Composer : public QWidget
{
    Q_OBJECT

public:
    Composer(const Context &context, Drafts &drafts, Preferences &preferences, QWidget *parent);

    /// Shows the drafts of a conversation; flushes the ones that were open.
    void open(const Conversation &conversation, const QString &recipient);
    /// The channel's account, where it is known: what it leaves to this agent.
    void setAccount(const ChannelAccount *account);
    void setMode(DraftMode mode);
    DraftMode mode() const { return m_mode; }
    /// Reads the draft again, after an undo.
    void reload();
    void focusText();
    /// Takes the open draft away after it went to the outbox.
    void clearDraft();
    /// Appends to the open draft, e.g. a message that was not sent.
    void append(const QString &text);
    /// Puts a saved reply at the caret, its placeholders filled as far as they are known.
    void insertReply(const QString &body);
    /// Puts a kept rich message, or an approved template, beside the text.
    void insertRich(const QByteArray &rich);
    /// Files by path, from the dialog or a drop: size and count are checked before anything is
    /// read.
    void attachFiles(const QList<QUrl> &files);
    void chooseFiles();
    /// The builder of rich messages (M66, M67) for this conversation's channel.
    void openBuilder();
    /// The provider's approved templates (M49).
    void openTemplates();
    /// What the open conversation's channel allows.
    const ChannelLimits &limits() const { return m_limits; }
    /// A warning above the buttons, e.g. that a colleague is writing.
    void setNotice(const QString &text);
    /// Over which other channels the conversation could go on, and whether the customer has asked
    /// for no more messages on this one.
    void setReach(const std::vector<Way> &ways, bool isOptedOut);
    /// Why nothing can be sent now; empty = it can. The text stays.
    void setBlocked(const QString &reason);
    /// The office is out of reach: what is sent waits on this PC, and the button says so.
    void setQueues(bool on);
    /// The menu of moments at which the reply may go out (UX-36).
    void openLater();
    Editor &editor() { return *m_editor; }
    Suggestions &suggestions() { return *m_suggestions; }
    QPushButton &sendButton() { return *m_send; }

public Q_SLOTS:
    void send();

Q_SIGNALS:
    /// The draft still stands; whoever sends it calls clearDraft(). `sendAt` not set = now.
    void sendWanted(const peerdesk::ui::Draft &draft, peerdesk::Time sendAt);
    void undoWanted();
    void continueWanted(const peerdesk::ui::Way &way);
    void typed();

protected:
    void paintEvent(QPaintEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void connectEditor();
    void sendAt(Time moment);
    void pickMoment();
    void moveToNote(const QString &mention);
    std::map<QString, QString> placeholderValues() const;
    QLayout *buildTop();
    QLayout *buildBottom();
    void restyle();
    void follow(ConversationId conversation);
    void onEdited();
    void keep();
    void showAttachments();
    /// Where an attachment belongs, fixed before its bytes are read: the agent may switch.
    struct Target
    {
        ConversationId conversation;
        DraftMode mode = DraftMode::Reply;
        FileRules rules;
    };
    Target target() const { return {m_conversation.id, m_mode, fileRules()}; }
    FileRules fileRules() const
    {
        return m_mode == DraftMode::Note ? ChannelLimits::ownFiles() : m_limits.files;
    }
    std::vector<Attachment> filesOf(const Target &target) const;
    void storeImage(const QImage &image);
    void readFile(const QString &path, const QString &name, qint64 size);
    void store(const Target &target, const QByteArray &bytes, Attachment attachment);
    void addAttachment(const Target &target, const Attachment &attachment);
    void say(const QString &text, Ink ink);
    void updateSend();
    QString viaText() const;
    bool isWindowClosed() const;
    bool needsHumanTag() const;
    bool isTemplate() const;
    /// Words that would stay behind when the chosen template goes out.
    bool hasWordsBesideTemplate() const;
    Visibility visibility() const { return isPrivate() ? Visibility::Private : Visibility::Public; }
    bool isPrivate() const { return m_limits.privateAnswers && m_private->isChecked(); }
    /// Only others may answer in public here.
    bool isForbidden() const { return !m_limits.mayAnswerPublicly && !isPrivate(); }
    void setRich(const QJsonObject &rich, const QString &words);
    void showRich(QLayout &row);
    QString windowText() const;
    QString closedText() const;
    void showNotice();
    void showWaysOut(bool isNeeded);
    void showCount();

    const Context &m_context;
    Drafts &m_drafts;
    Preferences &m_preferences;
    Conversation m_conversation;
    QString m_recipient;
    DraftMode m_mode = DraftMode::Reply;
    std::vector<Attachment> m_attachments;
    Json m_rich; ///< goes with the text
    Segments *m_modes;
    Label *m_via;
    Editor *m_editor;
    Suggestions *m_suggestions;
    QWidget *m_files;
    IconButton *m_attach;
    IconButton *m_build;
    QCheckBox *m_private;
    Label *m_notice;
    QWidget *m_waysOut; ///< when nothing may be written here: what may be done instead
    Label *m_state;
    Button *m_later;
    Button *m_send;
    QString m_blocked;
    QString m_writing; ///< a colleague does
    std::vector<Way> m_ways;
    bool m_isOptedOut = false;
    ChannelLimits m_limits;
    QTimer m_clock; ///< the window of a channel goes on closing
    bool m_queues = false;
    Time m_sendAt;
    int m_reading = 0;
    bool m_isLoading = false;
};

} // namespace peerdesk::ui
