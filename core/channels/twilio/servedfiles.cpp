// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/twilio/servedfiles.h"

#include "core/channels/twilio/numbers.h"

#include <QRandomGenerator>
#include <QUrl>

namespace peerdesk::channels::twilio {

using namespace Qt::StringLiterals;

QString ServedFiles::add(const QByteArray &bytes, const QString &name, const QString &mimeType)
{
    std::array<quint32, 8> random{};
    QRandomGenerator::system()->fillRange(random.data(), random.size());
    const QByteArray token =
        QByteArray(reinterpret_cast<const char *>(random.data()), sizeof(random)).toHex();
    QString safe;
    for (const QChar c : name.right(80))
        safe += c.unicode() < 0x80 && (c.isLetterOrNumber() || c == u'.' || c == u'-') ? c : u'_';
    const QString path = u"media/"_s + QString::fromLatin1(token) + u'/' +
                         (safe.startsWith(u'.') ? u'_' + safe : safe);
    m_files.push_back({path, bytes, mimeType.toLatin1(), m_clock.boot() + ServedFor});
    m_bytes += bytes.size();
    forgetOld();
    return path;
}

void ServedFiles::forgetOld()
{
    while (!m_files.empty() && (m_files.front().until <= m_clock.boot() ||
                                (m_bytes > MaxServedBytes && m_files.size() > 1))) {
        m_bytes -= m_files.front().bytes.size();
        m_files.pop_front();
    }
}

HookAnswer ServedFiles::answer(const HookCall &call)
{
    if (call.method != "GET" && call.method != "HEAD")
        return {405, "text/plain", "this channel asks by itself and takes no calls"};
    forgetOld();
    const auto found = std::find_if(m_files.begin(), m_files.end(),
                                    [&](const File &file) { return file.path == call.rest; });
    if (found == m_files.end())
        return {404, "text/plain", "no such file"};
    return {200, found->mimeType, call.method == "HEAD" ? QByteArray() : found->bytes};
}

} // namespace peerdesk::channels::twilio
