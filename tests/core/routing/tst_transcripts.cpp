// SPDX-License-Identifier: GPL-3.0-or-later
#include "rehearsal.h"

#include "core/routing/expression.h"

#include <QFile>
#include <QRegularExpression>

using namespace peerdesk;
using namespace peerdesk::rehearsal;

namespace {

/// Facts in words, by the names of the things.
class Narrator
{
public:
    explicit Narrator(TestOffice &office)
        : m_office(office)
    {}

    QString tell(const events::Fact &fact) const
    {
        const QString name = events::factName(fact);
        return std::visit([&](const auto &f) { return line(name, f); }, fact);
    }

private:
    template <typename F>
    QString line(const QString &name, const F &f) const
    {
        using namespace events;
        if constexpr (std::is_same_v<F, TaskCreated>)
            return u"%1 %2: %3, priority %4"_s.arg(name, taskName(f.task.id),
                                                   queueName(f.task.taskQueue),
                                                   QString::number(f.task.priority));
        else if constexpr (std::is_same_v<F, TaskEnteredQueue>)
            return u"%1 %2: %3, priority %4"_s.arg(name, taskName(f.task), queueName(f.queue),
                                                   QString::number(f.priority));
        else if constexpr (std::is_same_v<F, ReservationCreated>)
            return u"%1 %2 to %3: %4"_s.arg(name, taskName(f.reservation.task),
                                            workerName(f.reservation.worker), f.reservation.why);
        else if constexpr (requires { f.reservation; })
            return u"%1 %2"_s.arg(name, legName(f.reservation));
        else if constexpr (std::is_same_v<F, WorkerActivityChanged>)
            return u"%1 %2: %3"_s.arg(name, workerName(f.worker),
                                      m_office.set().activities.at(f.activity).friendlyName);
        else if constexpr (std::is_same_v<F, TaskCanceled> || std::is_same_v<F, TaskCompleted> ||
                           std::is_same_v<F, TransferFailed> || std::is_same_v<F, TransferCanceled>)
            return u"%1 %2: %3"_s.arg(name, taskName(f.task), f.reason);
        else if constexpr (std::is_same_v<F, TransferAttemptFailed>)
            return u"%1 %2: %3 %4"_s.arg(name, taskName(f.task), workerName(f.worker), f.reason);
        else if constexpr (std::is_same_v<F, TaskNoted>)
            return u"%1 %2: %3"_s.arg(name, taskName(f.task), queueName(f.queue));
        else if constexpr (requires { f.task; } && !std::is_same_v<F, TaskUpdated>)
            return u"%1 %2"_s.arg(name, nameOf(f.task));
        else if constexpr (requires { f.worker; } && !std::is_same_v<F, WorkerCreated>)
            return u"%1 %2"_s.arg(name, workerName(f.worker));
        else
            return {}; // furniture
    }
    QString nameOf(TaskId id) const { return taskName(id); }
    QString taskName(TaskId id) const
    {
        const auto task = m_office.tables->of<Task>().find(id);
        return task ? json::object(task->attributes).value(u"name"_s).toString() : u"?"_s;
    }
    QString workerName(WorkerId id) const
    {
        const auto worker = m_office.tables->of<Worker>().find(id);
        return worker ? worker->friendlyName : u"?"_s;
    }
    QString queueName(QueueId id) const
    {
        const auto queue = m_office.tables->of<Queue>().find(id);
        return queue ? queue->friendlyName : u"?"_s;
    }
    QString legName(ReservationId id) const
    {
        const auto leg = m_office.tables->of<Reservation>().find(id);
        return leg ? taskName(leg->task) + u" of "_s + workerName(leg->worker) : u"?"_s;
    }

