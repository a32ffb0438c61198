// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/attachmentexchange.h"

#include <QFile>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

constexpr Milliseconds TickEvery = std::chrono::seconds(1);
/// Hashes that are remembered as being on this PC only, or wished for; more are left to the next
/// start.
constexpr size_t MaxRemembered = 100'000;
/// Files that others have offered and that wait for their turn.
constexpr size_t MaxOffered = 10'000;
constexpr Milliseconds OfferAgainEvery = std::chrono::seconds(10);
/// Of those that no other PC took, offered again at a time.
constexpr int MaxOffersAtOnce = 64;

} // namespace

AttachmentExchange::AttachmentExchange(Parts parts)
    : m_parts(std::move(parts))
    , m_tick(this)
    , m_work(m_parts.attachments)
{
    connect(&m_tick, &QTimer::timeout, this, &AttachmentExchange::onTick);
    m_tick.start(TickEvery);
}

AttachmentExchange::~AttachmentExchange() = default;

void AttachmentExchange::fetch(const std::vector<QByteArray> &hashes, Completion<Done> done)
{
    const auto asker = std::make_shared<Completion<Done>>(std::move(done));
    const auto left = std::make_shared<size_t>(1);
    const auto one = [asker, left](const Result<Done> &result) {
        if (!result)
            asker->answer(result.error());
        else if (--*left == 0)
            asker->answer(Done{});
    };
    for (const QByteArray &sha256 : hashes) {
        if (m_parts.attachments.has(sha256))
            continue;
        ++*left;
        fetchOne(sha256, {}, {this, one});
    }
    one(Done{});
}

void AttachmentExchange::wish(const std::vector<QByteArray> &hashes)
{
    for (const QByteArray &sha256 : hashes) {
        const bool isKnown =
            m_running.contains(sha256) || m_waiting.contains(sha256) || m_absent.contains(sha256);
        if (!isKnown && m_wished.size() < MaxRemembered && !m_parts.attachments.has(sha256))
            m_wished.insert(sha256);
    }
    begin();
}

/// `holder`, where it is set, is asked first: it offers it.
void AttachmentExchange::fetchOne(const QByteArray &sha256, const QString &holder,
                                  Completion<Done> done)
{
    if (const auto running = m_running.find(sha256); running != m_running.end())
        return running->second.waiters.push_back(std::move(done));
    m_wished.erase(sha256);
    m_absent.erase(sha256);
    Fetch &fetch = m_waiting[sha256];
    if (fetch.waiters.empty())
        m_queue.push_back(sha256);
    fetch.waiters.push_back(std::move(done));
    if (!holder.isEmpty())
        fetch.left.push_front(holder);
    begin();
}

void AttachmentExchange::begin()
{
    while (m_running.size() < MaxFetches) {
        QByteArray sha256;
        if (!m_queue.empty()) {
            sha256 = m_queue.front();
            m_queue.pop_front();
        } else if (!m_wished.empty() && !m_parts.reachable().empty()) {
            sha256 = *m_wished.begin();
            m_wished.erase(m_wished.begin());
        } else {
            return;
        }
        auto waiting = m_waiting.extract(sha256);
        Fetch &fetch = m_running[sha256];
        if (!waiting.empty())
            fetch = std::move(waiting.mapped());
        for (const QString &node : m_parts.reachable()) {
            if (std::find(fetch.left.begin(), fetch.left.end(), node) == fetch.left.end())
                fetch.left.push_back(node);
        }
        askNext(sha256);
    }
}

void AttachmentExchange::askNext(const QByteArray &sha256)
{
    Fetch &fetch = m_running.at(sha256);
    fetch.bytes.clear();
    fetch.size = -1;
    if (fetch.left.empty())
        return end(sha256, Error{Error::Code::NotFound,
                                 tr("This attachment is on a PC that cannot be reached now"),
                                 u"elsewhere"_s});
    fetch.asked = fetch.left.front();
    fetch.left.pop_front();
    ask(sha256, fetch);
}

