// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rehearsal/setting.h"

#include "core/base/json.h"

#include <QJsonArray>
#include <QTimeZone>

#include <algorithm>

namespace peerdesk::rehearsal {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxStaff = 10'000;
constexpr double MaxHours = 24 * 31;
constexpr double MaxSeconds = 1e7;

/// Reads a document's members and remembers the first that is wrong.
class Reading
{
public:
    Reading(const QJsonObject &document, const Ground &ground)
        : m_document(document)
        , m_ground(ground)
    {}

    Result<Wanted> run()
    {
        readTimes();
        readOffice();
        readWorkflows();
        readStaff();
        readLoad();
        if (m_error)
            return *m_error;
        return std::move(m_wanted);
    }

private:
    Setting &setting() { return m_wanted.setting; }

    void blame(const QString &what)
    {
        if (!m_error)
            m_error = invalid(what);
    }
    double number(const QJsonObject &object, const QString &name, double fallback, double most)
    {
        const QJsonValue value = object.value(name);
        if (value.isUndefined() || value.isNull())
            return fallback;
        const double found = value.toDouble(-1);
        if (!value.isDouble() || found < 0 || found > most) {
            blame(u"\"%1\" is a number from 0 to %2"_s.arg(name).arg(most));
            return fallback;
        }
        return found;
    }
    Time time(const QJsonObject &object, const QString &name)
    {
        const QJsonValue value = object.value(name);
        if (value.isUndefined())
            return {};
        const Time found = Time::fromString(value.toString());
        if (!found.isSet())
            blame(u"\"%1\" is a time like 2026-11-20T08:00:00Z"_s.arg(name));
        return found;
    }
    static Milliseconds span(double seconds) { return Milliseconds(qint64(seconds * 1000.0)); }

    void readTimes()
    {
        const QJsonObject recorded = m_document.value(u"recorded"_s).toObject();
        m_wanted.recordedFrom = time(recorded, u"start"_s);
        m_wanted.recordedTo = time(recorded, u"end"_s);
        m_wanted.isOwnStaff = m_document.contains(u"staff"_s);
        if (m_document.contains(u"recorded"_s) &&
            !(m_wanted.recordedFrom.isSet() && m_wanted.recordedFrom < m_wanted.recordedTo))
            blame(u"\"recorded\" has a start and a later end"_s);
        setting().start = time(m_document, u"start"_s);
        if (!setting().start.isSet())
            setting().start = m_wanted.recordedFrom.isSet() ? m_wanted.recordedFrom
                                                            : Time{1'767'225'600'000}; // 2026
        setting().end = time(m_document, u"end"_s);
        if (!setting().end.isSet() && m_wanted.recordedTo.isSet())
            setting().end = m_wanted.recordedTo;
        if (!setting().end.isSet())
            setting().end =
                setting().start + span(3600 * number(m_document, u"hours"_s, 24, MaxHours));
        if (setting().end <= setting().start ||
            setting().end > setting().start + span(3600 * MaxHours))
            blame(u"the end is after the start, at most %1 days"_s.arg(int(MaxHours / 24)));
        setting().answerAfter = span(number(m_document, u"answer_seconds"_s, 0, 3600));
        setting().serviceLevel =
            Seconds(qint64(number(m_document, u"service_level"_s, 20, MaxSeconds)));
        setting().shortAbandon =
            Seconds(qint64(number(m_document, u"short_abandon"_s, 5, MaxSeconds)));
        setting().usesChannelWeights = m_document.value(u"uses_channel_weights"_s).toBool();
        setting().maxPendingOffers =
            std::max(1, int(number(m_document, u"max_pending_offers"_s, 1, 50)));
        setting().prioritizeQueueOrder =
            enumFromName<TaskOrder>(m_document.value(u"prioritize_queue_order"_s).toString())
                .value_or(TaskOrder::Fifo);
    }

