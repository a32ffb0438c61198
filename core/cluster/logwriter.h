// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/engine.h"

#include <QObject>

#include <future>

namespace peerdesk::cluster {

/// Lives in the log thread: the only writer of raft.db. Group commit: one transaction and one fsync
/// for all that waits. After a failed write nothing more is written until open() is called again.
class LogWriter final : public QObject
{
    Q_OBJECT

public:
    struct Founder
    {
        bool mayFound = false;    ///< an empty log begins with a Change that names this node alone
        QByteArray configuration; ///< payload of that Change
        quint64 appliedIndex = 0; ///< what the tables hold
        QByteArray takeover = {}; ///< what a newcomer was told of the office
    };

    explicit LogWriter(QString path);
    ~LogWriter() override;

    /// Reads what is there. opened() or failed() follows.
    void open(const Founder &founder);
    /// Replaces everything from the first index on; written() when it is on the disk.
    void append(const std::vector<LogEntry> &run);
    void cutBelow(quint64 index);
    /// Of what was cut nothing is left in the file.
    void scrub();
    /// Writes what waits; finished() follows.
    void finish();
    /// Notes durably that the tables are about to be replaced by those of `base`; installPrepared()
    /// follows. If the program ends after the tables were, open() goes on from there.
    void prepareInstall(const LogBase &base);
    /// The tables were replaced: nothing before them is kept. installed() follows.
    void install(const LogBase &base);

    /// Goes on behind the log with `change` as its newest entry; then reads it anew, as open().
    void takeOver(const LogEntry &change, const QByteArray &takeover, const Founder &founder);

    /// Any thread: makes term and vote durable before anything that waits, and only then answers.
    /// In the writer's own it is done when this returns.
    static std::future<Result<Done>> keepVote(LogWriter &writer, quint64 term, quint64 vote);

Q_SIGNALS:
    void opened(const peerdesk::cluster::Engine::Stored &stored);
    void written(const std::vector<peerdesk::store::LogEntry> &entries);
    void installPrepared(const peerdesk::store::LogBase &base);
    void installed();
    void failed(const peerdesk::Error &error);
    void finished();

protected:
    bool event(QEvent *event) override;

private:
    Result<Done> found(const Founder &founder);
    Result<Done> resumeInstall(quint64 appliedIndex);
    QString noteFile() const { return m_path + QStringLiteral(".installing"); }
    Result<Engine::Stored> read() const;
    void drain();
    void fail(const Error &error);

    QString m_path;
    std::unique_ptr<store::LogStore> m_log;
    std::vector<std::vector<LogEntry>> m_queue;
    bool m_isScheduled = false;
    bool m_isFailed = false;
};

} // namespace peerdesk::cluster
