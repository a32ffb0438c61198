// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/operation.h"
#include "core/cluster/identity.h"
#include "core/cluster/invitation.h"
#include "core/cluster/wire.h"

#include <QSslSocket>
#include <QThreadPool>
#include <QTimer>

namespace peerdesk::cluster {

/// The newcomer's side of joining: finds out who has the code's invitation, proves it, and is told
/// the members. Errors: Invalid (the code), Network (nobody answers there), Rejected (they say no;
/// "not-them" when the other side cannot prove the code itself).
class Joiner final : public Operation<Membership>
{
public:
    struct Request
    {
        QString address;   ///< HOST:PORT
        QByteArray secret; ///< of joinSecret()
        Identity identity;
        QString node;
        QString name;
        int featureLevel = 1; ///< of this program
    };

    Joiner(Request request, Completion<Membership> done, QObject *parent);
    void start() override;

private:
    void onReadyRead();
    void onOffer(const JoinOffer &offer);
    void onKeys(const std::vector<Result<QByteArray>> &keys);
    void onWelcome(const JoinWelcome &welcome);
    void fail(Error::Code code, const QString &why, const QString &state = {});

    Request m_request;
    QSslSocket m_socket;
    QTimer m_timer;
    QByteArray m_buffer;
    Handshake m_handshake;
    std::vector<QByteArray> m_keys;
    QThreadPool m_pool;
    bool m_isOffered = false;
};

} // namespace peerdesk::cluster