    TestOffice &m_office;
};

/// Does what the lines of a transcript say.
class Player
{
public:
    QStringList play(const QString &command)
    {
        const size_t before = m_office.log.size();
        m_refusal.clear();
        m_answer.clear();
        run(command);
        m_office.settle();
        QStringList out = m_answer;
        static const QRegularExpression id(u" ?[0-9a-f]{32}"_s);
        if (!m_refusal.isEmpty())
            out += u"refused: "_s + m_refusal.remove(id).trimmed();
        const Narrator narrator(m_office);
        for (size_t i = before; i < m_office.log.size(); ++i) {
            const QString line = narrator.tell(m_office.log[i].first);
            if (!line.isEmpty())
                out += line;
        }
        return out;
    }

private:
    void run(const QString &command)
    {
        const QStringList words = command.split(u' ', Qt::SkipEmptyParts);
        const QString verb = words.value(1);
        if (words.value(0) == u"queue")
            return queue(words.value(1), words, command.section(u" : "_s, 1));
        if (words.value(0) == u"worker")
            return void(m_office.worker(words.value(1), command.section(u' ', 4),
                                        words.value(3).toInt(), words.value(2)));
        if (words.value(0) == u"workflow")
            return workflow(command.section(u' ', 1));
        if (words.value(0) == u"task")
            return task(words, command);
        if (words.value(0) == u"wait")
            return m_office.pass(Milliseconds(qint64(words.value(1).toDouble() * 1000)));
        if (words.value(0) == u"evaluate")
            return evaluate(command.section(u' ', 1).section(u" with "_s, 0, 0),
                            command.section(u" with "_s, 1));
        if (words.value(0) == u"prioritize" || words.value(0) == u"weights")
            return setting(words);
        if (words.value(0) == u"transfer")
            return transfer(words);
        if (words.value(0) == u"update")
            return update(words.value(1), command.section(u' ', 2));
        if (QStringList{u"wrap"_s, u"complete"_s, u"cancel"_s}.contains(words.value(0)))
            return change(words.value(0), words.value(1), command.section(u' ', 2));
        if (QStringList{u"accepts"_s, u"rejects"_s, u"takes"_s, u"becomes"_s, u"leaves"_s,
                        u"finishes"_s}
                .contains(verb))
            return person(words.value(0), verb, words.value(2));
        m_refusal = u"nobody understands this"_s;
    }
    void queue(const QString &name, const QStringList &words, const QString &expression)
    {
        Queue queue;
        queue.id = TestOffice::id<QueueId>(name);
        queue.friendlyName = name;
        queue.targetWorkers = expression;
        queue.taskOrder = words.contains(u"LIFO"_s) ? TaskOrder::Lifo : TaskOrder::Fifo;
        if (const qsizetype at = words.indexOf(u"reserves"_s); at > 0)
            queue.maxReservedWorkers = words.value(at + 1).toInt();
        queue.autoAccept = words.contains(u"auto-accept"_s);
        queue.isPull = words.contains(u"pull"_s);
        m_office.tell(events::QueueSaved{queue});
    }
    void workflow(const QString &text)
    {
        const Json configuration = TestOffice::attributes(u"{\"task_routing\":%1}"_s.arg(text));
        if (const Result<Done> good = routing::validateWorkflow(m_office.set(), configuration);
            !good)
            return refuse(good);
        m_office.tell(events::WorkflowSaved{
            {TestOffice::id<WorkflowId>(u"W"_s), u"W"_s, configuration, std::nullopt}});
    }
    void task(const QStringList &words, const QString &command)
    {
        const QString name = words.value(1);
        const qsizetype brace = command.indexOf(u'{');
        QJsonObject attributes =
            json::object(TestOffice::attributes(brace < 0 ? u"{}"_s : command.mid(brace)));
        attributes.insert(u"name"_s, name);
        Task task = m_office.draft(name, QString::fromUtf8(json::canonical(attributes).text));
        const auto after = [&](const QString &word) {
            const qsizetype at = words.indexOf(word);
            return at < 0 ? QString() : words.value(at + 1);
        };
        if (!after(u"on"_s).isEmpty())
            task.taskChannel = after(u"on"_s);
        task.priority = after(u"priority"_s).toInt();
        if (const QString ago = after(u"begun"_s); !ago.isEmpty())
            task.virtualStartTime = m_office.now - std::chrono::minutes(ago.toInt());
        if (const QString ttl = after(u"ttl"_s); !ttl.isEmpty())
            task.timeout = Seconds(ttl.toInt());
        if (const QString worker = after(u"for"_s); !worker.isEmpty())
            task.routingTargetWorker = TestOffice::id<WorkerId>(worker);
        if (const Result<Done> made = m_office.create(task); !made)
            refuse(made);
    }
    void evaluate(const QString &text, const QString &attributes)
    {
        const Result<routing::Expression> expression = routing::Expression::parse(text);
        if (!expression)
            return void(m_refusal = expression.error().detail);
        const QJsonObject object = json::object(TestOffice::attributes(attributes));
        const bool holds = expression->evaluate([&](const routing::Reference &reference) {
            return routing::follow(object, reference);
        });
        m_answer += holds ? u"true"_s : u"false"_s;
    }
    void setting(const QStringList &words)
    {
        if (words.value(0) == u"prioritize")
            m_office.workingSet.prioritizeQueueOrder =
                words.value(1) == u"LIFO" ? TaskOrder::Lifo : TaskOrder::Fifo;
        m_office.workingSet.usesChannelWeights |= words.value(0) == u"weights";
        for (qsizetype i = 1; words.value(0) == u"weights" && i + 1 < words.size(); i += 2) {
            TaskChannel channel =
                m_office.set().taskChannels.at(TestOffice::id<TaskChannelId>(words.at(i)));
            channel.channelWeight = words.at(i + 1).toInt();
            m_office.tell(events::TaskChannelSaved{channel});
        }
        m_office.router.rebuild();
    }
    void transfer(const QStringList &words)
    {
        const TaskId task = TestOffice::id<TaskId>(words.value(1));
        const auto &set = m_office.set();
        if (words.value(2) == u"done")
            return refuse(routing::completeTransfer(set, task, m_office.now, m_office.emitter()));
        if (words.value(2) == u"back")
            return refuse(routing::cancelTransfer(set, task, u"taken back"_s, m_office.emitter()));
        Transfer transfer;
        transfer.id = TestOffice::id<TransferId>(u"transfer %1"_s.arg(m_office.log.size()));
        transfer.mode = words.value(2) == u"warm" ? TransferMode::Warm : TransferMode::Cold;
        transfer.toWorker = TestOffice::id<WorkerId>(words.value(4));
        transfer.toQueue = TestOffice::id<QueueId>(words.value(4));
        transfer.type =
            set.queues.contains(transfer.toQueue) ? TransferType::Queue : TransferType::Worker;
        transfer.ignoreCapacity = words.contains(u"forced"_s);
        refuse(routing::beginTransfer(set, task, transfer, m_office.now, m_office.emitter()));
    }
    void update(const QString &name, const QString &text)
    {
        QJsonObject attributes = json::object(TestOffice::attributes(text));
        attributes.insert(u"name"_s, name);
        const TaskId id = TestOffice::id<TaskId>(name);
        m_office.tell(events::TaskUpdated{id, json::canonical(attributes), 0});
        refuse(routing::reevaluate(m_office.set(), id, m_office.now, m_office.emitter()));
    }
    void change(const QString &verb, const QString &name, const QString &reason)
    {
        const TaskId id = TestOffice::id<TaskId>(name);
        const auto &set = m_office.set();
        if (verb == u"wrap")
            return refuse(
                routing::wrapUp(set, id, Milliseconds(0), m_office.now, m_office.emitter()));
        refuse(verb == u"complete" ? routing::complete(set, id, reason, m_office.emitter())
                                   : routing::cancel(set, id, reason, m_office.emitter()));
    }
    void person(const QString &name, const QString &verb, const QString &what)
    {
        const WorkerId worker = TestOffice::id<WorkerId>(name);
        const auto &set = m_office.set();
        const routing::Emit out = m_office.emitter();
        if (verb == u"becomes")
            return refuse(routing::setActivity(set, worker, TestOffice::id<ActivityId>(what), false,
                                               m_office.now, out));
        const TaskId task = TestOffice::id<TaskId>(what);
        if (verb == u"takes")
            return refuse(routing::take(set, task, worker, m_office.now, out));
        const ReservationId leg = legOf(task, worker);
        if (verb == u"accepts")
            return refuse(routing::accept(set, leg, worker, m_office.now, out));
        if (verb == u"rejects")
            return refuse(routing::reject(set, leg, worker, {}, m_office.now, out));
        refuse(routing::completeLeg(set, leg, out));
    }
    /// The newest reservation of the worker for the task, live or not.
    ReservationId legOf(TaskId task, WorkerId worker) const
    {
        ReservationId found;
        for (const auto &[fact, at] : m_office.log) {
            const auto *made = std::get_if<events::ReservationCreated>(&fact);
            if (made && made->reservation.task == task && made->reservation.worker == worker)
                found = made->reservation.id;
        }
        return found;
    }
    void refuse(const Result<Done> &result)
    {
        if (!result)
            m_refusal = result.error().detail;
    }

