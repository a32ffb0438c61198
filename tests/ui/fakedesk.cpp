// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/fakedesk.h"

#include "core/base/json.h"

#include <algorithm>

namespace peerdesk::test {

namespace {

bool isDone(const Conversation &c)
{
    return c.status == ConversationStatus::Resolved || c.status == ConversationStatus::Closed;
}

bool matches(const Conversation &c, const api::ConversationFilter &f)
{
    return (!f.onlyActive || !isDone(c)) && (!f.onlyDone || isDone(c)) &&
           (!f.onlyUnassigned || c.assignee.isNull()) &&
           (f.agent.isNull() || c.assignee == f.agent) &&
           (f.tag.isEmpty() || std::ranges::find(c.tags, f.tag) != c.tags.end()) &&
           (f.text.isEmpty() || c.customerName.contains(f.text, Qt::CaseInsensitive) ||
            c.snippet.contains(f.text, Qt::CaseInsensitive));
}

template <class... Handlers>
struct Overloaded : Handlers...
{
    using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

} // namespace

FakeDesk::FakeDesk(const Clock &clock)
    : m_clock(clock)
{}

void FakeDesk::release()
{
    for (const auto &answer : std::exchange(m_held, {}))
        answer();
}

void FakeDesk::releaseReads()
{
    holdReads = holdTests = false;
    for (const auto &answer : std::exchange(m_heldReads, {}))
        answer();
}

void FakeDesk::statistics(const api::StatisticsQuery &query, Completion<QJsonObject> done)
{
    counted.push_back(query);
    if (!count)
        return done.answer(notFound(u"nothing is counted here"_s));
    if (!holdCounts)
        return done.answer(count(query));
    auto shared = std::make_shared<Completion<QJsonObject>>(std::move(done));
    m_heldCounts.emplace_back([this, query, shared] { shared->answer(count(query)); });
}

void FakeDesk::releaseCount()
{
    const auto answer = m_heldCounts.front();
    m_heldCounts.erase(m_heldCounts.begin());
    answer();
}

void FakeDesk::customers(const QString &text, const api::Page &page,
                         Completion<api::PageOf<Customer>> done)
{
    api::PageOf<Customer> out;
    for (const auto &[id, card] : cards) {
        if (card.customer.name.contains(text, Qt::CaseInsensitive) &&
            int(out.items.size()) < page.limit)
            out.items.push_back(card.customer);
    }
    done.answer(out);
}

void FakeDesk::testAccount(const api::Caller &, AccountId, Completion<QString> done)
{
    ++accountTests;
    if (!holdTests)
        return done.answer(accountAnswer);
    auto shared = std::make_shared<Completion<QString>>(std::move(done));
    m_heldReads.emplace_back([this, shared] { shared->answer(accountAnswer); });
}

void FakeDesk::recordedDay(Time start, Time end, Completion<api::RecordedDay> done)
{
    recordedSpan = {start, end};
    if (holdReads) {
        auto shared = std::make_shared<Completion<api::RecordedDay>>(std::move(done));
        return m_heldReads.push_back(
            [this, start, end, shared] { recordedDay(start, end, std::move(*shared)); });
    }
    if (!recorded)
        return done.answer(recorded.error());
    api::RecordedDay day;
    for (const api::RecordedTask &task : *recorded) {
        if (task.at >= start && task.at < end)
            day.tasks.push_back(task);
    }
    for (const Worker &worker : recordedPresence ? std::vector<Worker>() : workerList)
        day.presence.push_back({worker.id, start, end});
    if (recordedPresence)
        day.presence = *recordedPresence;
    done.answer(day);
}

void FakeDesk::touch(ConversationId conversation)
{
    api::Changes changes;
    changes.conversations = {conversation};
    for (const Message &message : messagesById[conversation])
        changes.messages.push_back(message.id);
    Q_EMIT changed(changes);
}

void FakeDesk::touch(ReservationId reservation)
{
    api::Changes changes;
    changes.reservations = {reservation};
    Q_EMIT changed(changes);
}

Message &FakeDesk::add(ConversationId conversation, Message message)
{
    message.conversation = conversation;
    if (message.id.isNull())
        message.id = derivedId<MessageId>(
            conversation, QByteArray::number(int(messagesById[conversation].size())));
    if (!message.createdAt.isSet())
        message.createdAt = m_clock.wall();
    Conversation &c = conversationsById[conversation];
    c.lastMessageAt = message.createdAt;
    c.snippet = message.content.text.left(120);
    return messagesById[conversation].emplace_back(std::move(message));
}

void FakeDesk::submit(const api::Caller &caller, CommandId id, const api::Command &command,
                      Completion<api::Outcome> done)
{
    submitted.emplace_back(id, command);
    auto shared = std::make_shared<Completion<api::Outcome>>(std::move(done));
    std::optional<Error> refused = std::exchange(refuseWith, std::nullopt);
    if (!refused && refusal)
        refused = refusal(command);
    const auto act = [=, this] {
        if (refused)
            return shared->answer(*refused);
        const auto it = known.find(id);
        const api::Outcome outcome = it != known.end() ? it->second : run(caller, id, command);
        known[id] = outcome;
        shared->answer(outcome);
    };
    if (holdAnswers)
        m_held.emplace_back(act);
    else
        act();
}

api::Outcome FakeDesk::send(const api::Caller &caller, CommandId id,
                            const api::SendMessage &command)
{
    Message message;
    message.id = derivedId<MessageId>(id, "message");
    message.kind = command.kind;
    message.state = command.kind == MessageKind::Note ? MessageState::Sent : MessageState::Queued;
    message.authorKind = AuthorKind::Agent;
    message.author = caller.agent;
    message.content = command.content;
    message.sendAt = command.sendAt;
    message.replyTo = command.replyTo;
    if (command.action != MessageAction::None) {
        message.kind = MessageKind::System;
        message.state = MessageState::Sent;
        message.headers = json::canonical({{u"action"_s, enumName(command.action)}});
    }
    if (command.sendAt.isSet())
        message.state = MessageState::Scheduled;
    add(command.conversation, message);
    conversationsById[command.conversation].replyDueAt = {};
    touch(command.conversation);
    return {message.id.toBytes(), enumName(message.state), false};
}

api::Outcome FakeDesk::continueBy(const api::ContinueConversation &command)
{
    Conversation &conversation = conversationsById[command.conversation];
    conversation.account = command.account;
    conversation.address = command.address;
    for (const api::AccountStatus &status : office.channels) {
        if (status.account.id == command.account)
            conversation.channel = status.account.type;
    }
    touch(command.conversation);
    return {command.conversation.toBytes(), conversation.channel, false};
}

void FakeDesk::answer(ReservationId id, ReservationStatus status, const api::Caller &caller)
{
    for (api::Offer &offer : offers) {
        if (offer.reservation.id != id)
            continue;
        offer.reservation.status = status;
        if (status == ReservationStatus::Accepted)
            conversationsById[offer.task.conversation].assignee = caller.agent;
    }
    touch(id);
}

api::Outcome FakeDesk::endTask(TaskId id, TaskStatus status)
{
    Task &task = tasksById[id];
    task.assignmentStatus = status;
    if (status == TaskStatus::Wrapping) {
        task.wrapUpEndsAt = m_clock.wall() + std::chrono::seconds(60);
    } else {
        conversationsById[task.conversation].task = {};
        conversationsById[task.conversation].assignee = {}; // the status is a question of its own
    }
    api::Changes changes;
    changes.tasks = {id};
    changes.conversations = {task.conversation};
    Q_EMIT changed(changes);
    return {};
}

void FakeDesk::touchDirectory()
{
    api::Changes changes;
    changes.directory = true;
    Q_EMIT changed(changes);
}

api::Outcome FakeDesk::save(CommandId id, const api::SaveAgent &command)
{
    Agent agent = command.agent;
    const auto mine = std::find_if(agentList.begin(), agentList.end(),
                                   [&](const Agent &one) { return one.id == agent.id; });
    if (mine != agentList.end()) {
        *mine = agent;
    } else {
        agent.id = derivedId<AgentId>(id, "agent");
        agent.worker = derivedId<WorkerId>(id, "worker");
        agentList.push_back(agent);
        Worker worker;
        worker.id = agent.worker;
        worker.agent = agent.id;
        worker.friendlyName = agent.name;
        worker.attributes = command.attributes;
        workerList.push_back(worker);
    }
    touchDirectory();
    return {agent.id.toBytes(), {}, false};
}

api::Outcome FakeDesk::change(WorkerId id, const std::function<void(Worker &)> &edit)
{
    for (Worker &worker : workerList) {
        if (worker.id == id)
            edit(worker);
    }
    api::Changes changes;
    changes.workers = {id};
    Q_EMIT changed(changes);
    return {};
}

api::Outcome FakeDesk::changeAccount(AccountId id,
                                     const std::function<void(ChannelAccount &)> &edit)
{
    for (api::AccountStatus &status : office.channels) {
        if (status.account.id == id)
            edit(status.account);
    }
    touchDirectory();
    return {id.toBytes(), {}, false};
}

api::Outcome FakeDesk::save(CommandId id, const api::SaveWorker &command)
{
    if (command.worker.isNull()) {
        Worker made;
        made.id = derivedId<WorkerId>(id, "worker");
        made.friendlyName = command.friendlyName;
        made.attributes = command.attributes;
        workerList.push_back(made);
        touchDirectory();
        return {made.id.toBytes(), {}, false};
    }
    change(command.worker, [&](Worker &worker) {
        worker.friendlyName = command.friendlyName;
        worker.attributes = command.attributes;
    });
    return {command.worker.toBytes(), {}, false};
}

std::optional<api::Outcome> FakeDesk::runRules(CommandId id, const api::Command &command)
{
    const auto drop = [this](auto &records, auto gone) {
        std::erase_if(records, [&](const auto &one) { return one.id == gone; });
        touchDirectory();
        return std::optional(api::Outcome{gone.toBytes(), {}, false});
    };
    const auto keep = [this, id](auto &records, auto record) {
        if (record.id.isNull())
            record.id = derivedId<decltype(record.id)>(id, "record");
        const auto mine = std::find_if(records.begin(), records.end(),
                                       [&](const auto &one) { return one.id == record.id; });
        mine == records.end() ? records.push_back(record) : void(*mine = record);
        touchDirectory();
        return std::optional(api::Outcome{record.id.toBytes(), {}, false});
    };
    return std::visit(
        Overloaded{
            [&](const api::SaveQueue &c) { return keep(queueList, c.queue); },
            [&](const api::DeleteQueue &c) { return drop(queueList, c.queue); },
            [&](const api::SaveWorkflow &c) { return keep(workflowList, c.workflow); },
            [&](const api::DeleteWorkflow &c) { return drop(workflowList, c.workflow); },
            [&](const api::SaveActivity &c) { return keep(activityList, c.activity); },
            [&](const api::DeleteActivity &c) { return drop(activityList, c.activity); },
            [&](const api::SaveTaskChannel &c) { return keep(taskChannelList, c.taskChannel); },
            [&](const api::DeleteTaskChannel &c) { return drop(taskChannelList, c.taskChannel); },
            [&](const api::DeleteWorker &c) { return drop(workerList, c.worker); },
            [&](const api::SaveWorker &c) { return std::optional(save(id, c)); },
            [&](const auto &) { return std::optional<api::Outcome>(); }},
        command);
}

api::Outcome FakeDesk::run(const api::Caller &caller, CommandId id, const api::Command &command)
{
    const auto edit = [this](ConversationId conversation, auto change) {
        change(conversationsById[conversation]);
        touch(conversation);
        return api::Outcome{conversation.toBytes(), {}, false};
    };
    if (const auto outcome = runRules(id, command))
        return *outcome;
    return std::visit(
        Overloaded{
            [&](const api::SendMessage &c) { return send(caller, id, c); },
            [&](const api::MarkRead &c) {
                return edit(c.conversation, [&](Conversation &x) { x.unread = 0; });
            },
            [&](const api::TakeConversation &c) {
                return edit(c.conversation, [&](Conversation &x) {
                    x.assignee = caller.agent;
                    x.status = ConversationStatus::Open;
                });
            },
            [&](const api::AssignConversation &c) {
                return edit(c.conversation, [&](Conversation &x) { x.assignee = c.agent; });
            },
            [&](const api::UpdateConversation &c) {
                return edit(c.conversation, [&](Conversation &x) {
                    x.status = c.status.value_or(x.status);
                    x.snoozeUntil = c.snoozeUntil.value_or(x.snoozeUntil);
                    x.tags = c.tags.value_or(x.tags);
                });
            },
            [&](const api::ContinueConversation &c) { return continueBy(c); },
            [&](const api::WrapUpTask &c) { return endTask(c.task, TaskStatus::Wrapping); },
            [&](const api::CompleteTask &c) { return endTask(c.task, TaskStatus::Completed); },
            [&](const api::AcceptReservation &c) {
                answer(c.reservation, ReservationStatus::Accepted, caller);
                return api::Outcome{};
            },
            [&](const api::RejectReservation &c) {
                answer(c.reservation, ReservationStatus::Rejected, caller);
                return api::Outcome{};
            },
            [&](const api::SetActivity &c) {
                return change(c.worker, [&](Worker &x) { x.activity = c.activity; });
            },
            [&](const api::SaveAgent &c) { return save(id, c); },
            [&](const api::SetWorkerChannel &c) {
                return change(c.worker, [&](Worker &x) { x.channels[c.taskChannel] = c.channel; });
            },
            [&](const api::SaveAccount &c) {
                return changeAccount(c.account.id, [&](ChannelAccount &x) { x = c.account; });
            },
            [&](const api::Appoint &c) {
                return changeAccount(c.account, [&](ChannelAccount &x) { x.owner = c.node; });
            },
            [&](const api::RemoveAccount &c) {
                std::erase_if(office.channels,
                              [&](const auto &one) { return one.account.id == c.account; });
                touchDirectory();
                return api::Outcome{};
            },
            [&](const auto &) { return api::Outcome{}; }},
        command);
}

void FakeDesk::status(Completion<api::OfficeStatus> done)
{
    done.answer(office);
}

void FakeDesk::agents(Completion<std::vector<Agent>> done)
{
    done.answer(agentList);
}

void FakeDesk::conversations(const api::ConversationFilter &filter, const api::Page &page,
                             Completion<api::PageOf<Conversation>> done)
{
    if (holdReads) {
        auto shared = std::make_shared<Completion<api::PageOf<Conversation>>>(std::move(done));
        return m_heldReads.push_back(
            [this, filter, page, shared] { conversations(filter, page, std::move(*shared)); });
    }
    std::vector<Conversation> rows;
    for (const auto &[id, conversation] : conversationsById) {
        if (matches(conversation, filter))
            rows.push_back(conversation);
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Conversation &a, const Conversation &b) {
        return a.lastMessageAt > b.lastMessageAt;
    });
    const size_t first = size_t(page.after.toInt());
    const size_t last = std::min(rows.size(), first + size_t(page.limit));
    api::PageOf<Conversation> out;
    for (size_t i = first; i < last; ++i)
        out.items.push_back(rows[i]);
    if (last < rows.size())
        out.next = QString::number(last);
    done.answer(out);
}

void FakeDesk::conversation(ConversationId id, Completion<Conversation> done)
{
    const auto it = conversationsById.find(id);
    if (it == conversationsById.end())
        return done.answer(notFound({}));
    done.answer(it->second);
}

void FakeDesk::messages(ConversationId id, const api::Page &page,
                        Completion<api::PageOf<Message>> done)
{
    if (holdReads) {
        auto shared = std::make_shared<Completion<api::PageOf<Message>>>(std::move(done));
        return m_heldReads.push_back(
            [this, id, page, shared] { messages(id, page, std::move(*shared)); });
    }
    const std::vector<Message> &all = messagesById[id];
    const size_t end = page.after.isEmpty() ? all.size() : size_t(page.after.toInt());
    const size_t begin = end > size_t(page.limit) ? end - size_t(page.limit) : 0;
    api::PageOf<Message> out;
    for (size_t i = begin; i < end; ++i)
        out.items.push_back(all[i]);
    if (begin > 0)
        out.next = QString::number(begin);
    done.answer(out);
}

void FakeDesk::message(MessageId id, Completion<Message> done)
{
    for (const auto &[conversation, list] : messagesById) {
        for (const Message &message : list) {
            if (message.id == id)
                return done.answer(message);
        }
    }
    done.answer(notFound({}));
}

void FakeDesk::customer(CustomerId id, Completion<api::CustomerCard> done)
{
    const auto it = cards.find(id);
    if (it == cards.end())
        return done.answer(notFound({}));
    done.answer(it->second);
}

void FakeDesk::tasks(const std::optional<TaskStatus> &status, const api::Page &page,
                     Completion<api::PageOf<Task>> done)
{
    api::PageOf<Task> out;
    for (const auto &[id, task] : tasksById) {
        if ((!status || task.assignmentStatus == *status) && int(out.items.size()) < page.limit)
            out.items.push_back(task);
    }
    done.answer(out);
}

void FakeDesk::task(TaskId id, Completion<Task> done)
{
    const auto it = tasksById.find(id);
    if (it == tasksById.end())
        return done.answer(notFound({}));
    done.answer(it->second);
}

void FakeDesk::reservations(WorkerId worker, const std::optional<ReservationStatus> &status,
                            Completion<std::vector<api::Offer>> done)
{
    std::vector<api::Offer> out;
    for (const api::Offer &offer : offers) {
        if (offer.reservation.worker == worker && (!status || offer.reservation.status == *status))
            out.push_back(offer);
    }
    done.answer(out);
}

void FakeDesk::reservation(ReservationId id, Completion<api::Offer> done)
{
    for (const api::Offer &offer : offers) {
        if (offer.reservation.id == id)
            return done.answer(offer);
    }
    done.answer(notFound({}));
}

void FakeDesk::workers(Completion<std::vector<Worker>> done)
{
    done.answer(workerList);
}

void FakeDesk::activities(Completion<std::vector<Activity>> done)
{
    done.answer(activityList);
}

void FakeDesk::queues(Completion<std::vector<Queue>> done)
{
    done.answer(queueList);
}

void FakeDesk::command(CommandId id, Completion<api::Outcome> done)
{
    const auto it = known.find(id);
    if (it == known.end())
        return done.answer(notFound({}));
    done.answer(it->second);
}

void FakeDesk::storeAttachment(const QByteArray &bytes, Completion<QByteArray> done)
{
    const QByteArray hash = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
    blobs[hash] = bytes;
    done.answer(hash);
}

void FakeDesk::attachment(const api::Caller &, const QByteArray &sha256,
                          Completion<QByteArray> done)
{
    const auto it = blobs.find(sha256);
    if (it == blobs.end())
        return done.answer(notFound({}));
    done.answer(it->second);
}

} // namespace peerdesk::test
