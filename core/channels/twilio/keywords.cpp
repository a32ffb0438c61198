// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/twilio/keywords.h"

#include <QStringList>

namespace peerdesk::channels::twilio {

using namespace Qt::StringLiterals;

Wish wishOf(const QString &text)
{
    static const QStringList stop{u"STOP"_s, u"STOPALL"_s, u"UNSUBSCRIBE"_s, u"CANCEL"_s,
                                  u"END"_s,  u"QUIT"_s,    u"REVOKE"_s,      u"OPTOUT"_s};
    static const QStringList start{u"START"_s, u"YES"_s, u"UNSTOP"_s};
    static const QStringList help{u"HELP"_s, u"INFO"_s};
    constexpr qsizetype Longest = 40; // with blanks around
    if (text.size() > Longest)
        return Wish::None;
    const QString word = text.trimmed().toUpper();
    return stop.contains(word)    ? Wish::Stop
           : start.contains(word) ? Wish::Start
           : help.contains(word)  ? Wish::Help
                                  : Wish::None;
}

QString wishName(Wish wish)
{
    switch (wish) {
    case Wish::Stop:
        return u"out"_s;
    case Wish::Start:
        return u"in"_s;
    case Wish::Help:
        return u"help"_s;
    case Wish::None:
        return {};
    }
    return {};
}

} // namespace peerdesk::channels::twilio
