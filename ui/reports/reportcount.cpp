// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reports/reportcount.h"

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

ReportCount::ReportCount(api::Desk &desk, ReportWish wish, Progress progress,
                         Completion<std::vector<ReportRow>> done, QObject *parent)
    : Operation(std::move(done), parent)
    , m_desk(desk)
    , m_wish(std::move(wish))
    , m_progress(std::move(progress))
{}

void ReportCount::start()
{
    ask();
}

api::StatisticsQuery ReportCount::query() const
{
    api::StatisticsQuery query{u"workspace"_s, {}, m_wish.channel};
    query.start = m_wish.span.start;
    query.end = m_wish.span.end;
    query.serviceLevel = m_wish.serviceLevel;
    query.splits = waitLimits();
    if (m_next < 0)
        return query;
    const ReportSubject &subject = m_wish.subjects[size_t(m_next)];
    switch (m_wish.by) {
    case ReportBy::Queue:
        query.scope = u"queues"_s;
        query.id = subject.id;
        break;
    case ReportBy::Agent:
        query.scope = u"workers"_s;
        query.id = subject.id;
        break;
    case ReportBy::Channel:
        query.taskChannel = subject.key;
        break;
    }
    return query;
}

void ReportCount::ask()
{
    if (m_isStopped)
        return finish(Error{Error::Code::Cancelled, {}, {}});
    m_desk.statistics(query(), {this, [this](const Result<QJsonObject> &answer) { take(answer); }});
}

void ReportCount::take(const Result<QJsonObject> &answer)
{
    if (m_isStopped)
        return finish(Error{Error::Code::Cancelled, {}, {}});
    if (!answer && (answer.error().code != Error::Code::NotFound || m_next < 0))
        return finish(answer.error());
    if (answer && m_next < 0)
        m_rows.push_back({{}, m_wish.allName, figuresFrom(*answer)});
    else if (answer)
        m_rows.push_back({m_wish.subjects[size_t(m_next)].key, m_wish.subjects[size_t(m_next)].name,
                          figuresFrom(*answer)});
    ++m_next;
    m_progress(m_next + 1, int(m_wish.subjects.size()) + 1);
    if (m_next == int(m_wish.subjects.size()))
        return finish(std::move(m_rows));
    // By the event loop: the hand comes between two questions, also when answers come at once.
    QMetaObject::invokeMethod(
        this, [this] { ask(); }, Qt::QueuedConnection);
}

} // namespace peerdesk::ui
