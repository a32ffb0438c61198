// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"

#include <QTimer>

namespace peerdesk::ui {

/// Who else looks at or writes in the open conversation (UX-23), and telling them about us. Ours is
/// told again while this window is in front and a hand was on it in the last 60 s; theirs fades
/// when it is no longer told. Nothing of this is kept. GUI thread.
class Collision : public QObject
{
    Q_OBJECT

public:
    static constexpr Milliseconds ViewLasts{60'000};
    static constexpr Milliseconds TypingLasts{6'000};
    static constexpr Milliseconds TellEvery{20'000};
    static constexpr Milliseconds TypingEvery{3'000};

    Collision(const Context &context, QObject *parent);

    /// Another conversation, or none.
    void open(ConversationId conversation);
    /// The agent wrote something that the customer will see.
    void typed();
    /// A key or the pointer was used in this window.
    void used();
    /// This window came to the front or left it.
    void setInFront(bool inFront);
    /// "Minh is writing a reply"; empty = nobody.
    QString writing() const;
    /// "Minh is viewing this conversation too"; empty = nobody.
    QString viewing() const;
    /// Lets go what is over and tells others what is due. The timer calls it; tests do after moving
    /// their clock.
    void tick();

Q_SIGNALS:
    void changed();

private:
    struct Seen
    {
        QString name;
        Milliseconds viewUntil{0};
        Milliseconds typingUntil{0};
    };

    void onPresence(const api::Presence &presence);
    void tell(bool isTyping);
    QStringList names(bool areWriting) const;

    const Context &m_context;
    ConversationId m_conversation;
    std::map<AgentId, Seen> m_others;
    Milliseconds m_lastUse{0};
    Milliseconds m_lastTold{0};
    std::optional<Milliseconds> m_lastTyped;
    bool m_isInFront = true;
    QTimer m_timer;
};

} // namespace peerdesk::ui
