// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/collision.h"

#include "ui/common/paint.h"

#include <algorithm>

namespace peerdesk::ui {

namespace {
constexpr size_t MaxOthers = 50; ///< people in one conversation whom we keep in mind
}

Collision::Collision(const Context &context, QObject *parent)
    : QObject(parent)
    , m_context(context)
{
    m_timer.setInterval(std::chrono::seconds(2));
    connect(&m_timer, &QTimer::timeout, this, &Collision::tick);
    connect(&context.desk, &api::Desk::presenceChanged, this, &Collision::onPresence);
}

void Collision::open(ConversationId conversation)
{
    if (m_lastTyped)
        tell(false);
    m_conversation = conversation;
    m_others.clear();
    m_lastTyped.reset();
    m_lastUse = m_context.clock.boot();
    if (conversation.isNull()) {
        m_timer.stop();
    } else {
        tell(false);
        m_timer.start();
    }
    Q_EMIT changed();
}

void Collision::used()
{
    m_lastUse = m_context.clock.boot();
}

void Collision::setInFront(bool inFront)
{
    m_isInFront = inFront;
    if (inFront)
        used();
}

void Collision::typed()
{
    used();
    const Milliseconds now = m_context.clock.boot();
    if (m_conversation.isNull() || (m_lastTyped && now - *m_lastTyped < TypingEvery))
        return;
    m_lastTyped = now;
    tell(true);
}

void Collision::tell(bool isTyping)
{
    m_lastTold = m_context.clock.boot();
    m_context.desk.announcePresence(
        {m_conversation, m_context.caller.agent, m_context.caller.name, isTyping});
}

void Collision::onPresence(const api::Presence &presence)
{
    if (presence.conversation != m_conversation || presence.agent.isNull() ||
        presence.agent == m_context.caller.agent)
        return;
    if (!m_others.contains(presence.agent) && m_others.size() >= MaxOthers)
        return;
    const Milliseconds now = m_context.clock.boot();
    Seen &seen = m_others[presence.agent];
    seen.name = presence.name;
    seen.viewUntil = now + ViewLasts;
    seen.typingUntil = presence.isTyping ? now + TypingLasts : Milliseconds(0);
    Q_EMIT changed();
}

void Collision::tick()
{
    const Milliseconds now = m_context.clock.boot();
    const QString before = writing() + viewing();
    std::erase_if(m_others, [now](const auto &entry) { return entry.second.viewUntil <= now; });
    for (auto &[agent, seen] : m_others) {
        if (seen.typingUntil <= now)
            seen.typingUntil = Milliseconds(0);
    }
    if (writing() + viewing() != before)
        Q_EMIT changed();
    if (m_lastTyped && now - *m_lastTyped >= TypingLasts) {
        m_lastTyped.reset();
        tell(false);
    }
    const bool isHere = m_isInFront && now - m_lastUse < ViewLasts;
    if (isHere && !m_lastTyped && now - m_lastTold >= TellEvery)
        tell(false);
}

QStringList Collision::names(bool areWriting) const
{
    QStringList out;
    for (const auto &[agent, seen] : m_others) {
        if ((seen.typingUntil.count() > 0) == areWriting)
            out += isolate(seen.name);
    }
    out.sort();
    return out;
}

QString Collision::writing() const
{
    const QStringList all = names(true);
    if (all.isEmpty())
        return {};
    return all.size() == 1 ? tr("%1 is writing a reply").arg(all.front())
                           : tr("%1 and %2 are writing replies").arg(all[0], all[1]);
}

QString Collision::viewing() const
{
    const QStringList all = names(false);
    if (all.isEmpty())
        return {};
    if (all.size() == 1)
        return tr("%1 is viewing this conversation too").arg(all.front());
    if (all.size() == 2)
        return tr("%1 and %2 are viewing this conversation too").arg(all[0], all[1]);
    return tr("%1, %2 and others are viewing this conversation too").arg(all[0], all[1]);
}

} // namespace peerdesk::ui

#include "moc_collision.cpp"
