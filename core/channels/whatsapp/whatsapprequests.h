// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"

#include <QJsonObject>

namespace peerdesk::channels::whatsapp {

/// One message of WhatsApp's. A file is uploaded first; its id goes into `body[kind]["id"]`.
struct SendRequest
{
    QString name; ///< in a sentence: "text", "file offer.pdf"
    QJsonObject body;
    QByteArray file; ///< SHA-256 of the attachment; empty = none
    QString fileName;
    QString mimeType;
    QString kind; ///< "image", "video", "audio", "document"

    bool operator==(const SendRequest &) const = default;
};

/// What goes out for a message: text in parts, files one by one (the only file takes the text as
/// its caption), rich content as buttons, list, link button, location or template, else as numbered
/// text. Pure. Errors: Rejected, with the reason for agents: nothing of it may be sent.
/// Source: Cloud API, "Messages"; "Business-scoped user IDs" (`recipient` where no number is
/// known).
Result<std::vector<SendRequest>> requestsOf(const Outgoing &outgoing, Time now);

/// Marks a message and those before it as read; with `isTyping` shows "typing" for 25 s.
QJsonObject readMark(const QString &messageId, bool isTyping);

} // namespace peerdesk::channels::whatsapp
