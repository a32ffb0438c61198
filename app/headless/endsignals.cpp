// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/endsignals.h"

#include <QSocketNotifier>

#include <csignal>
#include <sys/eventfd.h>
#include <unistd.h>

namespace peerdesk::app {

namespace {

volatile sig_atomic_t wakes = -1; ///< a handler gets no argument; written once, before it is set

void onSignal(int)
{
    const uint64_t one = 1;
    (void)!::write(wakes, &one, sizeof one); // full = somebody will be woken already
}

} // namespace

int endSignals()
{
    wakes = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    struct sigaction action
    {
    };
    action.sa_handler = &onSignal;
    action.sa_flags = SA_RESTART;
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
    return wakes;
}

EndNotifier::EndNotifier(int descriptor, QObject *parent)
    : QObject(parent)
{
    auto *notifier = new QSocketNotifier(descriptor, QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this, descriptor](QSocketDescriptor) {
        uint64_t count = 0;
        if (::read(descriptor, &count, sizeof count) == sizeof count)
            Q_EMIT endRequested();
    });
}

} // namespace peerdesk::app

#include "moc_endsignals.cpp"
