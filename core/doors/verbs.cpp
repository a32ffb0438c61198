// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/verbs.h"

#include "core/base/json.h"
#include "core/doors/accountsave.h"
#include "core/doors/configimport.h"
#include "core/doors/history.h"
#include "core/doors/simulate.h"
#include "core/doors/verbline.h"
#include "core/doors/views.h"
#include "core/secrets/password.h"

#include <QHostInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLocale>
#include <QTimeZone>

#include <algorithm>
#include <memory>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

QString textOf(const QJsonObject &arguments, const QString &name)
{
    return arguments.value(name).toString();
}

/// The record that the text names by id or, in any case, by name; the null id if none does.
template <typename Record>
typename Record::Key named(const std::vector<Record> &all, const QString &text)
{
    const auto found = std::find_if(all.begin(), all.end(), [&](const Record &one) {
        return one.id == Record::Key::fromString(text) ||
               one.friendlyName.compare(text, Qt::CaseInsensitive) == 0;
    });
    return found == all.end() ? typename Record::Key{} : found->id;
}

template <typename Record>
QString namesOf(const std::vector<Record> &all)
{
    QStringList names;
    for (const Record &one : all)
        names.append(one.friendlyName);
    return names.join(u", "_s);
}

} // namespace

Verbs::Verbs(api::Desk &desk, QObject *parent)
    : QObject(parent)
    , m_desk(desk)
    , m_passwords(this)
{}

template <typename T>
Completion<T> Verbs::then(const Answer &answer, std::function<void(const T &)> next)
{
    return {this, [answer, next = std::move(next)](const Result<T> &result) {
                result ? next(*result) : answer->answer(result.error());
            }};
}

void Verbs::run(const QString &verb, const QJsonObject &arguments, Completion<QJsonObject> done)
{
    const auto answer = std::make_shared<Completion<QJsonObject>>(std::move(done));
    if (verb == u"office create")
        return officeCreate(arguments, answer);
    if (verb == u"office status")
        return officeStatus(answer);
    if (verb == u"office invite")
        return officeInvite(arguments, answer);
    if (verb == u"office remove")
        return officeRemove(arguments, answer);
    if (verb == u"office takeover")
        return officeTakeover(arguments, answer);
    if (verb == u"office recovery-key")
        return officeRecoveryKey(answer);
    if (verb == u"agent add")
        return agentAdd(arguments, answer);
    if (verb == u"agent change")
        return agentChange(arguments, answer);
    if (verb == u"channel types")
        return answer->answer(QJsonObject{{u"types"_s, m_desk.channelTypes()}});
    if (verb == u"channel add")
        return channelAdd(arguments, answer);
    if (verb == u"channel list")
        return channelList(answer);
    if (verb == u"channel test")
        return channelTest(arguments, answer);
    if (verb == u"channel remove")
        return channelRemove(arguments, answer);
    if (verb == u"config export")
        return configExport(answer);
    if (verb == u"config import")
        return configImport(arguments, answer);
    if (verb == u"export")
        return historyExport(arguments, answer);
    if (verb == u"import")
        return historyImport(arguments, answer);
    if (verb == u"trace")
        return trace(arguments, answer);
    if (verb == u"simulate")
        return simulate(arguments, answer);
    if (verb == u"rebuild")
        return answer->answer(rejected(
            u"This PC is running: stop it first, then rebuild its folder"_s, u"running"_s));
    answer->answer(notFound(u"A running office does not do \"%1\""_s.arg(verb)));
}

void Verbs::asAdmin(const Answer &answer, std::function<void(const api::Caller &)> next)
{
    const auto pick = [answer, next = std::move(next)](const std::vector<Agent> &all) {
        const auto admin = std::find_if(all.begin(), all.end(), [](const Agent &one) {
            return one.role == Role::Admin && one.isActive;
        });
        if (admin == all.end())
            return answer->answer(
                rejected(u"There is no office in this folder yet: run \"office create\" first"_s,
                         u"no-office"_s));
        next({admin->id, {}, admin->role, admin->worker, admin->name});
    };
    m_desk.agents(then<std::vector<Agent>>(answer, pick));
}

