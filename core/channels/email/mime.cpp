// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/mime.h"

#include "core/base/json.h"
#include "core/channels/email/charset.h"
#include "core/channels/email/headers.h"
#include "core/channels/email/html.h"
#include "core/channels/email/mailbody.h"
#include "core/channels/email/quote.h"
#include "core/channels/email/receipt.h"

#include <QCryptographicHash>
#include <QRegularExpression>

#include <algorithm>

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

/// Most of the quoted part that travels with the message; the HTML and the mailbox have the rest.
constexpr qsizetype MaxQuotedBytes = 16 * 1024;
/// Text, HTML and headers of one item together: it must fit one log entry with room to spare.
constexpr qsizetype MaxItemBytes = 190 * 1024;

QByteArray sha256(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
}

/// At most `limit` UTF-8 bytes, cut between characters.
QString cutTo(const QString &text, qsizetype limit)
{
    const QByteArray utf8 = text.toUtf8();
    if (utf8.size() <= limit)
        return text;
    qsizetype end = limit;
    while (end > 0 && (utf8[end] & 0xc0) == 0x80)
        --end;
    return QString::fromUtf8(utf8.left(end));
}

Attachment attach(ParsedMail &mail, const QByteArray &bytes, const QString &name,
                  const QByteArray &type)
{
    Attachment attachment;
    attachment.sha256 = sha256(bytes);
    attachment.name = name;
    attachment.mimeType = sniffedType(bytes, type);
    attachment.size = bytes.size();
    mail.attachments.emplace(attachment.sha256, bytes);
    return attachment;
}

