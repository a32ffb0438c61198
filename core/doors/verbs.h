// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/doors/signin.h"

#include <QJsonObject>

namespace peerdesk::doors {

/// The command line's verbs, once: the same whether they come through the control socket of a
/// running node or from the program that opened the folder itself. Who can reach the folder acts as
/// an administrator. Thread: the desk's.
class Verbs final : public QObject
{
    Q_OBJECT

public:
    explicit Verbs(api::Desk &desk, QObject *parent = nullptr);

    /// `arguments` as parseVerbLine() and withFiles() make them. Errors: Invalid, NotFound,
    /// Rejected and what the desk says; details are sentences for people.
    void run(const QString &verb, const QJsonObject &arguments, Completion<QJsonObject> done);

private:
    using Answer = std::shared_ptr<Completion<QJsonObject>>;
    using Arguments = const QJsonObject &;

    /// Runs `next` as an administrator of the office. Errors: Rejected if there is no office yet.
    void asAdmin(const Answer &answer, std::function<void(const api::Caller &)> next);
    template <typename T>
    Completion<T> then(const Answer &answer, std::function<void(const T &)> next);

    void officeInvite(Arguments arguments, const Answer &answer);
    void officeRemove(Arguments arguments, const Answer &answer);
    void officeTakeover(Arguments arguments, const Answer &answer);
    void officeRecoveryKey(const Answer &answer);
    void officeCreate(Arguments arguments, const Answer &answer);
    void officeStatus(const Answer &answer);
    void agentAdd(Arguments arguments, const Answer &answer);
    void agentChange(Arguments arguments, const Answer &answer);
    void changeAgent(const api::Caller &caller, const Agent &agent, const Answer &answer);
    void saveAgent(const api::Caller &caller, const Agent &agent, const Json &attributes,
                   const Answer &answer);
    void channelAdd(Arguments arguments, const Answer &answer);
    void addAccount(const api::Caller &caller, const ChannelAccount &account,
                    const QJsonObject &secrets, const Answer &answer);
    void channelList(const Answer &answer);
    /// The channel that the arguments name by id or, in any case, by name.
    void withChannel(Arguments arguments, const Answer &answer,
                     std::function<void(AccountId)> next);
    void channelTest(Arguments arguments, const Answer &answer);
    void channelRemove(Arguments arguments, const Answer &answer);
    void configExport(const Answer &answer);
    void configImport(Arguments arguments, const Answer &answer);
    void historyExport(Arguments arguments, const Answer &answer);
    void historyImport(Arguments arguments, const Answer &answer);
    void trace(Arguments arguments, const Answer &answer);
    void simulate(Arguments arguments, const Answer &answer);

    api::Desk &m_desk;
    PasswordWork m_passwords;
};

} // namespace peerdesk::doors
