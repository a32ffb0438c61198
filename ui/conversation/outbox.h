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
    static constexpr std::chrono::seconds AskAgainAfter{5};

    struct Held
    {
        Draft draft;
        Time sendAt; ///< when the office shall send it; not set = at once
        Time pressedAt;
        Milliseconds releaseAt{0}; ///< on the boot clock
        api::WaitedSince seen;     ///< how things stood at the press
        bool hasWaited = false;    ///< it was due while the office was out of reach
        bool isSubmitted = false;
        bool isUnknown = false; ///< submitted, and nobody knows whether the office has it
    };

    Outbox(const Context &context, Drafts &drafts, QObject *parent);

    /// Holds the text for `hold`, then gives it to the office, which sends it at `sendAt` (not set
    /// = at once). `seen` without time: how things stand; what had to wait for the office comes
    /// back to its drafts if they do not stand so any more.
    void send(Draft draft, std::chrono::seconds hold, Time sendAt = {},
              const api::WaitedSince &seen = {});
    /// While the office is out of reach everything waits here and can be undone; a window that
    /// closes meanwhile turns it back into drafts.
    void setReachable(bool isReachable);
    bool isReachable() const { return m_isReachable; }
    /// Texts that wait for the office.
    int waiting() const;
    /// Gives the frozen text back to the drafts. False: too late.
    bool undo(ConversationId conversation);
    /// The newest one of a conversation.
    std::optional<Held> held(ConversationId conversation) const;
    /// All of a conversation, oldest first.
    std::vector<Held> allHeld(ConversationId conversation) const;
    Milliseconds remaining(const Held &held) const;
    /// Held texts become drafts again; for closing the window.
    void undoAll();
    /// The office has not said whether it has one of them.
    bool isUnknown(ConversationId conversation) const;
    /// Asks the office again, with the same id, about what it has not answered. It does so by
    /// itself every AskAgainAfter while the office is in reach, and when it comes back.
    void askAgain(ConversationId conversation);
    /// Releases whatever is due. The timer calls it; tests do after moving their clock.
    void tick();

Q_SIGNALS:
    void heldChanged(peerdesk::ConversationId conversation);
    void undone(peerdesk::ConversationId conversation);
    void sent(peerdesk::ConversationId conversation);
    /// The text is back in the draft, except when the outcome is unknown: then it stays
    /// held.
    void failed(peerdesk::ConversationId conversation, const peerdesk::Error &error);

private:
    void submit(Held &held);
    void onOutcome(const Draft &draft, const Result<api::Outcome> &outcome);
    Held *find(CommandId command);

    const Context &m_context;
    Drafts &m_drafts;
    std::vector<Held> m_held;
    QTimer m_timer;
    bool m_isReachable = true;
};

} // namespace peerdesk::ui
