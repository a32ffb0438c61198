// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/logwriter.h"

#include "core/base/codec.h"
#include "core/store/filesync.h"

#include <QCoreApplication>
#include <QEvent>
#include <QFile>
#include <QSaveFile>
#include <QThread>

namespace peerdesk::cluster {

using namespace Qt::StringLiterals;

namespace {

/// Most payload bytes in one transaction: bounds its time (at most 20 ms).
constexpr qsizetype MaxGroupBytes = 1024 * 1024;
/// How many entries the log is read by at start.
constexpr int Page = 512;

/// LogBase as a note beside raft.db.
struct InstallNote
{
    quint64 index = 0;
    quint64 term = 0;
    quint64 changeIndex = 0;
    QByteArray change;

    static constexpr auto fields()
    {
        return FieldList{field(1, "index", &InstallNote::index),
                         field(2, "term", &InstallNote::term),
                         field(3, "change_index", &InstallNote::changeIndex),
                         field(4, "change", &InstallNote::change)};
    }
    bool operator==(const InstallNote &) const = default;
};

class VoteEvent final : public QEvent
{
public:
    static Type type()
    {
        static const auto registered = Type(registerEventType());
        return registered;
    }
    VoteEvent(quint64 inTerm, quint64 forServer)
        : QEvent(type())
        , term(inTerm)
        , vote(forServer)
    {}

    ~VoteEvent() override
    {
        answer(Error{Error::Code::Storage, QStringLiteral("the log is closed"), {}});
    }
    /// Once; whoever waits is never left waiting.
    void answer(const Result<Done> &result)
    {
        if (!std::exchange(m_isAnswered, true))
            kept.set_value(result);
    }

