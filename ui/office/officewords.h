// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/officestate.h"

#include <QJsonArray>

/// The office's PCs in the words of the people who use them. All pure.
namespace peerdesk::ui {

/// What a PC does for the office: "routes the work", "decides with the others", ...
QString roleWords(const QString &role);
/// "on", "off; last seen 3m ago".
QString presenceWords(const api::MemberStatus &member, Time now);

/// UX-72: what the number of PCs means, now.
struct Advice
{
    enum class Health { Good, Thin, Bad };
    Health health = Health::Good;
    QString text;
    bool operator==(const Advice &) const = default;
};
Advice sizeAdvice(const OfficeState &office);

/// Names of the channel accounts that a PC runs.
QStringList hostedBy(const api::OfficeStatus &status, NodeId node);

/// A secret that a PC could open, and so could whoever has that PC.
struct Revocation
{
    QString channel; ///< type
    QString account; ///< its name
    QString toDo;
    bool operator==(const Revocation &) const = default;
};
/// What to change when a PC is removed: every account with a secret, a person's or our own. `types`
/// as of Desk::channelTypes().
std::vector<Revocation> revocations(const api::OfficeStatus &status, const QJsonArray &types);

/// What is copied and scanned: the words and where this PC is, as the wizard takes it.
QString invitationText(const QString &code, const QString &address);
/// Where others reach this PC, most likely first: addresses of a local network before others.
QStringList addressesOf(const Node &node);
/// The port of an address; 0 = none.
quint16 portOf(const QString &address);

} // namespace peerdesk::ui
