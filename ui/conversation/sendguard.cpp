// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/sendguard.h"

#include <QRegularExpression>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr size_t MaxPlaceholders = 50;

const QRegularExpression &placeholder()
{
    static const QRegularExpression pattern(u"\\{\\{\\s*([A-Za-z][\\w.]{0,60})\\s*\\}\\}"_s);
    return pattern;
}
} // namespace

std::optional<int> missedColleague(const MessageModel &messages, AgentId me, Time draftBegan,
                                   const std::function<bool(MessageId)> &wasSeen)
{
    if (!draftBegan.isSet())
        return std::nullopt;
    std::optional<int> first;
    for (int row = messages.rowCount() - 1; row >= 0; --row) {
        const Message &message = messages.at(row);
        if (message.createdAt < draftBegan)
            break;
        const bool isColleagues =
            message.authorKind == AuthorKind::Agent && message.author != me &&
            (message.kind == MessageKind::Reply || message.kind == MessageKind::Note);
        if (isColleagues && !messages.isHeld(row) && !wasSeen(message.id))
            first = row;
    }
    return first;
}

std::vector<std::pair<int, int>> findPlaceholders(const QString &text)
{
    std::vector<std::pair<int, int>> found;
    auto it = placeholder().globalMatch(text);
    while (it.hasNext() && found.size() < MaxPlaceholders) {
        const auto match = it.next();
        found.emplace_back(int(match.capturedStart()), int(match.capturedLength()));
    }
    return found;
}

QString fillPlaceholders(const QString &text, const std::map<QString, QString> &values)
{
    QString out;
    qsizetype from = 0;
    auto it = placeholder().globalMatch(text);
    while (it.hasNext()) {
        const auto match = it.next();
        const auto value = values.find(match.captured(1));
        out += text.mid(from, match.capturedStart() - from);
        out += value == values.end() || value->second.isEmpty() ? match.captured(0) : value->second;
        from = match.capturedEnd();
    }
    return out + text.mid(from);
}

} // namespace peerdesk::ui
