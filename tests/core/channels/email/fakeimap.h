// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/email/imapclient.h"

#include <QTcpServer>
#include <QTcpSocket>

namespace peerdesk::channels::email {

using namespace Qt::StringLiterals;

struct StoredMail
{
    QByteArray raw;
    qint64 claimedSize = 0; ///< 0 = the true one
    bool isBroken = false;  ///< FETCH answers NO
    bool isSeen = false;
};

/// A small IMAP server on loopback: one folder, IDLE, what it was told in order.
class FakeServer : public QTcpServer
{
public:
    FakeServer()
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, &FakeServer::read);
            socket->write(greeting + "\r\n");
        });
    }

    void add(quint32 uid, const QByteArray &raw) { mails[uid] = {raw, 0, false, false}; }

    QByteArray greeting = "* OK ready";
    QByteArray capabilities = "IMAP4rev1 IDLE SASL-IR AUTH=PLAIN AUTH=XOAUTH2";
    QByteArray afterStartTls;
    quint32 validity = 9;
    bool refusesSignIn = false;
    std::function<bool(const QByteArray &command)> admits; ///< empty = everybody
    QByteArray appendAnswer = "OK kept";
    QByteArrayList copies; ///< what was appended
    std::map<quint32, StoredMail> mails;
    QByteArrayList told;
    QTcpSocket *socket = nullptr;
    QByteArray floods; ///< a command that begins so is answered with lines without end
    QByteArray flood;

private:
    void read()
    {
        auto *from = static_cast<QTcpSocket *>(sender());
        if (m_literal > 0 && from->bytesAvailable() < m_literal + 2)
            return;
        if (m_literal > 0) {
            copies.append(from->read(std::exchange(m_literal, 0)));
            from->readLine();
            from->write(m_literalTag + ' ' + appendAnswer + "\r\n");
        }
        while (from->canReadLine()) {
            const QByteArray line = from->readLine().trimmed();
            const qsizetype space = line.indexOf(' ');
            if (line == "DONE") {
                from->write(m_idleTag + " OK idle over\r\n");
            } else if (space < 0) {
                told.append(line);
                from->write(m_saslTag + " NO refused\r\n");
            } else {
                told.append(line.mid(space + 1));
                answer(from, line.left(space), line.mid(space + 1));
            }
        }
    }

    void answer(QTcpSocket *to, const QByteArray &tag, const QByteArray &command)
    {
        QByteArray out;
        if (!floods.isEmpty() && command.startsWith(floods)) {
            const auto more = [this, to] {
                if (to->bytesToWrite() == 0)
                    to->write(flood.repeated(1000));
            };
            connect(to, &QTcpSocket::bytesWritten, this, more);
            return more();
        }
        if (command == "CAPABILITY")
            out = "* CAPABILITY " + capabilities + "\r\n";
        else if (command.startsWith("APPEND") && !command.contains("Nowhere")) {
            m_literalTag = tag;
            m_literal = command.chopped(1).split('{').last().toInt();
            return void(to->write("+ go\r\n"));
        } else if (command.startsWith("APPEND"))
            return void(to->write(tag + " NO [TRYCREATE] no such folder\r\n"));
        else if (command == "STARTTLS")
            return void(to->write(tag + " OK begin\r\n" + afterStartTls));
        else if (command.startsWith("AUTHENTICATE") &&
                 (refusesSignIn || (admits && !admits(command)))) {
            m_saslTag = tag;
            return void(to->write("+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"));
        } else if (command.startsWith("SELECT"))
            out = "* " + QByteArray::number(mails.size()) + " EXISTS\r\n* OK [UIDVALIDITY " +
                  QByteArray::number(validity) + "] ok\r\n";
        else if (command.startsWith("UID FETCH")) {
            if (!fetch(command, out))
                return void(to->write(tag + " NO cannot\r\n"));
        } else if (command == "IDLE") {
            m_idleTag = tag;
            return void(to->write("+ idling\r\n"));
        }
        to->write(out + tag + " OK done\r\n");
    }

    bool fetch(const QByteArray &command, QByteArray &out)
    {
        const QByteArray set = command.split(' ').at(2);
        const bool isListing = set.endsWith(":*");
        for (const auto &[uid, mail] : mails) {
            const bool isAsked = isListing ? uid >= set.chopped(2).toUInt()
                                           : set.split(',').contains(QByteArray::number(uid));
            if (!isAsked)
                continue;
            const QByteArray number = QByteArray::number(uid);
            if (isListing) {
                const qint64 size = mail.claimedSize > 0 ? mail.claimedSize : mail.raw.size();
                out += "* 1 FETCH (UID " + number + " FLAGS (" + (mail.isSeen ? "\\Seen" : "") +
                       ") RFC822.SIZE " + QByteArray::number(size) +
                       " INTERNALDATE \"21-Nov-2026 10:00:00 +0000\")\r\n";
                continue;
            }
            if (mail.isBroken)
                return false;
            out += "* 1 FETCH (UID " + number + " BODY[]<0> {" +
                   QByteArray::number(mail.raw.size()) + "}\r\n" + mail.raw + ")\r\n";
        }
        return true;
    }

    QByteArray m_idleTag;
    QByteArray m_saslTag;
    QByteArray m_literalTag;
    int m_literal = 0;
};

inline ImapClientSettings settings(const FakeServer &server)
{
    ImapClientSettings out;
    out.server = {u"127.0.0.1"_s,
                  server.serverPort(),
                  Security::None,
                  u"help@desk.test"_s,
                  "secret",
                  false,
                  {}};
    out.firstBackOff = std::chrono::milliseconds(10);
    return out;
}

/// Runs a client and confirms every page.
struct Reading
{
    explicit Reading(const ImapClientSettings &with, MailAccess *access = nullptr)
        : client(with, access)
    {
        QObject::connect(&client, &ImapClient::pageFetched, &client,
                         [this](const FetchedPage &page) {
                             for (const FetchedMail &mail : page.mails)
                                 mails.push_back(mail);
                             last = page.after;
                             if (confirms)
                                 client.confirmPage();
                         });
        QObject::connect(&client, &ImapClient::caughtUp, &client, [this] { ++caughtUp; });
        QObject::connect(&client, &ImapClient::stateChanged, &client,
                         [this](AccountState now, const QString &text) {
                             state = now;
                             sentence = text;
                         });
    }

    ImapClient client;
    std::vector<FetchedMail> mails;
    FolderPosition last;
    bool confirms = true;
    int caughtUp = 0;
    AccountState state = AccountState::Starting;
    QString sentence;
};

} // namespace peerdesk::channels::email
