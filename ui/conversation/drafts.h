// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/conversation/draftstore.h"

#include <QTimer>

#include <map>
#include <set>

namespace peerdesk::ui {

/// One draft per conversation and mode (UX-31): at hand in memory, on disk 500 ms after the last
/// change, on flush() and before the window closes. GUI thread.
class Drafts : public QObject
{
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds SaveAfter{500};

    Drafts(const Context &context, DraftStore &store, QObject *parent);

    Draft draft(ConversationId conversation, DraftMode mode) const;
    void edit(const Draft &draft);
    /// When the agent began to write it; not set while there is nothing. After a restart this is
    /// when it was last saved.
    Time startedAt(ConversationId conversation, DraftMode mode) const;
    /// UX-30: the mode is remembered per conversation, never globally.
    DraftMode mode(ConversationId conversation) const;
    void setMode(ConversationId conversation, DraftMode mode);
    /// One line for the list; empty = nothing written.
    QString preview(ConversationId conversation) const;
    void flush();

    /// Keeps the frozen text on disk until the office has it.
    void keepHeld(const Draft &draft);
    void dropHeld(const Draft &draft);
    /// Puts `held` in front of what stands in the draft now.
    void giveBack(const Draft &held);

Q_SIGNALS:
    void changed(peerdesk::ConversationId conversation);
    void saved(peerdesk::ConversationId conversation, peerdesk::ui::DraftMode mode);
    void saveFailed(const peerdesk::Error &error);

private:
    using Key = std::pair<ConversationId, DraftMode>;

    void onLoaded(const std::vector<Draft> &drafts);
    void recover(const Draft &held);
    void write(const Key &key);

    const Context &m_context;
    DraftStore &m_store;
    std::map<Key, Draft> m_drafts;
    std::map<Key, Time> m_started;
    std::map<ConversationId, DraftMode> m_modes;
    std::set<Key> m_dirty;
    QTimer m_timer;
};

} // namespace peerdesk::ui
