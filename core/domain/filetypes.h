// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <algorithm>
#include <vector>

namespace peerdesk {

/// Whether a file of `mimeType` (parameters do not count) is one of `types`: MIME types or
/// "image/*". No types = anything.
inline bool isOneOf(const std::vector<QString> &types, const QString &mimeType)
{
    const QString type = mimeType.section(u';', 0, 0).trimmed().toLower();
    return types.empty() || std::any_of(types.begin(), types.end(), [&](const QString &one) {
               return one.endsWith(u"/*") ? type.startsWith(QStringView(one).chopped(1))
                                          : type == one;
           });
}

} // namespace peerdesk
