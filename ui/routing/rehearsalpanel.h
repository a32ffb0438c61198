// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/routing/rehearsaltable.h"
#include "ui/routing/ruleform.h"

#include <QComboBox>
#include <QDateEdit>
#include <QProgressBar>

namespace peerdesk::ui {

/// "Try on a past day": the rules as they are on the screen beside the saved ones, on a recorded
/// span or a made-up day, in numbers. Saves and publishes nothing; goes on while other pages are
/// looked at. GUI thread.
class RehearsalPanel : public QWidget
{
    Q_OBJECT

public:
    enum Day { Yesterday, LastWeek, OtherDays, MadeUp };
    static constexpr int MaxDays = 31;      ///< of one rehearsal
    static constexpr int MadeUpHours = 8;   ///< of a made-up day
    static constexpr int MaxPerHour = 2000; ///< tasks of one task channel

    RehearsalPanel(const RuleParts &parts, QWidget *parent);
    ~RehearsalPanel() override;

    /// The saved workflow (none = a new one), the one on the screen, and what is wrong with it. A
    /// rehearsal of another workflow is stopped and forgotten.
    void setWorkflows(const Workflow *saved, const Workflow &edited, const QString &fault);
    bool isRunning() const { return m_isRunning; }
    RehearsalTable &table() { return *m_table; }
    QComboBox &day() { return *m_day; }
    /// What it says about the last rehearsal.
    QString words() const { return m_words->text(); }

private:
    struct Span
    {
        QDate first;
        QDate last;
    };

    void build();
    void buildDays();
    void buildMadeUp();
    void refresh();
    void refreshChannels();
    QDate today() const;
    Span span() const;
    RehearsalWish wish() const;
    std::vector<MadeUpLoad> load() const;
    QString wrong() const;
    QString spanWords() const;
    void start();
    void stop();
    void forget();
    void say(const QString &words, Ink ink);
    void onProgress(size_t done, size_t all);
    void tell(const Result<QJsonObject> &answer);
    void onEnded(int number, const Result<QJsonObject> &answer);

    RuleParts m_parts;
    std::optional<Workflow> m_saved;
    Workflow m_edited;
    QString m_fault;
    Json m_tried; ///< configuration that the figures are about
    bool m_isRunning = false;
    bool m_isOpen = false;
    int m_number = 0; ///< of the rehearsal that is under way: one that was stopped ends later
    std::unique_ptr<Rehearsing> m_run;

    Button *m_open;
    QWidget *m_body;
    QComboBox *m_day;
    QWidget *m_days;
    QDateEdit *m_first;
    QDateEdit *m_last;
    QWidget *m_madeUp;
    QVBoxLayout *m_channelColumn = nullptr;
    std::vector<std::pair<QString, QSpinBox *>> m_perHour; ///< by task channel
    QSpinBox *m_work = nullptr;
    QSpinBox *m_patience = nullptr;
    Button *m_start;
    Button *m_cancel;
    QProgressBar *m_progress;
    Label *m_words;
    Label *m_stale;
    RehearsalTable *m_table;
};

} // namespace peerdesk::ui
