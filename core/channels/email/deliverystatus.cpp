// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/deliverystatus.h"

#include "core/channels/email/charset.h"
#include "core/channels/email/headers.h"

#include <QStringList>

#include <array>
#include <map>
#include <utility>

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

constexpr qsizetype MaxBody = 256 * 1024;

using Fields = std::map<QString, QString>;

/// "rfc822; anna@example.org" without its type.
QString typed(const QString &value)
{
    return value.mid(value.indexOf(u';') + 1).trimmed();
}

QList<Fields> blocks(const QString &body)
{
    QList<Fields> all(1);
    QString last;
    for (const QString &line : body.split(u'\n')) {
        if (line.trimmed().isEmpty()) {
            if (!all.back().empty() && all.size() < 100)
                all.emplace_back();
            last.clear();
            continue;
        }
        const bool continues = line.startsWith(u' ') || line.startsWith(u'\t');
        if (continues && !last.isEmpty()) {
            all.back()[last] += u' ' + line.trimmed();
            continue;
        }
        const qsizetype colon = line.indexOf(u':');
        last = line.left(colon).trimmed().toLower();
        if (colon > 0)
            all.back()[last] = line.mid(colon + 1).trimmed();
    }
    return all;
}

QString value(const Fields &fields, const QString &name)
{
    const auto found = fields.find(name);
    return found == fields.end() ? QString() : oneLine(found->second, 300);
}

QString reasonOf(const Fields &fields)
{
    QString who = typed(value(fields, u"original-recipient"_s));
    if (who.isEmpty())
        who = typed(value(fields, u"final-recipient"_s));
    const QString status = value(fields, u"status"_s).section(u' ', 0, 0);
    const QString words = wordsForStatus(status);
    const QString said = typed(value(fields, u"diagnostic-code"_s));
    QStringList parts;
    if (!words.isEmpty())
        parts += words;
    if (!said.isEmpty())
        parts += said;
    else if (!status.isEmpty())
        parts += status;
    const QString all = parts.join(u" — "_s);
    return who.isEmpty() ? all : who + u": "_s + all;
}

std::optional<DeliveryStatus::Action> actionOf(const Fields &fields)
{
    const QString word = value(fields, u"action"_s).toLower().section(u' ', 0, 0);
    if (word == u"failed")
        return DeliveryStatus::Action::Failed;
    if (word == u"delayed")
        return DeliveryStatus::Action::Delayed;
    if (word == u"delivered" || word == u"relayed" || word == u"expanded")
        return DeliveryStatus::Action::Delivered;
    return std::nullopt;
}

} // namespace

std::optional<DeliveryStatus> parseDeliveryStatus(const QByteArray &body)
{
    std::optional<DeliveryStatus> worst;
    for (const Fields &fields : blocks(decodeText(body.left(MaxBody), {}))) {
        const auto action = actionOf(fields);
        if (action && (!worst || *action < worst->action))
            worst = DeliveryStatus{*action, reasonOf(fields)};
    }
    return worst;
}

QString wordsForStatus(const QString &code)
{
    static constexpr std::array<std::pair<const char16_t *, const char16_t *>, 14> table{{
        {u".1.1", u"There is no such mailbox"},
        {u".1.2", u"There is no such mail domain"},
        {u".1.3", u"The address is not valid"},
        {u".1.10", u"The address accepts no mail"},
        {u".2.1", u"The mailbox is switched off"},
        {u".2.2", u"The mailbox is full"},
        {u".2.3", u"The message is too long for the mailbox"},
        {u".3.4", u"The message is too big"},
        {u".4.1", u"The recipient's server does not answer"},
        {u".4.4", u"The recipient's server cannot be found"},
        {u".4.7", u"It could not be delivered in time"},
        {u".5.3", u"Too many recipients"},
        {u".7.1", u"The recipient's server refuses the message"},
        {u".7.26", u"The sender could not be verified (SPF or DKIM)"},
    }};
    for (const auto &[ending, words] : table) {
        if (code.size() > 1 && QStringView(code).mid(1) == QStringView(ending))
            return QString::fromUtf16(words);
    }
    return {};
}

} // namespace peerdesk::channels::email
