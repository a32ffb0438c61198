// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/desktop.h"
#include "app/headless/doorway.h"
#include "app/headless/endsignals.h"
#include "core/doors/control.h"
#include "core/doors/verbline.h"

#include <QApplication>
#include <QJsonDocument>

#include <cstdio>

using namespace peerdesk;
using namespace Qt::StringLiterals;

namespace {

/// A verb for the node that runs on this folder.
int runVerb(QCoreApplication &app, const doors::VerbLine &line)
{
    const Result<doors::VerbLine> complete = doors::withFiles(line);
    if (!complete) {
        std::fprintf(stderr, "peerdesk: %s\n", qPrintable(complete.error().detail));
        return int(doors::Exit::Refused);
    }
    doors::ControlClient client;
    client.send(
        complete->dataDir, complete->verb, complete->arguments,
        {&client, [&](const Result<QJsonObject> &answer) {
             if (answer)
                 std::printf("%s\n", line.wantsJson ? QJsonDocument(*answer).toJson().constData()
                                                    : qPrintable(doors::readable(*answer)));
             else
                 std::fprintf(stderr, "peerdesk: %s\n", qPrintable(answer.error().detail));
             QMetaObject::invokeMethod(
                 &app,
                 [isDone = bool(answer)] {
                     QCoreApplication::exit(int(isDone ? doors::Exit::Done : doors::Exit::Refused));
                 },
                 Qt::QueuedConnection);
         }});
    return QCoreApplication::exec();
}

desktop::Desktop::Options optionsOf(const doors::VerbLine &line, const QStringList &words,
                                    bool isDemo)
{
    desktop::Desktop::Options options;
    options.office.dataDir = line.dataDir;
    options.office.http = line.arguments.value(u"http"_s).toString(options.office.http);
    options.office.certificateFile = line.arguments.value(u"certificate"_s).toString();
    options.office.certificateKeyFile = line.arguments.value(u"certificate-key"_s).toString();
    options.office.peer = line.arguments.value(u"peer"_s).toString(u":0"_s);
    options.office.firstPeerPort = desktop::Desktop::PeerPort;
    options.office.keystore = line.keystore;
    options.office.passphrase = qEnvironmentVariable("PEERDESK_KEYSTORE_PASSPHRASE");
    options.office.timeScale =
        line.arguments.value(u"time-scale"_s).toString(u"1"_s).toDouble(); // checked before
    options.isKeystoreNamed = std::any_of(words.begin(), words.end(), [](const QString &word) {
        return word.startsWith(u"--keystore"_s);
    });
    options.isDemo = isDemo;
    options.pictures = desktop::Pictures::wantedFolder();
    options.agent = qEnvironmentVariable("PEERDESK_PICTURES_AGENT");
    return options;
}

} // namespace

int main(int argc, char **argv)
{
    QStringList words;
    for (int i = 1; i < argc; ++i)
        words += QString::fromLocal8Bit(argv[i]);
    const bool isDemo = words.removeAll(u"--demo"_s) > 0;
    if (words.isEmpty() || words.front().startsWith(u'-'))
        words.prepend(u"run"_s);
    QCoreApplication::setApplicationName(u"peerdesk"_s);
    if (words.contains(u"--help"_s) || words.contains(u"-h"_s)) {
        std::printf("%s  --demo\n      sample data, no office needed\nWithout a subcommand the "
                    "window opens.\n",
                    qPrintable(doors::usage(u"peerdesk"_s)));
        return int(doors::Exit::Done);
    }
    if (words.contains(u"--version"_s)) {
        std::printf("peerdesk %s\n", PEERDESK_VERSION);
        return int(doors::Exit::Done);
    }
    const Result<doors::VerbLine> line = doors::parseVerbLine(words);
    if (!line) {
        std::fprintf(stderr, "peerdesk: %s\n%s", qPrintable(line.error().detail),
                     qPrintable(doors::usageAfterSlip(u"peerdesk"_s, words)));
        return int(doors::Exit::Usage);
    }
    if (line->verb != u"run") {
        QCoreApplication application(argc, argv);
        return runVerb(application, *line);
    }
    if (line->arguments.contains(u"witness"_s)) {
        std::fprintf(stderr,
                     "peerdesk: a witness has no window: \"peerdesk-node run --witness\"\n");
        return int(doors::Exit::Usage);
    }
    if (const QString http = line->arguments.value(u"http"_s).toString(); !http.isEmpty()) {
        if (const auto place = app::hostAndPort(http); !place) {
            std::fprintf(stderr, "peerdesk: %s\n", qPrintable(place.error().detail));
            return int(doors::Exit::Usage);
        }
    }
    const int descriptor = app::endSignals();
    QApplication application(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false); // the node closes its files first
    desktop::Desktop program(optionsOf(*line, words, isDemo));
    const app::EndNotifier ending(descriptor);
    QObject::connect(&ending, &app::EndNotifier::endRequested, &program, &desktop::Desktop::quit);
    QObject::connect(&program, &desktop::Desktop::ended, &application, &QCoreApplication::quit);
    program.start();
    return QApplication::exec();
}
