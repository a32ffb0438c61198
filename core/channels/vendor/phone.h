// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace peerdesk::channels::vendor {

/// A number as it is kept and as it is shown.
struct PhoneNumber
{
    QString e164;  ///< +48601234567
    QString shown; ///< +48 601 234 567

    bool operator==(const PhoneNumber &) const = default;
};

/// Nothing if it is no possible number. `region` (two letters) is for numbers without a country
/// code; empty = only international ones.
std::optional<PhoneNumber> phoneNumber(const QString &text, const QString &region = {});

} // namespace peerdesk::channels::vendor
