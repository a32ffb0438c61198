// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/node/gate.h"
#include "core/store/localstore.h"

#include <QTest>

/// An office in one thread, moved step by step: the log commits and the tables follow only when a
/// test says so. Real decisions, tables, gate, journal and attachments; the provider is ours.
namespace peerdesk::node::test {

using namespace Qt::StringLiterals;

using Log = std::vector<store::LogEntry>;

/// Stands still until it is moved; timers never run out by themselves.
class StillClock final : public Clock
{
public:
    /// Every timer is this much longer than it should be.
    static constexpr Milliseconds Far = std::chrono::hours(24);

    StillClock(std::shared_ptr<Time> now, std::shared_ptr<Milliseconds> setAhead)
        : m_now(std::move(now))
        , m_setAhead(std::move(setAhead))
    {}
    Time wall() const override { return *m_now + *m_setAhead; }
    Milliseconds boot() const override { return Milliseconds(m_now->ms); }
    Milliseconds toReal(Milliseconds wanted) const override { return Far + wanted; }

private:
    std::shared_ptr<Time> m_now;
    std::shared_ptr<Milliseconds> m_setAhead;
};

inline ChannelRules rulesOfAWire()
{
    ChannelRules rules;
    rules.taskChannel = u"chat"_s;
    rules.files.maxBytes = 1'000'000;
    return rules;
}

/// A log that holds what is submitted until commit().
class HeldLog final : public cluster::Consensus
{
public:
    explicit HeldLog(std::shared_ptr<Log> log)
        : m_log(std::move(log))
    {}

    void start(quint64 appliedIndex) override
    {
        m_term = m_log->empty() ? 1 : m_log->back().term + 1;
        if (m_log->size() > appliedIndex)
            Q_EMIT committed({m_log->begin() + qsizetype(appliedIndex), m_log->end()});
        Q_EMIT ready();
    }
    void submit(const QByteArray &payload) override
    {
        m_held.push_back({nextIndex(), m_term, payload});
    }
    quint64 term() const override { return m_term; }
    quint64 nextIndex() const override { return m_log->size() + m_held.size() + 1; }
    void setApplied(quint64) override {}
    void tell(const QString &node, const QByteArray &bytes) override
    {
        told.emplace_back(node, bytes);
    }
    void stop() override { Q_EMIT stopped(); }

    size_t held() const { return m_held.size(); }
    void commit()
    {
        const Log entries = std::exchange(m_held, {});
        if (entries.empty())
            return;
        m_log->insert(m_log->end(), entries.begin(), entries.end());
        Q_EMIT committed(entries);
    }
    /// As after a full disk: what was held is surely not in the log.
    void lose()
    {
        m_held.clear();
        ++m_term;
        Q_EMIT lost({Error::Code::Storage, u"The disk is full"_s, u"disk-full"_s}, true);
        Q_EMIT ready();
    }

    /// What is held becomes the leader's: committed in its term.
    void commitTheirs(quint64 leaderTerm, Log entries)
    {
        for (store::LogEntry &entry : entries)
            entry.term = leaderTerm;
        m_log->insert(m_log->end(), entries.begin(), entries.end());
        Q_EMIT committed(entries);
    }
    const Log &waiting() const { return m_held; }
    /// This node leads, with these that vote.
    void lead(const QString &self, const QStringList &voters)
    {
        cluster::ClusterState state;
        state.state = cluster::State::Leader;
        state.term = m_term;
        state.leader = self;
        for (const QString &node : voters)
            state.members.push_back({state.members.size() + 1, node, cluster::ServerRole::Voter});
        Q_EMIT stateChanged(state);
    }
    /// Another node leads from now on, and can be reached.
    void follow(const QString &leader)
    {
        m_held.clear();
        Q_EMIT lost({Error::Code::Unknown, u"Another PC is the router"_s, {}}, false);
        cluster::ClusterState state;
        state.state = cluster::State::Follower;
        state.term = m_term + 1; // not one that this node led in
        state.leader = leader;
        state.reachable = {leader};
        Q_EMIT stateChanged(state);
    }
    std::vector<std::pair<QString, QByteArray>> told; ///< to whom, what

private:
    std::shared_ptr<Log> m_log;
    Log m_held;
    quint64 m_term = 0;
};

class NoSecrets final : public secrets::SecretStore
{
public:
    void store(const QString &, const QByteArray &, Completion<Done> done) override
    {
        done.answer(Done{});
    }
    void fetch(const QString &, Completion<QByteArray> done) override
    {
        done.answer(notFound(u"no secrets here"_s));
    }
    void remove(const QString &, Completion<Done> done) override { done.answer(Done{}); }
};

/// What the outside saw; outlives the office, as providers do.
struct Provider
{
    std::vector<channels::Outgoing> sent;
    std::vector<Completion<channels::SendResult>> waiting; ///< sends it has not answered yet

