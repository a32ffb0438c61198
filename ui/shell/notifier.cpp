// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/notifier.h"

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int MaxMessagesPerChange = 20; ///< a burst is one notice anyway
} // namespace

Notifier::Notifier(const Context &context, const Preferences &preferences, Tray &tray,
                   QWidget *window)
    : QObject(window)
    , m_context(context)
    , m_preferences(preferences)
    , m_tray(tray)
    , m_window(window)
{
    connect(&context.desk, &api::Desk::changed, this, &Notifier::onChanged);
    connect(&tray, &Tray::noticeClicked, this, [this] { Q_EMIT wanted(m_last); });
    connect(&tray, &Tray::iconClicked, this, [this] { Q_EMIT wanted({}); });
}

void Notifier::watch(Offers &offers)
{
    connect(&offers, &Offers::appeared, this, [this](const api::Offer &offer) {
        if (m_window->isActiveWindow())
            return;
        m_last = {};
        m_tray.alert(*m_window, true);
        m_tray.notify(tr("Offer: %1").arg(offer.customerName), offer.snippet);
    });
}

void Notifier::onChanged(const api::Changes &changes)
{
    if (m_window->isActiveWindow())
        return;
    int asked = 0;
    for (const MessageId id : changes.messages) {
        if (++asked > MaxMessagesPerChange)
            return;
        m_context.desk.message(id, {this, [this](const Result<Message> &message) {
                                        if (message)
                                            onMessage(*message);
                                    }});
    }
}

bool Notifier::isMention(const Message &message) const
{
    if (message.kind != MessageKind::Note || message.author == m_context.caller.agent)
        return false;
    const QString name = m_context.caller.name.simplified();
    const QString &text = message.content.text;
    return text.contains(u'@' + QString(name).replace(u' ', u'.'), Qt::CaseInsensitive) ||
           text.contains(u'@' + name.section(u' ', 0, 0) + u' ', Qt::CaseInsensitive);
}

void Notifier::onMessage(const Message &message)
{
    if (m_window->isActiveWindow())
        return;
    const Time now = m_context.clock.wall();
    if (now - message.createdAt > Milliseconds(60'000))
        return; // an old message that only changed its state
    if (isMention(message)) {
        if (m_preferences.tells(Notice::Mention))
            tellMessage(message, true);
    } else if (message.kind == MessageKind::Inbound && m_preferences.tells(Notice::Message)) {
        tellMessage(message, false);
    }
}

void Notifier::tellMessage(const Message &message, bool isMention)
{
    m_context.desk.conversation(
        message.conversation,
        {this, [this, isMention, text = message.content.text.left(120).simplified()](
                   const Result<Conversation> &conversation) {
             if (!conversation || (!isMention && conversation->assignee != m_context.caller.agent))
                 return;
             const Milliseconds now = m_context.clock.boot();
             if (m_lastNotice && now - *m_lastNotice < Quiet)
                 return;
             m_lastNotice = now;
             m_last = conversation->id;
             m_tray.alert(*m_window, false);
             m_tray.notify(isMention ? tr("You are mentioned: %1").arg(conversation->customerName)
                                     : conversation->customerName,
                           text);
         }});
}

} // namespace peerdesk::ui

#include "moc_notifier.cpp"
