// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/officerules.h"

#include "core/doors/configundo.h"
#include "core/routing/preview.h"
#include "core/routing/router.h"
#include "core/routing/workflow.h"

#include <QJsonDocument>

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
