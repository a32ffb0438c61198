// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/review.h"

#include "core/channels/vendor/items.h"
#include "core/channels/vendor/ownmessages.h"

#include <QCryptographicHash>

namespace peerdesk::channels::vendor {

using namespace Qt::StringLiterals;

namespace {

constexpr int MostStars = 5;
constexpr QChar Star(0x2605);
constexpr QChar NoStar(0x2606);

} // namespace

InboundItem reviewItem(const Review &review, const QString &kind, const QString &scope)
{
    const int stars = std::clamp(review.stars, 0, MostStars);
    const QString row = QString(stars, Star) + QString(MostStars - stars, NoStar);
    QStringList lines{row};
    if (!review.title.isEmpty())
        lines << review.title;
    if (!review.text.isEmpty())
        lines << review.text;
    if (!review.details.isEmpty())
        lines << u'[' + review.details + u']';
    const Identity author{kind, scope, review.id, cleanText(review.author, 200).simplified(),
                          Evidence::Provider};
    InboundItem item = messageItem(review.key, author, lines.join(u'\n'), review.at, review.raw);
    item.thread = review.id;
    item.content.subject =
        cleanText(review.title.isEmpty() ? row : row + u' ' + review.title, 200).simplified();
    QJsonObject facts = review.facts;
    facts.insert(u"stars"_s, stars);
    facts.insert(u"public"_s, true);
    facts.insert(u"review"_s, review.id);
    addHeaders(item, facts);
    return item;
}

InboundItem reviewAnswerItem(const Review &review, const InboundItem &about, const QString &answer,
                             Time at)
{
    InboundItem item =
        messageItem(answerKey(review.id, answer), about.sender, answer, at, QJsonObject());
    item.thread = about.thread;
    item.content.subject = about.content.subject;
    markOutside(item, {});
    return item;
}

QString answerKey(const QString &reviewId, const QString &answer)
{
    const QByteArray hash =
        QCryptographicHash::hash(answer.simplified().toUtf8(), QCryptographicHash::Sha256);
    return reviewId + u"#answer@"_s + QString::fromLatin1(hash.toHex().left(12));
}

} // namespace peerdesk::channels::vendor
