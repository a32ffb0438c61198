// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/routing/explanation.h"

#include "ui/common/paint.h"
#include "ui/common/plural.h"
#include "ui/common/timetext.h"

#include <QHeaderView>
#include <QJsonArray>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

bool isOwned(const QJsonObject &explanation)
{
    const QString status = explanation.value(u"status"_s).toString();
    return status == u"assigned" || status == u"wrapping";
}

/// As high as the words need in their column: a tree does not ask that by itself.
class WrappingDelegate : public QStyledItemDelegate
{
public:
    explicit WrappingDelegate(QTreeWidget *tree)
        : QStyledItemDelegate(tree)
        , m_tree(*tree)
    {}
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QStyleOptionViewItem shown = option;
        initStyleOption(&shown, index);
        const bool isGroup = !index.parent().isValid();
        const int indent = index.column() == 0 && !isGroup ? 2 * m_tree.indentation() : 0;
        const int width = isGroup ? m_tree.viewport()->width()
                                  : m_tree.columnWidth(index.column()) - indent - Margin;
        const QRect words =
            QFontMetrics(shown.font)
                .boundingRect(QRect(0, 0, qMax(width, 40), 10'000), Qt::TextWordWrap, shown.text);
        return {0, words.height() + (isGroup ? 2 * Margin : Margin)};
    }

private:
    static constexpr int Margin = 8;
    QTreeWidget &m_tree;
};

/// People as they are worth looking at: who could take it, in the order of asking, then the others.
std::vector<QJsonObject> ordered(const QJsonObject &explanation)
{
    std::vector<QJsonObject> people;
    for (const QJsonValue worker : explanation.value(u"workers"_s).toArray())
        people.push_back(worker.toObject());
    const QJsonArray order = explanation.value(u"order"_s).toArray();
    const auto rank = [&](const QJsonObject &person) {
        for (int i = 0; i < order.size(); ++i) {
            if (order.at(i) == person.value(u"worker"_s))
                return i;
        }
        return person.value(u"eligible"_s).toBool() ? int(order.size()) : int(order.size()) + 1;
    };
    std::stable_sort(people.begin(), people.end(),
                     [&](const QJsonObject &a, const QJsonObject &b) { return rank(a) < rank(b); });
    return people;
}

} // namespace

Explanation::Explanation(const Context &context, QWidget *parent)
    : QTreeWidget(parent)
    , m_context(context)
{
    setColumnCount(2);
    setHeaderHidden(true);
    setFrameShape(QFrame::NoFrame);
    setRootIsDecorated(false);
    setItemsExpandable(false);
    setWordWrap(true);
    setUniformRowHeights(false);
    setIndentation(context.look.px(12));
    setItemDelegate(new WrappingDelegate(this));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Why, rule by rule and person by person"));
    header()->setSectionResizeMode(0, QHeaderView::Interactive);
    header()->setStretchLastSection(true);
    header()->setMinimumSectionSize(context.look.px(60));
}

void Explanation::resizeEvent(QResizeEvent *event)
{
    QTreeWidget::resizeEvent(event);
    setColumnWidth(0, qMin(m_context.look.px(190), viewport()->width() / 3));
    scheduleDelayedItemsLayout();
}

QTreeWidgetItem *Explanation::addGroup(const QString &title)
{
    auto *group = new QTreeWidgetItem(this, {title});
    group->setFirstColumnSpanned(true);
    group->setFont(0, m_context.look.font(13, QFont::DemiBold));
    group->setForeground(0, m_context.look.theme().text);
    group->setExpanded(true);
    return group;
}

void Explanation::addLine(QTreeWidgetItem *group, const QString &what, const QString &why, Ink ink)
{
    auto *line = new QTreeWidgetItem(group, {what, why});
    for (int column = 0; column < 2; ++column) {
        line->setFont(column, m_context.look.font(13));
        line->setToolTip(column, line->text(column));
        line->setTextAlignment(column, Qt::AlignLeft | Qt::AlignTop);
    }
    line->setForeground(0, m_context.look.theme().text);
    line->setForeground(1, m_context.look.ink(ink));
    line->setData(0, Qt::AccessibleTextRole, u"%1: %2"_s.arg(what, why));
}

