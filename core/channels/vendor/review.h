// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"

#include <QJsonObject>

namespace peerdesk::channels::vendor {

/// A public review in a shop for programs, as Google and Apple have them.
struct Review
{
    QString id;
    QString key; ///< of this version: whoever changes a review writes again
    int stars = 0;
    QString title;
    QString text;
    QString author;    ///< not unique
    QString details;   ///< "Version 2.1, Pixel 7": a line below the text
    QJsonObject facts; ///< "app_version", "device", "territory" ...: for headers
    Time at;
    QJsonObject raw;
};

/// A message of the conversation that the review is. `kind` and `scope` are those of the sender's
/// address, whose value is the review: nobody knows more of who wrote it.
InboundItem reviewItem(const Review &review, const QString &kind, const QString &scope);
/// The office's answer as the shop shows it, not yet known as ours: see OwnMessages.
InboundItem reviewAnswerItem(const Review &review, const InboundItem &about, const QString &answer,
                             Time at);
/// The id of an answer: the same for the same text, so that it is known again when it is read.
QString answerKey(const QString &reviewId, const QString &answer);

} // namespace peerdesk::channels::vendor
