// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/ways.h"

#include "ui/common/context.h"
#include "ui/common/paint.h"
#include "ui/common/timetext.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct WayWords
{
    Q_DECLARE_TR_FUNCTIONS(peerdesk::ui::Ways)
};

QJsonObject capabilitiesOf(const QJsonArray &types, const QString &channel)
{
    for (const QJsonValue type : types) {
        if (type[u"type"].toString() == channel)
            return type[u"capabilities"].toObject();
    }
    return {};
}

/// It can be written to first, or is the channel's own name of the customer.
bool leadsTo(const ChannelAccount &account, const QJsonObject &can, const Address &address)
{
    const bool isOwn = address.kind == account.type &&
                       (address.scope.isEmpty() || address.scope == account.id.toString());
    return isOwn || can[u"reaches"_s].toArray().contains(address.kind);
}

QString reasonAgainst(const api::AccountStatus &status, const api::CustomerCard &card,
                      const Address &address)
{
    if (address.evidence == Evidence::Typed)
        return WayWords::tr("not verified: confirm it on the customer card first");
    if (isOptedOut(card, address.id))
        return WayWords::tr("asked for no more messages (STOP)");
    if (status.account.isPaused)
        return WayWords::tr("this channel is paused");
    return {};
}

} // namespace

bool isOptedOut(const api::CustomerCard &card, AddressId address)
{
    return std::ranges::any_of(card.optOuts,
                               [&](const OptOut &out) { return out.address == address; });
}

std::vector<Way> otherWays(const QJsonArray &types, const std::vector<api::AccountStatus> &accounts,
                           const api::CustomerCard &card, const Conversation &conversation)
{
    std::vector<Way> ways;
    for (const api::AccountStatus &status : accounts) {
        const QJsonObject can = capabilitiesOf(types, status.account.type);
        if (status.account.id == conversation.account || can[u"public"_s].toBool())
            continue;
        for (const Address &address : card.addresses) {
            if (!leadsTo(status.account, can, address))
                continue;
            const QString shown = address.display.isEmpty() ? address.value : address.display;
            ways.push_back({status.account.id, address.id,
                            WayWords::tr("%1 to %2", "channel, address")
                                .arg(channelName(status.account.type), isolateLtr(shown)),
                            reasonAgainst(status, card, address)});
        }
    }
    std::ranges::stable_partition(ways, [](const Way &way) { return way.reason.isEmpty(); });
    return ways;
}

QString waySentence(const Error &error)
{
    if (error.state == u"open-elsewhere")
        return WayWords::tr("There is an open conversation with this customer on that channel "
                            "already. Go on in that one; it stands in the timeline of the card.");
    if (error.state == u"not-verified")
        return WayWords::tr(
            "Nobody has verified that this address is the customer's. Confirm it on "
            "the customer card first.");
    if (error.state == u"opted-out")
        return WayWords::tr(
            "The customer asked for no more messages there (STOP). Nothing was sent; "
            "they have to write START first.");
    if (error.state == u"moved-on")
        return WayWords::tr("While your text waited for the office the conversation moved on: "
                            "somebody else answered or has it now, or the text is from another "
                            "day. Nothing of it was sent; read what is new and send it again if "
                            "it still fits.");
    if (error.state == u"not-possible")
        return WayWords::tr("The channel cannot do that here. Nothing was changed.");
    return sentence(error);
}

} // namespace peerdesk::ui
