// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/secret.h"

/// Part of core/events/facts.h, whose rules hold here.
namespace peerdesk::events {

/// One PC can open a secret of a channel account from now on.
struct SecretSealed
{
    static constexpr int type = 114;
    static constexpr int version = 1;
    SealedSecret seal;

    static constexpr auto fields() { return FieldList{field(1, "seal", &SecretSealed::seal)}; }
    bool operator==(const SecretSealed &) const = default;
};

/// The PC or the account that they were for is gone.
struct SealsDropped
{
    static constexpr int type = 115;
    static constexpr int version = 1;
    std::vector<SealId> seals;

    static constexpr auto fields() { return FieldList{field(1, "seals", &SealsDropped::seals)}; }
    bool operator==(const SealsDropped &) const = default;
};

} // namespace peerdesk::events
