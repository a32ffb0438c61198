// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/office.h"

#include "core/base/json.h"
#include "core/cluster/replica.h"
#include "core/node/localdesk.h"

#include <QFile>
#include <QMimeDatabase>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {
/// As much of an attachment as its type is told by.
constexpr qint64 SniffedBytes = 4096;
} // namespace

OfficeService::OfficeService(OfficeParts parts, ReadService &readers, Journal &journal)
    : m_parts(std::move(parts))
    , m_readers(readers)
    , m_journal(journal)
    , m_clock(m_parts.timeScale)
    , m_attachments(m_parts.attachmentsFolder)
{}

OfficeService::~OfficeService() = default;

Result<Done> OfficeService::openSecrets()
{
    if (!m_parts.keystore.startsWith(u"file:"_s)) {
        m_secrets = secrets::keychain(u"peerdesk"_s);
        return Done{};
    }
    auto opened = secrets::passphraseFile(m_parts.keystore.mid(5), m_parts.passphrase);
    if (!opened)
        return opened.error();
    m_secrets = std::move(*opened);
    return Done{};
}

void OfficeService::start()
{
    auto reader = store::OfficeReader::open(m_parts.officeFile);
    if (!reader)
        return Q_EMIT started(reader.error());
    if (const Result<Done> opened = openSecrets(); !opened)
        return Q_EMIT started(opened.error());
    cluster::Replica::Options log;
    log.raftFile = m_parts.raftFile;
    log.node = m_parts.node.toString();
    log.mayFound = true;
    std::unique_ptr<cluster::Replica> replica = cluster::Replica::make(std::move(log));
    m_core = std::make_unique<Core>(Core::Parts{
        m_parts.node, std::move(replica), std::move(*reader),
        std::make_unique<SystemClock>(m_clock),
        [this](const QString &type) { return rulesOf(type); }, Core::randomSalt, m_parts.trouble});
    connect(m_core.get(), &Core::committed, this, &OfficeService::committed);
    connect(m_core.get(), &Core::statusChanged, this, &OfficeService::statusChanged);
    connect(m_core.get(), &Core::ready, this, &OfficeService::onReady);
    connect(m_core.get(), &Core::stopped, this, &OfficeService::stopped);
    m_desk = std::make_unique<LocalDesk>(m_readers, *this);
    if (m_parts.makeDoors)
        m_doors = m_parts.makeDoors(*m_desk);
    m_core->start();
}

void OfficeService::onReady()
{
    if (m_isStopping)
        return; // the doors, which connectors stand on, are gone
    const Gate::Parts parts{*m_core, m_journal, m_attachments,
                            [this](AccountId id) { return hostOf(id); }};
    m_gate = std::make_unique<Gate>(parts, nullptr);
    matchConnectors();
    if (m_parts.runsConnectors) {
        m_gate->recover(m_parts.journalled);
        m_gate->pump();
    } else {
        m_gate->stop(); // a command-line verb on the folder: it starts nothing
    }
    Q_EMIT started(Done{});
}

void OfficeService::stop()
{
    m_isStopping = true;
    if (m_gate)
        m_gate->stop();
    m_hosts.clear();
    m_doors = {};
    if (m_core)
        return m_core->stop();
    Q_EMIT stopped();
}

