// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

namespace peerdesk::channels::whatsapp {

/// The `interactive` object of a choice (quick replies, buttons, list, times); empty if it does not
/// fit WhatsApp's limits and has to become text. Pure.
QJsonObject interactiveOf(const QJsonObject &rich);
/// The `template` object.
QJsonObject templateOf(const QJsonObject &rich);

} // namespace peerdesk::channels::whatsapp