    /// The document's records of a section, with ids of their own where they have none; absent =
    /// the office's.
    template <typename Record>
    std::vector<Record> section(const QString &name, const std::vector<Record> &fallback)
    {
        if (!m_document.contains(name))
            return fallback;
        std::vector<Record> out;
        const QJsonArray entries = m_document.value(name).toArray();
        for (qsizetype i = 0; i < entries.size(); ++i) {
            Record record;
            if (!json::read(entries.at(i), record)) {
                blame(
                    u"\"%1\", entry %2: a member has a wrong type or value"_s.arg(name).arg(i + 1));
                return out;
            }
            if (record.id.isNull())
                record.id = derivedId<typename Record::Key>(OfficeId{},
                                                            name.toUtf8() + QByteArray::number(i));
            out.push_back(std::move(record));
        }
        return out;
    }
    void readOffice()
    {
        setting().taskChannels = section(u"task_channels"_s, m_ground.taskChannels);
        setting().queues = section(u"queues"_s, m_ground.queues);
        m_workflows = section(u"workflows"_s, m_ground.workflows);
        if (setting().queues.empty())
            blame(u"there is no queue"_s);
    }
    std::optional<Workflow> workflow(const QString &member)
    {
        const QJsonValue value = m_document.value(member);
        if (value.isUndefined() || value.isNull())
            return std::nullopt;
        if (value.isObject()) {
            const QJsonObject object = value.toObject();
            Workflow own;
            own.id = derivedId<WorkflowId>(OfficeId{}, member.toUtf8());
            own.friendlyName = object.value(u"friendly_name"_s).toString(member);
            const QJsonValue inner = object.value(u"configuration"_s);
            own.configuration = json::canonical(inner.isObject() ? inner.toObject() : object);
            return own;
        }
        return named(member, value.toString());
    }
    std::optional<Workflow> named(const QString &member, const QString &name)
    {
        const auto found = std::ranges::find_if(m_workflows, [&](const Workflow &one) {
            return one.id == WorkflowId::fromString(name) ||
                   one.friendlyName.compare(name, Qt::CaseInsensitive) == 0;
        });
        if (found != m_workflows.end())
            return *found;
        blame(u"\"%1\": there is no workflow \"%2\""_s.arg(member, name.left(64)));
        return std::nullopt;
    }
    void readWorkflows()
    {
        const auto wanted = workflow(u"workflow"_s);
        m_wanted.other = workflow(u"compare"_s);
        if (!wanted && m_workflows.empty())
            return blame(u"\"workflow\" is missing"_s);
        setting().workflow = wanted ? *wanted : m_workflows.front();
        const QJsonValue only = m_document.value(u"recorded"_s)[u"workflow"];
        if (!only.isUndefined())
            m_wanted.recordedOf =
                named(u"recorded.workflow"_s, only.toString()).value_or(Workflow{}).id;
    }

    /// "09:30" of every day that the rehearsal touches. Office time is UTC here.
    std::vector<Shift> shifts(const QJsonArray &spans)
    {
        std::vector<Shift> out;
        QDate day = QDateTime::fromMSecsSinceEpoch(setting().start.ms, Qt::UTC).date();
        const QDate last = QDateTime::fromMSecsSinceEpoch(setting().end.ms, Qt::UTC).date();
        for (; day <= last; day = day.addDays(1)) {
            for (const QJsonValue span : spans) {
                const QTime from = QTime::fromString(span.toArray().at(0).toString(), u"HH:mm"_s);
                const QTime to = QTime::fromString(span.toArray().at(1).toString(), u"HH:mm"_s);
                if (!from.isValid() || !to.isValid() || to <= from) {
                    blame(u"a shift is [\"09:00\", \"17:00\"]"_s);
                    return out;
                }
                out.push_back({{QDateTime(day, from, Qt::UTC).toMSecsSinceEpoch()},
                               {QDateTime(day, to, Qt::UTC).toMSecsSinceEpoch()}});
            }
        }
        return out;
    }
    void hire(const QJsonObject &entry, const QString &name)
    {
        Colleague one;
        one.worker.id = derivedId<WorkerId>(OfficeId{}, name.toUtf8());
        one.worker.friendlyName = name;
        one.worker.attributes = json::canonical(entry.value(u"attributes"_s).toObject());
        const QJsonObject channels = entry.value(u"channels"_s).toObject();
        for (auto it = channels.begin(); it != channels.end(); ++it) {
            WorkerChannel share;
            if (!json::read(it.value(), share))
                return blame(u"\"channels\" of %1: %2"_s.arg(name, it.key()));
            one.worker.channels.emplace(it.key(), share);
        }
        one.shifts = shifts(entry.value(u"shifts"_s).toArray());
        setting().staff.push_back(std::move(one));
    }
    void readStaff()
    {
        if (!m_document.contains(u"staff"_s)) {
            for (const Worker &worker : m_ground.workers)
                setting().staff.push_back({worker, {}});
            return;
        }
        int number = 0;
        for (const QJsonValue value : m_document.value(u"staff"_s).toArray()) {
            const QJsonObject entry = value.toObject();
            const int count = int(this->number(entry, u"count"_s, 1, MaxStaff));
            if (int(setting().staff.size()) + count > MaxStaff)
                return blame(u"at most %1 people"_s.arg(MaxStaff));
            for (int i = 0; i < count && !m_error; ++i) {
                ++number;
                const QString name =
                    entry.value(u"friendly_name"_s).toString(u"Agent %1"_s.arg(number));
                hire(entry, count > 1 ? u"%1 %2"_s.arg(name).arg(number) : name);
            }
        }
    }

