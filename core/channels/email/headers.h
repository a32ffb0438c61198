// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/ids.h"

#include <QString>

#include <vector>

namespace peerdesk::channels::email {

/// Longest Message-ID that is used as a key; longer ones are treated as absent.
constexpr qsizetype MaxMessageId = 250;
/// Most references kept: the first and the latest.
constexpr size_t MaxReferences = 50;

/// The Message-IDs in a header value, without angle brackets, in order, at most MaxReferences.
/// What is not id@domain is left out. Source: RFC 5322 section 3.6.4.
std::vector<QString> messageIds(const QString &value);

/// The Message-ID of an outgoing message: the same for ever, so that a retry is recognised.
/// Without angle brackets.
QString messageIdFor(const MessageId &id, const QString &domain);
/// True for what messageIdFor made for this domain.
bool isOwnMessageId(const QString &messageId, const QString &domain);
/// True for what messageIdFor made for any domain.
bool isMadeHere(const QString &messageId);

/// The subject without Re:, AW:, Fwd: ... and list tags, folded in case and white space: equal
/// keys may belong to one exchange.
QString subjectKey(const QString &subject);
/// True if the subject says that it answers something.
bool isReplySubject(const QString &subject);
/// "Re: " in front exactly once, on one line, at most 500 characters.
QString replySubject(const QString &subject);

/// One line: control characters become spaces, ends trimmed, at most `limit` characters.
QString oneLine(const QString &text, qsizetype limit = 500);

/// The part after the @, lower case; empty if there is none.
QString domainOf(const QString &address);

/// A file name that is safe on every system and never a path. Empty becomes `fallback`.
QString safeFileName(const QString &name, const QString &fallback);

} // namespace peerdesk::channels::email
