// SPDX-License-Identifier: GPL-3.0-or-later
#include "turns.h"

#include <QCoreApplication>
#include <QUuid>

#include <openssl/rand.h>
#include <sodium.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace peerdesk::simulation {

namespace {

/// A thread that is busy for so many events at one instant will never be idle.
constexpr int MostEvents = 2'000'000;

std::atomic<Instant> theTime = 0;
std::mt19937_64 theChance;
/// Of keys: how much of it is used depends on what a library has kept from the last time.
std::mt19937_64 theKeys;
thread_local const PcClock *theClock = nullptr; ///< null = the machine's own

Instant shownBy(clockid_t id)
{
    switch (id) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        return now() + (Beginning + theClock->wallAheadMs) * 1000;
    case CLOCK_BOOTTIME:
        return now() + 1'000_sec;
    default:
        return now() + 1'000_sec - theClock->slept;
    }
}

int fillKeys(unsigned char *out, int count)
{
    for (int i = 0; i < count; ++i)
        out[i] = static_cast<unsigned char>(theKeys());
    return 1;
}

} // namespace

Instant now()
{
    return theTime;
}

void setNow(Instant now)
{
    static const PcClock right;
    theTime = now;
    if (!theClock)
        theClock = &right;
}

void useOwnClock()
{
    theClock = nullptr;
}

void seedChance(quint64 seed)
{
    theChance.seed(seed);
    theKeys.seed(seed);
    static randombytes_implementation forSodium{
        [] { return "simulation"; },
        [] { return uint32_t(theKeys()); },
        nullptr,
        nullptr,
        [](void *out, size_t count) { fillKeys(static_cast<unsigned char *>(out), int(count)); },
        nullptr};
    randombytes_set_implementation(&forSodium);
    QT_WARNING_PUSH
    QT_WARNING_DISABLE_DEPRECATED // there is no other way to have OpenSSL make the same keys again
        static RAND_METHOD forOpenSsl{};
    forOpenSsl.bytes = fillKeys;
    forOpenSsl.pseudorand = fillKeys;
    forOpenSsl.status = [] { return 1; };
    RAND_set_rand_method(&forOpenSsl);
    QT_WARNING_POP
}

TurnDispatcher::TurnDispatcher(const PcClock &clock)
    : m_clock(clock)
{}

Instant TurnDispatcher::nextTimer() const
{
    Instant first = Never;
    for (const auto &[id, timer] : m_timers)
        first = std::min(first, timer.due + m_clock.slept);
    return first;
}

void TurnDispatcher::giveTurn()
{
    m_turn.release();
    m_idle.acquire();
}

bool TurnDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    Q_EMIT awake();
    runUntilIdle();
    if (flags & QEventLoop::WaitForMoreEvents) {
        Q_EMIT aboutToBlock();
        m_idle.release();
        m_turn.acquire();
    }
    return true;
}

void TurnDispatcher::runUntilIdle()
{
    for (int events = 0; events < MostEvents; ++events) {
        m_isWoken = false;
        QCoreApplication::sendPostedEvents();
        if (!fireOne() && !m_isWoken)
            return;
    }
    qFatal("a program does not come to rest");
}

bool TurnDispatcher::fireOne()
{
    auto first = m_timers.end();
    for (auto it = m_timers.begin(); it != m_timers.end(); ++it) {
        const auto rank = [](const Timer &timer) { return std::pair(timer.due, timer.order); };
        if (it->second.due <= monotonic() &&
            (first == m_timers.end() || rank(it->second) < rank(first->second)))
            first = it;
    }
    if (first == m_timers.end())
        return false;
    Timer &timer = first->second;
    timer.due = std::max(timer.due + timer.interval * 1000, monotonic() + 1);
    timer.order = ++m_order;
    QTimerEvent event(first->first);
    QCoreApplication::sendEvent(timer.object, &event);
    return true;
}

void TurnDispatcher::registerTimer(int id, qint64 interval, Qt::TimerType type, QObject *object)
{
    m_timers[id] = {monotonic() + interval * 1000, interval, type, object, ++m_order};
}

bool TurnDispatcher::unregisterTimer(int id)
{
    return m_timers.erase(id) > 0;
}

bool TurnDispatcher::unregisterTimers(QObject *object)
{
    return std::erase_if(m_timers,
                         [object](const auto &entry) { return entry.second.object == object; }) > 0;
}

QList<QAbstractEventDispatcher::TimerInfo> TurnDispatcher::registeredTimers(QObject *object) const
{
    QList<TimerInfo> out;
    for (const auto &[id, timer] : m_timers) {
        if (timer.object == object)
            out.append({id, int(timer.interval), timer.type});
    }
    return out;
}

int TurnDispatcher::remainingTime(int id)
{
    const auto timer = m_timers.find(id);
    return timer == m_timers.end()
               ? -1
               : int(std::max<Instant>(0, timer->second.due - monotonic()) / 1000);
}

Life::Life(const PcClock &clock)
    : m_clock(clock)
    , m_dispatcher(new TurnDispatcher(clock))
    , m_context(new QObject)
{
    setEventDispatcher(m_dispatcher); // owned by the thread
    m_context->moveToThread(this);
    connect(this, &QThread::finished, m_context, &QObject::deleteLater);
    start();
    m_dispatcher->waitForIdle();
}

Life::~Life()
{
    quit();
    m_dispatcher->letGo();
    wait();
}

void Life::run()
{
    theClock = &m_clock;
    exec();
}

void Life::call(std::function<void()> work)
{
    QMetaObject::invokeMethod(m_context, std::move(work), Qt::QueuedConnection);
    m_dispatcher->giveTurn();
}

} // namespace peerdesk::simulation

using namespace peerdesk::simulation;

#define REPLACES_THE_SYSTEMS extern "C" __attribute__((visibility("default")))

REPLACES_THE_SYSTEMS int clock_gettime(clockid_t id, timespec *out) noexcept
{
    if (!theClock || id == CLOCK_PROCESS_CPUTIME_ID || id == CLOCK_THREAD_CPUTIME_ID)
        return int(syscall(SYS_clock_gettime, id, out));
    const Instant shown = shownBy(id);
    *out = {time_t(shown / 1'000'000), long(shown % 1'000'000) * 1000};
    return 0;
}

REPLACES_THE_SYSTEMS int gettimeofday(timeval *out, void *) noexcept
{
    timespec shown{};
    clock_gettime(CLOCK_REALTIME, &shown);
    *out = {shown.tv_sec, shown.tv_nsec / 1000};
    return 0;
}

REPLACES_THE_SYSTEMS time_t time(time_t *out) noexcept
{
    timespec shown{};
    clock_gettime(CLOCK_REALTIME, &shown);
    if (out)
        *out = shown.tv_sec;
    return shown.tv_sec;
}

quint64 QRandomGenerator::_fillRange(void *buffer, qptrdiff count)
{
    if (!buffer)
        return theChance();
    auto *words = static_cast<quint32 *>(buffer);
    std::generate(words, words + count, [] { return quint32(theChance()); });
    return 0;
}

QUuid QUuid::createUuid()
{
    const std::array<quint64, 2> bytes{theChance(), theChance()};
    return QUuid::fromRfc4122(
        QByteArrayView(reinterpret_cast<const char *>(bytes.data()), sizeof bytes));
}
