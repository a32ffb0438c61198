// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/program.h"

#include <QCoreApplication>
#include <QSocketNotifier>
#include <QTextStream>
#include <QTimer>

#include <csignal>
#include <sys/signalfd.h>
#include <unistd.h>

using namespace peerdesk;

namespace {

/// SIGTERM and SIGINT as a readable descriptor. Before any thread starts, so that none is hit.
int endSignals()
{
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ending, nullptr);
    return signalfd(-1, &ending, SFD_NONBLOCK | SFD_CLOEXEC);
}

} // namespace

int main(int argc, char *argv[])
{
    const int descriptor = endSignals();
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("peerdesk-node"));

    const QStringList words = QCoreApplication::arguments().mid(1);
    if (words.contains(QStringLiteral("--help")) || words.contains(QStringLiteral("-h"))) {
        QTextStream(stdout) << doors::usage(QStringLiteral("peerdesk-node"));
        return int(doors::Exit::Done);
    }
    const Result<doors::VerbLine> line = doors::parseVerbLine(words);
    if (!line) {
        QTextStream(stderr) << "peerdesk-node: " << line.error().detail << "\n\n"
                            << doors::usage(QStringLiteral("peerdesk-node"));
        return int(doors::Exit::Usage);
    }
    app::Program program(*line);
    QObject::connect(&program, &app::Program::ended, &application, &QCoreApplication::exit,
                     Qt::QueuedConnection);
    QSocketNotifier notifier(descriptor, QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &program, [&](QSocketDescriptor) {
        signalfd_siginfo signal{};
        if (::read(descriptor, &signal, sizeof signal) == sizeof signal)
            program.stop();
    });
    QTimer::singleShot(0, &program, &app::Program::start);
    return QCoreApplication::exec();
}