void AttachmentExchange::ask(const QByteArray &sha256, Fetch &fetch)
{
    fetch.deadline = QDeadlineTimer(PartPatience);
    m_parts.tell(fetch.asked, {AttachmentNote::Kind::Ask, sha256, fetch.bytes.size(), 0, {}});
}

void AttachmentExchange::onPart(const QString &node, const AttachmentNote &note)
{
    const auto it = m_running.find(note.sha256);
    if (it == m_running.end() || it->second.asked != node || it->second.isStoring ||
        note.offset != it->second.bytes.size())
        return; // of a try that was given up
    Fetch &fetch = it->second;
    const bool isFirst = fetch.size < 0;
    const qint64 end = note.offset + note.bytes.size();
    const bool isSound = note.size >= 0 && note.size <= store::MaxAttachmentBytes &&
                         (isFirst || note.size == fetch.size) && end <= note.size &&
                         (!note.bytes.isEmpty() || note.size == 0);
    if (!isSound)
        return askNext(note.sha256); // it does not have it, or is no good
    fetch.size = note.size;
    fetch.bytes += note.bytes;
    if (end < note.size)
        return ask(note.sha256, fetch);
    keep(note.sha256, fetch);
}

void AttachmentExchange::keep(const QByteArray &sha256, Fetch &fetch)
{
    fetch.isStoring = true;
    m_work.put({std::exchange(fetch.bytes, {})},
               {this, [this, sha256](const Result<std::vector<QByteArray>> &stored) {
                    m_running.at(sha256).isStoring = false;
                    if (!stored)
                        return end(sha256, stored.error());
                    if (stored->front() != sha256)
                        return askNext(sha256); // not what was asked for
                    end(sha256, Done{});
                }});
}

void AttachmentExchange::end(const QByteArray &sha256, const Result<Done> &result)
{
    auto fetch = m_running.extract(sha256);
    if (!result && m_absent.size() < MaxRemembered)
        m_absent.insert(sha256); // wished for when somebody else can be reached
    for (Completion<Done> &waiter : fetch.mapped().waiters)
        waiter.answer(result);
    if (result)
        begin();
}

void AttachmentExchange::forget(const std::vector<QByteArray> &hashes)
{
    for (const QByteArray &sha256 : hashes) {
        const auto running = m_running.find(sha256);
        if (running != m_running.end() && !running->second.isStoring)
            end(sha256, notFound(u"this attachment was erased"_s));
        auto waiting = m_waiting.extract(sha256);
        if (!waiting.empty()) {
            for (Completion<Done> &waiter : waiting.mapped().waiters)
                waiter.answer(notFound(u"this attachment was erased"_s));
        }
        std::erase(m_queue, sha256);
        m_wished.erase(sha256);
        m_absent.erase(sha256);
        m_uncopied.erase(sha256);
        m_parts.attachments.remove(sha256);
    }
}

void AttachmentExchange::share(const std::vector<QByteArray> &hashes, Completion<bool> done)
{
    if (hashes.empty() || m_parts.replicas().empty())
        return done.answer(true);
    auto group = std::make_unique<Group>(
        Group{{hashes.begin(), hashes.end()}, std::move(done), QDeadlineTimer(SharePatience)});
    for (const QByteArray &sha256 : group->left) {
        if (m_uncopied.size() < MaxRemembered)
            m_uncopied.insert(sha256);
    }
    if (m_parts.reachable().empty())
        group->done.answer(false);
    else
        m_groups.push_back(std::move(group));
    for (const QByteArray &sha256 : hashes)
        offer(sha256);
    noteHolding();
}

void AttachmentExchange::offer(const QByteArray &sha256)
{
    const std::vector<QString> nodes = m_parts.reachable();
    if (!nodes.empty())
        m_parts.tell(nodes[m_offerTurn % nodes.size()],
                     {AttachmentNote::Kind::Offer, sha256, 0, 0, {}});
}