    void answer(channels::SendResult::Kind kind, const QString &id = u"provider-1"_s)
    {
        const auto open = std::exchange(waiting, {});
        for (const auto &one : open)
            const_cast<Completion<channels::SendResult> &>(one).answer(
                channels::SendResult{kind, id, {}, Seconds(0)});
    }
};

class Wire final : public channels::Connector
{
public:
    Wire(Provider &provider, channels::Host &host)
        : m_provider(provider)
        , m_host(host)
    {}
    void start() override { m_host.setState(AccountState::Connected, {}); }
    void stop() override {}
    void send(const channels::Outgoing &outgoing, Completion<channels::SendResult> done) override
    {
        m_provider.sent.push_back(outgoing);
        m_provider.waiting.push_back(std::move(done));
    }
    void test(Completion<QString> done) override { done.answer(QString()); }

private:
    Provider &m_provider;
    channels::Host &m_host;
};

/// What survives a crash: the folder, the log, the outside, the time.
struct World
{
    QString folder;
    std::shared_ptr<Log> log = std::make_shared<Log>();
    std::shared_ptr<Time> now = std::make_shared<Time>(Time{1'790'000'000'000});
    /// How far somebody has set the PC's clock ahead of what passed.
    std::shared_ptr<Milliseconds> setAhead = std::make_shared<Milliseconds>(0);
    Provider provider;
    NodeId node = derivedId<NodeId>(NodeId{}, "this node");
    int salts = 0;

    QString path(const QString &name) const { return folder + u'/' + name; }
};

template <typename IdType = CommandId>
IdType named(const QByteArray &word)
{
    return derivedId<IdType>(NodeId{}, word);
}

class SmallOffice final : public QObject
{
public:
    /// One life of a node on `world`. Everything that was in its log is applied before it is ready.
    explicit SmallOffice(World &world)
        : m_world(world)
        , m_attachments(world.path(u"attachments"_s))
        , m_journal(world.path(u"local.db"_s))
        , m_applier(world.path(u"office.db"_s))
    {
        const auto made = store::OfficeStore::open(world.path(u"office.db"_s));
        auto reader = store::OfficeReader::open(world.path(u"office.db"_s));
        if (!made || !reader)
            qFatal("no office.db");
        auto held = std::make_unique<HeldLog>(world.log);
        m_held = held.get();
        m_type.type = u"wire"_s;
        m_type.label = u"Wire"_s;
        m_type.capabilities.files.maxBytes = 1'000'000;
        m_type.make = [this](const ChannelAccount &, channels::Host &host) {
            return std::make_unique<Wire>(m_world.provider, host);
        };
        m_core = std::make_unique<Core>(
            Core::Parts{world.node, std::move(held), std::move(*reader),
                        std::make_unique<StillClock>(world.now, world.setAhead),
                        [this](const QString &) { return rules; }, [this] { return nextSalt(); }});
        connect(m_core.get(), &Core::committed, this, [this](const Log &entries) {
            m_toApply.insert(m_toApply.end(), entries.begin(), entries.end());
        });
        connect(&m_applier, &Applier::applied, this,
                [this](const auto &applied, const auto &changes, const QByteArray &digest) {
                    m_core->onApplied(applied, changes, digest);
                    if (m_gate)
                        m_gate->pump();
                });
        m_core->start();
        apply();
    }

    ChannelRules rules = rulesOfAWire(); ///< of the one kind of channel

    Core &core() { return *m_core; }
    HeldLog &held() { return *m_held; }
    const store::AttachmentStore &attachments() const { return m_attachments; }
    ChannelHost &host() { return *m_host; }
    Gate &gate() { return *m_gate; }
    QByteArray digest() const { return m_core->digest(); }

    void apply()
    {
        const Log entries = std::exchange(m_toApply, {});
        if (!entries.empty())
            m_applier.apply(entries);
    }
    /// Until nothing more follows by itself.
    void settle()
    {
        while (m_held->held() > 0 || !m_toApply.empty()) {
            m_held->commit();
            apply();
        }
    }

