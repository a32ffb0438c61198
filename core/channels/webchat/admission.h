// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/channels/webchat/floodguard.h"
#include "core/channels/webchat/visitortoken.h"
#include "core/net/server.h"

namespace peerdesk::channels::webchat {

/// What one address may do. An office behind one address still fits; a flood does not.
struct AddressLimits
{
    Allowance newVisitors{20, Milliseconds(3'000)};
    Allowance messages{60, Milliseconds(200)};
    Allowance uploads{20, Milliseconds(3'000)};
    Allowance downloads{200, Milliseconds(100)};
    Allowance hellos{60, Milliseconds(500)}; ///< each one reads a history
    bool isLoopbackExempt = true; ///< programs on this PC, rehearsals and proxies without a name
};

/// The door of one account: whose pages may use it, who is who, and how fast one address may
/// knock. Thread: node.
class Admission
{
public:
    struct Settings
    {
        AccountId account;
        QByteArray key;               ///< signs visitor tokens
        std::vector<QString> origins; ///< lower case "https://shop.example" or "shop.example";
                                      ///< empty = every page
        AddressLimits limits;
    };
    struct Admitted
    {
        QString visitor;
        QString token; ///< renewed
        bool isNew = false;
    };

    Admission(Settings settings, Clock &clock);

    /// Where a request comes from, for limits: the peer, or what a proxy on this PC says it is
    /// (last entry of X-Forwarded-For; from anybody else that header is ignored). IPv6 by its /64.
    static QString addressOf(const net::HttpRequest &request);
    /// A page served by this server itself is always allowed; a program without Origin only while
    /// the list is empty.
    bool allowsOrigin(const net::HttpRequest &request) const;
    /// Errors: Busy if the address made too many visitors or comes too often; `state` holds the
    /// seconds to wait.
    Result<Admitted> admit(const QString &token, const QString &address);
    /// The visitor of "Authorization: Bearer <token>"; empty if there is no valid one.
    QString visitorOf(const net::HttpRequest &request) const;

    /// How long this address has to wait; zero = go on.
    Milliseconds takeMessage(const QString &address);
    Milliseconds takeUpload(const QString &address);
    Milliseconds takeDownload(const QString &address);

private:
    Milliseconds take(FloodGuard &guard, const QString &address);

    Settings m_settings;
    Clock &m_clock;
    FloodGuard m_newVisitors;
    FloodGuard m_messages;
    FloodGuard m_uploads;
    FloodGuard m_downloads;
    FloodGuard m_hellos;
};

/// Splits a list that people type: commas, semicolons or blanks between; lower case, no last slash.
std::vector<QString> listSetting(const QString &text);

} // namespace peerdesk::channels::webchat
