// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/office.h"

#include "core/base/json.h"
#include "core/base/pool.h"
#include "core/channels/api/rich.h"
#include "core/node/localdesk.h"
#include "core/store/officestore.h"

#include <QFile>
#include <QMimeDatabase>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {
/// As much of an attachment as its type is told by.
constexpr qint64 SniffedBytes = 4096;
/// How often the right to write the files, and the room for them, is looked at.
constexpr Milliseconds LookEvery = std::chrono::seconds(5);
constexpr Milliseconds TickEvery{500};
/// More than this apart, two clocks are not both right. Source: design, "Time".
constexpr Milliseconds MostClockDifference = std::chrono::seconds(5);
/// How long a start waits for a router before the office is shown as it is.
constexpr Milliseconds StartPatience = std::chrono::seconds(10);
constexpr std::array RoleNames{"standby", "voter", "spare"};

/// What a PC is in the log now: leader, voter, standby, spare.
QString roleIn(const cluster::ClusterState &log, const QString &node)
{
    if (node == log.leader)
        return u"leader"_s;
    for (const cluster::Server &server : log.members) {
        if (server.node == node)
            return QString::fromLatin1(RoleNames[size_t(server.role)]);
    }
    return u"spare"_s;
}
} // namespace

OfficeService::OfficeService(OfficeParts parts, ReadService &readers, Journal &journal)
    : m_parts(std::move(parts))
    , m_readers(readers)
    , m_journal(journal)
    , m_clock(m_parts.timeScale)
    , m_attachments(m_parts.attachmentsFolder)
    , m_tick(this)
    , m_startPatience(this)
    , m_look(this)
    , m_cut(this)
{}

OfficeService::~OfficeService() = default;

Result<Done> OfficeService::openSecrets()
{
    auto opened = m_parts.openSecrets(m_parts.keystore, m_parts.passphrase);
    if (!opened)
        return opened.error();
    m_secrets = std::move(*opened);
    return Done{};
}

void OfficeService::start()
{
    if (const Result<Done> opened = openSecrets(); !opened)
        return Q_EMIT started(opened.error());
    if (m_parts.peer.isEmpty())
        return startLog(std::nullopt);
    findIdentity();
}

void OfficeService::findIdentity()
{
    m_secrets->fetch(nodeKeyName(m_parts.node),
                     {this, [this](const Result<QByteArray> &pem) { onIdentityFetched(pem); }});
}

/// Without a keychain a PC alone still works, and says that no other can join.
void OfficeService::onIdentityFetched(const Result<QByteArray> &pem)
{
    const bool isLost = !pem && pem.error().code == Error::Code::NotFound && !m_parts.mayFound;
    if (isLost)
        return Q_EMIT started(Error{
            Error::Code::Storage,
            tr("The keychain has lost this PC's key, so the other PCs cannot know it. Retire this "
               "PC there (\"office remove\") and let it join anew with an empty data folder."),
            u"key-lost"_s});
    if (pem) {
        const Result<cluster::Identity> identity = cluster::Identity::fromPem(*pem);
        return identity ? startLog(*identity) : Q_EMIT started(identity.error());
    }
    const Result<cluster::Identity> made = cluster::Identity::make(m_parts.node.toString());
    if (pem.error().code != Error::Code::NotFound || !made) {
        setNotice(
            u"peers"_s,
            tr("Other PCs cannot join: %1").arg(made ? pem.error().detail : made.error().detail));
        return startLog(std::nullopt);
    }
    m_secrets->store(nodeKeyName(m_parts.node), made->pem,
                     {this, [this, made = *made](const Result<Done> &stored) {
                          if (!stored)
                              setNotice(u"peers"_s,
                                        tr("Other PCs cannot join: %1").arg(stored.error().detail));
                          startLog(stored ? std::optional(made) : std::nullopt);
                      }});
}

