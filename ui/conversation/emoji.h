// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace peerdesk::ui {

/// A picture character and the English words that find it after `:`.
struct Emoji
{
    QString text;
    QString words;
};

/// The ones that customer service uses; the system's own input methods know the rest.
const std::vector<Emoji> &emojis();

} // namespace peerdesk::ui
