// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reports/reportspage.h"

#include "ui/common/announcer.h"
#include "ui/reports/csv.h"

#include <QActionGroup>
#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QSaveFile>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

ReportsPage::ReportsPage(const Context &context, const OfficeState &office, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_office(office)
    , m_choices(new ReportChoices(context.look, this))
    , m_about(new Label(context.look, {13, QFont::Normal, Ink::Text2, true}, {}, this))
    , m_sort(new Button(context.look, Button::Kind::Plain, tr("Sort"), this))
    , m_save(new Button(context.look, Button::Kind::Plain, tr("Save as CSV\u2026"), this))
    , m_strip(new Strip(context.look, this))
    , m_places(new QStackedWidget(this))
    , m_table(new QTableView(this))
    , m_words(new Label(context.look, {14, QFont::Normal, Ink::Text2, false, true}, {}, this))
    , m_model(new ReportModel(context.look, this))
    , m_waits(new BarPicture(context.look, this))
    , m_activities(new BarPicture(context.look, this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *area = new QScrollArea(this);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus);
    area->setWidget(build());
    area->viewport()->setAutoFillBackground(false);
    area->widget()->setAutoFillBackground(false);
    column->addWidget(m_strip);
    column->addWidget(area, 1);
    m_strip->clear();
    restyle();
    connect(&context.look, &Look::changed, this, &ReportsPage::restyle);
    connect(&context.directory, &Directory::changed, this, &ReportsPage::onNamesChanged);
    connect(&office, &OfficeState::changed, this, &ReportsPage::onOfficeChanged);
    connect(m_choices, &ReportChoices::changed, this, &ReportsPage::count);
    connect(m_sort, &QPushButton::clicked, this, &ReportsPage::openSortMenu);
    connect(m_save, &QPushButton::clicked, this, &ReportsPage::chooseFile);
    connect(m_strip, &Strip::actionTriggered, this, &ReportsPage::onStripAction);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &index) {
                if (index.isValid())
                    m_selected = m_model->rows()[size_t(index.row())].key;
                showPictures();
            });
}

QWidget *ReportsPage::build()
{
    auto *body = new QWidget(this);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(28, 14, 28, 20);
    column->setSpacing(12);
    addHead(column);
    column->addWidget(m_choices);
    column->addWidget(m_about);
    addPlaces(column);
    auto *pictures = new QHBoxLayout;
    pictures->setSpacing(32);
    pictures->addWidget(m_waits, 1);
    pictures->addWidget(m_activities, 1);
    column->addLayout(pictures);
    return body;
}

void ReportsPage::addHead(QVBoxLayout *column)
{
    auto *head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(new Label(m_context.look, {20, QFont::Bold, Ink::Text}, tr("Reports"), this));
    head->addStretch();
    auto *again = new IconButton(m_context.look, Icon::Retry, tr("Count again"), this);
    connect(again, &QToolButton::clicked, this, &ReportsPage::count);
    m_sort->setShape(Icon::Sort);
    m_save->setShape(Icon::File);
    for (QWidget *button : std::initializer_list<QWidget *>{again, m_sort, m_save})
        head->addWidget(button);
    column->addLayout(head);
    // Keys go as the eye does.
    const std::vector<QWidget *> order{again,
                                       m_sort,
                                       m_save,
                                       &m_choices->ranges(),
                                       &m_choices->from(),
                                       &m_choices->to(),
                                       &m_choices->kinds(),
                                       &m_choices->channel(),
                                       &m_choices->answeredWithin(),
                                       m_table};
    for (size_t i = 1; i < order.size(); ++i)
        setTabOrder(order[i - 1], order[i]);
}

