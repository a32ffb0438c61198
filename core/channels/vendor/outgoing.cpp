// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/outgoing.h"

#include "core/base/json.h"
#include "core/channels/vendor/markup.h"

#include <algorithm>

namespace peerdesk::channels::vendor {

using namespace Qt::StringLiterals;

QJsonObject richOf(const Content &content)
{
    if (!content.rich.isEmpty())
        return json::object(content.rich);
    if (content.quickReplies.empty())
        return {};
    QJsonArray options;
    for (const QString &choice : content.quickReplies)
        options.append(QJsonObject{{u"id"_s, choice}, {u"title"_s, choice}});
    return {{u"kind"_s, u"quick_replies"_s}, {u"text"_s, content.text}, {u"options"_s, options}};
}

bool isWindowOver(const Outgoing &outgoing, Seconds window, Time now)
{
    return !outgoing.lastInboundAt.isSet() || now - outgoing.lastInboundAt >= window;
}

SendResult refused(const QString &reason)
{
    return {SendResult::Kind::Refused, {}, reason, {}};
}

QString withMarks(const QString &markdown, const Marks &marks)
{
    QString out;
    for (const Run &run : runsOf(markdown)) {
        const QString core = run.text.trimmed();
        QString text = run.text;
        if (!core.isEmpty() && !core.contains(u'\n')) { // marks stand at words, within a line
            const QString around =
                (run.isBold ? marks.bold : QString()) + (run.isItalic ? marks.italic : QString()) +
                (run.isStruck ? marks.struck : QString()) + (run.isCode ? marks.code : QString());
            QString closing = around;
            std::reverse(closing.begin(), closing.end());
            text.replace(text.indexOf(core), core.size(), around + core + closing);
        }
        out += text;
        if (!run.link.isEmpty() && run.link != run.text)
            out += u" ("_s + run.link + u')';
    }
    return out;
}

QString answeredHeader(const Outgoing &outgoing, const QString &name)
{
    if (!outgoing.answered)
        return {};
    return json::object(outgoing.answered->headers).value(name).toString();
}

} // namespace peerdesk::channels::vendor
