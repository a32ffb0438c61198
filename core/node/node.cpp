// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/node.h"

#include "core/base/codec.h"
#include "core/node/localdesk.h"
#include "core/node/startup.h"

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

/// What crosses threads by queued signals.
void registerTypes()
{
    qRegisterMetaType<Answer>();
    qRegisterMetaType<api::Changes>();
    qRegisterMetaType<api::Presence>();
    qRegisterMetaType<Error>();
    qRegisterMetaType<Result<Done>>();
    qRegisterMetaType<store::JournalItem>();
    qRegisterMetaType<std::vector<store::LogEntry>>();
    qRegisterMetaType<cluster::ClusterState>();
    qRegisterMetaType<store::LogBase>();
    qRegisterMetaType<std::shared_ptr<const store::Applied>>();
}

} // namespace

Result<std::unique_ptr<NodeProcess>> NodeProcess::open(const Options &options)
{
    registerTypes();
    auto folder = store::DataFolder::open(options.dataDir);
    if (!folder)
        return folder.error();
    Result<OfficeParts> parts = readFolder(**folder);
    if (!parts)
        return parts.error();
    parts->keystore = options.keystore;
    parts->passphrase = options.passphrase;
    parts->timeScale = options.timeScale;
    parts->runsConnectors = options.runsConnectors;
    parts->isWitness = options.isWitness;
    parts->makeDoors = options.makeDoors;
    parts->peer = options.peer;
    parts->firstPeerPort = options.firstPeerPort;
    parts->isPeerPortChosen = options.isPeerPortChosen;
    parts->version = options.version;
    parts->peerOpened = options.peerOpened;
    if (parts->peer.isEmpty() && parts->runsConnectors && !parts->mayFound)
        parts->peer = u":0"_s; // an office of several PCs needs each to be found
    return std::unique_ptr<NodeProcess>(new NodeProcess(std::move(*folder), std::move(*parts)));
}

NodeProcess::NodeProcess(std::unique_ptr<store::DataFolder> folder, OfficeParts parts)
    : m_folder(std::move(folder))
    , m_id(parts.node)
    , m_readers(new ReadService({m_folder->office(), m_folder->search(), m_folder->attachments()}))
    , m_counters(new ReadService({m_folder->office(), m_folder->search(), m_folder->attachments()}))
    , m_journal(new Journal(m_folder->local()))
    , m_office(new OfficeService(std::move(parts), *m_readers, *m_journal))
    , m_applier(new Applier(m_folder->office(), m_folder->attachments()))
    , m_indexer(new Indexer({m_folder->office(), m_folder->search()}))
{
    connectPipeline();
    run(m_nodeThread, m_office, "node");
    run(m_applyThread, m_applier, "apply");
    run(m_readThread, m_readers, "readers");
    run(m_countThread, m_counters, "counters");
    run(m_searchThread, m_indexer, "search");
    run(m_localThread, m_journal, "local");
}

/// The path of a fact through the threads: log → apply → node → desks, and search behind.
void NodeProcess::connectPipeline()
{
    connectApplier(*m_office, *m_applier);
    connect(m_office, &OfficeService::changed, m_indexer,
            [indexer = m_indexer](const api::Changes &changes) {
                indexer->follow(changes.appliedIndex);
            });
    connect(&m_searchThread, &QThread::started, m_indexer, &Indexer::start);
    connect(m_indexer, &Indexer::troubleChanged, m_office,
            [office = m_office](const QString &why) { office->setNotice(u"search"_s, why); });
    connect(m_office, &OfficeService::superseded, this, &NodeProcess::superseded);
    connect(m_office, &OfficeService::salvaged, m_journal, &Journal::forgetSalvage);
    connect(m_office, &OfficeService::started, this, &NodeProcess::started);
    connect(m_office, &OfficeService::stopped, this, &NodeProcess::stopped);
    connect(m_office, &OfficeService::rested, this, &NodeProcess::rested);
}

void NodeProcess::run(QThread &thread, QObject *object, const char *name)
{
    thread.setObjectName(QString::fromLatin1(name));
    object->moveToThread(&thread);
    connect(&thread, &QThread::finished, object, &QObject::deleteLater);
    thread.start();
}

NodeProcess::~NodeProcess()
{
    // Whoever sends ends first.
    for (QThread *thread : {&m_nodeThread, &m_applyThread, &m_searchThread, &m_localThread,
                            &m_readThread, &m_countThread}) {
        thread->quit();
        thread->wait();
    }
}

void NodeProcess::start()
{
    QMetaObject::invokeMethod(m_office, &OfficeService::start);
}

void NodeProcess::stop()
{
    QMetaObject::invokeMethod(m_office, &OfficeService::stop);
}

void NodeProcess::rest()
{
    QMetaObject::invokeMethod(m_office, &OfficeService::rest);
}

void NodeProcess::wake()
{
    QMetaObject::invokeMethod(m_office, &OfficeService::wake);
}

std::unique_ptr<api::Desk> NodeProcess::makeDesk()
{
    return std::make_unique<LocalDesk>(*m_readers, *m_counters, *m_office);
}

} // namespace peerdesk::node

#include "moc_node.cpp"
