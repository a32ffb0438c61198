// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/node.h"

#include "core/node/localdesk.h"

#include <QFile>

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
    qRegisterMetaType<std::shared_ptr<const store::Applied>>();
}

/// Without local.db (lost, or set aside by a person) a PC alone goes on as the only member that its
/// office knows: its channels belong to that one. What it was sending becomes "maybe sent".
Result<NodeId> onlyMember(const QString &officeFile)
{
    const auto office = store::OfficeReader::open(officeFile);
    if (!office)
        return office.error();
    const std::vector<Node> members = (*office)->all<Node>();
    if (const std::optional<Error> trouble = (*office)->takeTrouble())
        return *trouble;
    return members.size() == 1 ? members.front().id : randomId<NodeId>();
}

Result<NodeId> nodeIdIn(store::LocalStore &local, const QString &officeFile)
{
    const QString key = u"node_id"_s;
    const Result<QByteArray> kept = local.value(key);
    if (!kept)
        return kept.error();
    const auto id = NodeId::fromString(QString::fromLatin1(*kept));
    if (!id.isNull())
        return id;
    const Result<NodeId> made = onlyMember(officeFile);
    if (!made)
        return made.error();
    const Result<Done> stored = local.setValue(key, made->toString().toLatin1());
    if (!stored)
        return stored.error();
    return made;
}

/// The search index is made from the tables: a damaged one is set aside and made anew.
Result<Done> checkSearch(const QString &path)
{
    const auto search = store::SearchStore::open(path);
    if (search)
        return Done{};
    if (search.error().state != u"corrupt"_s)
        return search.error();
    qWarning("search.db is damaged and is made anew: %ls", qUtf16Printable(search.error().detail));
    for (const auto *tail : {"-wal", "-shm"})
        QFile::remove(path + QLatin1String(tail));
    const QString aside = path + u".damaged"_s;
    QFile::remove(aside);
    if (!QFile::rename(path, aside))
        return search.error();
    const auto anew = store::SearchStore::open(path);
    return anew ? Result<Done>(Done{}) : anew.error();
}

/// Opens and closes each file once: creates and migrates it and tells what is wrong with it.
Result<Done> checkFiles(const store::DataFolder &folder)
{
    if (const auto raft = store::LogStore::open(folder.raft()); !raft)
        return raft.error();
    if (const auto office = store::OfficeStore::open(folder.office()); !office)
        return office.error();
    return checkSearch(folder.search());
}

} // namespace

Result<std::unique_ptr<NodeProcess>> NodeProcess::open(const Options &options)
{
    registerTypes();
    auto folder = store::DataFolder::open(options.dataDir);
    if (!folder)
        return folder.error();
    if (const Result<Done> good = checkFiles(**folder); !good)
        return good.error();
    const auto local = store::LocalStore::open((*folder)->local());
    if (!local)
        return local.error();
    const Result<NodeId> id = nodeIdIn(**local, (*folder)->office());
    if (!id)
        return id.error();
    const auto journalled = (*local)->journalled();
    if (!journalled)
        return journalled.error();
    return std::unique_ptr<NodeProcess>(
        new NodeProcess(std::move(*folder), options, *id, *journalled));
}

NodeProcess::NodeProcess(std::unique_ptr<store::DataFolder> folder, const Options &options,
                         NodeId id, std::vector<store::JournalItem> journalled)
    : m_folder(std::move(folder))
    , m_id(id)
    , m_readers(new ReadService({m_folder->office(), m_folder->search(), m_folder->attachments()}))
    , m_journal(new Journal(m_folder->local()))
    , m_office(new OfficeService({id, m_folder->raft(), m_folder->office(), m_folder->attachments(),
                                  options.keystore, options.passphrase, options.timeScale,
                                  options.runsConnectors, std::move(journalled), options.makeDoors},
                                 *m_readers, *m_journal))
    , m_applier(new Applier(m_folder->office()))
    , m_indexer(new Indexer({m_folder->office(), m_folder->search()}))
{
    connectPipeline();
    run(m_nodeThread, m_office, "node");
    run(m_applyThread, m_applier, "apply");
    run(m_readThread, m_readers, "readers");
    run(m_searchThread, m_indexer, "search");
    run(m_localThread, m_journal, "local");
}

/// The path of a fact through the threads: log → apply → node → desks, and search behind.
void NodeProcess::connectPipeline()
{
    connect(m_office, &OfficeService::committed, m_applier, &Applier::apply);
    connect(m_applier, &Applier::applied, m_office, &OfficeService::onApplied);
    connect(m_applier, &Applier::stalled, m_office, &OfficeService::onApplyStalled);
    connect(m_applier, &Applier::stopped, m_office, &OfficeService::onApplyStopped);
    connect(m_office, &OfficeService::changed, m_indexer,
            [indexer = m_indexer](const api::Changes &changes) {
                indexer->follow(changes.appliedIndex);
            });
    connect(&m_searchThread, &QThread::started, m_indexer, &Indexer::start);
    connect(m_office, &OfficeService::started, this, &NodeProcess::started);
    connect(m_office, &OfficeService::stopped, this, &NodeProcess::stopped);
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
    for (QThread *thread :
         {&m_nodeThread, &m_applyThread, &m_searchThread, &m_localThread, &m_readThread}) {
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

std::unique_ptr<api::Desk> NodeProcess::makeDesk()
{
    return std::make_unique<LocalDesk>(*m_readers, *m_office);
}

} // namespace peerdesk::node