void OfficeService::startLog(const std::optional<cluster::Identity> &identity)
{
    if (m_isStopping)
        return; // stopped() was said already
    auto reader = store::OfficeReader::open(m_parts.officeFile);
    if (!reader)
        return Q_EMIT started(reader.error());
    m_identity = identity;
    cluster::Replica::Options log;
    log.raftFile = m_parts.raftFile;
    log.node = m_parts.node.toString();
    log.mayFound = m_parts.mayFound;
    if (m_parts.membership)
        log.takeover = m_parts.membership->takeover;
    if (identity)
        log.links = cluster::Links::Options{*identity, log.node, m_parts.peer,
                                            wantedPeerPort(**reader), m_parts.version};
    std::unique_ptr<cluster::Replica> replica = m_parts.makeReplica(std::move(log));
    m_replica = replica.get();
    if (m_parts.isWitness)
        m_replica->standBack();
    connect(m_replica, &cluster::Replica::listening, this, &OfficeService::onListening);
    connect(m_replica, &cluster::Replica::asksChanged, this, &OfficeService::onAsksChanged);
    connect(m_replica, &cluster::Replica::knocked, this, &OfficeService::onKnocked);
    connect(m_replica, &cluster::Replica::tookOver, this, &OfficeService::onTookOver);
    connect(m_replica, &cluster::Replica::superseded, this, &OfficeService::onSuperseded);
    connect(m_replica, &cluster::Replica::rested, this, &OfficeService::rested);
    connect(m_replica, &cluster::Replica::snapshotWanted, this, &OfficeService::copyTables);
    connect(m_replica, &cluster::Replica::snapshotFetched, this, &OfficeService::copyFetched);
    m_core =
        std::make_unique<Core>(Core::Parts{m_parts.node, std::move(replica), std::move(*reader),
                                           std::make_unique<SystemClock>(m_clock),
                                           [this](const QString &type) { return rulesOf(type); }});
    connect(m_core.get(), &Core::committed, this, &OfficeService::committed);
    connect(m_core.get(), &Core::statusChanged, this, &OfficeService::onClusterChanged);
    connect(m_core.get(), &Core::ready, this, &OfficeService::beStarted);
    connect(m_core.get(), &Core::stopped, this, &OfficeService::stopped);
    openExchange();
    openFarChannels();
    shareSecrets();
    m_desk = std::make_unique<LocalDesk>(m_readers, m_readers, *this);
    if (m_parts.makeDoors)
        m_doors = m_parts.makeDoors(*m_desk);
    connect(&m_tick, &QTimer::timeout, this, &OfficeService::onTick);
    m_tick.start(TickEvery);
    m_startPatience.setSingleShot(true);
    connect(&m_startPatience, &QTimer::timeout, this, &OfficeService::beStarted);
    m_startPatience.start(StartPatience);
    connect(&m_look, &QTimer::timeout, this, &OfficeService::lookAtFiles);
    m_look.start(m_clock.toReal(LookEvery));
    m_cut.setSingleShot(true);
    connect(&m_cut, &QTimer::timeout, this, &OfficeService::cutNow);
    m_cutUpTo = m_core->reader().newestErasure(); // the last run may have ended before
    m_core->start();
    matchPeers();
}

void OfficeService::openExchange()
{
    const auto others = [this](bool isReachable) {
        const cluster::ClusterState &log = m_core->cluster();
        std::vector<QString> out;
        for (const cluster::Server &server : log.members) {
            const bool isRouter = server.node == log.leader;
            if (server.node != m_parts.node.toString() &&
                (!isReachable || log.reachable.contains(server.node)))
                out.insert(isRouter ? out.begin() : out.end(), server.node);
        }
        return out;
    };
    m_exchange = std::make_unique<AttachmentExchange>(AttachmentExchange::Parts{
        m_attachments,
        [this](const QString &node, const AttachmentNote &note) {
            m_core->consensus().tell(node, encode(note));
        },
        [others] { return others(false); }, [others] { return others(true); }});
    connect(m_core.get(), &Core::clockSeen, this, &OfficeService::noteClock);
    connect(m_core.get(), &Core::attachmentHeard, m_exchange.get(), &AttachmentExchange::hear);
    connect(m_exchange.get(), &AttachmentExchange::holdingAloneChanged, this,
            &OfficeService::noteCopies);
    wishForAll();
}

