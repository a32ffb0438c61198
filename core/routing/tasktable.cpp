// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/tasktable.h"

#include "core/base/codec.h"

#include <QVarLengthArray>

#include <cstring>
#include <new>

namespace peerdesk::routing {

namespace {

static_assert(Task::fields().size() == 27,
              "a field that is new is packed by inOrder() or shared in TaskShape");

/// Every field that a shape does not have, in the order in which they are packed; attributes last,
/// so that they can be left out. A field that is as usual takes one bit.
template <typename TaskType, typename Side>
void inOrder(TaskType &task, Side &side)
{
    side.always(task.dateCreated);
    side.unlessUsual(task.assignmentStatus, TaskStatus::Pending);
    side.unlessUsual(task.taskQueueEnteredDate, task.dateCreated);
    side.unlessUsual(task.virtualStartTime, task.dateCreated);
    side.unlessUsual(task.priority, 0);
    side.unlessUsual(task.taskPriority, 0);
    side.unlessUsual(task.timeout, {});
    side.unlessUsual(task.conversation, {});
    side.unlessUsual(task.worker, {});
    side.unlessUsual(task.assignedAt, {});
    side.unlessUsual(task.wrapUpEndsAt, {});
    side.unlessUsual(task.assignmentCount, 0);
    side.unlessUsual(task.routingTargetWorker, {});
    side.unlessUsual(task.preferredWorker, {});
    side.unlessUsual(task.ignoreCapacity, false);
    side.unlessUsual(task.reason, {});
    side.unlessUsual(task.excluded, {});
    side.unlessUsual(task.reservations, {});
    side.unlessUsual(task.transfer, {});
    side.unlessUsual(task.routingFacts.text, {});
    side.unlessUsual(task.attributes.text, {});
}

template <typename Value>
concept Plain = std::is_trivially_copyable_v<Value>;

class PackingSide
{
public:
    quint32 marks = 0;
    QVarLengthArray<char, 1024> bytes;

    template <typename Value>
    void always(const Value &value)
    {
        raw(&value, sizeof value);
    }
    template <typename Value>
    void unlessUsual(const Value &value, const std::type_identity_t<Value> &usual)
    {
        const quint32 mark = m_mark;
        m_mark <<= 1;
        if (value == usual)
            return;
        marks |= mark;
        pack(value);
    }

private:
    void raw(const void *data, size_t size)
    {
        bytes.append(static_cast<const char *>(data), qsizetype(size));
    }
    void counted(const void *data, qsizetype count, size_t each)
    {
        always(quint32(count));
        raw(data, size_t(count) * each);
    }
    template <Plain Value>
    void pack(const Value &value)
    {
        always(value);
    }
    void pack(const QByteArray &value) { counted(value.constData(), value.size(), 1); }
    void pack(const QString &value) { counted(value.constData(), value.size(), sizeof(QChar)); }
    template <Plain Item>
    void pack(const std::vector<Item> &value)
    {
        counted(value.data(), qsizetype(value.size()), sizeof(Item));
    }
    void pack(const std::optional<Transfer> &value) { pack(codec::encode(*value)); }

    quint32 m_mark = 1;
};

class OpeningSide
{
public:
    OpeningSide(quint32 marks, const char *bytes)
        : m_marks(marks)
        , m_at(bytes)
    {}
    template <typename Value>
    void always(Value &value)
    {
        std::memcpy(static_cast<void *>(&value), m_at, sizeof value);
        m_at += sizeof value;
    }
    template <typename Value>
    void unlessUsual(Value &value, const std::type_identity_t<Value> &usual)
    {
        const bool isThere = (m_marks & 1) != 0;
        m_marks >>= 1;
        if (isThere)
            open(value);
        else
            value = usual;
    }

private:
    template <Plain Value>
    void open(Value &value)
    {
        always(value);
    }
    const char *counted(quint32 &count, size_t each)
    {
        always(count);
        return std::exchange(m_at, m_at + count * each);
    }
    void open(QByteArray &value)
    {
        quint32 count = 0;
        const char *data = counted(count, 1);
        value = QByteArray(data, count);
    }
    void open(QString &value)
    {
        quint32 count = 0;
        const char *data = counted(count, sizeof(QChar));
        value.resize(count);
        std::memcpy(static_cast<void *>(value.data()), data, count * sizeof(QChar));
    }
    template <Plain Item>
    void open(std::vector<Item> &value)
    {
        quint32 count = 0;
        const char *data = counted(count, sizeof(Item));
        value.resize(count);
        std::memcpy(static_cast<void *>(value.data()), data, count * sizeof(Item));
    }
    void open(std::optional<Transfer> &value)
    {
        QByteArray encoded;
        open(encoded);
        if (Result<Transfer> transfer = codec::decode<Transfer>(encoded))
            value = std::move(*transfer);
    }

