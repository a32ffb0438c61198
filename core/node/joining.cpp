// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/joining.h"

#include "core/base/codec.h"
#include "core/store/officereader.h"
#include "core/store/officestore.h"

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

constexpr Milliseconds AskEvery{300};
constexpr Milliseconds SearchPatience = std::chrono::seconds(5);
constexpr size_t MaxSeen = 64;

} // namespace

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
    if (m_request.isAsking && m_request.via.isEmpty())
        return invalid(tr("Which PC shall be asked?"));
    const Result<QByteArray> secret =
        m_request.isAsking ? QByteArray() : cluster::joinSecret(m_request.code);
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
    m_secrets->store(nodeKeyName(m_node), m_identity.pem,
                     {this, [this](const Result<Done> &kept) {
                          if (!kept)
                              return finish(kept.error());
                          m_request.via.isEmpty() ? search() : knock(m_request.via);
                      }});
}

void JoinOffice::search()
{
    m_beacon = std::make_unique<cluster::Beacon>(cluster::Beacon::Options{}, nullptr);
    connect(m_beacon.get(), &cluster::Beacon::sighted, this, &JoinOffice::onSighted);
    if (const Result<Done> started = m_beacon->start(); !started)
        return finish(started.error());
    m_patience = QDeadlineTimer(SearchPatience);
    connect(&m_asking, &QTimer::timeout, this, [this] {
        m_beacon->ask();
        knockNext();
    });
    m_asking.start(AskEvery);
    m_beacon->ask();
}

void JoinOffice::onSighted(const cluster::Sighting &sighting)
{
    if (!sighting.isInviting)
        m_silentOffice = sighting.officeName;
    else if (m_seen.size() < MaxSeen && m_seen.insert(sighting.address()).second)
        m_inviting += sighting.address();
    knockNext();
}

/// The code belongs to one of those who invite: whose it is not learns nothing from the try.
void JoinOffice::knockNext()
{
    if (isFinished() || m_isKnocking)
        return;
    if (!m_inviting.isEmpty())
        return knock(m_inviting.takeFirst());
    if (!m_patience.hasExpired())
        return;
    if (m_refusal)
        return finish(*m_refusal);
    finish(Error{Error::Code::NotFound,
                 m_silentOffice.isEmpty()
                     ? tr("No office was found on this network. Is the PC that invites on, and in "
                          "the same network? If it is, give its address.")
                     : tr("\"%1\" was found, but invites nobody now: the code may be used or too "
                          "old. Ask for a new one.")
                           .arg(m_silentOffice),
                 u"no-office-found"_s});
}

void JoinOffice::knock(const QString &address)
{
    m_isKnocking = true;
    m_joiner = new cluster::Joiner(
        {address, m_secret, m_identity, m_node.toString(), m_request.name, events::featureLevel()},
        {this, [this](const Result<cluster::Membership> &welcome) { onWelcome(welcome); }}, this);
    connect(m_joiner, &cluster::Joiner::wordsMade, this, &JoinOffice::wordsMade);
    connect(m_joiner, &cluster::Joiner::letIn, this, &JoinOffice::letIn);
    m_joiner->start();
}

void JoinOffice::confirm()
{
    if (m_joiner)
        m_joiner->confirm();
}

void JoinOffice::onWelcome(const Result<cluster::Membership> &membership)
{
    m_isKnocking = false;
    if (!membership && !m_beacon)
        return finish(membership.error());
    if (!membership) {
        m_refusal = membership.error();
        return knockNext();
    }
    const Result<Done> kept =
        m_local->setValue(MembershipKey.toString(), codec::encode(*membership));
    if (!kept)
        return finish(kept.error());
    finish(*membership);
}

} // namespace peerdesk::node

#include "moc_joining.cpp"
