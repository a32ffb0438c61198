// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/doors/problem.h"
#include "core/net/server.h"

#include <QJsonArray>
#include <QJsonObject>

#include <functional>
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

    void answer(int status, const QJsonObject &document);
    void send(net::HttpResponse response);
    void fail(const Error &error);

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
};
using ExchangePtr = std::shared_ptr<Exchange>;

/// {items, next_cursor} of a page that the desk cut.
QJsonObject listDocument(const QJsonArray &items, const QString &next);

/// Cuts a whole list that fits in memory; the cursor is the position. Errors: Invalid.
template <typename T, typename View>
Result<QJsonObject> slice(const std::vector<T> &all, const api::Page &page, const View &view)
{
    bool good = true;
    const size_t from = page.after.isEmpty() ? 0 : page.after.toULongLong(&good);
    if (!good)
        return invalid(QStringLiteral("The cursor is not one of ours"));
    QJsonArray items;
    size_t i = from;
    for (; i < all.size() && i - from < static_cast<size_t>(page.limit); ++i)
        items.append(view(all[i]));
    return listDocument(items, i < all.size() ? QString::number(i) : QString());
}

} // namespace peerdesk::doors
