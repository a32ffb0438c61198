// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/sealing.h"

#include "core/base/codec.h"
#include "core/node/decision.h"

#include <algorithm>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxSealedName = 64;
/// What binding and sealing add to a secret, and room to spare.
constexpr qsizetype MaxSealBytes = MaxSecretBytes + 1024;

Result<Done> checkSeal(const SealedSecret &seal)
{
    if (seal.name.isEmpty() || seal.name.size() > MaxSealedName || seal.version < 1)
        return invalid(u"a seal is for a secret with a name and a version"_s);
    if (seal.sealed.isEmpty() || seal.sealed.size() > MaxSealBytes)
        return Error{Error::Code::TooLarge, u"a seal has 1 to %1 bytes"_s.arg(MaxSealBytes), {}};
    return Done{};
}

} // namespace

Result<SealedSecret> sealFor(const Node &node, const AccountSecretValue &secret)
{
    if (secret.value.size() > MaxSecretBytes)
        return Error{
            Error::Code::TooLarge, u"a secret has at most %1 bytes"_s.arg(MaxSecretBytes), {}};
    Result<QByteArray> sealed = secrets::seal(node.sealingKey, codec::encode(secret));
    if (!sealed)
        return sealed.error();
    return SealedSecret{SealedSecret::newId(secret.account, secret.name, node.id),
                        secret.account,
                        secret.name,
                        node.id,
                        secret.version,
                        std::move(*sealed)};
}

Result<QByteArray> unsealed(const secrets::SealingPair &pair, const SealedSecret &seal)
{
    const Result<QByteArray> plain = secrets::openSeal(pair, seal.sealed);
    if (!plain)
        return plain.error();
    const auto secret = codec::decode<AccountSecretValue>(*plain);
    if (!secret || secret->account != seal.account || secret->name != seal.name ||
        secret->version != seal.version)
        return invalid(u"this seal stands in another's place"_s);
    return secret->value;
}

Decided decide(Decision &decision, const api::SealSecret &command)
{
    SealedSecret seal = command.seal;
    if (const Result<Done> good = checkSeal(seal); !good)
        return good.error();
    const bool isOfOffice = seal.account.value == decision.warm().office.id.value;
    const bool isOfWebhook = decision.get<Webhook>({seal.account.value}).has_value();
    if (!isOfOffice && !isOfWebhook && !decision.get<ChannelAccount>(seal.account))
        return notFound(u"no such channel"_s);
    const auto node = decision.get<Node>(seal.node);
    if (!node || node->isRemoved || node->sealingKey.isEmpty())
        return rejected(u"nothing can be sealed for this PC"_s, u"no-sealing-key"_s);
    const auto &seals = decision.warm().seals;
    const bool isOlder = std::any_of(seals.begin(), seals.end(), [&](const auto &entry) {
        const SealedSecret &other = entry.second;
        return other.account == seal.account && other.name == seal.name &&
               other.version > seal.version;
    });
    if (isOlder)
        return rejected(u"there is a newer version of this secret"_s, u"older"_s);
    seal.id = SealedSecret::newId(seal.account, seal.name, seal.node);
    const auto existing = decision.get<SealedSecret>(seal.id);
    if (!existing || existing->version < seal.version)
        decision.record(events::SecretSealed{seal});
    return about(seal.id);
}

Result<Done> checkHeir(const Decision &decision, const ChannelAccount &account, NodeId heir)
{
    const auto node = decision.get<Node>(heir);
    if (!node || node->isRemoved)
        return notFound(u"no such PC"_s);
    std::map<QString, qint64> newest;
    std::map<QString, qint64> its;
    for (const auto &[id, seal] : decision.warm().seals) {
        if (seal.account != account.id)
            continue;
        newest[seal.name] = std::max(newest[seal.name], seal.version);
        if (seal.node == heir)
            its[seal.name] = seal.version;
    }
    if (newest != its || (newest.empty() && decision.rules(account.type).hasSecrets))
        return rejected(u"%1 cannot open the secrets of this channel yet"_s.arg(node->name),
                        u"not-sealed"_s);
    return Done{};
}

void dropSeals(Decision &decision, const std::function<bool(const SealedSecret &)> &isOver)
{
    events::SealsDropped dropped;
    for (const auto &[id, seal] : decision.warm().seals) {
        if (isOver(seal))
            dropped.seals.push_back(id);
    }
    if (!dropped.seals.empty())
        decision.record(dropped);
}

} // namespace peerdesk::node
