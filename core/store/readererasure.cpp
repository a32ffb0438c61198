// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/factarchive.h"
#include "core/store/officeschema.h"
#include "core/store/readerlist.h"

#include <set>

/// What there is of a person, for erasing it.
namespace peerdesk::store {

using namespace Qt::StringLiterals;

namespace {

/// Facts of one message that are looked at for files.
constexpr int MaxFactsOfMessage = 500;

void addFiles(const Content &content, std::set<QByteArray> &into)
{
    for (const Attachment &attachment : content.attachments)
        into.insert(attachment.sha256);
}

/// The card that a fact is about; of a join the one that stayed, and the other.
struct CardOf
{
    CustomerId card;
    CustomerId other;

    void operator()(const events::CustomerCreated &f) { card = f.customer.id; }
    void operator()(const events::CustomerUpdated &f) { card = f.customer; }
    void operator()(const events::AddressLinked &f) { card = f.address.customer; }
    void operator()(const events::CustomerMerged &f) { card = f.customer; }
    void operator()(const events::CardsJoined &f)
    {
        card = f.join.after.id;
        other = f.join.from.id;
    }
    template <typename Fact>
    void operator()(const Fact &)
    {}
};

} // namespace

std::vector<Message> OfficeReader::messagesIn(ConversationId conversation, int limit) const
{
    return list<Message>(u"SELECT body FROM message WHERE conversation = ? "
                         "ORDER BY created_at, rowid LIMIT ?"_s,
                         {conversation.toBytes(), limit});
}

std::vector<ExecutionId> OfficeReader::executionsOf(ConversationId conversation) const
{
    std::vector<ExecutionId> out;
    const auto started = facts(
        u"SELECT f.position, f.type, f.version, f.body, x'', 0, zeroblob(16), zeroblob(16) FROM "
        "fact_subject s CROSS JOIN fact f ON f.position = s.position WHERE s.id = ? AND "
        "f.type = ?"_s,
        {subjectKey(conversation.toBytes()), events::ExecutionStarted::type});
    if (!started) {
        note(started.error());
        return out;
    }
    for (const HistoricFact &historic : *started) {
        const auto *fact = std::get_if<events::ExecutionStarted>(&historic.fact);
        if (fact && fact->execution.conversation == conversation)
            out.push_back(fact->execution.id);
    }
    return out;
}

Result<std::vector<QByteArray>> OfficeReader::filesOf(MessageId message) const
{
    const auto about = factsNaming(message.toBytes(), MaxFactsOfMessage);
    if (!about)
        return about.error();
    std::set<QByteArray> files;
    for (const HistoricFact &historic : *about) {
        if (const auto *received = std::get_if<events::MessageReceived>(&historic.fact))
            addFiles(received->message.content, files);
        else if (const auto *added = std::get_if<events::MessageAdded>(&historic.fact))
            addFiles(added->message.content, files);
        else if (const auto *imported = std::get_if<events::MessageImported>(&historic.fact))
            addFiles(imported->message.content, files);
        else if (const auto *altered = std::get_if<events::MessageAltered>(&historic.fact))
            addFiles(altered->content.value_or(Content{}), files);
    }
    return std::vector<QByteArray>(files.begin(), files.end());
}

std::vector<CommandId> OfficeReader::commandsNaming(const std::vector<QByteArray> &ids) const
{
    std::set<CommandId> commands;
    for (const QByteArray &id : ids) {
        const auto rows =
            m_db->run(u"SELECT DISTINCT b.command FROM fact_subject s CROSS JOIN batch b ON "
                      "b.idx = s.position >> 8 WHERE s.id = ?"_s,
                      {subjectKey(id)});
        if (!rows) {
            note(rows.error());
            break;
        }
        while ((*rows)->next())
            commands.insert({QUuid::fromRfc4122((*rows)->value(0).toByteArray())});
        (*rows)->finish();
    }
    return {commands.begin(), commands.end()};
}

Result<CardHistory> OfficeReader::cardHistory(CustomerId customer) const
{
    const auto all =
        facts(u"SELECT f.position, f.type, f.version, f.body, x'', 0, b.command, "
              "zeroblob(16) FROM (SELECT * FROM fact WHERE "_s +
                  factsOfPersons() +
                  u") f CROSS JOIN batch b ON b.idx = f.position >> 8 ORDER BY f.position"_s,
              {});
    if (!all)
        return all.error();
    std::map<CustomerId, CustomerId> wentInto;
    for (const HistoricFact &historic : *all) {
        if (const auto *merged = std::get_if<events::CustomerMerged>(&historic.fact))
            wentInto[merged->customer] = merged->into;
        else if (const auto *back = std::get_if<events::CustomerCreated>(&historic.fact))
            wentInto.erase(back->customer.id); // the merge was undone: it is somebody else's card
    }
    std::set<CustomerId> cards{customer};
    size_t known = 0;
    while (known != cards.size()) { // a card may have taken others in before it went into this one
        known = cards.size();
        for (const auto &[card, into] : wentInto) {
            if (cards.contains(into))
                cards.insert(card);
        }
    }
    CardHistory history;
    std::set<CommandId> commands;
    for (const HistoricFact &historic : *all) {
        CardOf about;
        std::visit(about, historic.fact);
        if (cards.contains(about.card) || cards.contains(about.other))
            commands.insert(historic.command);
    }
    cards.erase(customer);
    history.merged.assign(cards.begin(), cards.end());
    history.commands.assign(commands.begin(), commands.end());
    return history;
}

quint64 OfficeReader::newestErasure() const
{
    return indexOfPosition(number(u"SELECT coalesce(max(position), 0) FROM fact WHERE "_s +
                                  factsOfPersons() + u" AND type IN (44, 67)"_s));
}

} // namespace peerdesk::store
