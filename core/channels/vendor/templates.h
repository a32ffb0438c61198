// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/messagetemplate.h"

#include <QJsonValue>
#include <QStringList>

/// What connectors that list templates share. Pure.
namespace peerdesk::channels::vendor {

/// Templates of one account that are listed; the rest is left out.
constexpr size_t MaxTemplates = 500;

/// What is marked in `text` ("{{1}}", "{{name}}"), each once, in order.
QStringList marksIn(const QString &text);
/// Adds what is marked in `text` as variables of `part`; a mark that is no number leaves a reason
/// in `whyNot`.
void addVariables(MessageTemplate &entry, const QString &part, const QString &text,
                  const QStringList &examples);
/// Why a template of this status (lower case) may not go out, for people; empty = it may.
QString whyNotSent(const QString &status, const QString &reason);
QStringList textsOf(const QJsonValue &list);

} // namespace peerdesk::channels::vendor
