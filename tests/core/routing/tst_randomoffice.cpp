// SPDX-License-Identifier: GPL-3.0-or-later
#include "rehearsal.h"

#include "core/base/codec.h"

#include <random>
#include <set>

using namespace peerdesk;
using namespace peerdesk::rehearsal;

/// Ten thousand random commands against the promises of routing.md 2.11 (10). The seed is printed;
/// PEERDESK_SEED sets it.
class tst_RandomOffice : public QObject
{
    Q_OBJECT

private slots:
    void promisesHoldUnderRandomCommands_data()
    {
        QTest::addColumn<quint32>("seed");
        QTest::addColumn<int>("commands");
        bool isGiven = false;
        const uint given = qEnvironmentVariable("PEERDESK_SEED").toUInt(&isGiven);
        if (isGiven) {
            QTest::newRow("given") << quint32(given) << 10'000;
            return;
        }
        const int count = qEnvironmentVariableIsSet("PEERDESK_FULL") ? 1'000'000 : 10'000;
        QTest::newRow("fixed") << quint32(20'261'121) << count;
        QTest::newRow("new") << quint32(std::random_device{}()) << 2'000;
    }
    void promisesHoldUnderRandomCommands()
    {
        QFETCH(quint32, seed);
        QFETCH(int, commands);
        qInfo("seed %u", seed);
        TestOffice office;
        furnish(office);
        m_random.seed(seed);
        m_overbooked.clear();
        m_tasks = 0;
        for (int step = 0; step < commands; ++step) {
            command(office);
            office.settle();
            const QString broken = firstBrokenPromise(office, step % 20 == 0);
            QVERIFY2(broken.isEmpty(),
                     qPrintable(u"seed %1, step %2: %3"_s.arg(seed).arg(step).arg(broken)));
            if (step % 100'000 == 99'999)
                qInfo("%d commands, %d tasks", step + 1, m_tasks);
        }
        QVERIFY(m_tasks > commands / 10);
        QCOMPARE(replayed(office), stateHash(office.set()));
    }

private:
    int upTo(int end) { return int(m_random() % uint(end)); }
    template <typename Map>
    typename Map::key_type any(const Map &map)
    {
        return map.empty() ? typename Map::key_type{}
                           : std::next(map.begin(), upTo(int(map.size())))->first;
    }

