// SPDX-License-Identifier: GPL-3.0-or-later
// Bodies of the API: what is taken into a record comes out and in again the same, whatever it was;
// a configuration in TaskRouter's form becomes one that stays as it is when it is read again.
#include "core/domain/channel.h"
#include "core/domain/flow.h"
#include "core/domain/office.h"
#include "core/domain/routing.h"
#include "core/domain/webhook.h"
#include "core/doors/body.h"
#include "core/doors/taskrouter.h"

#include <QJsonDocument>

#include <cstdint>

using namespace peerdesk;

namespace {

template <typename T>
void take(const QJsonObject &members)
{
    T value;
    doors::Body body(members);
    if (body.takeAll(value).error())
        return;
    const QJsonObject written = json::write(value).toObject();
    QJsonObject said = written;
    for (const QString &name : written.keys()) {
        if (written.value(name).isNull()) // nothing stands there
            said.remove(name);
    }
    T again;
    if (doors::Body(said).takeAll(again).error() || json::write(again).toObject() != written)
        __builtin_trap();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const QJsonDocument document = QJsonDocument::fromJson(bytes);
    if (!document.isObject())
        return 0;
    const QJsonObject members = document.object();
    take<Content>(members);
    take<Customer>(members);
    take<ChannelAccount>(members);
    take<InboundItem>(members);
    take<Queue>(members);
    take<Workflow>(members);
    take<Worker>(members);
    take<Task>(members);
    take<TaskChannel>(members);
    take<Activity>(members);
    take<Flow>(members);
    take<Webhook>(members);
    QJsonArray unmapped;
    const QStringList queues{QStringLiteral("Everyone")};
    const QJsonObject taken = doors::fromTaskRouter(members, queues, unmapped);
    if (doors::fromTaskRouter(taken, queues, unmapped) != taken)
        __builtin_trap();
    return 0;
}
