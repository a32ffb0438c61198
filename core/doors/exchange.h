// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/doors/problem.h"
#include "core/net/server.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTimer>

#include <functional>
#include <map>
#include <memory>

namespace peerdesk::doors {

/// Longest `?limit=`; more is served as this many.
constexpr int MaxPage = 500;
constexpr int DefaultPage = 50;

/// One request on its way to its answer. Shared by the completions that it waits for; answers
/// exactly once. Thread: the server's.
class Exchange : public std::enable_shared_from_this<Exchange>
{
public:
    Exchange(QObject &guard, api::Desk &desk, net::HttpRequest request, net::Responder respond);

    const net::HttpRequest &request() const { return m_request; }
    api::Desk &desk() { return m_desk; }
    const api::Caller &caller() const { return m_caller; }
    const QJsonObject &body() const { return m_body; }
    CommandId command() const { return m_command; }
    Time now() const { return m_now; }

    void setCaller(api::Caller caller) { m_caller = std::move(caller); }
    void setBody(QJsonObject body) { m_body = std::move(body); }
    void setCommand(CommandId command) { m_command = command; }
    void setNow(Time now) { m_now = now; }

    /// Answers 504 "outcome-unknown" for a handler that has not answered after `patience`.
    void limit(Milliseconds patience);
    void answer(int status, const QJsonObject &document);
    void send(net::HttpResponse response);
    void fail(const Error &error);
    /// Somebody else has answered.
    void drop();

    /// Goes on with `next` on success, answers the problem otherwise.
    template <typename T>
    Completion<T> then(std::function<void(const T &)> next)
    {
        return {m_guard, [self = shared_from_this(), next = std::move(next)](Result<T> result) {
                    if (!result)
                        return self->fail(result.error());
                    next(*result);
                }};
    }
    /// Goes on with the answer, whatever it is.
    template <typename T>
    Completion<T> always(std::function<void(const Result<T> &)> next)
    {
        return {m_guard, [self = shared_from_this(),
                          next = std::move(next)](const Result<T> &result) { next(result); }};
    }
    /// Submits with this request's command id. A dropped answer is an unknown outcome, never a no.
    void submit(const api::Command &command, std::function<void(const api::Outcome &)> next);
    void submit(CommandId id, const api::Command &command,
                std::function<void(const api::Outcome &)> next);

    /// Errors: NotFound if the path's part is no id.
    template <typename IdType>
    Result<IdType> pathId(const QString &name = QStringLiteral("id")) const
    {
        const IdType id = IdType::fromString(parameter(name));
        if (id.isNull())
            return notFound(QStringLiteral("There is nothing with the id \"%1\"")
                                .arg(parameter(name).left(64)));
        return id;
    }
    /// Null if absent. Errors: Invalid.
    template <typename IdType>
    Result<IdType> queryId(const QString &name) const
    {
        const QString text = query(name);
        const IdType id = IdType::fromString(text);
        if (!text.isEmpty() && id.isNull())
            return invalid(QStringLiteral("The parameter \"%1\" is no id").arg(name));
        return id;
    }
    /// Absent if the parameter is. Errors: Invalid.
    template <typename Enum>
    Result<std::optional<Enum>> queryEnum(const QString &name) const
    {
        const QString text = query(name);
        const std::optional<Enum> value = enumFromName<Enum>(text);
        if (!text.isEmpty() && !value)
            return invalid(QStringLiteral("The parameter \"%1\" has an unknown value").arg(name));
        return value;
    }
    QString parameter(const QString &name) const;
    QString query(const QString &name) const;
    /// ?limit=&cursor=. Errors: Invalid.
    Result<api::Page> page() const;

private:
    QPointer<QObject> m_guard;
    api::Desk &m_desk;
    net::HttpRequest m_request;
    net::Responder m_respond;
    api::Caller m_caller;
    QJsonObject m_body;
    CommandId m_command;
    Time m_now;
    std::unique_ptr<QTimer> m_patience;
};
using ExchangePtr = std::shared_ptr<Exchange>;

/// {items, next_cursor} of a page that the desk cut.
QJsonObject listDocument(const QJsonArray &items, const QString &next);

/// A place in a list that goes from new to old.
QString newestFirst(Time at, const QString &id);

/// Errors: Invalid for what is no place of such a list.
std::optional<Error> checkCursor(const QString &cursor);

/// Cuts a whole list that fits in memory, in ascending order of `keyOf`. The cursor is the last
/// item's key, so that what comes and goes meanwhile neither repeats nor hides another item.
/// Errors: Invalid.
template <typename T, typename View, typename KeyOf>
Result<QJsonObject> slice(const std::vector<T> &all, const api::Page &page, const View &view,
                          const KeyOf &keyOf)
{
    if (const auto error = checkCursor(page.after))
        return *error;
    std::map<QString, const T *> ordered;
    for (const T &item : all)
        ordered.emplace(keyOf(item), &item);
    QJsonArray items;
    QString next;
    auto it = page.after.isEmpty() ? ordered.begin() : ordered.upper_bound(page.after);
    for (; it != ordered.end() && items.size() < page.limit; ++it) {
        items.append(view(*it->second));
        next = it->first;
    }
    return listDocument(items, it == ordered.end() ? QString() : next);
}

} // namespace peerdesk::doors