    /// The answers of a command; empty until there is one.
    using Answers = std::shared_ptr<std::vector<Decided>>;
    Answers submit(const QByteArray &name, const api::Command &command,
                   const api::Caller &caller = {})
    {
        auto answers = std::make_shared<std::vector<Decided>>();
        m_core->submit(caller, named(name), command,
                       [answers](const Decided &decided) { answers->push_back(decided); });
        return answers;
    }
    /// Submits and settles.
    Decided run(const QByteArray &name, const api::Command &command, const api::Caller &caller = {})
    {
        const Answers answers = submit(name, command, caller);
        settle();
        return answers->size() == 1 ? answers->front() : Decided(invalid(u"not one answer"_s));
    }

    api::Caller boss() const
    {
        return {
            named<AgentId>("boss"), {}, Role::Admin, workerOf(named<AgentId>("boss")), u"Linh"_s};
    }
    WorkerId workerOf(AgentId agent) const
    {
        for (const auto &[id, worker] : m_core->view().warm().set.workers) {
            if (worker.agent == agent)
                return id;
        }
        return {};
    }
    /// Founds the office with one channel account, if the world has none yet.
    void found()
    {
        const CommandId founding = named("found");
        api::CreateOffice office;
        office.name = u"Shop"_s;
        office.admin = named<AgentId>("boss");
        office.adminName = u"Linh"_s;
        office.tokenHash = QByteArray(32, 't');
        office.node = m_world.node;
        office.nodeName = u"PC"_s;
        QVERIFY(run("found", office));
        ChannelAccount account;
        account.type = u"wire"_s;
        account.name = u"Wire"_s;
        account.flow = derivedId<FlowId>(founding, "direct");
        account.queue = derivedId<QueueId>(founding, "everyone");
        QVERIFY(run("account", api::SaveAccount{account}));
    }
    AccountId account() const { return derivedId<AccountId>(named("account"), "account"); }
    /// The connector and the gate begin; what an earlier life left is recovered.
    void openChannel()
    {
        const auto held = m_core->view().get<ChannelAccount>(account());
        m_host = std::make_unique<ChannelHost>(
            ChannelHost::Parts{*m_core, m_secrets, m_attachments, m_type}, *held, nullptr);
        m_host->start();
        m_gate = std::make_unique<Gate>(Gate::Parts{*m_core, m_journal, m_attachments,
                                                    [this](AccountId) { return m_host.get(); }},
                                        nullptr);
        m_gate->recover(journalled());
        m_gate->pump();
    }
    std::vector<store::JournalItem> journalled() const
    {
        const auto local = store::LocalStore::open(m_world.path(u"local.db"_s));
        const auto items =
            local ? (*local)->journalled() : Result<std::vector<store::JournalItem>>(local.error());
        return items ? *items : std::vector<store::JournalItem>();
    }

    InboundItem item(const QString &providerId, const QString &text) const
    {
        InboundItem item;
        item.providerId = providerId;
        item.thread = u"thread"_s;
        item.sender = {u"wire"_s, account().toString(), u"anna"_s, u"Anna"_s, Evidence::Provider};
        item.senderName = u"Anna"_s;
        item.content.text = text;
        item.providerTime = *m_world.now;
        return item;
    }
    /// The conversation that the first item of the thread opened.
    ConversationId conversation() const
    {
        const auto found = m_core->view().byThread(account(), u"thread"_s);
        return found ? found->id : ConversationId{};
    }
    std::vector<Message> messages() const
    {
        const auto page = m_core->reader().messages(conversation(), {500, {}});
        return page ? page->items : std::vector<Message>();
    }
    /// A customer wrote, an agent's answer is accepted. Its effect is in the ledger, nothing more.
    MessageId answerTheCustomer()
    {
        (void)run("hello", api::Ingest{account(), {item(u"m1"_s, u"Hello"_s)}, {}, {}});
        api::SendMessage reply;
        reply.conversation = conversation();
        reply.content.text = u"Good day"_s;
        const Decided sent = run("reply", reply, boss());
        return sent ? sent->as<MessageId>() : MessageId{};
    }
    MessageState stateOf(MessageId id) const
    {
        const auto message = m_core->view().get<Message>(id);
        return message ? message->state : MessageState::Canceled;
    }

private:
    /// The same in every rehearsal, and another one for each batch.
    QByteArray nextSalt()
    {
        return derivedId<CommandId>(m_world.node, "salt" + QByteArray::number(++m_world.salts))
            .toBytes();
    }

    World &m_world;
    store::AttachmentStore m_attachments;
    NoSecrets m_secrets;
    Journal m_journal;
    Applier m_applier;
    channels::ChannelType m_type;
    HeldLog *m_held = nullptr;
    Log m_toApply;
    std::unique_ptr<Core> m_core;
    std::unique_ptr<ChannelHost> m_host;
    std::unique_ptr<Gate> m_gate;
};

} // namespace peerdesk::node::test
