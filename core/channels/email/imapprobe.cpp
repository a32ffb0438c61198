// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/imapprobe.h"

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;

QString stateOf(ImapFailure::Kind kind)
{
    switch (kind) {
    case ImapFailure::Kind::Unreachable:
        return u"unreachable"_s;
    case ImapFailure::Kind::Credentials:
        return u"credentials"_s;
    case ImapFailure::Kind::Certificate:
        return u"certificate"_s;
    case ImapFailure::Kind::Protocol:
        return u"protocol"_s;
    case ImapFailure::Kind::Unsafe:
        return u"unsafe"_s;
    }
    return {};
}

ImapProbe::ImapProbe(const MailServer &server, QStringList folders, Completion<Done> done,
                     QObject *parent)
    : Operation(std::move(done), parent)
    , m_session(server)
    , m_folders(std::move(folders))
{
    connect(&m_session, &ImapSession::opened, this, &ImapProbe::openNext);
    connect(&m_session, &ImapSession::failed, this, [this](const ImapFailure &failure) {
        finish(Error{Error::Code::Network, failure.sentence, stateOf(failure.kind)});
    });
}

void ImapProbe::start()
{
    m_session.open();
}

void ImapProbe::openNext()
{
    if (m_folders.isEmpty())
        return finish(Done{});
    const QString folder = m_folders.takeFirst();
    m_session.command("EXAMINE " + imapFolder(folder), [this, folder](const ImapResponse &answer) {
        if (answer.status == "OK")
            return openNext();
        finish(Error{Error::Code::Network,
                     u"The mail folder %1 does not exist on the server."_s.arg(folder),
                     u"protocol"_s});
    });
}

} // namespace peerdesk::channels::email
