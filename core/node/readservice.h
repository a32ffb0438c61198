// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/node/service.h"
#include "core/store/attachmentstore.h"
#include "core/store/officereader.h"
#include "core/store/searchstore.h"

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
    api::Offer toOffer(const Reservation &reservation, Time now) const;

    Files m_files;
    std::unique_ptr<store::OfficeReader> m_office;
    std::unique_ptr<store::SearchStore> m_search;
    store::AttachmentStore m_attachments;
};

/// A committed fact as subscribers see it.
api::Event toEvent(const events::Fact &fact, const events::Position &at);

} // namespace peerdesk::node
