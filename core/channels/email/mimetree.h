// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace peerdesk::channels::email {

/// Bounds of one mail. Past any of them it is not taken apart (it is quarantined whole).
constexpr qsizetype MaxMailBytes = 50LL * 1024 * 1024;
constexpr int MaxPartDepth = 32;
constexpr int MaxParts = 500;

struct MailAddress
{
    QString name;
    QString address; ///< canonical: lower case

    bool operator==(const MailAddress &) const = default;
};

/// One node of the MIME tree, decoded.
struct MimePart
{
    QByteArray type;    ///< lower case, "text/plain"
    QByteArray charset; ///< as labelled
    QString fileName;   ///< as labelled, decoded; empty = none
    QString contentId;  ///< without angle brackets
    QString reportType; ///< of multipart/report
    bool isAttachment = false;
    bool isFlowed = false;
    bool deletesSpace = false;
    QByteArray body; ///< decoded bytes; for message/rfc822 the enclosed mail
    std::vector<MimePart> children;
};

struct HeaderField
{
    QString name; ///< lower case
    QString value;
};

struct MailTree
{
    std::vector<HeaderField> headers; ///< at most 500, values at most 16 Ki characters
    std::vector<MailAddress> from, replyTo, to, cc;
    QString subject;
    qint64 dateMs = 0; ///< UTC milliseconds, 0 = none
    MimePart root;

    /// First value of that name (lower case), else empty.
    QString header(const QString &name) const;
    bool hasHeader(const QString &name) const;
};

/// Takes raw mail apart. Any thread. Errors: Invalid (not a mail), TooLarge (a bound); `detail` is
/// a sentence for people. Source: RFC 5322, RFC 2045 to 2047, RFC 2231.
Result<MailTree> readMail(const QByteArray &raw);

/// Type sniffed from the first bytes where they are certain, else `declared` if it is well formed,
/// else application/octet-stream.
QString sniffedType(const QByteArray &bytes, const QByteArray &declared);

} // namespace peerdesk::channels::email
