// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace peerdesk::app {

/// SIGTERM and SIGINT as a readable descriptor; they no longer end the process by themselves.
/// Programs that are started from here get them as usual. Call it once, early.
int endSignals();

/// Says that somebody asked the program to end. Thread: the creating one, with an event loop.
class EndNotifier final : public QObject
{
    Q_OBJECT

public:
    explicit EndNotifier(int descriptor, QObject *parent = nullptr);

Q_SIGNALS:
    void endRequested();
};

} // namespace peerdesk::app
