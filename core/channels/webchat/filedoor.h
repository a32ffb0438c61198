// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"
#include "core/channels/webchat/admission.h"
#include "core/channels/webchat/uploads.h"

namespace peerdesk::channels::webchat {

/// Files of one account over HTTP: up before a message names them, down for the visitor whose
/// conversation holds them. Thread: node.
class FileDoor : public QObject
{
    Q_OBJECT

public:
    FileDoor(Admission &admission, Host &host, UploadLimits limits, QObject *parent);

    /// Body = the file, query "name", Content-Type. 201 {sha256, name, type, size}; 401, 403, 413,
    /// 415, 429.
    void upload(const net::HttpRequest &request, const net::Responder &respond);
    /// 200 with the bytes, always as a download unless it is a picture; 401, 403, 404.
    void download(const net::HttpRequest &request, const net::Responder &respond);
    /// Answer to a browser's preflight.
    void preflight(const net::HttpRequest &request, const net::Responder &respond);

    Uploads &uploads() { return m_uploads; }

private:
    Admission &m_admission;
    Host &m_host;
    Uploads m_uploads;
};

} // namespace peerdesk::channels::webchat
