// SPDX-License-Identifier: GPL-3.0-or-later
/// Newest-first search over many messages: median and p99 of each kind of query, JSON on standard
/// output. Arguments: messages (default 1000000), repetitions per query (default 20), file
/// (default: temporary; an existing one is searched as it is).
#include "core/store/searchstore.h"
#include "tests/bench/figures.h"
#include "tests/core/store/storefixtures.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QTemporaryDir>

#include <cmath>
#include <random>

using namespace peerdesk;
using namespace peerdesk::store;
using namespace Qt::StringLiterals;

namespace {

constexpr int MessagesPerGroup = 5000;
constexpr int Vocabulary = 50'000;

/// Words as frequent as in a language (Zipf): number n is about 1/n as common as the first.
class Writer
{
public:
    QString sentence()
    {
        QString text;
        const int length = 8 + int(m_random() % 20);
        for (int i = 0; i < length; ++i)
            text += word() + u' ';
        if (m_random() % 10 == 0)
            text += u"我想查询订单%1状态"_s.arg(m_random() % 1000);
        return text;
    }

private:
    QString word()
    {
        const double uniform = double(m_random() % 1'000'000 + 1) / 1'000'000;
        const int rank = int(std::pow(double(Vocabulary), uniform));
        if (rank < 3)
            return rank == 1 ? u"the"_s : u"đơn"_s;
        // Spread over the alphabet, so that beginnings are shared as in a language.
        QString out;
        for (quint32 rest = quint32(rank) * 2654435761U; rest > 0 && out.size() < 7; rest /= 26)
            out += QChar(u'a' + char16_t(rest % 26));
        return out;
    }

    std::mt19937 m_random{20261121}; // fixed seed: every run writes the same
};

void fill(SearchStore &store, int messages)
{
    Writer writer;
    int number = 0;
    while (number < messages) {
        std::vector<SearchDocument> documents;
        for (int i = 0; i < MessagesPerGroup && number < messages; ++i, ++number) {
            documents.push_back({fixtures::idOf<MessageId>("m", number),
                                 fixtures::idOf<ConversationId>("c", number / 10),
                                 fixtures::Start + Milliseconds(number), writer.sentence()});
        }
        if (const auto indexed = store.index(documents, quint64(number)); !indexed)
            qFatal("%s", qPrintable(indexed.error().detail));
    }
}

struct Measured
{
    QString query;
    int hits = 0;
    std::vector<double> milliseconds;
};

Measured measure(SearchStore &store, const QString &query, int repetitions)
{
    Measured measured{query, 0, {}};
    for (int i = 0; i < repetitions; ++i) {
        QElapsedTimer timer;
        timer.start();
        const auto found = store.search(query, 50);
        measured.milliseconds.push_back(double(timer.nsecsElapsed()) / 1e6);
        measured.hits = found ? int(found->size()) : -1;
    }
    return measured;
}

/// Common and rare words, beginnings of one letter and more, several words, what needs folding
/// ("don" finds "đơn"), parts of runs without spaces, and what nobody wrote.
QStringList queries()
{
    const QString sample = Writer().sentence();
    const QStringList words = sample.split(u' ', Qt::SkipEmptyParts);
    QStringList queries{u"the"_s, u"đơn"_s,  u"don"_s,           u"don the"_s, u"t"_s,    u"th"_s,
                        u"a"_s,   u"订单"_s, u"查询订单7状态"_s, u"询订"_s,    u"状态"_s, u"单"_s};
    queries << words.mid(0, 6) << sample.left(30) << words[3].left(3) << words[4].left(4)
            << u"the "_s + words[5] << u"neverwritten"_s;
    return queries;
}

QJsonObject figures(const std::vector<Measured> &all)
{
    QJsonArray kinds;
    std::vector<double> together;
    double worst = 0;
    for (const Measured &one : all) {
        const double p99 = bench::quantile(one.milliseconds, 0.99);
        kinds.append(QJsonObject{{u"query"_s, one.query},
                                 {u"hits"_s, one.hits},
                                 {u"median_ms"_s, bench::median(one.milliseconds)},
                                 {u"p99_ms"_s, p99}});
        together.insert(together.end(), one.milliseconds.begin(), one.milliseconds.end());
        worst = std::max(worst, p99);
    }
    return {{u"median_ms"_s, bench::median(together)},
            {u"p99_ms"_s, bench::quantile(together, 0.99)},
            {u"worst_query_p99_ms"_s, worst},
            {u"queries"_s, kinds}};
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    const int messages = arguments.value(1, u"1000000"_s).toInt();
    const int repetitions = arguments.value(2, u"20"_s).toInt();
    QTemporaryDir temporary;
    const auto store = SearchStore::open(arguments.value(3, temporary.filePath(u"search.db"_s)));
    if (!store)
        qFatal("%s", qPrintable(store.error().detail));
    QElapsedTimer timer;
    timer.start();
    if ((*store)->appliedIndex() == 0)
        fill(**store, messages);
    const double seconds = double(timer.elapsed()) / 1000;
    std::vector<Measured> measured;
    for (const QString &query : queries())
        measured.push_back(measure(**store, query, repetitions));
    QJsonObject out = figures(measured);
    out.insert(u"bench"_s, u"search, newest first"_s);
    out.insert(u"messages"_s, qint64((*store)->appliedIndex()));
    out.insert(u"index_seconds"_s, seconds);
    out.insert(u"target_p99_ms"_s, 10);
    bench::print(out);
    return 0;
}
