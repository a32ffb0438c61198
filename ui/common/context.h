// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/base/clock.h"
#include "ui/common/directory.h"
#include "ui/common/look.h"

namespace peerdesk::ui {

class Announcer;

/// What every part of the window borrows. Made by the window, outlives its children.
struct Context
{
    Look &look;
    api::Desk &desk;
    const Clock &clock;
    Directory &directory;
    Announcer &announcer;
    api::Caller caller;
};

/// A sentence for people about a command that did not work: what happened and what to do.
QString sentence(const Error &error);

} // namespace peerdesk::ui
