// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/charset.h"

#include <QStringDecoder>

#include <unicode/ucnv.h>

#include <algorithm>
#include <map>
#include <memory>

namespace peerdesk::channels::email {
namespace {

bool isAscii(const QByteArray &bytes)
{
    return std::none_of(bytes.begin(), bytes.end(), [](char c) { return (c & 0x80) != 0; });
}

bool isUtf8(const QByteArray &bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString decoded = decoder(bytes);
    return !decoder.hasError() && !decoded.isNull();
}

/// Labels that mean more than they say.
QByteArray widened(const QByteArray &label)
{
    static const std::map<QByteArray, QByteArray> table{{"us-ascii", "windows-1252"},
                                                        {"ascii", "windows-1252"},
                                                        {"iso-8859-1", "windows-1252"},
                                                        {"iso8859-1", "windows-1252"},
                                                        {"latin1", "windows-1252"},
                                                        {"iso-8859-9", "windows-1254"},
                                                        {"iso-8859-11", "windows-874"},
                                                        {"tis-620", "windows-874"},
                                                        {"gb2312", "gb18030"},
                                                        {"gbk", "gb18030"},
                                                        {"ks_c_5601-1987", "windows-949"},
                                                        {"euc-kr", "windows-949"},
                                                        {"shift_jis", "windows-31j"},
                                                        {"x-sjis", "windows-31j"},
                                                        {"utf8", "utf-8"},
                                                        {"unicode-1-1-utf-7", "utf-7"},
                                                        {"cp1252", "windows-1252"},
                                                        {"x-windows-1252", "windows-1252"}};
    const auto known = table.find(label);
    return known == table.end() ? label : known->second;
}

/// Charsets where letters are single bytes above 127, so that valid UTF-8 in them is no accident.
bool isSingleByte(const QByteArray &label)
{
    return label.startsWith("windows-125") || label.startsWith("iso-8859") ||
           label.startsWith("koi8") || label == "windows-874" || label == "macintosh";
}

using Converter = std::unique_ptr<UConverter, void (*)(UConverter *)>;

Converter converter(const QByteArray &label)
{
    UErrorCode status = U_ZERO_ERROR;
    Converter opened(label.isEmpty() ? nullptr : ucnv_open(label.constData(), &status), ucnv_close);
    return U_SUCCESS(status) ? std::move(opened) : Converter(nullptr, ucnv_close);
}

QString convert(UConverter *from, const QByteArray &bytes)
{
    QString out(bytes.size() * 2 + 16, Qt::Uninitialized);
    UErrorCode status = U_ZERO_ERROR;
    const int32_t length =
        ucnv_toUChars(from, reinterpret_cast<UChar *>(out.data()), int32_t(out.size()),
                      bytes.constData(), int32_t(bytes.size()), &status);
    if (U_FAILURE(status))
        return QString::fromLatin1(bytes);
    out.truncate(length);
    return out;
}

QString decoded(const QByteArray &bytes, const QByteArray &label)
{
    const QByteArray name = widened(label.toLower().trimmed());
    const bool hasBom16 = bytes.startsWith("\xff\xfe") || bytes.startsWith("\xfe\xff");
    if (hasBom16 && (name.isEmpty() || name.startsWith("utf-16")))
        return convert(converter("UTF-16").get(), bytes);
    const bool isUtf = isUtf8(bytes);
    if (name.isEmpty() || name == "utf-8" || (isUtf && !isAscii(bytes) && isSingleByte(name))) {
        if (isUtf)
            return QString::fromUtf8(bytes);
        return convert(converter("windows-1252").get(), bytes);
    }
    if (const Converter known = converter(name))
        return convert(known.get(), bytes);
    return isUtf ? QString::fromUtf8(bytes) : convert(converter("windows-1252").get(), bytes);
}

} // namespace

QString decodeText(const QByteArray &bytes, const QByteArray &label)
{
    if (bytes.isEmpty())
        return {};
    QString text = decoded(bytes, label);
    text.replace(QLatin1String("\r\n"), QLatin1String("\n"));
    text.replace(u'\r', u'\n');
    text.remove(QChar(0));
    if (text.startsWith(QChar(0xfeff)))
        text.remove(0, 1);
    return text;
}

QByteArray charsetOfHtml(const QByteArray &html)
{
    const QByteArray head = html.left(1024).toLower();
    const qsizetype at = head.indexOf("charset");
    if (at < 0)
        return {};
    QByteArray name;
    for (qsizetype i = at + 7; i < head.size() && name.size() < 40; ++i) {
        const char c = head[i];
        const bool isPart =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':';
        if (isPart)
            name += c;
        else if (!name.isEmpty())
            break;
        else if (c != '=' && c != ' ' && c != '"' && c != '\'')
            break;
    }
    return name;
}

QString unflowed(const QString &text, bool deletesSpace)
{
    QString out;
    const QStringList lines = text.split(u'\n');
    for (qsizetype i = 0; i < lines.size(); ++i) {
        QString line = lines[i];
        const bool isQuote = line.startsWith(u'>');
        if (line.startsWith(u' '))
            line.remove(0, 1);
        const bool nextFits = i + 1 < lines.size() && isQuote == lines[i + 1].startsWith(u'>');
        const bool flows = line.endsWith(u' ') && line != QLatin1String("-- ") && nextFits;
        if (flows && !isQuote) {
            out += deletesSpace ? line.chopped(1) : line;
            continue;
        }
        out += line;
        if (i + 1 < lines.size())
            out += u'\n';
    }
    return out;
}

} // namespace peerdesk::channels::email
