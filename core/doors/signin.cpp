// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/signin.h"

#include "core/secrets/password.h"

#include <QFutureWatcher>
#include <QPromise>

#include <algorithm>
#include <memory>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {
/// Nobody's name is longer; what strangers send is not kept whole.
constexpr qsizetype MaxNameLength = 80;
} // namespace

bool SignInBrake::isOpen(const QString &key, Time now) const
{
    const auto it = m_counts.find(key);
    return it == m_counts.end() || it->second.failures < MaxFailures || isOver(it->second, now);
}

/// Also when the clock was set back: nobody is shut out until it comes round again.
bool SignInBrake::isOver(const Count &count, Time now)
{
    return now - count.since >= Window || now < count.since;
}

void SignInBrake::countFailure(const QString &key, Time now)
{
    if (m_counts.size() >= MaxKeys && m_counts.count(key) == 0) {
        const auto older = [](const auto &a, const auto &b) {
            return a.second.since < b.second.since;
        };
        m_counts.erase(std::min_element(m_counts.begin(), m_counts.end(), older));
    }
    Count &count = m_counts[key];
    if (isOver(count, now))
        count = {0, now};
    ++count.failures;
}

PasswordWork::PasswordWork(QObject *parent)
    : QObject(parent)
{
    m_pool.setMaxThreadCount(2);
}

PasswordWork::~PasswordWork()
{
    m_pool.clear();
    m_pool.waitForDone();
}

template <typename T>
void PasswordWork::run(std::function<Result<T>()> work, Completion<T> done)
{
    if (m_waiting >= MaxWaiting)
        return done.answer(Error{Error::Code::Busy, u"Too many sign-ins at once"_s, {}});
    ++m_waiting;
    auto promise = std::make_shared<QPromise<Result<T>>>();
    auto *watcher = new QFutureWatcher<Result<T>>(this);
    auto waiting = std::make_shared<Completion<T>>(std::move(done));
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher, waiting] {
        --m_waiting;
        watcher->deleteLater();
        waiting->answer(watcher->result());
    });
    watcher->setFuture(promise->future());
    m_pool.start([promise, work = std::move(work)] {
        promise->start();
        promise->addResult(work());
        promise->finish();
    });
}

void PasswordWork::verify(const QByteArray &hash, const QString &password, Completion<bool> done)
{
    const auto work = [hash, password]() -> Result<bool> {
        if (!hash.isEmpty())
            return secrets::verifyPassword(hash, password);
        const auto wasted = secrets::hashPassword(password);
        return false && wasted.has_value();
    };
    run<bool>(work, std::move(done));
}

void PasswordWork::hash(const QString &password, Completion<QByteArray> done)
{
    run<QByteArray>([password]() -> Result<QByteArray> { return secrets::hashPassword(password); },
                    std::move(done));
}

SignIn::SignIn(api::Desk &desk, QObject *parent)
    : QObject(parent)
    , m_desk(desk)
    , m_passwords(this)
{}

void SignIn::signIn(const QString &name, const QString &password, const QString &address, Time now,
                    Completion<Token> done)
{
    const QString byName = u"name "_s + name.left(MaxNameLength);
    const QString byAddress = u"address "_s + address;
    if (!m_brake.isOpen(byName, now) || !m_brake.isOpen(byAddress, now))
        return done.answer(
            Error{Error::Code::Busy, u"Too many failed sign-ins; wait a minute"_s, {}});
    auto answer = std::make_shared<Completion<Token>>(std::move(done));
    const auto open = [this, answer](const Agent &agent) {
        const QByteArray token = secrets::randomToken();
        const api::Caller caller{agent.id, {}, agent.role, agent.worker, agent.name};
        m_desk.submit(caller, randomId<CommandId>(),
                      api::OpenSession{agent.id, secrets::tokenHash(token)},
                      {this, [answer, token, agent](Result<api::Outcome> opened) {
                           if (!opened)
                               return answer->answer(opened.error());
                           answer->answer(Token{token, agent, opened->as<SessionId>()});
                       }});
    };
    const auto checked = [this, answer, open, byName, byAddress, now](const Agent &agent,
                                                                      const Result<bool> &good) {
        if (!good)
            return answer->answer(good.error());
        if (*good && agent.isActive)
            return open(agent);
        m_brake.countFailure(byName, now);
        m_brake.countFailure(byAddress, now);
        answer->answer(
            Error{Error::Code::Unauthorized, u"The name or the password is wrong"_s, {}});
    };
    const auto found = [this, checked, password, answer](Result<Agent> agent) {
        if (!agent && agent.error().code != Error::Code::NotFound)
            return answer->answer(agent.error());
        const Agent known = agent ? *agent : Agent{};
        m_passwords.verify(known.passwordHash, password,
                           {this, [checked, known](Result<bool> good) { checked(known, good); }});
    };
    m_desk.agentByName(name, {this, found});
}

} // namespace peerdesk::doors

#include "moc_signin.cpp"
