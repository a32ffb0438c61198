// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/base/operation.h"
#include "core/rehearsal/setting.h"

#include <QThreadPool>

namespace peerdesk::doors {

/// `simulate FILE`: reads what the office has, and the recorded day if the document asks for one,
/// then rehearses in a thread of the pool, so that nothing else waits. The document: setting.h.
/// Errors: Invalid naming the member, TooLarge.
class Simulate final : public Operation<QJsonObject>
{
public:
    Simulate(api::Desk &desk, QJsonObject document, Completion<QJsonObject> done);

    void start() override;

private:
    void prepare(const rehearsal::Ground &ground);
    void rehearse();

    api::Desk &m_desk;
    QJsonObject m_document;
    rehearsal::Wanted m_wanted;
    QThreadPool m_pool;
};

} // namespace peerdesk::doors
