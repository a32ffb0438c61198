// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reports/reportchoices.h"

#include <QHBoxLayout>
#include <QSignalBlocker>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

/// A word with the field that it names, kept together where lines are short.
QWidget *field(const Look &look, const QString &word, QWidget *control, QWidget *parent)
{
    auto *both = new QWidget(parent);
    auto *row = new QHBoxLayout(both);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    row->addWidget(new Label(look, {13, QFont::Normal, Ink::Text2}, word, both));
    row->addWidget(control);
    control->setAccessibleName(word);
    return both;
}

} // namespace

ReportChoices::ReportChoices(const Look &look, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_ranges(new Segments(look, this))
    , m_dates(new QWidget(this))
    , m_from(new QDateEdit(m_dates))
    , m_to(new QDateEdit(m_dates))
    , m_kinds(new Segments(look, this))
    , m_channel(new QComboBox(this))
    , m_level(new QComboBox(this))
{
    build();
    connect(m_ranges, &QTabBar::currentChanged, this, &ReportChoices::onRangeChanged);
    connect(m_from, &QDateEdit::dateChanged, this, [this] { onDatesChanged(m_from); });
    connect(m_to, &QDateEdit::dateChanged, this, [this] { onDatesChanged(m_to); });
    connect(m_kinds, &QTabBar::currentChanged, this, &ReportChoices::onKindChanged);
    connect(m_channel, &QComboBox::currentIndexChanged, this, &ReportChoices::changed);
    connect(m_level, &QComboBox::currentIndexChanged, this, &ReportChoices::changed);
}

void ReportChoices::build()
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    addDates(column);
    addKinds(column);
}

void ReportChoices::addDates(QVBoxLayout *column)
{
    auto *row = new FlowLayout(10);
    for (const QString &text :
         {tr("Today"), tr("Yesterday"), tr("Last 7 days"), tr("Last 30 days"), tr("Other days")})
        m_ranges->addTab(text);
    m_ranges->setAccessibleName(tr("Days"));
    auto *dates = new QHBoxLayout(m_dates);
    dates->setContentsMargins(0, 0, 0, 0);
    dates->setSpacing(10);
    for (QDateEdit *edit : {m_from, m_to}) {
        edit->setCalendarPopup(true);
        edit->setKeyboardTracking(false); // a date that is half typed is none
        edit->setMinimumDate(QDate(2000, 1, 1));
    }
    dates->addWidget(field(m_look, tr("From"), m_from, m_dates));
    dates->addWidget(field(m_look, tr("to", "from a day to a day"), m_to, m_dates));
    m_dates->hide();
    row->addWidget(m_ranges);
    row->addWidget(m_dates);
    column->addLayout(row);
}

void ReportChoices::addKinds(QVBoxLayout *column)
{
    auto *row = new FlowLayout(10);
    for (const QString &text : {tr("By queue"), tr("By agent"), tr("By channel")})
        m_kinds->addTab(text);
    m_kinds->setAccessibleName(tr("A row for each"));
    m_channel->addItem(tr("All channels"), QString());
    m_channelField = field(m_look, tr("Channel"), m_channel, this);
    const std::vector<std::pair<QString, int>> levels{
        {tr("20 seconds"), 20}, {tr("1 minute"), 60},    {tr("5 minutes"), 300},
        {tr("1 hour"), 3'600},  {tr("4 hours"), 14'400}, {tr("1 day"), 86'400}};
    for (const auto &[text, seconds] : levels)
        m_level->addItem(text, seconds);
    row->addWidget(m_kinds);
    row->addWidget(m_channelField);
    row->addWidget(field(m_look, tr("Service level within"), m_level, this));
    column->addLayout(row);
}

ReportRange ReportChoices::range() const
{
    return ReportRange(m_ranges->currentIndex());
}

ReportDays ReportChoices::days(const QDate &today) const
{
    return range() == ReportRange::Chosen ? ReportDays{m_from->date(), m_to->date()}
                                          : daysOf(range(), today);
}

ReportBy ReportChoices::by() const
{
    return ReportBy(m_kinds->currentIndex());
}

QString ReportChoices::onlyChannel() const
{
    return by() == ReportBy::Channel ? QString() : m_channel->currentData().toString();
}

Seconds ReportChoices::serviceLevel() const
{
    return Seconds(m_level->currentData().toInt());
}

void ReportChoices::setRange(ReportRange range)
{
    m_ranges->setCurrentIndex(int(range));
}

void ReportChoices::setToday(const QDate &today)
{
    m_today = today;
    const QSignalBlocker first(m_from);
    const QSignalBlocker last(m_to);
    m_from->setMaximumDate(today);
    m_to->setMaximumDate(today);
    fillDates();
}

void ReportChoices::setChannels(const std::vector<TaskChannel> &channels)
{
    const QSignalBlocker blocker(m_channel);
    const QString kept = m_channel->currentData().toString();
    while (m_channel->count() > 1)
        m_channel->removeItem(1);
    for (const TaskChannel &channel : channels)
        m_channel->addItem(channel.friendlyName, channel.uniqueName);
    m_channel->setCurrentIndex(std::max(0, m_channel->findData(kept)));
}

/// Days of one's own begin with those that were shown.
void ReportChoices::fillDates()
{
    if (range() == ReportRange::Chosen || !m_today.isValid())
        return;
    const QSignalBlocker first(m_from);
    const QSignalBlocker last(m_to);
    const ReportDays days = daysOf(range(), m_today);
    m_from->setDate(days.first);
    m_to->setDate(days.last);
}

void ReportChoices::onRangeChanged()
{
    m_dates->setVisible(range() == ReportRange::Chosen);
    fillDates();
    Q_EMIT changed();
}

void ReportChoices::onDatesChanged(const QDateEdit *changed)
{
    QDateEdit *other = changed == m_from ? m_to : m_from;
    if (m_from->date() > m_to->date()) {
        const QSignalBlocker blocker(other);
        other->setDate(changed->date());
    }
    if (range() == ReportRange::Chosen)
        Q_EMIT this->changed();
}

void ReportChoices::onKindChanged()
{
    m_channelField->setVisible(by() != ReportBy::Channel);
    Q_EMIT changed();
}

} // namespace peerdesk::ui

#include "moc_reportchoices.cpp"
