// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/headers.h"

#include <QRegularExpression>

#include <algorithm>

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

constexpr qsizetype MaxFileName = 120;

bool isSaneId(QStringView id)
{
    const qsizetype at = id.indexOf(u'@');
    return at > 0 && at + 1 < id.size() && id.size() <= MaxMessageId &&
           std::all_of(id.begin(), id.end(), [](QChar c) {
               return c.unicode() > 0x20 && c != u'<' && c != u'>' && c.unicode() != 0x7f;
           });
}

const QRegularExpression &prefix()
{
    static const QRegularExpression pattern(
        u"^\\s*((re|aw|antw|antwort|sv|vs|ref|rif|r|res|odp|ynt|ath|bls|tr|wg|fwd?|fw|doorst|rv|"
        u"enc|"
        "i|pd|vl|továbbítás|回复|回覆|答复|转发|轉寄|返信|転送|отв|на|пересл|trả lời|"
        "chuyển tiếp)\\s*(\\[\\d+\\]|\\(\\d+\\))?\\s*[:：]|\\[[^\\]]{1,40}\\])\\s*"_s,
        QRegularExpression::CaseInsensitiveOption);
    return pattern;
}

QString withoutPrefixes(const QString &subject)
{
    QString rest = oneLine(subject);
    for (int i = 0; i < 20; ++i) {
        const QRegularExpressionMatch match = prefix().match(rest);
        if (!match.hasMatch())
            break;
        rest.remove(0, match.capturedLength());
    }
    return rest.trimmed();
}

bool isUnsafeInName(QChar c)
{
    // Format: directions, joiners and blanks of no width.
    return c.category() == QChar::Other_Control || c.category() == QChar::Other_Format;
}

} // namespace

std::vector<QString> messageIds(const QString &value)
{
    std::vector<QString> ids;
    qsizetype from = 0;
    while ((from = value.indexOf(u'<', from)) >= 0) {
        const qsizetype end = value.indexOf(u'>', from);
        if (end < 0)
            break;
        QString id = value.mid(from + 1, std::min<qsizetype>(end - from - 1, 1000));
        id.remove(QRegularExpression(u"\\s"_s));
        if (isSaneId(id) && std::find(ids.begin(), ids.end(), id) == ids.end())
            ids.push_back(id);
        if (ids.size() > MaxReferences)
            ids.erase(ids.begin() + 1);
        from = end + 1;
    }
    const QString bare = value.trimmed();
    if (ids.empty() && isSaneId(bare))
        ids.push_back(bare);
    return ids;
}

QString messageIdFor(const MessageId &id, const QString &domain)
{
    return id.toString() + u".peerdesk@"_s + domain;
}

bool isOwnMessageId(const QString &messageId, const QString &domain)
{
    return isMadeHere(messageId) && domainOf(messageId) == domain.toLower();
}

bool isMadeHere(const QString &messageId)
{
    static const QRegularExpression local(u"^[0-9a-f]{32}\\.peerdesk@[^@]+$"_s);
    return local.match(messageId).hasMatch();
}

QString subjectKey(const QString &subject)
{
    return withoutPrefixes(subject).simplified().toCaseFolded().left(200);
}

bool isReplySubject(const QString &subject)
{
    const QString line = oneLine(subject);
    return !line.startsWith(u'[') && prefix().match(line).hasMatch();
}

QString replySubject(const QString &subject)
{
    static const QRegularExpression already(u"^\\s*re\\s*[:：]\\s*"_s,
                                            QRegularExpression::CaseInsensitiveOption);
    QString rest = oneLine(subject);
    for (int i = 0; i < 20 && already.match(rest).hasMatch(); ++i)
        rest.remove(already);
    return (u"Re: "_s + rest).trimmed();
}

QString oneLine(const QString &text, qsizetype limit)
{
    QString line = text.left(limit * 2);
    for (QChar &c : line) {
        if (c.unicode() < 0x20 || c.unicode() == 0x7f || c == QChar::LineSeparator ||
            c == QChar::ParagraphSeparator || c.unicode() == 0x85)
            c = u' ';
    }
    line = line.trimmed().left(limit);
    if (!line.isEmpty() && line.back().isHighSurrogate())
        line.chop(1);
    return line;
}

QString domainOf(const QString &address)
{
    const qsizetype at = address.lastIndexOf(u'@');
    return at < 0 ? QString() : address.mid(at + 1).toLower();
}

QString safeFileName(const QString &name, const QString &fallback)
{
    QString safe = name;
    const qsizetype slash = std::max(safe.lastIndexOf(u'/'), safe.lastIndexOf(u'\\'));
    safe.remove(0, slash + 1);
    safe.removeIf(isUnsafeInName);
    static const QRegularExpression forbidden(u"[<>:\"|?*]"_s);
    safe.replace(forbidden, u"_"_s);
    safe = safe.trimmed();
    while (safe.startsWith(u'.'))
        safe.remove(0, 1);
    while (!safe.isEmpty() && (safe.back() == u'.' || safe.back().isSpace()))
        safe.chop(1);
    if (safe.size() > MaxFileName) {
        const qsizetype dot = safe.lastIndexOf(u'.');
        const QString ending = dot > 0 && safe.size() - dot <= 12 ? safe.mid(dot) : QString();
        safe = safe.left(MaxFileName - ending.size());
        if (safe.back().isHighSurrogate())
            safe.chop(1);
        safe += ending;
    }
    static const QRegularExpression device(u"^(con|prn|aux|nul|com\\d|lpt\\d)(\\.|$)"_s,
                                           QRegularExpression::CaseInsensitiveOption);
    if (device.match(safe).hasMatch())
        safe.prepend(u'_');
    return safe.isEmpty() ? fallback : safe;
}

} // namespace peerdesk::channels::email