void OfficeService::wishFor(const store::Applied &applied)
{
    std::vector<QByteArray> named;
    const auto add = [&named](const Message &message) {
        for (const Attachment &attachment : message.content.attachments)
            named.push_back(attachment.sha256);
    };
    for (const store::AppliedBatch &batch : applied.batches) {
        for (const events::Fact &fact : batch.batch.facts) {
            if (const auto *received = std::get_if<events::MessageReceived>(&fact))
                add(received->message);
            else if (const auto *added = std::get_if<events::MessageAdded>(&fact))
                add(added->message);
            else if (const auto *imported = std::get_if<events::MessageImported>(&fact))
                add(imported->message);
        }
    }
    m_exchange->wish(named);
}

void OfficeService::wishForAll()
{
    if (m_parts.mayFound && m_core->cluster().members.size() < 2)
        return; // a PC alone has what it has
    using Named = Result<std::vector<QByteArray>>;
    runInPool<Named>(
        m_pool, this,
        [file = m_parts.officeFile] {
            const auto reader = store::OfficeReader::open(file);
            return reader ? (*reader)->attachmentHashes() : Named(reader.error());
        },
        {this, [this](const Result<Named> &named) {
             if (named && *named)
                 m_exchange->wish(**named);
             else
                 qWarning("attachments of the office: %ls",
                          qUtf16Printable(named ? named->error().detail : named.error().detail));
         }});
}

void OfficeService::noteClock(const QString &node, Milliseconds ahead)
{
    const auto other = m_core->view().get<Node>(NodeId::fromString(node));
    const qint64 seconds = std::abs(ahead.count()) / 1000;
    const bool isFar = Milliseconds(std::abs(ahead.count())) > MostClockDifference;
    const QString said = ahead.count() > 0 ? tr("The clock of %1 is %2 s ahead of this PC's. Set "
                                                "the clock that is wrong.")
                                           : tr("The clock of %1 is %2 s behind this PC's. Set the "
                                                "clock that is wrong.");
    setNotice(u"clock "_s + node, isFar && other ? said.arg(other->name).arg(seconds) : QString());
}

void OfficeService::noteOwnClock()
{
    const qint64 minutes = m_core->watchClock().count() / 60'000;
    const QString ahead =
        tr("This PC's clock was set ahead by %1 min while Peerdesk ran, and Peerdesk "
           "does not go along: nothing is sent early. If the clock is right now, "
           "start Peerdesk again.");
    const QString back =
        tr("This PC's clock was set back by %1 min while Peerdesk ran, and Peerdesk "
           "does not go along. If the clock is right now, start Peerdesk again.");
    setNotice(u"clock"_s,
              minutes == 0 ? QString() : (minutes > 0 ? ahead : back).arg(std::abs(minutes)));
}

/// Two copies of everything, or people are told that there is one.
void OfficeService::noteCopies()
{
    const bool isAlone = m_core->cluster().isOnlyHere || m_exchange->isHoldingAlone();
    setNotice(u"copies"_s,
              isAlone ? tr("What came in lately is kept on this PC only, until another one is on.")
                      : QString());
}

void OfficeService::shareSecrets()
{
    SharedSecrets::Parts parts{
        *m_core, *m_secrets, {}, [this](const QString &type) { return typeNamed(type); }};
    if (m_identity) {
        if (const auto pair = secrets::sealingPairFrom(m_identity->pem))
            parts.pair = *pair;
    }
    m_sealingKey = parts.pair ? parts.pair->publicKey : QByteArray();
    m_shared = std::make_unique<SharedSecrets>(std::move(parts));
    connect(m_shared.get(), &SharedSecrets::renewed, this, [this](AccountId account) {
        if (m_hosts.erase(account) > 0)
            matchConnectors(); // starts again, with the new secret
        if (m_courier)
            m_courier->forgetSecret({account.value});
    });
}

void OfficeService::matchSecrets()
{
    if (m_parts.runsConnectors && !m_isStopping && m_gate)
        m_shared->match();
}