    quint64 term;
    quint64 vote;
    std::promise<Result<Done>> kept;

private:
    bool m_isAnswered = false;
};

} // namespace

LogWriter::LogWriter(QString path)
    : m_path(std::move(path))
{}

LogWriter::~LogWriter() = default;

void LogWriter::open(const Founder &founder)
{
    m_queue.clear();
    m_isFailed = false;
    m_log.reset();
    Result<std::unique_ptr<store::LogStore>> log = store::LogStore::open(m_path);
    if (!log)
        return fail(log.error());
    m_log = std::move(*log);
    if (const Result<Done> founded = found(founder); !founded)
        return fail(founded.error());
    if (m_log->lastIndex() == 0 && !founder.takeover.isEmpty()) {
        if (const Result<Done> told = m_log->setTakeover(founder.takeover); !told)
            return fail(told.error());
    }
    Result<Engine::Stored> stored = read();
    if (!stored)
        return fail(stored.error());
    stored->committed = founder.appliedIndex;
    Q_EMIT opened(*stored);
}

void LogWriter::takeOver(const LogEntry &change, const QByteArray &takeover, const Founder &founder)
{
    drain();
    if (m_isFailed || !m_log)
        return;
    if (const Result<Done> taken = m_log->takeOver(change, takeover); !taken)
        return fail(taken.error());
    open(founder);
}

/// A new log begins with its founder. A raft.db that is older than the tables (from a backup, or
/// lost) goes on behind them: what they hold was committed.
Result<Done> LogWriter::found(const Founder &founder)
{
    if (const Result<Done> resumed = resumeInstall(founder.appliedIndex); !resumed)
        return resumed;
    const bool isEmpty = m_log->lastIndex() == 0;
    const bool isBehind = founder.appliedIndex > m_log->lastIndex();
    if (!founder.mayFound) {
        if (isBehind)
            return Error{
                Error::Code::Storage,
                tr("This PC has lost its log, and the office has other PCs. It has to join "
                   "anew."),
                u"log-lost"_s};
        return Done{};
    }
    if (isBehind) {
        qWarning("raft.db ends at %llu, the tables at %llu: the log goes on from there",
                 m_log->lastIndex(), founder.appliedIndex);
        const quint64 term = std::max<quint64>(1, m_log->term());
        if (m_log->term() < term) { // raft.db is new: nobody leads in term 0
            if (const Result<Done> set = m_log->setTerm(term, 0); !set)
                return set;
        }
        return m_log->restartBehind(
            {founder.appliedIndex, term, founder.appliedIndex, founder.configuration});
    }
    if (!isEmpty)
        return Done{};
    if (const Result<Done> term = m_log->setTerm(1, 0); !term)
        return term;
    return m_log->append({{1, 1, founder.configuration, LogEntry::Kind::Change}});
}

Result<Engine::Stored> LogWriter::read() const
{
    Engine::Stored stored{m_log->term(), m_log->vote(), m_log->base(), {}, 0, m_log->takeover()};
    for (quint64 from = m_log->firstIndex(); from <= m_log->lastIndex();) {
        const Result<std::vector<LogEntry>> page = m_log->read(from, Page);
        if (!page)
            return page.error();
        if (page->empty() || page->front().index != from)
            return Error{Error::Code::Storage, tr("the log has a gap at %1").arg(from), {}};
        stored.entries.insert(stored.entries.end(), page->begin(), page->end());
        from = page->back().index + 1;
    }
    return stored;
}

/// Queued calls pile up while one transaction runs; the first drain() after it takes all that is
/// there.
void LogWriter::append(const std::vector<LogEntry> &run)
{
    if (m_isFailed)
        return;
    m_queue.push_back(run);
    if (!std::exchange(m_isScheduled, true))
        QMetaObject::invokeMethod(this, &LogWriter::drain, Qt::QueuedConnection);
}

void LogWriter::drain()
{
    m_isScheduled = false;
    std::vector<std::vector<LogEntry>> queue = std::exchange(m_queue, {});
    std::vector<LogEntry> group;
    qsizetype bytes = 0;
    const auto flush = [&] {
        if (group.empty() || m_isFailed)
            return;
        if (const Result<Done> appended = m_log->append(group); !appended)
            return fail(appended.error());
        Q_EMIT written(std::exchange(group, {}));
        bytes = 0;
    };
    for (std::vector<LogEntry> &run : queue) {
        for (LogEntry &entry : run) {
            const bool follows = group.empty() || entry.index == group.back().index + 1;
            if (!follows || bytes >= MaxGroupBytes)
                flush();
            bytes += entry.payload.size();
            group.push_back(std::move(entry));
        }
    }
    flush();
    if (!queue.empty() && !m_isFailed)
        m_log->tidy();
}

void LogWriter::cutBelow(quint64 index)
{
    if (m_isFailed)
        return;
    while (m_log->firstIndex() < index) {
        // A log that could not be cut costs disk only, and the next cut takes it along.
        if (const Result<Done> cut = m_log->cutBelow(index); !cut)
            return qWarning("log not cut: %ls", qUtf16Printable(cut.error().detail));
    }
}

void LogWriter::scrub()
{
    if (m_isFailed)
        return;
    if (const Result<Done> scrubbed = m_log->scrub(); !scrubbed)
        qWarning("log not scrubbed: %ls", qUtf16Printable(scrubbed.error().detail));
}

void LogWriter::finish()
{
    drain();
    Q_EMIT finished();
}

void LogWriter::prepareInstall(const LogBase &base)
{
    QSaveFile note(noteFile());
    const QByteArray bytes =
        codec::encode(InstallNote{base.index, base.term, base.changeIndex, base.change});
    if (!note.open(QIODevice::WriteOnly) || note.write(bytes) != bytes.size() || !note.flush() ||
        !note.commit() || !store::syncFolderOf(noteFile()))
        return fail({Error::Code::Storage, note.errorString(), u"disk-full"_s});
    Q_EMIT installPrepared(base);
}

void LogWriter::install(const LogBase &base)
{
    m_queue.clear();
    if (m_isFailed)
        return;
    if (const Result<Done> restarted = m_log->restartBehind(base); !restarted)
        return fail(restarted.error());
    QFile::remove(noteFile());
    Q_EMIT installed();
}

Result<Done> LogWriter::resumeInstall(quint64 appliedIndex)
{
    QFile file(noteFile());
    if (!file.exists())
        return Done{};
    if (!file.open(QIODevice::ReadOnly))
        return Error{Error::Code::Storage, file.errorString(), {}};
    const Result<InstallNote> note = codec::decode<InstallNote>(file.readAll());
    if (note && appliedIndex >= note->index && m_log->lastIndex() < note->index) {
        const LogBase base{note->index, note->term, note->changeIndex, note->change};
        if (const Result<Done> restarted = m_log->restartBehind(base); !restarted)
            return restarted;
    }
    file.remove();
    return Done{};
}

void LogWriter::fail(const Error &error)
{
    m_queue.clear();
    m_isFailed = true;
    Q_EMIT failed(error);
}

std::future<Result<Done>> LogWriter::keepVote(LogWriter &writer, quint64 term, quint64 vote)
{
    auto event = std::make_unique<VoteEvent>(term, vote);
    std::future<Result<Done>> kept = event->kept.get_future();
    if (writer.thread() == QThread::currentThread())
        QCoreApplication::sendEvent(&writer, event.get());
    else
        QCoreApplication::postEvent(&writer, event.release(), Qt::HighEventPriority);
    return kept;
}

bool LogWriter::event(QEvent *event)
{
    if (event->type() != VoteEvent::type())
        return QObject::event(event);
    auto *vote = static_cast<VoteEvent *>(event);
    if (m_log && !m_isFailed)
        vote->answer(m_log->setTerm(vote->term, vote->vote));
    return true; // else the event says that the log is closed
}

} // namespace peerdesk::cluster

#include "moc_logwriter.cpp"
