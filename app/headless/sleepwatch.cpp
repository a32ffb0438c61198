// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/sleepwatch.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

using namespace Qt::StringLiterals;

namespace peerdesk::app {

namespace {

const QString Service = u"org.freedesktop.login1"_s;
const QString Path = u"/org/freedesktop/login1"_s;
const QString Manager = u"org.freedesktop.login1.Manager"_s;

} // namespace

SleepWatch::SleepWatch(node::NodeProcess &node)
    : QObject(&node)
    , m_node(node)
{
    QDBusConnection bus = QDBusConnection::systemBus();
    if (!bus.isConnected())
        return;
    bus.connect(Service, Path, Manager, u"PrepareForSleep"_s, this, SLOT(onPrepareForSleep(bool)));
    connect(&node, &node::NodeProcess::rested, this, [this] {
        if (m_isSleepNear) // else it is awake again, with a lock for the next time
            m_lock = {};
    });
    hold();
}

void SleepWatch::hold()
{
    QDBusMessage call = QDBusMessage::createMethodCall(Service, Path, Manager, u"Inhibit"_s);
    call << u"sleep"_s << u"Peerdesk"_s
         << tr("Another PC takes over what this one does for the office") << u"delay"_s;
    auto *watcher = new QDBusPendingCallWatcher(QDBusConnection::systemBus().asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<QDBusUnixFileDescriptor> reply = *watcher;
        if (reply.isError())
            qInfo("sleep is not waited for: %ls", qUtf16Printable(reply.error().message()));
        else
            m_lock = reply.value();
        watcher->deleteLater();
    });
}

void SleepWatch::onPrepareForSleep(bool begins)
{
    m_isSleepNear = begins;
    if (begins)
        return m_node.rest();
    m_node.wake();
    hold();
}

} // namespace peerdesk::app

#include "moc_sleepwatch.cpp"
