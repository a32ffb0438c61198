// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/sharedsecrets.h"

#include "core/base/codec.h"
#include "core/node/channelhost.h"

#include <algorithm>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {
constexpr Milliseconds SealAgainAfter = std::chrono::seconds(2);
}

SharedSecrets::SharedSecrets(Parts parts)
    : m_parts(std::move(parts))
    , m_retry(this)
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &SharedSecrets::match);
}

SharedSecrets::~SharedSecrets() = default;

Result<SharedSecrets::Name> SharedSecrets::nameFrom(const QString &key)
{
    const qsizetype slash = key.indexOf(u'/');
    const auto account =
        AccountId::fromString(QStringView(key).left(std::max<qsizetype>(slash, 0)));
    if (account.isNull())
        return invalid(u"this is no secret of a channel"_s);
    return Name{account, key.mid(slash + 1)};
}

const SealedSecret *SharedSecrets::sealOf(const Name &name, NodeId node) const
{
    return m_parts.core.view().warm().find<SealedSecret>(
        SealedSecret::newId(name.account, name.name, node));
}

qint64 SharedSecrets::newest(const Name &name) const
{
    qint64 version = 0;
    for (const auto &[id, seal] : m_parts.core.view().warm().seals) {
        if (seal.account == name.account && seal.name == name.name)
            version = std::max(version, seal.version);
    }
    return version;
}

std::vector<Node> SharedSecrets::lacking(const Name &name, qint64 version) const
{
    std::vector<Node> out;
    for (const Node &node : m_parts.core.reader().all<Node>()) {
        if (node.id == m_parts.core.node() || node.isRemoved || node.sealingKey.isEmpty())
            continue;
        const SealedSecret *seal = sealOf(name, node.id);
        if (!seal || seal->version < version)
            out.push_back(node);
    }
    return out;
}

void SharedSecrets::fetch(const QString &key, Completion<QByteArray> done)
{
    const Result<Name> name = nameFrom(key);
    if (!name)
        return done.answer(name.error());
    const auto shared = std::make_shared<Completion<QByteArray>>(std::move(done));
    fetchNewest(*name,
                {this, [shared](const Result<AccountSecretValue> &found) {
                     shared->answer(found ? Result<QByteArray>(found->value) : found.error());
                 }});
}

void SharedSecrets::fetchNewest(const Name &name, Completion<AccountSecretValue> done)
{
    const auto shared = std::make_shared<Completion<AccountSecretValue>>(std::move(done));
    m_parts.keychain.fetch(secretKey(name.account, name.name),
                           {this, [this, name, shared](const Result<QByteArray> &bytes) {
                                onKept(name, bytes, *shared);
                            }});
}

/// What was kept before there were versions is the first one.
void SharedSecrets::onKept(const Name &name, const Result<QByteArray> &bytes,
                           Completion<AccountSecretValue> &done)
{
    if (!bytes && bytes.error().code != Error::Code::NotFound)
        return done.answer(bytes.error());
    AccountSecretValue kept{name.account, name.name, 0, {}};
    if (bytes) {
        const auto read = codec::decode<AccountSecretValue>(*bytes);
        const bool isVersioned = read && read->account == name.account && read->name == name.name;
        kept = isVersioned ? *read : AccountSecretValue{name.account, name.name, 1, *bytes};
    }
    qint64 &known = m_known[name];
    known = std::max(known, kept.version);
    const SealedSecret *seal = sealOf(name, m_parts.core.node());
    if (seal && seal->version > kept.version) {
        const Result<QByteArray> opened =
            m_parts.pair ? unsealed(*m_parts.pair, *seal)
                         : Result<QByteArray>(invalid(u"this PC has no key"_s));
        if (!opened)
            return done.answer(Error{
                Error::Code::Storage,
                tr("The secret that was sealed for this PC cannot be opened: %1. Enter it again")
                    .arg(opened.error().detail),
                u"sealed"_s});
        kept = {name.account, name.name, seal->version, *opened};
        known = seal->version;
        keep(kept, {this, [](const Result<Done> &stored) {
                        if (!stored)
                            qWarning("a secret is not in the keychain: %ls",
                                     qUtf16Printable(stored.error().detail));
                    }});
    }
    if (kept.version > 0)
        return done.answer(kept);
    if (newest(name) > 0)
        return done.answer(Error{Error::Code::Storage,
                                 tr("Other PCs have this secret, and it is not sealed for this one "
                                    "yet: start the PC that has it, or enter it again"),
                                 u"sealed"_s});
    done.answer(notFound(u"no PC of the office has this secret"_s));
}

