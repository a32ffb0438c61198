// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QString>

#include <vector>

namespace peerdesk::flow::liquid {

/// Whether the template language has this filter.
bool isFilter(const QString &name);

/// Applies one filter. Never fails: what makes no sense (a division by zero, a date that is none)
/// gives an empty or unchanged value. Texts are cut at MaxText. `variables` serves `date`: "now" is
/// their `now` (RFC 3339), the zone is `office.timezone` (IANA name), else UTC.
QJsonValue applyFilter(const QString &name, const QJsonValue &value,
                       const std::vector<QJsonValue> &arguments, const QJsonObject &variables);

/// Compact JSON of any value.
QString compactJson(const QJsonValue &value);
/// The elements as text with `separator` between them; nested ones as JSON. Cut at MaxText.
QString joinText(const QJsonArray &array, const QString &separator);

} // namespace peerdesk::flow::liquid
