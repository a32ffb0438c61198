// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/messagetemplate.h"
#include "ui/common/context.h"

#include <QCoreApplication>

namespace peerdesk::ui {

/// "Order ready (en_US)".
inline QString templateTitle(const MessageTemplate &entry)
{
    return QCoreApplication::translate("Templates", "%1 (%2)", "name, language")
        .arg(entry.title, entry.language);
}

/// Why a provider's list cannot be had: its own words where it has any.
inline QString templateTrouble(const Error &error)
{
    if (error.state == QStringLiteral("elsewhere"))
        return QCoreApplication::translate("Templates",
                                           "The PC that runs this channel is not in reach.");
    return error.detail.isEmpty() ? sentence(error) : error.detail;
}

} // namespace peerdesk::ui