    QString channelOf(const QJsonObject &entry)
    {
        const QString name = entry.value(u"task_channel"_s).toString(u"default"_s);
        const bool isThere = std::ranges::any_of(
            setting().taskChannels, [&](const TaskChannel &one) { return one.uniqueName == name; });
        if (!isThere)
            blame(u"there is no task channel \"%1\""_s.arg(name.left(64)));
        return name;
    }
    void readLoad()
    {
        std::vector<Stream> streams;
        for (const QJsonValue value : m_document.value(u"load"_s).toArray()) {
            const QJsonObject entry = value.toObject();
            Stream stream;
            stream.taskChannel = channelOf(entry);
            stream.attributes = json::canonical(entry.value(u"attributes"_s).toObject());
            stream.priority = int(number(entry, u"priority"_s, 0, 1e9));
            stream.perHour = number(entry, u"per_hour"_s, 0, 1e6);
            stream.workSeconds = number(entry, u"work_seconds"_s, 180, MaxSeconds);
            stream.wrapSeconds = number(entry, u"wrap_seconds"_s, 0, MaxSeconds);
            stream.patienceSeconds = number(entry, u"patience_seconds"_s, 0, MaxSeconds);
            streams.push_back(stream);
        }
        const auto seed = quint64(number(m_document, u"seed"_s, 1, 9e15));
        if (!m_error)
            setting().arrivals =
                synthetic(streams, setting().start, setting().end, seed, MaxArrivals);
        for (const QJsonValue value : m_document.value(u"tasks"_s).toArray())
            readTask(value.toObject());
        if (setting().arrivals.size() > MaxArrivals)
            blame(u"at most %1 tasks"_s.arg(MaxArrivals));
        std::ranges::stable_sort(setting().arrivals, {}, &Arrival::at);
    }
    void readTask(const QJsonObject &entry)
    {
        Arrival one;
        one.at = entry.contains(u"at"_s)
                     ? time(entry, u"at"_s)
                     : setting().start + span(number(entry, u"after_seconds"_s, 0, MaxSeconds));
        one.taskChannel = channelOf(entry);
        one.attributes = json::canonical(entry.value(u"attributes"_s).toObject());
        one.priority = int(number(entry, u"priority"_s, 0, 1e9));
        one.work = span(number(entry, u"work_seconds"_s, 180, MaxSeconds));
        one.wrapUp = span(number(entry, u"wrap_seconds"_s, 0, MaxSeconds));
        one.patience = span(number(entry, u"patience_seconds"_s, 0, MaxSeconds));
        setting().arrivals.push_back(std::move(one));
    }

    const QJsonObject &m_document;
    const Ground &m_ground;
    Wanted m_wanted;
    std::vector<Workflow> m_workflows;
    std::optional<Error> m_error;
};

} // namespace

Result<Wanted> readSetting(const QJsonObject &document, const Ground &ground)
{
    return Reading(document, ground).run();
}

} // namespace peerdesk::rehearsal
