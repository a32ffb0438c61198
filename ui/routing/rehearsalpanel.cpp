// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/routing/rehearsalpanel.h"

#include "ui/common/announcer.h"
#include "ui/common/plural.h"

#include <QTimeZone>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxMinutes = 480;

QTimeZone zoneOf(const Office &office)
{
    const QTimeZone zone(office.timeZone.toLatin1());
    return zone.isValid() ? zone : QTimeZone::utc();
}

} // namespace

RehearsalPanel::RehearsalPanel(const RuleParts &parts, QWidget *parent)
    : QWidget(parent)
    , m_parts(parts)
    , m_open(
          new Button(parts.context.look, Button::Kind::Plain, tr("Try on a past day\u2026"), this))
    , m_body(new QWidget(this))
    , m_day(new QComboBox(m_body))
    , m_days(new QWidget(m_body))
    , m_first(new QDateEdit(m_days))
    , m_last(new QDateEdit(m_days))
    , m_madeUp(new QWidget(m_body))
    , m_start(new Button(parts.context.look, Button::Kind::Primary, tr("Try it"), m_body))
    , m_cancel(new Button(parts.context.look, Button::Kind::Plain, tr("Stop"), m_body))
    , m_progress(new QProgressBar(m_body))
    , m_words(new Label(parts.context.look, {13.5, QFont::DemiBold, Ink::Text, false, true}, {},
                        m_body))
    , m_stale(new Label(parts.context.look, {12.5, QFont::Medium, Ink::Warning, false, true}, {},
                        m_body))
    , m_table(new RehearsalTable(parts.context.look, m_body))
{
    build();
    connect(m_open, &QPushButton::clicked, this, [this] {
        m_isOpen = true;
        m_first->setDate(today().addDays(-1));
        m_last->setDate(today().addDays(-1));
        refresh();
        m_day->setFocus(Qt::OtherFocusReason);
    });
    connect(m_day, &QComboBox::currentIndexChanged, this, &RehearsalPanel::refresh);
    connect(m_start, &QPushButton::clicked, this, &RehearsalPanel::start);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        stop();
        say(tr("Stopped. Nothing was changed."), Ink::Text2);
        m_start->setFocus(Qt::OtherFocusReason);
    });
    connect(&parts.records, &OfficeRecords::changed, this, &RehearsalPanel::refreshChannels);
    refreshChannels();
    refresh();
}

RehearsalPanel::~RehearsalPanel() = default;

void RehearsalPanel::build()
{
    const Look &look = m_parts.context.look;
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_open, 0, Qt::AlignLeading);
    outer->addWidget(m_body);
    auto *column = new QVBoxLayout(m_body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(new Label(look, {16, QFont::Bold, Ink::Text, false, true},
                                tr("Try on a past day"), m_body));
    column->addWidget(new Label(
        look, {12.5, QFont::Normal, Ink::Text2, false, true},
        tr("What would have come of it with the rules as they are above? What came to this "
           "workflow then comes again, to the people who were there then; they answer at once. "
           "On a made-up day all are there all the time. Nothing is saved or published."),
        m_body));
    column->addWidget(
        new Label(look, {12.5, QFont::Medium, Ink::Text2, false, true}, tr("Which tasks"), m_body));
    m_day->setAccessibleName(tr("Which tasks"));
    m_day->addItems({tr("those of yesterday"), tr("those of the last 7 days"),
                     tr("those of other days\u2026"), tr("a made-up day\u2026")});
    m_day->setMinimumHeight(look.px(34));
    m_day->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    column->addWidget(m_day);
    buildDays();
    buildMadeUp();
    column->addWidget(m_days);
    column->addWidget(m_madeUp);
    auto *row = new QHBoxLayout;
    row->addWidget(m_start);
    row->addWidget(m_cancel);
    row->addWidget(m_progress, 1);
    row->addStretch();
    column->addLayout(row);
    m_progress->setAccessibleName(tr("How much of the rehearsal is done"));
    m_progress->setMaximumWidth(look.px(280));
    m_words->setAccessibleName(tr("Result of the rehearsal"));
    column->addWidget(m_words);
    column->addWidget(m_stale);
    column->addWidget(m_table);
    for (QWidget *later : {static_cast<QWidget *>(m_words), static_cast<QWidget *>(m_stale),
                           static_cast<QWidget *>(m_table)})
        later->hide();
}

void RehearsalPanel::buildDays()
{
    const Look &look = m_parts.context.look;
    auto *row = new FlowLayout(8);
    m_days->setLayout(row);
    const auto add = [&](QDateEdit *edit, const QString &name) {
        row->addWidget(new Label(look, {12.5, QFont::Medium, Ink::Text2}, name, m_days));
        edit->setAccessibleName(name);
        edit->setCalendarPopup(true);
        edit->setMinimumHeight(look.px(34));
        edit->setMinimumWidth(look.px(130));
        row->addWidget(edit);
    };
    add(m_first, tr("From"));
    add(m_last, tr("to the end of"));
}

