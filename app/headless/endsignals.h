// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace peerdesk::app {

/// SIGTERM and SIGINT as a readable descriptor. Call it before any thread starts, so that none is
/// hit; the signals no longer end the process by themselves.
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
