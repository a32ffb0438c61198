// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/office.h"

/// What is left of an erased person outside the tables: drafts, files under way, the log.
namespace peerdesk::node {

namespace {

/// The other PCs have what is to leave the log by then; one that lacks it gets a copy of the
/// tables.
constexpr Milliseconds CutAfter = std::chrono::seconds(3);

} // namespace

void OfficeService::forgetErased(const store::Applied &applied)
{
    std::vector<ConversationId> conversations;
    for (const store::AppliedBatch &batch : applied.batches) {
        for (const events::Fact &fact : batch.batch.facts) {
            if (const auto *content = std::get_if<events::ContentErased>(&fact)) {
                m_exchange->forget(content->attachments);
                conversations.insert(conversations.end(), content->conversations.begin(),
                                     content->conversations.end());
            } else if (!std::holds_alternative<events::CustomerErased>(fact)) {
                continue;
            }
            m_cutUpTo = batch.index;
        }
    }
    if (!conversations.empty())
        QMetaObject::invokeMethod(&m_journal, [journal = &m_journal, conversations] {
            journal->forgetDrafts(conversations);
        });
    cutErased();
}

/// A PC alone waits for nobody.
void OfficeService::cutErased()
{
    if (m_cutUpTo == 0 || m_cut.isActive())
        return;
    const bool isAlone = m_core->cluster().members.size() < 2;
    m_cut.start(isAlone ? Milliseconds(0) : CutAfter);
}

void OfficeService::cutNow()
{
    if (m_cutUpTo > 0)
        m_core->consensus().forgetUpTo(std::exchange(m_cutUpTo, 0));
}

} // namespace peerdesk::node
