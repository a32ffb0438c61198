// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/sentcopies.h"

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

void letGo(ImapSession *session)
{
    if (session == nullptr)
        return;
    session->close();
    session->disconnect();
    session->deleteLater();
}

} // namespace

SentCopies::SentCopies(MailServer server, QString folder, MailAccess *access, QObject *parent)
    : QObject(parent)
    , m_server(std::move(server))
    , m_access(access)
    , m_folder(std::move(folder))
    , m_session(nullptr, letGo)
{}

void SentCopies::keep(const QByteArray &mail)
{
    if (m_folder.isEmpty() || mail.isEmpty())
        return;
    if (m_waiting.size() >= MaxWaiting || m_bytes + mail.size() > MaxWaitingBytes) {
        m_trouble = u"Some sent mails have no copy in the folder %1: the server is too slow."_s.arg(
            m_folder);
        Q_EMIT troubleChanged();
        return;
    }
    m_waiting.push_back(mail);
    m_bytes += mail.size();
    if (m_waiting.size() == 1)
        next();
}

void SentCopies::next()
{
    if (!m_access)
        return open(m_server);
    m_access->enter(m_server, {this, [this](const Result<MailServer> &server) {
                                   server ? open(*server) : ended(server.error().detail);
                               }});
}

void SentCopies::open(const MailServer &server)
{
    m_session.reset(new ImapSession(server, this));
    connect(m_session.get(), &ImapSession::opened, this, &SentCopies::append);
    connect(m_session.get(), &ImapSession::failed, this,
            [this, server](const ImapFailure &failure) {
                if (m_access && failure.kind == ImapFailure::Kind::Credentials)
                    m_access->refuse(server);
                ended(failure.sentence);
            });
    m_session->open();
}

void SentCopies::append()
{
    m_session->upload("APPEND " + imapFolder(m_folder) + " (\\Seen)", m_waiting.front(),
                      [this](const ImapResponse &answer) {
                          if (answer.status == "OK")
                              return ended({});
                          ended(u"A sent mail could not be copied to the folder %1. Does the "
                                "folder exist?"_s.arg(m_folder));
                      });
}

void SentCopies::ended(const QString &trouble)
{
    const bool isNews = trouble != m_trouble;
    m_trouble = trouble;
    m_bytes -= m_waiting.front().size();
    m_waiting.pop_front();
    const bool isFree = trouble.isEmpty() && m_session->isReady();
    if (m_waiting.empty())
        m_session.reset();
    else if (isFree)
        append();
    else
        next();
    if (isNews)
        Q_EMIT troubleChanged();
    if (m_waiting.empty())
        Q_EMIT idle();
}

} // namespace peerdesk::channels::email

#include "moc_sentcopies.cpp"
