// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/libraries.h"

#include "ui/conversation/richdraft.h"

#include <QCoreApplication>
#include <QJsonDocument>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxSummary = 80; ///< characters

struct LibraryWords
{
    Q_DECLARE_TR_FUNCTIONS(peerdesk::ui::Libraries)
};

QString reasonAgainstItem(const RichOffer &offer, const QString &kind, const QString &channel)
{
    const auto isOffered = [&](const RichKind &one) { return one.kind == kind; };
    if (std::ranges::any_of(offer.offered, isOffered))
        return {};
    const std::vector<RichKind> all = richKinds();
    const auto known = std::ranges::find_if(all, isOffered);
    return known != all.end() && offer.onlyFlows.contains(known->label)
               ? LibraryWords::tr("Only flows and bots send this on %1").arg(channel)
               : LibraryWords::tr("%1 does not have this").arg(channel);
}

} // namespace

Libraries librariesOf(const Preferences &preferences, const ChannelLimits &limits,
                      const QString &channel)
{
    const RichOffer offer = richOffer(limits);
    Libraries out;
    for (const RichReply &kept : preferences.richReplies()) {
        const QJsonObject rich = QJsonDocument::fromJson(kept.rich).object();
        const QString kind = rich[u"kind"_s].toString();
        LibraryItem item{
            kept.name, richSummary(rich), reasonAgainstItem(offer, kind, channel), {}, kept.rich};
        (kind == u"template" ? out.templates : out.rich).push_back(item);
    }
    for (const Snippet &snippet : preferences.snippets())
        out.templates.push_back(
            {snippet.name, snippet.body.simplified().left(MaxSummary), {}, snippet.body, {}});
    return out;
}

} // namespace peerdesk::ui
