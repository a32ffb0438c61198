// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/codec.h"
#include "core/node/farchannels.h"
#include "core/node/office.h"

/// What is asked of a channel from outside, whichever PC runs it.
namespace peerdesk::node {

using namespace Qt::StringLiterals;

void OfficeService::openFarChannels()
{
    m_far = std::make_unique<FarChannels>(FarChannels::Parts{
        m_clock,
        [this](const QString &node, const ChannelNote &note) {
            m_core->consensus().tell(node, encode(note));
        },
        [this](const QString &node) { return m_core->cluster().reachable.contains(node); },
        [this](const ChannelNote &asked, Completion<QByteArray> done) {
            answerChannel(asked, std::move(done));
        }});
    connect(m_core.get(), &Core::channelHeard, m_far.get(), &FarChannels::hear);
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
    if (!connector)
        return done.answer(isElsewhere());
    const auto asker = std::make_shared<Completion<QByteArray>>(std::move(done));
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
