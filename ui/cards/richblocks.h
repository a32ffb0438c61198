// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/cards/block.h"

#include <QJsonObject>
#include <QLocale>

namespace peerdesk::ui {

/// Rich content of a message (core/channels/api/rich.h) as blocks.
struct RichView
{
    QString text;             ///< what stands above as ordinary words
    Block body = {};          ///< nothing in it = only the text
    QStringList choices = {}; ///< quick replies
    bool isOwn = false;       ///< false: the message's own text is shown as it is
    bool isDegraded = false;  ///< the customer gets it as text
};

/// `rich` as it is kept. What the channel cannot show natively stays text (`degraded`), because
/// that is what the customer sees. `question` is what an answer answers, where it is known. Bounded
/// like its parts; any JSON is safe. Pure.
RichView richView(const QJsonObject &rich, const QJsonObject &question = {},
                  const QLocale &locale = QLocale());

/// Every text that a screen reader shall find, in reading order.
struct SpokenPart
{
    Block::Kind kind = Block::Kind::Text;
    QString text;
    QString detail = {};
    bool isChosen = false;
};
std::vector<SpokenPart> spokenParts(const Block &block);

} // namespace peerdesk::ui
