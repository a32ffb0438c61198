// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"

#include <QJsonObject>

namespace peerdesk::channels::vendor {

/// The rich content of a message, or its quick replies as such; empty = it is plain text.
QJsonObject richOf(const Content &content);
/// Whether what the customer may be answered with is over. No message at all = over.
bool isWindowOver(const Outgoing &outgoing, Seconds window, Time now);
/// A refusal: surely not sent.
SendResult refused(const QString &reason);
/// How a vendor writes what Markdown writes otherwise.
struct Marks
{
    QString bold;
    QString italic;
    QString struck;
    QString code;
};
/// Markdown with the vendor's marks; links as "text (address)".
QString withMarks(const QString &markdown, const Marks &marks);
/// The header of the last inbound message that a connector left there.
QString answeredHeader(const Outgoing &outgoing, const QString &name);

} // namespace peerdesk::channels::vendor
