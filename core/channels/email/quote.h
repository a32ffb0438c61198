// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace peerdesk::channels::email {

struct SplitText
{
    QString fresh;  ///< what the sender wrote now
    QString quoted; ///< the earlier exchange below (or above) it, attribution line included

    bool operator==(const SplitText &) const = default;
};

/// Parts a plain-text mail into fresh words and the quoted rest. Knows ">" quotes, attribution
/// lines and header blocks in the languages that mail programs write them in. Where it is not sure
/// (answers between the quotes, a forwarded mail, nothing fresh) everything stays fresh. Pure.
SplitText splitQuoted(const QString &text);

} // namespace peerdesk::channels::email