void SharedSecrets::keep(const AccountSecretValue &secret, Completion<Done> done)
{
    m_parts.keychain.store(secretKey(secret.account, secret.name), codec::encode(secret),
                           std::move(done));
}

void SharedSecrets::store(const QString &key, const QByteArray &secret, Completion<Done> done)
{
    const Result<Name> name = nameFrom(key);
    if (!name)
        return done.answer(name.error());
    if (secret.size() > MaxSecretBytes)
        return done.answer(Error{
            Error::Code::TooLarge, tr("A secret has at most %1 bytes").arg(MaxSecretBytes), {}});
    const auto shared = std::make_shared<Completion<Done>>(std::move(done));
    // Whatever there was, and even if it cannot be opened: this one is newer.
    fetchNewest(*name,
                {this, [this, name = *name, secret, shared](const Result<AccountSecretValue> &old) {
                     onNewest(name, old ? old->version : 0, secret, shared);
                 }});
}

void SharedSecrets::onNewest(const Name &name, qint64 known, const QByteArray &secret,
                             const std::shared_ptr<Completion<Done>> &done)
{
    const auto account = m_parts.core.view().get<ChannelAccount>(name.account);
    const bool isOfWebhook = m_parts.core.view().warm().webhooks.contains({name.account.value});
    // Of a webhook the next router needs it: it is answered when the log has the seals.
    const bool isOurs = !isOfWebhook && (!account || account->owner == m_parts.core.node());
    const auto owner =
        isOurs || !account ? std::nullopt : m_parts.core.view().get<Node>(account->owner);
    if (owner && owner->sealingKey.isEmpty())
        return done->answer(
            rejected(tr("%1 runs this channel and cannot be given secrets yet: enter it there")
                         .arg(owner->name),
                     u"no-sealing-key"_s));
    const AccountSecretValue value{name.account, name.name,
                                   std::max({known, newest(name), m_known[name]}) + 1, secret};
    keep(value, {this, [this, value, isOurs, done](const Result<Done> &stored) {
                     if (!stored)
                         return done->answer(stored);
                     m_known[{value.account, value.name}] = value.version;
                     enqueue({{value.account, value.name}, isOurs ? nullptr : done});
                     if (isOurs)
                         done->answer(Done{});
                 }});
}

void SharedSecrets::remove(const QString &key, Completion<Done> done)
{
    m_parts.keychain.remove(key, std::move(done));
}

QString SharedSecrets::recoveryKeyOf(OfficeId office)
{
    return secretKey(AccountId{office.value}, u"recovery"_s);
}

void SharedSecrets::match()
{
    const Warm &warm = m_parts.core.view().warm();
    std::set<AccountId> renewals;
    for (const auto &[id, seal] : warm.seals) {
        const auto known = m_known.find({seal.account, seal.name});
        if (seal.node == m_parts.core.node() && known != m_known.end() &&
            known->second < seal.version)
            renewals.insert(seal.account);
    }
    for (const auto &[id, account] : warm.accounts) {
        const channels::ChannelType *type = m_parts.typeNamed(account.type);
        if (account.owner != m_parts.core.node() || !type)
            continue;
        for (const channels::Setting &setting : type->settings) {
            const Name name{id, setting.key};
            const auto known = m_known.find(name);
            const qint64 version =
                std::max(newest(name), known == m_known.end() ? 1 : known->second);
            if (setting.isSecret && version > 0 && !lacking(name, version).empty())
                enqueue({name, nullptr});
        }
    }
    for (const auto &[id, webhook] : warm.webhooks) { // whoever routes next signs, too
        const Name name{secretPlaceOf(id), webhookSecretName()};
        const auto known = m_known.find(name);
        const qint64 version = std::max(newest(name), known == m_known.end() ? 1 : known->second);
        if (m_parts.core.isReady() && !lacking(name, version).empty())
            enqueue({name, nullptr});
    }
    const Result<Name> recovery = nameFrom(recoveryKeyOf(warm.office.id));
    if (m_parts.core.isReady() && recovery && !warm.office.recoveryKey.isEmpty() &&
        !lacking(*recovery, std::max<qint64>(1, newest(*recovery))).empty())
        enqueue({*recovery, nullptr});
    for (AccountId account : renewals)
        Q_EMIT renewed(account);
}

