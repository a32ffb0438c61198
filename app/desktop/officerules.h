// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/routing/rules.h"

namespace peerdesk::desktop {

/// Rules for the window by the code that routes, and import by the code of the doors. GUI thread.
class OfficeRules final : public ui::Rules
{
public:
    OfficeRules(api::Desk &desk, api::Caller caller);

    QString fault(Field field, const QString &text) const override;
    Result<Done> check(const ui::RuleOffice &office, const Json &configuration) const override;
    Result<std::vector<WorkerId>> members(const ui::RuleOffice &office,
                                          const QString &expression) const override;
    Result<QJsonObject> preview(const ui::RuleOffice &office, const Task &sample,
                                Time now) const override;
    [[nodiscard]] std::unique_ptr<ui::Rehearsing>
    rehearse(const ui::RehearsalWish &wish, Progress progress,
             Completion<QJsonObject> done) const override;
    void import(const QByteArray &document, Completion<ui::Import> done) override;

private:
    api::Desk &m_desk;
    api::Caller m_caller;
};

} // namespace peerdesk::desktop
