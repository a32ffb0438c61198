// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/richcontent.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

/// Choices beside a text are quick replies in short.
QJsonObject quickReplies(const Content &content)
{
    QJsonArray options;
    for (const QString &choice : content.quickReplies)
        options.append(QJsonObject{{u"title"_s, choice}});
    return {{u"kind"_s, u"quick_replies"_s}, {u"text"_s, content.text}, {u"options"_s, options}};
}

QString hours(Seconds span)
{
    return QString::number(std::chrono::duration_cast<std::chrono::hours>(span).count());
}

/// Messages that may have come since something was asked; what is older is not answered by "2".
constexpr int MostLookedBack = 50;

bool hasChoices(const Message &message)
{
    const QJsonObject rich = json::object(message.content.rich);
    const QString kind = rich.value(u"kind"_s).toString();
    return !rich::optionsOf(rich).empty() || kind == u"form"_s || kind == u"adaptive_card"_s;
}

/// Our last message of this way with something to choose or fill in: a link or a place that went
/// out behind it asks nothing.
std::optional<Message> lastQuestion(const Decision &decision, const Conversation &conversation)
{
    const auto newest = conversation.question.isNull()
                            ? std::nullopt
                            : decision.get<Message>(conversation.question);
    if (!newest || hasChoices(*newest))
        return newest;
    const auto messages = decision.view().newestMessages(conversation.id, MostLookedBack);
    const auto asks = [&](const Message &message) {
        return message.kind == MessageKind::Reply && message.state != MessageState::Canceled &&
               message.state != MessageState::Failed && hasChoices(message) &&
               accountOf(decision.view(), conversation, message) == conversation.account;
    };
    const auto asked = std::find_if(messages.rbegin(), messages.rend(), asks);
    return asked == messages.rend() ? std::nullopt : std::optional(*asked);
}

} // namespace

Result<Done> prepareContent(const ChannelRules &rules, Content &content)
{
    QJsonObject given = json::object(content.rich);
    const bool isShort = given.isEmpty() && !content.quickReplies.empty();
    if (isShort)
        given = quickReplies(content);
    if (given.isEmpty())
        return Done{};
    if (given.value(u"text"_s).toString().isEmpty() && !content.text.isEmpty())
        given.insert(u"text"_s, content.text);
    Result<QJsonObject> checked = rich::checked(given);
    if (!checked)
        return checked.error();
    const QString kind = checked->value(u"kind"_s).toString();
    const bool isNative = rules.nativeRich.contains(kind);
    if (isNative)
        checked->remove(u"degraded"_s);
    else
        checked->insert(u"degraded"_s, true);
    content.rich = json::canonical(*checked);
    const bool hasButtons = isShort && isNative; // the text stands beside them
    content.text = hasButtons ? content.text : rich::fallbackText(*checked);
    return Done{};
}

void completeAnswer(const Decision &decision, const Conversation &conversation,
                    const InboundItem &item, Content &content)
{
    const QJsonObject given = json::object(content.rich);
    if (!given.isEmpty() && given.value(u"kind"_s) != u"answer"_s)
        return;
    std::optional<Message> question;
    if (!item.receiptFor.isEmpty())
        question = decision.view().byProviderId(conversation.account, item.receiptFor);
    if (!question)
        question = lastQuestion(decision, conversation);
    if (!question || question->conversation != conversation.id)
        return;
    QJsonObject answer = rich::answered(json::object(question->content.rich), given, content.text);
    if (answer.isEmpty())
        return;
    answer.insert(u"question"_s, question->id.toString());
    content.rich = json::canonical(answer);
    if (content.text.isEmpty())
        content.text = answer.value(u"title"_s).toString();
}

Result<Done> checkWindow(const ChannelRules &rules, const Conversation &conversation, Time when,
                         const Content &content)
{
    if (rules.replyWindow == Seconds(0))
        return Done{};
    using channels::AfterWindow;
    const bool isTemplate =
        rules.afterWindow == AfterWindow::Template && rich::kindOf(content.rich) == u"template"_s;
    const Seconds window = rules.afterWindow == AfterWindow::HumanTag
                               ? std::max(rules.replyWindow, rules.humanWindow)
                               : rules.replyWindow;
    if (isTemplate || (conversation.lastInboundAt.isSet() &&
                       when - conversation.lastInboundAt <= Milliseconds(window)))
        return Done{};
    const QString ways = rules.afterWindow == AfterWindow::Template
                             ? u"Send an approved template, or write to the customer on another "
                               "channel"_s
                             : u"Wait until the customer writes, or use another channel"_s;
    return rejected(u"this channel allows answers for %1 hours after the customer wrote, and that "
                    "time is over. Nothing was sent. %2"_s.arg(hours(window), ways),
                    u"window-closed"_s);
}

} // namespace peerdesk::node