/// Where a person wants it, else where this PC could be reached when it last said so (of a folder
/// that begins anew the others know), else where it is looked for first.
quint16 OfficeService::wantedPeerPort(store::OfficeReader &reader) const
{
    if (m_parts.isPeerPortChosen)
        return m_parts.firstPeerPort;
    const auto self = reader.find<Node>(m_parts.node);
    QString addresses = self ? self->addresses : QString();
    if (!self && m_parts.membership) {
        for (const cluster::KnownMember &member : m_parts.membership->members) {
            if (member.node == m_parts.node.toString())
                addresses = member.addresses;
        }
    }
    const QStringList list = addresses.split(u' ', Qt::SkipEmptyParts);
    const quint16 last = list.isEmpty() ? quint16(0) : cluster::splitAddress(list.front()).second;
    return last != 0 ? last : m_parts.firstPeerPort;
}

void OfficeService::beStarted()
{
    if (m_isStopping || m_gate)
        return; // the doors, which connectors stand on, are gone; or all is there already
    m_startPatience.stop();
    const Gate::Parts parts{*m_core, m_journal, m_attachments,
                            [this](AccountId id) { return hostOf(id); },
                            [this](const std::vector<QByteArray> &hashes, Completion<Done> done) {
                                m_exchange->fetch(hashes, std::move(done));
                            }};
    m_gate = std::make_unique<Gate>(parts, nullptr);
    m_courier = std::make_unique<Courier>(Courier::Parts{*m_core, *m_shared});
    matchConnectors();
    matchSecrets();
    if (m_parts.runsConnectors) {
        m_gate->recover(m_parts.journalled);
        m_gate->pump();
        m_courier->pump();
        cutErased();
    } else {
        m_gate->stop(); // a command-line verb on the folder: it starts nothing
        m_courier->stop();
    }
    Q_EMIT started(Done{});
}

void OfficeService::onClusterChanged()
{
    const cluster::ClusterState &state = m_core->cluster();
    for (const QString &node : state.reachable)
        m_lastSeen[node] = m_clock.wall();
    if (std::exchange(m_router, state.leader) != state.leader)
        m_routedSince = state.leader.isEmpty() ? Time{} : m_clock.wall();
    if (std::exchange(m_reachable, state.reachable) != state.reachable) {
        m_exchange->onReachableChanged();
        m_far->onReachableChanged();
    }
    noteCopies();
    const bool hasRouter = !state.leader.isEmpty() && state.leader != m_parts.node.toString();
    if (hasRouter && m_core->view().warm().office.createdAt.isSet())
        beStarted();
    updateSelf();
    if (m_gate) {
        m_gate->pump();
        m_courier->pump();
    }
    Q_EMIT statusChanged();
}

void OfficeService::copyTables(const QString &path)
{
    runInPool<Result<quint64>>(
        m_pool, this,
        [from = m_parts.officeFile, path] { return store::OfficeStore::copy(from, path); },
        {this, [this, path](const Result<Result<quint64>> &made) {
             if (!made || !*made)
                 qWarning("copy of the tables: %ls",
                          qUtf16Printable(made ? made->error().detail : made.error().detail));
             const bool isGood = made && *made;
             m_replica->offerSnapshot(isGood ? **made : 0, isGood ? path : QString());
         }});
}

void OfficeService::onReplaced(const store::LogBase &base, const Result<Done> &result,
                               const QByteArray &digest)
{
    if (!result)
        qWarning("copy of the tables: %ls", qUtf16Printable(result.error().detail));
    else
        m_core->onReplaced(base.index, digest);
    m_replica->snapshotInstalled(base, bool(result));
    if (result) {
        matchPeers();
        matchConnectors();
        matchSecrets();
        wishForAll();
        onClusterChanged();
        api::Changes all;
        all.directory = true;
        all.appliedIndex = base.index;
        Q_EMIT changed(all);
    }
}

void OfficeService::onTick()
{
    if (m_isStopping)
        return;
    noteOwnClock();
    if (std::exchange(m_mayAct, m_core->mayAct()) != m_core->mayAct())
        matchConnectors();
    appoint();
    makeRecoveryKey();
    salvage();
}

