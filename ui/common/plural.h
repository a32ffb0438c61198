// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace peerdesk::ui {

/// One sentence for one, another for all other counts; "%1" in it becomes the count. For sentences
/// whose noun changes: right in English without a translation file.
inline QString counted(int count, const QString &one, const QString &many)
{
    return (count == 1 ? one : many).arg(count);
}

} // namespace peerdesk::ui