/// "15m", "2h", "90s", "90". Null for anything else.
static std::optional<Seconds> duration(const QString &text)
{
    static const std::map<QChar, int> units{{u's', 1}, {u'm', 60}, {u'h', 3600}};
    const auto unit = text.isEmpty() ? units.end() : units.find(text.back());
    bool isNumber = false;
    const int count = (unit == units.end() ? text : text.chopped(1)).toInt(&isNumber);
    if (!isNumber || count < 1 || count > 24 * 3600)
        return std::nullopt;
    return Seconds(count) * (unit == units.end() ? 1 : unit->second);
}

void Verbs::officeInvite(Arguments arguments, const Answer &answer)
{
    api::Invite wanted;
    wanted.uses = arguments.value(u"uses"_s).toVariant().toString().toInt();
    if (!arguments.contains(u"uses"_s))
        wanted.uses = 1;
    if (arguments.contains(u"expires"_s)) {
        const auto span = duration(textOf(arguments, u"expires"_s));
        if (!span)
            return answer->answer(invalid(u"--expires takes a time like 15m or 2h"_s));
        wanted.expires = *span;
    }
    asAdmin(answer, [this, answer, wanted](const api::Caller &caller) {
        m_desk.invite(caller, wanted, then<QString>(answer, [answer, wanted](const QString &code) {
                          answer->answer(
                              QJsonObject{{u"code"_s, code},
                                          {u"uses"_s, wanted.uses},
                                          {u"expires_in"_s, qint64(wanted.expires.count())}});
                      }));
    });
}

void Verbs::officeRemove(Arguments arguments, const Answer &answer)
{
    const QString wanted = textOf(arguments, u"node"_s);
    const auto pick = [this, answer, wanted](const api::OfficeStatus &status) {
        const auto found = std::find_if(
            status.members.begin(), status.members.end(), [&](const api::MemberStatus &member) {
                return member.node.id.toString() == wanted ||
                       member.node.name.compare(wanted, Qt::CaseInsensitive) == 0;
            });
        if (found == status.members.end())
            return answer->answer(notFound(u"No PC of this office is called \"%1\""_s.arg(wanted)));
        const Node node = found->node;
        asAdmin(answer, [this, answer, node](const api::Caller &caller) {
            m_desk.submit(caller, randomId<CommandId>(), api::RemoveNode{node.id},
                          then<api::Outcome>(answer, [answer, node](const api::Outcome &) {
                              answer->answer(QJsonObject{{u"node"_s, node.id.toString()},
                                                         {u"name"_s, node.name},
                                                         {u"removed"_s, true}});
                          }));
        });
    };
    m_desk.status(then<api::OfficeStatus>(answer, pick));
}

void Verbs::officeTakeover(Arguments arguments, const Answer &answer)
{
    const auto show = [answer](const api::OfficeStatus &status) {
        answer->answer(QJsonObject{{u"node"_s, status.node.toString()},
                                   {u"generation"_s, qint64(status.generation)},
                                   {u"term"_s, qint64(status.term)},
                                   {u"role"_s, status.role}});
    };
    const QString words = textOf(arguments, u"recovery"_s);
    asAdmin(answer, [this, answer, words, show](const api::Caller &caller) {
        m_desk.takeover(caller, words, then<Done>(answer, [this, answer, show](const Done &) {
                            m_desk.status(then<api::OfficeStatus>(answer, show));
                        }));
    });
}

void Verbs::officeRecoveryKey(const Answer &answer)
{
    asAdmin(answer, [this, answer](const api::Caller &caller) {
        m_desk.recoveryWords(caller, then<QString>(answer, [answer](const QString &words) {
                                 answer->answer(QJsonObject{{u"words"_s, words}});
                             }));
    });
}