void Explanation::show(const QJsonObject &explanation)
{
    clear();
    m_summary = summaryOf(explanation);
    addPlace(explanation);
    addRules(explanation);
    addPeople(explanation);
    doItemsLayout(); // its height is known at once
    for (int i = 0; i < topLevelItemCount(); ++i) {
        topLevelItem(i)->setFirstColumnSpanned(true);
        topLevelItem(i)->setExpanded(true);
    }
}

QString Explanation::summaryOf(const QJsonObject &explanation) const
{
    const QString queue = isolate(explanation.value(u"queue"_s).toString());
    const std::vector<QJsonObject> people = ordered(explanation);
    if (isOwned(explanation)) {
        for (const QJsonObject &person : people) {
            if (person.value(u"worker"_s) == explanation.value(u"worker"_s))
                return u"%1 \u2013 %2"_s.arg(isolate(person.value(u"friendly_name"_s).toString()),
                                             person.value(u"reason"_s).toString());
        }
    }
    const auto able = std::count_if(people.begin(), people.end(), [](const QJsonObject &person) {
        return person.value(u"eligible"_s).toBool();
    });
    if (explanation.value(u"skips"_s).toBool())
        return tr("Nobody in %1 could take it now, so it would go on to the next step at once.")
            .arg(queue);
    if (able == 0)
        return tr("In %1. Nobody could take it now.").arg(queue);
    return counted(int(able), tr("In %2. %1 person could take it now."),
                   tr("In %2. %1 people could take it now."))
        .arg(queue);
}

void Explanation::addTimeout(QTreeWidgetItem *group, const QJsonObject &explanation)
{
    const QJsonValue after = explanation.value(u"times_out_after"_s);
    if (!after.isDouble())
        return;
    const QString span = spanText(Seconds(after.toInteger()));
    const QString queue = explanation.value(u"then"_s).toString();
    addLine(group, tr("If nobody takes it"),
            queue.isEmpty() ? tr("after %1 it is given up").arg(span)
                            : tr("after %1 on to %2", "how long, queue").arg(span, isolate(queue)),
            queue.isEmpty() ? Ink::Warning : Ink::Text2);
}

void Explanation::addPlace(const QJsonObject &explanation)
{
    QTreeWidgetItem *group = addGroup(tr("Where it stands"));
    addLine(group, tr("Queue"), explanation.value(u"queue"_s).toString(), Ink::Text2);
    const QString rule = explanation.value(u"filter"_s).toString();
    addLine(group, tr("Rule"),
            tr("%1, step %2")
                .arg(rule.isEmpty() ? tr("Otherwise") : isolate(rule))
                .arg(explanation.value(u"target"_s).toInt(1)),
            Ink::Text2);
    addLine(group, tr("Priority"), QString::number(explanation.value(u"priority"_s).toInt()),
            Ink::Text2);
    if (explanation.contains(u"order"_s))
        return addTimeout(group, explanation); // a preview waits nowhere
    const Time since = Time::fromString(explanation.value(u"in_queue_since"_s).toString());
    if (since.isSet() && !isOwned(explanation))
        addLine(group, tr("Waits since"),
                tr("%1 (%2)", "time, how long")
                    .arg(clockText(since),
                         spanText(std::max(Milliseconds(0), m_context.clock.wall() - since))),
                Ink::Text2);
    if (explanation.contains(u"position"_s))
        addLine(group, tr("Position"), QString::number(explanation.value(u"position"_s).toInt()),
                Ink::Text2);
    const QJsonValue wait = explanation.value(u"expected_wait"_s);
    if (!wait.isUndefined())
        addLine(group, tr("Expected wait"),
                wait.isDouble() ? spanText(Milliseconds(qint64(wait.toDouble() * 1000)))
                                : tr("cannot be told yet"),
                Ink::Text2);
    const Time next = Time::fromString(explanation.value(u"next_step_at"_s).toString());
    if (next.isSet())
        addLine(group, tr("Next step"), tr("at %1").arg(clockText(next)), Ink::Text2);
    const Time ends = Time::fromString(explanation.value(u"ends_at"_s).toString());
    if (ends.isSet())
        addLine(group, tr("Given up"), tr("at %1").arg(clockText(ends)), Ink::Text2);
    const QString diagnostic = explanation.value(u"diagnostic"_s).toString();
    if (!diagnostic.isEmpty())
        addLine(group, tr("Note"), diagnostic, Ink::Warning);
}