    quint32 m_marks;
    const char *m_at;
};

constexpr quint32 AttributesMark = 1U << 19;

} // namespace

/// The bytes follow it.
struct PackedTask::Body
{
    std::shared_ptr<const TaskShape> shape;
    quint32 owners = 1;
    quint32 marks = 0;

    char *bytes() { return reinterpret_cast<char *>(this + 1); }
};

PackedTask::PackedTask(const Task &task, std::shared_ptr<const TaskShape> shape)
{
    PackingSide side;
    inOrder(task, side);
    void *memory = ::operator new(sizeof(Body) + size_t(side.bytes.size()));
    m_body = new (memory) Body{std::move(shape), 1, side.marks};
    std::memcpy(m_body->bytes(), side.bytes.constData(), size_t(side.bytes.size()));
}

PackedTask::PackedTask(const PackedTask &other)
    : m_body(other.m_body)
{
    if (m_body)
        ++m_body->owners;
}

PackedTask::~PackedTask()
{
    if (!m_body || --m_body->owners > 0)
        return;
    m_body->~Body();
    ::operator delete(m_body);
}

Task PackedTask::open(const TaskId &id, bool words) const
{
    Task task;
    task.id = id;
    task.taskChannel = m_body->shape->taskChannel;
    task.workflow = m_body->shape->workflow;
    task.taskQueue = m_body->shape->taskQueue;
    task.filterIndex = m_body->shape->filterIndex;
    task.targetIndex = m_body->shape->targetIndex;
    OpeningSide side(words ? m_body->marks : m_body->marks & ~AttributesMark, m_body->bytes());
    inOrder(task, side);
    return task;
}

TaskTable &TaskTable::operator=(const TaskTable &other)
{
    if (this == &other)
        return *this;
    m_tasks.clear();
    m_shapes.clear();
    m_recent = {};
    for (const auto &[id, packed] : other.m_tasks)
        insert_or_assign(id, packed.open(id));
    return *this;
}

std::shared_ptr<const Task> TaskTable::get(const TaskId &id) const
{
    for (const Open &recent : m_recent) {
        if (recent && recent->first == id)
            return {recent, &recent->second};
    }
    const auto found = m_tasks.find(id);
    if (found == m_tasks.end())
        return nullptr;
    const Open fresh = open(id, found->second);
    return {fresh, &fresh->second};
}

PackedTask TaskTable::packed(const TaskId &id) const
{
    const auto found = m_tasks.find(id);
    return found == m_tasks.end() ? PackedTask() : found->second;
}

void TaskTable::insert_or_assign(const TaskId &id, const Task &task)
{
    forget(id);
    m_tasks.insert_or_assign(id, PackedTask(task, shapeOf(task)));
    keep(std::make_shared<const value_type>(id, task));
}

void TaskTable::emplace(const TaskId &id, const Task &task)
{
    if (!contains(id))
        insert_or_assign(id, task);
}

void TaskTable::erase(const TaskId &id)
{
    forget(id);
    m_tasks.erase(id);
}

TaskTable::Open TaskTable::open(const TaskId &id, const PackedTask &packed) const
{
    for (const Open &recent : m_recent) {
        if (recent && recent->first == id)
            return recent;
    }
    return keep(std::make_shared<const value_type>(id, packed.open(id)));
}

const TaskTable::Open &TaskTable::keep(Open open) const
{
    Open &place = m_recent[m_nextRecent];
    m_nextRecent = (m_nextRecent + 1) % Recent;
    return place = std::move(open);
}

void TaskTable::forget(const TaskId &id)
{
    for (Open &recent : m_recent) {
        if (recent && recent->first == id)
            recent.reset();
    }
}

/// Priorities and channels are anybody's to invent: shapes that no task has any more are dropped
/// whenever their number has doubled.
std::shared_ptr<const TaskShape> TaskTable::shapeOf(const Task &task)
{
    const TaskShape shape{task.taskChannel, task.workflow, task.taskQueue, task.filterIndex,
                          task.targetIndex};
    const auto known = m_shapes.find(shape);
    if (known != m_shapes.end())
        return known->second;
    if (m_shapes.size() >= std::max<size_t>(64, 2 * m_shapesBefore)) {
        std::erase_if(m_shapes, [](const auto &one) { return one.second.use_count() == 1; });
        m_shapesBefore = m_shapes.size();
    }
    return m_shapes.emplace(shape, std::make_shared<const TaskShape>(shape)).first->second;
}

} // namespace peerdesk::routing
