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
/// the members. Without a code it asks to be let in: two people compare three words, each on one
/// screen, and what the other side says counts once both have said that they are the same. Errors:
/// Invalid (the code), Network (nobody answers there; "lost" or "unanswered" after it has asked),
/// Rejected (they say no; "not-them" when the other side cannot prove the code itself; to who asks
/// "not-inviting", "busy", "older" or "declined").
class Joiner final : public Operation<Membership>
{
    Q_OBJECT

public:
    struct Request
    {
        QString address;   ///< HOST:PORT
        QByteArray secret; ///< of joinSecret(); empty = ask
        Identity identity;
        QString node;
        QString name;
        int featureLevel = 1; ///< of this program
    };

    Joiner(Request request, Completion<Membership> done, QObject *parent);
    ~Joiner() override;
    void start() override;
    /// A person says that the other screen shows the same words.
    void confirm();

Q_SIGNALS:
    /// Until a person says so nothing that comes is believed.
    void wordsMade(const QStringList &words);
    /// The other side lets this one in; confirm() is still waited for.
    void letIn();

private:
    bool isAsking() const { return m_request.secret.isEmpty(); }
    void onReadyRead();
    void onEncrypted();
    void onOffer(const JoinOffer &offer);
    void onWay(const JoinOffer &offer);
    void onKeys(const std::vector<Result<QByteArray>> &keys);
    void onWelcome(const JoinWelcome &welcome);
    void onDisconnected();
    void onPatienceOver();
    void welcomeTo(Membership membership);
    void fail(Error::Code code, const QString &why, const QString &state = {});

    Request m_request;
    QSslSocket m_socket;
    QTimer m_timer;
    QByteArray m_buffer;
    Handshake m_handshake;
    std::vector<QByteArray> m_keys;
    QThreadPool m_pool;
    bool m_isOffered = false;
    bool m_isConfirmed = false;
    std::optional<Membership> m_welcome; ///< that came before the words were confirmed
};

} // namespace peerdesk::cluster
