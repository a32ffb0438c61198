// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/routing/recordforms.h"
#include "ui/routing/rulelist.h"
#include "ui/routing/workflowform.h"
#include "ui/settings/masterdetail.h"

namespace peerdesk::ui {

/// Who is there with a skill; people are changed on their own page.
class SkillPage : public Page
{
    Q_OBJECT

public:
    SkillPage(const Context &context, QWidget *parent);
    void showSkill(const QString &skill);

Q_SIGNALS:
    void closeWanted();
    void personWanted(peerdesk::AgentId agent);

private:
    const Context &m_context;
    QWidget *m_people = nullptr;
};

/// The Routing page: queues, workflows, skills, activities and task channels, each a list with a
/// form. Administrators change, supervisors read. The last change or import can be taken back. GUI
/// thread.
class RoutingPage : public QWidget
{
    Q_OBJECT

public:
    enum class Kind { Queues, Workflows, Skills, Activities, TaskChannels };
    static constexpr int Kinds = 5;

    RoutingPage(const Context &context, Rules *rules, QWidget *parent);

    void showKind(Kind kind);
    /// Null id = something new.
    void open(Kind kind, const QUuid &id);
    bool undo();
    /// A form first, then nothing: whether there was something to close.
    bool closeLayer();
    /// A TaskRouter document; what comes of it is said on the page.
    void import(const QByteArray &document);
    /// The workflow that is open, or else all, as a document for import().
    QByteArray exported() const;

    Segments &kinds() { return *m_kinds; }
    RuleList &list(Kind kind) { return *m_tabs[size_t(kind)].list; }
    RuleForm *form(Kind kind) { return m_tabs[size_t(kind)].form; }
    Strip &bar() { return *m_bar; }

Q_SIGNALS:
    void personWanted(peerdesk::AgentId agent);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Tab
    {
        RuleList *list = nullptr;
        RuleForm *form = nullptr; ///< none for skills
        MasterDetail *split = nullptr;
        Button *add = nullptr;
    };

    void build();
    QWidget *buildTab(Kind kind);
    QWidget *buildList(Kind kind, Tab &tab);
    RuleForm *newForm(Kind kind);
    void buildTransfer(QLayout &head);
    void refresh();
    std::vector<RuleRow> rowsOf(Kind kind) const;
    std::vector<RuleRow> queueRows() const;
    std::vector<RuleRow> workflowRows() const;
    std::vector<RuleRow> skillRows() const;
    void openRow(Kind kind, const QModelIndex &index);
    bool mayLeave(Kind kind);
    void close(Kind kind);
    void keepSelection(Kind kind);
    void onChanged(Kind kind, const RuleChange &change);
    void openFile();
    void saveFile();
    void paste();
    void onImported(const Result<Import> &answer);
    void offerUndo(const Import &made);
    bool undoChange(Kind kind, const RuleChange &change);
    void undoImport(const Import &made);
    void onTakenBack(const Import &made, const Result<QJsonObject> &answer);
    void reload();
    Kind shown() const { return Kind(m_kinds->currentIndex()); }

    const Context &m_context;
    Rules *m_rules;
    OfficeRecords *m_records;
    RuleParts m_parts;
    Strip *m_bar;
    Segments *m_kinds;
    QStackedWidget *m_stack;
    SkillPage *m_skill = nullptr;
    std::array<Tab, Kinds> m_tabs;
    std::function<bool()> m_undo; ///< of the last change or import; empty = there is none
};

} // namespace peerdesk::ui