void ReportsPage::addPlaces(QVBoxLayout *column)
{
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Report"));
    m_table->setAccessibleDescription(tr("How long people waited stands below the table."));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setWordWrap(false);
    m_table->setShowGrid(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setTabKeyNavigation(false);
    m_table->setCornerWidget(new QWidget(m_table)); // else it is painted
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSortIndicator(0, Qt::AscendingOrder);
    m_table->setSortingEnabled(true);
    m_words->setAlignment(Qt::AlignCenter);
    m_places->addWidget(m_table);
    m_places->addWidget(m_words);
    column->addWidget(m_places, 1);
}

void ReportsPage::restyle()
{
    const Look &look = m_context.look;
    QPalette marked = m_table->palette();
    marked.setColor(QPalette::Highlight, look.theme().select);
    marked.setColor(QPalette::HighlightedText, look.theme().text);
    m_table->setPalette(marked);
    m_table->verticalHeader()->setDefaultSectionSize(look.px(36));
    m_places->setMinimumHeight(look.px(170));
    arrangeColumns();
}

QTimeZone ReportsPage::zone() const
{
    return officeZone(m_office.status().office.timeZone);
}

QDate ReportsPage::today() const
{
    return dayOf(m_context.clock.wall(), zone());
}

std::vector<ReportSubject> ReportsPage::subjects() const
{
    std::vector<ReportSubject> out;
    switch (m_choices->by()) {
    case ReportBy::Queue:
        for (const Queue &queue : m_context.directory.queues())
            out.push_back({queue.id.toString(), queue.friendlyName, queue.id.value});
        break;
    case ReportBy::Agent:
        for (const Worker &worker : m_context.directory.workers())
            out.push_back({worker.id.toString(), worker.friendlyName, worker.id.value});
        break;
    case ReportBy::Channel:
        for (const TaskChannel &channel : m_channels)
            out.push_back({channel.uniqueName, channel.friendlyName});
        break;
    }
    return out;
}

ReportWish ReportsPage::wanted() const
{
    return {m_choices->by(),
            spanOf(m_choices->days(today()), zone(), m_context.clock.wall()),
            m_choices->onlyChannel(),
            m_choices->serviceLevel(),
            subjects(),
            tr("Whole office")};
}

void ReportsPage::count()
{
    m_choices->setToday(today());
    m_zone = zone();
    m_wish = wanted();
    if (m_model->by() != m_wish.by)
        m_table->horizontalHeader()->setSortIndicator(0, Qt::AscendingOrder);
    m_model->setReport(m_wish.by, {});
    m_strip->clear();
    // A date that begins with its day stays together where lines run from right to left.
    const QString span = spanWords(m_wish.span, m_zone);
    m_about->setText(tr("%1 \u00b7 time of the office: %2", "days, time zone")
                         .arg(m_context.look.isMirrored() ? u"\u2068%1\u2069"_s.arg(span) : span,
                              QString::fromUtf8(m_zone.id())));
    showWords(tr("Counting\u2026"));
    if (!m_count)
        return begin();
    // The office answers one question after the other; this one goes behind the one it has.
    m_isOutdated = true;
    m_count->stop();
}

void ReportsPage::begin()
{
    m_count = new ReportCount(
        m_context.desk, m_wish,
        [this](int done, int of) { showWords(tr("Counting\u2026 %1 of %2").arg(done).arg(of)); },
        {m_listener.get(), [this](const Result<std::vector<ReportRow>> &rows) { onCounted(rows); }},
        this);
    m_count->start();
}

void ReportsPage::onCounted(const Result<std::vector<ReportRow>> &rows)
{
    m_count = nullptr;
    if (std::exchange(m_isOutdated, false))
        return begin();
    if (!rows)
        return showProblem(rows.error());
    showRows(*rows);
}

void ReportsPage::showRows(std::vector<ReportRow> rows)
{
    const auto isGone = [this](const ReportRow &row) {
        const auto &agents = m_context.directory.agents();
        return std::ranges::any_of(agents, [&](const Agent &agent) {
            return !agent.isActive && agent.worker.toString() == row.key;
        });
    };
    if (m_wish.by == ReportBy::Agent)
        std::erase_if(rows, [&](const ReportRow &row) {
            return !row.isAll() && isGone(row) && isEmpty(row.figures);
        });
    const Figures &all = rows.front().figures;
    if (m_wish.by == ReportBy::Agent ? isEmpty(all) : !hasWork(all)) {
        showWords(tr("Nothing happened on these days. Choose other days above."));
        return m_context.announcer.announce(m_words->text());
    }
    m_model->setReport(m_wish.by, std::move(rows));
    showWords({});
    arrangeColumns();
    const int row = std::max(0, m_model->rowOf(m_selected));
    m_table->setCurrentIndex(m_model->index(row, 0));
    showPictures();
    m_context.announcer.announce(tr("The report is there. Rows: %1").arg(m_model->rowCount()));
}

void ReportsPage::showProblem(const Error &error)
{
    m_narrower.reset();
    showWords(tr("There is no report."));
    if (error.code != Error::Code::TooLarge) {
        m_strip->setMessage(Strip::Tone::Danger, Icon::Warning,
                            tr("The report could not be made. %1").arg(sentence(error)),
                            tr("Try again"));
        return m_context.announcer.announce(m_strip->text());
    }
    if (m_choices->range() == ReportRange::Last30)
        m_narrower = ReportRange::Last7;
    if (m_choices->range() == ReportRange::Last7)
        m_narrower = ReportRange::Yesterday;
    m_strip->setMessage(Strip::Tone::Warning, Icon::Warning,
                        tr("Too much happened on these days to be counted at once. Choose fewer "
                           "days, and count the rest in a second report."),
                        !m_narrower                         ? QString()
                        : *m_narrower == ReportRange::Last7 ? tr("Last 7 days")
                                                            : tr("Yesterday"));
    m_context.announcer.announce(m_strip->text());
}

void ReportsPage::onStripAction()
{
    if (const auto range = std::exchange(m_narrower, std::nullopt))
        return m_choices->setRange(*range);
    count();
}

QString ReportsPage::words() const
{
    return m_places->currentWidget() == m_words ? m_words->text() : QString();
}

void ReportsPage::showWords(const QString &words)
{
    m_words->setText(words);
    m_places->setCurrentWidget(words.isEmpty() ? static_cast<QWidget *>(m_table) : m_words);
    m_save->setEnabled(words.isEmpty());
    m_sort->setEnabled(words.isEmpty());
    if (!words.isEmpty())
        showPictures();
}

void ReportsPage::showPictures()
{
    const int at = m_table->currentIndex().row();
    const bool isThere = words().isEmpty() && at >= 0 && at < m_model->rowCount();
    m_waits->setVisible(isThere);
    m_activities->setVisible(isThere && m_wish.by == ReportBy::Agent);
    if (!isThere)
        return;
    const ReportRow &row = m_model->rows()[size_t(at)];
    std::vector<BarLine> waits;
    for (size_t i = 0; i < row.figures.waits.size(); ++i) {
        const WaitBand &band = row.figures.waits[i];
        const QString answered = tr("%1 answered").arg(QLocale().toString(band.answered));
        const QString both = tr("%1, %2 abandoned", "so many answered, so many")
                                 .arg(answered, QLocale().toString(band.abandoned));
        waits.push_back({bandWords(row.figures.waits, i), double(band.answered),
                         double(band.abandoned),
                         band.abandoned > 0  ? both
                         : band.answered > 0 ? answered
                                             : tr("nobody", "waited so long")});
    }
    m_waits->setLines(tr("Split by wait time: %1").arg(row.name), std::move(waits));
    std::vector<BarLine> activities;
    for (const ActivityTime &one : row.figures.activities)
        activities.push_back(
            {one.name, one.seconds, 0, cellText(ReportColumn::Kind::Span, one.seconds)});
    m_activities->setLines(tr("Time per activity: %1").arg(row.name), std::move(activities));
}

/// Numbers have what they need; the names have the rest.
void ReportsPage::arrangeColumns()
{
    m_table->resizeColumnsToContents();
    int left = m_table->viewport()->width();
    for (int column = 1; column < m_model->columnCount(); ++column)
        left -= m_table->columnWidth(column);
    m_table->setColumnWidth(0, std::max(left, m_context.look.px(150)));
}

/// The same as a click on the table's head, for the keyboard.
void ReportsPage::openSortMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto *columns = new QActionGroup(menu);
    auto *orders = new QActionGroup(menu);
    const QHeaderView &head = *m_table->horizontalHeader();
    for (int column = 0; column < m_model->columnCount(); ++column) {
        QAction *action = columns->addAction(
            m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        action->setCheckable(true);
        action->setChecked(head.sortIndicatorSection() == column);
        connect(action, &QAction::triggered, this, [this, column] {
            m_table->sortByColumn(column, column == 0 ? Qt::AscendingOrder : Qt::DescendingOrder);
        });
    }
    menu->addActions(columns->actions());
    menu->addSeparator();
    for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
        QAction *action = orders->addAction(order == Qt::AscendingOrder ? tr("Smallest first")
                                                                        : tr("Largest first"));
        action->setCheckable(true);
        action->setChecked(head.sortIndicatorOrder() == order);
        connect(action, &QAction::triggered, this, [this, order] {
            m_table->sortByColumn(m_table->horizontalHeader()->sortIndicatorSection(), order);
        });
    }
    menu->addActions(orders->actions());
    menu->popup(m_sort->mapToGlobal(QPoint(0, m_sort->height())));
}