bool SharedSecrets::isHere(const Name &name, qint64 version) const
{
    const SealedSecret *seal = sealOf(name, m_parts.core.node());
    const auto known = m_known.find(name);
    return (seal && seal->version == version && m_parts.pair) ||
           (known != m_known.end() && known->second >= version);
}

/// What nobody sealed may be on the PC that is away, and a second one must not be made. Of what may
/// be left out (password or token) there is at least one.
bool SharedSecrets::canOpen(const ChannelAccount &account) const
{
    const channels::ChannelType *type = m_parts.typeNamed(account.type);
    if (!type)
        return false;
    bool hasSecrets = false;
    bool hasOne = false;
    for (const channels::Setting &setting : type->settings) {
        if (!setting.isSecret)
            continue;
        hasSecrets = true;
        const Name name{account.id, setting.key};
        const qint64 version = newest(name);
        if (version == 0 ? setting.isRequired || setting.isGenerated : !isHere(name, version))
            return false;
        hasOne = hasOne || version > 0;
    }
    return hasOne || !hasSecrets;
}

void SharedSecrets::enqueue(Job job)
{
    // The one that is being done may have looked before there was anything to seal.
    const auto waiting = m_jobs.begin() + (m_isBusy && !m_jobs.empty() ? 1 : 0);
    const bool isKnown = std::any_of(waiting, m_jobs.end(), [&](const Job &other) {
        return !job.done && other.name == job.name;
    });
    if (isKnown)
        return;
    m_jobs.push_back(std::move(job));
    next();
}

void SharedSecrets::next()
{
    if (m_isBusy || m_jobs.empty())
        return;
    m_isBusy = true;
    const Name name = m_jobs.front().name;
    fetchNewest(name, {this, [this, name](const Result<AccountSecretValue> &found) {
                           if (found)
                               return sealNext(*found, lacking(name, found->version));
                           const bool isNone = found.error().code == Error::Code::NotFound;
                           endJob(isNone ? Result<Done>(Done{}) : found.error());
                       }});
}

void SharedSecrets::sealNext(const AccountSecretValue &secret, std::vector<Node> who)
{
    if (who.empty() || secret.version < newest({secret.account, secret.name}))
        return endJob(Done{});
    const Result<SealedSecret> seal = sealFor(who.back(), secret);
    if (!seal)
        return endJob(seal.error());
    who.pop_back();
    m_parts.core.submitInternal(randomId<CommandId>(), api::SealSecret{*seal},
                                [self = QPointer(this), secret, who](const Decided &decided) {
                                    if (self && decided)
                                        self->sealNext(secret, who);
                                    else if (self)
                                        self->endJob(decided.error());
                                });
}

void SharedSecrets::endJob(const Result<Done> &result)
{
    const Job job = m_jobs.front();
    m_jobs.pop_front();
    m_isBusy = false;
    if (!result) {
        qWarning("a secret is not sealed for every PC: %ls",
                 qUtf16Printable(result.error().detail));
        if (result.error().state != u"sealed"_s)
            m_retry.start(SealAgainAfter);
    }
    if (job.done)
        job.done->answer(result);
    next();
}

} // namespace peerdesk::node

#include "moc_sharedsecrets.cpp"
