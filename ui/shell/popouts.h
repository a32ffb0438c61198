// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/shortcuts.h"
#include "ui/conversation/conversationpane.h"

#include <map>

namespace peerdesk::ui {

/// One conversation in a window of its own, for a second screen (UX-3). It shares drafts and what
/// waits for Undo with the main window.
class PopOut : public QWidget
{
    Q_OBJECT

public:
    PopOut(const Context &context, const ConversationParts &parts, const Shortcuts &shortcuts);
    void open(const Conversation &conversation);
    ConversationPane &pane() { return *m_pane; }

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    void addKeys(const Shortcuts &shortcuts);

    const Context &m_context;
    ConversationParts m_parts;
    ConversationPane *m_pane;
};

/// The conversations that were popped out, each at most once. They go before what they borrow.
/// GUI thread.
class PopOuts : public QObject
{
    Q_OBJECT

public:
    static constexpr size_t MaxWindows = 8;

    /// `wrapUp`: the end of the work is the main window's.
    PopOuts(const Context &context, const ConversationParts &parts, const Shortcuts &shortcuts,
            std::function<void(ConversationId)> wrapUp);
    ~PopOuts() override;

    /// Shows it in front; null if there are too many already.
    PopOut *open(const Conversation &conversation);
    void closeAll();

private:
    const Context &m_context;
    ConversationParts m_parts;
    const Shortcuts &m_shortcuts;
    std::function<void(ConversationId)> m_wrapUp;
    std::map<ConversationId, QPointer<PopOut>> m_windows;
};

} // namespace peerdesk::ui