void Verbs::officeCreate(Arguments arguments, const Answer &answer)
{
    const QByteArray token = secrets::randomToken();
    api::CreateOffice command;
    command.name = textOf(arguments, u"name"_s);
    command.admin = randomId<AgentId>();
    command.adminName = textOf(arguments, u"admin"_s);
    command.tokenHash = secrets::tokenHash(token);
    command.nodeName = QHostInfo::localHostName().left(64);
    command.timeZone = QString::fromLatin1(QTimeZone::systemTimeZoneId());
    if (!QTimeZone(command.timeZone.toLatin1()).isValid())
        command.timeZone.clear(); // an unset or odd zone of the machine: UTC
    command.locale = QLocale::system().bcp47Name();
    const auto create = [this, command, token, answer](const api::OfficeStatus &status) {
        api::CreateOffice here = command;
        here.node = status.node;
        const api::Caller founder{here.admin, {}, Role::Admin, {}, here.adminName};
        const auto created = [here, token, answer](const api::Outcome &outcome) {
            answer->answer(QJsonObject{{u"office"_s, view::subject(outcome)},
                                       {u"node"_s, here.node.toString()},
                                       {u"agent"_s, here.admin.toString()},
                                       {u"admin_token"_s, QString::fromLatin1(token)}});
        };
        m_desk.submit(founder, randomId<CommandId>(), here, then<api::Outcome>(answer, created));
    };
    m_desk.status(then<api::OfficeStatus>(answer, create));
}

void Verbs::officeStatus(const Answer &answer)
{
    m_desk.status(then<api::OfficeStatus>(answer, [answer](const api::OfficeStatus &status) {
        answer->answer(view::status(status));
    }));
}

void Verbs::agentAdd(Arguments arguments, const Answer &answer)
{
    Agent agent;
    agent.name = textOf(arguments, u"name"_s);
    agent.role = enumFromName<Role>(textOf(arguments, u"role"_s)).value_or(Role::Agent);
    const QString text = textOf(arguments, u"attributes"_s);
    const QJsonDocument attributes = QJsonDocument::fromJson(text.toUtf8());
    if (!text.isEmpty() && !attributes.isObject())
        return answer->answer(invalid(u"--attributes is a JSON object"_s));
    const Json canonical = text.isEmpty() ? Json{} : json::canonical(attributes.object());
    const QString password = textOf(arguments, u"password"_s);
    asAdmin(answer, [this, agent, canonical, password, answer](const api::Caller &caller) {
        if (password.isEmpty())
            return saveAgent(caller, agent, canonical, answer);
        const auto hashed = [this, caller, agent, canonical, answer](const QByteArray &hash) {
            Agent withPassword = agent;
            withPassword.passwordHash = hash;
            saveAgent(caller, withPassword, canonical, answer);
        };
        m_passwords.hash(password, then<QByteArray>(answer, hashed));
    });
}

void Verbs::agentChange(Arguments arguments, const Answer &answer)
{
    asAdmin(answer, [this, arguments, answer](const api::Caller &caller) {
        const auto change = [this, caller, arguments, answer](const std::vector<Agent> &all) {
            const QString name = textOf(arguments, u"name"_s);
            const auto known = std::find_if(all.begin(), all.end(), [&](const Agent &one) {
                return one.name.compare(name, Qt::CaseInsensitive) == 0 ||
                       one.id == AgentId::fromString(name);
            });
            if (known == all.end())
                return answer->answer(notFound(u"There is no agent \"%1\""_s.arg(name)));
            Agent agent = *known;
            agent.role = enumFromName<Role>(textOf(arguments, u"role"_s)).value_or(agent.role);
            if (arguments.contains(u"active"_s))
                agent.isActive = textOf(arguments, u"active"_s) == u"yes";
            const QString password = textOf(arguments, u"password"_s);
            if (password.isEmpty())
                return changeAgent(caller, agent, answer);
            m_passwords.hash(password, then<QByteArray>(answer, [=, this](const QByteArray &hash) {
                                 Agent sealed = agent;
                                 sealed.passwordHash = hash;
                                 changeAgent(caller, sealed, answer);
                             }));
        };
        m_desk.agents(then<std::vector<Agent>>(answer, change));
    });
}

