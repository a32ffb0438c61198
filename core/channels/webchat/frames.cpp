// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/webchat/frames.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QUrl>

namespace peerdesk::channels::webchat {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxAnswerBytes = 8 * 1024;

const BadFrame Junk{u"bad_frame"_s, {}};

QString languageTag(const QString &text)
{
    static const QRegularExpression tag(u"\\A[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}\\z"_s);
    return tag.match(text).hasMatch() ? text : QString();
}

QString pageAddress(const QString &text)
{
    if (text.size() > MaxPageLength)
        return {};
    const QUrl url(text, QUrl::StrictMode);
    const bool isWeb = url.scheme() == u"https"_s || url.scheme() == u"http"_s;
    return url.isValid() && isWeb ? url.toString(QUrl::RemoveUserInfo | QUrl::FullyEncoded)
                                  : QString();
}

bool isEmail(const QString &text)
{
    static const QRegularExpression shape(
        u"\\A[^\\s@<>()\\[\\],;:\"\\\\]{1,64}@[^\\s@<>()\\[\\],;:\"\\\\]+\\.[^\\s@.<>,;:\"]{2,}\\z"_s);
    return text.size() <= MaxEmailLength && shape.match(text).hasMatch();
}

/// A sequence is a whole number or a short word; anything else is empty.
QString sequenceOf(const QJsonValue &value)
{
    if (value.isDouble()) {
        const qint64 number = value.toInteger(-1);
        return number >= 0 && double(number) == value.toDouble() ? QString::number(number)
                                                                 : QString();
    }
    static const QRegularExpression word(u"\\A[0-9A-Za-z-]{1,40}\\z"_s);
    const QString text = value.toString();
    return word.match(text).hasMatch() ? text : QString();
}

std::optional<std::vector<FileReference>> filesOf(const QJsonValue &value)
{
    std::vector<FileReference> files;
    if (value.isUndefined() || value.isNull())
        return files;
    if (!value.isArray())
        return std::nullopt;
    for (const QJsonValue entry : value.toArray()) {
        const QJsonObject file = entry.toObject();
        const QByteArray sha256 =
            QByteArray::fromHex(file.value("sha256"_L1).toString().toLatin1());
        if (sha256.size() != 32)
            return std::nullopt;
        files.push_back({sha256, cleanFileName(file.value("name"_L1).toString())});
    }
    return files;
}

ClientFrame hello(const QJsonObject &in)
{
    HelloFrame frame;
    frame.token = in.value("token"_L1).toString();
    if (frame.token.size() > 256)
        frame.token = u"?"_s; // surely not one of ours
    frame.language = languageTag(in.value("lang"_L1).toString());
    frame.page = pageAddress(in.value("page"_L1).toString());
    frame.after = MessageId::fromString(in.value("after"_L1).toString());
    return frame;
}

/// What was chosen or filled in; nothing else of a visitor's JSON is kept.
QJsonObject answerOf(const QJsonObject &in)
{
    if (QJsonDocument(in).toJson(QJsonDocument::Compact).size() > MaxAnswerBytes)
        return {};
    if (in.value("values"_L1).isObject())
        return rich::formAnswer(in.value("values"_L1).toObject());
    const QString option = cleanLine(in.value("option"_L1).toString(), MaxNameLength);
    return option.isEmpty()
               ? QJsonObject()
               : rich::answer(option, cleanLine(in.value("title"_L1).toString(), MaxNameLength));
}

ClientFrame message(const QJsonObject &in)
{
    MessageFrame frame;
    frame.sequence = sequenceOf(in.value("seq"_L1));
    const auto files = filesOf(in.value("attachments"_L1));
    if (frame.sequence.isEmpty() || !files)
        return Junk;
    frame.files = *files;
    frame.text = cleanText(in.value("text"_L1).toString());
    frame.name = cleanLine(in.value("name"_L1).toString(), MaxNameLength);
    frame.email = in.value("email"_L1).toString().trimmed().toLower();
    frame.answer = answerOf(in.value("answer"_L1).toObject());
    frame.about = MessageId::fromString(in.value("about"_L1).toString());
    if (frame.text.size() > MaxTextLength)
        return BadFrame{u"too_long"_s, frame.sequence};
    if (frame.files.size() > size_t(MaxFilesPerMessage))
        return BadFrame{u"too_many_files"_s, frame.sequence};
    if (frame.text.trimmed().isEmpty() && frame.files.empty())
        return BadFrame{u"empty"_s, frame.sequence};
    if (!frame.email.isEmpty() && !isEmail(frame.email))
        return BadFrame{u"bad_email"_s, frame.sequence};
    return frame;
}

QString authorWord(AuthorKind kind)
{
    return kind == AuthorKind::Customer ? u"visitor"_s : enumName(kind);
}

} // namespace