void OfficeService::appoint()
{
    if (!m_core->isReady() || !m_parts.runsConnectors || m_parts.isWitness || m_isAppointing)
        return;
    const cluster::ClusterState &state = m_core->cluster();
    for (const auto &[id, account] : m_core->view().warm().accounts) {
        const bool isGone = account.owner != m_parts.node &&
                            !state.reachable.contains(account.owner.toString()) &&
                            !m_core->mayStillAct(account.owner);
        if (!isGone || !m_shared->canOpen(account))
            continue;
        m_isAppointing = true;
        m_core->submitInternal(randomId<CommandId>(), api::Appoint{id, m_parts.node},
                               [self = QPointer(this)](const Decided &) {
                                   if (self)
                                       self->m_isAppointing = false;
                               });
        return;
    }
}

void OfficeService::stop()
{
    m_isStopping = true;
    if (m_gate) {
        m_gate->stop();
        m_courier->stop();
    }
    m_hosts.clear();
    m_doors = {};
    if (m_core)
        return m_core->stop();
    Q_EMIT stopped();
}

void OfficeService::rest()
{
    if (!m_replica || m_isStopping)
        return Q_EMIT rested();
    m_replica->rest();
}

void OfficeService::wake()
{
    if (m_replica && !m_isStopping)
        m_replica->wake();
}

void OfficeService::onApplied(const std::shared_ptr<const store::Applied> &applied,
                              const api::Changes &changes, const QByteArray &digest)
{
    m_core->onApplied(applied, changes, digest);
    wishFor(*applied);
    forgetErased(*applied);
    if (changes.directory) {
        matchPeers();
        matchConnectors();
        matchSecrets();
        onClusterChanged();
    }
    Q_EMIT changed(changes);
    if (m_gate) {
        m_gate->pump();
        m_courier->pump();
    }
}

void OfficeService::onApplyStalled(const Error &error)
{
    m_core->onApplyStalled(error);
}

void OfficeService::onApplyStopped(const Error &error)
{
    m_core->onApplyStopped(error);
}

void OfficeService::matchConnectors()
{
    if (!m_parts.runsConnectors || m_isStopping || !m_gate)
        return;
    const bool mayAct = m_core->mayAct();
    const auto &accounts = m_core->view().warm().accounts;
    const size_t before = m_hosts.size();
    std::erase_if(m_hosts, [&](const auto &entry) {
        const auto account = accounts.find(entry.first);
        if (account == accounts.end() || account->second.isPaused ||
            account->second.owner != m_parts.node || !mayAct)
            return true;
        const ChannelAccount &running = entry.second->account();
        return running.settings != account->second.settings ||
               running.fence != account->second.fence || running.name != account->second.name;
    });
    bool isChanged = before != m_hosts.size();
    for (const auto &[id, account] : accounts) {
        const channels::ChannelType *type = typeNamed(account.type);
        if (!type || account.isPaused || account.owner != m_parts.node || !mayAct ||
            m_hosts.contains(id))
            continue;
        auto host = std::make_unique<ChannelHost>(
            ChannelHost::Parts{*m_core, *m_shared, m_attachments, *type, m_exchange.get()}, account,
            nullptr);
        connect(host.get(), &ChannelHost::stateChanged, this, [this, id] { onHealthChanged(id); });
        connect(host.get(), &ChannelHost::presenceChanged, this, &OfficeService::announcePresence);
        ChannelHost *started = host.get();
        m_hosts[id] = std::move(host);
        m_far->tellHealth(id, {started->state(), started->detail()});
        started->start();
        isChanged = true;
    }
    if (isChanged)
        Q_EMIT statusChanged();
}

const channels::ChannelType *OfficeService::typeNamed(const QString &name) const
{
    const auto it =
        std::find_if(m_doors.channelTypes.begin(), m_doors.channelTypes.end(),
                     [&](const channels::ChannelType &type) { return type.type == name; });
    return it == m_doors.channelTypes.end() ? nullptr : &*it;
}

