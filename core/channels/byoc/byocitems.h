// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"

#include <QJsonObject>

/// What a middleware and Peerdesk say to each other. Shapes: README.md.
namespace peerdesk::channels::byoc {

constexpr int MaxMessagesPerCall = 100;
constexpr int MaxAttachments = 20;
constexpr qsizetype MaxIdCharacters = 200;
constexpr qsizetype MaxNameCharacters = 200;
constexpr qsizetype MaxAddressCharacters = 254; ///< an e-mail address, a phone number
constexpr qsizetype MaxTextCharacters = 32 * 1024;
constexpr qsizetype MaxLanguageCharacters = 35;
constexpr qsizetype MaxSubjectCharacters = 500;
constexpr qsizetype MaxTimeCharacters = 40;
constexpr qsizetype MaxEmojiCharacters = 32;
constexpr qsizetype MaxReasonCharacters = 500;
constexpr qsizetype MaxFileNameCharacters = 255;
constexpr qsizetype MaxMimeTypeCharacters = 100;

/// What one call of a middleware brings.
struct Inbound
{
    InboundPage page;
    /// Threads where somebody types or has ceased to; they are in no log.
    std::vector<std::pair<QString, bool>> typing;
};

/// Reads `{"messages": [...]}`, or one message alone. All or nothing, so that a call that was
/// refused can be repeated as it is. `scope` = the account: ids of a middleware are its own.
/// Errors: Invalid with the place of what is wrong.
Result<Inbound> readInbound(const QByteArray &body, const QString &scope, Time now);

/// The same for a middleware that shows only these kinds of rich content (empty = all): others are
/// numbered text.
Outgoing shownAs(Outgoing outgoing, const QStringList &kinds);

/// An outgoing message as the middleware gets it.
QJsonObject outgoingJson(const Outgoing &outgoing);

/// What a middleware says became of a message.
struct Acknowledgement
{
    QString id;
    QString providerId;    ///< empty = none of its own
    QString error;         ///< not empty = surely not sent, why
    Seconds retryAfter{0}; ///< with an error: > 0 = try again
};
/// Reads `{"acks": [...]}`, or one alone. Errors: Invalid.
Result<std::vector<Acknowledgement>> readAcknowledgements(const QByteArray &body);

} // namespace peerdesk::channels::byoc