    TestOffice m_office;
    QString m_refusal;
    QStringList m_answer;
};

} // namespace

/// M13, M18: the ten groups of routing.md 2.11 and a few more as stories: what is done, and
/// everything that comes of it. PEERDESK_WRITE=1 prints what happens instead of comparing.
class tst_Transcripts : public QObject
{
    Q_OBJECT

private slots:
    void theStoryHappensAsWritten_data()
    {
        QTest::addColumn<QString>("file");
        for (const char *name :
             {"1-expressions", "2-order-of-workers", "3-virtual-start-time", "4-fifo-and-lifo",
              "5-preferred-agent", "6-skipping", "7-batch-of-offers", "8-everybody-declines",
              "9-illegal-steps", "10-transfers", "11-weights-and-pull", "12-pull-and-auto-accept"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void theStoryHappensAsWritten()
    {
        QFETCH(QString, file);
        QFile story(QStringLiteral(TRANSCRIPTS "/%1.txt").arg(file));
        QVERIFY2(story.open(QIODevice::ReadOnly), qPrintable(story.fileName()));
        const bool writes = qEnvironmentVariableIsSet("PEERDESK_WRITE");
        Player player;
        QStringList expected;
        QStringList found;
        QString last;
        int number = 0;
        const auto compare = [&] {
            if (!writes && found != expected)
                QFAIL(qPrintable(u"%1, before line %2, \"%3\":\nexpected\n  %4\nfound\n  %5"_s.arg(
                    file, QString::number(number), last, expected.join(u"\n  "_s),
                    found.join(u"\n  "_s))));
        };
        QString written;
        for (const QString &line : QString::fromUtf8(story.readAll()).split(u'\n')) {
            ++number;
            if (line.startsWith(u"  ")) {
                expected += line.mid(2);
                continue;
            }
            compare();
            if (QTest::currentTestFailed())
                return;
            expected.clear();
            found.clear();
            written += line + u'\n';
            if (!line.startsWith(u"> "))
                continue;
            last = line;
            found = player.play(line.mid(2));
            for (const QString &what : found)
                written += u"  "_s + what + u'\n';
        }
        compare();
        if (writes)
            std::fputs(qPrintable(written), stderr);
    }
};

QTEST_APPLESS_MAIN(tst_Transcripts)
#include "tst_transcripts.moc"
