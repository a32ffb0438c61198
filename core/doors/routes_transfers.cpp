// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/body.h"
#include "core/doors/routes.h"
#include "core/doors/views.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

/// What the body of a transfer asks for.
struct TransferWish
{
    QString to; ///< id or friendly name
    QString type;
    QString mode;
    QString status;
    bool ignoreCapacity = false;
};

void showHandedOn(const ExchangePtr &x, TaskId id, int status)
{
    x->desk().task(id, x->then<Task>([x, status](const Task &found) {
        x->answer(status, view::task(found, x->now()));
    }));
}

template <typename Record>
typename Record::Key idNamed(const std::vector<Record> &all, const QString &text)
{
    const auto found = std::find_if(all.begin(), all.end(), [&](const Record &one) {
        return one.id == Record::Key::fromString(text) ||
               one.friendlyName.compare(text, Qt::CaseInsensitive) == 0;
    });
    return found == all.end() ? typename Record::Key{} : found->id;
}

void beginTransfer(const ExchangePtr &x, const api::TransferTask &command)
{
    x->submit(command, [x, id = command.task](const api::Outcome &) { showHandedOn(x, id, 201); });
}

void toQueue(const ExchangePtr &x, api::TransferTask command, const QString &to)
{
    command.type = TransferType::Queue;
    x->desk().queues(
        x->then<std::vector<Queue>>([x, command, to](const std::vector<Queue> &queues) {
            api::TransferTask wanted = command;
            wanted.toQueue = idNamed(queues, to);
            if (wanted.toQueue.isNull())
                return x->fail(notFound(u"\"%1\" is neither a worker nor a queue"_s.arg(to)));
            beginTransfer(x, wanted);
        }));
}

void toAnybody(const ExchangePtr &x, const api::TransferTask &command, const TransferWish &wish)
{
    if (wish.type == u"QUEUE")
        return toQueue(x, command, wish.to);
    const auto pick = [x, command, wish](const std::vector<Worker> &workers) {
        api::TransferTask wanted = command;
        wanted.toWorker = idNamed(workers, wish.to);
        if (!wanted.toWorker.isNull())
            return beginTransfer(x, wanted);
        if (wish.type == u"WORKER")
            return x->fail(notFound(u"There is no worker \"%1\""_s.arg(wish.to)));
        toQueue(x, wanted, wish.to);
    };
    x->desk().workers(x->then<std::vector<Worker>>(pick));
}

void endTransfer(const ExchangePtr &x, TaskId task, const QString &status)
{
    if (status != u"COMPLETED" && status != u"CANCELED")
        return x->fail(invalid(u"The member \"status\" is COMPLETED or CANCELED"_s));
    x->submit(api::EndTransfer{task, status == u"COMPLETED"},
              [x, task](const api::Outcome &) { showHandedOn(x, task, 200); });
}

/// Begins a transfer, or with a status ends the one under way.
void postTransfer(const ExchangePtr &x)
{
    const auto id = x->pathId<TaskId>();
    if (!id)
        return x->fail(id.error());
    TransferWish wish;
    bool isForced = false;
    Body in(x->body());
    in.take("to", wish.to).take("type", wish.type).take("mode", wish.mode);
    in.take("status", wish.status).take("ignore_capacity", wish.ignoreCapacity);
    in.take("force", isForced);
    if (in.error())
        return x->fail(*in.error());
    if (!wish.status.isEmpty())
        return endTransfer(x, *id, wish.status.toUpper());
    wish.type = wish.type.toUpper();
    const QString mode = wish.mode.isEmpty() ? u"COLD"_s : wish.mode.toUpper();
    const auto how = enumFromName<TransferMode>(mode);
    if (!how)
        return x->fail(invalid(u"The member \"mode\" is COLD or WARM"_s));
    if (!wish.type.isEmpty() && !enumFromName<TransferType>(wish.type))
        return x->fail(invalid(u"The member \"type\" is WORKER or QUEUE"_s));
    if (wish.to.isEmpty())
        return x->fail(invalid(u"The member \"to\" is missing: a worker or a queue"_s));
    api::TransferTask command;
    command.task = *id;
    command.mode = *how;
    command.ignoreCapacity = wish.ignoreCapacity || isForced;
    toAnybody(x, command, wish);
}

Handler ending(const QString &status)
{
    return [status](const ExchangePtr &x) {
        const auto id = x->pathId<TaskId>();
        id ? endTransfer(x, *id, status) : x->fail(id.error());
    };
}

} // namespace

void addTransferRoutes(Routes &routes)
{
    const QString one = u"/tasks/{id}/transfer"_s;
    routes.push_back({"POST",
                      one,
                      Scope::Staff,
                      u"Hand the task on to a worker or queue; it stays with who has it until "
                      u"somebody accepts. With a status: end the transfer under way"_s,
                      &postTransfer,
                      u"to:string type:string mode:string status:string ignore_capacity:boolean "
                      u"force:boolean"_s,
                      u"Task"_s,
                      {},
                      201});
    routes.push_back({"POST",
                      one + u"/complete"_s,
                      Scope::Staff,
                      u"Warm: who has joined takes the task over"_s,
                      ending(u"COMPLETED"_s),
                      u" "_s,
                      u"Task"_s,
                      {}});
    routes.push_back({"POST",
                      one + u"/cancel"_s,
                      Scope::Staff,
                      u"Take the transfer back"_s,
                      ending(u"CANCELED"_s),
                      u" "_s,
                      u"Task"_s,
                      {}});
}

} // namespace peerdesk::doors
