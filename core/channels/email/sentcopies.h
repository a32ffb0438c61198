// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/email/imapsession.h"
#include "core/channels/email/mailaccess.h"

#include <deque>
#include <memory>

namespace peerdesk::channels::email {

/// Puts a copy of every accepted mail into a folder of the mailbox (IMAP APPEND), so that other
/// mail programs show it too. A convenience: the office has the message itself. One mail after the
/// other over a connection of its own; each is tried once, since a try of unknown outcome would
/// double it; at most 50 mails and 64 MiB wait, later ones get no copy. What went wrong stands in
/// trouble() until a copy succeeds. Thread: node; never blocks. Source: RFC 3501 section 6.3.11.
class SentCopies final : public QObject
{
    Q_OBJECT

public:
    static constexpr size_t MaxWaiting = 50;
    static constexpr qsizetype MaxWaitingBytes = 64 * 1024 * 1024;

    /// An empty folder = keeps nothing. `access` outlives it; null = the server's own secret gets
    /// in.
    SentCopies(MailServer server, QString folder, MailAccess *access = nullptr,
               QObject *parent = nullptr);

    void keep(const QByteArray &mail);
    /// For people; empty = all is well.
    const QString &trouble() const { return m_trouble; }

signals:
    void troubleChanged();
    /// Nothing waits any more.
    void idle();

private:
    void next();
    void open(const MailServer &server);
    void append();
    void ended(const QString &trouble);

    MailServer m_server;
    MailAccess *m_access;
    QString m_folder;
    QString m_trouble;
    std::deque<QByteArray> m_waiting; ///< the first one is under way
    qsizetype m_bytes = 0;            ///< of those waiting
    std::unique_ptr<ImapSession, void (*)(ImapSession *)> m_session;
};

} // namespace peerdesk::channels::email
