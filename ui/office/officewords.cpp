// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/office/officewords.h"

#include "ui/common/paint.h"
#include "ui/common/timetext.h"

#include <QCoreApplication>
#include <QJsonObject>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Office)
};

/// Bridges of virtual machines and containers use these by default; no other PC is there.
bool isLikelyVirtual(const QString &host)
{
    return host.startsWith(u"172.17."_s) || host.startsWith(u"192.168.122."_s);
}

/// Who made a channel's secrets.
enum class SecretMaker { None, Person, Program };

SecretMaker secretMaker(const QJsonObject &type)
{
    auto maker = SecretMaker::None;
    for (const QJsonValue &setting : type.value(u"settings"_s).toArray()) {
        if (!setting[u"secret"_s].toBool())
            continue;
        if (!setting[u"generated"_s].toBool())
            return SecretMaker::Person;
        maker = SecretMaker::Program;
    }
    return maker;
}

/// What to change, so that a secret which somebody knows opens nothing.
QString revocation(const QString &type, SecretMaker maker, const QString &label)
{
    if (type == u"email")
        return Words::tr("Change the password of the mailbox at its provider, then type the new "
                         "one here under Channels.");
    if (type == u"webchat")
        return Words::tr("Make a new key here under Channels: with the old one somebody could pass "
                         "for your visitors. Those who are in the chat begin anew.");
    if (maker == SecretMaker::Program)
        return Words::tr("Make a new token here under Channels and give it to your middleware.");
    return Words::tr("Make a new token or password at %1, revoke the old one, then type the new "
                     "one here under Channels.")
        .arg(label);
}

} // namespace

QString roleWords(const QString &role)
{
    if (role == u"leader")
        return Words::tr("Routes the work");
    if (role == u"voter")
        return Words::tr("Decides with the others, ready to route");
    if (role == u"standby")
        return Words::tr("Keeps a copy of everything");
    return Words::tr("Getting a copy of everything");
}

QString presenceWords(const api::MemberStatus &member, Time now)
{
    if (member.isOnline)
        return Words::tr("On", "a PC");
    if (!member.lastSeen.isSet())
        return Words::tr("Off", "a PC");
    const Milliseconds ago = now - member.lastSeen;
    return ago < std::chrono::minutes(1) ? Words::tr("Off, last seen just now")
           : isSameDay(member.lastSeen, now)
               ? Words::tr("Off, last seen at %1").arg(clockText(member.lastSeen))
               : Words::tr("Off, last seen %1").arg(dayText(member.lastSeen, now));
}

Advice sizeAdvice(const OfficeState &office)
{
    using Health = Advice::Health;
    const OfficeState::Quorum quorum = office.quorum();
    const auto all = office.status().members.size();
    if (all <= 1)
        return {Health::Thin, Words::tr("One PC is the whole office: when it is off, nothing comes "
                                        "in, and if it breaks, its backup is all there is. Invite "
                                        "a second one.")};
    if (quorum.on < quorum.needed)
        return {Health::Bad,
                Words::tr("Too few PCs are on. Everything can be read, but nothing new "
                          "is decided until more come back.")};
    if (all == 2)
        return {Health::Thin, Words::tr("Two PCs hold everything twice. A third one that is "
                                        "usually on lets the office go on when any of them is "
                                        "off.")};
    const int spare = quorum.on - quorum.needed;
    if (spare <= 0)
        return {Health::Thin, Words::tr("The office goes on, but no further PC may go off now.")};
    if (spare == 1)
        return {Health::Good, Words::tr("Any one PC may be off: the office goes on.")};
    return {Health::Good, Words::tr("Any %1 PCs may be off: the office goes on.").arg(spare)};
}

QStringList hostedBy(const api::OfficeStatus &status, NodeId node)
{
    QStringList names;
    for (const api::AccountStatus &channel : status.channels) {
        if (channel.account.owner == node && !node.isNull())
            names += channel.account.name;
    }
    return names;
}

std::vector<Revocation> revocations(const api::OfficeStatus &status, const QJsonArray &types)
{
    std::map<QString, QJsonObject> known;
    for (const QJsonValue &type : types)
        known[type[u"type"_s].toString()] = type.toObject();
    std::vector<Revocation> found;
    for (const api::AccountStatus &channel : status.channels) {
        const QString &type = channel.account.type;
        const SecretMaker maker = secretMaker(known[type]);
        if (maker != SecretMaker::None)
            found.push_back({type, channel.account.name,
                             revocation(type, maker, known[type][u"label"_s].toString())});
    }
    return found;
}

QString invitationText(const QString &code, const QString &address)
{
    return address.isEmpty() ? code : Words::tr("%1 at %2", "code, address").arg(code, address);
}

QStringList addressesOf(const Node &node)
{
    QStringList all = node.addresses.split(u' ', Qt::SkipEmptyParts);
    std::stable_partition(all.begin(), all.end(),
                          [](const QString &one) { return !isLikelyVirtual(one); });
    return all;
}

quint16 portOf(const QString &address)
{
    return address.mid(address.lastIndexOf(u':') + 1).toUShort();
}

} // namespace peerdesk::ui