void Explanation::addRules(const QJsonObject &explanation)
{
    const QJsonArray rules = explanation.value(u"rules"_s).toArray();
    if (rules.isEmpty())
        return;
    QTreeWidgetItem *group = addGroup(tr("Rules, from top to bottom"));
    for (const QJsonValue value : rules) {
        const QJsonObject rule = value.toObject();
        const QString failed = rule.value(u"failed"_s).toString();
        const bool isCurrent = rule.value(u"current"_s).toBool();
        const bool holds = rule.value(u"matches"_s).toBool();
        const QString why = isCurrent ? tr("holds: the task follows this rule")
                            : holds   ? tr("would hold, but another rule comes first")
                                      : tr("does not hold: %1").arg(failed);
        const QString name = rule.value(u"filter"_s).toString();
        const bool isDefault = name == u"default" && value == rules.last();
        addLine(group,
                isDefault        ? tr("Otherwise")
                : name.isEmpty() ? tr("(no name)")
                                 : name,
                why, isCurrent ? Ink::Success : Ink::Text2);
    }
}

void Explanation::addPeople(const QJsonObject &explanation)
{
    QTreeWidgetItem *group = addGroup(explanation.contains(u"order"_s)
                                          ? tr("People, in the order in which they are asked")
                                          : tr("People"));
    for (const QJsonObject &person : ordered(explanation)) {
        QString why = person.value(u"reason"_s).toString();
        const QString wayOut = person.value(u"would_free"_s).toString();
        if (!wayOut.isEmpty())
            why = tr("%1. What would help: %2").arg(why, wayOut);
        addLine(group, person.value(u"friendly_name"_s).toString(), why,
                person.value(u"eligible"_s).toBool() ? Ink::Success : Ink::Text2);
    }
    const int more = explanation.value(u"workers_left_out"_s).toInt();
    if (more > 0)
        addLine(group, tr("and more"), tr("%1 people are not listed").arg(more), Ink::Text3);
}

WhyDialog::WhyDialog(const Context &context, TaskId task, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_task(task)
    , m_title(new Label(context.look, {20, QFont::Bold, Ink::Text, false, true}, {}, this))
    , m_summary(new Label(context.look, {13.5, QFont::Normal, Ink::Text2, false, true}, {}, this))
    , m_explanation(new Explanation(context, this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Why is this waiting?"));
    m_title->setText(windowTitle());
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(24, 20, 24, 20);
    column->setSpacing(12);
    column->addWidget(m_title);
    column->addWidget(m_summary);
    column->addWidget(m_explanation, 1);
    auto *close = new Button(context.look, Button::Kind::Primary, tr("Close"), this);
    column->addWidget(close, 0, Qt::AlignRight);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    connect(&context.desk, &api::Desk::changed, this, &WhyDialog::onChanged);
    const QSize room = parent ? parent->size() - QSize(48, 48) : QSize(720, 560);
    resize(QSize(context.look.px(720), context.look.px(600)).boundedTo(room));
    refresh();
    m_explanation->setFocus();
}

void WhyDialog::onChanged(const api::Changes &changes)
{
    const bool isMine =
        std::find(changes.tasks.begin(), changes.tasks.end(), m_task) != changes.tasks.end();
    if (isMine || changes.directory || !changes.workers.empty())
        refresh();
}

void WhyDialog::refresh()
{
    m_context.desk.explainTask(m_task,
                               {this, [this](const Result<QJsonObject> &answer) { take(answer); }});
}

void WhyDialog::take(const Result<QJsonObject> &answer)
{
    if (!answer || answer->isEmpty()) {
        m_explanation->clear();
        m_summary->setText(answer ? tr("This task is done.") : sentence(answer.error()));
        return;
    }
    setWindowTitle(isOwned(*answer) ? tr("Why is it with this person?")
                                    : tr("Why is this waiting?"));
    m_title->setText(windowTitle());
    m_explanation->show(*answer);
    m_summary->setText(m_explanation->summary());
}

void WhyDialog::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), m_context.look.theme().surface);
}

} // namespace peerdesk::ui

#include "moc_explanation.cpp"
