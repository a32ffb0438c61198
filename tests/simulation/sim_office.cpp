// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulation.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QTemporaryDir>

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace peerdesk::simulation;
using namespace Qt::StringLiterals;

namespace {

constexpr int DigestBytes = 64;

/// One office, played and judged; 0 = every promise was kept. What happened is told to `digest`.
int play(Simulation::Options options, const QString &again, int digest)
{
    // Memory where there is some: nothing of it is to outlive the run.
    const QTemporaryDir folder((QDir(u"/dev/shm"_s).exists() ? u"/dev/shm"_s : QDir::tempPath()) +
                               u"/office-XXXXXX"_s);
    if (!folder.isValid())
        return 2;
    options.folder = folder.path();
    QElapsedTimer took;
    took.start();
    const Simulation::Outcome outcome = Simulation(options).play();
    printf(
        "seed %llu: %d PCs (%d in all), %lld s, %d faults, %d items, %d replies (%d maybe sent), "
        "%llu entries, %lld writes and %lld files lost, longest gap %.1f s, %s; %.1f s\n",
        options.seed, options.pcs, outcome.pcs, options.length / 1_sec, outcome.faults,
        outcome.items, outcome.replies, outcome.uncertain, outcome.facts, outcome.lostWrites,
        outcome.lostFiles, double(outcome.longestGap) / 1e6, outcome.digest.left(16).constData(),
        double(took.elapsed()) / 1000);
    if (!outcome.breach.isEmpty())
        printf("  BROKEN %s\n  again: %s --seed %llu --trace\n", qPrintable(outcome.breach),
               qPrintable(again), options.seed);
    fflush(stdout);
    const bool isTold = write(digest, outcome.digest.constData(), DigestBytes) == DigestBytes;
    return outcome.breach.isEmpty() && isTold ? 0 : 1;
}

/// The same in a process of its own: libraries keep things, and a seed is to play the same again.
/// Empty if it broke a promise, else what happened.
/// `garbage` fills memory that was never set: what comes from it is another the second time.
QByteArray playApart(const Simulation::Options &options, const QString &again, int garbage)
{
    int digest[2];
    if (pipe(digest) != 0)
        return {};
    const pid_t office = fork();
    if (office == 0) {
        mallopt(M_PERTURB, garbage);
        int argc = 1;
        char name[] = "sim_office";
        char *argv[] = {name, nullptr};
        const QCoreApplication app(argc, argv);
        lieUnderSqlite();
        const int code = play(options, again, digest[1]);
        _exit(code);
    }
    close(digest[1]);
    QByteArray said(DigestBytes, '\0');
    const bool isSaid = read(digest[0], said.data(), DigestBytes) == DigestBytes;
    close(digest[0]);
    int status = 0;
    if (office < 0 || waitpid(office, &status, 0) != office)
        return {};
    if (!WIFEXITED(status))
        printf("seed %llu: the program ended by signal %d\n", options.seed, WTERMSIG(status));
    return isSaid && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? said : QByteArray();
}

} // namespace

int main(int argc, char **argv)
{
    qputenv("QT_HASH_SEED", "0");
    qSetMessagePattern(u"%{message}"_s);
    QCommandLineParser parser;
    parser.addOptions({{u"seed"_s, u"of the first office"_s, u"N"_s, u"1"_s},
                       {u"seeds"_s, u"how many offices"_s, u"N"_s, u"1"_s},
                       {u"pcs"_s, u"PCs of each"_s, u"N"_s, u"3"_s},
                       {u"seconds"_s, u"of each, simulated"_s, u"N"_s, u"600"_s},
                       {u"every"_s, u"seconds between faults, on average"_s, u"N"_s, u"30"_s},
                       {u"customers"_s, u"seconds between messages"_s, u"N"_s, u"6"_s},
                       {u"calm"_s, u"times as long timers of an election"_s, u"N"_s, u"1"_s},
                       {u"only"_s, u"one kind of fault"_s, u"KIND"_s},
                       {u"twice"_s, u"each office twice: the same has to happen"_s},
                       {u"trace"_s, u"what happens"_s}});
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments += QString::fromLocal8Bit(argv[i]);
    const QCommandLineOption help = parser.addHelpOption();
    const bool isUnderstood = parser.parse(arguments);
    if (!isUnderstood || parser.isSet(help)) {
        fprintf(isUnderstood ? stdout : stderr, "%s\n",
                qPrintable(parser.errorText() + u'\n' + parser.helpText()));
        return isUnderstood ? 0 : 2;
    }
    const auto number = [&parser](const QString &name) { return parser.value(name).toLongLong(); };
    Simulation::Options options;
    options.pcs = int(number(u"pcs"_s));
    options.length = number(u"seconds"_s) * 1_sec;
    options.faultEvery = number(u"every"_s) * 1_sec;
    options.customerEvery = number(u"customers"_s) * 1_sec;
    options.calm = int(number(u"calm"_s));
    options.only = parser.value(u"only"_s);
    options.isTraced = parser.isSet(u"trace"_s);
    bool isGood = true;
    const auto first = quint64(number(u"seed"_s));
    for (options.seed = first; options.seed < first + quint64(number(u"seeds"_s)); ++options.seed) {
        const QByteArray happened = playApart(options, arguments.join(u' '), 0x55);
        isGood = isGood && !happened.isEmpty();
        if (parser.isSet(u"twice"_s) &&
            playApart(options, arguments.join(u' '), 0xaa) != happened) {
            printf("seed %llu: something else happened the second time\n", options.seed);
            isGood = false;
        }
    }
    return isGood ? 0 : 1;
}
