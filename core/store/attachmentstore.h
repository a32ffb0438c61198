// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

namespace peerdesk::store {

/// Largest attachment kept.
constexpr qsizetype MaxAttachmentBytes = 50 * 1024 * 1024;

/// `state` of get()'s NotFound: another PC may have it.
inline constexpr QStringView NotOnThisPc = u"elsewhere";

/// Attachments by SHA-256, in folders of 256: `ab/abcd...`. Any thread that may wait for the disk;
/// objects share nothing but the folder, equal bytes may be put at the same time.
class AttachmentStore
{
public:
    explicit AttachmentStore(QString folder);

    /// Stores the bytes; they and their folder entry are fsynced before the answer (design rule 7).
    /// Returns the 32 bytes of their SHA-256. Errors: TooLarge, Storage.
    Result<QByteArray> put(const QByteArray &bytes) const;
    /// Verified on reading. Errors: Invalid (no SHA-256), NotFound, Storage ("corrupt": the file is
    /// not what its name says).
    Result<QByteArray> get(const QByteArray &sha256) const;
    bool has(const QByteArray &sha256) const;
    /// A file that is gone after this; that it was not there is fine.
    void remove(const QByteArray &sha256) const;
    /// Where the file lies, for programs that open it; empty if `sha256` is none.
    QString pathOf(const QByteArray &sha256) const;

private:
    QString m_folder;
};

} // namespace peerdesk::store