void RehearsalPanel::buildMadeUp()
{
    const Look &look = m_parts.context.look;
    auto *column = new QVBoxLayout(m_madeUp);
    column->setContentsMargins(0, 0, 0, 0);
    m_channelColumn = new QVBoxLayout;
    column->addLayout(m_channelColumn);
    const auto add = [&](const QString &name, int least, int value) {
        auto *box = new QSpinBox(m_madeUp);
        box->setRange(least, MaxMinutes);
        box->setValue(value);
        box->setSuffix(tr(" min"));
        box->setMinimumHeight(look.px(34));
        box->setMaximumWidth(look.px(220));
        box->setAccessibleName(name);
        column->addWidget(
            new Label(look, {12.5, QFont::Medium, Ink::Text2, false, true}, name, m_madeUp));
        column->addWidget(box);
        return box;
    };
    m_work = add(tr("Work on each, on average"), 1, 4);
    m_patience = add(tr("Customers wait, on average"), 0, 0);
    m_patience->setSpecialValueText(tr("as long as it takes"));
}

void RehearsalPanel::refreshChannels()
{
    const std::vector<TaskChannel> &channels = m_parts.records.taskChannels();
    if (m_perHour.size() == channels.size())
        return;
    const Look &look = m_parts.context.look;
    while (QLayoutItem *item = m_channelColumn->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_perHour.clear();
    for (const TaskChannel &channel : channels) {
        const QString name =
            tr("%1: tasks per hour, for 8 hours").arg(isolate(channel.friendlyName));
        auto *box = new QSpinBox(m_madeUp);
        box->setRange(0, MaxPerHour);
        box->setValue(m_perHour.empty() ? 10 : 0);
        box->setMinimumHeight(look.px(34));
        box->setMaximumWidth(look.px(220));
        box->setAccessibleName(name);
        m_channelColumn->addWidget(
            new Label(look, {12.5, QFont::Medium, Ink::Text2, false, true}, name, m_madeUp));
        m_channelColumn->addWidget(box);
        m_perHour.emplace_back(channel.uniqueName, box);
    }
}

void RehearsalPanel::refresh()
{
    m_open->setVisible(!m_isOpen && m_parts.rules);
    m_body->setVisible(m_isOpen);
    m_days->setVisible(m_day->currentIndex() == OtherDays);
    m_madeUp->setVisible(m_day->currentIndex() == MadeUp);
    m_start->setEnabled(!m_isRunning);
    m_cancel->setVisible(m_isRunning);
    m_progress->setVisible(m_isRunning);
    for (QWidget *choice : {static_cast<QWidget *>(m_day), m_days, m_madeUp})
        choice->setEnabled(!m_isRunning);
    const bool isStale =
        !m_table->isHidden() && m_tried.text != m_edited.configuration.text && !m_isRunning;
    m_stale->setText(isStale ? tr("The rules were changed since then: try it again.") : QString());
    m_stale->setVisible(isStale);
}

QDate RehearsalPanel::today() const
{
    const QTimeZone zone = zoneOf(m_parts.records.office().office);
    return QDateTime::fromMSecsSinceEpoch(m_parts.context.clock.wall().ms, zone).date();
}

RehearsalPanel::Span RehearsalPanel::span() const
{
    const QDate now = today();
    switch (Day(m_day->currentIndex())) {
    case Yesterday:
        return {now.addDays(-1), now.addDays(-1)};
    case LastWeek:
        return {now.addDays(-7), now.addDays(-1)};
    case OtherDays:
        return {m_first->date(), m_last->date()};
    case MadeUp:
        break;
    }
    return {now, now};
}

std::vector<MadeUpLoad> RehearsalPanel::load() const
{
    std::vector<MadeUpLoad> out;
    for (const auto &[channel, box] : m_perHour) {
        if (box->value() > 0)
            out.push_back({channel, double(box->value()), std::chrono::minutes(m_work->value()),
                           std::chrono::minutes(m_patience->value())});
    }
    return out;
}

RehearsalWish RehearsalPanel::wish() const
{
    RehearsalWish wish;
    wish.office = m_parts.records.office().office;
    wish.saved = m_saved;
    if (!m_saved || m_saved->configuration.text != m_edited.configuration.text)
        wish.edited = m_edited;
    const QTimeZone zone = zoneOf(wish.office);
    const Span days = span();
    wish.from = {days.first.startOfDay(zone).toMSecsSinceEpoch()};
    wish.to = {days.last.addDays(1).startOfDay(zone).toMSecsSinceEpoch()};
    if (m_day->currentIndex() == MadeUp) {
        wish.load = load();
        wish.to = wish.from + std::chrono::hours(MadeUpHours);
    }
    return wish;
}

/// Why it cannot begin; empty = it can.
QString RehearsalPanel::wrong() const
{
    if (!m_fault.isEmpty())
        return tr("The rules have a fault, so nothing was tried. %1").arg(m_fault);
    const Span days = span();
    if (m_day->currentIndex() == OtherDays && days.first > days.last)
        return tr("The last day is before the first.");
    if (m_day->currentIndex() == OtherDays && days.first.daysTo(days.last) >= MaxDays)
        return tr("At most %1 days can be tried at once.").arg(MaxDays);
    if (m_day->currentIndex() == MadeUp && load().empty())
        return tr("Say how many tasks come in an hour.");
    return {};
}

QString RehearsalPanel::spanWords() const
{
    const Span days = span();
    const auto date = [](const QDate &day) {
        return isolate(QLocale().toString(day, QLocale::ShortFormat));
    };
    if (m_day->currentIndex() == MadeUp)
        return tr("a made-up day");
    return days.first == days.last ? date(days.first)
                                   : tr("%1 to %2", "dates").arg(date(days.first), date(days.last));
}

void RehearsalPanel::say(const QString &words, Ink ink)
{
    m_words->setInk(ink);
    m_words->setText(words);
    m_words->setVisible(!words.isEmpty());
}

void RehearsalPanel::start()
{
    if (!m_parts.rules || m_isRunning)
        return;
    m_table->hide();
    if (const QString words = wrong(); !words.isEmpty()) {
        refresh();
        return say(words, Ink::Danger);
    }
    m_isRunning = true;
    m_tried = m_edited.configuration;
    m_progress->setRange(0, 0);
    say(tr("Trying it on %1\u2026 You may look at other pages meanwhile.").arg(spanWords()),
        Ink::Text2);
    refresh();
    m_cancel->setFocus(Qt::OtherFocusReason);
    const auto progress = [this](size_t done, size_t all) { onProgress(done, all); };
    auto run = m_parts.rules->rehearse(
        wish(), progress, {this, [this, number = ++m_number](const Result<QJsonObject> &answer) {
                               onEnded(number, answer);
                           }});
    if (m_isRunning)
        m_run = std::move(run);
}

void RehearsalPanel::stop()
{
    m_isRunning = false;
    ++m_number; // its last word is not heard
    m_run.reset();
    refresh();
}

void RehearsalPanel::forget()
{
    stop();
    say({}, Ink::Text);
    m_table->hide();
    m_isOpen = false;
    refresh();
}

void RehearsalPanel::onProgress(size_t done, size_t all)
{
    if (!m_isRunning)
        return;
    m_progress->setRange(0, int(all));
    m_progress->setValue(int(done));
}

void RehearsalPanel::onEnded(int number, const Result<QJsonObject> &answer)
{
    if (number != m_number)
        return;
    const bool hadFocus = m_cancel->hasFocus();
    stop();
    if (hadFocus)
        m_start->setFocus(Qt::OtherFocusReason);
    tell(answer);
    m_parts.context.announcer.announce(m_words->text());
}

void RehearsalPanel::tell(const Result<QJsonObject> &answer)
{
    if (!answer && answer.error().code == Error::Code::TooLarge)
        return say(tr("More than 200,000 tasks came then, too many to try at once. Choose fewer "
                      "days."),
                   Ink::Danger);
    if (!answer)
        return say(sentence(answer.error()), Ink::Danger);
    const QJsonObject any =
        answer->value(answer->contains(u"before"_s) ? u"before"_s : u"after"_s).toObject();
    const int tasks = any.value(u"tasks"_s).toInt() + any.value(u"refused"_s).toInt();
    if (tasks == 0)
        return say(
            tr("No tasks came on %1: there is nothing to try the rules on.").arg(spanWords()),
            Ink::Text);
    const QString on = counted(tasks, tr("On %1 task of %2."), tr("On %1 tasks of %2."));
    m_table->show(*answer);
    m_table->setVisible(true);
    say(answer->contains(u"before"_s) && !answer->contains(u"after"_s)
            ? tr("%1 The rules are as they were saved, so there is nothing to compare.")
                  .arg(on.arg(spanWords()))
            : on.arg(spanWords()),
        Ink::Text);
    refresh();
}

void RehearsalPanel::setWorkflows(const Workflow *saved, const Workflow &edited,
                                  const QString &fault)
{
    if (edited.id != m_edited.id)
        forget();
    m_saved = saved ? std::optional(*saved) : std::nullopt;
    m_edited = edited;
    m_fault = fault;
    refresh();
}

} // namespace peerdesk::ui

#include "moc_rehearsalpanel.cpp"
