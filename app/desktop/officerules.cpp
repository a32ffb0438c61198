// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/officerules.h"

#include "core/base/json.h"
#include "core/doors/configundo.h"
#include "core/doors/simulate.h"
#include "core/routing/preview.h"
#include "core/routing/router.h"
#include "core/routing/workflow.h"

#include <QJsonDocument>
#include <QPointer>

namespace peerdesk::desktop {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxDocument = 16 * 1024 * 1024; ///< bytes; a whole workspace

template <typename Table, typename Record>
void fill(Table &table, const std::vector<Record> &records)
{
    for (const Record &record : records)
        table.insert_or_assign(record.id, record);
}

routing::WorkingSet workingSet(const ui::RuleOffice &office)
{
    routing::WorkingSet set;
    fill(set.activities, office.activities);
    fill(set.taskChannels, office.taskChannels);
    fill(set.workers, office.workers);
    fill(set.queues, office.queues);
    fill(set.workflows, office.workflows);
    for (const api::Offer &offer : office.held) {
        set.reservations.insert_or_assign(offer.reservation.id, offer.reservation);
        set.tasks.emplace(offer.task.id, offer.task);
    }
    set.timeoutActivity = office.office.timeoutActivity;
    set.prioritizeQueueOrder = office.office.prioritizeQueueOrder;
    set.usesChannelWeights = office.office.usesChannelWeights;
    set.maxPendingOffers = office.office.maxPendingOffers;
    return set;
}

QString keyOf(ui::Rules::Field field)
{
    switch (field) {
    case ui::Rules::Field::Members:
    case ui::Rules::Field::Filter:
    case ui::Rules::Field::Target:
        return u"expression"_s;
    case ui::Rules::Field::SkipIf:
        return u"skip_if"_s;
    case ui::Rules::Field::OrderBy:
        return u"order_by"_s;
    case ui::Rules::Field::KnownWorker:
        return u"known_worker_sid"_s;
    case ui::Rules::Field::KnownName:
        return u"known_worker_friendly_name"_s;
    }
    return {};
}

/// Ends the operation with it, which then deletes itself.
class SimulatedDay final : public ui::Rehearsing
{
public:
    explicit SimulatedDay(doors::Simulate *run)
        : m_run(run)
    {}
    ~SimulatedDay() override
    {
        if (m_run)
            m_run->stop();
    }

private:
    QPointer<doors::Simulate> m_run;
};

QJsonObject documentOf(const Workflow &workflow)
{
    return {{u"friendly_name"_s, workflow.friendlyName},
            {u"configuration"_s, json::object(workflow.configuration)}};
}

QJsonArray documentOf(const std::vector<ui::MadeUpLoad> &loads)
{
    QJsonArray out;
    for (const ui::MadeUpLoad &load : loads)
        out.append(QJsonObject{{u"task_channel"_s, load.taskChannel},
                               {u"per_hour"_s, load.perHour},
                               {u"work_seconds"_s, qint64(load.work.count())},
                               {u"patience_seconds"_s, qint64(load.patience.count())}});
    return out;
}

/// What `simulate` takes; queues, task channels and people are the office's.
QJsonObject documentOf(const ui::RehearsalWish &wish)
{
    const QString start = wish.from.toString();
    const QString end = wish.to.toString();
    QJsonObject out{
        {u"start"_s, start},
        {u"end"_s, end},
        {u"max_pending_offers"_s, wish.office.maxPendingOffers},
        {u"uses_channel_weights"_s, wish.office.usesChannelWeights},
        {u"prioritize_queue_order"_s, enumName(wish.office.prioritizeQueueOrder)},
        {u"workflow"_s, documentOf(wish.saved ? *wish.saved : wish.edited.value_or(Workflow()))}};
    if (wish.saved && wish.edited)
        out.insert(u"compare"_s, documentOf(*wish.edited));
    QJsonObject recorded{{u"start"_s, start}, {u"end"_s, end}};
    if (wish.saved) // what came to it, and not to another
        recorded.insert(u"workflow"_s, wish.saved->id.toString());
    if (wish.load.empty())
        out.insert(u"recorded"_s, recorded);
    else
        out.insert(u"load"_s, documentOf(wish.load));
    return out;
}

} // namespace