ChannelRules OfficeService::rulesOf(const QString &name) const
{
    const channels::ChannelType *type = typeNamed(name);
    if (!type)
        return {};
    const auto isSecret = [](const channels::Setting &setting) { return setting.isSecret; };
    const channels::Capabilities &can = type->capabilities;
    std::set<QString> native;
    for (const auto &[kind, use] : can.rich) {
        if (use != channels::RichUse::Text)
            native.insert(kind);
    }
    if (can.quickReplies)
        native.insert(u"quick_replies"_s);
    return {can.taskChannel,
            can.files,
            can.maxTextLength,
            can.answersOnceADay,
            std::any_of(type->settings.begin(), type->settings.end(), isSecret),
            native,
            can.replyWindow,
            can.humanWindow,
            can.afterWindow,
            can.isPublic,
            can.privateAnswers,
            can.actions,
            can.ownActions,
            can.reaches};
}

ChannelHost *OfficeService::hostOf(AccountId account) const
{
    const auto it = m_hosts.find(account);
    return it == m_hosts.end() ? nullptr : it->second.get();
}

QJsonArray OfficeService::channelTypes() const
{
    QJsonArray types;
    for (const channels::ChannelType &type : m_doors.channelTypes) {
        QJsonArray settings;
        for (const channels::Setting &s : type.settings) {
            settings.append(QJsonObject{{u"key"_s, s.key},
                                        {u"label"_s, s.label},
                                        {u"secret"_s, s.isSecret},
                                        {u"required"_s, s.isRequired},
                                        {u"default"_s, s.fallback},
                                        {u"generated"_s, s.isGenerated},
                                        {u"form"_s, s.form},
                                        {u"hint"_s, s.hint}});
        }
        const channels::Capabilities &c = type.capabilities;
        QJsonObject rich;
        for (const QString &kind : rich::kinds())
            rich.insert(
                kind, enumName(c.rich.contains(kind) ? c.rich.at(kind) : channels::RichUse::Text));
        const QJsonObject capabilities{{u"task_channel"_s, c.taskChannel},
                                       {u"ingress"_s, enumName(c.ingress)},
                                       {u"public"_s, c.isPublic},
                                       {u"private_answers"_s, c.privateAnswers},
                                       {u"actions"_s, json::write(c.actions)},
                                       {u"own_actions"_s, json::write(c.ownActions)},
                                       {u"reaches"_s, json::write(c.reaches)},
                                       {u"reply_window"_s, qint64(c.replyWindow.count())},
                                       {u"human_window"_s, qint64(c.humanWindow.count())},
                                       {u"after_window"_s, enumName(c.afterWindow)},
                                       {u"rich"_s, rich},
                                       {u"attachment_types"_s, json::write(c.files.types)},
                                       {u"delivery_receipts"_s, c.deliveryReceipts},
                                       {u"edits"_s, c.edits},
                                       {u"reactions"_s, c.reactions},
                                       {u"proactive"_s, c.proactive},
                                       {u"html"_s, c.html},
                                       {u"quick_replies"_s, c.quickReplies},
                                       {u"typing"_s, c.typing},
                                       {u"read_receipts"_s, c.readReceipts},
                                       {u"max_text_length"_s, c.maxTextLength},
                                       {u"max_attachments"_s, c.files.maxCount},
                                       {u"max_attachment_bytes"_s, c.files.maxBytes},
                                       {u"max_picture_bytes"_s, c.files.maxBytesOf(u"image/*"_s)},
                                       {u"max_total_bytes"_s, c.files.maxTotalBytes},
                                       {u"idempotent_for"_s, qint64(c.idempotentFor.count())}};
        types.append(QJsonObject{{u"type"_s, type.type},
                                 {u"label"_s, type.label},
                                 {u"settings"_s, settings},
                                 {u"capabilities"_s, capabilities}});
    }
    return types;
}

