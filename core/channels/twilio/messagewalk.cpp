// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/twilio/messagewalk.h"

#include "core/channels/twilio/errors.h"
#include "core/channels/twilio/numbers.h"

namespace peerdesk::channels::twilio {

using namespace Qt::StringLiterals;

namespace {

/// QUrlQuery takes its values encoded.
void add(QUrlQuery &query, const QString &name, const QString &value)
{
    query.addQueryItem(QString::fromLatin1(QUrl::toPercentEncoding(name)),
                       QString::fromLatin1(QUrl::toPercentEncoding(value)));
}

QString dayOf(Time time)
{
    return QDateTime::fromMSecsSinceEpoch(time.ms, Qt::UTC).toString(u"yyyy-MM-dd"_s);
}

} // namespace

QString messagesPath(const QString &account)
{
    return u"/2010-04-01/Accounts/"_s + account + u"/Messages.json"_s;
}

Error errorFrom(const vendor::ApiReply &reply, Time now)
{
    const QJsonObject said = reply.object();
    const int code = said.value(u"code"_s).toInt();
    const QString sentence = errorSentence(code, said.value(u"message"_s).toString());
    switch (reply.status) {
    case 401:
        return {Error::Code::Unauthorized, sentence, {}};
    case 403:
        return {Error::Code::Forbidden, sentence, {}};
    case 404:
        return {Error::Code::NotFound, sentence, {}};
    case 429:
        return {Error::Code::Busy, sentence,
                u"retry-after:"_s + QString::number(reply.retryAfter(now).count())};
    default:
        return {Error::Code::Unknown, sentence, {}};
    }
}

MessageWalk::MessageWalk(vendor::VendorApi &api, WalkQuestion question,
                         Completion<std::vector<MessageRow>> done, QObject *parent)
    : Operation(std::move(done), parent)
    , m_api(api)
    , m_question(std::move(question))
{}

void MessageWalk::start()
{
    QUrlQuery query;
    if (!m_question.to.isEmpty())
        add(query, u"To"_s, m_question.to);
    if (!m_question.from.isEmpty())
        add(query, u"From"_s, m_question.from);
    add(query, u"DateSent>"_s, dayOf(m_question.since));
    add(query, u"PageSize"_s, QString::number(PageSize));
    ask(vendor::getCall(messagesPath(m_question.account), query));
}

void MessageWalk::ask(const vendor::ApiCall &call)
{
    vendor::ApiCall limited = call;
    limited.bucket = u"api"_s;
    m_api.call(limited, {this, [this](const Result<vendor::ApiReply> &reply) { onReply(reply); }});
}

void MessageWalk::onReply(const Result<vendor::ApiReply> &reply)
{
    if (!reply)
        return finish(reply.error());
    if (!reply->isSuccess())
        return finish(errorFrom(*reply, {}));
    const Result<MessageList> list = messageList(reply->object());
    if (!list)
        return finish(Error{Error::Code::Unknown, list.error().detail, {}});
    bool isBehind = list->rows.empty();
    for (const MessageRow &row : list->rows) {
        isBehind = row.at.isSet() && row.at < m_question.since;
        if (!isBehind)
            m_rows.push_back(row);
    }
    if (isBehind || list->next.isEmpty() || ++m_pages >= m_question.maxPages)
        return finish(std::move(m_rows));
    ask(vendor::getCall(list->next));
}

StatusCheck::StatusCheck(vendor::VendorApi &api, const QString &account, std::vector<QString> sids,
                         Completion<std::vector<MessageRow>> done, QObject *parent)
    : Operation(std::move(done), parent)
    , m_api(api)
    , m_account(account)
    , m_sids(std::move(sids))
{}

void StatusCheck::next()
{
    if (m_at == m_sids.size())
        return finish(std::move(m_rows));
    vendor::ApiCall call = vendor::getCall(u"/2010-04-01/Accounts/"_s + m_account +
                                           u"/Messages/"_s + m_sids[m_at++] + u".json"_s);
    call.bucket = u"api"_s;
    m_api.call(call, {this, [this](const Result<vendor::ApiReply> &reply) {
                          const auto row = reply && reply->isSuccess() ? messageRow(reply->object())
                                                                       : std::nullopt;
                          if (row)
                              m_rows.push_back(*row);
                          next();
                      }});
}

} // namespace peerdesk::channels::twilio
