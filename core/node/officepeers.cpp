// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/pool.h"
#include "core/node/office.h"

#include <QNetworkInterface>

/// Who belongs to the office, where each is reached, and how others are taken in.
namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxUses = 20;
constexpr Seconds LongestInvitation = std::chrono::hours(24);

/// Where others may find a listener: its host, or every address of this PC.
QStringList addressesOf(const QString &listening)
{
    const auto [host, port] = cluster::splitAddress(listening);
    if (!host.isEmpty())
        return {listening};
    QStringList out;
    for (const QHostAddress &address : QNetworkInterface::allAddresses()) {
        if (address.protocol() == QAbstractSocket::IPv4Protocol && !address.isLoopback())
            out += cluster::joinAddress(address.toString(), port);
    }
    return out;
}

api::Asker shownAs(const cluster::Asker &asker)
{
    return {NodeId::fromString(asker.node), asker.name, asker.host, asker.words};
}

} // namespace

void OfficeService::onListening(const QString &address)
{
    m_listening = address;
    const QString refusal = tr("Other PCs cannot reach this one: it cannot listen on %1. Choose "
                               "another port (--peer HOST:PORT).")
                                .arg(m_parts.peer);
    const quint16 port = cluster::splitAddress(address).second;
    const bool isElsewhere = m_parts.isPeerPortChosen && port != m_parts.firstPeerPort;
    const QString elsewhere = tr("Port %1 is taken on this PC: the others reach it at port %2 now.")
                                  .arg(m_parts.firstPeerPort)
                                  .arg(port);
    setNotice(u"peers"_s, address.isEmpty() ? refusal : isElsewhere ? elsewhere : QString());
    if (m_parts.peerOpened)
        m_parts.peerOpened(address.isEmpty()
                               ? Result<QString>(Error{Error::Code::Network, refusal, {}})
                               : address);
    updateSelf();
}

void OfficeService::matchPeers()
{
    const Warm &warm = m_core->view().warm();
    std::vector<cluster::Peer> peers;
    std::set<QString> removed;
    for (const Node &node : m_core->reader().all<Node>()) {
        const QString id = node.id.toString();
        if (node.isRemoved)
            removed.insert(id);
        else if (!node.fingerprint.isEmpty())
            peers.push_back({id, node.fingerprint, node.addresses.split(u' ', Qt::SkipEmptyParts)});
    }
    if (peers.empty() && m_parts.membership) {
        for (const cluster::KnownMember &member : m_parts.membership->members)
            peers.push_back({member.node, member.fingerprint, member.addressList()});
    }
    const bool isFounded = warm.office.createdAt.isSet();
    if (isFounded || m_parts.membership)
        m_replica->setOffice(
            isFounded
                ? cluster::OfficeCard{warm.office.id.toBytes(), warm.office.name,
                                      warm.office.recoveryKey}
                : cluster::OfficeCard{m_parts.membership->office, m_parts.membership->name, {}});
    m_replica->setPeers(peers, removed);
}

void OfficeService::updateSelf()
{
    const auto self = m_core->view().get<Node>(m_parts.node);
    if (!self || m_isUpdatingSelf || m_core->cluster().leader.isEmpty())
        return;
    api::UpdateNode said{m_parts.node, self->fingerprint, self->addresses, self->sealingKey,
                         events::featureLevel()};
    if (m_identity && !m_listening.isEmpty()) {
        said.fingerprint = m_identity->fingerprint();
        said.addresses = addressesOf(m_listening).join(u' ');
        said.sealingKey = m_sealingKey;
    }
    if (said == api::UpdateNode{self->id, self->fingerprint, self->addresses, self->sealingKey,
                                self->featureLevel})
        return;
    if (!self->fingerprint.isEmpty() && self->fingerprint != said.fingerprint)
        return setNotice(u"key"_s,
                         tr("The keychain or secrets file is not the one that this PC "
                            "was run with: channels lack their passwords, visitors begin "
                            "anew, other PCs do not know this one. Start Peerdesk with the "
                            "right one, or enter the passwords again."));
    m_isUpdatingSelf = true;
    m_core->submitInternal(randomId<CommandId>(), said,
                           [self = QPointer(this)](const Decided &decided) {
                               if (!decided && self && !self->m_isStopping)
                                   qWarning("what this PC says of itself: %ls",
                                            qUtf16Printable(decided.error().detail));
                               if (self)
                                   self->m_isUpdatingSelf = false;
                           });
}