void OfficeService::onApplied(const std::shared_ptr<const store::Applied> &applied,
                              const api::Changes &changes, const QByteArray &digest)
{
    m_core->onApplied(applied, changes, digest);
    if (changes.directory && m_core->isReady())
        matchConnectors();
    Q_EMIT changed(changes);
    if (m_gate)
        m_gate->pump();
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
    if (!m_parts.runsConnectors || m_isStopping)
        return;
    const auto &accounts = m_core->view().warm().accounts;
    const size_t before = m_hosts.size();
    std::erase_if(m_hosts, [&](const auto &entry) {
        const auto account = accounts.find(entry.first);
        if (account == accounts.end() || account->second.isPaused ||
            account->second.owner != m_parts.node)
            return true;
        const ChannelAccount &running = entry.second->account();
        return running.settings != account->second.settings ||
               running.fence != account->second.fence || running.name != account->second.name;
    });
    bool isChanged = before != m_hosts.size();
    for (const auto &[id, account] : accounts) {
        const channels::ChannelType *type = typeNamed(account.type);
        if (!type || account.isPaused || account.owner != m_parts.node || m_hosts.contains(id))
            continue;
        auto host = std::make_unique<ChannelHost>(
            ChannelHost::Parts{*m_core, *m_secrets, m_attachments, *type}, account, nullptr);
        connect(host.get(), &ChannelHost::stateChanged, this, &OfficeService::statusChanged);
        connect(host.get(), &ChannelHost::presenceChanged, this, &OfficeService::presenceChanged);
        ChannelHost *started = host.get();
        m_hosts[id] = std::move(host);
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
    return {type->capabilities.taskChannel, type->capabilities.maxAttachmentBytes,
            type->capabilities.maxTextLength, type->capabilities.answersOnceADay};
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
                                        {u"hint"_s, s.hint}});
        }
        const channels::Capabilities &c = type.capabilities;
        const QJsonObject capabilities{{u"task_channel"_s, c.taskChannel},
                                       {u"proactive"_s, c.proactive},
                                       {u"html"_s, c.html},
                                       {u"quick_replies"_s, c.quickReplies},
                                       {u"typing"_s, c.typing},
                                       {u"read_receipts"_s, c.readReceipts},
                                       {u"max_text_length"_s, c.maxTextLength},
                                       {u"max_attachment_bytes"_s, c.maxAttachmentBytes},
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
    api::Command checked = command;
    if (auto *send = std::get_if<api::SendMessage>(&checked)) {
        if (const Result<Done> good = describeAttachments(send->content); !good)
            return answer(request, Decided(good.error()));
    }
    const QPointer<OfficeService> self(this);
    m_core->submit(caller, id, checked, [self, request, command](const Decided &decided) {
        if (!self)
            return;
        if (const auto *read = std::get_if<api::MarkRead>(&command); read && decided)
            self->tellConnector(*read);
        self->answer(request, decided);
    });
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
    status.role = m_core->isReady() ? u"leader"_s : u"waiting"_s;
    if (m_core->isReady())
        status.leader = m_parts.node;
    status.term = m_core->term();
    status.appliedIndex = m_core->appliedIndex();
    status.digest = m_core->digest();
    for (const Node &node : m_core->reader().all<Node>()) {
        const bool isHere = node.id == m_parts.node;
        status.members.push_back({node, isHere, isHere ? status.role : u"spare"_s});
    }
    for (const auto &[id, account] : warm.accounts) {
        const ChannelHost *host = hostOf(id);
        api::AccountStatus shown{account, AccountState::Starting, {}};
        if (!typeNamed(account.type))
            shown = {account, AccountState::Down,
                     u"this kind of channel is not part of this program"_s};
        if (account.isPaused)
            shown = {account, AccountState::Paused, {}};
        else if (host)
            shown = {account, host->state(), host->detail()};
        status.channels.push_back(shown);
    }
    status.queuedOutbound =
        int(std::count_if(warm.effects.begin(), warm.effects.end(), [](const auto &entry) {
            return entry.second.kind == EffectKind::SendMessage;
        }));
    status.trouble = m_core->trouble();
    for (const auto &[topic, sentence] : m_parts.notices)
        status.notices.push_back(sentence);
    return status;
}

void OfficeService::setNotice(const QString &topic, const QString &sentence)
{
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
    m_secrets->store(secretKey(secret.account, secret.name), secret.value,
                     {this, [this, request, account = secret.account](const Result<Done> &stored) {
                          if (stored && m_hosts.erase(account) > 0)
                              matchConnectors(); // starts again, with the new secret
                          answer(request, stored);
                      }});
}

void OfficeService::testAccount(quint64 request, const api::Caller &caller, AccountId account)
{
    if (const Result<Done> allowed = requireAdmin(m_core->view(), caller); !allowed)
        return answer(request, Result<QString>(allowed.error()));
    ChannelHost *host = hostOf(account);
    if (!host || !host->connector())
        return answer(request,
                      Result<QString>(rejected(host && !host->detail().isEmpty()
                                                   ? host->detail()
                                                   : u"this channel is not running on this PC"_s,
                                               u"down"_s)));
    host->connector()->test(
        {this, [this, request](const Result<QString> &said) { answer(request, said); }});
}

void OfficeService::announcePresence(const api::Presence &presence)
{
    const auto conversation = m_core->view().get<Conversation>(presence.conversation);
    ChannelHost *host = conversation ? hostOf(conversation->account) : nullptr;
    if (host && host->connector() && !presence.agent.isNull())
        host->connector()->agentTyping(conversation->thread, presence.isTyping);
    Q_EMIT presenceChanged(presence);
}

} // namespace peerdesk::node
