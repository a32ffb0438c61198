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

/// What a channel takes as files of one message.
struct FileRules
{
    static constexpr int MostFiles = 20; ///< in one message, whatever the channel

    qint64 maxBytes = 0;        ///< of one file, 0 = no files at all
    qint64 maxPictureBytes = 0; ///< of one that is a picture, 0 = as of any other
    qint64 maxTotalBytes = 0;   ///< of all together, 0 = no bound of its own
    int maxCount = MostFiles;
    std::vector<QString> types = {}; ///< as isOneOf() takes them

    qint64 maxBytesOf(const QString &mimeType) const
    {
        const bool isPicture = mimeType.startsWith(QStringLiteral("image/"), Qt::CaseInsensitive);
        return isPicture && maxPictureBytes > 0 ? maxPictureBytes : maxBytes;
    }
};

} // namespace peerdesk
