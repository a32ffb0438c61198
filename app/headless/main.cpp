// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/endsignals.h"
#include "app/headless/keystore.h"
#include "app/headless/program.h"

#include <QCoreApplication>
#include <QTextStream>
#include <QTimer>

#include <algorithm>

using namespace peerdesk;

int main(int argc, char *argv[])
{
    const int descriptor = app::endSignals();
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("peerdesk-node"));

    const QStringList words = QCoreApplication::arguments().mid(1);
    if (words.contains(QStringLiteral("--help")) || words.contains(QStringLiteral("-h"))) {
        QTextStream(stdout) << doors::usage(QStringLiteral("peerdesk-node"));
        return int(doors::Exit::Done);
    }
    if (words.contains(QStringLiteral("--version"))) {
        QTextStream(stdout) << "peerdesk-node " PEERDESK_VERSION "\n";
        return int(doors::Exit::Done);
    }
    Result<doors::VerbLine> line = doors::parseVerbLine(words);
    if (!line) {
        QTextStream(stderr) << "peerdesk-node: " << line.error().detail << "\n"
                            << doors::usageAfterSlip(QStringLiteral("peerdesk-node"), words);
        return int(doors::Exit::Usage);
    }
    const bool isKeystoreNamed = std::any_of(words.begin(), words.end(), [](const QString &word) {
        return word.startsWith(QStringLiteral("--keystore"));
    });
    if (!isKeystoreNamed)
        line->keystore = app::keptKeystore(line->dataDir);
    // Only the keychain wants glib's event loop in every thread; Qt's own costs a fifth less time.
    if (line->keystore.startsWith(u"file:"))
        qputenv("QT_NO_THREADED_GLIB", "1");
    app::Program program(*line);
    QObject::connect(&program, &app::Program::ended, &application, &QCoreApplication::exit,
                     Qt::QueuedConnection);
    const app::EndNotifier ending(descriptor);
    QObject::connect(&ending, &app::EndNotifier::endRequested, &program, &app::Program::stop);
    QTimer::singleShot(0, &program, &app::Program::start);
    return QCoreApplication::exec();
}
