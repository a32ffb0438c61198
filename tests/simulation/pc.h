// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/node/startup.h"
#include "disk.h"
#include "switchboard.h"

namespace peerdesk::simulation {

/// What the provider of the office's one channel knows; it outlives everything. Its customers write
/// at any time; it may answer late, never, or with words that say nothing.
struct Provider
{
    std::vector<InboundItem> items;         ///< what customers wrote, in order
    std::map<QByteArray, QByteArray> files; ///< that customers sent, by SHA-256
    std::set<QString> acknowledged;         ///< ids: the office said that it has them
    std::map<QByteArray, int> performed;    ///< by message id: how often a customer got it
    /// Of those that have asked it for anything; none = it is not looked at.
    std::optional<quint64> newestFence = 0;
    bool isCalm = false; ///< answers at once and well
};

/// What is watched while the office runs; the first breach ends it.
struct Watch
{
    std::function<void(const QString &)> say;    ///< into the trace
    std::function<void(const QString &)> breach; ///< a promise was broken
    /// The office says to that PC's connector that it has the item.
    std::function<void(const InboundItem &, const QString &pc)> acknowledged;
};

/// One PC: what stays of it while its programs come and go (folder, keychain, clock), and the
/// program that runs on it now, if one does.
class Pc
{
public:
    struct Surroundings
    {
        Agenda &agenda;
        std::mt19937_64 &dice;
        Switchboard &board;
        Provider &provider;
        Watch &watch;
        cluster::Timing timing;
    };

    Pc(int number, const QString &folder, Surroundings surroundings);
    ~Pc();

    const QString &name() const { return m_name; }
    NodeId id() const { return m_id; }
    QString idText() const { return m_id.toString(); }
    QString address() const { return QStringLiteral("10.0.0.%1:8418").arg(m_number); }

    /// Starts the program on what the folder holds; of a retired PC nothing.
    void start();
    /// It is not started while it is away.
    bool isAway = false;
    /// It does not belong to the office any more.
    void retire();
    bool isRetired() const { return m_isRetired; }
    /// The power goes: what was not synced may be lost.
    void crash();
    /// Closes the program as a person does; off() once it is.
    void close();
    bool isOn() const { return m_life != nullptr; }
    /// It stands still (SIGSTOP) or sleeps until then.
    void standStill(Instant span, bool isAsleep);
    bool isStill() const { return m_stillUntil > now(); }

    /// Whether something is to be done there now.
    bool isDue() const;
    Instant nextTime() const;
    void run();

    /// The program, for whoever runs in its thread or while it does not run.
    node::OfficeService &office() { return *m_office; }
    node::Core &core() { return m_office->core(); }
    bool isUsable() const { return m_office && m_isStarted; }
    void call(std::function<void()> work);
    /// Its people are told that what came in lately is on this PC only.
    bool isHoldingAlone() const { return m_isHoldingAlone; }

    Disk &disk() { return m_disk; }
    PcClock &clock() { return m_clock; }
    std::map<QString, QByteArray> &keychain() { return m_keychain; }
    const QString &folder() const { return m_folder; }
    quint64 lives() const { return m_lives; }

    /// After each change of what the program shows, in its thread.
    std::function<void(Pc &)> onApplied;

private:
    void build();
    void endLife();
    /// While it has power that is a breach.
    void notStarted(const Error &error);
    void readStatus(const node::Answer &answer);
    node::Doors doors() const;

    int m_number;
    QString m_name;
    QString m_folder;
    Surroundings m_surroundings;
    Disk m_disk;
    PcClock m_clock;
    std::map<QString, QByteArray> m_keychain;
    NodeId m_id;
    quint64 m_lives = 0;
    bool m_isStarted = false;
    bool m_isRetired = false;
    bool m_isEnded = false;
    bool m_isSuperseded = false;
    bool m_isHoldingAlone = false;
    Instant m_stillUntil = 0;
    bool m_isAsleep = false;
    Instant m_busyUntil = 0; ///< its disk is slow
    std::unique_ptr<Life> m_life;
    // In the life's thread:
    std::unique_ptr<store::DataFolder> m_dataFolder;
    std::unique_ptr<node::ReadService> m_readers;
    std::unique_ptr<node::Journal> m_journal;
    std::unique_ptr<node::OfficeService> m_office;
    std::unique_ptr<node::Applier> m_applier;
};

} // namespace peerdesk::simulation
