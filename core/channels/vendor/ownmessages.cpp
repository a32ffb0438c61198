// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/ownmessages.h"

#include "core/base/json.h"
#include "core/channels/vendor/items.h"
#include "core/domain/providerids.h"

namespace peerdesk::channels::vendor {

using namespace Qt::StringLiterals;

namespace {

/// Of one page; what is above is shown, ours or not.
constexpr size_t MaxThreadsLookedAt = 500;

} // namespace

void RecentIds::insert(const QString &id)
{
    if (id.isEmpty() || !m_ids.insert(id).second)
        return;
    m_order.push_back(id);
    if (m_order.size() <= m_most)
        return;
    m_ids.erase(m_order.front());
    m_order.pop_front();
}

void markOutside(InboundItem &item, const QString &accountName)
{
    addHeaders(item, {{u"outside"_s, true}, {u"outside_name"_s, accountName}});
    item.isAutomatic = true;
}

bool isOutside(const InboundItem &item)
{
    return json::object(item.headers).value(u"outside"_s).toBool();
}

OwnMessages::OwnMessages(Host &host, QObject *parent)
    : QObject(parent)
    , m_host(host)
{}

void OwnMessages::endSend()
{
    if (--m_sending > 0)
        return;
    for (const std::shared_ptr<Sifting> &waiting : std::exchange(m_waiting, {}))
        next(waiting);
}

void OwnMessages::sift(InboundPage page, Completion<InboundPage> done)
{
    std::set<QString> threads;
    for (const InboundItem &item : page.items) {
        if (isOutside(item) && threads.size() < MaxThreadsLookedAt)
            threads.insert(item.thread);
    }
    const auto sifting = std::make_shared<Sifting>(
        Sifting{std::move(page), {threads.begin(), threads.end()}, std::move(done)});
    if (threads.empty() || m_sending == 0)
        return next(sifting);
    m_waiting.push_back(sifting);
}

void OwnMessages::next(const std::shared_ptr<Sifting> &sifting)
{
    if (sifting->threads.empty()) {
        std::erase_if(sifting->page.items, [this](const InboundItem &item) {
            return isOutside(item) && m_own.contains(item.providerId);
        });
        return sifting->done.answer(std::move(sifting->page));
    }
    const QString thread = sifting->threads.back();
    sifting->threads.pop_back();
    m_host.history(thread, {this, [this, sifting](const Result<std::vector<Message>> &messages) {
                                for (const Message &message :
                                     messages ? *messages : std::vector<Message>()) {
                                    if (message.kind != MessageKind::Reply)
                                        continue;
                                    for (const QString &id : providerIdsIn(message.providerId))
                                        insert(id);
                                }
                                next(sifting);
                            }});
}

} // namespace peerdesk::channels::vendor

#include "moc_ownmessages.cpp"
