// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"

#include <QJsonObject>

namespace peerdesk::channels::twilio {

enum class Medium { Sms, WhatsApp };

/// One message as Twilio lists it.
struct MessageRow
{
    QString sid;
    QString from; ///< as Twilio writes it: "+48...", "whatsapp:+48...", a short code
    QString to;
    QString body;
    QString status;
    bool isInbound = false;
    Time at;      ///< sent, else created
    Time updated; ///< when its status last changed
    int files = 0;
    QString mediaPath; ///< of the list of its files; empty = none
    int errorCode = 0;
    QString errorMessage;
    QJsonObject raw;
};

struct MessageList
{
    std::vector<MessageRow> rows; ///< newest first, as they come
    QString next;                 ///< path of the next page; empty = that was all
};

struct MediaEntry
{
    QString path; ///< of the bytes
    QString name;
};

/// Nothing if it is no message.
std::optional<MessageRow> messageRow(const QJsonObject &message);
/// Rows that are no messages are left out. Errors: Invalid (no list at all).
Result<MessageList> messageList(const QJsonObject &answer);
std::vector<MediaEntry> mediaList(const QJsonObject &answer);

/// Who wrote or is written to. `scope` is for what is no phone number.
Identity identityOf(const QString &address, const QString &scope);
/// The address as Twilio wants it; nothing if the identity is none of its.
QString twilioAddress(const QString &kind, const QString &value, Medium medium);

/// An inbound message; its files are still to be fetched.
InboundItem itemOf(const MessageRow &row, Medium medium, const QString &scope);
/// What became of a message of ours; nothing while it is on its way.
std::optional<InboundItem> receiptOf(const MessageRow &row);
/// Nothing will change any more.
bool isFinal(const QString &status, Medium medium);

} // namespace peerdesk::channels::twilio