/// To another PC than before: that one may have had no room.
void AttachmentExchange::offerAgain()
{
    m_offerAgain = QDeadlineTimer(OfferAgainEvery);
    ++m_offerTurn;
    int left = MaxOffersAtOnce;
    for (auto it = m_uncopied.begin(); it != m_uncopied.end() && left > 0; ++it, --left)
        offer(*it);
}

void AttachmentExchange::onOffered(const QString &node, const AttachmentNote &note)
{
    const auto held = [this, node, sha256 = note.sha256](const Result<Done> &result) {
        if (result)
            m_parts.tell(node, {AttachmentNote::Kind::Held, sha256, 0, 0, {}});
    };
    if (m_parts.attachments.has(note.sha256))
        return held(Done{});
    if (m_waiting.size() >= MaxOffered)
        return; // offered again
    fetchOne(note.sha256, node, {this, held});
}

void AttachmentExchange::onHeld(const QByteArray &sha256)
{
    m_uncopied.erase(sha256);
    std::vector<std::unique_ptr<Group>> whole;
    for (auto &group : m_groups) {
        if (group->left.erase(sha256) > 0 && group->left.empty())
            whole.push_back(std::move(group));
    }
    std::erase(m_groups, nullptr);
    for (const auto &group : whole)
        group->done.answer(true);
    noteHolding();
}

void AttachmentExchange::give(const QString &node, const AttachmentNote &asked)
{
    for (const auto &group : m_groups) {
        if (group->left.contains(asked.sha256))
            group->deadline = QDeadlineTimer(SharePatience); // it is on its way
    }
    AttachmentNote part{AttachmentNote::Kind::Part, asked.sha256, asked.offset, -1, {}};
    QFile file(m_parts.attachments.pathOf(asked.sha256));
    if (m_parts.attachments.has(asked.sha256) && file.open(QIODevice::ReadOnly) &&
        asked.offset >= 0 && asked.offset <= file.size() && file.seek(asked.offset)) {
        part.size = file.size();
        part.bytes = file.read(PartBytes);
    }
    m_parts.tell(node, part);
}

void AttachmentExchange::hear(const QString &node, const AttachmentNote &note)
{
    switch (note.kind) {
    case AttachmentNote::Kind::Ask:
        return give(node, note);
    case AttachmentNote::Kind::Part:
        return onPart(node, note);
    case AttachmentNote::Kind::Offer:
        return onOffered(node, note);
    case AttachmentNote::Kind::Held:
        return onHeld(note.sha256);
    }
}

void AttachmentExchange::onReachableChanged()
{
    m_wished.merge(m_absent);
    offerAgain();
    begin();
}

void AttachmentExchange::onTick()
{
    std::vector<QByteArray> late;
    for (const auto &[sha256, fetch] : m_running) {
        if (!fetch.isStoring && fetch.deadline.hasExpired())
            late.push_back(sha256);
    }
    for (const QByteArray &sha256 : late)
        askNext(sha256);
    std::vector<std::unique_ptr<Group>> tired;
    for (auto &group : m_groups) {
        if (group->deadline.hasExpired())
            tired.push_back(std::move(group));
    }
    std::erase(m_groups, nullptr);
    for (const auto &group : tired)
        group->done.answer(false);
    if (!m_uncopied.empty() && m_offerAgain.hasExpired())
        offerAgain();
    noteHolding();
    begin();
}

/// What is on its way to another PC is not told as kept here only.
void AttachmentExchange::noteHolding()
{
    const bool isAlone = !m_uncopied.empty() && m_groups.empty();
    if (std::exchange(m_isHoldingAlone, isAlone) != isAlone)
        Q_EMIT holdingAloneChanged();
}

} // namespace peerdesk::node

#include "moc_attachmentexchange.cpp"
