// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/routing.h"
#include "ui/common/widgets.h"
#include "ui/reports/reporttable.h"

#include <QComboBox>
#include <QDateEdit>

class QVBoxLayout;

namespace peerdesk::ui {

/// What a report shall be about: which days, a row for what, of which channel, and what counts as
/// answered in time.
class ReportChoices : public QWidget
{
    Q_OBJECT

public:
    ReportChoices(const Look &look, QWidget *parent);

    Segments &ranges() { return *m_ranges; }
    QDateEdit &from() { return *m_from; }
    QDateEdit &to() { return *m_to; }
    Segments &kinds() { return *m_kinds; }
    QComboBox &channel() { return *m_channel; }
    QComboBox &answeredWithin() { return *m_level; }

    ReportRange range() const;
    /// `today` as the office has it.
    ReportDays days(const QDate &today) const;
    ReportBy by() const;
    /// Unique name of the only channel that is wanted; empty = all.
    QString onlyChannel() const;
    Seconds serviceLevel() const;
    void setRange(ReportRange range);
    void setToday(const QDate &today);
    void setChannels(const std::vector<TaskChannel> &channels);

Q_SIGNALS:
    void changed();

private:
    void build();
    void addDates(QVBoxLayout *column);
    void addKinds(QVBoxLayout *column);
    void fillDates();
    void onRangeChanged();
    void onDatesChanged(const QDateEdit *changed);
    void onKindChanged();

    const Look &m_look;
    Segments *m_ranges;
    QWidget *m_dates;
    QDateEdit *m_from;
    QDateEdit *m_to;
    Segments *m_kinds;
    QWidget *m_channelField;
    QComboBox *m_channel;
    QComboBox *m_level;
    QDate m_today;
};

} // namespace peerdesk::ui