ClientFrame parseFrame(const QByteArray &utf8)
{
    if (utf8.size() > MaxFrameBytes)
        return BadFrame{u"too_long"_s, {}};
    const QJsonDocument document = QJsonDocument::fromJson(utf8);
    if (!document.isObject())
        return Junk;
    const QJsonObject in = document.object();
    const QString type = in.value("type"_L1).toString();
    if (type == u"hello"_s)
        return hello(in);
    if (type == u"message"_s)
        return message(in);
    if (type == u"typing"_s && in.value("on"_L1).isBool())
        return TypingFrame{in.value("on"_L1).toBool()};
    if (type == u"ping"_s)
        return PingFrame{};
    const MessageId upTo = MessageId::fromString(in.value("up_to"_L1).toString());
    if (type == u"read"_s && !upTo.isNull())
        return ReadFrame{upTo};
    return Junk;
}

QString cleanText(const QString &text)
{
    QString unified = QString::fromUtf8(text.toUtf8()); // lone surrogates become U+FFFD
    unified.replace("\r\n"_L1, "\n"_L1).replace(u'\r', u'\n');
    unified.removeIf(
        [](QChar c) { return c.category() == QChar::Other_Control && c != u'\n' && c != u'\t'; });
    return unified;
}

QString cleanLine(const QString &text, int length)
{
    QString line = cleanText(text);
    line.replace(u'\n', u' ').replace(u'\t', u' ');
    line.removeIf([](QChar c) {
        return (c >= QChar(0x202A) && c <= QChar(0x202E)) ||
               (c >= QChar(0x2066) && c <= QChar(0x2069));
    });
    line = line.trimmed().left(length);
    if (!line.isEmpty() && line.back().isHighSurrogate())
        line.chop(1);
    return line;
}

QString cleanFileName(const QString &name)
{
    QString last = name;
    last = last.mid(std::max(last.lastIndexOf(u'/'), last.lastIndexOf(u'\\')) + 1);
    last.removeIf([](QChar c) { return c.category() == QChar::Other_Format; });
    QString line = cleanLine(last, MaxFileNameLength);
    line.replace(u':', u'_');
    while (line.startsWith(u'.'))
        line.remove(0, 1);
    while (!line.isEmpty() && (line.back() == u'.' || line.back().isSpace()))
        line.chop(1);
    return line.isEmpty() ? u"file"_s : line;
}

QJsonObject attachmentObject(const Attachment &attachment)
{
    return {{u"sha256"_s, QString::fromLatin1(attachment.sha256.toHex())},
            {u"name"_s, attachment.name},
            {u"type"_s, attachment.mimeType},
            {u"size"_s, attachment.size}};
}

QJsonObject messageFrame(const Message &message, const QString &sequence, const QString &authorName)
{
    QJsonArray files;
    for (const Attachment &attachment : message.content.attachments)
        files.append(attachmentObject(attachment));
    QJsonArray replies;
    for (const QString &reply : message.content.quickReplies)
        replies.append(reply);
    QJsonObject frame{{u"type"_s, u"message"_s},
                      {u"id"_s, message.id.toString()},
                      {u"from"_s, authorWord(message.authorKind)},
                      {u"author"_s, authorName},
                      {u"text"_s, message.content.text},
                      {u"attachments"_s, files},
                      {u"quick_replies"_s, replies},
                      {u"at"_s, message.createdAt.toString()}};
    const QJsonObject rich = json::object(message.content.rich);
    if (!rich.isEmpty() && !rich.value("degraded"_L1).toBool())
        frame.insert(u"rich"_s, rich);
    if (!sequence.isEmpty())
        frame.insert(u"seq"_s, sequence);
    return frame;
}

QByteArray encode(const QJsonObject &frame)
{
    return QJsonDocument(frame).toJson(QJsonDocument::Compact);
}

} // namespace peerdesk::channels::webchat
