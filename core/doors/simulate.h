// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/base/operation.h"
#include "core/rehearsal/setting.h"

#include <QThreadPool>

namespace peerdesk::doors {

/// `simulate FILE`: reads what the office has, and the recorded day if the document asks for one,
/// then rehearses in a thread of the pool, so that nothing else waits. The document: setting.h.
/// Errors: Invalid naming the member, TooLarge. Deleting it stops the work at its next event.
class Simulate final : public Operation<QJsonObject>
{
public:
    Simulate(api::Desk &desk, QJsonObject document, Completion<QJsonObject> done);

    /// Told in the desk's thread at most once for each hundredth of the work: tasks routed, of how
    /// many (comparing routes each twice). Call before start().
    using Progress = std::function<void(size_t done, size_t all)>;
    void onProgress(Progress progress) { m_progress = std::move(progress); }
    ~Simulate() override { m_stop.request_stop(); }
    /// Ends it soon with Cancelled, without waiting for the work. Progress is told no more.
    void stop();

    void start() override;

private:
    void prepare(const rehearsal::Ground &ground);
    void take(api::RecordedDay day);
    void rehearse(std::vector<api::RecordedTask> tasks);

    api::Desk &m_desk;
    QJsonObject m_document;
    rehearsal::Wanted m_wanted;
    Progress m_progress;
    std::stop_source m_stop;
    QThreadPool m_pool; ///< last: its end waits for the work, which speaks to this object
};

} // namespace peerdesk::doors