QByteArray ReportsPage::file() const
{
    const auto channel = std::ranges::find(m_channels, m_wish.channel, &TaskChannel::uniqueName);
    return csv(sheetOf(m_wish.by, m_model->rows(),
                       {m_wish.span, m_zone,
                        channel == m_channels.end() ? m_wish.channel : channel->friendlyName}));
}

QString ReportsPage::fileName() const
{
    const QString first = dayOf(m_wish.span.start, m_zone).toString(Qt::ISODate);
    const QString last = dayOf(m_wish.span.end - Milliseconds(1), m_zone).toString(Qt::ISODate);
    return first == last ? u"report-%1.csv"_s.arg(first) : u"report-%1-%2.csv"_s.arg(first, last);
}

void ReportsPage::chooseFile()
{
    auto *dialog = new QFileDialog(this, tr("Save as CSV"), fileName(), tr("CSV (*.csv)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"csv"_s);
    connect(dialog, &QFileDialog::fileSelected, this, &ReportsPage::saveTo);
    dialog->open();
}

void ReportsPage::saveTo(const QString &path)
{
    const QByteArray bytes = file();
    QSaveFile out(path);
    const bool isWritten =
        out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size() && out.commit();
    const QString words =
        isWritten ? tr("Saved: %1").arg(QFileInfo(path).fileName())
                  : tr("The file was not saved: %1. Choose another place.").arg(out.errorString());
    m_narrower.reset();
    m_strip->setMessage(isWritten ? Strip::Tone::Info : Strip::Tone::Danger,
                        isWritten ? Icon::Check : Icon::Warning, words);
    m_context.announcer.announce(words);
}

void ReportsPage::takeChannels(const std::vector<TaskChannel> &channels)
{
    m_channels = channels;
    m_choices->setChannels(channels);
    onNamesChanged();
}

/// There are other rows than those that were counted, or other names for them.
void ReportsPage::onNamesChanged()
{
    if (isVisible() && subjects() != m_wish.subjects)
        count();
}

void ReportsPage::onOfficeChanged()
{
    if (isVisible() && zone() != m_zone)
        count();
}

void ReportsPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (event->spontaneous())
        return; // the window was away for a moment, the page was not
    m_context.desk.taskChannels({this, [this](const Result<std::vector<TaskChannel>> &channels) {
                                     if (channels)
                                         takeChannels(*channels);
                                 }});
    count();
}

void ReportsPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrangeColumns();
}

void ReportsPage::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), m_context.look.theme().surface);
}

} // namespace peerdesk::ui

#include "moc_reportspage.cpp"
