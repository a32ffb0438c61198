// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/office.h"

#include <QFileInfo>

/// Going on without PCs that are gone for good, and coming back as one of them.
namespace peerdesk::node {

using namespace Qt::StringLiterals;

/// Whoever sees that the office can go on by itself refuses.
Result<Done> OfficeService::checkTakeover(const api::Caller &caller) const
{
    if (const Result<Done> allowed = requireSupervisor(m_core->view(), caller); !allowed)
        return allowed;
    const cluster::ClusterState &log = m_core->cluster();
    if (!log.leader.isEmpty())
        return rejected(tr("The office has a router: nothing has to be taken over"),
                        u"router-alive"_s);
    int voters = 0;
    int here = 0;
    bool isReplica = false;
    for (const cluster::Server &server : log.members) {
        const bool isSelf = server.node == m_parts.node.toString();
        isReplica = isReplica || (isSelf && server.role != cluster::ServerRole::Spare);
        if (server.role != cluster::ServerRole::Voter)
            continue;
        ++voters;
        here += isSelf || log.reachable.contains(server.node);
    }
    if (2 * here > voters && voters > 0)
        return rejected(tr("%1 of %2 PCs that decide are here: they find a router by themselves")
                            .arg(here)
                            .arg(voters),
                        u"majority-alive"_s);
    if (!isReplica)
        return rejected(tr("This PC has no whole copy of the office: take it over on another one"),
                        u"no-copy"_s);
    return Done{};
}

void OfficeService::takeover(quint64 request, const api::Caller &caller, const QString &words)
{
    const Result<Done> allowed = checkTakeover(caller);
    if (!allowed || m_takeoverRequest != 0)
        return answer(request, allowed ? Result<Done>(rejected(tr("A takeover is under way"), {}))
                                       : allowed);
    const auto goOn = [this, request](const Result<QByteArray> &seed) {
        if (!seed)
            return answer(request, Result<Done>(seed.error()));
        m_takeoverRequest = request;
        cluster::Takeover wanted;
        wanted.office = m_core->view().warm().office.id.toBytes();
        wanted.at = m_clock.wall().ms;
        m_replica->takeOver(wanted, *seed);
    };
    words.isEmpty() ? fetchRecoverySeed(goOn) : goOn(recoverySeedIn(words));
}

/// Answers with this PC's, if it is the one that the office goes by.
void OfficeService::fetchRecoverySeed(std::function<void(const Result<QByteArray> &)> done)
{
    m_shared->fetch(
        SharedSecrets::recoveryKeyOf(m_core->view().warm().office.id),
        {this, [this, done = std::move(done)](const Result<QByteArray> &seed) {
             if (seed && isRecoverySeed(*seed))
                 return done(seed);
             done(rejected(tr("This PC does not have the office's recovery key: type the words of "
                              "the recovery sheet, or do it on another PC"),
                           u"no-recovery-key"_s));
         }});
}

bool OfficeService::isRecoverySeed(const QByteArray &seed) const
{
    const QByteArray key = m_core->view().warm().office.recoveryKey;
    return !key.isEmpty() && cluster::recoveryPublicKey(seed) == key;
}

Result<QByteArray> OfficeService::recoverySeedIn(const QString &words) const
{
    Result<QByteArray> seed = cluster::recoverySeedOf(words);
    if (seed && !isRecoverySeed(*seed))
        return rejected(tr("These words are not the office's recovery key: the sheet is another "
                           "office's, or a PC was removed since it was printed"),
                        u"old-recovery-key"_s);
    return seed;
}

void OfficeService::recoveryWords(quint64 request, const api::Caller &caller)
{
    using Said = Result<QString>;
    if (const Result<Done> allowed = requireAdmin(m_core->view(), caller); !allowed)
        return answer(request, Said(allowed.error()));
    fetchRecoverySeed([this, request](const Result<QByteArray> &seed) {
        answer(request, seed ? Said(cluster::recoveryWords(*seed).join(u' ')) : Said(seed.error()));
    });
}

void OfficeService::onTookOver(const Result<cluster::Takeover> &result)
{
    const quint64 request = std::exchange(m_takeoverRequest, 0);
    if (!result)
        return answer(request, Result<Done>(result.error()));
    noteTakeover(request, *result);
}

/// A batch takes so much; the rest follows.
void OfficeService::noteTakeover(quint64 request, const cluster::Takeover &takeover)
{
    const api::NoteTakeover note{m_parts.node, takeover.generation, takeover.index};
    m_core->submitInternal(randomId<CommandId>(), note,
                           [self = QPointer(this), request, takeover](const Decided &decided) {
                               if (!self)
                                   return;
                               if (decided && decided->state == u"more"_s)
                                   return self->noteTakeover(request, takeover);
                               self->answer(request,
                                            decided ? Result<Done>(Done{}) : decided.error());
                           });
}

void OfficeService::onSuperseded(const QByteArray &takeover)
{
    const QString folder = QFileInfo(m_parts.officeFile).absolutePath();
    if (const Result<Done> noted = noteSuperseded(folder, takeover); !noted)
        return setNotice(u"superseded"_s, noted.error().detail);
    Q_EMIT superseded();
}

void OfficeService::makeRecoveryKey()
{
    const Office office = m_core->view().warm().office;
    if (!m_core->isReady() || !office.createdAt.isSet() || !office.recoveryKey.isEmpty() ||
        !m_gate || !m_parts.runsConnectors || std::exchange(m_isMakingKey, true))
        return;
    const QByteArray seed = cluster::newRecoverySeed();
    const auto stored = [this, seed](const Result<Done> &kept) {
        if (!kept) {
            m_isMakingKey = false;
            return qWarning("recovery key: %ls", qUtf16Printable(kept.error().detail));
        }
        m_core->submitInternal(randomId<CommandId>(),
                               api::SetRecoveryKey{cluster::recoveryPublicKey(seed)},
                               [self = QPointer(this)](const Decided &) {
                                   if (self)
                                       self->m_isMakingKey = false;
                               });
    };
    m_shared->store(SharedSecrets::recoveryKeyOf(office.id), seed, {this, stored});
}

/// Once this PC has the office's tables again.
void OfficeService::salvage()
{
    const bool isMember = m_core->view().get<Node>(m_parts.node).has_value();
    if (!m_parts.salvage || !m_gate || !isMember || m_core->cluster().leader.isEmpty())
        return;
    if (!m_salvager) {
        const QString name = m_core->view().get<Node>(m_parts.node)->name;
        m_salvager = std::make_unique<Salvager>(*m_core, *m_parts.salvage, name);
        connect(m_salvager.get(), &Salvager::failed, this, [](const Error &error) {
            qWarning("salvage: %ls", qUtf16Printable(error.detail)); // onTick() goes on
        });
        connect(m_salvager.get(), &Salvager::finished, this, [this](int broughtBack, int held) {
            m_parts.salvage.reset();
            Q_EMIT salvaged();
            setNotice(u"salvage"_s,
                      tr("The office went on without this PC for a while. What was done here was "
                         "brought back: %1. To be looked at by a person: %2.")
                          .arg(broughtBack)
                          .arg(held));
        });
    }
    m_salvager->run();
}

} // namespace peerdesk::node
