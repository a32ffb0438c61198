// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

#include <QLocale>

namespace peerdesk::ui {

/// Time from a person's view. All pure: the caller brings `now`.

/// "now", "3m", "1h", "Tue", "12 Nov".
QString ageText(Time then, Time now);
/// "1:42" below ten minutes, else "13 min", "2 h".
QString spanText(Milliseconds span);
/// Clock time of the moment, in the local zone and locale: "10:43".
QString clockText(Time moment);
/// "Today", "Yesterday", or the date.
QString dayText(Time moment, Time now);
/// When something put off comes back: "Back at 14:00", "Back Tue 9:00".
QString wakeText(Time moment, Time now);
bool isSameDay(Time a, Time b);
/// Bytes as people write them: "84 KB".
QString sizeText(qint64 bytes);

enum class Urgency { None, Calm, Soon, Late };

/// UX-11: calm until 25 % of the target or 3 minutes remain, then soon, then late.
struct Due
{
    Urgency urgency = Urgency::None;
    QString text;       ///< "Reply in 1:42", "45 s late"
    QString spokenText; ///< for screen readers
};
Due dueText(Time due, Time since, Time now);

} // namespace peerdesk::ui