QString fallbackName(const MimePart &part)
{
    if (part.type == "text/calendar")
        return u"invite.ics"_s;
    if (part.type == "application/ms-tnef")
        return u"winmail.dat"_s;
    if (part.type == "text/html")
        return u"attachment.html"_s;
    if (part.type.startsWith("text/"))
        return u"attachment.txt"_s;
    if (part.type == "message/rfc822") {
        static const QRegularExpression subject(u"^subject:[ \\t]*([^\\r\\n]{1,100})"_s,
                                                QRegularExpression::CaseInsensitiveOption |
                                                    QRegularExpression::MultilineOption);
        const QString line = subject.match(decodeText(part.body.left(16'384), {})).captured(1);
        const bool isPlain = !line.isEmpty() && !line.contains("=?"_L1);
        return isPlain
                   ? safeFileName(QString(line).replace(u'/', u'_') + u".eml"_s, u"message.eml"_s)
                   : u"message.eml"_s;
    }
    if (part.type.startsWith("image/")) {
        const QByteArray ending = part.type.mid(6).left(5);
        const bool isWord =
            std::all_of(ending.begin(), ending.end(), [](char c) { return c >= 'a' && c <= 'z'; });
        return u"image."_s + (isWord ? QString::fromLatin1(ending) : u"bin"_s);
    }
    return u"attachment.bin"_s;
}

void addFiles(ParsedMail &mail, const MailBody &body, const QByteArray &raw)
{
    std::vector<Attachment> &out = mail.item.content.attachments;
    for (const MimePart *part : body.files) {
        if (part->body.isEmpty() && part->fileName.isEmpty())
            continue;
        if (out.size() >= MaxAttachments) {
            out.push_back(attach(mail, raw, u"original.eml"_s, "message/rfc822"));
            return;
        }
        Attachment file =
            attach(mail, part->body, safeFileName(part->fileName, fallbackName(*part)), part->type);
        file.contentId = part->contentId;
        file.isInline = !file.contentId.isEmpty() && file.mimeType.startsWith("image/"_L1) &&
                        body.html.contains(u"cid:"_s + file.contentId);
        out.push_back(std::move(file));
    }
}

void addText(ParsedMail &mail, const MailBody &body, QJsonObject &headers)
{
    Content &content = mail.item.content;
    const SplitText split = splitQuoted(body.text);
    content.text = split.fresh;
    if (!split.quoted.isEmpty())
        headers.insert(u"quoted"_s, cutTo(split.quoted, MaxQuotedBytes));
    const bool isLong = split.fresh.toUtf8().size() > MaxTextBytes;
    if (isLong)
        content.text = cutTo(split.fresh, MaxTextBytes - 16) + u"\n…"_s;
    const bool isQuoteCut = split.quoted.toUtf8().size() > MaxQuotedBytes && body.html.isEmpty();
    if (isLong || isQuoteCut)
        content.attachments.push_back(
            attach(mail, body.text.toUtf8(), u"message.txt"_s, "text/plain"));
}

void addHtml(ParsedMail &mail, const MailBody &body, QJsonObject &headers)
{
    if (body.html.trimmed().isEmpty())
        return;
    Content &content = mail.item.content;
    const CleanHtml clean = sanitize(body.html);
    content.html = clean.html;
    if (clean.remoteImages > 0)
        headers.insert(u"remote_images"_s, clean.remoteImages);
    const qsizetype room = MaxItemBytes - content.text.toUtf8().size() -
                           QJsonDocument(headers).toJson(QJsonDocument::Compact).size();
    const bool fits = content.html.toUtf8().size() <= room;
    if (!fits)
        content.html.clear();
    if (clean.isCut || !fits)
        content.attachments.push_back(
            attach(mail, body.html.toUtf8(), u"message.html"_s, "text/html"));
}

QJsonArray listed(const std::vector<MailAddress> &addresses)
{
    QJsonArray array;
    for (const MailAddress &one : addresses) {
        if (array.size() >= 50)
            break;
        array.append(QJsonObject{{u"name"_s, one.name.left(80)}, {u"address"_s, one.address}});
    }
    return array;
}

QJsonArray listed(const std::vector<QString> &texts)
{
    QJsonArray array;
    for (const QString &text : texts)
        array.append(text);
    return array;
}

void setAddresses(ParsedMail &mail, const MailTree &tree)
{
    InboundItem &item = mail.item;
    item.sender = {
        u"email"_s, {}, tree.from.front().address, tree.from.front().address, Evidence::Provider};
    item.senderName = tree.from.front().name;
    if (!tree.replyTo.empty() && tree.replyTo.front().address != item.sender.value)
        item.also.push_back({u"email"_s,
                             {},
                             tree.replyTo.front().address,
                             tree.replyTo.front().address,
                             Evidence::Typed});
}

/// Message-ID, the ids it answers nearest first, and the root of its thread.
void setThread(InboundItem &item, const MailTree &tree, const QByteArray &raw, QJsonObject &headers)
{
    const std::vector<QString> own = messageIds(tree.header(u"message-id"_s));
    const std::vector<QString> answers = messageIds(tree.header(u"in-reply-to"_s));
    const std::vector<QString> references = messageIds(tree.header(u"references"_s));
    item.providerId =
        own.empty() ? u"sha256:"_s + QString::fromLatin1(sha256(raw).toHex()) : own.front();
    item.threadHints.assign(answers.begin(), answers.end());
    for (auto id = references.rbegin(); id != references.rend(); ++id) {
        if (std::find(item.threadHints.begin(), item.threadHints.end(), *id) ==
            item.threadHints.end())
            item.threadHints.push_back(*id);
    }
    if (item.threadHints.size() > MaxReferences)
        item.threadHints.resize(MaxReferences);
    item.thread = !references.empty() ? references.front()
                  : !answers.empty()  ? answers.front()
                                      : item.providerId;
    headers.insert(u"message_id"_s, own.empty() ? QString() : own.front());
    headers.insert(u"in_reply_to"_s, answers.empty() ? QString() : answers.front());
    headers.insert(u"references"_s, listed(references));
}

void setReceipt(InboundItem &item, const Receipt &receipt)
{
    item.kind = ItemKind::Receipt;
    item.receiptFor = receipt.messageId;
    item.receiptState = receipt.status.action == DeliveryStatus::Action::Delivered
                            ? MessageState::Delivered
                            : MessageState::Failed;
    item.receiptReason = receipt.status.reason;
}

/// Where the head ends: after its first empty line.
qsizetype headSize(const QByteArray &raw)
{
    const qsizetype bare = raw.indexOf("\n\n");
    const qsizetype dos = raw.indexOf("\n\r\n");
    const qsizetype end = bare < 0 ? dos : dos < 0 ? bare : std::min(bare, dos);
    return end < 0 ? raw.size() : end + 1;
}

/// What a mail that is not taken apart says in its head: who wrote it and about what.
void readHead(InboundItem &item, const QByteArray &raw)
{
    constexpr qsizetype MaxHead = 64 * 1024;
    const Result<MailTree> tree = readMail(raw.left(std::min(headSize(raw), MaxHead)) + "\r\n");
    if (!tree)
        return;
    const std::vector<QString> own = messageIds(tree->header(u"message-id"_s));
    item.content.subject = oneLine(tree->subject);
    QJsonObject headers{{u"from"_s, listed(tree->from)},
                        {u"date"_s, Time{tree->dateMs}.toString()},
                        {u"message_id"_s, own.empty() ? QString() : own.front()}};
    item.headers = json::canonical(headers);
    if (tree->from.empty())
        return;
    const MailAddress &from = tree->from.front();
    item.sender = {u"email"_s, {}, from.address, from.address, Evidence::Provider};
    item.senderName = from.name;
}

QString quarantineId(const QByteArray &raw)
{
    return u"sha256:"_s + QString::fromLatin1(sha256(raw).toHex());
}

ParsedMail read(const MailTree &tree, const QByteArray &raw, const ParseContext &context)
{
    ParsedMail mail;
    InboundItem &item = mail.item;
    QJsonObject headers{{u"from"_s, listed(tree.from)},
                        {u"to"_s, listed(tree.to)},
                        {u"cc"_s, listed(tree.cc)},
                        {u"reply_to"_s, listed(tree.replyTo)},
                        {u"date"_s, Time{tree.dateMs}.toString()},
                        {u"subject_key"_s, subjectKey(tree.subject)},
                        {u"is_reply"_s, isReplySubject(tree.subject)}};
    setThread(item, tree, raw, headers);
    if (tree.dateMs == 0) // nothing else tells two mails of one form apart
        headers.insert(u"body_hash"_s, QString::fromLatin1(sha256(raw.mid(headSize(raw))).toHex()));
    setAddresses(mail, tree);
    item.content.subject = oneLine(tree.subject);
    item.providerTime = context.receivedAt.isSet() ? context.receivedAt : Time{tree.dateMs};
    const MailBody body = chooseBody(tree.root);
    addText(mail, body, headers);
    addHtml(mail, body, headers);
    addFiles(mail, body, raw);
    item.isAutomatic = isAutomatic(tree);
    if (const std::optional<Receipt> receipt = receiptIn(tree, body.text))
        setReceipt(item, *receipt);
    mail.isOwn = item.sender.value == context.ownAddress &&
                 isOwnMessageId(item.providerId, domainOf(context.ownAddress));
    item.headers = json::canonical(headers);
    return mail;
}

} // namespace

ParsedMail parse(const QByteArray &raw, const ParseContext &context)
{
    const Result<MailTree> tree = readMail(raw);
    if (!tree)
        return quarantined(raw, tree.error().detail, context);
    if (tree->from.empty())
        return quarantined(raw, u"The mail names no sender."_s, context);
    return read(*tree, raw, context);
}

ParsedMail quarantined(const QByteArray &raw, const QString &reason, const ParseContext &context)
{
    ParsedMail mail;
    InboundItem &item = mail.item;
    item.kind = ItemKind::Quarantined;
    item.providerId = quarantineId(raw);
    item.sender = {u"email"_s, {}, u"unknown@invalid"_s, {}, Evidence::Typed};
    item.isAutomatic = true;
    item.providerTime = context.receivedAt;
    item.content.text = reason;
    item.content.attachments.push_back(attach(mail, raw, u"original.eml"_s, "message/rfc822"));
    item.headers = json::canonical({});
    readHead(item, raw);
    return mail;
}

} // namespace peerdesk::channels::email
