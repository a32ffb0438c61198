// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/accountsave.h"
#include "core/doors/body.h"
#include "core/doors/routes.h"
#include "core/doors/views.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

void withAccount(const ExchangePtr &x, AccountId id,
                 const std::function<void(const api::AccountStatus &)> &next)
{
    const auto find = [x, id, next](const api::OfficeStatus &status) {
        const auto found =
            std::find_if(status.channels.begin(), status.channels.end(),
                         [&](const api::AccountStatus &one) { return one.account.id == id; });
        if (found == status.channels.end())
            return x->fail(notFound(u"There is no such channel account"_s));
        next(*found);
    };
    x->desk().status(x->then<api::OfficeStatus>(find));
}

/// Runs `next` with the account that the path names.
void withPathAccount(const ExchangePtr &x,
                     const std::function<void(const api::AccountStatus &)> &next)
{
    const auto id = x->pathId<AccountId>();
    id ? withAccount(x, *id, next) : x->fail(id.error());
}

void showAccount(const ExchangePtr &x, AccountId id, int status)
{
    withAccount(x, id, [x, status](const api::AccountStatus &found) {
        x->answer(status, view::account(found));
    });
}

void listAccounts(const ExchangePtr &x)
{
    const auto page = x->page();
    if (!page)
        return x->fail(page.error());
    const auto show = [x, page = *page](const api::OfficeStatus &status) {
        const Result<QJsonObject> list =
            slice(status.channels, page, &view::account,
                  [](const api::AccountStatus &one) { return one.account.id.toString(); });
        list ? x->answer(200, *list) : x->fail(list.error());
    };
    x->desk().status(x->then<api::OfficeStatus>(show));
}

void listTypes(const ExchangePtr &x)
{
    x->answer(200, listDocument(x->desk().channelTypes(), {}));
}

void getAccount(const ExchangePtr &x)
{
    withPathAccount(x,
                    [x](const api::AccountStatus &found) { x->answer(200, view::account(found)); });
}

void saveAccount(const ExchangePtr &x, const ChannelAccount &before)
{
    AccountDraft draft{before, {}};
    std::map<QString, QString> secrets;
    Body in(x->body());
    in.take("name", draft.account.name).take("settings", draft.account.settings);
    in.take("flow", draft.account.flow).take("queue", draft.account.queue);
    in.take("is_paused", draft.account.isPaused).take("secrets", secrets);
    if (before.id.isNull())
        in.take("type", draft.account.type);
    if (in.error())
        return x->fail(*in.error());
    for (const auto &[name, secret] : secrets)
        draft.secrets.emplace(name, secret.toUtf8());
    const auto checked =
        checkedAccount(x->desk().channelTypes(), std::move(draft), before.id.isNull());
    if (!checked)
        return x->fail(checked.error());
    const int status = before.id.isNull() ? 201 : 200;
    const auto saved = [x, status](const AccountId &id) { showAccount(x, id, status); };
    (new AccountSave(x->desk(), x->caller(), x->command(), *checked, x->then<AccountId>(saved)))
        ->start();
}

void postAccount(const ExchangePtr &x)
{
    saveAccount(x, {});
}

void patchAccount(const ExchangePtr &x)
{
    withPathAccount(x, [x](const api::AccountStatus &found) { saveAccount(x, found.account); });
}

void deleteAccount(const ExchangePtr &x)
{
    const auto id = x->pathId<AccountId>();
    if (!id)
        return x->fail(id.error());
    x->submit(api::RemoveAccount{*id}, [x](const api::Outcome &) { x->answer(204, {}); });
}

void testAccount(const ExchangePtr &x)
{
    withPathAccount(x, [x](const api::AccountStatus &found) {
        const QString id = found.account.id.toString();
        const auto tested = [x, id](const QString &sentence) {
            x->answer(200, {{u"channel"_s, id}, {u"detail"_s, sentence}});
        };
        x->desk().testAccount(x->caller(), found.account.id, x->then<QString>(tested));
    });
}

