// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/line/linerequests.h"

#include "core/channels/api/rich.h"
#include "core/channels/line/numbers.h"
#include "core/channels/line/words.h"
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/outgoing.h"

namespace peerdesk::channels::line {

using namespace Qt::StringLiterals;

namespace {

Error no(const QString &reason)
{
    return rejected(reason, u"refused"_s);
}

void addText(const QString &text, std::vector<QJsonObject> &messages)
{
    if (text.trimmed().isEmpty())
        return;
    for (const QString &part : vendor::splitText(text, MaxText))
        messages.push_back({{u"type"_s, u"text"_s}, {u"text"_s, part}});
}

} // namespace

QString chatOf(const Outgoing &outgoing)
{
    if (outgoing.address.kind != u"line"_s || outgoing.address.value == u"unknown"_s)
        return {};
    return outgoing.conversation.thread.isEmpty() ? outgoing.address.value
                                                  : outgoing.conversation.thread;
}

QString replyTokenOf(const Outgoing &outgoing)
{
    const QString token = vendor::answeredHeader(outgoing, u"reply_token"_s);
    if (token.isEmpty())
        return {};
    const Message &asked = *outgoing.answered;
    const Time came = asked.providerTime.isSet() ? asked.providerTime : asked.createdAt;
    const Time made = std::max(outgoing.message.createdAt, outgoing.message.sendAt);
    return made - came <= ReplyTokenLives ? token : QString();
}

QString retryKey(MessageId message, int part)
{
    return QUuid::createUuidV5(message.value, "line:" + QByteArray::number(part))
        .toString(QUuid::WithoutBraces);
}

Result<std::vector<QJsonObject>> messagesOf(const Outgoing &outgoing)
{
    const Content &content = outgoing.message.content;
    if (chatOf(outgoing).isEmpty())
        return no(words("This customer has no address that can be written to from here."));
    if (!outgoing.lastInboundAt.isSet())
        return no(words("On LINE the customer has to write first."));
    if (!content.attachments.empty())
        return no(words("LINE takes files from a public address only, and this office offers none: "
                        "send a link instead."));
    const QJsonObject rich = vendor::richOf(content);
    std::vector<QJsonObject> messages;
    if (!rich.isEmpty())
        messages = richMessages(rich);
    if (messages.empty())
        addText(rich.isEmpty() ? content.text : rich::fallbackText(rich), messages);
    if (messages.empty())
        return no(words("There is nothing in it to be sent."));
    const QString quote = vendor::answeredHeader(outgoing, u"quote_token"_s);
    const bool isQuoting = !quote.isEmpty() && !outgoing.message.replyTo.isNull() &&
                           outgoing.answered->id == outgoing.message.replyTo;
    if (isQuoting && messages.front().value(u"type"_s).toString() == u"text"_s)
        messages.front().insert(u"quoteToken"_s, quote);
    return messages;
}

} // namespace peerdesk::channels::line