void OfficeService::invite(quint64 request, const api::Caller &caller, const api::Invite &wanted)
{
    using Said = Result<QString>;
    if (const Result<Done> allowed = requireAdmin(m_core->view(), caller); !allowed)
        return answer(request, Said(allowed.error()));
    if (!m_identity || m_listening.isEmpty())
        return answer(request,
                      Said(rejected(tr("Other PCs cannot reach this one"), u"no-peers"_s)));
    if (wanted.uses < 1 || wanted.uses > MaxUses || wanted.expires < Seconds(1) ||
        wanted.expires > LongestInvitation)
        return answer(request, Said(invalid(tr("An invitation is for 1 to %1 PCs and ends within a "
                                               "day")
                                                .arg(MaxUses))));
    const QString code = cluster::newJoinCode();
    const QByteArray id = cluster::randomBytes(16);
    runInPool<Result<QByteArray>>(
        m_pool, this, [code, id] { return cluster::joinKey(*cluster::joinSecret(code), id); },
        {this, [this, request, code, id, wanted](const Result<Result<QByteArray>> &made) {
             if (!made || !*made)
                 return answer(request, Said(made ? made->error() : made.error()));
             m_replica->invite({id, **made, wanted.uses, QDeadlineTimer(wanted.expires)});
             answer(request, Said(code));
         }});
}

void OfficeService::onAsksChanged(const std::vector<cluster::Asker> &asks)
{
    m_asks = asks;
    const auto gone =
        std::stable_partition(m_admitting.begin(), m_admitting.end(), [&](const auto &admitting) {
            return std::find(asks.begin(), asks.end(), admitting.first) != asks.end();
        });
    const std::vector<std::pair<cluster::Asker, quint64>> unanswered(gone, m_admitting.end());
    m_admitting.erase(gone, m_admitting.end());
    for (const auto &[asker, request] : unanswered)
        answer(request, Result<Done>(notFound(tr("This PC does not ask any more, or the invitation "
                                                 "was used"))));
    Q_EMIT statusChanged();
}

void OfficeService::admit(quint64 request, const api::Caller &caller, const api::Asker &asker,
                          bool isOurs)
{
    if (const Result<Done> allowed = requireAdmin(m_core->view(), caller); !allowed)
        return answer(request, allowed);
    const auto asked = std::find_if(m_asks.begin(), m_asks.end(), [&](const cluster::Asker &one) {
        return shownAs(one) == asker;
    });
    if (asked == m_asks.end())
        return answer(request, Result<Done>(notFound(tr("This PC does not ask any more"))));
    m_replica->admit(*asked, isOurs);
    if (!isOurs)
        return answer(request, Result<Done>(Done{}));
    m_admitting.emplace_back(*asked, request);
}

void OfficeService::addAskers(api::OfficeStatus &status) const
{
    for (const cluster::Asker &one : m_asks)
        status.askers.push_back(shownAs(one));
}

void OfficeService::answerAdmitted(const QString &node, const Result<Done> &result)
{
    const auto it = std::find_if(m_admitting.begin(), m_admitting.end(),
                                 [&](const auto &one) { return one.first.node == node; });
    if (it == m_admitting.end())
        return; // it had a code
    const quint64 request = it->second;
    m_admitting.erase(it);
    answer(request, result);
}

/// The command's id is that of this use of the invitation: two newcomers cannot both have it,
/// whoever routes.
void OfficeService::onKnocked(const cluster::Newcomer &newcomer)
{
    Node node;
    node.id = NodeId::fromString(newcomer.node);
    node.name = newcomer.name;
    node.fingerprint = newcomer.fingerprint;
    node.featureLevel = newcomer.featureLevel;
    const auto use = derivedId<CommandId>(NodeId{QUuid::fromRfc4122(newcomer.invitation)},
                                          "join " + QByteArray::number(newcomer.use));
    m_core->submitInternal(
        use, api::AddNode{node}, [self = QPointer(this), newcomer](const Decided &decided) {
            if (!self)
                return;
            self->answerAdmitted(newcomer.node, decided ? Result<Done>(Done{}) : decided.error());
            self->m_replica->welcome(newcomer.node,
                                     decided ? Result<cluster::Membership>(self->membershipNow())
                                             : decided.error());
        });
}

cluster::Membership OfficeService::membershipNow() const
{
    const Office &office = m_core->view().warm().office;
    cluster::Membership out{office.id.toBytes(), office.name, {}, m_core->cluster().takeover};
    for (const Node &node : m_core->reader().all<Node>()) {
        if (!node.isRemoved)
            out.members.push_back({node.id.toString(), node.fingerprint, node.addresses});
    }
    return out;
}

} // namespace peerdesk::node
