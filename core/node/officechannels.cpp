// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/codec.h"
#include "core/node/farchannels.h"
#include "core/node/office.h"

/// What is asked of a channel from outside, whichever PC runs it.
namespace peerdesk::node {

using namespace Qt::StringLiterals;

void OfficeService::openFarChannels()
{
    m_far = std::make_unique<FarChannels>(
        FarChannels::Parts{m_clock,
                           [this](const QString &node, const ChannelNote &note) {
                               m_core->consensus().tell(node, encode(note));
                           },
                           [this] { return m_core->cluster().reachable; },
                           [this] {
                               std::map<AccountId, ChannelHealth> running;
                               for (const auto &[id, host] : m_hosts)
                                   running[id] = {host->state(), host->detail()};
                               return running;
                           },
                           [this](const ChannelNote &asked, Completion<QByteArray> done) {
                               answerChannel(asked, std::move(done));
                           }});
    connect(m_core.get(), &Core::channelHeard, m_far.get(), &FarChannels::hear);
    connect(m_far.get(), &FarChannels::healthHeard, this, &OfficeService::statusChanged);
    connect(m_far.get(), &FarChannels::presenceHeard, this, &OfficeService::showPresence);
}

void OfficeService::onHealthChanged(AccountId account)
{
    if (const ChannelHost *host = hostOf(account))
        m_far->tellHealth(account, {host->state(), host->detail()});
    Q_EMIT statusChanged();
}

/// People here see it, and the customer where this PC runs the channel.
void OfficeService::showPresence(const api::Presence &presence)
{
    const auto conversation = m_core->view().get<Conversation>(presence.conversation);
    ChannelHost *host = conversation ? hostOf(conversation->account) : nullptr;
    if (host && host->connector() && !presence.agent.isNull())
        host->connector()->agentTyping(conversation->thread, presence.isTyping);
    Q_EMIT presenceChanged(presence);
}

void OfficeService::announcePresence(const api::Presence &presence)
{
    showPresence(presence);
    m_far->tellPresence(presence);
}

void OfficeService::testAccount(quint64 request, const api::Caller &caller, AccountId account)
{
    if (const Result<Done> allowed = requireAdmin(m_core->view(), caller); !allowed)
        return answer(request, Result<QString>(allowed.error()));
    ChannelNote question;
    question.kind = ChannelNote::Kind::Test;
    question.account = account;
    askChannel(question, {this, [this, request](const Result<QByteArray> &said) {
                              if (said)
                                  return answer(request, Result<QString>(QString::fromUtf8(*said)));
                              if (said.error().state != u"elsewhere")
                                  return answer(request, Result<QString>(said.error()));
                              answer(request,
                                     Result<QString>(rejected(
                                         u"no PC runs this channel now, or it does not answer"_s,
                                         u"down"_s)));
                          }});
}

void OfficeService::askChannel(const ChannelNote &question, Completion<QByteArray> done)
{
    const auto account = m_core->view().get<ChannelAccount>(question.account);
    if (!account)
        return done.answer(notFound(u"no such channel"_s));
    if (hostOf(question.account) || account->owner == m_parts.node)
        return answerChannel(question, std::move(done));
    m_far->ask(account->owner, question, std::move(done));
}

/// Never passed on: two PCs that take each other for the owner would do so for ever.
void OfficeService::answerChannel(const ChannelNote &question, Completion<QByteArray> done)
{
    ChannelHost *host = hostOf(question.account);
    channels::Connector *connector = host ? host->connector() : nullptr;
    if (!connector && host && !host->detail().isEmpty())
        return done.answer(rejected(host->detail(), u"down"_s));
    if (!connector)
        return done.answer(isElsewhere());
    const auto asker = std::make_shared<Completion<QByteArray>>(std::move(done));
    if (question.kind == ChannelNote::Kind::Test) {
        return connector->test({this, [asker](const Result<QString> &said) {
                                    asker->answer(said ? said->toUtf8()
                                                       : Result<QByteArray>(said.error()));
                                }});
    }
    if (question.kind == ChannelNote::Kind::Hook) {
        const Result<HookCall> call = decodeCall(question.bytes);
        if (!call)
            return asker->answer(call.error());
        return connector->hook(*call, {this, [asker](const Result<HookAnswer> &said) {
                                           asker->answer(said ? encodeAnswer(*said)
                                                              : Result<QByteArray>(said.error()));
                                       }});
    }
    connector->templates({this, [asker](const Result<TemplateList> &list) {
                              asker->answer(list ? codec::encode(*list)
                                                 : Result<QByteArray>(list.error()));
                          }});
}

void OfficeService::hook(quint64 request, AccountId account, const HookCall &call)
{
    ChannelHost *host = hostOf(account);
    if (host && host->connector()) { // as it is: it may be larger than what a link takes
        return host->connector()->hook(
            call,
            {this, [this, request](const Result<HookAnswer> &said) { answer(request, said); }});
    }
    ChannelNote question;
    question.kind = ChannelNote::Kind::Hook;
    question.account = account;
    question.bytes = encodeCall(call);
    askChannel(question, {this, [this, request](const Result<QByteArray> &said) {
                              answer(request,
                                     said ? decodeAnswer(*said) : Result<HookAnswer>(said.error()));
                          }});
}

void OfficeService::templates(quint64 request, AccountId account)
{
    ChannelNote question;
    question.kind = ChannelNote::Kind::Templates;
    question.account = account;
    askChannel(question, {this, [this, request](const Result<QByteArray> &said) {
                              answer(request, said ? codec::decode<TemplateList>(*said)
                                                   : Result<TemplateList>(said.error()));
                          }});
}

} // namespace peerdesk::node
