// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/channellimits.h"

#include "core/domain/permissions.h"
#include "ui/common/paint.h"
#include "ui/common/timetext.h"

#include <QCoreApplication>
#include <QJsonObject>
#include <QMimeDatabase>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct Files
{
    Q_DECLARE_TR_FUNCTIONS(peerdesk::ui::Files)
};

std::vector<MessageAction> actionsIn(const QJsonValue &names)
{
    std::vector<MessageAction> actions;
    for (const QJsonValue name : names.toArray()) {
        if (const auto known = enumFromName<MessageAction>(name.toString()))
            actions.push_back(*known);
    }
    return actions;
}

} // namespace

ChannelLimits limitsOf(const QJsonArray &types, const QString &channel)
{
    ChannelLimits limits;
    for (const QJsonValue type : types) {
        if (type[u"type"].toString() != channel)
            continue;
        const QJsonObject can = type[u"capabilities"].toObject();
        const QString after = can[u"after_window"_s].toString();
        const qint64 window = can[u"reply_window"_s].toInteger();
        limits.label = type[u"label"].toString();
        limits.isPublic = can[u"public"_s].toBool();
        limits.privateAnswers = can[u"private_answers"_s].toBool();
        limits.actions = actionsIn(can[u"actions"_s]);
        limits.ownActions = actionsIn(can[u"own_actions"_s]);
        limits.answerWindow =
            Seconds(after == u"human_tag"_s ? std::max(window, can[u"human_window"_s].toInteger())
                                            : window);
        limits.freeWindow = Seconds(window);
        limits.hasTemplates = after == u"template"_s;
        const QJsonObject rich = can[u"rich"_s].toObject();
        for (auto it = rich.begin(); it != rich.end(); ++it)
            limits.rich[it.key()] = it.value().toString();
        limits.maxText = can[u"max_text_length"_s].toInt();
        FileRules &files = limits.files;
        files.maxBytes = can[u"max_attachment_bytes"_s].toInteger(files.maxBytes);
        files.maxPictureBytes = can[u"max_picture_bytes"_s].toInteger();
        files.maxTotalBytes = can[u"max_total_bytes"_s].toInteger();
        files.maxCount = can[u"max_attachments"_s].toInt(files.maxCount);
        for (const QJsonValue kind : can[u"attachment_types"_s].toArray())
            files.types.push_back(kind.toString());
    }
    return limits;
}

void limitTo(ChannelLimits &limits, const ChannelAccount &account, Role role)
{
    limits.mayAnswerPublicly = !limits.isPublic || isAllowed(account, AnswersBy, role);
    if (!isAllowed(account, ActionsBy, role))
        limits.actions.clear();
}

QString typeNames(const std::vector<QString> &types)
{
    const QMimeDatabase known;
    QStringList names;
    for (const QString &type : types) {
        const QString suffix = known.mimeTypeForName(type).preferredSuffix().toUpper();
        const QString name = type == u"image/*"   ? Files::tr("pictures")
                             : type == u"video/*" ? Files::tr("videos")
                             : type == u"audio/*" ? Files::tr("sound")
                             : suffix.isEmpty()   ? type
                                                  : suffix;
        if (!names.contains(name))
            names += name;
    }
    return names.join(u", "_s);
}

QString fileProblem(const FileRules &rules, const std::vector<Attachment> &others,
                    const QString &name, const QString &mimeType, qint64 size)
{
    if (!isOneOf(rules.types, mimeType))
        return Files::tr("This channel takes no files like %1. It takes: %2")
            .arg(isolate(name), typeNames(rules.types));
    const qint64 limit = rules.maxBytesOf(mimeType);
    if (size > limit)
        return Files::tr("%1 is larger than %2. Send a link or a smaller file.")
            .arg(isolate(name), sizeText(limit));
    if (others.size() >= size_t(rules.maxCount))
        return Files::tr("At most %n files in one message", nullptr, rules.maxCount);
    for (const Attachment &other : others)
        size += other.size;
    return rules.maxTotalBytes > 0 && size > rules.maxTotalBytes
               ? Files::tr("With %1 the files are larger than %2 together. Send them in several "
                           "messages, or a link.")
                     .arg(isolate(name), sizeText(rules.maxTotalBytes))
               : QString();
}

std::optional<Time> answerableUntil(const ChannelLimits &limits, const Conversation &conversation)
{
    if (limits.answerWindow == Seconds(0))
        return std::nullopt;
    return conversation.lastInboundAt + Milliseconds(limits.answerWindow);
}

} // namespace peerdesk::ui
