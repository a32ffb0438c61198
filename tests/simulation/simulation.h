// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pc.h"

namespace peerdesk::simulation {

/// A simulated office: PCs that run the real program on disks, clocks and cables of ours, customers
/// who write, agents who answer, and faults. Everything that happens follows from the seed.
class Simulation
{
public:
    struct Options
    {
        quint64 seed = 1;
        int pcs = 3;
        Instant length = 600_sec;
        Instant faultEvery = 30_sec; ///< on average
        Instant customerEvery = 6_sec;
        int calm = 1; ///< times as long as the product's timers of an election
        QString folder;
        bool isTraced = false; ///< what happens is printed
        QString only;          ///< this kind of fault; empty = all
    };
    struct Outcome
    {
        QString breach;    ///< empty = every promise was kept
        QByteArray digest; ///< of all that happened: equal for equal seeds
        int faults = 0;
        int items = 0;
        int replies = 0;
        int uncertain = 0;
        int pcs = 0;       ///< that were ever part of it
        quint64 facts = 0; ///< entries of the log
        qint64 lostWrites = 0;
        qint64 lostFiles = 0;
        Instant longestGap = 0; ///< without an acknowledgement to anybody
    };

    explicit Simulation(const Options &options);
    ~Simulation();

    Outcome play();

private:
    struct Asked
    {
        CommandId id;
        api::Command command;
        Instant since = 0;
        int pc = -1;
        quint64 life = 0;
    };
    /// A person at a PC. Asks one thing at a time, under the same id until there is an answer.
    struct Person
    {
        AgentId agent;
        QString name;
        Role role = Role::Agent;
        int pc = 0;
        int commands = 0;
        std::optional<Asked> asked;
        std::set<TaskId> answered;
    };

    void say(const QString &what);
    /// How each PC sees the office, into the trace.
    void describe();
    void breach(const QString &what);
    int upTo(int bound) { return int(m_dice() % quint64(bound)); }
    Pc &pc(int index) { return *m_pcs[size_t(index)]; }
    bool canAsk(int index);
    Pc *anyUsable();
    Pc &anyMember();

    /// Until `end`, or until `isDone` (asked each second).
    void run(Instant end, const std::function<bool()> &isDone = {});
    void turn();
    void makePc();
    void found();
    /// Whether the office took another PC in.
    bool join();
    void retire(Pc &pc);
    void goOnAlone();
    void think(Person &person);
    void ask(Person &person, const api::Command &command);
    void submit(Person &person);
    void onAnswer(Person &person, CommandId id, const node::Decided &decided);
    std::optional<api::Command> wish(Person &person, const node::Warm &warm, WorkerId worker);
    void customersWrite();
    Attachment sendFile(int number);
    bool hasFile(const Pc &pc, const QByteArray &sha256) const;
    /// Whether another PC of the office has it, too.
    bool isElsewhere(const Pc &here, const QByteArray &sha256) const;
    void checkCopies(const InboundItem &item, const QString &at);
    QString missingFile() const;
    void fault();
    using Fault = std::pair<QString, std::function<void()>>;
    std::vector<Fault> faults();
    bool canGo(Pc &gone);
    void cut(bool isOneWay);
    void heal();

    void onApplied(Pc &pc);
    QString brokenPromise(const node::Warm &warm) const;
    void checkRouters();
    /// Empty, or what is still to come.
    QString unsettled();
    void checkEnd();
    void checkPc(Pc &pc);

    Options m_options;
    std::mt19937_64 m_dice;
    Agenda m_agenda;
    Provider m_provider;
    Watch m_watch;
    std::unique_ptr<Switchboard> m_board;
    std::vector<std::unique_ptr<Pc>> m_pcs;
    std::vector<Person> m_people;
    Person m_admin;
    bool m_isActing = false;          ///< a fault that takes people some time is under way
    std::set<QByteArray> m_uncertain; ///< replies of which nobody knows
    std::set<QByteArray> m_loseable;  ///< files that only a PC had that is gone for ever
    std::map<std::pair<quint64, quint64>, std::pair<QByteArray, QString>> m_digests;
    std::map<quint64, QString> m_routers;      ///< by term
    std::map<QByteArray, CommandId> m_replies; ///< acknowledged, by message id
    AccountId m_account;
    int m_threads = 0;
    Instant m_lastAnswer = 0;
    bool m_isQuiet = false; ///< no faults and no new customers any more
    Outcome m_outcome;
    class Trace;
    std::unique_ptr<Trace> m_trace;
};

} // namespace peerdesk::simulation
