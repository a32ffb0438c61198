// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// GLib headers use the names of Qt's keywords.
#undef signals
#undef slots
#undef emit
#include <gmime/gmime.h>
#define signals Q_SIGNALS
#define slots Q_SLOTS
#define emit

#include <QString>

#include <memory>

namespace peerdesk::channels::email {

/// Makes the library ready; cheap after the first time. Any thread.
inline void readyGmime()
{
    static const bool isReady = [] {
        g_mime_init();
        return true;
    }();
    Q_UNUSED(isReady)
}

struct Unref
{
    void operator()(void *object) const { g_object_unref(object); }
};
/// Owns one reference.
template <typename T>
using GRef = std::unique_ptr<T, Unref>;

struct Free
{
    void operator()(char *text) const { g_free(text); }
};
using GText = std::unique_ptr<char, Free>;

} // namespace peerdesk::channels::email
