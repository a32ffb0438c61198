// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/configundo.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

using Steps = std::deque<api::Command>;

/// What is known of each kind of record: its section of a document, and the commands that save and
/// delete it.
template <typename Record>
struct Kind;
template <>
struct Kind<Activity>
{
    static constexpr const char *section = "activities";
    using Save = api::SaveActivity;
    using Delete = api::DeleteActivity;
};
template <>
struct Kind<TaskChannel>
{
    static constexpr const char *section = "task_channels";
    using Save = api::SaveTaskChannel;
    using Delete = api::DeleteTaskChannel;
};
template <>
struct Kind<Queue>
{
    static constexpr const char *section = "queues";
    using Save = api::SaveQueue;
    using Delete = api::DeleteQueue;
};
template <>
struct Kind<Workflow>
{
    static constexpr const char *section = "workflows";
    using Save = api::SaveWorkflow;
    using Delete = api::DeleteWorkflow;
};
template <>
struct Kind<Flow>
{
    static constexpr const char *section = "flows";
    using Save = api::SaveFlow;
    using Delete = api::DeleteFlow;
};
template <>
struct Kind<Worker>
{
    static constexpr const char *section = "workers";
    using Delete = api::DeleteWorker;
};

/// A share that the worker did not have before becomes what the task channel gives everybody.
WorkerChannel shareBefore(const Worker &before, const QString &channel,
                          const std::vector<TaskChannel> &channels)
{
    if (const auto own = before.channels.find(channel); own != before.channels.end())
        return own->second;
    for (const TaskChannel &one : channels) {
        if (one.uniqueName == channel)
            return {one.defaultCapacity, true};
    }
    return {};
}

Steps restoring(const Worker &before, const Worker &now, const std::vector<TaskChannel> &channels)
{
    Steps steps{api::SaveWorker{before.id, before.friendlyName, before.attributes}};
    for (const auto &[channel, share] : now.channels) {
        const WorkerChannel wanted = shareBefore(before, channel, channels);
        if (share != wanted)
            steps.push_back(api::SetWorkerChannel{before.id, channel, wanted});
    }
    for (const QueueId queue : now.optedOut) {
        if (std::find(before.optedOut.begin(), before.optedOut.end(), queue) ==
            before.optedOut.end())
            steps.push_back(api::OptQueue{before.id, queue, true});
    }
    return steps;
}

/// The steps that make `now` what it was.
Steps restoring(const ConfigRecord &before, const ConfigRecord &now,
                const std::vector<TaskChannel> &channels)
{
    const auto steps = [&](const auto &was) -> Steps {
        using Record = std::decay_t<decltype(was)>;
        if constexpr (std::is_same_v<Record, Worker>)
            return restoring(was, std::get<Worker>(now), channels);
        else
            return {typename Kind<Record>::Save{was}};
    };
    return std::visit(steps, before);
}

Steps removal(const ConfigRecord &record)
{
    const auto steps = [](const auto &one) -> Steps {
        return {typename Kind<std::decay_t<decltype(one)>>::Delete{one.id}};
    };
    return std::visit(steps, record);
}

QJsonObject leftover(const ConfigRecord &record, const QString &why)
{
    const auto words = [&](const auto &one) {
        return QJsonObject{
            {u"section"_s, QLatin1String(Kind<std::decay_t<decltype(one)>>::section)},
            {u"name"_s, one.friendlyName},
            {u"why"_s, why}};
    };
    return std::visit(words, record);
}

/// About this record alone, as long as it is as it is; the others can still be taken back.
bool isRefusal(Error::Code code)
{
    switch (code) {
    case Error::Code::Rejected:
    case Error::Code::Invalid:
    case Error::Code::NotFound:
    case Error::Code::Conflict:
    case Error::Code::TooLarge:
        return true;
    case Error::Code::Cancelled:
    case Error::Code::Forbidden:
    case Error::Code::Unauthorized:
    case Error::Code::Busy:
    case Error::Code::Network:
    case Error::Code::Storage:
    case Error::Code::NoMajority:
    case Error::Code::Unknown:
        return false;
    }
    return false;
}

} // namespace

ConfigUndo::ConfigUndo(api::Desk &desk, api::Caller caller, std::shared_ptr<ImportTrail> trail,
                       Completion<QJsonObject> done)
    : Operation<QJsonObject>(std::move(done), &desk)
    , m_desk(desk)
    , m_caller(std::move(caller))
    , m_trail(std::move(trail))
    , m_at(m_trail->size())
{}

void ConfigUndo::start()
{
    readDirectory(m_desk, this, {this, [this](const Result<Directory> &now) {
                                     if (!now)
                                         return finish(now.error());
                                     m_now = *now;
                                     m_records = recordsOf(m_now);
                                     next();
                                 }});
}

void ConfigUndo::next()
{
    while (m_at > 0) {
        --m_at;
        const ImportedRecord &one = record();
        const auto found = m_records.find(one.id);
        const auto now =
            found == m_records.end() ? std::nullopt : std::optional<ConfigRecord>(found->second);
        if (now == one.before) { // an answer that was lost, or somebody did the same
            drop();
        } else if (now != one.after) {
            leave({});
        } else {
            m_steps =
                one.before ? restoring(*one.before, *now, m_now.taskChannels) : removal(one.after);
            return step();
        }
    }
    finish(QJsonObject{{u"taken_back"_s, m_takenBack}, {u"left"_s, m_left}});
}

void ConfigUndo::step()
{
    if (m_steps.empty()) {
        ++m_takenBack;
        drop();
        return next();
    }
    const api::Command command = m_steps.front();
    m_steps.pop_front();
    m_desk.submit(m_caller, randomId<CommandId>(), command,
                  {this, [this](const Result<api::Outcome> &outcome) { onAnswered(outcome); }});
}

void ConfigUndo::onAnswered(const Result<api::Outcome> &outcome)
{
    if (outcome)
        return step();
    if (!isRefusal(outcome.error().code))
        return finish(outcome.error());
    leave(outcome.error().detail);
    next();
}

void ConfigUndo::leave(const QString &why)
{
    m_left.prepend(leftover(record().after, why));
}

void ConfigUndo::drop()
{
    m_trail->erase(m_trail->begin() + qsizetype(m_at));
}

} // namespace peerdesk::doors
