// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/outbox.h"

#include "core/base/json.h"
#include "ui/conversation/richdraft.h"

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr std::chrono::milliseconds Tick{200};
}

Outbox::Outbox(const Context &context, Drafts &drafts, QObject *parent)
    : QObject(parent)
    , m_context(context)
    , m_drafts(drafts)
{
    m_timer.setInterval(Tick);
    connect(&m_timer, &QTimer::timeout, this, &Outbox::tick);
}

void Outbox::send(Draft draft, std::chrono::seconds hold, Time sendAt, const api::WaitedSince &seen)
{
    for (Held &held : m_held) {
        if (held.draft.conversation == draft.conversation && !held.isSubmitted)
            held.releaseAt = m_context.clock.boot(); // order is kept: the earlier text goes first
    }
    draft.command = randomId<CommandId>();
    m_drafts.keepHeld(draft);
    m_held.push_back({draft, sendAt, m_context.clock.wall(), m_context.clock.boot() + hold, seen});
    tick();
    Q_EMIT heldChanged(draft.conversation);
}

void Outbox::setReachable(bool isReachable)
{
    if (std::exchange(m_isReachable, isReachable) == isReachable)
        return;
    for (Held &held : m_held) {
        if (held.isUnknown)
            held.releaseAt = m_context.clock.boot(); // back in reach: ask at once
    }
    tick();
}

int Outbox::waiting() const
{
    return int(std::count_if(m_held.begin(), m_held.end(), [this](const Held &held) {
        return !held.isSubmitted && m_context.clock.boot() >= held.releaseAt;
    }));
}

bool Outbox::undo(ConversationId conversation)
{
    // The newest: what was pressed last is what the agent regrets.
    const auto it = std::find_if(m_held.rbegin(), m_held.rend(), [&](const Held &held) {
        return held.draft.conversation == conversation && !held.isSubmitted;
    });
    if (it == m_held.rend())
        return false;
    const Draft draft = it->draft;
    m_held.erase(std::next(it).base());
    m_drafts.giveBack(draft);
    m_drafts.flush();
    m_drafts.dropHeld(draft);
    Q_EMIT heldChanged(conversation);
    Q_EMIT undone(conversation);
    return true;
}

void Outbox::undoAll()
{
    const std::vector<Held> all = m_held;
    for (const Held &held : all)
        undo(held.draft.conversation);
}

std::vector<Outbox::Held> Outbox::allHeld(ConversationId conversation) const
{
    std::vector<Held> all;
    std::copy_if(m_held.begin(), m_held.end(), std::back_inserter(all),
                 [&](const Held &held) { return held.draft.conversation == conversation; });
    return all;
}

std::optional<Outbox::Held> Outbox::held(ConversationId conversation) const
{
    const auto it = std::find_if(m_held.rbegin(), m_held.rend(), [&](const Held &held) {
        return held.draft.conversation == conversation;
    });
    return it == m_held.rend() ? std::nullopt : std::optional(*it);
}

Milliseconds Outbox::remaining(const Held &held) const
{
    return std::max(Milliseconds(0), held.releaseAt - m_context.clock.boot());
}

void Outbox::tick()
{
    bool isWaiting = false;
    std::vector<ConversationId> touched;
    std::vector<CommandId> due; // answers may arrive while we submit
    for (Held &held : m_held) {
        if (held.isSubmitted && !held.isUnknown)
            continue;
        const bool isDue = m_context.clock.boot() >= held.releaseAt;
        held.hasWaited = held.hasWaited || (isDue && !m_isReachable && !held.isSubmitted);
        if (!held.isUnknown)
            touched.push_back(held.draft.conversation);
        if (!isDue)
            isWaiting = true;
        else if (m_isReachable)
            due.push_back(held.draft.command);
    }
    for (const CommandId command : due) {
        if (Held *held = find(command))
            submit(*held);
    }
    if (!isWaiting)
        m_timer.stop();
    else if (!m_timer.isActive())
        m_timer.start();
    for (const ConversationId id : touched)
        Q_EMIT heldChanged(id);
}

void Outbox::submit(Held &held)
{
    held.isSubmitted = true;
    held.isUnknown = false;
    const Draft draft = held.draft;
    api::SendMessage command;
    command.conversation = draft.conversation;
    command.kind = draft.mode == DraftMode::Note ? MessageKind::Note : MessageKind::Reply;
    command.content.text = draft.text;
    command.content.attachments = draft.attachments;
    if (!draft.rich.isEmpty())
        command.content.rich = json::canonical(withWords(json::object(draft.rich), draft.text));
    command.sendAt = held.sendAt;
    command.visibility = draft.visibility;
    if (held.hasWaited) {
        command.waited = held.seen;
        command.waited.at = held.pressedAt;
    }
    m_context.desk.submit(
        m_context.caller, draft.command, command,
        {this, [this, draft](const Result<api::Outcome> &outcome) { onOutcome(draft, outcome); }});
}

bool Outbox::isUnknown(ConversationId conversation) const
{
    return std::ranges::any_of(m_held, [&](const Held &held) {
        return held.draft.conversation == conversation && held.isUnknown;
    });
}

void Outbox::askAgain(ConversationId conversation)
{
    const std::vector<Held> snapshot = m_held;
    for (const Held &held : snapshot) {
        if (held.draft.conversation != conversation || !held.isSubmitted)
            continue;
        if (Held *waiting = find(held.draft.command))
            submit(*waiting);
    }
}

void Outbox::onOutcome(const Draft &draft, const Result<api::Outcome> &outcome)
{
    Held *asked = find(draft.command);
    if (!asked)
        return; // answered before
    const bool isUnknown = !outcome && (outcome.error().code == Error::Code::Unknown ||
                                        outcome.error().code == Error::Code::Cancelled);
    if (isUnknown) {
        asked->isUnknown = true;
        asked->releaseAt = m_context.clock.boot() + AskAgainAfter;
        m_timer.start();
        Q_EMIT heldChanged(draft.conversation);
        return Q_EMIT failed(draft.conversation,
                             Error{Error::Code::Unknown, outcome.error().detail, {}});
    }
    m_held.erase(
        std::remove_if(m_held.begin(), m_held.end(),
                       [&](const Held &held) { return held.draft.command == draft.command; }),
        m_held.end());
    if (!outcome) {
        m_drafts.giveBack(draft);
        m_drafts.flush();
    }
    m_drafts.dropHeld(draft);
    Q_EMIT heldChanged(draft.conversation);
    if (outcome)
        Q_EMIT sent(draft.conversation);
    else
        Q_EMIT failed(draft.conversation, outcome.error());
}

Outbox::Held *Outbox::find(CommandId command)
{
    for (Held &held : m_held) {
        if (held.draft.command == command)
            return &held;
    }
    return nullptr;
}

} // namespace peerdesk::ui

#include "moc_outbox.cpp"