OfficeRules::OfficeRules(api::Desk &desk, api::Caller caller)
    : m_desk(desk)
    , m_caller(std::move(caller))
{}

/// A step of a plan is compiled as a whole plan, so that it is judged by the very code of saving.
QString OfficeRules::fault(Field field, const QString &text) const
{
    if (text.trimmed().isEmpty())
        return {};
    if (field == Field::Members || field == Field::Filter) {
        const Result<Done> good = routing::validateExpression(text);
        return good ? QString() : good.error().detail;
    }
    const QJsonObject target{{u"queue"_s, u"any"_s}, {keyOf(field), text}};
    const QJsonObject filter{{u"expression"_s, u"1==1"_s}, {u"targets"_s, QJsonArray{target}}};
    const QJsonObject routes{{u"filters"_s, QJsonArray{filter}}};
    const auto plan = routing::parsePlan(
        {QJsonDocument(QJsonObject{{u"task_routing"_s, routes}}).toJson(QJsonDocument::Compact)});
    if (plan)
        return {};
    QString words = plan.error().detail;
    for (const QString &place :
         {u"filter 1: "_s, u"target 1: "_s, keyOf(field) + u": "_s, u"known worker: "_s}) {
        if (words.startsWith(place))
            words.remove(0, place.size());
    }
    return words;
}

Result<Done> OfficeRules::check(const ui::RuleOffice &office, const Json &configuration) const
{
    return routing::validateWorkflow(workingSet(office), configuration);
}

Result<std::vector<WorkerId>> OfficeRules::members(const ui::RuleOffice &office,
                                                   const QString &expression) const
{
    return routing::membersOf(workingSet(office), expression);
}

Result<QJsonObject> OfficeRules::preview(const ui::RuleOffice &office, const Task &sample,
                                         Time now) const
{
    return routing::preview(workingSet(office), sample, {}, now);
}

std::unique_ptr<ui::Rehearsing> OfficeRules::rehearse(const ui::RehearsalWish &wish,
                                                      Progress progress,
                                                      Completion<QJsonObject> done) const
{
    const auto answer = std::make_shared<Completion<QJsonObject>>(std::move(done));
    const bool isOne = !wish.saved || !wish.edited;
    const QString only = wish.saved ? u"before"_s : u"after"_s;
    const auto ended = [=](const Result<QJsonObject> &result) {
        if (isOne && result)
            return answer->answer(QJsonObject{{only, *result}});
        answer->answer(result);
    };
    auto *run = new doors::Simulate(m_desk, documentOf(wish), {&m_desk, ended});
    run->onProgress(std::move(progress));
    auto handle = std::make_unique<SimulatedDay>(run);
    run->start();
    return handle;
}

void OfficeRules::import(const QByteArray &document, Completion<ui::Import> done)
{
    if (document.size() > MaxDocument)
        return done.answer(Error{Error::Code::TooLarge, u"the document is over 16 MiB"_s, {}});
    QJsonParseError problem;
    const QJsonDocument parsed = QJsonDocument::fromJson(document, &problem);
    if (!parsed.isObject())
        return done.answer(
            invalid(problem.error == QJsonParseError::NoError
                        ? u"this is not a JSON object"_s
                        : u"byte %1: %2"_s.arg(problem.offset).arg(problem.errorString())));
    const auto trail = std::make_shared<doors::ImportTrail>();
    const auto answer = std::make_shared<Completion<ui::Import>>(std::move(done));
    const auto takeBack = [desk = &m_desk, caller = m_caller,
                           trail](Completion<QJsonObject> undone) {
        (new doors::ConfigUndo(*desk, caller, trail, std::move(undone)))->start();
    };
    const auto ended = [=](const Result<QJsonObject> &report) {
        if (!report && trail->empty())
            return answer->answer(report.error());
        ui::Import made;
        if (report)
            made.report = *report;
        else
            made.stopped = report.error();
        if (!trail->empty())
            made.takeBack = takeBack;
        answer->answer(made);
    };
    auto *import = new doors::ConfigImport(m_desk, m_caller, parsed.object(), {&m_desk, ended});
    import->leaveTrail(trail);
    import->start();
}

} // namespace peerdesk::desktop