void Verbs::changeAgent(const api::Caller &caller, const Agent &agent, const Answer &answer)
{
    const auto changed = [agent, answer](const api::Outcome &) {
        answer->answer(view::agent(agent));
    };
    m_desk.submit(caller, randomId<CommandId>(), api::SaveAgent{agent, {}, {}},
                  then<api::Outcome>(answer, changed));
}

void Verbs::saveAgent(const api::Caller &caller, const Agent &agent, const Json &attributes,
                      const Answer &answer)
{
    const QByteArray token = secrets::randomToken();
    const auto saved = [token, answer](const api::Outcome &outcome) {
        answer->answer(QJsonObject{{u"agent"_s, view::subject(outcome)},
                                   {u"token"_s, QString::fromLatin1(token)}});
    };
    m_desk.submit(caller, randomId<CommandId>(),
                  api::SaveAgent{agent, secrets::tokenHash(token), attributes},
                  then<api::Outcome>(answer, saved));
}

void Verbs::channelAdd(Arguments arguments, const Answer &answer)
{
    ChannelAccount account;
    account.type = textOf(arguments, u"type"_s);
    account.name = textOf(arguments, u"name"_s);
    const QJsonObject settings = arguments.value(u"set"_s).toObject();
    for (auto it = settings.begin(); it != settings.end(); ++it)
        account.settings.emplace(it.key(), it.value().toString());
    const QString flow = textOf(arguments, u"flow"_s);
    const QString queue = textOf(arguments, u"queue"_s);
    const QJsonObject secrets = arguments.value(u"secret"_s).toObject();
    asAdmin(answer, [this, account, flow, queue, secrets, answer](const api::Caller &caller) {
        const auto add = [=, this](const Directory &here) {
            ChannelAccount wanted = account;
            wanted.flow = named(here.flows, flow);
            wanted.queue = named(here.queues, queue);
            if (!flow.isEmpty() && wanted.flow.isNull())
                return answer->answer(notFound(
                    u"There is no flow \"%1\"; there are: %2"_s.arg(flow, namesOf(here.flows))));
            if (!queue.isEmpty() && wanted.queue.isNull())
                return answer->answer(notFound(
                    u"There is no queue \"%1\"; there are: %2"_s.arg(queue, namesOf(here.queues))));
            addAccount(caller, wanted, secrets, answer);
        };
        readDirectory(m_desk, this, then<Directory>(answer, add));
    });
}

void Verbs::addAccount(const api::Caller &caller, const ChannelAccount &account,
                       const QJsonObject &secrets, const Answer &answer)
{
    AccountDraft draft{account, {}};
    for (auto it = secrets.begin(); it != secrets.end(); ++it)
        draft.secrets.emplace(it.key(), it.value().toString().toUtf8());
    const auto checked = checkedAccount(m_desk.channelTypes(), std::move(draft), true);
    if (!checked)
        return answer->answer(checked.error());
    const auto saved = [account, answer](const AccountId &id) {
        answer->answer(QJsonObject{{u"channel"_s, id.toString()},
                                   {u"id"_s, id.toString()},
                                   {u"type"_s, account.type},
                                   {u"name"_s, account.name}});
    };
    (new AccountSave(m_desk, caller, randomId<CommandId>(), *checked,
                     then<AccountId>(answer, saved)))
        ->start();
}

void Verbs::channelList(const Answer &answer)
{
    m_desk.status(then<api::OfficeStatus>(answer, [answer](const api::OfficeStatus &status) {
        answer->answer(QJsonObject{{u"channels"_s, view::all(status.channels, &view::account)}});
    }));
}

