// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <map>

namespace peerdesk::channels {

/// One part of a multipart/form-data body, as simulators read it.
struct ReceivedPart
{
    QByteArray fileName;
    QByteArray type;
    QByteArray body;
};

/// By name. Knows as much of RFC 7578 as our own requests use.
inline std::map<QByteArray, ReceivedPart> multipart(const QByteArray &contentType,
                                                    const QByteArray &body)
{
    std::map<QByteArray, ReceivedPart> parts;
    const qsizetype at = contentType.indexOf("boundary=");
    const QByteArray mark = "--" + contentType.mid(at + 9);
    const auto quoted = [](const QByteArray &head, const QByteArray &key) {
        const qsizetype from = head.indexOf(key + "=\"");
        const qsizetype start = from + key.size() + 2;
        return from < 0 ? QByteArray() : head.mid(start, head.indexOf('"', start) - start);
    };
    qsizetype from = at < 0 ? -1 : body.indexOf(mark);
    while (from >= 0) {
        from += mark.size() + 2;
        const qsizetype end = body.indexOf("\r\n" + mark, from);
        const qsizetype gap = body.indexOf("\r\n\r\n", from);
        if (end < 0 || gap < 0 || gap > end)
            break;
        const QByteArray head = body.mid(from, gap - from);
        const qsizetype type = head.indexOf("Content-Type: ");
        parts[quoted(head, "; name")] = {quoted(head, "filename"),
                                         type < 0 ? QByteArray() : head.mid(type + 14),
                                         body.mid(gap + 4, end - gap - 4)};
        from = end + 2;
    }
    return parts;
}

} // namespace peerdesk::channels
