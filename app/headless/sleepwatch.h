// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/node/node.h"

#include <QDBusUnixFileDescriptor>

namespace peerdesk::app {

/// Lets a node hand over before its PC sleeps: logind waits for who holds a lock of the kind
/// "delay". Without logind nothing happens, and the others notice the silence. Goes with the node.
/// Source: systemd, org.freedesktop.login1(5). Thread: the node's own.
class SleepWatch final : public QObject
{
    Q_OBJECT

public:
    explicit SleepWatch(node::NodeProcess &node);

private Q_SLOTS:
    void onPrepareForSleep(bool begins);

private:
    void hold();

    node::NodeProcess &m_node;
    QDBusUnixFileDescriptor m_lock;
    bool m_isSleepNear = false;
};

} // namespace peerdesk::app
