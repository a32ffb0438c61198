// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/officestate.h"
#include "ui/common/widgets.h"
#include "ui/reports/barpicture.h"
#include "ui/reports/reportchoices.h"
#include "ui/reports/reportcount.h"

#include <QStackedWidget>
#include <QTableView>

namespace peerdesk::ui {

/// What happened over some days of the office, by queue, agent or channel, for supervisors. Counted
/// by the office from its facts when it is opened or when the choice changes; an answer to an
/// earlier choice is dropped. GUI thread.
class ReportsPage : public QWidget
{
    Q_OBJECT

public:
    ReportsPage(const Context &context, const OfficeState &office, QWidget *parent);

    ReportChoices &choices() { return *m_choices; }
    QTableView &table() { return *m_table; }
    ReportModel &model() { return *m_model; }
    BarPicture &waits() { return *m_waits; }
    BarPicture &activities() { return *m_activities; }
    Strip &strip() { return *m_strip; }
    Button &saveButton() { return *m_save; }
    Button &sortButton() { return *m_sort; }
    /// What stands in place of the table; empty while it is there.
    QString words() const;
    bool isCounting() const { return !m_count.isNull(); }
    /// The last one that was asked for.
    const ReportWish &wish() const { return m_wish; }
    /// The table as it is sorted, as CSV.
    QByteArray file() const;
    void saveTo(const QString &path);
    void count();

protected:
    void showEvent(QShowEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    QWidget *build();
    void addHead(QVBoxLayout *column);
    void addPlaces(QVBoxLayout *column);
    void restyle();
    QTimeZone zone() const;
    QDate today() const;
    ReportWish wanted() const;
    std::vector<ReportSubject> subjects() const;
    void begin();
    void takeChannels(const std::vector<TaskChannel> &channels);
    void onNamesChanged();
    void onOfficeChanged();
    void onCounted(const Result<std::vector<ReportRow>> &rows);
    void showRows(std::vector<ReportRow> rows);
    void showProblem(const Error &error);
    void onStripAction();
    void showWords(const QString &words);
    void showPictures();
    void arrangeColumns();
    void openSortMenu();
    void chooseFile();
    QString fileName() const;

    const Context &m_context;
    const OfficeState &m_office;
    ReportChoices *m_choices;
    Label *m_about;
    Button *m_sort;
    Button *m_save;
    Strip *m_strip;
    QStackedWidget *m_places;
    QTableView *m_table;
    Label *m_words;
    ReportModel *m_model;
    BarPicture *m_waits;
    BarPicture *m_activities;
    std::vector<TaskChannel> m_channels;
    ReportWish m_wish;
    QTimeZone m_zone;                      ///< of the days in m_wish
    QString m_selected;                    ///< key of the row that the pictures are about
    std::optional<ReportRange> m_narrower; ///< what the strip offers instead
    QPointer<ReportCount> m_count;
    bool m_isOutdated = false; ///< what is being counted is not wanted any more
    /// Goes before the widgets do: nobody tells them that their count was dropped.
    std::unique_ptr<QObject> m_listener = std::make_unique<QObject>();
};

} // namespace peerdesk::ui