void OfficeService::submit(quint64 request, const api::Caller &caller, CommandId id,
                           const api::Command &command)
{
    const auto *send = std::get_if<api::SendMessage>(&command);
    if (!send || send->content.attachments.empty())
        return submitNow(request, caller, id, command);
    std::vector<QByteArray> hashes;
    for (const Attachment &attachment : send->content.attachments)
        hashes.push_back(attachment.sha256);
    // They may have been uploaded at another PC; and two PCs have them before the log names them.
    m_exchange->fetch(hashes, {this, [=, this, send = *send](const Result<Done> &) {
                                   api::SendMessage described = send;
                                   const Result<Done> good = describeAttachments(described.content);
                                   if (!good)
                                       return answer(request, Decided(good.error()));
                                   m_exchange->share(hashes,
                                                     {this, [=, this](const Result<bool> &) {
                                                          submitNow(request, caller, id, described);
                                                      }});
                               }});
}

void OfficeService::submitNow(quint64 request, const api::Caller &caller, CommandId id,
                              const api::Command &command)
{
    const QPointer<OfficeService> self(this);
    m_core->submit(caller, id, command, [self, request, command](const Decided &decided) {
        if (!self)
            return;
        if (const auto *read = std::get_if<api::MarkRead>(&command); read && decided)
            self->tellConnector(*read);
        self->answer(request, decided);
    });
}

void OfficeService::fetchAttachment(quint64 request, const QByteArray &sha256)
{
    m_exchange->fetch({sha256},
                      {this, [this, request](const Result<Done> &here) { answer(request, here); }});
}

/// Size and type are what the stored bytes are, whatever the asker says.
Result<Done> OfficeService::describeAttachments(Content &content) const
{
    const QMimeDatabase types;
    for (Attachment &attachment : content.attachments) {
        QFile file(m_attachments.pathOf(attachment.sha256));
        if (!m_attachments.has(attachment.sha256) || !file.open(QIODevice::ReadOnly))
            return invalid(u"\"%1\": these bytes were never uploaded"_s.arg(
                attachment.name.isEmpty() ? QString::fromLatin1(attachment.sha256.toHex())
                                          : attachment.name.left(100)));
        attachment.size = file.size();
        attachment.mimeType =
            types.mimeTypeForFileNameAndData(attachment.name, file.read(SniffedBytes)).name();
    }
    return Done{};
}

void OfficeService::tellConnector(const api::MarkRead &read)
{
    const auto conversation = m_core->view().get<Conversation>(read.conversation);
    ChannelHost *host = conversation ? hostOf(conversation->account) : nullptr;
    if (host && host->connector())
        host->connector()->agentRead(conversation->thread, conversation->readUpTo);
}

api::OfficeStatus OfficeService::statusNow() const
{
    api::OfficeStatus status;
    const Warm &warm = m_core->view().warm();
    status.office = warm.office;
    status.node = m_parts.node;
    const cluster::ClusterState &log = m_core->cluster();
    const QString here = m_parts.node.toString();
    status.role = log.leader.isEmpty() || (log.leader == here && !m_core->isReady())
                      ? u"waiting"_s
                      : roleIn(log, here);
    status.leader = NodeId::fromString(log.leader);
    status.term = m_core->term();
    status.appliedIndex = m_core->appliedIndex();
    status.digest = m_core->digest();
    const auto takeover = cluster::decodeTakeover(log.takeover);
    status.generation = takeover ? takeover->generation : 1;
    status.routedSince = m_routedSince;
    if (log.logEnd > status.appliedIndex)
        status.catchUp = {std::max(status.appliedIndex, log.logEnd * quint64(log.copied) / 100),
                          log.logEnd};
    addMembers(status);
    for (const auto &[id, account] : warm.accounts) {
        const ChannelHost *host = hostOf(id);
        const auto told = m_far->healthOf(id, account.owner);
        api::AccountStatus shown{account, AccountState::Starting, {}};
        if (!typeNamed(account.type) && !told)
            shown = {account, AccountState::Down,
                     u"this kind of channel is not part of this program"_s};
        if (account.isPaused)
            shown = {account, AccountState::Paused, {}};
        else if (host)
            shown = {account, host->state(), host->detail()};
        else if (told)
            shown = {account, told->state, told->detail};
        status.channels.push_back(shown);
    }
    status.queuedOutbound =
        int(std::count_if(warm.effects.begin(), warm.effects.end(), [](const auto &entry) {
            return entry.second.kind == EffectKind::SendMessage;
        }));
    status.trouble = m_core->trouble();
    for (const auto &[topic, sentence] : m_parts.notices)
        status.notices.push_back(sentence);
    addRefused(status);
    addOlder(status);
    addAskers(status);
    return status;
}

