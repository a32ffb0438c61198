// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractEventDispatcher>
#include <QSemaphore>
#include <QThread>

#include <functional>
#include <map>
#include <random>

/// Time and chance of a simulated office. The program that runs on a PC is the real one, in one
/// thread of its own, and only one of these threads runs at any moment: the simulation says which.
/// Clocks (clock_gettime, gettimeofday, time), timers and sources of randomness of these threads
/// are replaced, so that a seed plays the same office again, whatever machine it is played on.
namespace peerdesk::simulation {

/// Microseconds since the simulation began.
using Instant = qint64;
constexpr Instant Never = std::numeric_limits<Instant>::max();
constexpr Instant operator""_msec(unsigned long long ms)
{
    return Instant(ms) * 1000;
}
constexpr Instant operator""_sec(unsigned long long s)
{
    return Instant(s) * 1'000'000;
}

/// UTC milliseconds at which every simulation begins.
constexpr qint64 Beginning = 1'790'000'000'000;

/// What the clocks of one PC show. They outlive its programs.
struct PcClock
{
    Instant slept = 0;      ///< CLOCK_MONOTONIC does not count it, CLOCK_BOOTTIME does
    qint64 wallAheadMs = 0; ///< of the true time
};

Instant now();
/// The calling thread, too, has the simulation's clocks from then on.
void setNow(Instant now);
/// The calling thread has the machine's clocks again.
void useOwnClock();
/// Everything random in the programs comes from this; the simulation's own dice are others.
void seedChance(quint64 seed);

/// Timers of one thread in simulated time.
class TurnDispatcher final : public QAbstractEventDispatcher
{
    Q_OBJECT

public:
    explicit TurnDispatcher(const PcClock &clock);

    /// When the first timer is due; Never = there is none.
    Instant nextTimer() const;
    bool isWoken() const { return m_isWoken; }
    /// From outside: lets the thread go on until it has nothing to do at this instant.
    void giveTurn();
    void waitForIdle() { m_idle.acquire(); }
    void letGo() { m_turn.release(); }

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;
    void registerSocketNotifier(QSocketNotifier *) override {}
    void unregisterSocketNotifier(QSocketNotifier *) override {}
    void registerTimer(int id, qint64 interval, Qt::TimerType type, QObject *object) override;
    bool unregisterTimer(int id) override;
    bool unregisterTimers(QObject *object) override;
    QList<TimerInfo> registeredTimers(QObject *object) const override;
    int remainingTime(int id) override;
    void wakeUp() override { m_isWoken = true; }
    void interrupt() override {}

private:
    struct Timer
    {
        Instant due = 0; ///< on the PC's monotonic clock
        qint64 interval = 0;
        Qt::TimerType type = Qt::CoarseTimer;
        QObject *object = nullptr;
        quint64 order = 0;
    };
    Instant monotonic() const { return now() - m_clock.slept; }
    /// Everything posted and due is done.
    void runUntilIdle();
    bool fireOne();

    const PcClock &m_clock;
    std::map<int, Timer> m_timers;
    quint64 m_order = 0;
    std::atomic<bool> m_isWoken = true;
    QSemaphore m_turn;
    QSemaphore m_idle;
};

/// One run of a program on a PC: a thread that runs only when it is its turn.
class Life final : public QThread
{
    Q_OBJECT

public:
    explicit Life(const PcClock &clock);
    ~Life() override;

    TurnDispatcher &dispatcher() const { return *m_dispatcher; }
    /// Runs `work` there, and everything that follows from it at this instant.
    void call(std::function<void()> work);

protected:
    void run() override;

private:
    const PcClock &m_clock;
    TurnDispatcher *m_dispatcher;
    QObject *m_context;
};

} // namespace peerdesk::simulation
