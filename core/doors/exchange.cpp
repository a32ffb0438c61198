// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/exchange.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

Exchange::Exchange(QObject &guard, api::Desk &desk, net::HttpRequest request,
                   net::Responder respond)
    : m_guard(&guard)
    , m_desk(desk)
    , m_request(std::move(request))
    , m_respond(std::move(respond))
{}

void Exchange::limit(Milliseconds patience)
{
    m_patience = std::make_unique<QTimer>();
    m_patience->setSingleShot(true);
    QObject::connect(m_patience.get(), &QTimer::timeout, m_guard.data(), [self = weak_from_this()] {
        if (const auto open = self.lock())
            open->fail({Error::Code::Unknown, u"This took too long; ask what became of it"_s, {}});
    });
    m_patience->start(patience);
}

void Exchange::answer(int status, const QJsonObject &document)
{
    net::HttpResponse response;
    response.status = status;
    if (status != 204)
        response.body = QJsonDocument(document).toJson(QJsonDocument::Compact);
    response.headers["Cache-Control"] = "no-store";
    send(std::move(response));
}

void Exchange::send(net::HttpResponse response)
{
    const net::Responder respond = std::exchange(m_respond, nullptr);
    if (QTimer *patience = m_patience.release())
        patience->deleteLater(); // it may be what calls
    if (respond)
        respond(std::move(response));
}

void Exchange::drop()
{
    m_respond = nullptr;
    m_patience.reset();
}

void Exchange::fail(const Error &error)
{
    send(problemResponse(error, m_command));
}

void Exchange::submit(const api::Command &command, std::function<void(const api::Outcome &)> next)
{
    submit(m_command, command, std::move(next));
}

void Exchange::submit(CommandId id, const api::Command &command,
                      std::function<void(const api::Outcome &)> next)
{
    const auto answered = [self = shared_from_this(), id,
                           next = std::move(next)](Result<api::Outcome> outcome) {
        if (outcome)
            return next(*outcome);
        Error error = outcome.error();
        if (error.code == Error::Code::Cancelled)
            error = {Error::Code::Unknown, u"The node stopped before it answered"_s, {}};
        self->send(problemResponse(error, id));
    };
    m_desk.submit(m_caller, id, command, {m_guard, answered});
}

QString Exchange::parameter(const QString &name) const
{
    const auto it = m_request.parameters.find(name);
    return it == m_request.parameters.end() ? QString() : it->second;
}

QString Exchange::query(const QString &name) const
{
    const auto it = m_request.query.find(name);
    return it == m_request.query.end() ? QString() : it->second;
}

Result<api::Page> Exchange::page() const
{
    api::Page page{DefaultPage, query(u"cursor"_s)};
    const QString limit = query(u"limit"_s);
    if (limit.isEmpty())
        return page;
    bool good = false;
    page.limit = limit.toInt(&good);
    if (!good || page.limit < 1)
        return invalid(u"The parameter \"limit\" is a number from 1 to %1"_s.arg(MaxPage));
    page.limit = std::min(page.limit, MaxPage);
    return page;
}

QString newestFirst(Time at, const QString &id)
{
    return u"%1-%2"_s.arg(std::numeric_limits<qint64>::max() - at.ms, 20, 10, QChar(u'0')).arg(id);
}

std::optional<Error> checkCursor(const QString &cursor)
{
    constexpr qsizetype MaxCursor = 64;
    const bool isOurs = std::all_of(cursor.begin(), cursor.end(), [](QChar c) {
        return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || c == u'-';
    });
    if (!isOurs || cursor.size() > MaxCursor)
        return invalid(u"The cursor is not one of this list"_s);
    return {};
}

QJsonObject listDocument(const QJsonArray &items, const QString &next)
{
    return {{u"items"_s, items},
            {u"next_cursor"_s, next.isEmpty() ? QJsonValue() : QJsonValue(next)}};
}

} // namespace peerdesk::doors
