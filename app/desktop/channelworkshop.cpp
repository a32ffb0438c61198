// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/channelworkshop.h"

#include "app/desktop/chatvisitor.h"
#include "core/channels/email/autoconfig.h"
#include "core/channels/email/emailconnector.h"
#include "core/channels/webchat/webchat.h"
#include "core/doors/accountsave.h"

namespace peerdesk::desktop {

using namespace Qt::StringLiterals;
using namespace channels::email;

namespace {

using Secrets = std::map<QString, QByteArray>;

/// Enough of a node for Connector::test(): settings and secrets, nothing is taken in.
class TrialHost final : public channels::Host
{
public:
    /// What changes a secret is told to `renewed` as well.
    using Renewed = std::function<void(const QByteArray &before, const QByteArray &now)>;
    TrialHost(Secrets secrets, Renewed renewed)
        : m_secrets(std::move(secrets))
        , m_renewed(std::move(renewed))
    {}
    void ingest(channels::InboundPage, Completion<Done> done) override
    {
        done.answer(rejected(u"this is a trial"_s, {}));
    }
    QByteArray cursor() const override { return {}; }
    void setState(AccountState, const QString &) override {}
    void customerTyping(const QString &, bool) override {}
    void history(const QString &, Completion<std::vector<Message>> done) override
    {
        done.answer(std::vector<Message>{});
    }
    void attachment(const QString &, const QByteArray &, Completion<QByteArray> done) override
    {
        done.answer(notFound({}));
    }
    bool isAnyoneAvailable() const override { return false; }
    QByteArray secret(const QString &name) const override
    {
        const auto it = m_secrets.find(name);
        return it == m_secrets.end() ? QByteArray() : it->second;
    }
    void storeSecret(const QString &name, const QByteArray &value, Completion<Done> done) override
    {
        m_renewed(std::exchange(m_secrets[name], value), value);
        done.answer(Done{});
    }
    Clock &clock() const override { return m_clock; }

private:
    Secrets m_secrets;
    Renewed m_renewed;
    mutable SystemClock m_clock;
};

ui::MailHost written(const MailServer &server)
{
    return {server.host, server.port,
            server.security == Security::Tls        ? u"tls"_s
            : server.security == Security::StartTls ? u"starttls"_s
                                                    : u"none"_s};
}

ChannelAccount accountOf(const ui::MailDraft &draft)
{
    ChannelAccount account;
    account.type = u"email"_s;
    account.name = draft.address;
    account.flow = draft.destination.flow;
    account.queue = draft.destination.queue;
    account.settings = {{u"address"_s, draft.address},
                        {u"display_name"_s, draft.displayName},
                        {u"user"_s, draft.user},
                        {u"imap_host"_s, draft.servers.imap.host},
                        {u"imap_port"_s, QString::number(draft.servers.imap.port)},
                        {u"imap_security"_s, draft.servers.imap.security},
                        {u"smtp_host"_s, draft.servers.smtp.host},
                        {u"smtp_port"_s, QString::number(draft.servers.smtp.port)},
                        {u"smtp_security"_s, draft.servers.smtp.security},
                        {u"ca_file"_s, draft.servers.caFile}};
    account.settings.insert(draft.signIn.begin(), draft.signIn.end());
    std::erase_if(account.settings, [](const auto &setting) { return setting.second.isEmpty(); });
    return account;
}

Secrets secretsOf(const ui::MailDraft &draft)
{
    Secrets secrets = draft.secrets;
    if (!draft.password.isEmpty())
        secrets[u"password"_s] = draft.password;
    return secrets;
}

/// One trial of a mailbox: the connector lives until it has answered.
class MailTrial final : public Operation<QString>
{
public:
    MailTrial(const ui::MailDraft &draft, TrialHost::Renewed renewed, Completion<QString> done,
              QObject *parent)
        : Operation(std::move(done), parent)
        , m_host(secretsOf(draft), std::move(renewed))
        , m_connector(accountOf(draft), m_host)
    {}
    void start() override
    {
        m_connector.test({this, [this](const Result<QString> &said) { finish(said); }});
    }

private:
    TrialHost m_host;
    EmailConnector m_connector;
};

} // namespace

ChannelWorkshop::ChannelWorkshop(LocalOffice &office, api::Caller caller, BrowserSignIn::Open open,
                                 QObject *parent)
    : Workshop(parent)
    , m_office(office)
    , m_caller(std::move(caller))
    , m_browser(std::move(open))
{}

QString ChannelWorkshop::mailHint(const QString &address) const
{
    const std::vector<MailCandidate> known = candidates(address, {}, {});
    return known.empty() ? QString() : known.front().hint;
}

ui::MailServers ChannelWorkshop::likelyMail(const QString &address) const
{
    const std::vector<MailCandidate> known = candidates(address, {}, {});
    if (known.empty())
        return {};
    return {written(known.front().imap), written(known.front().smtp), {}};
}

ui::MailServers ChannelWorkshop::mailOf(const QString &signIn) const
{
    return likelyMail(signIn == u"google"_s      ? u"office@gmail.com"_s
                      : signIn == u"microsoft"_s ? u"office@outlook.com"_s
                                                 : QString());
}

void ChannelWorkshop::findMail(const QString &address, const QByteArray &password,
                               Completion<ui::MailServers> done)
{
    const auto answer = std::make_shared<Completion<ui::MailServers>>(std::move(done));
    const auto found = [answer](const Result<MailCandidate> &candidate) {
        if (!candidate)
            return answer->answer(candidate.error());
        answer->answer(ui::MailServers{written(candidate->imap), written(candidate->smtp), {}});
    };
    (new FindMailServers(address, password, {this, found}, this))->start();
}

void ChannelWorkshop::tryMail(const ui::MailDraft &draft, Completion<QString> done)
{
    const auto renewed = [this](const QByteArray &before, const QByteArray &now) {
        m_renewed[before] = now;
    };
    (new MailTrial(draft, renewed, std::move(done), this))->start();
}

void ChannelWorkshop::addMail(const ui::MailDraft &draft, Completion<AccountId> done)
{
    Secrets secrets = secretsOf(draft);
    for (auto &[name, value] : secrets) {
        // The trial may have used up what the browser gave, more than once.
        for (auto it = m_renewed.find(value); it != m_renewed.end(); it = m_renewed.find(value))
            value = m_renewed.extract(it).mapped();
    }
    save({accountOf(draft), std::move(secrets)}, std::move(done));
}

void ChannelWorkshop::addAccount(const ChannelAccount &account,
                                 const std::map<QString, QByteArray> &secrets,
                                 Completion<AccountId> done)
{
    save({account, secrets}, std::move(done));
}

void ChannelWorkshop::addChat(const QString &name, const ui::Destination &destination,
                              Completion<AccountId> done)
{
    ChannelAccount account;
    account.type = u"webchat"_s;
    account.name = name;
    account.flow = destination.flow;
    account.queue = destination.queue;
    save({account, {}}, std::move(done));
}

void ChannelWorkshop::save(doors::AccountDraft draft, Completion<AccountId> done)
{
    const auto checked =
        doors::checkedAccount(m_office.desk().channelTypes(), std::move(draft), true);
    if (!checked)
        return done.answer(checked.error());
    (new doors::AccountSave(m_office.desk(), m_caller, randomId<CommandId>(), *checked,
                            std::move(done)))
        ->start();
}

QString ChannelWorkshop::address() const
{
    return m_office.address();
}

QString ChannelWorkshop::snippet(const QString &server, AccountId account) const
{
    return channels::webchatSnippet(server, account);
}

std::unique_ptr<ui::Visitor> ChannelWorkshop::visitor(AccountId account)
{
    return std::make_unique<ChatVisitor>(m_office.address(), account, ChatPerson{});
}

} // namespace peerdesk::desktop

#include "moc_channelworkshop.cpp"
