// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/conversation/drafts.h"

namespace peerdesk::ui {

/// Undo send (UX-35): text, recipient and attachments freeze at the press; until the time is over
/// undo() gives exactly that back. Then the command goes to the office under the id that the held
/// text was stored with, so that asking again never sends twice. GUI thread.
class Outbox : public QObject
{
    Q_OBJECT

public:
    struct Held
    {
        Draft draft;
        Milliseconds releaseAt{0}; ///< on the boot clock
        bool isSubmitted = false;
    };

    Outbox(const Context &context, Drafts &drafts, QObject *parent);

    /// Seconds that a channel's messages wait: e-mail 8, live chat and SMS 3, others 5.
    static std::chrono::seconds holdTime(const QString &channel);

    void send(Draft draft, std::chrono::seconds hold);
    /// Gives the frozen text back to the drafts. False: too late.
    bool undo(ConversationId conversation);
    std::optional<Held> held(ConversationId conversation) const;
    Milliseconds remaining(const Held &held) const;
    /// Held texts become drafts again; for closing the window.
    void undoAll();
    /// Asks the office again, with the same id, about what it has not answered.
    void askAgain(ConversationId conversation);
    /// Releases whatever is due. The timer calls it; tests do after moving their clock.
    void tick();

Q_SIGNALS:
    void heldChanged(peerdesk::ConversationId conversation);
    void undone(peerdesk::ConversationId conversation);
    void sent(peerdesk::ConversationId conversation);
    /// The text is back in the draft, except when the outcome is unknown: then askAgain().
    void failed(peerdesk::ConversationId conversation, const peerdesk::Error &error);

private:
    void submit(Held &held);
    void onOutcome(const Draft &draft, const Result<api::Outcome> &outcome);
    Held *find(CommandId command);

    const Context &m_context;
    Drafts &m_drafts;
    std::vector<Held> m_held;
    QTimer m_timer;
};

} // namespace peerdesk::ui
