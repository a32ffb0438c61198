// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/consensus.h"

#include <QThread>

#include <utility>

namespace peerdesk::cluster {

namespace {

/// Most payload bytes in one transaction: bounds its time (raft-notes: at most 20 ms).
constexpr qsizetype MaxGroupBytes = 1024 * 1024;
/// Entries kept in the log although they are applied: what a slow reader may still want.
constexpr quint64 Trailing = 4096;
/// How many entries the log is read by at start.
constexpr int ReplayPage = 512;

/// Lives in the log thread: the only writer of raft.db.
class LogWriter final : public QObject
{
    Q_OBJECT

public:
    explicit LogWriter(QString path)
        : m_path(std::move(path))
    {}

    void open()
    {
        Result<std::unique_ptr<store::LogStore>> log = store::LogStore::open(m_path);
        if (!log)
            return Q_EMIT failed(log.error(), 0);
        m_log = std::move(*log);
        Q_EMIT opened(m_log->term(), m_log->firstIndex(), m_log->lastIndex());
    }

    void replay(quint64 appliedIndex)
    {
        // A raft.db from a backup, or a new one: what the tables hold was committed, so it stays.
        if (appliedIndex > m_log->lastIndex()) {
            qWarning("raft.db ends at %llu, the tables at %llu: the log goes on from there",
                     m_log->lastIndex(), appliedIndex);
            if (const Result<Done> moved = m_log->restartBehind(appliedIndex); !moved)
                return fail(moved.error());
        }
        for (quint64 from = appliedIndex + 1; from <= m_log->lastIndex();) {
            Result<std::vector<store::LogEntry>> page = m_log->read(from, ReplayPage);
            if (!page)
                return fail(page.error());
            if (page->empty())
                return fail({Error::Code::Storage, tr("the log has a gap at %1").arg(from), {}});
            from = page->back().index + 1;
            Q_EMIT written(*page);
        }
        Q_EMIT replayed();
    }

    /// Queued calls pile up while one transaction runs; the first drain() after it takes all that
    /// is there.
    void enqueue(const store::LogEntry &entry)
    {
        if (entry.term < m_minimumTerm)
            return; // decided before a failure: reported lost already
        m_queue.push_back(entry);
        if (!std::exchange(m_isScheduled, true))
            QMetaObject::invokeMethod(this, &LogWriter::drain, Qt::QueuedConnection);
    }

    void drain()
    {
        m_isScheduled = false;
        const std::vector<store::LogEntry> queue = std::exchange(m_queue, {});
        if (!queue.empty() && !m_isTermKept) {
            if (const Result<Done> kept = m_log->setTerm(m_minimumTerm, {}); !kept)
                return fail(kept.error());
            m_isTermKept = true;
        }
        for (auto begin = queue.begin(); begin != queue.end();) {
            auto end = begin;
            for (qsizetype bytes = 0; end != queue.end() && bytes < MaxGroupBytes; ++end)
                bytes += end->payload.size();
            const std::vector<store::LogEntry> group(begin, end);
            if (const Result<Done> appended = m_log->append(group); !appended)
                return fail(appended.error());
            Q_EMIT written(group);
            begin = end;
        }
    }

    /// A term begins: entries of older terms that still wait are dropped. It is made durable before
    /// its first entry.
    void beginTerm(quint64 term)
    {
        m_minimumTerm = term;
        m_isTermKept = false;
    }

    void cutBelow(quint64 index)
    {
        // A log that could not be cut costs disk only, and the next cut takes it along.
        if (const Result<Done> cut = m_log->cutBelow(index); !cut)
            qWarning("log not cut: %ls", qUtf16Printable(cut.error().detail));
    }

Q_SIGNALS:
    void opened(quint64 term, quint64 firstIndex, quint64 lastIndex);
    void written(const std::vector<peerdesk::store::LogEntry> &entries);
    void replayed();
    void failed(const peerdesk::Error &error, quint64 lastIndex);

private:
    void fail(const Error &error)
    {
        m_queue.clear();
        Q_EMIT failed(error, m_log->lastIndex());
    }

    QString m_path;
    std::unique_ptr<store::LogStore> m_log;
    std::vector<store::LogEntry> m_queue;
    quint64 m_minimumTerm = 0;
    bool m_isTermKept = false;
    bool m_isScheduled = false;
};

class SoleVoter final : public Consensus
{
    Q_OBJECT

public:
    explicit SoleVoter(const QString &path)
        : m_writer(new LogWriter(path))
    {
        m_writer->moveToThread(&m_thread);
        connect(&m_thread, &QThread::finished, m_writer, &QObject::deleteLater);
        connect(&m_thread, &QThread::finished, this, &Consensus::stopped);
        connect(m_writer, &LogWriter::opened, this, &SoleVoter::onOpened);
        connect(m_writer, &LogWriter::written, this, &Consensus::committed);
        connect(m_writer, &LogWriter::replayed, this, &Consensus::ready);
        connect(m_writer, &LogWriter::failed, this, &SoleVoter::onFailed);
        m_thread.setObjectName(QStringLiteral("log"));
        m_thread.start();
    }
    ~SoleVoter() override
    {
        m_thread.quit();
        m_thread.wait();
    }

    void start(quint64 appliedIndex) override
    {
        m_appliedAtStart = appliedIndex;
        inLogThread([](LogWriter &writer) { writer.open(); });
    }

    void submit(const QByteArray &payload) override
    {
        const store::LogEntry entry{++m_lastIndex, m_term, payload};
        inLogThread([entry](LogWriter &writer) { writer.enqueue(entry); });
    }

    quint64 term() const override { return m_term; }
    quint64 nextIndex() const override { return m_lastIndex + 1; }

    void setApplied(quint64 index) override
    {
        if (index < m_cut + 2 * Trailing)
            return;
        m_cut = index - Trailing;
        inLogThread([cut = m_cut](LogWriter &writer) { writer.cutBelow(cut); });
    }

    void stop() override
    {
        inLogThread([thread = &m_thread](LogWriter &writer) {
            writer.drain();
            thread->quit(); // what was written is reported by queued signals before finished()
        });
        m_isStopping = true;
    }

private:
    /// Nothing after stop(): the writer goes with its thread, whose last reports may still come.
    template <typename Call>
    void inLogThread(Call call)
    {
        if (m_isStopping)
            return;
        QMetaObject::invokeMethod(m_writer, [writer = m_writer, call] { call(*writer); });
    }

    void onOpened(quint64 term, quint64 firstIndex, quint64 lastIndex)
    {
        m_term = term + 1;
        m_cut = firstIndex;
        m_lastIndex = std::max(lastIndex, m_appliedAtStart);
        inLogThread([next = m_term, applied = m_appliedAtStart](LogWriter &writer) {
            writer.beginTerm(next);
            writer.replay(applied);
        });
    }

    /// The transaction was rolled back: nothing of it and nothing behind it is in the log. A new
    /// term begins.
    void onFailed(const Error &error, quint64 lastIndex)
    {
        ++m_term;
        m_lastIndex = lastIndex;
        inLogThread([term = m_term](LogWriter &writer) { writer.beginTerm(term); });
        Q_EMIT lost(error);
    }

    QThread m_thread;
    quint64 m_term = 0;
    quint64 m_lastIndex = 0;
    quint64 m_cut = 0;
    bool m_isStopping = false;
    quint64 m_appliedAtStart = 0;
    LogWriter *m_writer = nullptr;
};

} // namespace

std::unique_ptr<Consensus> soleVoter(const QString &path)
{
    return std::make_unique<SoleVoter>(path);
}

} // namespace peerdesk::cluster

#include "solevoter.moc"
