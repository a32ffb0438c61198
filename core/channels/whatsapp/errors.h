// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/vendorapi.h"

namespace peerdesk::channels::whatsapp {

/// What an error code of the Cloud API means, for agents; of an unknown one what WhatsApp said.
/// Source: Cloud API, "Error codes".
QString errorSentence(int code, const QString &said);
/// The `error` object of an answer, or one of `errors` in a webhook.
QString errorSentence(const QJsonObject &error);
/// The account's token is no good (any more).
bool isTokenError(const QJsonObject &error);
/// What a send's answer means. Errors that WhatsApp names are answers: what it names was not sent.
SendResult sendResult(const Result<vendor::ApiReply> &reply, Time now);

} // namespace peerdesk::channels::whatsapp
