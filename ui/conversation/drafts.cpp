// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/drafts.h"

namespace peerdesk::ui {

Drafts::Drafts(const Context &context, DraftStore &store, QObject *parent)
    : QObject(parent)
    , m_context(context)
    , m_store(store)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(SaveAfter);
    connect(&m_timer, &QTimer::timeout, this, &Drafts::flush);
    m_store.load(context.caller.agent, {this, [this](const Result<std::vector<Draft>> &drafts) {
                                            drafts ? onLoaded(*drafts)
                                                   : Q_EMIT saveFailed(drafts.error());
                                        }});
}

void Drafts::onLoaded(const std::vector<Draft> &drafts)
{
    for (const Draft &draft : drafts) {
        if (!draft.command.isNull()) {
            recover(draft);
            continue;
        }
        const Key key{draft.conversation, draft.mode};
        if (m_drafts.contains(key))
            continue; // written since the window opened: the newer text wins
        m_drafts[key] = draft;
        m_started[key] = draft.savedAt;
        m_modes.try_emplace(draft.conversation, draft.mode);
        Q_EMIT changed(draft.conversation);
    }
}

void Drafts::recover(const Draft &held)
{
    m_context.desk.command(held.command, {this, [this, held](const Result<api::Outcome> &outcome) {
                                              if (outcome)
                                                  return dropHeld(held); // the office has it
                                              giveBack(held);
                                              flush();
                                              dropHeld(held);
                                          }});
}

Draft Drafts::draft(ConversationId conversation, DraftMode mode) const
{
    const auto it = m_drafts.find({conversation, mode});
    if (it != m_drafts.end())
        return it->second;
    Draft fresh;
    fresh.conversation = conversation;
    fresh.agent = m_context.caller.agent;
    fresh.mode = mode;
    return fresh;
}

void Drafts::edit(const Draft &draft)
{
    const Key key{draft.conversation, draft.mode};
    const auto it = m_drafts.find(key);
    if (it == m_drafts.end()
            ? draft.isEmpty()
            : it->second.text == draft.text && it->second.attachments == draft.attachments &&
                  it->second.rich == draft.rich && it->second.visibility == draft.visibility)
        return;
    Draft kept = draft;
    kept.command = {};
    kept.agent = m_context.caller.agent;
    kept.savedAt = m_context.clock.wall();
    if (draft.isEmpty())
        m_started.erase(key);
    else
        m_started.try_emplace(key, kept.savedAt);
    m_drafts[key] = kept;
    m_dirty.insert(key);
    m_timer.start();
    Q_EMIT changed(draft.conversation);
}

Time Drafts::startedAt(ConversationId conversation, DraftMode mode) const
{
    const auto it = m_started.find({conversation, mode});
    return it == m_started.end() ? Time{} : it->second;
}

DraftMode Drafts::mode(ConversationId conversation) const
{
    const auto it = m_modes.find(conversation);
    return it == m_modes.end() ? DraftMode::Reply : it->second;
}

void Drafts::setMode(ConversationId conversation, DraftMode mode)
{
    m_modes[conversation] = mode;
}

QString Drafts::preview(ConversationId conversation) const
{
    for (const DraftMode mode : {DraftMode::Reply, DraftMode::Note}) {
        const auto it = m_drafts.find({conversation, mode});
        if (it == m_drafts.end() || it->second.isEmpty())
            continue;
        const QString line = it->second.text.left(120).simplified();
        if (!line.isEmpty())
            return line;
        return it->second.attachments.empty()
                   ? tr("Rich message")
                   : tr("Attachments: %1").arg(it->second.attachments.size());
    }
    return {};
}

void Drafts::flush()
{
    m_timer.stop();
    for (const Key &key : std::exchange(m_dirty, {}))
        write(key);
}

void Drafts::write(const Key &key)
{
    m_store.save(m_drafts[key], {this, [this, key](const Result<Done> &done) {
                                     if (done)
                                         return Q_EMIT saved(key.first, key.second);
                                     m_dirty.insert(key); // the next change or flush tries again
                                     Q_EMIT saveFailed(done.error());
                                 }});
    if (m_drafts[key].isEmpty())
        m_drafts.erase(key);
}

void Drafts::keepHeld(const Draft &draft)
{
    m_store.save(draft, {this, [this](const Result<Done> &done) {
                             if (!done)
                                 Q_EMIT saveFailed(done.error());
                         }});
}

void Drafts::dropHeld(const Draft &draft)
{
    Draft empty = draft;
    empty.text.clear();
    empty.attachments.clear();
    empty.rich = {};
    keepHeld(empty);
}

void Drafts::giveBack(const Draft &held)
{
    Draft now = draft(held.conversation, held.mode);
    if (now.text == held.text && now.attachments == held.attachments && now.rich == held.rich)
        return; // it was stored twice around a crash
    now.text = now.text.isEmpty() ? held.text : held.text + QStringLiteral("\n\n") + now.text;
    now.attachments.insert(now.attachments.begin(), held.attachments.begin(),
                           held.attachments.end());
    if (!held.rich.isEmpty())
        now.rich = held.rich; // one message has one
    now.visibility = held.visibility;
    setMode(held.conversation, held.mode);
    edit(now);
}

} // namespace peerdesk::ui

#include "moc_drafts.cpp"
