// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/officefounder.h"

#include "app/desktop/session.h"
#include "app/headless/keystore.h"
#include "core/secrets/password.h"

#include <QDateTime>
#include <QFile>
#include <QHostInfo>

namespace peerdesk::desktop {

using namespace Qt::StringLiterals;

OfficeFounder::OfficeFounder(LocalOffice &office, QObject *parent)
    : Founder(parent)
    , m_office(office)
    , m_passwords(this)
{}

QString OfficeFounder::folder() const
{
    return m_office.options().dataDir;
}

void OfficeFounder::tryKeychain(Completion<Done> done)
{
    (new app::SecretsTrial({u"os"_s, {}, {}}, std::move(done), this))->start();
}

template <typename T>
Completion<T> OfficeFounder::then(std::function<void(const T &)> next)
{
    return {this, [this, next = std::move(next)](const Result<T> &result) {
                result ? next(*result) : fail(result.error());
            }};
}

void OfficeFounder::found(const ui::NewOffice &wanted, Completion<Done> done)
{
    m_wanted = wanted;
    m_passwordHash.clear();
    m_done = std::move(done);
    Q_EMIT progressed(ui::FoundingStep::Folder);
    if (wanted.password.isEmpty())
        return open();
    m_passwords.hash(wanted.password, then<QByteArray>([this](const QByteArray &hash) {
                         m_passwordHash = hash;
                         open();
                     }));
}

/// A sealed file that no office has used yet is left over from an attempt; it is set aside, never
/// deleted.
void OfficeFounder::chooseKeystore()
{
    OfficeOptions &options = m_office.options();
    const QString file = app::secretsFile(options.dataDir);
    if (!m_office.isThere() && QFile::exists(file))
        QFile::rename(file,
                      file + u".unused-"_s + QString::number(QDateTime::currentSecsSinceEpoch()));
    if (m_wanted.place == ui::SecretsPlace::PassphraseFile) {
        options.keystore = u"file:"_s + file;
        options.passphrase = m_wanted.passphrase;
    } else {
        options.keystore = u"os"_s;
        options.passphrase.clear();
    }
}

void OfficeFounder::open()
{
    chooseKeystore();
    m_office.open(then<Done>([this](const Done &) { create(); }));
}

void OfficeFounder::create()
{
    Q_EMIT progressed(ui::FoundingStep::Office);
    m_admin = randomId<AgentId>();
    const auto submit = [this](const api::OfficeStatus &status) {
        api::CreateOffice command;
        command.name = m_wanted.name;
        command.admin = m_admin;
        command.adminName = m_wanted.person;
        command.node = status.node;
        command.nodeName = QHostInfo::localHostName().left(64);
        const api::Caller founder{m_admin, {}, Role::Admin, {}, m_wanted.person};
        m_office.desk().submit(founder, randomId<CommandId>(), command,
                               then<api::Outcome>([this](const auto &) {
                                   Q_EMIT progressed(ui::FoundingStep::Person);
                                   signIn();
                               }));
    };
    m_office.desk().status(then<api::OfficeStatus>(submit));
}

void OfficeFounder::signIn()
{
    const auto pick = [this](const std::vector<Agent> &agents) {
        for (const Agent &agent : agents) {
            if (agent.id == m_admin)
                return m_passwordHash.isEmpty() ? enter(agent) : savePassword(agent);
        }
        fail(notFound(u"the founder is not among the agents"_s));
    };
    m_office.desk().agents(then<std::vector<Agent>>(pick));
}

void OfficeFounder::savePassword(const Agent &agent)
{
    Agent sealed = agent;
    sealed.passwordHash = m_passwordHash;
    const api::Caller founder{agent.id, {}, agent.role, agent.worker, agent.name};
    m_office.desk().submit(founder, randomId<CommandId>(), api::SaveAgent{sealed, {}, {}},
                           then<api::Outcome>([this, agent](const auto &) { enter(agent); }));
}

void OfficeFounder::enter(const Agent &agent)
{
    openSession(m_office.desk(), agent, then<api::Caller>([this](const api::Caller &caller) {
                    m_caller = caller;
                    m_wanted = {};
                    std::exchange(m_done, {}).answer(Done{});
                }));
}

/// Closed again, so that the next attempt begins anew.
void OfficeFounder::fail(const Error &error)
{
    m_office.close(
        {this, [this, error](const Result<Done> &) { std::exchange(m_done, {}).answer(error); }});
}

} // namespace peerdesk::desktop

#include "moc_officefounder.cpp"
