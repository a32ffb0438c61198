// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>

namespace peerdesk::channels::slack {

/// A sentence in the language of the program.
inline QString words(const char *text)
{
    return QCoreApplication::translate("Slack", text);
}

} // namespace peerdesk::channels::slack
