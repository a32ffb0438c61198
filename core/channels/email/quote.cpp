// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/quote.h"

#include <QRegularExpression>
#include <QStringList>

#include <algorithm>
#include <array>

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

/// Longer lines are never attribution; keeps the expressions cheap.
constexpr qsizetype MaxMarkLine = 400;
/// Lines of a header block (From, Sent, To, Subject) are looked for this far.
constexpr qsizetype HeaderBlockLines = 8;

bool isBlank(const QString &line)
{
    return line.trimmed().isEmpty();
}

bool isQuote(const QString &line)
{
    return line.startsWith(u'>');
}

/// "-----Original Message-----" and its kin.
bool isSeparator(const QString &line)
{
    static const QRegularExpression pattern(
        u"^-{2,}\\s*(original message|original appointment|urspr[uü]ngliche nachricht|"
        "message d[’']origine|message d’origine|mensaje original|messaggio originale|"
        "oryginalna wiadomo[sś][cć]|wiadomo[sś][cć] oryginalna|oprindelig meddelelse|"
        "oorspronkelijk bericht|mensagem original|ursprungligt meddelande|opprinnelig melding|"
        "исходное сообщение|p[uů]vodn[ií] zpr[aá]va|eredeti [uü]zenet|mesaj original|"
        "thư gốc|元のメッセージ|原始邮件|邮件原件|原始郵件)\\s*-{2,}$"_s,
        QRegularExpression::CaseInsensitiveOption);
    return line.size() < MaxMarkLine && pattern.match(line.trimmed()).hasMatch();
}

bool isForward(const QString &line)
{
    static const QRegularExpression pattern(
        u"(forwarded message|weitergeleitete nachricht|message transf[eé]r[eé]|mensaje reenviado|"
        "messaggio inoltrato|doorgestuurd bericht|wiadomo[sś][cć] przekazana|"
        "vidarebefordrat meddelande|videresendt|mensagem encaminhada|пересылаемое сообщение|"
        "thư chuyển tiếp|转发邮件|転送メッセージ)"_s,
        QRegularExpression::CaseInsensitiveOption);
    return line.size() < MaxMarkLine && pattern.match(line).hasMatch();
}

/// "On ... wrote:" in the languages of mail programs, on one line.
bool isAttribution(const QString &line)
{
    static const QRegularExpression pattern(
        u"^(on\\b.{6,} wrote|am\\b.{6,} schrieb.*|le\\b.{6,} a [eé]crit|el\\b.{6,} escribi[oó]|"
        "il\\b.{6,} ha scritto|op\\b.{6,} schreef.*|w dniu.{6,} napisa[lł]\\(?a?\\)?|"
        "(dnia|.{6,}) napisa[lł]\\(?\\/?a?\\)?|(den|på|tor|fre|man|tir|ons|l[oø]r|s[oø]n)?.{6,} "
        "skrev.*|"
        "em\\b.{6,} escreveu|.{6,} kirjoitti|.{6,} napsal\\(?a?\\)?|.{6,} [ií]rta|.{6,} a scris|"
        ".{6,} (пишет|написал\\(?а?\\)?)|.{6,} yazdı|vào.{6,} đã viết|"
        ".{4,}(写道|寫道|書きました|님이 작성))\\s*[:：]$"_s,
        QRegularExpression::CaseInsensitiveOption);
    const QString trimmed = line.trimmed();
    return trimmed.size() < MaxMarkLine && (trimmed.endsWith(u':') || trimmed.endsWith(u'：')) &&
           pattern.match(trimmed).hasMatch();
}

/// 0 = From, 1 = date, 2 = To, 3 = Subject, -1 = none of these.
int headerLabel(const QString &line)
{
    static const std::array<QStringList, 4> labels{
        u"from|von|de|da|van|od|från|fra|lähettäjä|feladó|от|kimden|từ|差出人|发件人|寄件者"_s
            .split(u'|'),
        u"sent|date|gesendet|datum|envoyé|enviado|enviado "
        u"el|inviato|data|verzonden|wysłano|skickat|"
        "sendt|dato|fecha|odesláno|отправлено|дата|đã gửi|ngày|送信日時|日時|发送时间|日期|寄件日期"_s
            .split(u'|'),
        u"to|an|à|para|a|aan|do|till|til|komu|кому|kime|đến|宛先|收件人"_s.split(u'|'),
        u"subject|betreff|objet|asunto|oggetto|onderwerp|temat|ämne|emne|assunto|předmět|тема|"
        "konu|chủ đề|件名|主题|主旨"_s.split(u'|')};
    QString clean = line.left(MaxMarkLine).trimmed();
    while (clean.startsWith(u'*'))
        clean.remove(0, 1);
    qsizetype colon = clean.indexOf(u':');
    if (const qsizetype wide = clean.indexOf(u'：'); colon < 0 || (wide >= 0 && wide < colon))
        colon = wide;
    if (colon <= 0 || colon > 20)
        return -1;
    QString label = clean.left(colon).toLower().trimmed();
    while (label.endsWith(u'*'))
        label.chop(1);
    for (size_t i = 0; i < labels.size(); ++i) {
        if (labels[i].contains(label))
            return int(i);
    }
    return -1;
}

