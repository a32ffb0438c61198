// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/node/decision.h"

#include <algorithm>

/// Customer cards: who they are, which addresses lead to them, two cards that are one person.
namespace peerdesk::node {

using namespace Qt::StringLiterals;
using namespace events;

namespace {

constexpr qsizetype MaxCardNameLength = 200;
constexpr qsizetype MaxFactsBytes = 64 * 1024;
constexpr qsizetype MaxNotesLength = 32 * 1024;
constexpr size_t MaxTags = 100;
constexpr qsizetype MaxTagLength = 64;
constexpr size_t MaxAddresses = 50;
constexpr qsizetype MaxAddressLength = 320; ///< RFC 5321: 64 + @ + 255
/// Most addresses and conversations that one merge or split moves: it is one batch.
constexpr size_t MaxMoved = 150;

Error tooLarge(const QString &detail)
{
    return {Error::Code::TooLarge, detail, {}};
}

Result<Done> checkCard(const api::SaveCustomer &command)
{
    if (command.customerFacts && !QJsonDocument::fromJson(command.customerFacts->text).isObject())
        return invalid(u"facts must be a JSON object"_s);
    if (command.customerFacts && command.customerFacts->text.size() > MaxFactsBytes)
        return tooLarge(u"facts may have %1 KiB"_s.arg(MaxFactsBytes / 1024));
    if (command.name.value_or(QString()).size() > MaxCardNameLength)
        return tooLarge(u"a customer's name may have %1 characters"_s.arg(MaxCardNameLength));
    if (command.notes.value_or(QString()).size() > MaxNotesLength)
        return tooLarge(u"notes may have %1 characters"_s.arg(MaxNotesLength));
    const auto tags = command.tags.value_or(std::vector<QString>());
    const auto isLong = [](const QString &tag) { return tag.size() > MaxTagLength; };
    if (tags.size() > MaxTags || std::any_of(tags.begin(), tags.end(), isLong))
        return tooLarge(
            u"a card may have %1 tags of %2 characters"_s.arg(MaxTags).arg(MaxTagLength));
    if (command.addresses.size() > MaxAddresses)
        return tooLarge(u"at most %1 addresses at once"_s.arg(MaxAddresses));
    return Done{};
}

/// The canonical form, so that the same address is one row for ever.
Result<Identity> canonical(Identity identity)
{
    identity.kind = identity.kind.trimmed().toLower();
    identity.value = identity.value.trimmed();
    if (identity.kind == u"email")
        identity.value = identity.value.toLower();
    if (identity.kind.isEmpty() || identity.value.isEmpty())
        return invalid(u"an address needs kind and value"_s);
    if (identity.kind.size() > MaxTagLength || identity.value.size() > MaxAddressLength)
        return tooLarge(u"an address may have %1 characters"_s.arg(MaxAddressLength));
    return identity;
}

Address owned(Address address, CustomerId customer)
{
    address.customer = customer;
    return address;
}

/// Both cards' facts, tags and notes; where they differ, `into` has it right.
Customer united(const Customer &from, const Customer &into)
{
    Customer one = into;
    QJsonObject facts = json::object(from.facts);
    const QJsonObject kept = json::object(into.facts);
    for (auto it = kept.begin(); it != kept.end(); ++it)
        facts.insert(it.key(), it.value());
    if (facts != kept)
        one.facts = json::canonical(facts);
    for (const QString &tag : from.tags) {
        if (one.tags.size() < MaxTags && std::ranges::find(one.tags, tag) == one.tags.end())
            one.tags.push_back(tag);
    }
    QStringList notes{into.notes, from.notes};
    notes.removeAll(QString());
    one.notes = notes.join(u'\n').left(MaxNotesLength);
    if (into.name.isEmpty())
        one.name = from.name;
    if (into.language.isEmpty())
        one.language = from.language;
    return one;
}

/// What the card says without what the join brought; what a person changed since then stays.
Customer parted(const Customer &now, const CardJoin &join)
{
    Customer card = now;
    const auto restore = [&](auto field) {
        if (now.*field == join.after.*field)
            card.*field = join.before.*field;
    };
    restore(&Customer::name);
    restore(&Customer::language);
    restore(&Customer::facts);
    restore(&Customer::tags);
    restore(&Customer::notes);
    return card;
}

Decided moreThanOneStep()
{
    return tooLarge(u"more than %1 addresses and conversations would move"_s.arg(MaxMoved));
}

} // namespace

Decided decide(Decision &decision, const api::SaveCustomer &command)
{
    CustomerId id = command.customer;
    if (const Result<Done> good = checkCard(command); !good)
        return good.error();
    if (id.isNull()) {
        Customer customer;
        customer.id = id = decision.newId<CustomerId>("customer");
        customer.name = command.name.value_or(QString()).trimmed();
        customer.createdAt = decision.now();
        if (customer.name.isEmpty() && command.addresses.empty())
            return invalid(u"a customer needs a name or an address"_s);
        if (customer.name.isEmpty())
            customer.name = command.addresses.front().value.trimmed();
        decision.record(CustomerCreated{customer});
    } else if (!decision.get<Customer>(id)) {
        return notFound(u"no such customer"_s);
    }
    for (const Identity &given : command.addresses) {
        const Result<Identity> identity = canonical(given);
        if (!identity)
            return identity.error();
        const auto existing = decision.view().addressOf(*identity);
        if (existing && existing->customer != id)
            return rejected(u"%1 belongs to another customer already"_s.arg(identity->value),
                            u"linked"_s);
        const AddressId address = existing ? existing->id : decision.newAddressId(*identity);
        decision.record(AddressLinked{{address, id, identity->kind, identity->scope,
                                       identity->value, identity->display, Evidence::Verified}});
    }
    std::optional<QString> name = command.name;
    if (name && name->trimmed().isEmpty())
        name.reset(); // a card keeps the name it has
    decision.record(CustomerUpdated{id, name, command.language, command.customerFacts, command.tags,
                                    command.notes});
    return about(id);
}

Decided decide(Decision &decision, const api::MergeCustomers &command)
{
    const auto from = decision.get<Customer>(command.from);
    const auto into = decision.get<Customer>(command.into);
    if (!from || !into)
        return notFound(u"no such customer"_s);
    if (from->id == into->id)
        return invalid(u"a customer cannot be merged into itself"_s);
    const std::vector<Address> addresses = decision.view().addressesOf(from->id);
    const auto conversations = decision.view().conversationsOf(from->id, MaxMoved + 1);
    if (addresses.size() + conversations.size() > MaxMoved)
        return moreThanOneStep();
    CardJoin join{*from,         *into, united(*from, *into), {}, {}, decision.caller().agent,
                  decision.now()};
    for (const CardJoin &earlier : decision.view().joinsInto(into->id))
        join.place = std::max(join.place, earlier.place + 1);
    for (const Address &address : addresses)
        join.addresses.push_back(address.id);
    for (const Conversation &conversation : conversations)
        join.conversations.push_back(conversation.id);
    decision.record(CardsJoined{join});
    for (const Address &address : addresses)
        decision.record(AddressLinked{owned(address, into->id)});
    for (const Conversation &conversation : conversations)
        decision.record(ConversationMoved{conversation.id, into->id});
    decision.record(CustomerMerged{from->id, into->id});
    return about(into->id, u"merged"_s);
}

/// What came in on one of the addresses since then goes with it.
Decided decide(Decision &decision, const api::UndoMerge &command)
{
    const auto join = decision.get<CardJoin>(CardJoin::idFor(command.from));
    const auto now = join ? decision.get<Customer>(join->after.id) : std::nullopt;
    if (!now)
        return notFound(u"there is no merge of this card that could be undone"_s);
    if (decision.get<Customer>(join->from.id))
        return rejected(u"this card is there"_s, u"undone"_s);
    const std::vector<CardJoin> joins = decision.view().joinsInto(now->id);
    const auto hidesIt = [&](const CardJoin &other) {
        return other.place > join->place && other.before != other.after;
    };
    if (std::ranges::any_of(joins, hidesIt))
        return rejected(u"another card was merged into this one later: undo that first"_s,
                        u"not-last"_s);
    const auto isMoved = [](const auto &ids, const auto &id) {
        return std::ranges::find(ids, id) != ids.end();
    };
    const std::vector<Address> addresses = decision.view().addressesOf(now->id);
    const auto conversations = decision.view().conversationsOf(now->id, int(MaxMoved) + 1);
    if (addresses.size() + conversations.size() > MaxMoved)
        return moreThanOneStep();
    decision.record(CustomerCreated{join->from});
    for (const Address &address : addresses) {
        if (isMoved(join->addresses, address.id))
            decision.record(AddressLinked{owned(address, join->from.id)});
    }
    for (const Conversation &conversation : conversations) {
        if (isMoved(join->conversations, conversation.id) ||
            isMoved(join->addresses, conversation.address))
            decision.record(ConversationMoved{conversation.id, join->from.id});
    }
    const Customer card = parted(*now, *join);
    decision.record(
        CustomerUpdated{card.id, card.name, card.language, card.facts, card.tags, card.notes});
    decision.record(CardJoinUndone{join->from.id});
    return about(join->from.id, u"unmerged"_s);
}

Decided decide(Decision &decision, const api::DenyLikeness &command)
{
    const auto known = decision.get<Likeness>(Likeness::idFor(command.one, command.other));
    if (!known)
        return notFound(u"nobody suggests that these two are one person"_s);
    Likeness denied = *known;
    denied.isDenied = true;
    decision.record(LikenessNoted{denied});
    return about(command.one, u"two"_s);
}

void noteLikeness(Decision &decision, CustomerId one, const Identity &identity)
{
    const auto address = decision.view().addressOf(identity);
    const bool isVouchedFor =
        identity.evidence != Evidence::Typed && address && address->evidence != Evidence::Typed;
    if (!isVouchedFor || address->customer == one)
        return;
    const auto id = Likeness::idFor(one, address->customer);
    if (!decision.get<Likeness>(id))
        decision.record(
            LikenessNoted{{id, one, address->customer, address->id, false, decision.now()}});
}

Decided decide(Decision &decision, const api::SplitCustomer &command)
{
    const auto customer = decision.get<Customer>(command.customer);
    if (!customer)
        return notFound(u"no such customer"_s);
    std::vector<Address> leaving;
    const std::vector<Address> all = decision.view().addressesOf(customer->id);
    for (const Address &address : all) {
        if (std::find(command.addresses.begin(), command.addresses.end(), address.id) !=
            command.addresses.end())
            leaving.push_back(address);
    }
    if (leaving.empty() || leaving.size() != command.addresses.size())
        return invalid(u"name the addresses of this customer that are another person's"_s);
    if (leaving.size() == all.size())
        return invalid(u"one address at least must stay with the customer"_s);
    std::vector<Conversation> conversations =
        decision.view().conversationsOf(customer->id, int(MaxMoved) + 1);
    if (leaving.size() + conversations.size() > MaxMoved)
        return moreThanOneStep();
    Customer other;
    other.id = decision.newId<CustomerId>("customer");
    other.name = command.name.trimmed().left(MaxCardNameLength);
    if (other.name.isEmpty())
        other.name =
            leaving.front().display.isEmpty() ? leaving.front().value : leaving.front().display;
    other.language = customer->language;
    other.createdAt = decision.now();
    decision.record(CustomerCreated{other});
    for (const Address &address : leaving)
        decision.record(AddressLinked{owned(address, other.id)});
    for (const Conversation &conversation : conversations) {
        const auto isOf = [&](const Address &one) { return one.id == conversation.address; };
        if (std::any_of(leaving.begin(), leaving.end(), isOf))
            decision.record(ConversationMoved{conversation.id, other.id});
    }
    return about(other.id, u"split"_s);
}

} // namespace peerdesk::node