void Verbs::withChannel(Arguments arguments, const Answer &answer,
                        std::function<void(AccountId)> next)
{
    const QString wanted = textOf(arguments, u"channel"_s);
    const auto pick = [wanted, answer, next = std::move(next)](const api::OfficeStatus &status) {
        std::vector<AccountId> found;
        for (const api::AccountStatus &one : status.channels) {
            if (one.account.id == AccountId::fromString(wanted))
                return next(one.account.id);
            if (one.account.name.compare(wanted, Qt::CaseInsensitive) == 0)
                found.push_back(one.account.id);
        }
        if (found.size() == 1)
            return next(found.front());
        answer->answer(
            found.empty()
                ? notFound(u"There is no channel \"%1\"; see \"channel list\""_s.arg(wanted))
                : rejected(u"There are %1 channels \"%2\": give the id, see \"channel list\""_s
                               .arg(found.size())
                               .arg(wanted),
                           {}));
    };
    m_desk.status(then<api::OfficeStatus>(answer, pick));
}

void Verbs::channelTest(Arguments arguments, const Answer &answer)
{
    withChannel(arguments, answer, [this, answer](AccountId id) {
        const auto tested = [id, answer](const QString &sentence) {
            answer->answer(QJsonObject{{u"channel"_s, id.toString()}, {u"detail"_s, sentence}});
        };
        asAdmin(answer, [this, id, tested, answer](const api::Caller &caller) {
            m_desk.testAccount(caller, id, then<QString>(answer, tested));
        });
    });
}

void Verbs::channelRemove(Arguments arguments, const Answer &answer)
{
    withChannel(arguments, answer, [this, answer](AccountId id) {
        asAdmin(answer, [this, id, answer](const api::Caller &caller) {
            const auto removed = [id, answer](const api::Outcome &) {
                answer->answer(QJsonObject{{u"channel"_s, id.toString()}, {u"removed"_s, true}});
            };
            m_desk.submit(caller, randomId<CommandId>(), api::RemoveAccount{id},
                          then<api::Outcome>(answer, removed));
        });
    });
}

void Verbs::configExport(const Answer &answer)
{
    readDirectory(m_desk, this, then<Directory>(answer, [answer](const Directory &here) {
                      answer->answer(QJsonObject{{u"document"_s, configDocument(here)}});
                  }));
}

void Verbs::configImport(Arguments arguments, const Answer &answer)
{
    const QJsonObject document = arguments.value(u"document"_s).toObject();
    asAdmin(answer, [this, document, answer](const api::Caller &caller) {
        const auto imported = [answer](const QJsonObject &found) { answer->answer(found); };
        (new ConfigImport(m_desk, caller, document, then<QJsonObject>(answer, imported)))->start();
    });
}

void Verbs::historyExport(Arguments arguments, const Answer &answer)
{
    const QString folder = textOf(arguments, u"dir"_s);
    asAdmin(answer, [this, folder, answer](const api::Caller &caller) {
        const auto written = [answer](const QJsonObject &found) { answer->answer(found); };
        (new HistoryExport(m_desk, caller, folder, then<QJsonObject>(answer, written)))->start();
    });
}

void Verbs::historyImport(Arguments arguments, const Answer &answer)
{
    const QString file = textOf(arguments, u"file"_s);
    asAdmin(answer, [this, file, answer](const api::Caller &caller) {
        const auto taken = [answer](const QJsonObject &found) { answer->answer(found); };
        (new HistoryImport(m_desk, caller, file, then<QJsonObject>(answer, taken)))->start();
    });
}

void Verbs::simulate(Arguments arguments, const Answer &answer)
{
    (new Simulate(
         m_desk, arguments.value(u"document"_s).toObject(),
         then<QJsonObject>(answer, [answer](const QJsonObject &found) { answer->answer(found); })))
        ->start();
}

void Verbs::trace(Arguments arguments, const Answer &answer)
{
    const auto id = MessageId::fromString(textOf(arguments, u"message"_s));
    if (id.isNull())
        return answer->answer(notFound(u"There is no such message"_s));
    using Steps = std::vector<api::TraceStep>;
    m_desk.trace(id, then<Steps>(answer, [id, answer](const Steps &steps) {
                     answer->answer(QJsonObject{{u"message"_s, id.toString()},
                                                {u"steps"_s, view::all(steps, &view::traceStep)}});
                 }));
}

} // namespace peerdesk::doors

#include "moc_verbs.cpp"
