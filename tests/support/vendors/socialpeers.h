// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/vendors/appstoresim.h"
#include "tests/support/vendors/googlesim.h"
#include "tests/support/vendors/metasim.h"

namespace peerdesk::channels {

struct PeerClock
{
    explicit PeerClock(double haste)
        : own(haste)
    {}
    SystemClock own;
};

/// A provider as the contract suite sees it, with a clock of its own that runs so much faster than
/// life that even what is asked once an hour is soon asked again.
template <typename Sim>
class TimedPeer final : private PeerClock, public Sim
{
public:
    template <typename... More>
    explicit TimedPeer(double haste, More... more)
        : PeerClock(haste)
        , Sim(own, more...)
    {}
    Clock *clock() override { return &own; }
};

inline std::unique_ptr<vendor::VendorPeer> messengerPeer()
{
    return std::make_unique<TimedPeer<MetaSim>>(20, meta::Product::Messenger);
}
inline std::unique_ptr<vendor::VendorPeer> instagramPeer()
{
    return std::make_unique<TimedPeer<MetaSim>>(20, meta::Product::Instagram);
}
inline std::unique_ptr<vendor::VendorPeer> facebookCommentsPeer()
{
    return std::make_unique<TimedPeer<MetaCommentsSim>>(200, meta::Product::Messenger);
}
inline std::unique_ptr<vendor::VendorPeer> instagramCommentsPeer()
{
    return std::make_unique<TimedPeer<MetaCommentsSim>>(200, meta::Product::Instagram);
}
inline std::unique_ptr<vendor::VendorPeer> googlePlayPeer()
{
    return std::make_unique<TimedPeer<PlaySim>>(600);
}
inline std::unique_ptr<vendor::VendorPeer> youtubePeer()
{
    return std::make_unique<TimedPeer<YoutubeSim>>(3'600);
}
inline std::unique_ptr<vendor::VendorPeer> appStorePeer()
{
    return std::make_unique<TimedPeer<AppStoreSim>>(1'200);
}

} // namespace peerdesk::channels
