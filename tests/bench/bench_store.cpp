// SPDX-License-Identifier: GPL-3.0-or-later
/// Durable facts per second at 64 facts per commit, against SQLite's own rate for rows of the same
/// size in the same run: alternating rounds, medians, JSON on standard output.
/// Arguments: rounds (default 30), groups per round (default 20), folder (default: temporary).
#include "core/store/logstore.h"
#include "core/store/officestore.h"
#include "tests/core/store/storefixtures.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <sqlite3.h>

using namespace peerdesk;
using namespace peerdesk::store;
using namespace Qt::StringLiterals;

namespace {

constexpr int FactsPerCommit = 64;

[[noreturn]] void die(const QString &why)
{
    qFatal("%s", qPrintable(why));
}

/// Entries that hold `count` facts altogether, numbered on from `next`.
std::vector<LogEntry> factsGroup(int &next, int count)
{
    std::vector<LogEntry> entries;
    while (count > 0) {
        events::Batch batch = fixtures::inboundBatch(next);
        if (int(batch.facts.size()) > count)
            batch.facts.resize(size_t(count));
        count -= int(batch.facts.size());
        entries.push_back(fixtures::entryOf(quint64(next), batch));
        ++next;
    }
    return entries;
}

/// SQLite through its C interface: one table, one index-free insert per row, one commit per group.
class RawSqlite
{
public:
    explicit RawSqlite(const QString &path)
    {
        run(sqlite3_open(path.toUtf8().constData(), &m_db));
        for (const char *sql :
             {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA cache_size=-16384",
              "CREATE TABLE fact (position INTEGER PRIMARY KEY, body BLOB NOT NULL)"})
            run(sqlite3_exec(m_db, sql, nullptr, nullptr, nullptr));
        run(sqlite3_prepare_v2(m_db, "INSERT INTO fact (body) VALUES (?)", -1, &m_insert, nullptr));
    }
    ~RawSqlite()
    {
        sqlite3_finalize(m_insert);
        sqlite3_close(m_db);
    }
    RawSqlite(const RawSqlite &) = delete;
    RawSqlite &operator=(const RawSqlite &) = delete;

    void commit(const QByteArray &row, int rows)
    {
        run(sqlite3_exec(m_db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr));
        for (int i = 0; i < rows; ++i) {
            sqlite3_bind_blob(m_insert, 1, row.constData(), int(row.size()), nullptr);
            sqlite3_step(m_insert);
            run(sqlite3_reset(m_insert));
        }
        run(sqlite3_exec(m_db, "COMMIT", nullptr, nullptr, nullptr));
    }

private:
    void run(int code)
    {
        if (code != SQLITE_OK)
            die(QString::fromUtf8(sqlite3_errmsg(m_db)));
    }

    sqlite3 *m_db = nullptr;
    sqlite3_stmt *m_insert = nullptr;
};

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

double perSecond(int count, const QElapsedTimer &timer)
{
    return count * 1e9 / double(timer.nsecsElapsed());
}

/// The product's two files, driven as the node drives them.
class Product
{
public:
    explicit Product(const QString &folder)
    {
        auto log = LogStore::open(folder + u"/raft.db"_s);
        auto office = OfficeStore::open(folder + u"/office.db"_s);
        if (!log || !office)
            die(u"cannot open the stores in "_s + folder);
        m_log = std::move(*log);
        m_office = std::move(*office);
    }

    void append(const std::vector<LogEntry> &entries)
    {
        if (const auto appended = m_log->append(entries); !appended)
            die(appended.error().detail);
    }
    void apply(const std::vector<LogEntry> &entries)
    {
        if (const auto applied = m_office->apply(entries); !applied)
            die(applied.error().detail);
    }

private:
    std::unique_ptr<LogStore> m_log;
    std::unique_ptr<OfficeStore> m_office;
};

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    const int rounds = arguments.value(1, u"30"_s).toInt();
    const int groups = arguments.value(2, u"20"_s).toInt();
    QTemporaryDir temporary;
    const QString folder = arguments.value(3, temporary.path());
    const int facts = groups * FactsPerCommit;

    Product product(folder);
    RawSqlite raw(folder + u"/raw.db"_s);
    int next = 1;
    std::vector<double> rawRates, productRates, appendRates, applyRates, ratios;
    for (int round = 0; round < rounds; ++round) {
        std::vector<std::vector<LogEntry>> work;
        qsizetype bytes = 0;
        for (int i = 0; i < groups; ++i) {
            work.push_back(factsGroup(next, FactsPerCommit));
            for (const LogEntry &entry : work.back())
                bytes += entry.payload.size();
        }
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < groups; ++i)
            raw.commit(QByteArray(bytes / facts, 'x'), FactsPerCommit);
        rawRates.push_back(perSecond(facts, timer));

        double appendSeconds = 0;
        timer.start();
        for (const auto &entries : work) {
            QElapsedTimer append;
            append.start();
            product.append(entries);
            appendSeconds += double(append.nsecsElapsed()) / 1e9;
            product.apply(entries);
        }
        const double seconds = double(timer.nsecsElapsed()) / 1e9;
        productRates.push_back(facts / seconds);
        appendRates.push_back(facts / appendSeconds);
        applyRates.push_back(facts / (seconds - appendSeconds));
        ratios.push_back(productRates.back() / rawRates.back());
    }
    const QJsonObject out{{u"bench"_s, u"durable facts, 64 per commit"_s},
                          {u"rounds"_s, rounds},
                          {u"facts_per_round"_s, facts},
                          {u"raw_sqlite_facts_per_second"_s, median(rawRates)},
                          {u"append_then_apply_facts_per_second"_s, median(productRates)},
                          {u"append_facts_per_second"_s, median(appendRates)},
                          {u"apply_facts_per_second"_s, median(applyRates)},
                          {u"ratio"_s, median(ratios)},
                          {u"target_ratio"_s, 0.4}};
    std::printf("%s\n", QJsonDocument(out).toJson(QJsonDocument::Indented).constData());
    return 0;
}
