// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/node/office.h"
#include "core/store/datafolder.h"

#include <QThread>

namespace peerdesk::node {

struct Options
{
    QString dataDir;
    QString keystore = QStringLiteral("os"); ///< "os" or "file:PATH"
    QString passphrase;
    double timeScale = 1.0;
    bool runsConnectors = true; ///< false for command-line verbs on a folder
    QString peer = {};          ///< HOST:PORT where other PCs reach this one; empty = nowhere
    /// Called in the node thread once it is known where that is, or why not.
    std::function<void(const Result<QString> &)> peerOpened = {};
    /// With port 0 in `peer`: the port that is tried first; another one is taken if it is not free.
    quint16 firstPeerPort = 0;
    /// It votes and holds a copy, but lets another PC route and run the channels where one can.
    bool isWitness = false;
    bool isPeerPortChosen = false; ///< by a person: before the port that it had last
    QString version = {};          ///< of the program, for people
    MakeDoors makeDoors;           ///< called in the node thread
};

/// One running instance: its threads, its files, its part of the office. Make it, connect to
/// started(), call start(). Desks must be gone before it is. Thread: the creating one.
class NodeProcess final : public QObject
{
    Q_OBJECT

public:
    /// Takes the folder, opens and migrates every file once, so that what is wrong is told here.
    /// Errors: Rejected "in-use" (second start), Storage (newer version, disk).
    static Result<std::unique_ptr<NodeProcess>> open(const Options &options);
    ~NodeProcess() override;

    void start();
    /// Everything in flight is written, connectors and doors close; then stopped().
    void stop();
    /// The PC is about to sleep: another takes over what this one does for the office, then
    /// rested(), after some seconds at the latest. Ends with wake().
    void rest();
    void wake();

    NodeId id() const { return m_id; }
    const store::DataFolder &folder() const { return *m_folder; }
    /// A desk for the calling thread; it may ask at once and is answered as soon as the node can.
    std::unique_ptr<api::Desk> makeDesk();

Q_SIGNALS:
    void started(const peerdesk::Result<peerdesk::Done> &result);
    void stopped();
    void rested();
    /// The office went on without this PC: stop and open the folder anew, and it joins again.
    void superseded();

private:
    NodeProcess(std::unique_ptr<store::DataFolder> folder, OfficeParts parts);
    void run(QThread &thread, QObject *object, const char *name);
    void connectPipeline();

    std::unique_ptr<store::DataFolder> m_folder;
    NodeId m_id;
    QThread m_nodeThread;
    QThread m_applyThread;
    QThread m_readThread;
    QThread m_countThread;
    QThread m_searchThread;
    QThread m_localThread;
    ReadService *m_readers;
    ReadService *m_counters;
    Journal *m_journal;
    OfficeService *m_office;
    Applier *m_applier;
    Indexer *m_indexer;
};

} // namespace peerdesk::node
