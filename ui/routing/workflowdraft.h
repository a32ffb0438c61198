// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"

#include <QJsonObject>

#include <vector>

namespace peerdesk::ui {

/// A step of a rule as it is typed; texts may be wrong.
struct TargetDraft
{
    QString queue; ///< id or name, as written; empty = that of the step before
    QString expression;
    QString orderBy;
    QString priority;
    QString timeout;
    QString skipIf;
    QString known;
    bool isKnownByName = false;
    QJsonObject rest = {}; ///< members that the editor does not show
    bool operator==(const TargetDraft &) const = default;
};

struct FilterDraft
{
    QString name;
    QString expression;
    std::vector<TargetDraft> targets;
    QJsonObject rest = {};
    bool operator==(const FilterDraft &) const = default;
};

/// What is selected: the default (filter -1), a filter (target -1) or one of its steps.
struct RuleSpot
{
    int filter = -1;
    int target = -1;
    bool operator==(const RuleSpot &) const = default;
};

/// A workflow's configuration as the editor changes it. A value.
struct WorkflowDraft
{
    std::vector<FilterDraft> filters;
    QString defaultQueue;
    QJsonObject defaultRest = {};
    QJsonObject routingRest = {};
    QJsonObject documentRest = {};
    bool operator==(const WorkflowDraft &) const = default;

    FilterDraft *filterAt(const RuleSpot &spot);
    TargetDraft *targetAt(const RuleSpot &spot);
};

/// What cannot be read comes out empty; nothing else is lost.
WorkflowDraft draftOf(const Json &configuration);
/// The document again: equal to what draftOf() read, but that numbers are numbers and empty texts
/// are left out.
Json configurationOf(const WorkflowDraft &draft);

/// A rule or step one place up (-1) or down (+1); a step at the edge of its rule goes over to the
/// next one, but never the last step of a rule. Where it stands afterwards; unchanged at the ends.
RuleSpot moved(WorkflowDraft &draft, const RuleSpot &spot, int by);
/// Before `to`: a rule among the rules, a step among the steps of any rule (target -1 = as its
/// first). Where it stands afterwards.
RuleSpot movedTo(WorkflowDraft &draft, const RuleSpot &spot, const RuleSpot &to);

} // namespace peerdesk::ui
