// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/node/attachmentwork.h"
#include "core/node/service.h"
#include "core/store/attachmentstore.h"
#include "core/store/officereader.h"
#include "core/store/searchstore.h"

#include <deque>
#include <map>

namespace peerdesk::node {

/// Reads of the local replica for all desks. Thread: readers.
class ReadService final : public Service
{
    Q_OBJECT

public:
    struct Files
    {
        QString office;
        QString search;
        QString attachments;
    };

    explicit ReadService(Files files);

    /// Opens on first use, in the thread that reads. Errors: Storage.
    Result<const store::OfficeReader *> office();
    Result<store::SearchStore *> search();
    const store::AttachmentStore &attachments() const { return m_attachments; }

    Result<api::Caller> authenticate(const QByteArray &tokenHash);
    Result<api::PageOf<Conversation>> conversations(const api::ConversationFilter &filter,
                                                    const api::Page &page);
    Result<std::vector<api::Offer>>
    offers(WorkerId worker, const std::optional<ReservationStatus> &status, Time now);
    Result<api::Offer> offer(ReservationId id, Time now);
    Result<Conversation> conversation(ConversationId id);
    /// Stores bytes that `uploader` may read until a message holds them; null = nobody. Reads go on
    /// meanwhile; the answer is a Result<QByteArray>, their SHA-256.
    void upload(quint64 request, AgentId uploader, const QByteArray &bytes);
    /// Errors: Forbidden (a channel's token), NotFound (no message that is there holds it).
    Result<QByteArray> attachment(const api::Caller &caller, const QByteArray &sha256);
    Result<std::vector<api::TraceStep>> trace(MessageId id);
    Result<std::vector<api::Event>> eventsAfter(quint64 index, int ordinal, int limit);

    /// `value`, unless the reader failed on the way to it.
    template <typename T>
    Result<T> checked(T value)
    {
        if (m_office) {
            if (const std::optional<Error> trouble = m_office->takeTrouble())
                return *trouble;
        }
        return value;
    }

private:
    static constexpr size_t MaxUploads = 4'096; ///< remembered until then, oldest out first

    api::Offer toOffer(const Reservation &reservation, Time now) const;
    static Result<api::PageOf<Conversation>> pageOfFound(std::vector<Conversation> all,
                                                         const api::Page &page);
    std::vector<Conversation> found(const std::vector<ConversationId> &hits,
                                    const api::ConversationFilter &filter) const;
    void onUploaded(quint64 request, AgentId uploader,
                    const Result<std::vector<QByteArray>> &stored);
    /// The copy of the name in a conversation is as old as the conversation: the card has it.
    Conversation named(Conversation conversation) const;
    Result<bool> isHeldByMessage(const QByteArray &sha256) const;

    Files m_files;
    std::unique_ptr<store::OfficeReader> m_office;
    std::unique_ptr<store::SearchStore> m_search;
    store::AttachmentStore m_attachments;
    std::deque<std::pair<AgentId, QByteArray>> m_uploads;
    std::unique_ptr<AttachmentWork> m_work; ///< made in the thread that reads; the last to be made
};

/// Tasks and reservations as `office` has them, each read once however many facts are about it. To
/// be kept no longer than one state of the office is meant.
class Subjects
{
public:
    explicit Subjects(const store::OfficeReader &office)
        : m_office(office)
    {}
    const std::optional<Task> &task(TaskId id) { return read(m_tasks, id); }
    const std::optional<Reservation> &reservation(ReservationId id)
    {
        return read(m_reservations, id);
    }

private:
    template <typename Key, typename Record>
    const std::optional<Record> &read(std::map<Key, std::optional<Record>> &known, const Key &id)
    {
        const auto [place, isNew] = known.try_emplace(id);
        if (isNew)
            place->second = m_office.find<Record>(id);
        return place->second;
    }

    const store::OfficeReader &m_office;
    std::map<TaskId, std::optional<Task>> m_tasks;
    std::map<ReservationId, std::optional<Reservation>> m_reservations;
};

/// A committed fact as subscribers see it: the name of routing.md 2.9, and beside the fact's own
/// fields which thing it is about. `command` decided it; `subjects` are of where it is applied.
api::Event toEvent(const events::Fact &fact, const events::Position &at, CommandId command,
                   Subjects &subjects);

} // namespace peerdesk::node
