// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/tasktable.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::routing;
using namespace Qt::StringLiterals;

namespace {

template <typename IdType>
IdType id(int number)
{
    return derivedId<IdType>(OfficeId{}, QByteArray::number(number));
}

// Something other than the default for every type that a task's fields have.
void fill(bool &value)
{
    value = true;
}
void fill(int &value)
{
    value = -2'000'000'000;
}
void fill(Time &value)
{
    value = {-1};
}
void fill(QString &value)
{
    value = u"zażółć \U0001F642"_s + QChar(0) + u"end"_s;
}
void fill(Json &value)
{
    value.text = QByteArray("{\"a\":\"\0\xff\"}", 11);
}
void fill(TaskStatus &value)
{
    value = TaskStatus::Wrapping;
}
void fill(std::optional<Seconds> &value)
{
    value = Seconds(0);
}
template <typename Tag>
void fill(Id<Tag> &value)
{
    value = id<Id<Tag>>(7);
}
void fill(std::vector<ReservationId> &value)
{
    value = {id<ReservationId>(1), {}, id<ReservationId>(2)};
}
void fill(std::vector<Exclusion> &value)
{
    value = {{id<WorkerId>(1), {5}}, {{}, {-5}}};
}
void fill(std::optional<Transfer> &value)
{
    value = Transfer{};
    value->mode = TransferMode::Warm;
    value->failedReason = u"is gone — ✗"_s;
    value->offers = {id<ReservationId>(3)};
}

constexpr size_t Fields = Task::fields().size();

/// With the fields of which `isSet` holds set to something.
template <typename IsSet>
Task taskWith(const IsSet &isSet)
{
    Task task;
    size_t at = 0;
    Task::fields().each([&](const auto &field) {
        if (isSet(at++))
            fill(task.*(field.member));
    });
    task.id = id<TaskId>(1);
    return task;
}

} // namespace

/// What goes into the table comes out of it, whatever it is.
class tst_TaskTable : public QObject
{
    Q_OBJECT

private slots:
    void everyFieldComesBackAlone()
    {
        for (size_t field = 0; field < Fields; ++field) {
            const Task task = taskWith([&](size_t at) { return at == field; });
            TaskTable table;
            table[task.id] = task;
            QVERIFY2(table.at(task.id) == task, qPrintable(QString::number(field + 1)));
        }
    }
    void allFieldsComeBackTogether()
    {
        const Task all = taskWith([](size_t) { return true; });
        QCOMPARE(PackedTask(all, std::make_shared<TaskShape>(
                                     TaskShape{all.taskChannel, all.workflow, all.taskQueue,
                                               all.filterIndex, all.targetIndex}))
                     .open(all.id),
                 all);
        TaskTable table;
        table[all.id] = all;
        QCOMPARE(table.at(all.id), all);
        QCOMPARE(*table.get(all.id), all);
        QCOMPARE(table.find(all.id)->second, all);
        Task silent = all;
        silent.attributes = {};
        QCOMPARE(table.packed(all.id).open(all.id, false), silent);
    }
    void theLargestAttributesComeBack()
    {
        Task task = taskWith([](size_t) { return false; });
        task.attributes.text = QByteArray(64 * 1024, 'x');
        TaskTable table;
        table[task.id] = task;
        QCOMPARE(table.at(task.id), task);
    }
    void itIsWalkedInTheOrderOfIds()
    {
        TaskTable table;
        std::map<TaskId, Task> same;
        for (int i = 0; i < 300; ++i) {
            Task task;
            task.id = id<TaskId>(i);
            task.priority = i;
            task.taskChannel = QString::number(i % 150); // more shapes than are kept without a task
            table[task.id] = task;
            same[task.id] = task;
            if (i % 3 == 0) {
                table.erase(id<TaskId>(i / 2));
                same.erase(id<TaskId>(i / 2));
            }
        }
        QCOMPARE(table.size(), same.size());
        auto expected = same.begin();
        for (const auto &[taskId, task] : table) {
            QCOMPARE(taskId, expected->first);
            QCOMPARE(task, expected->second);
            ++expected;
        }
    }
    void aChangeIsSeenAtOnce()
    {
        TaskTable table;
        Task task;
        task.id = id<TaskId>(1);
        table[task.id] = task;
        const std::shared_ptr<const Task> before = table.get(task.id);
        task.priority = 5;
        table[task.id] = task;
        QCOMPARE(table.get(task.id)->priority, 5);
        QCOMPARE(before->priority, 0); // what was looked at stays as it was
        table.erase(task.id);
        QVERIFY(!table.get(task.id));
        QVERIFY(table.find(task.id) == table.end());
        QCOMPARE(before->priority, 0);
    }
    void whatIsThereStaysOnEmplace()
    {
        TaskTable table;
        Task task;
        task.id = id<TaskId>(1);
        table.emplace(task.id, task);
        task.priority = 5;
        table.emplace(task.id, task);
        QCOMPARE(table.at(task.id).priority, 0);
    }
    void aCopyIsOnItsOwn()
    {
        TaskTable table;
        Task task;
        task.id = id<TaskId>(1);
        table[task.id] = task;
        TaskTable copy = table;
        task.priority = 5;
        copy[task.id] = task;
        QCOMPARE(table.at(task.id).priority, 0);
        QCOMPARE(copy.at(task.id).priority, 5);
        table = copy;
        QCOMPARE(table.at(task.id).priority, 5);
    }
    void whatIsFoundStaysWhileSomeOthersAreLookedAt()
    {
        TaskTable table;
        for (int i = 0; i < 100; ++i) {
            Task task;
            task.id = id<TaskId>(i);
            task.priority = i;
            table[task.id] = task;
        }
        const Task *found = &table.find(id<TaskId>(0))->second;
        for (int i = 1; i < int(TaskTable::Recent); ++i)
            QCOMPARE(table.at(id<TaskId>(i)).priority, i);
        QCOMPARE(found->priority, 0);
    }
};

QTEST_GUILESS_MAIN(tst_TaskTable)
#include "tst_tasktable.moc"
