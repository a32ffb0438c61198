// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/notifier.h"

#include "ui/common/icons.h"

#include <QApplication>

namespace peerdesk::ui {

namespace {
constexpr qint64 QuietMs = 3000;
constexpr int MaxMessagesPerChange = 20; ///< a burst is one notice anyway
} // namespace

Notifier::Notifier(const Context &context, Offers &offers, QWidget *window)
    : QObject(window)
    , m_context(context)
    , m_window(window)
{
    connect(&context.desk, &api::Desk::changed, this, &Notifier::onChanged);
    connect(&offers, &Offers::appeared, this, [this](const api::Offer &offer) {
        m_last = {};
        notify(tr("Offer: %1").arg(offer.customerName), offer.snippet);
    });
    ensureTray();
}

void Notifier::ensureTray()
{
    if (m_tray || !QSystemTrayIcon::isSystemTrayAvailable())
        return;
    m_tray = new QSystemTrayIcon(makeIcon(Icon::Inbox, m_context.look.theme().accent, 22), this);
    m_tray->setToolTip(tr("Peerdesk"));
    m_tray->show();
    const auto raise = [this] {
        m_window->showNormal();
        m_window->raise();
        m_window->activateWindow();
    };
    connect(m_tray, &QSystemTrayIcon::activated, this, raise);
    connect(m_tray, &QSystemTrayIcon::messageClicked, this, [this, raise] {
        raise();
        if (!m_last.isNull())
            Q_EMIT conversationWanted(m_last);
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
                                        if (message && message->kind == MessageKind::Inbound)
                                            onInbound(*message);
                                    }});
    }
}

void Notifier::onInbound(const Message &message)
{
    const Time now = m_context.clock.wall();
    if (now - message.createdAt > Milliseconds(60'000))
        return; // history that is being copied
    const QString text = message.content.text.left(120).simplified();
    m_context.desk.conversation(
        message.conversation,
        {this, [this, text](const Result<Conversation> &conversation) {
             if (!conversation || conversation->assignee != m_context.caller.agent)
                 return;
             if (m_sinceNotice.isValid() && m_sinceNotice.elapsed() < QuietMs)
                 return;
             m_last = conversation->id;
             notify(conversation->customerName, text);
         }});
}

void Notifier::notify(const QString &title, const QString &text)
{
    if (m_window->isActiveWindow())
        return;
    m_sinceNotice.start();
    QApplication::alert(m_window);
    ensureTray();
    if (m_tray && QSystemTrayIcon::supportsMessages())
        m_tray->showMessage(title, text);
}

} // namespace peerdesk::ui
