// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/inboundqueue.h"

namespace peerdesk::channels::vendor {

namespace {

/// Items of one page, unless one arrival alone has more.
constexpr size_t PageItems = 50;
/// Files of one page: they are in memory together.
constexpr size_t PageFiles = 4;
constexpr Milliseconds FirstRetry{250};
constexpr Milliseconds MaxRetry{30'000};

} // namespace

InboundQueue::InboundQueue(Host &host, Prepare prepare, QObject *parent)
    : QObject(parent)
    , m_host(host)
    , m_prepare(std::move(prepare))
    , m_retry(this)
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &InboundQueue::next);
}

bool InboundQueue::add(Arrival arrival)
{
    if (m_waiting.size() >= MaxWaiting)
        return false;
    m_waiting.push_back(std::move(arrival));
    if (!m_isBusy && !m_retry.isActive())
        m_retry.start(0); // what comes in one go is one page
    return true;
}

void InboundQueue::clear()
{
    ++m_round;
    m_waiting.clear();
    m_retry.stop();
    m_isBusy = false;
    m_failures = 0;
}

void InboundQueue::next()
{
    if (m_isBusy || m_waiting.empty())
        return;
    m_isBusy = true;
    InboundPage page;
    std::vector<WantedFile> files;
    size_t count = 0;
    for (const Arrival &arrival : m_waiting) {
        if (count > 0 && (page.items.size() + arrival.items.size() > PageItems ||
                          files.size() + arrival.files.size() > PageFiles))
            break;
        for (WantedFile file : arrival.files) {
            file.item += page.items.size();
            files.push_back(std::move(file));
        }
        page.items.insert(page.items.end(), arrival.items.begin(), arrival.items.end());
        ++count;
    }
    m_prepare(std::move(page), std::move(files),
              {this, [this, round = m_round, count](const Result<InboundPage> &prepared) {
                   onPrepared(round, count, prepared);
               }});
}

QByteArray InboundQueue::advanced(size_t count) const
{
    QByteArray cursor = m_host.cursor();
    for (size_t i = 0; i < count; ++i) {
        if (m_waiting[i].advance)
            cursor = m_waiting[i].advance(cursor);
    }
    return cursor;
}

void InboundQueue::onPrepared(quint64 round, size_t count, const Result<InboundPage> &prepared)
{
    if (round != m_round)
        return;
    if (!prepared)
        return onCommitted(round, count, prepared.error());
    InboundPage page = *prepared;
    page.cursorFrom = m_host.cursor();
    page.cursorTo = advanced(count);
    if (page.items.empty() && page.cursorFrom == page.cursorTo)
        return onCommitted(round, count, Done{});
    m_host.ingest(std::move(page), {this, [this, round, count](const Result<Done> &result) {
                                        onCommitted(round, count, result);
                                    }});
}

void InboundQueue::onCommitted(quint64 round, size_t count, const Result<Done> &result)
{
    if (round != m_round)
        return;
    m_isBusy = false;
    if (!result) {
        const Milliseconds wait =
            std::min<Milliseconds>(MaxRetry, FirstRetry * (1LL << std::min(m_failures++, 10)));
        return m_retry.start(m_host.clock().toReal(wait));
    }
    m_failures = 0;
    std::deque<Arrival> done;
    for (; count > 0; --count) {
        done.push_back(std::move(m_waiting.front()));
        m_waiting.pop_front();
    }
    for (const Arrival &arrival : done) {
        if (arrival.committed)
            arrival.committed();
    }
    if (round != m_round)
        return; // whoever was told has cleared it
    if (m_waiting.empty())
        Q_EMIT drained();
    else
        next();
}

} // namespace peerdesk::channels::vendor

#include "moc_inboundqueue.cpp"