void OfficeService::addMembers(api::OfficeStatus &status) const
{
    const cluster::ClusterState &log = m_core->cluster();
    for (const Node &node : m_core->reader().all<Node>()) {
        if (node.isRemoved)
            continue;
        const QString id = node.id.toString();
        const bool isHere = node.id == m_parts.node;
        const auto seen = m_lastSeen.find(id);
        const auto version = log.versions.find(id);
        api::MemberStatus member{
            node, isHere || log.reachable.contains(id), roleIn(log, id), {}, {}};
        if (member.isOnline)
            member.lastSeen = m_clock.wall();
        else if (seen != m_lastSeen.end())
            member.lastSeen = seen->second;
        if (isHere)
            member.version = m_parts.version;
        else if (version != log.versions.end())
            member.version = version->second;
        status.members.push_back(member);
    }
    if (status.members.empty() && m_parts.membership)
        addTold(status);
}

/// Before the tables have come: the office as this PC was told of it when it joined.
void OfficeService::addTold(api::OfficeStatus &status) const
{
    status.office.name = m_parts.membership->name;
    for (const cluster::KnownMember &member : m_parts.membership->members) {
        Node node;
        node.id = NodeId::fromString(member.node);
        node.addresses = member.addresses;
        const bool isOnline = m_core->cluster().reachable.contains(member.node);
        status.members.push_back({node, isOnline, u"spare"_s, {}, {}});
    }
}

void OfficeService::setNotice(const QString &topic, const QString &sentence)
{
    const auto shown = m_parts.notices.find(topic);
    if ((shown == m_parts.notices.end() ? QString() : shown->second) == sentence)
        return;
    if (sentence.isEmpty())
        m_parts.notices.erase(topic);
    else
        m_parts.notices[topic] = sentence;
    Q_EMIT statusChanged();
}

void OfficeService::status(quint64 request)
{
    answer(request, Result<api::OfficeStatus>(statusNow()));
}

void OfficeService::explainTask(quint64 request, TaskId id)
{
    if (!m_core->view().warm().set.tasks.contains(id))
        return answer(request, Result<QJsonObject>(notFound(u"no such open task"_s)));
    answer(request, Result<QJsonObject>(m_core->router().explain(id, m_core->now())));
}

void OfficeService::statistics(quint64 request, const api::StatisticsQuery &query)
{
    using Kind = routing::StatisticsScope::Kind;
    const std::map<QString, Kind> kinds{{u"workspace"_s, Kind::Workspace},
                                        {u"queues"_s, Kind::Queue},
                                        {u"workflows"_s, Kind::Workflow},
                                        {u"workers"_s, Kind::Worker}};
    const auto kind = kinds.find(query.scope);
    if (kind == kinds.end())
        return answer(request, Result<QJsonObject>(notFound(u"nothing is counted for that"_s)));
    answer(request,
           m_core->router().statistics({kind->second, query.id, query.taskChannel}, m_core->now()));
}

void OfficeService::storeSecret(quint64 request, const api::Caller &caller,
                                const api::AccountSecret &secret)
{
    if (const Result<Done> allowed = requireAdmin(m_core->view(), caller); !allowed)
        return answer(request, allowed);
    m_shared->store(secretKey(secret.account, secret.name), secret.value,
                    {this, [this, request, account = secret.account](const Result<Done> &stored) {
                         if (stored && m_hosts.erase(account) > 0)
                             matchConnectors(); // starts again, with the new secret
                         if (m_courier)
                             m_courier->forgetSecret({account.value});
                         answer(request, stored);
                     }});
}

} // namespace peerdesk::node

#include "moc_office.cpp"