    static void furnish(TestOffice &office)
    {
        office.queue(u"Sales"_s, u"skills HAS 'sales'"_s);
        office.queue(u"Support"_s, u"skills HAS 'support' AND level > 2"_s, TaskOrder::Lifo, 3);
        office.queue(u"All"_s, u"1==1"_s, TaskOrder::Fifo, 2);
        office.queue(u"Nobody"_s, u""_s);
        office.workflow(u"W"_s, uR"({"filters":[
            {"expression":"kind == 'sales'","targets":[
                {"queue":"Sales","known_worker_sid":"task.last","timeout":10,"priority":5},
                {"expression":"task.language IN worker.languages","timeout":20},
                {"queue":"All","order_by":"worker.level DESC","timeout":"600"}]},
            {"expression":"kind == 'support' OR kind == 'sales'","targets":[
                {"queue":"Support","skip_if":"workers.available == 0","timeout":40},
                {"queue":"Nobody","skip_if":"1==1"},
                {"queue":"All","expression":"worker.channel.voice.assigned_tasks == 0","timeout":300}]},
            {"expression":"kind == 'short'","targets":[{"queue":"Nobody","timeout":5}]}],
            "default_filter":{"queue":"All"}})"_s);
        for (int i = 0; i < 12; ++i)
            addWorker(office, i);
    }
    static void addWorker(TestOffice &office, int i)
    {
        office.worker(u"w%1"_s.arg(i),
                      uR"({"skills":["%1"],"level":%2,"languages":["%3"]})"_s
                          .arg(i % 2 ? u"sales"_s : u"support"_s)
                          .arg(i % 5)
                          .arg(i % 3 ? u"es"_s : u"de"_s),
                      i, i % 4 ? u"Available"_s : u"Break"_s);
    }

    void command(TestOffice &office)
    {
        const routing::WorkingSet &set = office.set();
        const routing::Emit out = office.emitter();
        switch (upTo(16)) {
        case 0:
        case 1:
        case 2:
            return createTask(office);
        case 3:
        case 4:
        case 5:
            return answer(office, true);
        case 6:
            return answer(office, false);
        case 7:
            std::ignore = routing::wrapUp(set, any(set.tasks), Seconds(upTo(60)), office.now, out);
            return;
        case 8:
            std::ignore = routing::complete(set, any(set.tasks), u"done"_s, out);
            return;
        case 9:
            if (upTo(3) == 0)
                std::ignore = routing::cancel(set, any(set.tasks), u"gone"_s, out);
            return;
        case 10:
            return takeTask(office);
        case 11:
            std::ignore = routing::setActivity(set, any(set.workers), any(set.activities),
                                               upTo(2) == 0, office.now, out);
            return;
        case 12:
            return configure(office);
        case 13:
        case 14:
            return handOn(office);
        default:
            office.pass(Milliseconds(upTo(30'000)));
            return;
        }
    }
    /// Of a full office one gives up first: every promise is looked at for every open task after
    /// every command, and a million commands would leave a hundred thousand open.
    void createTask(TestOffice &office)
    {
        constexpr size_t MostOpen = 300;
        const routing::WorkingSet &set = office.set();
        while (set.tasks.size() >= MostOpen) {
            const TaskId gone = any(set.tasks);
            if (!routing::cancel(set, gone, u"gone"_s, office.emitter()))
                std::ignore = routing::complete(set, gone, u"gone"_s, office.emitter());
        }
        const QStringList kinds{u"sales"_s, u"support"_s, u"short"_s, u"other"_s};
        const QStringList channels{u"chat"_s, u"voice"_s, u"email"_s};
        Task task = office.draft(u"t%1"_s.arg(++m_tasks),
                                 uR"({"kind":"%1","language":"%2","last":"%3"})"_s.arg(
                                     kinds.at(upTo(4)), upTo(2) ? u"es"_s : u"de"_s,
                                     any(office.set().workers).toString()),
                                 channels.at(upTo(3)));
        task.priority = upTo(5);
        if (upTo(3) == 0)
            task.timeout = Seconds(1 + upTo(600));
        if (upTo(10) == 0)
            task.routingTargetWorker = any(office.set().workers);
        if (const Result<Done> made = office.create(task); !made)
            qFatal("%s", qPrintable(made.error().detail));
    }
    void answer(TestOffice &office, bool isYes)
    {
        const routing::WorkingSet &set = office.set();
        const ReservationId offer = any(set.reservations);
        const auto found = set.reservations.find(offer);
        const WorkerId worker = found == set.reservations.end() || upTo(20) == 0
                                    ? any(set.workers)
                                    : found->second.worker;
        if (isYes)
            std::ignore = routing::accept(set, offer, worker, office.now, office.emitter());
        else
            std::ignore = routing::reject(set, offer, worker,
                                          upTo(8) == 0 ? any(set.activities) : ActivityId{},
                                          office.now, office.emitter());
    }
    void handOn(TestOffice &office)
    {
        const routing::WorkingSet &set = office.set();
        const routing::Emit out = office.emitter();
        const TaskId task = any(set.tasks);
        if (upTo(6) == 0) {
            std::ignore = routing::completeLeg(set, any(set.reservations), out);
        } else if (upTo(3) == 0) {
            std::ignore = upTo(2) ? routing::completeTransfer(set, task, office.now, out)
                                  : routing::cancelTransfer(set, task, u"no"_s, out);
        } else {
            Transfer transfer;
            transfer.id = TestOffice::id<TransferId>(u"x%1"_s.arg(office.log.size()));
            transfer.type = upTo(2) ? TransferType::Queue : TransferType::Worker;
            transfer.mode = upTo(2) ? TransferMode::Cold : TransferMode::Warm;
            transfer.toWorker = any(set.workers);
            transfer.toQueue = any(set.queues);
            transfer.ignoreCapacity = upTo(5) == 0;
            if (routing::beginTransfer(set, task, transfer, office.now, out) &&
                transfer.ignoreCapacity)
                m_overbooked.insert(transfer.toWorker);
        }
    }
    void takeTask(TestOffice &office)
    {
        const WorkerId worker = any(office.set().workers);
        const TaskId task = any(office.set().tasks);
        if (upTo(4) == 0 && routing::take(office.set(), task, worker, office.now, office.emitter()))
            m_overbooked.insert(worker); // who helps himself may hold more than the slots
    }
    void configure(TestOffice &office)
    {
        const WorkerId worker = any(office.set().workers);
        const Worker was = office.set().workers.at(worker);
        switch (upTo(5)) {
        case 0: {
            m_overbooked.insert(worker); // a lowered capacity drops nothing
            const QStringList channels{u"chat"_s, u"voice"_s, u"email"_s};
            office.tell(
                events::WorkerChannelChanged{worker, channels.at(upTo(3)), {upTo(4), upTo(4) > 0}});
            return;
        }
        case 1:
            office.tell(
                events::WorkerQueueOptChanged{worker, any(office.set().queues), upTo(2) == 0});
            return;
        case 2: {
            QJsonObject attributes = json::object(was.attributes);
            attributes.insert(u"level"_s, upTo(6));
            office.tell(
                events::WorkerUpdated{worker, was.friendlyName, json::canonical(attributes)});
            return;
        }
        case 3:
            if (upTo(10) == 0)
                office.queue(u"All"_s, u"1==1"_s, TaskOrder::Fifo, 1 + upTo(4));
            return;
        default: {
            const TaskId task = any(office.set().tasks);
            const auto found = office.set().tasks.find(task);
            if (found == office.set().tasks.end())
                return;
            QJsonObject attributes = json::object(found->second.attributes);
            attributes.insert(u"kind"_s, upTo(2) ? u"sales"_s : u"support"_s);
            office.tell(events::TaskUpdated{task, json::canonical(attributes), upTo(9)});
            std::ignore = routing::reevaluate(office.set(), task, office.now, office.emitter());
            return;
        }
        }
    }

    QString firstBrokenPromise(TestOffice &office, bool deep)
    {
        const routing::WorkingSet &set = office.set();
        std::map<TaskId, int> owners;
        std::map<TaskId, int> offers;
        std::map<TaskId, int> offersOfTransfers;
        std::map<WorkerId, int> pending;
        std::map<std::pair<WorkerId, QString>, int> slots_;
        for (const auto &[id, r] : set.reservations) {
            if (!set.tasks.contains(r.task))
                return u"a live reservation without a task"_s;
            const bool isPending = r.status == ReservationStatus::Pending;
            const Task &task = set.tasks.at(r.task);
            const bool isOwner = !isPending && r.worker == task.worker;
            const bool isHelper = task.isTransferring() && task.transfer->joined == id;
            if (!isPending && !isOwner && !isHelper && r.status != ReservationStatus::Wrapping)
                return u"somebody holds a task that is another's"_s;
            if (!r.transfer.isNull() && isPending)
                offersOfTransfers[r.task] += 1;
            else if (isPending)
                offers[r.task] += 1;
            else if (isOwner && !isHelper)
                owners[r.task] += 1;
            pending[r.worker] += isPending;
            slots_[{r.worker, set.tasks.at(r.task).taskChannel}] += 1;
            if (isPending && r.expiresAt.isSet() && r.expiresAt <= office.now)
                return u"an offer outlived its time"_s;
        }
        for (const auto &[worker, count] : pending) {
            if (count > 1 && !m_overbooked.contains(worker))
                return u"two open offers at one worker"_s;
        }
        for (const auto &[slot, count] : slots_) {
            if (m_overbooked.contains(slot.first))
                continue;
            const int capacity = slot.second == u"chat" ? 3 : slot.second == u"voice" ? 1 : 5;
            if (count > capacity)
                return u"more tasks than slots"_s;
        }
        for (const auto &[id, task] : set.tasks) {
            const bool isOwned = task.assignmentStatus == TaskStatus::Assigned ||
                                 task.assignmentStatus == TaskStatus::Wrapping;
            if ((owners[id] > 0) != isOwned)
                return u"%1 owners of a task that is %2"_s.arg(owners[id])
                    .arg(enumName(task.assignmentStatus));
            if (offersOfTransfers[id] != (task.transfer ? int(task.transfer->offers.size()) : 0) ||
                (offersOfTransfers[id] > 0 && !task.isTransferring()))
                return u"offers of a transfer that is not under way"_s;
            if (task.isTransferring() && task.assignmentStatus != TaskStatus::Assigned)
                return u"a task is handed on that nobody has"_s;
            if ((offers[id] > 0) != (task.assignmentStatus == TaskStatus::Reserved))
                return u"offers and state differ"_s;
            if (task.timeout && !isOwned && task.dateCreated + *task.timeout <= office.now)
                return u"a task outlived its time"_s;
        }
        return deep ? unsettled(office) : QString();
    }

    /// A router that derives everything anew must find nothing left to do, and the same deadline.
    static QString unsettled(TestOffice &office)
    {
        const routing::WorkingSet &set = office.set();
        QString broken;
        routing::WorkingSet copy = set;
        routing::settle(
            copy, office.now,
            [&](const events::Fact &) { broken = u"something was left to settle"_s; }, 1);
        if (broken.isEmpty() &&
            routing::nextDeadline(set, office.now) != office.router.nextDeadline(office.now))
            broken = u"the deadlines differ"_s;
        return broken;
    }

    static QByteArray stateHash(const routing::WorkingSet &set)
    {
        QCryptographicHash hash(QCryptographicHash::Sha256);
        const auto add = [&hash](const auto &map) {
            for (const auto &[key, record] : map)
                hash.addData(codec::encode(record));
        };
        add(set.workers);
        add(set.tasks);
        add(set.reservations);
        add(set.queues);
        return hash.result();
    }
    static QByteArray replayed(const TestOffice &office)
    {
        routing::WorkingSet set;
        const auto tables = memoryTables(set);
        quint64 index = 0;
        for (const auto &[fact, time] : office.log)
            events::apply(fact, {++index, 0, time}, *tables);
        return stateHash(set);
    }

    std::mt19937 m_random;
    std::set<WorkerId> m_overbooked;
    int m_tasks = 0;
};

QTEST_APPLESS_MAIN(tst_RandomOffice)
#include "tst_randomoffice.moc"
