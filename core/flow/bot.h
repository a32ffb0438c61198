// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/domain/message.h"

#include <QJsonObject>
#include <QString>

#include <vector>

namespace peerdesk::flow {

/// Most messages of one answer.
constexpr qsizetype MaxBotMessages = 10;
/// Most characters of one message that a flow sends; longer is cut.
constexpr qsizetype MaxMessageText = 8 * 1024;

/// What a bot said, in our protocol (README).
struct BotAnswer
{
    std::vector<Content> messages; ///< text, rich content, quick replies
    bool handsOff = false;         ///< a person is to take over
    bool ends = false;             ///< the talk is over
    QJsonObject variables;         ///< merged into flow.variables
};

/// Reads `response` = {status, body, parsed}. Errors: Invalid for a status that is no 2xx, for what
/// is no JSON object, for members of the wrong type and for an answer that says nothing at all.
Result<BotAnswer> readBotAnswer(const QJsonObject &response);

/// The JSON of a response: `parsed` if it is there, else `body` read as JSON; undefined if neither.
QJsonValue parsedBody(const QJsonObject &response);

} // namespace peerdesk::flow
