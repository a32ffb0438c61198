// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/webchat/uploads.h"

#include "core/channels/webchat/frames.h"

#include <QCryptographicHash>
#include <QRegularExpression>

#include <algorithm>

namespace peerdesk::channels::webchat {

using namespace Qt::StringLiterals;

const std::vector<QString> &refusedEndings()
{
    static const std::vector<QString> endings{
        u"exe"_s,  u"bat"_s,         u"cmd"_s,       u"com"_s,      u"scr"_s,    u"msi"_s,
        u"msp"_s,  u"mst"_s,         u"msc"_s,       u"pif"_s,      u"js"_s,     u"jse"_s,
        u"vb"_s,   u"vbs"_s,         u"vbe"_s,       u"ws"_s,       u"wsf"_s,    u"wsh"_s,
        u"ps1"_s,  u"psm1"_s,        u"psd1"_s,      u"hta"_s,      u"jar"_s,    u"jnlp"_s,
        u"lnk"_s,  u"url"_s,         u"website"_s,   u"scf"_s,      u"reg"_s,    u"cpl"_s,
        u"dll"_s,  u"sys"_s,         u"ocx"_s,       u"gadget"_s,   u"inf"_s,    u"chm"_s,
        u"hlp"_s,  u"application"_s, u"appref-ms"_s, u"xll"_s,      u"docm"_s,   u"dotm"_s,
        u"xlsm"_s, u"xltm"_s,        u"xlam"_s,      u"pptm"_s,     u"potm"_s,   u"ppam"_s,
        u"ppsm"_s, u"sldm"_s,        u"sh"_s,        u"apk"_s,      u"iso"_s,    u"img"_s,
        u"vhd"_s,  u"vhdx"_s,        u"desktop"_s,   u"appimage"_s, u"msix"_s,   u"appx"_s,
        u"deb"_s,  u"rpm"_s,         u"dmg"_s,       u"pkg"_s,      u"command"_s};
    return endings;
}

bool isRefusedName(const QString &name)
{
    const std::vector<QString> &refused = refusedEndings();
    const auto isRefused = [&](QString part) {
        part.removeIf([](QChar c) {
            return c.category() == QChar::Other_Format || c.category() == QChar::Other_Control;
        });
        while (!part.isEmpty() && (part.back() == u'.' || part.back().isSpace()))
            part.chop(1);
        const QString ending = part.section(u'.', -1).trimmed().toLower();
        return std::find(refused.begin(), refused.end(), ending) != refused.end();
    };
    const QStringList parts = name.split(u':'); // "a.exe:b" is the file a.exe on Windows
    return std::any_of(parts.begin(), parts.end(), isRefused);
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

Result<Attachment> Uploads::add(const Owner &owner, File file, Milliseconds now)
{
    const qint64 size = file.bytes.size();
    if (size == 0)
        return invalid(u"empty file"_s);
    if (size > m_limits.fileBytes)
        return Error{Error::Code::TooLarge, u"file over %1 bytes"_s.arg(m_limits.fileBytes), {}};
    if (isRefusedName(file.name))
        return rejected(u"files of this type are refused"_s, u"type"_s);
    file.name = cleanFileName(file.name);
    if (isRefusedName(file.name)) // cutting a long name can bring an ending to light
        return rejected(u"files of this type are refused"_s, u"type"_s);
    expire(now);
    const Key key{owner.visitor, QCryptographicHash::hash(file.bytes, QCryptographicHash::Sha256)};
    remove(key.first, key.second);
    if (bytesOf(owner.visitor) + size > m_limits.visitorBytes || !makeRoom(size, owner.address))
        return Error{Error::Code::Busy, u"too many files under way"_s, {}};
    file.type = fileType(file.bytes, file.type);
    const Attachment attachment{key.second, file.name, file.type, size, {}, false};
    m_entries.emplace(key, Entry{std::move(file), now + m_limits.keep, owner.address, ++m_added});
    m_total += size;
    return attachment;
}

/// Takes room from whoever holds most of all, but never for somebody who would hold more.
bool Uploads::makeRoom(qint64 size, const QString &address)
{
    std::map<QString, qint64> held = bytesByAddress();
    const qint64 own = held[address] + size;
    if (own > std::max(m_limits.addressBytes, m_limits.visitorBytes))
        return false;
    while (m_total + size > m_limits.totalBytes) {
        const auto largest =
            std::max_element(held.begin(), held.end(),
                             [](const auto &a, const auto &b) { return a.second < b.second; });
        if (largest->second < own || largest->first == address)
            return false;
        auto oldest = m_entries.end();
        for (auto entry = m_entries.begin(); entry != m_entries.end(); ++entry) {
            if (entry->second.address == largest->first &&
                (oldest == m_entries.end() || entry->second.order < oldest->second.order))
                oldest = entry;
        }
        if (oldest == m_entries.end())
            return false;
        largest->second -= oldest->second.file.bytes.size();
        remove(QString(oldest->first.first), QByteArray(oldest->first.second));
    }
    return true;
}

std::map<QString, qint64> Uploads::bytesByAddress() const
{
    std::map<QString, qint64> held;
    for (const auto &[key, entry] : m_entries)
        held[entry.address] += entry.file.bytes.size();
    return held;
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
