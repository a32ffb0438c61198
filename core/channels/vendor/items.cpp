// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/items.h"

#include "core/base/json.h"

#include <QCryptographicHash>
#include <QFileInfo>
#include <QMimeDatabase>

namespace peerdesk::channels::vendor {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxNameCharacters = 200;
constexpr QChar PopIsolate(0x2069);
constexpr QChar PopFormatting(0x202c);

bool isControl(QChar c)
{
    const ushort code = c.unicode();
    return (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code < 0xa0);
}

/// What opens a direction and is not closed would turn whatever stands after it.
QString closedDirections(const QString &text)
{
    QString closing;
    for (const QChar c : text) {
        const ushort code = c.unicode();
        if (code == 0x202a || code == 0x202b || code == 0x202d || code == 0x202e)
            closing.prepend(PopFormatting);
        else if (code >= 0x2066 && code <= 0x2068)
            closing.prepend(PopIsolate);
        else if (c == PopFormatting || c == PopIsolate)
            closing.remove(closing.indexOf(c), closing.contains(c) ? 1 : 0);
    }
    return text + closing;
}

/// A place where text may be cut: not between the halves of a pair.
qsizetype wholeCharacters(QStringView text, qsizetype at)
{
    return at > 0 && at < text.size() && text.at(at).isLowSurrogate() ? at - 1 : at;
}

QString safeName(const QString &name)
{
    QString safe = QFileInfo(cleanText(name, MaxNameCharacters)).fileName().simplified();
    return safe.isEmpty() ? u"file"_s : safe;
}

} // namespace

InboundItem messageItem(const QString &providerId, const Identity &sender, const QString &text,
                        Time at, const QJsonObject &raw)
{
    InboundItem item;
    item.providerId = providerId;
    item.sender = sender;
    item.senderName = sender.display;
    item.content.text = cleanText(text);
    item.providerTime = at;
    const qsizetype size = QJsonDocument(raw).toJson(QJsonDocument::Compact).size();
    if (size <= MaxRawBytes)
        addHeaders(item, {{u"raw"_s, raw}});
    else
        addHeaders(item, {{u"raw_bytes"_s, size}});
    return item;
}

void addHeaders(InboundItem &item, const QJsonObject &headers)
{
    QJsonObject all = json::object(item.headers);
    for (auto it = headers.begin(); it != headers.end(); ++it)
        all.insert(it.key(), it.value());
    item.headers = json::canonical(all);
}

InboundItem unsupportedItem(const QString &providerId, const Identity &sender, const QString &kind,
                            Time at, const QJsonObject &raw)
{
    InboundItem item = messageItem(
        providerId, sender, u"[Unsupported message: %1]"_s.arg(cleanText(kind, 60)), at, raw);
    addHeaders(item, {{u"unsupported"_s, kind.left(60)}});
    return item;
}

InboundItem receiptItem(const QString &key, const QString &about, MessageState state, Time at,
                        const QString &reason)
{
    InboundItem item;
    item.kind = ItemKind::Receipt;
    item.providerId = key;
    item.receiptFor = about;
    item.receiptState = state;
    item.receiptReason = cleanText(reason, 500);
    item.providerTime = at;
    return item;
}

QString cleanText(const QString &text, int maxCharacters)
{
    QString clean;
    clean.reserve(std::min<qsizetype>(text.size(), maxCharacters));
    for (qsizetype i = 0; i < text.size() && clean.size() < maxCharacters; ++i) {
        const QChar c = text.at(i);
        if (c.isHighSurrogate() && i + 1 < text.size() && text.at(i + 1).isLowSurrogate()) {
            if (clean.size() + 2 > maxCharacters)
                break;
            clean += c;
            clean += text.at(++i);
        } else if (c.isSurrogate()) {
            clean += QChar::ReplacementCharacter;
        } else if (c == u'\r') {
            if (i + 1 >= text.size() || text.at(i + 1) != u'\n')
                clean += u'\n';
        } else if (!isControl(c)) {
            clean += c;
        }
    }
    return closedDirections(clean);
}

Attachment addAttachment(InboundPage &page, const QByteArray &bytes, const QString &name)
{
    static const QStringList unsafe{u"text/html"_s, u"application/xhtml+xml"_s, u"image/svg+xml"_s,
                                    u"application/xml"_s, u"text/xml"_s};
    Attachment file;
    file.sha256 = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
    file.name = safeName(name);
    file.size = bytes.size();
    const QMimeType sniffed = QMimeDatabase().mimeTypeForData(bytes);
    const bool isUnsafe = std::any_of(unsafe.begin(), unsafe.end(), [&](const QString &type) {
        return sniffed.name() == type || sniffed.inherits(type);
    });
    file.mimeType = isUnsafe ? u"application/octet-stream"_s : sniffed.name();
    page.attachments[file.sha256] = bytes;
    return file;
}

void addMissingFile(InboundItem &item, const QString &name, const QString &reason)
{
    const QString line = u"[File %1: %2]"_s.arg(safeName(name), cleanText(reason, 300));
    item.content.text += (item.content.text.isEmpty() ? QString() : u"\n"_s) + line;
}

QString cutToBytes(const QString &text, qsizetype maxBytes)
{
    QByteArray utf8 = text.toUtf8();
    if (utf8.size() <= maxBytes)
        return text;
    while (maxBytes > 0 && (uchar(utf8.at(maxBytes)) & 0xc0) == 0x80)
        --maxBytes; // inside a character
    return QString::fromUtf8(utf8.left(maxBytes));
}

std::vector<QString> splitText(const QString &text, int max)
{
    std::vector<QString> parts;
    QStringView rest(text);
    while (rest.size() > max) {
        const QStringView window = rest.left(max + 1);
        qsizetype at = window.lastIndexOf(u'\n');
        if (at < max / 2)
            at = std::max(at, window.lastIndexOf(u' '));
        const bool isBlank = at > 0;
        if (!isBlank)
            at = wholeCharacters(rest, max);
        parts.push_back(rest.left(at).toString());
        rest = rest.mid(isBlank ? at + 1 : at);
    }
    if (!rest.isEmpty() || parts.empty())
        parts.push_back(rest.toString());
    return parts;
}

} // namespace peerdesk::channels::vendor