/// Gives the channel to a PC that is on, named by id or name.
void moveAccount(const ExchangePtr &x)
{
    QString wanted;
    Body in(x->body());
    in.take("node", wanted);
    const auto id = x->pathId<AccountId>();
    if (!id || in.error())
        return x->fail(!id ? id.error() : *in.error());
    const auto move = [x, id = *id, wanted](const api::OfficeStatus &status) {
        const auto found = std::find_if(
            status.members.begin(), status.members.end(), [&](const api::MemberStatus &member) {
                return member.node.id.toString() == wanted ||
                       member.node.name.compare(wanted, Qt::CaseInsensitive) == 0;
            });
        if (found == status.members.end())
            return x->fail(
                notFound(u"No PC of this office is called \"%1\""_s.arg(wanted.left(64))));
        if (!found->isOnline)
            return x->fail(rejected(u"%1 is not on"_s.arg(found->node.name), u"offline"_s));
        x->submit(api::Appoint{id, found->node.id},
                  [x, id](const api::Outcome &) { showAccount(x, id, 200); });
    };
    x->desk().status(x->then<api::OfficeStatus>(move));
}

void setPaused(const ExchangePtr &x, bool isPaused)
{
    withPathAccount(x, [x, isPaused](const api::AccountStatus &found) {
        ChannelAccount account = found.account;
        account.isPaused = isPaused;
        x->submit(api::SaveAccount{account},
                  [x, id = account.id](const api::Outcome &) { showAccount(x, id, 200); });
    });
}

void addActions(Routes &routes, const QString &one, const QString &shown)
{
    routes.push_back({"POST",
                      one + u"/test"_s,
                      Scope::Admin,
                      u"Try the settings for real"_s,
                      &testAccount,
                      u" "_s,
                      {},
                      {}});
    routes.push_back({"POST",
                      one + u"/move"_s,
                      Scope::Admin,
                      u"Let another PC run it"_s,
                      &moveAccount,
                      u"node!:string"_s,
                      shown,
                      {}});
    routes.push_back({"POST",
                      one + u"/pause"_s,
                      Scope::Admin,
                      u"Stop taking and sending"_s,
                      [](const ExchangePtr &x) { setPaused(x, true); },
                      u" "_s,
                      shown,
                      {}});
    routes.push_back({"POST",
                      one + u"/resume"_s,
                      Scope::Admin,
                      u"Go on"_s,
                      [](const ExchangePtr &x) { setPaused(x, false); },
                      u" "_s,
                      shown,
                      {}});
}

} // namespace

void addChannelRoutes(Routes &routes)
{
    const QString one = u"/channels/{id}"_s;
    const QString shown = u"ChannelAccount"_s;
    routes.push_back({"GET",
                      u"/channels"_s,
                      Scope::Staff,
                      u"Channel accounts with state"_s,
                      &listAccounts,
                      {},
                      u"[ChannelAccount]"_s,
                      u"limit cursor"_s});
    routes.push_back({"POST",
                      u"/channels"_s,
                      Scope::Admin,
                      u"New channel account; secrets go to the keychain"_s,
                      &postAccount,
                      u"type!:string name!:string settings:object secrets:object flow!:string "
                      u"queue!:string is_paused:boolean"_s,
                      shown,
                      {},
                      201});
    routes.push_back({"GET",
                      u"/channel-types"_s,
                      Scope::Staff,
                      u"Every connector with its settings and what it can do"_s,
                      &listTypes,
                      {},
                      u"[object]"_s,
                      {}});
    routes.push_back({"GET", one, Scope::Staff, u"One account"_s, &getAccount, {}, shown, {}});
    routes.push_back({"PATCH",
                      one,
                      Scope::Admin,
                      u"Change an account"_s,
                      &patchAccount,
                      u"name:string settings:object secrets:object flow:string queue:string "
                      u"is_paused:boolean"_s,
                      shown,
                      {}});
    routes.push_back(
        {"DELETE", one, Scope::Admin, u"Remove an account"_s, &deleteAccount, {}, {}, {}, 204});
    addActions(routes, one, shown);
}

} // namespace peerdesk::doors
