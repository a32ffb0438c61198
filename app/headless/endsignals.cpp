// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/endsignals.h"

#include <QSocketNotifier>

#include <csignal>
#include <sys/signalfd.h>
#include <unistd.h>

namespace peerdesk::app {

int endSignals()
{
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ending, nullptr);
    return signalfd(-1, &ending, SFD_NONBLOCK | SFD_CLOEXEC);
}

EndNotifier::EndNotifier(int descriptor, QObject *parent)
    : QObject(parent)
{
    auto *notifier = new QSocketNotifier(descriptor, QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this, descriptor](QSocketDescriptor) {
        signalfd_siginfo signal{};
        if (::read(descriptor, &signal, sizeof signal) == sizeof signal)
            Q_EMIT endRequested();
    });
}

} // namespace peerdesk::app
