// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/joining.h"

#include "core/base/codec.h"
#include "core/store/officereader.h"
#include "core/store/officestore.h"

namespace peerdesk::node {

using namespace Qt::StringLiterals;

QString nodeKeyName(NodeId node)
{
    return u"node-key/"_s + node.toString();
}

Result<std::unique_ptr<secrets::SecretStore>> openKeystore(const QString &keystore,
                                                           const QString &passphrase)
{
    if (!keystore.startsWith(u"file:"_s))
        return secrets::keychain(u"peerdesk"_s);
    return secrets::passphraseFile(keystore.mid(5), passphrase);
}

JoinOffice::JoinOffice(Request request, Completion<cluster::Membership> done, QObject *parent)
    : Operation(std::move(done), parent)
    , m_request(std::move(request))
{}

JoinOffice::~JoinOffice() = default;

void JoinOffice::start()
{
    if (const Result<Done> prepared = prepare(); !prepared)
        return finish(prepared.error());
    keepKey();
}

Result<Done> JoinOffice::prepare()
{
    const Result<QByteArray> secret = cluster::joinSecret(m_request.code);
    if (!secret)
        return secret.error();
    m_secret = *secret;
    auto folder = store::DataFolder::open(m_request.dataDir);
    if (!folder)
        return folder.error();
    m_folder = std::move(*folder);
    const auto made = store::OfficeStore::open(m_folder->office());
    if (!made)
        return made.error();
    const auto reader = store::OfficeReader::open(m_folder->office());
    if (!reader)
        return reader.error();
    if ((*reader)->appliedIndex() > 0)
        return rejected(tr("%1 holds an office already: join with another --data folder")
                            .arg(m_request.dataDir),
                        u"exists"_s);
    auto local = store::LocalStore::open(m_folder->local());
    if (!local)
        return local.error();
    m_local = std::move(*local);
    auto secrets = openKeystore(m_request.keystore, m_request.passphrase);
    if (!secrets)
        return secrets.error();
    m_secrets = std::move(*secrets);
    // Each try is a PC of its own: nobody knows the one of a try that failed.
    m_node = randomId<NodeId>();
    const Result<cluster::Identity> identity = cluster::Identity::make(m_node.toString());
    if (!identity)
        return identity.error();
    m_identity = *identity;
    return m_local->setValue(NodeIdKey.toString(), m_node.toString().toLatin1());
}

void JoinOffice::keepKey()
{
    m_secrets->store(
        nodeKeyName(m_node), m_identity.pem,
        {this, [this](const Result<Done> &kept) { kept ? knock() : finish(kept.error()); }});
}

void JoinOffice::knock()
{
    auto *joiner = new cluster::Joiner(
        {m_request.via, m_secret, m_identity, m_node.toString(), m_request.name},
        {this, [this](const Result<cluster::Membership> &welcome) { onWelcome(welcome); }}, this);
    joiner->start();
}

void JoinOffice::onWelcome(const Result<cluster::Membership> &membership)
{
    if (!membership)
        return finish(membership.error());
    const Result<Done> kept =
        m_local->setValue(MembershipKey.toString(), codec::encode(*membership));
    if (!kept)
        return finish(kept.error());
    finish(*membership);
}

} // namespace peerdesk::node
