// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/webchat/uploads.h"

#include "core/channels/webchat/frames.h"

#include <QCryptographicHash>
#include <QRegularExpression>

namespace peerdesk::channels::webchat {

using namespace Qt::StringLiterals;

const std::vector<QString> &refusedEndings()
{
    static const std::vector<QString> endings{
        u"exe"_s, u"bat"_s, u"cmd"_s, u"com"_s, u"scr"_s, u"msi"_s, u"pif"_s,     u"js"_s,
        u"jse"_s, u"vbs"_s, u"vbe"_s, u"wsf"_s, u"ps1"_s, u"hta"_s, u"jar"_s,     u"lnk"_s,
        u"reg"_s, u"cpl"_s, u"dll"_s, u"sh"_s,  u"apk"_s, u"iso"_s, u"desktop"_s, u"appimage"_s};
    return endings;
}

QString fileType(const QByteArray &bytes, const QString &declared)
{
    if (bytes.startsWith("\x89PNG\r\n\x1a\n"))
        return u"image/png"_s;
    if (bytes.startsWith("\xff\xd8\xff"))
        return u"image/jpeg"_s;
    if (bytes.startsWith("GIF87a") || bytes.startsWith("GIF89a"))
        return u"image/gif"_s;
    if (bytes.startsWith("RIFF") && bytes.mid(8, 4) == "WEBP")
        return u"image/webp"_s;
    if (bytes.startsWith("%PDF-"))
        return u"application/pdf"_s;
    static const QRegularExpression harmless(
        u"\\A((audio|video)/[a-z0-9.+-]{1,60}|text/(plain|csv)|application/"
        "(zip|json|msword|vnd\\.[a-z0-9.+-]{1,90}))\\z"_s);
    const QString type = declared.section(u';', 0, 0).trimmed().toLower();
    return harmless.match(type).hasMatch() ? type : u"application/octet-stream"_s;
}

Result<Attachment> Uploads::add(const QString &visitor, File file, Milliseconds now)
{
    const qint64 size = file.bytes.size();
    if (size == 0)
        return invalid(u"empty file"_s);
    if (size > m_limits.fileBytes)
        return Error{Error::Code::TooLarge, u"file over %1 bytes"_s.arg(m_limits.fileBytes), {}};
    file.name = cleanFileName(file.name);
    const QString ending = file.name.section(u'.', -1).trimmed().toLower();
    const std::vector<QString> &refused = refusedEndings();
    if (std::find(refused.begin(), refused.end(), ending) != refused.end())
        return rejected(u"files of this type are refused"_s, u"type"_s);
    expire(now);
    const Key key{visitor, QCryptographicHash::hash(file.bytes, QCryptographicHash::Sha256)};
    remove(key.first, key.second);
    if (m_total + size > m_limits.totalBytes || bytesOf(visitor) + size > m_limits.visitorBytes)
        return Error{Error::Code::Busy, u"too many files under way"_s, {}};
    file.type = fileType(file.bytes, file.type);
    const Attachment attachment{key.second, file.name, file.type, size, {}, false};
    m_entries.emplace(key, Entry{std::move(file), now + m_limits.keep});
    m_total += size;
    return attachment;
}

const Uploads::File *Uploads::find(const QString &visitor, const QByteArray &sha256) const
{
    const auto entry = m_entries.find({visitor, sha256});
    return entry == m_entries.end() ? nullptr : &entry->second.file;
}

void Uploads::remove(const QString &visitor, const QByteArray &sha256)
{
    const auto entry = m_entries.find({visitor, sha256});
    if (entry == m_entries.end())
        return;
    m_total -= entry->second.file.bytes.size();
    m_entries.erase(entry);
}

void Uploads::expire(Milliseconds now)
{
    for (auto entry = m_entries.begin(); entry != m_entries.end();) {
        if (entry->second.until > now) {
            ++entry;
            continue;
        }
        m_total -= entry->second.file.bytes.size();
        entry = m_entries.erase(entry);
    }
}

qint64 Uploads::bytesOf(const QString &visitor) const
{
    qint64 sum = 0;
    for (auto it = m_entries.lower_bound({visitor, {}});
         it != m_entries.end() && it->first.first == visitor; ++it)
        sum += it->second.file.bytes.size();
    return sum;
}

} // namespace peerdesk::channels::webchat
