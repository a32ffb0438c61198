// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/httpclient.h"
#include "ui/conversation/picturesource.h"

#include <QHostAddress>
#include <QObject>

namespace peerdesk::desktop {

/// Pictures of a mail that its reader asked for. The address was written by a stranger: only https,
/// no port, no name or number that leads into the office's own network, no redirects, no cookies.
/// (A name that resolves anew between the look-up and the call still has to show a certificate.)
/// GUI thread.
class RemotePictures final : public QObject, public ui::PictureSource
{
    Q_OBJECT

public:
    void fetch(const QUrl &url, Completion<QByteArray> done) override;

    /// True for addresses that the whole internet can reach; not for those of this PC or network.
    static bool isPublic(const QHostAddress &address);
    /// True for an address that may be looked up at all.
    static bool isAcceptable(const QUrl &url);

private:
    void download(const QUrl &url, const std::shared_ptr<Completion<QByteArray>> &done);

    net::HttpClient m_http;
};

} // namespace peerdesk::desktop
