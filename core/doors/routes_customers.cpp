// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/body.h"
#include "core/doors/routes.h"
#include "core/doors/views.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

void listCustomers(const ExchangePtr &x)
{
    const auto page = x->page();
    if (!page)
        return x->fail(page.error());
    x->desk().customers(
        x->query(u"q"_s), *page,
        x->then<api::PageOf<Customer>>([x](const api::PageOf<Customer> &found) {
            x->answer(200, listDocument(view::all(found.items, &view::customer), found.next));
        }));
}

void showCustomer(const ExchangePtr &x, CustomerId id, int status)
{
    x->desk().customer(id, x->then<api::CustomerCard>([x, status](const api::CustomerCard &card) {
        x->answer(status, view::card(card));
    }));
}

void getCustomer(const ExchangePtr &x)
{
    const auto id = x->pathId<CustomerId>();
    if (!id)
        return x->fail(id.error());
    showCustomer(x, *id, 200);
}

void getTimeline(const ExchangePtr &x)
{
    const auto id = x->pathId<CustomerId>();
    const auto page = x->page();
    if (!id)
        return x->fail(id.error());
    if (!page)
        return x->fail(page.error());
    const auto show = [x, page = *page](const api::CustomerCard &card) {
        const Result<QJsonObject> list =
            slice(card.timeline, page, &view::timelineEntry, [](const api::TimelineEntry &entry) {
                return newestFirst(entry.at, entry.conversation.toString());
            });
        list ? x->answer(200, *list) : x->fail(list.error());
    };
    x->desk().customer(*id, x->then<api::CustomerCard>(show));
}

/// An address that is typed in is an unverified link unless the caller says more.
Result<std::vector<Identity>> readAddresses(const QJsonValue &value)
{
    std::vector<Identity> out;
    if (!value.isArray())
        return invalid(u"The member \"addresses\" has a wrong type or value"_s);
    for (const QJsonValue item : value.toArray()) {
        Identity identity;
        identity.evidence = Evidence::Typed;
        Body in(item.toObject());
        in.require("kind").require("value").takeAll(identity);
        if (in.error())
            return *in.error();
        out.push_back(identity);
    }
    return out;
}

Result<api::SaveCustomer> readCustomer(const QJsonObject &body)
{
    api::SaveCustomer command;
    Body in(body);
    in.take("name", command.name).take("language", command.language);
    in.take("tags", command.tags).take("notes", command.notes);
    if (in.has("facts"))
        in.takeObject("facts", command.customerFacts.emplace());
    if (in.error())
        return *in.error();
    if (in.has("addresses")) {
        const auto addresses = readAddresses(in.value("addresses"));
        if (!addresses)
            return addresses.error();
        command.addresses = *addresses;
    }
    return command;
}

void saveCustomer(const ExchangePtr &x, CustomerId id)
{
    Result<api::SaveCustomer> command = readCustomer(x->body());
    if (!command)
        return x->fail(command.error());
    command->customer = id;
    x->submit(*command, [x, id](const api::Outcome &outcome) {
        showCustomer(x, id.isNull() ? outcome.as<CustomerId>() : id, id.isNull() ? 201 : 200);
    });
}

void postCustomer(const ExchangePtr &x)
{
    saveCustomer(x, {});
}

void patchCustomer(const ExchangePtr &x)
{
    const auto id = x->pathId<CustomerId>();
    if (!id)
        return x->fail(id.error());
    saveCustomer(x, *id);
}

/// Everything of a person goes away, step by step; a repeat of a broken-off one goes on with it.
void eraseStep(const ExchangePtr &x, CustomerId id, int step)
{
    const CommandId command =
        step == 0 ? x->command()
                  : derivedId<CommandId>(x->command(), "erase " + QByteArray::number(step));
    x->submit(command, api::EraseCustomer{id}, [x, id, step](const api::Outcome &outcome) {
        outcome.state == u"more" ? eraseStep(x, id, step + 1) : x->answer(204, {});
    });
}

void eraseCustomer(const ExchangePtr &x)
{
    const auto id = x->pathId<CustomerId>();
    id ? eraseStep(x, *id, 0) : x->fail(id.error());
}

/// For calls about two customers: the path's, and the one that `member` of the body names.
void withOther(const ExchangePtr &x, const char *member,
               const std::function<void(CustomerId, CustomerId)> &next)
{
    const auto id = x->pathId<CustomerId>();
    if (!id)
        return x->fail(id.error());
    CustomerId other;
    Body in(x->body());
    in.require(member).take(member, other);
    in.error() ? x->fail(*in.error()) : next(*id, other);
}

