// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/completion.h"

#include <QUrl>

namespace peerdesk::ui {

/// Brings one picture from the internet, after the agent asked for it. The program implements it;
/// without one the window has no button for it.
class PictureSource
{
public:
    static constexpr qint64 MaxBytes = 3 * 1024 * 1024;

    virtual ~PictureSource() = default;
    /// https only. Errors: Invalid, Network, TooLarge.
    virtual void fetch(const QUrl &url, Completion<QByteArray> done) = 0;
};

} // namespace peerdesk::ui
