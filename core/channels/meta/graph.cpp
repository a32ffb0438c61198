// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/meta/graph.h"

#include "core/channels/meta/numbers.h"
#include "core/channels/vendor/items.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QJsonArray>

namespace peerdesk::channels::meta {

using namespace Qt::StringLiterals;

namespace {

constexpr int NoToken = 190;
constexpr int WindowClosedSubcode = 2'018'278;
constexpr int AccessOffSubcode = 2'534'041;
constexpr int MaxSentence = 400;
/// Times from there on are milliseconds: in seconds this would be the year 5138.
constexpr double LeastMilliseconds = 1e11;

bool isLimit(int code)
{
    return code == 4 || code == 17 || code == 32 || code == 613 ||
           (code >= 80'000 && code <= 80'014);
}

bool isPermission(int code)
{
    return code == 3 || code == 10 || (code >= 200 && code <= 299);
}

void take(const QJsonObject &figures, Usage &usage)
{
    for (const QString &name : {u"call_count"_s, u"total_time"_s, u"total_cputime"_s})
        usage.percent = std::max(usage.percent, std::min(figures.value(name).toInt(), 1'000));
    const int minutes = figures.value(u"estimated_time_to_regain_access"_s).toInt();
    usage.regain = std::max(usage.regain, Seconds(60LL * std::clamp(minutes, 0, 24 * 60)));
}

} // namespace

GraphError graphError(const vendor::ApiReply &reply)
{
    const QJsonObject error = reply.object().value(u"error"_s).toObject();
    if (error.isEmpty())
        return {};
    QString sentence = error.value(u"error_user_msg"_s).toString();
    if (sentence.isEmpty())
        sentence = error.value(u"message"_s).toString();
    return {std::max(1, error.value(u"code"_s).toInt()), error.value(u"error_subcode"_s).toInt(),
            vendor::cleanText(sentence, MaxSentence)};
}

vendor::ApiReply plain(vendor::ApiReply reply)
{
    const GraphError error = graphError(reply);
    if (error.code == 0)
        return reply;
    if (error.code == NoToken) {
        reply.status = 401;
    } else if (isLimit(error.code)) {
        reply.status = 429;
        const Seconds regain = std::max(usageOf(reply.headers).regain, numbers::LimitedFor);
        reply.headers.try_emplace("retry-after", QByteArray::number(qint64(regain.count())));
    } else if (isPermission(error.code)) {
        reply.status = 403;
    } else if (reply.isSuccess()) { // an error inside a success is none
        reply.status = 400;
    }
    return reply;
}

bool isAccessSwitchedOff(const GraphError &error)
{
    return error.subcode == AccessOffSubcode ||
           error.sentence.contains(u"disabled access to instagram direct"_s, Qt::CaseInsensitive);
}

QString accessAdvice()
{
    return QCoreApplication::translate(
        "meta", "Instagram does not let Peerdesk at the messages. In the Instagram app open "
                "Settings, Messages and story replies, Message controls, Connected tools, and "
                "switch on \"Allow access to messages\".");
}

bool isWindowClosed(const GraphError &error)
{
    return error.subcode == WindowClosedSubcode;
}

Usage usageOf(const std::map<QByteArray, QByteArray> &headers)
{
    Usage usage;
    for (const char *name : {"x-app-usage", "x-page-usage"}) {
        if (const auto it = headers.find(name); it != headers.end())
            take(QJsonDocument::fromJson(it->second).object(), usage);
    }
    const auto business = headers.find("x-business-use-case-usage");
    if (business == headers.end())
        return usage;
    for (const QJsonValue list : QJsonDocument::fromJson(business->second).object()) {
        for (const QJsonValue figures : list.toArray())
            take(figures.toObject(), usage);
    }
    return usage;
}

Milliseconds steered(Milliseconds usual, const Usage &usage)
{
    if (usage.regain > Seconds(0))
        return std::max<Milliseconds>(usual, usage.regain);
    if (usage.percent >= numbers::FullPercent)
        return std::max<Milliseconds>(usual, std::chrono::minutes(5));
    if (usage.percent >= numbers::BusyPercent)
        return usual * (2 + (usage.percent - numbers::BusyPercent) / 4);
    return usual;
}

SendResult refused(const Result<vendor::ApiReply> &reply, Time now)
{
    if (!reply)
        return vendor::failedSend(reply, {}, now);
    const GraphError error = graphError(*reply);
    QString reason = error.sentence;
    if (isWindowClosed(error)) {
        reason = QCoreApplication::translate(
            "meta", "The time for an answer is over: the customer has to write first.");
    } else if (isAccessSwitchedOff(error)) {
        reason = accessAdvice();
    } else if (reason.isEmpty()) {
        reason = QCoreApplication::translate("meta", "Meta answered %1.").arg(reply->status);
    }
    return vendor::failedSend(plain(*reply), reason, now);
}

QString textIn(const QJsonObject &object, const QString &key)
{
    return object.value(key).toString();
}

QString idIn(const QJsonObject &object, const QString &key)
{
    const QJsonValue value = object.value(key);
    const double number = value.toDouble();
    const QString id = value.isDouble() && number >= 0 && number < 9e15
                           ? QString::number(qint64(number))
                           : value.toString();
    return id.left(MaxIdLength);
}

QString shortHash(const QString &text)
{
    return QString::fromLatin1(
        QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Sha256).toHex().left(12));
}

Time timeOf(const QJsonValue &value)
{
    bool isNumber = false;
    const double number =
        value.isString() ? value.toString().toDouble(&isNumber) : value.toDouble();
    if (value.isString() && !isNumber)
        return Time::fromString(value.toString());
    if (!(number > 0) || number > 1e15)
        return {};
    return {qint64(number < LeastMilliseconds ? number * 1'000 : number)};
}

} // namespace peerdesk::channels::meta
