// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"

/// What the routing pages ask of the program around the window, because only the core knows the
/// rules. The program implements it with the code that routes; tests do so too. GUI thread.
namespace peerdesk::ui {

/// What rules speak of, as the office has it now.
struct RuleOffice
{
    Office office;
    std::vector<Activity> activities;
    std::vector<TaskChannel> taskChannels;
    std::vector<Worker> workers;
    std::vector<Queue> queues;
    std::vector<Workflow> workflows;
    std::vector<api::Offer> held; ///< live reservations with their tasks
};

/// What came of an import.
struct Import
{
    QJsonObject report;           ///< {imported, unmapped}; empty where it stopped
    std::optional<Error> stopped; ///< before the end of the document; what came before stays
    /// Takes back what it wrote: {taken_back: how many, left: [{section, name, why}]}; without
    /// `why` somebody changed it since. After an error the rest can be asked for again. Empty =
    /// nothing was written.
    std::function<void(Completion<QJsonObject>)> takeBack;
};

/// Tasks of one task channel in a made-up day.
struct MadeUpLoad
{
    QString taskChannel;
    double perHour = 0;
    Seconds work{180};
    Seconds patience{0}; ///< leaves after waiting this long; 0 = never
};

/// What is rehearsed: a span of the log, or of made-up tasks, routed by one workflow or by two.
struct RehearsalWish
{
    Office office;                  ///< how people are asked in it
    std::optional<Workflow> saved;  ///< one of both is there
    std::optional<Workflow> edited; ///< only where it differs from the saved one
    Time from;
    Time to;
    std::vector<MadeUpLoad> load; ///< empty = what was recorded
};

/// A rehearsal under way. Deleting it stops it: its answer is Cancelled, a moment later.
class Rehearsing
{
public:
    Rehearsing() = default;
    virtual ~Rehearsing() = default;
    Rehearsing(const Rehearsing &) = delete;
    Rehearsing &operator=(const Rehearsing &) = delete;
};

class Rules
{
public:
    /// Where a piece of a rule stands; each place has names of its own.
    enum class Field { Members, Filter, Target, SkipIf, OrderBy, KnownWorker, KnownName };

    Rules() = default;
    virtual ~Rules() = default;
    Rules(const Rules &) = delete;
    Rules &operator=(const Rules &) = delete;

    /// What is wrong with it, with line and column, as saving would say it; empty = nothing.
    virtual QString fault(Field field, const QString &text) const = 0;
    /// Errors: Invalid naming filter, target and column; TooLarge.
    virtual Result<Done> check(const RuleOffice &office, const Json &configuration) const = 0;
    /// Who is in a queue with this expression. Errors: Invalid with line and column.
    virtual Result<std::vector<WorkerId>> members(const RuleOffice &office,
                                                  const QString &expression) const = 0;
    /// Desk::explainTask of a task that would come now, with `order` (ids, best first) and
    /// `skips`. The task's workflow is one of `office`. Errors: Rejected, Invalid, NotFound.
    virtual Result<QJsonObject> preview(const RuleOffice &office, const Task &sample,
                                        Time now) const = 0;
    /// Routes that day in virtual time in a thread of its own; saves nothing. {before: by the saved
    /// workflow, after: by the edited one}, each as `simulate` answers it. `progress` is told how
    /// many tasks of how many are routed. Errors: Invalid, TooLarge (more than 200,000 tasks),
    /// those of the log; Cancelled.
    using Progress = std::function<void(size_t done, size_t all)>;
    [[nodiscard]] virtual std::unique_ptr<Rehearsing>
    rehearse(const RehearsalWish &wish, Progress progress, Completion<QJsonObject> done) const = 0;
    /// Takes a TaskRouter document over. Errors, with nothing written: Invalid, those of submit.
    virtual void import(const QByteArray &document, Completion<Import> done) = 0;
};

} // namespace peerdesk::ui
