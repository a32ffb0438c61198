// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulation.h"

#include "core/cluster/takeover.h"
#include "core/node/attachmentexchange.h"

#include <QCryptographicHash>
#include <QDir>

namespace peerdesk::simulation {

using namespace Qt::StringLiterals;

namespace {

/// How long a person thinks where customers write all the time.
constexpr Instant ShortestThought = 700_msec;
/// After so long without an answer a person asks again, under the same id.
constexpr Instant AskAgain = 15_sec;
/// How long the office may take after the last fault until nothing is left to do.
constexpr Instant SettledWithin = 900_sec;

template <typename Id>
Id named(const QString &word)
{
    return derivedId<Id>(NodeId{}, word.toUtf8());
}

} // namespace

class Simulation::Trace
{
public:
    void add(const QString &line) { m_hash.addData(line.toUtf8() + '\n'); }
    QByteArray digest() const { return m_hash.result().toHex(); }

private:
    QCryptographicHash m_hash{QCryptographicHash::Sha256};
};

Simulation::Simulation(const Options &options)
    : m_options(options)
    , m_dice(options.seed)
    , m_trace(std::make_unique<Trace>())
{
    setNow(0);
    seedChance(options.seed);
    m_watch.say = [this](const QString &what) { say(what); };
    m_watch.breach = [this](const QString &what) { breach(what); };
    m_watch.acknowledged = [this](const InboundItem &item, const QString &pc) {
        checkCopies(item, pc);
    };
    m_board = std::make_unique<Switchboard>(m_agenda, m_dice);
}

Simulation::~Simulation()
{
    useOwnClock();
}

void Simulation::say(const QString &what)
{
    QString line = u"%1 %2"_s.arg(double(now()) / 1e6, 0, 'f', 3).arg(what);
    line.remove(m_options.folder);
    m_trace->add(line);
    if (m_options.isTraced)
        qInfo("%s", qPrintable(line));
}

void Simulation::breach(const QString &what)
{
    if (!m_outcome.breach.isEmpty())
        return;
    m_outcome.breach = u"at %1 s: %2"_s.arg(double(now()) / 1e6, 0, 'f', 3).arg(what);
    say(u"BROKEN: "_s + what);
    describe();
}

void Simulation::describe()
{
    for (const auto &pc : m_pcs) {
        if (!pc->isOn() || !pc->isUsable()) {
            say(pc->name() + u" is off or starts"_s);
            continue;
        }
        const node::Core &core = pc->core();
        const cluster::ClusterState &log = core.cluster();
        const auto nameOf = [this](const QString &node) {
            for (const auto &one : m_pcs) {
                if (one->idText() == node)
                    return one->name();
            }
            return node;
        };
        QStringList members;
        for (const cluster::Server &server : log.members)
            members += nameOf(server.node) + u' ' + QString::number(int(server.role));
        QStringList reachable;
        for (const QString &node : log.reachable)
            reachable += nameOf(node);
        say(u"%1%2: leader %3, term %4, applied %5, ready %6, may act %7, members %8, reaches %9"_s
                .arg(pc->name(), pc->isStill() ? u" (still)"_s : QString(), nameOf(log.leader))
                .arg(core.term())
                .arg(core.appliedIndex())
                .arg(core.isReady())
                .arg(core.mayAct())
                .arg(members.join(u','), reachable.join(u',')));
        const node::Warm &warm = core.view().warm();
        for (const auto &[id, account] : warm.accounts)
            say(u"  channel of %1, fence %2, cursor at the provider's %3"_s
                    .arg(nameOf(account.owner.toString()))
                    .arg(account.fence)
                    .arg(m_provider.items.size()));
        for (const auto &[id, task] : warm.set.tasks)
            say(u"  task %1 %2"_s.arg(id.toString(), enumName(task.assignmentStatus)));
        for (const auto &[id, effect] : warm.effects)
            say(u"  effect %1 %2, attempts %3, of %4"_s.arg(id.toString(), enumName(effect.state))
                    .arg(effect.attempts)
                    .arg(nameOf(effect.claimedBy.toString())));
    }
    for (const Person &person : m_people)
        say(u"%1 at %2: %3 things asked, %4"_s.arg(person.name, pc(person.pc).name())
                .arg(person.commands)
                .arg(person.asked ? u"waits since %1"_s.arg(double(person.asked->since) / 1e6)
                                  : u"idle"_s));
}

bool Simulation::canAsk(int index)
{
    return pc(index).isOn() && !pc(index).isStill() && pc(index).isUsable();
}

void Simulation::turn()
{
    Instant next = m_agenda.next();
    for (const auto &pc : m_pcs)
        next = std::min(next, pc->nextTime());
    setNow(std::max(now(), next));
    m_agenda.runDue();
    std::vector<Pc *> due;
    for (const auto &pc : m_pcs) {
        if (pc->isDue())
            due.push_back(pc.get());
    }
    std::shuffle(due.begin(), due.end(), m_dice);
    for (Pc *pc : due)
        pc->run();
    checkRouters();
}

void Simulation::run(Instant end, const std::function<bool()> &isDone)
{
    Instant look = now();
    while (now() < end && m_outcome.breach.isEmpty()) {
        if (isDone && now() >= look) {
            if (isDone())
                return;
            look = now() + 1_sec;
        }
        turn();
    }
}

void Simulation::makePc()
{
    cluster::Timing timing;
    timing.election *= m_options.calm;
    timing.heartbeat *= m_options.calm;
    m_pcs.push_back(std::make_unique<Pc>(
        int(m_pcs.size()) + 1, m_options.folder,
        Pc::Surroundings{m_agenda, m_dice, *m_board, m_provider, m_watch, timing}));
    m_pcs.back()->onApplied = [this](Pc &pc) { onApplied(pc); };
}

/// The first PC makes the office: people, and a channel.
void Simulation::found()
{
    makePc();
    pc(0).start();
    run(now() + 5_sec);
    const auto must = [this](const api::Caller &caller, const QString &name,
                             const api::Command &command) {
        bool isDone = false;
        pc(0).call([&] {
            pc(0).core().submit(caller, named<CommandId>(name), command,
                                [&, name](const node::Decided &decided) {
                                    isDone = true;
                                    if (!decided)
                                        breach(name + u": "_s + decided.error().detail);
                                });
        });
        run(now() + 20_sec, [&] { return isDone; });
        if (!isDone)
            breach(name + u": no answer"_s);
    };
    const auto boss = named<AgentId>(u"boss"_s);
    api::CreateOffice office;
    office.name = u"Shop"_s;
    office.admin = boss;
    office.adminName = u"Linh"_s;
    office.tokenHash = QByteArray(32, 't');
    office.node = pc(0).id();
    office.nodeName = pc(0).name();
    must({}, u"found"_s, office);
    m_admin.agent = boss;
    m_admin.name = office.adminName;
    m_admin.role = Role::Admin;
    const api::Caller admin{boss, {}, Role::Admin, {}, office.adminName};
    for (int i = 0; i < m_options.pcs + 1; ++i) {
        Person person;
        person.name = u"agent%1"_s.arg(i);
        person.agent = named<AgentId>(person.name);
        person.pc = i % m_options.pcs;
        api::SaveAgent save;
        save.agent.id = person.agent;
        save.agent.name = person.name;
        save.attributes = Json{"{}"};
        must(admin, u"agent "_s + person.name, save);
        m_people.push_back(person);
    }
    const auto founding = named<CommandId>(u"found"_s);
    ChannelAccount account;
    account.type = u"wire"_s;
    account.name = u"Wire"_s;
    account.flow = derivedId<FlowId>(founding, "direct");
    account.queue = derivedId<QueueId>(founding, "everyone");
    m_account = derivedId<AccountId>(named<CommandId>(u"account"_s), "account");
    must(admin, u"account"_s, api::SaveAccount{account});
}

Pc *Simulation::anyUsable()
{
    std::vector<Pc *> usable;
    for (int i = 0; i < int(m_pcs.size()); ++i) {
        if (canAsk(i))
            usable.push_back(&pc(i));
    }
    return usable.empty() ? nullptr : usable[size_t(upTo(int(usable.size())))];
}

/// Who a newcomer is and whom it will meet lies in its folder, as after joining by a code.
bool Simulation::join()
{
    Pc *host = anyUsable();
    if (!host)
        return false;
    makePc();
    Pc &newcomer = *m_pcs.back();
    const auto id = randomId<NodeId>();
    const auto identity = cluster::Identity::make(id.toString());
    if (!identity) {
        breach(u"no key for a newcomer"_s);
        return false;
    }
    newcomer.keychain()[node::nodeKeyName(id)] = identity->pem;
    cluster::Newcomer said;
    said.invitation = cluster::randomBytes(16);
    said.node = id.toString();
    said.name = newcomer.name();
    said.fingerprint = identity->fingerprint();
    said.featureLevel = events::featureLevel();
    auto answer = std::make_shared<std::optional<Result<cluster::Membership>>>();
    m_board->knock(host->idText(), said,
                   [answer](const Result<cluster::Membership> &welcome) { *answer = welcome; });
    run(now() + 20_sec, [answer] { return answer->has_value(); });
    if (!answer->has_value() || !**answer) {
        say(newcomer.name() + u" was not taken in"_s);
        newcomer.retire();
        return false;
    }
    {
        auto folder = store::DataFolder::open(newcomer.folder());
        auto local = folder ? store::LocalStore::open((*folder)->local())
                            : Result<std::unique_ptr<store::LocalStore>>(folder.error());
        if (!local || !(*local)->setValue(node::NodeIdKey.toString(), id.toString().toLatin1()) ||
            !(*local)->setValue(node::MembershipKey.toString(), codec::encode(***answer)))
            breach(u"a newcomer's folder cannot be written"_s);
    }
    newcomer.start();
    return true;
}

bool Simulation::isElsewhere(const Pc &here, const QByteArray &sha256) const
{
    for (const auto &pc : m_pcs) {
        if (pc.get() != &here && !pc->isRetired() && hasFile(*pc, sha256))
            return true;
    }
    return false;
}

/// An admin retires a PC that is gone for ever; another takes its place.
void Simulation::retire(Pc &gone)
{
    for (const auto &[sha256, bytes] : m_provider.files) {
        if (hasFile(gone, sha256) && !isElsewhere(gone, sha256))
            m_loseable.insert(sha256); // its people were told, see checkCopies()
    }
    gone.retire();
    ask(m_admin, api::RemoveNode{gone.id()});
    run(now() + 120_sec, [this] { return !m_admin.asked; });
    for (int tries = 0; tries < 10 && !m_isQuiet && !join(); ++tries)
        run(now() + 5_sec);
}

/// All PCs but one are lost with what they have, and a supervisor lets that one go on. Then they
/// are found again, one after the other.
void Simulation::goOnAlone()
{
    Pc *left = anyUsable();
    if (!left)
        return;
    std::vector<Pc *> lost;
    for (const auto &pc : m_pcs) {
        if (pc.get() == left || pc->isRetired())
            continue;
        pc->isAway = true;
        if (pc->isOn())
            pc->crash();
        lost.push_back(pc.get());
    }
    m_board->healAll();
    const auto generation = [left] {
        const auto takeover = cluster::decodeTakeover(left->core().cluster().takeover);
        return takeover ? takeover->generation : 1;
    };
    run(now() + 20_sec);
    if (left->isOn() && left->isUsable() && !left->isStill()) {
        const quint64 before = generation();
        const api::Caller admin{m_admin.agent, {}, Role::Admin, {}, m_admin.name};
        m_provider.newestFence.reset(); // fences are places in one log
        left->call([&] { left->office().takeover(1, admin); });
        run(now() + 20_sec,
            [&] { return !left->isOn() || (left->isUsable() && generation() > before); });
        if (left->isOn() && left->isUsable() && generation() > before) {
            say(u"%1 goes on alone"_s.arg(left->name()));
            run(now() + Instant(10 + upTo(60)) * 1_sec);
        }
    }
    for (Pc *pc : lost) {
        pc->isAway = false;
        m_provider.newestFence.reset(); // it may act until it learns that it was left behind
        pc->start();
        run(now() + Instant(5 + upTo(20)) * 1_sec);
    }
    m_provider.newestFence = 0;
}

void Simulation::customersWrite()
{
    if (!m_isQuiet) {
        InboundItem item;
        const bool isNew = m_threads == 0 || upTo(3) == 0;
        const int thread = isNew ? m_threads++ : upTo(m_threads);
        const int number = int(m_provider.items.size());
        item.providerId = u"in-%1"_s.arg(number);
        item.thread = u"thread-%1"_s.arg(thread);
        item.sender = {u"wire"_s, m_account.toString(), u"customer-%1"_s.arg(thread),
                       u"Customer %1"_s.arg(thread), Evidence::Provider};
        item.senderName = item.sender.display;
        item.content.text = u"Message %1"_s.arg(number);
        item.providerTime = Time{Beginning + now() / 1000};
        if (upTo(3) == 0)
            item.content.attachments = {sendFile(number)};
        m_provider.items.push_back(item);
        m_agenda.in(Instant(upTo(int(2 * m_options.customerEvery / 1_msec))) * 1_msec,
                    [this] { customersWrite(); });
    }
}

/// A picture, say, of one to three parts.
Attachment Simulation::sendFile(int number)
{
    QByteArray bytes(1 + upTo(int(2 * node::AttachmentExchange::PartBytes)), char(number));
    bytes += QByteArray::number(number);
    Attachment file;
    file.sha256 = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
    file.name = u"file-%1.bin"_s.arg(number);
    file.mimeType = u"application/octet-stream"_s;
    file.size = bytes.size();
    m_provider.files[file.sha256] = bytes;
    return file;
}

bool Simulation::hasFile(const Pc &pc, const QByteArray &sha256) const
{
    return store::AttachmentStore(pc.folder() + u"/attachments"_s).get(sha256).has_value();
}

/// Two PCs have its files by then, or the people at this one are told that only it has.
void Simulation::checkCopies(const InboundItem &item, const QString &at)
{
    for (const Attachment &file : item.content.attachments) {
        int copies = 0;
        bool isTold = false;
        for (const auto &pc : m_pcs) {
            copies += hasFile(*pc, file.sha256);
            isTold = isTold || (pc->name() == at && pc->isHoldingAlone());
        }
        if (copies < 2 && !isTold)
            breach(
                u"%1 of %2 is on %3 PCs, and %4 does not say so"_s.arg(file.name, item.providerId)
                    .arg(copies)
                    .arg(at));
    }
}

void Simulation::think(Person &person)
{
    const Instant thought = std::max(ShortestThought, m_options.customerEvery / 8);
    m_agenda.in(thought / 2 + Instant(upTo(int(thought))), [this, &person] { think(person); });
    if (!canAsk(person.pc)) {
        if (upTo(6) == 0)
            person.pc = upTo(int(m_pcs.size())); // goes to another desk
        return;
    }
    if (person.asked) {
        const bool isGone =
            person.asked->pc != person.pc || person.asked->life != pc(person.pc).lives();
        if (isGone || now() - person.asked->since > AskAgain)
            submit(person);
        return;
    }
    if (person.role == Role::Admin)
        return; // does only what a fault asks for
    std::optional<api::Command> next;
    pc(person.pc).call([&] {
        const node::Warm &warm = pc(person.pc).core().view().warm();
        for (const auto &[id, worker] : warm.set.workers) {
            if (worker.agent == person.agent)
                next = wish(person, warm, id);
        }
    });
    if (next)
        ask(person, *next);
}

std::optional<api::Command> Simulation::wish(Person &person, const node::Warm &warm,
                                             WorkerId worker)
{
    const Worker &self = warm.set.workers.at(worker);
    if (!self.available) {
        for (const auto &[id, activity] : warm.set.activities) {
            if (activity.available)
                return api::SetActivity{worker, id, false};
        }
    }
    for (const auto &[id, reservation] : warm.set.reservations) {
        if (reservation.worker != worker)
            continue;
        if (reservation.status == ReservationStatus::Pending) {
            if (!m_isQuiet && upTo(10) == 0)
                return api::RejectReservation{id, {}};
            return api::AcceptReservation{id};
        }
        const auto task = warm.set.tasks.find(reservation.task);
        if (task == warm.set.tasks.end() || task->second.worker != worker)
            continue;
        const bool isNew = !person.answered.contains(task->first);
        if (isNew && !task->second.conversation.isNull() &&
            reservation.status == ReservationStatus::Accepted) {
            person.answered.insert(task->first);
            api::SendMessage reply;
            reply.conversation = task->second.conversation;
            reply.content.text = u"%1 answers %2"_s.arg(person.name).arg(person.commands);
            return reply;
        }
        if (reservation.status == ReservationStatus::Accepted && upTo(3) == 0)
            return api::WrapUpTask{task->first};
        return api::CompleteTask{task->first, u"done"_s};
    }
    return std::nullopt;
}

void Simulation::ask(Person &person, const api::Command &command)
{
    Asked asked;
    asked.id = named<CommandId>(u"%1 %2"_s.arg(person.name).arg(++person.commands));
    asked.command = command;
    person.asked = asked;
    if (canAsk(person.pc))
        submit(person); // else as soon as there is a PC to do it at
}

void Simulation::submit(Person &person)
{
    Asked &asked = *person.asked;
    asked.pc = person.pc;
    asked.life = pc(person.pc).lives();
    asked.since = now();
    pc(person.pc).call([&] {
        WorkerId worker;
        const node::Warm &warm = pc(person.pc).core().view().warm();
        for (const auto &[id, one] : warm.set.workers) {
            if (one.agent == person.agent)
                worker = id;
        }
        const api::Caller caller{person.agent, {}, person.role, worker, person.name};
        pc(person.pc).core().submit(caller, asked.id, asked.command,
                                    [this, &person, id = asked.id](const node::Decided &decided) {
                                        onAnswer(person, id, decided);
                                    });
    });
}

void Simulation::onAnswer(Person &person, CommandId id, const node::Decided &decided)
{
    if (!person.asked || person.asked->id != id)
        return; // an earlier try of what was answered since
    const Error::Code code = decided ? Error::Code::Cancelled : decided.error().code;
    const bool isOpen =
        !decided && (code == Error::Code::Unknown || code == Error::Code::Busy ||
                     code == Error::Code::NoMajority || code == Error::Code::Storage);
    say(u"%1 #%2: %3"_s.arg(person.name)
            .arg(person.commands)
            .arg(decided ? u"done"_s : decided.error().detail));
    if (isOpen)
        return; // asked again
    if (decided) {
        m_outcome.longestGap = std::max(m_outcome.longestGap, now() - m_lastAnswer);
        m_lastAnswer = now();
        if (std::holds_alternative<api::SendMessage>(person.asked->command)) {
            m_replies[decided->as<MessageId>().toBytes()] = id;
            ++m_outcome.replies;
        }
    }
    person.asked.reset();
}

void Simulation::onApplied(Pc &pc)
{
    const node::Core &core = pc.core();
    const auto takeover = cluster::decodeTakeover(core.cluster().takeover);
    const std::pair at{takeover ? takeover->generation : 1, core.appliedIndex()};
    const auto [known, isNew] = m_digests.try_emplace(at, core.digest(), pc.name());
    if (isNew)
        say(u"%1 applied %2"_s.arg(pc.name()).arg(core.appliedIndex()));
    else if (known->second.first != core.digest())
        breach(u"%1 and %2 differ at %3"_s.arg(known->second.second, pc.name())
                   .arg(core.appliedIndex()));
    if (const QString broken = brokenPromise(core.view().warm()); !broken.isEmpty())
        breach(pc.name() + u": "_s + broken);
}

QString Simulation::brokenPromise(const node::Warm &warm) const
{
    std::map<TaskId, int> holders;
    std::map<std::pair<WorkerId, QString>, int> slots_;
    for (const auto &[id, reservation] : warm.set.reservations) {
        const auto task = warm.set.tasks.find(reservation.task);
        if (task == warm.set.tasks.end())
            return u"a live reservation without a task"_s;
        const bool isHeld = reservation.status != ReservationStatus::Pending;
        if (isHeld && ++holders[task->first] > 1)
            return u"two people hold one task"_s;
        if (isHeld && reservation.worker != task->second.worker)
            return u"somebody holds a task that is another's"_s;
        ++slots_[{reservation.worker, task->second.taskChannel}];
    }
    std::map<QString, int> capacities;
    for (const auto &[id, channel] : warm.set.taskChannels)
        capacities[channel.uniqueName] = channel.defaultCapacity;
    for (const auto &[slot, count] : slots_) {
        if (count > capacities[slot.second])
            return u"more tasks than slots"_s;
    }
    return {};
}

void Simulation::checkRouters()
{
    for (const auto &pc : m_pcs) {
        if (!pc->isOn() || pc->isStill() || !pc->isUsable() || !pc->core().isReady())
            continue;
        const quint64 term = pc->core().term();
        const auto [known, isNew] = m_routers.try_emplace(term, pc->name());
        if (isNew)
            say(u"%1 routes in term %2"_s.arg(pc->name()).arg(term));
        else if (known->second != pc->name())
            breach(u"%1 and %2 route in term %3"_s.arg(known->second, pc->name()).arg(term));
    }
}

Pc &Simulation::anyMember()
{
    int index = upTo(int(m_pcs.size()));
    while (pc(index).isRetired())
        index = upTo(int(m_pcs.size()));
    return pc(index);
}

std::vector<Simulation::Fault> Simulation::faults()
{
    Pc &any = anyMember();
    const auto seconds = [this](int most) { return Instant(1 + upTo(most)) * 1_sec; };
    const auto startLater = [this, &any](Instant after) {
        m_agenda.in(after, [this, &any] {
            if (!any.isOn()) {
                say(any.name() + u" is started"_s);
                any.start();
            }
        });
    };
    const auto fails = [this, &any](Disk::Fault fault, Instant span) {
        any.disk().fault = fault;
        m_agenda.in(span, [&any] { any.disk().fault = Disk::Fault::None; });
    };
    const bool isRunning = any.isOn() && !any.isStill();
    std::vector<Fault> out;
    const auto add = [&](const QString &name, bool isPossible, std::function<void()> what) {
        if (isPossible && (m_options.only.isEmpty() || m_options.only == name))
            out.emplace_back(name + u' ' + any.name(), std::move(what));
    };
    add(u"power"_s, any.isOn(), [=, this, &any] {
        if (upTo(2) == 0)
            return any.disk().cutAtSync(1 + upTo(40)); // in the middle of something
        any.crash();
        startLater(seconds(60));
    });
    add(u"close"_s, isRunning && any.isUsable(), [=, &any] {
        any.close();
        startLater(seconds(60) + 5_sec);
    });
    add(u"stop"_s, isRunning, [=, &any] { any.standStill(seconds(20), false); });
    add(u"sleep"_s, isRunning, [=, &any] { any.standStill(seconds(300), true); });
    add(u"cut"_s, true, [this] { cut(false); });
    add(u"one-way"_s, true, [this] { cut(true); });
    add(u"loss"_s, true, [=, this] {
        m_board->loss = 0.05;
        m_agenda.in(seconds(30), [this] { m_board->loss = 0; });
    });
    add(u"slow"_s, true, [=, this] {
        m_board->delay = 60_msec;
        m_agenda.in(seconds(30), [this] { m_board->delay = 1_msec; });
    });
    add(u"full"_s, isRunning, [=] { fails(Disk::Fault::Full, seconds(15)); });
    // What failed once is not trusted again until the program was started anew.
    add(u"eio"_s, isRunning, [=, this, &any] {
        fails(upTo(2) ? Disk::Fault::WriteFails : Disk::Fault::SyncFails, seconds(5));
        m_agenda.in(seconds(20) + 5_sec, [=, &any] {
            if (any.isOn())
                any.crash();
            startLater(1_sec);
        });
    });
    const bool isRare = !m_isActing && upTo(4) == 0;
    add(u"retire"_s, isRare && canGo(any), [this, &any] {
        m_isActing = true;
        retire(any);
        m_isActing = false;
    });
    add(u"takeover"_s, isRare, [this] {
        m_isActing = true;
        goOnAlone();
        m_isActing = false;
    });
    add(u"clock"_s, any.isOn(),
        [=, this, &any] { any.clock().wallAheadMs = (upTo(2) ? 1 : -1) * upTo(2 * 3'600'000); });
    return out;
}

/// Whether those that vote are still a majority without it, and all there.
bool Simulation::canGo(Pc &gone)
{
    for (int i = 0; i < int(m_pcs.size()); ++i) {
        if (&pc(i) == &gone || !canAsk(i) || !pc(i).core().isReady())
            continue;
        const cluster::ClusterState &log = pc(i).core().cluster();
        int voters = 0;
        int left = 0;
        for (const cluster::Server &server : log.members) {
            if (server.role != cluster::ServerRole::Voter)
                continue;
            ++voters;
            left += server.node != gone.idText() &&
                    (server.node == log.leader || log.reachable.contains(server.node));
        }
        return 2 * left > voters;
    }
    return false;
}

void Simulation::cut(bool isOneWay)
{
    const int alone = upTo(int(m_pcs.size()));
    for (int other = 0; other < int(m_pcs.size()); ++other) {
        if (other == alone || (isOneWay && upTo(2) == 0))
            continue;
        const bool isFrom = !isOneWay || upTo(2) == 0;
        if (isFrom)
            m_board->setCut(pc(alone).idText(), pc(other).idText(), true);
        if (!isOneWay || !isFrom)
            m_board->setCut(pc(other).idText(), pc(alone).idText(), true);
    }
    m_agenda.in(Instant(1 + upTo(40)) * 1_sec, [this] { m_board->healAll(); });
}

void Simulation::fault()
{
    if (m_isQuiet)
        return;
    std::vector<Fault> possible = faults();
    if (!possible.empty()) {
        const Fault &chosen = possible[size_t(upTo(int(possible.size())))];
        say(u"fault: "_s + chosen.first);
        ++m_outcome.faults;
        chosen.second();
    }
    m_agenda.in(Instant(upTo(int(2 * m_options.faultEvery / 1_msec))) * 1_msec,
                [this] { fault(); });
}

/// Everything works again.
void Simulation::heal()
{
    say(u"everything is mended"_s);
    m_isQuiet = true;
    m_provider.isCalm = true;
    m_board->healAll();
    for (const auto &pc : m_pcs) {
        pc->disk().fault = Disk::Fault::None;
        pc->disk().cutAtSync(0);
    }
}

QString Simulation::unsettled()
{
    std::optional<quint64> index;
    for (const auto &pc : m_pcs) {
        if (pc->isRetired())
            continue;
        pc->isAway = false;
        pc->start();
        if (pc->isStill() || !pc->isUsable())
            return pc->name() + u" does not run"_s;
        const node::Core &core = pc->core();
        if (!core.trouble().isEmpty())
            return pc->name() + u": "_s + core.trouble();
        const node::Warm &warm = core.view().warm();
        if (!warm.set.tasks.empty())
            return u"%1 has %2 open tasks"_s.arg(pc->name()).arg(warm.set.tasks.size());
        if (!warm.effects.empty())
            return u"%1 has %2 open effects"_s.arg(pc->name()).arg(warm.effects.size());
        if (index && *index != core.appliedIndex())
            return u"%1 is at %2, another PC at %3"_s.arg(pc->name())
                .arg(core.appliedIndex())
                .arg(*index);
        index = core.appliedIndex();
    }
    if (const QString missing = missingFile(); !missing.isEmpty())
        return missing;
    if (m_provider.acknowledged.size() < m_provider.items.size())
        return u"%1 of %2 items are acknowledged"_s.arg(m_provider.acknowledged.size())
            .arg(m_provider.items.size());
    for (const Person &person : m_people) {
        if (person.asked)
            return person.name + u" waits for an answer"_s;
    }
    return {};
}

/// Every PC comes to hold every file, whole, that any PC of the office still has.
QString Simulation::missingFile() const
{
    for (const auto &[sha256, bytes] : m_provider.files) {
        int copies = 0;
        const Pc *without = nullptr;
        for (const auto &pc : m_pcs) {
            if (pc->isRetired())
                continue;
            const bool isThere = hasFile(*pc, sha256);
            copies += isThere;
            if (!isThere)
                without = pc.get();
            const store::AttachmentStore files(pc->folder() + u"/attachments"_s);
            if (!isThere && files.has(sha256))
                return u"%1 says it has %2, and cannot read it"_s.arg(pc->name(),
                                                                      files.pathOf(sha256));
        }
        const bool isLost = copies == 0 && m_loseable.contains(sha256);
        if (without && !isLost)
            return u"%1 has no file %2, %3 others have"_s
                .arg(without->name(), QString::fromLatin1(sha256.toHex()))
                .arg(copies);
    }
    return {};
}

Simulation::Outcome Simulation::play()
{
    found();
    for (int i = 1; i < m_options.pcs && m_outcome.breach.isEmpty(); ++i) {
        if (!join())
            breach(u"a newcomer was not taken in"_s);
        run(now() + 20_sec, [this] { return m_pcs.back()->isUsable(); });
    }
    m_lastAnswer = now();
    for (Person &person : m_people)
        m_agenda.in(Instant(upTo(1000)) * 1_msec, [this, &person] { think(person); });
    m_agenda.in(ShortestThought, [this] { think(m_admin); });
    m_agenda.in(1_sec, [this] { customersWrite(); });
    m_agenda.in(20_sec, [this] { fault(); });
    run(now() + m_options.length);
    heal();
    QString left = u"nothing was looked at"_s;
    run(now() + SettledWithin, [&] {
        left = unsettled();
        return left.isEmpty();
    });
    if (m_outcome.breach.isEmpty() && !left.isEmpty())
        breach(u"not settled after %1 s without faults: %2"_s.arg(SettledWithin / 1_sec).arg(left));
    if (m_outcome.breach.isEmpty())
        checkEnd();
    m_outcome.items = int(m_provider.items.size());
    for (const auto &pc : m_pcs)
        m_outcome.lostWrites += pc->disk().lostWrites;
    m_outcome.pcs = int(m_pcs.size());
    for (const auto &pc : m_pcs)
        m_outcome.lostFiles += pc->disk().lostFiles;
    m_outcome.uncertain = int(m_uncertain.size());
    m_outcome.digest = m_trace->digest();
    m_agenda.clear();
    m_pcs.clear();
    return m_outcome;
}

/// What was acknowledged is there, once, on every PC, and what customers got is what is told.
void Simulation::checkEnd()
{
    for (const auto &pc : m_pcs) {
        if (pc->isRetired())
            continue;
        pc->call([&, one = pc.get()] { checkPc(*one); });
        m_outcome.facts = pc->core().appliedIndex();
    }
}

void Simulation::checkPc(Pc &pc)
{
    const auto opened = store::OfficeReader::open(pc.folder() + u"/office.db"_s);
    if (!opened)
        return breach(pc.name() + u": "_s + opened.error().detail);
    std::map<QString, int> received;
    std::map<QByteArray, MessageState> sent;
    const store::OfficeReader &reader = **opened;
    for (const Conversation &conversation : reader.all<Conversation>()) {
        const auto page = reader.messages(conversation.id, {10'000, {}});
        if (!page)
            return breach(pc.name() + u": "_s + page.error().detail);
        for (const Message &message : page->items) {
            if (message.state == MessageState::Received)
                ++received[message.providerId];
            else
                sent[message.id.toBytes()] = message.state;
        }
    }
    for (const InboundItem &item : m_provider.items) {
        if (received[item.providerId] != 1)
            breach(u"%1 has %2 of %3 that a customer wrote"_s.arg(pc.name())
                       .arg(received[item.providerId])
                       .arg(item.providerId));
    }
    for (const auto &[id, command] : m_replies) {
        const auto state = sent.find(id);
        if (state == sent.end())
            return breach(u"%1 lost a reply that was acknowledged"_s.arg(pc.name()));
        const int performed = m_provider.performed.contains(id) ? m_provider.performed.at(id) : 0;
        const bool isTold = state->second == MessageState::Sent;
        const bool isOpen = state->second == MessageState::Uncertain;
        if (!isOpen && !isTold && state->second != MessageState::Failed)
            breach(u"a reply came to no end: "_s + enumName(state->second));
        if (!isOpen && isTold != (performed == 1))
            breach(u"a reply is %1, and the customer got it %2 times"_s.arg(enumName(state->second))
                       .arg(performed));
        if (isOpen)
            m_uncertain.insert(id);
    }
}

} // namespace peerdesk::simulation
