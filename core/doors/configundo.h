// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/doors/configimport.h"

namespace peerdesk::doors {

/// Takes back what an import wrote, the last first: what it changed becomes what it was, what it
/// made is deleted. What somebody changed since stays, and so does what the office refuses (it is
/// in use). Answers {taken_back: how many, left: [{section, name, why}]}; without `why` somebody
/// changed it. Other errors end it early; `trail` then holds what is not taken back, and another
/// one goes on with it.
class ConfigUndo final : public Operation<QJsonObject>
{
public:
    ConfigUndo(api::Desk &desk, api::Caller caller, std::shared_ptr<ImportTrail> trail,
               Completion<QJsonObject> done);

    void start() override;

private:
    void next();
    void step();
    void onAnswered(const Result<api::Outcome> &outcome);
    void leave(const QString &why);
    void drop();
    ImportedRecord &record() { return (*m_trail)[m_at]; }

    api::Desk &m_desk;
    api::Caller m_caller;
    std::shared_ptr<ImportTrail> m_trail;
    size_t m_at; ///< the record in hand; those behind it stay
    Directory m_now;
    ConfigRecords m_records;          ///< of m_now
    std::deque<api::Command> m_steps; ///< that bring the record in hand back
    int m_takenBack = 0;
    QJsonArray m_left; ///< in the order of writing
};

} // namespace peerdesk::doors