/// Of a path's two customers one is left: the one that the path names.
void mergeCustomer(const ExchangePtr &x)
{
    withOther(x, "from", [x](CustomerId id, CustomerId from) {
        x->submit(api::MergeCustomers{from, id},
                  [x, id](const api::Outcome &) { showCustomer(x, id, 200); });
    });
}

void unmergeCustomer(const ExchangePtr &x)
{
    withOther(x, "from", [x](CustomerId id, CustomerId from) {
        const auto undo = [x, from](const api::CustomerCard &card) {
            const auto isIt = [&](const CardJoin &join) { return join.from.id == from; };
            if (std::ranges::none_of(card.joins, isIt))
                return x->fail(notFound(u"No such merge into this customer can be undone"_s));
            x->submit(api::UndoMerge{from},
                      [x, from](const api::Outcome &) { showCustomer(x, from, 200); });
        };
        x->desk().customer(id, x->then<api::CustomerCard>(undo));
    });
}

void denyLikeness(const ExchangePtr &x)
{
    withOther(x, "other", [x](CustomerId id, CustomerId other) {
        x->submit(api::DenyLikeness{id, other},
                  [x, id](const api::Outcome &) { showCustomer(x, id, 200); });
    });
}

void splitCustomer(const ExchangePtr &x)
{
    const auto id = x->pathId<CustomerId>();
    if (!id)
        return x->fail(id.error());
    api::SplitCustomer command;
    command.customer = *id;
    Body in(x->body());
    in.require("addresses").take("addresses", command.addresses).take("name", command.name);
    if (in.error())
        return x->fail(*in.error());
    x->submit(command,
              [x](const api::Outcome &outcome) { showCustomer(x, outcome.as<CustomerId>(), 201); });
}

/// Who is who, and who is nobody any more.
void addIdentityRoutes(Routes &routes)
{
    routes.push_back({"DELETE",
                      u"/customers/{id}"_s,
                      Scope::Admin,
                      u"Erase the person: card, conversations, messages, files that nobody else's "
                      u"message holds; from history and search too, for ever"_s,
                      &eraseCustomer,
                      {},
                      {},
                      {},
                      204});
    routes.push_back({"POST",
                      u"/customers/{id}/merge"_s,
                      Scope::Supervisor,
                      u"Take over everything of the customer `from`, which is gone then"_s,
                      &mergeCustomer,
                      u"from!:string"_s,
                      u"Customer"_s,
                      {}});
    routes.push_back({"POST",
                      u"/customers/{id}/unmerge"_s,
                      Scope::Supervisor,
                      u"Undo the last merge: the customer `from` is there again, as it was"_s,
                      &unmergeCustomer,
                      u"from!:string"_s,
                      u"Customer"_s,
                      {}});
    routes.push_back({"POST",
                      u"/customers/{id}/not-same"_s,
                      Scope::Supervisor,
                      u"It and `other` are two people: not suggested again"_s,
                      &denyLikeness,
                      u"other!:string"_s,
                      u"Customer"_s,
                      {}});
    routes.push_back(
        {"POST",
         u"/customers/{id}/split"_s,
         Scope::Supervisor,
         u"Give some addresses (by id), with their conversations, a card of their own"_s,
         &splitCustomer,
         u"addresses!:array name:string"_s,
         u"Customer"_s,
         {},
         201});
}

} // namespace

void addCustomerRoutes(Routes &routes)
{
    const QString takes = u"name:string language:string facts:object tags:array notes:string "
                          u"addresses:array"_s;
    routes.push_back({"GET",
                      u"/customers"_s,
                      Scope::Staff,
                      u"Customers by text"_s,
                      &listCustomers,
                      {},
                      u"[Customer]"_s,
                      u"q limit cursor"_s});
    routes.push_back({"POST",
                      u"/customers"_s,
                      Scope::Staff,
                      u"New customer"_s,
                      &postCustomer,
                      takes,
                      u"Customer"_s,
                      {},
                      201});
    routes.push_back({"GET",
                      u"/customers/{id}"_s,
                      Scope::Staff,
                      u"The customer card"_s,
                      &getCustomer,
                      {},
                      u"Customer"_s,
                      {}});
    routes.push_back({"PATCH",
                      u"/customers/{id}"_s,
                      Scope::Staff,
                      u"Change a customer"_s,
                      &patchCustomer,
                      takes,
                      u"Customer"_s,
                      {}});
    addIdentityRoutes(routes);
    routes.push_back({"GET",
                      u"/customers/{id}/timeline"_s,
                      Scope::Staff,
                      u"Conversations across channels, newest first"_s,
                      &getTimeline,
                      {},
                      u"[TimelineEntry]"_s,
                      u"limit cursor"_s});
}

} // namespace peerdesk::doors
