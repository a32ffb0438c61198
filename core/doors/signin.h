// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"

#include <QThreadPool>

#include <functional>
#include <map>

namespace peerdesk::doors {

/// Counts failed sign-ins per name and per address. Bounded; when full it forgets the oldest
/// window. Pure but for its own state: the caller supplies the time.
class SignInBrake
{
public:
    static constexpr int MaxFailures = 10; ///< per key and window
    static constexpr Seconds Window{60};
    static constexpr size_t MaxKeys = 10'000;

    bool isOpen(const QString &key, Time now) const;
    void countFailure(const QString &key, Time now);

private:
    struct Count
    {
        int failures = 0;
        Time since;
    };
    static bool isOver(const Count &count, Time now);

    std::map<QString, Count> m_counts;
};

/// Argon2id work off the thread that asks. At most two at a time (64 MiB each), at most
/// `MaxWaiting` waiting; more is Busy. Thread: the asker's; deleting it drops the answers.
class PasswordWork final : public QObject
{
    Q_OBJECT

public:
    static constexpr int MaxWaiting = 32;

    explicit PasswordWork(QObject *parent);
    ~PasswordWork() override;

    /// An empty hash costs the same time and fails: names cannot be told apart by it.
    void verify(const QByteArray &hash, const QString &password, Completion<bool> done);
    void hash(const QString &password, Completion<QByteArray> done);

private:
    template <typename T>
    void run(std::function<Result<T>()> work, Completion<T> done);

    QThreadPool m_pool;
    int m_waiting = 0;
};

/// What POST /sessions and PATCH /agents need beside the desk.
class SignIn final : public QObject
{
    Q_OBJECT

public:
    struct Token
    {
        QByteArray token; ///< shown once, never kept
        Agent agent;
        SessionId session;
    };

    SignIn(api::Desk &desk, QObject *parent);

    /// Checks name and password, opens a session. Errors: Unauthorized (the same for a wrong name
    /// and a wrong password), Busy (too many failures), and submit's.
    void signIn(const QString &name, const QString &password, const QString &address, Time now,
                Completion<Token> done);
    PasswordWork &passwords() { return m_passwords; }

private:
    api::Desk &m_desk;
    PasswordWork m_passwords;
    SignInBrake m_brake;
};

} // namespace peerdesk::doors
