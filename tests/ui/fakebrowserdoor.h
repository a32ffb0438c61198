// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/onboarding/backstage.h"

#include <optional>

namespace peerdesk::test {

/// A browser where the person does what the test says.
class FakeBrowserDoor : public ui::BrowserDoor
{
public:
    void signIn(const ui::SignInWish &wanted, Completion<ui::SignedIn> done) override
    {
        wish = wanted;
        held = std::move(done);
    }
    void cancel() override
    {
        ++cancels;
        held = {};
    }

    std::optional<ui::SignInWish> wish;
    Completion<ui::SignedIn> held;
    int cancels = 0;
};

} // namespace peerdesk::test