/// A block of From / Sent / To / Subject lines begins here.
bool isHeaderBlock(const QStringList &lines, qsizetype at)
{
    if (headerLabel(lines[at]) != 0)
        return false;
    std::array<bool, 4> seen{true, false, false, false};
    const qsizetype end = std::min(lines.size(), at + HeaderBlockLines);
    for (qsizetype i = at + 1; i < end && !isBlank(lines[i]); ++i) {
        const int label = headerLabel(lines[i]);
        if (label > 0)
            seen[size_t(label)] = true;
    }
    return std::count(seen.begin(), seen.end(), true) >= 3;
}

/// A line that may introduce a quote, whatever its language: ends in a colon and names a time or
/// an address.
bool isIntroduction(const QString &line)
{
    const QString clean = line.trimmed();
    if (clean.size() > MaxMarkLine || !(clean.endsWith(u':') || clean.endsWith(u'：')))
        return false;
    return isAttribution(line) || clean.contains(u'@') ||
           std::any_of(clean.begin(), clean.end(), [](QChar c) { return c.isDigit(); });
}

/// Moves `at`, the first ">" line, up over the line or two that introduce it.
qsizetype withIntroduction(const QStringList &lines, qsizetype at)
{
    qsizetype last = at - 1;
    while (last >= 0 && at - last <= 2 && isBlank(lines[last]))
        --last;
    if (last < 0 || isBlank(lines[last]))
        return at;
    if (isAttribution(lines[last]))
        return last;
    if (last > 0 && !isBlank(lines[last - 1])) {
        const QString both = lines[last - 1].trimmed() + u' ' + lines[last].trimmed();
        if (isAttribution(both) || (isIntroduction(both) && !isIntroduction(lines[last])))
            return last - 1;
    }
    return isIntroduction(lines[last]) ? last : at;
}

/// Where an unmarked quote begins, or the number of lines.
qsizetype markedBegin(const QStringList &lines)
{
    for (qsizetype i = 0; i < lines.size(); ++i) {
        if (isForward(lines[i]))
            return lines.size();
        if (isSeparator(lines[i]) || isHeaderBlock(lines, i)) {
            const bool ruled = i > 0 && lines[i - 1].trimmed().startsWith("____"_L1);
            return ruled ? i - 1 : i;
        }
        const bool wraps = i + 1 < lines.size() && !isBlank(lines[i]) &&
                           lines[i].size() < MaxMarkLine && !isAttribution(lines[i + 1]) &&
                           isAttribution(lines[i].trimmed() + u' ' + lines[i + 1].trimmed());
        if ((isAttribution(lines[i]) || wraps) && !isQuote(lines[i]))
            return i;
    }
    return lines.size();
}

QString joined(const QStringList &lines, qsizetype from, qsizetype to)
{
    QString text = lines.mid(from, to - from).join(u'\n');
    while (text.endsWith(u'\n') || text.endsWith(u' '))
        text.chop(1);
    while (text.startsWith(u'\n'))
        text.remove(0, 1);
    return text;
}

/// Splits at ">" lines alone: one block of them at the end or at the top.
SplitText splitAtMarks(const QStringList &lines)
{
    const SplitText whole{joined(lines, 0, lines.size()), {}};
    const auto first = std::find_if(lines.begin(), lines.end(), isQuote);
    if (first == lines.end())
        return whole;
    const auto isPlain = [](const QString &line) { return !isQuote(line) && !isBlank(line); };
    const auto after = std::find_if(first, lines.end(), isPlain);
    const qsizetype begin = withIntroduction(lines, first - lines.begin());
    if (after == lines.end())
        return {joined(lines, 0, begin), joined(lines, begin, lines.size())};
    const bool isBelow = std::none_of(lines.begin(), lines.begin() + begin, isPlain) &&
                         std::none_of(after, lines.end(), isQuote);
    if (!isBelow)
        return whole;
    const qsizetype end = after - lines.begin();
    return {joined(lines, end, lines.size()), joined(lines, 0, end)};
}

} // namespace

SplitText splitQuoted(const QString &text)
{
    const QStringList lines = text.split(u'\n');
    const SplitText whole{joined(lines, 0, lines.size()), {}};
    const qsizetype begin = markedBegin(lines);
    const bool hasMarks = std::any_of(lines.begin(), lines.end(), isQuote);
    SplitText split = whole;
    if (begin < lines.size()) {
        const bool isMarked = std::any_of(lines.begin() + begin, lines.end(), isQuote);
        split = isMarked ? splitAtMarks(lines)
                         : SplitText{joined(lines, 0, begin), joined(lines, begin, lines.size())};
        if (isMarked && (isSeparator(lines[begin]) || isHeaderBlock(lines, begin)))
            split = {joined(lines, 0, begin), joined(lines, begin, lines.size())};
    } else if (hasMarks && std::none_of(lines.begin(), lines.end(), isForward)) {
        split = splitAtMarks(lines);
    }
    return split.fresh.trimmed().isEmpty() ? whole : split;
}

} // namespace peerdesk::channels::email
